"""Deletes a project for good: what goes, what stays elsewhere, the name typed to be sure, and a receipt."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QWidget

from engine.errors import N_, BadInput
from engine.service.messages import Deleted, DeleteProject, Governance, GovernanceQuery
from engine.texts import Texts
from gui.dialogs.asking import AskingDialog
from gui.dialogs.frame import run
from gui.jobs import Jobs
from gui.map.file_writing import write_whole
from gui.store import Store
from gui.widgets.error_words import error_sentence
from gui.widgets.file_dialog import ask_save
from gui.widgets.parts import button, code_label, column, framed, icon_label, label, row, surface

ASKING, DONE = 0, 1


class DeleteDialog(AskingDialog):
    """Two faces: it is asked, and it is done."""

    def __init__(self, store: Store, jobs: Jobs, folder: str, name: str, parent: QWidget | None, *, is_open: bool) -> None:
        super().__init__(store, jobs, N_("Delete the project"), parent, accept=N_("Delete for good"), aside=not is_open)
        self._folder, self._name = folder, name
        self.deleted: Deleted | None = None
        texts = store.texts
        self.typed = QLineEdit()
        self.typed.setAccessibleName(texts("The project's name"))
        self._copies = label("body", wrap=True)
        self._copies.hide()
        self.receipt = code_label("body", wrap=True)
        flags = Qt.TextInteractionFlag
        self.receipt.setTextInteractionFlags(flags.TextSelectableByMouse | flags.TextSelectableByKeyboard)
        self.save = button("plain", texts("Save the receipt …"))
        self.said = label("small", wrap=True)
        self._faces = (self._asking(), self._done())
        for part in (*self._faces, self.problem):
            self.body.addWidget(part)
        self._faces[DONE].hide()
        self.accept_button.clicked.disconnect(self.accept)
        self.accept_button.clicked.connect(self._on_accept)
        self.typed.textChanged.connect(self.follow)
        self.save.clicked.connect(self._on_save)
        self.take_width(600, 820)
        self.follow()
        self.typed.setFocus()
        if is_open:
            self.ask_quietly(GovernanceQuery(limit=0), self._on_told)

    def _asking(self) -> QWidget:
        texts = self.store.texts
        warning = framed("caution")
        inner = row(10, (14, 12, 14, 12))
        inner.addWidget(icon_label("triangle-alert", self.store.tokens.caution, self.sizes.icon_bar), 0, Qt.AlignmentFlag.AlignTop)
        lines = column(6)
        for sentence in (
            texts("The keys are destroyed first, then every file. Nobody can bring the project back, neither you nor IT nor we."),
            texts("On an SSD or a network drive old blocks may live on for a while; without the keys they cannot be read."),
            texts("Backups of the folder, and files that were exported, are not found from here: delete them where they lie."),
        ):
            lines.addWidget(label("body", sentence, wrap=True))
        lines.addWidget(self._copies)
        inner.addLayout(lines, 1)
        warning.setLayout(inner)
        layout = column(12)
        layout.addWidget(label("body_strong", self._folder, wrap=True))
        layout.addWidget(warning)
        ask = column(6)
        shown = label("body", texts("Type “{name}” to show that it is the right one.", name=self._name), wrap=True)
        shown.setBuddy(self.typed)
        ask.addWidget(shown)
        ask.addWidget(self.typed)
        layout.addLayout(ask)
        made = surface()
        made.setLayout(layout)
        return made

    def _done(self) -> QWidget:
        layout = column(12)
        box = framed("note")
        inner = column(0, (14, 12, 14, 12))
        inner.addWidget(self.receipt)
        box.setLayout(inner)
        layout.addWidget(box)
        line = row()
        line.addWidget(self.save)
        line.addStretch()
        layout.addLayout(line)
        layout.addWidget(self.said)
        made = surface()
        made.setLayout(layout)
        return made

    def _on_told(self, told: Governance) -> None:
        there = [copy.folder for copy in told.copies if copy.there]
        if there:
            names = "\n".join(there)
            self._copies.setText(self.store.texts("These copies are known and stay:\n{folders}", folders=names))
            self._copies.show()
            self.fit()

    def follow(self) -> None:
        """The button waits for the name."""
        if self.deleted is None:
            self.accept_button.setEnabled(self.typed.text().strip() == self._name.strip() and not self.is_busy)
        else:
            self.accept_button.setEnabled(True)

    def _on_accept(self) -> None:
        if self.deleted is not None:
            self.accept()
        else:
            self.ask(DeleteProject(self._folder, self.typed.text().strip()), self._on_deleted, N_("Deleting the project"))

    def _on_deleted(self, deleted: Deleted) -> None:
        self.deleted = deleted
        texts = self.store.texts
        self.setWindowTitle(texts("The project is deleted"))
        self.heading.setText(texts("The project is deleted"))
        self.receipt.setText(receipt_text(texts, deleted))
        self.receipt.setAccessibleName(receipt_text(texts, deleted))
        self.cancel_button.hide()
        self.accept_button.setText(texts("Close"))
        self._faces[ASKING].hide()
        self._faces[DONE].show()
        self.follow()
        self.fit()
        self.save.setFocus()

    def _on_save(self) -> None:
        if self.deleted is None:
            return
        name = self.store.texts("receipt for deletion") + ".txt"
        path = ask_save(self.store, self, N_("Save the receipt"), name, "(*.txt)")
        if not path:
            return
        try:
            write_whole(Path(path), receipt_text(self.store.texts, self.deleted).encode("utf-8-sig"))
            self.said.setText(self.store.texts("The receipt is saved as {file}.", file=Path(path).name))
        except BadInput as error:
            self.say(error_sentence(self.store.texts, error))

    def reject(self) -> None:
        """What is deleted is deleted, however the dialog is closed."""
        self.accept() if self.deleted is not None else super().reject()


def receipt_text(texts: Texts, deleted: Deleted) -> str:
    """The receipt in words: what was deleted and when, and what of its folder stays."""
    moment = texts.moment(int(datetime.fromisoformat(deleted.at).timestamp() * 1e6))
    lines = [
        texts("Receipt for the deletion of a project in Sagsflow"),
        texts("Project: {name}", name=deleted.name),
        texts("Deleted: {moment}", moment=moment),
        texts("Folder: {folder}", folder=deleted.folder),
        texts("Project number: {number}", number=deleted.project),
        texts("SHA-256 of its manifest: {sha256}", sha256=deleted.manifest),
        texts("{files} files with {bytes} bytes were destroyed, their keys first.", files=deleted.files, bytes=deleted.bytes),
    ]
    if deleted.others:
        others = texts.plural(
            "{n} file that is not Sagsflow's stays in the folder.", "{n} files that are not Sagsflow's stay in the folder.", deleted.others
        )
        lines.append(others)
    lines += [texts("A copy is known in {folder}.", folder=copy.folder) for copy in deleted.copies if copy.there]
    return "\n".join(lines)


def delete_project(store: Store, jobs: Jobs, folder: str, name: str, parent: QWidget | None, *, is_open: bool) -> Deleted | None:
    """Let the user delete a project; None when it stays."""
    dialog = DeleteDialog(store, jobs, folder, name, parent, is_open=is_open)
    run(dialog)
    if not is_open:
        jobs.end_aside()
    return dialog.deleted
