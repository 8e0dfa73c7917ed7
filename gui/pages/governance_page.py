"""Governance: what the project may be used for, who can open it, when it is deleted, and its audit log to read and verify."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QHeaderView, QLabel, QPushButton, QWidget

from engine.errors import N_
from engine.service.messages import AuditVerified, Governance, GovernanceQuery, VerifyAudit
from engine.texts import Texts
from gui.item_models.audit_model import FACTS, WHAT, WHEN, AuditModel
from gui.item_models.audit_words import day_words, event_words
from gui.store import Store
from gui.theme import Appearance
from gui.widgets.error_words import error_sentence
from gui.widgets.parts import button, code_label, hairline, label, row, set_property
from gui.widgets.side_panel import SidePanel
from gui.widgets.table_page import TablePage

ACTIONS = (
    ("change_deadline", N_("Change the day of deletion …")),
    ("change_passphrase", N_("Change the passphrase …")),
    ("recovery_key", N_("Recovery key …")),
    ("find_citizen", N_("Find a citizen …")),
    ("keep_audit", N_("How long the log is kept …")),
    ("delete_project", N_("Delete the project …")),
)
ONLY_READ = ("find_citizen",)
"""What a project that can only be read allows."""
LETTERS, AIR = 16, 32
"""Letters of a kind that are seen while the list is closed, and px beside the longest one in it."""
VERIFYING = N_("Verifying the audit log")


class GovernancePage(TablePage):
    """The audit log and, beside it, the project."""

    title = N_("Reading the audit log")
    name = N_("Governance")
    note = N_("The log holds codes, counts and checksums, never ids or names. Each record is bound to the one before it.")
    side: GovernanceSide
    action_wanted = Signal(str)

    def __init__(self, store: Store) -> None:
        self._answer: Governance | None = None
        self._verified: AuditVerified | None = None
        self.model = AuditModel(store)
        self.kinds = QComboBox()
        self.kinds.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.kinds.setMinimumContentsLength(LETTERS)
        self.verify, self.export, self.about = button("small"), button("small"), button("small")
        tools = QWidget()
        line = row(8)
        for part in (self.kinds, self.verify, self.export, self.about):
            line.addWidget(part)
        tools.setLayout(line)
        super().__init__(store, self.model, GovernanceSide(store), legend=tools)
        self.count.setWordWrap(True)
        self.side.action_wanted.connect(self.action_wanted)
        self.kinds.activated.connect(self._on_kind)
        self.verify.clicked.connect(self._on_verify)
        self.about.clicked.connect(lambda: self.sided.set_wanted(not self.sided.wanted))
        self.export.clicked.connect(partial(self.action_wanted.emit, "export_audit"))
        self.header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.header.setSectionResizeMode(FACTS, QHeaderView.ResizeMode.Stretch)
        self.model.failed.connect(self._on_failed)
        store.saved_changed.connect(self.refresh)
        self.ready()

    def question(self) -> GovernanceQuery:
        """The facts and the first page of the kind in force."""
        return self.model.question_at(0)

    def is_empty(self, answer: Governance) -> bool:
        """A log that is no project has no governance."""
        return answer.facts is None

    def _show_empty(self) -> None:
        self._state.show_state(
            "shield-check",
            N_("Not a project yet"),
            N_("Purpose, keys and audit log belong to a project. Save what is open as an encrypted project first."),
            action=N_("Save as encrypted project …"),
            on_action=partial(self.action_wanted.emit, "save_project"),
        )
        self._stack.setCurrentWidget(self._state)

    def show_answer(self, answer: Governance) -> None:
        """Show the project and its log."""
        if self._answer is None or self._answer.head != answer.head:
            self._verified = None
        self._answer = answer
        self.model.set_answer(answer)
        self._fill_kinds(answer)
        self.export.setEnabled(not answer.read_only)
        self.side.show_governance(answer, self._verified)
        self.write_count()

    def clear(self) -> None:
        """Forget the project."""
        self._answer = self._verified = None
        self.model.kind = ""
        self.model.set_answer(None)
        self.kinds.clear()
        self.side.show_governance(None, None)
        self.count.setText("")

    def choose(self, row_number: int, *, by_hand: bool) -> None:
        """A record has nothing beside its row."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where the project has no room beside its log, a button shows it."""
        super().resizeEvent(event)
        self.about.setVisible(self.sided.is_narrow)

    def write_count(self) -> None:
        """Write how many records are shown, or what verifying found."""
        if self._answer is None:
            return
        texts = self.store.texts
        said = texts.plural("{n} record", "{n} records", self._answer.n_rows)
        if self._verified is not None:
            said = verified_words(texts, self._verified)
        self.count.setText(said)

    # ---- the log -------------------------------------------------------------------------------------------------------------

    def _fill_kinds(self, answer: Governance) -> None:
        texts = self.store.texts
        self.kinds.clear()
        self.kinds.addItem(texts("Every kind"), "")
        for event in sorted(answer.kinds, key=lambda event: event_words(texts, event)):
            self.kinds.addItem(f"{event_words(texts, event)} ({texts.number(answer.kinds[event])})", event)
        self.kinds.setCurrentIndex(max(self.kinds.findData(self.model.kind), 0))
        self.kinds.view().setMinimumWidth(self.kinds.view().sizeHintForColumn(0) + AIR)

    def _on_kind(self) -> None:
        self.model.kind = str(self.kinds.currentData())
        self.refresh()

    def _on_verify(self) -> None:
        self.count.setText(self.store.texts(VERIFYING) + " …")
        self.store.jobs.ask(VerifyAudit(), self._on_verified, self._on_not_verified, VERIFYING)

    def _on_verified(self, verified: AuditVerified) -> None:
        self._verified = verified
        self.write_count()
        self.side.show_governance(self._answer, verified)

    def _on_not_verified(self, error: Exception) -> None:
        self._verified = None
        self.write_count()
        if isinstance(error, Exception) and str(error):
            self.count.setText(error_sentence(self.store.texts, error))

    # ---- texts and looks -----------------------------------------------------------------------------------------------------

    def retranslate(self) -> None:
        """Write the texts."""
        super().retranslate()
        texts = self.store.texts
        self.kinds.setAccessibleName(texts("Kind of record"))
        self.verify.setText(texts("Verify"))
        self.verify.setToolTip(texts("Follow the chain from the first record to the last"))
        self.export.setText(texts("Write into a file …"))
        self.about.setText(texts("The project"))
        if self._answer is not None:
            self._fill_kinds(self._answer)
            self.side.show_governance(self._answer, self._verified)

    def restyle(self) -> None:
        """Take the sizes of rows and columns."""
        super().restyle()
        self.about.setVisible(self.sided.is_narrow)
        scale = 1.4 if self.store.appearance is Appearance.PROJECTOR else 1
        for section, width in ((WHEN, 172), (WHAT, 320)):
            self.header.resizeSection(section, round(width * scale))


class GovernanceSide(SidePanel):
    """The facts about the project, what stands for its audit log on reports, and what can be done."""

    action_wanted = Signal(str)

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self._answer: Governance | None = None
        self._verified: AuditVerified | None = None
        self._name = label("card_title", wrap=True)
        self._names: list[QLabel] = []
        self._values: list[QLabel] = []
        self.buttons: dict[str, QPushButton] = {}
        self.body.addWidget(self._name)
        self.body.addSpacing(8)
        for _ in range(8):
            name, value = label("small_label"), code_label("body", wrap=True)
            self._names.append(name)
            self._values.append(value)
            self.body.addWidget(name)
            self.body.addWidget(value)
            self.body.addSpacing(6)
        self.body.addWidget(hairline())
        self.body.addSpacing(10)
        for action, _text in ACTIONS:
            made = self.buttons[action] = button("plain")
            made.clicked.connect(partial(self.action_wanted.emit, action))
            self.body.addWidget(made)
            self.body.addSpacing(6)
        self.body.addStretch()
        self.ready()

    def show_governance(self, answer: Governance | None, verified: AuditVerified | None) -> None:
        """Show the facts, or none."""
        self._answer, self._verified = answer, verified
        self.retranslate()

    def retranslate(self) -> None:
        """Write the texts."""
        texts, told = self.store.texts, self._answer
        for action, text in ACTIONS:
            self.buttons[action].setText(texts(text))
            self.buttons[action].setEnabled(told is not None and (not told.read_only or action in ONLY_READ))
        lines = self._lines(told) if told is not None and told.facts is not None else ()
        self._name.setText(told.facts.name if told is not None and told.facts is not None else "")
        for place, (name, value) in enumerate(zip(self._names, self._values, strict=True)):
            shown = lines[place] if place < len(lines) else ("", "", "body")
            name.setText(shown[0])
            value.setText(shown[1])
            set_property(value, "role", shown[2])
            name.setVisible(bool(shown[0]))
            value.setVisible(bool(shown[0]))

    def _lines(self, told: Governance) -> tuple[tuple[str, str, str], ...]:
        texts, facts = self.store.texts, told.facts
        if facts is None:
            return ()
        recovery = told.recovery or texts("none: a lost passphrase loses the data")
        kept = texts("{n} months", n=told.audit_months) if told.audit_months else texts("as long as the project")
        copies = "\n".join(copy.folder for copy in told.copies) or texts("none known")
        return (
            (texts("Purpose"), facts.purpose, "body"),
            (texts("Legal basis"), facts.legal_basis, "body"),
            (texts("Delete by"), texts("may stay: made-up data") if facts.synthetic else day_words(facts.delete_by), "body"),
            (texts("Recovery key"), recovery, "body" if told.recovery else "caution"),
            (texts("Who can open it"), self._openers(told), "body"),
            (texts("Copies"), copies, "body"),
            (texts("The audit log is kept"), kept, "body"),
            (texts("Anchor of the audit log, for reports"), anchor_words(texts, told.count, told.head), "body"),
        )

    def _openers(self, told: Governance) -> str:
        texts = self.store.texts
        who = [texts("whoever has the passphrase")]
        if told.analyst:
            who.append(texts("the analyst's key {print}", print=told.analyst))
        if told.recovery:
            who.append(texts("whoever keeps the recovery key"))
        if not told.keyed:
            who.append(texts("nobody here can look a case up: the pseudonym key was taken out"))
        return "; ".join(who)

    def restyle(self) -> None:
        """The labels take their looks from the style sheet."""


def anchor_words(texts: Texts, count: int, head: str) -> str:
    """The number of records and the head, in groups that can be read aloud and compared."""
    return texts("{n} records, head {head}", n=count, head=grouped(head))


def grouped(head: str) -> str:
    """The first 64 bits of a head, in groups of four."""
    return " ".join(head[place : place + 4].upper() for place in range(0, 16, 4))


def verified_words(texts: Texts, verified: AuditVerified) -> str:
    """What verifying found, in one sentence."""
    if verified.broken is not None:
        return texts("The chain breaks at record {n}: what stands from there on was changed outside Sagsflow.", n=verified.broken + 1)
    return texts("{n} records, the chain is unbroken, head {head}.", n=verified.count, head=grouped(verified.head))
