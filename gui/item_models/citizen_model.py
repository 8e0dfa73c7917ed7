"""What the log holds about one citizen, as rows: case, time, step and unit."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from engine.errors import N_
from engine.service.messages import CitizenEvent
from gui.store import Store

Index = QModelIndex | QPersistentModelIndex
HEADERS = (N_("Time"), N_("Step"), N_("Unit"), N_("Case"))


class CitizenModel(QAbstractTableModel):
    """The rows that the engine answered with; no more than a page of them."""

    def __init__(self, store: Store) -> None:
        super().__init__()
        self._store = store
        self._rows: tuple[CitizenEvent, ...] = ()

    def set_rows(self, rows: tuple[CitizenEvent, ...]) -> None:
        """Show other rows."""
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """The rows."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """The columns."""
        return 0 if parent.isValid() else len(HEADERS)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        """Texts and alignment."""
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        row, texts = self._rows[index.row()], self._store.texts
        time = "–" if row.time is None else texts.stamp(row.time, self._store.timezone)
        return (time, row.activity, row.unit or "–", row.case)[index.column()]

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        """The column names."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._store.texts(HEADERS[section])
        return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter) if role == Qt.ItemDataRole.TextAlignmentRole else None
