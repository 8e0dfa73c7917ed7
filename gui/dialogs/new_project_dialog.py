"""Asks what a new encrypted project needs: name, purpose, legal basis, delete-by date, passphrase, recovery recipient, folder."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

from PySide6.QtCore import QDate, Qt
from PySide6.QtWidgets import QCheckBox, QFrame, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from engine.errors import N_
from engine.service.messages import IdentityFacts, IdentityQuery, ProjectFacts, SaveProject
from gui.dialogs.date_field import DateField
from gui.dialogs.frame import DialogFrame, run
from gui.jobs import Jobs
from gui.store import Store
from gui.widgets.file_dialog import ask_folder, documents
from gui.widgets.new_passphrase import NewPassphrase
from gui.widgets.parts import button, column, framed, hairline, icon_label, label, row

RECIPIENT = re.compile(r"^age1[02-9ac-hj-np-z]{58}$")
UNSAFE = re.compile(r'[<>:"/\\|?*\x00-\x1f]+')
BESIDE_BAR = 8
"""Px between fields and a scroll bar."""


class NewProjectDialog(DialogFrame):
    """One form; the button opens up when everything needed is there."""

    def __init__(self, store: Store, jobs: Jobs, parent: QWidget | None) -> None:
        super().__init__(store, N_("Save as encrypted project"), parent, accept=N_("Save project"))
        self._jobs = jobs
        texts = store.texts
        opened = store.opened
        facts = opened.facts if opened else None
        self.name = QLineEdit(facts.name if facts else Path(opened.name).name.split(".")[0] if opened else "")
        self.purpose = QLineEdit(facts.purpose if facts else "")
        self.legal_basis = QLineEdit(facts.legal_basis if facts else "")
        for field in (self.purpose, self.legal_basis):
            field.setCursorPosition(0)
        later = self._last_day()
        self.delete_by = DateField(store, texts("Delete by"), QDate(later.year, later.month, later.day))
        self.secret = NewPassphrase(store, jobs.ask)
        self.first, self.second = self.secret.first, self.secret.second
        self.suggest, self.suggestion = self.secret.suggest, self.secret.suggestion
        self.own = QCheckBox(texts("My own key opens it too"))
        self.own.hide()
        self._own_key: str | None = None
        self.recovery = QLineEdit()
        self.recovery.setPlaceholderText("age1…")
        self._recovery_note = framed("caution")
        self._recovery_words = label("small", wrap=True)
        self.parent_folder = QLineEdit(documents())
        self.browse = button("plain", texts("Choose …"))
        self._status = label("small")
        self.foot.insertWidget(0, self._status)
        self._build()
        self._connect()
        self._follow()
        self.take_size((660, 720), (860, 880))
        self.name.setFocus(Qt.FocusReason.OtherFocusReason)
        if store.settings.own_identity is not None:
            jobs.ask(IdentityQuery(store.settings.identity_path), self._on_identity)

    def _last_day(self) -> date:
        """A copy of a project is deleted when the project is, unless that day has passed; a new one within a year."""
        facts = self.store.opened.facts if self.store.opened else None
        kept = date.fromisoformat(facts.delete_by) if facts else date.min
        return kept if kept >= date.today() else date.today() + timedelta(days=365)

    def _build(self) -> None:
        texts = self.store.texts
        form = column(10 if self.is_large else 14)
        pair = row(16)
        pair.addLayout(self._field(texts("Name"), self.name), 3)
        pair.addLayout(self._field(texts("Delete by"), self.delete_by), 2)
        form.addLayout(pair)
        form.addLayout(self._field(texts("Purpose"), self.purpose, texts("What are the data to be used for?")))
        form.addLayout(self._field(texts("Legal basis"), self.legal_basis))
        form.addWidget(hairline())
        form.addWidget(self.secret)
        form.addWidget(self.own)
        form.addLayout(self._field(texts("Recovery key (recipient)"), self.recovery))
        note = row(8, (12, 8, 12, 8))
        note.addWidget(icon_label("triangle-alert", self.store.tokens.caution, self.sizes.icon_text), 0, Qt.AlignmentFlag.AlignTop)
        note.addWidget(self._recovery_words, 1)
        self._recovery_note.setLayout(note)
        form.addWidget(self._recovery_note)
        form.addWidget(hairline())
        self._add_folder(form)
        form.addStretch()
        inside = QWidget()
        inside.setProperty("kind", "surface")
        inside.setLayout(form)
        scroll = QScrollArea()
        scroll.setWidget(inside)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        bar = scroll.verticalScrollBar()
        bar.rangeChanged.connect(lambda _least, most: form.setContentsMargins(0, 0, BESIDE_BAR if most else 0, 0))
        bar.rangeChanged.connect(self._on_range)
        self.body.addWidget(scroll, 1)

    def _on_identity(self, facts: IdentityFacts) -> None:
        if facts.recipient and not self.is_done:
            self.take_own_key(facts.recipient)

    def take_own_key(self, recipient: str) -> None:
        """The user has a key: the project may be entrusted to it."""
        self._own_key = recipient
        self.own.setVisible(True)
        self.own.setChecked(True)

    def _add_folder(self, form: QVBoxLayout) -> None:
        """Where the project's folder is made."""
        where = row(8)
        where.addWidget(self.parent_folder, 1)
        where.addWidget(self.browse)
        folder = column(6)
        folder.addWidget(label("body_strong", self.store.texts("Folder")))
        folder.addLayout(where)
        self._folder_note = label("small", wrap=True)
        folder.addWidget(self._folder_note)
        form.addLayout(folder)

    def _field(self, name: str, field: QWidget, note: str = "") -> QVBoxLayout:
        part = column(6)
        shown = label("body_strong", name)
        shown.setBuddy(field)
        field.setAccessibleName(name)
        head = row(10)
        head.addWidget(shown)
        head.addWidget(label("small", note), 1)
        part.addLayout(head)
        part.addWidget(field)
        return part

    def _connect(self) -> None:
        for field in (self.name, self.purpose, self.legal_basis, self.recovery, self.parent_folder):
            field.textChanged.connect(self._follow)
        self.secret.changed.connect(self._follow)
        self.delete_by.changed.connect(self._follow)
        self.browse.clicked.connect(self._on_browse)

    def _on_range(self, _least: int, most: int) -> None:
        """What would have to be scrolled makes the dialog higher, once it is shown."""
        if most and self.isVisible():
            self.grow(most)

    def _on_browse(self) -> None:
        path = ask_folder(self.store, self, N_("Choose a folder"), self.parent_folder.text())
        if path:
            self.parent_folder.setText(path)

    @property
    def folder(self) -> Path:
        """The new project's own folder: a safe form of its name inside the chosen one."""
        return Path(self.parent_folder.text()).expanduser() / (UNSAFE.sub("-", self.name.text().strip()).strip(" .") or "projekt")

    def _follow(self, *_: object) -> None:
        texts = self.store.texts
        recipient = self.recovery.text().strip()
        known = not recipient or bool(RECIPIENT.match(recipient))
        self._recovery_note.setVisible(not recipient or not known)
        lost = texts("Without a recovery key the data are lost if the passphrase is forgotten. Ask IT for the municipality's recovery key.")
        wrong = texts("This is not a recipient: it begins with age1 and has 62 characters.")
        self._recovery_words.setText(wrong if not known else lost)
        self._folder_note.setText(texts("The project becomes the folder {folder}.", folder=str(self.folder)))
        problem = self._problem(known=known)
        self._status.setText(problem)
        self.accept_button.setEnabled(not problem)

    def _problem(self, *, known: bool) -> str:
        """The first thing that is missing, as a sentence; "" when the project can be saved."""
        texts = self.store.texts
        checks = (
            (bool(self.name.text().strip()), texts("Give the project a name.")),
            (not self.folder.exists(), texts("There is already a folder of that name. Choose another name.")),
            (self.delete_by.date().isValid(), texts("Write the date as dd-mm-yyyy.")),
            (self.delete_by.date() >= QDate.currentDate(), texts("The day of deletion has passed. Choose a later one.")),
            (bool(self.purpose.text().strip()), texts("Write the purpose.")),
            (bool(self.legal_basis.text().strip()), texts("Write the legal basis.")),
            (not self.secret.problem(), self.secret.problem()),
            (known, texts("Check the recovery key.")),
            (Path(self.parent_folder.text()).expanduser().is_dir(), texts("Choose a folder that exists.")),
        )
        return next((sentence for good, sentence in checks if not good), "")

    def question(self) -> SaveProject:
        """The project as the form stands."""
        synthetic = self.store.is_synthetic
        facts = ProjectFacts(
            self.name.text().strip(),
            self.purpose.text().strip(),
            self.legal_basis.text().strip(),
            self.delete_by.date().toString(Qt.DateFormat.ISODate),
            synthetic,
        )
        own = self._own_key if self.own.isChecked() else None
        recovery = self.recovery.text().strip() or None
        return SaveProject(str(self.folder), facts, self.first.text, recovery, self.store.view, own)


def ask_project(store: Store, jobs: Jobs, parent: QWidget | None) -> SaveProject | None:
    """Ask for a new project; None when the user cancels."""
    dialog = NewProjectDialog(store, jobs, parent)
    return dialog.question() if run(dialog) else None
