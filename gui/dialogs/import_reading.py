"""How a file is read: time zone, separator, encoding, sheet or object type, and the question that its dates may leave open."""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace
from PySide6.QtCore import QDate, QLocale, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QComboBox, QRadioButton, QVBoxLayout, QWidget

from engine.errors import N_
from engine.log.columns import TIMES
from engine.service.messages import PlannedFile, TimestampReading
from engine.washing.values import TableRecipe
from gui.dialogs.import_roles import KINDS
from gui.dialogs.roles_dialog import DELIMITERS, ENCODINGS, TIMEZONES, choose_item, readable_format
from gui.store import Store
from gui.widgets.parts import clear_layout, column, framed, icon_label, label, row

KIND, TIMEZONE, DELIMITER, ENCODING, SHEET, OBJECT_TYPE = "kind", "timezone", "delimiter", "encoding", "sheet", "object_type"
BOXES = {
    KIND: N_("The rows are"),
    SHEET: N_("Sheet"),
    OBJECT_TYPE: N_("What is the case"),
    TIMEZONE: N_("Time zone"),
    DELIMITER: N_("Separator"),
    ENCODING: N_("Encoding"),
}
SHORT, WIDE = 8, {TIMEZONE: 15, SHEET: 14, OBJECT_TYPE: 14}
"""Letters that the boxes have room for."""
SIGNS = {None: N_("Find out"), ",": N_("Comma"), ";": N_("Semicolon"), "\t": N_("Tab"), "|": N_("Bar")}


class ReadingRow(QWidget):
    """A line of boxes, of which a file shows those that it needs."""

    changed = Signal()

    def __init__(self, store: Store) -> None:
        super().__init__()
        self._texts = store.texts
        self.boxes = {name: QComboBox() for name in BOXES}
        self._parts: dict[str, QWidget] = {}
        line = row(16)
        for name, words in BOXES.items():
            part, box = QWidget(), self.boxes[name]
            within = column(3)
            shown = label("small_label", self._texts(words))
            shown.setBuddy(box)
            box.setAccessibleName(self._texts(words))
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(WIDE.get(name, SHORT))
            box.activated.connect(self._on_activated)
            within.addWidget(shown)
            within.addWidget(box)
            part.setLayout(within)
            self._parts[name] = part
            part.setVisible(name in (KIND, TIMEZONE))
            line.addWidget(part)
        line.addStretch()
        self.setLayout(line)
        for kind, (words, meaning) in KINDS.items():
            self.boxes[KIND].addItem(self._texts(words), kind)
            self.boxes[KIND].setItemData(self.boxes[KIND].count() - 1, self._texts(meaning), Qt.ItemDataRole.ToolTipRole)
        for delimiter in DELIMITERS:
            self.boxes[DELIMITER].addItem(self._texts(SIGNS[delimiter]), delimiter)
        for encoding in ENCODINGS:
            self.boxes[ENCODING].addItem(encoding or self._texts("Find out"), encoding)
        for zone in TIMEZONES:
            self.boxes[TIMEZONE].addItem(zone, zone)

    def _on_activated(self) -> None:
        self.changed.emit()

    def show_file(self, file: PlannedFile, table: TableRecipe) -> None:
        """Show how a file is read."""
        preview = file.preview
        if preview is None:
            return
        offered = {SHEET: preview.sheets, OBJECT_TYPE: preview.object_types}
        for name, parts in offered.items():
            self.boxes[name].clear()
            for part in parts:
                self.boxes[name].addItem(part, part)
            self._parts[name].setVisible(len(parts) > 1)
        self._parts[KIND].setVisible(not preview.object_types)
        for name in (DELIMITER, ENCODING):
            self._parts[name].setVisible(preview.options.delimiter is not None)
        for name, found in ((TIMEZONE, table.timezone), (DELIMITER, preview.options.delimiter), (ENCODING, preview.options.encoding)):
            if self.boxes[name].findData(found) < 0:
                self.boxes[name].addItem(str(found), found)
        values = {
            KIND: table.kind,
            SHEET: table.sheet,
            OBJECT_TYPE: table.object_type,
            TIMEZONE: table.timezone,
            DELIMITER: preview.options.delimiter,
            ENCODING: preview.options.encoding,
        }
        for name, value in values.items():
            choose_item(self.boxes[name], value)

    def read(self, file: PlannedFile, table: TableRecipe) -> TableRecipe:
        """The table with what is chosen here; what was found out stays open, so that next month's file may be another."""
        options = file.preview.options if file.preview is not None else None
        chosen = {name: box.currentData() for name, box in self.boxes.items()}
        for name in (DELIMITER, ENCODING):
            if options is not None and chosen[name] == getattr(options, name):
                chosen[name] = getattr(table, name)
        for name in (SHEET, OBJECT_TYPE):
            if not self.boxes[name].count():
                chosen[name] = getattr(table, name)
        return replace(table, **chosen)


class DateQuestion(QWidget):
    """Asks whether day or month comes first, by what the first cell would mean."""

    changed = Signal(str)
    """The pattern that was chosen (strptime)."""

    def __init__(self, store: Store) -> None:
        super().__init__()
        self._store = store
        self._group = QButtonGroup(self)
        self._choices: QVBoxLayout = column(4)
        self.choices: list[QRadioButton] = []
        card = framed("caution")
        inner = row(10, (14, 10, 14, 10))
        inner.addWidget(icon_label("triangle-alert", store.tokens.caution, 18), 0, Qt.AlignmentFlag.AlignTop)
        words = column(6)
        asked = store.texts("The dates can be read in two ways. What does the first of them mean?")
        words.addWidget(label("body_strong", asked, wrap=True))
        words.addLayout(self._choices)
        inner.addLayout(words, 1)
        card.setLayout(inner)
        layout = column()
        layout.addWidget(card)
        self.setLayout(layout)
        self.setVisible(False)
        self._group.idClicked.connect(lambda place: self.changed.emit(self._ways[place].format))
        self._ways: tuple[TimestampReading, ...] = ()
        self._path = ""

    def show_file(self, file: PlannedFile, table: TableRecipe) -> None:
        """Ask when the times of a file leave the question open; what was chosen stays to be changed."""
        readings = file.preview.readings if file.preview is not None else {}
        ways = next((ways for role in TIMES if len(ways := readings.get(role, ())) > 1), ())
        formats = {way.format for way in self._ways} if file.path == self._path else set()
        self._path = file.path
        if ways and ways != self._ways:
            self._fill(ways)
        elif not ways and table.timestamp_format not in formats:
            self._ways = ()
        for place, choice in enumerate(self.choices[: len(self._ways)]):
            choice.setChecked(self._ways[place].format == table.timestamp_format)
        self.setVisible(bool(self._ways))

    def _fill(self, ways: tuple[TimestampReading, ...]) -> None:
        clear_layout(self._choices)
        self._ways, self.choices = ways, []
        for place, way in enumerate(ways):
            words = self._store.texts("{date} ({format})", date=self._written(way.example), format=readable_format(way.format))
            choice = QRadioButton(words)
            self._group.addButton(choice, place)
            self._choices.addWidget(choice)
            self.choices.append(choice)

    def _written(self, iso: str) -> str:
        """A day with its month in letters, so that it has one meaning."""
        try:
            moment = datetime.fromisoformat(iso)
        except ValueError:
            return iso
        return QLocale(self._store.texts.language).toString(QDate(moment.year, moment.month, moment.day), QLocale.FormatType.LongFormat)
