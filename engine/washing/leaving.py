"""Steps that leave rows out: by their cells, as duplicates, outside a period."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from engine.errors import N_, BadInput
from engine.importing.zones import zone_named
from engine.log.columns import ACTIVITY, CASE
from engine.log.event_log import NO_TIME
from engine.washing.moments import UTC_MOMENT, microseconds, with_moments
from engine.washing.rows import Rows
from engine.washing.values import ClipPeriod, DropCases, DropDuplicates, DropNearDuplicates, DropRows, KeepRows

MINUTE, SECOND = 60_000_000, 1_000_000
LONGEST_COMPARED = 64
FEW_NUMBERS = 1 << 20
NO_DAY = N_("{text} is no day. Write it as year-month-day, such as 2025-12-31.")
BAD_PATTERN = N_("The pattern {pattern} in the recipe is no regular expression (RE2).")


def keep_rows(rows: Rows, step: KeepRows) -> Rows:
    """Only rows with one of the values."""
    return rows.kept(rows.column(step.column).among(step.values))


def drop_rows(rows: Rows, step: DropRows) -> Rows:
    """No rows with one of the values."""
    return rows.kept(~rows.column(step.column).among(step.values))


def drop_cases(rows: Rows, step: DropCases) -> Rows:
    """No cases with a row that holds one of the values or matches the pattern."""
    column = rows.column(step.column)
    found = column.among(step.values)
    if step.pattern is not None:
        try:
            matching = pc.match_substring_regex(column.values, step.pattern)
        except (ValueError, pa.ArrowInvalid) as error:
            raise BadInput(BAD_PATTERN, pattern=step.pattern) from error
        found |= matching.to_numpy(zero_copy_only=False)[column.codes]
    case = rows.column(rows.role(CASE))
    touched = np.zeros(len(case.values), bool)
    touched[case.codes[found]] = True
    return rows.kept(~touched[case.codes])


def drop_duplicates(rows: Rows, step: DropDuplicates) -> Rows:
    """The first of equal rows; times that have been read are compared as moments."""
    rows.check(step.columns)
    parts = [part for name in step.columns or rows.table.column_names for part in comparable(rows, name)]
    alike = _alike(parts, len(rows))
    groups = grouped([part[alike] for part in parts], len(alike))
    first = np.zeros(len(alike), bool)
    first[first_of(groups)] = True
    kept = np.ones(len(rows), bool)
    kept[alike[~first]] = False
    return rows.kept(kept)


def first_of(groups: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where each group, numbered without a gap, occurs first."""
    place = np.empty(int(groups.max(initial=-1)) + 1, np.int64)
    place[groups[::-1]] = np.arange(len(groups))[::-1]
    return place


def _alike(parts: list[NDArray[np.int64]], n: int) -> NDArray[np.int64]:
    """Rows that may be equal to another in all parts: nearly always only those that are."""
    mixed = np.zeros(n, np.uint64)
    for number, part in enumerate(parts):
        mixed += part.view(np.uint64) * _multiplier(number)
    in_order = np.sort(mixed)
    repeated = np.unique(in_order[1:][in_order[1:] == in_order[:-1]])
    if not len(repeated):
        return np.empty(0, np.int64)
    places = np.minimum(np.searchsorted(repeated, mixed), len(repeated) - 1)
    return np.flatnonzero(repeated[places] == mixed)


def _multiplier(number: int) -> np.uint64:
    """Odd numbers without any relation to one another (SplitMix64, Steele and others 2014)."""
    mixed = (number + 1) * 0x9E3779B97F4A7C15
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = ((mixed ^ mixed >> shift) * factor) & 0xFFFFFFFFFFFFFFFF
    return np.uint64((mixed ^ mixed >> 31) | 1)


def comparable(rows: Rows, name: str) -> list[NDArray[np.int64]]:
    """A column as numbers, int64, shape (n,) each, that are all equal exactly where the cells are."""
    column = rows.table.column(name)
    if column.type == UTC_MOMENT:
        return [microseconds(column)]
    words = None if name in rows.coded or not pa.types.is_string(column.type) else _words(column.combine_chunks())
    return [rows.column(name).codes] if words is None else words


def _words(texts: pa.Array) -> list[NDArray[np.int64]] | None:
    """Texts that all have the same number of bytes as numbers of eight bytes; None for others."""
    _, ends, data = texts.buffers()
    offsets = np.frombuffer(ends, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    size = int(offsets[1] - offsets[0]) if len(texts) else 0
    if not 0 < size <= LONGEST_COMPARED or texts.null_count or not bool((np.diff(offsets) == size).all()):
        return None
    n_words = -(-size // 8)
    padded = np.zeros((len(texts), n_words * 8), np.uint8)
    padded[:, :size] = np.frombuffer(data, np.uint8)[offsets[0] : offsets[-1]].reshape(-1, size)
    return list(np.ascontiguousarray(padded.view(np.int64).T))


def grouped(columns: list[NDArray[np.int64]], n: int) -> NDArray[np.int64]:
    """Numbers from 0 without a gap that are equal for rows that are equal in all columns of numbers, shape (n,)."""
    groups = np.zeros(n, np.int64)
    for numbers in columns:
        codes = _compact(numbers)
        groups = _compact(groups * (int(codes.max(initial=0)) + 1) + codes)
    return groups


def _compact(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """The numbers as 0, 1, 2, … without a gap."""
    lowest, highest = int(numbers.min(initial=0)), int(numbers.max(initial=0))
    if highest - lowest <= FEW_NUMBERS + 4 * len(numbers):
        there = np.bincount(numbers - lowest) > 0
        return np.asarray((np.cumsum(there) - 1)[numbers - lowest])
    return np.asarray(pa.array(numbers).dictionary_encode().indices.to_numpy(zero_copy_only=False).astype(np.int64))


def drop_near_duplicates(rows: Rows, step: DropNearDuplicates) -> Rows:
    """Of rows of one case and activity whose times follow one another within the minutes, the last (or first) in time, then in the file,
    stays."""
    rows, times = with_moments(rows)
    case, activity = rows.column(rows.role(CASE)), rows.column(rows.role(ACTIVITY))
    groups = grouped([case.codes, activity.codes], len(rows))
    several = np.flatnonzero(np.bincount(groups)[groups] > 1)
    order = several[in_order(groups[several], times[several])]
    same = groups[order][1:] == groups[order][:-1]
    known = times[order][:-1] != NO_TIME
    gaps = np.where(known, times[order][1:] - np.where(known, times[order][:-1], 0), np.iinfo(np.int64).max)
    stays = np.ones(len(rows), bool)
    near = same & known & (gaps <= step.minutes * MINUTE)
    stays[(order[:-1] if step.keep == "last" else order[1:])[near]] = False
    return rows.kept(stays)


def in_order(groups: NDArray[np.int64], times: NDArray[np.int64]) -> NDArray[np.int64]:
    """Places by group, then by time (µs or NO_TIME, which comes first), then as they stand, shape (n,)."""
    known = times != NO_TIME
    first = int(times[known].min(initial=0))
    size = SECOND if not bool((times[known] % SECOND).any()) else 1
    ranks = np.where(known, (times - np.where(known, first, times)) // size + 1, 0)
    span = int(ranks.max(initial=0)) + 1
    if span * (int(groups.max(initial=0)) + 1) >= 1 << 62:
        return np.lexsort((times, groups))
    keys = groups * span + ranks
    order = np.argsort(keys)
    ties = keys[order][1:] == keys[order][:-1]
    tied = np.flatnonzero(np.append(ties, False) | np.append(False, ties))
    order[tied] = order[tied][np.lexsort((order[tied], keys[order[tied]]))]
    return order


def clip_period(rows: Rows, step: ClipPeriod) -> Rows:
    """Rows of the period, and those without a time."""
    rows, times = with_moments(rows)
    kept = np.ones(len(rows), bool)
    if step.first is not None:
        kept &= times >= _midnight(step.first, rows.timezone)
    if step.end is not None:
        kept &= times < _midnight(step.end, rows.timezone)
    return rows.kept(kept | (times == NO_TIME))


def _midnight(text: str, timezone: str) -> int:
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise BadInput(NO_DAY, text=text) from error
    moment = datetime.combine(day, time(), zone_named(timezone))
    return (moment - datetime(1970, 1, 1, tzinfo=zone_named("UTC"))) // timedelta(microseconds=1)
