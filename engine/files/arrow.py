"""Arrow IPC files and streams from memory; every batch is validated in full before anything looks at its values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyarrow as pa
import pyarrow.ipc as pa_ipc

from engine.errors import N_, BadInput
from engine.files.compression import MAX_BYTES, check_unpacked
from engine.files.content import Content
from engine.files.memory import room
from engine.files.table import READING, checked, flat_columns, told, unique_names
from engine.log.columns import Notice
from engine.tasks import Task

END_OF_STREAM = b"\0\0\0\0"
"""Without its end mark a stream that broke off between two batches would read as a shorter one."""

BROKEN = N_("The file {file} begins like Arrow but is damaged or cut off. Fetch it again.")


class ArrowTable:
    """An Arrow IPC file or stream as a table."""

    first_row = 1
    delimiter: str | None = None
    encoding: str | None = None
    notices: tuple[Notice, ...] = ()

    def __init__(self, buffer: pa.Buffer, file_name: str, content: Content, max_bytes: int = MAX_BYTES) -> None:
        self.file_name = file_name
        self._buffer = buffer
        self._content = content
        self._limits = max_bytes, room()
        if content is Content.ARROW_STREAM and buffer.slice(max(0, buffer.size - 4)).to_pybytes() != END_OF_STREAM:
            raise BadInput(BROKEN, file=file_name)
        with told(file_name, BROKEN):
            self._schema = self._open([]).schema
            names = self._schema.names
            self._flat = flat_columns(self._schema)
        self.columns = unique_names(names[place] for place in self._flat)

    def head(self, n_rows: int) -> pa.Table:
        """The first rows with all columns."""
        return self._read(range(len(self.columns)), Task(), n_rows)

    def read(self, names: Sequence[str], task: Task) -> pa.Table:
        """Whole columns, and no others."""
        return self._read([self.columns.index(name) for name in names], task, None)

    def _open(self, places: list[int]) -> pa_ipc.RecordBatchFileReader | pa_ipc.RecordBatchStreamReader:
        options = pa_ipc.IpcReadOptions(included_fields=places, ensure_alignment=pa_ipc.Alignment.DataTypeSpecific)
        source = pa.BufferReader(self._buffer)
        if self._content is Content.ARROW_FILE:
            return pa_ipc.open_file(source, options=options)
        return pa_ipc.open_stream(source, options=options)

    def _read(self, places: Sequence[int], task: Task, n_rows: int | None) -> pa.Table:
        wanted = [self._flat[place] for place in places]
        batches, total, rows = [], 0, 0
        with told(self.file_name, BROKEN):
            reader = self._open(sorted(wanted))
            for batch in _batches(reader):
                task.report(None, READING)
                batch.validate(full=True)
                batches.append(batch)
                rows += batch.num_rows
                total += batch.nbytes
                check_unpacked(total, self.file_name, *self._limits)
                if n_rows is not None and rows >= n_rows:
                    break
            schema = pa.schema([self._schema.field(place) for place in sorted(wanted)])
            table = pa.Table.from_batches(batches, batches[0].schema if batches else schema)
            ordered = [sorted(wanted).index(place) for place in wanted]
            table = table.select(ordered).rename_columns([self.columns[place] for place in places])
            table = table.unify_dictionaries().combine_chunks()
        return checked(table, self.file_name, n_rows)


def _batches(reader: pa_ipc.RecordBatchFileReader | pa_ipc.RecordBatchStreamReader) -> Iterator[pa.RecordBatch]:
    if isinstance(reader, pa_ipc.RecordBatchFileReader):
        for place in range(reader.num_record_batches):
            yield reader.get_batch(place)
    else:
        yield from reader
