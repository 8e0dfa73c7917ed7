"""Changes a passphrase: of the user's own key, or of the open project."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QWidget

from engine.errors import N_
from engine.service.messages import ChangeIdentityPassphrase, ChangePassphrase
from gui.dialogs.asking import AskingDialog
from gui.dialogs.frame import run
from gui.jobs import Jobs
from gui.store import Store
from gui.widgets.new_passphrase import NewPassphrase
from gui.widgets.parts import hairline, label
from gui.widgets.password_field import PasswordField

OF_KEY, OF_PROJECT = N_("Change the passphrase of your key"), N_("Change the project's passphrase")
NOTES = {
    OF_KEY: N_("Copies of your key that you made before still open with the old passphrase. Make a new copy, and destroy the old ones."),
    OF_PROJECT: N_("Copies of the project that were saved before still open with the old passphrase."),
}


class PassphraseDialog(AskingDialog):
    """The old passphrase, and the new one twice."""

    def __init__(self, store: Store, jobs: Jobs, title: str, question: Callable[[str, str], Any], parent: QWidget | None) -> None:
        super().__init__(store, jobs, title, parent, accept=N_("Change the passphrase"), aside=title == OF_KEY)
        self._question = question
        self.old = PasswordField(store, N_("The passphrase until now"), large=False)
        self.secret = NewPassphrase(store, self.ask_quietly, first=N_("New passphrase"), second=N_("New passphrase once more"))
        self._lack = label("small")
        self.foot.insertWidget(0, self._lack)
        for part in (self.old, hairline(), self.secret, label("small", store.texts(NOTES[title]), wrap=True), self.problem):
            self.body.addWidget(part)
        self.accept_button.clicked.disconnect(self.accept)
        self.accept_button.clicked.connect(self._on_wanted)
        self.old.changed.connect(self.follow)
        self.secret.changed.connect(self.follow)
        self.secret.changed.connect(self.fit)
        self.take_width(620, 820)
        self.follow()
        self.old.field.setFocus()

    def follow(self) -> None:
        """What is missing is said beside the button."""
        lack = self.secret.problem() if self.old.text else self.store.texts("Type the passphrase that is in force.")
        self._lack.setText("" if self.is_busy else lack)
        self.accept_button.setEnabled(not lack and not self.is_busy)

    def _on_wanted(self) -> None:
        self.ask(self._question(self.old.text, self.secret.text), lambda _answer: self.accept(), N_("Changing the passphrase"))


def change_own_passphrase(store: Store, jobs: Jobs, parent: QWidget | None) -> bool:
    """Let the user change the passphrase of their own key; whether that was done."""
    path = store.settings.identity_path
    return run(PassphraseDialog(store, jobs, OF_KEY, lambda old, new: ChangeIdentityPassphrase(old, new, path), parent))


def change_project_passphrase(store: Store, jobs: Jobs, parent: QWidget | None) -> bool:
    """Let the user change the passphrase of the open project; whether that was done."""
    return run(PassphraseDialog(store, jobs, OF_PROJECT, ChangePassphrase, parent))
