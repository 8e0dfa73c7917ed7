"""One number that matters, with its name below and its definition on hover and F1."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame

from gui.widgets.definition import explain
from gui.widgets.parts import column, label


class KeyFigure(QFrame):
    """A card with a number; it can be reached with Tab, so that F1 can explain it."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._number = label("key_figure", "–")
        self._name = label("small")
        layout = column(0, (20, 12, 20, 12))
        layout.addWidget(self._number)
        layout.addWidget(self._name)
        self.setLayout(layout)

    def show_figure(self, number: str, name: str, definition: list[str]) -> None:
        """Show ready texts."""
        self._number.setText(number)
        self._name.setText(name)
        self.setAccessibleName(f"{name}: {number}")
        explain(self, name, definition)
