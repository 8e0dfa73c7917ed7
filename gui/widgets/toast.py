"""A short message near the foot of the page, clear of what stands there, with at most one action; gone after six seconds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, runtime_checkable

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QHideEvent, QPainter, QPaintEvent, QRegion
from PySide6.QtWidgets import QWidget

from gui.store import Store
from gui.theme import Appearance, dimensions, font_px
from gui.widgets.parts import button, label, row
from gui.widgets.popup import BAND

STAYS_MS = 6000
HEIGHT = 40
MAX_WIDTH = 480
"""In the light appearance; as many times more as its type is larger."""
AIR = 16
CLEAR, STRIDE = 6, 16
"""Px kept around what is not to be hidden, and between two places that are tried."""
NARROWER = 1.0, 0.7, 0.5, 0.4
"""Shares of the greatest width that are tried one after the other: where a long line hides something, a few short ones may not."""


@runtime_checkable
class Picture(Protocol):
    """A part of a page that knows what on it is to stay in sight."""

    def places_in_use(self) -> list[QRectF]:
        """Where something stands, in the part's own coordinates."""
        ...


class Toast(QWidget):
    """The one toast of a window; a new message takes the old one's place. `over` says which part of the page's middle it takes."""

    def __init__(self, store: Store, page: QWidget, over: Callable[[], QWidget] | None = None) -> None:
        super().__init__(page)
        self._store = store
        self._page = page
        self._over = over or (lambda: page)
        self._action: Callable[[], None] | None = None
        self._text = label("body")
        self._button = button("text")
        self._button.clicked.connect(self._on_clicked)
        layout = row(20, (16, 0, 16, BAND))
        layout.addWidget(self._text)
        layout.addWidget(self._button)
        self.setLayout(layout)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(STAYS_MS)
        self._timer.timeout.connect(self._on_timeout)
        page.installEventFilter(self)
        self.hide()

    def say(self, text: str, action: str = "", on_action: Callable[[], None] | None = None) -> None:
        """Show a ready sentence and, when given, one action."""
        self._action = on_action
        tokens = self._store.tokens
        self._text.setStyleSheet(f"color: {tokens.surface};")
        self._button.setStyleSheet(f"color: {tokens.accent_soft}; font-weight: 600;")
        self._text.setText(text)
        self._button.setText(action)
        self._button.setVisible(bool(action))
        self.setAccessibleName(text)
        self._place()
        self.show()
        self.raise_()
        self._timer.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay at the bottom centre of the page."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return False

    def hideEvent(self, event: QHideEvent) -> None:
        """Out of sight, nothing is waited for; what was said does not come back with the page."""
        self._timer.stop()
        if not self.isHidden():
            self.hide()
        super().hideEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw band and ink."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        area = QRectF(self.rect()).adjusted(0, 0, 0, -BAND)
        painter.setBrush(QColor(0, 0, 0, 20))
        painter.drawRoundedRect(area.translated(0, BAND), 8, 8)
        painter.setBrush(QColor(self._store.tokens.ink))
        painter.drawRoundedRect(area, 8, 8)

    def _place(self) -> None:
        appearance = self._store.appearance
        widest = round(MAX_WIDTH * font_px("body", appearance) / font_px("body", Appearance.LIGHT))
        room = self._room()
        if room is not None:
            sizes_tried = (self._size_within(round(widest * share)) for share in NARROWER)
            free = next((place for size in sizes_tried if (place := clear_place(size, *room)) is not None), None)
            if free is not None:
                self.setGeometry(free)
                return
        size, sizes = self._size_within(widest), dimensions(appearance)
        foot = sizes.strip + sizes.control + 3 * AIR
        self.setGeometry(QRect(QPoint(max(self._middle() - size.width() // 2, 0), self._page.height() - size.height() - foot), size))

    def _size_within(self, widest: int) -> QSize:
        """As large as the words need, on one line or on as many as the width asks for."""
        self._text.setWordWrap(False)
        wanted = max(self.sizeHint().width(), 160)
        width = min(widest, wanted, self._page.width() - 32)
        self._text.setWordWrap(wanted > width)
        words = self.heightForWidth(width) - BAND if wanted > width else self._text.fontMetrics().height()
        return QSize(width, max(HEIGHT, dimensions(self._store.appearance).control, words + 16) + BAND)

    def _middle(self) -> int:
        """The page's x below whose middle part the toast stands."""
        over = self._over()
        return self._page.width() // 2 if over is self._page else over.mapTo(self._page, over.rect().center()).x()

    def _room(self) -> tuple[QRect, QRegion] | None:
        """The picture on the page, and what on it is to stay in sight; None without a picture."""
        part = next((part for part in self._page.findChildren(QWidget) if part.isVisible() and isinstance(part, Picture)), None)
        if part is None:
            return None
        corner, used = part.mapTo(self._page, QPoint(0, 0)), QRegion()
        for place in part.places_in_use():
            used += place.toAlignedRect().translated(corner).adjusted(-CLEAR, -CLEAR, CLEAR, CLEAR)
        return QRect(corner, part.size()).adjusted(AIR, AIR, -AIR, -AIR), used

    def _on_clicked(self) -> None:
        self.hide()
        if self._action is not None:
            self._action()

    def _on_timeout(self) -> None:
        if self.underMouse() or self._button.hasFocus():
            self._timer.start()
        else:
            self.hide()


def clear_place(size: QSize, area: QRect, used: QRegion, highest: bool = False) -> QRect | None:
    """The lowest (or highest) place in an area where nothing is hidden, nearest to the middle; None where there is no such place."""
    middle = area.center().x() - size.width() // 2
    across = sorted(range(area.left(), area.right() - size.width() + 1, STRIDE), key=lambda x: abs(x - middle))
    low, top = area.bottom() - size.height() + 1, area.top()
    down = range(top, low, STRIDE) if highest else range(low, top, -STRIDE)
    tried = (QRect(QPoint(x, y), size) for y in down for x in across)
    return next((free for free in tried if not used.intersects(free)), None)
