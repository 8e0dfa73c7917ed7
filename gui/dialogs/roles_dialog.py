"""Confirms what the columns of a table mean, with a live preview of the events that would be read."""

from __future__ import annotations

from datetime import UTC, datetime

from msgspec.structs import replace
from PySide6.QtCore import QRectF, Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractItemView, QComboBox, QGridLayout, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from engine.errors import N_, Cancelled
from engine.log.columns import ACTIVITY, CASE, START, TIMESTAMP, UNIT, ColumnRoles, ReadOptions
from engine.service.messages import Opened, PreviewTable, TablePreview
from engine.texts import Texts
from gui.dialogs.frame import DialogFrame, run
from gui.jobs import Jobs
from gui.store import Store
from gui.widgets.error_words import error_sentence
from gui.widgets.parts import code_label, column, framed, icon_label, label, row
from gui.widgets.table_delegate import RowDelegate
from gui.widgets.table_page import as_rows
from gui.widgets.timeline import Entry, Timeline

ROLES = (
    (CASE, N_("Case id"), True),
    (ACTIVITY, N_("Activity (step)"), True),
    (TIMESTAMP, N_("Time of the event"), False),
    (START, N_("Start of the event"), False),
    (UNIT, N_("Unit"), False),
)
"""Role, its name, and whether a log cannot be read without it."""
DELIMITERS = (None, ",", ";", "\t", "|")
ENCODINGS = (None, "utf-8", "windows-1252", "iso-8859-1", "utf-16")
TIMEZONES = ("Europe/Copenhagen", "UTC", "Europe/London", "Europe/Berlin", "America/Godthab", "Atlantic/Faroe")
NO_EMPLOYEES = frozenset({CASE, ACTIVITY, UNIT})
"""Roles that a column about employees cannot play."""
SIGNS = {
    "%d": "dd", "%m": "mm", "%Y": "yyyy", "%y": "yy", "%H": "hh", "%I": "hh", "%M": "mm", "%S": "ss", "%f": "…", "%z": "zone",
    "%p": "am/pm",
}  # fmt: skip
SURE = 0.8
PREVIEW_ROWS = 6
NARROWEST, WIDEST = 100, 320
"""Px of a column of the first rows."""


class ConfidenceMeter(QWidget):
    """A short bar and a percentage; below 80 % in the caution colour."""

    def __init__(self, store: Store) -> None:
        super().__init__()
        self._store = store
        self._share: float | None = None
        self.setFixedSize(96, 20)

    def set_share(self, share: float | None) -> None:
        """Show a confidence, 0..1; None shows nothing."""
        self._share = share
        self.setAccessibleName(self._store.texts.percent(share) if share is not None else "")
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the bar and the number."""
        if self._share is None:
            return
        tokens = self._store.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        colour = tokens.accent if self._share >= SURE else tokens.caution
        bar = QRectF(0, self.height() / 2 - 2, 44, 4)
        painter.setBrush(QColor(tokens.track))
        painter.drawRoundedRect(bar, 2, 2)
        painter.setBrush(QColor(colour))
        painter.drawRoundedRect(QRectF(0, bar.top(), max(4.0, 44 * self._share), 4), 2, 2)
        painter.setPen(QColor(tokens.ink_2))
        area = QRectF(50, 0, self.width() - 50, self.height())
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, self._store.texts.percent(self._share))


class RolesDialog(DialogFrame):
    """Roles at the left, what they give at the right, the table's first rows below."""

    def __init__(self, store: Store, jobs: Jobs, opened: Opened, preview: TablePreview, parent: QWidget | None) -> None:
        super().__init__(store, N_("What do the columns mean?"), parent, accept=N_("Read the log"))
        self._jobs = jobs
        self._preview = preview
        self._filling = False
        texts = store.texts
        rows, columns = texts.number(preview.n_rows), len(preview.columns)
        facts = texts("{file} · {columns} columns · {rows} rows", file=opened.name, columns=columns, rows=rows)
        self.head.addWidget(label("secondary", facts))
        self.roles: dict[str, QComboBox] = {}
        self._meters: dict[str, ConfidenceMeter] = {}
        self.timezone, self.delimiter, self.encoding, self.reading = QComboBox(), QComboBox(), QComboBox(), QComboBox()
        self._reading_label = label("body_strong")
        self._text_label = label("body", texts("Separator and encoding"))
        self.part, self._part_label = QComboBox(), label("body_strong")
        self._problem = label("breached", wrap=True)
        self._events = Timeline(store)
        self._events_note = label("small", wrap=True)
        self._table = QTableWidget()
        self._status = label("small")
        self.foot.insertWidget(0, self._status)
        self._build()
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(120)
        self._later.timeout.connect(self._ask)
        self._fill_fixed()
        self.show_preview(preview)
        self.take_size((1080, 760), (1380, 880))

    # ---- building ------------------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        sides = row(16)
        left, right = self._left(), self._right()
        right.setFixedWidth(436 if self.is_large else 400)
        sides.addWidget(left, 1)
        sides.addWidget(right)
        self.body.addLayout(sides)
        self.body.addWidget(self._problem)
        card = framed()
        inner = column(0, (1, 1, 1, 1))
        inner.addWidget(self._table)
        card.setLayout(inner)
        self._set_up_table()
        self.body.addWidget(card, 1)

    def _left(self) -> QWidget:
        texts = self.store.texts
        grid = QGridLayout()
        grid.setContentsMargins(20, 16, 20, 16)
        grid.setVerticalSpacing(6 if self.is_large else 10)
        grid.setHorizontalSpacing(14)
        for i, (role, name, needed) in enumerate(ROLES):
            shown = code_label("body_strong" if needed else "body")
            shown.setText(texts(name))
            choice, meter = QComboBox(), ConfidenceMeter(self.store)
            choice.setAccessibleName(texts(name))
            choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            choice.activated.connect(self._on_changed)
            shown.setBuddy(choice)
            self.roles[role], self._meters[role] = choice, meter
            for place, widget in enumerate((shown, choice, meter)):
                grid.addWidget(widget, i, place)
        fixed = ((N_("Time zone"), self.timezone), (N_("Separator"), self.delimiter), (N_("Encoding"), self.encoding))
        for name, choice in fixed:
            choice.setAccessibleName(texts(name))
            choice.setToolTip(texts(name))
            choice.activated.connect(self._on_changed)
        table = row(8)
        table.addWidget(self.delimiter, 1)
        table.addWidget(self.encoding, 1)
        grid.addWidget(label("body", texts("Time zone")), len(ROLES), 0)
        grid.addWidget(self.timezone, len(ROLES), 1)
        grid.addWidget(self._text_label, len(ROLES) + 1, 0)
        grid.addLayout(table, len(ROLES) + 1, 1)
        self._part_label.setText(texts("Object type") if self._preview.object_types else texts("Sheet"))
        self.part.setAccessibleName(self._part_label.text())
        self._part_label.setBuddy(self.part)
        self.part.activated.connect(self._on_changed)
        grid.addWidget(self._part_label, len(ROLES) + 2, 0)
        grid.addWidget(self.part, len(ROLES) + 2, 1, 1, 2)
        self._reading_label.setText(texts("How to read the times"))
        self.reading.setAccessibleName(texts("How to read the times"))
        self.reading.activated.connect(self._on_changed)
        grid.addWidget(self._reading_label, len(ROLES) + 3, 0)
        grid.addWidget(self.reading, len(ROLES) + 3, 1, 1, 2)
        grid.setColumnStretch(1, 1)
        grid.setRowStretch(len(ROLES) + 4, 1)
        card = framed()
        card.setLayout(grid)
        return card

    def _right(self) -> QWidget:
        texts = self.store.texts
        card = framed()
        inner = column(0, (20, 16, 20, 16))
        inner.addWidget(label("card_title", texts("This is how the first events are read")))
        inner.addSpacing(2)
        inner.addWidget(self._events_note)
        inner.addSpacing(10)
        inner.addWidget(self._events)
        inner.addStretch()
        note = row(8)
        note.addWidget(icon_label("shield-check", self.store.tokens.ink_2, self.sizes.icon_text), 0, Qt.AlignmentFlag.AlignTop)
        words = texts(
            "Only the chosen columns are read. Case ids become codes. "
            "Columns about employees cannot be chosen, and what looks personal is masked."
        )
        note.addWidget(label("small", words, wrap=True), 1)
        inner.addLayout(note)
        card.setLayout(inner)
        return card

    def _set_up_table(self) -> None:
        as_rows(self._table, self.store)
        fill_rows(self._table, (), (), self.store, self.sizes.chip if self.is_large else self.sizes.table_header)
        self._table.setAccessibleName(self.store.texts("First rows of the table"))

    def _fill_fixed(self) -> None:
        texts = self.store.texts
        for delimiter in DELIMITERS:
            names = {None: texts("Find out"), ",": texts("Comma"), ";": texts("Semicolon"), "\t": texts("Tab"), "|": texts("Bar")}
            self.delimiter.addItem(names[delimiter], delimiter)
        for encoding in ENCODINGS:
            self.encoding.addItem(encoding or texts("Find out"), encoding)
        given = self._preview.options.timezone
        for zone in dict.fromkeys((*TIMEZONES, given)):
            self.timezone.addItem(zone, zone)

    # ---- the preview ---------------------------------------------------------------------------------------------------------

    def show_preview(self, preview: TablePreview) -> None:
        """Show what the options give."""
        self._filling = True
        self._preview = preview
        for role, choice in self.roles.items():
            self._fill_role(role, choice)
        choose_item(self.delimiter, preview.options.delimiter)
        choose_item(self.encoding, preview.options.encoding)
        choose_item(self.timezone, preview.options.timezone)
        for widget in (self._text_label, self.delimiter, self.encoding):
            widget.setVisible(preview.options.delimiter is not None)
        self._fill_parts()
        self._fill_readings()
        self._fill_events()
        self._fill_table()
        self._filling = False
        self._follow()

    def _fill_role(self, role: str, choice: QComboBox) -> None:
        preview = self._preview
        chosen = getattr(preview.options.roles, role)
        choice.clear()
        choice.addItem(self.store.texts("– none –"), None)
        for name in preview.columns:
            if role not in NO_EMPLOYEES or name not in preview.employees:
                choice.addItem(name, name)
        choose_item(choice, chosen)
        share = preview.confidence.get(role)
        self._meters[role].set_share(share if chosen is not None else None)

    def _fill_parts(self) -> None:
        """Offer the sheets of a workbook, or what may be the case in an object-centric log, where there is a choice."""
        preview = self._preview
        parts = preview.object_types or preview.sheets
        self.part.clear()
        for name in parts:
            self.part.addItem(name, name)
        choose_item(self.part, preview.options.object_type if preview.object_types else preview.options.sheet)
        for widget in (self._part_label, self.part):
            widget.setVisible(len(parts) > 1)

    def _fill_readings(self) -> None:
        """Offer the ways to read the times where the column does not decide it."""
        readings = next((ways for ways in self._preview.readings.values() if len(ways) > 1), ())
        chosen = self._preview.options.timestamp_format
        texts = self.store.texts
        if readings:
            self.reading.clear()
            self.reading.addItem(texts("– choose –"), None)
            for reading in readings:
                words = texts("{format}: the first is {example}", format=readable_format(reading.format), example=reading.example)
                self.reading.addItem(words, reading.format)
        choose_item(self.reading, chosen)
        visible = self.reading.count() > 0
        self._reading_label.setVisible(visible)
        self.reading.setVisible(visible)

    def _fill_events(self) -> None:
        texts, events = self.store.texts, self._preview.preview_cases
        self._events.set_entries([Entry(time_words(time, texts), activity) for _case, activity, time in events[:9]])
        n_cases = len({case for case, _, _ in events})
        if events:
            self._events_note.setText(texts.plural("The first events, of {n} case", "The first events, of {n} cases", n_cases))
        else:
            self._events_note.setText(texts("Choose the columns for case, activity and time to see them."))

    def _fill_table(self) -> None:
        fill_rows(self._table, self._preview.columns, self._preview.rows, self.store)

    # ---- what the user does --------------------------------------------------------------------------------------------------

    def options(self) -> ReadOptions:
        """The options as the dialog stands."""
        chosen = {role: choice.currentData() for role, choice in self.roles.items()}
        part = {"object_type" if self._preview.object_types else "sheet": self.part.currentData()}
        return replace(
            self._preview.options,
            **part,
            roles=ColumnRoles(**chosen),
            delimiter=self.delimiter.currentData(),
            encoding=self.encoding.currentData(),
            timezone=str(self.timezone.currentData()),
            timestamp_format=self.reading.currentData() if self.reading.count() else self._preview.options.timestamp_format,
        )

    def set_problem(self, sentence: str) -> None:
        """Say what is wrong with the table or the options (a ready sentence)."""
        self._problem.setText(sentence)
        self._problem.setVisible(bool(sentence))

    def _on_changed(self) -> None:
        if not self._filling:
            self.set_problem("")
            self.accept_button.setEnabled(False)
            self._status.setText(self.store.texts("Looking at the columns …"))
            self._later.start()

    def _ask(self) -> None:
        self._jobs.ask(PreviewTable(self.options()), self._on_preview, self._on_failed)

    def _on_preview(self, answer: Opened) -> None:
        if answer.preview is not None and not self.is_done:
            self.show_preview(answer.preview)

    def _on_failed(self, error: Exception) -> None:
        if not isinstance(error, Cancelled) and not self.is_done:
            self.set_problem(error_sentence(self.store.texts, error))
            self._follow()

    def _follow(self) -> None:
        """Say what is missing, and let the user go on when nothing is."""
        texts = self.store.texts
        chosen = {role: choice.currentData() for role, choice in self.roles.items()}
        missing = [texts(name) for role, name, needed in ROLES if needed and chosen[role] is None]
        undecided = self.reading.count() > 0 and self.reading.currentData() is None
        if missing:
            self._status.setText(texts("Missing: {columns}", columns=", ".join(missing)))
        elif undecided:
            self._status.setText(texts("The times can be read in more than one way. Choose one."))
        else:
            timed = chosen[TIMESTAMP] is not None
            self._status.setText(texts("Case, activity and time are in place") if timed else texts("Without times, only counts are shown"))
        twice = len([name for name in chosen.values() if name]) != len({name for name in chosen.values() if name})
        if twice and not missing:
            self._status.setText(texts("One column has two roles."))
        self.accept_button.setEnabled(not missing and not undecided and not twice)


def fill_rows(
    table: QTableWidget, columns: tuple[str, ...], rows: tuple[tuple[str, ...], ...], store: Store, height: int | None = None
) -> None:
    """Show the first rows of a file; with a height, make the table one that is only looked at, of rows so high."""
    if height is not None:
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        table.setItemDelegate(RowDelegate(store, table))
        header = table.horizontalHeader()
        for set_height in (header.setFixedHeight, table.verticalHeader().setDefaultSectionSize):
            set_height(height)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setMinimumSectionSize(NARROWEST)
        header.setMaximumSectionSize(WIDEST)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setStretchLastSection(True)
    table.setColumnCount(len(columns))
    table.setRowCount(len(rows[:PREVIEW_ROWS]))
    table.setHorizontalHeaderLabels(list(columns))
    for i, cells in enumerate(rows[:PREVIEW_ROWS]):
        for j, cell in enumerate(cells):
            item = QTableWidgetItem(cell)
            item.setTextAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
            table.setItem(i, j, item)


def choose_item(choice: QComboBox, value: object) -> None:
    """Choose the item with this data; the first when there is none."""
    i = next((i for i in range(choice.count()) if choice.itemData(i) == value), 0)
    choice.setCurrentIndex(i)


def time_words(iso: str, texts: Texts) -> str:
    """A time as the window writes it, by the clock of its own zone."""
    try:
        moment = datetime.fromisoformat(iso).replace(tzinfo=UTC)
    except ValueError:
        return iso
    return texts.stamp(round(moment.timestamp() * 1e6), "UTC")


def readable_format(pattern: str) -> str:
    """A strptime pattern in the signs people use: %d-%m-%Y → dd-mm-yyyy."""
    for sign, words in SIGNS.items():
        pattern = pattern.replace(sign, words)
    return pattern


def ask_roles(store: Store, jobs: Jobs, opened: Opened, problem: str, parent: QWidget | None) -> ReadOptions | None:
    """Ask what the columns mean; None when the user cancels."""
    if opened.preview is None:
        return None
    dialog = RolesDialog(store, jobs, opened, opened.preview, parent)
    dialog.set_problem(problem)
    return dialog.options() if run(dialog) else None

