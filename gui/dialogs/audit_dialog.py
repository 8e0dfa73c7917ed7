"""How long records of the audit log are kept."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox, QWidget

from engine.errors import N_
from engine.service.messages import KeepAudit, Kept
from gui.dialogs.asking import AskingDialog
from gui.dialogs.frame import run
from gui.jobs import Jobs
from gui.store import Store
from gui.widgets.parts import column, label

CHOICES = ((0, N_("As long as the project")), (6, N_("6 months")), (12, N_("1 year")), (24, N_("2 years")), (60, N_("5 years")))


class AuditDialog(AskingDialog):
    """One choice, and what it means."""

    def __init__(self, store: Store, jobs: Jobs, months: int, parent: QWidget | None) -> None:
        super().__init__(store, jobs, N_("How long the audit log is kept"), parent, accept=N_("Keep it so long"))
        texts = store.texts
        self.kept: Kept | None = None
        self.choice = QComboBox()
        for number, words in CHOICES:
            self.choice.addItem(texts(words), number)
        self.choice.setCurrentIndex(max(self.choice.findData(months), 0))
        name = label("body_strong", texts("Records are kept"))
        name.setBuddy(self.choice)
        self.choice.setAccessibleName(texts("Records are kept"))
        part = column(6)
        part.addWidget(name)
        part.addWidget(self.choice)
        note = texts("Older records are dropped now and at every opening. The log then tells how many went, and which head it had.")
        self.body.addLayout(part)
        self.body.addWidget(label("secondary", note, wrap=True))
        self.body.addWidget(self.problem)
        self.accept_button.clicked.disconnect(self.accept)
        self.accept_button.clicked.connect(self._on_wanted)
        self.take_width(520, 720)
        self.choice.setFocus()

    def _on_wanted(self) -> None:
        self.ask(KeepAudit(int(self.choice.currentData())), self._on_kept, N_("Saving the project"))

    def _on_kept(self, kept: Kept) -> None:
        self.kept = kept
        self.accept()


def keep_audit(store: Store, jobs: Jobs, months: int, parent: QWidget | None) -> Kept | None:
    """Let the user choose; None when it stays as it is."""
    dialog = AuditDialog(store, jobs, months, parent)
    return dialog.kept if run(dialog) else None
