"""A page with a panel at its right side; in a narrow window the panel lies over the page, only while it is wanted."""

from __future__ import annotations

from functools import partial
from typing import Protocol, runtime_checkable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from gui.store import Store
from gui.theme import Appearance, dimensions
from gui.widgets.side_panel import SidePanel

NARROW = 1400
"""Px of a window in which a panel with nothing to say would cost the page more than it gives: 1366 is the usual small screen."""


@runtime_checkable
class Coverable(Protocol):
    """A page that keeps what matters out from under the panel."""

    def set_covered(self, width: int) -> None:
        """The panel lies over so many px at the page's right side."""


@runtime_checkable
class KeyTaker(Protocol):
    """A page with keys that work wherever the keyboard is."""

    def take_key(self, event: QKeyEvent) -> bool:
        """Act on a key that nothing else wanted; False when it means nothing."""


@runtime_checkable
class Bare(Protocol):
    """A page that can stand alone on a full screen."""

    def set_bare(self, bare: bool) -> None:
        """Nothing stands round the page, or again what usually does."""


class Sided(QWidget):
    """Page left, panel right. `wanted` says whether a narrow window should show the panel now."""

    def __init__(self, store: Store, page: QWidget, side: QWidget) -> None:
        super().__init__()
        self.store = store
        self.page = page
        self.side = side
        self.wanted = False
        self._alone = False
        page.setParent(self)
        side.setParent(self)
        side.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setTabOrder(page, side)
        self.setFocusProxy(page)
        if isinstance(side, SidePanel):
            side.close_wanted.connect(partial(self.set_wanted, False))
        store.appearance_changed.connect(self.place)

    def set_wanted(self, wanted: bool) -> None:
        """Show the panel over the page of a narrow window, or take it away."""
        self.wanted = wanted
        self.place()

    def set_alone(self, alone: bool) -> None:
        """The page has the whole width, and the panel lies over it only while it is wanted."""
        self._alone = alone
        self.place()

    @property
    def is_narrow(self) -> bool:
        """Whether the panel lies over the page: in a narrow window, on a projector, and where the page asks for the room."""
        return self._alone or self.window().width() < NARROW or self.store.appearance is Appearance.PROJECTOR

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place both."""
        super().resizeEvent(event)
        self.place()

    def place(self) -> None:
        """Give page and panel their places."""
        side = min(dimensions(self.store.appearance).inspector, self.width())
        page_width = self.width() if self.is_narrow else self.width() - side
        self.page.setGeometry(0, 0, page_width, self.height())
        self.side.setGeometry(self.width() - side, 0, side, self.height())
        self.side.setVisible(not self.is_narrow or self.wanted)
        self.side.raise_()
        if isinstance(self.page, Coverable):
            self.page.set_covered(side if self.is_narrow and self.wanted else 0)
        if isinstance(self.side, SidePanel):
            self.side.set_closable(self.is_narrow)
