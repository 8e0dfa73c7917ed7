"""The map as a table, over the map: steps and paths with their numbers, the same selection, everything by keyboard."""

from __future__ import annotations

from PySide6.QtCore import QItemSelection, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QButtonGroup, QHeaderView, QStackedWidget, QTableView, QWidget

from engine.errors import N_
from engine.service.messages import MapAnswer
from gui.map.table_model import MapModel
from gui.map.words import coverage_sentence, left_out_sentence
from gui.store import PathSelected, Selected, Store
from gui.widgets.panel import Panel
from gui.widgets.parts import button, column, framed, label, row
from gui.widgets.table_delegate import RowDelegate
from gui.widgets.table_page import as_rows

HOW_TO_READ = N_(
    "Row by row the same numbers as on the map. Press S to sort by the column you are in, Enter to see the numbers of a row."
)
WIDEST_NAME = 34
"""Letters of a name before it is cut."""
SORT_ARROW = 18


class MapTable(Panel):
    """Covers the map. The page shows it, gives it every answer, and is told when the map is wanted back."""

    map_wanted = Signal()
    entered = Signal()
    """Enter on a row: its numbers are wanted."""

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(store, "page", parent)
        self.answer: MapAnswer | None = None
        self.heading, self.note = label("page_title"), label("small", wrap=True)
        self.back = button("plain")
        self.back.clicked.connect(self.map_wanted)
        self.kinds = (button("small"), button("small"))
        self.tables = (ThingTable(store, of_paths=False), ThingTable(store, of_paths=True))
        self._stack = QStackedWidget()
        self._build()
        for table in self.tables:
            table.entered.connect(self.entered)
        store.selected_changed.connect(self._follow)
        self.ready()

    def _build(self) -> None:
        chooser = QButtonGroup(self)
        head = row(12)
        head.addWidget(self.heading)
        for place, kind in enumerate(self.kinds):
            kind.setCheckable(True)
            chooser.addButton(kind, place)
            head.addWidget(kind)
        chooser.idClicked.connect(self.show_kind)
        head.addStretch()
        head.addWidget(self.back)
        for table in self.tables:
            self._stack.addWidget(table)
        card = framed()
        inner = column(0, (1, 1, 1, 1))
        inner.addWidget(self._stack)
        card.setLayout(inner)
        layout = column(12, (20, 18, 20, 16))
        layout.addLayout(head)
        layout.addWidget(card, 1)
        layout.addWidget(self.note)
        self.setLayout(layout)
        self.kinds[0].setChecked(True)

    @property
    def table(self) -> ThingTable:
        """The one of the two tables that is in sight."""
        return self.tables[self._stack.currentIndex()]

    def show_kind(self, place: int) -> None:
        """Show the steps (0) or the paths (1)."""
        self._stack.setCurrentIndex(place)
        self.kinds[place].setChecked(True)

    def show_answer(self, answer: MapAnswer | None) -> None:
        """Show the numbers of a map."""
        self.answer = answer
        for table in self.tables:
            table.show_answer(answer)
        self._write()
        self._follow()

    def _follow(self) -> None:
        """The same step or path is chosen here and on the map."""
        selected = self.store.selected
        if selected is not None:
            self.show_kind(int(isinstance(selected, PathSelected)))
        for table in self.tables:
            table.choose(selected)

    def give_keyboard(self) -> None:
        """Put the keyboard into the table."""
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def retranslate(self) -> None:
        """Write everything in the language in force."""
        texts = self.store.texts
        self.heading.setText(texts("Process map as a table"))
        self.back.setText(texts("Show the map"))
        self.back.setToolTip(f"{texts('Show the map')} (Ctrl+T)")
        for table, name in zip(self.tables, (texts("Steps"), texts("Paths")), strict=True):
            table.setAccessibleName(name)
        self.show_answer(self.answer)

    def restyle(self) -> None:
        """Take the sizes of the appearance."""
        for table in self.tables:
            table.take_sizes(self.sizes.table_header, self.sizes.row)

    def _write(self) -> None:
        texts, answer = self.store.texts, self.answer
        words = (texts("Steps"), texts("Paths"))
        for kind, table, name in zip(self.kinds, self.tables, words, strict=True):
            kind.setText(f"{name} ({texts.number(table.model_of.rowCount())})")
        parts = [] if answer is None else [coverage_sentence(answer.map.coverage, texts), left_out_sentence(answer.map.coverage, texts)]
        how = texts(HOW_TO_READ)
        self.note.setText(" ".join(part for part in (*parts, how) if part))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc lets go of what is selected, and then goes back to the map."""
        if event.key() != Qt.Key.Key_Escape:
            super().keyPressEvent(event)
        elif self.store.selected is not None:
            self.store.select(None)
        else:
            self.map_wanted.emit()


class ThingTable(QTableView):
    """The steps or the paths as rows."""

    entered = Signal()

    def __init__(self, store: Store, of_paths: bool) -> None:
        super().__init__()
        self.store = store
        self.model_of = MapModel(store, of_paths)
        self._following = False
        self.header = as_rows(self, store)
        self.setModel(self.model_of)
        self.setItemDelegate(RowDelegate(store, self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.selectionModel().selectionChanged.connect(self._on_chosen)
        self.header.setSectionsClickable(True)
        self.header.setSortIndicatorShown(True)
        self.header.setSortIndicator(self.model_of.order[0], Qt.SortOrder.DescendingOrder)
        self.header.sortIndicatorChanged.connect(self._on_sorted)

    def take_sizes(self, header: int, line: int) -> None:
        """Heights of headings and rows in px."""
        self.header.setFixedHeight(header)
        self.verticalHeader().setDefaultSectionSize(line)
        self.fit_columns()

    def show_answer(self, answer: MapAnswer | None) -> None:
        """Show the rows of a map, each column as wide as what it holds, long names cut."""
        self._following = True
        self.model_of.show_answer(answer)
        self._following = False
        self.fit_columns()

    def fit_columns(self) -> None:
        """Give every column its room."""
        widest = WIDEST_NAME * self.fontMetrics().averageCharWidth()
        for section in range(self.model_of.columnCount()):
            is_name = self.model_of.is_name(section)
            self.header.setSectionResizeMode(section, QHeaderView.ResizeMode.Interactive)
            wanted = max(self.sizeHintForColumn(section), self.header.sectionSizeHint(section) + SORT_ARROW)
            self.header.resizeSection(section, min(wanted, widest) if is_name else wanted)

    def choose(self, what: Selected) -> None:
        """Mark the row of what is selected; none where it is not here."""
        place = self.model_of.row_of(what)
        self._following = True
        if place is None:
            self.clearSelection()
        elif place not in {index.row() for index in self.selectionModel().selectedRows()}:
            self.setCurrentIndex(self.model_of.index(place, max(self.currentIndex().column(), 0)))
        self._following = False

    def _on_chosen(self, _now: QItemSelection, _before: QItemSelection) -> None:
        rows = self.selectionModel().selectedRows()
        if rows and not self._following:
            self.store.select(self.model_of.thing(rows[0].row()))

    def _on_sorted(self, section: int, order: Qt.SortOrder) -> None:
        selected = self.store.selected
        self._following = True
        self.model_of.sort(section, order)
        self.clearSelection()
        self._following = False
        self.choose(selected)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """S sorts by the column of the current cell, and again the other way round; Enter asks for the numbers of the row."""
        if event.key() == Qt.Key.Key_S and not event.modifiers():
            column_now, descending = self.model_of.order
            section = max(self.currentIndex().column(), 0)
            down = not descending if section == column_now else not self.model_of.is_name(section)
            self.header.setSortIndicator(section, Qt.SortOrder.DescendingOrder if down else Qt.SortOrder.AscendingOrder)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._on_chosen(QItemSelection(), QItemSelection())
            self.entered.emit()
        elif event.key() == Qt.Key.Key_Escape:
            event.ignore()
        else:
            super().keyPressEvent(event)
