"""The frame that every dialog shares: title, content, and buttons at the right of the foot."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from engine.errors import N_
from gui.dressing import Dress
from gui.store import Store
from gui.widgets.parts import button, column, hairline, label, row, surface


def run(dialog: QDialog) -> bool:
    """Show a dialog until it is closed, then let it go; whether it was accepted. Its fields can still be read at once."""
    accepted = dialog.exec() == QDialog.DialogCode.Accepted
    dialog.deleteLater()
    return accepted


class DialogFrame(QDialog):
    """A modal dialog; `body` holds its content, `accept_button` is the one primary button."""

    def __init__(self, store: Store, title: str, parent: QWidget | None, *, accept: str, cancel: str = N_("Cancel")) -> None:
        super().__init__(parent)
        self.store = store
        Dress(self, store)
        self.setWindowTitle(store.texts(title))
        self.setModal(True)
        self.body: QVBoxLayout = column(14, (28, 24, 28, 22))
        self.heading = label("page_title", store.texts(title), wrap=True)
        self.body.addWidget(self.heading)
        top = surface("surface")
        top.setLayout(self.body)
        self.foot = row(10, (28, 14, 28, 16))
        self.cancel_button = button("plain", store.texts(cancel))
        self.cancel_button.clicked.connect(self.reject)
        self.cancel_button.setVisible(bool(cancel))
        self.accept_button = button("primary", store.texts(accept))
        self.accept_button.setDefault(True)
        self.accept_button.clicked.connect(self.accept)
        self.foot.addStretch()
        self.foot.addWidget(self.cancel_button)
        self.foot.addWidget(self.accept_button)
        bottom = surface("surface")
        bottom.setLayout(self.foot)
        layout = column()
        layout.addWidget(top, 1)
        layout.addWidget(hairline())
        layout.addWidget(bottom)
        self.setLayout(layout)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.is_done = False
        """Set once the dialog is closed: answers that come later have nobody to show them to."""
        self.finished.connect(self._on_finished)

    def _on_finished(self) -> None:
        self.is_done = True
