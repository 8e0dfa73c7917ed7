"""From the traces of a XES file to an event log, and what has to be said about events that lack something."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from engine.errors import N_, BadInput
from engine.files.xes import CASE_PREFIX, XesKeys, XesLog, attribute_names, read_xes
from engine.importing.cells import cells_of
from engine.importing.patterns import ISO
from engine.importing.personal import listed
from engine.importing.stretches import Told, ended, open_notices, with_unordered
from engine.importing.timestamps import Reading, TimeColumn, read_times
from engine.log.columns import FURTHER, START, TIMESTAMP, UNIT, ColumnRoles, Notice, ReadOptions, columns_by_role
from engine.log.event_log import NO_TIME, EventLog, build_event_log
from engine.tasks import Task

NO_ACTIVITY = "(no activity)"
"""Name of the step of events that name none."""

BUILDING = N_("Building the log")
NO_ATTRIBUTE = N_("No event in {file} has the attribute {column}. The events have: {columns}.")
NO_CASE_ATTRIBUTE = N_("No case in {file} has the attribute {column}. The cases have: {columns}.")
UNUSED_OPTIONS = N_("XES says itself how it is written; these options were not used: {options}.")
NO_EVENTS = N_("The log holds no events.")
NO_TIMES = N_("No event has a time, so there are no durations.")
UNTIMED = N_("Events without a time: {count}. Each stays directly behind the event that it follows in the file.")
UNNAMED_EVENTS = N_("Events without an activity: {count}. They are shown as {name}.")
EMPTY_TRACES = N_("Cases without events are not counted: {count}.")
UNNAMED_TRACES = N_("Cases without a name were given a number: {count}.")
REPEATED_TRACES = N_("Traces with the name of an earlier one were read as the same case: {count}.")
MISPLACED = N_("Events and traces that stand outside their place in the file were left out: {count}.")


def read_xes_log(buffer: pa.Buffer, file_name: str, options: ReadOptions, task: Task) -> EventLog:
    """The event log in an unpacked XES file; roles name its attributes. BadInput when it is broken or lacks an attribute asked for."""
    wanted = options.roles
    keys = XesKeys(
        case=(wanted.case or XesKeys.case).removeprefix(CASE_PREFIX),
        activity=wanted.activity or XesKeys.activity,
        timestamp=wanted.timestamp or XesKeys.timestamp,
        start=wanted.start,
        unit=wanted.unit or XesKeys.unit,
    )
    xes = read_xes(buffer, file_name, keys, task.part(0.0, 0.8))
    task.report(0.8, BUILDING)
    _check_attributes(xes, wanted, buffer, file_name)
    time = _xes_times(xes.timestamp, keys.timestamp, file_name, options)
    start = None if keys.start is None else _xes_times(xes.start, keys.start, file_name, options)
    activity = xes.activity_codes()
    unnamed = activity < 0
    names = list(xes.activities)
    if unnamed.any():
        names = names if NO_ACTIVITY in names else [*names, NO_ACTIVITY]
        activity = np.where(unnamed, names.index(NO_ACTIVITY), activity)
    has_unit = any(value is not None for value in xes.unit)
    unit = {UNIT: pa.array(xes.unit, pa.string()).dictionary_encode()} if has_unit else {}
    told = [*_unused(options), *_xes_notices(xes, int(unnamed.sum()))]
    notices = [*told, *time.notices, *(start.notices if start else ())]
    given = {TIMESTAMP: Told(time.times, time.precision)} | ({START: Told(start.times, start.precision)} if start else {})
    stamps = ended(given)
    notices += [*open_notices(given, stamps), *time_notices(stamps[TIMESTAMP].times)]
    log = build_event_log(
        case_codes=xes.case_codes(),
        case_ids=pa.array(list(xes.cases), pa.string()),
        activity_codes=activity,
        activities=names,
        timestamp=stamps[TIMESTAMP].times,
        start=stamps[START].times if start else None,
        precision=stamps[TIMESTAMP].precision,
        event_columns=unit,
        roles=ColumnRoles(CASE_PREFIX + keys.case, keys.activity, keys.timestamp, keys.start, keys.unit if has_unit else None),
        notices=tuple(notices),
        task=task.part(0.8, 1.0),
    )
    return with_unordered(log, options.timezone)


def _check_attributes(xes: XesLog, wanted: ColumnRoles, buffer: pa.Buffer, file_name: str) -> None:
    """BadInput when an attribute that was asked for by name occurs in no trace, or in no event."""
    if not xes.activity:
        return
    if wanted.case is not None and xes.unnamed_traces == xes.n_traces - xes.empty_traces:
        raise BadInput(NO_CASE_ATTRIBUTE, file=file_name, column=wanted.case, columns=listed(attribute_names(buffer)[0]))
    found = {
        wanted.activity: bool(xes.activities),
        wanted.timestamp: any(value is not None for value in xes.timestamp),
        wanted.start: any(value is not None for value in xes.start),
        wanted.unit: any(value is not None for value in xes.unit),
    }
    for name, is_there in found.items():
        if name is not None and not is_there:
            raise BadInput(NO_ATTRIBUTE, file=file_name, column=name, columns=listed(attribute_names(buffer)[1]))


def _unused(options: ReadOptions) -> list[Notice]:
    """A notice of the options that only tables know."""
    given = {"--timestamp-format": options.timestamp_format, "--delimiter": options.delimiter, "--encoding": options.encoding}
    unused = [name for name, value in given.items() if value is not None]
    played = columns_by_role(options.roles)
    unused += [f"--role {role}" for role in FURTHER if role in played and role != UNIT]
    return [Notice(UNUSED_OPTIONS, {"options": ", ".join(unused)})] if unused else []


def _xes_times(values: list[str | None], key: str, file_name: str, options: ReadOptions) -> TimeColumn:
    """XES dates are ISO 8601; those that are not are counted in a notice."""
    cells = cells_of(pa.array(values, pa.string()))
    return read_times(cells, (Reading(ISO, ISO.date, None),), key, file_name, options.timezone, 1, tolerant=True)


def _xes_notices(xes: XesLog, unnamed: int) -> list[Notice]:
    counts = (
        (MISPLACED, xes.misplaced),
        (EMPTY_TRACES, xes.empty_traces),
        (UNNAMED_TRACES, xes.unnamed_traces),
        (REPEATED_TRACES, xes.repeated_names),
    )
    notices = [Notice(message, {"count": count}) for message, count in counts if count]
    return [*notices, Notice(UNNAMED_EVENTS, {"count": unnamed, "name": NO_ACTIVITY})] if unnamed else notices


def time_notices(times: NDArray[np.int64]) -> list[Notice]:
    """What has to be said about a log without events, and about events without a time."""
    if not len(times):
        return [Notice(NO_EVENTS)]
    untimed = int((times == NO_TIME).sum())
    if untimed == len(times):
        return [Notice(NO_TIMES)]
    return [Notice(UNTIMED, {"count": untimed})] if untimed else []
