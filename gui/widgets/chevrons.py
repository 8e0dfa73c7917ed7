"""A variant as a row of chevrons: steps of the main path pale, differing ones in accent, skipped ones as dashed outlines."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher
from enum import Enum

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from gui.theme import Appearance, Tokens, font
from gui.widgets.short_names import ShortNames

HEIGHT, POINT, WIDE, NARROW, SKIPPED, STEP_GAP, COUNT = 26.0, 6.0, 50.0, 18.0, 16.0, 1.0, 34.0


class Part(Enum):
    """How a step stands to the main path."""

    AS_MAIN = 0
    DIFFERS = 1
    SKIPPED = 2


Chevron = tuple[int, Part]


def compare(main: Sequence[int], variant: Sequence[int]) -> list[Chevron]:
    """The variant's steps (codes) with how each stands to the main path, and skipped runs as one part each (first code)."""
    made: list[Chevron] = []
    for kind, main_from, _main_to, own_from, own_to in SequenceMatcher(None, main, variant, autojunk=False).get_opcodes():
        part = Part.AS_MAIN if kind == "equal" else Part.DIFFERS
        made += [(code, part) for code in variant[own_from:own_to]]
        if kind == "delete":
            made.append((main[main_from], Part.SKIPPED))
    return made


def places(chevrons: Sequence[Chevron], room: float, scale: float = 1.0) -> tuple[list[QRectF], int]:
    """Where the chevrons stand within `room` px, and how many did not fit."""
    n_steps = sum(part is not Part.SKIPPED for _, part in chevrons)
    skipped = (len(chevrons) - n_steps) * (SKIPPED * scale + STEP_GAP)
    width = min(WIDE * scale, (room - skipped) / max(1, n_steps) - STEP_GAP)
    width = max(width, NARROW * scale)
    made: list[QRectF] = []
    x = 0.0
    for _code, part in chevrons:
        own = SKIPPED * scale if part is Part.SKIPPED else width
        fits = x + own <= (room if len(made) == len(chevrons) - 1 else room - COUNT * scale)
        if made and not fits:
            break
        made.append(QRectF(x, 0, own, HEIGHT * scale))
        x += own + STEP_GAP
    return made, len(chevrons) - len(made)


def paint_chevrons(
    painter: QPainter,
    area: QRectF,
    chevrons: Sequence[Chevron],
    names: ShortNames,
    tokens: Tokens,
    appearance: Appearance,
    *,
    chosen: bool = False,
) -> None:
    """Draw a row of chevrons from the left edge of `area`, centred upright; in a chosen row the pale ones are white, to be seen."""
    scale = 1.4 if appearance.is_large else 1.0
    rects, left_out = places(chevrons, area.width(), scale)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(area.left(), area.center().y() - HEIGHT * scale / 2)
    plain, strong = font("axis", appearance), font("tag", appearance)
    for (code, part), rect in zip(chevrons, rects, strict=False):
        _set_colours(painter, part, tokens, tokens.surface if chosen else tokens.main_path)
        painter.drawPolygon(_shape(rect, POINT * scale))
        if part is not Part.SKIPPED:
            differs = part is Part.DIFFERS
            painter.setPen(QColor(tokens.on_accent if differs else tokens.ink))
            painter.setFont(strong if differs else plain)
            inner = rect.adjusted(POINT * scale, 0, -3, 0)
            painter.drawText(inner, Qt.AlignmentFlag.AlignCenter, names.within(code, appearance, int(inner.width())))
    if left_out:
        right = rects[-1].right() if rects else 0.0
        painter.setPen(QColor(tokens.ink_2))
        painter.setFont(plain)
        painter.drawText(QRectF(right + 8, 0, 60, HEIGHT * scale), Qt.AlignmentFlag.AlignVCenter, f"+{left_out}")
    painter.restore()


def paint_sample(painter: QPainter, rect: QRectF, part: Part, tokens: Tokens) -> None:
    """Draw one small chevron without a text, for a legend."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    _set_colours(painter, part, tokens, tokens.main_path)
    painter.drawPolygon(_shape(rect, POINT))


def _set_colours(painter: QPainter, part: Part, tokens: Tokens, pale: str) -> None:
    if part is Part.SKIPPED:
        painter.setPen(QPen(QColor(tokens.data_strong), 1, Qt.PenStyle.DashLine))
        painter.setBrush(Qt.BrushStyle.NoBrush)
    else:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(pale if part is Part.AS_MAIN else tokens.accent))


def _shape(rect: QRectF, point: float) -> QPolygonF:
    top, middle, bottom = rect.top(), rect.center().y(), rect.bottom()
    tip = rect.right() + point - 1
    return QPolygonF(
        [
            QPointF(rect.left(), top),
            QPointF(tip - point, top),
            QPointF(tip, middle),
            QPointF(tip - point, bottom),
            QPointF(rect.left(), bottom),
            QPointF(rect.left() + point - 1, middle),
        ]
    )
