"""Where a line joins a stronger one on their way to the same step, or parts from it on their way from one: the corner that stays connected.

Each line is drawn on a casing that keeps it apart from the lines it crosses. Lines that share a trunk are no crossing: the corner
of the weaker one is drawn once more on the casing of the stronger one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from math import hypot
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainterPath

from gui.map.style import CORNER_RADIUS

if TYPE_CHECKING:
    from gui.map.scene import LaneView, PathKey

CASING = 6.0
"""Px that the widest casing reaches from the middle of its line: so much is drawn once more where a corner is short."""
ON = 0.5
"""Px that a corner may lie beside a line and still count as on it."""
CURVE = 0.4477

Points = list[tuple[float, float]]


@dataclass(frozen=True)
class Join:
    """The corner of a weaker line, from outside the stronger one onto it."""

    key: PathKey
    corner: QPainterPath


def joins_of(lanes: Sequence[LaneView]) -> dict[PathKey, tuple[Join, ...]]:
    """For each line, the corners of the weaker lines that share a trunk with it; lanes stand in the order they are drawn."""
    groups: defaultdict[tuple[bool, int], list[LaneView]] = defaultdict(list)
    for lane in lanes:
        groups[True, lane.target].append(lane)
        groups[False, lane.source].append(lane)
    found: defaultdict[PathKey, list[Join]] = defaultdict(list)
    for (arriving, _step), group in groups.items():
        for weaker, stronger in combinations(group, 2):
            corner = _corner(_walked(weaker, arriving), _walked(stronger, arriving))
            if corner is not None:
                found[stronger.key].append(Join(weaker.key, corner))
    return {key: tuple(joined) for key, joined in found.items()}


def _walked(lane: LaneView, arriving: bool) -> Points:
    """The corners of a line on the way to the step that it shares with others."""
    points = list(zip(lane.points[::2], lane.points[1::2], strict=True))
    return points if arriving else points[::-1]


def _corner(weaker: Points, stronger: Points) -> QPainterPath | None:
    """The corner at which a line comes onto another one and goes on along it; None without a common trunk."""
    for before, corner, after in zip(weaker, weaker[1:], weaker[2:], strict=False):
        if any(_goes_along(corner, after, begin, end) for begin, end in pairwise(stronger)):
            return _drawn(before, corner, after)
    return None


def _goes_along(corner: tuple[float, float], after: tuple[float, float], begin: tuple[float, float], end: tuple[float, float]) -> bool:
    """Whether a corner lies within a piece of another line, and what follows it runs the same way along that piece."""
    (x, y), (u, v), (a, b), (c, d) = corner, after, begin, end
    length, rest = hypot(c - a, d - b), hypot(u - x, v - y)
    if length < 1 or rest < 1:
        return False
    ux, uy = (c - a) / length, (d - b) / length
    along, beside = (x - a) * ux + (y - b) * uy, abs((x - a) * uy - (y - b) * ux)
    same_way = ((u - x) * ux + (v - y) * uy) / rest > 0.99
    return beside <= ON and ON < along < length - ON and same_way


def _drawn(before: tuple[float, float], corner: tuple[float, float], after: tuple[float, float]) -> QPainterPath:
    """The corner as the line itself is rounded."""
    (x, y), (a, b), (c, d) = corner, before, after
    came, goes = hypot(a - x, b - y), hypot(c - x, d - y)
    r = min(CORNER_RADIUS, came / 2, goes / 2)
    back, on = QPointF((a - x) / came, (b - y) / came), QPointF((c - x) / goes, (d - y) / goes)
    middle = QPointF(x, y)
    path = QPainterPath(middle + back * min(came, max(r, CASING)))
    path.lineTo(middle + back * r)
    path.cubicTo(middle + back * (r * CURVE), middle + on * (r * CURVE), middle + on * r)
    return path
