"""Horizontal bars with a name left and a number right."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from gui.store import Store
from gui.theme import font


@dataclass(frozen=True)
class Bar:
    """One bar: ready texts, and the length as a number."""

    name: str
    length: float
    number: str
    hint: str


class Bars(QWidget):
    """A drawn list of bars on one scale."""

    def __init__(self, store: Store) -> None:
        super().__init__()
        self._store = store
        self._bars: tuple[Bar, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_bars(self, bars: Iterable[Bar]) -> None:
        """Show bars."""
        self._bars = tuple(bars)
        self.setAccessibleName("\n".join(bar.hint for bar in self._bars))
        self.updateGeometry()
        self.update()

    def _row(self) -> int:
        return 32 if self._store.appearance.is_large else 22

    def sizeHint(self) -> QSize:
        """One row per bar."""
        return QSize(260, self._row() * len(self._bars))

    def minimumSizeHint(self) -> QSize:
        """As high as the hint."""
        return QSize(160, self._row() * len(self._bars))

    def event(self, event: QEvent) -> bool:
        """Explain the bar under the mouse."""
        if isinstance(event, QHelpEvent):
            i = event.pos().y() // self._row()
            if 0 <= i < len(self._bars):
                QToolTip.showText(event.globalPos(), self._bars[i].hint, self)
                return True
        return super().event(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw names, bars and numbers."""
        tokens, appearance, row = self._store.tokens, self._store.appearance, self._row()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        small, strong = font("small", appearance), font("small_strong", appearance)
        painter.setFont(strong)
        numbers = max((painter.fontMetrics().horizontalAdvance(bar.number) for bar in self._bars), default=0) + 12
        painter.setFont(small)
        metrics = painter.fontMetrics()
        names = min(max((metrics.horizontalAdvance(bar.name) for bar in self._bars), default=0) + 4, int(self.width() * 0.55))
        room = max(20, self.width() - names - numbers - 12)
        longest = max((bar.length for bar in self._bars), default=0) or 1
        for i, bar in enumerate(self._bars):
            top = i * row
            painter.setFont(small)
            painter.setPen(QColor(tokens.ink))
            shown = metrics.elidedText(bar.name, Qt.TextElideMode.ElideRight, names)
            painter.drawText(QRectF(0, top, names, row), Qt.AlignmentFlag.AlignVCenter, shown)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.data_quiet))
            length = max(2.0, room * bar.length / longest)
            painter.drawRoundedRect(QRectF(names + 12, top + row * 0.26, length, row * 0.48), 2, 2)
            painter.setFont(strong)
            painter.setPen(QColor(tokens.ink))
            area = QRectF(self.width() - numbers, top, numbers, row)
            painter.drawText(area, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, bar.number)
