"""Rows of a table as the tokens want them: text with air at the outer edges, a hairline below, the chosen row marked at its left."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QTableView

from gui.store import Store
from gui.theme import font

Index = QModelIndex | QPersistentModelIndex
CELL, OUTER = 8, 16


class RowDelegate(QStyledItemDelegate):
    """Draws the display text of a cell."""

    def __init__(self, store: Store, table: QTableView) -> None:
        super().__init__(table)
        self.store = store
        self.table = table

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw one cell."""
        area = QRect(option.rect)
        self.paint_row(painter, area, index)
        painter.setFont(font("body", self.store.appearance))
        painter.setPen(QColor(self.store.tokens.ink))
        inner = self.inner(area, index)
        text = painter.fontMetrics().elidedText(str(index.data()), Qt.TextElideMode.ElideRight, inner.width())
        painter.drawText(inner, int(index.data(Qt.ItemDataRole.TextAlignmentRole)), text)

    def paint_row(self, painter: QPainter, area: QRect, index: Index) -> None:
        """Draw what is behind the text: the choice, the line below, the mark at the left."""
        tokens = self.store.tokens
        selected = self.table.selectionModel().isRowSelected(index.row())
        if selected:
            painter.fillRect(area, QColor(tokens.accent_soft))
        painter.fillRect(QRect(area.left(), area.bottom(), area.width(), 1), QColor(tokens.line))
        if selected and index.column() == 0:
            painter.fillRect(QRect(area.left(), area.top(), 3, area.height()), QColor(tokens.accent))

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Text, margins and air, for columns that are as wide as their content."""
        metrics = QFontMetrics(font("body", self.store.appearance))
        margins = -self.inner(QRect(0, 0, 0, 0), index).width()
        return QSize(metrics.horizontalAdvance(str(index.data())) + margins + OUTER, super().sizeHint(option, index).height())

    def inner(self, area: QRect, index: Index) -> QRect:
        """Where the text stands."""
        last = index.column() == index.model().columnCount() - 1
        return area.adjusted(OUTER if index.column() == 0 else CELL, 0, -(OUTER if last else CELL), 0)
