"""What the map page says while it waits for a map: how far the calculation is, with Stop; the map before recedes meanwhile."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from PySide6.QtCore import QObject, QTimer, Signal

from engine.errors import N_
from gui.jobs import JobStatus
from gui.map.busy import MapNotice
from gui.map.view import MapView
from gui.store import Store
from gui.widgets.state_card import StateCard

BUSY_AFTER_MS, FADE_AFTER_MS = 500, 200
TICK_MS = 100
TITLE = N_("Calculating the process map")


@runtime_checkable
class _Reports(Protocol):
    """Jobs that can tell how far they are."""

    def status(self, number: int) -> JobStatus | None:
        """How far a job is; None when it is over."""


class Waiting(QObject):
    """Follows one question at a time: by a line over the map or, while there is none yet, in the middle of the page."""

    placed = Signal()
    """The line over the map has another width."""

    def __init__(self, store: Store, canvas: MapView, notice: MapNotice, state: StateCard) -> None:
        super().__init__(canvas)
        self._store, self._canvas, self._notice, self._state = store, canvas, notice, state
        self._number: int | None = None
        self._for_ms = 0
        self._is_first = True
        self._ticks = QTimer(self, interval=TICK_MS)
        self._ticks.timeout.connect(self.tick)

    def begin(self) -> None:
        """A question is about to be asked."""
        self._for_ms = 0
        self._ticks.start()

    def follow(self, number: int, *, is_first: bool) -> None:
        """This is the question's number; is_first: there is no map yet."""
        self._number, self._is_first = number, is_first

    def end(self) -> None:
        """The answer is there, or will not come."""
        self.stop()
        self._notice.hide()
        self._canvas.set_faded(False)

    def stop(self) -> None:
        """Wait no longer, and let everything stand."""
        self._ticks.stop()
        self._number = None

    def tick(self) -> None:
        """After half a second: what is being done, how far it is, and Stop."""
        self._for_ms += TICK_MS
        self._canvas.set_faded(not self._is_first and self._for_ms >= FADE_AFTER_MS)
        if self._for_ms < BUSY_AFTER_MS or self._number is None:
            return
        jobs, texts, number = self._store.jobs, self._store.texts, self._number
        status = jobs.status(number) if isinstance(jobs, _Reports) else None
        fraction = status.fraction if status else None
        if self._is_first:
            message = status.message if status and not status.values else ""
            self._state.show_state("map", TITLE, message, action=N_("Stop"), on_action=lambda: jobs.stop(number), busy=True)
            self._state.set_progress(fraction)
            self._state.show()
            return
        words = texts(status.message, **status.values) if status is not None and status.message else texts(TITLE)
        if fraction is not None:
            words = f"{words} · {texts.percent(fraction)}"
        self._notice.show_progress(words, fraction, lambda: jobs.stop(number))
        self.placed.emit()
