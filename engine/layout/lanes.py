"""The order of lanes in a channel or gap with few crossings, and their packing: lanes that do not meet share a line."""

from __future__ import annotations

from dataclasses import dataclass

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
    for _ in range(ROUNDS):
        changed = False
        for lane in list(order):
            now = order.index(lane)
            rest = order[:now] + order[now + 1 :]
            along = gain[lane, rest]
            if not along.any():
                continue
            cost = np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(along)))
            best = int(cost.argmin())
            if cost[best] < cost[now]:
                rest.insert(best, lane)
                order = rest
                changed = True
        if not changed:
            break
    return order


def crossing_matrix(spans: list[Span]) -> NDArray[np.int64]:
    """Crossings of lane p with lane q when p lies inside of q, shape (n, n); ends that only touch count too."""
    low = np.array([span.low for span in spans])
    high = np.array([span.high for span in spans])
    owner = np.array([lane for lane, span in enumerate(spans) for _ in span.ends])
    at = np.array([end[0] for span in spans for end in span.ends])
    outside = np.array([end[1] > 0 for span in spans for end in span.ends])
    within = ((at[:, None] >= low[None, :]) & (at[:, None] <= high[None, :])).astype(np.int64)
    n = len(spans)
    result = np.zeros((n, n), dtype=np.int64)
    np.add.at(result, owner[outside], within[outside])
    mirrored = np.zeros((n, n), dtype=np.int64)
    np.add.at(mirrored, owner[~outside], within[~outside])
    result += mirrored.T
    np.fill_diagonal(result, 0)
    return result


def pack_lanes(spans: list[Span], order: list[int]) -> list[int]:
    """Line number by lane, 0 innermost; lanes keep their order wherever they overlap (left-edge packing)."""
    line = [0] * len(spans)
    placed: list[tuple[float, float, int]] = []
    for lane in order:
        low, high = spans[lane].low - APART, spans[lane].high + APART
        line[lane] = 1 + max((number for start, stop, number in placed if start < high and stop > low), default=-1)
        placed.append((spans[lane].low, spans[lane].high, line[lane]))
    return line
