"""What is done again: repeats, returns, net loops and ping-pong, against a plain reading of every case and, on public logs, pandas."""

from __future__ import annotations

from collections import Counter
from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import given

from engine.log.columns import ReadOptions
from engine.log.event_log import EventLog
from engine.log.selection import HasActivity, Selection
from engine.log.variants import find_variants
from engine.operations import answer
from engine.process_map.rework import index_rework, loop_erasure, path_rework, step_rework
from engine.process_map.values import Metric
from engine.service.messages import MapAnswer, MapQuery, PathDetails, PathQuery, Secret, StepDetails, StepQuery
from engine.sources import read_source
from engine.tasks import Task
from engine.workspace import Workspace
from tests.naive_log import Event, event_lists, log_of_traces, make_log
from tests.real_logs import log_path, needs_real_logs

NAMES = ["receipt", "SEPSIS", "BPI_2020_DomesticDeclarations", "BPIC15_1"]


def held(log: EventLog) -> Workspace:
    made = Workspace()
    made.study_log(log)
    return made


def step(workspace: Workspace, code: int, selection: Selection = Selection()) -> StepDetails:
    found = answer(workspace, StepQuery(code, selection), Task())
    assert isinstance(found, StepDetails) and found.rework is not None
    return found


def path(workspace: Workspace, source: int, target: int) -> PathDetails:
    found = answer(workspace, PathQuery(source, target), Task())
    assert isinstance(found, PathDetails) and found.rework is not None
    return found


def drawn(workspace: Workspace, **query: object) -> MapAnswer:
    found = answer(workspace, MapQuery(**query), Task())  # type: ignore[arg-type]
    assert isinstance(found, MapAnswer)
    return found


# ---- one case at a time ------------------------------------------------------------------------------------------------------


def left(trace: str) -> str:
    """The course without its loops; a step with its positions where something was cut out behind it."""
    rows = loop_erasure(tuple(ord(letter) - ord("a") for letter in trace))
    return " ".join(chr(step + ord("a")) + (f"{first}-{last}" if last > first else "") for step, first, last in rows)


def test_loops_are_cut_out_as_they_come_back() -> None:
    assert left("abcd") == "a b c d"
    assert left("aaab") == "a0-2 b"
    assert left("abcbd") == "a b1-3 d"
    assert left("abcbcbd") == "a b1-5 d"


def test_a_loop_inside_another_counts_once() -> None:
    assert left("abcbad") == "a0-4 d"
    assert left("abbad") == "a0-3 d"


def test_a_loop_across_the_end_of_another_counts_once() -> None:
    """b comes back, but its first time was cut out with the loop of a."""
    assert left("abacb") == "a0-2 c b"


def test_a_step_says_how_often_it_returns_and_what_its_loops_cost() -> None:
    workspace = held(log_of_traces("abcbcd", "abbd", "abd"))
    b = step(workspace, 1)
    assert b.rework is not None
    assert (b.occurrences - b.cases, b.self_loops) == (2, 1)
    assert (b.rework.returns, b.rework.return_cases) == (1, 1)
    assert (b.rework.loop_cases, b.rework.loop_events) == (2, 3)
    assert b.rework.loop_times is not None
    assert (b.rework.loop_times.n, b.rework.loop_times.total) == (2, 3.0)
    assert [(pair.name, pair.turns, pair.cases) for pair in b.rework.partners] == [("a2", 2, 1)]


def test_c_returns_inside_the_loop_of_b_and_costs_nothing_more() -> None:
    c = step(held(log_of_traces("abcbcd")), 2)
    assert c.rework is not None
    assert (c.rework.returns, c.rework.loop_events, c.rework.loop_times) == (1, 0, None)


def test_a_path_says_how_often_it_leads_back_and_how_its_steps_take_turns() -> None:
    workspace = held(log_of_traces("abcbcd", "abcd", "acbd"))
    there, back, past = path(workspace, 1, 2).rework, path(workspace, 2, 1).rework, path(workspace, 0, 1).rework
    assert there is not None and back is not None and past is not None
    assert (there.back, there.back_cases) == (1, 1)
    assert (back.back, back.back_cases) == (1, 1)
    assert (there.turns, there.turn_cases) == (back.turns, back.turn_cases) == (2, 1)
    assert (past.back, past.turns) == (0, 0)


def test_only_the_selected_cases_count() -> None:
    workspace = held(log_of_traces("abab", "abd", "ababd"))
    a = step(workspace, 0, Selection((HasActivity("a3"),)))
    assert a.rework is not None
    assert (a.rework.returns, a.rework.loop_events) == (1, 2)


def test_times_that_are_missing_are_left_out() -> None:
    second = 1_000_000
    log = make_log([Event(0, 0, 0), Event(0, 1, second), Event(0, 0, None), Event(1, 0, 0), Event(1, 1, second), Event(1, 0, 5 * second)])
    a = step(held(log), 0)
    assert a.rework is not None and a.rework.loop_times is not None
    assert (a.rework.loop_cases, a.rework.loop_times.n, a.rework.loop_times.total) == (2, 1, 5.0)


# ---- on the map --------------------------------------------------------------------------------------------------------------


def test_the_map_counts_rework_only_where_it_is_shown() -> None:
    workspace = held(log_of_traces(*["abcbcd"] * 6, *["abcd"] * 9))
    assert {one.rework for one in drawn(workspace).map.paths} == {None}
    shown = drawn(workspace, colour=Metric.REWORK).map
    assert {(one.source, one.target): one.rework for one in shown.paths if one.rework} == {(1, 2): 6, (2, 1): 6}
    assert shown.loops is not None
    assert (shown.loops.events, shown.loops.cases, shown.loops.seconds) == (12, 6, 12.0)
    by_step = {one.step: shown.repeats(one) for one in shown.steps}
    assert by_step == {0: 0, 1: 6, 2: 6, 3: 0}


def test_what_leaves_the_screen_says_nothing_new_about_rework() -> None:
    workspace = held(log_of_traces(*["abcbcd"] * 12, *["abcd"] * 29))
    twin = drawn(workspace, colour=Metric.REWORK, guarded=True).map
    assert twin.loops is None
    assert {(one.source, one.target): one.rework for one in twin.paths if one.rework} == {(1, 2): 15}
    for one in twin.paths:
        assert one.rework == max(one.occurrences - one.cases, 0)


def test_a_guarded_map_with_rework_keeps_the_places_of_the_exact_one() -> None:
    workspace = held(log_of_traces(*["abcbcd"] * 12, *["abcd"] * 29))
    exact, twin = (drawn(workspace, colour=Metric.REWORK, label=Metric.REWORK, guarded=one).layout for one in (False, True))
    assert [(card.step, card.x, card.y, card.width) for card in exact.cards] == [
        (card.step, card.x, card.y, card.width) for card in twin.cards
    ]
    assert [lane.points for lane in exact.lanes] == [lane.points for lane in twin.lanes]


def test_a_log_without_rework_has_none() -> None:
    workspace = held(log_of_traces("abc", "ac"))
    shown = drawn(workspace, colour=Metric.REWORK, label=Metric.REWORK).map
    assert {one.rework for one in shown.paths} == {0}
    assert shown.loops is not None and (shown.loops.events, shown.loops.seconds) == (0, None)


# ---- against a plain reading -------------------------------------------------------------------------------------------------


class Plain:
    """Every case read event by event."""

    def __init__(self, log: EventLog) -> None:
        self.returns: Counter[int] = Counter()
        self.back: Counter[tuple[int, int]] = Counter()
        self.turns: Counter[tuple[int, int]] = Counter()
        self.turn_cases: Counter[tuple[int, int]] = Counter()
        self.loop_events: Counter[int] = Counter()
        for begin, end in zip(log.offsets, log.offsets[1:], strict=False):
            self._read(log.activity[begin:end].tolist())

    def _read(self, trace: list[int]) -> None:
        pairs = set()
        for at in range(1, len(trace)):
            if trace[at] in trace[:at]:
                self.back[trace[at - 1], trace[at]] += 1
                self.returns[trace[at]] += trace[at] != trace[at - 1]
            if at > 1 and trace[at] == trace[at - 2] != trace[at - 1]:
                pair = (min(trace[at - 1 : at + 1]), max(trace[at - 1 : at + 1]))
                self.turns[pair] += 1
                pairs.add(pair)
        self.turn_cases.update(pairs)
        course: list[tuple[int, int]] = []
        for one in trace:
            names = [name for name, _ in course]
            if one in names:
                cut = course[names.index(one) :]
                course = [*course[: names.index(one)], (one, sum(n for _, n in cut) + len(cut))]
            else:
                course.append((one, 0))
        for name, n in course:
            self.loop_events[name] += n


@given(event_lists)
def test_rework_is_what_a_plain_reading_finds(events: list[Event]) -> None:
    log = make_log(events)
    plain, rework, variants = Plain(log), index_rework(find_variants(log)), find_variants(log)
    weights, n = variants.counts, len(log.activities)

    for code in range(n):
        found = step_rework(rework, log, variants, code, None)
        assert (found.returns, found.loop_events) == (plain.returns[code], plain.loop_events[code])
        for other in range(n):
            over = path_rework(rework, code, other, weights)
            pair = min(code, other), max(code, other)
            assert (over.back, over.turns, over.turn_cases) == (plain.back[code, other], plain.turns[pair], plain.turn_cases[pair])


# ---- public logs against pandas ----------------------------------------------------------------------------------------------


@cache
def real(name: str) -> Workspace:
    return held(read_source(log_path(f"{name}.xes.gz"), Secret(), ReadOptions(), Task()))


@cache
def frame(name: str) -> pd.DataFrame:
    """Events in log order with what stands beside them in their case."""
    log = real(name).study.log
    case = np.repeat(np.arange(log.n_cases), np.diff(log.offsets))
    events = pd.DataFrame({"case": case, "step": log.activity.astype(int), "time": log.timestamp / 1e6})
    by_case = events.groupby("case")
    events["before"], events["two_before"] = by_case.step.shift(1), by_case.step.shift(2)
    events["nth"] = events.groupby(["case", "step"]).cumcount()
    events["at"] = by_case.cumcount()
    return events


@needs_real_logs
@pytest.mark.parametrize("name", NAMES)
def test_public_logs_agree_with_pandas(name: str) -> None:
    events, workspace = frame(name), real(name)
    again = events[events.nth > 0]
    returned = again[again.before != again.step].groupby("step")
    turns = events[(events.step == events.two_before) & (events.step != events.before)]
    for code in events.step.value_counts().index[:12]:
        found = step(workspace, int(code))
        assert found.rework is not None
        here = returned.get_group(code) if code in returned.groups else again[:0]
        assert found.occurrences - found.cases == int((again.step == code).sum())
        assert (found.rework.returns, found.rework.return_cases) == (len(here), here.case.nunique())
        around = turns[(turns.step == code) | (turns.before == code)]
        other = around.before.where(around.step == code, around.step)
        expected = {int(one): (len(rows), rows.case.nunique()) for one, rows in around.groupby(other)}
        assert {pair.step: (pair.turns, pair.cases) for pair in found.rework.partners} == expected


@needs_real_logs
@pytest.mark.parametrize("name", NAMES)
def test_paths_of_public_logs_lead_back_as_pandas_counts(name: str) -> None:
    events = frame(name)
    again = events[(events.nth > 0) & (events.before != events.step)]
    expected = {(int(a), int(b)): len(rows) for (a, b), rows in again.groupby(["before", "step"])}
    shown = drawn(real(name), colour=Metric.REWORK, steps=999, paths=9999).map
    assert {(one.source, one.target): one.rework for one in shown.paths if one.rework} == expected


@needs_real_logs
@pytest.mark.parametrize("name", NAMES)
def test_net_loops_of_public_logs_agree_with_pandas(name: str) -> None:
    """The net loops of a case are what lies outside its course: found here by jumping, from each step that is left, to its last time."""
    events = frame(name)
    n_cut, seconds, cases = 0, 0.0, 0
    for _case, trace in events.groupby("case"):
        steps, times = trace.step.to_numpy(), trace.time.to_numpy()
        at, cut, gained = 0, 0, 0.0
        while at < len(steps):
            end = _end_of_loop(steps, at)
            cut, gained = cut + end - at, gained + times[end] - times[at]
            at = end + 1
        n_cut, seconds, cases = n_cut + cut, seconds + gained, cases + (cut > 0)
    loops = drawn(real(name), colour=Metric.REWORK).map.loops
    assert loops is not None and loops.seconds is not None
    assert (loops.events, loops.cases) == (n_cut, cases)
    assert loops.seconds == pytest.approx(seconds, rel=1e-9)


def _end_of_loop(steps: np.ndarray, at: int) -> int:
    """The last time that a step of the course comes back: later ones follow only on a step that stands before it in the course."""
    return int(np.flatnonzero(steps == steps[at])[-1])
