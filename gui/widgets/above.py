"""A sentence that stands above a field for as long as it is true."""

from __future__ import annotations

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QFrame, QWidget

from gui.widgets.parts import label, row

GAP = 4


class SentenceAbove(QFrame):
    """Lies over its parent, above the field that it speaks of."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._over = parent
        self.setProperty("kind", "popup")
        self._words = label("secondary")
        inside = row(0, (12, 6, 12, 6))
        inside.addWidget(self._words)
        self.setLayout(inside)
        self.hide()

    def say(self, sentence: str, field: QWidget) -> None:
        """Show a sentence above a field; "" shows nothing."""
        self._words.setText(sentence)
        self.setAccessibleName(sentence)
        self.setVisible(bool(sentence))
        self.adjustSize()
        self.move(field.mapTo(self._over, QPoint(0, -self.height() - GAP)))
        self.raise_()
