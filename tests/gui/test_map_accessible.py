"""The map for those who do not see it: every step and path is an item with a sentence, reached and told by keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.map.accessible import interface_of
from gui.map.path_walk import paths_of
from gui.map.spoken import spoken, things
from gui.pages.map_page import MapPage
from gui.store import PathSelected, StepSelected, Store
from gui.theme import load_fonts
from tests.gui.map_example import example_answer
from tests.gui.map_world import make_store, opened_log

SPACE = "\u00a0"
Name, ListItem = QAccessible.Text.Name, QAccessible.Role.ListItem


@pytest.fixture
def page(qtbot: QtBot, tmp_path: Path) -> Iterator[MapPage]:
    load_fonts()
    store, _jobs = make_store(tmp_path)
    store.set_opened(opened_log())
    made = MapPage(store)
    qtbot.addWidget(made)
    made.resize(1200, 800)
    made.show()
    qtbot.waitUntil(lambda: made.canvas.map is not None and made.canvas.layer.has_current_backdrop)
    yield made
    made.close()


def the_map(page: MapPage) -> QAccessibleInterface:
    found = QAccessible.queryAccessibleInterface(page.canvas)
    assert found is not None
    return found


def names(page: MapPage) -> list[str]:
    listed = the_map(page)
    return [listed.child(at).text(Name) for at in range(listed.childCount())]


def focused(page: MapPage) -> str:
    found = the_map(page).focusChild()
    return found.text(Name) if found is not None else ""


def press(page: MapPage, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(page.canvas, key, modifier)


def test_the_map_is_a_list_of_all_its_steps_and_paths(page: MapPage) -> None:
    listed, shown = the_map(page), page.canvas.map
    assert shown is not None
    assert listed.role() == QAccessible.Role.List
    assert listed.text(Name) == "Proceskort"
    assert "Ctrl+T" in listed.text(QAccessible.Text.Description)
    assert listed.childCount() == len(shown.cards) + len(shown.lanes)
    children = [listed.child(at) for at in range(listed.childCount())]
    assert {child.role() for child in children} == {ListItem}
    assert all(child.text(Name) and child.isValid() for child in children)
    assert [listed.indexOfChild(child) for child in children] == list(range(len(children)))


def test_a_step_is_read_out_with_cases_share_and_where_it_leads(page: MapPage) -> None:
    step = next(name for name in names(page) if name.startswith("Godkendt i VITAS"))
    onward = f"oftest videre til Placering oprettet i Fasit, Ventetid, median 2,9{SPACE}dage"
    assert step == f"Godkendt i VITAS, 7.920 sager, 94{SPACE}%, {onward}"


def test_a_path_is_read_out_with_its_transitions_and_waiting_time(page: MapPage) -> None:
    path = next(name for name in names(page) if name.startswith("Vej fra Godkendt i VITAS til Placering"))
    assert path.endswith(f", 6.383 overgange, Ventetid, median 2,9{SPACE}dage")
    assert any(name.startswith("Vej fra Start til") for name in names(page))


def test_an_item_is_where_it_is_seen(page: MapPage) -> None:
    listed, shown = the_map(page), page.canvas.map
    assert shown is not None
    for at in range(len(shown.cards)):
        item = listed.child(at)
        centre: QPoint = item.rect().center()
        assert listed.childAt(centre.x(), centre.y()) is item
        assert listed.rect().contains(item.rect())


def test_the_keyboard_walks_the_strongest_path_and_is_told(page: MapPage, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[int] = []
    monkeypatch.setattr(QAccessible, "isActive", lambda: True)
    monkeypatch.setattr(QAccessible, "updateAccessibility", lambda event: told.append(event.child()))
    page.canvas.setFocus()
    order = []
    for _ in range(4):
        press(page, Qt.Key.Key_Down)
        order.append(focused(page).split(",")[0])
    assert order == ["Virksomhed fundet af borger", "VITAS-ansøgning oprettet", "Rimelighed kontrolleret", "Godkendt i VITAS"]
    assert [names(page)[at].split(",")[0] for at in told] == order


def test_shift_goes_through_the_paths_of_a_step_and_an_arrow_follows_one(page: MapPage) -> None:
    store: Store = page.store
    shown = page.canvas.map
    assert shown is not None
    page.canvas.setFocus()
    page.go_to_step(2)
    leaving = paths_of(shown, 2, forward=True)
    assert len(leaving) >= 3
    seen = []
    for _ in leaving:
        press(page, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
        seen.append(store.selected)
        assert focused(page) == spoken(example_answer(), store.selected, store.texts)
    assert tuple(seen) == leaving
    last = leaving[-1]
    press(page, Qt.Key.Key_Down)
    assert page.canvas.focused_step == last.target
    assert page.canvas.focused_path is None


def test_every_path_is_reached_by_keyboard_from_its_steps(page: MapPage) -> None:
    shown = page.canvas.map
    assert shown is not None
    reached = {path for card in shown.cards for forward in (True, False) for path in paths_of(shown, card.step, forward)}
    assert reached == {PathSelected(*lane.key) for lane in shown.lanes}


def test_enter_on_a_path_asks_for_its_numbers(page: MapPage, qtbot: QtBot) -> None:
    page.go_to_step(2)
    press(page, Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    with qtbot.waitSignal(page.inspector_wanted):
        press(page, Qt.Key.Key_Return)
    assert isinstance(page.store.selected, PathSelected)


def test_what_is_selected_says_so(page: MapPage) -> None:
    page.store.select(StepSelected(3))
    shown = page.canvas.map
    assert shown is not None
    place = things(shown).index(StepSelected(3))
    assert [at for at in range(the_map(page).childCount()) if the_map(page).child(at).state().selected] == [place]


def test_everything_else_keeps_its_own_interface(page: MapPage) -> None:
    assert interface_of("QLineEdit", page.bar.search) is None
    assert QAccessible.queryAccessibleInterface(page.bar.search).role() == QAccessible.Role.EditableText
    QApplication.processEvents()
