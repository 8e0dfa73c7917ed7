"""The way from one map to the next: lines that go fade out, cards and the lines that stay glide, new lines fade in (60 + 120 + 60 ms)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from msgspec.structs import replace as replaced
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter

from engine.layout.values import Label
from gui.map.painter import Detail, paint_card, paint_label, paint_lane, paint_marks, shows_label
from gui.map.scene import CardView, LaneView, MapScene, MarkView, PathKey, reshaped, segments
from gui.map.style import MapStyle

FADE_MS, MOVE_MS = 60, 120
TOTAL_MS = 2 * FADE_MS + MOVE_MS
MOST_ITEMS = 320
"""Cards and lines of both maps together that are painted anew in every frame; larger maps change at once."""
STILL = 0.5
"""Px that a line may be off and still counts as standing."""


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

    @cached_property
    def staying(self) -> dict[PathKey, tuple[LaneView, bool]]:
        """Paths whose lines turn alike on both maps: the old line where it stands on the screen, and whether it has to move."""
        found = {}
        for key, new in self.new.lane_by_key.items():
            old = self.old.lane_by_key.get(key)
            if old is not None and turns_of(old.points) == turns_of(new.points):
                points = tuple(at + (self.shift.y() if place & 1 else self.shift.x()) for place, at in enumerate(old.points))
                label = old.label and replaced(old.label, x=old.label.x + self.shift.x(), y=old.label.y + self.shift.y())
                moves = abs(old.width - new.width) > 0.1 or any(abs(a - b) > STILL for a, b in zip(points, new.points, strict=True))
                found[key] = replace(old, points=points, label=label), moves
        return found


def turns_of(points: tuple[float, ...]) -> tuple[bool, ...]:
    """Which of a line's pieces run sideways: lines with the same turns can glide into each other."""
    return tuple(y0 == y1 for _, y0, _, y1 in segments(points))


def between(begin: float, end: float, share: float) -> float:
    """A number on the way from one to another."""
    return begin + (end - begin) * share


def card_at(morph: Morph, step: int, share: float) -> CardView | None:
    """A step's card on its way; None when it stands on neither map."""
    old, new = morph.old.card_by_step.get(step), morph.new.card_by_step.get(step)
    if old is None or new is None:
        return new or (replace(old, rect=old.rect.translated(morph.shift)) if old else None)
    begin, end = old.rect.translated(morph.shift), new.rect
    places = zip(begin.getRect(), end.getRect(), strict=True)  # type: ignore[call-overload]
    return replace(new, rect=QRectF(*(between(one, other, share) for one, other in places)))


def lane_at(morph: Morph, lane: LaneView, share: float) -> LaneView:
    """A line that stays, on its way; any other as it is on the new map."""
    old, moves = morph.staying.get(lane.key, (lane, False))
    if not moves or share >= 1:
        return lane
    points = tuple(between(one, other, share) for one, other in zip(old.points, lane.points, strict=True))
    return reshaped(lane, points, between(old.width, lane.width, share), _label_at(old.label, lane.label, share))


def _label_at(old: Label | None, new: Label | None, share: float) -> Label | None:
    if old is None or new is None:
        return new
    return replaced(new, x=between(old.x, new.x, share), y=between(old.y, new.y, share))


def scene_at(morph: Morph, milliseconds: float) -> MapScene:
    """The new map as it stands on the screen at this moment: where the way to a still newer one begins."""
    move = _ease(_share(milliseconds, FADE_MS, MOVE_MS))
    cards = tuple(card for one in morph.new.cards if (card := card_at(morph, one.step, move)) is not None)
    lanes = tuple(lane_at(morph, lane, move) for lane in morph.new.lanes)
    start, end = _marks_at(morph, move)
    return replace(
        morph.new,
        cards=cards,
        lanes=lanes,
        start=start,
        end=end,
        card_by_step={card.step: card for card in cards},
        lane_by_key={lane.key: lane for lane in lanes},
    )


def paint_morph(painter: QPainter, morph: Morph, milliseconds: float, style: MapStyle, detail: Detail) -> None:
    """One frame of the way, `milliseconds` after it began."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    frame = _Frame(painter, morph, style, detail)
    out = 1 - _share(milliseconds, 0, FADE_MS)
    move = _ease(_share(milliseconds, FADE_MS, MOVE_MS))
    into = _share(milliseconds, FADE_MS + MOVE_MS, FADE_MS)
    if out > 0:
        painter.save()
        painter.translate(morph.shift)
        frame.lines(morph.old, (lane for lane in morph.old.lanes if lane.key not in morph.staying), out)
        painter.restore()
    frame.lines(morph.new, (lane_at(morph, lane, move) for lane in morph.new.lanes if lane.key in morph.staying), 1.0)
    if into > 0:
        frame.lines(morph.new, (lane for lane in morph.new.lanes if lane.key not in morph.staying), into)
    start, end = _marks_at(morph, move)
    paint_marks(painter, replace(morph.new, start=start, end=end), style, detail)
    frame.cards(move)
    painter.setOpacity(1.0)


@dataclass(frozen=True)
class _Frame:
    """One frame: lines with their numbers, then the cards over them."""

    painter: QPainter
    morph: Morph
    style: MapStyle
    detail: Detail

    def lines(self, scene: MapScene, lanes: Iterator[LaneView], opacity: float) -> None:
        """These lines, then their numbers."""
        self.painter.setOpacity(opacity)
        shown = list(lanes)
        for lane in shown:
            paint_lane(self.painter, lane, scene, self.style, moving=True)
        for lane in shown:
            if shows_label(lane, self.detail):
                paint_label(self.painter, lane, self.style)
        self.painter.setOpacity(1.0)

    def cards(self, move: float) -> None:
        """The cards of both maps, on their way."""
        old, new = self.morph.old.card_by_step, self.morph.new.card_by_step
        for step in {**old, **new}:
            card = card_at(self.morph, step, move)
            if card is None:
                continue
            self.painter.setOpacity(1 - move if step not in new else move if step not in old else 1.0)
            paint_card(self.painter, card, self.style, self.detail)


def _marks_at(morph: Morph, share: float) -> tuple[MarkView, MarkView]:
    return tuple(  # type: ignore[return-value]
        _mark_at(begin, end, morph.shift, share) for begin, end in ((morph.old.start, morph.new.start), (morph.old.end, morph.new.end))
    )


def _mark_at(begin: MarkView, end: MarkView, shift: QPointF, share: float) -> MarkView:
    offset = (begin.centre + shift - end.centre) * (1 - share)
    return replace(end, centre=end.centre + offset, word_at=end.word_at + offset, number_at=end.number_at + offset)


def _share(milliseconds: float, begin: float, length: float) -> float:
    return min(max((milliseconds - begin) / length, 0.0), 1.0)


def _ease(share: float) -> float:
    """Ease-out cubic."""
    return 1 - (1 - share) ** 3
