"""The Ctrl+K palette: type a few letters, choose an action, a page or a step."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QLineEdit, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from gui.store import Store
from gui.theme import dimensions, font
from gui.widgets.focus_ring import OWN_RING
from gui.widgets.parts import column, hairline, icon_label, label, picture, row
from gui.widgets.popup import Popup

WIDTH = 560
ROWS = 9
COLUMN_GAP = 16
ENTRY = int(Qt.ItemDataRole.UserRole)
LAST = 9


@dataclass(frozen=True)
class Entry:
    """One thing the palette can do: kind is shown on the right, keys is its shortcut."""

    text: str
    kind: str
    icon: str
    run: Callable[[], None]
    keys: str = ""
    enabled: bool = True
    rank: int = 1
    """Among entries that match alike, the lower rank stands first; LAST stands below all others, however well it matches."""


class Palette(Popup):
    """A search field over a list of entries."""

    def __init__(self, store: Store, parent: QWidget, entries: Sequence[Entry]) -> None:
        super().__init__(store, parent)
        self._entries = [entry for entry in entries if entry.enabled]
        self.field = QLineEdit()
        self.field.setProperty("kind", "bare")
        self.field.setProperty(OWN_RING, True)
        self.field.setPlaceholderText(store.texts("Search steps, pages and actions"))
        self.field.setAccessibleName(self.field.placeholderText())
        self.field.textChanged.connect(self._on_text)
        self.field.installEventFilter(self)
        self.list = QListView()
        self.list.setItemDelegate(_EntryDelegate(store, self.list, self._entries))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.clicked.connect(self._run)
        self._model = QStandardItemModel(self)
        self.list.setModel(self._model)
        self._nothing = label("secondary", store.texts("Nothing matches."))
        self._nothing.setContentsMargins(16, 8, 16, 12)
        self._build()
        self._on_text("")

    def _build(self) -> None:
        sizes = dimensions(self.store.appearance)
        head = row(10, (16, 8, 16, 8))
        head.addWidget(icon_label("search", self.store.tokens.ink_2, sizes.icon_bar))
        head.addWidget(self.field)
        inner = column(0, (1, 1, 1, 1))
        inner.addLayout(head)
        inner.addWidget(hairline())
        around = column(0, (6, 6, 6, 6))
        around.addWidget(self.list)
        around.addWidget(self._nothing)
        inner.addLayout(around)
        self.content.addLayout(inner)
        self.row_height = max(36, sizes.chip + 8)
        self.list.setFixedHeight(ROWS * self.row_height)

    def show_under(self, bar: QWidget) -> None:
        """Stand centred over the upper part of the window."""
        window = bar.window()
        self.setFixedWidth(min(WIDTH if dimensions(self.store.appearance).rail < 100 else 760, window.width() - 32))
        self.adjustSize()
        top = bar.mapToGlobal(QPoint(0, 8)).y()
        self.move(window.mapToGlobal(QPoint((window.width() - self.width()) // 2, 0)).x(), top)
        self.show()
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrow keys walk the list while the field keeps the keyboard."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: ROWS, Qt.Key.Key_PageUp: -ROWS}
            if event.key() in steps:
                self._walk(steps[Qt.Key(event.key())])
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._run(self.list.currentIndex())
                return True
        return False

    def _walk(self, by: int) -> None:
        count = self._model.rowCount()
        if count:
            target = max(0, min(count - 1, self.list.currentIndex().row() + by))
            self.list.setCurrentIndex(self._model.index(target, 0))

    def _on_text(self, text: str) -> None:
        words = text.casefold().split()
        found = [entry for entry in self._entries if all(word in entry.text.casefold() for word in words)]
        if words:
            found.sort(key=lambda entry: _place(entry, words))
        self._model.clear()
        for entry in found[:200]:
            item = QStandardItem(entry.text)
            item.setData(entry, ENTRY)
            item.setEditable(False)
            self._model.appendRow(item)
        self._nothing.setVisible(not found)
        self.list.setVisible(bool(found))
        self._walk(0)

    def _run(self, index: QModelIndex) -> None:
        entry = index.data(ENTRY)
        if isinstance(entry, Entry):
            self.close()
            entry.run()


def _place(entry: Entry, words: list[str]) -> tuple[bool, bool, int]:
    """Where an entry stands among those that match: what begins with a word first."""
    return entry.rank == LAST, not any(entry.text.casefold().startswith(word) for word in words), entry.rank


class _EntryDelegate(QStyledItemDelegate):
    """Draws an entry: icon, text, and in columns of their own kind and shortcut."""

    def __init__(self, store: Store, parent: QListView, entries: Sequence[Entry]) -> None:
        super().__init__(parent)
        self._store = store
        self._view = parent
        metrics = QFontMetrics(font("small", store.appearance))
        self._kind_width = _widest(metrics, (entry.kind for entry in entries))
        self._keys_width = _widest(metrics, (entry.keys for entry in entries)) + COLUMN_GAP

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:  # type: ignore[override]
        """Rows of one height."""
        return QSize(100, max(36, dimensions(self._store.appearance).chip + 8))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:  # type: ignore[override]
        """Draw one row."""
        entry = index.data(ENTRY)
        tokens, appearance = self._store.tokens, self._store.appearance
        area: QRect = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver):
            selected = bool(option.state & QStyle.StateFlag.State_Selected)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.accent_soft if selected else tokens.window))
            painter.drawRoundedRect(area, 8, 8)
        size = dimensions(appearance).icon_text
        painter.drawPixmap(area.left() + 10, area.center().y() - size // 2 + 1, picture(self._view, entry.icon, tokens.ink_2, size))
        text_area = area.adjusted(20 + size, 0, -12, 0)
        painter.setFont(font("small", appearance))
        painter.setPen(QColor(tokens.ink_3))
        painter.drawText(text_area, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, entry.keys)
        kind = text_area.adjusted(text_area.width() - self._keys_width - self._kind_width, 0, 0, 0)
        painter.drawText(kind, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, entry.kind)
        painter.setFont(font("body", appearance))
        painter.setPen(QColor(tokens.ink))
        width = kind.left() - text_area.left() - COLUMN_GAP
        shown = QFontMetrics(painter.font()).elidedText(entry.text, Qt.TextElideMode.ElideRight, width)
        painter.drawText(text_area, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)
        painter.restore()


def _widest(metrics: QFontMetrics, words: Iterable[str]) -> int:
    return max((metrics.horizontalAdvance(one) for one in words), default=0)
