"""The dotted lines of the start and the end, quickly: for the frames of a movement, where the dash pen of a whole line takes too long."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QLineF, QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

DOT, GAP = 1.5, 5.0
"""Length of a dot without its round ends, and how far the next one is from it, px."""
ROUND_END = 0.4
"""How much a round end adds to a dot, as a share of the line's width, once it is made square."""


def dotted_pen(colour: QColor, width: float, length: float) -> QPen:
    """The pen of a dotted line of so many px, with its last dot at the line's end."""
    pen = QPen(colour, width, Qt.PenStyle.CustomDashLine, Qt.PenCapStyle.RoundCap)
    pen.setDashPattern([DOT / width, GAP / width])
    pen.setDashOffset(-(length % (DOT + GAP)) / width)
    return pen


def paint_dots(painter: QPainter, shaft: QPainterPath, colour: QColor, width: float) -> None:
    """The dots of `dotted_pen` with square ends: one straight piece after the other.

    Qt fills all the dots of a path as one shape, in a time that grows faster than the path; those of a straight line it draws one by one.
    """
    pieces = list(_straight(shaft))
    end = ROUND_END * width
    gap = GAP - 2 * end
    pen = QPen(colour, width, Qt.PenStyle.CustomDashLine if gap > 0 else Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap)
    if gap > 0:
        pen.setDashPattern([(DOT + 2 * end) / width, gap / width])
    passed = end - sum(piece.length() for piece in pieces) % (DOT + GAP)
    for piece in pieces:
        pen.setDashOffset(passed / width)
        painter.setPen(pen)
        painter.drawLine(piece)
        passed += piece.length()


def _straight(shaft: QPainterPath) -> Iterator[QLineF]:
    """The pieces of a line, each rounded corner as two chords."""
    here, at = QPointF(), 0
    while at < shaft.elementCount():
        element = shaft.elementAt(at)
        point = QPointF(element.x, element.y)
        if element.isCurveTo():
            ends = [QPointF(one.x, one.y) for one in (shaft.elementAt(at + 1), shaft.elementAt(at + 2))]
            halfway = (here + (point + ends[0]) * 3 + ends[1]) / 8
            yield QLineF(here, halfway)
            yield QLineF(halfway, ends[1])
            here, at = ends[1], at + 3
            continue
        if element.isLineTo() and point != here:
            yield QLineF(here, point)
        here, at = point, at + 1
