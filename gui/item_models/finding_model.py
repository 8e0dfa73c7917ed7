"""Findings about registration practice as rows of a table: the sentence, how many, their share, and what they can distort."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from engine.errors import N_, Value
from engine.quality.values import Finding
from engine.service.messages import Quality
from engine.texts import Texts
from gui.item_models.finding_words import RESULTS
from gui.store import Store

Index = QModelIndex | QPersistentModelIndex
HEADERS = (N_("Finding"), N_("How many"), N_("Share"), N_("Can distort"))
SENTENCE, COUNT, SHARE, DISTORTS = range(4)
LEAST_SHARE = 0.001


def finding_sentence(texts: Texts, finding: Finding) -> str:
    """What was found, in words and with its numbers as people write them."""
    values = {name: _written(texts, name, value) for name, value in finding.values.items()}
    return texts(finding.message, count=texts.number(finding.count), **values)


def _written(texts: Texts, name: str, value: Value) -> Value:
    """A value as people write it; those named `date` are days (year-month-day) of the log's own clock."""
    if name == "date" and isinstance(value, str):
        noon = datetime.fromisoformat(value).replace(hour=12, tzinfo=UTC)
        return texts.date(round(noon.timestamp() * 1e6), "UTC")
    return texts.number(value) if isinstance(value, int | float) else value


def share_of(texts: Texts, finding: Finding) -> str:
    """The share, and that it is small where it would be written as nothing."""
    return texts.percent(finding.share, 1) if finding.share >= LEAST_SHARE else f"< {texts.percent(LEAST_SHARE, 1)}"


def distorted(texts: Texts, finding: Finding) -> str:
    """The results that are no longer right."""
    return ", ".join(texts(RESULTS[result]) for result in finding.distorts)


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
