"""Histograms whose bin edges are numbers a person would choose."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor

import numpy as np
from numpy.typing import NDArray

from engine.service.messages import Histogram
from engine.texts import DAY, HOUR, MINUTE

MOST_BINS = 24
TAILS = (95, 90, 85, 80, 75)
"""Per cent of the values before the open-ended last bin: the first of these with which the lowest bin does not hold most of them."""
CROWDED = 0.6


def duration_histogram(seconds: NDArray[np.float64]) -> Histogram | None:
    """Durations in at most 24 bins of a round width (5 min, 6 h, 2 d …); the last bin is open-ended when there is a long tail.

    nan is left out; None without values.
    """
    known = seconds[~np.isnan(seconds)]
    return _histogram(known, _duration_widths(), from_zero=True) if len(known) else None


def count_histogram(counts: NDArray[np.int64]) -> Histogram:
    """Whole numbers in at most 24 bins of width 1, 2, 5, 10 …; a bin holds its lower edge and not its upper one."""
    widths = [float(n * 10**power) for power in range(12) for n in (1, 2, 5)]
    return _histogram(counts.astype(float), widths, from_zero=False) if len(counts) else Histogram((), ())


def _histogram(values: NDArray[np.float64], widths: Sequence[float], from_zero: bool) -> Histogram:
    low, high = float(values.min()), float(values.max())
    choices = []
    for tail in np.percentile(values, TAILS).tolist():
        start = 0.0 if from_zero and 0 <= low < max(tail / 2, widths[0]) else low
        edges, counts = _bins(values, start, tail, widths)
        choices.append(Histogram(tuple(edges.tolist()), tuple(counts.tolist()), high >= float(edges[-1])))
        if counts[0] <= CROWDED * len(values):
            return choices[-1]
    return choices[0]


def _bins(values: NDArray[np.float64], low: float, tail: float, widths: Sequence[float]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Edges and counts of bins of one round width, to the last value where there is room, else beyond `tail` and one more for the rest."""
    width = next((one for one in widths if _n_bins(low, tail, one) < MOST_BINS), widths[-1])
    first, high = floor(low / width), float(values.max())
    n = _n_bins(low, high, width)
    if n > MOST_BINS:
        n = min(_n_bins(low, tail, width), MOST_BINS - 1)
    further = high >= (first + n) * width
    edges = width * (first + np.arange(n + 1 + further, dtype=float))
    places = np.clip(np.floor(values / width) - first, 0, n - 1 + further).astype(np.int64)
    return edges, np.bincount(places, minlength=n + further)


def _n_bins(low: float, high: float, width: float) -> int:
    """Bins of this width from the one that holds `low` to the one that holds `high`."""
    return floor(high / width) - floor(low / width) + 1


def _duration_widths() -> list[float]:
    widths = [1.0, 2.0, 5.0, 10.0, 15.0, 30.0]
    widths += [n * MINUTE for n in (1, 2, 5, 10, 15, 30)]
    widths += [n * HOUR for n in (1, 2, 3, 6, 12)]
    return widths + [n * 10**power * DAY for power in range(8) for n in (1, 2, 5)]
