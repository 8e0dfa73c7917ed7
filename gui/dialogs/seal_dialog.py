"""What is to open a file that leaves the engine: a public key, or a passphrase."""

from __future__ import annotations

from PySide6.QtWidgets import QButtonGroup, QLineEdit, QRadioButton, QWidget

from engine.errors import N_
from engine.service.messages import IdentityFacts, IdentityQuery, Seal
from gui.dialogs.asking import AskingDialog
from gui.dialogs.frame import run
from gui.dialogs.new_project_dialog import RECIPIENT
from gui.jobs import Jobs
from gui.store import Store
from gui.widgets.new_passphrase import NewPassphrase
from gui.widgets.parts import label


class SealDialog(AskingDialog):
    """A choice of two, and the field that belongs to it."""

    def __init__(self, store: Store, jobs: Jobs, title: str, note: str, parent: QWidget | None) -> None:
        super().__init__(store, jobs, title, parent, accept=N_("Choose the file …"))
        texts = store.texts
        self.by_key = QRadioButton(texts("It opens with a key"))
        self.by_passphrase = QRadioButton(texts("It opens with a passphrase"))
        self._choices = QButtonGroup(self)
        for choice in (self.by_key, self.by_passphrase):
            self._choices.addButton(choice)
        self.recipient = QLineEdit()
        self.recipient.setPlaceholderText("age1…")
        self.recipient.setAccessibleName(texts("Public key of the one who is to read it"))
        self.secret = NewPassphrase(store, self.ask_quietly)
        self._lack = label("small")
        self.foot.insertWidget(0, self._lack)
        lead = label("secondary", texts(note), wrap=True)
        for part in (lead, self.by_key, self.recipient, self.by_passphrase, self.secret, self.problem):
            self.body.addWidget(part)
        self.by_key.setChecked(True)
        self.by_key.toggled.connect(self.follow)
        self.recipient.textChanged.connect(self.follow)
        self.secret.changed.connect(self.follow)
        self.take_width(640, 860)
        self.follow()
        self.recipient.setFocus()
        if store.settings.own_identity is not None:
            self.ask_quietly(IdentityQuery(store.settings.identity_path), self._on_identity)

    def _on_identity(self, facts: IdentityFacts) -> None:
        if not self.recipient.text():
            self.recipient.setText(facts.recipient)

    def follow(self) -> None:
        """Show the field of the choice; what is missing is said beside the button."""
        with_key = self.by_key.isChecked()
        self.recipient.setVisible(with_key)
        self.secret.setVisible(not with_key)
        known = bool(RECIPIENT.match(self.recipient.text().strip()))
        lack = ("" if known else self.store.texts("Write the public key (age1…).")) if with_key else self.secret.problem()
        self._lack.setText(lack)
        self.accept_button.setEnabled(not lack)
        self.fit()

    def seal(self) -> Seal:
        """What was chosen."""
        if self.by_key.isChecked():
            return Seal(self.recipient.text().strip())
        return Seal(passphrase=self.secret.text)

    def accept(self) -> None:
        """Keep what was chosen before the fields are cleared."""
        self.chosen = self.seal()
        super().accept()


def ask_seal(store: Store, jobs: Jobs, title: str, note: str, parent: QWidget | None) -> Seal | None:
    """Let the user choose what opens a file; None when the user cancels."""
    dialog = SealDialog(store, jobs, title, note, parent)
    return dialog.chosen if run(dialog) else None
