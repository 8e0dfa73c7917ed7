"""The clock of a playback: it follows real time, however long each picture takes, and stands still when nobody looks."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer, Signal

FRAME_MS, STEP_MS = 16, 1000
"""Between two pictures: of a movement, or where motion is reduced."""
LONGEST_S = 1.0
"""A pause in between (a sleeping computer) counts as one second at most."""
SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0)
SECOND, MINUTE, HOUR, DAY = 1_000_000, 60_000_000, 3_600_000_000, 86_400_000_000
RATES = (
    SECOND, 2 * SECOND, 5 * SECOND, 15 * SECOND, 30 * SECOND, MINUTE, 2 * MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR,
    4 * HOUR, 8 * HOUR, 12 * HOUR, DAY, 2 * DAY, 3 * DAY, 5 * DAY, 7 * DAY, 14 * DAY, 30 * DAY, 60 * DAY, 90 * DAY, 180 * DAY, 360 * DAY,
)  # fmt: skip
"""What a second of playback can stand for at normal speed."""
WHOLE_S = 180
"""Seconds that a whole playback takes at normal speed, about."""


def natural_rate(length: int) -> int:
    """Microseconds of the log per second of playback, so that all of it takes some three minutes: a round number."""
    return next((rate for rate in RATES if rate * WHOLE_S >= length), RATES[-1])


class PlaybackClock(QObject):
    """A moment between first and last (microseconds) that moves while playing."""

    ticked = Signal()
    """The moment is another one."""
    changed = Signal()
    """Playing, speed or loop changed."""

    def __init__(self, parent: QObject | None = None, now: Callable[[], float] = time.perf_counter) -> None:
        super().__init__(parent)
        self._now = now
        self.first, self.last, self.moment = 0, 0, 0
        self.rate = DAY
        self.speed = 1.0
        self.loop = False
        self._before = 0.0
        self._steps = False
        self._timer = QTimer(self, interval=FRAME_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.tick)

    @property
    def playing(self) -> bool:
        """Whether time goes by."""
        return self._timer.isActive()

    def set_period(self, first: int, last: int) -> None:
        """Another log: its first and last moment; a moment within it is kept."""
        self.first, self.last = first, max(last, first + 1)
        self.rate = natural_rate(self.last - self.first)
        self.go_to(self.moment if self.first <= self.moment <= self.last else self.first)
        self.changed.emit()

    def set_steps(self, steps: bool) -> None:
        """Whether time goes by in steps of a second (reduced motion) instead of gliding."""
        self._steps = steps
        self._timer.setInterval(STEP_MS if steps else FRAME_MS)

    @property
    def in_steps(self) -> bool:
        """Whether time goes by in steps."""
        return self._steps

    def play(self) -> None:
        """Let time go by; from the start when it is over."""
        if self.moment >= self.last:
            self.go_to(self.first)
        self._before = self._now()
        self._timer.start()
        self.changed.emit()

    def pause(self) -> None:
        """Hold this moment."""
        if self.playing:
            self._timer.stop()
            self.changed.emit()

    def toggle(self) -> None:
        """Play or pause."""
        if self.playing:
            self.pause()
        else:
            self.play()

    def set_speed(self, speed: float) -> None:
        """So many times normal speed."""
        if speed != self.speed:
            self.speed = speed
            self.changed.emit()

    def change_speed(self, by: int) -> None:
        """One speed up (1) or down (-1)."""
        at = SPEEDS.index(self.speed) if self.speed in SPEEDS else SPEEDS.index(1.0)
        self.set_speed(SPEEDS[min(max(at + by, 0), len(SPEEDS) - 1)])

    def set_loop(self, loop: bool) -> None:
        """Whether it begins anew at the end."""
        if loop != self.loop:
            self.loop = loop
            self.changed.emit()

    def go_to(self, moment: int) -> None:
        """Another moment; outside the period, the nearest end."""
        self.moment = min(max(moment, self.first), self.last)
        self._before = self._now()
        self.ticked.emit()

    def tick(self) -> None:
        """Catch up with real time."""
        now = self._now()
        passed = min(max(now - self._before, 0.0), LONGEST_S * (2 if self._steps else 1))
        self._before = now
        moment = self.moment + round(passed * self.rate * self.speed)
        if moment >= self.last and self.loop:
            moment = self.first + (moment - self.first) % (self.last - self.first)
        self.moment = min(moment, self.last)
        self.ticked.emit()
        if self.moment >= self.last:
            self.pause()
