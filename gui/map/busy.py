"""What lies over the map while a newer one is being calculated, or when that failed: one line, its progress, and one button."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QFrame, QProgressBar, QWidget

from gui.store import Store
from gui.widgets.panel import Panel
from gui.widgets.parts import button, icon_label, label, row, set_picture


class MapNotice(Panel):
    """Upper middle on the map; the old map stays in sight below it."""

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(store, "", parent)
        self._act: Callable[[], None] | None = None
        self._icon_name, self._is_error = "hourglass", False
        self._icon = icon_label("hourglass", store.tokens.ink_2, 16)
        self.words = label("body")
        self.bar = QProgressBar()
        self.bar.setFixedWidth(120)
        self.bar.setTextVisible(False)
        self.action = button("text")
        self.action.clicked.connect(self._on_action)
        self._card = QFrame()
        inner = row(12, (16, 10, 16, 10))
        for widget in (self._icon, self.words, self.bar, self.action):
            inner.addWidget(widget)
        self._card.setLayout(inner)
        layout = row()
        layout.addWidget(self._card)
        self.setLayout(layout)
        self.ready()

    def show_progress(self, words: str, fraction: float | None, stop: Callable[[], None]) -> None:
        """Say what is being done and how far it is (0..1, None unknown), with Stop."""
        self.bar.setVisible(True)
        self.bar.setRange(0, 0 if fraction is None else 1000)
        if fraction is not None:
            self.bar.setValue(round(fraction * 1000))
        self._show("hourglass", "popup", words, self.store.texts("Stop"), stop)

    def show_problem(self, words: str, action: str, act: Callable[[], None]) -> None:
        """Say what went wrong, with the one thing to do about it."""
        self.bar.setVisible(False)
        self._show("diamond-alert", "error", words, action, act)

    def _show(self, icon: str, kind: str, words: str, action: str, act: Callable[[], None]) -> None:
        self._icon_name, self._is_error, self._act = icon, kind == "error", act
        self.restyle()
        if self._card.property("kind") != kind:
            self._card.setProperty("kind", kind)
            self._card.style().unpolish(self._card)
            self._card.style().polish(self._card)
        self.words.setText(words)
        self.action.setText(action)
        inner = self._card.layout()
        if inner is not None:
            inner.activate()
        self.adjustSize()
        self.show()
        self.raise_()

    def restyle(self) -> None:
        """Take the icon's colour and size."""
        tokens = self.store.tokens
        set_picture(self._icon, self._icon_name, tokens.breached if self._is_error else tokens.ink_2, self.sizes.icon_text)

    def _on_action(self) -> None:
        if self._act is not None:
            self._act()
