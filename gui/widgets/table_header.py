"""The headings of a table: each stands where its column's cells stand, and the sort arrow stands beside the heading it belongs to."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QColor, QCursor, QFontMetrics, QPainter
from PySide6.QtWidgets import QHeaderView, QWidget

from gui.store import Store
from gui.theme import font
from gui.widgets.parts import picture
from gui.widgets.table_delegate import CELL, OUTER

ARROW, ARROW_GAP = 14, 4


class TableHeader(QHeaderView):
    """Draws the headings; an arrow up says that the rows ascend."""

    def __init__(self, store: Store, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._store = store
        self._insets: dict[int, int] = {}
        self.setHighlightSections(False)

    def set_inset(self, section: int, px: int) -> None:
        """Keep a heading so many px from its column's right edge, as the column's texts do."""
        self._insets[section] = px

    def text_area(self, area: QRect, section: int) -> QRect:
        """Where a heading stands within its section."""
        left = OUTER if section == 0 else CELL
        right = OUTER if section == self.count() - 1 else CELL
        return area.adjusted(left, 0, -right - self._insets.get(section, 0), 0)

    def arrow_place(self, area: QRect, section: int) -> QRect:
        """Where the arrow of a sorted column stands: after its heading, or before it where headings end at the right."""
        text = str(self.model().headerData(section, Qt.Orientation.Horizontal))
        inner = self.text_area(area, section)
        width = QFontMetrics(font("small_strong", self._store.appearance)).horizontalAdvance(text)
        left = inner.right() - width - ARROW_GAP - ARROW if self._ends_right(section) else inner.left() + width + ARROW_GAP
        return QRect(left, area.center().y() - ARROW // 2, ARROW, ARROW)

    def paintSection(self, painter: QPainter, rect: QRect, logical_index: int) -> None:  # noqa: N802
        """Draw one heading."""
        tokens = self._store.tokens
        if self._is_hovered(logical_index):
            painter.fillRect(rect, QColor(tokens.window))
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), QColor(tokens.line_strong))
        painter.setFont(font("small_strong", self._store.appearance))
        painter.setPen(QColor(tokens.ink))
        side = Qt.AlignmentFlag.AlignRight if self._ends_right(logical_index) else Qt.AlignmentFlag.AlignLeft
        inner = self.text_area(rect, logical_index)
        text = str(self.model().headerData(logical_index, Qt.Orientation.Horizontal))
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, inner.width())
        painter.drawText(inner, int(side | Qt.AlignmentFlag.AlignVCenter), shown)
        if self.isSortIndicatorShown() and logical_index == self.sortIndicatorSection():
            self._paint_arrow(painter, self.arrow_place(rect, logical_index))

    def _paint_arrow(self, painter: QPainter, place: QRect) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.translate(QPointF(place.center()) + QPointF(0.5, 0.5))
        if self.sortIndicatorOrder() == Qt.SortOrder.AscendingOrder:
            painter.rotate(180)
        painter.drawPixmap(QPointF(-ARROW / 2, -ARROW / 2), picture(self, "chevron-down", self._store.tokens.ink_2, ARROW))
        painter.restore()

    def _ends_right(self, section: int) -> bool:
        alignment = self.model().headerData(section, Qt.Orientation.Horizontal, int(Qt.ItemDataRole.TextAlignmentRole))
        return bool(int(alignment or 0) & int(Qt.AlignmentFlag.AlignRight))

    def _is_hovered(self, section: int) -> bool:
        under = self.underMouse() and self.sectionsClickable()
        return under and self.logicalIndexAt(self.mapFromGlobal(QCursor.pos())) == section
