"""How much a defect can distort: results as they are, without the touched events, and without the cases that these belong to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from engine.errors import N_
from engine.log.event_log import NO_TIME, EventLog
from engine.log.kernels import group_sequences
from engine.log.statistics import case_durations
from engine.quality.values import Effect, Measure, Result
from engine.quality.view import Flags
from engine.tasks import Task

MEASURING = N_("Measuring what the finding changes")
SAMPLE = 1 << 20
"""Values of which a median is taken; of more, every so many."""
PIECE = 1 << 13
"""Cases that are looked at between two questions whether to go on."""
MEASURES = {
    Result.COUNTS: Measure.EVENTS,
    Result.ORDER: Measure.VARIANTS,
    Result.WAITING: Measure.WAITING,
    Result.DURATION: Measure.CASE_DURATION,
    Result.GROUPS: Measure.EVENTS,
}


def measure_effects(
    log: EventLog, events: Flags | None, cases: Flags | None, distorts: tuple[Result, ...], task: Task
) -> tuple[Effect, ...]:
    """The results that a finding can distort, with and without what it touches; none where it touches neither. Raises Cancelled."""
    if events is None and cases is None:
        return ()
    task.report(0.1, MEASURING)
    of_cases = cases if cases is not None else _cases_of(log, events, task)
    rest = None if events is None else reduced(log, events, task)
    without = reduced(log, _spread(log, of_cases, task), task)
    found = []
    for number, measure in enumerate(dict.fromkeys(MEASURES[result] for result in distorts)):
        task.report(0.3 + 0.7 * number / len(distorts), MEASURING)
        compute = MEASURED[measure]
        found.append(Effect(measure, compute(log, task), None if rest is None else compute(rest, task), compute(without, task)))
    return tuple(found)


def _runs(log: EventLog, task: Task) -> Iterator[tuple[slice, slice]]:
    """All cases and their events in runs of whole cases."""
    for first in range(0, log.n_cases, PIECE):
        task.check()
        last = min(first + PIECE, log.n_cases)
        yield slice(first, last), slice(int(log.offsets[first]), int(log.offsets[last]))


def _cases_of(log: EventLog, events: Flags | None, task: Task) -> Flags:
    """The cases of the flagged events."""
    found = np.zeros(log.n_cases, bool)
    if events is None:
        return found
    for cases, rows in _runs(log, task):
        found[cases] = np.logical_or.reduceat(events[rows], log.offsets[cases] - rows.start)
    return found


def _spread(log: EventLog, of_cases: Flags, task: Task) -> Flags:
    """The events of the flagged cases."""
    found = np.zeros(log.n_events, bool)
    for cases, rows in _runs(log, task):
        found[rows] = np.repeat(of_cases[cases], np.diff(log.offsets[cases.start : cases.stop + 1]))
    return found


def reduced(log: EventLog, left_out: Flags, task: Task) -> EventLog:
    """The log without some events, and of the others only activity and time; cases without any are left out."""
    n = log.n_events - sum(int(np.count_nonzero(left_out[rows])) for _, rows in _runs(log, task))
    activity, timestamp = np.empty(n, log.activity.dtype), np.empty(n, np.int64)
    sizes, end = np.zeros(log.n_cases, np.int64), 0
    for cases, rows in _runs(log, task):
        kept = ~left_out[rows]
        count = int(np.count_nonzero(kept))
        activity[end : end + count] = log.activity[rows][kept]
        task.check()
        timestamp[end : end + count] = log.timestamp[rows][kept]
        sizes[cases] = np.add.reduceat(kept, log.offsets[cases] - rows.start, dtype=np.int64)
        end += count
    return replace(
        log,
        activity=activity,
        timestamp=timestamp,
        offsets=np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes[sizes > 0])]),
        start=None,
        registered=None,
        precision=None,
        event_columns={},
        case_columns={},
    )


def _count_events(log: EventLog, _task: Task) -> float | None:
    return float(log.n_events)


def _count_variants(log: EventLog, task: Task) -> float | None:
    return float(len(group_sequences(log.activity, log.offsets, task)[1])) if log.n_cases else 0.0


def _median_duration(log: EventLog, task: Task) -> float | None:
    task.check()
    durations = case_durations(log) if log.n_cases else np.zeros(0)
    return _median(durations[~np.isnan(durations)])


def _median_waiting(log: EventLog, task: Task) -> float | None:
    parts, every = [np.zeros(0, np.int64)], max(1, log.n_events // SAMPLE)
    for cases, rows in _runs(log, task):
        first = np.zeros(rows.stop - rows.start, bool)
        first[log.offsets[cases] - rows.start] = True
        times = log.timestamp[rows]
        known = ~first[1:] & (times[1:] != NO_TIME) & (times[:-1] != NO_TIME)
        parts.append((times[1:][known] - times[:-1][known])[::every])
    return _median(np.concatenate(parts) / 1e6)


def _median(values: NDArray[np.float64]) -> float | None:
    return float(np.median(values[:: max(1, len(values) // SAMPLE)])) if len(values) else None


MEASURED: dict[Measure, Callable[[EventLog, Task], float | None]] = {
    Measure.EVENTS: _count_events,
    Measure.VARIANTS: _count_variants,
    Measure.CASE_DURATION: _median_duration,
    Measure.WAITING: _median_waiting,
}
