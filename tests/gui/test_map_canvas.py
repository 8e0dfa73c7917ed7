"""The canvas as a user touches it: point, select, drag, zoom, walk by keyboard; and the picture that is painted behind it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, QRectF, QSizeF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from engine.process_map.values import START
from engine.texts import Texts
from gui.map.backdrop import Backdrop, BackdropRenderer, BackdropRequest
from gui.map.camera import MAX_FIT, MIN_SCALE, Camera, fit
from gui.map.canvas import MapCanvas
from gui.map.painter import Detail
from gui.map.scene import MapScene, build_scene
from gui.map.style import map_style
from gui.pages.map_page import MapPage
from gui.store import PathSelected, StepSelected, Store
from gui.theme import Appearance, load_fonts
from gui.widgets.definition import LINES, NAME
from tests.gui.map_example import REFUSED, RETURNED, example_answer
from tests.gui.map_world import FakeJobs, hover, make_store, opened_log, place, press, shown_page


@pytest.fixture
def world(qtbot: QtBot, tmp_path: Path) -> Iterator[tuple[MapPage, Store, FakeJobs]]:
    """A page of 1000 × 748 px with the example open."""
    with shown_page(qtbot, tmp_path) as made:
        yield made


def on_path(canvas: MapCanvas, source: int, target: int) -> QPoint:
    """A viewport point in the middle of a path's first piece."""
    assert canvas.map is not None
    x0, y0, x1, y1 = canvas.map.lane_by_key[source, target].points[:4]
    return canvas.camera.to_view(QPointF((x0 + x1) / 2, (y0 + y1) / 2), QSizeF(canvas.viewport().size())).toPoint()


# ---- pointing ----------------------------------------------------------------------------------------------------------------


def test_hovering_a_step_makes_its_paths_stand_out(world: tuple[MapPage, Store, FakeJobs]) -> None:
    canvas = world[0].canvas
    hover(canvas, place(canvas, RETURNED))
    assert canvas.hovered == StepSelected(RETURNED)
    standing = canvas.layer.standing
    assert standing is not None
    assert standing.steps == {RETURNED, 2}
    assert standing.paths == {(2, RETURNED), (RETURNED, 2)}
    assert canvas.layer.dimmed == pytest.approx(0.18)


def test_leaving_a_step_brings_everything_back(world: tuple[MapPage, Store, FakeJobs], qtbot: QtBot) -> None:
    canvas = world[0].canvas
    hover(canvas, place(canvas, RETURNED))
    hover(canvas, QPoint(canvas.width() - 3, canvas.height() - 3))
    qtbot.waitUntil(lambda: canvas.layer.dimmed == 1.0)
    assert canvas.hovered is None
    assert canvas.layer.standing is None


def test_hovering_the_start_mark_shows_where_cases_begin(world: tuple[MapPage, Store, FakeJobs]) -> None:
    canvas = world[0].canvas
    assert canvas.map is not None
    point = canvas.camera.to_view(canvas.map.start.centre, QSizeF(canvas.viewport().size())).toPoint()
    hover(canvas, point)
    assert canvas.layer.standing is not None
    assert canvas.layer.standing.paths == {(START, 0), (START, 1)}
    QTest.mouseClick(canvas.viewport(), Qt.MouseButton.LeftButton, pos=point)
    assert world[1].selected is None


def test_a_click_selects_a_step_or_path_and_a_click_beside_lets_go(world: tuple[MapPage, Store, FakeJobs]) -> None:
    page, store, _jobs = world
    canvas = page.canvas
    QTest.mouseClick(canvas.viewport(), Qt.MouseButton.LeftButton, pos=place(canvas, 3))
    assert store.selected == StepSelected(3)
    QTest.mouseClick(canvas.viewport(), Qt.MouseButton.LeftButton, pos=on_path(canvas, 3, 6))
    assert store.selected == PathSelected(3, 6)
    assert canvas.layer.selected == PathSelected(3, 6)
    QTest.mouseClick(canvas.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(canvas.width() - 3, canvas.height() - 3))
    assert store.selected is None


def test_dragging_pans_and_selects_nothing(world: tuple[MapPage, Store, FakeJobs]) -> None:
    page, store, _jobs = world
    canvas = page.canvas
    before = place(canvas, 3)
    start = QPoint(canvas.width() - 40, 40)
    QTest.mousePress(canvas.viewport(), Qt.MouseButton.LeftButton, pos=start)
    for step in (10, 20, 30):
        QTest.mouseMove(canvas.viewport(), start + QPoint(-step, step))
    QTest.mouseRelease(canvas.viewport(), Qt.MouseButton.LeftButton, pos=start + QPoint(-30, 30))
    moved = place(canvas, 3) - before
    assert (moved.x(), moved.y()) == (-30, 30)
    assert store.selected is None


def test_zooming_keeps_the_point_under_the_pointer(world: tuple[MapPage, Store, FakeJobs]) -> None:
    canvas = world[0].canvas
    before = place(canvas, RETURNED)
    canvas.zoom_by(1.7, QPointF(before))
    after = place(canvas, RETURNED)
    assert abs(after.x() - before.x()) <= 1
    assert abs(after.y() - before.y()) <= 1
    assert world[0].bar.percent.text() == world[1].texts.percent(round(canvas.camera.scale, 2))


def test_the_tool_tip_explains_the_number(world: tuple[MapPage, Store, FakeJobs]) -> None:
    page, store, _jobs = world
    words = page.describe(PathSelected(3, 4))
    assert "Godkendt i VITAS → Placering oprettet i Fasit" in words
    assert store.texts.number(6383) in words
    assert store.texts.duration(2.9 * 86400) in words
    assert store.texts("Clock: calendar time, day and night, all days of the week.") in words
    assert "Rimelighed kontrolleret" in page.describe(StepSelected(2))
    assert page.describe(PathSelected(99, 98)) == ""


# ---- keyboard ----------------------------------------------------------------------------------------------------------------


def test_arrow_keys_walk_the_strongest_path_and_enter_opens(world: tuple[MapPage, Store, FakeJobs], qtbot: QtBot) -> None:
    page, store, _jobs = world
    canvas = page.canvas
    press(canvas, Qt.Key.Key_Down)
    assert canvas.focused_step == 0
    walked = []
    for _ in range(7):
        press(canvas, Qt.Key.Key_Down)
        walked.append(canvas.focused_step)
    assert walked == [1, 2, 3, 4, 5, 6, 7]
    press(canvas, Qt.Key.Key_Up)
    assert canvas.focused_step == 6
    with qtbot.waitSignal(page.inspector_wanted):
        press(canvas, Qt.Key.Key_Return)
    assert store.selected == StepSelected(6)
    press(canvas, Qt.Key.Key_Escape)
    assert store.selected is None


def test_left_and_right_go_to_the_side_branches(world: tuple[MapPage, Store, FakeJobs]) -> None:
    canvas = world[0].canvas
    canvas.focus_step(3)
    press(canvas, Qt.Key.Key_Left)
    assert canvas.focused_step == RETURNED
    press(canvas, Qt.Key.Key_Right)
    assert canvas.focused_step == 3
    press(canvas, Qt.Key.Key_Right)
    assert canvas.focused_step == REFUSED


def test_tab_walks_all_cards_and_then_leaves(world: tuple[MapPage, Store, FakeJobs]) -> None:
    canvas = world[0].canvas
    assert canvas.map is not None
    canvas.focus_step(canvas.map.reading_order()[0])
    seen = [canvas.focused_step]
    while canvas.focusNextPrevChild(True) and canvas.focused_step is not None and len(seen) < 20:
        seen.append(canvas.focused_step)
    assert seen == list(canvas.map.reading_order())
    assert canvas.focused_step is None


def test_plus_minus_and_zero_zoom(world: tuple[MapPage, Store, FakeJobs]) -> None:
    canvas = world[0].canvas
    fitted = canvas.camera
    press(canvas, Qt.Key.Key_Plus)
    assert canvas.camera.scale == pytest.approx(fitted.scale * 1.25)
    press(canvas, Qt.Key.Key_Minus, Qt.Key.Key_Minus)
    assert canvas.camera.scale == pytest.approx(fitted.scale * 0.8)
    press(canvas, Qt.Key.Key_0)
    assert canvas.camera.scale == pytest.approx(fitted.scale)


def test_searching_finds_a_step_by_a_part_of_its_name(world: tuple[MapPage, Store, FakeJobs]) -> None:
    page, store, _jobs = world
    press(page.canvas, Qt.Key.Key_Slash)
    QTest.keyClicks(page.bar.search, "afsl")
    QTest.keyClick(page.bar.search, Qt.Key.Key_Return)
    assert store.selected in (StepSelected(REFUSED), StepSelected(7))
    assert page.bar.best_match("retur") == RETURNED
    assert page.bar.best_match("nothing like it") is None
    page.canvas.zoom_by(4.0)
    page.go_to_step(RETURNED)
    assert page.canvas.rect().contains(place(page.canvas, RETURNED))


def test_the_steps_offered_stand_above_the_field_with_their_whole_names(world: tuple[MapPage, Store, FakeJobs], qtbot: QtBot) -> None:
    page, store, _jobs = world
    field, popup = page.bar.search, page.bar.offers
    press(page.canvas, Qt.Key.Key_Slash)
    QTest.keyClicks(field, "a")
    assert popup.isVisible()
    assert popup.geometry().bottom() <= field.mapToGlobal(QPoint(0, 0)).y()
    names = [popup.model().index(i, 0).data() for i in range(popup.model().rowCount())]
    assert len(names) > 3
    assert popup.viewport().width() >= popup.sizeHintForColumn(0)
    QTest.keyClicks(field, "fsl")
    assert popup.geometry().bottom() >= field.mapToGlobal(QPoint(0, 0)).y() - 8
    QTest.keyClick(popup, Qt.Key.Key_Down)
    QTest.keyClick(popup, Qt.Key.Key_Return)
    assert isinstance(store.selected, StepSelected)
    assert not popup.isVisible()
    assert page.bar._steps[field.text()] == store.selected.step
    store.select(None)
    assert field.text() == ""
    QTest.keyClicks(field, "xyz")
    assert not popup.isVisible()


def test_the_keyboard_goes_to_the_map_when_the_page_gets_it(world: tuple[MapPage, Store, FakeJobs]) -> None:
    assert world[0].focusProxy() is world[0].canvas


def test_f1_can_explain_the_step_with_the_keyboard(world: tuple[MapPage, Store, FakeJobs]) -> None:
    page = world[0]
    page.canvas.focus_step(2)
    assert page.canvas.property(NAME) == "Rimelighed kontrolleret"
    assert any("1.906" in line for line in page.canvas.property(LINES))


# ---- the picture behind it ---------------------------------------------------------------------------------------------------


def test_the_picture_of_the_map_before_is_never_shown_as_the_new_one(qtbot: QtBot, tmp_path: Path) -> None:
    """With gliding on, the last frame of the way stays until the picture of the new map is painted on its thread."""
    store, _jobs = make_store(tmp_path, reduce_motion=False)
    page = MapPage(store)
    qtbot.addWidget(page)
    page.resize(1000, 748)
    page.show()
    store.set_opened(opened_log())
    layer, before = page.canvas.layer, page.canvas.map
    qtbot.waitUntil(lambda: layer.has_current_backdrop)
    store.set_language("en")
    assert page.canvas.map is not before
    assert layer.morph is not None
    assert layer.morph.old is before
    seen: list[bool] = []
    page.canvas.shown.connect(lambda: seen.append(layer.has_current_backdrop))
    qtbot.waitUntil(lambda: layer.has_current_backdrop and layer.morph is None)
    assert seen
    assert all(seen)
    page.close()


def test_a_costly_picture_is_painted_on_a_thread_and_the_newest_one_wins(qtbot: QtBot, tmp_path: Path) -> None:
    store, _jobs = make_store(tmp_path)
    scene = build_scene(example_answer(), store.texts, map_style(Appearance.LIGHT))
    renderer = BackdropRenderer()
    delivered: list[Backdrop] = []
    renderer.ready.connect(delivered.append)
    requests = [BackdropRequest(scene, map_style(Appearance.LIGHT), scene.bounds, pixels, Detail.ALL) for pixels in (0.5, 1.0, 2.0)]
    for request in requests:
        renderer.request(request, may_wait=True)
    assert renderer.busy
    assert delivered == []
    qtbot.waitUntil(lambda: not renderer.busy)
    assert [one.request for one in delivered] == [requests[-1]]
    renderer._cost = 0.01  # milliseconds per card and line; beside other work on the machine the last picture may have taken long
    renderer.request(requests[0])
    assert delivered[-1].request is requests[0]
    renderer.wait()


def test_zooming_in_paints_only_what_is_near_and_panning_paints_the_rest(world: tuple[MapPage, Store, FakeJobs], qtbot: QtBot) -> None:
    canvas = world[0].canvas
    canvas.zoom_by(4.0)
    scale = canvas.camera.scale

    def is_sharp() -> bool:
        backdrop = canvas.layer.backdrop
        return backdrop is not None and backdrop.request.pixels == pytest.approx(scale * canvas.devicePixelRatioF())

    qtbot.waitUntil(is_sharp)
    assert canvas.map is not None
    assert canvas.layer.backdrop is not None
    near = canvas.layer.backdrop.request.region
    assert near.width() * near.height() < canvas.map.bounds.width() * canvas.map.bounds.height()
    for _ in range(8):
        canvas._set_camera(Camera(scale, canvas.camera.centre + QPointF(0, 40)))
    qtbot.waitUntil(lambda: canvas.layer.backdrop is not None and canvas.layer.backdrop.request.region != near)


@given(width=st.floats(420, 2600), height=st.floats(300, 1600), panel_width=st.floats(60, 380), panel_height=st.floats(60, 900))
def test_fitting_shows_the_whole_map_and_hides_nothing_behind_a_panel(
    qapp: object, width: float, height: float, panel_width: float, panel_height: float
) -> None:
    scene = fit_scene()
    size = QSizeF(width, height)
    panels = [QRectF(16, 16, min(panel_width, width / 2), min(panel_height, height - 90)), QRectF(16, height - 54, 200, 38)]
    camera = fit(scene, size, panels)
    assert MIN_SCALE <= camera.scale <= MAX_FIT
    assert camera.visible(size).adjusted(-0.1, -0.1, 0.1, 0.1).contains(scene.bounds)
    for rect in scene.occupied:
        seen = QRectF(camera.to_view(rect.topLeft(), size), rect.size() * camera.scale).adjusted(0.1, 0.1, -0.1, -0.1)
        assert not any(seen.intersects(panel) for panel in panels)


def test_a_map_that_is_fitted_beside_a_low_panel_stands_as_near_the_middle_of_its_room_as_it_may(qapp: object) -> None:
    scene = fit_scene()
    size = QSizeF(2400, 760)
    panels = [QRectF(16, 16, 248, 600), QRectF(16, 706, 1300, 38)]
    camera = fit(scene, size, panels)
    left = camera.to_view(scene.bounds.topLeft(), size).x()
    right = camera.to_view(scene.bounds.bottomRight(), size).x()
    assert right < size.width() - 60, "not at the far edge"
    nearer = Camera(camera.scale, camera.centre + QPointF(120 / camera.scale, 0))
    hidden = [
        QRectF(nearer.to_view(rect.topLeft(), size), rect.size() * nearer.scale).intersects(panel)
        for rect in scene.occupied
        for panel in panels
    ]
    assert any(hidden) or abs((left + right) / 2 - (264 + 2400) / 2) < 1


@cache
def fit_scene() -> MapScene:
    load_fonts()
    return build_scene(example_answer(), Texts("da"), map_style(Appearance.LIGHT))
