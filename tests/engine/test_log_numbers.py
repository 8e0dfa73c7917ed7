"""Variants, arcs and waiting times of small logs that a person can count by hand."""

from __future__ import annotations

import numpy as np
import pytest

from engine.discovery.dfg import discover_dfg, measure_arcs, waiting_times
from engine.errors import Cancelled, Value
from engine.log import kernels
from engine.log.arc_index import index_arcs
from engine.log.filtering import case_mask
from engine.log.selection import HasActivity, Selection, StartedBetween
from engine.log.statistics import case_durations, events_per_case, period, summarise
from engine.log.variants import find_variants
from engine.tasks import Task
from tests.naive_log import Event, log_of_traces, make_log

SECOND = 1_000_000
A, B, C = 0, 1, 2


def test_variants_are_listed_by_frequency_then_by_appearance() -> None:
    variants = find_variants(log_of_traces("ac", "ab", "ab", "b"))
    assert [variants.sequence(v) for v in range(variants.n_variants)] == [(A, B), (A, C), (B,)]
    assert variants.counts.tolist() == [2, 1, 1]
    assert variants.case_variant.tolist() == [1, 0, 0, 2]


def test_a_thousand_repeats_make_a_long_variant_of_their_own() -> None:
    variants = find_variants(log_of_traces("a" * 1000, "a" * 999, "a" * 1000, "ab"))
    assert variants.counts.tolist() == [2, 1, 1]
    assert [len(variants.sequence(v)) for v in range(3)] == [1000, 999, 2]


def test_the_frequency_graph_counts_transitions_cases_and_repeats() -> None:
    log = log_of_traces("abab", "ab", "c")
    dfg = discover_dfg(log, find_variants(log))
    rows = zip(dfg.source, dfg.target, dfg.count, dfg.cases, dfg.max_repetitions, strict=True)
    assert [tuple(int(x) for x in row) for row in rows] == [(A, B, 3, 2, 2), (B, A, 1, 1, 1)]
    assert (dfg.n_cases, dfg.n_events) == (3, 7)
    assert (dfg.occurrences.tolist(), dfg.activity_cases.tolist()) == ([3, 3, 1], [2, 2, 1])
    assert dfg.activity_max_repetitions.tolist() == [2, 2, 1]
    assert (dfg.start_cases.tolist(), dfg.end_cases.tolist()) == ([2, 0, 1], [0, 2, 1])


def test_arcs_outside_the_mask_are_left_out() -> None:
    log = log_of_traces("ab", "bc")
    dfg = discover_dfg(log, find_variants(log), np.array([False, True]))
    assert list(zip(dfg.source.tolist(), dfg.target.tolist(), strict=True)) == [(B, C)]
    assert dfg.occurrences.tolist() == [0, 1, 1]


def test_without_start_stamps_a_waiting_time_is_the_difference_of_the_timestamps() -> None:
    log = make_log([Event(0, A, 0), Event(0, B, 3 * SECOND), Event(1, A, 0), Event(1, B, 5 * SECOND)])
    times = measure_arcs(index_arcs(log))
    assert (times.n[0], times.mean[0], times.median[0], times.min[0], times.max[0], times.total[0]) == (2, 4, 4, 3, 5, 8)
    assert times.p90[0] == pytest.approx(4.8)


def test_with_start_stamps_it_runs_from_the_end_of_the_one_to_the_start_of_the_other() -> None:
    events = [Event(0, A, 10 * SECOND, 2 * SECOND), Event(0, B, 30 * SECOND, 25 * SECOND)]
    index = index_arcs(make_log(events, with_start=True))
    assert waiting_times(index, A, B).tolist() == [15.0]


def test_overlapping_steps_give_a_negative_time_that_is_kept() -> None:
    events = [Event(0, A, 10 * SECOND, 0), Event(0, B, 12 * SECOND, 4 * SECOND)]
    times = measure_arcs(index_arcs(make_log(events, with_start=True)))
    assert (times.n[0], times.min[0]) == (1, -6.0)


def test_a_step_without_a_start_stamp_is_taken_for_instantaneous() -> None:
    events = [Event(0, A, 10 * SECOND, 0), Event(0, B, 12 * SECOND, None)]
    assert waiting_times(index_arcs(make_log(events, with_start=True)), A, B).tolist() == [2.0]


def test_a_transition_to_an_event_without_a_time_counts_but_has_no_time() -> None:
    log = make_log([Event(0, A, 0), Event(0, B, None), Event(1, A, 0), Event(1, B, SECOND)])
    dfg, index = discover_dfg(log, find_variants(log)), index_arcs(log)
    assert (dfg.count.tolist(), index.untimed.tolist(), measure_arcs(index).n.tolist()) == ([2], [1], [1])


def test_a_log_without_times_has_arcs_but_no_times() -> None:
    log = make_log([Event(0, A, None), Event(0, B, None)])
    times = measure_arcs(index_arcs(log))
    assert (times.n.tolist(), times.total.tolist()) == ([0], [0.0])
    assert np.isnan([times.mean[0], times.median[0], times.p90[0], times.min[0], times.max[0]]).all()
    assert period(log) is None
    assert np.isnan(case_durations(log)).all()
    assert summarise(case_durations(log)) is None


def test_an_arc_that_the_log_does_not_have_has_no_waiting_times() -> None:
    index = index_arcs(log_of_traces("ab"))
    assert waiting_times(index, B, A).tolist() == []
    assert index.find(5, 7) is None


def test_microseconds_survive_sums_of_millions_of_years() -> None:
    year = 365 * 86_400 * SECOND
    log = make_log([e for c in range(400) for e in (Event(c, A, 0), Event(c, B, 100_000 * year + c))])
    times = measure_arcs(index_arcs(log))
    assert times.total[0] == (400 * 100_000 * year + sum(range(400))) / SECOND


def test_an_empty_log_has_no_numbers_and_no_faults() -> None:
    log = make_log([])
    variants, index = find_variants(log), index_arcs(log)
    dfg, times = discover_dfg(log, variants), measure_arcs(index)
    assert (variants.n_variants, index.n_arcs, dfg.n_cases, dfg.n_events, len(dfg.count), len(times.n)) == (0, 0, 0, 0, 0, 0)
    assert events_per_case(log).tolist() == []
    assert case_mask(log, variants, Selection((StartedBetween(0, 1), HasActivity("a")))) is not None
    nobody = np.zeros(0, np.bool_)
    assert len(discover_dfg(log, variants, nobody).count) == len(measure_arcs(index, nobody).n) == 0


def test_a_mask_that_keeps_nobody_leaves_zeros() -> None:
    log = log_of_traces("ab", "ab")
    nobody = np.zeros(2, np.bool_)
    dfg, times = discover_dfg(log, find_variants(log), nobody), measure_arcs(index_arcs(log), nobody)
    assert (dfg.n_cases, dfg.n_events, len(dfg.count), times.n.tolist(), times.total.tolist()) == (0, 0, 0, [0], [0.0])


def test_a_thousand_activities_need_no_table_of_a_million_arcs(monkeypatch: pytest.MonkeyPatch) -> None:
    log = make_log([Event(0, code, code * SECOND) for code in range(1000)])
    dense = index_arcs(log)
    monkeypatch.setattr("engine.log.arc_index.DENSE", 1)
    sparse = index_arcs(log)
    assert dense.n_arcs == sparse.n_arcs == 999
    assert dense.duration.tolist() == sparse.duration.tolist() == [SECOND] * 999


def test_indexing_says_how_far_it_has_come(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernels, "CHUNK", 4)
    monkeypatch.setattr("engine.log.arc_index.SMALL", 1)
    seen: list[float] = []

    def report(fraction: float | None, _message: str, _values: dict[str, Value]) -> None:
        assert fraction is not None
        seen.append(fraction)

    index_arcs(log_of_traces(*["abc"] * 10), Task(report))
    assert seen == sorted(seen)
    assert 0 <= seen[0] < 0.1
    assert seen[-1] > 0.7


class _StoppedAfter:
    """Lets a task go on for a while and then stops it."""

    def __init__(self, checks: int) -> None:
        self.left = checks

    def __call__(self) -> bool:
        self.left -= 1
        return self.left < 0


@pytest.mark.parametrize("checks", range(3))
def test_every_long_step_can_be_stopped_on_the_way(checks: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernels, "CHUNK", 8)
    monkeypatch.setattr(kernels, "PORTION", 4)
    log = log_of_traces(*["abcabc", "bca", "abcabcabcabc"] * 5)
    index = index_arcs(log)
    for work in (
        lambda task: find_variants(log, task),
        lambda task: index_arcs(log, task),
        lambda task: measure_arcs(index, np.ones(log.n_cases, np.bool_), task),
    ):
        with pytest.raises(Cancelled):
            work(Task(is_cancelled=_StoppedAfter(checks)))
