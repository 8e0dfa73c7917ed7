"""Suggested words, to be read in full and written down, with a button that copies them."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from gui.store import Store
from gui.widgets.panel import Panel
from gui.widgets.parts import button, code_label, column, framed, label, row


class SuggestedWords(Panel):
    """A note that shows a suggested passphrase, wrapped; hidden as long as there is none. Locking clears the clipboard."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self._passphrase = ""
        self.words = code_label("card_title", wrap=True)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard)
        self._note = label("small", wrap=True)
        self.copy = button("small")
        self.copy.clicked.connect(self._on_copy)
        box = framed("note")
        words = row(12)
        words.addWidget(self.words, 1)
        words.addWidget(self.copy, 0, Qt.AlignmentFlag.AlignTop)
        inner = column(6, (12, 10, 12, 10))
        inner.addLayout(words)
        inner.addWidget(self._note)
        box.setLayout(inner)
        layout = column()
        layout.addWidget(box)
        self.setLayout(layout)
        self.ready()
        self.hide()

    def show_words(self, passphrase: str) -> None:
        """Show a suggested passphrase exactly as it is to be typed; lines break at its hyphens."""
        self._passphrase = passphrase
        self.words.setText(passphrase)
        self.words.setAccessibleName(passphrase)
        self.retranslate()
        self.show()

    def hide_unless(self, typed: str) -> None:
        """Take the words away when something else has been typed."""
        if typed != self._passphrase:
            self._passphrase = ""
            self.words.setText("")
            self.words.setAccessibleName("")
            self.hide()

    def retranslate(self) -> None:
        """Write the texts."""
        texts = self.store.texts
        self.copy.setText(texts("Copy"))
        self._note.setText(texts("Write the words down and keep them safe, hyphens included. They are not shown again."))

    def _on_copy(self) -> None:
        QApplication.clipboard().setText(self._passphrase)
        self.copy.setText(self.store.texts("Copied"))
