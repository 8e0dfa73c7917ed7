"""The wizard's second page: what the columns of each file mean, in one table, with the first events as they would be read."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QComboBox, QWidget

from engine.errors import N_
from engine.log.columns import TIMES
from engine.service.messages import PlannedFile, PreviewFile
from gui.dialogs.import_column_table import ColumnTable
from gui.dialogs.import_draft import JOINED_ROLES, ImportDraft, role_joins
from gui.dialogs.import_reading import DateQuestion, ReadingRow
from gui.dialogs.import_roles import GROUPS, NAMES, NEEDED, SPELLS, barred, becomes, sign_words, stamp_words
from gui.dialogs.import_words import notice_words
from gui.dialogs.roles_dialog import choose_item, time_words
from gui.item_models.column_model import ColumnRow
from gui.store import Store
from gui.widgets.parts import button, column, framed, label, row
from gui.widgets.timeline import Entry, Timeline

LATER_MS = 120
MASK = "•••"
EXAMPLES, MOST_EVENTS = 3, 6
NAMED = 6
"""Columns that are named in the hint about what is not read."""
MADE = N_("made in the wash")


class ColumnsPage(QWidget):
    """One file at a time."""

    changed = Signal()
    """The choices have changed."""
    preview_wanted = Signal(object)
    """A PreviewFile to be asked."""

    def __init__(self, store: Store, draft: ImportDraft, height: int, is_large: bool) -> None:
        super().__init__()
        self._store = store
        self._draft = draft
        self._path = ""
        self.file, self._file_label = QComboBox(), label("body_strong", store.texts("File"))
        self.leave_out = button("plain", store.texts("Leave the file out"))
        self.reading, self.question = ReadingRow(store), DateQuestion(store)
        self.table = ColumnTable(store, height, self._barred)
        self._events, self._events_note, self._stamps_note = Timeline(store), label("small", wrap=True), label("small", wrap=True)
        self._changes, self._hint = label("caution", wrap=True), label("small", wrap=True)
        self._build(is_large)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(LATER_MS)
        self._later.timeout.connect(self._on_later)
        self.file.activated.connect(self._on_file)
        self.leave_out.clicked.connect(self._on_leave_out)
        self.reading.changed.connect(self._on_reading)
        self.question.changed.connect(self._on_order)
        self.table.role_chosen.connect(self.give)

    # ---- building --------------------------------------------------------------------------------------------------------------

    def _build(self, is_large: bool) -> None:
        texts = self._store.texts
        which = row(12)
        which.addWidget(self._file_label)
        which.addWidget(self.file, 1)
        which.addWidget(self.leave_out)
        self.file.setAccessibleName(texts("File"))
        card = framed()
        inner = column(0, (1, 1, 1, 1))
        inner.addWidget(self.table)
        card.setLayout(inner)
        right = self._right()
        right.setFixedWidth(330 if is_large else 270)
        sides = row(16)
        sides.addWidget(card, 1)
        sides.addWidget(right)
        layout = column(10)
        layout.addLayout(which)
        for part in (self._changes, self.reading, self.question):
            layout.addWidget(part)
        layout.addLayout(sides, 1)
        layout.addWidget(self._hint)
        self.setLayout(layout)

    def _right(self) -> QWidget:
        card = framed()
        inner = column(0, (16, 12, 16, 12))
        inner.addWidget(label("card_title", self._store.texts("This is how the first events are read"), wrap=True))
        inner.addWidget(self._events_note)
        inner.addSpacing(8)
        inner.addWidget(self._events)
        inner.addStretch()
        inner.addWidget(self._stamps_note)
        card.setLayout(inner)
        return card

    # ---- showing ---------------------------------------------------------------------------------------------------------------

    def show_plan(self) -> None:
        """Show the files of the plan, beginning with the one that was shown last."""
        self.file.clear()
        for file in self._draft.files:
            self.file.addItem(file.name, file.path)
        known = {file.path for file in self._draft.files}
        several = len(known) > 1
        for widget in (self.file, self._file_label, self.leave_out):
            widget.setVisible(several)
        first = next((file.path for file in self._draft.files if self.missing(file)), self._draft.files[0].path)
        self._turn_to(self._path if self._path in known else first)

    def _turn_to(self, path: str) -> None:
        """Show another file; when its first rows were read under other choices than those kept, they are read anew."""
        self.show_file(path)
        file = self.shown
        if file is not None and file.table != self._draft.table(path):
            self._ask()

    def show_file(self, path: str) -> None:
        """Show one file as it is read now."""
        self._path = path
        file = self.shown
        choose_item(self.file, path)
        if file is None or file.preview is None:
            return
        table = self._draft.table(path)
        self.reading.show_file(file, table)
        self.question.show_file(file, table)
        self._show_columns(file)
        self._show_events(file)
        self._changes.setText("\n".join(notice_words(notice, self._store.texts) for notice in file.changes))
        self._changes.setVisible(bool(file.changes))
        self.changed.emit()

    @property
    def shown(self) -> PlannedFile | None:
        """The file on the page."""
        return next((file for file in self._draft.files if file.path == self._path), None)

    def take_file(self, file: PlannedFile) -> None:
        """A file was previewed under the choices made."""
        self._draft.take_file(file)
        if file.path == self._path:
            self.show_file(file.path)
        self.changed.emit()

    def _show_columns(self, file: PlannedFile) -> None:
        preview = file.preview
        if preview is None:
            return
        table = self._draft.table(file.path)
        self.table.groups = GROUPS[table.kind]
        joined = {join.into for join in role_joins(table)}
        washed = self._draft.washed(file.path)
        names = [name for name in preview.columns if name not in joined]
        rows = [self._row(file, name, preview.columns.index(name), name in washed) for name in names]
        rows += [self._row(file, name, None, False) for name in self._draft.made(file.path) if name not in names]
        self.table.columns.set_rows(tuple(rows))
        self._hint.setText(self._hint_words(rows))
        self._hint.setVisible(bool(self._hint.text()))

    def _row(self, file: PlannedFile, name: str, place: int | None, is_washed: bool) -> ColumnRow:
        texts, role = self._store.texts, self._draft.role_of(file.path, name)
        beside = self._draft.chosen(file.path).get(role, ()) if role is not None else ()
        words = texts(NAMES[role])
        if role in JOINED_ROLES and len(beside) > 1:
            words = texts("{role}, part {number}", role=words, number=beside.index(name) + 1)
        problem, guess = self._barred(name, role), self._draft.guess(file.path, name)
        offered = guess.role if guess is not None and role is None and not self._barred(name, guess.role) else None
        return ColumnRow(
            name=name,
            examples=self._examples(file, name, place),
            role=role,
            role_words=words,
            share=guess.confidence if guess is not None and guess.role == role else None,
            sign=sign_words(file, name, texts),
            becomes=problem or becomes(file, name, role, is_washed, texts) if place is not None else "",
            problem=bool(problem),
            guess=offered,
            guess_words=texts("{role}?", role=texts(NAMES[offered])) if offered is not None else "",
            why=notice_words(guess.why, texts) if guess is not None and role in (None, guess.role) else "",
        )

    def _examples(self, file: PlannedFile, name: str, place: int | None) -> str:
        """Cells that may be shown; where none of the first may, those that several cases have."""
        if place is None or file.preview is None:
            return self._store.texts(MADE)
        if name in file.empty:
            return self._store.texts("empty")
        cells = dict.fromkeys(cell for cells in file.preview.rows if (cell := cells[place]).strip())
        is_masked = set(cells) <= {MASK}
        return " · ".join((file.common.get(name) or tuple(cells) if is_masked else tuple(cells))[:EXAMPLES])

    def _show_events(self, file: PlannedFile) -> None:
        texts, events = self._store.texts, file.preview.preview_cases if file.preview is not None else ()
        self._events.set_entries([Entry(time_words(time, texts), activity) for _case, activity, time in events[:MOST_EVENTS]])
        n_cases = len({case for case, _, _ in events})
        none = texts("Choose the columns for case, activity and time to see them.")
        first = texts.plural("The first events, of {n} case", "The first events, of {n} cases", n_cases)
        self._events_note.setText(first if events else none)
        said = [f"{name}: {words}" for name, words in self._stamps(file)]
        self._stamps_note.setText("\n".join(said))
        self._stamps_note.setVisible(bool(said))

    def _stamps(self, file: PlannedFile) -> list[tuple[str, str]]:
        """How the time columns in use are written and read."""
        times = [(role, name) for role in TIMES for name in self._draft.chosen(file.path).get(role, ())]
        return [(name, words) for role, name in times if (words := stamp_words(file, name, role, self._store.texts))]

    def _hint_words(self, rows: list[ColumnRow]) -> str:
        """What is left out."""
        left = [one.name for one in rows if one.role is None]
        if not left:
            return ""
        texts, more = self._store.texts, len(left) - NAMED
        named = ", ".join(left) if more <= 1 else texts("{columns} and {n} more", columns=", ".join(left[:NAMED]), n=more)
        return texts.plural(
            "{n} column is not read: {columns}. Only what is needed is taken along.",
            "{n} columns are not read: {columns}. Only what is needed is taken along.",
            len(left),
            columns=named,
        )

    # ---- what the user does ----------------------------------------------------------------------------------------------------

    def give(self, name: str, role: str | None) -> None:
        """Let a column of the shown file play a role, or none."""
        self._draft.give(self._path, name, role)
        self._asked_anew()

    def _on_file(self) -> None:
        self._turn_to(str(self.file.currentData()))

    def _on_leave_out(self) -> None:
        self._later.stop()
        self._draft.leave_out(self._path)
        self.show_plan()
        self.changed.emit()

    def _on_reading(self) -> None:
        file = self.shown
        if file is None:
            return
        before = self._draft.table(self._path)
        table = self.reading.read(file, before)
        if table.kind != before.kind:
            self._draft.set_table_kind(self._path, table)
        else:
            self._draft.set_table(self._path, table)
        self._asked_anew()

    def _on_order(self, written: str) -> None:
        self._draft.set_format(self._path, written)
        self._asked_anew()

    def _asked_anew(self) -> None:
        """Show what was chosen at once, and what it gives a little later."""
        file = self.shown
        if file is not None:
            self._show_columns(file)
        self._ask()

    def _ask(self) -> None:
        self._later.start()
        self.changed.emit()

    def _on_later(self) -> None:
        if self._path in {file.path for file in self._draft.files}:
            self.preview_wanted.emit(PreviewFile(self._path, self._draft.table(self._path)))

    @property
    def is_waiting(self) -> bool:
        """Whether a preview is about to be asked."""
        return self._later.isActive()

    def leave(self) -> None:
        """Ask nothing any more."""
        self._later.stop()

    # ---- what is missing -------------------------------------------------------------------------------------------------------

    def _barred(self, name: str, role: str | None) -> str:
        file = self.shown
        known = file is not None and file.preview is not None and name in file.preview.columns
        return barred(file, name, role, self._store.texts) if known and file is not None else ""

    def missing(self, file: PlannedFile) -> str:
        """What a file still lacks, as a sentence; "" when nothing."""
        texts, chosen = self._store.texts, self._draft.chosen(file.path)
        lacking = [texts(NAMES[role]) for role in NEEDED[self._draft.table(file.path).kind] if not chosen.get(role)]
        if lacking:
            several = texts("Missing: {columns}. Choose it, or leave the file out.", columns=", ".join(lacking))
            return several if len(self._draft.files) > 1 else texts("Missing: {columns}", columns=", ".join(lacking))
        for role, names in chosen.items():
            wrong = next((name for name in names if barred(file, name, role, texts)), None)
            if wrong is not None:
                return f"{wrong}: {barred(file, wrong, role, texts)}"
        readings = file.preview.readings if file.preview is not None else {}
        if any(len(readings.get(role, ())) > 1 for role in TIMES) and self._draft.table(file.path).timestamp_format is None:
            return texts("The times can be read in more than one way. Choose one.")
        return ""

    def problem(self) -> str:
        """What the first unfinished file lacks; "" when all are ready."""
        for file in self._draft.files:
            if said := self.missing(file):
                return f"{file.name}: {said}" if len(self._draft.files) > 1 else said
        if self._draft.files and all(self._draft.table(file.path).kind == SPELLS for file in self._draft.files):
            return self._store.texts("States belong to cases: add a file with events too.")
        return ""
