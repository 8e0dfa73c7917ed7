"""From the bytes of any supported file to an event log, or to a preview of the table that it holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from engine.errors import N_, BadInput
from engine.files.arrow import ArrowTable
from engine.files.compression import unpack
from engine.files.content import Content
from engine.files.csv import CsvTable
from engine.files.parquet import ParquetTable
from engine.files.table import Table, as_text
from engine.importing.cells import Cells, cells_of
from engine.importing.detect import guess_roles
from engine.importing.header import check_header
from engine.importing.labels import without_persons_in_labels
from engine.importing.personal import is_employee, listed, refuse_employees
from engine.importing.preview import TYPED, first_events, iso_time, shown_rows
from engine.importing.role_columns import Coded, coded, event_columns, refuse_personal, with_case_columns
from engine.importing.sheets import open_sheet
from engine.importing.spell_tables import as_events, guess_spells
from engine.importing.stretches import Told, ended, open_notices, with_unordered
from engine.importing.suggestions import column_guesses
from engine.importing.timestamps import (
    Reading,
    TimeColumn,
    agree,
    is_time_type,
    read_times,
    read_typed_times,
    readable_share,
    readings_of,
)
from engine.importing.xes_log import BUILDING, NO_ACTIVITY, read_xes_log, time_notices
from engine.importing.zones import zone_named
from engine.log.columns import (
    ACTIVITY,
    BEGIN,
    CASE,
    OF_SPELLS,
    ONE_COLUMN,
    REGISTERED,
    SEVERAL_COLUMNS,
    START,
    STATE,
    TIMES,
    TIMESTAMP,
    ColumnRoles,
    Notice,
    ReadOptions,
    columns_of,
)
from engine.log.event_log import EventLog, build_event_log
from engine.service.messages import TablePreview, TimestampReading
from engine.tasks import Task

HEAD_ROWS = 200
NEEDED, NEEDED_OF_SPELLS = (CASE, ACTIVITY, TIMESTAMP), (CASE, STATE, BEGIN)
"""Roles without which a table makes no events, or no spells."""
OBJECT_CENTRIC = frozenset({Content.JSON, Content.OCEL_XML, Content.OCEL_CSV, Content.SQLITE})
NO_CASE_NOTION = N_("The file {file} may be an object-centric log, which has no case of its own. Open it alone and choose an object type.")
NO_COLUMN = N_("The file {file} has no column {column}. It has: {columns}.")
NO_ROLE = N_("In {file} the column for {roles} cannot be told. Choose it ({options}) among: {columns}.")
UNNAMED = N_("Events without an activity: {count}, the first in row {row}. They are shown as {name}.")
CASELESS = N_("Rows without a case id were left out: {count}, the first is row {row}.")


def read_log(data: pa.Buffer | bytes, file_name: str, options: ReadOptions, task: Task) -> EventLog:
    """The event log that the bytes hold; BadInput (a sentence for the user) for everything that cannot be read as one."""
    check_options(options, file_name)
    content, buffer = unpack(data, file_name, task.part(0.0, 0.2))
    if content is Content.XES:
        return without_persons_in_labels(read_xes_log(buffer, file_name, options, task.part(0.2, 1.0)))
    return log_of(open_table(content, buffer, file_name, options, task), options, task)


def check_options(options: ReadOptions, file_name: str) -> None:
    """BadInput for a time zone that nobody knows, and for employees as cases, activities or units."""
    zone_named(options.timezone)
    refuse_employees(options.roles, file_name)


def log_of(table: Table, options: ReadOptions, task: Task) -> EventLog:
    """The event log that a table holds; BadInput as for read_log. Employees and further identifiers stand in it as they are."""
    check_options(options, table.file_name)
    roles = complete_roles(table, options.roles, options.timestamp_format)
    columns = table.read(columns_of(roles), task.part(0.2, 0.6))
    task.report(0.6, BUILDING)
    refuse_personal(columns, roles, table.file_name, task)
    return log_of_columns(table, columns, msgspec.structs.replace(options, roles=roles), task.part(0.6, 1.0))


def log_of_columns(
    table: Table,
    columns: pa.Table,
    options: ReadOptions,
    task: Task,
    names: Mapping[str, str] | None = None,
    precision: Mapping[str, NDArray[np.uint8]] | None = None,
) -> EventLog:
    """The event log of a table's columns, which have been looked through for personal data; the options name all the roles.

    names: what attributes and identifiers are called in the log, where that is not the name of their column. precision: by role, what
    times tell that are moments in the table already.
    """
    log = _log_of_table(table, columns, options, task, names or {}, precision or {})
    return without_persons_in_labels(with_case_columns(with_unordered(log, options.timezone)))


def preview_table(data: pa.Buffer | bytes, file_name: str, options: ReadOptions, task: Task) -> TablePreview | None:
    """What the table holds and how it would be read under the options; None for XES, which describes itself. BadInput as for read_log."""
    check_options(options, file_name)
    content, buffer = unpack(data, file_name, task.part(0.0, 0.3))
    if content is Content.XES:
        return None
    return preview_of(open_table(content, buffer, file_name, options, task), options, task)


def preview_of(table: Table, options: ReadOptions, task: Task, *, of_spells: bool = False) -> TablePreview:
    """What a table of events, or of spells, holds and how it would be read under the options; BadInput as for read_log.

    Cells are shown only where they help to choose a role, and never when they look personal: see `shown_rows`.
    """
    check_options(options, table.file_name)
    options = msgspec.structs.replace(options, roles=_those_there(options.roles, table))
    head = table.head(HEAD_ROWS)
    guess = guess_spells(options.roles, head) if of_spells else guess_roles(options.roles, head, options.timestamp_format)
    roles = guess.roles
    shown = as_events(roles) if of_spells else roles
    columns = table.read(columns_of(roles) or table.columns[:1], task.part(0.3, 0.8))
    readings = {role: times.readings for role, times in written_times(columns, roles, options).items()}
    task.report(0.9, BUILDING)
    return TablePreview(
        columns=table.columns,
        rows=shown_rows(head, shown),
        n_rows=columns.num_rows,
        options=msgspec.structs.replace(options, roles=roles, delimiter=table.delimiter, encoding=table.encoding),
        confidence=guess.confidence,
        missing=tuple(role for role in (NEEDED_OF_SPELLS if of_spells else NEEDED) if getattr(roles, role) is None),
        readings=_shown_readings(roles, readings, options.timezone),
        preview_cases=first_events(table, columns, shown, {TIMESTAMP: readings[BEGIN]} if BEGIN in readings else readings, options),
        employees=tuple(name for name in table.columns if is_employee(name)),
        guesses=column_guesses(head, options.roles, guess, options.timestamp_format),
    )


def _those_there(roles: ColumnRoles, table: Table) -> ColumnRoles:
    """The roles whose columns the table has; under another delimiter the columns are others."""
    one = (*ONE_COLUMN, *OF_SPELLS)
    gone: dict[str, str | tuple[str, ...] | None] = {role: None for role in one if getattr(roles, role) not in table.columns}
    gone |= {role: tuple(name for name in getattr(roles, role) if name in table.columns) for role in SEVERAL_COLUMNS}
    return msgspec.structs.replace(roles, **gone)


def _shown_readings(
    roles: ColumnRoles, readings: dict[str, tuple[Reading, ...]], timezone: str
) -> dict[str, tuple[TimestampReading, ...]]:
    """The ways to read each time column; a column that holds times already has one."""
    shown = {}
    for role in TIMES:
        if getattr(roles, role) is None:
            continue
        ways = readings.get(role)
        shown[role] = (
            (TimestampReading(TYPED, ""),)
            if ways is None
            else tuple(TimestampReading(way.format, "" if way.example is None else iso_time(way.example, timezone)) for way in ways)
        )
    return shown


def open_table(content: Content, buffer: pa.Buffer, file_name: str, options: ReadOptions, task: Task) -> Table:
    """The table in an unpacked file; BadInput when the first line of a text names no columns."""
    if content in OBJECT_CENTRIC:
        raise BadInput(NO_CASE_NOTION, file=file_name)
    if content is Content.PARQUET:
        return ParquetTable(buffer, file_name)
    if content in {Content.ARROW_FILE, Content.ARROW_STREAM}:
        return ArrowTable(buffer, file_name, content)
    if content is Content.WORKBOOK:
        return open_sheet(buffer, file_name, options, task)
    table = CsvTable(buffer, file_name, options.delimiter, options.encoding, task)
    check_header(table, options.roles)
    return table


def complete_roles(table: Table, given: ColumnRoles, text_format: str | None = None) -> ColumnRoles:
    """The given roles, and case, activity and timestamp guessed where they are not; BadInput when they cannot be.

    text_format: the strptime pattern in which times are said to be written.
    """
    check_columns(table, given)
    roles = given
    if None in (given.case, given.activity, given.timestamp):
        guess = guess_roles(given, table.head(HEAD_ROWS), text_format).roles
        roles = msgspec.structs.replace(given, case=guess.case, activity=guess.activity, timestamp=guess.timestamp)
    missing = [role for role in NEEDED if getattr(roles, role) is None]
    if missing:
        options = ", ".join(f"--{role}" for role in missing)
        raise BadInput(NO_ROLE, file=table.file_name, roles=", ".join(missing), options=options, columns=listed(table.columns))
    return roles


def check_columns(table: Table, roles: ColumnRoles) -> None:
    """BadInput when a role names a column that the table does not have."""
    for name in columns_of(roles):
        if name not in table.columns:
            raise BadInput(NO_COLUMN, file=table.file_name, column=name, columns=listed(table.columns))


@dataclass(frozen=True)
class WrittenTimes:
    """A time column that holds text, and the ways to read it."""

    cells: Cells
    readings: tuple[Reading, ...]


def written_times(columns: pa.Table, roles: ColumnRoles, options: ReadOptions) -> dict[str, WrittenTimes]:
    """The time columns that hold text, by role; those that are written alike decide for each other."""
    found: dict[str, WrittenTimes] = {}
    for role in TIMES:
        name = getattr(roles, role)
        if name is not None and not is_time_type(columns.column(name).type):
            cells = cells_of(as_text(columns.column(name)))
            found[role] = WrittenTimes(cells, _readings(role, cells, options))
    return {role: WrittenTimes(one.cells, _agreed(role, found)) for role, one in found.items()}


def _readings(role: str, cells: Cells, options: ReadOptions) -> tuple[Reading, ...]:
    """The ways to read a time column; one beside the timestamp may be written in another way than that was said to be."""
    said = readings_of(cells, options.timestamp_format, options.timezone)
    if options.timestamp_format is None or role == TIMESTAMP or readable_share(cells, said[0].pattern) >= 0.5:
        return said
    return readings_of(cells, None, options.timezone) or said


def _agreed(role: str, found: Mapping[str, WrittenTimes]) -> tuple[Reading, ...]:
    readings = found[role].readings
    for other, written in found.items():
        readings = agree(readings, written.readings) if other != role else readings
    return readings


def _log_of_table(
    table: Table, columns: pa.Table, options: ReadOptions, task: Task, names: Mapping[str, str], precision: Mapping[str, NDArray[np.uint8]]
) -> EventLog:
    roles = options.roles
    case = coded(columns.column(roles.case))
    activity = coded(columns.column(roles.activity))
    task.check()
    times = _times_of(table, columns, options, precision, task)
    kept = ~case.blank[case.codes] if len(case.values) else np.zeros(0, bool)
    notices = [*table.notices, *_caseless(kept, table.first_row), *(notice for column in times.values() for notice in column.notices)]
    activity, unnamed = _with_name(activity)
    lost = np.flatnonzero(unnamed & kept)
    if len(lost):
        notices.append(Notice(UNNAMED, {"count": len(lost), "row": int(lost[0]) + table.first_row, "name": NO_ACTIVITY}))
    given = {role: Told(column.times[kept], column.precision[kept]) for role, column in times.items()}
    told = ended(given)
    notices += open_notices(given, told)
    return build_event_log(
        case_codes=case.codes[kept],
        case_ids=case.values,
        activity_codes=activity.codes[kept],
        activities=activity.values.to_pylist(),
        timestamp=told[TIMESTAMP].times,
        start=told[START].times if START in told else None,
        registered=told[REGISTERED].times if REGISTERED in told else None,
        precision=told[TIMESTAMP].precision,
        event_columns=event_columns(columns, roles, kept, names),
        roles=roles,
        notices=(*notices, *time_notices(told[TIMESTAMP].times)),
        task=task,
    )


def _times_of(
    table: Table, columns: pa.Table, options: ReadOptions, precision: Mapping[str, NDArray[np.uint8]], task: Task
) -> dict[str, TimeColumn]:
    """The time columns by role."""
    written = written_times(columns, options.roles, options)
    times = {}
    for role in TIMES:
        task.check()
        name = getattr(options.roles, role)
        if name is None:
            continue
        if role in written:
            one = written[role]
            times[role] = read_times(one.cells, one.readings, name, table.file_name, options.timezone, table.first_row)
        else:
            times[role] = read_typed_times(columns.column(name), name, options.timezone, table.first_row, precision.get(role))
    return times


def _caseless(kept: NDArray[np.bool_], first_row: int) -> list[Notice]:
    gone = np.flatnonzero(~kept)
    return [Notice(CASELESS, {"count": len(gone), "row": int(gone[0]) + first_row})] if len(gone) else []


def _with_name(activity: Coded) -> tuple[Coded, NDArray[np.bool_]]:
    """Blank activities under one name, and which rows they are."""
    if not activity.blank.any():
        return activity, np.zeros(len(activity.codes), bool)
    names = activity.values.to_pylist()
    place = names.index(NO_ACTIVITY) if NO_ACTIVITY in names else int(np.argmax(activity.blank))
    names[place] = NO_ACTIVITY
    unnamed = activity.blank[activity.codes]
    codes = np.where(unnamed, place, activity.codes)
    return Coded(codes, pa.array(names, pa.string()), activity.blank), unnamed
