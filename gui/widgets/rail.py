"""The rail: one item per page, and help and settings at the bottom."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QAction, QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QWidget

from gui.store import Store
from gui.theme import dimensions, font
from gui.widgets.focus_ring import INNER_RING
from gui.widgets.panel import Panel
from gui.widgets.parts import column, icon_label, picture, set_picture

MARGIN, LABEL_AIR = 8, 5
"""Px beside an item, and beside its label: what is longer makes its item wider."""
AROUND = 15 + 30 + 12 + 12 + 4
"""Px of the rail's height that are above, between and below the items."""


class RailItem(QAbstractButton):
    """One item of the rail: icon over label; it shows and triggers an action."""

    def __init__(self, store: Store, action: QAction, icon_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._icon_name = icon_name
        self.action = action
        self.setCheckable(action.isCheckable())
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setProperty(INNER_RING, True)
        self.clicked.connect(action.trigger)
        action.changed.connect(self.follow)
        self.follow()

    def follow(self) -> None:
        """Take text and state from the action."""
        self.setText(self.action.iconText())
        self.setAccessibleName(self.action.iconText())
        self.setToolTip(self.action.toolTip())
        self.setEnabled(self.action.isEnabled())
        self.setVisible(self.action.isVisible())
        self.setChecked(self.action.isChecked())
        self.update()

    def sizeHint(self) -> QSize:
        """The item's fixed size."""
        sizes = dimensions(self._store.appearance)
        return QSize(sizes.rail, sizes.rail_item)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw background, bar at the window's edge, icon and label."""
        tokens, sizes = self._store.tokens, dimensions(self._store.appearance)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        active = self.isChecked()
        made = font("axis", self._store.appearance)
        if active:
            made.setWeight(made.Weight.DemiBold)
        painter.setFont(made)
        inner = self.field(painter.fontMetrics().horizontalAdvance(self.text()))
        if active or self.isDown():
            painter.setBrush(QColor(tokens.accent_soft))
            painter.drawRoundedRect(inner, 8, 8)
        elif self.underMouse():
            painter.setBrush(QColor(tokens.window))
            painter.drawRoundedRect(inner, 8, 8)
        if active:
            painter.setBrush(QColor(tokens.accent))
            painter.drawRoundedRect(QRectF(-2, (self.height() - 28) / 2, 5, 28), 2, 2)
        colour = tokens.accent if active else tokens.ink_2
        height = painter.fontMetrics().height()
        top = (self.height() - sizes.icon_rail - 4 - height) / 2
        painter.drawPixmap(round((self.width() - sizes.icon_rail) / 2), round(top), picture(self, self._icon_name, colour, sizes.icon_rail))
        painter.setPen(QColor(colour))
        area = QRectF(2, top + sizes.icon_rail + 4, self.width() - 4, height)
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, self.text())

    def field(self, label_width: int) -> QRectF:
        """The coloured field behind icon and label: 72 px wide at a desk, or as wide as a long label needs."""
        side = min(MARGIN, (self.width() - label_width) / 2 - LABEL_AIR)
        return QRectF(self.rect()).adjusted(side, 0, -side, 0)

    def enterEvent(self, event: object) -> None:
        """Show the hover."""
        self.update()

    def leaveEvent(self, event: object) -> None:
        """Take the hover away."""
        self.update()


class Rail(Panel):
    """The column of items at the window's left edge."""

    def __init__(self, store: Store, top: list[tuple[QAction, str]], bottom: list[tuple[QAction, str]]) -> None:
        super().__init__(store, "rail")
        self._logo = icon_label("logo", store.tokens.accent, 30)
        self.items = [RailItem(store, action, name, self) for action, name in (*top, *bottom)]
        layout = column(2, (0, 15, 1, 12))
        layout.addWidget(self._logo, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addSpacing(12)
        for item in self.items[: len(top)]:
            layout.addWidget(item)
        layout.addStretch()
        for item in self.items[len(top) :]:
            layout.addWidget(item)
        self.setLayout(layout)
        self.ready()

    def retranslate(self) -> None:
        """Items take their texts from the actions."""
        self.setAccessibleName(self.store.texts("Pages"))
        for item in self.items:
            item.follow()

    def restyle(self) -> None:
        """Take width and logo colour."""
        self.setFixedWidth(self.sizes.rail)
        set_picture(self._logo, "logo", self.store.tokens.accent, 30)
        for item in self.items:
            item.setFixedWidth(self.sizes.rail - 1)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a low window the items are lower, so that none lies over another."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        shown = sum(not item.isHidden() for item in self.items)
        room = self.height() - AROUND - 2 * shown
        for item in self.items:
            item.setFixedHeight(min(self.sizes.rail_item, max(room // max(shown, 1), self.sizes.icon_rail)))
