"""How long the window's thread is busy at a stretch: between two looks of the event loop at what the user does."""

from __future__ import annotations

import time
from dataclasses import dataclass

from PySide6.QtCore import QAbstractEventDispatcher, QEvent, QObject
from PySide6.QtWidgets import QApplication


@dataclass(frozen=True)
class Slot:
    """One stretch: CPU time of the window's thread and time on the clock, in ms, and the event that took the largest part of it."""

    cpu_ms: float
    wall_ms: float
    event: str


class SlotApplication(QApplication):
    """An application that measures every turn of its event loop, those of dialogs too: all events dispatched before it looks again."""

    def __init__(self) -> None:
        super().__init__(["Sagsflow"])
        self.slots: list[Slot] = []
        self._inside = False
        self._turn = 0
        self._begun = self._now()
        self._cpu = self._wall = 0.0
        self._worst = (0.0, "")
        dispatcher = QAbstractEventDispatcher.instance()
        assert dispatcher is not None
        dispatcher.awake.connect(self._next_turn)

    @staticmethod
    def _now() -> tuple[float, float]:
        return time.thread_time(), time.perf_counter()

    def notify(self, receiver: QObject, event: QEvent) -> bool:
        """Every event passes here; one inside another belongs to the outer one, unless a dialog's own loop runs in between."""
        if self._inside:
            return bool(super().notify(receiver, event))
        self._inside, turn, self._begun = True, self._turn, self._now()
        name = f"{type(receiver).__name__} {QEvent.Type(event.type()).name}"
        done = bool(super().notify(receiver, event))
        if turn != self._turn:
            name += " (after its dialog)"
        self._count(name)
        self._inside = False
        return done

    def begin(self) -> None:
        """Forget what was done before the event loop runs: no window stood yet."""
        self._next_turn()
        self.slots.clear()

    def _count(self, name: str) -> None:
        cpu, wall = self._now()
        used = cpu - self._begun[0]
        self._cpu += used
        self._wall += wall - self._begun[1]
        self._worst = max(self._worst, (used, name))
        self._begun = (cpu, wall)

    def _next_turn(self) -> None:
        if self._inside:
            self._count("before its dialog")
            self._inside = False
        if self._wall:
            self.slots.append(Slot(self._cpu * 1000, self._wall * 1000, self._worst[1]))
        self._turn += 1
        self._cpu = self._wall = 0.0
        self._worst = (0.0, "")
        self._begun = self._now()

    def taken(self) -> list[Slot]:
        """The stretches since the last call."""
        found, self.slots = self.slots, []
        return found
