"""Changes the day by which a project is to be deleted, with the reason for it."""

from __future__ import annotations

from PySide6.QtCore import QDate, Qt
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from engine.errors import N_
from engine.service.messages import ChangeDeadline, Kept
from gui.dialogs.asking import AskingDialog
from gui.dialogs.date_field import DateField
from gui.dialogs.frame import run
from gui.jobs import Jobs
from gui.store import Store
from gui.widgets.parts import column, label

REASONS = {
    "analysis": N_("The analysis is not finished"),
    "follow_up": N_("The effect is to be measured again"),
    "case_open": N_("A complaint or an audit is under way"),
    "purpose_met": N_("The purpose is met: delete sooner"),
    "mistake": N_("The day was wrong from the beginning"),
}
LONGEST_NOTE = 200


class DeadlineDialog(AskingDialog):
    """Day, reason, and room for a remark."""

    def __init__(self, store: Store, jobs: Jobs, parent: QWidget | None) -> None:
        super().__init__(store, jobs, N_("Change the day of deletion"), parent, accept=N_("Change the day"))
        texts = store.texts
        self.kept: Kept | None = None
        facts = store.opened.facts if store.opened else None
        self._before = QDate.fromString(facts.delete_by, Qt.DateFormat.ISODate) if facts else QDate()
        self.day = DateField(store, texts("Delete by"), self._before)
        self.reason = QComboBox()
        for code, words in REASONS.items():
            self.reason.addItem(texts(words), code)
        self.note = QLineEdit()
        self.note.setMaxLength(LONGEST_NOTE)
        self._lack = label("small")
        self.foot.insertWidget(0, self._lack)
        lead = texts("The day follows from the purpose. Day and reason stand in the audit log; the remark only in the project.")
        self.body.addWidget(label("secondary", lead, wrap=True))
        for name, field in ((texts("Delete by"), self.day), (texts("Reason"), self.reason), (texts("Remark (no names)"), self.note)):
            part = column(6)
            shown = label("body_strong", name)
            shown.setBuddy(field)
            field.setAccessibleName(name)
            part.addWidget(shown)
            part.addWidget(field)
            self.body.addLayout(part)
        self.body.addWidget(self.problem)
        self.accept_button.clicked.disconnect(self.accept)
        self.accept_button.clicked.connect(self._on_wanted)
        self.day.changed.connect(self.follow)
        self.take_width(520, 700)
        self.follow()
        self.day.setFocus()

    def follow(self) -> None:
        """What is missing is said beside the button."""
        texts, day = self.store.texts, self.day.date()
        checks = (
            (day.isValid(), texts("Write the date as dd-mm-yyyy.")),
            (day >= QDate.currentDate(), texts("The day of deletion has passed. Choose a later one.")),
            (day != self._before, texts("That is the day it has.")),
        )
        lack = next((sentence for good, sentence in checks if not good), "")
        self._lack.setText("" if self.is_busy else lack)
        self.accept_button.setEnabled(not lack and not self.is_busy)

    def _on_wanted(self) -> None:
        day = self.day.date().toString(Qt.DateFormat.ISODate)
        self.ask(ChangeDeadline(day, str(self.reason.currentData()), self.note.text().strip()), self._on_kept, N_("Saving the project"))

    def _on_kept(self, kept: Kept) -> None:
        self.kept = kept
        self.accept()


def change_deadline(store: Store, jobs: Jobs, parent: QWidget | None) -> Kept | None:
    """Let the user change the day of deletion; None when it stays."""
    dialog = DeadlineDialog(store, jobs, parent)
    return dialog.kept if run(dialog) else None
