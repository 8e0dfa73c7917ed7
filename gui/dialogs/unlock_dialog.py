"""Asks for a passphrase while another log is open; that log stays open until this one has been opened whole."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QWidget

from gui.dressing import Dress
from gui.store import Store
from gui.widgets.parts import column
from gui.widgets.unlock_card import UnlockCard


class UnlockDialog(QDialog):
    """The unlock card in a dialog of its own."""

    def __init__(self, store: Store, name: str, parent: QWidget | None) -> None:
        super().__init__(parent)
        Dress(self, store)
        self.setModal(True)
        self.setWindowTitle(store.texts("Unlock the project"))
        self.card = UnlockCard(store)
        self.card.set_target(name)
        layout = column(0, (20, 20, 20, 20))
        layout.addWidget(self.card)
        self.setLayout(layout)
        self.setFixedWidth(480 if store.appearance.value == "light" else 600)
        self.card.passphrase.field.setFocus()
