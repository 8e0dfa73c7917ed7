"""The arc index: per arc its transitions as (case, waiting time), sorted by time, so that a case filter needs one scan and no sort."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.errors import N_
from engine.log import kernels
from engine.log.event_log import NO_TIME, EventLog
from engine.log.kernels import Ints
from engine.tasks import Task

MEASURING = N_("Measuring waiting times …")
SMALL = 256
"""Transitions below which an arc is sorted together with others."""
DENSE = 1 << 22
"""Arc keys below which a table from key to number is worth its memory."""


@dataclass(frozen=True, eq=False)
class ArcIndex:
    """All transitions of a log by arc, arcs sorted by source, then target; transitions by waiting time, then case.

    source, target: activity codes, int64, shape (n_arcs,). offsets: shape (n_arcs + 1,); arc a has the timed transitions
    offsets[a]:offsets[a + 1] of duration (int64 microseconds) and case (int32). untimed: transitions without a time, shape (n_arcs,).
    totals: sum of each arc's durations in microseconds, float64.
    """

    n_activities: int
    n_cases: int
    source: Ints
    target: Ints
    offsets: Ints
    duration: Ints
    case: NDArray[np.int32]
    untimed: Ints
    totals: NDArray[np.float64]

    @property
    def n_arcs(self) -> int:
        """Number of arcs."""
        return len(self.source)

    def find(self, source: int, target: int) -> int | None:
        """The position of an arc, None where the log has no such transition."""
        key = source * self.n_activities + target
        keys = self.source * self.n_activities + self.target
        at = int(np.searchsorted(keys, key))
        return at if at < len(keys) and keys[at] == key else None


def index_arcs(log: EventLog, task: Task | None = None) -> ArcIndex:
    """The arc index of a log. A transition's time runs from the timestamp of its source to the start of its target.

    The target's start is its own timestamp in a log without start stamps, and for an event that has none. Where two events overlap the
    time is negative and kept as it is. A transition to or from an event without a time counts, without a time.
    """
    task = task or Task()
    keys, sizes, untimed = _count_arcs(log, task.part(0.0, 0.3))
    offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)])
    duration, case = _place_transitions(log, keys, offsets, task.part(0.3, 0.7))
    _sort_within_arcs(duration, case, offsets, task.part(0.7, 1.0))
    n_activities = len(log.activities)
    return ArcIndex(
        n_activities=n_activities,
        n_cases=log.n_cases,
        source=keys // max(n_activities, 1),
        target=keys % max(n_activities, 1),
        offsets=offsets,
        duration=duration,
        case=case,
        untimed=untimed,
        totals=kernels.sum_durations(duration, offsets),
    )


def _transitions(log: EventLog, task: Task) -> Iterator[tuple[Ints, Ints, NDArray[np.int32]]]:
    """Key, time (NO_TIME without one) and case of every transition in log order, some at a time."""
    for begin in range(1, log.n_events, kernels.CHUNK):
        task.report(begin / log.n_events, MEASURING)
        end = min(begin + kernels.CHUNK, log.n_events)
        first, last = (np.searchsorted(log.offsets, (begin, end - 1), side="right") - 1).tolist()
        bounds = np.clip(log.offsets[first : last + 2], begin, end)
        case = np.repeat(np.arange(first, last + 1, dtype=np.int32), np.diff(bounds))
        heads = log.offsets[first : last + 1]
        inside = np.ones(end - begin, np.bool_)
        inside[heads[heads >= begin] - begin] = False
        code = log.activity[begin - 1 : end].astype(np.int64)
        left, entered = log.timestamp[begin - 1 : end - 1], _entered(log, begin, end)
        duration = np.where((left == NO_TIME) | (entered == NO_TIME), NO_TIME, entered - left)
        yield (code[:-1] * len(log.activities) + code[1:])[inside], duration[inside], case[inside]


def _entered(log: EventLog, begin: int, end: int) -> Ints:
    """When the events begin:end were started: their start stamp, else their timestamp; NO_TIME without a timestamp."""
    timestamp = log.timestamp[begin:end]
    if log.start is None:
        return timestamp
    start = log.start[begin:end]
    return np.where((start == NO_TIME) | (timestamp == NO_TIME), timestamp, start)


def _count_arcs(log: EventLog, task: Task) -> tuple[Ints, Ints, Ints]:
    """The keys of all arcs, rising, and their numbers of timed and of untimed transitions."""
    found = [np.zeros((2, 0), np.int64)]
    for key, duration, _ in _transitions(log, task):
        found.append(np.stack(np.unique(key * 2 + (duration != NO_TIME), return_counts=True)))
    table = np.concatenate(found, axis=1)
    keys = np.unique(table[0] // 2)
    sums = np.zeros((len(keys), 2), np.int64)
    np.add.at(sums, (np.searchsorted(keys, table[0] // 2), table[0] % 2), table[1])
    return keys, sums[:, 1].copy(), sums[:, 0].copy()


def _place_transitions(log: EventLog, keys: Ints, offsets: Ints, task: Task) -> tuple[Ints, NDArray[np.int32]]:
    """Timed transitions arc after arc, in log order within each (counting sort)."""
    duration, case = np.empty(int(offsets[-1]), np.int64), np.empty(int(offsets[-1]), np.int32)
    free = offsets[:-1].copy()
    number = _numbering(keys)
    for some_keys, some_durations, some_cases in _transitions(log, task):
        timed = np.flatnonzero(some_durations != NO_TIME)
        arc = number(some_keys[timed])
        sizes = np.bincount(arc, minlength=len(keys))
        rows = timed[kernels.group_rows(arc, sizes, task)]
        places = np.arange(len(rows)) + np.repeat(free - (np.cumsum(sizes) - sizes), sizes)
        duration[places], case[places] = some_durations[rows], some_cases[rows]
        free += sizes
    return duration, case


def _numbering(keys: Ints) -> Callable[[Ints], Ints]:
    """From an arc's key to its number: by a table where the keys are small, else by bisection."""
    if not len(keys) or keys[-1] >= DENSE:
        return lambda some: np.searchsorted(keys, some)
    table = np.zeros(int(keys[-1]) + 1, np.int64)
    table[keys] = np.arange(len(keys))
    return lambda some: table[some]


def _sort_within_arcs(duration: Ints, case: NDArray[np.int32], offsets: Ints, task: Task) -> None:
    """Sort each arc's transitions by time, in place; many small arcs are sorted together."""
    sizes = np.diff(offsets)
    for arc in np.flatnonzero(sizes >= SMALL).tolist():
        run = slice(int(offsets[arc]), int(offsets[arc + 1]))
        task.report(run.start / len(duration), MEASURING)
        duration[run], case[run] = kernels.sort_durations(duration[run], case[run], task)
    for arcs in kernels.split_runs(np.flatnonzero((sizes > 1) & (sizes < SMALL)), offsets):
        task.check()
        rows, local = kernels.rows_of_runs(arcs, offsets)
        order = rows[np.lexsort((case[rows], duration[rows], local))]
        duration[rows], case[rows] = duration[order], case[order]
