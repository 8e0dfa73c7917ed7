"""Where the window looks at the map: zoom factor and the point in the middle; finding a place where all of it is free to see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log

from PySide6.QtCore import QPointF, QRectF, QSizeF

from gui.map.scene import MapScene

MIN_SCALE, MAX_SCALE, MAX_FIT = 0.08, 4.0, 1.5
MARGIN = 20.0


@dataclass(frozen=True)
class Camera:
    """scale 1 is 100 %; centre is the scene point in the middle of the viewport."""

    scale: float
    centre: QPointF

    def towards(self, other: Camera, share: float) -> Camera:
        """A camera on the way to another one (0..1); zoom factors in equal ratios."""
        scale = exp(log(self.scale) * (1 - share) + log(other.scale) * share)
        return Camera(scale, self.centre * (1 - share) + other.centre * share)

    def to_view(self, point: QPointF, size: QSizeF) -> QPointF:
        """Viewport position of a scene point."""
        middle = QPointF(size.width() / 2, size.height() / 2)
        return (point - self.centre) * self.scale + middle

    def visible(self, size: QSizeF) -> QRectF:
        """The part of the scene that the viewport shows."""
        w, h = size.width() / self.scale, size.height() / self.scale
        return QRectF(self.centre.x() - w / 2, self.centre.y() - h / 2, w, h)


def fit(scene: MapScene, size: QSizeF, obstacles: Sequence[QRectF] = ()) -> Camera:
    """The largest camera that shows the whole map with nothing of it behind an obstacle (viewport px): the panels lie on the map."""
    bounds = scene.bounds
    left = max((rect.right() for rect in obstacles), default=0.0)
    whole = _fit_scale(bounds, size.width(), size.height())
    beside = _fit_scale(bounds, size.width() - left, size.height())
    occupied = _occupied(scene) if obstacles else []
    for i in range(9):
        scale = whole * (beside / whole) ** (i / 8)
        for x in _places(bounds, size, left, scale):
            camera = Camera(scale, QPointF(bounds.center().x() + (size.width() / 2 - x) / scale, bounds.center().y()))
            if not _collides(occupied, camera, size, obstacles):
                return camera
    x = left + (size.width() - left) / 2
    return Camera(beside, QPointF(bounds.center().x() + (size.width() / 2 - x) / beside, bounds.center().y()))


def _fit_scale(bounds: QRectF, width: float, height: float) -> float:
    room_w, room_h = max(width - 2 * MARGIN, 40.0), max(height - 2 * MARGIN, 40.0)
    scale = min(room_w / max(bounds.width(), 1.0), room_h / max(bounds.height(), 1.0), MAX_FIT)
    return max(scale, MIN_SCALE)


def _places(bounds: QRectF, size: QSizeF, left: float, scale: float) -> tuple[float, ...]:
    """Viewport x of the map's middle, in order of preference: centred beside the panel, centred, to the right."""
    half = bounds.width() * scale / 2
    low, high = MARGIN + half, size.width() - MARGIN - half
    wanted = (left + (size.width() - left) / 2, size.width() / 2, high)
    return tuple(dict.fromkeys(min(max(x, low), max(high, low)) for x in wanted))


def _occupied(scene: MapScene) -> list[QRectF]:
    """Rectangles of everything drawn: cards, pieces of lines, labels, marks."""
    found = [card.rect for card in scene.cards]
    for lane in scene.lanes:
        found += lane.pieces()
    for mark in (scene.start, scene.end):
        found += [mark.text_rect, QRectF(mark.centre.x() - 14, mark.centre.y() - 14, 28, 28)]
    return found


def _collides(occupied: list[QRectF], camera: Camera, size: QSizeF, obstacles: Sequence[QRectF]) -> bool:
    origin = camera.to_view(QPointF(0, 0), size)
    blocked = []
    for rect in obstacles:
        top_left = (rect.topLeft() - QPointF(10, 10) - origin) / camera.scale
        bottom_right = (rect.bottomRight() + QPointF(10, 10) - origin) / camera.scale
        blocked.append(QRectF(top_left, bottom_right))
    return any(rect.intersects(block) for block in blocked for rect in occupied)
