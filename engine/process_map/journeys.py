"""The journeys of cases over a map: from each event to the next, on a path of the map or out of its sight."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.log import kernels
from engine.log.event_log import NO_TIME, EventLog
from engine.service.playback_messages import WayKind
from engine.tasks import Task

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Ways:
    """Where tokens can be: all places as (kind, source, target), and tables from a transition or a step to the number of its place.

    Drawn paths come first, then the waiting for a step again and the work at a step, last what is out of sight.
    """

    places: tuple[tuple[WayKind, int, int], ...]
    of_arc: dict[tuple[int, int], int]
    of_work: dict[int, int]
    n_activities: int

    @property
    def hidden(self) -> int:
        """The number of the place out of sight."""
        return len(self.places) - 1

    def of_transitions(self, source: Ints, target: Ints) -> NDArray[np.int32]:
        """The place of each transition."""
        keys = np.array([a * self.n_activities + b for a, b in self.of_arc], np.int64)
        numbers = np.array(list(self.of_arc.values()), np.int32)
        return self._looked_up(source * self.n_activities + target, keys, numbers)

    def of_steps(self, step: Ints) -> NDArray[np.int32]:
        """The place of the work at each step."""
        return self._looked_up(step, np.array(list(self.of_work), np.int64), np.array(list(self.of_work.values()), np.int32))

    def _looked_up(self, wanted: Ints, keys: Ints, numbers: NDArray[np.int32]) -> NDArray[np.int32]:
        if not len(keys):
            return np.full(len(wanted), self.hidden, np.int32)
        order = np.argsort(keys)
        at = np.minimum(np.searchsorted(keys[order], wanted), len(keys) - 1)
        found: NDArray[np.int32] = np.where(keys[order][at] == wanted, numbers[order][at], np.int32(self.hidden)).astype(np.int32)
        return found


def ways_of(steps: Sequence[int], paths: Sequence[tuple[int, int]], n_activities: int, with_work: bool) -> Ways:
    """The places of a map with these steps and paths; work at a step only where the log says when it began. Marks and unknown codes go."""
    known = range(n_activities)
    drawn = [(a, b) for a, b in dict.fromkeys(paths) if a in known and b in known and a != b]
    shown = [step for step in dict.fromkeys(steps) if step in known]
    places = [
        *((WayKind.PATH, a, b) for a, b in drawn),
        *((WayKind.AGAIN, step, step) for step in shown),
        *((WayKind.AT_WORK, step, step) for step in shown if with_work),
        (WayKind.OUT_OF_SIGHT, -1, -1),
    ]
    numbered = {place: number for number, place in enumerate(places)}
    return Ways(
        places=tuple(places),
        of_arc={
            arc: numbered[WayKind.AGAIN if arc[0] == arc[1] else WayKind.PATH, *arc] for arc in [*drawn, *zip(shown, shown, strict=True)]
        },
        of_work={step: numbered[WayKind.AT_WORK, step, step] for step in shown if with_work},
        n_activities=n_activities,
    )


@dataclass(frozen=True, eq=False)
class Journeys:
    """Journeys in any order, all of shape (n,): place, case, and from when to when (microseconds; arrive > depart).

    instant, overlapping, untimed: transitions that are no journey, because they take no time, run backwards, or lack a time.
    """

    way: NDArray[np.int32]
    case: Ints
    depart: Ints
    arrive: Ints
    instant: int = 0
    overlapping: int = 0
    untimed: int = 0

    @property
    def n(self) -> int:
        """Number of journeys."""
        return len(self.way)

    def only(self, kept: NDArray[np.bool_] | Ints) -> Journeys:
        """Some of the journeys."""
        return Journeys(self.way[kept], self.case[kept], self.depart[kept], self.arrive[kept], self.instant, self.overlapping, self.untimed)


def find_journeys(log: EventLog, cases: Ints, ways: Ways, task: Task) -> Journeys:
    """The journeys of some cases. A transition runs from the timestamp of an event to the start of the next (else its timestamp)."""
    task.check()
    rows, local = kernels.rows_of_runs(cases, log.offsets) if len(cases) else (np.empty(0, np.int64), np.empty(0, np.int64))
    case = cases[local] if len(cases) else cases
    step, left = log.activity[rows].astype(np.int64), log.timestamp[rows]
    began = np.full(len(rows), NO_TIME) if log.start is None else np.where(left == NO_TIME, NO_TIME, log.start[rows])
    entered = np.where(began == NO_TIME, left, began)
    task.check()
    follows = case[1:] == case[:-1]
    depart, arrive = left[:-1][follows], entered[1:][follows]
    timed = (depart != NO_TIME) & (arrive != NO_TIME)
    takes_time, worked = timed & (arrive > depart), (began != NO_TIME) & (left > began)
    task.check()
    between = ways.of_transitions(step[:-1][follows][takes_time], step[1:][follows][takes_time])
    return Journeys(
        way=np.concatenate([between, ways.of_steps(step[worked])]),
        case=np.concatenate([case[1:][follows][takes_time], case[worked]]),
        depart=np.concatenate([depart[takes_time], began[worked]]),
        arrive=np.concatenate([arrive[takes_time], left[worked]]),
        instant=int(np.count_nonzero(timed & (arrive == depart))),
        overlapping=int(np.count_nonzero(timed & (arrive < depart))),
        untimed=int(np.count_nonzero(~timed)),
    )


def most_at_once(journeys: Journeys) -> int:
    """How many journeys are under way at the busiest moment."""
    if not journeys.n:
        return 0
    departed, arrived = np.sort(journeys.depart), np.sort(journeys.arrive)
    return int(np.max(np.arange(1, journeys.n + 1) - np.searchsorted(arrived, departed, side="right")))


def usual_times(journeys: Journeys, n_ways: int) -> Ints:
    """The median duration of the journeys of each place in microseconds, 0 without any; shape (n_ways,)."""
    duration = journeys.arrive - journeys.depart
    order = np.lexsort((duration, journeys.way))
    bounds = np.concatenate([np.zeros(1, np.int64), np.cumsum(np.bincount(journeys.way, minlength=n_ways))])
    return np.nan_to_num(kernels.quantile_of_sorted(duration[order], bounds, 0.5)).astype(np.int64)


def group_journeys(journeys: Journeys, size: int, task: Task) -> tuple[Journeys, int]:
    """One journey for every `size` of different cases that follow each other on a place, from their mean departure to their mean arrival.

    Returns the groups and how many journeys were too few to be one. The n-th journeys of cases on a place are only grouped with n-th ones:
    so no group holds a case twice.
    """
    again = _times_before(journeys)
    task.check()
    order = np.lexsort((journeys.depart, again, journeys.way))
    task.check()
    sorted_ones = journeys.only(order)
    key = sorted_ones.way.astype(np.int64) * (int(again.max(initial=0)) + 1) + again[order]
    heads = np.flatnonzero(np.concatenate([np.ones(min(len(key), 1), np.bool_), key[1:] != key[:-1]]))
    sizes = np.diff(heads, append=len(key))
    kept = np.arange(len(key)) - np.repeat(heads, sizes) < np.repeat(sizes - sizes % size, sizes)
    whole = sorted_ones.only(kept)
    return (
        Journeys(
            way=whole.way[::size],
            case=np.full(whole.n // size, -1),
            depart=_means(whole.depart, size),
            arrive=_means(whole.arrive, size),
            instant=journeys.instant,
            overlapping=journeys.overlapping,
            untimed=journeys.untimed,
        ),
        int(journeys.n - whole.n),
    )


def _means(times: Ints, size: int) -> Ints:
    """The mean of every `size` times; exact, although their sum may not fit."""
    table = times.reshape(-1, size)
    if not len(table):
        return np.empty(0, np.int64)
    least = table.min(axis=1)
    means: Ints = least + (table - least[:, None]).sum(axis=1) // size
    return means


def _times_before(journeys: Journeys) -> Ints:
    """How many earlier journeys its case has on the same place, for each journey."""
    order = np.lexsort((journeys.depart, journeys.case, journeys.way))
    way, case = journeys.way[order], journeys.case[order]
    new = np.concatenate([np.ones(min(len(way), 1), np.bool_), (way[1:] != way[:-1]) | (case[1:] != case[:-1])])
    heads = np.flatnonzero(new)
    before = np.empty(len(way), np.int64)
    before[order] = np.arange(len(way)) - np.repeat(heads, np.diff(heads, append=len(way)))
    return before
