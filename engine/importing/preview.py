"""A first look at a table, as the window may show it: its rows, masked where they tell of persons, and the first cases they would make."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pyarrow as pa

from engine.files.table import Table, as_text
from engine.importing.cells import cells_of
from engine.importing.detect import ENOUGH, holds_cpr, may_be_case, name_score, time_share
from engine.importing.personal import is_employee, is_free_text, is_personal, is_time_text, masked, numbered
from engine.importing.timestamps import Reading, is_time_type, read_times, read_typed_times
from engine.importing.zones import zone_named
from engine.log.columns import ACTIVITY, TIMESTAMP, UNIT, ColumnRoles, ReadOptions
from engine.log.event_log import NO_TIME
from engine.personal.signs import ADDRESS, BIRTH_DATE, NAME, findings

ROWS = 50
CASE_ROWS = 12
CASE_SAMPLE = 1000
TYPED = "ISO8601"
WHOLE = {NAME, ADDRESS, BIRTH_DATE}
"""Columns of these are masked whole."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def shown_rows(head: pa.Table, roles: ColumnRoles) -> tuple[tuple[str, ...], ...]:
    """The first rows as the window may show them.

    Times, activities and units keep their cells, case ids become numbers, everything else and whatever looks personal is masked.
    """
    columns = [_shown(name, head.column(name), roles)[:ROWS] for name in head.column_names]
    return tuple(zip(*columns, strict=True))


def first_events(
    table: Table, columns: pa.Table, roles: ColumnRoles, readings: dict[str, tuple[Reading, ...]], options: ReadOptions
) -> tuple[tuple[str, str, str], ...]:
    """The events of the first cases as (numbered case, activity, ISO time in the zone of the options); () while a role is missing,
    and when the times are birth dates."""
    if roles.case is None or roles.activity is None or roles.timestamp is None:
        return ()
    part = columns.slice(0, CASE_SAMPLE)
    if BIRTH_DATE in findings_of(roles.timestamp, part.column(roles.timestamp)):
        return ()
    cases = numbered(_texts(part.column(roles.case)))
    activities = _shown(roles.activity, part.column(roles.activity), roles)
    times = _times(table, part.column(roles.timestamp), roles.timestamp, readings.get(TIMESTAMP), options)
    order: dict[str, list[int]] = {}
    for row, case in enumerate(cases):
        if case:
            order.setdefault(case, []).append(row)
    events: list[tuple[str, str, str]] = []
    for case, rows in order.items():
        for row in sorted(rows, key=lambda row: times[row]):
            events.append((case, activities[row], iso_time(times[row], options.timezone)))
        if len(events) >= CASE_ROWS:
            break
    return tuple(events[:CASE_ROWS])


def iso_time(microseconds: int, timezone: str) -> str:
    """A moment (UTC µs) as ISO 8601 in a time zone; "" for NO_TIME."""
    if microseconds == NO_TIME:
        return ""
    return (EPOCH + timedelta(microseconds=microseconds)).astimezone(zone_named(timezone)).isoformat()


def _times(
    table: Table, column: pa.ChunkedArray, name: str, readings: tuple[Reading, ...] | None, options: ReadOptions
) -> list[int]:
    if readings is None:
        return [int(time) for time in read_typed_times(column, name, options.timezone, table.first_row).times]
    cells = cells_of(as_text(column))
    read = read_times(cells, readings[:1], name, table.file_name, options.timezone, table.first_row, tolerant=True)
    return [int(time) for time in np.asarray(read.times)]


def _shown(name: str, column: pa.ChunkedArray, roles: ColumnRoles) -> list[str]:
    """The cells of a column as the window may show them."""
    cells = _texts(column)
    if is_employee(name) or name == roles.employee:
        return [masked(cell) for cell in cells]
    if name in {roles.case, *roles.objects} or holds_cpr(column) or (name not in _others(roles) and may_be_case(name)):
        return numbered(cells)
    told = findings_of(name, column) & WHOLE
    if BIRTH_DATE in told or (name not in _others(roles) and told):
        return [masked(cell) for cell in cells]
    if is_time_type(column.type):
        return cells
    if time_share(column) >= ENOUGH or name in {roles.timestamp, roles.start, roles.registered}:
        return [cell if is_time_text(cell) else masked(cell) for cell in cells]
    candidate = name in _others(roles) or name_score(ACTIVITY, name) or name_score(UNIT, name)
    if not candidate or is_free_text(cells) or told:
        return [masked(cell) for cell in cells]
    return [masked(cell) if is_personal(cell) else cell for cell in cells]


def findings_of(name: str, column: pa.ChunkedArray) -> set[str]:
    """The kinds of personal data that a column holds."""
    return {one.kind for one in findings(name, as_text(column), date.today())}


def _others(roles: ColumnRoles) -> set[str | None]:
    return {roles.activity, roles.timestamp, roles.start, roles.unit, roles.registered, roles.actor}


def _texts(column: pa.ChunkedArray) -> list[str]:
    return [str(text) for text in as_text(column).to_pylist()]
