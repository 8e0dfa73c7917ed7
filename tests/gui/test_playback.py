"""Playback as a user meets it: start it, watch, scrub, jump to a date, turn away, lock, and leave."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from engine.errors import BadInput, Cancelled
from engine.log.selection import HasActivity
from engine.service.messages import MapQuery, PlaybackQuery
from gui.map.playback import PlaybackStage
from gui.map.playback_clock import FRAME_MS, STEP_MS
from gui.map.playback_panel import Pile
from gui.map.playback_words import start_of
from gui.map.stage import STAGE
from gui.pages.map_page import MapPage
from gui.store import StepSelected, Store
from gui.theme import Appearance
from gui.widgets.sided import Sided
from tests.gui.map_example import REFUSED, example_answer
from tests.gui.map_world import FakeJobs, place, shown_page
from tests.gui.playback_example import BEGIN, DAY, HOUR, played
from tests.gui.window_world import World, needs_demo
from tests.gui.window_world import world as window  # noqa: F401


@pytest.fixture
def world(qtbot: QtBot, tmp_path: Path) -> Iterator[tuple[MapPage, Store, FakeJobs]]:
    """A page of 1000 × 748 px with the example open."""
    with shown_page(qtbot, tmp_path) as made:
        made[2].answers[PlaybackQuery] = played
        yield made
        qtbot.waitUntil(lambda: made[1].turns.is_empty)


@pytest.fixture
def moving(qtbot: QtBot, tmp_path: Path) -> Iterator[tuple[MapPage, Store, FakeJobs]]:
    """The same with motion on."""
    with shown_page(qtbot, tmp_path, reduce_motion=False) as made:
        made[2].answers[PlaybackQuery] = played
        yield made
        qtbot.waitUntil(lambda: made[1].turns.is_empty)


def start(qtbot: QtBot, page: MapPage) -> PlaybackStage:
    """Press Play and wait until the tokens are on the map."""
    QTest.mouseClick(page.bar.play, Qt.MouseButton.LeftButton)
    stage = page.playback
    assert stage is not None
    qtbot.waitUntil(lambda: stage.journeys is not None, timeout=20_000)
    return stage


def canvas_colour(page: MapPage) -> str:
    """The colour of an empty spot of the map."""
    picture = page.canvas.viewport().grab().toImage()
    return picture.pixelColor(picture.width() - 3, 3).name().upper()


def text_of(page: MapPage) -> str:
    """All that the panel says."""
    assert page.playback is not None
    panel = page.playback.panel
    labels = (panel.title, panel.sample, panel.now, panel.left_out)
    return "\n".join(label.text() for label in labels if label.isVisible())


# ---- watching ----------------------------------------------------------------------------------------------------------------


def test_play_darkens_the_map_and_puts_bar_and_panel_in_the_place_of_the_maps_own(
    qtbot: QtBot, world: tuple[MapPage, Store, FakeJobs]
) -> None:
    page, store, jobs = world
    stage = start(qtbot, page)
    assert canvas_colour(page) == STAGE.canvas
    assert not page.controls.isVisible()
    assert not page.bar.isVisible()
    assert page.canvas.geometry().bottom() < stage.bar.geometry().top() + 1
    query = jobs.asked(PlaybackQuery)[-1]
    assert query.selection == store.view.selection
    assert (2, REFUSED) in query.paths
    assert all(a >= 0 and b >= 0 for a, b in query.paths)
    assert not query.grouped
    assert store.texts.number(8412) in text_of(page)
    assert "3 " in text_of(page)
    assert stage.panel.legend.legend is not None
    assert stage.panel.legend.legend.colours == STAGE.ramp_waiting
    panel = stage.panel.geometry()
    assert page.canvas.map is not None
    assert not any(panel.contains(place(page.canvas, card.step)) for card in page.canvas.map.cards)


def test_at_a_moment_the_panel_counts_what_is_on_the_map(qtbot: QtBot, world: tuple[MapPage, Store, FakeJobs]) -> None:
    page, store, _jobs = world
    stage = start(qtbot, page)
    stage.clock.go_to(BEGIN + 30 * HOUR)
    assert store.texts("On the way: {n}", n=2) in text_of(page)
    stage.clock.go_to(BEGIN + 60 * HOUR)
    assert store.texts("In piles: {n}", n=2) in text_of(page)
    assert store.texts("Outside the map: {n}", n=1) in text_of(page)
    names = [pile.name for pile in stage.panel.piles.piles]
    assert names == ["VITAS-ansøgning oprettet", "Rimelighed kontrolleret"]
    assert stage.panel.piles.piles[0].oldest == store.texts("longest: {time}", time=store.texts.long_duration(60 * 3600))


def test_time_goes_by_while_playing_and_space_holds_it(qtbot: QtBot, moving: tuple[MapPage, Store, FakeJobs]) -> None:
    page, _store, _jobs = moving
    stage = start(qtbot, page)
    assert stage.clock.playing
    qtbot.waitUntil(lambda: stage.clock.moment > BEGIN)
    QTest.keyClick(stage.bar.timeline, Qt.Key.Key_Space)
    held = stage.clock.moment
    qtbot.wait(60)
    assert stage.clock.moment == held
    page.canvas.setFocus()
    QTest.keyClick(page.canvas, Qt.Key.Key_Space)
    assert stage.clock.playing
    stage.bar.play.click()
    assert not stage.clock.playing


def test_with_reduced_motion_nothing_starts_by_itself_and_time_goes_in_steps(
    qtbot: QtBot, world: tuple[MapPage, Store, FakeJobs]
) -> None:
    page, store, _jobs = world
    stage = start(qtbot, page)
    assert not stage.clock.playing
    assert stage.clock._timer.interval() == STEP_MS
    store.set_reduce_motion(False)
    assert stage.clock._timer.interval() == FRAME_MS


def test_tokens_are_drawn_over_the_map(qtbot: QtBot, world: tuple[MapPage, Store, FakeJobs]) -> None:
    page, _store, _jobs = world
    stage = start(qtbot, page)
    empty = page.canvas.viewport().grab().toImage()
    stage.clock.go_to(BEGIN + 60 * HOUR)
    page.canvas.settle()
    assert page.canvas.viewport().grab().toImage() != empty


# ---- the timeline ------------------------------------------------------------------------------------------------------------


def test_the_timeline_is_scrubbed_by_mouse_and_time_stands_still_meanwhile(
    qtbot: QtBot, moving: tuple[MapPage, Store, FakeJobs]
) -> None:
    page, _store, _jobs = moving
    stage = start(qtbot, page)
    timeline = stage.bar.timeline
    middle = QPoint(timeline.width() // 2, 20)
    QTest.mousePress(timeline, Qt.MouseButton.LeftButton, pos=middle)
    assert not stage.clock.playing
    assert stage.clock.moment == pytest.approx(BEGIN + 20 * DAY, abs=DAY // 4)
    QTest.mouseMove(timeline, QPoint(timeline.width() - 1, 20))
    QTest.mouseRelease(timeline, Qt.MouseButton.LeftButton, pos=middle)
    assert stage.clock.playing
    stage.clock.pause()


def test_the_timeline_is_walked_by_keyboard(qtbot: QtBot, world: tuple[MapPage, Store, FakeJobs]) -> None:
    page, _store, _jobs = world
    stage = start(qtbot, page)
    timeline = stage.bar.timeline
    for key, wanted in (
        (Qt.Key.Key_Right, 1), (Qt.Key.Key_Right, 2), (Qt.Key.Key_PageDown, 12), (Qt.Key.Key_Left, 11), (Qt.Key.Key_PageUp, 1),
        (Qt.Key.Key_End, 40), (Qt.Key.Key_Home, 0),
    ):  # fmt: skip
        QTest.keyClick(timeline, key)
        assert stage.clock.moment == BEGIN + wanted * DAY, key
    stage.clock.go_to(BEGIN + 3 * DAY + HOUR)
    QTest.keyClick(timeline, Qt.Key.Key_Left)
    assert stage.clock.moment == BEGIN + 3 * DAY
    QTest.keyClick(timeline, Qt.Key.Key_Up)
    assert stage.clock.speed == 2.0
    assert stage.bar.speeds.button(3).isChecked()


def test_a_date_is_written_and_gone_to(qtbot: QtBot, world: tuple[MapPage, Store, FakeJobs]) -> None:
    page, store, _jobs = world
    stage = start(qtbot, page)
    bar = stage.bar
    assert bar.jump.placeholderText() == "dd-mm-åååå"
    QTest.keyClicks(bar.jump, "11-01-2025")
    QTest.keyClick(bar.jump, Qt.Key.Key_Return)
    assert stage.clock.moment == start_of(date(2025, 1, 11), store.timezone)
    assert bar.date.text().startswith("lørdag den 11. januar 2025")
    for words, said in (("i morgen", "Write the date as dd-mm-yyyy."), ("01-01-2031", "The timeline does not reach that date.")):
        bar.jump.clear()
        QTest.keyClicks(bar.jump, words)
        QTest.keyClick(bar.jump, Qt.Key.Key_Return)
        assert bar.problem.isVisible()
        assert bar.problem.text() == store.texts(said)
    assert stage.clock.moment == stage.clock.last
    QTest.keyClick(bar.jump, Qt.Key.Key_Escape)
    assert page.playback is stage
    assert not bar.problem.isVisible()


def test_a_narrow_bar_says_less_and_cuts_nothing(qtbot: QtBot, world: tuple[MapPage, Store, FakeJobs]) -> None:
    page, _store, _jobs = world
    stage = start(qtbot, page)
    page.resize(1400, 748)
    assert stage.bar.bars.isVisible()
    assert stage.bar.rate.isVisible()
    page.resize(700, 748)
    assert not stage.bar.bars.isVisible()
    qtbot.wait(20)
    for widget in (stage.bar.date, *stage.bar.speeds.buttons()):
        assert widget.width() >= widget.sizeHint().width(), widget
        assert stage.bar.rect().contains(widget.geometry())


def test_the_date_has_its_room_at_once_and_what_stands_beside_it_does_not_tremble(
    qtbot: QtBot, world: tuple[MapPage, Store, FakeJobs]
) -> None:
    page, _store, _jobs = world
    stage = start(qtbot, page)
    page.resize(1400, 748)
    bar, clock = stage.bar, stage.clock
    dates = []
    for day in range(30):
        clock.go_to(clock.first + day * DAY)
        assert bar.date.width() >= bar.date.sizeHint().width(), bar.date.text()
        dates.append((bar.date.text(), bar.bars.x()))
    beside = [x for _date, x in dates]
    assert beside == sorted(beside), "it only ever moves away"


def test_nothing_in_the_panel_is_cut_or_moves_while_the_numbers_grow_and_piles_come(
    qtbot: QtBot, world: tuple[MapPage, Store, FakeJobs]
) -> None:
    page, _store, _jobs = world
    panel = start(qtbot, page).panel
    panel.show_now((0, 0, 0, 0), (), 1)
    height = panel.height()
    heading = panel.heading.y()
    qtbot.wait(20)
    assert panel.none.isVisible()
    panel.show_now((8123, 8000, 0, 8400), tuple(Pile(f"Trin {n}", 900 - n, "længst: 3 dage") for n in range(4)), 900)
    qtbot.wait(20)
    assert panel.piles.isVisible()
    assert (panel.height(), panel.heading.y()) == (height, heading)
    for part in (panel.title, panel.sample, panel.now, panel.heading):
        assert part.height() >= part.heightForWidth(part.width()), part.text()
    assert panel.piles.height() >= panel.piles.sizeHint().height()


def test_explanations_are_left_out_only_where_there_is_no_room_for_them(qtbot: QtBot, world: tuple[MapPage, Store, FakeJobs]) -> None:
    page, _store, _jobs = world
    panel = start(qtbot, page).panel
    shown = []
    for room in range(760, 420, -12):
        assert panel.fit_into(room) <= room
        shown.append(panel.reading_is_shown)
        if not panel.reading_is_shown and not panel.legend.isHidden():
            panel._reading.show()
            assert panel._needed() > room
    assert shown[0]
    assert shown == sorted(shown, reverse=True)


def test_speed_and_loop_are_chosen_in_the_bar(qtbot: QtBot, world: tuple[MapPage, Store, FakeJobs]) -> None:
    page, store, _jobs = world
    stage = start(qtbot, page)
    QTest.mouseClick(stage.bar.speeds.button(4), Qt.MouseButton.LeftButton)
    assert stage.clock.speed == 4.0
    assert stage.bar.rate.text() == store.texts("1 second = {time}", time=store.texts.long_duration(stage.clock.rate * 4 / 1e6))
    QTest.mouseClick(stage.bar.repeat, Qt.MouseButton.LeftButton)
    assert stage.clock.loop


def test_everything_follows_the_language(qtbot: QtBot, world: tuple[MapPage, Store, FakeJobs]) -> None:
    page, store, _jobs = world
    stage = start(qtbot, page)
    assert stage.panel.title.text() == "Afspilning"
    store.set_language("en")
    assert stage.panel.title.text() == "Playback"
    assert stage.bar.date.text().startswith("Wednesday 1 January 2025")
    assert stage.bar.jump.placeholderText() == "dd-mm-yyyy"


# ---- what changes meanwhile --------------------------------------------------------------------------------------------------


def test_another_selection_is_asked_for_anew_and_the_moment_stays(qtbot: QtBot, world: tuple[MapPage, Store, FakeJobs]) -> None:
    page, store, jobs = world
    stage = start(qtbot, page)
    stage.clock.go_to(BEGIN + 7 * DAY)
    store.add_filter(HasActivity("Afslag"))
    assert jobs.asked(PlaybackQuery)[-1].selection == store.view.selection
    assert len(jobs.asked(PlaybackQuery)) == 2
    assert stage.clock.moment == BEGIN + 7 * DAY
    assert stage.journeys is not None
    store.change_view(label=store.view.label)
    assert len(jobs.asked(PlaybackQuery)) == 2


def test_for_a_room_the_dots_are_groups_and_the_words_say_so(qtbot: QtBot, world: tuple[MapPage, Store, FakeJobs]) -> None:
    page, store, jobs = world
    stage = start(qtbot, page)
    store.set_appearance(Appearance.PROJECTOR)
    store.turns.finish()
    assert jobs.asked(PlaybackQuery)[-1].grouped
    stage.clock.go_to(BEGIN + 30 * HOUR)
    assert store.texts("On the way: {n}", n=10) in text_of(page)
    assert store.texts("Each dot is {k} cases. What fewer than {k} do is not shown.", k=5) in text_of(page)
    assert canvas_colour(page) == STAGE.canvas


def test_a_page_that_is_turned_away_holds_time(qtbot: QtBot, moving: tuple[MapPage, Store, FakeJobs]) -> None:
    page, _store, _jobs = moving
    stage = start(qtbot, page)
    assert stage.clock.playing
    page.hide()
    assert not stage.clock.playing
    assert page.playback is stage


@pytest.mark.parametrize("how", ["lock", "another log", "escape", "escape on the map", "button", "menu", "no cases"])
def test_leaving_gives_the_map_back_and_lets_everything_go(
    qtbot: QtBot, moving: tuple[MapPage, Store, FakeJobs], how: str
) -> None:
    page, store, jobs = moving
    stage = start(qtbot, page)
    clock = stage.clock
    if how == "lock":
        store.set_locked(True)
    elif how == "another log":
        store.set_opened(store.opened)
    elif how == "escape":
        QTest.keyClick(stage.bar.timeline, Qt.Key.Key_Escape)
    elif how == "escape on the map":
        QTest.keyClick(page.canvas, Qt.Key.Key_Escape)
    elif how == "button":
        stage.panel.close_button.click()
    elif how == "menu":
        page.toggle_playback()
    else:
        jobs.answers[MapQuery] = lambda query: replace(example_answer(query), map=replace(example_answer(query).map, steps=(), paths=()))
        store.add_filter(HasActivity("Afslag"))
    assert page.playback is None
    assert not clock.playing
    assert stage.journeys is None
    assert stage.bar.isHidden()
    if how != "no cases":
        assert page.controls.isVisible()
        assert page.bar.isVisible()
        page.canvas.settle()
        qtbot.waitUntil(lambda: canvas_colour(page) == "#FFFFFF")
        assert page.canvas.geometry().height() == page.height()


def test_what_cannot_be_played_says_why(qtbot: QtBot, world: tuple[MapPage, Store, FakeJobs]) -> None:
    page, store, jobs = world
    jobs.held = True
    QTest.mouseClick(page.bar.play, Qt.MouseButton.LeftButton)
    stage = page.playback
    assert stage is not None
    jobs.fail(max(jobs.waiting), BadInput("These cases have no times, so there is nothing to play."))
    assert store.texts("These cases have no times, so there is nothing to play.") in stage.panel.sample.text()
    assert not stage.bar.play.isEnabled()
    page.toggle_playback()
    QTest.mouseClick(page.bar.play, Qt.MouseButton.LeftButton)
    jobs.fail(max(jobs.waiting), Cancelled())
    assert page.playback is None


def test_leaving_while_the_journeys_are_collected_stops_the_question(qtbot: QtBot, world: tuple[MapPage, Store, FakeJobs]) -> None:
    page, _store, jobs = world
    jobs.held = True
    QTest.mouseClick(page.bar.play, Qt.MouseButton.LeftButton)
    number = max(jobs.waiting)
    page.toggle_playback()
    assert jobs.stopped == [number]


def test_playing_a_map_that_is_on_its_way_waits_for_it(qtbot: QtBot, world: tuple[MapPage, Store, FakeJobs]) -> None:
    page, store, jobs = world
    jobs.held = True
    store.set_opened(store.opened)
    page.toggle_playback()
    assert page.playback is None
    jobs.held = False
    for number in sorted(jobs.waiting):
        jobs.answer(number)
    assert page.playback is not None
    page.toggle_playback()
    store.set_opened(store.opened)
    assert page.playback is None


@needs_demo
def test_the_demo_is_played_from_any_page_and_the_window_closes_meanwhile(window: World) -> None:
    window.open_demo()
    window.press("Ctrl+2")
    window.rest()
    window.press("Ctrl+Shift+P")
    page = window.window.findChild(MapPage)
    assert page is not None
    assert window.store.view.page == "map"
    window.wait(lambda: page.playback is not None and page.playback.journeys is not None)
    stage = page.playback
    assert stage is not None
    assert stage.journeys is not None
    assert stage.journeys.n > 50_000
    stage.clock.pause()
    stage.clock.go_to((stage.clock.first + stage.clock.last) // 2)
    assert stage.panel.piles.piles
    stage.clock.play()
    window.wait(lambda: stage.clock.moment > (stage.clock.first + stage.clock.last) // 2)
    sided = next(one for one in window.window.findChildren(Sided) if one.isAncestorOf(page))
    assert not sided.side.isVisible()
    window.store.select(StepSelected(page.answer.layout.spine[0] if page.answer else 0))
    assert sided.side.isVisible()
    assert page.canvas.width() + sided.side.width() >= sided.width()


def test_transitions_without_any_length_are_nothing_to_play(qtbot: QtBot, world: tuple[MapPage, Store, FakeJobs]) -> None:
    page, store, jobs = world
    jobs.answers[PlaybackQuery] = lambda query: played(query, ())
    stage = start(qtbot, page)
    assert stage.panel.sample.text() == store.texts("All transitions take no time in this log: there is nothing to play.")
