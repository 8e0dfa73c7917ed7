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
from engine.washing.moments import with_moments
from engine.washing.rows import Rows
from engine.washing.values import ClipPeriod, DropCases, DropDuplicates, DropNearDuplicates, DropRows, KeepRows

MINUTE = 60_000_000
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
    groups = grouped([rows.column(name).codes for name in step.columns or rows.table.column_names], len(rows))
    place = np.empty(int(groups.max(initial=-1)) + 1, np.int64)
    place[groups[::-1]] = np.arange(len(rows))[::-1]
    first = np.zeros(len(rows), bool)
    first[place] = True
    return rows.kept(first)


def grouped(columns: list[NDArray[np.int64]], n: int) -> NDArray[np.int64]:
    """Numbers from 0 without a gap that are equal for rows that are equal in all columns of codes, shape (n,)."""
    groups = np.zeros(n, np.int64)
    for codes in columns:
        keys = pa.array(groups * (int(codes.max(initial=0)) + 1) + codes)
        groups = keys.dictionary_encode().indices.to_numpy(zero_copy_only=False).astype(np.int64)
    return groups


def drop_near_duplicates(rows: Rows, step: DropNearDuplicates) -> Rows:
    """Of rows of one case and activity whose times follow one another within the minutes, the last in time, then in the file, stays."""
    rows, times = with_moments(rows)
    case, activity = rows.column(rows.role(CASE)), rows.column(rows.role(ACTIVITY))
    groups = grouped([case.codes, activity.codes], len(rows))
    several = np.flatnonzero(np.bincount(groups)[groups] > 1)
    order = several[np.lexsort((times[several], groups[several]))]
    same = groups[order][1:] == groups[order][:-1]
    known = times[order][:-1] != NO_TIME
    gaps = np.where(known, times[order][1:] - np.where(known, times[order][:-1], 0), np.iinfo(np.int64).max)
    stays = np.ones(len(rows), bool)
    stays[order[:-1][same & known & (gaps <= step.minutes * MINUTE)]] = False
    return rows.kept(stays)


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
