"""Where the map stands in its page: beside the panels and the inspector, and what the user pointed at stays the one that is meant."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QRectF, QSizeF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from engine.process_map.values import Metric
from gui.map.camera import Camera
from gui.map.scene import build_scene
from gui.pages.map_page import MapPage
from gui.store import PathSelected, StepSelected, Store
from gui.theme import Appearance
from gui.widgets.sided import Sided
from tests.gui.map_example import REFUSED, RETURNED, example_answer
from tests.gui.map_world import FakeJobs, place, shown_page


@pytest.fixture
def world(qtbot: QtBot, tmp_path: Path) -> Iterator[tuple[MapPage, Store, FakeJobs]]:
    """A page of 1000 × 748 px with the example open."""
    with shown_page(qtbot, tmp_path) as made:
        yield made


def in_view(page: MapPage, rect: QRectF) -> QRectF:
    camera = page.canvas.camera
    return QRectF(camera.to_view(rect.topLeft(), QSizeF(page.canvas.viewport().size())), rect.size() * camera.scale)


def test_the_same_map_in_a_better_arrangement_takes_the_room_it_has_and_another_map_keeps_its_size(
    world: tuple[MapPage, Store, FakeJobs],
) -> None:
    page, store, _jobs = world
    canvas = page.canvas
    assert canvas.map is not None
    canvas.fit_map()
    smaller = canvas.camera.scale * 0.93
    for label, keeps_size in ((Metric.CASES, True), (Metric.CASES, False)):
        canvas._set_camera(Camera(smaller, canvas.camera.centre))
        query = replace(canvas.map.answer.query, label=label)
        canvas.show_scene(build_scene(example_answer(query), store.texts, canvas.layer.style))
        assert (canvas.camera.scale == smaller) is keeps_size


def test_a_fitted_map_whose_lines_would_run_behind_a_panel_is_fitted_anew(world: tuple[MapPage, Store, FakeJobs]) -> None:
    page, store, _jobs = world
    canvas = page.canvas
    assert canvas.map is not None
    canvas.fit_map()
    cards = [card.rect for card in canvas.map.cards]
    line = next(rect for rect in canvas.map.occupied if not any(rect.intersects(card) for card in cards))
    panel = QRectF(in_view(page, line).center(), QSizeF(1, 1))
    canvas.obstacles = [panel]
    query = replace(canvas.map.answer.query, steps=9)
    canvas.show_scene(build_scene(example_answer(query), store.texts, canvas.layer.style))
    assert not any(in_view(page, rect).intersects(panel) for rect in canvas.map.occupied)


def test_a_narrow_map_in_a_wide_window_is_fitted_beside_wide_panels_not_behind_them(world: tuple[MapPage, Store, FakeJobs]) -> None:
    page, _store, _jobs = world
    canvas = page.canvas
    page.resize(2400, 748)
    assert canvas.map is not None
    panel = QRectF(0, 0, 1700, 748)
    canvas.obstacles = [panel]
    canvas.fit_map(glide=False)
    assert not any(in_view(page, rect).intersects(panel) for rect in canvas.map.occupied)


# ---- the inspector over the map ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("width", "height", "appearance"), [(912, 600, Appearance.LIGHT), (1320, 740, Appearance.PROJECTOR)])
def test_an_inspector_that_lies_over_the_map_never_hides_what_was_selected(
    qtbot: QtBot, tmp_path: Path, width: int, height: int, appearance: Appearance
) -> None:
    with shown_page(qtbot, tmp_path) as (page, store, _jobs):
        sided = Sided(store, page, QWidget())
        qtbot.addWidget(sided)
        store.set_appearance(appearance)
        sided.resize(width, height)
        sided.show()
        store.selected_changed.connect(lambda: sided.set_wanted(store.selected is not None))
        QTest.qWait(50)
        assert sided.is_narrow
        canvas = page.canvas
        assert canvas.map is not None
        canvas.fit_map()
        fitted = canvas.camera
        for card in canvas.map.cards:
            store.select(StepSelected(card.step))
            seen = in_view(page, card.rect)
            assert seen.right() <= sided.side.x()
            assert seen.left() >= 0
            assert not any(seen.intersects(panel) for panel in canvas.obstacles)
            store.select(None)
            assert not sided.side.isVisible()
            assert canvas.camera == fitted
        for lane in canvas.map.lanes:
            store.select(PathSelected(*lane.key))
            assert in_view(page, lane.pieces()[-1]).right() <= sided.side.x()
            store.select(None)
        store.select(StepSelected(REFUSED))
        canvas.fit_map()
        assert in_view(page, canvas.map.bounds).right() <= sided.side.x()


def test_the_whole_map_moves_beside_the_inspector_where_it_finds_room(world: tuple[MapPage, Store, FakeJobs]) -> None:
    page, store, _jobs = world
    page.resize(1700, 748)
    canvas = page.canvas
    assert canvas.map is not None
    canvas.fit_map()
    fitted = canvas.camera
    for selected in (StepSelected(0), PathSelected(0, 1), None):
        store.select(selected)
        page.set_covered(0)
        assert canvas.camera == fitted
        page.set_covered(420)
    assert in_view(page, canvas.map.bounds).right() <= 1700 - 420
    assert in_view(page, canvas.map.bounds).left() >= 0
    assert canvas.camera.scale >= 0.85 * fitted.scale
    page.set_covered(0)
    assert canvas.camera == fitted


def test_a_double_click_means_the_step_that_was_clicked_also_when_the_map_has_moved_meanwhile(
    world: tuple[MapPage, Store, FakeJobs], qtbot: QtBot
) -> None:
    page, store, _jobs = world
    page.resize(1700, 748)
    canvas = page.canvas
    canvas.fit_map()
    scale, where = canvas.camera.scale, place(canvas, REFUSED)
    store.selected_changed.connect(lambda: page.set_covered(420 if store.selected is not None else 0))
    QTest.mouseClick(canvas.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, where)
    assert place(canvas, REFUSED) != where
    with qtbot.waitSignal(page.inspector_wanted):
        QTest.mouseDClick(canvas.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, where)
    assert store.selected == StepSelected(REFUSED)
    assert canvas.camera.scale <= scale


def test_a_path_chosen_in_the_open_inspector_comes_out_from_under_it(world: tuple[MapPage, Store, FakeJobs]) -> None:
    page, store, _jobs = world
    canvas = page.canvas
    store.select(StepSelected(RETURNED))
    page.set_covered(500)
    assert canvas.map is not None
    for lane in canvas.map.lanes:
        store.select(PathSelected(*lane.key))
        assert in_view(page, lane.pieces()[-1]).right() <= page.width() - 500


def test_a_path_comes_out_with_the_steps_it_joins_where_they_find_room(world: tuple[MapPage, Store, FakeJobs]) -> None:
    page, store, _jobs = world
    page.resize(1000, 900)
    canvas = page.canvas
    canvas.fit_map()
    assert canvas.map is not None
    for first, second in pairwise(canvas.map.answer.layout.spine):
        store.select(PathSelected(first, second))
        page.set_covered(320)
        for step in (first, second):
            seen = in_view(page, canvas.map.card_by_step[step].rect)
            assert not any(seen.intersects(panel) for panel in canvas.obstacles)
            assert seen.right() <= page.width() - 320
        page.set_covered(0)


def test_a_camera_that_the_user_chose_stays_when_the_inspector_closes(world: tuple[MapPage, Store, FakeJobs]) -> None:
    page, store, _jobs = world
    store.select(StepSelected(REFUSED))
    page.set_covered(500)
    page.canvas.zoom_by(1.3)
    chosen = page.canvas.camera
    page.set_covered(0)
    assert page.canvas.camera == chosen
