"""Applying a selection: a mask over cases, never a copy of the log."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from engine.log.event_log import NO_TIME, EventLog
from engine.log.kernels import rows_of_runs
from engine.log.selection import Filter, HasActivity, Selection, StartedBetween
from engine.log.statistics import case_starts
from engine.log.variants import VariantIndex


def case_mask(log: EventLog, variants: VariantIndex, selection: Selection) -> NDArray[np.bool_] | None:
    """Which cases pass all filters, bool, shape (n_cases,); None means all, since there is no filter."""
    mask: NDArray[np.bool_] | None = None
    for one in selection.filters:
        kept = _kept(log, variants, one)
        mask = kept if mask is None else mask & kept
    return mask


def cases_of(log: EventLog, mask: NDArray[np.bool_] | None) -> EventLog:
    """A log of only the cases of a mask (None: all), in the same order; activities keep their codes."""
    if mask is None:
        return log
    cases = np.flatnonzero(mask)
    rows, _ = rows_of_runs(cases, log.offsets)
    sizes = np.diff(log.offsets)[cases]
    taken, chosen = pa.array(rows), pa.array(cases)
    return replace(
        log,
        activity=log.activity[rows],
        timestamp=log.timestamp[rows],
        offsets=np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)]),
        case_ids=log.case_ids.take(chosen),
        start=None if log.start is None else log.start[rows],
        registered=None if log.registered is None else log.registered[rows],
        precision=None if log.precision is None else log.precision[rows],
        event_columns={name: column.take(taken) for name, column in log.event_columns.items()},
        case_columns={name: column.take(chosen) for name, column in log.case_columns.items()},
    )


def _kept(log: EventLog, variants: VariantIndex, one: Filter) -> NDArray[np.bool_]:
    match one:
        case StartedBetween(first, last):
            return started_between(log, first, last)
        case HasActivity(activity, keep):
            has = has_activity(log, variants, activity)
            return has if keep else ~has


def started_between(log: EventLog, first: int, last: int) -> NDArray[np.bool_]:
    """Cases whose first event with a time lies in [first, last) microseconds; a case without times has not started."""
    starts = case_starts(log)
    mask: NDArray[np.bool_] = (starts >= first) & (starts < last) & (starts != NO_TIME)
    return mask


def has_activity(log: EventLog, variants: VariantIndex, activity: str) -> NDArray[np.bool_]:
    """Cases with at least one event of the named activity; none when the log does not know the name."""
    if activity not in log.activities:
        return np.zeros(log.n_cases, np.bool_)
    return variants.having(log.activities.index(activity))[variants.case_variant]
