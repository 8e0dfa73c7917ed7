"""From the bytes of an object-centric log to its value, and from that to the log of one type of object: its objects are the cases."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pyarrow as pa

from engine.errors import N_, BadInput
from engine.files.content import Content
from engine.files.table import unique_names
from engine.importing.cells import cells_of
from engine.importing.patterns import ISO
from engine.importing.personal import is_employee, listed
from engine.importing.timestamps import Reading, TimeColumn, is_time_type, read_times, read_typed_times
from engine.log.columns import ColumnRoles, Notice, ReadOptions
from engine.ocel.csv_reading import read_csv
from engine.ocel.json_reading import read_json
from engine.ocel.object_log import ObjectLog
from engine.ocel.sqlite_reading import read_sqlite
from engine.ocel.xml_reading import read_xml
from engine.tasks import Task

READERS: dict[Content, Callable[[pa.Buffer, str, Task], ObjectLog]] = {
    Content.JSON: read_json,
    Content.OCEL_XML: read_xml,
    Content.OCEL_CSV: read_csv,
    Content.SQLITE: read_sqlite,
}
ACTIVITY, TIME = "ocel:activity", "ocel:timestamp"

CHOOSE = N_("The file {file} is an object-centric log. Choose with --object-type what is the case: {types}.")
NO_TYPE = N_("The object-centric log {file} has no objects of the type {type}. It has: {types}.")
NO_TYPES = N_("The object-centric log {file} has no objects that could be cases.")
EMPLOYEES = N_("Objects of the type {type} of {file} are those who did the work. Employees are never cases; choose another: {types}.")
BESIDE = N_("Events that belong to no object of the type {type} were left out: {count}.")
EVENTLESS = N_("Objects of the type {type} without events are not counted: {count}.")


def read_objects(content: Content, buffer: pa.Buffer, file_name: str, task: Task) -> ObjectLog:
    """The object-centric log in an unpacked file; BadInput when it cannot be read as one."""
    return READERS[content](buffer, file_name, task)


def times_of(log: ObjectLog, timezone: str) -> TimeColumn:
    """When the events happened; stamps without a zone are clock times of `timezone`. Kept ones are times already."""
    if is_time_type(log.times.type):
        return read_typed_times(pa.chunked_array([log.times]), TIME, timezone, 1)
    cells = cells_of(log.times)
    return read_times(cells, (Reading(ISO, ISO.date, None),), TIME, log.file_name, timezone, 1, tolerant=True)


def case_types(log: ObjectLog) -> tuple[str, ...]:
    """The types whose objects may be cases, most objects first."""
    return tuple(name for name in log.objects_by_type() if not is_employee(name))


def check_type(log: ObjectLog, object_type: str | None) -> str:
    """The object type to be the case; BadInput when none is named, there is no such, or its objects are employees."""
    types = case_types(log)
    if not types:
        raise BadInput(NO_TYPES, file=log.file_name)
    if object_type is None:
        raise BadInput(CHOOSE, file=log.file_name, types=listed(types))
    if object_type not in log.objects_by_type():
        raise BadInput(NO_TYPE, file=log.file_name, type=listed((object_type,)), types=listed(types))
    if object_type not in types:
        raise BadInput(EMPLOYEES, file=log.file_name, type=object_type, types=listed(types))
    return object_type


class FlattenedTable:
    """The events of the objects of one type as a table: an event stands once for each object that it belongs to, in the file's order."""

    first_row = 1
    delimiter: str | None = None
    encoding: str | None = None

    def __init__(self, log: ObjectLog, object_type: str, timezone: str) -> None:
        self.file_name = log.file_name
        self.object_type = object_type
        self.columns = unique_names((object_type, ACTIVITY, TIME))
        case, activity, time_name = self.columns
        self.roles = ColumnRoles(case, activity, time_name)
        is_wanted = log.object_type == log.object_types.index(object_type)
        pairs = log.relations[is_wanted[log.relations[:, 1]], :2] if len(log.relations) else np.empty((0, 2), np.int64)
        pairs = np.unique(pairs, axis=0)
        time = times_of(log, timezone)
        counts = {
            BESIDE: log.n_events - len(np.unique(pairs[:, 0])),
            EVENTLESS: int(is_wanted.sum()) - len(np.unique(pairs[:, 1])),
        }
        told = (Notice(sentence, {"type": object_type, "count": count}) for sentence, count in counts.items() if count)
        self.notices = (*log.notices, *told, *time.notices)
        moments = pa.array(time.times[pairs[:, 0]], pa.int64(), mask=time.times[pairs[:, 0]] == np.iinfo(np.int64).min)
        columns = (
            pa.DictionaryArray.from_arrays(pa.array(pairs[:, 1]), pa.array(log.object_ids, pa.string())),
            pa.DictionaryArray.from_arrays(pa.array(log.activity[pairs[:, 0]]), pa.array(log.activities, pa.string())),
            moments.cast(pa.timestamp("us", "UTC")),
        )
        self._table = pa.table(list(columns), names=list(self.columns))

    def head(self, n_rows: int) -> pa.Table:
        """The first rows."""
        return self._table.slice(0, n_rows)

    def read(self, names: Sequence[str], task: Task) -> pa.Table:
        """Whole columns, and no others."""
        task.check()
        return self._table.select(list(names))


def flatten(log: ObjectLog, options: ReadOptions, take_first: bool) -> FlattenedTable:
    """The table of the object type in the options, or with `take_first` and none there of the type with most objects.

    BadInput as for check_type.
    """
    named = options.object_type
    if named is None and take_first:
        named = next(iter(case_types(log)), None)
    return FlattenedTable(log, check_type(log, named), options.timezone)
