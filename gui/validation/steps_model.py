"""The steps of a case as rows of a table: when, what, in which unit, and how many comments there are on each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from engine.errors import N_
from engine.service.messages import CaseDetails, CaseEvent
from engine.validation.values import Comment
from gui.store import Store
from gui.widgets.case_timeline import told_time

Index = QModelIndex | QPersistentModelIndex
HEADERS = (N_("No."), N_("When"), N_("What happened"), N_("Unit"), "")
NUMBER, WHEN, WHAT, UNIT, SAID = range(5)
OPEN_ROLE = int(Qt.ItemDataRole.UserRole) + 1
"""Whether a comment on the step waits for an answer."""


class StepsModel(QAbstractTableModel):
    """The events of one case in order."""

    def __init__(self, store: Store) -> None:
        super().__init__()
        self.store = store
        self._events: tuple[CaseEvent, ...] = ()
        self._said: Counter[int] = Counter()
        self._open: set[int] = set()

    def set_case(self, details: CaseDetails | None) -> None:
        """Show the events of a case, or none."""
        self.beginResetModel()
        self._events = details.events if details is not None else ()
        self.endResetModel()

    def set_comments(self, comments: Iterable[Comment]) -> None:
        """Mark the steps that are commented on."""
        on_steps = [comment for comment in comments if comment.step is not None]
        self._said = Counter(comment.step for comment in on_steps if comment.step is not None)
        self._open = {comment.step for comment in on_steps if comment.is_open and comment.step is not None}
        if self._events:
            self.dataChanged.emit(self.index(0, SAID), self.index(len(self._events) - 1, SAID))

    @property
    def has_units(self) -> bool:
        """Whether any step tells its unit."""
        return any(event.unit for event in self._events)

    def name(self, row: int) -> str:
        """What happened in a row, "" outside."""
        return self._events[row].activity if 0 <= row < len(self._events) else ""

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """All steps."""
        return 0 if parent.isValid() else len(self._events)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """The columns of the table."""
        return 0 if parent.isValid() else len(HEADERS)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        """Texts, alignment, and whether somebody objects."""
        row = index.row()
        if not 0 <= row < len(self._events):
            return None
        if role == OPEN_ROLE:
            return row in self._open
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(index.column())
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self._text(row, index.column())
        return None

    def _text(self, row: int, column: int) -> str:
        texts, event = self.store.texts, self._events[row]
        if column == NUMBER:
            return texts.number(row + 1)
        if column == WHEN:
            return told_time(self.store, event)
        if column == WHAT:
            return event.activity
        if column == UNIT:
            return event.unit or "–"
        return texts.plural("{n} comment", "{n} comments", self._said[row]) if self._said[row] else ""

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        """The column names."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.store.texts(HEADERS[section])
        return _alignment(section) if role == Qt.ItemDataRole.TextAlignmentRole else None


def _alignment(column: int) -> int:
    side = Qt.AlignmentFlag.AlignRight if column == NUMBER else Qt.AlignmentFlag.AlignLeft
    return int(side | Qt.AlignmentFlag.AlignVCenter)
