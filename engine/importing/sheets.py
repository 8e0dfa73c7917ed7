"""Which sheet of a workbook is read: the one that was asked for, the only one that holds anything, or in the window the first such."""

from __future__ import annotations

import pyarrow as pa

from engine.errors import N_, BadInput
from engine.files.workbook import SheetTable
from engine.importing.header import check_header
from engine.importing.personal import listed
from engine.log.columns import ReadOptions
from engine.tasks import Task

NO_SHEET = N_("The workbook {file} has no sheet {sheet}. Its sheets are: {sheets}.")
EMPTY_SHEET = N_("The sheet {sheet} of {file} is empty.")
EMPTY_WORKBOOK = N_("No sheet of the workbook {file} holds anything.")
SEVERAL_SHEETS = N_("Several sheets of {file} hold something. Choose one with --sheet: {sheets}.")
PACKED_CELLS = N_(
    "The sheet of {file} has one column, and whole rows of a CSV file stand in its cells. Open the CSV file itself, "
    "or part the cells in Excel (Data, Text to Columns)."
)
SIGNS = ";,\t|"


def open_sheet(
    buffer: pa.Buffer, file_name: str, options: ReadOptions, task: Task, take_first: bool = False, known: SheetTable | None = None
) -> SheetTable:
    """The sheet named in the options; without a name the only one that holds anything, or with `take_first` the first of several.

    known: the sheet of this workbook that was read before. BadInput when there is none, or several to choose from, or its first row
    names no columns.
    """
    if known is not None and options.sheet in (None, known.sheet):
        table = known
    else:
        table = SheetTable(buffer, file_name, options.sheet, task)
        table.sheets = known.sheets if known is not None and table.sheets else table.sheets
    if options.sheet is not None and options.sheet not in table.all_sheets:
        raise BadInput(NO_SHEET, file=file_name, sheet=listed((options.sheet,)), sheets=listed(table.all_sheets))
    if table.sheet is None or not table.columns:
        if options.sheet is None:
            raise BadInput(EMPTY_WORKBOOK, file=file_name)
        raise BadInput(EMPTY_SHEET, file=file_name, sheet=listed((options.sheet,)))
    if options.sheet is None and len(table.sheets) > 1 and not take_first:
        raise BadInput(SEVERAL_SHEETS, file=file_name, sheets=listed(table.sheets))
    if len(table.columns) == 1 and any(sign in table.columns[0] for sign in SIGNS):
        raise BadInput(PACKED_CELLS, file=file_name)
    check_header(table, options.roles)
    return table
