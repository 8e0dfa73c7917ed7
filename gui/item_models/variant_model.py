"""The variants as rows of a table: rank, cases, share, chevrons, median duration."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from engine.errors import N_
from engine.service.messages import Variant, Variants, VariantsQuery
from gui.store import Store
from gui.widgets.chevrons import Chevron, compare

Index = QModelIndex | QPersistentModelIndex
HEADERS = ("#", N_("Cases"), N_("Share"), N_("Steps"), N_("Median"))
RANK, CASES, SHARE, STEPS, MEDIAN = range(5)
VARIANT_ROLE = int(Qt.ItemDataRole.UserRole)
CHEVRONS_ROLE = VARIANT_ROLE + 1
SHARE_ROLE = VARIANT_ROLE + 2
"""The share as a part of the most frequent variant's, 0..1: how long its bar is."""
PAGE = 200


class VariantModel(QAbstractTableModel):
    """Fetches further pages as the table scrolls; chevrons are compared with the main path when first drawn."""

    def __init__(self, store: Store) -> None:
        super().__init__()
        self.store = store
        self.names: tuple[str, ...] = ()
        self._variants: list[Variant] = []
        self._chevrons: dict[int, list[Chevron]] = {}
        self._n_variants = 0
        self._n_cases = 0
        self._query: VariantsQuery | None = None
        self._fetching = False

    def set_answer(self, answer: Variants, names: tuple[str, ...]) -> None:
        """Show the first page of a selection's variants."""
        self.beginResetModel()
        self.names = names
        self._query = answer.query
        self._variants = list(answer.variants)
        self._n_variants, self._n_cases = answer.n_variants, answer.n_cases
        self._chevrons.clear()
        self._fetching = False
        self.endResetModel()

    def clear(self) -> None:
        """Forget everything."""
        self.beginResetModel()
        self._variants, self._n_variants, self._query, self.names = [], 0, None, ()
        self._chevrons.clear()
        self.endResetModel()

    def variant(self, row: int) -> Variant | None:
        """The variant of a row."""
        return self._variants[row] if 0 <= row < len(self._variants) else None

    def chevrons(self, row: int) -> list[Chevron]:
        """How the variant of a row stands to the main path."""
        if row not in self._chevrons:
            self._chevrons[row] = compare(self._variants[0].activities, self._variants[row].activities)
        return self._chevrons[row]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Rows fetched so far."""
        return 0 if parent.isValid() else len(self._variants)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """The columns of the table."""
        return 0 if parent.isValid() else len(HEADERS)

    def canFetchMore(self, parent: Index) -> bool:  # noqa: N802
        """Whether there are variants beyond those fetched."""
        return not parent.isValid() and len(self._variants) < self._n_variants and not self._fetching

    def fetchMore(self, parent: Index) -> None:  # noqa: N802
        """Fetch the next page."""
        query = self._query
        if query is None or self._fetching:
            return
        self._fetching = True
        question = VariantsQuery(query.selection, len(self._variants), PAGE)
        self.store.jobs.ask(question, self._on_page, self._on_failed, keep=True)

    def _on_page(self, answer: Variants) -> None:
        self._fetching = False
        if self._query is None or answer.query.selection != self._query.selection or answer.query.offset != len(self._variants):
            return
        first = len(self._variants)
        if answer.variants:
            self.beginInsertRows(QModelIndex(), first, first + len(answer.variants) - 1)
            self._variants += answer.variants
            self.endInsertRows()

    def _on_failed(self, _error: Exception) -> None:
        self._fetching = False

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        """Texts, alignment and what the delegate draws."""
        variant = self._variants[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(variant, index.column())
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() != STEPS:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if role == VARIANT_ROLE:
            return variant
        if role == CHEVRONS_ROLE:
            return self.chevrons(index.row())
        if role == SHARE_ROLE:
            return variant.cases / max(1, self._variants[0].cases)
        if role == Qt.ItemDataRole.AccessibleTextRole and index.column() == STEPS:
            return " → ".join(self.names[code] for code in variant.activities)
        return None

    def _text(self, variant: Variant, column: int) -> str:
        texts = self.store.texts
        if column == RANK:
            return texts.number(variant.rank)
        if column == CASES:
            return texts.number(variant.cases)
        if column == SHARE:
            return texts.percent(variant.cases / max(1, self._n_cases), 1)
        if column == MEDIAN:
            return texts.duration(variant.median_seconds) if variant.median_seconds is not None else "–"
        return ""

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        """The column names."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.store.texts(HEADERS[section]) if section else "#"
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignLeft if section == STEPS else Qt.AlignmentFlag.AlignRight
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        return None
