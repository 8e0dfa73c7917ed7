"""Sheets of a workbook as columns. It runs in a disposable child: the reader allocates whatever a sheet claims to span."""

from __future__ import annotations

import os
import re
import sys
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from pathlib import Path
from struct import error as struct_error
from typing import Any

import pyarrow as pa
import pyarrow.ipc as pa_ipc
from msgspec import Struct, msgpack

from engine.errors import N_, BadInput
from engine.files.compression import check_ratio, check_unpacked
from engine.files.table import READING
from engine.tasks import Task

CHUNK = 20_000
"""Rows that become Arrow columns at a time."""
HEAD_ROWS = 20
"""Rows among which the column names are looked for."""
MOST_MEMBERS = 10_000
STEP = 1 << 20
ZIP = b"PK"

READING_WORKBOOK = N_("Reading the workbook")
BROKEN = N_("The file {file} begins like a workbook but is damaged or cut off, or it is no spreadsheet. Save it again as xlsx.")
LOCKED = N_(
    "The workbook {file} is locked with a password of its own. "
    "Save it without one (File, Info, Protect Workbook) and encrypt the file with age."
)

Cells = tuple[object, ...]


class SheetQuestion(Struct, frozen=True):
    """A workbook in bytes, and the sheet wanted: None for the first that holds anything. limit: most bytes that it may unpack to."""

    file: str
    workbook: bytes
    sheet: str | None
    limit: int


class SheetAnswer(Struct, frozen=True):
    """names: all worksheets; filled: those shown in Excel that hold anything. table: Arrow IPC of the sheet that was read, b"" without any.

    first_row: Excel's number of the first row below the column names. above: rows above the names. unstored: formulas without a value.
    """

    names: tuple[str, ...]
    filled: tuple[str, ...]
    sheet: str | None = None
    columns: tuple[str, ...] = ()
    first_row: int = 2
    above: int = 0
    unstored: int = 0
    table: bytes = b""


def read_sheet(given: bytes, task: Task) -> bytes:
    """A sheet of a workbook (SheetQuestion to SheetAnswer, as msgpack); BadInput when it cannot be read."""
    from python_calamine import CalamineError, PasswordError, load_workbook

    _be_silent()
    question = msgpack.decode(given, type=SheetQuestion)
    _limit_memory(question.limit)
    task.report(None, READING_WORKBOOK)
    try:
        if question.workbook.startswith(ZIP):
            check_members(pa.py_buffer(question.workbook), question.file, question.limit, task)
        with load_workbook(pa.BufferReader(question.workbook)) as workbook:
            return msgpack.encode(_answer(workbook, question, task))
    except PasswordError as error:
        raise BadInput(LOCKED, file=question.file) from error
    except (CalamineError, OSError) as error:
        raise BadInput(LOCKED if _is_locked(question.workbook) else BROKEN, file=question.file) from error


def _be_silent() -> None:
    """What the reader says when it gives up would quote addresses of its code into the user's shell."""
    with suppress(OSError):
        sys.stderr.flush()
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)


def _limit_memory(limit: int) -> None:
    """Beyond what the process holds now: a sheet of two cells far apart would otherwise take all there is."""
    try:
        import resource
    except ImportError:
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    with suppress(ValueError, OSError):
        wanted = int(Path("/proc/self/statm").read_text("ascii").split()[0]) * resource.getpagesize() + limit
        resource.setrlimit(resource.RLIMIT_AS, (wanted if soft == resource.RLIM_INFINITY else min(soft, wanted), hard))


def _is_locked(workbook: bytes) -> bool:
    """Whether Excel encrypted the workbook, which puts it into a container of the old kind."""
    return "EncryptedPackage".encode("utf-16-le") in workbook


def check_members(buffer: pa.Buffer, file_name: str, limit: int, task: Task) -> None:
    """BadInput when the parts of a zipped workbook are damaged, or claim or reach more bytes than they may."""
    try:
        with zipfile.ZipFile(pa.BufferReader(buffer)) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_MEMBERS:
                raise BadInput(BROKEN, file=file_name)
            check_unpacked(sum(part.file_size for part in parts), file_name, limit, limit)
            check_ratio(sum(part.file_size for part in parts), buffer.size, file_name)
            total = 0
            for part in parts:
                for piece in _pieces(archive, part):
                    total += piece
                    check_ratio(total, buffer.size, file_name)
                    check_unpacked(total, file_name, limit, limit)
                    task.report(None, READING_WORKBOOK)
    except (zipfile.BadZipFile, zlib.error, struct_error, OSError, EOFError, ValueError, LookupError, RuntimeError) as error:
        raise BadInput(BROKEN, file=file_name) from error


def _pieces(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[int]:
    with archive.open(part) as opened:
        while piece := opened.read(STEP):
            yield len(piece)


def _answer(workbook: Any, question: SheetQuestion, task: Task) -> SheetAnswer:
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    sheets = [one for one in workbook.sheets_metadata if one.typ == SheetTypeEnum.WorkSheet]
    names = tuple(one.name for one in sheets)
    if question.sheet is not None:
        if question.sheet not in names:
            return SheetAnswer(names, ())
        return _taken(workbook.get_sheet_by_name(question.sheet), names, (question.sheet,), question, task)
    chosen: Any = None
    filled: list[str] = []
    for one in sorted(sheets, key=lambda one: one.visible != SheetVisibleEnum.Visible):
        if filled and one.visible != SheetVisibleEnum.Visible:
            break
        task.report(None, READING_WORKBOOK)
        found = workbook.get_sheet_by_name(one.name)
        if found.width:
            filled.append(one.name)
            chosen = chosen or found
    if chosen is None:
        return SheetAnswer(names, ())
    return _taken(chosen, names, tuple(filled), question, task)


def _taken(sheet: Any, names: tuple[str, ...], filled: tuple[str, ...], question: SheetQuestion, task: Task) -> SheetAnswer:
    if not sheet.width:
        return SheetAnswer(names, (), sheet.name)
    head = [list(row) for row in sheet.to_python(skip_empty_area=True, nrows=HEAD_ROWS)]
    above = header_place(head)
    columns = _columns(sheet, above, task)
    kept = [place for place, name in enumerate(head[above]) if name != "" or columns[place].null_count < len(columns[place])]
    table = pa.table([columns[place] for place in kept], names=[str(place) for place in range(len(kept))])
    sink = pa.BufferOutputStream()
    with pa_ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return SheetAnswer(
        names,
        filled,
        sheet.name,
        columns=tuple(as_cell_text(head[above][place]) for place in kept),
        first_row=sheet.start[0] + above + 2,
        above=sum(any(cell != "" for cell in row) for row in head[:above]),
        unstored=count_unstored(question.workbook, sheet.name),
        table=sink.getvalue().to_pybytes(),
    )


def header_place(head: list[list[Any]]) -> int:
    """Which of the first rows names the columns: titles above a table fill one or two cells, its names nearly all."""
    counts = [sum(cell != "" for cell in row) for row in head]
    return next(place for place, count in enumerate(counts) if 10 * count >= 7 * max(counts))


def _columns(sheet: Any, above: int, task: Task) -> list[pa.ChunkedArray]:
    """The cells below the names, by column; rows behind the last filled one are left out."""
    chunks: list[list[pa.Array]] = [[] for _ in range(sheet.width)]
    height, rows, done = max(sheet.height, 1), [], 0
    for place, row in enumerate(sheet.iter_rows()):
        if place > above + (sheet.start[0] if sheet.start else 0):
            rows.append(row)
        if len(rows) == CHUNK:
            done += CHUNK
            _take(rows, chunks)
            rows = []
            task.report(min(1.0, done / height), READING)
    while rows and not any(cell != "" for cell in rows[-1]):
        rows.pop()
    if rows or not chunks[0]:
        _take(rows, chunks)
    return [unified(column) for column in chunks]


def _take(rows: list[list[object]], chunks: list[list[pa.Array]]) -> None:
    columns = zip(*rows, strict=True) if rows else [() for _ in chunks]
    for chunk, cells in zip(chunks, columns, strict=True):
        chunk.append(typed(cells))


def typed(cells: Cells) -> pa.Array:
    """Cells of one kind as an Arrow array of it, of several kinds as text; empty ones are null."""
    kinds = {type(cell) for cell in cells if cell != ""}
    values = [None if cell == "" else cell for cell in cells]
    if not kinds:
        return pa.nulls(len(values))
    if kinds == {date}:
        return pa.array(values, pa.date32())
    if kinds <= {date, datetime}:
        return pa.array([_midnight(value) if type(value) is date else value for value in values], pa.timestamp("us"))
    if kinds <= {int, float}:
        return pa.array(values, pa.float64())
    if kinds == {bool}:
        return pa.array(values, pa.bool_())
    return pa.array([None if value is None else as_cell_text(value) for value in values], pa.string())


def _midnight(value: date) -> datetime:
    return datetime(value.year, value.month, value.day)


def as_cell_text(cell: object) -> str:
    """A cell as text: whole numbers without a point, moments as ISO 8601."""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53:
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.isoformat(" ")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        seconds = int(cell.total_seconds())
        return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return str(cell)


def unified(chunks: list[pa.Array]) -> pa.ChunkedArray:
    """Chunks of one column as one type: their own, moments for dates and moments, text for anything else that is mixed."""
    kinds = {chunk.type for chunk in chunks if not pa.types.is_null(chunk.type)}
    if not kinds:
        kind = pa.string()
    elif len(kinds) == 1:
        kind = kinds.pop()
    else:
        kind = pa.timestamp("us") if kinds == {pa.date32(), pa.timestamp("us")} else pa.string()
    column = pa.chunked_array([_as_kind(chunk, kind) for chunk in chunks], kind)
    if pa.types.is_string(kind) and 2 * len(column.unique()) <= len(column):
        return column.dictionary_encode()
    return column


def _as_kind(chunk: pa.Array, kind: pa.DataType) -> pa.Array:
    if chunk.type == kind or not pa.types.is_string(kind) or pa.types.is_null(chunk.type):
        return chunk.cast(kind)
    return pa.array([None if cell is None else as_cell_text(cell) for cell in chunk.to_pylist()], kind)


# ---- formulas without a value -------------------------------------------------------------------------------------------------

UNSTORED = re.compile(rb"<c\b[^>]*>\s*<f\b(?:[^>]*/>|[^>]*>[^<]*</f>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>")


def count_unstored(workbook: bytes, sheet: str) -> int:
    """Formula cells of an xlsx sheet whose value was never stored: programs that write workbooks without computing leave them so."""
    if not workbook.startswith(ZIP):
        return 0
    with zipfile.ZipFile(pa.BufferReader(workbook)) as archive:
        part = _part_of(archive, sheet)
        return 0 if part is None else sum(1 for _ in UNSTORED.finditer(archive.read(part)))


def _part_of(archive: zipfile.ZipFile, sheet: str) -> str | None:
    """The part of the archive that holds a sheet; None where that is not said, or the workbook is none of XML."""
    names = set(archive.namelist())
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
        return None
    from lxml import etree

    from engine.files.xes import OPTIONS

    parser = etree.XMLParser(**OPTIONS)
    try:
        sheets = etree.fromstring(archive.read("xl/workbook.xml"), parser).iter("{*}sheet")
        targets = {
            str(one.get("Id")): str(one.get("Target"))
            for one in etree.fromstring(archive.read("xl/_rels/workbook.xml.rels"), parser).iter("{*}Relationship")
        }
    except etree.XMLSyntaxError:
        return None
    for one in sheets:
        wanted = next((str(value) for name, value in one.items() if str(name).endswith("}id")), "")
        if one.get("name") == sheet and wanted in targets:
            path = targets[wanted].lstrip("/")
            return next((name for name in (path, f"xl/{path}") if name in names), None)
    return None
