"""What every table format offers: column names, a first look, and whole columns on demand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol
from uuid import UUID

import pyarrow as pa
import pyarrow.compute as pc

from engine.errors import N_, BadInput
from engine.files.compression import NO_MEMORY
from engine.log.columns import Notice
from engine.tasks import Task

MAX_FIELD = 1 << 20
"""Most bytes of one cell."""

KINDS: tuple[Callable[[pa.DataType], bool], ...] = (
    pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view, pa.types.is_boolean, pa.types.is_integer, pa.types.is_floating,
    pa.types.is_decimal, pa.types.is_timestamp, pa.types.is_date, pa.types.is_time, pa.types.is_duration, pa.types.is_null,
)  # fmt: skip
"""Types whose cells can become text; lists, structs, intervals, unions and runs cannot."""

LONG_FIELD = N_("The column {column} of {file} holds a cell longer than {size} characters. Leave it out or shorten it.")
NOT_TEXT = N_("The column {column} of {file} holds bytes that are not text. Choose another column, or export it as text.")
READING = N_("Reading rows")


class Table(Protocol):
    """A table in memory. first_row: the number that a reader of the file would give row 0 (2 below a header line).

    notices: what is to be said about how the file was read.
    """

    file_name: str
    columns: tuple[str, ...]
    first_row: int
    delimiter: str | None
    encoding: str | None
    notices: tuple[Notice, ...]

    def head(self, n_rows: int) -> pa.Table:
        """The first rows with all columns."""

    def read(self, names: Sequence[str], task: Task) -> pa.Table:
        """Whole columns, and no others, one chunk each; texts are dictionary-encoded or strings, never decoded objects."""


@contextmanager
def told(file_name: str, broken: str) -> Iterator[None]:
    """What Arrow cannot read inside is told as BadInput: the sentence `broken` about the file, or that memory ran out."""
    try:
        yield
    except MemoryError as error:
        raise BadInput(NO_MEMORY, file=file_name) from error
    except (pa.ArrowException, OSError, ValueError, LookupError) as error:
        raise BadInput(broken, file=file_name) from error


def checked(table: pa.Table, file_name: str, n_rows: int | None) -> pa.Table:
    """A table as read, with bytes as text and no cell too long; n_rows: the first rows of a first look, which tolerates more."""
    table = without_bytes(table, file_name, tolerant=n_rows is not None)
    check_fields(table, file_name)
    return table if n_rows is None else table.slice(0, n_rows)


def unique_names(names: Iterable[str]) -> tuple[str, ...]:
    """Trimmed names; an empty one becomes "column 3", a repeated one "name (2)"."""
    taken: dict[str, int] = {}
    result: list[str] = []
    for place, name in enumerate(names, start=1):
        plain = name.strip() or f"column {place}"
        unique, count = plain, 1
        while unique in taken:
            count += 1
            unique = f"{plain} ({count})"
        taken[unique] = place
        result.append(unique)
    return tuple(result)


def as_text(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    """A column of any scalar type as strings (dictionary-encoded stays so); whole numbers lose a ".0", no cell stays null.

    Moments are written in UTC: Arrow would need a time zone database for anything else.
    """
    column = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if pa.types.is_dictionary(column.type):
        values = as_text(column.dictionary)
        indices = column.indices.cast(pa.int32())
        if column.indices.null_count:
            values = pa.concat_arrays([values, pa.array([""])])
            indices = indices.fill_null(len(values) - 1)
        return pa.DictionaryArray.from_arrays(indices, values)
    if pa.types.is_timestamp(column.type) and column.type.tz is not None:
        column = column.cast(pa.int64()).cast(pa.timestamp(column.type.unit))
    if pa.types.is_floating(column.type):
        column = _whole_numbers(column)
    return column.cast(pa.string()).fill_null("")


def _whole_numbers(column: pa.Array) -> pa.Array:
    """Floats as integers when they are nothing else, which pandas makes of integers with gaps; NaN is a gap."""
    column = column.cast(pa.float64())
    filled = pc.if_else(pc.is_finite(column), column, pa.scalar(None, pa.float64()))
    whole = pc.all(pc.equal(filled, pc.round(filled))).as_py()
    largest = pc.max(pc.abs(filled)).as_py()
    return filled.cast(pa.int64()) if whole is not False and (largest or 0) < 2**53 else filled


def flat_columns(schema: pa.Schema) -> list[int]:
    """Places of the columns whose cells can become text. ValueError when a name or a time zone is not even text."""
    flat = [place for place, kind in enumerate(schema.types) if _becomes_text(kind)]
    for place in flat:
        kind = schema.types[place]
        _ = (schema.names[place], kind.tz if pa.types.is_timestamp(kind) else None)
    return flat


def _becomes_text(kind: pa.DataType) -> bool:
    if isinstance(kind, pa.BaseExtensionType):
        return _becomes_text(kind.storage_type)
    if pa.types.is_dictionary(kind):
        return _becomes_text(kind.value_type)
    return _holds_bytes(kind) or any(is_kind(kind) for is_kind in KINDS)


def without_bytes(table: pa.Table, file_name: str, tolerant: bool) -> pa.Table:
    """The table with byte strings as text and keys (UUID) as they are written.

    Bytes that are no text in UTF-8 make a column of empty cells where that is tolerated, and BadInput where it is not.
    """
    for place, name in enumerate(table.column_names):
        column = table.column(place)
        if not _holds_bytes(column.type) and not isinstance(column.type, pa.BaseExtensionType):
            continue
        try:
            text = pa.chunked_array([_as_strings(chunk) for chunk in column.chunks], pa.string())
        except pa.ArrowInvalid as error:
            if not tolerant:
                raise BadInput(NOT_TEXT, column=name, file=file_name) from error
            text = pa.chunked_array([pa.repeat("", len(column))])
        table = table.set_column(place, name, text)
    return table


def _holds_bytes(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        return _holds_bytes(kind.value_type)
    return bool(
        pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind) or pa.types.is_binary_view(kind)
    )


def _as_strings(chunk: pa.Array) -> pa.Array:
    if pa.types.is_dictionary(chunk.type):
        return _as_strings(chunk.dictionary).take(chunk.indices)
    if not isinstance(chunk.type, pa.BaseExtensionType):
        return chunk.cast(pa.string())
    if chunk.type.extension_name != "arrow.uuid":
        return _as_strings(chunk.storage)
    keys = chunk.storage.dictionary_encode()
    names = [None if key is None else str(UUID(bytes=key)) for key in keys.dictionary.to_pylist()]
    return pa.array(names, pa.string()).take(keys.indices)


def check_fields(table: pa.Table, file_name: str) -> None:
    """BadInput when a text cell is longer than MAX_FIELD."""
    for name, column in zip(table.column_names, table.columns, strict=True):
        for chunk in column.chunks:
            values = chunk.dictionary if pa.types.is_dictionary(chunk.type) else chunk
            if pa.types.is_string(values.type) or pa.types.is_large_string(values.type):
                longest = pc.max(pc.binary_length(values)).as_py()
                if longest is not None and longest > MAX_FIELD:
                    raise BadInput(LONG_FIELD, column=name, file=file_name, size=MAX_FIELD)
