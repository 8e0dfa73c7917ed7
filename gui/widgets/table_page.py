"""A page of rows: title and count above, a table on a card, a note below, and a panel beside it about the chosen row."""

from __future__ import annotations

from PySide6.QtCore import QAbstractItemModel, QItemSelection, Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from gui.store import Store
from gui.widgets.data_page import DataPage
from gui.widgets.parts import column, framed, label, row
from gui.widgets.side_panel import SidePanel
from gui.widgets.sided import Sided
from gui.widgets.table_delegate import RowDelegate
from gui.widgets.table_header import TableHeader


def as_rows(table: QTableView, store: Store) -> TableHeader:
    """Make a table one of rows: no grid, its own headings, scrolling by the pixel; the headings."""
    header = TableHeader(store, table)
    table.setHorizontalHeader(header)
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.setTabKeyNavigation(False)
    table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    rows = table.verticalHeader()
    rows.hide()
    rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    rows.setMinimumSectionSize(20)
    return header


class TablePage(DataPage):
    """Base of pages that list rows of which one is chosen. Subclasses also write `choose` and `write_count`."""

    name = ""
    """English catalogue id of the title."""
    note = ""
    """English catalogue id of the sentence below the table."""

    def __init__(
        self,
        store: Store,
        model: QAbstractItemModel,
        side: SidePanel,
        *,
        delegate: type[RowDelegate] = RowDelegate,
        legend: QWidget | None = None,
    ) -> None:
        super().__init__(store)
        self.side = side
        self.count = label("secondary")
        self._heading = label("page_title")
        self._note = label("small", wrap=True)
        self.table = QTableView()
        self.header = as_rows(self.table, store)
        self.table.setModel(model)
        self.table.setItemDelegate(delegate(store, self.table))
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.selectionModel().selectionChanged.connect(self._on_selected)
        self._build(legend)

    def _build(self, legend: QWidget | None) -> None:
        head = row(12)
        head.addWidget(self._heading)
        head.addWidget(self.count)
        head.addStretch()
        if legend is not None:
            head.addWidget(legend)
        card = framed()
        inner = column(0, (1, 1, 1, 1))
        inner.addWidget(self.table)
        card.setLayout(inner)
        page = QWidget()
        layout = column(12, (20, 18, 20, 16))
        layout.addLayout(head)
        layout.addWidget(card, 1)
        layout.addWidget(self._note)
        page.setLayout(layout)
        self.sided = Sided(self.store, page, self.side)
        outer = column()
        outer.addWidget(self.sided)
        self.content.setLayout(outer)

    # ---- for subclasses ------------------------------------------------------------------------------------------------------

    def choose(self, row_number: int, *, by_hand: bool) -> None:
        """A row was chosen; `by_hand` says whether another one was chosen before."""
        raise NotImplementedError

    def write_count(self) -> None:
        """Write how many rows there are beside the title."""
        raise NotImplementedError

    @property
    def row_height(self) -> int:
        """Px of a row."""
        return self.sizes.row

    # ---- texts and looks -----------------------------------------------------------------------------------------------------

    def _on_selected(self, _now: QItemSelection, before: QItemSelection) -> None:
        rows = self.table.selectionModel().selectedRows()
        if rows:
            self.choose(rows[0].row(), by_hand=not before.isEmpty())

    def retranslate(self) -> None:
        """Write the texts."""
        super().retranslate()
        texts = self.store.texts
        self._heading.setText(texts(self.name))
        self._note.setText(texts(self.note))
        self.table.setAccessibleName(texts(self.name))
        model = self.table.model()
        model.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, model.columnCount() - 1)
        self.write_count()
        self.table.viewport().update()

    def restyle(self) -> None:
        """Take the sizes of headings and rows."""
        self.header.setFixedHeight(self.sizes.table_header)
        self.table.verticalHeader().setDefaultSectionSize(self.row_height)
