"""Small pictures of what only changes its place while the map moves: cards and numbers are painted once and then copied."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from math import ceil

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QImage, QPainter

MARGIN = 3
"""Px around a picture for what reaches over the edge of the thing itself."""
A_FRAME = 8
"""Most pictures that one frame makes; what has none yet is painted as ever."""


@dataclass(frozen=True)
class _Picture:
    """A picture in device pixels, made at a zoom; corner is where the thing's own corner lies in it."""

    image: QImage
    zoom: float
    corner: QPointF


class Pictures:
    """The pictures of one movement."""

    def __init__(self) -> None:
        self._kept: dict[Hashable, _Picture] = {}
        self._left = A_FRAME

    def begin_frame(self) -> None:
        """Some more pictures may be made."""
        self._left = A_FRAME

    def paint(self, painter: QPainter, key: Hashable, rect: QRectF, paint: Callable[[QPainter], None]) -> None:
        """What `paint` paints round a rectangle; the key stands for its look and size. Scales and shifts of the painter only."""
        device = painter.device()
        ratio = device.devicePixelRatio() if device else 1.0
        zoom = painter.worldTransform().m11() * ratio
        kept = self._kept.get(key)
        if kept is None:
            if self._left <= 0:
                paint(painter)
                return
            self._left -= 1
            kept = self._kept[key] = _made(painter.worldTransform().map(rect.topLeft()) * ratio, zoom, rect, paint)
        if kept.zoom == zoom:
            _copy(painter, kept, painter.worldTransform().map(rect.topLeft()) * ratio, ratio)
        else:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(QRectF(rect.topLeft() - kept.corner / kept.zoom, QSizeF(kept.image.size()) / kept.zoom), kept.image)


def _made(corner: QPointF, zoom: float, rect: QRectF, paint: Callable[[QPainter], None]) -> _Picture:
    """The picture with the pixels as they fall where the thing stands now, its corner in device pixels."""
    inside = QPointF(MARGIN + corner.x() % 1, MARGIN + corner.y() % 1)
    size = QSize(ceil(rect.width() * zoom) + 2 * MARGIN + 1, ceil(rect.height() * zoom) + 2 * MARGIN + 1)
    image = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(inside)
    painter.scale(zoom, zoom)
    painter.translate(-rect.topLeft())
    paint(painter)
    painter.end()
    return _Picture(image, zoom, inside)


def _copy(painter: QPainter, kept: _Picture, corner: QPointF, ratio: float) -> None:
    """Pixel for pixel, at the nearest whole pixel."""
    place = corner - kept.corner
    painter.save()
    painter.resetTransform()
    kept.image.setDevicePixelRatio(ratio)
    painter.drawImage(QPointF(round(place.x()) / ratio, round(place.y()) / ratio), kept.image)
    painter.restore()
