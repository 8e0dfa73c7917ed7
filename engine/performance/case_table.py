"""The case table: columns per case, sort orders found once, and pages of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from engine.log.event_log import NO_TIME, EventLog
from engine.log.statistics import SECOND, case_ends, case_starts, events_per_case
from engine.log.variants import VariantIndex
from engine.service.messages import CaseColumn, CaseRow
from engine.tasks import Task

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class CaseTable:
    """One row per case, shape (n_cases,): start and end in microseconds or NO_TIME, number of events, variant from 1."""

    case_ids: pa.Array
    start: Ints
    end: Ints
    events: Ints
    variant: NDArray[np.int32]

    def rows(self, cases: Ints) -> tuple[CaseRow, ...]:
        """The rows of these cases, in this order."""
        ids = self.case_ids.take(pa.array(cases)).to_pylist()
        columns = (self.start[cases].tolist(), self.end[cases].tolist(), self.events[cases].tolist(), self.variant[cases].tolist())
        return tuple(_row(str(one), *values) for one, *values in zip(ids, *columns, strict=True))


def _row(case: str, start: int, end: int, events: int, variant: int) -> CaseRow:
    if start == NO_TIME:
        return CaseRow(case, None, None, None, events, variant)
    return CaseRow(case, start, end, (end - start) / SECOND, events, variant)


def tabulate_cases(log: EventLog, variants: VariantIndex) -> CaseTable:
    """The case table of a log; a case's variant is its rank in the whole log."""
    return CaseTable(log.case_ids, case_starts(log), case_ends(log), events_per_case(log), variants.case_variant + np.int32(1))


@dataclass(frozen=True, eq=False)
class SortOrder:
    """All cases by rising value of a column, ties in the log's order; `missing` ones stand last whichever way it is read."""

    known: Ints
    missing: Ints

    def within(self, mask: NDArray[np.bool_] | None, descending: bool) -> Ints:
        """Cases of the mask in rising or falling order."""
        known = self.known[::-1] if descending else self.known
        order = np.concatenate([known, self.missing])
        return order if mask is None else order[mask[order]]


def sort_cases(table: CaseTable, column: CaseColumn, task: Task) -> SortOrder:
    """The order of the cases by a column."""
    task.check()
    none = np.empty(0, np.int64)
    if column is CaseColumn.CASE:
        return SortOrder(pc.sort_indices(table.case_ids).to_numpy(zero_copy_only=False).astype(np.int64), none)
    if column in (CaseColumn.EVENTS, CaseColumn.VARIANT):
        values = table.events if column is CaseColumn.EVENTS else table.variant
        return SortOrder(np.argsort(values, kind="stable"), none)
    values = {CaseColumn.START: table.start, CaseColumn.END: table.end, CaseColumn.DURATION: table.end - table.start}[column]
    timed = np.flatnonzero(table.start != NO_TIME)
    return SortOrder(timed[np.argsort(values[timed], kind="stable")], np.flatnonzero(table.start == NO_TIME))


def find_case(log: EventLog, case: str) -> int | None:
    """The position of a case by its pseudonym; None when the log has no such case."""
    at = pc.index(log.case_ids, pa.scalar(case, log.case_ids.type)).as_py()
    return None if at < 0 else int(at)
