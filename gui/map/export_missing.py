"""What a map or model has on the screen and not on the page that leaves it: shown in the preview, never in the file."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from engine.models.values import NodeKind
from engine.texts import Texts
from gui.map.lettering import draw_text
from gui.map.scene import CardView, LaneView, MapScene, segments
from gui.map.style import CARD_RADIUS, MapStyle

DASH = (3.0, 3.0)
LINE = 1.5
NEAR = 1.5
"""Px within which a line runs through a point."""
Piece = tuple[float, float, float, float]


@dataclass(frozen=True)
class Missing:
    """Cards and lines that the guard leaves out."""

    cards: tuple[CardView, ...] = ()
    lanes: tuple[LaneView, ...] = ()
    colour_is_time: bool = True

    def __bool__(self) -> bool:
        return bool(self.cards or self.lanes)

    def sentence(self, texts: Texts) -> str:
        """How the preview marks it; "" when nothing is missing."""
        return texts("What is left out is dashed in this preview, and is not in the file.") if self else ""

    def paint(self, painter: QPainter, style: MapStyle) -> None:
        """Dashed outlines at the places they have on the screen, in the map's own coordinates and in a colour that is none of the ramp."""
        colour = style.colour("accent" if self.colour_is_time else "caution")
        pen = QPen(colour, LINE * style.scale)
        pen.setDashPattern(list(DASH))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(pen)
        for lane in self.lanes:
            painter.drawPath(lane.shaft)
        for card in self.cards:
            painter.setPen(pen)
            painter.setBrush(style.colour("canvas"))
            painter.drawRoundedRect(card.rect, CARD_RADIUS, CARD_RADIUS)
            _name(painter, card, style, colour)


def _name(painter: QPainter, card: CardView, style: MapStyle, colour: QColor) -> None:
    """A step's name where its card has it; what has none on a model goes without."""
    pitch, unit = style.sizes.line_pitch, style.scale
    top = card.rect.top() + 15.5 * unit + (card.room - len(card.lines)) * pitch / 2
    for number, line in enumerate(card.lines if card.figure is NodeKind.TASK else ()):
        draw_text(painter, card.rect.left() + 10 * unit, top + number * pitch, line, style.name_font, colour)


def missing_of(exact: MapScene, guarded: MapScene) -> Missing:
    """What the guarded twin of a map, which has the same places, lacks; what other lines of the twin run over is still to be seen."""
    drawn = [piece for lane in guarded.lanes for piece in segments(lane.points)]
    cards = [card for card in exact.cards if card.step not in guarded.card_by_step]
    lanes = [lane for lane in exact.lanes if lane.key not in guarded.lane_by_key]
    return Missing(
        tuple(card for card in cards if not any(_runs_into(piece, card.rect) for piece in drawn)),
        tuple(lane for lane in lanes if not all(_is_on(_middle(piece), drawn) for piece in segments(lane.points))),
        exact.colour_is_time,
    )


def _middle(piece: Piece) -> QPointF:
    x0, y0, x1, y1 = piece
    return QPointF((x0 + x1) / 2, (y0 + y1) / 2)


def _runs_into(piece: Piece, rect: QRectF) -> bool:
    """Whether an upright or level piece runs into a card: other lines take the place of a gateway that has nothing left to decide."""
    x0, y0, x1, y1 = piece
    across = min(x0, x1) <= rect.right() + NEAR and max(x0, x1) >= rect.left() - NEAR
    return across and min(y0, y1) <= rect.bottom() + NEAR and max(y0, y1) >= rect.top() - NEAR


def _is_on(point: QPointF, pieces: list[Piece]) -> bool:
    """Whether one of these upright or level pieces runs through a point."""
    x, y = point.x(), point.y()
    return any(
        min(x0, x1) - NEAR <= x <= max(x0, x1) + NEAR and min(y0, y1) - NEAR <= y <= max(y0, y1) + NEAR for x0, y0, x1, y1 in pieces
    )
