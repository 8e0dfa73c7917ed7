"""Work of the window's thread that may wait: done a little at a time, so that the window answers in between."""

from __future__ import annotations

import heapq
import time
from collections.abc import Callable
from enum import IntEnum

from PySide6.QtCore import QObject, QTimer, Signal
from shiboken6 import isValid

TURN_MS = 8
PAUSE_MS = 1
HIDDEN_PAUSE_MS = 12
"""Before a turn for what is not in sight: what the last one set off, such as a chart's own repainting, has been done by then."""


class Rank(IntEnum):
    """What is done first: looks before texts, what is seen before what is hidden."""

    SEEN_LOOKS = 0
    SEEN = 1
    SHOW = 2
    HIDDEN_LOOKS = 3
    HIDDEN = 4


class Turns(QObject):
    """A queue of small pieces of work; each turn of the event loop does as many as fit in TURN_MS, but at least one."""

    emptied = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._queue: list[tuple[int, int, QObject, Callable[[], object]]] = []
        self._added = 0
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._take_turn)

    @property
    def is_empty(self) -> bool:
        """Whether everything is done."""
        return not self._queue

    def add(self, rank: Rank, owner: QObject, work: Callable[[], object]) -> None:
        """Do the work in a later turn, unless its owner has gone by then; work that waits already is not added again."""
        if any(waiting == work for _, _, _, waiting in self._queue):
            return
        self._added += 1
        heapq.heappush(self._queue, (rank, self._added, owner, work))
        self._wait()

    def finish(self) -> None:
        """Do everything now."""
        while self._queue:
            self._do_one()
        self._timer.stop()

    def _take_turn(self) -> None:
        end = time.perf_counter() + TURN_MS / 1000
        while self._queue:
            self._do_one()
            if time.perf_counter() >= end:
                break
        if self._queue:
            self._wait()
        else:
            self._timer.stop()
            self.emptied.emit()

    def _wait(self) -> None:
        pause = HIDDEN_PAUSE_MS if self._queue[0][0] >= Rank.HIDDEN_LOOKS else PAUSE_MS
        if not self._timer.isActive() or self._timer.interval() != pause:
            self._timer.start(pause)

    def _do_one(self) -> None:
        _, _, owner, work = heapq.heappop(self._queue)
        if isValid(owner):
            work()
