"""What holds for every log: variants partition the cases, arcs add up, masks split everything in two, numbers equal the naive ones."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.discovery.dfg import Dfg, discover_dfg, measure_arcs, waiting_times
from engine.log import arc_index, kernels
from engine.log.arc_index import index_arcs
from engine.log.event_log import EventLog
from engine.log.filtering import case_mask
from engine.log.selection import HasActivity, Selection, StartedBetween
from engine.log.statistics import case_durations, case_ends, case_starts, period, summarise
from engine.log.variants import find_variants
from tests.naive_log import Event, arcs_of, event_lists, make_log, mask_for, masks, traces, variants_of

lenient = settings(max_examples=120, deadline=None)


def named(log: EventLog, dfg: Dfg, column: np.ndarray) -> dict[tuple[str, str], int]:
    return {(log.activities[s], log.activities[t]): int(n) for s, t, n in zip(dfg.source, dfg.target, column, strict=True)}


def by_name(log: EventLog, column: np.ndarray) -> Counter[str]:
    return Counter({name: int(n) for name, n in zip(log.activities, column, strict=True) if n})


@given(event_lists, masks)
@lenient
def test_variants_partition_the_cases(events: list[Event], bits: list[bool]) -> None:
    log = make_log(events)
    index = find_variants(log)
    sequences = [tuple(log.activities[code] for code in index.sequence(v)) for v in range(index.n_variants)]
    assert dict(zip(sequences, index.counts.tolist(), strict=True)) == variants_of(log)
    assert [sequences[v] for v in index.case_variant] == [tuple(a for a, _, _ in trace) for trace in traces(log)]
    first = [index.case_variant.tolist().index(v) for v in range(index.n_variants)]
    assert sorted(range(index.n_variants), key=lambda v: (-index.counts[v], first[v])) == list(range(index.n_variants))
    mask = mask_for(log, bits)
    assert (index.count_cases(mask) + index.count_cases(~mask)).tolist() == index.counts.tolist()


@given(event_lists)
@lenient
def test_variants_do_not_depend_on_the_hash(events: list[Event]) -> None:
    log = make_log(events)
    honest, colliding = find_variants(log), find_variants(log, mix=lambda words, _position: np.zeros_like(words))
    assert honest.case_variant.tolist() == colliding.case_variant.tolist()
    assert honest.sequences.tolist() == colliding.sequences.tolist()


@given(event_lists, st.none() | masks)
@lenient
def test_frequencies_equal_the_naive_ones(events: list[Event], bits: list[bool] | None) -> None:
    log = make_log(events)
    mask = None if bits is None else mask_for(log, bits)
    dfg = discover_dfg(log, find_variants(log), mask)
    arcs, cases = arcs_of(log, mask), traces(log, mask)
    assert named(log, dfg, dfg.count) == {arc: sum(map(len, waits)) for arc, waits in arcs.items()}
    assert named(log, dfg, dfg.cases) == {arc: len(waits) for arc, waits in arcs.items()}
    assert named(log, dfg, dfg.max_repetitions) == {arc: max(map(len, waits)) for arc, waits in arcs.items()}
    assert by_name(log, dfg.occurrences) == Counter(name for trace in cases for name, _, _ in trace)
    assert by_name(log, dfg.activity_cases) == Counter(name for trace in cases for name in {name for name, _, _ in trace})
    most = {name: max(sum(name == other for other, _, _ in trace) for trace in cases) for name in by_name(log, dfg.occurrences)}
    assert by_name(log, dfg.activity_max_repetitions) == Counter(most)
    assert by_name(log, dfg.start_cases) == Counter(trace[0][0] for trace in cases)
    assert by_name(log, dfg.end_cases) == Counter(trace[-1][0] for trace in cases)
    assert (dfg.n_cases, dfg.n_events) == (len(cases), sum(map(len, cases)))


@given(event_lists, masks)
@lenient
def test_what_enters_a_step_leaves_it(events: list[Event], bits: list[bool]) -> None:
    log = make_log(events)
    dfg = discover_dfg(log, find_variants(log), mask_for(log, bits))
    n = len(log.activities)
    out = np.bincount(dfg.source, weights=dfg.count, minlength=n)
    into = np.bincount(dfg.target, weights=dfg.count, minlength=n)
    assert (out + dfg.end_cases).tolist() == dfg.occurrences.tolist() == (into + dfg.start_cases).tolist()


@given(event_lists, masks)
@lenient
def test_a_mask_and_its_complement_add_up_to_the_whole(events: list[Event], bits: list[bool]) -> None:
    log = make_log(events)
    variants, mask = find_variants(log), mask_for(log, bits)
    whole, inside, outside = (named(log, d, d.count) for d in (discover_dfg(log, variants, m) for m in (None, mask, ~mask)))
    assert Counter(inside) + Counter(outside) == Counter(whole)
    index = index_arcs(log)
    whole_times, inside_times, outside_times = (measure_arcs(index, m) for m in (None, mask, ~mask))
    assert (inside_times.n + outside_times.n).tolist() == whole_times.n.tolist()
    assert inside_times.total + outside_times.total == pytest.approx(whole_times.total, rel=1e-12, abs=1e-9)


@given(event_lists, st.none() | masks, st.booleans(), st.sampled_from([1, 4, 1 << 19]), st.sampled_from([2, 256]))
@lenient
def test_waiting_times_equal_the_naive_ones(events: list[Event], bits: list[bool] | None, with_start: bool, chunk: int, small: int) -> None:
    log = make_log(events, with_start=with_start)
    mask = None if bits is None else mask_for(log, bits)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kernels, "CHUNK", chunk)
        patch.setattr(arc_index, "SMALL", small)
        index = index_arcs(log)
        times = measure_arcs(index, mask)
    everywhere, expected = arcs_of(log), arcs_of(log, mask)
    names = [(log.activities[s], log.activities[t]) for s, t in zip(index.source, index.target, strict=True)]
    assert set(names) == set(everywhere)
    for a, name in enumerate(names):
        assert index.untimed[a] == sum(w is None for case in everywhere[name] for w in case)
        waits = sorted(w / 1e6 for case in expected.get(name, []) for w in case if w is not None)
        assert waiting_times(index, int(index.source[a]), int(index.target[a]), mask).tolist() == waits
        found = [column[a] for column in (times.min, times.median, times.p90, times.max, times.mean, times.total)]
        assert times.n[a] == len(waits)
        if waits:
            exact = [waits[0], *np.percentile(waits, [50, 90]), waits[-1], math.fsum(waits) / len(waits), math.fsum(waits)]
            assert found == pytest.approx(exact, rel=1e-9, abs=1e-6)
        else:
            assert np.isnan(found[:5]).all()
            assert found[5] == 0


@given(event_lists)
@lenient
def test_case_times_are_those_of_the_timed_events(events: list[Event]) -> None:
    log = make_log(events)
    stamps = [[t for _, t, _ in trace if t is not None] for trace in traces(log)]
    assert case_starts(log).tolist() == [min(t, default=np.iinfo(np.int64).min) for t in stamps]
    assert case_ends(log).tolist() == [max(t, default=np.iinfo(np.int64).min) for t in stamps]
    expected = [(max(t) - min(t)) / 1e6 if t else math.nan for t in stamps]
    assert case_durations(log) == pytest.approx(np.array(expected), nan_ok=True)
    every = [t for times in stamps for t in times]
    assert period(log) == ((min(every), max(every)) if every else None)
    summary = summarise(case_durations(log))
    known = [d for d in expected if not math.isnan(d)]
    assert (summary is None) == (not known)
    if summary is not None:
        assert (summary.n, summary.min, summary.max) == (len(known), min(known), max(known))
        assert (summary.median, summary.p90) == pytest.approx(tuple(np.percentile(known, [50, 90])))
        assert (summary.total, summary.mean) == pytest.approx((math.fsum(known), math.fsum(known) / len(known)))


on_the_grid = st.integers(-5, 45).map(lambda t: t * 500)


@given(event_lists, on_the_grid, on_the_grid, st.sampled_from(["a0", "a3", "unknown"]), st.booleans())
@lenient
def test_filters_keep_the_cases_they_describe(events: list[Event], first: int, last: int, name: str, keep: bool) -> None:
    log = make_log(events)
    variants = find_variants(log)
    begun = [min((t for _, t, _ in trace if t is not None), default=None) for trace in traces(log)]
    within = [t is not None and first <= t < last for t in begun]
    has = [any(a == name for a, _, _ in trace) == keep for trace in traces(log)]
    assert case_mask(log, variants, Selection()) is None
    for filters, expected in (
        ((StartedBetween(first, last),), within),
        ((HasActivity(name, keep),), has),
        ((StartedBetween(first, last), HasActivity(name, keep)), [a and b for a, b in zip(within, has, strict=True)]),
    ):
        mask = case_mask(log, variants, Selection(filters))
        assert mask is not None
        assert mask.tolist() == expected
