"""What a model has besides steps: gateways, places, silent transitions, and the events at its start and end."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF

from engine.models.values import NodeKind, Notation
from engine.process_map.values import START
from gui.map.scene import CardView, MarkView
from gui.map.style import MARK_RADIUS, MapStyle

SIGN = 0.2
"""Reach of a gateway's sign from its middle, as a share of its size."""


def paint_figure(painter: QPainter, card: CardView, style: MapStyle) -> None:
    """A gateway, a place or a silent transition."""
    edge = QPen(style.colour("spine_border" if card.spine else "line_strong"), 1.5 * style.scale)
    painter.setPen(edge)
    painter.setBrush(style.colour("surface"))
    if card.figure is NodeKind.PLACE:
        painter.drawEllipse(card.rect)
    elif card.figure is NodeKind.SILENT:
        painter.setBrush(edge.color())
        painter.drawRoundedRect(card.rect, 2, 2)
    else:
        _diamond(painter, card.rect)
        _sign(painter, card, style)


def _diamond(painter: QPainter, rect: QRectF) -> None:
    middle = rect.center()
    corners = [QPointF(middle.x(), rect.top()), QPointF(rect.right(), middle.y()), QPointF(middle.x(), rect.bottom())]
    painter.drawPolygon(QPolygonF([*corners, QPointF(rect.left(), middle.y())]))


def _sign(painter: QPainter, card: CardView, style: MapStyle) -> None:
    """× for a choice, + for what runs in parallel."""
    middle, reach = card.rect.center(), SIGN * min(card.rect.width(), card.rect.height())
    painter.setPen(QPen(style.colour("ink"), 2.5 * style.scale, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    slanted = QPointF(reach, reach) * 0.85, QPointF(reach, -reach) * 0.85
    upright = QPointF(reach * 1.1, 0), QPointF(0, reach * 1.1)
    for arm in upright if card.figure is NodeKind.PARALLEL else slanted:
        painter.drawLine(middle - arm, middle + arm)


def paint_event(painter: QPainter, mark: MarkView, notation: Notation, style: MapStyle) -> None:
    """The start and end of a model: in BPMN a thin and a thick circle, in a Petri net places, the first with its token."""
    r, is_start = MARK_RADIUS * style.mark_scale, mark.step == START
    thick = 3.5 if notation is Notation.BPMN and not is_start else 1.5
    painter.setPen(QPen(style.colour("ink"), thick * style.scale))
    painter.setBrush(style.colour("surface"))
    painter.drawEllipse(mark.centre, r - thick / 2, r - thick / 2)
    if notation is Notation.PETRI:
        painter.setBrush(style.colour("ink") if is_start else Qt.BrushStyle.NoBrush)
        painter.setPen(Qt.PenStyle.NoPen if is_start else QPen(style.colour("ink"), 1.0 * style.scale))
        inner = 4.0 if is_start else r - 4.5
        painter.drawEllipse(mark.centre, inner, inner)
