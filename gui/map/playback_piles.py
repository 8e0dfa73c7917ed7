"""Where the cases stand that wait for a step longer than usual: as a pile of dots at its card, beside the arrow that leads there.

Loaded with the first playback only: it needs numpy.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF

from gui.map.playback_tokens import Floats
from gui.map.scene import CardView, MapScene, label_rect, segments
from gui.map.style import MARK_RADIUS

PITCH, ROW, ROWS, RADIUS = 5.0, 18, 4, 2.0
"""Px between dots, most dots beside the arrow, most rows of them, and the radius of a dot."""
FROM_ARROW, FROM_CARD = 11.0, 4.0
"""Px from the middle of the arrow, and from the card, to the middle of the first dot."""
NUMBER_ROOM = 6
"""Columns of a full pile that give way to its number."""


@dataclass(frozen=True)
class Place:
    """The room of one pile: the step's card, whether the pile stands before it, and how many dots lie along the arrow and beside it.

    begins: px from the middle of the arrow to the middle of the first dot.
    """

    card: CardView
    before: bool
    along: int
    beside: int
    begins: float = FROM_ARROW


@dataclass(frozen=True)
class Piles:
    """Where the piles of a map stand: on top of each card, left of the arrow; on a lying map before the card, below the arrow.

    Where lines lead into the front of a card that lies, its pile is on top too. Work under way stands in one row below each card.
    """

    places: tuple[Place | None, ...]
    unit: float = 1.0

    def waiting(self, slot: int, n: int) -> tuple[Floats, QPointF | None]:
        """The dots of n waiting tokens at a step, shape (m, 2), and the place of their number where the pile cannot hold them."""
        place = self.places[slot] if slot < len(self.places) else None
        if place is None or n <= 0:
            return np.empty((0, 2)), None
        return self._before(place, n) if place.before else self._on_top(place, n)

    def _on_top(self, place: Place, n: int) -> tuple[Floats, QPointF | None]:
        """Rows that begin at the arrow and grow upwards."""
        full = n > place.beside * place.along
        room = max(place.beside - NUMBER_ROOM, 2) if full else place.beside
        at = np.arange(min(n, room * place.along))
        middle, top = place.card.rect.center().x(), place.card.rect.top()
        x = middle - (place.begins + PITCH * (at % room)) * self.unit
        y = top - (FROM_CARD + PITCH * (at // room)) * self.unit
        number = QPointF(middle - (place.begins + PITCH * room) * self.unit, top - 8 * self.unit)
        return np.stack([x, y], axis=1), number if full else None

    def _before(self, place: Place, n: int) -> tuple[Floats, QPointF | None]:
        """Columns that begin below the arrow and grow away from the card."""
        full = n > place.beside * place.along
        room = max(place.along - NUMBER_ROOM, 1) if full else place.along
        at = np.arange(min(n, room * place.beside))
        middle, left = place.card.rect.center().y(), place.card.rect.left()
        x = left - (FROM_CARD + PITCH * (at // place.beside)) * self.unit
        y = middle + (FROM_ARROW + PITCH * (at % place.beside)) * self.unit
        number = QPointF(left - (FROM_CARD + PITCH * room) * self.unit, middle + (FROM_ARROW + 2 * PITCH) * self.unit)
        return np.stack([x, y], axis=1), number if full else None

    def working(self, slot: int, n: int) -> Floats:
        """The dots of n tokens that are being worked on at a step, at most one row."""
        place = self.places[slot] if slot < len(self.places) else None
        if place is None or n <= 0:
            return np.empty((0, 2))
        rect = place.card.rect
        at = np.arange(min(n, _columns(place.card, self.unit)))
        x = rect.center().x() - (FROM_ARROW + PITCH * at) * self.unit
        return np.stack([x, np.full(len(at), rect.bottom() + FROM_CARD * self.unit)], axis=1)


def piles_of(steps: tuple[int, ...], scene: MapScene, unit: float) -> Piles:
    """The piles of a map, in the order of the playback's steps; unit: size of its appearance's cards against the light one's."""
    taken, numbers = _taken(scene) if scene.landscape else None, [label_rect(lane.label) for lane in scene.lanes if lane.label is not None]
    cards = [scene.card_by_step.get(step) for step in steps]
    return Piles(tuple(None if card is None else _place(card, taken, numbers, unit) for card in cards), unit)


def _place(card: CardView, taken: Floats | None, numbers: list[QRectF], unit: float) -> Place:
    """Before a card that lies, where at least two columns fit there and room is left for a number; otherwise on top of it."""
    if taken is not None:
        along = min(ROW, int((_free_before(card, taken, unit) / unit - FROM_CARD - RADIUS) / PITCH))
        beside = int((card.rect.height() / 2 / unit - FROM_ARROW - RADIUS) / PITCH) + 1
        if along > NUMBER_ROOM + 1 and beside > 1:
            return Place(card, True, along, min(beside, ROWS))
    return _place_on_top(card, numbers, unit)


def _place_on_top(card: CardView, numbers: list[QRectF], unit: float) -> Place:
    """Left of the arrow and of a number that stands on it."""
    rect, most = card.rect, _columns(card, unit)
    height, reach = (FROM_CARD + PITCH * (ROWS - 1) + RADIUS) * unit, (FROM_ARROW + RADIUS) * unit
    first = QRectF(rect.center().x() - reach, rect.top() - height, reach, height)
    left = min((number.left() for number in numbers if number.intersects(first)), default=rect.center().x())
    begins = max(FROM_ARROW, (rect.center().x() - left) / unit + RADIUS + 2)
    columns = min(most, int((rect.width() / 2 / unit - begins - 4) / PITCH))
    return Place(card, False, ROWS, columns, begins) if columns >= NUMBER_ROOM else Place(card, False, ROWS, most)


def _columns(card: CardView, unit: float) -> int:
    """Dots in a row above or below one half of a card."""
    return max(min(ROW, int((card.rect.width() / 2 / unit - FROM_ARROW - 4) / PITCH)), 2)


def _taken(scene: MapScene) -> Floats:
    """Left, top, right and bottom of every card, mark, piece of a line and number, shape (n, 4)."""
    rects = [card.rect for card in scene.cards] + [label_rect(lane.label) for lane in scene.lanes if lane.label is not None]
    for mark in (scene.start, scene.end):
        r = MARK_RADIUS
        rects += [mark.text_rect, QRectF(mark.centre.x() - r, mark.centre.y() - r, 2 * r, 2 * r)]
    found = [(rect.left(), rect.top(), rect.right(), rect.bottom()) for rect in rects]
    for lane in scene.lanes:
        half = lane.width / 2
        found += [(min(x, u) - half, min(y, v) - half, max(x, u) + half, max(y, v) + half) for x, y, u, v in segments(lane.points)]
    return np.array(found) if found else np.empty((0, 4))


def _free_before(card: CardView, taken: Floats, unit: float) -> float:
    """How many px before a card are free, in the band below the middle of its front."""
    rect = card.rect
    top, bottom = rect.center().y() + (FROM_ARROW - RADIUS) * unit, rect.bottom()
    within = (taken[:, 1] < bottom) & (taken[:, 3] > top) & (taken[:, 0] < rect.left() - 1)
    return float(rect.left() - np.minimum(taken[within, 2], rect.left()).max(initial=rect.left() - 1e4))
