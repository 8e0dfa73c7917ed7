"""The plain warning before an unencrypted log opens."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from engine.errors import N_
from gui.dialogs.frame import DialogFrame, run
from gui.store import Store
from gui.widgets.parts import column, icon_label, label, row


class PlainWarning(DialogFrame):
    """Says what it means that a file is not encrypted."""

    def __init__(self, store: Store, file: str, parent: QWidget | None) -> None:
        super().__init__(store, N_("The file is not encrypted"), parent, accept=N_("Open anyway"))
        texts = store.texts
        line = row(14)
        line.addWidget(icon_label("triangle-alert", store.tokens.caution, self.sizes.icon_rail + 4), 0, Qt.AlignmentFlag.AlignTop)
        said = column(10)
        risk = texts("Anyone who can open {file} can read it. It may hold personal data.", file=file)
        advice = texts("You can open it and save it as an encrypted project. Then delete the unencrypted file.")
        said.addWidget(label("body", risk, wrap=True))
        said.addWidget(label("secondary", advice, wrap=True))
        line.addLayout(said, 1)
        self.body.addLayout(line)
        self.take_width(520, 680)


def accept_plain(store: Store, file: str, parent: QWidget | None) -> bool:
    """Whether the user opens the unencrypted file all the same."""
    return run(PlainWarning(store, file, parent))
