"""The map page as a user meets it: open, look, move sliders, choose metrics, wait, stop, and lose all cases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, QRect, QSizeF, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QStyle, QStyleOptionComboBox
from pytestqt.qtbot import QtBot

from engine.errors import BadInput, Cancelled
from engine.layout.values import MapLayout
from engine.log.selection import HasActivity, Selection
from engine.process_map.values import END, START, Metric
from engine.service.messages import MapAnswer, MapQuery, Prepare
from gui.map.folding_panel import WIDTH
from gui.pages.map_page import MapPage
from gui.store import StepSelected, Store
from gui.theme import Appearance, style_sheet
from tests.gui.map_example import REFUSED, RETURNED, example_answer
from tests.gui.map_world import FakeJobs, hover, make_store, opened_log, place, shown_page


@pytest.fixture
def world(qtbot: QtBot, tmp_path: Path) -> Iterator[tuple[MapPage, Store, FakeJobs]]:
    """A page of 1000 × 748 px with the example open."""
    with shown_page(qtbot, tmp_path) as made:
        yield made


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
    qtbot.waitUntil(page.notice.isVisible)
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
    store.turns.finish()
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


# ---- the panel in little room ------------------------------------------------------------------------------------------------


def test_the_folded_panel_of_a_projector_says_how_much_the_map_shows(world: tuple[MapPage, Store, FakeJobs], qtbot: QtBot) -> None:
    page, store, _jobs = world
    store.set_appearance(Appearance.PROJECTOR)
    controls = page.controls
    sentences = (controls.coverage, controls.left_out, controls.legend)

    def all_in_sight() -> bool:
        return all(controls.rect().contains(QRect(one.mapTo(controls, QPoint(0, 0)), one.size())) for one in sentences)

    qtbot.waitUntil(lambda: controls.width() == round(WIDTH * 1.3) and all_in_sight())
    assert controls.collapsed
    assert all(one.isVisible() for one in sentences)
    assert store.texts.percent(100000 / 101018) in controls.coverage.text()
    assert not controls.fold.geometry().intersects(controls.legend.geometry().translated(controls.legend.parentWidget().pos()))


def test_the_folded_panel_keeps_saying_that_the_straight_line_has_a_gap(world: tuple[MapPage, Store, FakeJobs]) -> None:
    page, store, jobs = world

    def with_a_gap(query: MapQuery) -> MapAnswer:
        made = example_answer(query)
        gap = made.layout.spine[:2]
        return replace(made, map=replace(made.map, paths=tuple(one for one in made.map.paths if (one.source, one.target) != gap)))

    page.controls.set_collapsed(True)
    assert not page.controls.spine.isVisible()
    jobs.answers[MapQuery] = with_a_gap
    store.change_view(paths=12)
    assert page.controls.spine.isVisible()
    assert page.controls.spine.text() == store.texts("Between some steps of the straight line no path is drawn.")
    page.controls.set_collapsed(False)
    assert store.texts("Between some of its steps no path is drawn.") in page.controls.spine.text()


@pytest.mark.parametrize("appearance", list(Appearance))
def test_the_arrow_that_folds_the_panel_has_its_whole_size_level_with_the_first_line(
    world: tuple[MapPage, Store, FakeJobs], appearance: Appearance
) -> None:
    page, store, _jobs = world
    page.setStyleSheet(style_sheet(appearance))
    store.set_appearance(appearance)
    store.turns.finish()
    controls = page.controls
    for collapsed in (False, True):
        controls.set_collapsed(collapsed)
        QApplication.processEvents()
        first = controls.coverage if collapsed else controls._names["colour"]
        middle = first.mapTo(controls, QPoint(0, QFontMetrics(first.font()).height() // 2)).y()
        assert abs(controls.fold.geometry().center().y() - middle) <= 2
        assert controls.fold.width() >= controls.fold.iconSize().width() + 12
        assert controls.fold.iconSize().width() == controls.sizes.icon_bar


def test_in_a_low_window_the_card_stays_whole_and_the_legend_in_sight(world: tuple[MapPage, Store, FakeJobs]) -> None:
    page, _store, _jobs = world
    page.resize(880, 560)
    controls = page.controls
    assert controls._card.geometry() == controls.rect()
    assert controls.wanted_height() > controls.height()
    legend = QRect(controls.legend.mapTo(controls, QPoint(0, 0)), controls.legend.size())
    assert controls.rect().adjusted(0, 0, 0, -8).contains(legend)
    assert legend.height() >= controls.legend.sizeHint().height()
    assert controls._area.verticalScrollBar().maximum() > 0


def test_every_choice_of_the_panel_can_be_read(world: tuple[MapPage, Store, FakeJobs]) -> None:
    page, store, _jobs = world
    page.resize(1200, 900)
    for appearance in Appearance:
        store.set_appearance(appearance)
        store.turns.finish()
        page.setStyleSheet(style_sheet(appearance))
        page.controls.restyle()
        page.controls.set_collapsed(False)
        QApplication.sendPostedEvents()
        for box in (page.controls.colour, page.controls.label, page.controls.second):
            option = QStyleOptionComboBox()
            box.initStyleOption(option)
            option.editable = False
            field = QStyle.SubControl.SC_ComboBoxEditField
            room = box.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, field, box).width()
            words = [box.itemText(i) for i in range(box.count())]
            assert [word for word in words if box.fontMetrics().horizontalAdvance(word) > room] == [], (appearance, room)


def test_a_panel_that_had_to_scroll_grows_again_once_there_is_room(world: tuple[MapPage, Store, FakeJobs]) -> None:
    page, _store, _jobs = world
    page.setStyleSheet(style_sheet(Appearance.LIGHT))
    bar = page.controls._area.verticalScrollBar()
    for height, scrolls in ((1000, False), (560, True), (1000, False)):
        page.resize(1000, height)
        QApplication.processEvents()
        assert bool(bar.maximum()) is scrolls
        ends = [field.mapTo(page.controls, QPoint(field.width(), 0)).x() for field in (page.controls.colour, page.controls.legend)]
        assert ends[0] == ends[1]
