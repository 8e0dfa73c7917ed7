"""Events that last, or whose time tells the day only: which of their two times counts, and which of them have no order."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from engine.errors import N_
from engine.importing.cells import DAY as DAY_LONG
from engine.importing.cells import HOUR
from engine.importing.zones import from_utc, zone_named
from engine.log.columns import START, TIMESTAMP, Notice
from engine.log.event_log import DAY, NO_TIME, UNTIMED, EventLog

OPEN = N_("Events with a start and no end: {count}. Their start is their time, and how long they took is not known.")
UNORDERED = N_(
    "Events on the same day as others of their case, where at least one has no time of day: {count}. What came first is not known; those "
    "without a time of day stand first, as in the file."
)
LONGEST_DAY = 25 * HOUR
"""The day on which summer time ends."""


@dataclass(frozen=True)
class Told:
    """A column of times (int64 UTC µs or NO_TIME) and what each tells (UNTIMED to FINER), shape (n,)."""

    times: NDArray[np.int64]
    precision: NDArray[np.uint8]


def ended(told: dict[str, Told]) -> dict[str, Told]:
    """The times by role, where an event with a start and no end has its start as its time, and no start beside it."""
    if START not in told:
        return told
    end, start = told[TIMESTAMP], told[START]
    is_open = (end.times == NO_TIME) & (start.times != NO_TIME)
    if not is_open.any():
        return told
    time = Told(np.where(is_open, start.times, end.times), np.where(is_open, start.precision, end.precision))
    begun = Told(np.where(is_open, NO_TIME, start.times), np.where(is_open, np.uint8(UNTIMED), start.precision))
    return {**told, TIMESTAMP: time, START: begun}


def open_notices(given: dict[str, Told], told: dict[str, Told]) -> list[Notice]:
    """How many events took their start as their time."""
    count = int(np.count_nonzero(given[TIMESTAMP].times != told[TIMESTAMP].times))
    return [Notice(OPEN, {"count": count})] if count else []


def unordered_events(log: EventLog, timezone: str) -> NDArray[np.bool_]:
    """Which events stand on one day with others of their case, at least one of which has no time of day, bool, shape (n_events,)."""
    found = np.zeros(log.n_events, np.bool_)
    if log.precision is None or log.n_events < 2:
        return found
    if not (log.precision == DAY).any():
        return found
    timed = np.flatnonzero(log.precision != UNTIMED)
    cases = np.repeat(np.arange(log.n_cases, dtype=np.int32), np.diff(log.offsets))[timed]
    near = np.flatnonzero((cases[1:] == cases[:-1]) & (np.diff(log.timestamp[timed]) <= LONGEST_DAY))
    if not len(near):
        return found
    beside = np.zeros(len(timed), np.bool_)
    beside[near] = beside[near + 1] = True
    timed, cases = timed[beside], cases[beside]
    days_only = log.precision[timed] == DAY
    days = from_utc(log.timestamp[timed], zone_named(timezone)) // DAY_LONG
    heads = np.flatnonzero(np.append(True, (cases[1:] != cases[:-1]) | (days[1:] != days[:-1])))
    sizes = np.diff(np.append(heads, len(timed)))
    doubtful = (sizes > 1) & np.logical_or.reduceat(days_only, heads)
    found[timed[np.repeat(doubtful, sizes)]] = True
    return found


def with_unordered(log: EventLog, timezone: str) -> EventLog:
    """The log with a notice of how many of its events have no order."""
    count = int(np.count_nonzero(unordered_events(log, timezone)))
    return replace(log, notices=(*log.notices, Notice(UNORDERED, {"count": count}))) if count else log
