"""Delimited text (CSV, TSV, …) from memory with Arrow's reader. Every cell is read as text; what it means is decided later."""

from __future__ import annotations

import codecs
import contextlib
import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv

from engine.errors import N_, BadInput
from engine.files.compression import NO_MEMORY
from engine.files.content import looks_like_utf16
from engine.files.table import READING, check_fields, unique_names
from engine.log.columns import Notice
from engine.tasks import Task, run_beside

DELIMITERS = (",", ";", "\t", "|")
SAMPLE = 1 << 20
BLOCK = 8 << 20
HEAD_ROWS = 200
STEP = 16 << 20
END_MARK, TAIL = b"\x1a", 4096

EMPTY = N_("The file {file} holds no header line.")
ENCODING = N_("The file {file} is not text in the encoding {encoding}. Choose another (--encoding), such as utf-8, latin-1 or utf-16.")
UNKNOWN_ENCODING = N_("The encoding {encoding} is not known. Use a name such as utf-8, latin-1 or utf-16.")
BAD_DELIMITER = N_("The delimiter must be one character, such as , or ; or tab.")
RAGGED = N_("Row {row} of {file} has {actual} cells instead of {expected}. Mend the row, or choose another delimiter (--delimiter).")
NOT_A_TABLE = N_("The file {file} cannot be read as a table. Perhaps a quotation mark is never closed, or a row is longer than {size} MB.")

NAMED_DELIMITERS = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|", "space": " "}
SEPARATOR_LINE = re.compile(r'"?sep=(.)"?', re.IGNORECASE)
"""Excel's own first line that names the delimiter."""


class CsvTable:
    """A delimited text as a table; the first line names the columns."""

    notices: tuple[Notice, ...] = ()

    def __init__(self, buffer: pa.Buffer, file_name: str, delimiter: str | None, encoding: str | None, task: Task) -> None:
        self.file_name = file_name
        self.encoding: str | None
        whole, self.encoding = _as_utf8(buffer, file_name, encoding, task)
        task.check()
        self._text = _without_end_mark(whole)
        self.first_row = 2
        header, self._body = _split_header(self._text)
        hint = SEPARATOR_LINE.fullmatch(header)
        if hint:
            self._text, self.first_row = self._body, 3
            header, self._body = _split_header(self._text)
            delimiter = delimiter or hint[1]
        self.delimiter: str | None = _delimiter(delimiter) if delimiter else _guess_delimiter(_sample(self._text))
        self.columns = _column_names(header, self._body, self.delimiter, file_name)
        marks = _count(self._text, b'"', task)
        self._quoted, self._unpaired = marks > 0, marks % 2 == 1

    def head(self, n_rows: int) -> pa.Table:
        """The first rows with all columns."""
        return self._parse(_sample(self._body), self.columns, Task()).slice(0, n_rows)

    def read(self, names: Sequence[str], task: Task) -> pa.Table:
        """Whole columns, and no others; those that repeat are dictionary-encoded."""
        table = self._parse(self._body, names, task, self._repetitive())
        return run_beside(task, lambda: self._whole(table))

    def _whole(self, table: pa.Table) -> pa.Table:
        check_fields(table, self.file_name)
        self._check_closed(table.num_rows)
        return table.unify_dictionaries().combine_chunks()

    def _repetitive(self) -> set[str]:
        """Columns whose cells repeat among the first rows: those are worth a dictionary."""
        head = self.head(HEAD_ROWS * 10)
        return {name for name in head.column_names if 2 * len(head.column(name).unique()) <= max(head.num_rows, 400)}

    def _check_closed(self, n_rows: int) -> None:
        """A quotation mark that is still open at the end would swallow a row put behind it, as it has swallowed those before."""
        if not self._unpaired or not n_rows:
            return
        output = pa.BufferOutputStream()
        output.write(self._body)
        output.write(b"\n" + str(self.delimiter).encode() * (len(self.columns) - 1) + b"\n")
        if len(self.columns) > 1 and self._parse(output.getvalue(), self.columns[:1], Task()).num_rows != n_rows + 1:
            raise BadInput(NOT_A_TABLE, file=self.file_name, size=BLOCK >> 20)

    def _parse(self, body: pa.Buffer, names: Sequence[str], task: Task, repetitive: AbstractSet[str] | None = None) -> pa.Table:
        """The rows of a text; of the columns that repeat (None: all) every piece is encoded while the next is read."""
        bad_rows: list[tuple[int, int]] = []
        encoded = set(names) if repetitive is None else repetitive
        pieces: list[pa.RecordBatch] = []
        try:
            for piece in self._pieces(body, names, task, _noting(bad_rows)) if _has_rows(body) else ():
                columns = zip(names, piece.columns, strict=True)
                cells = [column.dictionary_encode() if name in encoded else column for name, column in columns]
                pieces.append(pa.RecordBatch.from_arrays(cells, list(names)))
        except pa.ArrowInvalid as error:
            self._explain(body, bad_rows)
            raise BadInput(NOT_A_TABLE, file=self.file_name, size=BLOCK >> 20) from error
        except MemoryError as error:
            raise BadInput(NO_MEMORY, file=self.file_name) from error
        if bad_rows:
            self._explain(body, bad_rows)
        nothing = pa.array([], pa.string()).dictionary_encode()
        return pa.Table.from_batches(pieces) if pieces else pa.table(dict.fromkeys(names, nothing))

    def _pieces(
        self, body: pa.Buffer, names: Sequence[str], task: Task, on_bad_row: Callable[[pa_csv.InvalidRow], str], threads: bool = True
    ) -> Iterator[pa.RecordBatch]:
        """The cells of some columns as strings, a piece at a time."""
        reader = pa_csv.open_csv(
            pa.BufferReader(body),
            read_options=pa_csv.ReadOptions(column_names=list(self.columns), block_size=BLOCK, use_threads=threads),
            parse_options=pa_csv.ParseOptions(delimiter=self.delimiter, newlines_in_values=self._quoted, invalid_row_handler=on_bad_row),
            convert_options=pa_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), include_columns=list(names), null_values=[], strings_can_be_null=False
            ),
        )
        with reader:
            for number, piece in enumerate(reader):
                task.report(min(1.0, number * BLOCK / body.size), READING)
                yield piece
        task.check()

    def _explain(self, body: pa.Buffer, bad_rows: list[tuple[int, int]]) -> None:
        """Say which row has the wrong number of cells; Arrow knows row numbers only without threads."""
        if not bad_rows:
            return
        numbered: list[tuple[int, int]] = []
        with contextlib.suppress(pa.ArrowInvalid):
            for _ in self._pieces(body, self.columns[:1], Task(), _noting(numbered), threads=False):
                continue
        row, actual = (numbered or bad_rows)[0]
        raise BadInput(RAGGED, row=row + self.first_row - 1, file=self.file_name, actual=actual, expected=len(self.columns))


def _noting(bad_rows: list[tuple[int, int]]) -> Callable[[pa_csv.InvalidRow], str]:
    def note(row: pa_csv.InvalidRow) -> str:
        if len(bad_rows) < 10:
            bad_rows.append((row.number or 0, row.actual_columns))
        return "skip"

    return note


def _as_utf8(buffer: pa.Buffer, file_name: str, encoding: str | None, task: Task) -> tuple[pa.Buffer, str]:
    """The text as UTF-8 without a byte order mark, and the encoding that it had."""
    head = bytes(buffer.slice(0, min(4096, buffer.size)).to_pybytes())
    name = _codec(encoding) if encoding else _guess_encoding(buffer, head)
    if name in {"utf-8", "ascii"}:
        if not _is_utf8(buffer):
            raise BadInput(ENCODING, file=file_name, encoding=name)
        return (buffer.slice(3) if head.startswith(codecs.BOM_UTF8) else buffer), name
    text = _transcode(buffer, name, file_name, task)
    marked = text.slice(0, min(3, text.size)).to_pybytes() == codecs.BOM_UTF8
    return (text.slice(3) if marked else text), name


def _without_end_mark(text: pa.Buffer) -> pa.Buffer:
    """The text up to the mark with which DOS ends a file, and all of it where there is none."""
    tail = text.slice(max(0, text.size - TAIL)).to_pybytes()
    kept = len(tail.rstrip(END_MARK + b"\r\n"))
    return text.slice(0, text.size - len(tail) + kept) if END_MARK in tail[kept:] else text


def _codec(encoding: str) -> str:
    try:
        found = codecs.lookup(encoding)
    except (LookupError, ValueError) as error:
        raise BadInput(UNKNOWN_ENCODING, encoding=encoding) from error
    if not found._is_text_encoding:
        raise BadInput(UNKNOWN_ENCODING, encoding=encoding)
    return "utf-8" if found.name == "utf-8-sig" else found.name


def _guess_encoding(buffer: pa.Buffer, head: bytes) -> str:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    without_mark = looks_like_utf16(head)
    if without_mark:
        return without_mark
    if head.startswith(codecs.BOM_UTF8) or _is_utf8(buffer):
        return "utf-8"
    codes = np.unique(np.frombuffer(buffer, np.uint8))
    windows = np.any((codes >= 0x80) & (codes < 0xA0)) and not np.any(np.isin(codes, (0x81, 0x8D, 0x8F, 0x90, 0x9D)))
    return "cp1252" if windows else "latin-1"


def _is_utf8(buffer: pa.Buffer) -> bool:
    """Arrow checks the whole text in place."""
    ends = pa.py_buffer(np.array([0, buffer.size], np.int64))
    try:
        pa.Array.from_buffers(pa.large_binary(), 1, [None, ends, buffer]).cast(pa.large_string())
    except pa.ArrowInvalid:
        return False
    return True


def _transcode(buffer: pa.Buffer, encoding: str, file_name: str, task: Task) -> pa.Buffer:
    decoder = codecs.getincrementaldecoder(encoding)()
    output = pa.BufferOutputStream()
    try:
        for begin in range(0, buffer.size, STEP):
            task.check()
            chunk = buffer.slice(begin, min(STEP, buffer.size - begin)).to_pybytes()
            output.write(decoder.decode(chunk, begin + STEP >= buffer.size).encode("utf-8"))
    except UnicodeError as error:
        raise BadInput(ENCODING, file=file_name, encoding=encoding) from error
    return output.getvalue()


def _sample(text: pa.Buffer) -> pa.Buffer:
    """About the first SAMPLE bytes, cut behind the last line end that does not stand inside quotation marks."""
    if text.size <= SAMPLE:
        return text
    raw = text.slice(0, SAMPLE).to_pybytes()
    end, marks = len(raw), raw.count(b'"')
    while end > 0:
        line = max(raw.rfind(b"\n", 0, end), raw.rfind(b"\r", 0, end))
        marks -= raw.count(b'"', max(line, 0), end)
        if line > 0 and marks % 2 == 0:
            return text.slice(0, line + 1)
        end = line
    return text


def _delimiter(text: str) -> str:
    delimiter = NAMED_DELIMITERS.get(text.lower(), text)
    if len(delimiter) != 1 or delimiter in '"\r\n' or ord(delimiter) > 127:
        raise BadInput(BAD_DELIMITER)
    return delimiter


def _guess_delimiter(sample: pa.Buffer) -> str:
    """The delimiter under which the fewest of the first rows differ from the header in their number of cells, and then the most columns."""
    return max(DELIMITERS, key=lambda delimiter: _fit(sample, delimiter))


def _fit(sample: pa.Buffer, delimiter: str) -> tuple[bool, float, int]:
    bad: list[tuple[int, int]] = []
    rows = sample.to_pybytes() + b"\n"
    try:
        table = pa_csv.read_csv(
            pa.BufferReader(rows),
            read_options=pa_csv.ReadOptions(autogenerate_column_names=True, block_size=len(rows) + 1),
            parse_options=pa_csv.ParseOptions(delimiter=delimiter, newlines_in_values=True, invalid_row_handler=_counting(bad)),
            convert_options=pa_csv.ConvertOptions(include_columns=["f0"], column_types={"f0": pa.binary()}),
        )
    except pa.ArrowInvalid:
        return False, 0.0, 0
    n_columns = len(_cells(_split_header(sample)[0], delimiter))
    return n_columns > 1, table.num_rows / (table.num_rows + len(bad)), n_columns


def _counting(bad: list[tuple[int, int]]) -> Callable[[pa_csv.InvalidRow], str]:
    def note(row: pa_csv.InvalidRow) -> str:
        bad.append((0, row.actual_columns))
        return "skip"

    return note


def _split_header(text: pa.Buffer) -> tuple[str, pa.Buffer]:
    """The first line that is not empty (quoted line ends belong to it) and everything behind it."""
    head = text.slice(0, min(SAMPLE, text.size)).to_pybytes()
    begin = len(head) - len(head.lstrip(b"\r\n"))
    end = begin
    while True:
        found = re.compile(rb"\r\n|\r|\n").search(head, end)
        if found is None:
            return head[begin:].decode("utf-8", "replace"), text.slice(len(head))
        end = found.end()
        if head.count(b'"', begin, found.start()) % 2 == 0:
            return head[begin : found.start()].decode("utf-8", "replace"), text.slice(end)


def _cells(line: str, delimiter: str | None) -> list[str]:
    """The cells of one line."""
    if not line.strip():
        return []
    try:
        return next(csv.reader(io.StringIO(line, newline=""), delimiter=delimiter or ","), [])
    except csv.Error:
        return [line]


def _column_names(header: str, body: pa.Buffer, delimiter: str | None, file_name: str) -> tuple[str, ...]:
    cells = _cells(header, delimiter)
    if not cells:
        raise BadInput(EMPTY, file=file_name)
    first = _cells(_split_header(body)[0], delimiter) if body.size else []
    if len(first) == len(cells) + 1 and not first[-1]:
        cells.append("")
    elif len(first) == len(cells) - 1 and not cells[-1].strip():
        cells.pop()
    return unique_names(cells)


def _has_rows(body: pa.Buffer) -> bool:
    return bool(bytes(body.slice(0, min(4096, body.size)).to_pybytes()).strip(b"\r\n")) or body.size > 4096


def _count(text: pa.Buffer, byte: bytes, task: Task) -> int:
    codes, count = np.frombuffer(text, np.uint8), 0
    for begin in range(0, len(codes), STEP):
        task.check()
        count += int(np.count_nonzero(codes[begin : begin + STEP] == byte[0]))
    return count
