"""The log as the checks look at it: one row per event, with its case, its local clock, and the event before it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from engine.importing.zones import from_utc, zone_named
from engine.log.event_log import NO_TIME, EventLog
from engine.log.kernels import Ints
from engine.tasks import Task

DAY, MINUTE, SECOND = 86_400_000_000, 60_000_000, 1_000_000


@dataclass(frozen=True)
class Checked:
    """A log under check. now: the moment (UTC µs) after which nothing can have happened yet."""

    log: EventLog
    timezone: str
    now: int
    task: Task

    @cached_property
    def case(self) -> Ints:
        """Case of each event, shape (n_events,)."""
        return np.repeat(np.arange(self.log.n_cases), np.diff(self.log.offsets))

    @cached_property
    def timed(self) -> NDArray[np.bool_]:
        """Which events have a time."""
        return np.asarray(self.log.timestamp != NO_TIME)

    @cached_property
    def clock(self) -> Ints:
        """Local clock (µs as if it were UTC) of each event, 0 without a time."""
        return from_utc(np.where(self.timed, self.log.timestamp, 0), zone_named(self.timezone))

    @cached_property
    def date_only(self) -> NDArray[np.bool_]:
        """By activity: whether its stamps are dates, as nearly all of them stand at local midnight."""
        counts = np.bincount(self.log.activity[self.timed], minlength=len(self.log.activities))
        at_midnight = np.bincount(self.log.activity[self.midnight], minlength=len(self.log.activities))
        return np.asarray((counts > 0) & (at_midnight >= DATES * counts))

    @cached_property
    def midnight(self) -> NDArray[np.bool_]:
        """Which events stand at local midnight, to the microsecond."""
        return np.asarray(self.timed & (self.clock % DAY == 0))

    @cached_property
    def follows(self) -> NDArray[np.bool_]:
        """Which events follow another of their case and both have a time."""
        follows = np.zeros(self.log.n_events, bool)
        follows[1:] = self.timed[1:] & self.timed[:-1] & (self.case[1:] == self.case[:-1])
        return follows

    @cached_property
    def gap(self) -> Ints:
        """µs since the event before, 0 where `follows` is false."""
        gap = np.zeros(self.log.n_events, np.int64)
        rows = np.flatnonzero(self.follows)
        gap[rows] = self.log.timestamp[rows] - self.log.timestamp[rows - 1]
        return gap

    @cached_property
    def presence(self) -> NDArray[np.int64]:
        """How often each activity occurs in each case as sorted pairs: shape (n_pairs, 3) of case, activity, times."""
        n = len(self.log.activities)
        keys, times = np.unique(self.case * n + self.log.activity, return_counts=True)
        return np.stack([keys // n, keys % n, times], axis=1) if len(keys) else np.empty((0, 3), np.int64)

    def name(self, activity: int) -> str:
        """The name of an activity."""
        return self.log.activities[activity]

    def example(self, events: NDArray[np.bool_]) -> int:
        """The case of the first of the events, -1 without any."""
        return int(self.case[int(np.argmax(events))]) if events.any() else -1


DATES = 0.95
"""Share (0..1) of an activity's stamps at midnight from which on they are taken for dates."""
