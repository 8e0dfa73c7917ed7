"""Checks of single stamps: missing, to come, dates only, made at night, made in one go."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engine.errors import N_
from engine.importing.xes_log import NO_ACTIVITY
from engine.quality.values import Finding, Of, Result, Values
from engine.quality.view import DAY, MINUTE, SECOND, Checked

BATCH = 20
"""Events of one activity in one second from which on they were registered in one go."""
NIGHT = (1 * MINUTE, 11 * MINUTE)
"""The clock time in which night jobs stamp: 00:01 to 00:10."""
FEW = 20
SILENT_DAYS, BUSY_DAY = 7, 5

MISSING_TIME = N_("{count} events have no time.")
MISSING_ACTIVITY = N_("{count} events have no activity.")
FUTURE = N_("{count} events lie in the future; the last is {days} days ahead.")
DATE_ONLY = N_("“{activity}” has dates without a time of day ({count} events): what happens on one day has no known order.")
MIDNIGHT = N_("{count} events of activities that otherwise have a time of day stand at exactly midnight.")
NIGHT_JOB = N_("“{activity}” is stamped between 00:01 and 00:10 in {percent} % of its events: a night job, not the moment it happened.")
BATCHES = N_("{count} events were registered in one go: {batches} times at least {size} of one activity in the same second.")
INACTIVE = N_("Nothing at all happened for {days} days from {date}, in a log that else has {usual} events a day.")


def missing_times(log: Checked) -> Iterator[Finding]:
    """Events without a time."""
    lost = ~log.timed
    if lost.any():
        yield Finding(
            "missing_time", MISSING_TIME, {}, int(lost.sum()), log.log.n_events, Of.EVENTS, log.example(lost),
            (Result.WAITING, Result.DURATION, Result.ORDER),
        )  # fmt: skip


def missing_activities(log: Checked) -> Iterator[Finding]:
    """Events without an activity."""
    if NO_ACTIVITY in log.log.activities:
        lost = log.log.activity == log.log.activities.index(NO_ACTIVITY)
        yield Finding(
            "missing_activity", MISSING_ACTIVITY, {}, int(lost.sum()), log.log.n_events, Of.EVENTS, log.example(lost), (Result.COUNTS,),
            "drop_rows",
        )  # fmt: skip


def future_stamps(log: Checked) -> Iterator[Finding]:
    """Events after now."""
    late = log.timed & (log.log.timestamp > log.now)
    if late.any():
        days = -(-int(log.log.timestamp[late].max() - log.now) // DAY)
        yield Finding(
            "future", FUTURE, {"days": days}, int(late.sum()), log.log.n_events, Of.EVENTS, log.example(late),
            (Result.DURATION, Result.WAITING), "clip_period",
        )  # fmt: skip


def dates_only(log: Checked) -> Iterator[Finding]:
    """Activities whose stamps are dates."""
    for activity in np.flatnonzero(log.date_only).tolist():
        touched = log.midnight & (log.log.activity == activity)
        if int(touched.sum()) >= FEW:
            yield Finding(
                "date_only", DATE_ONLY, {"activity": log.name(activity)}, int(touched.sum()), log.log.n_events, Of.EVENTS,
                log.example(touched), (Result.ORDER, Result.WAITING),
            )  # fmt: skip


def midnights(log: Checked) -> Iterator[Finding]:
    """Midnights of activities that have a time of day."""
    touched = log.midnight & ~log.date_only[log.log.activity]
    if touched.any():
        yield Finding(
            "midnight", MIDNIGHT, {}, int(touched.sum()), log.log.n_events, Of.EVENTS, log.example(touched), (Result.ORDER, Result.WAITING)
        )


def night_jobs(log: Checked) -> Iterator[Finding]:
    """Activities that a job stamps at night."""
    clock = log.clock % DAY
    at_night = log.timed & (clock >= NIGHT[0]) & (clock < NIGHT[1])
    n = len(log.log.activities)
    nightly = np.bincount(log.log.activity[at_night], minlength=n)
    all_events = np.bincount(log.log.activity[log.timed], minlength=n)
    for activity in np.flatnonzero((nightly >= FEW) & (2 * nightly >= all_events)).tolist():
        touched = at_night & (log.log.activity == activity)
        values: Values = {"activity": log.name(activity), "percent": round(100 * nightly[activity] / all_events[activity])}
        yield Finding(
            "night_job", NIGHT_JOB, values, int(nightly[activity]), log.log.n_events, Of.EVENTS, log.example(touched),
            (Result.WAITING, Result.DURATION),
        )  # fmt: skip


def batches(log: Checked) -> Iterator[Finding]:
    """Many events of one activity in one second, but for dates."""
    rows = np.flatnonzero(log.timed & ~log.midnight)
    n = len(log.log.activities)
    keys = log.log.timestamp[rows] // SECOND * n + log.log.activity[rows]
    _, places, counts = np.unique(keys, return_inverse=True, return_counts=True)
    touched = np.zeros(log.log.n_events, bool)
    touched[rows[counts[places] >= BATCH]] = True
    if touched.any():
        values: Values = {"batches": int((counts >= BATCH).sum()), "size": BATCH}
        yield Finding(
            "batch", BATCHES, values, int(touched.sum()), log.log.n_events, Of.EVENTS, log.example(touched),
            (Result.WAITING, Result.DURATION),
        )  # fmt: skip


def inactive_periods(log: Checked) -> Iterator[Finding]:
    """Long gaps without any event, as far as the log is busy around them."""
    days = np.unique(log.clock[log.timed] // DAY)
    if len(days) < 2 or log.log.n_events < BUSY_DAY * len(days):
        return
    usual = int(log.log.n_events / len(days))
    for at in np.flatnonzero(np.diff(days) > SILENT_DAYS).tolist():
        silent = int(days[at + 1] - days[at] - 1)
        first = str(np.datetime64(int(days[at]) + 1, "D"))
        yield Finding(
            "inactive", INACTIVE, {"days": silent, "date": first, "usual": usual}, silent, int(days[-1] - days[0]), Of.DAYS, -1,
            (Result.COUNTS, Result.DURATION),
        )  # fmt: skip
