"""OCEL 2.0 as an SQLite database, opened in memory and read-only: nothing in it is run, and nothing of it touches the disk."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pyarrow as pa

from engine.errors import N_, BadInput, Cancelled
from engine.files.compression import NO_MEMORY
from engine.ocel.object_log import LONG_FIELD, MAX_FIELD, TIMELESS, Collector, ObjectLog
from engine.tasks import Task

ROWS = 5000
STEPS = 20_000
"""Steps of SQLite between two looks at whether to go on."""
MOST_TABLES, MOST_COLUMNS = 4000, 2000
EVENTS, OBJECTS, RELATIONS, LINKS = "event", "object", "event_object", "object_object"
ALLOWED = frozenset({sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_PRAGMA})
LIMITS = {
    sqlite3.SQLITE_LIMIT_LENGTH: 4 * MAX_FIELD,
    sqlite3.SQLITE_LIMIT_COLUMN: MOST_COLUMNS,
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
    sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH: 0,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 20,
    sqlite3.SQLITE_LIMIT_WORKER_THREADS: 0,
}
SETTINGS = ("trusted_schema = OFF", "temp_store = MEMORY", "cell_size_check = ON", "mmap_size = 0", "query_only = ON")
JOURNAL = slice(18, 20)
"""Where the head says whether changes stand in a file beside the database; there is none in memory."""

READING = N_("Reading events")
NOT_OCEL = N_(
    "The file {file} is an SQLite database, but no object-centric event log (OCEL 2.0): it lacks the table {table}. "
    "Export the event table as CSV or Parquet and open that."
)
NO_COLUMN = N_("The table {table} of {file} lacks the column {column}. Export the log again.")
BROKEN = N_("The SQLite database {file} is damaged or cut off. Fetch it again.")


def read_sqlite(buffer: pa.Buffer, file_name: str, task: Task) -> ObjectLog:
    """The log in a database; BadInput when it is damaged or lacks a table or column of the standard."""
    content = bytearray(buffer.to_pybytes())
    content[JOURNAL] = b"\x01\x01"
    try:
        with closing(sqlite3.connect(":memory:")) as database:
            database.deserialize(bytes(content))
            del content
            return _Reader(_guarded(database, task), file_name, task).read()
    except MemoryError as error:
        raise BadInput(NO_MEMORY, file=file_name) from error
    except sqlite3.DataError as error:
        raise BadInput(LONG_FIELD, file=file_name, size=MAX_FIELD) from error
    except (sqlite3.Error, sqlite3.Warning, UnicodeDecodeError, OverflowError, ValueError) as error:
        task.check()
        raise BadInput(BROKEN, file=file_name) from error


def _guarded(database: sqlite3.Connection, task: Task) -> sqlite3.Connection:
    """No statement but reading, no code from the schema, nothing on disk, bounded values, and an end when the user wants it."""
    for setting in SETTINGS:
        database.execute(f"PRAGMA {setting}")
    for limit, most in LIMITS.items():
        database.setlimit(limit, most)

    def is_stopped() -> int:
        try:
            task.check()
        except Cancelled:
            return 1
        return 0

    database.set_progress_handler(is_stopped, STEPS)
    return database


def _decide(action: int, first: str | None, _second: str | None, _database: str | None, _trigger: str | None) -> int:
    """Only plain reading; of the pragmas only those that describe."""
    if action == sqlite3.SQLITE_PRAGMA:
        return sqlite3.SQLITE_OK if first in {"table_info", "quick_check"} else sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK if action in ALLOWED else sqlite3.SQLITE_DENY


class _Reader:
    """Takes one table after the other."""

    def __init__(self, database: sqlite3.Connection, file_name: str, task: Task) -> None:
        self.database = database
        self.file_name = file_name
        self.task = task
        database.set_authorizer(_decide)
        self.tables = self._find_tables()
        self.collector = Collector(file_name, "2.0")

    def read(self) -> ObjectLog:
        if self.database.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
            raise BadInput(BROKEN, file=self.file_name)
        self._take_objects()
        self._take_events()
        return self.collector.finish()

    def _find_tables(self) -> dict[str, tuple[str, ...]]:
        """Columns by name of every ordinary table; views and virtual tables are not looked at."""
        found = self.database.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table' LIMIT ?", (MOST_TABLES,)).fetchall()
        names = [str(name) for name, sql in found if str(sql).upper().startswith("CREATE TABLE")]
        tables = {name: tuple(str(row[1]) for row in self.database.execute(f"PRAGMA table_info({_quoted(name)})")) for name in names}
        for needed in (EVENTS, OBJECTS, RELATIONS):
            if needed not in tables:
                raise BadInput(NOT_OCEL, file=self.file_name, table=needed)
        return tables

    def _rows(self, table: str, *columns: str) -> Iterator[tuple[object, ...]]:
        """The cells of columns, row by row in the order of the file."""
        for column in columns:
            if column not in self.tables[table]:
                raise BadInput(NO_COLUMN, table=table, file=self.file_name, column=column)
        wanted = ", ".join(_quoted(column) for column in columns)
        cursor = self.database.execute(f"SELECT {wanted} FROM {_quoted(table)}")  # noqa: S608 (names quoted; bound values cannot be names)
        while rows := cursor.fetchmany(ROWS):
            self.task.report(None, READING)
            for row in rows:
                yield tuple(cell.decode("utf-8") if isinstance(cell, bytes) else cell for cell in row)

    def _take_objects(self) -> None:
        kinds: dict[str, str] = {}
        for identifier, kind in self._rows(OBJECTS, "ocel_id", "ocel_type"):
            if self.collector.add_object(identifier, kind) is not None:
                kinds[str(kind)] = str(kind)
        if LINKS in self.tables:
            for source, target, qualifier in self._rows(LINKS, "ocel_source_id", "ocel_target_id", "ocel_qualifier"):
                index = self.collector.index_of(source)
                if index is not None:
                    self.collector.link(index, target, qualifier)
        for table in self._tables_of(OBJECTS, list(kinds)):
            self._take_object_values(table)

    def _take_object_values(self, table: str) -> None:
        names = self.tables[table]
        values = [name for name in names if name not in {"ocel_id", "ocel_time", "ocel_changed_field"}]
        timed = ["ocel_time"] if "ocel_time" in names else []
        for row in self._rows(table, "ocel_id", *timed, *values):
            index = self.collector.index_of(row[0])
            for name, value in zip(values, row[1 + len(timed) :], strict=True):
                if index is not None and value is not None:
                    self.collector.object_attributes.add(index, name, value, row[1] if timed else None)

    def _take_events(self) -> None:
        named = list(self._rows(EVENTS, "ocel_id", "ocel_type"))
        kinds = list(dict.fromkeys(str(kind) for _, kind in named))
        told = self._told_of_events(kinds)
        indices: dict[str, int] = {}
        for identifier, kind in named:
            time, values = told.pop(str(identifier), (None, {}))
            index = self.collector.add_event(identifier, kind, time)
            indices[str(identifier)] = index
            for name, value in values.items():
                self.collector.event_attributes.add(index, name, value)
        if told:
            self.collector.count(TIMELESS, len(told))
        for event, target, qualifier in self._rows(RELATIONS, "ocel_event_id", "ocel_object_id", "ocel_qualifier"):
            place = indices.get(str(event))
            if place is None:
                self.collector.count(TIMELESS)
            else:
                self.collector.relate(place, target, qualifier)

    def _told_of_events(self, kinds: list[str]) -> dict[str, tuple[object, dict[str, object]]]:
        """Time and values of every event that a table of its type tells of, by id."""
        told: dict[str, tuple[object, dict[str, object]]] = {}
        for table in self._tables_of(EVENTS, kinds):
            values = [name for name in self.tables[table] if name not in {"ocel_id", "ocel_time"}]
            for row in self._rows(table, "ocel_id", "ocel_time", *values):
                kept = {name: value for name, value in zip(values, row[2:], strict=True) if value is not None}
                told.setdefault(str(row[0]), (row[1], kept))
        return told

    def _tables_of(self, family: str, kinds: list[str]) -> list[str]:
        """The tables with what is told of each type, by the table that maps types to names, else by the type's own name."""
        mapping = f"{family}_map_type"
        found = {str(kind): str(name) for kind, name in self._rows(mapping, "ocel_type", "ocel_type_map")} if mapping in self.tables else {}
        names = (f"{family}_{found.get(kind, kind)}" for kind in kinds)
        return list(dict.fromkeys(name for name in names if name in self.tables and name not in {RELATIONS, LINKS, mapping}))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
