"""How the map is framed: the room that the window has for it, and which way its flow runs."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QSize, QTimer, Signal

from engine.errors import N_
from engine.layout.values import MapLayout, Orientation
from gui.store import Store

SETTLE_MS = 250
LEAST, RATIO = 400, 1.15
DOWN, TO_THE_RIGHT, BY_SHAPE = N_("Let the flow run downwards"), N_("Let the flow run to the right"), N_("Turn the map with the window")

Run = Callable[[], None]


class Framing(QObject):
    """Keeps the room in classes, so that a small change of the window changes no view, and turns the map."""

    changed = Signal()
    """The map's room is of another class."""

    def __init__(self, store: Store, parent: QObject) -> None:
        super().__init__(parent)
        self._store = store
        self._size = QSize()
        self.room = (0, 0)
        self.is_kept = False
        """Whether the map stays as it is in whatever room: while it fills the screen, or cases are played on it."""
        self._settle = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settle.timeout.connect(self._take)

    def resize(self, width: int, height: int, *, at_once: bool) -> None:
        """The map has so many px beside its panels; a change is taken once the window rests, unless there is no map to disturb."""
        self._size = QSize(width, height)
        if at_once:
            self._settle.stop()
            self._take()
        elif self._room() != self.room:
            self._settle.start()

    def settle(self) -> None:
        """Take the room as it is now."""
        self._settle.stop()
        self._take()

    def stop(self) -> None:
        """End the timer."""
        self._settle.stop()

    def _room(self) -> tuple[int, int]:
        return room_class(self._size.width()), room_class(self._size.height())

    def _take(self) -> None:
        room = self._room()
        if room != self.room and not self.is_kept:
            self.room = room
            self.changed.emit()

    def turn(self, layout: MapLayout) -> None:
        """Let the flow run the other way: to the right where it runs downwards."""
        self._store.change_view(orientation=Orientation.PORTRAIT if layout.landscape else Orientation.LANDSCAPE)

    def entries(self, layout: MapLayout) -> list[tuple[str, Run]]:
        """What the context menu offers: turning the map, and leaving that to the window's shape again."""
        texts, store = self._store.texts, self._store
        found: list[tuple[str, Run]] = [(texts(DOWN if layout.landscape else TO_THE_RIGHT), lambda: self.turn(layout))]
        if store.view.orientation is not Orientation.AUTO:
            found.append((texts(BY_SHAPE), lambda: store.change_view(orientation=Orientation.AUTO)))
        return found


def room_class(px: int) -> int:
    """The largest of a few lengths (px), each 15 % more than the one before, that a length holds."""
    found = LEAST
    while (following := round(found * RATIO)) <= px:
        found = following
    return found
