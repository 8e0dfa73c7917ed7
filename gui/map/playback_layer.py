"""The one item above the map's picture that draws every token, tail and pile in a single call."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from math import ceil
from typing import cast

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPixmap
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget
from shiboken6 import wrapInstance

from gui.map.layer import EVERYWHERE
from gui.map.lettering import draw_text
from gui.map.playback_piles import RADIUS as DOT_IN_PILE
from gui.map.playback_piles import Piles
from gui.map.playback_tokens import Floats, Moment, Tracks
from gui.map.stage import Lights
from gui.map.style import TEXT_SCALE, MapStyle, map_font

DOT, GLOW = 2.4, 4.6
"""Radii of a token and of the light around it, px at 100 %."""
TAILS = (7.0, 13.0)
"""How far behind a token its two tail dots are, px at 100 %."""
MOST_WITH_TAILS = 1500
"""Above so many tokens they have no tails: a swarm says enough."""
FIELDS = 10


class Sprite(IntEnum):
    """The small pictures that everything consists of."""

    TOKEN = 0
    TAIL = 1
    TAIL_END = 2
    PILE = 3
    WORK = 4
    PASSING = 5
    IN_CROWD = 6


@dataclass(frozen=True, eq=False)
class Frame:
    """Everything that is drawn at one moment: scene points (n, 2) with their sprites, and the numbers of large piles."""

    points: Floats
    sprites: NDArray[np.int8]
    numbers: tuple[tuple[QPointF, str], ...] = ()
    n_tokens: int = 0


def make_frame(
    moment: Moment,
    tracks: Tracks,
    piles: Piles,
    with_tails: bool,
    write: Callable[[int], str] = str,
    passing: tuple[NDArray[np.int32], Floats] | None = None,
) -> Frame:
    """Place everything that a moment holds; write: a number as words; passing: lines and shares of tokens too fast to be on them."""
    parts: list[tuple[Floats, Sprite]] = []
    crowded = tracks.crowded(moment.way, 2 * GLOW)
    way, share = moment.way[~crowded], moment.share[~crowded]
    if with_tails and moment.n_moving <= MOST_WITH_TAILS:
        for behind, sprite in zip(reversed(TAILS), (Sprite.TAIL_END, Sprite.TAIL), strict=True):
            parts.append((tracks.places(way, share, behind), sprite))
    numbers: list[tuple[QPointF, str]] = []
    for slot in np.flatnonzero(moment.waiting).tolist():
        dots, place = piles.waiting(slot, int(moment.waiting[slot]))
        parts.append((dots, Sprite.PILE))
        if place is not None:
            numbers.append((place, write(int(moment.waiting[slot]))))
    parts += [(piles.working(slot, int(moment.working[slot])), Sprite.WORK) for slot in np.flatnonzero(moment.working).tolist()]
    if passing is not None:
        parts.append((tracks.places(*passing), Sprite.PASSING))
    parts.append((tracks.places(moment.way[crowded], moment.share[crowded]), Sprite.IN_CROWD))
    parts.append((tracks.places(way, share), Sprite.TOKEN))
    sprites = np.repeat(np.array([sprite for _, sprite in parts], np.int8), [len(points) for points, _ in parts])
    return Frame(np.concatenate([points for points, _ in parts]), sprites, tuple(numbers), moment.n_moving)


class Atlas:
    """The sprites side by side in one picture, for one size of dots."""

    def __init__(self, scale: float, large: bool) -> None:
        lights = Lights()
        swell = 1.5 if large else 1.0
        pile = DOT_IN_PILE * scale * (1.15 if large else 1.0)
        dot = DOT * scale * swell
        self.radii = (GLOW * scale * swell, dot * 0.85, dot * 0.7, pile, pile, dot * 0.85, dot)
        sizes = [2 * ceil(radius) + 2 for radius in self.radii]
        self.width = np.array(sizes, float)
        self.left = np.concatenate([[0.0], np.cumsum(self.width)[:-1]])
        self.pixmap = QPixmap(sum(sizes), max(sizes))
        self.pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(self.pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        discs = (
            (Sprite.TOKEN, lights.tail, 0.22, self.radii[0]),
            (Sprite.TOKEN, lights.dot, 1.0, dot),
            (Sprite.TAIL, lights.tail, 0.38, self.radii[1]),
            (Sprite.TAIL_END, lights.tail, 0.18, self.radii[2]),
            (Sprite.PILE, lights.pile, 1.0, self.radii[3]),
            (Sprite.WORK, lights.dot, 1.0, self.radii[4]),
            (Sprite.PASSING, lights.dot, 0.75, self.radii[5]),
            (Sprite.IN_CROWD, lights.dot, 0.9, dot),
        )
        for sprite, colour, opacity, radius in discs:
            made = QColor(colour)
            made.setAlphaF(opacity)
            painter.setBrush(made)
            middle = sizes[sprite] / 2
            painter.drawEllipse(QPointF(float(self.left[sprite]) + middle, middle), radius, radius)
        painter.end()


class TokenLayer(QGraphicsItem):
    """Draws a frame in device pixels, above the map and whatever stands out on it."""

    def __init__(self, style: MapStyle) -> None:
        super().__init__()
        self.setZValue(1.0)
        self.style = style
        self.large = False
        """Whether each dot stands for several cases."""
        self.frame: Frame | None = None
        self._atlas: tuple[tuple[float, bool], Atlas] | None = None
        self._fragments = np.zeros((256, FIELDS))

    def boundingRect(self) -> QRectF:
        """Everywhere, as the map below."""
        return EVERYWHERE

    def show_frame(self, frame: Frame | None) -> None:
        """Show another moment."""
        self.frame = frame
        self.update()

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        """All sprites at once; the numbers of large piles on top."""
        if self.frame is None:
            return
        scale = painter.worldTransform().m11()
        device = painter.device()
        ratio = device.devicePixelRatio() if device else 1.0
        transform = painter.worldTransform()
        painter.save()
        painter.resetTransform()
        painter.scale(1 / ratio, 1 / ratio)
        atlas = self._atlas_for(round(min(max(scale, 0.6), 1.6) * ratio * self.style.scale, 2))
        viewport = (painter.viewport().width() * ratio, painter.viewport().height() * ratio)
        n = self._fill(self.frame, (scale * ratio, transform.dx() * ratio, transform.dy() * ratio), viewport, atlas)
        if n:
            first = cast(QPainter.PixmapFragment, wrapInstance(self._fragments.ctypes.data, QPainter.PixmapFragment))
            painter.drawPixmapFragments(first, n, atlas.pixmap)
        painter.restore()
        font, colour = map_font(self.style.sizes.number_px, 600), QColor(Lights().pile)
        for place, words in self.frame.numbers:
            _right_aligned(painter, place, words, font, colour)

    def _fill(self, frame: Frame, to_device: tuple[float, float, float], viewport: tuple[float, float], atlas: Atlas) -> int:
        """Write the fragments of what is in sight; how many."""
        scale, dx, dy = to_device
        x, y = frame.points[:, 0] * scale + dx, frame.points[:, 1] * scale + dy
        seen = (x > -20) & (x < viewport[0] + 20) & (y > -20) & (y < viewport[1] + 20)
        sprites = frame.sprites[seen]
        n = len(sprites)
        if n > len(self._fragments):
            self._fragments = np.zeros((2 * n, FIELDS))
        out = self._fragments[:n]
        out[:, 0], out[:, 1] = np.rint(x[seen]), np.rint(y[seen])
        out[:, 2], out[:, 3] = atlas.left[sprites], 0.0
        out[:, 4] = out[:, 5] = atlas.width[sprites]
        out[:, 6] = out[:, 7] = out[:, 9] = 1.0
        out[:, 8] = 0.0
        return n

    def _atlas_for(self, size: float) -> Atlas:
        if self._atlas is None or self._atlas[0] != (size, self.large):
            self._atlas = (size, self.large), Atlas(size, self.large)
        return self._atlas[1]


def _right_aligned(painter: QPainter, right: QPointF, words: str, font: QFont, colour: QColor) -> None:
    """Words that end at a point, on the map's scale."""
    width = QFontMetricsF(font).horizontalAdvance(words) * TEXT_SCALE
    draw_text(painter, right.x() - width, right.y(), words, font, colour)
