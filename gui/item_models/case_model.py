"""The case table: a window on rows that lie in the engine, fetched page by page as they come into sight."""

from __future__ import annotations

from collections import OrderedDict
from functools import partial
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, QTimer, Signal

from engine.errors import N_
from engine.log.selection import Selection
from engine.service.messages import CaseColumn, CaseRow, Cases, CasesQuery
from gui.store import Store

Index = QModelIndex | QPersistentModelIndex
COLUMNS = (CaseColumn.CASE, CaseColumn.START, CaseColumn.END, CaseColumn.DURATION, CaseColumn.EVENTS, CaseColumn.VARIANT)
HEADERS = (N_("Case"), N_("First event"), N_("Last event"), N_("Duration"), N_("Events"), N_("Variant"))
PAGE = 200
KEPT_PAGES = 60
AT_ONCE = 2
WAITING = "…"


class CaseModel(QAbstractTableModel):
    """Rows of the selection in the engine's order. A row that is not there yet shows dots; only pages in sight are asked for."""

    failed = Signal(object)

    def __init__(self, store: Store) -> None:
        super().__init__()
        self.store = store
        self.sort_column = CaseColumn.START
        self.descending = False
        self._selection = Selection()
        self._n_cases = 0
        self._pages: OrderedDict[int, tuple[CaseRow, ...]] = OrderedDict()
        self._wanted: list[int] = []
        self._under_way: set[int] = set()
        self._generation = 0
        self._fetcher = QTimer(self)
        self._fetcher.setSingleShot(True)
        self._fetcher.setInterval(15)
        self._fetcher.timeout.connect(self._fetch)

    # ---- content -------------------------------------------------------------------------------------------------------------

    def first_question(self, selection: Selection) -> CasesQuery:
        """What to ask for a new selection or order."""
        return CasesQuery(selection, 0, PAGE, self.sort_column, self.descending)

    def set_answer(self, answer: Cases) -> None:
        """Show a new selection or order, of which `answer` is the first page."""
        self.beginResetModel()
        self._generation += 1
        self._selection = answer.query.selection
        self._n_cases = answer.n_cases
        self._pages.clear()
        self._under_way.clear()
        self._wanted.clear()
        self._pages[0] = answer.rows
        self.endResetModel()

    def clear(self) -> None:
        """Forget everything."""
        self.beginResetModel()
        self._generation += 1
        self._n_cases = 0
        self._pages.clear()
        self._under_way.clear()
        self._wanted.clear()
        self.endResetModel()

    def row(self, row: int) -> CaseRow | None:
        """The case of a row, when it is there."""
        page = self._pages.get(row // PAGE)
        return page[row % PAGE] if page is not None and row % PAGE < len(page) else None

    # ---- Qt ------------------------------------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """All cases of the selection."""
        return 0 if parent.isValid() else self._n_cases

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """The columns of the table."""
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        """Texts and alignment."""
        if role == Qt.ItemDataRole.DisplayRole:
            row = self.row(index.row())
            if row is None:
                self._want(index.row() // PAGE)
                return WAITING
            return self._text(row, COLUMNS[index.column()])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(index.column())
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        """The column names."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.store.texts(HEADERS[section])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(section)
        return None

    def _text(self, row: CaseRow, column: CaseColumn) -> str:
        texts, zone = self.store.texts, self.store.timezone
        if column is CaseColumn.CASE:
            return row.case
        if column is CaseColumn.START:
            return texts.stamp(row.start, zone) if row.start is not None else "–"
        if column is CaseColumn.END:
            return texts.stamp(row.end, zone) if row.end is not None else "–"
        if column is CaseColumn.DURATION:
            return texts.duration(row.duration_seconds) if row.duration_seconds is not None else "–"
        return texts.number(row.events if column is CaseColumn.EVENTS else row.variant)

    # ---- fetching ------------------------------------------------------------------------------------------------------------

    def _want(self, page: int) -> None:
        """Note a page in sight; the latest ones are fetched first, and those scrolled past are not fetched at all."""
        if page in self._under_way:
            return
        if page in self._wanted:
            self._wanted.remove(page)
        self._wanted.append(page)
        del self._wanted[:-4]
        if not self._fetcher.isActive():
            self._fetcher.start()

    def _fetch(self) -> None:
        while self._wanted and len(self._under_way) < AT_ONCE:
            page = self._wanted.pop()
            self._under_way.add(page)
            generation = self._generation
            question = CasesQuery(self._selection, page * PAGE, PAGE, self.sort_column, self.descending)
            self.store.jobs.ask(
                question,
                partial(self._on_page, page, generation),
                partial(self._on_failed, page, generation),
                keep=True,
            )

    def _on_page(self, page: int, generation: int, answer: Cases) -> None:
        if generation != self._generation:
            return
        self._under_way.discard(page)
        self._pages[page] = answer.rows
        while len(self._pages) > KEPT_PAGES:
            self._pages.popitem(last=False)
        last = min(self._n_cases, (page + 1) * PAGE) - 1
        self.dataChanged.emit(self.index(page * PAGE, 0), self.index(last, len(COLUMNS) - 1))
        self._fetch()

    def _on_failed(self, page: int, generation: int, error: Exception) -> None:
        if generation == self._generation:
            self._under_way.discard(page)
            self.failed.emit(error)


def _alignment(column: int) -> int:
    left = column in (0, 1, 2)
    return int((Qt.AlignmentFlag.AlignLeft if left else Qt.AlignmentFlag.AlignRight) | Qt.AlignmentFlag.AlignVCenter)
