"""The inspector: the numbers of what is selected, their histogram, and filters from a step."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from engine.errors import BadInput
from engine.log.selection import HasActivity
from engine.process_map.values import END, START, Times
from engine.service.messages import Histogram, PathQuery, StepQuery
from gui.map.histogram import HistogramChart
from gui.map.inspector import Inspector
from gui.store import PathSelected, StepSelected, Store
from gui.theme import load_fonts
from gui.widgets.definition import LINES
from tests.gui.map_example import DAY
from tests.gui.map_world import FakeJobs, make_store, opened_log, path_details


@pytest.fixture
def world(qtbot: QtBot, tmp_path: Path) -> Iterator[tuple[Inspector, Store, FakeJobs]]:
    """An inspector of 320 × 700 px beside the example."""
    load_fonts()
    store, jobs = make_store(tmp_path, "en")
    inspector = Inspector(store)
    qtbot.addWidget(inspector)
    inspector.resize(320, 700)
    inspector.show()
    store.set_opened(opened_log())
    yield inspector, store, jobs
    inspector.close()


def words(inspector: Inspector) -> list[str]:
    """Everything that can be read."""
    QApplication.processEvents()
    seen = [label.text() for label in inspector.findChildren(QLabel) if label.isVisibleTo(inspector)]
    return [text.replace("\u00a0", " ") for text in seen if text]


def test_nothing_selected_says_what_to_do(world: tuple[Inspector, Store, FakeJobs]) -> None:
    inspector, _store, jobs = world
    assert words(inspector) == ["Select a step or a path", "Numbers and waiting times are shown here."]
    assert jobs.asked(StepQuery) == []
    assert not inspector.only_with.isVisible()


def test_a_path_shows_its_numbers_histogram_and_what_was_left_out(world: tuple[Inspector, Store, FakeJobs]) -> None:
    inspector, store, jobs = world
    store.select(PathSelected(3, 4))
    assert jobs.asked(PathQuery) == [PathQuery(3, 4)]
    assert inspector.title.text() == "Godkendt i VITAS →\nPlacering oprettet i Fasit"
    assert inspector.line.text() == "6,383 transitions in 68% of the cases"
    seen = words(inspector)
    times = (("Median", "2.9 days"), ("Mean", "4.1 days"), ("90% are within", "8.1 days"), ("Longest", "52 days"))
    for name, value in (*times, ("Cases", "5,744")):
        assert seen[seen.index(name) + 1] == value
    assert "12 transitions without times are left out." in inspector.note.text()
    assert "2,668 cases do not have the path and are not included." in inspector.note.text()
    assert "Clock: calendar time" in inspector.note.text()
    assert inspector.chart.isVisible()
    assert inspector.chart.median_words == "median 2.9\u00a0d"
    assert not inspector.only_with.isVisible()


def test_a_start_path_has_no_waiting_time_and_says_why(world: tuple[Inspector, Store, FakeJobs]) -> None:
    inspector, store, _jobs = world
    store.select(PathSelected(START, 0))
    assert inspector.title.text() == "Start →\nVirksomhed fundet af borger"
    assert inspector.chart.isHidden()
    assert "no waiting time before or after" in inspector.note.text()
    store.select(PathSelected(7, END))
    assert inspector.title.text() == "Afslutning registreret →\nEnd"


def test_a_step_shows_what_comes_before_and_after(world: tuple[Inspector, Store, FakeJobs]) -> None:
    inspector, store, _jobs = world
    store.select(StepSelected(2))
    seen = words(inspector)
    assert inspector.tag.text() == "Step"
    for name, value in (("Events", "7,960"), ("Directly again", "1,906"), ("Cases start here", "12"), ("Cases end here", "34")):
        assert seen[seen.index(name) + 1] == value
    assert "Before" in seen
    assert "After" in seen
    link = next(button for button in inspector.findChildren(type(inspector.only_with)) if button.text() == "VITAS-ansøgning oprettet")
    link.click()
    assert store.selected == PathSelected(1, 2)


def test_waiting_times_that_are_all_the_same_are_said_and_not_drawn(world: tuple[Inspector, Store, FakeJobs]) -> None:
    inspector, store, jobs = world
    jobs.held = True
    store.select(PathSelected(3, 4))
    number = max(jobs.waiting)
    answer = path_details(PathQuery(3, 4))
    assert answer.times is not None
    same = Times(n=6383, median=0.0, mean=0.0, p90=0.0, min=0.0, max=0.0, total=0.0)
    inspector._on_details(replace(answer, times=same, histogram=Histogram((0.0, 1.0), (6383,))))
    assert inspector.chart.isHidden()
    assert "All 6,383 waiting times are 0 seconds." in words(inspector)
    inspector._on_details(replace(answer, times=replace(same, n=1), histogram=Histogram((0.0, 1.0), (1,))))
    assert "The only waiting time is 0 seconds." in words(inspector)
    jobs.answer(number)
    assert inspector.chart.isVisible()


def test_the_numbers_end_at_the_same_place_with_and_without_a_scroll_bar(world: tuple[Inspector, Store, FakeJobs]) -> None:
    inspector, store, _jobs = world
    store.select(StepSelected(2))
    ends = []
    for height in (1600, 400):
        inspector.resize(320, height)
        QApplication.processEvents()
        ends.append(inspector.chart.mapTo(inspector, QPoint(inspector.chart.width(), 0)).x())
    assert inspector._area.verticalScrollBar().isVisible()
    assert ends[0] == ends[1] == 300


def test_every_number_explains_itself(world: tuple[Inspector, Store, FakeJobs]) -> None:
    inspector, store, _jobs = world
    store.select(PathSelected(3, 4))
    median = next(label.parentWidget() for label in inspector.findChildren(QLabel) if label.text() == "Median")
    lines = median.property(LINES)
    assert "Half of the transitions take at most this long." in lines
    assert "n = 6,383 timed transitions." in lines
    assert any(line.startswith("Clock") for line in lines)


def test_a_step_becomes_a_filter(world: tuple[Inspector, Store, FakeJobs]) -> None:
    inspector, store, jobs = world
    store.select(StepSelected(2))
    inspector.only_with.click()
    assert store.view.selection.filters == (HasActivity("Rimelighed kontrolleret"),)
    assert jobs.asked(StepQuery)[-1].selection == store.view.selection
    inspector.only_without.click()
    assert HasActivity("Rimelighed kontrolleret", keep=False) in store.view.selection.filters


def test_old_numbers_are_greyed_while_new_ones_come_and_a_stale_answer_is_dropped(world: tuple[Inspector, Store, FakeJobs]) -> None:
    inspector, store, jobs = world
    store.select(StepSelected(2))
    jobs.held = True
    store.add_filter(HasActivity("Afslag"))
    waiting = max(jobs.waiting)
    assert not inspector._body.isEnabled()
    store.select(StepSelected(3))
    assert inspector.details is None
    jobs.answer(waiting)
    assert inspector.details is None
    jobs.answer(max(jobs.waiting))
    assert inspector.title.text() == "Godkendt i VITAS"
    assert inspector._body.isEnabled()


def test_an_error_is_said(world: tuple[Inspector, Store, FakeJobs]) -> None:
    inspector, store, jobs = world
    jobs.held = True
    store.select(StepSelected(2))
    jobs.fail(max(jobs.waiting), BadInput("The log has no step number {step}.", step=2))
    assert inspector.empty.text() == "The log has no step number 2."


def test_closing_lets_go_of_the_selection(world: tuple[Inspector, Store, FakeJobs]) -> None:
    inspector, store, _jobs = world
    store.select(StepSelected(2))
    inspector.close_button.click()
    assert store.selected is None
    assert words(inspector) == ["Select a step or a path", "Numbers and waiting times are shown here."]


# ---- the histogram -----------------------------------------------------------------------------------------------------------


def chart_of(store: Store, qtbot: QtBot, counts: tuple[int, ...], median: float | None = None, open_ended: bool = False) -> HistogramChart:
    chart = HistogramChart(store)
    qtbot.addWidget(chart)
    chart.resize(280, 112)
    chart.show_histogram(Histogram(tuple(i * DAY for i in range(len(counts) + 1)), counts, open_ended), median)
    return chart


def test_bars_are_as_high_as_their_counts(qtbot: QtBot, tmp_path: Path) -> None:
    store, _jobs = make_store(tmp_path, "en")
    chart = chart_of(store, qtbot, (10, 20, 0, 5), 1.5 * DAY)
    bars = chart.bar_rects()
    assert [bar.height() for bar in bars] == pytest.approx([38, 76, 0, 19])
    assert bars[1].left() == pytest.approx(70)
    assert bars[1].width() == pytest.approx(68)
    assert chart.x_of(1.5 * DAY) == pytest.approx(105)
    assert chart.x_of(9 * DAY) == pytest.approx(280)
    chart.grab()


def test_an_open_end_has_a_plus_and_holds_the_median_beyond_the_last_edge(qtbot: QtBot, tmp_path: Path) -> None:
    store, _jobs = make_store(tmp_path, "en")
    chart = chart_of(store, qtbot, (10, 20, 0, 5), 50 * DAY, open_ended=True)
    assert chart.ticks()[-1] == (280, "4+\u00a0d")
    assert chart.x_of(50 * DAY) == pytest.approx(245)
    assert chart.words_at(270) == "3\u00a0d or more: 5 transitions"
    assert chart.words_at(10) == "0\u00a0s to 1\u00a0d: 10 transitions"
    chart.grab()


def test_no_counts_no_chart(qtbot: QtBot, tmp_path: Path) -> None:
    store, _jobs = make_store(tmp_path, "en")
    chart = chart_of(store, qtbot, (0, 0))
    assert chart.isHidden()
    chart.show_histogram(None, None)
    assert chart.bar_rects() == []
    assert chart.ticks() == []


def test_an_inspector_out_of_sight_asks_once_it_is_seen(world: tuple[Inspector, Store, FakeJobs]) -> None:
    """Every page has one, and the engine answers only the latest question of a kind."""
    inspector, store, jobs = world
    inspector.hide()
    store.select(PathSelected(3, 4))
    assert jobs.asked(PathQuery) == []
    inspector.show()
    assert jobs.asked(PathQuery) == [PathQuery(3, 4)]
    assert inspector.title.text() == "Godkendt i VITAS →\nPlacering oprettet i Fasit"
