"""Where the window looks at the map: zoom factor and the point in the middle; finding a place where all of it is free to see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log

from PySide6.QtCore import QPointF, QRectF, QSizeF

from engine.layout.values import Sizes
from gui.map.scene import MapScene

MIN_SCALE, MAX_SCALE, MAX_FIT = 0.08, 4.0, 1.5
MARGIN = 12.0
FIT_STEPS, SLIDES = 14, 12
BESIDE = 220.0
"""Px kept free for the small map beside one that stands, where the room is wide enough."""
NEAR_NAME_PX, FAR_NAME_PX = 10.5, 14.0
"""How high the names of steps are at least on what is first seen: on a desk, and on a projector."""


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


def on_the_map(camera: Camera, bounds: QRectF, covered: float, obstacles: Sequence[QRectF]) -> Camera:
    """The camera with its middle on the map, or beside it by half of what lies over the viewport's sides (px)."""
    beside = max((rect.right() for rect in obstacles), default=0.0) / 2 / camera.scale
    x = min(max(camera.centre.x(), bounds.left() - beside), bounds.right() + covered / 2 / camera.scale)
    return Camera(camera.scale, QPointF(x, min(max(camera.centre.y(), bounds.top()), bounds.bottom())))


def fit(scene: MapScene, size: QSizeF, obstacles: Sequence[QRectF] = ()) -> Camera:
    """The largest camera that shows the whole map with nothing of it behind an obstacle (viewport px): the panels lie on the map."""
    bounds, room = scene.bounds, QRectF(0, 0, size.width(), size.height())
    rooms = [room, *_free_rooms(room, obstacles)]
    scales = [_fit_scale(bounds, one.size()) for one in rooms]
    largest, least = scales[0], max(scales[1:], default=scales[0])
    for i in range(FIT_STEPS + 1):
        scale = largest * (least / largest) ** (i / FIT_STEPS)
        for middle in _places(bounds, rooms, scale):
            if not _collides(scene.occupied, _looking(bounds, middle, size, scale), size, obstacles):
                return _slid(scene, middle, rooms, size, scale, obstacles)
    best = max(range(len(rooms)), key=lambda i: (i > 0, scales[i])) if len(rooms) > 1 else 0
    return _looking(bounds, rooms[best].center(), size, scales[best])


def readable_scale(sizes: Sizes) -> float:
    """The zoom at which the names of steps can just be read."""
    return (FAR_NAME_PX if sizes.is_large else NEAR_NAME_PX) / sizes.name_px


def at_start(scene: MapScene, size: QSizeF, scale: float, obstacles: Sequence[QRectF]) -> Camera:
    """The beginning of the flow at a zoom at which not all of it has room: beside the high panels; across the flow in the middle."""
    bounds, room = scene.bounds, (_free_rooms(QRectF(0, 0, size.width(), size.height()), obstacles) or [QRectF(QPointF(0, 0), size)])[-1]
    width, height = bounds.width() * scale + 2 * MARGIN, bounds.height() * scale + 2 * MARGIN
    if height > room.height():
        room.setHeight(size.height())
    x = room.center().x() if width <= room.width() else room.left() + width / 2
    y = room.center().y() if height <= room.height() else height / 2
    if not scene.landscape:
        x -= min(max(room.width() - width, 0.0), BESIDE) / 2
    if scene.landscape and height > room.height():
        y = room.center().y() + (bounds.center().y() - scene.start.centre.y()) * scale
    return _looking(bounds, QPointF(x, y), size, scale)


def showing(rect: QRectF, scale: float, now: Camera, size: QSizeF, covered: float, obstacles: Sequence[QRectF]) -> Camera:
    """A camera with a part of the map in the middle of what is free at its height; that height stays where it is in sight."""
    y, keeps = now.to_view(rect.center(), size).y(), scale == now.scale
    half = rect.height() * scale / 2
    if not keeps or not half <= y <= size.height() - half:
        y = size.height() / 2
    band = QRectF(0, y - half, size.width(), 2 * half)
    right = size.width() - covered
    left = min(max((one.right() for one in obstacles if one.intersects(band)), default=0.0), right)
    shift = QPointF(size.width() / 2 - (left + right) / 2, size.height() / 2 - y)
    return Camera(scale, rect.center() + shift / scale)


def _slid(
    scene: MapScene, middle: QPointF, rooms: list[QRectF], size: QSizeF, scale: float, obstacles: Sequence[QRectF]
) -> Camera:
    """The camera at a free place, slid towards the middle of the room beside the high panels as far as nothing comes to lie behind one."""
    half = scene.bounds.width() * scale / 2 + MARGIN
    wanted = QPointF(min(max(rooms[-1].center().x(), half), max(size.width() - half, half)), middle.y())
    for step in range(SLIDES):
        camera = _looking(scene.bounds, middle + (wanted - middle) * (1 - step / SLIDES), size, scale)
        if not _collides(scene.occupied, camera, size, obstacles):
            return camera
    return _looking(scene.bounds, middle, size, scale)


def _looking(bounds: QRectF, middle: QPointF, size: QSizeF, scale: float) -> Camera:
    """The camera that puts the map's middle at a viewport point."""
    shift = QPointF(size.width() / 2, size.height() / 2) - middle
    return Camera(scale, bounds.center() + shift / scale)


def _free_rooms(room: QRectF, obstacles: Sequence[QRectF]) -> list[QRectF]:
    """Parts of the viewport without a panel: to the right of them all, and above the low ones to the right of the high ones."""
    if not obstacles:
        return []
    right = max(rect.right() for rect in obstacles)
    high = [rect for rect in obstacles if rect.top() < room.height() / 2]
    low = [rect for rect in obstacles if rect.top() >= room.height() / 2]
    floor = min((rect.top() for rect in low), default=room.bottom())
    high_right = max((rect.right() for rect in high), default=0.0)
    return [QRectF(right, 0, room.width() - right, room.height()), QRectF(high_right, 0, room.width() - high_right, floor)]


def _fit_scale(bounds: QRectF, room: QSizeF) -> float:
    width, height = max(room.width() - 2 * MARGIN, 40.0), max(room.height() - 2 * MARGIN, 40.0)
    return max(min(width / max(bounds.width(), 1.0), height / max(bounds.height(), 1.0), MAX_FIT), MIN_SCALE)


def _places(bounds: QRectF, rooms: list[QRectF], scale: float) -> list[QPointF]:
    """Viewport points for the map's middle, in order of preference: the middles of the free rooms, then the edges of the viewport."""
    whole = rooms[0]
    half = QPointF(bounds.width() * scale / 2, bounds.height() * scale / 2)
    low, high = half + QPointF(MARGIN, MARGIN), whole.bottomRight() - half - QPointF(MARGIN, MARGIN)
    middles = [room.center() for room in (*rooms[1:], whole)]
    wanted = [QPointF(x, y) for x in [*(one.x() for one in middles), high.x()] for y in [*(one.y() for one in middles), low.y()]]
    inside = [(min(max(one.x(), low.x()), max(high.x(), low.x())), min(max(one.y(), low.y()), max(high.y(), low.y()))) for one in wanted]
    return [QPointF(x, y) for x, y in dict.fromkeys(inside)]


def _collides(occupied: Sequence[QRectF], camera: Camera, size: QSizeF, obstacles: Sequence[QRectF]) -> bool:
    origin = camera.to_view(QPointF(0, 0), size)
    blocked = []
    for rect in obstacles:
        top_left = (rect.topLeft() - QPointF(10, 10) - origin) / camera.scale
        bottom_right = (rect.bottomRight() + QPointF(10, 10) - origin) / camera.scale
        blocked.append(QRectF(top_left, bottom_right))
    return any(rect.intersects(block) for block in blocked for rect in occupied)
