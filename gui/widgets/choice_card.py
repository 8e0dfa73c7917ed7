"""A card that is a button: icon, title, one line below, one word at the right."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from gui.store import Store
from gui.theme import dimensions, font
from gui.widgets.parts import picture


class ChoiceCard(QAbstractButton):
    """One recent project, or the demo."""

    def __init__(self, store: Store, icon_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._icon = icon_name
        self._line = ""
        self._right = ""
        self._chosen = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def show_texts(self, title: str, line: str, right: str = "") -> None:
        """Show ready texts."""
        self.setText(title)
        self._line, self._right = line, right
        self.setAccessibleName(", ".join(part for part in (title, line, right) if part))
        self.setToolTip(line)
        self.update()

    def set_chosen(self, chosen: bool) -> None:
        """Mark the card as the chosen one."""
        self._chosen = chosen
        self.update()

    def sizeHint(self) -> QSize:
        """Two lines and air."""
        return QSize(320, self._height())

    def minimumSizeHint(self) -> QSize:
        """Narrower is possible, lower is not."""
        return QSize(180, self._height())

    def _height(self) -> int:
        return 80 if self._store.appearance.is_large else 64

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw card, icon and texts."""
        tokens, appearance = self._store.tokens, self._store.appearance
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        active = self._chosen or self.isDown()
        painter.setPen(QPen(QColor(tokens.accent if active else tokens.line_strong if self.underMouse() else tokens.line), 1))
        painter.setBrush(QColor(tokens.accent_soft if active else tokens.surface))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 10, 10)
        left = 16
        if self._icon:
            size = dimensions(appearance).icon_rail
            sign = picture(self, self._icon, tokens.accent if active else tokens.ink_2, size)
            painter.drawPixmap(left, (self.height() - size) // 2, sign)
            left += size + 16
        painter.setFont(font("small", appearance))
        small = painter.fontMetrics()
        right_width = small.horizontalAdvance(self._right)
        painter.setPen(QColor(tokens.ink_2))
        painter.drawText(self.rect().adjusted(0, 0, -16, 0), Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, self._right)
        room = self.width() - left - 16 - (right_width + 16 if self._right else 0)
        line = small.elidedText(self._line, Qt.TextElideMode.ElideMiddle, room)
        painter.drawText(left, self.height() // 2 + small.ascent() + 2, line)
        painter.setFont(font("body_strong", appearance))
        strong = painter.fontMetrics()
        painter.setPen(QColor(tokens.ink))
        title = strong.elidedText(self.text(), Qt.TextElideMode.ElideRight, room)
        painter.drawText(left, self.height() // 2 - strong.descent(), title)
