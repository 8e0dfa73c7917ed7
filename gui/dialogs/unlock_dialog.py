"""Asks for a passphrase while another log is open; that log stays open until this one has been opened whole."""

from __future__ import annotations

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QWidget

from gui.dressing import Dress
from gui.store import Store
from gui.widgets.parts import column
from gui.widgets.unlock_card import PROJECT, UnlockCard


class UnlockDialog(QDialog):
    """The unlock card in a dialog of its own."""

    def __init__(self, store: Store, name: str, parent: QWidget | None, *, title: str = PROJECT) -> None:
        super().__init__(parent)
        Dress(self, store)
        self.setModal(True)
        self.setWindowTitle(store.texts(title))
        self.card = UnlockCard(store)
        self.card.set_target(name, title=title)
        self._layout = column(0, (20, 20, 20, 20))
        self._layout.addWidget(self.card)
        self.setLayout(self._layout)
        self.setFixedWidth(600 if store.appearance.is_large else 480)
        self.card.changed.connect(self._fit)
        self.card.passphrase.field.setFocus()

    def showEvent(self, event: QShowEvent) -> None:
        """Take the height of what the card says."""
        super().showEvent(event)
        self._fit()

    def _fit(self) -> None:
        part: QWidget | None = self.card.passphrase
        while part is not None:
            layout = part.layout()
            if layout is not None:
                layout.activate()
            if part is self:
                break
            part = part.parentWidget()
        self.setFixedHeight(self._layout.totalHeightForWidth(self.width()))
