"""The map page as a user meets it: open, look, point, select, walk by keyboard, move sliders, wait, stop, and lose all cases."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from PySide6.QtCore import QPoint, QPointF, QRectF, QSizeF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from engine.errors import BadInput, Cancelled
from engine.layout.values import MapLayout
from engine.log.selection import HasActivity, Selection
from engine.process_map.values import END, START, Metric
from engine.service.messages import MapAnswer, MapQuery, Prepare
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
from tests.gui.map_world import FakeJobs, make_store, opened_log


@pytest.fixture
def world(qtbot: QtBot, tmp_path: Path) -> Iterator[tuple[MapPage, Store, FakeJobs]]:
    """A page of 1000 × 748 px with the example open."""
    load_fonts()
    store, jobs = make_store(tmp_path)
    page = MapPage(store)
    qtbot.addWidget(page)
    page.resize(1000, 748)
    page.show()
    qtbot.waitExposed(page)
    store.set_opened(opened_log())
    yield page, store, jobs
    page.close()


def place(canvas: MapCanvas, step: int) -> QPoint:
    """Where a step's card stands in the viewport."""
    assert canvas.map is not None
    centre = canvas.map.card_by_step[step].rect.center()
    return canvas.camera.to_view(centre, QSizeF(canvas.viewport().size())).toPoint()


def on_path(canvas: MapCanvas, source: int, target: int) -> QPoint:
    """A viewport point in the middle of a path's first piece."""
    assert canvas.map is not None
    x0, y0, x1, y1 = canvas.map.lane_by_key[source, target].points[:4]
    return canvas.camera.to_view(QPointF((x0 + x1) / 2, (y0 + y1) / 2), QSizeF(canvas.viewport().size())).toPoint()


def hover(canvas: MapCanvas, point: QPoint) -> None:
    QTest.mouseMove(canvas.viewport(), point + QPoint(1, 1))
    QTest.mouseMove(canvas.viewport(), point)


def press(canvas: MapCanvas, *keys: Qt.Key) -> None:
    for key in keys:
        QTest.keyClick(canvas, key)


# ---- looking -----------------------------------------------------------------------------------------------------------------


def test_the_map_is_fitted_and_nothing_of_it_lies_behind_a_panel(world: tuple[MapPage, Store, FakeJobs]) -> None:
    page, _store, _jobs = world
    canvas = page.canvas
    size = QSizeF(canvas.viewport().size())
    assert canvas.map is not None
    assert canvas.camera.visible(size).contains(canvas.map.bounds)
    panels = [page.controls.geometry(), page.bar.geometry()]
    assert not any(panel.contains(place(canvas, card.step)) for panel in panels for card in canvas.map.cards)
    assert canvas.layer.backdrop is not None
    assert canvas.layer.backdrop.request.scene is canvas.map


def test_the_panel_says_what_is_shown_and_what_is_left_out(world: tuple[MapPage, Store, FakeJobs]) -> None:
    page, store, _jobs = world
    controls = page.controls
    assert controls.steps.slider.maximum() == 13
    assert controls.steps.slider.value() == 10
    assert "10" in controls.steps.value.text()
    assert "13" in controls.steps.value.text()
    texts = store.texts
    assert controls.coverage.text() == texts("The map shows {share} of the transitions.", share=texts.percent(100000 / 101018))
    assert texts.number(1018) in controls.left_out.text()
    assert "32" in controls.left_out.text()
    assert "3" in controls.left_out.text()
    assert controls.legend.legend is not None
    assert controls.legend.legend.limits[0] == texts.duration(86400)
    assert controls.spine.text() == texts("The straight line is the most frequent variant.")


def test_the_engine_prepares_itself_once_and_an_unrefined_map_is_asked_for_again(qtbot: QtBot, tmp_path: Path) -> None:
    store, jobs = make_store(tmp_path)
    jobs.answers[MapQuery] = lambda query: replace(example_answer(query), refined=len(jobs.asked(Prepare)) > 0)
    page = MapPage(store)
    qtbot.addWidget(page)
    page.show()
    store.set_opened(opened_log())
    assert len(jobs.asked(Prepare)) == 1
    assert len(jobs.asked(MapQuery)) == 2
    assert page.answer is not None
    assert page.answer.refined
    page.close()


def test_a_hidden_page_asks_only_when_it_is_seen(qtbot: QtBot, tmp_path: Path) -> None:
    store, jobs = make_store(tmp_path)
    page = MapPage(store)
    qtbot.addWidget(page)
    store.set_opened(opened_log())
    store.change_view(steps=5)
    assert jobs.asked(MapQuery) == []
    page.show()
    assert [query.steps for query in jobs.asked(MapQuery)] == [5]
    page.close()


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


# ---- sliders and stability ---------------------------------------------------------------------------------------------------


def shifted(layout: MapLayout, dx: float, dy: float) -> MapLayout:
    """The same layout, all of it elsewhere."""
    cards = tuple(replace(card, x=card.x + dx, y=card.y + dy) for card in layout.cards)
    lanes = tuple(
        replace(lane, points=tuple(value + (dx, dy)[i % 2] for i, value in enumerate(lane.points)), label=None) for lane in layout.lanes
    )
    start, end = layout.start, layout.end
    return replace(layout, cards=cards, lanes=lanes, start=(start[0] + dx, start[1] + dy), end=(end[0] + dx, end[1] + dy))


@pytest.mark.parametrize("anchor", [3, RETURNED])
def test_the_hovered_step_stays_under_the_pointer_when_a_slider_moves(world: tuple[MapPage, Store, FakeJobs], anchor: int) -> None:
    page, _store, jobs = world
    canvas = page.canvas
    canvas.zoom_by(1.5)
    jobs.answers[MapQuery] = lambda query: replace(example_answer(query), layout=shifted(example_answer(query).layout, 140, 66))
    hover(canvas, place(canvas, anchor))
    before = place(canvas, anchor)
    page.controls.steps.slider.setValue(7)
    assert page.answer is not None
    assert page.answer.query.steps == 7
    after = place(canvas, anchor)
    assert abs(after.x() - before.x()) <= 1
    assert abs(after.y() - before.y()) <= 1


def test_a_slider_asks_for_the_number_it_shows_and_undo_brings_the_view_back(world: tuple[MapPage, Store, FakeJobs]) -> None:
    page, store, jobs = world
    page.controls.paths.slider.setValue(30)
    assert jobs.asked(MapQuery)[-1].paths == 30
    assert page.controls.show_default.isVisible()
    store.undo()
    assert jobs.asked(MapQuery)[-1].paths is None
    page.controls.show_rest.click()
    assert (store.view.steps, store.view.paths) == (13, 49)
    page.controls.show_default.click()
    assert (store.view.steps, store.view.paths) == (None, None)


def test_metrics_are_chosen_in_the_panel(world: tuple[MapPage, Store, FakeJobs]) -> None:
    page, store, jobs = world
    box = page.controls.colour
    box.setCurrentIndex(box.findData(Metric.P90.value))
    box.activated.emit(box.currentIndex())
    assert jobs.asked(MapQuery)[-1].colour is Metric.P90
    none = page.controls.second
    none.setCurrentIndex(none.findData(""))
    none.activated.emit(none.currentIndex())
    assert store.view.second is None
    store.undo()
    assert none.currentData() == Metric.MEDIAN.value


def test_a_stale_answer_is_never_shown(world: tuple[MapPage, Store, FakeJobs]) -> None:
    page, store, jobs = world
    jobs.held = True
    store.change_view(steps=5)
    first = max(jobs.waiting)
    store.change_view(steps=6)
    second = max(jobs.waiting)
    jobs.answer(first)
    assert page.answer is not None
    assert page.answer.query.steps is None
    jobs.answer(second)
    assert page.answer.query.steps == 6


# ---- waiting, stopping, failing ----------------------------------------------------------------------------------------------


def test_after_half_a_second_the_page_says_what_it_does_and_keeps_the_old_map(world: tuple[MapPage, Store, FakeJobs], qtbot: QtBot) -> None:
    page, store, jobs = world
    jobs.held = True
    store.change_view(steps=5)
    assert page.notice.isHidden()
    qtbot.waitUntil(page.notice.isVisible, timeout=3000)
    assert "62" in page.notice.words.text()
    assert page.canvas.map is not None
    assert page.canvas.layer.faded < 1
    page.notice.action.click()
    assert jobs.stopped == [max(jobs.waiting)]
    jobs.fail(max(jobs.waiting), Cancelled())
    assert page.notice.isVisible()
    assert page.canvas.map is not None
    jobs.held = False
    page.notice.action.click()
    assert page.notice.isHidden()
    assert page.answer is not None
    assert page.answer.query.steps == 5
    assert page.canvas.layer.faded == 1


def test_an_error_is_said_and_the_map_can_be_asked_for_again(world: tuple[MapPage, Store, FakeJobs]) -> None:
    page, store, jobs = world
    jobs.held = True
    store.change_view(steps=5)
    jobs.fail(max(jobs.waiting), BadInput("A filter names a step that this log does not have. Remove the filter."))
    assert page.notice.words.text() == store.texts("A filter names a step that this log does not have. Remove the filter.")
    jobs.held = False
    page.notice.action.click()
    assert page.notice.isHidden()


def test_no_cases_left_says_so_and_offers_the_way_back(world: tuple[MapPage, Store, FakeJobs]) -> None:
    page, store, jobs = world

    def answer(query: MapQuery) -> MapAnswer:
        made = example_answer(query)
        return replace(made, map=replace(made.map, steps=(), paths=(), n_cases=0)) if query.selection.filters else made

    jobs.answers[MapQuery] = answer
    store.add_filter(HasActivity("Afslag", keep=False))
    assert page.state.isVisible()
    assert page.controls.isHidden()
    page.state.findChildren(type(page.notice.action))[0].click()
    assert store.view.selection == Selection()
    assert page.state.isHidden()
    assert page.controls.isVisible()
    assert page.canvas.map is not None


# ---- language, appearance, menu ----------------------------------------------------------------------------------------------


def test_the_language_switches_while_running(world: tuple[MapPage, Store, FakeJobs]) -> None:
    page, store, jobs = world
    store.set_language("en")
    assert jobs.asked(MapQuery)[-1].language == "en"
    assert page.controls.colour.currentText() == "Waiting time, median"
    assert page.controls.steps.value.text() == "10 of 13"
    assert page.canvas.map is not None
    assert page.canvas.map.end.word == "End"


def test_a_projector_gets_larger_cards_and_the_legend_only(world: tuple[MapPage, Store, FakeJobs]) -> None:
    page, store, jobs = world
    before = page.canvas.map
    store.set_appearance(Appearance.PROJECTOR)
    assert jobs.asked(MapQuery)[-1].projector
    assert before is not None
    assert page.canvas.map is not None
    assert page.canvas.map.card_by_step[3].rect.height() == 58 > before.card_by_step[3].rect.height()
    assert page.controls.collapsed
    assert not page.controls.steps.isVisible()
    assert page.controls.legend.isVisible()
    page.controls.fold.click()
    assert page.controls.steps.isVisible()


def test_the_context_menu_filters_by_a_step(world: tuple[MapPage, Store, FakeJobs]) -> None:
    page, store, _jobs = world
    menu = page.menu(StepSelected(REFUSED))
    words = [action.text() for action in menu.actions() if action.text()]
    assert store.texts("Show only cases with this step") in words
    next(action for action in menu.actions() if action.text() == store.texts("Show only cases with this step")).trigger()
    assert store.view.selection.filters == (HasActivity("Afslag"),)
    menu.deleteLater()


def test_a_small_window_keeps_the_panel_inside(world: tuple[MapPage, Store, FakeJobs]) -> None:
    page, _store, _jobs = world
    page.resize(700, 420)
    assert page.controls.geometry().bottom() < page.bar.geometry().top()
    assert page.rect().contains(page.bar.geometry())


def test_a_log_without_any_case_says_so(qtbot: QtBot, tmp_path: Path) -> None:
    store, jobs = make_store(tmp_path)

    def nothing(query: MapQuery) -> MapAnswer:
        made = example_answer(query)
        return replace(made, map=replace(made.map, steps=(), paths=(), n_cases=0, n_cases_all=0))

    jobs.answers[MapQuery] = nothing
    page = MapPage(store)
    qtbot.addWidget(page)
    page.show()
    store.set_opened(opened_log())
    assert page.state.isVisible()
    assert (END, START) == (-2, -1)
    page.close()


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
    qtbot.waitUntil(lambda: layer.has_current_backdrop and layer.morph is None, timeout=3000)
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


@cache
def fit_scene() -> MapScene:
    load_fonts()
    return build_scene(example_answer(), Texts("da"), map_style(Appearance.LIGHT))


def test_a_slider_stays_where_it_was_put_even_where_steps_come_in_groups(world: tuple[MapPage, Store, FakeJobs]) -> None:
    """Step 11 cannot be shown without step 12: the slider rests at 11, says that 10 are shown, and can go on to 12."""
    page, _store, jobs = world

    def in_groups(query: MapQuery) -> MapAnswer:
        made = example_answer(query)
        shown = 12 if (query.steps or 10) >= 12 else 10
        return replace(made, map=replace(made.map, coverage=replace(made.map.coverage, steps_shown=shown)))

    jobs.answers[MapQuery] = in_groups
    slider = page.controls.steps
    QTest.keyClick(slider.slider, Qt.Key.Key_Right)
    assert slider.slider.value() == 11
    assert slider.value.text().startswith("10 ")
    QTest.keyClick(slider.slider, Qt.Key.Key_Right)
    assert slider.slider.value() == 12
    assert slider.value.text().startswith("12 ")


def test_the_keyboard_goes_to_the_map_when_the_page_gets_it(world: tuple[MapPage, Store, FakeJobs]) -> None:
    assert world[0].focusProxy() is world[0].canvas


def test_f1_can_explain_the_step_with_the_keyboard(world: tuple[MapPage, Store, FakeJobs]) -> None:
    page = world[0]
    page.canvas.focus_step(2)
    assert page.canvas.property(NAME) == "Rimelighed kontrolleret"
    assert any("1.906" in line for line in page.canvas.property(LINES))
