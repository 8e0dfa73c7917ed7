"""A widget that follows the store: it re-texts itself when the language changes and restyles itself when the appearance does."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from gui.store import Store
from gui.theme import Dimensions, dimensions
from gui.turns import Rank


class Panel(QWidget):
    """Base of everything in the window that shows texts. Subclasses write `retranslate` and `restyle`, and call `ready` when built."""

    def __init__(self, store: Store, kind: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.store = store
        if kind:
            self.setProperty("kind", kind)
            self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)

    def ready(self) -> None:
        """Show texts and styles for the first time and follow the store from now on."""
        self.restyle()
        self.retranslate()
        self.store.language_changed.connect(self._on_language)
        self.store.appearance_changed.connect(self._on_appearance)

    @property
    def sizes(self) -> Dimensions:
        """The sizes of the appearance in force."""
        return dimensions(self.store.appearance)

    def retranslate(self) -> None:
        """Write every text anew in the language in force."""

    def restyle(self) -> None:
        """Take colours, icons and sizes from the appearance in force."""

    def _on_language(self) -> None:
        """What is seen speaks the new language at once, what is hidden a little later."""
        if self.isVisible():
            self.retranslate()
        else:
            self.store.turns.add(Rank.HIDDEN, self, self.retranslate)

    def _on_appearance(self) -> None:
        self.store.turns.add(Rank.SEEN if self.isVisible() else Rank.HIDDEN, self, self._take_appearance)

    def _take_appearance(self) -> None:
        self.restyle()
        self.retranslate()
        self.update()
