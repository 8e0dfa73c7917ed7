"""The map's page with the map as a table over it: Ctrl+T turns from one to the other, selection and filters stay."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from engine.service.messages import MapAnswer
from gui.map.table import MapTable
from gui.store import Store
from gui.widgets.sided import Bare, Coverable, KeyTaker


class TabledMap(QWidget):
    """Holds the page. `answer` gives the map that it shows; call `follow` when that is another one."""

    table_shown = Signal(bool)

    def __init__(self, store: Store, page: QWidget, answer: Callable[[], MapAnswer | None]) -> None:
        super().__init__()
        self.store, self.page = store, page
        self.table: MapTable | None = None
        self._answer = answer
        self._covered = 0
        page.setParent(self)
        self.setFocusProxy(page)

    @property
    def is_table(self) -> bool:
        """Whether the table lies over the map."""
        return self.table is not None and not self.table.isHidden()

    def switch(self) -> None:
        """The table instead of the map, or the map again; nothing while there is no map."""
        if self.is_table:
            self._show_map()
        elif self._answer() is not None:
            self._show_table()

    def _show_table(self) -> None:
        if self.table is None:
            self.table = MapTable(self.store, self)
            self.table.map_wanted.connect(self._show_map)
        self.table.show_answer(self._answer())
        self.table.show()
        self.table.raise_()
        self._place()
        self.setFocusProxy(self.table.table)
        self.table.give_keyboard()
        self.table_shown.emit(True)

    def _show_map(self) -> None:
        if self.table is not None:
            self.table.hide()
        self.setFocusProxy(self.page)
        self.page.setFocus(Qt.FocusReason.OtherFocusReason)
        self.table_shown.emit(False)

    def follow(self) -> None:
        """The page shows another map, or none any more."""
        answer = self._answer()
        if self.table is None or not self.is_table:
            return
        if answer is None:
            self._show_map()
        elif answer is not self.table.answer:
            self.table.show_answer(answer)

    # ---- what the frame asks of a page ---------------------------------------------------------------------------------------

    def set_covered(self, width: int) -> None:
        """So many px at the right side lie behind the inspector."""
        self._covered = width
        if isinstance(self.page, Coverable):
            self.page.set_covered(width)
        self._place()

    def take_key(self, event: QKeyEvent) -> bool:
        """The map's keys work while the map is seen."""
        return not self.is_table and isinstance(self.page, KeyTaker) and self.page.take_key(event)

    def set_bare(self, bare: bool) -> None:
        """Nothing stands round the map, or again what usually does."""
        if isinstance(self.page, Bare):
            self.page.set_bare(bare)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Both have all the room."""
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        self.page.setGeometry(self.rect())
        if self.table is not None:
            self.table.setGeometry(0, 0, self.width() - self._covered, self.height())
