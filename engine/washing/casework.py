"""Steps that change which rows make one case."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from engine.log.columns import CASE
from engine.log.event_log import NO_TIME
from engine.washing.moments import with_moments
from engine.washing.rows import Column, Rows
from engine.washing.values import MergeCases, SplitCases

DAY = 86_400_000_000


def split_cases(rows: Rows, step: SplitCases) -> Rows:
    """A gap of more than so many days between two times of a case begins another; rows without a time go with the row before them."""
    rows, times = with_moments(rows)
    name = rows.role(CASE)
    case = rows.column(name)
    filled = _filled(times, case.codes)
    order = np.lexsort((np.arange(len(rows)), filled, case.codes))
    cases, sorted_times = case.codes[order], filled[order]
    same = np.append(False, cases[1:] == cases[:-1])
    known = sorted_times != NO_TIME
    gap = np.zeros(len(rows), bool)
    both = np.flatnonzero(same[1:] & known[1:] & known[:-1]) + 1
    gap[both] = sorted_times[both] - sorted_times[both - 1] > step.days * DAY
    total = np.cumsum(gap)
    starts = np.flatnonzero(~same)
    part = total - np.repeat(total[starts], np.diff(np.append(starts, len(rows))))
    parts = np.empty(len(rows), np.int64)
    parts[order] = part
    if not len(rows) or not parts.any():
        return rows
    keys, codes = np.unique(case.codes * (int(parts.max()) + 1) + parts, return_inverse=True)
    ids = case.values.to_pylist()
    texts = [_numbered(ids[key // (int(parts.max()) + 1)], key % (int(parts.max()) + 1)) for key in keys.tolist()]
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
    pairs = np.unique(case.codes * max(1, len(before)) + earlier.codes)
    links: dict[str, str] = {}
    for pair in pairs.tolist():
        one, other = ids[pair // len(before)], before[pair % len(before)]
        if other.strip() and other != one:
            links.setdefault(one, other)
    known = set(ids)
    first = [_first(text, links, known) for text in ids]
    return rows.with_column(name, case.mapped(lambda _: pa.array(first, pa.string())))


def _first(case: str, links: dict[str, str], known: set[str]) -> str:
    seen = {case}
    while (other := links.get(case)) is not None and other in known and other not in seen:
        seen.add(other)
        case = other
    return min(seen) if other in seen and other is not None else case
