"""Parquet from memory. What a file would unpack to is counted before it is read and while it is read."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.parquet as pa_parquet

from engine.errors import N_
from engine.files.compression import MAX_BYTES, check_unpacked
from engine.files.memory import room
from engine.files.table import READING, checked, flat_columns, told, unique_names
from engine.log.columns import Notice
from engine.tasks import Task

BATCH = 1 << 16
ROW_BYTES = 8
"""Bytes that a row of one column takes at least once it is read, however well it was packed."""

BROKEN = N_("The file {file} begins like Parquet but is damaged or cut off. Fetch it again.")


class ParquetTable:
    """A Parquet file as a table."""

    first_row = 1
    delimiter: str | None = None
    encoding: str | None = None
    notices: tuple[Notice, ...] = ()

    def __init__(self, buffer: pa.Buffer, file_name: str, max_bytes: int = MAX_BYTES) -> None:
        self.file_name = file_name
        self._limits = max_bytes, room()
        with told(file_name, BROKEN):
            metadata = pa_parquet.read_metadata(pa.BufferReader(buffer))
            schema = metadata.schema.to_arrow_schema()
            texts = [name for name, kind in zip(schema.names, schema.types, strict=True) if _is_text(kind)]
            self._file = pa_parquet.ParquetFile(pa.BufferReader(buffer), read_dictionary=texts, page_checksum_verification=True)
            self._schema = self._file.schema_arrow
            self._names = tuple(self._schema.names)
            self._flat = flat_columns(self._schema)
        self.columns = unique_names(self._names[place] for place in self._flat)
        self.n_rows = self._file.metadata.num_rows

    def head(self, n_rows: int) -> pa.Table:
        """The first rows with all columns."""
        return self._read(range(len(self.columns)), Task(), n_rows)

    def read(self, names: Sequence[str], task: Task) -> pa.Table:
        """Whole columns, and no others; texts stay dictionary-encoded."""
        return self._read([self.columns.index(name) for name in names], task, None)

    def _read(self, places: Sequence[int], task: Task, n_rows: int | None) -> pa.Table:
        wanted = [self._flat[place] for place in places]
        originals = list(dict.fromkeys(self._names[place] for place in wanted))
        batches, total, rows = [], 0, 0
        with told(self.file_name, BROKEN):
            if n_rows is None:
                self._check_declared(set(originals))
            for batch in self._file.iter_batches(batch_size=min(BATCH, n_rows or BATCH), columns=originals, use_threads=n_rows is None):
                task.report(min(1.0, rows / max(self.n_rows, 1)), READING)
                batches.append(batch)
                rows += batch.num_rows
                total += batch.nbytes
                self._check_size(total)
                if n_rows is not None and rows >= n_rows:
                    break
            schema = pa.schema([field for field in self._schema if field.name in originals])
            table = pa.Table.from_batches(batches, batches[0].schema if batches else schema)
            table = table.select([self._place_in(table, place) for place in wanted])
            table = table.rename_columns([self.columns[place] for place in places]).unify_dictionaries().combine_chunks()
            table.validate(full=True)
        return checked(table, self.file_name, n_rows)

    def _place_in(self, table: pa.Table, place: int) -> int:
        """Where a column of the file stands in what was read of it: several may have its name, in the file's order."""
        name = self._names[place]
        earlier = self._names[:place].count(name)
        return [at for at, other in enumerate(table.column_names) if other == name][earlier]

    def _check_declared(self, names: set[str]) -> None:
        """Add up what the file says its columns unpack to, and what their rows take at the least."""
        metadata = self._file.metadata
        declared = self.n_rows * len(names) * ROW_BYTES
        for group in range(metadata.num_row_groups):
            row_group = metadata.row_group(group)
            columns = (row_group.column(place) for place in range(row_group.num_columns))
            declared += sum(max(0, column.total_uncompressed_size) for column in columns if column.path_in_schema in names)
        self._check_size(declared)

    def _check_size(self, size: int) -> None:
        check_unpacked(size, self.file_name, *self._limits)


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))
