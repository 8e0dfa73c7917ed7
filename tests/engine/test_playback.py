"""Playback: at every moment the tokens of a path are the cases between its two events; what cannot be shown is counted and said."""

from __future__ import annotations

from collections import Counter
from functools import cache
from itertools import pairwise
from typing import Any

import msgspec
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import BadInput, Cancelled
from engine.log.columns import ReadOptions
from engine.log.event_log import NO_TIME, EventLog
from engine.log.selection import HasActivity, Selection, StartedBetween
from engine.operations import answer
from engine.process_map import playback as playback_module
from engine.service.messages import MapQuery, Playback, PlaybackQuery, Secret, WayKind
from engine.sources import read_source
from engine.tasks import Task
from engine.texts import DAY, HOUR
from engine.workspace import Workspace
from tests.naive_log import Event, event_lists, log_of_traces, make_log, traces
from tests.real_logs import log_path, needs_real_logs

H, D = int(HOUR * 1e6), int(DAY * 1e6)
A, B, C = 0, 1, 2
ALL_ARCS = tuple((a, b) for a in range(5) for b in range(5) if a != b)
EVERYTHING = PlaybackQuery(steps=tuple(range(5)), paths=ALL_ARCS, timezone="UTC")


def play(log: EventLog, query: PlaybackQuery = EVERYTHING) -> Playback:
    workspace = Workspace()
    workspace.study_log(log)
    reply = answer(workspace, query, Task())
    assert isinstance(reply, Playback)
    return reply


def journeys(made: Playback) -> list[tuple[WayKind, int, int, int, int]]:
    """Kind, source, target, departure and arrival of every token, by departure."""
    way, depart, arrive = (np.frombuffer(raw, kind).tolist() for raw, kind in zip(raw_of(made), ("<i4", "<i8", "<i8"), strict=True))
    ways = [made.ways[at] for at in way]
    return [(one.kind, one.source, one.target, left, came) for one, left, came in zip(ways, depart, arrive, strict=True)]


def raw_of(made: Playback) -> tuple[bytes, bytes, bytes]:
    return made.way, made.depart, made.arrive


def on_paths(made: Playback, moment: int) -> Counter[tuple[int, int]]:
    """Tokens on each path, or waiting for the same step again, at a moment."""
    kinds = (WayKind.PATH, WayKind.AGAIN)
    return Counter((a, b) for kind, a, b, left, came in journeys(made) if kind in kinds and left <= moment < came)


# ---- small logs --------------------------------------------------------------------------------------------------------------


def test_a_case_is_on_a_path_from_one_event_until_just_before_the_next() -> None:
    made = play(make_log([Event(0, A, 0), Event(0, B, 2 * H), Event(0, C, 5 * H)]))
    assert journeys(made) == [(WayKind.PATH, A, B, 0, 2 * H), (WayKind.PATH, B, C, 2 * H, 5 * H)]
    assert on_paths(made, 2 * H - 1) == {(A, B): 1}
    assert on_paths(made, 2 * H) == {(B, C): 1}
    assert on_paths(made, 5 * H) == {}


def test_a_step_directly_again_waits_at_its_step() -> None:
    made = play(make_log([Event(0, A, 0), Event(0, A, H), Event(0, B, 2 * H)]))
    assert journeys(made)[0] == (WayKind.AGAIN, A, A, 0, H)


def test_a_path_that_is_not_drawn_puts_its_tokens_out_of_sight_and_counts_them() -> None:
    log = log_of_traces("abc", "ac", step=H)
    made = play(log, PlaybackQuery(steps=(A, B, C), paths=((A, B), (B, C)), timezone="UTC"))
    assert [one for one in journeys(made) if one[0] is WayKind.OUT_OF_SIGHT] == [(WayKind.OUT_OF_SIGHT, -1, -1, 0, H)]
    without_b = play(log, PlaybackQuery(steps=(A, C), paths=((A, C),), timezone="UTC"))
    assert Counter(kind for kind, *_ in journeys(without_b)) == {WayKind.OUT_OF_SIGHT: 2, WayKind.PATH: 1}


def test_transitions_without_time_backwards_or_untimed_are_no_journeys_and_are_counted() -> None:
    instant = play(make_log([Event(0, A, H), Event(0, B, H), Event(0, C, 2 * H)]))
    assert ([one[1:3] for one in journeys(instant)], instant.instant) == ([(B, C)], 1)
    untimed = play(make_log([Event(0, A, 0), Event(0, B, None), Event(0, C, 2 * H)]))
    assert (journeys(untimed), untimed.untimed) == ([], 2)
    overlapping = play(make_log([Event(0, A, 3 * H, 0), Event(0, B, 4 * H, H)], with_start=True))
    assert overlapping.overlapping == 1
    assert {kind for kind, *_ in journeys(overlapping)} == {WayKind.AT_WORK}


def test_with_start_stamps_a_case_is_at_work_in_its_step_and_then_on_its_way() -> None:
    made = play(make_log([Event(0, A, 2 * H, H), Event(0, B, 6 * H, 5 * H)], with_start=True))
    assert journeys(made) == [(WayKind.AT_WORK, A, A, H, 2 * H), (WayKind.PATH, A, B, 2 * H, 5 * H), (WayKind.AT_WORK, B, B, 5 * H, 6 * H)]
    hidden = play(make_log([Event(0, A, 2 * H, H), Event(0, B, 6 * H, 5 * H)], with_start=True), PlaybackQuery(steps=(A,), timezone="UTC"))
    assert [kind for kind, *_ in journeys(hidden)] == [WayKind.AT_WORK, WayKind.OUT_OF_SIGHT, WayKind.OUT_OF_SIGHT]


def test_the_usual_time_of_a_path_is_the_median_of_the_journeys_that_take_time() -> None:
    hours = (0, 1, 3, 9)
    log = make_log([event for case, n in enumerate(hours) for event in (Event(case, A, 0), Event(case, B, n * H))])
    made = play(log)
    assert next(way for way in made.ways if (way.source, way.target) == (A, B)).usual == 3 * H


def test_only_the_cases_of_the_selection_travel() -> None:
    log = log_of_traces("ab", "ac", "ab", step=H)
    made = play(log, msgspec.structs.replace(EVERYTHING, selection=Selection((HasActivity("a2"),))))
    assert [one[1:3] for one in journeys(made)] == [(A, C)]
    assert (made.n_cases, made.n_cases_shown, sum(made.events)) == (1, 1, 2)


@given(event_lists)
def test_whatever_the_log_the_tokens_are_the_cases_between_two_events(events: list[Event]) -> None:
    log = make_log(events, with_start=True)
    try:
        made = play(log)
    except BadInput as error:
        assert "no times" in str(error)
        return
    wanted = Counter[tuple[int, int, int, int]]()
    counted = Counter[str]()
    for trace in traces(log):
        for (left, time, _), (right, later, start) in pairwise(trace):
            entered = start if start is not None and later is not None else later
            if time is None or entered is None:
                counted["untimed"] += 1
            elif entered <= time:
                counted["instant" if entered == time else "overlapping"] += 1
            else:
                wanted[log.activities.index(left), log.activities.index(right), time, entered] += 1
    found = Counter((a, b, left, came) for kind, a, b, left, came in journeys(made) if kind in (WayKind.PATH, WayKind.AGAIN))
    assert found == wanted
    assert (made.untimed, made.instant, made.overlapping) == (counted["untimed"], counted["instant"], counted["overlapping"])
    departures = [left for *_, left, _came in journeys(made)]
    assert departures == sorted(departures)
    assert sum(made.events) + made.outside == int(np.count_nonzero(log.timestamp != NO_TIME))


# ---- the timeline ------------------------------------------------------------------------------------------------------------


def test_the_timeline_has_hours_days_or_weeks_and_holds_every_event() -> None:
    for step, unit in ((H, "hour"), (10 * D, "day"), (90 * D, "week"), (900 * D, "month")):
        made = play(log_of_traces("abcd", step=step))
        assert made.unit == unit
        assert sum(made.events) == 4
        assert made.edges[0] <= made.first < made.last < made.edges[-1]


def test_one_event_with_a_wrong_year_does_not_stretch_the_timeline_and_is_said() -> None:
    events = [Event(case, A, case * H) for case in range(3000)]
    made = play(make_log([*events, Event(0, B, 40_000 * D)]))
    assert made.last < 200 * D
    assert made.outside == 1
    assert sum(made.events) == 3000


def test_without_any_time_there_is_nothing_to_play() -> None:
    with pytest.raises(BadInput, match="nothing to play"):
        play(make_log([Event(0, A, None), Event(0, B, None)]))


# ---- sampling ----------------------------------------------------------------------------------------------------------------


def crowd(n: int) -> EventLog:
    """n cases that are all on the same two paths at the same time."""
    return make_log([Event(case, step, step * D + case) for case in range(n) for step in (A, B, C)])


def test_too_many_tokens_at_once_are_sampled_by_whole_cases_the_same_ones_each_time() -> None:
    log, few = crowd(2000), msgspec.structs.replace(EVERYTHING, most=100)
    made = play(log, few)
    assert made == play(log, few)
    assert 60 <= made.n_cases_shown <= 100
    assert made.n_cases == 2000
    assert max(sum(on_paths(made, moment).values()) for moment in (D // 2, D + D // 2)) <= 100
    whole = Counter(one[1:3] for one in journeys(made))
    assert set(whole.values()) == {made.n_cases_shown}
    assert sum(made.events) == 6000


def test_a_smaller_sample_is_part_of_a_larger_one() -> None:
    log = crowd(2000)
    small, large = (set(journeys(play(log, msgspec.structs.replace(EVERYTHING, most=most)))) for most in (50, 400))
    assert small < large


def test_a_log_with_very_many_events_is_sampled_even_when_few_are_under_way_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(playback_module, "MOST_EVENTS", 300)
    log = make_log([Event(case, step, (10 * case + step) * H) for case in range(1000) for step in (A, B, C)])
    made = play(log)
    assert 50 <= made.n_cases_shown <= 150
    assert play(log, msgspec.structs.replace(EVERYTHING, selection=Selection((StartedBetween(0, 500 * H),)))).n_cases_shown == 50


def test_a_log_in_which_all_fits_is_not_sampled() -> None:
    made = play(crowd(200))
    assert (made.n_cases_shown, made.n_cases) == (200, 200)


# ---- privacy -----------------------------------------------------------------------------------------------------------------


def test_no_case_crosses_the_door() -> None:
    log = crowd(50)
    raw = msgspec.msgpack.encode(play(log))
    assert not [one for one in log.case_ids.to_pylist() if one.encode() in raw]


def test_for_a_room_every_token_is_five_different_cases_and_lone_journeys_are_left_out() -> None:
    rare = [Event(100, A, 0), Event(100, C, H), Event(100, A, 2 * H), Event(100, C, 3 * H)]
    log = make_log([*(Event(case, step, step * D + case * H) for case in range(12) for step in (A, B)), *rare])
    made = play(log, msgspec.structs.replace(EVERYTHING, grouped=True))
    assert made.cases_per_token == 5
    assert [(one[1:3]) for one in journeys(made)] == [(A, B), (A, B)]
    left, came = journeys(made)[0][3:]
    assert (left, came) == (2 * H, D + 2 * H)
    assert made.lone == 12 - 10 + 3
    assert all(n % 5 == 0 for n in made.events)


def test_a_case_that_comes_back_is_not_five_cases() -> None:
    trace = [Event(0, step, (2 * n + step) * H) for n in range(30) for step in (A, B)]
    others = [Event(case, C, case * H) for case in range(1, 9)]
    made = play(make_log([*trace, *others]), msgspec.structs.replace(EVERYTHING, grouped=True))
    assert journeys(made) == []


@given(event_lists, st.integers(2, 4))
def test_groups_never_hold_a_case_twice(events: list[Event], size: int) -> None:
    from engine.process_map.journeys import find_journeys, group_journeys, ways_of

    log = make_log(events)
    found = find_journeys(log, np.arange(log.n_cases), ways_of(range(5), ALL_ARCS, len(log.activities), with_work=False), Task())
    grouped, lone = group_journeys(found, size, Task())
    assert grouped.n * size + lone == found.n
    for way in set(grouped.way.tolist()):
        here = found.way == way
        of_each_case = np.unique(found.case[here], return_counts=True)[1] if here.any() else np.zeros(0, int)
        rounds = range(int(of_each_case.max(initial=0)))
        assert int((grouped.way == way).sum()) == sum(int((of_each_case > again).sum()) // size for again in rounds)


def test_a_selection_of_a_handful_is_not_played_for_a_room() -> None:
    query = msgspec.structs.replace(EVERYTHING, selection=Selection((HasActivity("a2"),)), grouped=True)
    with pytest.raises(BadInput, match="fewer than"):
        play(log_of_traces("ab", "ac", "ab", step=H), query)


def test_stop_ends_it() -> None:
    workspace = Workspace()
    workspace.study_log(crowd(20))
    with pytest.raises(Cancelled):
        answer(workspace, EVERYTHING, Task(is_cancelled=lambda: True))


# ---- real logs ---------------------------------------------------------------------------------------------------------------


@cache
def real(name: str) -> Workspace:
    workspace = Workspace()
    workspace.study_log(read_source(log_path(f"{name}.xes.gz"), Secret(), ReadOptions(), Task()))
    return workspace


def frame(log: EventLog) -> pd.DataFrame:
    """Case, step, time, and the next step and time of the same case."""
    case = np.repeat(np.arange(log.n_cases), np.diff(log.offsets))
    table = pd.DataFrame({"case": case, "step": log.activity.astype(int), "time": log.timestamp})
    table["next_step"], table["next_time"] = (table.groupby("case")[name].shift(-1) for name in ("step", "time"))
    return table.dropna().astype("int64")


@needs_real_logs
@pytest.mark.parametrize("name", ["receipt", "SEPSIS", "BPI_2020_DomesticDeclarations"])
def test_on_real_logs_the_tokens_of_every_path_are_those_that_pandas_counts(name: str) -> None:
    workspace = real(name)
    log = workspace.study.log
    shown: Any = answer(workspace, MapQuery(), Task())
    paths = tuple((path.source, path.target) for path in shown.map.paths if path.source >= 0 and path.target >= 0)
    query = PlaybackQuery(steps=tuple(step.step for step in shown.map.steps), paths=paths, most=10**6)
    made = answer(workspace, query, Task())
    assert isinstance(made, Playback)
    assert made.n_cases_shown == log.n_cases
    table = frame(log)
    all_tokens = pd.DataFrame(journeys(made), columns=["kind", "source", "target", "left", "came"])
    for moment in np.linspace(made.first, made.last, 40).astype(np.int64):
        under_way = table[(table.time <= moment) & (moment < table.next_time)]
        wanted = Counter(zip(under_way.step, under_way.next_step, strict=True))
        tokens = all_tokens[(all_tokens.left <= moment) & (moment < all_tokens.came)]
        seen = tokens[tokens.kind != WayKind.OUT_OF_SIGHT]
        found = Counter(zip(seen.source, seen.target, strict=True))
        drawn = {*paths, *((step.step, step.step) for step in shown.map.steps)}
        assert found == {arc: n for arc, n in wanted.items() if arc in drawn}
        assert len(tokens) - len(seen) == sum(n for arc, n in wanted.items() if arc not in drawn)
