"""Another case notion on the same data: the log whose cases are the objects of one type."""

from __future__ import annotations

import msgspec
import numpy as np
import pyarrow as pa

from engine.errors import N_
from engine.importing.reading import log_of
from engine.log.columns import Notice, ReadOptions, object_key
from engine.log.event_log import EventLog, build_event_log
from engine.ocel.keeping import case_name
from engine.ocel.object_log import ObjectLog
from engine.ocel.reading import FlattenedTable, check_type
from engine.tasks import Task

WITHOUT = N_("Events that tell of no {type} were left out: {count}.")


def log_of_notion(base: EventLog, objects: ObjectLog | None, notion: str, timezone: str, task: Task) -> EventLog:
    """The log of a notion, of relations that are kept or of a log's further identifiers. BadInput where there is no such notion."""
    if objects is not None:
        check_type(objects, notion)
        table = FlattenedTable(objects, notion, timezone)
        return log_of(table, ReadOptions(table.roles, timezone=timezone, object_type=notion), task)
    return _cut_anew(base, notion, task)


def _cut_anew(log: EventLog, notion: str, task: Task) -> EventLog:
    """The events of a log by another identifier; those without one are left out, and what belongs to the old cases with them."""
    column = log.event_columns[object_key(notion)]
    known = column.is_valid().to_numpy(zero_copy_only=False)
    rows = np.flatnonzero(known)
    taken = pa.array(rows)
    cases = pa.DictionaryArray.from_arrays(pa.array(np.repeat(np.arange(log.n_cases), np.diff(log.offsets))), log.case_ids)
    others = {name: kept for name, kept in log.event_columns.items() if name != object_key(notion)}
    columns = {**others, object_key(case_name(log)): cases}
    further = tuple(one for one in log.roles.objects if one != notion)
    lost = log.n_events - len(rows)
    told = (Notice(WITHOUT, {"type": notion, "count": lost}),) if lost else ()
    return build_event_log(
        case_codes=column.indices.take(taken).to_numpy(zero_copy_only=False),
        case_ids=column.dictionary.cast(pa.string()),
        activity_codes=log.activity[rows],
        activities=log.activities,
        timestamp=log.timestamp[rows],
        start=None if log.start is None else log.start[rows],
        registered=None if log.registered is None else log.registered[rows],
        precision=None if log.precision is None else log.precision[rows],
        event_columns={name: one.take(taken) for name, one in columns.items()},
        roles=msgspec.structs.replace(log.roles, case=notion, objects=(case_name(log), *further), outcome=None, case_attributes=()),
        notices=(*log.notices, *told),
        task=task,
    )
