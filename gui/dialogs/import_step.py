"""One step of a wash, made or changed: its columns, values and numbers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from msgspec.structs import asdict, replace
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QComboBox, QDoubleSpinBox, QLineEdit, QListWidget, QListWidgetItem, QPlainTextEdit, QWidget

from engine.errors import N_, SagsflowError
from engine.service.messages import Codes
from engine.washing import values
from engine.washing.values import AnyStep
from gui.dialogs.frame import DialogFrame, run
from gui.dialogs.import_words import MEANINGS, NAMES
from gui.dialogs.roles_dialog import choose_item
from gui.store import Store
from gui.widgets.error_words import error_sentence
from gui.widgets.file_dialog import ask_file
from gui.widgets.parts import button, label, row

ONE, SOME, LINES, CODES, TEXT, NUMBER, DAY, KEEP, SIGN = "one", "some", "lines", "codes", "text", "number", "day", "keep", "sign"
CODE_FILES = "(*.csv *.tsv *.txt *.csv.age)"
ReadFile = Callable[[str, Callable[[Codes], None], Callable[[Exception], None]], None]
"""Reads a table of codes from a path; the answer, or what went wrong, is called back."""
CHOICES: dict[str, tuple[tuple[str, str], ...]] = {
    KEEP: (("last", N_("The last")), ("first", N_("The first"))),
    SIGN: ((",", N_("Comma: 7,50")), (".", N_("Point: 7.50"))),
}
BETWEEN = "="
FIELDS: dict[type, tuple[tuple[str, str, str], ...]] = {
    values.Trim: (("columns", N_("Columns (none chosen: all that are read)"), SOME),),
    values.UnifySpelling: (("column", N_("Column"), ONE),),
    values.RepairEncoding: (("columns", N_("Columns (none chosen: all that are read)"), SOME),),
    values.UnifyDecimals: (("columns", N_("Columns with numbers"), SOME), ("sign", N_("Decimal sign"), SIGN)),
    values.UnifyIds: (("columns", N_("Columns with ids"), SOME),),
    values.MapValues: (
        ("column", N_("Column"), ONE),
        ("table", N_("One code per line: code = name"), CODES),
        ("into", N_("Into a new column (empty: the same one)"), TEXT),
    ),
    values.JoinColumns: (
        ("columns", N_("Columns to join"), SOME),
        ("into", N_("Name of the new column"), TEXT),
        ("separator", N_("Between them"), TEXT),
    ),
    values.SplitActivity: (
        ("activity", N_("Activity"), TEXT),
        ("by", N_("Column that tells it apart"), ONE),
        ("separator", N_("Between them"), TEXT),
    ),
    values.KeepRows: (("column", N_("Column"), ONE), ("values", N_("Values, one per line"), LINES)),
    values.DropRows: (("column", N_("Column"), ONE), ("values", N_("Values, one per line"), LINES)),
    values.DropCases: (
        ("column", N_("Column"), ONE),
        ("values", N_("Values, one per line"), LINES),
        ("pattern", N_("Or a pattern (regular expression)"), TEXT),
    ),
    values.DropDuplicates: (("columns", N_("Columns (none chosen: all that are read)"), SOME),),
    values.DropNearDuplicates: (("minutes", N_("Minutes"), NUMBER), ("keep", N_("Which one stays"), KEEP)),
    values.RepairSummerTime: (),
    values.ClipPeriod: (("first", N_("First day (year-month-day)"), DAY), ("end", N_("First day after it (year-month-day)"), DAY)),
    values.SplitCases: (("days", N_("Days"), NUMBER),),
    values.SplitAtActivity: (("activities", N_("Activities, one per line"), LINES),),
    values.SplitAtChange: (("column", N_("Column"), ONE),),
    values.MergeCases: (("earlier", N_("Column with the earlier case"), ONE),),
    values.AgeBand: (
        ("column", N_("Column"), ONE),
        ("into", N_("Name of the new column"), TEXT),
        ("on", N_("Age on this day (year-month-day; empty: the day of the event)"), DAY),
    ),
    values.KeywordActivity: (
        ("column", N_("Column"), ONE),
        ("table", N_("One keyword per line: keyword = activity"), CODES),
        ("into", N_("Name of the new column"), TEXT),
        ("otherwise", N_("Without a keyword, take the cell of (may be left open)"), ONE),
    ),
    values.CaseworkerOrder: (
        ("column", N_("Column"), ONE),
        ("into", N_("Name of the new column"), TEXT),
        ("word", N_("Word before the number"), TEXT),
    ),
}
USUAL = {"separator": " – ", "minutes": 10.0, "days": 365.0, "word": "Sagsbehandler"}
MAY_BE_EMPTY = {(values.Trim, "columns"), (values.RepairEncoding, "columns"), (values.DropDuplicates, "columns"),
                (values.MapValues, "into"), (values.DropCases, "values"), (values.DropCases, "pattern"),
                (values.ClipPeriod, "first"), (values.ClipPeriod, "end"), (values.AgeBand, "on"),
                (values.KeywordActivity, "otherwise")}  # fmt: skip


class StepDialog(DialogFrame):
    """The fields of one kind of step."""

    def __init__(
        self,
        store: Store,
        kind: type,
        step: AnyStep | None,
        columns: tuple[str, ...],
        known: dict[str, tuple[str, ...]],
        parent: QWidget | None,
        read_codes: ReadFile | None = None,
    ) -> None:
        super().__init__(store, NAMES[kind], parent, accept=N_("Use the step"))
        self._read_codes = read_codes
        self.said = label("small", wrap=True)
        self._kind = kind
        self._step = step
        self._columns = columns
        self._known = known
        self.fields: dict[str, QWidget] = {}
        self._read: dict[str, Callable[[], Any]] = {}
        self.offered = QComboBox()
        given = asdict(step) if step is not None else USUAL
        self.body.addWidget(label("secondary", store.texts(MEANINGS[kind]), wrap=True))
        for name, words, sort in FIELDS[kind]:
            shown = label("body_strong", store.texts(words))
            self.body.addWidget(shown)
            field = self._field(name, sort, given.get(name))
            field.setAccessibleName(store.texts(words))
            shown.setBuddy(field)
            self.fields[name] = field
            self.body.addWidget(field, 1 if sort in (SOME, LINES, CODES) else 0)
        if "table" in self.fields and read_codes is not None:
            self._add_file()
        if "values" in self.fields or "table" in self.fields:
            self._add_offered()
        self.take_width(520, 700)
        self._follow()

    def _field(self, name: str, sort: str, value: Any) -> QWidget:
        if sort == ONE:
            return self._one_of(name, value)
        if sort == SOME:
            return self._some_of(name, value or ())
        if sort in (LINES, CODES):
            lines = (value or ()) if sort == LINES else (f"{code} {BETWEEN} {name}" for code, name in (value or {}).items())
            box = QPlainTextEdit("\n".join(lines))
            box.setTabChangesFocus(True)
            box.setMinimumHeight(110)
            box.textChanged.connect(self._follow)
            self._read[name] = (lambda: _lines(box)) if sort == LINES else (lambda: _codes(box))
            return box
        if sort == NUMBER:
            number = QDoubleSpinBox()
            number.setRange(0.1, 100_000)
            number.setDecimals(1)
            number.setValue(float(value or 1))
            self._read[name] = number.value
            return number
        if sort in CHOICES:
            choice = QComboBox()
            for data, words in CHOICES[sort]:
                choice.addItem(self.store.texts(words), data)
            choose_item(choice, value)
            self._read[name] = choice.currentData
            return choice
        text = QLineEdit(str(value or ""))
        text.textChanged.connect(self._follow)
        self._read[name] = lambda: (text.text() if name == "separator" else text.text().strip()) or None
        return text

    def _one_of(self, name: str, value: str | None) -> QComboBox:
        box = QComboBox()
        box.addItem(self.store.texts("– choose –"), None)
        for column in self._columns:
            box.addItem(column, column)
        choose_item(box, value)
        box.activated.connect(self._follow)
        box.activated.connect(self._offer)
        self._read[name] = box.currentData
        return box

    def _some_of(self, name: str, value: tuple[str, ...]) -> QListWidget:
        made = QListWidget()
        made.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        made.setMinimumHeight(120)
        for column in dict.fromkeys((*value, *self._columns)):
            item = QListWidgetItem(column)
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked if column in value else Qt.CheckState.Unchecked)
            made.addItem(item)
        made.itemChanged.connect(self._follow)
        self._read[name] = lambda: tuple(
            made.item(i).text() for i in range(made.count()) if made.item(i).checkState() == Qt.CheckState.Checked
        )
        return made

    # ---- tables of codes -------------------------------------------------------------------------------------------------------

    def _add_file(self) -> None:
        line = row(12)
        self.file_button = button("plain", self.store.texts("Read from a file …"))
        self.file_button.clicked.connect(self._on_file)
        self.said.setText(self.store.texts("Copy two columns in Excel and paste them here: code and name."))
        line.addWidget(self.file_button)
        line.addWidget(self.said, 1)
        self.body.addLayout(line)

    def _on_file(self) -> None:
        path = ask_file(self.store, self, N_("Read from a file …"), f"{self.store.texts('Tables of codes')} {CODE_FILES}")
        if path:
            self.read_file(path)

    def read_file(self, path: str) -> None:
        """Put the codes of a file below those that are there."""
        if self._read_codes is not None:
            self._read_codes(path, lambda codes: self._take_codes(path, codes), self._on_unread)

    def _take_codes(self, path: str, codes: Codes) -> None:
        box = self.fields.get("table")
        if self.is_done or not isinstance(box, QPlainTextEdit):
            return
        table = _codes(box) | codes.table
        box.setPlainText("\n".join(f"{code} {BETWEEN} {name}" for code, name in table.items()))
        self.said.setText(self.store.texts("{n} codes were read from {file}.", n=len(codes.table), file=Path(path).name))

    def _on_unread(self, error: Exception) -> None:
        if not self.is_done:
            self.said.setText(error_sentence(self.store.texts, error) if isinstance(error, SagsflowError) else str(error))

    # ---- values that many cases have -------------------------------------------------------------------------------------------

    def _add_offered(self) -> None:
        self.offered.setAccessibleName(self.store.texts("Values that many cases have"))
        self.offered.activated.connect(self._on_offered)
        self.body.addWidget(self.offered)
        self._offer()

    def _offer(self) -> None:
        """Offer the values of the chosen column that many cases have."""
        read = self._read.get("column")
        found = self._known.get(str(read()), ()) if read is not None else ()
        self.offered.clear()
        self.offered.addItem(self.store.texts("Add a value that many cases have …"), None)
        for text in found:
            self.offered.addItem(text, text)
        self.offered.setVisible(bool(found))

    def _on_offered(self) -> None:
        text = self.offered.currentData()
        box = self.fields.get("values") or self.fields.get("table")
        if text is not None and isinstance(box, QPlainTextEdit):
            line = f"{text} {BETWEEN} " if "table" in self.fields else str(text)
            box.setPlainText("\n".join([*box.toPlainText().splitlines(), line]))
        self.offered.setCurrentIndex(0)

    # ---- the step --------------------------------------------------------------------------------------------------------------

    def step(self) -> AnyStep | None:
        """The step as the fields stand; None while something is missing."""
        told = {name: read() for name, read in self._read.items()}
        for name, value in told.items():
            if not value and (self._kind, name) not in MAY_BE_EMPTY:
                return None
        if self._kind is values.JoinColumns and len(told["columns"]) < 2:
            return None
        if self._kind is values.DropCases and not (told["values"] or told["pattern"]):
            return None
        if self._kind is values.ClipPeriod and not (any(told.values()) and all(_is_day(text) for text in told.values())):
            return None
        if self._kind is values.AgeBand and not _is_day(told["on"]):
            return None
        if self._step is not None:
            return replace(self._step, **told)
        made: AnyStep = self._kind(**told)
        return made

    def _follow(self) -> None:
        self.accept_button.setEnabled(self.step() is not None)


def _lines(box: QPlainTextEdit) -> tuple[str, ...]:
    return tuple(dict.fromkeys(line for line in box.toPlainText().splitlines() if line.strip()))


def _codes(box: QPlainTextEdit) -> dict[str, str]:
    """The lines as pairs; what was pasted from a spreadsheet has a tab between its cells."""
    pairs = (line.partition("\t" if "\t" in line else BETWEEN) for line in box.toPlainText().splitlines())
    return {code.strip(): name.strip() for code, _, name in pairs if code.strip() and name.strip()}


def _is_day(text: str | None) -> bool:
    try:
        return text is None or date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def ask_step(
    store: Store,
    kind: type,
    step: AnyStep | None,
    columns: tuple[str, ...],
    known: dict[str, tuple[str, ...]],
    parent: QWidget | None,
    read_codes: ReadFile | None = None,
) -> AnyStep | None:
    """Ask for a step of a kind, or change one; None when the user cancels. A kind without fields is used at once."""
    if not FIELDS[kind]:
        return step if step is not None else kind()
    dialog = StepDialog(store, kind, step, columns, known, parent, read_codes)
    return dialog.step() if run(dialog) else None
