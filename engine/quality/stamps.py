"""Checks of single stamps: missing, to come, dates only, coarse, made at night, made in one go, in the hour that comes twice."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from engine.errors import N_
from engine.importing.xes_log import NO_ACTIVITY
from engine.importing.zones import DAY
from engine.log import event_log
from engine.log.event_log import NO_TIME
from engine.log.kernels import Ints
from engine.quality.crowds import crowded
from engine.quality.values import Finding, Of, Result, Values
from engine.quality.view import FEW, MINUTE, NIGHT, SECOND, Checked, Flags, Found

BATCH = 20
"""Events of one user (or unit, or step) in one second from which on they were registered in one go."""
MORE_THAN_NIGHTS = 5
"""So many times more stamps than in as many other minutes of the night are those of a job."""
NIGHT_ENDS = 300 * MINUTE
SILENT_DAYS, WEEKS, EXPECTED = 7, 21, 30.0
"""A gap is told from so many days on, where so many events were to be expected by what happens in the WEEKS days beside it."""
REGISTERED = 0.9
"""Share (0..1) of events with a registration time from which on the last of them tells when the extract was made."""

MISSING_TIME = N_("{count} events have no time.")
MISSING_ACTIVITY = N_("{count} events have no activity.")
FUTURE = N_("{count} events lie in the future; the last is {days} days ahead.")
AFTER_EXTRACT = N_("{count} events lie after the day of the last registration; the last is {days} days ahead.")
DATE_ONLY = N_("“{activity}” has dates without a time of day ({count} events): what happens on one day has no known order.")
DATES_ONLY = N_("{count} events of {steps} activities, most of them “{activity}”, have dates without a time of day.")
MIDNIGHT = N_("{count} events of activities that otherwise have a time of day stand at exactly midnight.")
COARSE = N_("{count} events are told to the minute, all others to the second: they were written in another way.")
NIGHT_JOB = N_("“{activity}” is stamped between 00:01 and 00:10 in {count} events: a night job, not the moment it happened.")
NIGHT_JOBS = N_("{count} events of {steps} activities, most of them “{activity}”, are stamped between 00:01 and 00:10: a night job.")
BATCHES_OF_USERS = N_("{count} events were registered in one go: {batches} times at least {size} by one user in the same second.")
BATCHES_OF_UNITS = N_("{count} events were registered in one go: {batches} times at least {size} in one unit in the same second.")
BATCHES = N_("{count} events were registered in one go: {batches} times at least {size} of one activity in the same second.")
DOUBLE_HOUR = N_("{count} events stand beside another of their case in the hour that comes twice in autumn: their order is not known.")
INACTIVE = N_("Nothing at all happened for {days} days from {date}, in a log that else has {usual} events a day.")


def missing_times(log: Checked) -> Iterator[Found]:
    """Events without a time."""
    lost = log.where(lambda rows: ~log.timed[rows])
    yield from log.events("missing_time", MISSING_TIME, {}, lost, (Result.WAITING, Result.DURATION, Result.ORDER))


def missing_activities(log: Checked) -> Iterator[Found]:
    """Events without an activity."""
    if NO_ACTIVITY in log.log.activities:
        code = log.log.activities.index(NO_ACTIVITY)
        lost = log.where(lambda rows: log.log.activity[rows] == code)
        yield from log.events("missing_activity", MISSING_ACTIVITY, {}, lost, (Result.COUNTS,), "drop_rows")


def future_stamps(log: Checked) -> Iterator[Found]:
    """Events after now; where nearly all events have a registration time, those after the day of the last registration."""
    registered, horizon, message = log.log.registered, log.now, FUTURE
    if registered is not None:
        known = log.where(lambda rows: registered[rows] != NO_TIME)
        if log.log.n_events and log.count(known) >= REGISTERED * log.log.n_events:
            last = max(int(registered[rows].max()) for rows in log.pieces())
            local = log.clock_of(np.array([last]))[0]
            horizon, message = min(log.now, last - int(local % DAY) + DAY - 1), AFTER_EXTRACT
    late = log.where(lambda rows: log.timed[rows] & (log.log.timestamp[rows] > horizon))
    if late.any():
        furthest = max(int(log.log.timestamp[rows].max()) for rows in log.pieces())
        values: Values = {"days": -(-(furthest - horizon) // DAY)}
        yield from log.events("future", message, values, late, (Result.DURATION, Result.WAITING), "clip_period")


def dates_only(log: Checked) -> Iterator[Found]:
    """Events that have a day and no time; without word from the file, steps whose stamps stand at midnight."""
    counts = log.count_by(log.step, log.n_steps, log.dated)
    enough = counts >= (1 if log.log.precision is not None and log.told_days.any() else FEW)
    touched = log.where(lambda rows: log.dated[rows] & enough[log.step[rows]])
    if touched.any():
        activity, steps = log.most_of(touched)
        message = DATE_ONLY if steps == 1 else DATES_ONLY
        yield from log.events("date_only", message, {"activity": activity, "steps": steps}, touched, (Result.ORDER, Result.WAITING))


def midnights(log: Checked) -> Iterator[Found]:
    """Midnights of activities that have a time of day."""
    yield from log.events("midnight", MIDNIGHT, {}, log.lost_hour, (Result.ORDER, Result.WAITING))


def coarse_stamps(log: Checked) -> Iterator[Found]:
    """Stamps to the minute in a log that tells seconds."""
    precision = log.log.precision
    if precision is None:
        return
    counts = log.count_by(precision, event_log.FINER + 1)
    if counts[event_log.MINUTE] < counts[event_log.SECOND :].sum():
        coarse = log.where(lambda rows: log.timed[rows] & (precision[rows] == event_log.MINUTE))
        yield from log.events("coarse", COARSE, {}, coarse, (Result.ORDER,))


def night_jobs(log: Checked) -> Iterator[Found]:
    """Stamps of a job at night: many more than in the rest of the night. Where the log tells actors, all of no person; else by activity."""
    later = log.where(lambda rows: _in_later_night(log, rows))
    usual = log.count_by(log.step, log.n_steps, later) * (10 * MINUTE / (NIGHT_ENDS - NIGHT[1]))
    machine = log.machine
    touched = log.at_night if machine is None else log.where(lambda rows: log.at_night[rows] & machine[rows])
    if machine is None or not touched.any():
        counts = log.count_by(log.step, log.n_steps, log.at_night)
        jobs = counts >= np.maximum(FEW, MORE_THAN_NIGHTS * usual)
        touched = log.where(lambda rows: log.at_night[rows] & jobs[log.step[rows]])
    if log.count(touched) >= max(FEW, MORE_THAN_NIGHTS * float(usual.sum())):
        activity, steps = log.most_of(touched)
        message = NIGHT_JOB if steps == 1 else NIGHT_JOBS
        yield from log.events("night_job", message, {"activity": activity, "steps": steps}, touched, (Result.WAITING, Result.DURATION))


def _in_later_night(log: Checked, rows: slice) -> Flags:
    clock = log.clock[rows] % DAY
    return log.timed[rows] & ~log.dated[rows] & (clock >= NIGHT[1]) & (clock < NIGHT_ENDS)


def batches(log: Checked) -> Iterator[Found]:
    """Many events in one second of one user where the log has users, else of one unit, else of one activity; but for dates."""
    who, message = _who(log)
    precision = log.log.precision

    def keys(rows: slice) -> tuple[Ints, Ints]:
        plain = log.timed[rows] & ~log.dated[rows] & ~log.midnight[rows] & (who[rows] >= 0)
        if precision is not None:
            plain &= precision[rows] != event_log.MINUTE
        found = np.flatnonzero(plain) + rows.start
        return found, log.log.timestamp[found] // SECOND * (1 << 20) + who[found] % (1 << 20)

    touched, crowds = crowded(log, keys, BATCH)
    values: Values = {"batches": crowds, "size": BATCH}
    yield from log.events("batch", message, values, touched, (Result.WAITING, Result.DURATION))


def _who(log: Checked) -> tuple[NDArray[np.int32], str]:
    if log.employee is not None and log.employee.filled:
        return log.employee.codes, BATCHES_OF_USERS
    if log.unit is not None and log.unit.filled:
        return log.unit.codes, BATCHES_OF_UNITS
    return log.step, BATCHES


def double_hours(log: Checked) -> Iterator[Found]:
    """Two events or more of a case in the hour that the clocks show twice, none of which is known to stand in its second coming."""
    inside = log.doubled
    cases, counts = np.unique(log.case[np.flatnonzero(inside)], return_counts=True)
    several = np.zeros(log.log.n_cases, bool)
    several[cases[counts > 1]] = True
    several[log.case[np.flatnonzero(log.second_coming)]] = False
    touched = log.where(lambda rows: inside[rows] & several[log.case[rows]])
    yield from log.events("double_hour", DOUBLE_HOUR, {}, touched, (Result.ORDER, Result.WAITING), "repair_summer_time")


def inactive_periods(log: Checked) -> Iterator[Found]:
    """Long gaps without any event where the weeks before and after are so busy that many were to be expected; quiet seasons are none."""
    counts: dict[int, int] = {}
    for rows in log.pieces():
        seen, times = np.unique(log.clock[rows][log.timed[rows]] // DAY, return_counts=True)
        for day, n in zip(seen.tolist(), times.tolist(), strict=True):
            counts[day] = counts.get(day, 0) + n
    days = np.array(sorted(counts), np.int64)
    if len(days) < 2:
        return
    reached = np.concatenate([np.zeros(1, np.int64), np.cumsum([counts[day] for day in days.tolist()])])
    usual = int(log.log.n_events / len(days))
    for at in np.flatnonzero(np.diff(days) > SILENT_DAYS).tolist():
        silent = int(days[at + 1] - days[at] - 1)
        if _expected(days, reached, at, silent) >= EXPECTED:
            first = str(np.datetime64(int(days[at]) + 1, "D"))
            values: Values = {"days": silent, "date": first, "usual": usual}
            total = int(days[-1] - days[0])
            yield Found(Finding("inactive", INACTIVE, values, silent, total, Of.DAYS, -1, (Result.COUNTS, Result.DURATION)))


def _expected(days: Ints, reached: Ints, at: int, silent: int) -> float:
    """Events that were to be expected in the silent days after the day `at`, by as many days (at least WEEKS) on the quieter side."""
    span = max(silent, WEEKS)
    before = reached[at + 1] - reached[np.searchsorted(days, days[at] - span, side="right")]
    after = reached[np.searchsorted(days, days[at + 1] + span)] - reached[at + 1]
    return float(min(before, after)) / span * silent
