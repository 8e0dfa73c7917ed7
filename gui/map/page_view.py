"""A page as it will be written, to be read before it is: the whole of it, or as close as one likes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from engine.errors import N_
from gui.map.background import Background
from gui.store import Store
from gui.theme import dimensions
from gui.widgets.parts import icon_button, label, row, set_icon

READABLE = 0.5
"""A page that would be smaller than this as a whole is shown from its upper left corner at 100 %."""
LARGEST, CLOSER = 2.0, 1.25
ARROW_PX = 48


class PageView(QAbstractScrollArea):
    """Draws one page; + − 0, the wheel with Ctrl and the buttons of `PageZoom` zoom, arrows, wheel and mouse move it."""

    zoomed = Signal(float)

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._background = Background(self)
        self._draw: Callable[[float], QImage] | None = None
        self._page = QSizeF(1, 1)
        self._picture: QImage | None = None
        self._words, self._drawing = "", 0.0
        self._held: QPointF | None = None
        self.scale = 1.0
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    @property
    def is_drawn(self) -> bool:
        """Whether the page is seen as it is at this zoom."""
        return self._picture is not None and self._drawing == 0.0

    @property
    def whole(self) -> float:
        """The zoom at which all of the page is seen."""
        room = self.maximumViewportSize()
        return min(room.width() / self._page.width(), room.height() / self._page.height(), 1.0)

    def say(self, words: str) -> None:
        """Show a sentence where the page will stand."""
        self._words = words
        self.viewport().update()

    def show_page(self, size: QSizeF, draw: Callable[[float], QImage]) -> None:
        """Show a page of so many px at 100 %; `draw` makes its picture of so many image pixels per px, on a thread."""
        self._page, self._draw, self._picture = size, draw, None
        self._take_scale(self.whole if self.whole >= READABLE else 1.0)

    def stop(self) -> None:
        """Draw no more (closing)."""
        self._draw = None
        self._background.wait()

    # ---- zoom ----------------------------------------------------------------------------------------------------------------

    def zoom_by(self, factor: float, at: QPointF | None = None) -> None:
        """Come closer or go away around a point of the view, or its middle."""
        if self._draw is None:
            return
        at = at if at is not None else QRectF(self.viewport().rect()).center()
        on_page = (at - self._corner()) / self.scale
        self._take_scale(min(max(self.scale * factor, self.whole), LARGEST))
        moved = on_page * self.scale + self._corner() - at
        for bar, by in ((self.horizontalScrollBar(), moved.x()), (self.verticalScrollBar(), moved.y())):
            bar.setValue(bar.value() + round(by))

    def show_whole(self) -> None:
        """The whole page."""
        self._take_scale(self.whole)

    def _take_scale(self, scale: float) -> None:
        self.scale = scale
        room, page = self.maximumViewportSize(), (self._page * scale).toSize()
        beside, below = self.verticalScrollBar().sizeHint().width(), self.horizontalScrollBar().sizeHint().height()
        is_tall = page.height() > room.height() - (below if page.width() > room.width() else 0)
        is_wide = page.width() > room.width() - (beside if is_tall else 0)
        across = self.horizontalScrollBar(), room.width() - (beside if is_tall else 0), page.width()
        down = self.verticalScrollBar(), room.height() - (below if is_wide else 0), page.height()
        for bar, seen, long in (across, down):
            bar.setRange(0, max(0, long - seen))
            bar.setPageStep(seen)
            bar.setSingleStep(ARROW_PX)
        self.zoomed.emit(scale)
        self.viewport().setCursor(Qt.CursorShape.OpenHandCursor if self._is_larger() else Qt.CursorShape.ArrowCursor)
        self._render()

    def _is_larger(self) -> bool:
        return bool(self.horizontalScrollBar().maximum() or self.verticalScrollBar().maximum())

    def _render(self) -> None:
        """Draw the page for this zoom, when no other drawing is under way."""
        self.viewport().update()
        draw = self._draw
        if draw is not None and not self._drawing:
            factor = self._drawing = self.scale * self.devicePixelRatioF()
            self._background.run(lambda: draw(factor), self._take_picture)

    def _take_picture(self, picture: Any) -> None:
        drawn_for, self._drawing = self._drawing, 0.0
        if isinstance(picture, QImage):
            self._picture = picture
            if drawn_for != self.scale * self.devicePixelRatioF():
                self._render()
        else:
            self._draw = None
            self._words = self._store.texts("No preview")
        self.viewport().update()

    # ---- what is seen --------------------------------------------------------------------------------------------------------

    def _corner(self) -> QPointF:
        """Where the page's upper left corner stands in the view."""
        room, page = QSizeF(self.viewport().size()), self._page * self.scale
        x, y = (room.width() - page.width()) / 2, (room.height() - page.height()) / 2
        return QPointF(round(max(x, 0)) - self.horizontalScrollBar().value(), round(max(y, 0)) - self.verticalScrollBar().value())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what is in sight of the page, with a line around it."""
        painter, tokens = QPainter(self.viewport()), self._store.tokens
        if self._picture is None:
            painter.setPen(QColor(tokens.ink_2))
            painter.drawText(self.viewport().rect(), int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap), self._words)
            return
        page = QRectF(self._corner(), self._page * self.scale)
        seen = page.intersected(QRectF(event.rect()))
        pixels = self._picture.width() / page.width()
        source = QRectF((seen.topLeft() - page.topLeft()) * pixels, seen.size() * pixels)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, not self.is_drawn)
        painter.drawImage(seen, self._picture, source)
        painter.setPen(QPen(QColor(tokens.line), 1))
        painter.drawRect(page.adjusted(0.5, 0.5, -0.5, -0.5))

    # ---- hands ---------------------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """+ − 0 zoom, arrows move."""
        keys = Qt.Key
        zooms = {keys.Key_Plus: CLOSER, keys.Key_Equal: CLOSER, keys.Key_Minus: 1 / CLOSER}
        key = keys(event.key())
        if key in zooms:
            self.zoom_by(zooms[key])
        elif key == keys.Key_0:
            self.show_whole()
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Move, or with Ctrl zoom around the pointer."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom_by(CLOSER ** (event.angleDelta().y() / 120), event.position())
        else:
            super().wheelEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the page."""
        if event.button() == Qt.MouseButton.LeftButton and self._is_larger():
            self._held = event.position()
            self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The page goes with the hand."""
        if self._held is None:
            return
        moved, self._held = event.position() - self._held, event.position()
        for bar, by in ((self.horizontalScrollBar(), moved.x()), (self.verticalScrollBar(), moved.y())):
            bar.setValue(bar.value() - round(by))

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """Let go of it."""
        if self._held is not None:
            self._held = None
            self.viewport().setCursor(Qt.CursorShape.OpenHandCursor)


class PageZoom(QWidget):
    """The buttons of a page: farther, per cent, closer, the whole of it."""

    def __init__(self, store: Store, page: PageView) -> None:
        super().__init__()
        self.farther, self.closer, self.whole = (icon_button() for _ in range(3))
        self.percent = label("small")
        self.percent.setAlignment(Qt.AlignmentFlag.AlignCenter)
        layout = row(4)
        size, texts = dimensions(store.appearance).icon_bar, store.texts
        named = (
            (self.farther, "minus", N_("Zoom out (−)")),
            (self.closer, "plus", N_("Zoom in (+)")),
            (self.whole, "maximize", N_("Show the whole page (0)")),
        )
        for target, sign, words in named:
            set_icon(target, sign, store.tokens.ink_2, size)
            target.setToolTip(texts(words))
            target.setAccessibleName(texts(words))
        for widget in (self.farther, self.percent, self.closer, self.whole):
            layout.addWidget(widget)
        self.setLayout(layout)
        self.percent.setMinimumWidth(self.percent.fontMetrics().horizontalAdvance(texts.percent(1.0)) * 3 // 2)
        self.farther.clicked.connect(lambda: page.zoom_by(1 / CLOSER))
        self.closer.clicked.connect(lambda: page.zoom_by(CLOSER))
        self.whole.clicked.connect(page.show_whole)
        page.zoomed.connect(lambda scale: self.percent.setText(texts.percent(round(scale, 2))))
