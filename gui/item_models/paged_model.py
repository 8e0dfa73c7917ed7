"""A table over rows that lie in the engine, fetched page by page as they come into sight."""

from __future__ import annotations

from collections import OrderedDict
from functools import partial
from typing import Generic, Protocol, TypeVar

from msgspec import Struct
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QTimer, Signal

from gui.store import Store

Index = QModelIndex | QPersistentModelIndex
Row = TypeVar("Row")
PAGE, KEPT_PAGES, AT_ONCE = 200, 60, 2
"""Rows of a page, pages that are kept, and pages that are asked for at once."""
WAITING_PAGES = 4
WAITING = "…"


class Page(Protocol[Row]):
    """An answer that holds rows."""

    rows: tuple[Row, ...]


class PagedModel(QAbstractTableModel, Generic[Row]):
    """A row that is not there yet shows dots; only pages in sight are asked for. Subclasses write `question_at` and what cells show."""

    failed = Signal(object)

    def __init__(self, store: Store) -> None:
        super().__init__()
        self.store = store
        self._n_rows = 0
        self._pages: OrderedDict[int, tuple[Row, ...]] = OrderedDict()
        self._wanted: list[int] = []
        self._under_way: set[int] = set()
        self._generation = 0
        self._fetcher = QTimer(self)
        self._fetcher.setSingleShot(True)
        self._fetcher.setInterval(15)
        self._fetcher.timeout.connect(self._fetch)

    def question_at(self, offset: int) -> Struct:
        """What to ask for the page that begins at a row."""
        raise NotImplementedError

    def set_rows(self, n_rows: int, first: tuple[Row, ...] = ()) -> None:
        """Show so many rows, of which the first page is there; what was asked before is no longer waited for."""
        self.beginResetModel()
        self._generation += 1
        self._n_rows = n_rows
        self._pages.clear()
        self._under_way.clear()
        self._wanted.clear()
        if first:
            self._pages[0] = first
        self.endResetModel()

    def row(self, row: int) -> Row | None:
        """A row, when it is there."""
        page = self._pages.get(row // PAGE)
        return page[row % PAGE] if page is not None and row % PAGE < len(page) else None

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """All rows, fetched or not."""
        return 0 if parent.isValid() else self._n_rows

    # ---- fetching ------------------------------------------------------------------------------------------------------------

    def want(self, row: int) -> None:
        """Note that a row is in sight; the latest pages are fetched first, and those scrolled past are not fetched at all."""
        page = row // PAGE
        if page in self._under_way:
            return
        if page in self._wanted:
            self._wanted.remove(page)
        self._wanted.append(page)
        del self._wanted[:-WAITING_PAGES]
        if not self._fetcher.isActive():
            self._fetcher.start()

    def _fetch(self) -> None:
        while self._wanted and len(self._under_way) < AT_ONCE:
            page = self._wanted.pop()
            self._under_way.add(page)
            answered, failed = partial(self._on_page, page, self._generation), partial(self._on_failed, page, self._generation)
            self.store.jobs.ask(self.question_at(page * PAGE), answered, failed, keep=True)

    def _on_page(self, page: int, generation: int, answer: Page[Row]) -> None:
        if generation != self._generation:
            return
        self._under_way.discard(page)
        self._pages[page] = answer.rows
        while len(self._pages) > KEPT_PAGES:
            self._pages.popitem(last=False)
        last = min(self._n_rows, (page + 1) * PAGE) - 1
        self.dataChanged.emit(self.index(page * PAGE, 0), self.index(last, self.columnCount() - 1))
        self._fetch()

    def _on_failed(self, page: int, generation: int, error: Exception) -> None:
        if generation == self._generation:
            self._under_way.discard(page)
            self.failed.emit(error)
