"""What a number on the map must not cover: cards and other numbers, and the lanes of other paths with their arrowheads."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable

Box = tuple[float, float, float, float]
"""Left, top, right, bottom, px."""
Span = tuple[float, float]
Stripe = tuple[float, float, float, float, int, int]
"""Level, lowest and highest coordinate and half the width of a straight piece, px, its arc and its track."""
Own = tuple[int, dict[int, Span]]
"""An arc and the stretches of its own tracks that it runs on."""
CELL = 96.0
NEAR = 1e-6


def head_size(width: float) -> tuple[float, float]:
    """Length and half the width of the arrowhead of a line, px (tokens.md, "The map")."""
    return 5 + 0.9 * width, 3.2 + 0.72 * width


class Obstacles:
    """Cards, numbers and lanes, found by where they are."""

    def __init__(self, boxes: Iterable[Box]) -> None:
        self.boxes: dict[tuple[int, int], list[Box]] = {}
        self.stripes: tuple[list[Stripe], list[Stripe]] = ([], [])
        self.widest = 0.0
        for box in boxes:
            self.block(box)

    def block(self, box: Box) -> None:
        """Nothing may cover this box from now on."""
        for cell in _cells(box):
            self.boxes.setdefault(cell, []).append(box)

    def unblock(self, box: Box) -> None:
        """Take a box away again."""
        for cell in _cells(box):
            self.boxes[cell].remove(box)

    def add_lanes(self, lanes: Iterable[tuple[list[float], list[int], float]]) -> list[Own]:
        """Add lanes as (points, the track of each piece, width) with their arrowheads; what belongs to each is returned."""
        owned: list[Own] = []
        for arc, (points, tracks, width) in enumerate(lanes):
            own: dict[int, Span] = {}
            x, y = points[:2]
            for place, track in enumerate(tracks):
                to_x, to_y = points[2 * place + 2 : 2 * place + 4]
                level, one, other = (y, x, to_x) if y == to_y else (x, y, to_y)
                low, high = own[track] = (one, other) if one < other else (other, one)
                stripes = self.stripes[y != to_y]
                stripes.append((level, low, high, width / 2, arc, track))
                x, y = to_x, to_y
            length, half = head_size(width)
            span = (max(high - length, low), high) if one < other else (low, min(low + length, high))
            stripes.append((level, *span, half, arc, track))
            self.widest = max(self.widest, half)
            owned.append((arc, own))
        for stripes in self.stripes:
            stripes.sort()
        return owned

    def solid(self, box: Box) -> list[Box]:
        """Cards and numbers that share room with a box."""
        left, top, right, bottom = box
        boxes = self.boxes
        return [
            one
            for cell in _cells(box)
            for one in boxes.get(cell, ())
            if one[0] < right and left < one[2] and one[1] < bottom and top < one[3]
        ]

    def foreign(self, box: Box, own: Own) -> list[Box]:
        """Pieces of other arcs' lanes, as wide as they are drawn, that share room with a box; stretches that the arc shares aside."""
        arc, tracks = own
        found: list[Box] = []
        for upright, stripes in enumerate(self.stripes):
            low, top, high, bottom = (box[1], box[0], box[3], box[2]) if upright else box
            first, last = bisect_left(stripes, (top - self.widest,)), bisect_right(stripes, (bottom + self.widest,))
            low, top, high, bottom = low + NEAR, top + NEAR, high - NEAR, bottom - NEAR
            for level, start, stop, half, whose, track in stripes[first:last]:
                if start >= high or stop <= low or whose == arc or level + half <= top or level - half >= bottom:
                    continue
                for begin, end in _outside(start, stop, tracks[track]) if track in tracks else ((start, stop),):
                    if begin < high and low < end:
                        found.append((level - half, begin, level + half, end) if upright else (begin, level - half, end, level + half))
        return found


def _outside(start: float, stop: float, shared: Span) -> tuple[Span, ...]:
    """What of a piece lies outside of a shared stretch."""
    before, after = (start, min(stop, shared[0])), (max(start, shared[1]), stop)
    return tuple(span for span in (before, after) if span[1] - span[0] > NEAR)


def _cells(box: Box) -> list[tuple[int, int]]:
    left, top, right, bottom = box
    rows = range(int(top // CELL), int(bottom // CELL) + 1)
    return [(column, row) for column in range(int(left // CELL), int(right // CELL) + 1) for row in rows]


def nearest_free(ideal: float, low: float, high: float, taken: list[Span]) -> float | None:
    """The coordinate between low and high nearest to the ideal one that lies inside none of the taken spans; the lower one wins a tie."""
    best: float | None = None
    at = low
    for start, stop in sorted(taken):
        if start >= at - NEAR:
            best = _nearer(best, ideal, at, min(start, high))
        at = max(at, stop)
        if at > high:
            return best
    return _nearer(best, ideal, at, high)


def _nearer(best: float | None, ideal: float, low: float, high: float) -> float | None:
    if low > high:
        return best
    here = min(max(ideal, low), high)
    return here if best is None or abs(here - ideal) < abs(best - ideal) else best
