"""About the program, and the licences of what is in it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QComboBox, QPlainTextEdit, QWidget

from engine.errors import N_
from gui.dialogs.frame import DialogFrame, run
from gui.store import Store
from gui.theme import RESOURCES
from gui.widgets.parts import icon_label, label, row

LICENCES = RESOURCES / "licences"
OWN = RESOURCES.parent / "LICENSE"


class AboutDialog(DialogFrame):
    """Name, version, licence, and the licence texts one by one."""

    def __init__(self, store: Store, version: str, parent: QWidget | None) -> None:
        super().__init__(store, N_("About Sagsflow"), parent, accept=N_("Close"), cancel="")
        texts = store.texts
        head = row(14)
        head.addWidget(icon_label("logo", store.tokens.accent, 56 if self.is_large else 44))
        head.addWidget(label("card_title", "Sagsflow " + version))
        head.addStretch()
        self.body.addLayout(head)
        terms = texts("Free software under the GNU Affero General Public License, version 3 or later. It comes without any warranty.")
        self.body.addWidget(label("body", terms, wrap=True))
        self.choice = QComboBox()
        self.choice.setAccessibleName(texts("Licences"))
        self._texts = QPlainTextEdit()
        self._texts.setReadOnly(True)
        self._texts.setProperty("kind", "as_typed")
        self._texts.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        self._files = licence_files()
        for path in self._files:
            self.choice.addItem("Sagsflow · AGPL-3.0" if path == OWN else path.stem.replace("-", " · ", 1))
        self.choice.currentIndexChanged.connect(self._show)
        self.body.addWidget(label("body_strong", texts("Licences of what is in it")))
        self.body.addWidget(self.choice)
        self.body.addWidget(self._texts, 1)
        self._show(0)
        self.take_size((700, 680), (900, 820))

    def _show(self, i: int) -> None:
        if 0 <= i < len(self._files):
            self._texts.setPlainText(self._files[i].read_text(encoding="utf-8", errors="replace"))


def licence_files() -> list[Path]:
    """The program's own licence first, then those of its parts."""
    return ([OWN] if OWN.exists() else []) + sorted(path for path in LICENCES.glob("*.txt"))


def show_about(store: Store, version: str, parent: QWidget | None) -> None:
    """Show the dialog until the user closes it."""
    run(AboutDialog(store, version, parent))
