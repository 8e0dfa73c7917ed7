"""The order of lanes in a channel or gap with few crossings, and their packing: lanes that do not meet share a line."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

APART = 14.0
ROUNDS = 4


@dataclass(slots=True)
class Span:
    """A lane as its channel sees it: lowest and highest coordinate, ends as (coordinate, -1 from inside or +1 from outside)."""

    low: float
    high: float
    ends: list[tuple[float, int]]


def order_lanes(spans: list[Span]) -> list[int]:
    """Indexes of the lanes from the inside out, by sifting on the exact pairwise crossing matrix; shorter lanes start inside."""
    order = sorted(range(len(spans)), key=lambda lane: (spans[lane].high - spans[lane].low, spans[lane].low, lane))
    if len(spans) < 2:
        return order
    crossings = crossing_matrix(spans)
    gain = crossings.T - crossings
    meeting = set(np.flatnonzero(gain.any(axis=1)).tolist())
    gains = gain.tolist()
    for _ in range(ROUNDS):
        changed = False
        for lane in [lane for lane in order if lane in meeting]:
            now = order.index(lane)
            rest = order[:now] + order[now + 1 :]
            cost = list(accumulate(map(gains[lane].__getitem__, rest), initial=0))
            least = min(cost)
            if least < cost[now]:
                rest.insert(cost.index(least), lane)
                order = rest
                changed = True
        if not changed:
            break
    return order


def crossing_matrix(spans: list[Span]) -> NDArray[np.int64]:
    """Crossings of lane p with lane q when p lies inside of q, shape (n, n); ends that only touch count too."""
    low = np.array([span.low for span in spans])
    high = np.array([span.high for span in spans])
    ends = [end for span in spans for end in span.ends]
    at = np.array([coordinate for coordinate, _ in ends])[:, None]
    outside = np.array([side > 0 for _, side in ends])[:, None]
    first = list(accumulate((len(span.ends) for span in spans[:-1]), initial=0))
    within = (at >= low) & (at <= high)
    leaving = np.add.reduceat(within & outside, first, axis=0, dtype=np.int64)
    entering = np.add.reduceat(within & ~outside, first, axis=0, dtype=np.int64)
    result: NDArray[np.int64] = leaving + entering.T
    np.fill_diagonal(result, 0)
    return result


def pack_lanes(spans: list[Span], order: list[int]) -> list[int]:
    """Line number by lane, 0 innermost; lanes keep their order wherever they overlap (left-edge packing)."""
    line = [0] * len(spans)
    placed: list[tuple[float, float, int]] = []
    for lane in order:
        low, high = spans[lane].low - APART, spans[lane].high + APART
        line[lane] = 1 + max([number for start, stop, number in placed if start < high and stop > low], default=-1)
        placed.append((spans[lane].low, spans[lane].high, line[lane]))
    return line
