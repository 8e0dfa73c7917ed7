"""Checks of events beside others of their case: twice the same, corrected, moved by a minute, at one moment, overlapping."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engine.errors import N_
from engine.log.event_log import NO_TIME
from engine.quality.values import Finding, Of, Result
from engine.quality.view import MINUTE, Checked

NEAR = 5 * MINUTE
SHIFTED, USUAL = 20, 3
"""Least number of one-minute shifts, and how many times more often than two minutes they must be."""

DUPLICATES = N_("{count} events stand twice: same case, activity and time.")
NEAR_DUPLICATES = N_("{count} events look like corrections: the same activity of the case again within {minutes} minutes.")
TIES = N_("{count} events share their moment with another activity of the case: their order is that of the file.")
SHIFTS = N_("{count} events come exactly one minute after another of their case, far more often than two minutes: moved by hand.")
NEGATIVE = N_("{count} events end before they start.")
OVERLAPS = N_("{count} events begin before the one before them in the case has ended.")


def duplicates(log: Checked) -> Iterator[Finding]:
    """Events that are equal in case, activity and time."""
    order = np.lexsort((log.log.timestamp, log.log.activity, log.case))
    same = np.zeros(log.log.n_events, bool)
    one, other = order[1:], order[:-1]
    same[one] = (
        (log.case[one] == log.case[other]) & (log.log.activity[one] == log.log.activity[other])
        & (log.log.timestamp[one] == log.log.timestamp[other]) & log.timed[one] & ~log.date_only[log.log.activity[one]]
    )  # fmt: skip
    if same.any():
        yield Finding(
            "duplicate", DUPLICATES, {}, int(same.sum()), log.log.n_events, Of.EVENTS, log.example(same), (Result.COUNTS,),
            "drop_duplicates",
        )  # fmt: skip


def near_duplicates(log: Checked) -> Iterator[Finding]:
    """The same activity of a case again within minutes."""
    order = np.lexsort((log.log.timestamp, log.log.activity, log.case))
    one, other = order[1:], order[:-1]
    alike = (log.case[one] == log.case[other]) & (log.log.activity[one] == log.log.activity[other]) & log.timed[one] & log.timed[other]
    gap = np.where(alike, log.log.timestamp[one] - np.where(alike, log.log.timestamp[other], 0), 0)
    touched = np.zeros(log.log.n_events, bool)
    touched[one] = alike & (gap > 0) & (gap <= NEAR)
    if touched.any():
        yield Finding(
            "near_duplicate", NEAR_DUPLICATES, {"minutes": NEAR // MINUTE}, int(touched.sum()), log.log.n_events, Of.EVENTS,
            log.example(touched), (Result.COUNTS,), "drop_near_duplicates",
        )  # fmt: skip


def ties(log: Checked) -> Iterator[Finding]:
    """Different activities of a case at one moment."""
    touched = np.zeros(log.log.n_events, bool)
    rows = np.flatnonzero(log.follows & (log.gap == 0))
    rows = rows[log.log.activity[rows] != log.log.activity[rows - 1]]
    touched[rows] = touched[rows - 1] = True
    if touched.any():
        yield Finding("tie", TIES, {}, int(touched.sum()), log.log.n_events, Of.EVENTS, log.example(touched), (Result.ORDER,))


def minute_shifts(log: Checked) -> Iterator[Finding]:
    """One-minute gaps that are much more frequent than those of two minutes."""
    touched = log.follows & (log.gap == MINUTE)
    others = int((log.follows & (log.gap == 2 * MINUTE)).sum())
    if int(touched.sum()) >= max(SHIFTED, USUAL * others):
        yield Finding(
            "minute_shift", SHIFTS, {}, int(touched.sum()), log.log.n_events, Of.EVENTS, log.example(touched),
            (Result.ORDER, Result.WAITING),
        )  # fmt: skip


def overlaps(log: Checked) -> Iterator[Finding]:
    """In a log with start stamps: events that end before they start, and those that begin before the one before has ended."""
    if log.log.start is None:
        return
    known = log.timed & (log.log.start != NO_TIME)
    negative = known & (log.log.timestamp < log.log.start)
    if negative.any():
        yield Finding(
            "negative", NEGATIVE, {}, int(negative.sum()), log.log.n_events, Of.EVENTS, log.example(negative),
            (Result.DURATION, Result.WAITING),
        )  # fmt: skip
    rows = np.flatnonzero(log.follows & known)
    early = np.zeros(log.log.n_events, bool)
    early[rows] = log.log.start[rows] < log.log.timestamp[rows - 1]
    if early.any():
        yield Finding("overlap", OVERLAPS, {}, int(early.sum()), log.log.n_events, Of.EVENTS, log.example(early), (Result.WAITING,))
