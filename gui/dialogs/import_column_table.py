"""The table of a file's columns: one row each, with a menu of roles in the middle."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QStyleOptionViewItem, QTableView

from gui.dialogs.import_roles import EVENTS, GROUPS, MEANINGS, NAMES, NEEDED
from gui.item_models.column_model import BECOMES, FOUND, NAME, ROLE, ROW, ColumnModel, ColumnRow
from gui.store import Store
from gui.theme import Appearance, font
from gui.widgets.parts import picture
from gui.widgets.table_delegate import Index, RowDelegate
from gui.widgets.table_page import as_rows

SURE = 0.8
BAR = 40
WIDTHS = {NAME: (150, 200), ROLE: (200, 270), FOUND: (164, 216)}
"""Px of columns with a width of their own: on a desk, on a projector; the others share what is left."""
ROOMY = (780, 960)
"""Px from which on a table has room for all its columns."""
OPENING_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space, Qt.Key.Key_F2)


class ColumnDelegate(RowDelegate):
    """Draws the role as a field to choose in, and what was found as a bar or a tag."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw one cell."""
        row: ColumnRow = index.data(ROW)
        area = QRect(option.rect)
        self.paint_row(painter, area, index)
        inner = self.inner(area, index)
        if index.column() == ROLE:
            self._paint_role(painter, inner, row)
        elif index.column() == FOUND and row.sign:
            self._paint_tag(painter, inner, row)
        elif index.column() == FOUND and row.share is not None:
            self._paint_share(painter, inner, row.share)
        else:
            self._paint_words(painter, inner, index, row)

    def _paint_words(self, painter: QPainter, inner: QRect, index: Index, row: ColumnRow) -> None:
        tokens, is_name = self.store.tokens, index.column() == NAME
        is_open = row.role is not None
        painter.setFont(font("body_strong" if is_name and is_open else "body" if is_name else "small", self.store.appearance))
        painter.setPen(QColor(tokens.breached if row.problem and index.column() == BECOMES else tokens.ink if is_open else tokens.ink_2))
        text = painter.fontMetrics().elidedText(str(index.data()), Qt.TextElideMode.ElideRight, inner.width())
        painter.drawText(inner, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), text)

    def _paint_role(self, painter: QPainter, inner: QRect, row: ColumnRow) -> None:
        tokens = self.store.tokens
        field = QRectF(inner).adjusted(0.5, 3.5, -0.5, -4.5)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(tokens.breached if row.problem else tokens.line_strong), 1))
        painter.setBrush(QColor(tokens.surface))
        painter.drawRoundedRect(field, 6, 6)
        painter.restore()
        size = 16 if self.store.appearance is not Appearance.PROJECTOR else 20
        arrow = QRect(int(field.right()) - size - 6, int(field.center().y() - size / 2), size, size)
        painter.drawPixmap(arrow, picture(self.table, "chevron-down", tokens.ink_2, size))
        words = QRect(int(field.left()) + 10, inner.top(), int(field.width()) - size - 20, inner.height())
        is_needed = any(row.role in roles for roles in NEEDED.values())
        painter.setFont(font("body_strong" if is_needed else "body", self.store.appearance))
        painter.setPen(QColor(tokens.ink if row.role is not None else tokens.ink_2))
        text = painter.fontMetrics().elidedText(row.role_words, Qt.TextElideMode.ElideRight, words.width())
        painter.drawText(words, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), text)

    def _paint_tag(self, painter: QPainter, inner: QRect, row: ColumnRow) -> None:
        tokens, metrics = self.store.tokens, QFontMetrics(font("small_strong", self.store.appearance))
        text = metrics.elidedText(row.sign, Qt.TextElideMode.ElideRight, inner.width() - 14)
        height = metrics.height() + 6
        tag = QRectF(inner.left(), inner.center().y() - height / 2, metrics.horizontalAdvance(text) + 14, height)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.caution_fill))
        painter.drawRoundedRect(tag, 4, 4)
        painter.restore()
        painter.setFont(font("small_strong", self.store.appearance))
        painter.setPen(QColor(tokens.caution))
        painter.drawText(tag, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_share(self, painter: QPainter, inner: QRect, share: float) -> None:
        tokens = self.store.tokens
        bar = QRectF(inner.left(), inner.center().y() - 2, BAR, 4)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        for colour, width in ((tokens.track, BAR), (tokens.accent if share >= SURE else tokens.caution, max(4.0, BAR * share))):
            painter.setBrush(QColor(colour))
            painter.drawRoundedRect(QRectF(bar.left(), bar.top(), width, 4), 2, 2)
        painter.restore()
        painter.setFont(font("small", self.store.appearance))
        painter.setPen(QColor(tokens.ink_2))
        beside = inner.adjusted(BAR + 8, 0, 0, 0)
        painter.drawText(beside, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), self.store.texts.percent(share))


class ColumnTable(QTableView):
    """All columns of a file; a click on a role, or Enter, Space or F2, opens its menu, and Delete leaves the column out."""

    role_chosen = Signal(str, object)
    """A column and its role, None to leave it out."""

    def __init__(self, store: Store, height: int, barred: Callable[[str, str | None], str]) -> None:
        super().__init__()
        self._store = store
        self._barred = barred
        self.groups = GROUPS[EVENTS]
        self.columns = ColumnModel(store)
        header = as_rows(self, store)
        self.setModel(self.columns)
        self.setItemDelegate(ColumnDelegate(store, self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(store.texts("Columns and their roles"))
        header.setFixedHeight(height)
        self.verticalHeader().setDefaultSectionSize(height + 4)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        header.setMinimumSectionSize(60)
        for place in WIDTHS:
            header.setSectionResizeMode(place, QHeaderView.ResizeMode.Fixed)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow table columns are narrower, and what becomes of a column is told by its role only."""
        large = self._store.appearance is Appearance.PROJECTOR
        share = min(1.0, self.viewport().width() / ROOMY[large])
        self.setColumnHidden(BECOMES, share < 1.0)
        for place, widths in WIDTHS.items():
            self.horizontalHeader().resizeSection(place, round(widths[large] * (1 + share) / 2))
        super().resizeEvent(event)

    def sizeHint(self) -> QSize:
        """Room for some rows."""
        return QSize(600, 240)

    def row_of(self, column: str) -> int:
        """The row of a column."""
        return [row.name for row in self.columns.rows].index(column)

    # ---- the menu --------------------------------------------------------------------------------------------------------------

    def menu(self, column: str) -> QMenu:
        """The roles of a column, those that it cannot play with the reason why."""
        texts, row = self._store.texts, self.columns.rows[self.row_of(column)]
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        reasons = list(dict.fromkeys(reason for roles in self.groups for role in roles if (reason := self._barred(column, role))))
        for number, roles in enumerate(self.groups):
            if number:
                menu.addSeparator()
            for role in roles:
                reason = self._barred(column, role)
                name = texts(NAMES[role])
                action = menu.addAction(texts("{role} (suggested)", role=name) if role is not None and role == row.guess else name)
                action.setData(role)
                action.setCheckable(True)
                action.setChecked(role == row.role)
                action.setEnabled(not reason)
                why = f" {row.why}" if row.why and role in (row.guess, row.role) and role is not None else ""
                action.setToolTip(reason or f"{texts(MEANINGS[role])}{why}")
        for reason in reasons[:1]:
            menu.addSeparator()
            menu.addAction(reason).setEnabled(False)
        return menu

    def open_menu(self, index: QModelIndex) -> None:
        """Let the user choose the role of a row."""
        row = self.columns.rows[index.row()]
        place = self.visualRect(self.columns.index(index.row(), ROLE))
        menu = self.menu(row.name)
        menu.setMinimumWidth(place.width())
        menu.triggered.connect(lambda action: self._on_role(row, action.data()))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.viewport().mapToGlobal(QPoint(place.left(), place.bottom())))

    def _on_role(self, row: ColumnRow, role: str | None) -> None:
        if role != row.role:
            self.role_chosen.emit(row.name, role)

    # ---- by hand ---------------------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A press on a role opens its menu."""
        super().mousePressEvent(event)
        index = self.indexAt(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and index.isValid() and index.column() == ROLE:
            self.open_menu(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter, Space and F2 open the menu of the row in use, Delete leaves its column out."""
        index = self.currentIndex()
        if index.isValid() and event.key() in OPENING_KEYS:
            self.open_menu(index)
        elif index.isValid() and event.key() == Qt.Key.Key_Delete and self.columns.rows[index.row()].role is not None:
            self.role_chosen.emit(self.columns.rows[index.row()].name, None)
        else:
            super().keyPressEvent(event)
