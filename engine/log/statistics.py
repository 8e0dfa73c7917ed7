"""Numbers per case, and what summarises them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.log.event_log import NO_TIME, EventLog
from engine.log.kernels import Ints, rows_of_runs

SECOND = 1e6
"""Microseconds in a second."""


@dataclass(frozen=True)
class Summary:
    """n values and their quantiles (linear interpolation), mean, extremes and sum, in the values' own unit."""

    n: int
    median: float
    mean: float
    p90: float
    min: float
    max: float
    total: float


def events_per_case(log: EventLog) -> Ints:
    """Number of events of each case, int64, shape (n_cases,)."""
    return np.diff(log.offsets)


def case_starts(log: EventLog) -> Ints:
    """Time of each case's first event with a time, microseconds, NO_TIME without any, shape (n_cases,)."""
    starts = log.timestamp[log.offsets[:-1]]
    unknown = np.flatnonzero(starts == NO_TIME)
    if len(unknown):
        late = np.iinfo(np.int64).max
        rows, _ = rows_of_runs(unknown, log.offsets)
        times = log.timestamp[rows]
        first = np.minimum.reduceat(np.where(times == NO_TIME, late, times), _heads(unknown, log))
        starts[unknown] = np.where(first == late, NO_TIME, first)
    return starts


def case_ends(log: EventLog) -> Ints:
    """Time of each case's last event with a time, microseconds, NO_TIME without any, shape (n_cases,)."""
    ends = log.timestamp[log.offsets[1:] - 1]
    unknown = np.flatnonzero(ends == NO_TIME)
    if len(unknown):
        rows, _ = rows_of_runs(unknown, log.offsets)
        ends[unknown] = np.maximum.reduceat(log.timestamp[rows], _heads(unknown, log))
    return ends


def case_durations(log: EventLog) -> NDArray[np.float64]:
    """Seconds from first to last timestamp of each case, nan without times, shape (n_cases,)."""
    starts, ends = case_starts(log), case_ends(log)
    durations: NDArray[np.float64] = (ends - starts) / SECOND
    durations[starts == NO_TIME] = np.nan
    return durations


def period(log: EventLog) -> tuple[int, int] | None:
    """First and last time in the log, microseconds; None without times."""
    starts = case_starts(log)
    starts = starts[starts != NO_TIME]
    return (int(starts.min()), int(case_ends(log).max())) if len(starts) else None


def summarise(values: NDArray[np.float64]) -> Summary | None:
    """The summary of the values that are not nan; None when there are none."""
    values = values[~np.isnan(values)]
    if not len(values):
        return None
    median, p90 = np.percentile(values, [50, 90]).tolist()
    total = float(values.sum())
    return Summary(len(values), median, total / len(values), p90, float(values.min()), float(values.max()), total)


def _heads(cases: Ints, log: EventLog) -> Ints:
    sizes = np.diff(log.offsets)[cases]
    return np.cumsum(sizes) - sizes
