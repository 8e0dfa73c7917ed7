"""One object-centric log and what is found once about it: the log of each type, and the graph of several types together."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from engine.importing.personal import is_employee
from engine.layout.values import Weight
from engine.log.event_log import EventLog, build_event_log
from engine.log.selection import Selection
from engine.ocel.object_log import ObjectLog
from engine.ocel.reading import times_of
from engine.process_map.cache import Cache
from engine.process_map.frequencies import Frequencies
from engine.process_map.picture import Landscape, mean_positions
from engine.process_map.study import WHOLE, Study
from engine.process_map.values import END, START
from engine.tasks import Task, run_beside

EVENT = "event"
"""The column of a flattened log that holds the place of the event in the object-centric one."""
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class TypeStudy:
    """The log of one type, with codes of activities that are those of all types. code_of: by code in its own log."""

    number: int
    study: Study
    code_of: NDArray[np.int64]

    @property
    def log(self) -> EventLog:
        """Its objects are the cases."""
        return self.study.log

    def frequencies(self, task: Task) -> Frequencies:
        """Counts of its steps and arcs, in its own codes."""
        return self.study.frequencies(WHOLE, task)


class ObjectStudy:
    """An object-centric log; every method returns the same value for the same arguments. notion: the type whose objects the selection's
    cases are, and `cases` their log."""

    def __init__(self, objects: ObjectLog, timezone: str, cases: EventLog, notion: str) -> None:
        self.objects, self.cases, self.notion = objects, cases, notion
        self._timezone = timezone
        self._kept = Cache(limit=64)
        self.views = Cache(limit=128)
        self.types = tuple(objects.object_types.index(name) for name in objects.objects_by_type() if not is_employee(name))
        """Numbers of the types that may be shown, most objects first."""

    def type_study(self, number: int, selection: Selection, task: Task) -> TypeStudy | None:
        """The log of one type among the events of the selected cases; None where none of its objects has any."""

        def flatten() -> TypeStudy | None:
            events = self.events(selection, task)
            pairs = run_beside(task, lambda: self._pairs_of(number, events))
            return self._study_of(number, pairs, task) if len(pairs) else None

        return self._kept.find(("type", number, selection), flatten, task)

    def _pairs_of(self, number: int, events: Mask | None) -> NDArray[np.int64]:
        """Events and objects of a type that belong together, by event."""
        wanted = self.objects.object_type == number
        pairs = self.objects.relations[wanted[self.objects.relations[:, 1]], :2]
        return self._distinct_pairs(pairs if events is None else pairs[events[pairs[:, 0]]])

    def _distinct_pairs(self, pairs: NDArray[np.int64]) -> NDArray[np.int64]:
        """Events and objects that belong together, each pair once, by event."""
        n = max(self.objects.n_objects, 1)
        event, target = np.divmod(np.unique(pairs[:, 0] * n + pairs[:, 1]), n)
        return np.column_stack([event, target])

    def _study_of(self, number: int, pairs: NDArray[np.int64], task: Task) -> TypeStudy:
        times = self._kept.find("times", lambda: run_beside(task, lambda: times_of(self.objects, self._timezone).times), task)
        log = build_event_log(
            case_codes=pairs[:, 1],
            case_ids=pa.array(self.objects.object_ids, pa.string()),
            activity_codes=self.objects.activity[pairs[:, 0]],
            activities=self.objects.activities,
            timestamp=times[pairs[:, 0]],
            event_columns={EVENT: pa.array(pairs[:, 0])},
            task=task,
        )
        place = {name: code for code, name in enumerate(self.objects.activities)}
        return TypeStudy(number, Study(log), np.array([place[name] for name in log.activities], np.int64))

    def case_mask(self, selection: Selection, task: Task) -> Mask | None:
        """Which cases are selected, shape (n_cases,); None for all."""
        return self._kept.find("cases", lambda: Study(self.cases), task).mask(selection, task)

    def events(self, selection: Selection, task: Task) -> Mask | None:
        """Which events belong to the selected cases, shape (n_events,); None for all."""
        if not selection.filters:
            return None

        def find() -> Mask:
            mask = self.case_mask(selection, task)
            chosen = self.cases.case_ids if mask is None else self.cases.case_ids.filter(pa.array(mask))
            ids = set(chosen.to_pylist())
            wanted = np.array([name in ids for name in self.objects.object_ids], np.bool_)
            wanted &= self.objects.object_type == self.objects.object_types.index(self.notion)
            found = np.zeros(self.objects.n_events, np.bool_)
            found[self.objects.relations[wanted[self.objects.relations[:, 1]], 0]] = True
            return found

        return self._kept.find(("events", selection), find, task)

    def merged(self, numbers: Collection[int], selection: Selection, task: Task) -> Frequencies:
        """The graph of several types together: every arc with the sum of its transitions, and of its objects."""
        key = ("merged", tuple(numbers), selection)
        return self._kept.find(key, lambda: self._merge(numbers, selection, task), task)

    def _merge(self, numbers: Collection[int], selection: Selection, task: Task) -> Frequencies:
        n = len(self.objects.activities)
        counts: dict[tuple[int, int], list[int]] = {}
        cases, occurrences, most = (np.zeros(n, np.int64) for _ in range(3))
        total = 0
        for number in numbers:
            one = self.type_study(number, selection, task)
            if one is None:
                continue
            found = one.frequencies(task)
            cases[one.code_of] += found.step_cases
            occurrences[one.code_of] += found.step_occurrences
            most[one.code_of] = np.maximum(most[one.code_of], found.step_max_repetitions)
            total += found.n_cases
            source, target = global_ends(one, found)
            for at, arc in enumerate(zip(source, target, strict=True)):
                kept = counts.setdefault(arc, [0, 0, 0])
                kept[0] += int(found.count[at])
                kept[1] += int(found.cases[at])
                kept[2] = max(kept[2], int(found.max_repetitions[at]))
        arcs = sorted(counts)
        table = np.array([counts[arc] for arc in arcs], np.int64).reshape(-1, 3)
        ends = np.array(arcs, np.int64).reshape(-1, 2)
        return Frequencies(cases, occurrences, most, ends[:, 0], ends[:, 1], table[:, 0], table[:, 1], table[:, 2], total)

    def landscape(self, task: Task) -> Landscape:
        """What positions depend on, whatever is filtered or switched off."""
        return self._kept.find("landscape", lambda: self._survey(task), task)

    def _survey(self, task: Task) -> Landscape:
        whole = self.merged(self.types, WHOLE, task)
        studies = [one for number in self.types if (one := self.type_study(number, WHOLE, task)) is not None]
        arcs = zip(whole.source.tolist(), whole.target.tolist(), whole.count.tolist(), strict=True)
        sums, weights = np.zeros(len(whole.step_cases)), np.zeros(len(whole.step_cases))
        for one in studies:
            occurrences = one.frequencies(task).step_occurrences
            for code, place in mean_positions(one.study.variants(task), len(one.log.activities)).items():
                sums[one.code_of[code]] += place * occurrences[code]
                weights[one.code_of[code]] += occurrences[code]
        return Landscape(
            weights=tuple(Weight(source, target, count) for source, target, count in arcs if source != target),
            main_variant=(),
            main_variant_cases=0,
            median_distinct_steps=0.0,
            positions={int(step): float(sums[step] / weights[step]) for step in np.flatnonzero(weights)},
            n_cases=max((one.log.n_cases for one in studies), default=0),
        )

    def cases_behind(self, one: TypeStudy, task: Task) -> CasesBehind:
        """How many cases of the open log stand behind the numbers of a type."""
        return run_beside(task, lambda: self._count_behind(one))

    def _count_behind(self, one: TypeStudy) -> CasesBehind:
        objects = self.objects
        if self.notion not in objects.object_types:
            return CasesBehind({}, {}, np.zeros(one.log.n_cases, np.int64))
        is_case = objects.object_type == objects.object_types.index(self.notion)
        pairs = self._distinct_pairs(objects.relations[is_case[objects.relations[:, 1]], :2])
        heads = np.searchsorted(pairs[:, 0], np.arange(objects.n_events + 1))
        event, activity = one.log.event_columns[EVENT].to_numpy(), one.code_of[one.log.activity]
        n = len(objects.activities)
        steps = _distinct(activity, event, heads, pairs[:, 1])
        inside = np.ones(len(event), np.bool_)
        inside[one.log.offsets[:-1]] = False
        later = np.flatnonzero(inside)
        first, last = one.log.offsets[:-1], one.log.offsets[1:] - 1
        keys = np.concatenate([activity[later - 1] * n + activity[later], START * n + activity[first] - n, n * n + activity[last]])
        arcs = _distinct(keys, event[np.concatenate([later, first, last])], heads, pairs[:, 1])
        owner = np.repeat(np.arange(one.log.n_cases), np.diff(one.log.offsets))
        touched = np.zeros(one.log.n_cases, np.int64)
        for at, cases in _distinct(owner, event, heads, pairs[:, 1]).items():
            touched[at] = cases
        return CasesBehind(steps, {_ends(key, n): cases for key, cases in arcs.items()}, touched)


@dataclass(frozen=True)
class CasesBehind:
    """Different cases of the open log at the events of a type's steps and arcs; what is missing has none that is known.

    touched: different cases at all events of each of its objects, shape (n_cases,) of the type's log.
    """

    steps: dict[int, int]
    arcs: dict[tuple[int, int], int]
    touched: NDArray[np.int64]


def _ends(key: int, n: int) -> tuple[int, int]:
    if key < 0:
        return START, key + 2 * n
    return (key - n * n, END) if key >= n * n else (key // n, key % n)


def _distinct(keys: NDArray[np.int64], event: NDArray[np.int64], heads: NDArray[np.int64], cases: NDArray[np.int64]) -> dict[int, int]:
    """Different cases of the events of each key."""
    sizes = heads[event + 1] - heads[event]
    rows = np.repeat(np.arange(len(keys)), sizes)
    within = np.arange(len(rows)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    known, place = np.unique(keys, return_inverse=True)
    n = int(cases.max(initial=0)) + 1
    together = np.unique(place[rows] * n + cases[heads[event[rows]] + within]) // n
    counts = np.bincount(together, minlength=len(known))
    return {key: count for key, count in zip(known.tolist(), counts.tolist(), strict=True) if count}


def global_ends(one: TypeStudy, found: Frequencies) -> tuple[list[int], list[int]]:
    """Sources and targets of a type's arcs in the codes of all types."""
    source, target = (np.where(ends < 0, ends, one.code_of[np.maximum(ends, 0)]) for ends in (found.source, found.target))
    return source.tolist(), target.tolist()
