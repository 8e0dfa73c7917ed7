"""The four steps of the hot path beside polars and pm4py: their results are compared, then they are timed in turns."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.discovery.dfg import ArcTimes, Dfg, discover_dfg, measure_arcs
from engine.log.arc_index import ArcIndex, index_arcs
from engine.log.event_log import EventLog
from engine.log.filtering import case_mask
from engine.log.selection import HasActivity, Selection, StartedBetween
from engine.log.statistics import case_starts
from engine.log.variants import VariantIndex, find_variants
from tests.benchmarks.peers import Pm4py, Polars

Work = Callable[[], Any]
OURS, PM4PY, POLARS, BOUND = "ours", "pm4py", "polars", "bound"
SHARE = 0.7
"""The filter's activity is the one whose share of the cases is nearest to this."""


@dataclass(frozen=True)
class Prepared:
    """The log with its indexes, and the filter of the filtered steps."""

    log: EventLog
    variants: VariantIndex
    arcs: ArcIndex
    period: StartedBetween
    has: HasActivity
    mask: np.ndarray

    @property
    def selection(self) -> Selection:
        """Both filters."""
        return Selection((self.period, self.has))


def prepare(log: EventLog) -> Prepared:
    """Index the log; the filter keeps cases that began in the middle half of all starts and have an activity that most have."""
    variants = find_variants(log)
    period = StartedBetween(*np.percentile(case_starts(log), [25, 75]).astype(np.int64).tolist())
    share = discover_dfg(log, variants).activity_cases / log.n_cases
    has = HasActivity(log.activities[int(np.argmin(abs(share - SHARE)))])
    mask = case_mask(log, variants, Selection((period, has)))
    assert mask is not None
    return Prepared(log, variants, index_arcs(log), period, has, mask)


def answer_filter(p: Prepared) -> tuple[np.ndarray, Dfg, ArcTimes]:
    """From a filter to the new numbers of the map."""
    mask = case_mask(p.log, p.variants, p.selection)
    assert mask is not None
    return mask, discover_dfg(p.log, p.variants, mask), measure_arcs(p.arcs, mask)


def read_columns(log: EventLog, with_times: bool) -> int:
    """Merely read the columns once."""
    total = int(np.bitwise_or.reduce(log.activity)) + int(np.bitwise_or.reduce(log.offsets))
    return total + int(np.bitwise_or.reduce(log.timestamp)) if with_times else total


def contestants(p: Prepared) -> dict[str, dict[str, Work]]:
    """By step, what is timed by name; raises SystemExit where the programs do not agree."""
    log, polars, pm4py = p.log, Polars(p.log), Pm4py(p.log)
    kept_events, kept_cases = polars.keep_events(p.mask), log.case_ids.to_pandas()[p.mask]
    _require_agreement(p, polars, pm4py, kept_events)
    code = log.activities.index(p.has.activity)
    return {
        "dfg_frequency": {
            OURS: lambda: discover_dfg(log, p.variants),
            POLARS: polars.dfg_frequency,
            PM4PY: pm4py.dfg_frequency,
            BOUND: lambda: read_columns(log, with_times=False),
        },
        "dfg_statistics_filtered": {
            OURS: lambda: measure_arcs(p.arcs, p.mask),
            POLARS: lambda: polars.dfg_statistics_filtered(kept_events),
            PM4PY: lambda: pm4py.dfg_statistics_filtered(kept_cases),
            BOUND: lambda: read_columns(log, with_times=True),
        },
        "variants": {
            OURS: lambda: find_variants(log),
            POLARS: polars.variants,
            PM4PY: pm4py.variants,
            BOUND: lambda: read_columns(log, with_times=False),
        },
        "case_filter_all": {
            OURS: lambda: answer_filter(p),
            POLARS: lambda: polars.case_filter_all(p.period.first, p.period.last, code),
            PM4PY: lambda: pm4py.case_filter_all(p.period.first, p.period.last, p.has.activity),
            BOUND: lambda: read_columns(log, with_times=True),
        },
    }


def _require_agreement(p: Prepared, polars: Polars, pm4py: Pm4py, kept_events: Any) -> None:
    dfg = discover_dfg(p.log, p.variants)
    _, kept, times = answer_filter(p)
    theirs = polars.dfg_statistics_filtered(kept_events)
    timed = np.flatnonzero(times.n)
    checks = [
        dfg.count.tolist() == polars.dfg_frequency() == pm4py.dfg_frequency(),
        p.variants.counts.tolist() == polars.variants(),
        kept.count.tolist() == times.n[timed].tolist() == theirs["n"].to_list(),
        np.allclose(times.median[timed], theirs["median"].to_numpy() / 1e6),
        np.allclose(times.mean[timed], theirs["mean"].to_numpy() / 1e6),
    ]
    if not all(checks):
        raise SystemExit(f"The programs do not agree: {checks}")


def fastest(works: dict[str, Work], slow_runs: int, seconds: float = 4.0, most: int = 30) -> dict[str, float]:
    """The fastest run of each, milliseconds. pm4py runs slow_runs times; the others take turns until the time is up (at least 3 turns)."""
    best = dict.fromkeys(works, float("inf"))
    gc.collect()
    for _ in range(slow_runs):
        best[PM4PY] = min(best[PM4PY], _milliseconds(works[PM4PY]))
    gc.collect()
    begun = time.perf_counter()
    for turn in range(most):
        if turn >= 3 and time.perf_counter() - begun > seconds:
            break
        for name in (name for name in works if name != PM4PY):
            best[name] = min(best[name], _milliseconds(works[name]))
    return best


def _milliseconds(work: Work) -> float:
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000


def coded_bytes(log: EventLog) -> int:
    """Bytes of the log as coded columns: a case code (int32), activity, timestamp and attribute codes for every event."""
    attributes = sum(column.indices.nbytes for column in log.event_columns.values())
    return int(4 * log.n_events + log.activity.nbytes + log.timestamp.nbytes + attributes)
