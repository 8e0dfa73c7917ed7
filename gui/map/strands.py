"""The lines of several types of object on one path: they run side by side, each in its type's colour, like the lines of a city's trains."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from math import hypot

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainterPath, QPolygonF

from engine.object_map.values import STRAND_GAP
from gui.map.style import CORNER_RADIUS

LEAST_RADIUS = 3.0
HEAD_LENGTH, HEAD_GROWTH, HEAD_BESIDE = 6.0, 0.9, 1.4
"""An arrowhead's length, how much of the line's width is added to it, and how far it stands out on each side, px."""
SOLO_BESIDE = 2.6
"""How far it stands out where the path has one line only."""


@dataclass(frozen=True, slots=True)
class Sign:
    """A type on the map: its letter, and the place of its colour."""

    letter: str
    colour: int


@dataclass(frozen=True, slots=True)
class LabelPart:
    """The types that share a number, and the number."""

    signs: tuple[Sign, ...]
    number: str


@dataclass(frozen=True, slots=True)
class Strand:
    """One type's line: its width, and how far it runs left of the path's middle as one goes along it (right: negative), px."""

    sign: Sign
    width: float
    offset: float = 0.0
    shaft: QPainterPath = field(default_factory=QPainterPath)
    head: QPolygonF = field(default_factory=QPolygonF)


def side_by_side(signs: Sequence[tuple[Sign, float]], landscape: bool) -> tuple[Strand, ...]:
    """Lines of the given widths beside each other, with their middle on the path: along the flow the first is at the left, or on top."""
    whole = sum(width for _sign, width in signs) + STRAND_GAP * (len(signs) - 1)
    found, at, side = [], -whole / 2, -1 if landscape else 1
    for sign, width in signs:
        found.append(Strand(sign, width, side * (at + width / 2)))
        at += width + STRAND_GAP
    return tuple(found)


def spread(points: Sequence[float], strands: tuple[Strand, ...]) -> tuple[Strand, ...]:
    """The lines along a polyline x0, y0, x1, y1, …: bends are concentric."""
    way = [QPointF(x, y) for x, y in zip(points[::2], points[1::2], strict=True)]
    beside = HEAD_BESIDE if len(strands) > 1 else SOLO_BESIDE
    return tuple(_drawn(way, strand, beside) for strand in strands)


def _drawn(way: list[QPointF], strand: Strand, beside: float) -> Strand:
    length = HEAD_LENGTH + HEAD_GROWTH * strand.width
    moved, radii = _shifted(way, strand.offset)
    tip, (ux, uy) = moved[-1], _direction(moved[-2], moved[-1])
    base = QPointF(tip.x() - ux * length, tip.y() - uy * length)
    across = QPointF(-uy, ux) * (strand.width / 2 + beside)
    shaft = _rounded([*moved[:-1], base + QPointF(ux, uy)], radii)
    return replace(strand, shaft=shaft, head=QPolygonF([tip, base + across, base - across]))


def _direction(a: QPointF, b: QPointF) -> tuple[float, float]:
    dx, dy = b.x() - a.x(), b.y() - a.y()
    length = hypot(dx, dy)
    return (dx / length, dy / length) if length else (0.0, 1.0)


def _shifted(way: list[QPointF], offset: float) -> tuple[list[QPointF], list[float]]:
    """The polyline moved to its left by so many px, and the radius of each of its corners."""
    steps = [_direction(a, b) for a, b in pairwise(way)]
    normals = [(uy, -ux) for ux, uy in steps]
    points = [way[0] + QPointF(*normals[0]) * offset]
    radii = []
    for at in range(1, len(way) - 1):
        (ax, ay), (bx, by) = steps[at - 1], steps[at]
        turn = ax * by - ay * bx
        both = QPointF(*normals[at - 1]) + QPointF(*normals[at]) if abs(turn) > 1e-6 else QPointF(*normals[at])
        share = 1 / (1 + ax * bx + ay * by) if abs(turn) > 1e-6 and ax * bx + ay * by > -0.9 else 1.0
        points.append(way[at] + both * (offset * share))
        radii.append(max(CORNER_RADIUS - (-offset if turn > 0 else offset), LEAST_RADIUS))
    points.append(way[-1] + QPointF(*normals[-1]) * offset)
    return points, radii


def _rounded(points: list[QPointF], radii: list[float]) -> QPainterPath:
    """A polyline with quarter-circle corners of the given radii (less where pieces are short)."""
    path = QPainterPath(points[0])
    for before, corner, after, radius in zip(points, points[1:], points[2:], radii, strict=False):
        (ax, ay), (bx, by) = _direction(before, corner), _direction(corner, after)
        came, goes = hypot(corner.x() - before.x(), corner.y() - before.y()), hypot(after.x() - corner.x(), after.y() - corner.y())
        r = min(radius, came / 2, goes / 2)
        if r <= 0 or abs(ax * by - ay * bx) < 1e-6:
            path.lineTo(corner)
            continue
        k, one, other = r * 0.4477, QPointF(ax, ay), QPointF(bx, by)
        path.lineTo(corner - one * r)
        path.cubicTo(corner - one * k, corner + other * k, corner + other * r)
    path.lineTo(points[-1])
    return path
