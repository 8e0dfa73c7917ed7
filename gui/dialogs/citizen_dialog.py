"""One citizen's data on request: found by id or code, shown, written into an encrypted file, and removed for good."""

from __future__ import annotations

from PySide6.QtWidgets import QHeaderView, QLineEdit, QTableView, QWidget

from engine.errors import N_
from engine.service.messages import CitizenFound, ExportCitizen, FindCitizen, ForgetCitizen, Forgotten, SealedFile
from gui.dialogs.asking import AskingDialog
from gui.dialogs.frame import DialogFrame, run
from gui.dialogs.seal_dialog import ask_seal
from gui.item_models.citizen_model import CitizenModel
from gui.jobs import Jobs
from gui.store import Store
from gui.widgets.file_dialog import ask_save
from gui.widgets.parts import button, code_label, column, framed, label, row
from gui.widgets.password_field import PasswordField
from gui.widgets.table_delegate import RowDelegate
from gui.widgets.table_page import as_rows

LEAD = N_(
    "For requests for access and erasure (GDPR, articles 15 to 17). What you type becomes the citizen's code inside the engine and is kept "
    "nowhere; the audit log names the code only."
)
SEAL_NOTE = N_("The file holds the citizen's events as a table, without who did the work. It is written encrypted.")


class CitizenDialog(AskingDialog):
    """The id on top, what was found below it, and two things to do with that."""

    def __init__(self, store: Store, jobs: Jobs, parent: QWidget | None) -> None:
        super().__init__(store, jobs, N_("Find a citizen"), parent, accept=N_("Close"), cancel="")
        texts = store.texts
        self.found: CitizenFound | None = None
        self.forgotten: Forgotten | None = None
        self.typed = PasswordField(store, N_("Case id, CPR number or code"), large=False)
        self.seek = button("primary", texts("Find"))
        self._code, self._counts, self._said = code_label("card_title"), label("secondary", wrap=True), label("small", wrap=True)
        self.model = CitizenModel(store)
        self.table = QTableView()
        self.export = button("plain", texts("Write into an encrypted file …"))
        self.remove = button("plain", texts("Remove for good …"))
        self._build()
        self._connect()
        self.take_size((820, 680), (1100, 900))
        self.follow()
        self.typed.field.setFocus()

    def _build(self) -> None:
        header = as_rows(self.table, self.store)
        header.setFixedHeight(self.sizes.table_header)
        self.table.setModel(self.model)
        self.table.setItemDelegate(RowDelegate(self.store, self.table))
        self.table.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        self.table.verticalHeader().setDefaultSectionSize(self.sizes.row)
        self.table.setAccessibleName(self.store.texts("What the log holds"))
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.body.addWidget(label("secondary", self.store.texts(LEAD), wrap=True))
        line = row(10)
        line.addWidget(self.typed, 1)
        place = column()
        place.addStretch()
        place.addWidget(self.seek)
        line.addLayout(place)
        self.body.addLayout(line)
        self.body.addWidget(self.problem)
        self.body.addWidget(self._code)
        self.body.addWidget(self._counts)
        card = framed()
        inner = column(0, (1, 1, 1, 1))
        inner.addWidget(self.table)
        card.setLayout(inner)
        self.body.addWidget(card, 1)
        self.body.addWidget(self._said)
        self.foot.insertWidget(0, self.export)
        self.foot.insertWidget(1, self.remove)

    def _connect(self) -> None:
        self.typed.changed.connect(self.follow)
        self.typed.submitted.connect(self._on_find)
        self.seek.clicked.connect(self._on_find)
        self.export.clicked.connect(self._on_export)
        self.remove.clicked.connect(self._on_remove)
        self.accept_button.setAutoDefault(False)
        self.accept_button.setDefault(False)

    def follow(self) -> None:
        """Enable what can be used now."""
        there = self.found is not None and not self.is_busy
        self.seek.setEnabled(bool(self.typed.text.strip()) and not self.is_busy)
        self.export.setEnabled(there)
        self.remove.setEnabled(there and self.store.keeps_view)
        self.accept_button.setEnabled(not self.is_busy)

    def _on_find(self) -> None:
        if self.seek.isEnabled():
            self._show(None)
            self.ask(FindCitizen(self.typed.text), self._on_found, N_("Looking for the citizen"))

    def _on_found(self, found: CitizenFound) -> None:
        self.typed.clear()
        self._show(found)
        self.table.setFocus()

    def _show(self, found: CitizenFound | None) -> None:
        self.found = found
        texts = self.store.texts
        self._code.setText(found.pseudonym if found else "")
        self._said.setText("")
        self.model.set_rows(found.rows if found else ())
        self._counts.setText(self._count_words(found) if found else "")
        if found is not None and not self.store.keeps_view:
            self._said.setText(texts("To remove it, the log must be a project that can be written."))
        self.follow()

    def _count_words(self, found: CitizenFound) -> str:
        texts = self.store.texts
        said = [
            texts.plural("{n} event", "{n} events", found.events),
            texts.plural("{n} whole case", "{n} whole cases", found.cases),
            texts.plural("{n} state that they were in", "{n} states that they were in", found.spells),
            texts.plural("{n} comment of caseworkers", "{n} comments of caseworkers", found.comments),
            texts.plural("{n} record of the audit log names the code", "{n} records of the audit log name the code", found.seen),
        ]
        if len(found.rows) < found.events:
            said.append(texts("the first {n} are shown", n=len(found.rows)))
        if not found.keyed:
            said.append(texts("the pseudonym key was taken out of the project"))
        return " · ".join(said)

    def _on_export(self) -> None:
        if self.found is None:
            return
        seal = ask_seal(self.store, self.jobs, N_("Write the citizen's data into a file"), SEAL_NOTE, self)
        name = self.store.texts("citizen's data") + ".csv.age"
        path = ask_save(self.store, self, N_("Write the citizen's data into a file"), name, "(*.age)") if seal is not None else ""
        if seal is not None and path:
            question = ExportCitizen(self.found.pseudonym, path, seal, self.store.texts.language)
            self.ask(question, self._on_exported, N_("Writing the file"))

    def _on_exported(self, written: SealedFile) -> None:
        self._said.setText(self.store.texts("{n} events are written, encrypted. SHA-256: {sha256}", n=written.rows, sha256=written.sha256))

    def _on_remove(self) -> None:
        if self.found is not None and confirm_removal(self.store, self.found, self):
            self.ask(ForgetCitizen(self.found.pseudonym), self._on_forgotten, N_("Removing the citizen's data"))

    def _on_forgotten(self, forgotten: Forgotten) -> None:
        self.forgotten = forgotten
        self._show(None)
        self._said.setText(self.store.texts("{n} events are gone for good, and the files that held them.", n=forgotten.events))
        self.typed.field.setFocus()

    def reject(self) -> None:
        """What is removed is removed, however the dialog is closed."""
        self.accept()


class RemovalDialog(DialogFrame):
    """What removing means; the code is typed to be sure."""

    def __init__(self, store: Store, found: CitizenFound, parent: QWidget | None) -> None:
        super().__init__(store, N_("Remove the citizen's data for good"), parent, accept=N_("Remove for good"))
        texts = store.texts
        self._code = found.pseudonym
        self.typed = QLineEdit()
        self.typed.setAccessibleName(texts("The citizen's code"))
        for sentence in (
            texts("The project is written anew without these {n} events. It cannot be undone.", n=found.events),
            texts("Reports and pictures that left before still count them. The audit log goes on naming the code."),
            texts("Copies of the project, backups and the extract itself still hold the data: remove them there too."),
        ):
            self.body.addWidget(label("body", sentence, wrap=True))
        shown = label("body", texts("Type “{name}” to show that it is the right one.", name=found.pseudonym), wrap=True)
        shown.setBuddy(self.typed)
        self.body.addWidget(shown)
        self.body.addWidget(self.typed)
        self.typed.textChanged.connect(self._follow)
        self.take_width(560, 760)
        self._follow()
        self.typed.setFocus()

    def _follow(self) -> None:
        self.accept_button.setEnabled(self.typed.text().strip().upper() == self._code)


def confirm_removal(store: Store, found: CitizenFound, parent: QWidget | None) -> bool:
    """Whether the user has the citizen's data removed."""
    return run(RemovalDialog(store, found, parent))


def find_citizen(store: Store, jobs: Jobs, parent: QWidget | None) -> Forgotten | None:
    """Let the user look for a citizen; what is left of the log when something was removed."""
    dialog = CitizenDialog(store, jobs, parent)
    run(dialog)
    return dialog.forgotten
