"""The columns of a file as rows of a table: name, examples, role, what they tell of persons, and what becomes of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from engine.errors import N_
from gui.store import Store

Index = QModelIndex | QPersistentModelIndex
HEADERS = (N_("Column"), N_("Examples"), N_("Role"), N_("Found"), N_("Becomes"))
NAME, EXAMPLES, ROLE, FOUND, BECOMES = range(5)
LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
ROW = Qt.ItemDataRole.UserRole


@dataclass(frozen=True)
class ColumnRow:
    """One column of a file, in ready words. role: None when it is left out; share: how sure the role is (0..1), None when it was chosen.

    sign: what it tells of persons, "" when nothing; problem: whether that stands against its role. guess: the role that a column that is
    left out may play; why: what speaks for the role that it has, or for the guess.
    """

    name: str
    examples: str
    role: str | None
    role_words: str
    share: float | None
    sign: str
    becomes: str
    problem: bool = False
    guess: str | None = None
    guess_words: str = ""
    why: str = ""


class ColumnModel(QAbstractTableModel):
    """All columns of one file."""

    def __init__(self, store: Store) -> None:
        super().__init__()
        self._store = store
        self._rows: tuple[ColumnRow, ...] = ()

    def set_rows(self, rows: tuple[ColumnRow, ...]) -> None:
        """Show these columns; as many as before keep their place and the choice among them."""
        if [row.name for row in rows] == [row.name for row in self._rows]:
            self._rows = rows
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, BECOMES))
            return
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    @property
    def rows(self) -> tuple[ColumnRow, ...]:
        """What is shown."""
        return self._rows

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """One row per column of the file."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """The headings."""
        return 0 if parent.isValid() else len(HEADERS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A heading."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._store.texts(HEADERS[section])
        return LEFT if role == Qt.ItemDataRole.TextAlignmentRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The words of a cell, also as its tooltip."""
        row = self._rows[index.row()]
        if role == ROW:
            return row
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return LEFT
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        if role == Qt.ItemDataRole.ToolTipRole and index.column() == FOUND and row.why:
            return row.why
        share = self._store.texts.percent(row.share) if row.share is not None else row.guess_words
        return (row.name, row.examples, row.role_words, row.sign or share, row.becomes)[index.column()]
