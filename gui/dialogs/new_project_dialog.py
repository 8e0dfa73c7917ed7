"""Asks what a new encrypted project needs: name, purpose, legal basis, delete-by date, passphrase, recovery recipient, folder."""

from __future__ import annotations

import math
import re
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

from PySide6.QtCore import QDate, Qt
from PySide6.QtWidgets import QFrame, QLineEdit, QProgressBar, QScrollArea, QVBoxLayout, QWidget

from engine.errors import N_
from engine.service.messages import PassphraseSuggestion, ProjectFacts, SaveProject, SuggestPassphrase
from gui.dialogs.date_field import DateField
from gui.dialogs.frame import DialogFrame, run
from gui.jobs import Jobs
from gui.store import Store
from gui.widgets.file_dialog import ask_folder, documents
from gui.widgets.parts import button, column, framed, hairline, icon_label, label, row
from gui.widgets.password_field import PasswordField
from gui.widgets.suggested_words import SuggestedWords

RECIPIENT = re.compile(r"^age1[02-9ac-hj-np-z]{58}$")
ENOUGH_BITS, GOOD_BITS = 50.0, 70.0
UNSAFE = re.compile(r'[<>:"/\\|?*\x00-\x1f]+')
KINDS = ((r"[a-zæøå]", 29), (r"[A-ZÆØÅ]", 29), (r"\d", 10), (r"[^\w]", 20))
SHORTEST_WORD = 3
BESIDE_BAR = 8
"""Px between fields and a scroll bar."""
WORD = re.compile(r"[^\W\d_]+")


def strength_bits(passphrase: str) -> float:
    """A cautious estimate of a passphrase's strength in bits: words count 11 bits each, other signs by their kind, repeats nothing."""
    words = [word for word in WORD.findall(passphrase) if len(word) >= SHORTEST_WORD]
    by_words = 11.0 * len({word.casefold() for word in words})
    kinds = sum(size for pattern, size in KINDS if re.search(pattern, passphrase))
    by_signs = len(set(passphrase)) * math.log2(kinds) if kinds else 0.0
    return min(by_words, by_signs) if words and len(words) >= 3 else by_signs * 0.7


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
        self.first = PasswordField(store, N_("Passphrase"), large=False)
        self.second = PasswordField(store, N_("Passphrase once more"), large=False)
        self._strength, self._strength_words = QProgressBar(), label("small")
        self._strength_words.setWordWrap(True)
        self.suggest = button("text", texts("Suggest six words"))
        self.suggestion = SuggestedWords(store)
        self.recovery = QLineEdit()
        self.recovery.setPlaceholderText("age1…")
        self._recovery_note = framed("caution")
        self._recovery_words = label("small", wrap=True)
        self.parent_folder = QLineEdit(documents())
        self.browse = button("plain", texts("Choose …"))
        self._status = label("small")
        self.foot.insertWidget(0, self._status)
        self._build()
        self._order_secrets()
        self._connect()
        self._follow()
        self.take_size((660, 720), (860, 880))
        self.name.setFocus(Qt.FocusReason.OtherFocusReason)

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
        self._add_secrets(form)
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

    def _add_secrets(self, form: QVBoxLayout) -> None:
        """The passphrase twice, its strength, and the words that were suggested."""
        secrets = row(16)
        secrets.addWidget(self.first, 1)
        secrets.addWidget(self.second, 1)
        secrets.setAlignment(self.first, Qt.AlignmentFlag.AlignTop)
        secrets.setAlignment(self.second, Qt.AlignmentFlag.AlignTop)
        form.addLayout(secrets)
        self._strength.setTextVisible(False)
        self._strength.setRange(0, 100)
        self._strength.setFixedWidth(160)
        meter = row(10)
        meter.addWidget(self._strength)
        meter.addWidget(self._strength_words, 1)
        meter.addWidget(self.suggest)
        form.addLayout(meter)
        form.addWidget(self.suggestion)

    def _order_secrets(self) -> None:
        """Tab goes from one passphrase to the other: on an eye between them the next space would show the first."""
        stops = (self.first.field, self.second, self.second.field, self.first.eye, self.second.eye, self.suggest)
        for before, after in pairwise(stops):
            QWidget.setTabOrder(before, after)

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
        self.first.changed.connect(self._follow)
        self.second.changed.connect(self._follow)
        self.delete_by.changed.connect(self._follow)
        self.suggest.clicked.connect(self._on_suggest)
        self.browse.clicked.connect(self._on_browse)

    def _on_range(self, _least: int, most: int) -> None:
        """What would have to be scrolled makes the dialog higher, once it is shown."""
        if most and self.isVisible():
            self.grow(most)

    def _on_suggest(self) -> None:
        def on_answer(answer: PassphraseSuggestion) -> None:
            if not self.is_done:
                for field in (self.first, self.second):
                    field.set_text(answer.passphrase)
                self.suggestion.show_words(answer.passphrase)

        self._jobs.ask(SuggestPassphrase(self.store.texts.language), on_answer)

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
        bits = strength_bits(self.first.text)
        self._strength.setValue(min(100, round(100 * bits / GOOD_BITS)))
        self._strength_words.setText(self._strength_sentence(bits) if self.first.text else "")
        self.suggestion.hide_unless(self.first.text)
        same = self.first.text == self.second.text
        self.second.set_error(texts("The two are not the same.") if self.second.text and not same else "")
        recipient = self.recovery.text().strip()
        known = not recipient or bool(RECIPIENT.match(recipient))
        self._recovery_note.setVisible(not recipient or not known)
        lost = texts("Without a recovery key the data are lost if the passphrase is forgotten. Ask IT for the municipality's recovery key.")
        wrong = texts("This is not a recipient: it begins with age1 and has 62 characters.")
        self._recovery_words.setText(wrong if not known else lost)
        self._folder_note.setText(texts("The project becomes the folder {folder}.", folder=str(self.folder)))
        problem = self._problem(bits, same=same, known=known)
        self._status.setText(problem)
        self.accept_button.setEnabled(not problem)

    def _strength_sentence(self, bits: float) -> str:
        texts = self.store.texts
        if bits < ENOUGH_BITS:
            return texts("Too weak: use at least five different words, or 14 different letters and digits.")
        return texts("Strength: {word}", word=texts("strong") if bits >= GOOD_BITS else texts("sufficient"))

    def _problem(self, bits: float, *, same: bool, known: bool) -> str:
        """The first thing that is missing, as a sentence; "" when the project can be saved."""
        texts = self.store.texts
        checks = (
            (bool(self.name.text().strip()), texts("Give the project a name.")),
            (not self.folder.exists(), texts("There is already a folder of that name. Choose another name.")),
            (self.delete_by.date().isValid(), texts("Write the date as dd-mm-yyyy.")),
            (self.delete_by.date() >= QDate.currentDate(), texts("The day of deletion has passed. Choose a later one.")),
            (bool(self.purpose.text().strip()), texts("Write the purpose.")),
            (bool(self.legal_basis.text().strip()), texts("Write the legal basis.")),
            (bool(self.first.text), texts("Choose a passphrase, or let six words be suggested.")),
            (bits >= ENOUGH_BITS, texts("Choose a longer passphrase, or let six words be suggested.")),
            (same, texts("Type the passphrase twice.")),
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
        return SaveProject(str(self.folder), facts, self.first.text, self.recovery.text().strip() or None, self.store.view)


def ask_project(store: Store, jobs: Jobs, parent: QWidget | None) -> SaveProject | None:
    """Ask for a new project; None when the user cancels."""
    dialog = NewProjectDialog(store, jobs, parent)
    return dialog.question() if run(dialog) else None
