"""Who can open the project when its passphrase is lost: the municipality's recovery key, and the user's own key."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QLineEdit, QWidget

from engine.errors import N_
from engine.service.messages import CheckRecovery, Governance, GovernanceQuery, IdentityFacts, IdentityQuery, Kept, SetAnalyst, SetRecovery
from gui.dialogs.asking import AskingDialog
from gui.dialogs.frame import run
from gui.dialogs.new_project_dialog import RECIPIENT
from gui.jobs import Jobs
from gui.store import Store
from gui.widgets.file_dialog import ask_file
from gui.widgets.parts import button, column, framed, hairline, icon_label, label, row, set_picture
from gui.widgets.password_field import PasswordField

NONE = N_("There is no recovery key: if the passphrase is forgotten, the data are lost. Ask IT for the municipality's recovery key.")
THERE = N_("A recovery key opens the project when the passphrase is lost. Its fingerprint:")


class RecoveryDialog(AskingDialog):
    """The key that there is, another in its place, a trial, and the user's own key."""

    def __init__(self, store: Store, jobs: Jobs, parent: QWidget | None) -> None:
        super().__init__(store, jobs, N_("Recovery key"), parent, accept=N_("Close"), cancel="")
        texts = store.texts
        self._told: Governance | None = None
        self._own_key = ""
        self._sign = icon_label("triangle-alert", store.tokens.caution, self.sizes.icon_text)
        self._standing, self.fingerprint = label("body", wrap=True), label("card_title")
        self.recipient = QLineEdit()
        self.recipient.setPlaceholderText("age1…")
        self.recipient.setAccessibleName(texts("Public key of the recovery key"))
        self.set = button("plain")
        self.remove = button("text", texts("Remove the recovery key"))
        self.try_passphrase = PasswordField(store, N_("Its passphrase, if it has one"), large=False)
        self.try_it = button("plain", texts("Try the recovery key …"))
        self.own = QCheckBox(texts("My own key opens the project too"))
        self.said = label("small", wrap=True)
        self._build()
        self._connect()
        self.take_width(640, 860)
        self.follow()
        self.ask_quietly(GovernanceQuery(limit=0), self._take)
        if store.settings.own_identity is not None:
            self.ask_quietly(IdentityQuery(store.settings.identity_path), self._take_own)

    def _build(self) -> None:
        texts = self.store.texts
        standing = framed("note")
        inner = row(10, (14, 12, 14, 12))
        inner.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        words = column(4)
        words.addWidget(self._standing)
        words.addWidget(self.fingerprint)
        inner.addLayout(words, 1)
        standing.setLayout(inner)
        self.body.addWidget(standing)
        change = column(6)
        change.addWidget(label("body_strong", texts("Public key of the recovery key")))
        line = row(8)
        line.addWidget(self.recipient, 1)
        line.addWidget(self.set)
        change.addLayout(line)
        self.body.addLayout(change)
        self.body.addWidget(hairline())
        trial = column(6)
        lead = texts("Try it with whoever keeps it: the project is opened with the key alone, as it would be one day.")
        trial.addWidget(label("secondary", lead, wrap=True))
        trial.addWidget(self.try_passphrase)
        tries = row(8)
        tries.addWidget(self.try_it)
        tries.addStretch()
        tries.addWidget(self.remove)
        trial.addLayout(tries)
        self.body.addLayout(trial)
        self.body.addWidget(hairline())
        self.body.addWidget(self.own)
        self.body.addWidget(self.said)
        self.body.addWidget(self.problem)

    def _connect(self) -> None:
        self.recipient.textChanged.connect(self.follow)
        self.set.clicked.connect(self._on_set)
        self.remove.clicked.connect(self._on_remove)
        self.try_it.clicked.connect(self._on_try)
        self.own.clicked.connect(self._on_own)

    def _take(self, told: Governance) -> None:
        self._told = told
        self.own.setChecked(bool(told.analyst_key) and told.analyst_key == self._own_key)
        self.follow()
        self.fit()

    def _take_own(self, facts: IdentityFacts) -> None:
        self._own_key = facts.recipient
        if self._told is not None:
            self._take(self._told)

    def follow(self) -> None:
        """Show what there is and enable what can be done."""
        texts, told = self.store.texts, self._told
        there = bool(told and told.recovery)
        self._standing.setText(texts(THERE) if there else texts(NONE))
        self.fingerprint.setText(told.recovery if told else "")
        self.fingerprint.setVisible(there)
        tokens = self.store.tokens
        sign, colour = ("shield-check", tokens.kept) if there else ("triangle-alert", tokens.caution)
        set_picture(self._sign, sign, colour, self.sizes.icon_text)
        self.set.setText(texts("Replace it") if there else texts("Set it"))
        usable = told is not None and not self.is_busy
        writable = usable and told is not None and not told.read_only
        self.set.setEnabled(writable and bool(RECIPIENT.match(self.recipient.text().strip())))
        self.remove.setEnabled(writable and there)
        for part in (self.try_it, self.try_passphrase):
            part.setEnabled(usable and there)
        self.own.setEnabled(writable and bool(self._own_key))
        self.accept_button.setEnabled(not self.is_busy)

    def _on_set(self) -> None:
        self.ask(SetRecovery(self.recipient.text().strip()), self._on_set_done, N_("Encrypting every file anew"))

    def _on_set_done(self, kept: Kept) -> None:
        self.recipient.clear()
        said = N_("The recovery key {print} opens the project from now on. Try it before you rely on it.")
        self._done(self.store.texts(said, print=kept.key))

    def _on_remove(self) -> None:
        said = self.store.texts("The recovery key no longer opens the project.")
        self.ask(SetRecovery(None), lambda _kept: self._done(said), N_("Encrypting every file anew"))

    def _on_try(self) -> None:
        path = ask_file(self.store, self, N_("Choose the recovery key's file"))
        if path:
            question = CheckRecovery(path, self.try_passphrase.text or None)
            self.ask(question, self._on_tried, N_("Opening with the recovery key"))

    def _on_tried(self, kept: Kept) -> None:
        self.try_passphrase.clear()
        self._done(self.store.texts("It works: the key {print} opens the project alone.", print=kept.key))

    def _on_own(self) -> None:
        wanted = self._own_key if self.own.isChecked() else None
        said = N_("Your own key opens the project from now on.") if wanted else N_("Your own key no longer opens the project.")
        self.ask(SetAnalyst(wanted), lambda _kept: self._done(self.store.texts(said)), N_("Encrypting every file anew"))

    def _done(self, sentence: str) -> None:
        self.said.setText(sentence)
        self.ask_quietly(GovernanceQuery(limit=0), self._take)


def show_recovery(store: Store, jobs: Jobs, parent: QWidget | None) -> None:
    """Show the recovery key until the user closes it."""
    run(RecoveryDialog(store, jobs, parent))
