"""Excel workbooks (xlsx, xlsm, xlsb, xls) and OpenDocument sheets from memory. Macros are never looked at."""

from __future__ import annotations

import time
from collections.abc import Sequence

import pyarrow as pa
import pyarrow.ipc as pa_ipc
from msgspec import msgpack

from engine.disposable import ENDED, TOO_LITTLE_MEMORY, run_disposable
from engine.errors import N_, BadInput, Value
from engine.files.compression import MAX_BYTES
from engine.files.memory import room
from engine.files.sheet_reading import BROKEN, SheetAnswer, SheetQuestion, read_sheet
from engine.files.table import check_fields, told, unique_names
from engine.log.columns import Notice
from engine.tasks import Task

SILENCE, SILENCE_PER_BYTE = 20.0, 2e-6
"""Seconds that the reader may work without a sign of progress; a damaged workbook can send it in circles."""

TOO_WIDE = N_(
    "The workbook {file} could not be read: it is damaged, or a sheet spans far more cells than it holds. "
    "Copy the table alone into a new workbook, or save it as CSV (UTF-8)."
)
UNSTORED = N_(
    "Formula cells in the sheet without a stored value: {count}. They were read as empty; open the workbook in Excel and save it once."
)
ABOVE = N_("Rows above the column names of the sheet were left out: {count}.")


class SheetTable:
    """A sheet as a table. sheets: the worksheets that hold anything, or only the one that was asked for; all_sheets: every one's name."""

    delimiter: str | None = None
    encoding: str | None = None

    def __init__(self, buffer: pa.Buffer, file_name: str, sheet: str | None, task: Task, max_bytes: int = MAX_BYTES) -> None:
        self.file_name = file_name
        answer = _read(buffer, file_name, sheet, task, max_bytes)
        self.all_sheets = answer.names
        self.sheets = answer.filled
        self.sheet = answer.sheet
        self.first_row = answer.first_row
        self.columns = unique_names(answer.columns)
        self.notices = _notices(answer)
        self._table = pa.table({})
        if answer.table:
            with told(file_name, BROKEN):
                table = pa_ipc.open_stream(pa.BufferReader(answer.table)).read_all()
            self._table = table.rename_columns(list(self.columns)).unify_dictionaries().combine_chunks()
            check_fields(self._table, file_name)

    def head(self, n_rows: int) -> pa.Table:
        """The first rows with all columns."""
        return self._table.slice(0, n_rows)

    def read(self, names: Sequence[str], task: Task) -> pa.Table:
        """Whole columns, and no others."""
        task.check()
        return self._table.select(list(names))


def _read(buffer: pa.Buffer, file_name: str, sheet: str | None, task: Task, max_bytes: int) -> SheetAnswer:
    """What a child of its own finds in the workbook; BadInput also when the child came to an end over it."""
    question = SheetQuestion(file_name, buffer.to_pybytes(), sheet, min(max_bytes, room()))
    watch = _Watch(task, SILENCE + SILENCE_PER_BYTE * buffer.size)
    try:
        return msgpack.decode(run_disposable(read_sheet, msgpack.encode(question), watch), type=SheetAnswer)
    except BadInput as error:
        if error.message in (ENDED, TOO_LITTLE_MEMORY):
            raise BadInput(TOO_WIDE, file=file_name) from error
        raise


class _Watch(Task):
    """A task that gives up when it hears nothing for some seconds."""

    def __init__(self, task: Task, patience: float) -> None:
        super().__init__()
        self._task = task
        self._patience = patience
        self._until = time.monotonic() + patience

    def report(self, fraction: float | None, message: str, **values: Value) -> None:
        """Pass it on: something is going on."""
        self._until = time.monotonic() + self._patience
        self._task.report(fraction, message, **values)

    def check(self) -> None:
        """Raise Cancelled if the task was stopped, BadInput when nothing was heard for too long."""
        self._task.check()
        if time.monotonic() > self._until:
            raise BadInput(ENDED)


def _notices(answer: SheetAnswer) -> tuple[Notice, ...]:
    found = ((ABOVE, answer.above), (UNSTORED, answer.unstored))
    return tuple(Notice(message, {"count": count}) for message, count in found if count)
