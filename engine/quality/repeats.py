"""Checks of events beside others of their case: twice the same, corrected, moved by a minute, at one moment, overlapping."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engine.errors import N_
from engine.log.event_log import NO_TIME
from engine.quality.values import Result
from engine.quality.view import MINUTE, Checked, Flags, Found

NEAR = 10 * MINUTE
MORE_THAN_LATER = 3
"""So many times more repetitions within NEAR than in as long a time after it are corrections, not work."""
SHIFTED, USUAL = 20, 3
"""Least number of one-minute shifts, and how many times more often than two minutes they must be."""

DUPLICATES = N_("{count} events stand twice: same case, activity and time.")
NEAR_DUPLICATES = N_("{count} events look like corrections: the same activity of the case again within {minutes} minutes.")
TIES = N_("{count} events share their moment with another activity of the case: their order is that of the file.")
SHIFTS = N_("{count} events come exactly one minute after another of their case, far more often than two minutes: moved by hand.")
NEGATIVE = N_("{count} events end before they start.")
OVERLAPS = N_("{count} events begin before the one before them in the case has ended.")


def duplicates(log: Checked) -> Iterator[Found]:
    """Events that are equal in case, activity and time."""
    same = log.where(lambda rows: log.since_same[rows] == 0)
    yield from log.events("duplicate", DUPLICATES, {}, same, (Result.COUNTS,), "drop_duplicates")


def near_duplicates(log: Checked) -> Iterator[Found]:
    """The same activity of a case again within minutes, far more often than somewhat later."""
    near = log.where(lambda rows: (log.since_same[rows] > 0) & (log.since_same[rows] <= NEAR))
    later = log.where(lambda rows: (log.since_same[rows] > NEAR) & (log.since_same[rows] <= 2 * NEAR))
    if log.count(near) >= MORE_THAN_LATER * log.count(later):
        values: dict[str, str | int | float] = {"minutes": NEAR // MINUTE}
        yield from log.events("near_duplicate", NEAR_DUPLICATES, values, near, (Result.COUNTS,), "drop_near_duplicates")


def ties(log: Checked) -> Iterator[Found]:
    """Different activities of a case at one moment; days without a time are told elsewhere."""

    def test(rows: slice) -> Flags:
        begin = max(rows.start - 1, 0)
        end = min(rows.stop + 1, log.log.n_events)
        step, gap, dated = log.step[begin:end], log.gap[begin:end], log.dated[begin:end]
        tied = np.zeros(end - begin, bool)
        found = np.flatnonzero((gap[1:] == 0) & (step[1:] != step[:-1]) & ~(dated[1:] & dated[:-1])) + 1
        tied[found] = tied[found - 1] = True
        return tied[rows.start - begin : rows.stop - begin]

    yield from log.events("tie", TIES, {}, log.where(test), (Result.ORDER,))


def minute_shifts(log: Checked) -> Iterator[Found]:
    """One-minute gaps that are much more frequent than those of two minutes; not in the hour that comes twice."""
    touched = log.where(lambda rows: (log.gap[rows] == MINUTE) & ~log.doubled[rows])
    others = log.count(log.where(lambda rows: log.gap[rows] == 2 * MINUTE))
    if log.count(touched) >= max(SHIFTED, USUAL * others):
        yield from log.events("minute_shift", SHIFTS, {}, touched, (Result.ORDER, Result.WAITING))


def overlaps(log: Checked) -> Iterator[Found]:
    """In a log with start stamps: events that end before they start, and those that begin before the one before has ended."""
    start = log.log.start
    if start is None:
        return
    known = log.where(lambda rows: log.timed[rows] & (start[rows] != NO_TIME))
    negative = log.where(lambda rows: known[rows] & (log.log.timestamp[rows] < start[rows]))
    yield from log.events("negative", NEGATIVE, {}, negative, (Result.DURATION, Result.WAITING))

    def begins_early(rows: slice) -> Flags:
        gap = log.gap[rows]
        before = log.log.timestamp[rows] - np.where(gap == NO_TIME, 0, gap)
        return np.asarray(known[rows] & (gap != NO_TIME) & (start[rows] < before))

    yield from log.events("overlap", OVERLAPS, {}, log.where(begins_early), (Result.WAITING,))
