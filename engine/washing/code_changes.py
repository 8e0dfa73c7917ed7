"""Codes that took the place of others from a day on: a release gave the same activity another code, or another name."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.log.event_log import NO_TIME
from engine.washing.rows import Column

LIKELY = 12.0
"""So many events of a code are to be expected in a time in which there is none before that is taken for no accident."""
NEXT, WEEK = 10.0, 7 * 86_400_000_000
"""Within the time of so many of its usual pauses, or within a week, a code follows the one whose place it takes."""
OUTSIDE = 0.01
"""Share (0..1) of the events at each end of the log that may be dated wrongly."""


def rows_of_new_codes(column: Column, times: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Rows (shape (n,)) whose code is not used before a day, from which another that was in use is not used any more.

    times: µs or NO_TIME, shape (n,); rows without a time tell nothing.
    """
    known = np.flatnonzero(times != NO_TIME)
    replacing = np.zeros(len(column.values), bool)
    if len(known):
        for _, new in replaced_codes(column.codes[known], times[known], len(column.values)):
            replacing[new] = True
    found = np.zeros(len(times), bool)
    found[known] = replacing[column.codes[known]]
    return found


def replaced_codes(codes: NDArray[np.int64], times: NDArray[np.int64], n_codes: int) -> list[tuple[int, int]]:
    """Pairs of a code and the one that took its place, the nearest in time first; each is in one pair only."""
    counts = np.bincount(codes, minlength=n_codes)
    first = np.full(n_codes, np.iinfo(np.int64).max)
    last = np.full(n_codes, np.iinfo(np.int64).min)
    np.minimum.at(first, codes, times)
    np.maximum.at(last, codes, times)
    begin, end = np.quantile(times, (OUTSIDE, 1 - OUTSIDE))
    used = np.flatnonzero(counts > 1)
    pause = {code: (last[code] - first[code]) / (counts[code] - 1) for code in used.tolist()}
    gone = [code for code in used.tolist() if end - last[code] > LIKELY * pause[code] > 0]
    come = [code for code in used.tolist() if first[code] - begin > LIKELY * pause[code] > 0]
    near = [
        (int(first[new] - last[old]), old, new)
        for old in gone
        for new in come
        if 0 < first[new] - last[old] <= max(WEEK, NEXT * max(pause[old], pause[new]))
    ]
    pairs: list[tuple[int, int]] = []
    for _, old, new in sorted(near):
        if old not in {one for one, _ in pairs} and new not in {other for _, other in pairs}:
            pairs.append((old, new))
    return pairs
