"""Whether the first line of a text names columns or is a row like those below it: only names may be quoted to the user."""

from __future__ import annotations

import re

import pyarrow as pa

from engine.errors import N_, BadInput
from engine.files.table import Table, as_text
from engine.importing.detect import NAMES, spellings
from engine.importing.personal import is_numeric, is_value, plain_name
from engine.log.columns import ACTIVITY, CASE, TIMESTAMP, ColumnRoles

ROWS = 50
ENOUGH_NAMES = 2
"""This many names in use, one of them telling, make a first line a header, whatever numbers stand in it."""
MOSTLY = 0.8
USUAL_ENDING = re.compile(r".* (?:id|nr|nummer|number|dato|date|tid|time|tidspunkt|timestamp)$")
USED_NAMES = frozenset(name for tiers in NAMES.values() for names in tiers for name in names)
TELLING_NAMES = frozenset(name for role in (CASE, ACTIVITY, TIMESTAMP) for tier in NAMES[role][:2] for name in tier) - {"slut", "completed"}
"""Names that hardly ever stand in a cell; "start" and "center" do."""

NO_HEADER = N_(
    "The first line of {file} does not look like column names. "
    "Put a line with the column names above it, or give the three columns by name (--case, --activity, --timestamp)."
)


def check_header(table: Table, given: ColumnRoles) -> None:
    """BadInput, without a word of the line, when it looks like data; a line that holds all the columns asked for is a header."""
    needed = (given.case, given.activity, given.timestamp)
    if all(name in table.columns for name in needed):
        return
    if any(is_value(name) for name in table.columns) or not _is_header(table):
        raise BadInput(NO_HEADER, file=table.file_name)


def _is_header(table: Table) -> bool:
    parts = [part for name in table.columns for part in re.split(r"[;,\t|]", name)]
    telling = any(spellings(part) & TELLING_NAMES for part in parts)
    if telling and sum(_is_known(part) for part in parts) >= ENOUGH_NAMES:
        return True
    if any(is_numeric(name) for name in table.columns):
        return False
    head = table.head(ROWS)
    cells = {name: [cell for cell in _texts(head.column(name)) if cell.strip()] for name in table.columns}
    if any(name in cells[name] for name in table.columns):
        return False
    return telling or any(_is_data(found) for found in cells.values())


def _is_known(name: str) -> bool:
    return bool(spellings(name) & USED_NAMES) or USUAL_ENDING.match(plain_name(name)) is not None


def _texts(column: pa.ChunkedArray) -> list[str]:
    return [str(text) for text in as_text(column).to_pylist()]


def _is_data(cells: list[str]) -> bool:
    return bool(cells) and sum(is_value(cell) or is_numeric(cell) for cell in cells) >= MOSTLY * len(cells)
