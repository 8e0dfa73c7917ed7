"""A person at the window, without a display: python window_session.py. Opens the demo, turns every page, locks, and closes."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from collections.abc import Callable, Iterator

from PySide6.QtCore import QTimer

from gui import app
from gui.main_window import MainWindow

STEP = 50
"""Milliseconds between two looks at the window."""
PATIENCE = 2400
"""Looks before it is said that the window does not get any further."""


def person(window: MainWindow) -> Iterator[Callable[[], bool]]:
    """What a person does, and waits for each time."""
    store = window.store
    window.flow.open_demo()
    yield lambda: store.opened is not None
    for page in ("variants", "cases", "numbers", "map"):
        store.change_view(page=page)
        yield waited(20)
    store.set_language("en")
    yield waited(5)
    window.flow.lock()
    yield lambda: store.locked


def waited(looks: int) -> Callable[[], bool]:
    left = [looks]

    def enough() -> bool:
        left[0] -= 1
        return left[0] < 0

    return enough


def main() -> int:
    application = app.make_application()
    window = app.make_window()
    window.show()
    steps = person(window)
    state: list[object] = [next(steps), PATIENCE]
    timer = QTimer()

    def look() -> None:
        reached = state[0]
        state[1] = int(str(state[1])) - 1
        if callable(reached) and reached():
            following = next(steps, None)
            state[:] = [following, PATIENCE]
            if following is None:
                timer.stop()
                print("done", flush=True)
                window.close()
        elif state[1] == 0:
            print("stuck", flush=True)
            application.exit(1)

    timer.timeout.connect(look)
    timer.start(STEP)
    return application.exec()


if __name__ == "__main__":
    sys.exit(main())
