"""The panel at a page's right side: scrolling content on surface."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from gui.store import Store
from gui.widgets.panel import Panel
from gui.widgets.parts import column, icon_button, row, set_icon


class SidePanel(Panel):
    """A dock of 320 px; `body` is where its content stands. Where it lies over the page it can be closed."""

    close_wanted = Signal()

    def __init__(self, store: Store) -> None:
        super().__init__(store, "dock")
        self.body: QVBoxLayout = column(0, (20, 10, 20, 18))
        inside = QWidget()
        inside.setProperty("kind", "surface")
        inside.setLayout(self.body)
        scroll = QScrollArea()
        scroll.setWidget(inside)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._close = icon_button()
        self._close.clicked.connect(self.close_wanted)
        self._close.hide()
        top = row(0, (0, 8, 12, 0))
        top.addStretch()
        top.addWidget(self._close)
        layout = column(0, (1, 0, 0, 0))
        layout.addLayout(top)
        layout.addWidget(scroll)
        self.setLayout(layout)

    def set_closable(self, closable: bool) -> None:
        """Show or hide the cross."""
        self._close.setVisible(closable)
        self._close.setAccessibleName(self.store.texts("Close"))
        self._close.setToolTip(self.store.texts("Close"))
        set_icon(self._close, "x", self.store.tokens.ink_2, self.sizes.icon_text)
