"""Text on the map, with its left end and baseline at a point."""

from __future__ import annotations

from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QFont, QPainter

from gui.map.style import TEXT_SCALE


def draw_text(painter: QPainter, x: float, baseline: float, text: str, font: QFont, colour: QColor) -> None:
    """Text with its left end and baseline at a point; `font` is made for TEXT_SCALE."""
    painter.save()
    painter.translate(x, baseline)
    painter.scale(TEXT_SCALE, TEXT_SCALE)
    painter.setFont(font)
    painter.setPen(colour)
    painter.drawText(QPointF(0, 0), text)
    painter.restore()
