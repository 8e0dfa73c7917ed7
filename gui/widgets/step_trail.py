"""The steps of a wizard as a row of discs: done, now, later."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.store import Store
from gui.theme import font, pixmap

DISC, ROOM_DISC = 24, 32
"""Px across at the desk and in a room that looks on."""
NEAR, FAR = 8, 20
"""Px between a disc and its name, and between two steps."""


class StepTrail(QWidget):
    """Which step of several it is; the steps are not pressed, they are told."""

    def __init__(self, store: Store, names: tuple[str, ...]) -> None:
        super().__init__()
        self._store, self._names, self._now = store, names, 0
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.show_step(0)

    @property
    def now(self) -> int:
        """The step that is under way."""
        return self._now

    def show_step(self, number: int) -> None:
        """Turn to a step."""
        self._now = number
        texts = self._store.texts
        self.setAccessibleName(texts("Step {number} of {all}: {name}", number=number + 1, all=len(self._names), name=self._names[number]))
        self.update()

    @property
    def _disc(self) -> int:
        return ROOM_DISC if self._store.appearance.is_large else DISC

    def sizeHint(self) -> QSize:
        """Every name in full, in its bolder form."""
        metrics = QFontMetricsF(font("body_strong", self._store.appearance))
        names = sum(metrics.horizontalAdvance(name) for name in self._names)
        return QSize(int(names + len(self._names) * (self._disc + NEAR + FAR) - FAR) + 1, max(self._disc, int(metrics.height())) + 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Discs and names from left to right."""
        tokens, look, disc = self._store.tokens, self._store.appearance, self._disc
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        widths = QFontMetricsF(font("body_strong", look))
        left = 0.0
        for number, name in enumerate(self._names):
            circle = QRectF(left + 1, (self.height() - disc) / 2 + 1, disc - 2, disc - 2)
            later = number > self._now
            painter.setPen(QPen(QColor(tokens.line_strong if later else tokens.accent), 1.5))
            painter.setBrush(QColor(tokens.surface if later else tokens.accent))
            painter.drawEllipse(circle)
            if number < self._now:
                icon = pixmap("check", tokens.on_accent, disc - 10, self.devicePixelRatioF())
                painter.drawPixmap(round(circle.center().x() - (disc - 10) / 2), round(circle.center().y() - (disc - 10) / 2), icon)
            else:
                painter.setPen(QColor(tokens.ink_2 if later else tokens.on_accent))
                painter.setFont(font("body_strong", look))
                painter.drawText(circle, Qt.AlignmentFlag.AlignCenter, str(number + 1))
            painter.setPen(QColor(tokens.ink if number == self._now else tokens.ink_2))
            painter.setFont(font("body_strong" if number == self._now else "body", look))
            place = QRectF(left + disc + NEAR, 0, widths.horizontalAdvance(name) + 2, self.height())
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, name)
            left += disc + NEAR + widths.horizontalAdvance(name) + FAR
        painter.end()
