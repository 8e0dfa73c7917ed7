"""Findings about registration practice as rows of a table: the sentence, how many, their share, and what they can distort."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from engine.errors import N_
from engine.quality.values import Finding
from engine.quality.words import distorted, finding_sentence, share_of
from engine.service.messages import Quality
from gui.store import Store

Index = QModelIndex | QPersistentModelIndex
HEADERS = (N_("Finding"), N_("How many"), N_("Share"), N_("Can distort"))
SENTENCE, COUNT, SHARE, DISTORTS = range(4)


class FindingModel(QAbstractTableModel):
    """All findings of a selection, gravest first."""

    def __init__(self, store: Store) -> None:
        super().__init__()
        self.store = store
        self._answer: Quality | None = None

    def set_answer(self, answer: Quality | None) -> None:
        """Show the findings of an answer, or none."""
        self.beginResetModel()
        self._answer = answer
        self.endResetModel()

    def finding(self, row: int) -> Finding | None:
        """The finding of a row."""
        findings = self._answer.report.findings if self._answer else ()
        return findings[row] if 0 <= row < len(findings) else None

    def example(self, row: int) -> str:
        """The pseudonym of a case that shows the finding of a row, "" without one."""
        return self._answer.examples[row] if self._answer and 0 <= row < len(self._answer.examples) else ""

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """All findings."""
        return 0 if parent.isValid() or self._answer is None else len(self._answer.report.findings)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """The columns of the table."""
        return 0 if parent.isValid() else len(HEADERS)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        """Texts and alignment."""
        finding = self.finding(index.row())
        if finding is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(finding, index.column())
        if role == Qt.ItemDataRole.ToolTipRole and index.column() == SENTENCE:
            return finding_sentence(self.store.texts, finding)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(index.column())
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        """The column names."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.store.texts(HEADERS[section])
        return _alignment(section) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def _text(self, finding: Finding, column: int) -> str:
        texts = self.store.texts
        if column == SENTENCE:
            return finding_sentence(texts, finding)
        if column == COUNT:
            return texts.number(finding.count)
        return share_of(texts, finding) if column == SHARE else distorted(texts, finding)


def _alignment(column: int) -> int:
    side = Qt.AlignmentFlag.AlignRight if column in (COUNT, SHARE) else Qt.AlignmentFlag.AlignLeft
    return int(side | Qt.AlignmentFlag.AlignVCenter)
