"""The audit log as a table, newest first: a window on records that lie in the engine, fetched page by page as they come into sight."""

from __future__ import annotations

from collections import OrderedDict
from functools import partial
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, QTimer, Signal

from engine.errors import N_
from engine.service.messages import AuditRecord, Governance, GovernanceQuery
from gui.item_models.audit_words import event_words, fact_words, moment_words
from gui.store import Store

Index = QModelIndex | QPersistentModelIndex
WHEN, WHAT, FACTS = range(3)
HEADERS = (N_("When"), N_("What happened"), N_("Facts"))
PAGE, KEPT_PAGES = 200, 40
WAITING = "…"


class AuditModel(QAbstractTableModel):
    """Rows of one kind, or of all. A row that is not there yet shows dots; only pages in sight are asked for."""

    failed = Signal(object)

    def __init__(self, store: Store) -> None:
        super().__init__()
        self.store = store
        self.kind = ""
        self._n_rows = 0
        self._pages: OrderedDict[int, tuple[AuditRecord, ...]] = OrderedDict()
        self._under_way: set[int] = set()
        self._wanted: list[int] = []
        self._generation = 0
        self._fetcher = QTimer(self)
        self._fetcher.setSingleShot(True)
        self._fetcher.setInterval(15)
        self._fetcher.timeout.connect(self._fetch)

    def first_question(self) -> GovernanceQuery:
        """What to ask for the kind in force."""
        return GovernanceQuery(0, PAGE, self.kind)

    def set_answer(self, answer: Governance | None) -> None:
        """Show the records of which `answer` holds the first page, or none."""
        self.beginResetModel()
        self._generation += 1
        self._pages.clear()
        self._under_way.clear()
        self._wanted.clear()
        self._n_rows = answer.n_rows if answer else 0
        if answer is not None:
            self._pages[0] = answer.rows
        self.endResetModel()

    def record(self, row: int) -> AuditRecord | None:
        """The record of a row, when it is there."""
        page = self._pages.get(row // PAGE)
        return page[row % PAGE] if page is not None and row % PAGE < len(page) else None

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """All records of the kind."""
        return 0 if parent.isValid() else self._n_rows

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """When, what, facts."""
        return 0 if parent.isValid() else len(HEADERS)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        """Texts; the facts are the tooltip too, for they may be long."""
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        record = self.record(index.row())
        if record is None:
            self._want(index.row() // PAGE)
            return WAITING if role == Qt.ItemDataRole.DisplayRole else None
        if role == Qt.ItemDataRole.ToolTipRole and index.column() != FACTS:
            return None
        return (moment_words, _what, fact_words)[index.column()](self.store.texts, record)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        """The column names."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self.store.texts(HEADERS[section])
        return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def _want(self, page: int) -> None:
        """Note a page in sight; those scrolled past are not fetched at all."""
        if page not in self._under_way:
            self._wanted = [*(other for other in self._wanted if other != page), page][-4:]
            if not self._fetcher.isActive():
                self._fetcher.start()

    def _fetch(self) -> None:
        wanted, self._wanted = self._wanted, []
        for page in wanted:
            self._under_way.add(page)
            question = GovernanceQuery(page * PAGE, PAGE, self.kind)
            answered, failed = partial(self._on_page, page, self._generation), partial(self._on_failed, page, self._generation)
            self.store.jobs.ask(question, answered, failed, keep=True)

    def _on_page(self, page: int, generation: int, answer: Governance) -> None:
        if generation != self._generation:
            return
        self._under_way.discard(page)
        self._pages[page] = answer.rows
        while len(self._pages) > KEPT_PAGES:
            self._pages.popitem(last=False)
        self.dataChanged.emit(self.index(page * PAGE, 0), self.index(min(self._n_rows, (page + 1) * PAGE) - 1, len(HEADERS) - 1))

    def _on_failed(self, page: int, generation: int, error: Exception) -> None:
        if generation == self._generation:
            self._under_way.discard(page)
            self.failed.emit(error)


def _what(texts: Any, record: AuditRecord) -> str:
    return event_words(texts, record.event)
