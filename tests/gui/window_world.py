"""A real window with a real engine process, and small ways of using it as a person would."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt, QThreadPool, QTimer
from PySide6.QtWidgets import QApplication, QDialog, QLabel
from pytestqt.qtbot import QtBot

from engine.demo import DEMO_PROJECT
from engine.log.columns import ColumnRoles
from engine.service.messages import FileKind, LogSummary, Opened, ViewState
from gui.app import make_application, make_window
from gui.main_window import MainWindow
from gui.settings import Settings

OPENING_MS = 60_000
needs_demo = pytest.mark.skipif(not DEMO_PROJECT.exists(), reason=f"the demo project {DEMO_PROJECT} has not been made")
ANSWER_MS = 20_000

TABLE = """case_id;haendelse;tidspunkt;enhed;sagsbehandler
A-1;Ansøgning modtaget;05-03-2025 10:12;Center Nord;XY
A-1;Ansøgning vurderet;16-04-2025 09:00;Center Nord;XY
A-2;Ansøgning modtaget;07-05-2025 11:30;Center Syd;ZZ
A-2;Bevilling sendt;19-06-2025 12:45;Center Syd;ZZ
A-3;Ansøgning modtaget;27-06-2025 08:15;Center Syd;ZZ
"""


def summary(n_cases: int = 9, activities: tuple[str, ...] = ("A", "B", "C")) -> LogSummary:
    return LogSummary(n_cases, 3 * n_cases, len(activities), 2, 1_700_000_000_000_000, 1_720_000_000_000_000, activities, ColumnRoles(), ())


def opened(kind: FileKind = FileKind.PROJECT, **changes: Any) -> Opened:
    values: dict[str, Any] = {"name": "Prøve", "encrypted": True, "summary": summary(), "view": ViewState()}
    return Opened(kind, **(values | changes))


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that waits only for its parent to take note does not."""
    try:
        os.kill(pid, 0)
        return not Path("/proc").is_dir() or Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in ("Z", "X")
    except (ProcessLookupError, FileNotFoundError):
        return False


def shown_texts(world: World) -> str:
    return "\n".join(widget.text() for widget in world.window.findChildren(QLabel) if widget.isVisible())


class World:
    """One window and the hands that use it."""

    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        make_application()
        self.qtbot = qtbot
        self.settings = Settings(folder / "settings")
        self.windows: list[MainWindow] = []
        self.window = self.new_window()

    def new_window(self) -> MainWindow:
        window = make_window(self.settings)
        window.resize(1440, 900)
        self.windows.append(window)
        window.show()
        self.qtbot.waitExposed(window)
        return window

    def leave(self) -> None:
        """Close every window and let it go with all that belongs to it."""
        for window in self.windows:
            window.close()
            window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        QThreadPool.globalInstance().waitForDone(20_000)
        self.windows.clear()
        del self.window

    @property
    def store(self) -> Any:
        return self.window.store

    def wait(self, true: Callable[[], bool], timeout: int = ANSWER_MS) -> None:
        self.qtbot.waitUntil(true, timeout=timeout)

    def rest(self) -> None:
        """Until no question is under way, and nothing waits for its turn that might ask one."""
        self.qtbot.wait(30)
        self.wait(lambda: not self.window.jobs.busy and self.store.turns.is_empty)

    def open_demo(self) -> None:
        self.qtbot.mouseClick(self.window.welcome.demo, Qt.MouseButton.LeftButton)
        self.wait(lambda: self.store.opened is not None, OPENING_MS)
        self.rest()

    def press(self, keys: str) -> None:
        """Trigger the action that has this shortcut, as the keyboard would: only when it is enabled."""
        from PySide6.QtGui import QKeySequence

        wanted = QKeySequence(keys)
        action = next(action for action in self.window.table.all() if wanted in action.shortcuts())
        assert action.isEnabled(), keys
        action.trigger()

    def type_passphrase(self, card: Any, text: str) -> None:
        card.passphrase.field.clear()
        self.qtbot.keyClicks(card.passphrase.field, text)
        self.qtbot.keyClick(card.passphrase.field, Qt.Key.Key_Return)

    def in_dialog(self, use: Callable[[Any], None], tries: int = 600) -> list[BaseException]:
        """Use the next modal dialog as soon as it is there; what went wrong in it is in the list."""
        wrong: list[BaseException] = []

        def look(left: int) -> None:
            dialog = QApplication.activeModalWidget()
            if isinstance(dialog, QDialog) and dialog.isVisible():
                try:
                    use(dialog)
                except BaseException as error:
                    wrong.append(error)
                    dialog.reject()
            elif left:
                QTimer.singleShot(50, self.window, lambda: look(left - 1))
            else:
                wrong.append(AssertionError("no dialog came"))

        QTimer.singleShot(50, self.window, lambda: look(tries))
        return wrong

    def engine_pid(self) -> int | None:
        seat = self.window.jobs._current
        return getattr(seat.engine, "pid", None) if seat is not None else None


@pytest.fixture
def world(qtbot: QtBot, tmp_path: Path) -> Any:
    made = World(qtbot, tmp_path)
    yield made
    made.leave()
