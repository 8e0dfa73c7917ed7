"""The frame that every dialog shares: title, content, and buttons at the right of the foot."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from engine.errors import N_
from gui.dressing import Dress
from gui.store import Store
from gui.theme import Appearance, Dimensions, dimensions
from gui.widgets.file_dialog import keep_only_close
from gui.widgets.parts import button, column, hairline, label, row, surface

SCREEN_AIR = 40
"""Px of the screen that a dialog leaves free."""


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
        keep_only_close(self)
        Dress(self, store)
        self.setWindowTitle(store.texts(title))
        self.setModal(True)
        self.body: QVBoxLayout = column(14, (28, 24, 28, 22))
        self.heading = label("page_title", store.texts(title), wrap=True)
        self.head = row(16)
        self.head.addWidget(self.heading, 1)
        self.body.addLayout(self.head)
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
        self._is_as_high_as_said = False
        self.is_done = False
        """Set once the dialog is closed: answers that come later have nobody to show them to."""
        self.finished.connect(self._on_finished)

    @property
    def sizes(self) -> Dimensions:
        """The sizes of the appearance in force."""
        return dimensions(self.store.appearance)

    @property
    def is_large(self) -> bool:
        """Whether the dialog stands on a projector."""
        return self.store.appearance is Appearance.PROJECTOR

    def take_size(self, light: tuple[int, int], projector: tuple[int, int]) -> None:
        """Begin with so many px, or with as many of them as the screen has; what the window behind has, the screen has too."""
        room = self._room()
        width, height = projector if self.is_large else light
        self.resize(min(width, max(room.width() - SCREEN_AIR, 320)), min(height, max(room.height() - SCREEN_AIR, 320)))

    def grow(self, px: int) -> None:
        """Be so many px higher, as far as the screen has them."""
        self.resize(self.width(), min(self.height() + px, max(self._room().height() - SCREEN_AIR, 320)))

    def _room(self) -> QSize:
        behind = self.parentWidget()
        return self.screen().availableGeometry().size().expandedTo(behind.window().size() if behind is not None else QSize())

    def take_width(self, light: int, projector: int) -> None:
        """Keep one width, and be as high as what is said needs."""
        self.setFixedWidth(projector if self.is_large else light)
        self._is_as_high_as_said = True

    def showEvent(self, event: QShowEvent) -> None:
        """Take the height of what is said."""
        super().showEvent(event)
        layout = self.layout()
        if self._is_as_high_as_said and layout is not None:
            layout.activate()
            self.resize(self.width(), layout.totalHeightForWidth(self.width()))

    def _on_finished(self) -> None:
        self.is_done = True
