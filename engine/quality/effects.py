"""How much a defect can distort: results as they are, without the touched events, and without the cases that these belong to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from engine.errors import N_
from engine.log.event_log import NO_TIME, EventLog
from engine.log.kernels import group_sequences
from engine.log.statistics import case_durations
from engine.quality.values import Effect, Measure, Result
from engine.quality.view import PIECE, Flags
from engine.tasks import Task

MEASURING = N_("Measuring what the finding changes")
SAMPLE = 1 << 20
"""Values of which a median is taken; of more, every so many."""
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
    of_events = np.repeat(cases, np.diff(log.offsets)) if cases is not None else events
    if of_events is None:
        return ()
    task.report(0.1, MEASURING)
    of_cases = cases if cases is not None else _cases_of(log, of_events)
    rest = None if events is None else reduced(log, ~events, task)
    without = reduced(log, ~np.repeat(of_cases, np.diff(log.offsets)), task)
    found = []
    for number, measure in enumerate(dict.fromkeys(MEASURES[result] for result in distorts)):
        task.report(0.3 + 0.7 * number / len(distorts), MEASURING)
        compute = MEASURED[measure]
        found.append(Effect(measure, compute(log, task), None if rest is None else compute(rest, task), compute(without, task)))
    return tuple(found)


def _cases_of(log: EventLog, events: Flags) -> Flags:
    """The cases of the flagged events."""
    return np.logical_or.reduceat(events, log.offsets[:-1]) if log.n_cases else np.zeros(0, bool)


def reduced(log: EventLog, kept: Flags, task: Task) -> EventLog:
    """The log with only some events, and of each only its activity and time; cases without any are left out."""
    parts: list[tuple[NDArray[np.unsignedinteger], NDArray[np.int64]]] = []
    for begin in range(0, log.n_events, PIECE):
        task.check()
        rows = slice(begin, begin + PIECE)
        parts.append((log.activity[rows][kept[rows]], log.timestamp[rows][kept[rows]]))
    sizes = np.add.reduceat(kept, log.offsets[:-1], dtype=np.int64) if log.n_cases else np.zeros(0, np.int64)
    sizes = sizes[sizes > 0]
    return replace(
        log,
        activity=np.concatenate([part[0] for part in parts]) if parts else log.activity,
        timestamp=np.concatenate([part[1] for part in parts]) if parts else log.timestamp,
        offsets=np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)]),
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
    first = np.zeros(log.n_events, bool)
    first[log.offsets[:-1][np.diff(log.offsets) > 0]] = True
    parts = [np.zeros(0, np.int64)]
    for begin in range(1, log.n_events, PIECE):
        task.check()
        rows = slice(begin, min(begin + PIECE, log.n_events))
        now, before = log.timestamp[rows], log.timestamp[begin - 1 : rows.stop - 1]
        known = ~first[rows] & (now != NO_TIME) & (before != NO_TIME)
        parts.append(now[known] - before[known])
    return _median(np.concatenate(parts) / 1e6)


def _median(values: NDArray[np.float64]) -> float | None:
    return float(np.median(values[:: max(1, len(values) // SAMPLE)])) if len(values) else None


MEASURED: dict[Measure, Callable[[EventLog, Task], float | None]] = {
    Measure.EVENTS: _count_events,
    Measure.VARIANTS: _count_variants,
    Measure.CASE_DURATION: _median_duration,
    Measure.WAITING: _median_waiting,
}
