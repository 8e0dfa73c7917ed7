"""Paints what only a map of objects has: the lines of the types side by side, their numbers with letters, and their signs on the cards."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPen

from gui.map.dots import dotted_pen, paint_dots
from gui.map.lettering import draw_text
from gui.map.strands import LabelPart, Sign, Strand
from gui.map.style import TEXT_SCALE, MapStyle

SQUARE, SQUARES_APART, SQUARE_RADIUS = 12.5, 3.0, 3.0
"""A type's sign on a card, px in the light appearance."""
LIGHT_FROM = 0.18
"""From this luminance on a colour bears dark letters: there they are read better than light ones."""
BETWEEN_PARTS = "  "


def type_colour(place: int, style: MapStyle) -> QColor:
    """The colour of a type by its place among the types of a log; from the ninth on they come again, told apart by their letters."""
    colours = style.tokens.object_types
    return QColor(colours[place % len(colours)])


def paint_strands(painter: QPainter, strands: Sequence[Strand], style: MapStyle, *, dotted: bool, moving: bool, least: float) -> None:
    """The lines of a path. least: px that a line is wide however small the map."""
    for strand in strands:
        colour, width = type_colour(strand.sign.colour, style), max(strand.width, least)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if dotted and moving:
            paint_dots(painter, strand.shaft, colour, width)
        else:
            painter.setPen(_pen(strand.shaft, colour, width, dotted))
            painter.drawPath(strand.shaft)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawPolygon(strand.head)


def _pen(shaft: QPainterPath, colour: QColor, width: float, dotted: bool) -> QPen:
    if dotted:
        return dotted_pen(colour, width, shaft.length())
    return QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap, Qt.PenJoinStyle.RoundJoin)


def paint_parts(painter: QPainter, parts: Sequence[LabelPart], left: float, baseline: float, style: MapStyle) -> None:
    """The numbers of a path, each behind the letters of its types in their colours."""
    metrics = QFontMetricsF(style.label_font)

    def write(text: str, colour: QColor) -> None:
        nonlocal left
        draw_text(painter, left, baseline, text, style.label_font, colour)
        left += metrics.horizontalAdvance(text) * TEXT_SCALE

    for place, part in enumerate(parts):
        if place:
            left += metrics.horizontalAdvance(BETWEEN_PARTS) * TEXT_SCALE
        for sign in part.signs:
            write(sign.letter, type_colour(sign.colour, style))
        write(f" {part.number}", style.colour("ink"))


def parts_width(parts: Sequence[LabelPart], style: MapStyle) -> float:
    """How wide the numbers of a path are, px."""
    words = BETWEEN_PARTS.join("".join(sign.letter for sign in part.signs) + f" {part.number}" for part in parts)
    return QFontMetricsF(style.label_font).horizontalAdvance(words) * TEXT_SCALE


def paint_signs(painter: QPainter, signs: Sequence[Sign], right: float, middle: float, style: MapStyle) -> None:
    """The types of a step as squares with their letters, ending at `right`; what finds no room is left to the numbers beside the map."""
    side, apart = SQUARE * style.scale, SQUARES_APART * style.scale
    x = right - len(signs) * side - (len(signs) - 1) * apart
    for sign in signs:
        paint_sign(painter, sign, QRectF(x, middle - side / 2, side, side), style)
        x += side + apart


def paint_sign(painter: QPainter, sign: Sign, rect: QRectF, style: MapStyle) -> None:
    """One type's square with its letter."""
    colour = type_colour(sign.colour, style)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    radius = SQUARE_RADIUS * style.scale
    painter.drawRoundedRect(rect, radius, radius)
    font = style.font(9.5 * rect.height() / SQUARE, 600)
    width = QFontMetricsF(font).horizontalAdvance(sign.letter) * TEXT_SCALE
    baseline = rect.center().y() + 9.5 * rect.height() / SQUARE * 0.364
    draw_text(painter, rect.center().x() - width / 2, baseline, sign.letter, font, letter_colour(colour))


def letter_colour(colour: QColor) -> QColor:
    """Dark or light, whichever is read better on a colour."""
    return QColor("#0D1319" if luminance(colour) >= LIGHT_FROM else "#FFFFFF")


def luminance(colour: QColor) -> float:
    """Relative luminance (WCAG 2.2)."""
    parts = (colour.redF(), colour.greenF(), colour.blueF())
    linear = (value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in parts)
    return sum(share * value for share, value in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
