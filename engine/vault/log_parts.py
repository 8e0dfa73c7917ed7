"""An event log as Arrow IPC streams (LZ4): one of events, already sorted, and one of cases; and back, without sorting."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from engine.errors import N_, BadInput
from engine.log.columns import ColumnRoles, Notice
from engine.log.event_log import FINER, EventLog
from engine.tasks import Task

ROWS = 1 << 26
"""Rows in one record batch: nearly always all of them, so that reading joins no pieces."""
ACTIVITY, TIMESTAMP, START, CASE, EVENTS = "activity", "timestamp", "start", "case", "events"
REGISTERED, PRECISION = "registered", "precision"
OTHER = "column:"
"""Prefix of the names of columns beyond the log's own."""
STAMP = pa.timestamp("us", tz="UTC")


def event_chunks(log: EventLog, task: Task) -> Iterator[bytes]:
    """The events as an Arrow stream, in chunks: activity (dictionary), timestamp, start, registered, precision, other columns."""
    columns: dict[str, Any] = {
        ACTIVITY: pa.DictionaryArray.from_arrays(pa.array(log.activity), pa.array(log.activities, pa.string())),
        TIMESTAMP: pa.array(log.timestamp).view(STAMP),
    }
    if log.start is not None:
        columns[START] = pa.array(log.start).view(STAMP)
    if log.registered is not None:
        columns[REGISTERED] = pa.array(log.registered).view(STAMP)
    if log.precision is not None:
        columns[PRECISION] = pa.array(log.precision)
    columns |= {OTHER + name: column for name, column in log.event_columns.items()}
    return stream(columns, task)


def case_chunks(log: EventLog, task: Task) -> Iterator[bytes]:
    """The cases as an Arrow stream, in chunks: case id, number of events, other columns."""
    columns = {CASE: log.case_ids, EVENTS: pa.array(np.diff(log.offsets))}
    return stream(columns | {OTHER + name: column for name, column in log.case_columns.items()}, task)


class _Collector:
    """A file that hands its content on: Arrow writes into it, and what it wrote is taken away."""

    closed = False

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, piece: Any) -> int:
        self._pieces.append(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        return

    def close(self) -> None:
        return

    def take(self) -> list[bytes]:
        """What was written since the last time."""
        pieces, self._pieces = self._pieces, []
        return pieces


def stream(columns: Mapping[str, Any], task: Task) -> Iterator[bytes]:
    """Columns of one length as an Arrow stream, in chunks."""
    table = pa.table(dict(columns))
    sink = _Collector()
    with pa.ipc.new_stream(sink, table.schema, options=pa.ipc.IpcWriteOptions(compression="lz4")) as writer:
        for batch in table.to_batches(max_chunksize=ROWS) or [pa.RecordBatch.from_pydict(dict(columns))]:
            task.check()
            writer.write_batch(batch)
            yield from sink.take()
    yield from sink.take()


def read_parts(events: pa.Buffer, cases: pa.Buffer, roles: ColumnRoles, notices: tuple[Notice, ...], task: Task) -> EventLog:
    """The log from its two streams; BadInput when they do not fit together."""
    try:
        event_table = pa.ipc.open_stream(events).read_all()
        task.check()
        case_table = pa.ipc.open_stream(cases).read_all()
        task.check()
        return _assemble(event_table, case_table, roles, notices)
    except (pa.ArrowException, KeyError, TypeError, ValueError) as error:
        raise unfit() from error


def _assemble(events: pa.Table, cases: pa.Table, roles: ColumnRoles, notices: tuple[Notice, ...]) -> EventLog:
    activities, activity = _activities(events[ACTIVITY])
    lengths = int_column(cases[EVENTS])
    offsets = np.zeros(len(lengths) + 1, np.int64)
    np.cumsum(lengths, out=offsets[1:])
    if offsets[-1] != events.num_rows or (len(lengths) and lengths.min() < 1):
        raise unfit()
    return EventLog(
        activities=activities,
        activity=activity,
        timestamp=int_column(events[TIMESTAMP]),
        offsets=offsets,
        case_ids=whole_column(cases[CASE]),
        start=int_column(events[START]) if START in events.column_names else None,
        registered=int_column(events[REGISTERED]) if REGISTERED in events.column_names else None,
        precision=_precision(events[PRECISION]) if PRECISION in events.column_names else None,
        event_columns=_others(events),
        case_columns=_others(cases),
        roles=roles,
        notices=notices,
    )


def _activities(column: pa.ChunkedArray) -> tuple[tuple[str, ...], NDArray[np.unsignedinteger]]:
    kind = column.type.index_type.to_pandas_dtype()
    if not column.num_chunks:
        return (), np.empty(0, kind)
    names = column.chunk(0).dictionary
    codes = [chunk.indices.to_numpy() for chunk in column.chunks]
    if any(not chunk.dictionary.equals(names) for chunk in column.chunks[1:]):
        raise unfit()
    activity = codes[0] if len(codes) == 1 else np.concatenate(codes)
    if len(activity) and activity.max() >= len(names):
        raise unfit()
    return tuple(names.to_pylist()), activity


def int_column(column: pa.ChunkedArray) -> NDArray[np.int64]:
    """A column of 64 bits a cell as whole numbers; ValueError for others."""
    chunks: list[NDArray[np.int64]] = [chunk.view(pa.int64()).to_numpy() for chunk in column.chunks]
    if len(chunks) == 1:
        return chunks[0]
    return np.concatenate(chunks) if chunks else np.empty(0, np.int64)


def _precision(column: pa.ChunkedArray) -> NDArray[np.uint8]:
    precision: NDArray[np.uint8] = whole_column(column).to_numpy()
    if precision.dtype != np.uint8 or (len(precision) and precision.max() > FINER):
        raise unfit()
    return precision


def whole_column(column: pa.ChunkedArray) -> pa.Array:
    """A column in one piece."""
    whole = column.combine_chunks()
    if not isinstance(whole, pa.ChunkedArray):
        return whole
    return whole.chunk(0) if whole.num_chunks else pa.array([], column.type)


def _others(table: pa.Table) -> dict[str, pa.Array]:
    return {name.removeprefix(OTHER): whole_column(table[name]) for name in table.column_names if name.startswith(OTHER)}


def unfit() -> BadInput:
    """The error for parts of a project that do not belong together."""
    return BadInput(N_("The project's data do not fit together. Restore the project folder from a backup."))
