"""The event log: immutable, case-major columns. Events stand by case, then time, then original order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from engine.log.columns import ColumnRoles, Notice
from engine.log.kernels import CHUNK, group_rows, rows_of_runs, split_runs
from engine.tasks import Task

NO_TIME = np.iinfo(np.int64).min
"""Stands in `timestamp`, `start` and `registered` for an event without a time."""
UNTIMED, DAY, MINUTE, SECOND, FINER = range(5)
"""What the time of an event tells: nothing, the day, the minute, the second, or parts of it."""


@dataclass(frozen=True, eq=False)
class EventLog:
    """One log of n_events events in n_cases cases.

    activities: names by code. activity: codes, uint8/16/32, shape (n_events,).
    timestamp, start: int64 microseconds since 1970 UTC or NO_TIME, shape (n_events,).
    offsets: int64, shape (n_cases + 1,); events of case c are offsets[c]:offsets[c + 1]. No case is empty.
    case_ids: Arrow strings, shape (n_cases,), in the order of first appearance in the file.
    registered: when events were written down, as timestamp, or None. precision: uint8 by event, what its time tells (UNTIMED to FINER),
    or None where that is not known.
    event_columns: texts by role ("unit", "actor"), by `attribute_key`, and pseudonyms ("employee", `object_key`), which leave the engine
    nowhere. case_columns: "outcome", and attributes of cases by `attribute_key`. All are Arrow dictionaries, null where nothing is told.
    """

    activities: tuple[str, ...]
    activity: NDArray[np.unsignedinteger]
    timestamp: NDArray[np.int64]
    offsets: NDArray[np.int64]
    case_ids: pa.Array
    start: NDArray[np.int64] | None = None
    registered: NDArray[np.int64] | None = None
    precision: NDArray[np.uint8] | None = None
    event_columns: Mapping[str, pa.Array] = field(default_factory=dict)
    case_columns: Mapping[str, pa.Array] = field(default_factory=dict)
    roles: ColumnRoles = field(default_factory=ColumnRoles)
    notices: tuple[Notice, ...] = ()

    @property
    def n_events(self) -> int:
        """Number of events."""
        return len(self.activity)

    @property
    def n_cases(self) -> int:
        """Number of cases."""
        return len(self.offsets) - 1


def build_event_log(  # noqa: PLR0913 - one keyword per column of the log
    *,
    case_codes: NDArray[np.integer],
    case_ids: pa.Array,
    activity_codes: NDArray[np.integer],
    activities: Sequence[str],
    timestamp: NDArray[np.int64] | None,
    start: NDArray[np.int64] | None = None,
    registered: NDArray[np.int64] | None = None,
    precision: NDArray[np.uint8] | None = None,
    event_columns: Mapping[str, pa.Array] | None = None,
    roles: ColumnRoles | None = None,
    notices: tuple[Notice, ...] = (),
    task: Task | None = None,
) -> EventLog:
    """A log from columns in file order, all of shape (n_events,); codes index `case_ids` and `activities`.

    Sorts by case (first appearance), then time; ties keep file order, and an event without a time stays directly behind the event it
    follows in its case (in front, when it follows none). Cases and activities without events are left out.
    """
    task = task or Task()
    time = np.full(len(case_codes), NO_TIME, np.int64) if timestamp is None else np.asarray(timestamp, np.int64)
    codes, kept_cases = _in_order_of_appearance(np.asarray(case_codes), len(case_ids))
    task.check()
    offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(np.bincount(codes, minlength=len(kept_cases)))])
    order = order_events(codes, offsets, time, task)
    activity, kept_activities = _minimal_codes(np.asarray(activity_codes), len(activities))
    return EventLog(
        activities=tuple(activities[code] for code in kept_activities),
        activity=_frozen(_taken(activity, order, task)),
        timestamp=_frozen(_taken(time, order, task)),
        offsets=_frozen(offsets),
        case_ids=case_ids if _is_identity(kept_cases, len(case_ids)) else case_ids.take(pa.array(kept_cases)),
        start=_column_taken(start, np.int64, order, task),
        registered=_column_taken(registered, np.int64, order, task),
        precision=_column_taken(precision, np.uint8, order, task),
        event_columns=_columns_taken(event_columns or {}, order, task),
        roles=roles or ColumnRoles(),
        notices=notices,
    )


def order_events(codes: NDArray[np.integer], offsets: NDArray[np.int64], time: NDArray[np.int64], task: Task) -> NDArray[np.intp] | None:
    """Rows in log order, shape (n_events,), or None when they already stand so. codes: cases numbered by first appearance."""
    in_order = bool(np.all(codes[1:] >= codes[:-1]))
    order = None if in_order else group_rows(codes, np.diff(offsets), task)
    time = _filled(_taken(time, order, task), offsets)
    task.check()
    late = np.zeros(len(time), np.bool_)
    np.less(time[1:], time[:-1], out=late[1:])
    late[offsets[:-1]] = False
    if not late.any():
        return order
    unsorted = np.flatnonzero(np.logical_or.reduceat(late, offsets[:-1]))
    order = np.arange(len(codes), dtype=np.intp) if order is None else order
    for cases in split_runs(unsorted, offsets):
        task.check()
        rows, local = rows_of_runs(cases, offsets)
        by_time = np.argsort(time[rows], kind="stable")
        order[rows] = order[rows[by_time[np.argsort(local[by_time], kind="stable")]]]
    return order


def _in_order_of_appearance(codes: NDArray[np.integer], n: int) -> tuple[NDArray[np.integer], NDArray[np.integer]]:
    """Codes renumbered 0, 1, … by first appearance, and the old code of each new one."""
    if not len(codes):
        return codes, np.empty(0, np.int64)
    highest = np.maximum.accumulate(codes)
    if codes[0] == 0 and bool(np.all(highest[1:] - highest[:-1] <= 1)):
        return codes, np.arange(int(highest[-1]) + 1)
    first = np.full(n, len(codes), np.int64)
    first[codes[::-1]] = np.arange(len(codes) - 1, -1, -1)
    kept = np.argsort(first, kind="stable")[: np.count_nonzero(first < len(codes))]
    renumbered = np.empty(n, np.int32 if n < 1 << 31 else np.int64)
    renumbered[kept] = np.arange(len(kept), dtype=renumbered.dtype)
    return renumbered[codes], kept


def _filled(time: NDArray[np.int64], offsets: NDArray[np.int64]) -> NDArray[np.int64]:
    """Times in case-major order; events without one take the time before them in their case (NO_TIME, the smallest value, at its head)."""
    timed = time != NO_TIME
    if bool(timed.all()):
        return time
    timed[offsets[:-1]] = True
    latest = np.where(timed, np.arange(len(time)), 0)
    return time[np.maximum.accumulate(latest, out=latest)]


def _minimal_codes(codes: NDArray[np.integer], n: int) -> tuple[NDArray[np.unsignedinteger], list[int]]:
    """Codes of only those activities that occur, in the narrowest of uint8/16/32, and which these are."""
    counts = np.bincount(codes, minlength=n)
    kept = np.flatnonzero(counts)
    narrow = np.uint8 if len(kept) <= 1 << 8 else np.uint16 if len(kept) <= 1 << 16 else np.uint32
    if _is_identity(kept, n):
        return codes.astype(narrow), kept.tolist()
    renumbered = np.zeros(n, narrow)
    renumbered[kept] = np.arange(len(kept), dtype=narrow)
    return renumbered[codes], kept.tolist()


def _is_identity(kept: NDArray[np.integer], n: int) -> bool:
    return len(kept) == n and bool(np.all(kept == np.arange(n)))


def _taken(values: NDArray[Any], order: NDArray[np.intp] | None, task: Task) -> NDArray[Any]:
    if order is None:
        return values
    taken = np.empty_like(values)
    for begin in range(0, len(order), CHUNK):
        task.check()
        np.take(values, order[begin : begin + CHUNK], out=taken[begin : begin + CHUNK])
    return taken


def _column_taken(values: NDArray[Any] | None, kind: type, order: NDArray[np.intp] | None, task: Task) -> NDArray[Any] | None:
    return None if values is None else _frozen(_taken(np.asarray(values, kind), order, task))


def _columns_taken(columns: Mapping[str, pa.Array], order: NDArray[np.intp] | None, task: Task) -> dict[str, pa.Array]:
    if order is None:
        return dict(columns)
    rows, taken = pa.array(order), {}
    for name, column in columns.items():
        task.check()
        taken[name] = column.take(rows)
    return taken


def _frozen(values: NDArray[Any]) -> NDArray[Any]:
    view = values.view()
    view.flags.writeable = False
    return view
