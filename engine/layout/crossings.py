"""How many times lanes truly cross on a laid-out map."""

from __future__ import annotations

import numpy as np

from engine.layout.values import MapLayout

Piece = tuple[float, float, float, int]
NEAR = 0.01


def lane_pieces(layout: MapLayout) -> tuple[list[Piece], list[Piece]]:
    """Sideways and upright pieces as (level, low, high, owner) in px; lanes of one trunk have one owner, their shared stretches stand once."""
    sideways: dict[tuple[int, float], list[tuple[float, float]]] = {}
    upright: dict[tuple[int, float], list[tuple[float, float]]] = {}
    for number, lane in enumerate(layout.lanes):
        owner = -1 - lane.trunk if lane.trunk >= 0 else number
        points = lane.points
        for at in range(0, len(points) - 2, 2):
            x, y, to_x, to_y = points[at : at + 4]
            if y == to_y:
                sideways.setdefault((owner, y), []).append((min(x, to_x), max(x, to_x)))
            else:
                upright.setdefault((owner, x), []).append((min(y, to_y), max(y, to_y)))
    return _merged(sideways), _merged(upright)


def _merged(pieces: dict[tuple[int, float], list[tuple[float, float]]]) -> list[Piece]:
    """Overlapping pieces of one owner on one line joined."""
    result: list[Piece] = []
    for (owner, level), spans in pieces.items():
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
    sideways, upright = lane_pieces(layout)
    if not sideways or not upright:
        return 0
    across, along = np.array(sideways), np.array(upright)
    y, low_x, high_x, one = (across[:, None, column] for column in range(4))
    x, low_y, high_y, other = (along[None, :, column] for column in range(4))
    meets = (low_x + NEAR < x) & (x < high_x - NEAR) & (low_y + NEAR < y) & (y < high_y - NEAR) & (one != other)
    return int(meets.sum())
