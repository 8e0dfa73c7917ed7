"""Steps that change which rows make one case."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from engine.log.columns import ACTIVITY, CASE
from engine.log.event_log import NO_TIME
from engine.washing.leaving import in_order
from engine.washing.moments import with_moments
from engine.washing.rows import Column, Rows
from engine.washing.values import MergeCases, SplitAtActivity, SplitAtChange, SplitCases

DAY = 86_400_000_000


def split_cases(rows: Rows, step: SplitCases) -> Rows:
    """A gap of more than so many days between two times of a case begins another; rows without a time go with the row before them."""
    rows, order, times = _by_time(rows)
    known = times != NO_TIME
    gap = np.zeros(len(rows), bool)
    both = np.flatnonzero(known[1:] & known[:-1]) + 1
    gap[both] = times[both] - times[both - 1] > step.days * DAY
    return _parted(rows, order, gap)


def split_at_activity(rows: Rows, step: SplitAtActivity) -> Rows:
    """Every event with one of the activities begins a new case, but for the first of its case."""
    rows, order, _ = _by_time(rows)
    return _parted(rows, order, rows.column(rows.role(ACTIVITY)).among(step.activities)[order])


def split_at_change(rows: Rows, step: SplitAtChange) -> Rows:
    """A cell that differs from the filled one before it in the case begins a new case."""
    column = rows.column(step.column)
    rows, order, _ = _by_time(rows)
    blank = pc.equal(pc.utf8_trim_whitespace(column.values), "").to_numpy(zero_copy_only=False)
    cells = column.codes[order]
    filled = np.flatnonzero(~blank[cells]) if len(blank) else np.empty(0, np.int64)
    changes = np.zeros(len(rows), bool)
    cases = rows.column(rows.role(CASE)).codes[order]
    before, after = filled[:-1], filled[1:]
    changes[after] = (cells[after] != cells[before]) & (cases[after] == cases[before])
    return _parted(rows, order, changes)


def _by_time(rows: Rows) -> tuple[Rows, NDArray[np.int64], NDArray[np.int64]]:
    """The rows with their times read, their order by case, time and place in the file, and the times in that order."""
    rows, times = with_moments(rows)
    cases = rows.column(rows.role(CASE)).codes
    filled = _filled(times, cases)
    order = in_order(cases, filled)
    return rows, order, filled[order]


def _parted(rows: Rows, order: NDArray[np.int64], begins: NDArray[np.bool_]) -> Rows:
    """The rows with their cases cut before the marked places of the order; the first of a case begins it anyhow."""
    name = rows.role(CASE)
    case = rows.column(name)
    cases = case.codes[order]
    first = np.append(True, cases[1:] != cases[:-1])[: len(rows)]
    total = np.cumsum(begins & ~first)
    starts = np.flatnonzero(first)
    parts = np.empty(len(rows), np.int64)
    parts[order] = total - np.repeat(total[starts], np.diff(np.append(starts, len(rows))))
    if not len(rows) or not parts.any():
        return rows
    n_parts = int(parts.max()) + 1
    keys, codes = np.unique(case.codes * n_parts + parts, return_inverse=True)
    ids = case.values.to_pylist()
    texts = [_numbered(ids[key // n_parts], key % n_parts) for key in keys.tolist()]
    return rows.with_column(name, Column.of(pa.DictionaryArray.from_arrays(pa.array(codes), pa.array(texts, pa.string()))))


def _numbered(case: str, part: int) -> str:
    return f"{case} ({part + 1})" if part else case


def _filled(times: NDArray[np.int64], cases: NDArray[np.int64]) -> NDArray[np.int64]:
    """Times in file order; a row without one takes that of the row before it in its case, NO_TIME at its head."""
    missing = np.flatnonzero(times == NO_TIME)
    if not len(missing):
        return times
    order = np.lexsort((np.arange(len(times)), cases))
    sorted_times, sorted_cases = times[order], cases[order]
    place = np.where((sorted_times != NO_TIME) | np.append(True, sorted_cases[1:] != sorted_cases[:-1]), np.arange(len(times)), 0)
    filled = np.empty_like(times)
    filled[order] = sorted_times[np.maximum.accumulate(place)]
    return filled


def merge_cases(rows: Rows, step: MergeCases) -> Rows:
    """Every case takes the id of the first in its chain of earlier ids, as far as those are cases of the table; a ring is cut."""
    name = rows.role(CASE)
    case, earlier = rows.column(name), rows.column(step.earlier)
    ids, before = case.values.to_pylist(), earlier.values.to_pylist()
    filled = pc.not_equal(pc.utf8_trim_whitespace(earlier.values), "").to_numpy(zero_copy_only=False)
    own = pc.index_in(earlier.values, value_set=case.values).fill_null(-1).to_numpy(zero_copy_only=False)
    linked = np.flatnonzero((filled[earlier.codes] & (own[earlier.codes] != case.codes)) if len(before) else np.zeros(0, bool))
    pairs = np.unique(case.codes[linked] * max(1, len(before)) + earlier.codes[linked])
    cases, first = np.unique(pairs // max(1, len(before)), return_index=True)
    others = (pairs[first] % max(1, len(before))).tolist()
    links = {ids[one]: before[other] for one, other in zip(cases.tolist(), others, strict=True)}
    known = set(ids)
    merged = [_first(text, links, known) for text in ids]
    return rows.with_column(name, case.mapped(lambda _: pa.array(merged, pa.string())))


def _first(case: str, links: dict[str, str], known: set[str]) -> str:
    seen = {case}
    while (other := links.get(case)) is not None and other in known and other not in seen:
        seen.add(other)
        case = other
    return min(seen) if other in seen and other is not None else case
