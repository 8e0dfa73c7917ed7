"""The way from one map to the next: lines fade out, cards glide, new lines fade in (60 + 120 + 60 ms)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter

from gui.map.painter import Detail, paint_card, paint_labels, paint_lane, paint_marks
from gui.map.scene import CardView, MapScene
from gui.map.style import MapStyle

FADE_MS, MOVE_MS = 60, 120
TOTAL_MS = 2 * FADE_MS + MOVE_MS
MOST_ITEMS = 320
"""Cards and lines of both maps together that are painted anew in every frame; larger maps change at once."""


@dataclass(frozen=True)
class Morph:
    """Two maps and the shift that puts the old one where it stood on the screen."""

    old: MapScene
    new: MapScene
    shift: QPointF

    @property
    def is_light(self) -> bool:
        """Whether each frame can be painted in time."""
        return sum(len(scene.cards) + len(scene.lanes) for scene in (self.old, self.new)) <= MOST_ITEMS


def card_at(morph: Morph, step: int, share: float) -> CardView | None:
    """A step's card on its way; None when it stands on neither map."""
    old, new = morph.old.card_by_step.get(step), morph.new.card_by_step.get(step)
    if old is None or new is None:
        return new or (replace(old, rect=old.rect.translated(morph.shift)) if old else None)
    begin, end = old.rect.translated(morph.shift), new.rect
    rect = QRectF(
        begin.x() + (end.x() - begin.x()) * share,
        begin.y() + (end.y() - begin.y()) * share,
        begin.width() + (end.width() - begin.width()) * share,
        begin.height() + (end.height() - begin.height()) * share,
    )
    return replace(new, rect=rect)


def paint_morph(painter: QPainter, morph: Morph, milliseconds: float, style: MapStyle, detail: Detail) -> None:
    """One frame of the way, `milliseconds` after it began."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    out = 1 - _share(milliseconds, 0, FADE_MS)
    move = _ease(_share(milliseconds, FADE_MS, MOVE_MS))
    into = _share(milliseconds, FADE_MS + MOVE_MS, FADE_MS)
    if out > 0:
        painter.save()
        painter.translate(morph.shift)
        _lines(painter, morph.old, out, style, detail)
        painter.restore()
    if into > 0:
        _lines(painter, morph.new, into, style, detail)
    _marks(painter, morph, move, style, detail)
    for step in {**morph.old.card_by_step, **morph.new.card_by_step}:
        card = card_at(morph, step, move)
        if card is not None:
            gone, fresh = step not in morph.new.card_by_step, step not in morph.old.card_by_step
            painter.setOpacity(1 - move if gone else move if fresh else 1.0)
            paint_card(painter, card, style, detail)
    painter.setOpacity(1.0)


def _lines(painter: QPainter, scene: MapScene, opacity: float, style: MapStyle, detail: Detail) -> None:
    painter.setOpacity(opacity)
    for lane in scene.lanes:
        paint_lane(painter, lane, scene, style)
    paint_labels(painter, scene, style, detail)
    painter.setOpacity(1.0)


def _marks(painter: QPainter, morph: Morph, share: float, style: MapStyle, detail: Detail) -> None:
    moved = {}
    for name, begin, end in (("start", morph.old.start, morph.new.start), ("end", morph.old.end, morph.new.end)):
        offset = (begin.centre + morph.shift - end.centre) * (1 - share)
        moved[name] = replace(end, centre=end.centre + offset, word_at=end.word_at + offset, number_at=end.number_at + offset)
    paint_marks(painter, replace(morph.new, start=moved["start"], end=moved["end"]), style, detail)


def _share(milliseconds: float, begin: float, length: float) -> float:
    return min(max((milliseconds - begin) / length, 0.0), 1.0)


def _ease(share: float) -> float:
    """Ease-out cubic."""
    return 1 - (1 - share) ** 3
