"""The parts of a playback: where tokens are, how the clock runs, what the words say, and what is drawn."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QGraphicsScene
from pytestqt.qtbot import QtBot

from engine.layout.values import Card, Label, Lane, LaneKind
from engine.service.messages import PlaybackQuery
from engine.texts import Texts
from gui.map.playback_clock import DAY as DAY_US
from gui.map.playback_clock import FRAME_MS, RATES, STEP_MS, WHOLE_S, PlaybackClock, natural_rate
from gui.map.playback_layer import Frame, Sprite, TokenLayer, make_frame
from gui.map.playback_piles import Piles, piles_of
from gui.map.playback_timeline import PlaybackTimeline
from gui.map.playback_tokens import GLIMPSE_S, MOST_GLIMPSES, SAMPLES, Glimpses, Journeys, Tracks, sample_line
from gui.map.playback_words import left_out_words, moment_words, rate_words, read_date, sample_words, start_of, tick_words, typed_date
from gui.map.scene import MapScene, build_scene
from gui.map.stage import Lights, stage_style
from gui.theme import Appearance, load_fonts
from tests.benchmarks.playback import crowd, large_map
from tests.gui.map_example import RETURNED, example_answer
from tests.gui.map_world import make_store
from tests.gui.playback_example import BEGIN, DAY, HOUR, Journey, played


@pytest.fixture
def scene(qtbot: QtBot) -> MapScene:
    load_fonts()
    return build_scene(example_answer(), Texts("da"), stage_style(Appearance.LIGHT))


def query_of(scene: MapScene) -> PlaybackQuery:
    shown = scene.answer.map
    return PlaybackQuery(
        steps=tuple(sorted(step.step for step in shown.steps)),
        paths=tuple(sorted((path.source, path.target) for path in shown.paths if path.source >= 0 and path.target >= 0)),
    )


def journeys_of(scene: MapScene, *rows: Journey) -> Journeys:
    return Journeys(played(query_of(scene), rows) if rows else played(query_of(scene)))


# ---- where tokens are --------------------------------------------------------------------------------------------------------


def test_a_token_goes_along_in_the_usual_time_and_then_waits_until_its_real_arrival(scene: MapScene) -> None:
    journeys = journeys_of(scene, (0, 1, 0, 240))
    half = journeys.at(BEGIN + 24 * HOUR)
    assert (half.n_moving, half.share.tolist(), half.waiting.sum()) == (1, [0.5], 0)
    late = journeys.at(BEGIN + 100 * HOUR)
    assert (late.n_moving, late.waiting.tolist()[1], late.oldest.tolist()[1]) == (0, 1, 100 * HOUR)
    assert journeys.at(BEGIN + 240 * HOUR).waiting.sum() == 0


def test_a_quick_case_goes_at_its_own_pace_and_never_waits(scene: MapScene) -> None:
    journeys = journeys_of(scene, (0, 1, 0, 12))
    assert journeys.at(BEGIN + 9 * HOUR).share.tolist() == [0.75]
    assert journeys.at(BEGIN + 12 * HOUR - 1).waiting.sum() == 0


def test_a_repeat_waits_at_its_step_and_a_path_that_is_not_drawn_is_out_of_sight(scene: MapScene) -> None:
    journeys = journeys_of(scene)
    moment = journeys.at(BEGIN + 50 * HOUR)
    assert moment.waiting.tolist()[:3] == [0, 1, 1]
    assert moment.hidden == 1


def test_whatever_way_one_scrubs_the_same_moment_has_the_same_tokens(scene: MapScene) -> None:
    chance = np.random.default_rng(3)
    rows = [(int(a), int(a) + 1, float(left), float(left + stay)) for a, left, stay in zip(
        chance.integers(0, 7, 400), chance.integers(0, 900, 400), chance.integers(1, 300, 400), strict=True)]  # fmt: skip
    journeys = journeys_of(scene, *rows)
    for hour in chance.integers(-5, 1300, 60).tolist():
        here = [(a, b) for a, b, left, came in rows if left <= hour < came]
        moment = journeys.at(BEGIN + hour * HOUR)
        assert moment.n_moving + int(moment.waiting.sum()) == len(here)
        assert len(journeys.under_way(BEGIN + hour * HOUR)) == len(here)


def test_what_is_too_fast_for_the_eye_is_seen_as_a_glimpse_once(scene: MapScene) -> None:
    journeys = journeys_of(scene, (0, 1, 1, 1.001), (1, 2, 1, 1.2), (2, 2, 1, 1.1), (3, 4, 0.5, 3), (2, 3, 1, 900))
    between = journeys.passed(BEGIN + HOUR - 1, BEGIN + 2 * HOUR)
    assert [(journeys.played.ways[way].source, journeys.played.ways[way].target) for way in between.tolist()] == [(0, 1), (1, 2)]
    assert len(journeys.passed(BEGIN + 2 * HOUR, BEGIN + 3 * HOUR)) == 0
    glimpses = Glimpses()
    glimpses.add(between, 10.0)
    assert glimpses.at(10.0)[1].tolist() == [0.0, 0.0]
    assert glimpses.at(10.0 + GLIMPSE_S / 2)[1].tolist() == pytest.approx([0.5, 0.5])
    assert len(glimpses.at(10.0 + GLIMPSE_S)[0]) == 0
    glimpses.add(np.zeros(5 * MOST_GLIMPSES, np.int32), 11.0)
    assert len(glimpses.at(11.0)[0]) == MOST_GLIMPSES


def test_tokens_stand_on_their_line_at_equal_distances(scene: MapScene) -> None:
    journeys = journeys_of(scene)
    tracks = Tracks(journeys.played, scene)
    way = next(number for number, one in enumerate(journeys.played.ways) if (one.source, one.target) == (3, 6))
    lane = scene.lane_by_key[3, 6]
    places = tracks.places(np.full(50, way, np.int32), np.linspace(0, 1, 50))
    for x, y in places.tolist():
        assert lane.box[0] - 1 <= x <= lane.box[2] + 1
        assert lane.box[1] - 1 <= y <= lane.box[3] + 1
    assert places[0].tolist() == pytest.approx(list(lane.points[:2]), abs=0.6)
    assert places[-1].tolist() == pytest.approx(list(lane.points[-2:]), abs=0.6)
    steps = np.hypot(*np.diff(places, axis=0).T)
    assert steps.max() - steps.min() < 0.35 * steps.mean()


def test_a_token_passes_behind_the_number_of_its_line_so_that_it_can_be_read(scene: MapScene) -> None:
    journeys = journeys_of(scene)
    tracks = Tracks(journeys.played, scene)
    way = next(number for number, one in enumerate(journeys.played.ways) if (one.source, one.target) == (3, 6))
    label = scene.lane_by_key[3, 6].label
    assert label is not None
    here, shares = np.full(200, way, np.int32), np.linspace(0, 1, 200)
    places = tracks.places(here, shares)
    inside = (np.abs(places[:, 0] - label.x) < label.width / 2 - 3) & (np.abs(places[:, 1] - label.y) < label.height / 2 - 3)
    assert inside.any()
    tracks.labels_shown = True
    hidden = np.isnan(tracks.places(here, shares)[:, 0])
    assert hidden[inside].all()
    assert hidden.sum() < 40


def test_a_line_is_sampled_by_its_length() -> None:
    points, length = sample_line([QPointF(0, 0), QPointF(30, 0), QPointF(30, 10)])
    assert (len(points), length) == (SAMPLES, 40.0)
    assert points[-1].tolist() == [30, 10]


def test_piles_stand_left_of_the_arrow_on_top_of_the_card_and_large_ones_say_their_number(scene: MapScene) -> None:
    piles = piles_of(query_of(scene).steps, scene, 1.0)
    card = scene.card_by_step[2]
    few, number = piles.waiting(2, 30)
    assert len(few) == 30
    assert number is None
    assert few[:, 0].max() < card.rect.center().x()
    assert few[:, 0].min() > card.rect.left()
    assert few[:, 1].max() < card.rect.top()
    assert len({(x, y) for x, y in few.tolist()}) == 30
    many, place = piles.waiting(2, 400)
    assert len(many) < 400
    assert place is not None
    assert place.x() < many[:, 0].min()
    below = piles.working(2, 5)
    assert below[:, 1].min() > card.rect.bottom()
    assert len(Piles((None,)).waiting(0, 5)[0]) == 0


def lying_scene(scene: MapScene) -> MapScene:
    """Three steps in a row from left to right; a second path leads into the front of the last one."""
    shown = scene.answer.map
    cards = tuple(Card(i, 100.0 + 250 * i, 100.0, 150.0, 52.0, f"Trin {i}", True, float(i), 0) for i in range(3))
    lanes = tuple(Lane(i, i + 1, (250.0 + 250 * i, 126.0, 348.8 + 250 * i, 126.0), 7.0, LaneKind.SPINE, 0, None) for i in range(2))
    below = Lane(1, 3, (425.0, 152.0, 425.0, 170.0, 560.0, 170.0, 560.0, 142.0, 598.8, 142.0), 2.0, LaneKind.FORWARD, 1, None)
    layout = replace(scene.answer.layout, cards=cards, lanes=(*lanes, below), landscape=True, start=(40.0, 126.0), end=(820.0, 126.0))
    return build_scene(replace(scene.answer, map=shown, layout=layout), Texts("da"), stage_style(Appearance.LIGHT))


def test_on_a_lying_map_piles_stand_before_the_card_below_the_arrow_clear_of_the_names(scene: MapScene) -> None:
    lying = lying_scene(scene)
    piles = piles_of(query_of(scene).steps, lying, 1.0)
    card, before = lying.card_by_step[1].rect, lying.card_by_step[0].rect
    few, number = piles.waiting(1, 20)
    assert (len(few), number) == (20, None)
    assert before.right() < few[:, 0].min()
    assert few[:, 0].max() < card.left()
    assert card.center().y() + 8 < few[:, 1].min()
    assert few[:, 1].max() < card.bottom()
    many, place = piles.waiting(1, 400)
    assert place is not None
    assert before.right() < place.x() - 25
    assert place.x() < many[:, 0].min()
    taken, _number = piles.waiting(2, 3)
    assert taken[:, 1].max() < lying.card_by_step[2].rect.top(), "a line leads into its front: the pile is on top"


def test_a_pile_does_not_hide_a_number_that_stands_on_the_arrow(scene: MapScene) -> None:
    lane, card = scene.lane_by_key[1, 2], scene.card_by_step[2].rect
    layout = scene.answer.layout
    on_the_arrow = Label("7.428", card.center().x(), card.top() - 12, 40.0, 12.5)
    lanes = tuple(replace(one, label=on_the_arrow) if (one.source, one.target) == lane.key else one for one in layout.lanes)
    moved = build_scene(replace(scene.answer, layout=replace(layout, lanes=lanes)), Texts("da"), stage_style(Appearance.LIGHT))
    dots, _number = piles_of(query_of(scene).steps, moved, 1.0).waiting(2, 20)
    assert dots[:, 0].max() < card.center().x() - 20
    assert dots[:, 0].min() > card.left()


def test_tokens_that_crowd_on_a_short_line_have_neither_glow_nor_tail(scene: MapScene) -> None:
    rows = [(0, 1, hour / 4, 240) for hour in range(12)]
    journeys = journeys_of(scene, *rows, (2, RETURNED, 0, 48))
    frame = make_frame(journeys.at(BEGIN + 6 * HOUR), Tracks(journeys.played, scene), piles_of(journeys.steps, scene, 1.0), with_tails=True)
    kinds = np.bincount(frame.sprites, minlength=7).tolist()
    assert (kinds[Sprite.IN_CROWD], kinds[Sprite.TOKEN], kinds[Sprite.TAIL]) == (12, 1, 1)
    assert frame.n_tokens == 13


def test_everything_of_a_moment_is_in_its_frame(scene: MapScene) -> None:
    journeys = journeys_of(scene)
    tracks, piles = Tracks(journeys.played, scene), piles_of(journeys.steps, scene, 1.0)
    frame = make_frame(journeys.at(BEGIN + 30 * HOUR), tracks, piles, with_tails=True)
    kinds = np.bincount(frame.sprites, minlength=5).tolist()
    assert kinds == [2, 2, 2, 0, 0]
    passing = (np.zeros(3, np.int32), np.array([0.1, 0.5, 0.9]))
    seen = make_frame(journeys.at(BEGIN + 30 * HOUR), tracks, piles, with_tails=False, passing=passing)
    assert np.bincount(seen.sprites, minlength=6).tolist() == [2, 0, 0, 0, 0, 3]
    still = make_frame(journeys.at(BEGIN + 50 * HOUR), tracks, piles, with_tails=False)
    assert np.bincount(still.sprites, minlength=5).tolist() == [0, 0, 0, 2, 0]


def test_the_layer_draws_each_token_where_it_is_at_every_zoom_and_resolution(qtbot: QtBot) -> None:
    for zoom, ratio in ((1.0, 1.0), (0.5, 1.0), (1.0, 2.0)):
        stage = QGraphicsScene(0, 0, 200, 100)
        layer = TokenLayer(stage_style(Appearance.LIGHT))
        stage.addItem(layer)
        points = np.array([(40.0, 50.0), (160.0, 20.0)])
        layer.show_frame(Frame(points, np.array([Sprite.TOKEN, Sprite.PILE], np.int8), n_tokens=1))
        picture = QImage(round(200 * ratio), round(100 * ratio), QImage.Format.Format_RGB32)
        picture.setDevicePixelRatio(ratio)
        picture.fill(QColor("black"))
        painter = QPainter(picture)
        painter.scale(zoom, zoom)
        layer.paint(painter, None)  # type: ignore[arg-type]
        painter.end()
        for (x, y), wanted in zip(points, (Lights().dot, Lights().pile), strict=True):
            seen = picture.pixelColor(round(x * zoom * ratio), round(y * zoom * ratio))
            assert max(abs(a - b) for a, b in zip(seen.getRgb(), QColor(wanted).getRgb(), strict=True)) < 25
        assert picture.pixelColor(round(100 * zoom * ratio), round(80 * zoom * ratio)).name() == "#000000"
        stage.clear()


def test_the_measured_crowd_is_on_the_map_as_a_whole(qtbot: QtBot) -> None:
    load_fonts()
    answer = large_map()
    journeys = Journeys(crowd(answer, 5000))
    moment = journeys.at(journeys.played.last // 2)
    assert moment.n_moving + int(moment.waiting.sum()) == 5000
    seen = build_scene(answer, Texts("da"), stage_style(Appearance.LIGHT))
    frame = make_frame(moment, Tracks(journeys.played, seen), piles_of(journeys.steps, seen, 1.0), with_tails=True)
    assert not np.isnan(frame.points).any()
    assert frame.n_tokens == moment.n_moving


# ---- the clock ---------------------------------------------------------------------------------------------------------------


class Time:
    """A clock on the wall that a test moves."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def clock(qtbot: QtBot, time: Time) -> PlaybackClock:
    made = PlaybackClock(now=time)
    made.set_period(0, 900 * DAY_US)
    return made


def test_a_second_stands_for_a_round_time_so_that_all_takes_three_minutes(clock: PlaybackClock) -> None:
    assert clock.rate == 5 * DAY_US
    assert natural_rate(3_600_000_000) == 30_000_000
    assert natural_rate(10**18) == RATES[-1]
    assert list(RATES) == sorted(RATES)
    assert WHOLE_S * natural_rate(900 * DAY_US) >= 900 * DAY_US


def test_time_goes_by_as_fast_when_pictures_take_long(clock: PlaybackClock, time: Time) -> None:
    clock.play()
    for passed in (0.016, 0.2, 0.016, 0.6):
        time.seconds += passed
        clock.tick()
    assert clock.moment == pytest.approx(0.832 * 5 * DAY_US, rel=1e-6)
    clock.set_speed(4.0)
    time.seconds += 0.1
    clock.tick()
    assert clock.moment == pytest.approx((0.832 + 0.4) * 5 * DAY_US, rel=1e-6)
    clock.pause()


def test_a_computer_that_slept_does_not_jump_to_the_end(clock: PlaybackClock, time: Time) -> None:
    clock.play()
    time.seconds += 3600
    clock.tick()
    assert clock.moment == 5 * DAY_US
    clock.pause()


def test_at_the_end_it_stops_or_begins_anew(clock: PlaybackClock, time: Time) -> None:
    clock.go_to(899 * DAY_US)
    clock.play()
    time.seconds += 1
    clock.tick()
    assert (clock.moment, clock.playing) == (900 * DAY_US, False)
    clock.set_loop(True)
    clock.play()
    assert clock.moment == 0
    clock.go_to(899 * DAY_US)
    time.seconds += 1
    clock.tick()
    assert (clock.moment, clock.playing) == (4 * DAY_US, True)
    clock.pause()


def test_reduced_motion_goes_in_steps_of_a_second(clock: PlaybackClock, time: Time) -> None:
    assert clock._timer.interval() == FRAME_MS
    clock.set_steps(True)
    assert clock._timer.interval() == STEP_MS
    clock.play()
    time.seconds += 1
    clock.tick()
    assert clock.moment == 5 * DAY_US
    clock.pause()


def test_speeds_stop_at_their_ends(clock: PlaybackClock) -> None:
    for _ in range(9):
        clock.change_speed(1)
    assert clock.speed == 4.0
    for _ in range(9):
        clock.change_speed(-1)
    assert clock.speed == 0.25


# ---- words -------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["25-02-2025", "25.2.2025", " 25/2/2025 ", "25 2 2025", "25022025", "2025-02-25"])
def test_dates_are_read_as_people_type_them(words: str) -> None:
    assert read_date(words) == date(2025, 2, 25)


@pytest.mark.parametrize("words", ["", "25-02", "31-02-2025", "2025", "i går", "02-25-2025", "25-02-25", "20250225", "250225", "20110110"])
def test_what_is_no_date_is_none(words: str) -> None:
    assert read_date(words) is None


def test_moments_and_rates_in_both_languages() -> None:
    danish, english = Texts("da"), Texts("en")
    moment = start_of(date(2025, 2, 25), "Europe/Copenhagen") + 14 * HOUR
    assert moment_words(moment, "Europe/Copenhagen", danish) == "tirsdag den 25. februar 2025"
    assert moment_words(moment, "Europe/Copenhagen", english, with_clock=True) == "Tuesday 25 February 2025 14:00"
    assert typed_date(moment, "Europe/Copenhagen") == "25-02-2025"
    assert rate_words(5 * DAY, danish) == "1 sekund = 5\u00a0dage"
    assert tick_words(moment, "week", "Europe/Copenhagen", danish) == "feb 2025"
    assert tick_words(moment, "day", "Europe/Copenhagen", danish) == "25. feb."
    assert tick_words(moment, "hour", "Europe/Copenhagen", danish) == "14.00"
    assert tick_words(moment, "year", "Europe/Copenhagen", danish) == "2025"


def test_a_sample_says_so_and_what_is_not_seen_is_counted() -> None:
    texts = Texts("en")
    all_of_it = played(PlaybackQuery())
    assert sample_words(all_of_it, texts) == "All 8,412 cases are played."
    part = played(PlaybackQuery(), n_cases_shown=1000)
    assert sample_words(part, texts).startswith("A sample: 1,000 of 8,412 cases (12%).")
    assert left_out_words(all_of_it, texts) == "Not seen: 3 transitions that take no time, 1 without a time."
    assert left_out_words(played(PlaybackQuery(grouped=True)), texts) == ""


def test_the_timeline_names_months_in_even_steps(qtbot: QtBot, scene: MapScene, tmp_path: Path) -> None:
    store, _jobs = make_store(tmp_path, "en")
    line = PlaybackTimeline(store)
    qtbot.addWidget(line)
    line.resize(900, 70)
    weeks = tuple(BEGIN + week * 7 * DAY_US for week in range(150))
    shown = replace(played(query_of(scene)), unit="week", edges=weeks, events=(1,) * 149, first=weeks[0], last=weeks[-1])
    line.show_played(shown)
    places = [x for x, _ in line._ticks(line.fontMetrics())]
    steps = [after - before for before, after in pairwise(places[:-1])]
    assert len(steps) >= 4 and max(steps) - min(steps) < 0.2 * max(steps)
