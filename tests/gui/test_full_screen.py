"""The map fills the screen: nothing but the map, a small legend and a small title; Esc leaves."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from gui.pages.map_page import MapPage
from gui.store import StepSelected
from tests.gui.window_world import World, world

__all__ = ["world"]


def opened_map(world: Any) -> MapPage:
    assert isinstance(world, World)
    world.open_demo()
    page = world.window.findChild(MapPage)
    assert isinstance(page, MapPage)
    world.wait(lambda: page.canvas.map is not None)
    return page


def frame(world: Any) -> list[Any]:
    made = world.window.workspace
    return [made.rail, made.top_bar, made.filter_bar, made.strip]


def test_f11_leaves_only_the_map_with_legend_and_title_and_esc_brings_everything_back(world: Any) -> None:
    page = opened_map(world)
    before, folded = page.answer, page.controls.collapsed
    world.press("F11")
    world.wait(lambda: page.is_bare)
    assert world.window.isFullScreen() and not any(part.isVisible() for part in frame(world))
    assert page.title.isVisible() and page.controls.isVisible() and page.controls.collapsed and not page.bar.isVisible()
    assert page.title.name.text() in world.window.windowTitle()
    world.wait(lambda: page.size() == world.window.size())
    assert not page.title.geometry().intersects(page.controls.geometry())
    world.rest()
    assert page.answer is before
    page.canvas.setFocus(Qt.FocusReason.OtherFocusReason)
    QTest.keyClick(page.canvas, Qt.Key.Key_Escape)
    world.wait(lambda: not page.is_bare)
    assert not world.window.isFullScreen() and all(part.isVisible() for part in frame(world))
    assert page.bar.isVisible() and not page.title.isVisible() and page.controls.collapsed == folded
    assert not page.toast.isVisible()
    world.rest()


def test_esc_first_lets_go_of_what_is_selected(world: Any) -> None:
    page = opened_map(world)
    QTest.mouseClick(page.bar.full, Qt.MouseButton.LeftButton)
    world.wait(lambda: page.is_bare)
    world.store.select(StepSelected(page.canvas.map.cards[0].step))
    page.canvas.setFocus(Qt.FocusReason.OtherFocusReason)
    QTest.keyClick(page.canvas, Qt.Key.Key_Escape)
    assert world.store.selected is None and page.is_bare
    QTest.mouseClick(page.title.leave, Qt.MouseButton.LeftButton)
    world.wait(lambda: not page.is_bare)
    world.rest()


def test_another_page_on_a_full_screen_keeps_its_frame(world: Any) -> None:
    page = opened_map(world)
    world.press("F11")
    world.wait(lambda: page.is_bare)
    world.press("Ctrl+2")
    world.wait(lambda: all(part.isVisible() for part in frame(world)))
    world.press("Ctrl+1")
    world.wait(lambda: not any(part.isVisible() for part in frame(world)))
    world.press("F11")
    world.wait(lambda: not page.is_bare)
    world.rest()


def test_a_playback_fills_the_screen_too_and_ends_in_the_bare_map(world: Any) -> None:
    page = opened_map(world)
    world.press("F11")
    world.wait(lambda: page.is_bare)
    world.press("Ctrl+Shift+P")
    world.wait(lambda: page.playback is not None)
    world.rest()
    assert not any(part.isVisible() for part in frame(world)) and not page.title.isVisible()
    page.toggle_playback()
    world.wait(lambda: page.playback is None)
    assert page.title.isVisible()
    world.wait(lambda: page.size() == world.window.size())
    world.press("F11")
    world.wait(lambda: not page.is_bare)
    world.rest()
