"""Events or steps below each other on a thin line, with a time left of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from gui.store import Store
from gui.theme import font


@dataclass(frozen=True)
class Entry:
    """One line of the timeline: what stands left, the text, and whether it stands out."""

    left: str
    text: str
    strong: bool = False


class Timeline(QWidget):
    """A drawn list; its height follows its entries."""

    def __init__(self, store: Store) -> None:
        super().__init__()
        self._store = store
        self._entries: tuple[Entry, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_entries(self, entries: Sequence[Entry]) -> None:
        """Show ready texts."""
        self._entries = tuple(entries)
        self.setAccessibleName("\n".join(f"{entry.left} {entry.text}" for entry in entries))
        self.updateGeometry()
        self.update()

    @property
    def entries(self) -> tuple[Entry, ...]:
        """What is shown."""
        return self._entries

    def _row(self) -> int:
        return 26 if self._store.appearance.value == "light" else 36

    def sizeHint(self) -> QSize:
        """One row per entry."""
        return QSize(200, self._row() * len(self._entries))

    def minimumSizeHint(self) -> QSize:
        """As high as the hint."""
        return self.sizeHint()

    def event(self, event: QEvent) -> bool:
        """Show the whole text of the entry under the mouse."""
        if isinstance(event, QHelpEvent):
            i = event.pos().y() // self._row()
            if 0 <= i < len(self._entries):
                QToolTip.showText(event.globalPos(), self._entries[i].text, self)
                return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the rows in sight."""
        tokens, appearance, row = self._store.tokens, self._store.appearance, self._row()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        small = font("small", appearance)
        painter.setFont(small)
        metrics = painter.fontMetrics()
        left = max((metrics.horizontalAdvance(entry.left) for entry in self._entries), default=0)
        left = min(left, self.width() // 2)
        x = left + 14
        first, last = event.rect().top() // row, event.rect().bottom() // row
        painter.setPen(QPen(QColor(tokens.card_border), 1.5))
        if self._entries:
            painter.drawLine(x, row // 2, x, row * len(self._entries) - row // 2)
        for i in range(max(0, first), min(len(self._entries), last + 1)):
            entry, top = self._entries[i], i * row
            painter.setPen(QColor(tokens.ink_2))
            painter.setFont(small)
            area = QRectF(0, top, left, row)
            painter.drawText(area, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, entry.left)
            painter.setPen(QPen(QColor(tokens.accent if entry.strong else tokens.line_strong), 1.6))
            painter.setBrush(QColor(tokens.accent if entry.strong else tokens.surface))
            painter.drawEllipse(QRectF(x - 3.5, top + row / 2 - 3.5, 7, 7))
            painter.setFont(font("body_strong" if entry.strong else "body", appearance))
            painter.setPen(QColor(tokens.accent if entry.strong else tokens.ink))
            room = self.width() - x - 14
            shown = painter.fontMetrics().elidedText(entry.text, Qt.TextElideMode.ElideRight, room)
            painter.drawText(QRectF(x + 14, top, room, row), Qt.AlignmentFlag.AlignVCenter, shown)
