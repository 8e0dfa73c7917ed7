"""The map is framed: which way its flow runs, and the room in the window that its first view is chosen for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from engine.layout.values import MovedStep, Orientation
from engine.service.messages import MapQuery
from gui.map.camera import readable_scale
from gui.map.framing import room_class
from gui.pages.map_page import MapPage
from gui.store import Store
from tests.gui.map_world import FakeJobs, shown_page
from tests.gui.window_world import World, world

__all__ = ["world"]


@pytest.fixture
def page(qtbot: QtBot, tmp_path: Path) -> Iterator[tuple[MapPage, Store, FakeJobs]]:
    with shown_page(qtbot, tmp_path) as shown:
        yield shown


def last(jobs: FakeJobs) -> MapQuery:
    asked = jobs.asked(MapQuery)[-1]
    assert isinstance(asked, MapQuery)
    return asked


def test_the_first_map_is_asked_for_in_the_room_beside_the_panel(page: tuple[MapPage, Store, FakeJobs]) -> None:
    shown, _store, jobs = page
    width, height = last(jobs).room
    assert width <= shown.width() - shown.controls.geometry().right() < width * 1.2
    assert height <= shown.height() < height * 1.2
    assert last(jobs).orientation is Orientation.AUTO


def test_a_small_change_of_the_window_asks_nothing_and_a_large_one_asks_once_it_rests(
    page: tuple[MapPage, Store, FakeJobs], qtbot: QtBot
) -> None:
    shown, _store, jobs = page
    before = len(jobs.questions)
    shown.resize(shown.width() + 8, shown.height() + 8)
    shown.resize(shown.width() - 8, shown.height() - 8)
    qtbot.wait(400)
    assert len(jobs.questions) == before
    for step in range(6):
        shown.resize(1000 + 100 * step, 748)
    assert len(jobs.questions) == before
    qtbot.waitUntil(lambda: len(jobs.questions) == before + 1)
    assert last(jobs).room[0] > 1000


def test_what_was_chosen_by_hand_outlives_a_change_of_the_window(page: tuple[MapPage, Store, FakeJobs], qtbot: QtBot) -> None:
    shown, store, jobs = page
    store.change_view(steps=4, paths=9, orientation=Orientation.PORTRAIT)
    shown.resize(1600, 748)
    qtbot.waitUntil(lambda: last(jobs).room[0] > 1000)
    assert (last(jobs).steps, last(jobs).paths, last(jobs).orientation) == (4, 9, Orientation.PORTRAIT)


def test_lengths_fall_into_a_few_classes_that_they_hold() -> None:
    found = {room_class(px) for px in range(400, 4000)}
    assert len(found) <= 18
    assert all(room_class(px) <= px < 1.16 * room_class(px) for px in range(400, 4000))


def test_the_button_turns_the_map_and_undo_turns_it_back(page: tuple[MapPage, Store, FakeJobs]) -> None:
    shown, store, jobs = page
    QTest.mouseClick(shown.bar.turn, Qt.MouseButton.LeftButton)
    assert store.view.orientation is last(jobs).orientation is Orientation.LANDSCAPE
    store.undo()
    assert last(jobs).orientation is Orientation.AUTO


def test_the_menu_offers_to_leave_the_orientation_to_the_window_again(page: tuple[MapPage, Store, FakeJobs]) -> None:
    shown, store, _jobs = page
    words = [action.text() for action in shown.menu(None).actions()]
    assert store.texts("Let the flow run to the right") in words and store.texts("Turn the map with the window") not in words
    shown.turn()
    choice = next(action for action in shown.menu(None).actions() if action.text() == store.texts("Turn the map with the window"))
    choice.trigger()
    assert store.view.orientation is Orientation.AUTO


def test_a_turned_map_lies_down_fits_and_comes_back_with_the_project(world: Any) -> None:
    assert isinstance(world, World)
    world.open_demo()
    page = world.window.findChild(MapPage)
    world.wait(lambda: page.canvas.map is not None)
    assert not page.canvas.map.landscape
    world.press("Ctrl+R")
    world.wait(lambda: page.canvas.map.landscape)
    world.wait(lambda: page.canvas.camera.scale == readable_scale(page.canvas.layer.style.sizes))
    assert page.minimap.isVisible()
    first = page.canvas.map.card_by_step[page.answer.layout.spine[0]].rect
    assert page.canvas._is_free(first) and page.canvas._is_free(page.canvas.map.start.text_rect)
    page.canvas.fit_map()
    world.wait(page.canvas._is_all_in_sight)
    assert not page.minimap.isVisible()
    order = [page.canvas.map.card_by_step[step].rect.x() for step in page.answer.layout.spine]
    assert order == sorted(order)
    names = page.canvas.map.answer.layout.cards[0], page.canvas.camera.scale
    assert names[1] > 0.3
    page.canvas.zoom_by(2.0)
    assert not page.canvas._is_all_in_sight()
    world.press("Ctrl+Z")
    world.wait(lambda: not page.canvas.map.landscape)
    world.wait(page.canvas._is_all_in_sight)


def test_the_view_keeps_orientation_and_moved_steps() -> None:
    import msgspec

    from engine.service.messages import ViewState

    view = ViewState(orientation=Orientation.LANDSCAPE, moved=(MovedStep("Afslag", 1.0, 2),))
    assert msgspec.json.decode(msgspec.json.encode(view), type=ViewState) == view
