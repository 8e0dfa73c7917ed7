"""What happens per day, week, month or year of a time zone: cases started, ended and open, and events."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from engine.log.event_log import NO_TIME, EventLog
from engine.log.statistics import case_ends, case_starts
from engine.service.messages import OverTime
from engine.tasks import Task

Mask = NDArray[np.bool_]
CHUNK = 1 << 20
MOST, MOST_MONTHS = (92, 120), 600
"""Days and weeks, and months, that are told apart."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EARLIEST, LATEST = -62_100_000_000_000_000, 253_300_000_000_000_000
"""Microseconds of the years 2 and 9996: what a calendar can say in every time zone."""


def count_over_time(log: EventLog, mask: Mask | None, timezone: str, task: Task) -> OverTime | None:
    """Counts per local period; None without times.

    started, ended: cases whose first or last time lies in the period. active: cases that were open at some moment of it, that is, had
    started before its end and not ended before its start. events: events with a time in it.
    """
    starts, ends = case_starts(log), case_ends(log)
    known = starts != NO_TIME
    if mask is not None:
        known &= mask
    starts, ends = np.clip(starts[known], EARLIEST, LATEST), np.clip(ends[known], EARLIEST, LATEST)
    if not len(starts):
        return None
    unit, edges = period_edges(int(starts.min()), int(ends.max()), timezone)
    task.check()
    started, ended = _count(starts, edges), _count(ends, edges)
    before = np.cumsum(ended) - ended
    return OverTime(
        unit=unit,
        starts=tuple(edges[:-1].tolist()),
        started=tuple(started.tolist()),
        ended=tuple(ended.tolist()),
        active=tuple((np.cumsum(started) - before).tolist()),
        events=tuple(_count_events(log, mask, edges, task).tolist()),
    )


def period_edges(first: int, last: int, timezone: str, days_and_weeks: tuple[int, int] = MOST) -> tuple[str, NDArray[np.int64]]:
    """Unit and edges of the local periods that hold first..last (microseconds UTC); weeks start on Monday, days at local midnight.

    days_and_weeks: so many days, and so many weeks, are told apart at most.
    """
    zone = ZoneInfo(timezone)
    begin, end = (_local_date(moment, zone) for moment in (first, last))
    days = (end - begin).days + 1
    if days <= days_and_weeks[0]:
        unit, dates = "day", [begin + timedelta(n) for n in range(days + 1)]
    elif days <= 7 * days_and_weeks[1]:
        monday = begin - timedelta(begin.weekday())
        unit, dates = "week", [monday + timedelta(7 * n) for n in range((end - monday).days // 7 + 2)]
    else:
        unit, dates = _months(begin, end)
    return unit, np.array([_midnight(day, zone) for day in dates], np.int64)


def _months(begin: date, end: date) -> tuple[str, list[date]]:
    n = (end.year - begin.year) * 12 + end.month - begin.month + 1
    if n > MOST_MONTHS:
        return "year", [date(year, 1, 1) for year in range(begin.year, end.year + 2)]
    numbers = range(begin.year * 12 + begin.month - 1, begin.year * 12 + begin.month + n)
    return "month", [date(number // 12, number % 12 + 1, 1) for number in numbers]


def _local_date(microseconds: int, zone: ZoneInfo) -> date:
    return (EPOCH + timedelta(microseconds=microseconds)).astimezone(zone).date()


def _midnight(day: date, zone: ZoneInfo) -> int:
    return (datetime.combine(day, time(), zone).astimezone(UTC) - EPOCH) // timedelta(microseconds=1)


def _count(times: NDArray[np.int64], edges: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.bincount(np.searchsorted(edges, times, side="right") - 1, minlength=len(edges) - 1)


def _count_events(log: EventLog, mask: Mask | None, edges: NDArray[np.int64], task: Task) -> NDArray[np.int64]:
    total = np.zeros(len(edges) - 1, np.int64)
    for begin in range(0, log.n_events, CHUNK):
        task.check()
        times = log.timestamp[begin : begin + CHUNK]
        known = times != NO_TIME
        if mask is not None:
            known &= np.repeat(mask, _events_within(log, begin, begin + len(times)))
        total += _count(np.clip(times[known], EARLIEST, LATEST), edges)
    return total


def _events_within(log: EventLog, begin: int, end: int) -> NDArray[np.int64]:
    """How many of the events begin:end belong to each case."""
    within: NDArray[np.int64] = np.clip(log.offsets, begin, end)
    return within[1:] - within[:-1]
