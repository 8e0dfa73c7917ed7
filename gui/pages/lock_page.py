"""The lock: nothing of the log is behind it, for the engine process that held it has ended."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from engine.errors import N_
from gui.store import Store
from gui.widgets.panel import Panel
from gui.widgets.parts import column, icon_label, label, row, set_picture
from gui.widgets.unlock_card import UnlockCard

WIDTH = 440


class LockPage(Panel):
    """Logo and unlock card in the middle of an empty window."""

    def __init__(self, store: Store) -> None:
        super().__init__(store, "page")
        self._logo = icon_label("logo", store.tokens.accent, 44)
        self._name = label("logo", "Sagsflow")
        self._why = label("secondary", wrap=True)
        self._why.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.unlock_card = UnlockCard(store, N_("The window is locked"))
        layout = column(18, (24, 24, 24, 24))
        layout.addStretch(2)
        layout.addLayout(_in_the_middle(self._logo, self._name))
        layout.addLayout(_in_the_middle(self._why))
        layout.addLayout(_in_the_middle(self.unlock_card))
        layout.addStretch(3)
        self.setLayout(layout)
        self.setFocusProxy(self.unlock_card.passphrase.field)
        self.ready()

    def retranslate(self) -> None:
        """Write the text."""
        self._why.setText(self.store.texts("The data have left the memory. Unlocking brings the same view back."))

    def restyle(self) -> None:
        """Take logo and width."""
        width = WIDTH if self.sizes.rail < 100 else WIDTH + 120
        self.unlock_card.setFixedWidth(width)
        self._why.setFixedWidth(width)
        set_picture(self._logo, "logo", self.store.tokens.accent, 44 if width == WIDTH else 56)


def _in_the_middle(*parts: QWidget) -> QHBoxLayout:
    line = row(14)
    line.addStretch()
    for part in parts:
        line.addWidget(part)
    line.addStretch()
    return line
