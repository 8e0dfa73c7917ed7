"""The directly-follows graph (van der Aalst 2016, Process Mining, 2nd ed., section 6.2), its frequencies and waiting times."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.log import kernels
from engine.log.arc_index import ArcIndex
from engine.log.event_log import EventLog
from engine.log.kernels import Ints
from engine.log.statistics import SECOND
from engine.log.variants import VariantIndex
from engine.tasks import Task

Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Dfg:
    """Frequencies of the cases within a mask; all int64.

    Per arc that occurs, sorted by source, then target, shape (n_arcs,): source, target (activity codes), count (transitions), cases,
    max_repetitions (most in one case). Per activity, shape (n_activities,), zeros where it does not occur: occurrences, activity_cases,
    activity_max_repetitions, start_cases, end_cases.
    """

    n_cases: int
    n_events: int
    source: Ints
    target: Ints
    count: Ints
    cases: Ints
    max_repetitions: Ints
    occurrences: Ints
    activity_cases: Ints
    activity_max_repetitions: Ints
    start_cases: Ints
    end_cases: Ints


@dataclass(frozen=True, eq=False)
class ArcTimes:
    """Waiting times of each arc of the log, sorted by source, then target; shape (n_arcs,).

    n counts timed transitions within the mask; the others are float64 seconds, nan where n is 0 (total: 0). Quantiles are linear.
    """

    source: Ints
    target: Ints
    n: Ints
    mean: NDArray[np.float64]
    median: NDArray[np.float64]
    p90: NDArray[np.float64]
    min: NDArray[np.float64]
    max: NDArray[np.float64]
    total: NDArray[np.float64]


def discover_dfg(log: EventLog, variants: VariantIndex, mask: Mask | None = None) -> Dfg:
    """Frequencies within the mask (bool, shape (n_cases,); None: all cases), from the variants alone."""
    n_activities = len(log.activities)
    weights = variants.count_cases(mask)
    arcs, steps = variants.arcs, variants.steps
    count, cases, most = kernels.weigh_repetitions(arcs.variant, arcs.times, arcs.heads, weights)
    here = np.flatnonzero(count)
    per_step = np.zeros((3, n_activities), np.int64)
    per_step[:, steps.keys] = kernels.weigh_repetitions(steps.variant, steps.times, steps.heads, weights)
    source, target = np.divmod(arcs.keys[here], max(n_activities, 1))
    return Dfg(
        n_cases=int(weights.sum()),
        n_events=int(per_step[0].sum()),
        source=source,
        target=target,
        count=count[here],
        cases=cases[here],
        max_repetitions=most[here],
        occurrences=per_step[0],
        activity_cases=per_step[1],
        activity_max_repetitions=per_step[2],
        start_cases=_sum_by_activity(variants.sequences[variants.offsets[:-1]], weights, n_activities),
        end_cases=_sum_by_activity(variants.sequences[variants.offsets[1:] - 1], weights, n_activities),
    )


def _sum_by_activity(codes: NDArray[np.unsignedinteger], weights: Ints, n_activities: int) -> Ints:
    return np.bincount(codes, weights=weights, minlength=n_activities).astype(np.int64)


def measure_arcs(index: ArcIndex, mask: Mask | None = None, task: Task | None = None) -> ArcTimes:
    """Waiting times of each arc within the mask (bool, shape (n_cases,); None: all cases). One scan, no sort."""
    if mask is None:
        return _arc_times(index, np.concatenate([_measure(index.duration, index.offsets), index.totals[None]]))
    portions = [index.offsets[arcs[0] : arcs[-1] + 2] for arcs in kernels.split_runs(np.arange(index.n_arcs), index.offsets)]
    task = task or Task()

    def measure(bounds: Ints) -> NDArray[np.float64]:
        task.check()
        duration, kept = kernels.keep_durations(index.duration, index.case, bounds, mask)
        return np.concatenate([_measure(duration, kept), kernels.sum_durations(duration, kept)[None]])

    if len(portions) < 2:
        return _arc_times(index, np.concatenate([np.zeros((6, 0)), *map(measure, portions)], axis=1))
    with ThreadPoolExecutor(2) as pool:
        return _arc_times(index, np.concatenate(list(pool.map(measure, portions)), axis=1))


def _measure(duration: Ints, bounds: Ints) -> NDArray[np.float64]:
    """Rows n, median, p90, min, max of sorted runs."""
    quantiles = [kernels.quantile_of_sorted(duration, bounds, q) for q in (0.5, 0.9, 0.0, 1.0)]
    return np.stack([np.diff(bounds).astype(np.float64), *quantiles])


def _arc_times(index: ArcIndex, table: NDArray[np.float64]) -> ArcTimes:
    n = table[0].astype(np.int64)
    median, p90, least, most, total = table[1:] / SECOND
    mean = np.divide(total, n, out=np.full(len(n), np.nan), where=n > 0)
    return ArcTimes(index.source, index.target, n, mean, median, p90, least, most, total)


def waiting_times(index: ArcIndex, source: int, target: int, mask: Mask | None = None) -> NDArray[np.float64]:
    """Waiting times of one arc within the mask, rising, float64 seconds; empty where the log has no such arc."""
    arc = index.find(source, target)
    if arc is None:
        return np.empty(0)
    run = slice(int(index.offsets[arc]), int(index.offsets[arc + 1]))
    kept = index.duration[run] if mask is None else index.duration[run][mask[index.case[run]]]
    return kept / SECOND
