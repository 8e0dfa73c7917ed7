"""Puts the style sheet on the parts of the window one by one: on the whole application at once it would stop the window."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from gui.store import Store
from gui.theme import style_sheet
from gui.turns import Rank


class Dress(QObject):
    """Keeps one part of the window, and every menu, tooltip and popup that belongs to it, in the appearance in force.

    It never holds on to its wearer: the last hold let go by a child in mid-destruction would delete the wearer twice.
    """

    def __init__(self, wearer: QWidget, store: Store, *, later: bool = False) -> None:
        super().__init__(wearer)
        self._store = store
        store.appearance_changed.connect(self._change)
        if later:
            self._change()
        else:
            self._put_on()

    def _change(self) -> None:
        wearer = self.parent()
        rank = Rank.SEEN_LOOKS if isinstance(wearer, QWidget) and wearer.isVisible() else Rank.HIDDEN_LOOKS
        self._store.turns.add(rank, self, self._put_on)

    def _put_on(self) -> None:
        wearer, sheet = self.parent(), style_sheet(self._store.appearance)
        if isinstance(wearer, QWidget) and wearer.styleSheet() != sheet:
            wearer.setStyleSheet(sheet)
