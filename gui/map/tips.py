"""Where the tool tip of a step or path stands: beside it, and over as little as possible of what has just been made to stand out."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QToolTip

from gui.map.camera import Camera
from gui.map.layer import StandOut
from gui.map.scene import MapScene

GAP = 12
FRAME = QSize(20, 16)
"""Border and padding of a tool tip."""
QT_SHIFT = QPoint(2, 16)
"""Qt puts a tool tip so far right of and below the point that it is given."""


def tip_size(words: str) -> QSize:
    """How large a tool tip with these words is."""
    return QFontMetrics(QToolTip.font()).boundingRect(0, 0, 4000, 4000, int(Qt.AlignmentFlag.AlignLeft), words).size() + FRAME


def tip_place(words: str, near: QRectF, kept: Sequence[QRectF], room: QSize) -> QPoint:
    """The upper left corner of a tip beside `near`, inside the room where it can be, over as little of `kept` as can be (viewport px)."""
    size = QSizeF(tip_size(words))
    w, h, middle = size.width(), size.height(), near.center()
    lefts = (near.right() + GAP, near.left() - GAP - w, middle.x() - w / 2)
    tops = (middle.y() - h / 2, near.bottom() + GAP, near.top() - GAP - h)
    places = [(lefts[0], tops[0]), (lefts[1], tops[0]), *((x, y) for y in tops[1:] for x in lefts)]
    corners = [(GAP, GAP), (room.width() - w - GAP, GAP), (GAP, room.height() - h - GAP), (room.width() - w - GAP, room.height() - h - GAP)]
    inside = [QRectF(QPointF(x, y), size) for x, y in (*places, *corners)]
    within = [rect for rect in inside if QRectF(0, 0, room.width(), room.height()).contains(rect)] or inside
    return min(within, key=lambda rect: _covered(rect, [near, *kept])).topLeft().toPoint()


def standing_rects(scene: MapScene, standing: StandOut, camera: Camera, size: QSizeF) -> list[QRectF]:
    """Cards, lines and numbers that stand out, in viewport px."""
    rects = [scene.card_by_step[step].rect for step in standing.steps if step in scene.card_by_step]
    rects += [piece for key in standing.paths if key in scene.lane_by_key for piece in scene.lane_by_key[key].pieces()]
    return [QRectF(camera.to_view(rect.topLeft(), size), rect.size() * camera.scale) for rect in rects]


def _covered(rect: QRectF, kept: Sequence[QRectF]) -> float:
    shared = (rect.intersected(one) for one in kept)
    return sum(one.width() * one.height() for one in shared if not one.isEmpty())
