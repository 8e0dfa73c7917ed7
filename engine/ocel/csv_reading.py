"""OCEL 1.0 as one table of events: a column of ids for each type of object (ocel:type:…), each cell a list."""

from __future__ import annotations

import re

import pyarrow as pa

from engine.errors import N_, BadInput
from engine.files.csv import CsvTable
from engine.files.table import as_text
from engine.ocel.object_log import Collector, ObjectLog
from engine.tasks import Task

EVENT, ACTIVITY, TIME, TYPE = "ocel:eid", "ocel:activity", "ocel:timestamp", "ocel:type:"
QUOTED = r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\""
LIST = re.compile(rf"\s*\[\s*(?:(?:{QUOTED}|[^'\",\[\]]+)\s*(?:,\s*|(?=\])))*\]\s*")
ITEM = re.compile(rf"{QUOTED}|[^'\",\[\]\s][^'\",\[\]]*")
STEP = 0x3FF

NO_COLUMNS = N_("The object-centric table {file} needs the columns {columns}, and for each type of object one that begins with ocel:type:.")
NO_LIST = N_("Row {row} of {file} holds no list of ids in the column {column}. It should read like ['a', 'b'].")


def read_csv(buffer: pa.Buffer, file_name: str, task: Task) -> ObjectLog:
    """The log in a delimited text; BadInput when it lacks a column or a cell is no list."""
    table = CsvTable(buffer, file_name, None, None, task)
    types = [name for name in table.columns if name.startswith(TYPE)]
    if not {EVENT, ACTIVITY, TIME} <= set(table.columns) or not types:
        raise BadInput(NO_COLUMNS, file=file_name, columns=f"{EVENT}, {ACTIVITY}, {TIME}")
    columns = table.read(table.columns, task)
    cells = {name: as_text(columns.column(name)).to_pylist() for name in columns.column_names}
    collector = Collector(file_name, "1.0")
    others = [name for name in table.columns if name not in {EVENT, ACTIVITY, TIME, *types}]
    for row in range(columns.num_rows):
        if not row & STEP:
            task.check()
        event = collector.add_event(cells[EVENT][row], cells[ACTIVITY][row], cells[TIME][row] or None)
        for name in types:
            for target in ids_of(cells[name][row], name, file_name, row + table.first_row):
                if not collector.knows(target):
                    collector.add_object(target, name.removeprefix(TYPE))
                collector.relate(event, target, None)
        for name in others:
            if cells[name][row]:
                collector.event_attributes.add(event, name, cells[name][row])
    return collector.finish()


def ids_of(cell: str, column: str, file_name: str, row: int) -> list[str]:
    """The ids in a cell such as ['a', 'b']; an empty cell has none."""
    if not cell.strip():
        return []
    if LIST.fullmatch(cell) is None:
        raise BadInput(NO_LIST, row=row, file=file_name, column=column)
    return [_unquoted(item.strip()) for item in ITEM.findall(cell)]


def _unquoted(item: str) -> str:
    return re.sub(r"\\(.)", r"\1", item[1:-1]) if item[0] in "'\"" else item
