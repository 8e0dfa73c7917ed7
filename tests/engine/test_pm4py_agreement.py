"""pm4py, where it is right (every event has a time), counts and measures what we do."""

from __future__ import annotations

import numpy as np
import pytest

from engine.discovery.dfg import discover_dfg, measure_arcs
from engine.log.arc_index import index_arcs
from engine.log.event_log import EventLog
from engine.log.variants import find_variants
from engine.pm4py_adapter import discovery as pm4py
from tests.naive_log import Event, log_of_traces, make_log


def random_log(seed: int) -> EventLog:
    """Ties, repeats and single events included."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 400))
    rows = zip(rng.integers(0, 40, n).tolist(), rng.integers(0, 6, n).tolist(), (rng.integers(0, 50, n) * 250_000).tolist(), strict=True)
    return make_log([Event(case, activity, time) for case, activity, time in rows])


@pytest.mark.parametrize("seed", range(8))
def test_a_random_log(seed: int) -> None:
    agrees(random_log(seed))


def test_a_log_of_one_event_has_no_arcs() -> None:
    agrees(log_of_traces("a"))


def test_self_loops_and_ties() -> None:
    agrees(log_of_traces("aab", "aab", "ba", "b", step=0))


def agrees(log: EventLog) -> None:
    frame = pm4py.convert_log(log)
    names = log.activities
    variants = find_variants(log)
    dfg, peer = discover_dfg(log, variants), pm4py.discover_dfg(frame)
    assert {(names[s], names[t]): int(n) for s, t, n in zip(dfg.source, dfg.target, dfg.count, strict=True)} == peer.count
    assert {name: int(n) for name, n in zip(names, dfg.start_cases, strict=True) if n} == peer.start_cases
    assert {name: int(n) for name, n in zip(names, dfg.end_cases, strict=True) if n} == peer.end_cases
    found = {tuple(names[c] for c in variants.sequence(v)): int(variants.counts[v]) for v in range(variants.n_variants)}
    assert found == pm4py.find_variants(frame)
    times, measured = measure_arcs(index_arcs(log)), pm4py.discover_performance_dfg(frame)
    assert len(times.n) == len(measured)
    for a, (source, target) in enumerate(zip(times.source, times.target, strict=True)):
        theirs = measured[names[source], names[target]]
        ours = (times.mean[a], times.median[a], times.min[a], times.max[a], times.total[a])
        assert ours == pytest.approx((theirs.mean, theirs.median, theirs.min, theirs.max, theirs.total), abs=1e-6)


def test_the_banner_of_pm4py_is_not_shown(capfd: pytest.CaptureFixture[str]) -> None:
    pm4py.discover_dfg(pm4py.convert_log(log_of_traces("ab")))
    assert capfd.readouterr() == ("", "")
