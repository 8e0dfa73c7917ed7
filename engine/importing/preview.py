"""A first look at a table: its rows as text, the guessed roles, the ways to read its times, and the first cases they would make."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import numpy as np
import pyarrow as pa

from engine.files.table import Table, as_text
from engine.importing.cells import cells_of
from engine.importing.detect import guess_roles
from engine.importing.timestamps import Reading, read_times, read_typed_times
from engine.importing.zones import zone_named
from engine.log.columns import TIMESTAMP, ColumnRoles, ReadOptions
from engine.log.event_log import NO_TIME

ROWS = 50
CASE_ROWS = 12
CASE_SAMPLE = 1000
LONGEST = 200
"""Most characters of a cell that are shown."""
TYPED = "ISO8601"

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Look(msgspec.Struct, frozen=True):
    """Roles given or guessed with their confidence (0..1), and the first rows as text."""

    roles: ColumnRoles
    confidence: dict[str, float]
    rows: tuple[tuple[str, ...], ...]


def look_at(table: Table, options: ReadOptions, head_rows: int) -> Look:
    """Guess the roles that the options leave open, from the first rows."""
    head = table.head(head_rows)
    guess = guess_roles(options.roles, head)
    texts = [_shown(column) for column in head.slice(0, ROWS).columns]
    rows = tuple(zip(*texts, strict=True)) if texts else ()
    return Look(guess.roles, guess.confidence, rows)


def first_events(
    table: Table, columns: pa.Table, roles: ColumnRoles, readings: dict[str, tuple[Reading, ...]], options: ReadOptions
) -> tuple[tuple[str, str, str], ...]:
    """The events of the first cases as (case, activity, ISO time in the zone of the options); () while a role is missing."""
    if roles.case is None or roles.activity is None or roles.timestamp is None:
        return ()
    part = columns.slice(0, CASE_SAMPLE)
    cases, activities = _shown(part.column(roles.case)), _shown(part.column(roles.activity))
    times = _times(table, part.column(roles.timestamp), roles.timestamp, readings.get(TIMESTAMP), options)
    order: dict[str, list[int]] = {}
    for row, case in enumerate(cases):
        if case.strip():
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


def _shown(column: pa.ChunkedArray) -> list[str]:
    if pa.types.is_nested(column.type):
        return [""] * len(column)
    texts = [str(text) for text in as_text(column).to_pylist()]
    return [text if len(text) <= LONGEST else text[: LONGEST - 1] + "…" for text in texts]
