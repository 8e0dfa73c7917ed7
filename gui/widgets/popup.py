"""Frameless popups with the one elevation there is: a 1 px border and a flat 4 px band below."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from gui.store import Store
from gui.widgets.parts import column, label

BAND = 4
RADIUS = 10


class Popup(QFrame):
    """A popup that closes with Esc or a click outside."""

    def __init__(self, store: Store, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint | Qt.WindowType.NoDropShadowWindowHint)
        self.store = store
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self.body = column(0, (0, 0, 0, BAND))
        self.setLayout(self.body)

    @property
    def content(self) -> QVBoxLayout:
        """Where the popup's widgets stand."""
        return self.body

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes."""
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw band, surface and border."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5 - BAND)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(0, 0, 0, 20))
        painter.drawRoundedRect(area.translated(0, BAND), RADIUS, RADIUS)
        painter.setPen(QPen(QColor(self.store.tokens.line_strong), 1))
        painter.setBrush(QColor(self.store.tokens.popup))
        painter.drawRoundedRect(area, RADIUS, RADIUS)


class Definition(Popup):
    """What a number means: its name, its definition, n, what was left out and the clock used."""

    def __init__(self, store: Store, parent: QWidget, title: str, lines: list[str]) -> None:
        super().__init__(store, parent)
        inner = column(6, (16, 14, 16, 14))
        inner.addWidget(label("card_title", title, wrap=True))
        for line in lines:
            shown = label("small", line, wrap=True)
            shown.setFixedWidth(300)
            inner.addWidget(shown)
        self.content.addLayout(inner)
        self.setAccessibleName(". ".join((title, *lines)))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

    def show_below(self, widget: QWidget) -> None:
        """Stand below a widget, inside the screen."""
        self.adjustSize()
        corner = widget.mapToGlobal(QPoint(0, widget.height() + 6))
        screen = widget.screen().availableGeometry()
        corner.setX(max(screen.left() + 4, min(corner.x(), screen.right() - self.width() - 4)))
        if corner.y() + self.height() > screen.bottom():
            corner.setY(widget.mapToGlobal(QPoint(0, -self.height() - 6)).y())
        self.move(corner)
        self.show()
