"""Times while rows are washed: read once for the whole column, then kept as moments; and the summer-time hour that comes twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from engine.importing.reading import written_times
from engine.importing.timestamps import read_times, read_typed_times
from engine.importing.zones import zone_named
from engine.log.columns import CASE, START, TIMES, TIMESTAMP, ReadOptions
from engine.log.event_log import NO_TIME
from engine.washing.rows import Rows
from engine.washing.values import RepairSummerTime

HOUR, QUARTER = 3_600_000_000, 900_000_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
UTC_MOMENT = pa.timestamp("us", "UTC")


def with_moments(rows: Rows, role: str = TIMESTAMP) -> tuple[Rows, NDArray[np.int64]]:
    """The rows with their times read (UTC µs or NO_TIME), and the moments of one. BadInput when one has two readings or is no time."""
    if rows.table.column(rows.role(role)).type != UTC_MOMENT:
        rows = all_moments(rows)
    return rows, microseconds(rows.table.column(rows.role(role)))


def all_moments(rows: Rows) -> Rows:
    """The rows with every time column read; those that are written alike decide for each other whether the day comes first."""
    options = ReadOptions(timestamp_format=rows.timestamp_format, timezone=rows.timezone)
    roles = {role: rows.role(role) for role in TIMES if getattr(rows.roles, role) is not None}
    written = written_times(rows.table, rows.roles, options)
    for role, name in roles.items():
        column = rows.table.column(name)
        if column.type == UTC_MOMENT:
            continue
        if role in written:
            one = written[role]
            read = read_times(one.cells, one.readings, name, rows.file_name, rows.timezone, rows.file_row)
        else:
            read = read_typed_times(column, name, rows.timezone, rows.file_row)
        precision = {**rows.precision, role: read.precision}
        rows = with_times(replace(rows, notices=(*rows.notices, *read.notices), precision=precision), name, read.times)
    return rows


def with_times(rows: Rows, name: str, times: NDArray[np.int64]) -> Rows:
    """The rows with a column of moments."""
    return rows.with_array(name, pa.array(times, mask=times == NO_TIME).cast(UTC_MOMENT))


def microseconds(column: pa.ChunkedArray) -> NDArray[np.int64]:
    """A column of moments as UTC µs or NO_TIME, shape (n,)."""
    return np.asarray(column.combine_chunks().cast(pa.int64()).fill_null(NO_TIME).to_numpy(zero_copy_only=False))


def repair_summer_time(rows: Rows, step: RepairSummerTime) -> Rows:
    """Times in the hour that comes twice move an hour on where they would otherwise run backwards in the order of their case's rows."""
    _ = step
    cases = rows.column(rows.role(CASE)).codes
    for role in (START, TIMESTAMP):
        if getattr(rows.roles, role) is not None:
            rows, times = with_moments(rows, role)
            moved = _in_order(times, cases, rows.timezone)
            rows = rows if moved is times else with_times(rows, rows.role(role), moved)
    return rows


def _in_order(times: NDArray[np.int64], cases: NDArray[np.int64], timezone: str) -> NDArray[np.int64]:
    known = np.flatnonzero(times != NO_TIME)
    twice = known[_comes_twice(times[known], timezone)]
    if not len(twice):
        return times
    moved = times.copy()
    last: dict[int, int] = {}
    touched = set(cases[twice].tolist())
    doubtful = set(twice.tolist())
    for row in known[np.isin(cases[known], list(touched))].tolist():
        case, moment = int(cases[row]), int(times[row])
        before = last.get(case, moment)
        if row in doubtful and moment < before <= moment + HOUR:
            moment += HOUR
            moved[row] = moment
        last[case] = max(before, moment)
    return moved


def _comes_twice(times: NDArray[np.int64], timezone: str) -> NDArray[np.bool_]:
    """Which moments lie in the first coming of an hour whose clock times come twice; told per quarter of an hour."""
    zone = zone_named(timezone)
    quarters, places = np.unique(times // QUARTER, return_inverse=True)
    twice = np.zeros(len(quarters), bool)
    for place, quarter in enumerate(quarters.tolist()):
        local = (EPOCH + timedelta(microseconds=quarter * QUARTER)).astimezone(zone)
        twice[place] = local.fold == 0 and local.replace(fold=1).utcoffset() != local.utcoffset()
    return twice[places]
