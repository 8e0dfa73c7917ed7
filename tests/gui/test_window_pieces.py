"""What takes long is done in pieces, with a look at the user's input between any two of them, and nothing shows before it is ready."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QAbstractEventDispatcher, QEvent, QObject
from PySide6.QtWidgets import QApplication, QWidget

from gui import workspace
from gui.pages.numbers_page import NumbersPage
from gui.theme import Appearance
from gui.turns import Rank, Turns
from tests.gui.window_world import World, needs_demo, world  # noqa: F401


class Looks(QObject):
    """Counts how often the event loop has looked for input, and notes which windows are shown."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0
        self.windows: set[str] = set()
        dispatcher = QAbstractEventDispatcher.instance()
        assert dispatcher is not None
        dispatcher.awake.connect(self._look)

    def _look(self) -> None:
        self.count += 1

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.windows.add(type(watched).__name__)
        return False


@pytest.fixture
def looks(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Looks]:
    """The shortest turns, so that every piece of work is one."""
    monkeypatch.setattr("gui.turns.TURN_MS", 0)
    made = Looks()
    application = QApplication.instance()
    assert application is not None
    application.installEventFilter(made)
    yield made
    application.removeEventFilter(made)
    made.deleteLater()


def charts_made(looks: Looks, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """After how many looks each chart was made."""
    from gui.widgets.chart import Chart

    made: list[int] = []
    build = Chart.__init__

    def noted(self: Any, *arguments: Any) -> None:
        made.append(looks.count)
        build(self, *arguments)

    monkeypatch.setattr(Chart, "__init__", noted)
    return made


def test_a_turn_ends_when_its_time_is_up(qtbot: Any, world: World, looks: Looks) -> None:
    turns, done = Turns(), []
    for _ in range(3):
        turns.add(Rank.SEEN, turns, lambda: done.append(looks.count))
    qtbot.waitUntil(lambda: turns.is_empty)
    assert len(set(done)) == 3


@needs_demo
def test_every_page_is_built_in_a_turn_of_its_own_before_it_is_turned_to(
    world: World, looks: Looks, monkeypatch: pytest.MonkeyPatch
) -> None:
    built: dict[str, int] = {}

    def noted(name: str, build: Any) -> Any:
        def note(store: Any) -> QWidget:
            built[name] = looks.count
            page: QWidget = build(store)
            return page

        return note

    for name, build in dict(workspace.BUILDERS).items():
        monkeypatch.setitem(workspace.BUILDERS, name, noted(name, build))
    world.open_demo()
    world.wait(lambda: world.store.turns.is_empty)
    assert set(built) == set(workspace.BUILDERS)
    assert len(set(built.values())) == len(built)
    assert looks.windows <= {"MainWindow"}
    assert QApplication.activeWindow() is world.window


@needs_demo
def test_no_chart_is_drawn_while_a_page_is_turned_to_and_each_in_a_turn_of_its_own(
    world: World, looks: Looks, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = charts_made(looks, monkeypatch)
    world.open_demo()
    world.wait(lambda: world.store.turns.is_empty)
    world.press("Ctrl+4")
    assert made == []
    page = world.window.findChild(NumbersPage)
    world.wait(lambda: page.is_drawn and len(made) == 3)
    assert len(set(made)) == 3
    made.clear()
    world.store.set_appearance(Appearance.PROJECTOR)
    assert made == []
    world.wait(lambda: world.store.turns.is_empty)
    assert len(set(made)) == len(made) == 3
    world.store.set_appearance(Appearance.LIGHT)
    world.wait(lambda: world.store.turns.is_empty)
