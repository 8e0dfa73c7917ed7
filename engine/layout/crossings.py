"""How many times lanes truly cross on a laid-out map."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.layout.values import MapLayout

Piece = tuple[float, float, float, int]
NEAR = 0.01


def lane_pieces(layout: MapLayout) -> tuple[list[Piece], list[Piece]]:
    """Sideways and upright pieces as (level, low, high, owner) in px; lanes of a trunk have one owner, shared stretches stand once."""
    return split_pieces([lane.points for lane in layout.lanes], [lane.trunk for lane in layout.lanes])


def split_pieces(ways: Sequence[Sequence[float]], trunks: Sequence[int]) -> tuple[list[Piece], list[Piece]]:
    """The pieces of polylines (x0, y0, x1, y1, …) with their trunk numbers (-1: none)."""
    sideways: dict[tuple[int, float], list[tuple[float, float]]] = {}
    upright: dict[tuple[int, float], list[tuple[float, float]]] = {}
    for number, (points, trunk) in enumerate(zip(ways, trunks, strict=True)):
        owner = -1 - trunk if trunk >= 0 else number
        for at in range(0, len(points) - 2, 2):
            x, y, to_x, to_y = points[at : at + 4]
            if y == to_y:
                sideways.setdefault((owner, y), []).append((x, to_x) if x < to_x else (to_x, x))
            else:
                upright.setdefault((owner, x), []).append((y, to_y) if y < to_y else (to_y, y))
    return _merged(sideways), _merged(upright)


def _merged(pieces: dict[tuple[int, float], list[tuple[float, float]]]) -> list[Piece]:
    """Overlapping pieces of one owner on one line joined."""
    result: list[Piece] = []
    for (owner, level), spans in pieces.items():
        if len(spans) == 1:
            result.append((level, *spans[0], owner))
            continue
        spans.sort()
        low, high = spans[0]
        for start, stop in spans[1:]:
            if start > high:
                result.append((level, low, high, owner))
                low, high = start, stop
            else:
                high = max(high, stop)
        result.append((level, low, high, owner))
    return result


def count_crossings(layout: MapLayout) -> int:
    """Crossings of the lanes' polylines, shared trunks counted once."""
    return crossings_between(*lane_pieces(layout))


def crossings_between(sideways: list[Piece], upright: list[Piece]) -> int:
    """Pairs of a sideways and an upright piece of different owners that cross inside both."""
    if not sideways or not upright:
        return 0
    across, along = np.array(sideways), np.array(upright)
    y, low_x, high_x, one = (across[:, None, column] for column in range(4))
    x, low_y, high_y, other = (along[None, :, column] for column in range(4))
    meets = (low_x + NEAR < x) & (x < high_x - NEAR) & (low_y + NEAR < y) & (y < high_y - NEAR) & (one != other)
    return int(meets.sum())
