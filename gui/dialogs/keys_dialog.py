"""The user's own key: made, backed up, given away in its public half, and its passphrase changed."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from engine.errors import N_, BadInput
from engine.service.messages import BackUpIdentity, CreateIdentity, IdentityFacts, IdentityQuery, UnlockIdentity
from gui.dialogs.asking import AskingDialog
from gui.dialogs.frame import run
from gui.dialogs.give_key_dialog import give_key
from gui.dialogs.key_sheet import key_sheet
from gui.dialogs.passphrase_dialog import change_own_passphrase
from gui.jobs import Jobs
from gui.map.file_writing import write_whole
from gui.store import Store
from gui.widgets.error_words import error_sentence
from gui.widgets.file_dialog import ask_file, ask_save
from gui.widgets.new_passphrase import NewPassphrase
from gui.widgets.parts import button, code_label, column, framed, icon_label, label, row
from gui.widgets.password_field import PasswordField

NEW, THERE, LOCKED = range(3)
LEADS = (
    N_("With a key of your own, extracts are encrypted to you before they leave the case system, and projects open with one passphrase."),
    N_("Your key opens what was encrypted to it. Keep a copy in another place: without file and passphrase, that is lost."),
    N_("Type the passphrase of the key file once. After that, its public key stands beside it."),
)
ACCEPT = (N_("Make the key"), N_("Close"), N_("Use this key"))


class KeysDialog(AskingDialog):
    """Three faces: a key is made, stands there, or is taken over from a file."""

    def __init__(self, store: Store, jobs: Jobs, parent: QWidget | None) -> None:
        super().__init__(store, jobs, N_("My key"), parent, accept=N_("Close"), aside=True)
        texts = store.texts
        self.facts: IdentityFacts | None = None
        self._path = store.settings.identity_path
        self._lead = label("secondary", wrap=True)
        self.secret = NewPassphrase(store, self.ask_quietly)
        self.passphrase = PasswordField(store, N_("Passphrase of the key file"), large=False)
        self.recipient, self._print, self._file = code_label("body", wrap=True), label("body"), label("small", wrap=True)
        flags = Qt.TextInteractionFlag
        self.recipient.setTextInteractionFlags(flags.TextSelectableByMouse | flags.TextSelectableByKeyboard)
        self.give, self.back_up, self.sheet, self.change = (
            button("plain", texts(text))
            for text in (N_("Give the public key …"), N_("Make a copy …"), N_("Save key sheet …"), N_("Change the passphrase …"))
        )
        self.other = button("text", texts("Use a key file that I have …"))
        self.said = label("small", wrap=True)
        self._lack = label("small")
        self._faces: tuple[QWidget, ...] = ()
        self._build()
        self._connect()
        self.take_width(680, 920)
        self._face = NEW
        self.show_face(NEW)
        self.ask_quietly(IdentityQuery(self._path), self.take)

    def _build(self) -> None:
        self.foot.insertWidget(0, self._lack)
        self._faces = (self._new_face(), self._there_face(), self._locked_face())
        for part in (self._lead, *self._faces, self.said, self.problem):
            self.body.addWidget(part)
        line = row()
        line.addWidget(self.other)
        line.addStretch()
        self.body.addLayout(line)

    def _new_face(self) -> QWidget:
        layout = column(12)
        layout.addWidget(self.secret)
        said = N_("Nobody can send the passphrase again. Write it down, and make a copy of the key.")
        layout.addWidget(_note(self.store, self.sizes.icon_text, said))
        return _face(layout)

    def _there_face(self) -> QWidget:
        texts = self.store.texts
        layout = column(10)
        box = framed("note")
        inner = column(4, (14, 12, 14, 12))
        for name, shown in ((texts("Public key"), self.recipient), (texts("Fingerprint"), self._print), (texts("Key file"), self._file)):
            inner.addWidget(label("small_strong", name))
            inner.addWidget(shown)
            inner.addSpacing(4)
        box.setLayout(inner)
        layout.addWidget(box)
        for pair in ((self.give, self.back_up), (self.sheet, self.change)):
            line = row(10)
            for part in pair:
                line.addWidget(part, 1)
            layout.addLayout(line)
        return _face(layout)

    def _locked_face(self) -> QWidget:
        layout = column(10)
        layout.addWidget(self.passphrase)
        return _face(layout)

    def _connect(self) -> None:
        self.accept_button.clicked.disconnect(self.accept)
        self.accept_button.clicked.connect(self._on_accept)
        self.secret.changed.connect(self.follow)
        self.secret.changed.connect(self.fit)
        self.passphrase.changed.connect(self.follow)
        self.passphrase.submitted.connect(self._on_accept)
        actions: tuple[tuple[QPushButton, object], ...] = (
            (self.give, self._on_give), (self.back_up, self._on_back_up), (self.sheet, self._on_sheet),
            (self.change, self._on_change), (self.other, self._on_other),
        )  # fmt: skip
        for part, do in actions:
            part.clicked.connect(do)

    # ---- faces ---------------------------------------------------------------------------------------------------------------

    def show_face(self, face: int) -> None:
        """Turn to a face: NEW, THERE or LOCKED."""
        self._face = face
        for number, part in enumerate(self._faces):
            part.setVisible(number == face)
        self._lead.setText(self.store.texts(LEADS[face]))
        self.accept_button.setText(self.store.texts(ACCEPT[face]))
        self.cancel_button.setVisible(face != THERE)
        self.follow()
        (self.secret, self.give, self.passphrase.field)[face].setFocus()
        self._be_said("")

    def _be_said(self, sentence: str) -> None:
        """Say what was done; the dialog is as high as that needs."""
        self.said.setText(sentence)
        self.said.setVisible(bool(sentence))
        QTimer.singleShot(0, self, self.fit)

    def take(self, facts: IdentityFacts) -> None:
        """Show what is known about the key."""
        self.facts = facts
        if facts.recipient:
            self.recipient.setText(facts.recipient)
            self.recipient.setAccessibleName(facts.recipient)
            self._print.setText(facts.fingerprint)
            self._file.setText(facts.path)
        self.show_face(LOCKED if facts.unlisted else THERE if facts.recipient else NEW)

    def follow(self) -> None:
        """What is missing is said beside the button."""
        lack = self.secret.problem() if self._face == NEW else ""
        self._lack.setText("" if self.is_busy else lack)
        self.accept_button.setEnabled(not lack and not self.is_busy)
        for part in (self.give, self.back_up, self.sheet, self.change, self.other):
            part.setEnabled(not self.is_busy)

    # ---- doing ---------------------------------------------------------------------------------------------------------------

    def _on_accept(self) -> None:
        if self._face == NEW:
            self.ask(CreateIdentity(self.secret.text, self._path), self._on_made, N_("Making the key"))
        elif self._face == LOCKED:
            self.ask(UnlockIdentity(self._path, self.passphrase.text), self._on_taken, N_("Checking the passphrase"))
        else:
            self.accept()

    def _on_made(self, facts: IdentityFacts) -> None:
        self.secret.clear()
        self.take(facts)
        self._be_said(self.store.texts("The key is made. Make a copy of it now, in another place."))

    def _on_taken(self, facts: IdentityFacts) -> None:
        self.passphrase.clear()
        self.store.settings.change(identity=self._path)
        self.take(facts)

    def _on_give(self) -> None:
        if self.facts is not None:
            give_key(self.store, self.facts.recipient, self.facts.fingerprint, self)

    def _on_back_up(self) -> None:
        target = ask_save(self.store, self, N_("Make a copy of the key"), Path(self._path).name, f"{self.store.texts('Key files')} (*.age)")
        if target:
            self.ask(BackUpIdentity(target, self._path), lambda facts: self._on_backed_up(target, facts), N_("Copying the key"))

    def _on_backed_up(self, target: str, facts: IdentityFacts) -> None:
        name, checksum = Path(target).name, facts.backup[:12]
        self._be_said(self.store.texts("The copy {file} is written and was read back (SHA-256 {sha256}…).", file=name, sha256=checksum))

    def _on_sheet(self) -> None:
        if self.facts is None:
            return
        path = ask_save(self.store, self, N_("Save key sheet"), self.store.texts("key sheet") + ".pdf", "PDF (*.pdf)")
        if not path:
            return
        texts = self.store.texts
        try:
            write_whole(Path(path), key_sheet(texts, self.facts.recipient, self.facts.fingerprint, Path(self._path).name))
            self._be_said(texts("The key sheet is saved as {file}. Print it, and tick what is done.", file=Path(path).name))
        except BadInput as error:
            self.say(error_sentence(texts, error))

    def _on_change(self) -> None:
        if change_own_passphrase(self.store, self.jobs, self):
            self._be_said(self.store.texts("The passphrase is changed. Make a new copy of the key, and destroy the old ones."))

    def _on_other(self) -> None:
        path = ask_file(self.store, self, N_("Choose a key file"))
        if path:
            self._path = path
            self._be_said("")
            self.ask(IdentityQuery(path), self._on_other_told, N_("Reading the key file"))

    def _on_other_told(self, facts: IdentityFacts) -> None:
        self.take(facts)
        if facts.recipient:
            self.store.settings.change(identity=facts.path)


def _face(layout: QVBoxLayout) -> QWidget:
    layout.setContentsMargins(0, 0, 0, 0)
    made = QWidget()
    made.setLayout(layout)
    return made


def _note(store: Store, size: int, sentence: str) -> QWidget:
    box = framed("caution")
    inner = row(8, (12, 8, 12, 8))
    inner.addWidget(icon_label("triangle-alert", store.tokens.caution, size), 0, Qt.AlignmentFlag.AlignTop)
    inner.addWidget(label("small", store.texts(sentence), wrap=True), 1)
    box.setLayout(inner)
    return box


def show_keys(store: Store, jobs: Jobs, parent: QWidget | None) -> None:
    """Show the user's own key until the user closes it."""
    run(KeysDialog(store, jobs, parent))
    jobs.end_aside()
