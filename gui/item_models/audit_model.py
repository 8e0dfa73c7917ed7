"""The audit log as a table, newest first: a window on records that lie in the engine, fetched page by page as they come into sight."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QModelIndex, Qt

from engine.errors import N_
from engine.service.messages import AuditRecord, Governance, GovernanceQuery
from gui.item_models.audit_words import event_words, fact_words, moment_words
from gui.item_models.paged_model import PAGE, WAITING, Index, PagedModel
from gui.store import Store

WHEN, WHAT, FACTS = range(3)
HEADERS = (N_("When"), N_("What happened"), N_("Facts"))


class AuditModel(PagedModel[AuditRecord]):
    """Rows of one kind, or of all."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.kind = ""

    def question_at(self, offset: int) -> GovernanceQuery:
        """The page of the kind in force that begins there."""
        return GovernanceQuery(offset, PAGE, self.kind)

    def set_answer(self, answer: Governance | None) -> None:
        """Show the records of which `answer` holds the first page, or none."""
        self.set_rows(answer.n_rows if answer else 0, answer.rows if answer else ())

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """When, what, facts."""
        return 0 if parent.isValid() else len(HEADERS)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        """Texts; the facts are the tooltip too, for they may be long."""
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        record = self.row(index.row())
        if record is None:
            self.want(index.row())
            return WAITING if role == Qt.ItemDataRole.DisplayRole else None
        if role == Qt.ItemDataRole.ToolTipRole and index.column() != FACTS:
            return None
        return (moment_words, _what, fact_words)[index.column()](self.store.texts, record)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        """The column names."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self.store.texts(HEADERS[section])
        return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter) if role == Qt.ItemDataRole.TextAlignmentRole else None


def _what(texts: Any, record: AuditRecord) -> str:
    return event_words(texts, record.event)
