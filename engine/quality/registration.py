"""Checks of when events were registered: late, dated back, before they happened."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from engine.errors import N_
from engine.importing.zones import DAY
from engine.log.event_log import NO_TIME
from engine.log.kernels import Ints
from engine.quality.periods import spell_steps
from engine.quality.values import Result, Values
from engine.quality.view import MINUTE, Checked, Flags, Found

LATE = DAY
"""From so long after an event on, its registration is late."""
DATED_STEP = 0.5
"""Share (0..1) of a step's stamps that are days, from which on it tells from when something holds, not when it was done."""
LONGEST = 366 * 24 * 60
"""Minutes of the longest lag that is told apart: a year."""

LATE_REGISTRATION = N_(
    "{count} events were registered a day or more after they happened: half of them within {median} days, nine of ten within {p90}."
)
RETRO_DATED = N_(
    "{count} starts and dates were entered a day or more after they had begun: half within {median} days, nine of ten within {p90}."
)
BEFORE = N_("{count} events were registered before they happened: planned, or moved afterwards.")


def registration_lag(log: Checked) -> Iterator[Found]:
    """Events that were registered late, dates and starts that were dated back, and events that were registered before they happened."""
    if log.log.registered is None:
        return
    lag = lags(log, log.log.registered)
    late = log.where(lambda rows: (lag[rows] != NO_TIME) & (lag[rows] >= LATE))
    back = backdating_steps(log)
    for check, message, touched in (
        ("late_registration", LATE_REGISTRATION, log.where(lambda rows: late[rows] & ~back[log.step[rows]])),
        ("retro_dated", RETRO_DATED, log.where(lambda rows: late[rows] & back[log.step[rows]])),
    ):
        if touched.any():
            found = Lags.of(log, lag, touched)
            values: Values = {"median": round(found.quantile(0.5), 1), "p90": round(found.quantile(0.9), 1)}
            yield from log.events(check, message, values, touched, (Result.WAITING, Result.DURATION))
    early = log.where(lambda rows: (lag[rows] != NO_TIME) & (lag[rows] < 0))
    yield from log.events("registered_before", BEFORE, {}, early, (Result.ORDER, Result.WAITING))


def lags(log: Checked, registered: Ints) -> Ints:
    """µs on the local clock from each event to its registration; NO_TIME where either is not known.

    Stamps of night jobs and lost hours tell the day only, so their lag is what it is at the least. From a day to its registration on the
    same day is no time at all.
    """
    clock = log.clock_of(registered)

    def lag(rows: slice) -> Ints:
        found = clock[rows] - log.clock[rows]
        found[log.dated[rows] & (found >= 0) & (found < DAY)] = 0
        found[log.dated[rows] & (found < 0) & (found > -DAY)] = -DAY
        rough = (log.at_night[rows] | log.lost_hour[rows]) & (found > 0)
        found = np.where(rough, np.maximum(found - DAY, 0), found)
        return np.where(log.timed[rows] & (registered[rows] != NO_TIME), found, NO_TIME)

    return log.build(np.int64, lag)


def backdating_steps(log: Checked) -> Flags:
    """By step: whether its stamps tell from when something holds: days, or starts of what has an end."""
    dated = log.count_by(log.step, log.n_steps, log.dated)
    return np.asarray(dated >= DATED_STEP * np.maximum(log.step_counts, 1)) | spell_steps(log)


@dataclass(frozen=True)
class Lags:
    """How many lags last at most so many minutes, shape (LONGEST + 1,)."""

    reached: Ints

    @classmethod
    def of(cls, log: Checked, lag: Ints, touched: Flags) -> Lags:
        """The lags of the flagged events."""
        minutes = np.zeros(LONGEST + 1, np.int64)
        for rows in log.pieces():
            some = lag[rows][touched[rows]]
            places, counts = np.unique(np.clip(some // MINUTE, 0, LONGEST), return_counts=True)
            minutes[places] += counts
        return cls(np.cumsum(minutes))

    def quantile(self, share: float) -> float:
        """Days within which so large a share of the lags lies."""
        return float(np.searchsorted(self.reached, share * self.reached[-1])) * MINUTE / DAY
