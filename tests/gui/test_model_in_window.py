"""The model in the window: a long one has the minimap, fills the screen like the map, and its panel never lies over the bar."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from engine.log.selection import StartedBetween
from gui.pages.model_page import ModelPage
from gui.store import StepSelected
from gui.theme import Appearance
from tests.gui.test_full_screen import frame
from tests.gui.window_world import OPENING_MS, World, world

__all__ = ["world"]


def opened_model(world: Any) -> ModelPage:
    assert isinstance(world, World)
    world.open_demo()
    summary = world.store.opened.summary
    first = summary.first_event
    world.store.change_filters((StartedBetween(first, first + (summary.last_event - first) // 12),))
    world.press("Ctrl+5")
    page = world.window.findChild(ModelPage)
    assert isinstance(page, ModelPage)
    world.wait(lambda: page.canvas.map is not None, OPENING_MS)
    world.rest()
    return page


def test_a_long_model_is_seen_from_its_start_with_a_minimap_of_the_rest(world: Any) -> None:
    page = opened_model(world)
    assert page.minimap.isVisible()
    assert page.rect().contains(page.minimap.geometry())
    world.press("Ctrl+M")
    assert not page.minimap.isVisible() and world.store.view.page == "model"
    world.press("Ctrl+M")
    assert page.minimap.isVisible()
    near = page.canvas.camera.scale
    page.canvas.setFocus(Qt.FocusReason.OtherFocusReason)
    QTest.keyClick(page.canvas, Qt.Key.Key_0)
    page.canvas.settle()
    assert page.canvas.camera.scale < near
    assert not page.minimap.isVisible()
    QTest.keyClick(page.canvas, Qt.Key.Key_Slash)
    assert page.bar.search.hasFocus()


def test_f11_leaves_only_the_model_with_legend_and_title_and_esc_brings_everything_back(world: Any) -> None:
    page = opened_model(world)
    shown = page.answer
    QTest.mouseClick(page.bar.full, Qt.MouseButton.LeftButton)
    world.wait(lambda: page.is_bare)
    assert world.window.isFullScreen() and not any(part.isVisible() for part in frame(world))
    assert page.title.isVisible() and page.controls.collapsed and not page.bar.isVisible()
    world.wait(lambda: page.size() == world.window.size())
    world.store.select(StepSelected(next(node.node for node in shown.model.nodes if node.name)))
    page.canvas.setFocus(Qt.FocusReason.OtherFocusReason)
    QTest.keyClick(page.canvas, Qt.Key.Key_Escape)
    assert world.store.selected is None and page.is_bare, "Esc first lets go of what is selected"
    QTest.keyClick(page.canvas, Qt.Key.Key_Escape)
    world.wait(lambda: not page.is_bare)
    assert page.bar.isVisible() and not page.title.isVisible() and not page.controls.collapsed
    assert page.answer is shown
    world.rest()


def test_in_a_low_window_the_panel_scrolls_above_the_bar_and_folds(world: Any) -> None:
    page = opened_model(world)
    world.window.resize(1100, 700)
    world.wait(lambda: page.controls.geometry().bottom() < page.bar.geometry().top())
    assert page.controls.legend.isVisible()
    whole = page.controls.height()
    QTest.mouseClick(page.controls.fold, Qt.MouseButton.LeftButton)
    world.wait(lambda: page.controls.height() < whole)
    assert page.controls.verdict.isVisible() and page.controls.replayed.isVisible() and not page.controls.notation.isVisible()
    QTest.mouseClick(page.controls.fold, Qt.MouseButton.LeftButton)
    world.wait(page.controls.notation.isVisible)
    world.store.set_appearance(Appearance.PROJECTOR)
    world.wait(lambda: page.controls.collapsed)
    world.rest()
