"""The case table: a window on rows that lie in the engine, fetched page by page as they come into sight."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QModelIndex, Qt

from engine.errors import N_
from engine.log.selection import Selection
from engine.service.messages import CaseColumn, CaseRow, Cases, CasesQuery
from gui.item_models.paged_model import PAGE, WAITING, Index, PagedModel
from gui.store import Store

COLUMNS = (CaseColumn.CASE, CaseColumn.START, CaseColumn.END, CaseColumn.DURATION, CaseColumn.EVENTS, CaseColumn.VARIANT)
HEADERS = (N_("Case"), N_("First event"), N_("Last event"), N_("Duration"), N_("Events"), N_("Variant"))


class CaseModel(PagedModel[CaseRow]):
    """Rows of the selection in the engine's order."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.sort_column = CaseColumn.START
        self.descending = False
        self._selection = Selection()

    # ---- content -------------------------------------------------------------------------------------------------------------

    def first_question(self, selection: Selection) -> CasesQuery:
        """What to ask for a new selection or order."""
        return CasesQuery(selection, 0, PAGE, self.sort_column, self.descending)

    def question_at(self, offset: int) -> CasesQuery:
        """The page of the selection that begins there."""
        return CasesQuery(self._selection, offset, PAGE, self.sort_column, self.descending)

    def set_answer(self, answer: Cases) -> None:
        """Show a new selection or order, of which `answer` is the first page."""
        self._selection = answer.query.selection
        self.set_rows(answer.n_cases, answer.rows)

    def clear(self) -> None:
        """Forget everything."""
        self.set_rows(0)

    # ---- Qt ------------------------------------------------------------------------------------------------------------------

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """The columns of the table."""
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        """Texts and alignment."""
        if role == Qt.ItemDataRole.DisplayRole:
            row = self.row(index.row())
            if row is None:
                self.want(index.row())
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


def _alignment(column: int) -> int:
    left = column in (0, 1, 2)
    return int((Qt.AlignmentFlag.AlignLeft if left else Qt.AlignmentFlag.AlignRight) | Qt.AlignmentFlag.AlignVCenter)
