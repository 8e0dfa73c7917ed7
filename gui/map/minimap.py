"""The whole map in small, in a corner while only a part of it is in sight: a frame shows which part, and moves it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRect, QRectF, QSizeF, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from gui.map.canvas import MapCanvas
from gui.map.scene import MapScene, segments
from gui.store import Store

MOST, EDGE, INSET = QSizeF(208, 148), 16, 6
MOST_OF_ROOM = 1 / 8
"""Share of the free canvas that it takes at most: where there is little room, it would hide what one looks for."""
SLACK = 1.0
"""Px of the screen that may be out of sight before the map counts as cut off."""


class Minimap(QWidget):
    """Lower right on the map. It follows the canvas by itself; `toggle` is the user's."""

    def __init__(self, store: Store, canvas: MapCanvas, parent: QWidget) -> None:
        super().__init__(parent)
        self._store, self._canvas = store, canvas
        self._picture: tuple[MapScene, QPixmap] | None = None
        self.is_wanted = True
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        bars = canvas.horizontalScrollBar(), canvas.verticalScrollBar()
        for signal in (canvas.zoom_changed, canvas.shown, *(bar.valueChanged for bar in bars)):
            signal.connect(self.follow)
        store.language_changed.connect(self._write)
        canvas.installEventFilter(self)
        self._write()
        self.hide()

    def toggle(self) -> None:
        """Do without the minimap, or have it again."""
        self.is_wanted = not self.is_wanted
        self.follow()

    def follow(self, *_: object) -> None:
        """Stand in the corner while a part of the map is out of sight."""
        scene, canvas = self._canvas.map, self._canvas
        if scene is None or not self.is_wanted or not self._is_cut_off(scene):
            self.hide()
            return
        size = scene.bounds.size().scaled(MOST * canvas.layer.style.scale, Qt.AspectRatioMode.KeepAspectRatio)
        self.resize(round(size.width()) + 2 * INSET, round(size.height()) + 2 * INSET)
        place = self._place(canvas.geometry())
        if place is None:
            self.hide()
            return
        self.move(place)
        self.show()
        self.raise_()
        self.update()

    def _place(self, room: QRect) -> QPoint | None:
        """The lower right corner, or above the panels that lie there; None where other panels leave no room."""
        right = round(room.right() - self._canvas.covered) - EDGE - self.width()
        corner = QRect(QPoint(right, room.bottom() - EDGE - self.height()), self.size())
        below = [panel.toAlignedRect() for panel in self._canvas.obstacles]
        for panel in below:
            if panel.intersects(corner) and panel.top() > room.height() / 2:
                corner.moveBottom(min(corner.bottom(), panel.top() - EDGE // 2))
        left = max((panel.right() for panel in below if panel.top() < room.height() / 2), default=0)
        free = (room.right() - self._canvas.covered - left) * room.height()
        if self.width() * self.height() > MOST_OF_ROOM * free:
            return None
        hidden = corner.left() < EDGE or corner.top() < EDGE or any(panel.intersects(corner) for panel in below)
        return None if hidden else corner.topLeft()

    def _is_cut_off(self, scene: MapScene) -> bool:
        slack = SLACK / self._canvas.camera.scale
        return not self.seen().adjusted(-slack, -slack, slack, slack).contains(scene.bounds)

    def seen(self) -> QRectF:
        """The part of the map that is in sight beside what covers the canvas's right side."""
        camera = self._canvas.camera
        return camera.visible(QSizeF(self._canvas.viewport().size())).adjusted(0, 0, -self._canvas.covered / camera.scale, 0)

    # ---- pointer -------------------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Look at the place under the pointer."""
        self._look(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Look where the pointer drags the frame."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._look(event.position())

    def _look(self, point: QPointF) -> None:
        scene = self._canvas.map
        if scene is not None:
            shift = QPointF(self._canvas.covered / 2 / self._canvas.camera.scale, 0)
            self._canvas.look_at((point - QPointF(INSET, INSET)) / self._scale(scene) + scene.bounds.topLeft() + shift)

    # ---- looks ---------------------------------------------------------------------------------------------------------------

    def _scale(self, scene: MapScene) -> float:
        return (self.width() - 2 * INSET) / max(scene.bounds.width(), 1.0)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The map's shapes, and a frame round what is in sight."""
        scene, style = self._canvas.map, self._canvas.layer.style
        if scene is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(style.colour("line_strong"), 1))
        painter.setBrush(style.colour("surface"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
        painter.drawPixmap(QPointF(0, 0), self._drawn(scene))
        seen, scale = self.seen().intersected(scene.bounds), self._scale(scene)
        frame = QRectF((seen.topLeft() - scene.bounds.topLeft()) * scale + QPointF(INSET, INSET), seen.size() * scale)
        wash = style.colour("accent")
        wash.setAlphaF(0.12)
        painter.setPen(QPen(style.colour("accent"), 2))
        painter.setBrush(wash)
        painter.drawRoundedRect(frame, 3, 3)
        painter.end()

    def _drawn(self, scene: MapScene) -> QPixmap:
        """Cards and lines without texts, painted once for each map and size."""
        ratio = self.devicePixelRatioF()
        size = self.size() * ratio
        if self._picture is not None and self._picture[0] is scene and self._picture[1].size() == size:
            return self._picture[1]
        style, picture = self._canvas.layer.style, QPixmap(size)
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        scale = self._scale(scene)
        painter.translate(INSET, INSET)
        painter.scale(scale, scale)
        painter.translate(-scene.bounds.topLeft())
        painter.setPen(QPen(style.colour("card_border"), 0.75 / scale))
        for lane in scene.lanes:
            for x, y, to_x, to_y in segments(lane.points):
                painter.drawLine(QPointF(x, y), QPointF(to_x, to_y))
        painter.setPen(Qt.PenStyle.NoPen)
        for card in scene.cards:
            painter.setBrush(style.colour("ink_2" if card.spine else "ink_3"))
            painter.drawRect(card.rect)
        painter.end()
        self._picture = scene, picture
        return picture

    def _write(self) -> None:
        texts = self._store.texts
        self.setAccessibleName(texts("The whole map in small"))
        self.setToolTip(texts("Click or drag to look at another part of the map. Ctrl+M takes this away."))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep to the corner of the canvas."""
        if event.type() == QEvent.Type.Resize:
            self.follow()
        return super().eventFilter(watched, event)
