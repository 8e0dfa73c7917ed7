"""How many cases are behind the map's numbers, for the guard."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from engine.disclosure.guard import Backing, Spread, allowed_k
from engine.disclosure.protection import protect
from engine.disclosure.tally import Tally
from engine.log.arc_index import ArcIndex
from engine.log.kernels import quantile_of_sorted
from engine.log.statistics import SECOND
from engine.log.variants import Repetitions, VariantIndex
from engine.process_map.frequencies import Frequencies
from engine.process_map.values import END, START, Metric
from engine.tasks import Task

Mask = NDArray[np.bool_]
Arc = tuple[int, int]


def count_backing(
    frequencies: Frequencies, variants: VariantIndex, index: ArcIndex, mask: Mask | None, arcs: Iterable[Arc], k: int, task: Task
) -> Backing:
    """The cases behind the numbers of a selection, and how coarsely they are written; spreads only for the given arcs between two steps."""
    k, weights = allowed_k(k), variants.count_cases(mask)
    peaks = _peaks(variants.arcs, weights)
    n, loops = len(frequencies.step_cases), np.flatnonzero(frequencies.loops)
    marks = np.flatnonzero((frequencies.source == START) | (frequencies.target == END))
    path_peaks = {(key // n, key % n): cases for key, cases in peaks.items()}
    path_peaks |= {(int(frequencies.source[at]), int(frequencies.target[at])): int(frequencies.cases[at]) for at in marks}
    return Backing(
        loop_cases={int(frequencies.source[at]): int(frequencies.cases[at]) for at in loops},
        step_peaks=_peaks(variants.steps, weights),
        path_peaks=path_peaks,
        spreads={arc: spread for arc in arcs if (spread := _spread(index, arc, mask, task)) is not None},
        steps_all=int(np.count_nonzero(frequencies.step_cases >= k)),
        paths_all=int(np.count_nonzero(frequencies.inner & (frequencies.cases >= k))),
        protection=protect(Tally(frequencies, variants, weights, _timed(index, mask)), k, task),
    )


def _timed(index: ArcIndex, mask: Mask | None) -> dict[Arc, int]:
    """Timed transitions of each arc within the mask."""
    lengths = np.diff(index.offsets)
    if mask is not None and len(index.case):
        lengths = np.diff(np.concatenate([np.zeros(1, np.int64), np.cumsum(mask[index.case])])[index.offsets])
    return dict(zip(zip(index.source.tolist(), index.target.tolist(), strict=True), lengths.tolist(), strict=True))


def _peaks(repetitions: Repetitions, weights: NDArray[np.int64]) -> dict[int, int]:
    """By key: the cases in which it occurs as often as in the case where it occurs most."""
    if not len(repetitions.keys):
        return {}
    cases = weights[repetitions.variant]
    times = np.where(cases > 0, repetitions.times, 0)
    most = np.maximum.reduceat(times, repetitions.heads)
    sizes = np.diff(repetitions.heads, append=len(times))
    reaching = np.add.reduceat(np.where(times == np.repeat(most, sizes), cases, 0), repetitions.heads)
    return dict(zip(repetitions.keys.tolist(), reaching.tolist(), strict=True))


def _spread(index: ArcIndex, arc: Arc, mask: Mask | None, task: Task) -> Spread | None:
    task.check()
    at = index.find(*arc) if arc[0] >= 0 and arc[1] >= 0 else None
    if at is None:
        return None
    run = slice(int(index.offsets[at]), int(index.offsets[at + 1]))
    duration, case = index.duration[run], index.case[run]
    if mask is not None:
        kept = mask[case]
        duration, case = duration[kept], case[kept]
    if not len(duration):
        return None
    bounds = np.array([0, len(duration)])
    p5, p90, p95 = (float(quantile_of_sorted(duration, bounds, q)[0]) for q in (0.05, 0.9, 0.95))
    beyond = {
        Metric.MIN: _distinct(case[: np.searchsorted(duration, p5, side="right")], index.n_cases),
        Metric.P90: _distinct(case[np.searchsorted(duration, p90, side="left") :], index.n_cases),
        Metric.MAX: _distinct(case[np.searchsorted(duration, p95, side="left") :], index.n_cases),
    }
    return Spread(_distinct(case, index.n_cases), p5 / SECOND, p95 / SECOND, beyond)


def _distinct(case: NDArray[np.int32], n_cases: int) -> int:
    seen = np.zeros(n_cases, np.bool_)
    seen[case] = True
    return int(np.count_nonzero(seen))
