"""The panel at a page's right side: scrolling content on surface."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from gui.store import Store
from gui.widgets.panel import Panel
from gui.widgets.parts import column


class SidePanel(Panel):
    """A dock of 320 px; `body` is where its content stands."""

    def __init__(self, store: Store) -> None:
        super().__init__(store, "dock")
        self.body: QVBoxLayout = column(0, (20, 18, 20, 18))
        inside = QWidget()
        inside.setProperty("kind", "surface")
        inside.setLayout(self.body)
        scroll = QScrollArea()
        scroll.setWidget(inside)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        layout = column(0, (1, 0, 0, 0))
        layout.addWidget(scroll)
        self.setLayout(layout)
