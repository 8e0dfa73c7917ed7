"""The shapes of lines: a polyline with rounded corners, and the arrowhead at its end."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainterPath, QPolygonF

from gui.map.style import CORNER_RADIUS


def shape(points: list[QPointF], width: float) -> tuple[QPainterPath, QPolygonF]:
    """Shaft and arrowhead of a line."""
    length, half_width = head_size(width)
    return rounded(shortened(points, length - 1.0), CORNER_RADIUS), head(points, length, half_width)


def head_size(width: float) -> tuple[float, float]:
    """Length and half-width of an arrowhead on a line of this width."""
    return 5.0 + 0.9 * width, 3.2 + 0.72 * width


def unit(a: QPointF, b: QPointF) -> tuple[float, float, float]:
    """The direction from one point to another, and how far it is."""
    dx, dy = b.x() - a.x(), b.y() - a.y()
    length = math.hypot(dx, dy)
    return (dx / length, dy / length, length) if length else (0.0, 1.0, 0.0)


def head(points: list[QPointF], length: float, half_width: float) -> QPolygonF:
    """The arrowhead at the end of a polyline."""
    tip = points[-1]
    before = next((point for point in reversed(points) if point != tip), tip)
    ux, uy, _ = unit(before, tip)
    base = QPointF(tip.x() - ux * length, tip.y() - uy * length)
    across = QPointF(-uy * half_width, ux * half_width)
    return QPolygonF([tip, base + across, base - across])


def shortened(points: list[QPointF], by: float) -> list[QPointF]:
    """The polyline without its last `by` px, at least half a px of it."""
    kept = list(points)
    while len(kept) > 1:
        ux, uy, length = unit(kept[-2], kept[-1])
        if length > by or len(kept) == 2:
            reach = max(length - by, 0.5)
            kept[-1] = QPointF(kept[-2].x() + ux * reach, kept[-2].y() + uy * reach)
            return kept
        by -= length
        kept.pop()
    return kept


def rounded(points: list[QPointF], radius: float) -> QPainterPath:
    """A polyline with quarter-circle corners of at most `radius` (less where pieces are short)."""
    path = QPainterPath(points[0])
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        ax, ay, a_length = unit(before, corner)
        bx, by, b_length = unit(corner, after)
        r = min(radius, a_length / 2, b_length / 2)
        if r <= 0 or abs(ax * by - ay * bx) < 1e-6:
            path.lineTo(corner)
            continue
        k = r * 0.4477
        path.lineTo(corner.x() - ax * r, corner.y() - ay * r)
        path.cubicTo(
            corner.x() - ax * k, corner.y() - ay * k, corner.x() + bx * k, corner.y() + by * k, corner.x() + bx * r, corner.y() + by * r
        )
    path.lineTo(points[-1])
    return path
