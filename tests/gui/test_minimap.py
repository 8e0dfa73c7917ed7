"""The minimap: there while a part of the map is out of sight, and the shortest way to that part."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from gui.map.minimap import INSET
from gui.pages.map_page import MapPage
from gui.store import Store
from tests.gui.map_world import FakeJobs, press, shown_page


@pytest.fixture
def world(qtbot: QtBot, tmp_path: Path) -> Iterator[tuple[MapPage, Store, FakeJobs]]:
    with shown_page(qtbot, tmp_path) as made:
        made[0].canvas.settle()
        yield made


def zoom_in(page: MapPage) -> Any:
    for _ in range(6):
        press(page.canvas, Qt.Key.Key_Plus)
    return page.canvas.map


def test_it_is_there_only_while_a_part_of_the_map_is_out_of_sight(world: tuple[MapPage, Store, FakeJobs]) -> None:
    page = world[0]
    assert not page.minimap.isVisible()
    zoom_in(page)
    assert page.minimap.isVisible()
    assert page.rect().contains(page.minimap.geometry())
    assert not page.minimap.geometry().intersects(page.bar.geometry())
    press(page.canvas, Qt.Key.Key_0)
    assert not page.minimap.isVisible()


def test_a_click_and_a_drag_look_elsewhere(world: tuple[MapPage, Store, FakeJobs]) -> None:
    page = world[0]
    scene, mini = zoom_in(page), page.minimap
    seen = []
    for corner in (QPoint(INSET, INSET), QPoint(mini.width() - INSET, mini.height() - INSET)):
        QTest.mouseClick(mini, Qt.MouseButton.LeftButton, pos=corner)
        seen.append(mini.seen())
    assert seen[0].contains(scene.bounds.topLeft()) and seen[1].contains(scene.bounds.bottomRight())
    QTest.mousePress(mini, Qt.MouseButton.LeftButton, pos=QPoint(INSET, INSET))
    QTest.mouseMove(mini, mini.rect().center())
    QTest.mouseRelease(mini, Qt.MouseButton.LeftButton, pos=mini.rect().center())
    mini.grab()


def test_it_follows_the_map_and_steps_out_from_under_the_inspector(world: tuple[MapPage, Store, FakeJobs]) -> None:
    page = world[0]
    zoom_in(page)
    right = page.minimap.geometry().right()
    page.set_covered(320)
    assert page.minimap.geometry().right() == right - 320
    page.set_covered(0)
    page.resize(1100, 700)
    assert page.rect().contains(page.minimap.geometry())


def test_one_can_do_without_it(world: tuple[MapPage, Store, FakeJobs]) -> None:
    page = world[0]
    zoom_in(page)
    page.toggle_minimap()
    press(page.canvas, Qt.Key.Key_Plus)
    assert not page.minimap.isVisible()
    page.toggle_minimap()
    assert page.minimap.isVisible()


def test_what_it_shows_is_the_map_in_small(world: tuple[MapPage, Store, FakeJobs]) -> None:
    page = world[0]
    scene, mini = zoom_in(page), page.minimap
    picture = mini.grab().toImage()
    scale = (mini.width() - 2 * INSET) / scene.bounds.width()
    away = next(card for card in scene.cards if not mini.seen().intersects(card.rect))
    middle = (away.rect.center() - scene.bounds.topLeft()) * scale
    assert picture.pixelColor(round(middle.x()) + INSET, round(middle.y()) + INSET).lightness() < 160


def test_it_keeps_clear_of_the_tools_and_away_where_there_is_little_room(world: tuple[MapPage, Store, FakeJobs]) -> None:
    page = world[0]
    page.set_covered(340)
    zoom_in(page)
    mini, tools = page.minimap, page.bar.geometry()
    assert not mini.isVisible() or not mini.geometry().intersects(tools)
    page.set_covered(860)
    assert not mini.isVisible()
    page.set_covered(0)
    assert mini.isVisible()


def test_the_panel_gives_way_where_the_inspector_leaves_no_more_room_than_it_takes(world: tuple[MapPage, Store, FakeJobs]) -> None:
    page = world[0]
    page.set_covered(600)
    assert not page.controls.isVisible() and page.bar.isVisible()
    page.set_covered(0)
    assert page.controls.isVisible()


def test_a_notice_hides_nothing_of_the_map_where_there_is_room(world: tuple[MapPage, Store, FakeJobs]) -> None:
    page = world[0]
    page.resize(1300, 900)
    page.canvas.settle()
    page.notice.show_progress("Calculating the process map · 40%", 0.4, lambda: None)
    page._place()
    here = page.notice.pos()
    assert not any(place.intersects(page.notice.geometry()) for place in page.canvas.places_in_use())
    page.notice.show_progress("Calculating the process map · 41%", 0.41, lambda: None)
    page._place()
    assert page.notice.pos() == here
