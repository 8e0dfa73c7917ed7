"""The log as the checks look at it: one row per event, with its step, its local clock, and the events before it. All in short pieces."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from engine.importing.zones import DAY, from_utc, zone_named
from engine.log import event_log
from engine.log.event_log import NO_TIME, EventLog
from engine.log.kernels import Ints
from engine.quality.clocks import doubled_hours
from engine.quality.names import fold
from engine.quality.values import Finding, Of, Result, Values
from engine.tasks import Task

MINUTE, SECOND = 60_000_000, 1_000_000
PIECE = 1 << 16
"""Events that are looked at between two questions whether to go on: some milliseconds."""
DATES = 0.95
"""Share (0..1) of a step's stamps at midnight from which on they are taken for dates."""
FEW = 20
NIGHT = (1 * MINUTE, 11 * MINUTE)
"""The clock time in which night jobs stamp: 00:01 to 00:10."""
MACHINE = re.compile(r"system|robot|maskin|machine|automat|batch|\bjob\b|\bbot\b|\brpa\b", re.IGNORECASE)
"""Actor types that are no person."""
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Found:
    """A finding with what it touches: events, or cases; both None where it is about neither."""

    finding: Finding
    events: Flags | None = None
    cases: Flags | None = None


@dataclass(frozen=True)
class Coded:
    """A column of texts by code: codes as shape (n,), -1 where nothing is told; names by code; how often each is told."""

    names: tuple[str, ...]
    codes: NDArray[np.int32]
    counts: Ints

    @property
    def filled(self) -> int:
        """Rows in which something is told."""
        return int(self.counts.sum())


@dataclass(frozen=True)
class Checked:
    """A log under check. now: the moment (UTC µs) after which nothing can have happened yet. whole: all its cases, no selection."""

    log: EventLog
    timezone: str
    now: int
    task: Task
    whole: bool = True

    # ---- in pieces -----------------------------------------------------------------------------------------------------------

    def pieces(self, n: int | None = None) -> Iterator[slice]:
        """All rows (events, or the first n of something) in short runs; raises Cancelled."""
        n = self.log.n_events if n is None else n
        for begin in range(0, n, PIECE):
            self.task.check()
            yield slice(begin, min(begin + PIECE, n))

    def blocks(self) -> Iterator[tuple[slice, slice]]:
        """All cases and their events in runs of whole cases."""
        offsets, first = self.log.offsets, 0
        while first < self.log.n_cases:
            self.task.check()
            last = max(first + 1, int(np.searchsorted(offsets, offsets[first] + PIECE, side="right")) - 1)
            yield slice(first, last), slice(int(offsets[first]), int(offsets[last]))
            first = last

    def build(self, kind: Any, make: Callable[[slice], NDArray[Any]], n: int | None = None) -> NDArray[Any]:
        """An array of all rows, made a piece at a time."""
        n = self.log.n_events if n is None else n
        made = np.empty(n, kind)
        for rows in self.pieces(n):
            made[rows] = make(rows)
        return made

    def where(self, test: Callable[[slice], Flags]) -> Flags:
        """Which events pass a test."""
        return self.build(bool, test)

    def marked(self, codes: NDArray[np.integer], marks: Flags) -> Flags:
        """Which rows have a marked code; codes below zero have no mark."""
        table = np.append(marks, False)
        return self.build(bool, lambda rows: table[codes[rows]], len(codes))

    def count(self, flags: Flags) -> int:
        """How many of the flags are set."""
        return sum(int(np.count_nonzero(flags[rows])) for rows in self.pieces(len(flags)))

    def count_by(self, codes: NDArray[np.integer], n: int, flags: Flags | None = None) -> Ints:
        """How often each code from 0 to n - 1 stands among the flagged rows; codes below zero are left out."""
        counts = np.zeros(n, np.int64)
        for rows in self.pieces(len(codes)):
            some = codes[rows] if flags is None else codes[rows][flags[rows]]
            counts += np.bincount(some[some >= 0], minlength=n)
        return counts

    # ---- cases and steps -----------------------------------------------------------------------------------------------------

    @cached_property
    def case(self) -> NDArray[np.int32]:
        """Case of each event, shape (n_events,)."""
        made = np.empty(self.log.n_events, np.int32)
        for cases, rows in self.blocks():
            numbers = np.arange(cases.start, cases.stop, dtype=np.int32)
            made[rows] = np.repeat(numbers, np.diff(self.log.offsets[cases.start : cases.stop + 1]))
        return made

    @cached_property
    def activity_counts(self) -> Ints:
        """Events of each activity as it is written."""
        return self.count_by(self.log.activity, len(self.log.activities))

    @cached_property
    def folded(self) -> tuple[Ints, Ints]:
        """The step of each activity, since several spellings are one step, and the activity that stands for each step."""
        return fold(self.log.activities, self.activity_counts)

    @property
    def n_steps(self) -> int:
        """Number of steps."""
        return len(self.folded[1])

    @cached_property
    def step(self) -> NDArray[np.int32]:
        """Step of each event, shape (n_events,)."""
        steps = self.folded[0].astype(np.int32)
        return self.build(np.int32, lambda rows: steps[self.log.activity[rows]])

    @cached_property
    def step_counts(self) -> Ints:
        """Events of each step."""
        return self.count_by(self.step, self.n_steps)

    def name(self, step: int) -> str:
        """The name of a step."""
        return self.log.activities[int(self.folded[1][step])]

    def most_of(self, flags: Flags) -> tuple[str, int]:
        """The step with most of the flagged events, and how many steps have any."""
        counts = self.count_by(self.step, self.n_steps, flags)
        return self.name(int(np.argmax(counts))), int(np.count_nonzero(counts))

    # ---- times ---------------------------------------------------------------------------------------------------------------

    @cached_property
    def timed(self) -> Flags:
        """Which events have a time."""
        return self.where(lambda rows: self.log.timestamp[rows] != NO_TIME)

    @cached_property
    def clock(self) -> Ints:
        """Local clock (µs as if it were UTC) of each event, 0 without a time."""
        return self.clock_of(self.log.timestamp)

    def clock_of(self, times: Ints) -> Ints:
        """Local clock of moments, 0 without one."""
        zone = zone_named(self.timezone)

        def local(rows: slice) -> Ints:
            known = times[rows] != NO_TIME
            return np.where(known, from_utc(np.where(known, times[rows], 0), zone), 0)

        return self.build(np.int64, local, len(times))

    @cached_property
    def midnight(self) -> Flags:
        """Which events stand at local midnight, to the microsecond, and are not told to be dates."""
        precision = self.log.precision

        def at_midnight(rows: slice) -> Flags:
            stands = self.timed[rows] & (self.clock[rows] % DAY == 0)
            return np.asarray(stands if precision is None else stands & (precision[rows] != event_log.DAY))

        return self.where(at_midnight)

    @cached_property
    def dated_steps(self) -> Flags:
        """By step: whether its stamps are dates, as nearly all of them stand at local midnight."""
        stamps = self.count_by(self.step, self.n_steps, self.timed)
        at_midnight = self.count_by(self.step, self.n_steps, self.midnight)
        if self.log.precision is not None:
            stamps -= self.count_by(self.step, self.n_steps, self.told_days)
        return np.asarray((stamps > 0) & (at_midnight >= DATES * stamps))

    @cached_property
    def told_days(self) -> Flags:
        """Which events are written as a day."""
        precision = self.log.precision
        if precision is None:
            return np.zeros(self.log.n_events, bool)
        return self.where(lambda rows: self.timed[rows] & (precision[rows] == event_log.DAY))

    @cached_property
    def dated(self) -> Flags:
        """Which events have a day and no time of day."""
        return self.where(lambda rows: self.told_days[rows] | (self.midnight[rows] & self.dated_steps[self.step[rows]]))

    @cached_property
    def lost_hour(self) -> Flags:
        """Which events stand at midnight though their step has a time of day."""
        return self.where(lambda rows: self.midnight[rows] & ~self.dated_steps[self.step[rows]])

    @cached_property
    def at_night(self) -> Flags:
        """Which events are stamped in the minutes after midnight in which jobs run."""

        def test(rows: slice) -> Flags:
            clock = self.clock[rows] % DAY
            return self.timed[rows] & ~self.dated[rows] & (clock >= NIGHT[0]) & (clock < NIGHT[1])

        return self.where(test)

    @cached_property
    def double_hours(self) -> Ints:
        """Local hours that the clocks show twice while the log runs: from, to, and the first offset from UTC, shape (n, 3)."""
        far = np.iinfo(np.int64).max
        first = min((int(self.clock[rows][self.timed[rows]].min(initial=far)) for rows in self.pieces()), default=far)
        last = max((int(self.clock[rows].max()) for rows in self.pieces()), default=0)
        return np.array(doubled_hours(first, last, self.timezone) if first < far else [], np.int64).reshape(-1, 3)

    @cached_property
    def doubled(self) -> Flags:
        """Which events stand in an hour that the clocks show twice."""
        return self._in_double_hours(second=False)

    @cached_property
    def second_coming(self) -> Flags:
        """Which of them are known to stand in its second coming."""
        return self._in_double_hours(second=True)

    def _in_double_hours(self, *, second: bool) -> Flags:
        hours = self.double_hours
        if not len(hours):
            return np.zeros(self.log.n_events, bool)

        def test(rows: slice) -> Flags:
            clock = self.clock[rows]
            at = np.searchsorted(hours[:, 0], clock, side="right") - 1
            inside = self.timed[rows] & ~self.dated[rows] & (at >= 0) & (clock < hours[at, 1])
            if second:
                inside &= clock - np.where(self.timed[rows], self.log.timestamp[rows], 0) != hours[at, 2]
            return np.asarray(inside)

        return self.where(test)

    @cached_property
    def gap(self) -> Ints:
        """µs since the event before in the case, shape (n_events,); NO_TIME where there is none or one of the two has no time."""

        def since(rows: slice) -> Ints:
            begin = max(rows.start - 1, 0)
            times, cases = self.log.timestamp[begin : rows.stop], self.case[begin : rows.stop]
            gap = np.full(rows.stop - begin, NO_TIME)
            known = (times[1:] != NO_TIME) & (times[:-1] != NO_TIME) & (cases[1:] == cases[:-1])
            gap[1:][known] = times[1:][known] - times[:-1][known]
            return gap[rows.start - begin :]

        return self.build(np.int64, since)

    @cached_property
    def since_same(self) -> Ints:
        """µs since the event before of the same step in the case; NO_TIME where there is none or one has no time of day."""
        made = np.full(self.log.n_events, NO_TIME)
        for _, rows in self.blocks():
            time, step, case = self.log.timestamp[rows], self.step[rows], self.case[rows]
            order = np.lexsort((time, step, case))
            one, other = order[1:], order[:-1]
            alike = (case[one] == case[other]) & (step[one] == step[other])
            for rough in (~self.timed[rows], self.dated[rows]):
                alike &= ~rough[one] & ~rough[other]
            made[rows][one[alike]] = time[one[alike]] - time[other[alike]]
        return made

    @cached_property
    def presence(self) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32], Ints]:
        """The different steps of each case: case, step, how often, and the first event, by case and step."""
        parts: list[tuple[NDArray[Any], ...]] = [(*(np.empty(0, np.int32) for _ in range(3)), np.empty(0, np.int64))]
        n = max(1, self.n_steps)
        for _, rows in self.blocks():
            keys, first, times = np.unique(self.case[rows].astype(np.int64) * n + self.step[rows], return_index=True, return_counts=True)
            parts.append(((keys // n).astype(np.int32), (keys % n).astype(np.int32), times.astype(np.int32), first + rows.start))
        case, step, often, events = (self._joined(part) for part in zip(*parts, strict=True))
        return case, step, often, events

    def _joined(self, parts: Sequence[NDArray[Any]]) -> NDArray[Any]:
        """Arrays one after the other, a part at a time."""
        joined, end = np.empty(sum(map(len, parts)), parts[0].dtype), 0
        for part in parts:
            self.task.check()
            joined[end : end + len(part)] = part
            end += len(part)
        return joined

    # ---- columns -------------------------------------------------------------------------------------------------------------

    def coded(self, key: str, *, of_cases: bool = False) -> Coded | None:
        """A column by its key; None where the log has none of that name."""
        column = (self.log.case_columns if of_cases else self.log.event_columns).get(key)
        if column is None:
            return None
        if isinstance(column, pa.ChunkedArray):
            column = column.combine_chunks()
        if not pa.types.is_dictionary(column.type):
            column = column.cast(pa.string()).dictionary_encode()
        values, indices = column.dictionary, column.indices
        texts = pc.utf8_trim_whitespace(values.cast(pa.string()))
        told = np.append(np.asarray(pc.not_equal(texts, "").to_numpy(zero_copy_only=False), bool), False)

        def code(rows: slice) -> NDArray[np.int32]:
            some = indices.slice(rows.start, rows.stop - rows.start).cast(pa.int32())
            found = pc.fill_null(some, -1).to_numpy(zero_copy_only=False)
            return np.where(told[found], found, -1)

        codes = self.build(np.int32, code, len(column))
        counts = self.count_by(codes, len(values))
        return Coded(tuple(map(str, values.to_pylist())), codes, counts)

    @cached_property
    def unit(self) -> Coded | None:
        """Units, spellings and broken encodings of one name being one."""
        return self.named("unit")

    @cached_property
    def actor(self) -> Coded | None:
        """Actor types, likewise."""
        return self.named("actor")

    @cached_property
    def machine(self) -> Flags | None:
        """Which events no person did, by their actor; None where the log has no actors."""
        if self.actor is None:
            return None
        return self.marked(self.actor.codes, np.array([MACHINE.search(name) is not None for name in self.actor.names], bool))

    @cached_property
    def employee(self) -> Coded | None:
        """Employees as pseudonyms: they are compared here, and never told."""
        return self.coded("employee")

    def named(self, key: str, *, of_cases: bool = False) -> Coded | None:
        """A column whose names are folded."""
        column = self.coded(key, of_cases=of_cases)
        if column is None:
            return None
        group, best = fold(column.names, column.counts)
        table = np.append(group, -1).astype(np.int32)
        codes = self.build(np.int32, lambda rows: table[column.codes[rows]], len(column.codes))
        return Coded(tuple(column.names[code] for code in best), codes, self.count_by(codes, len(best)))

    # ---- findings ------------------------------------------------------------------------------------------------------------

    def events(
        self, check: str, message: str, values: Values, touched: Flags, distorts: tuple[Result, ...], wash: str | None = None,
        total: int | None = None,
    ) -> Iterator[Found]:
        """A finding about events, where any is touched."""
        count = self.count(touched)
        if count:
            case = int(self.case[int(np.argmax(touched))])
            of = self.log.n_events if total is None else total
            yield Found(Finding(check, message, values, count, of, Of.EVENTS, case, distorts, wash), events=touched)

    def cases(
        self, check: str, message: str, values: Values, touched: Flags, distorts: tuple[Result, ...], wash: str | None = None,
        total: int | None = None,
    ) -> Iterator[Found]:
        """A finding about cases, where any is touched."""
        count = self.count(touched)
        if count:
            of = self.log.n_cases if total is None else total
            yield Found(Finding(check, message, values, count, of, Of.CASES, int(np.argmax(touched)), distorts, wash), cases=touched)
