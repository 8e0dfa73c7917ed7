"""The wizard's second page: what the columns of each file mean, with the first rows and cases as they would be read."""

from __future__ import annotations

from msgspec.structs import replace
from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QTableWidget, QWidget

from engine.log.columns import ACTIVITY, CASE, TIMESTAMP, UNIT
from engine.service.messages import PlannedFile, PreviewFile
from gui.dialogs.import_draft import JOINED_ROLES, ImportDraft, role_joins
from gui.dialogs.import_words import notice_words
from gui.dialogs.roles_dialog import (
    DELIMITERS,
    ENCODINGS,
    NO_EMPLOYEES,
    ROLES,
    TIMEZONES,
    ConfidenceMeter,
    choose_item,
    fill_rows,
    readable_format,
    time_words,
)
from gui.store import Store
from gui.widgets.parts import column, framed, label, row
from gui.widgets.table_page import as_rows
from gui.widgets.timeline import Entry, Timeline

NEEDED = (CASE, ACTIVITY, TIMESTAMP)
MOST_JOINED = 3
LATER_MS = 120


class ColumnsPage(QWidget):
    """One file at a time."""

    changed = Signal()
    """The choices have changed."""
    preview_wanted = Signal(object)
    """A PreviewFile to be asked."""

    def __init__(self, store: Store, draft: ImportDraft, height: int) -> None:
        super().__init__()
        self._store = store
        self._draft = draft
        self._path = ""
        self.file, self._file_label = QComboBox(), label("body_strong", store.texts("File"))
        self.roles: dict[str, tuple[QComboBox, ...]] = {}
        self._meters: dict[str, ConfidenceMeter] = {}
        self.timezone, self.delimiter, self.encoding = QComboBox(), QComboBox(), QComboBox()
        self.sheet, self.reading = QComboBox(), QComboBox()
        self._text_label = label("body", store.texts("Separator and encoding"))
        self._sheet_label, self._reading_label = label("body_strong", store.texts("Sheet")), label("body_strong")
        self._events, self._events_note = Timeline(store), label("small", wrap=True)
        self._changes, self._hint = label("caution", wrap=True), label("small", wrap=True)
        self._table = QTableWidget()
        self._build(height)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(LATER_MS)
        self._later.timeout.connect(lambda: self.preview_wanted.emit(PreviewFile(self._path, self._draft.table(self._path))))
        self.file.activated.connect(lambda: self._turn_to(str(self.file.currentData())))

    # ---- building --------------------------------------------------------------------------------------------------------------

    def _build(self, height: int) -> None:
        which = row(12)
        which.addWidget(self._file_label)
        which.addWidget(self.file, 1)
        self.file.setAccessibleName(self._store.texts("File"))
        sides = row(16)
        right = self._right()
        right.setFixedWidth(360)
        sides.addWidget(self._left(), 1)
        sides.addWidget(right)
        card = framed()
        inner = column(0, (1, 1, 1, 1))
        inner.addWidget(self._table)
        card.setLayout(inner)
        as_rows(self._table, self._store)
        self._table.setAccessibleName(self._store.texts("First rows of the table"))
        self._table.setMinimumHeight(4 * height)
        fill_rows(self._table, (), (), self._store, height)
        layout = column(10)
        layout.addLayout(which)
        layout.addWidget(self._changes)
        layout.addLayout(sides)
        layout.addWidget(self._hint)
        layout.addWidget(card, 1)
        self.setLayout(layout)

    def _left(self) -> QWidget:
        texts = self._store.texts
        grid = QGridLayout()
        grid.setContentsMargins(16, 12, 16, 12)
        grid.setVerticalSpacing(6)
        grid.setHorizontalSpacing(12)
        for i, (role, name, _needed) in enumerate(ROLES):
            shown = label("body_strong" if role in NEEDED else "body", texts(name))
            boxes = tuple(QComboBox() for _ in range(MOST_JOINED if role in JOINED_ROLES else 1))
            line = row(6)
            for number, box in enumerate(boxes):
                joined = texts("{role}, column {number}", role=texts(name), number=number + 1)
                box.setAccessibleName(joined if number else texts(name))
                box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
                box.activated.connect(self._on_roles)
                line.addWidget(box, 1)
            shown.setBuddy(boxes[0])
            meter = ConfidenceMeter(self._store)
            self.roles[role], self._meters[role] = boxes, meter
            grid.addWidget(shown, i, 0)
            grid.addLayout(line, i, 1)
            grid.addWidget(meter, i, 2)
        self._add_readings(grid, len(ROLES))
        grid.setColumnStretch(1, 1)
        card = framed()
        card.setLayout(grid)
        return card

    def _add_readings(self, grid: QGridLayout, first: int) -> None:
        texts = self._store.texts
        self._reading_label.setText(texts("How to read the times"))
        names = {None: texts("Find out"), ",": texts("Comma"), ";": texts("Semicolon"), "\t": texts("Tab"), "|": texts("Bar")}
        for delimiter in DELIMITERS:
            self.delimiter.addItem(names[delimiter], delimiter)
        for encoding in ENCODINGS:
            self.encoding.addItem(encoding or texts("Find out"), encoding)
        for zone in TIMEZONES:
            self.timezone.addItem(zone, zone)
        said = ((self.timezone, "Time zone"), (self.delimiter, "Separator"), (self.encoding, "Encoding"))
        for box, name in (*said, (self.sheet, "Sheet"), (self.reading, "How to read the times")):
            box.setAccessibleName(texts(name))
            box.activated.connect(self._on_reading)
        text = row(6)
        text.addWidget(self.delimiter, 1)
        text.addWidget(self.encoding, 1)
        grid.addWidget(label("body", texts("Time zone")), first, 0)
        grid.addWidget(self.timezone, first, 1)
        grid.addWidget(self._text_label, first + 1, 0)
        grid.addLayout(text, first + 1, 1)
        for i, (shown, box) in enumerate(((self._sheet_label, self.sheet), (self._reading_label, self.reading)), start=first + 2):
            shown.setBuddy(box)
            grid.addWidget(shown, i, 0)
            grid.addWidget(box, i, 1, 1, 2)

    def _right(self) -> QWidget:
        card = framed()
        inner = column(0, (16, 12, 16, 12))
        inner.addWidget(label("card_title", self._store.texts("This is how the first events are read"), wrap=True))
        inner.addWidget(self._events_note)
        inner.addSpacing(8)
        inner.addWidget(self._events)
        inner.addStretch()
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
        self.file.setVisible(several)
        self._file_label.setVisible(several)
        first = next((file.path for file in self._draft.files if self.missing(file)), self._draft.files[0].path)
        self._turn_to(self._path if self._path in known else first)

    def _turn_to(self, path: str) -> None:
        """Show another file; when its first rows were read under other choices than those kept, they are read anew."""
        self.show_file(path)
        file = self._shown()
        if file is not None and file.table != self._draft.table(path):
            self._ask()

    def show_file(self, path: str) -> None:
        """Show one file as it is read now."""
        self._path = path
        file = self._shown()
        choose_item(self.file, path)
        if file is None or file.preview is None:
            return
        self._fill_roles(file)
        self._fill_reading(file)
        self._fill_preview(file)
        self.changed.emit()

    def _shown(self) -> PlannedFile | None:
        return next((file for file in self._draft.files if file.path == self._path), None)

    def take_file(self, file: PlannedFile) -> None:
        """A file was previewed under the choices made."""
        self._draft.take_file(file)
        if file.path == self._path:
            self.show_file(file.path)
        self.changed.emit()

    def _fill_roles(self, file: PlannedFile) -> None:
        preview, texts = file.preview, self._store.texts
        if preview is None:
            return
        made = {join.into for join in role_joins(self._draft.table(file.path))}
        for role, boxes in self.roles.items():
            chosen = self._draft.role_columns(file.path, role)
            barred = set(preview.employees) if role in NO_EMPLOYEES else set()
            barred |= set(file.persons) if role in (ACTIVITY, UNIT) else set()
            for number, box in enumerate(boxes):
                box.clear()
                box.addItem(texts("– none –") if number == 0 else texts("+ column"), None)
                for name in preview.columns:
                    if name not in barred and name not in made:
                        box.addItem(name, name)
                choose_item(box, chosen[number] if number < len(chosen) else None)
                box.setVisible(number <= len(chosen) and (number == 0 or bool(chosen)))
            share = preview.confidence.get(role)
            self._meters[role].set_share(share if chosen else None)

    def _fill_reading(self, file: PlannedFile) -> None:
        preview, table, texts = file.preview, self._draft.table(file.path), self._store.texts
        if preview is None:
            return
        if self.timezone.findData(table.timezone) < 0:
            self.timezone.addItem(table.timezone, table.timezone)
        choose_item(self.timezone, table.timezone)
        choose_item(self.delimiter, preview.options.delimiter)
        choose_item(self.encoding, preview.options.encoding)
        for widget in (self._text_label, self.delimiter, self.encoding):
            widget.setVisible(preview.options.delimiter is not None)
        self.sheet.clear()
        for name in preview.sheets:
            self.sheet.addItem(name, name)
        choose_item(self.sheet, table.sheet)
        for widget in (self._sheet_label, self.sheet):
            widget.setVisible(len(preview.sheets) > 1)
        ways = next((ways for ways in preview.readings.values() if len(ways) > 1), ())
        if ways:
            self.reading.clear()
            self.reading.addItem(texts("– choose –"), None)
            for way in ways:
                words = texts("{format}: the first is {example}", format=readable_format(way.format), example=way.example)
                self.reading.addItem(words, way.format)
            self.reading.setProperty("path", file.path)
        choose_item(self.reading, table.timestamp_format)
        asked = bool(self.reading.count()) and self.reading.property("path") == file.path
        for widget in (self._reading_label, self.reading):
            widget.setVisible(asked)

    def _fill_preview(self, file: PlannedFile) -> None:
        preview, texts = file.preview, self._store.texts
        if preview is None:
            return
        events = preview.preview_cases
        self._events.set_entries([Entry(time_words(time, texts), activity) for _case, activity, time in events[:6]])
        n_cases = len({case for case, _, _ in events})
        none = texts("Choose the columns for case, activity and time to see them.")
        first = texts.plural("The first events, of {n} case", "The first events, of {n} cases", n_cases)
        self._events_note.setText(first if events else none)
        fill_rows(self._table, preview.columns, preview.rows, self._store)
        self._changes.setText("\n".join(notice_words(notice, texts) for notice in file.changes))
        self._changes.setVisible(bool(file.changes))
        self._hint.setText(self._hint_words(file))

    def _hint_words(self, file: PlannedFile) -> str:
        """What is left out, and what is never taken."""
        preview, texts = file.preview, self._store.texts
        if preview is None:
            return ""
        played = {name for role in self.roles for name in self._draft.role_columns(file.path, role)}
        made = {join.into for join in role_joins(self._draft.table(file.path))}
        left = [name for name in preview.columns if name not in played and name not in made]
        said = [texts("Only what is chosen is read. Left out: {columns}.", columns=", ".join(left))] if left else []
        if preview.employees:
            said.append(texts("About employees, never taken: {columns}.", columns=", ".join(preview.employees)))
        if file.persons:
            persons = ", ".join(file.persons)
            said.append(texts("CPR numbers, at most used as the case and then replaced by codes: {columns}.", columns=persons))
        return " ".join(said)

    # ---- what the user does ----------------------------------------------------------------------------------------------------

    def _on_roles(self) -> None:
        chosen = {}
        for role, boxes in self.roles.items():
            names = [str(box.currentData()) for box in boxes if box.currentData() is not None]
            chosen[role] = tuple(dict.fromkeys(names))
        self._draft.set_roles(self._path, chosen)
        self._ask()

    def _on_reading(self) -> None:
        table = self._draft.table(self._path)
        file = self._shown()
        options = file.preview.options if file is not None and file.preview is not None else None
        delimiter, encoding = self.delimiter.currentData(), self.encoding.currentData()
        table = replace(
            table,
            timezone=str(self.timezone.currentData()),
            delimiter=delimiter if options is None or delimiter != options.delimiter else table.delimiter,
            encoding=encoding if options is None or encoding != options.encoding else table.encoding,
            sheet=self.sheet.currentData() if self.sheet.count() else table.sheet,
            timestamp_format=self.reading.currentData() if self.reading.property("path") == self._path else table.timestamp_format,
        )
        self._draft.set_table(self._path, table)
        self._ask()

    def _ask(self) -> None:
        self.changed.emit()
        self._later.start()

    @property
    def is_waiting(self) -> bool:
        """Whether a preview is about to be asked."""
        return self._later.isActive()

    # ---- what is missing -------------------------------------------------------------------------------------------------------

    def missing(self, file: PlannedFile) -> str:
        """What a file still lacks, as a sentence; "" when nothing."""
        texts = self._store.texts
        chosen = {role: self._draft.role_columns(file.path, role) for role, _, _ in ROLES}
        lacking = [texts(name) for role, name, _ in ROLES if role in NEEDED and not chosen[role]]
        if lacking:
            return texts("Missing: {columns}", columns=", ".join(lacking))
        singles = [names[0] for names in chosen.values() if len(names) == 1]
        if len(singles) != len(set(singles)):
            return texts("One column has two roles.")
        readings = file.preview.readings.values() if file.preview is not None else ()
        if any(len(ways) > 1 for ways in readings) and self._draft.table(file.path).timestamp_format is None:
            return texts("The times can be read in more than one way. Choose one.")
        return ""

    def problem(self) -> str:
        """What the first unfinished file lacks; "" when all are ready."""
        for file in self._draft.files:
            if said := self.missing(file):
                return f"{file.name}: {said}" if len(self._draft.files) > 1 else said
        return ""
