"""A table of codes and what they mean, read from a file that a case system or a colleague has written: for the step that maps codes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from msgspec import Struct

from engine.errors import N_, BadInput
from engine.files.csv import CsvTable
from engine.files.table import as_text
from engine.files.whole_file import read_file
from engine.importing.personal import listed, plain_name
from engine.service.messages import Secret
from engine.tasks import Task

CODES = ("kode", "code", "værdi", "value", "nøgle", "key", "nr", "id")
NAMES = ("aktivitet", "activity", "betydning", "navn", "name", "tekst", "text", "beskrivelse", "description", "label")
SINCE = re.compile(r"fra\b|from\b|since\b")
MOST_CODES = 10_000
NO_COLUMN = N_("The file {file} has no column {column}. It has: {columns}.")
ONE_COLUMN = N_("The table of codes {file} needs two columns: the code and its name.")
SEVERAL_NAMES = N_("The table of codes {file} gives several names to one code: {codes}. Leave one of each in it.")
NO_CODES = N_("The table of codes {file} holds no code with a name.")
TOO_MANY = N_("{file} is too long for a table of codes: it holds more than {most}.")


class CodeTable(Struct, frozen=True):
    """The codes of a file with their names, which columns they stand in, and what other columns there are.

    replacing: codes that are used from a day on, in the place of another with the same name.
    """

    code: str
    name: str
    columns: tuple[str, ...]
    table: dict[str, str]
    replacing: tuple[str, ...] = ()


def read_code_table(
    path: Path, secret: Secret, task: Task, code: str | None = None, name: str | None = None, encoding: str | None = None
) -> CodeTable:
    """The table in a CSV file, encrypted or not; the columns are told by their names, else they are the first two.

    BadInput when it cannot be read, has no such columns, or one code has two names; WrongKey when it does not open.
    """
    data = read_file(path, secret, task.part(0.0, 0.5))[0]
    table = CsvTable(data, path.name, None, encoding, task)
    for wanted in (code, name):
        if wanted is not None and wanted not in table.columns:
            raise BadInput(NO_COLUMN, file=path.name, column=wanted, columns=listed(table.columns))
    if len(table.columns) < 2:
        raise BadInput(ONE_COLUMN, file=path.name)
    code = code or _column(table.columns, CODES, (name,), 0)
    name = name or _column(table.columns, NAMES, (code,), 1)
    since = next((column for column in table.columns if column not in {code, name} and SINCE.search(plain_name(column))), None)
    read = table.read((code, name) if since is None else (code, name, since), task.part(0.5, 1.0))
    pairs = _pairs(read, code, name, path.name)
    return CodeTable(code, name, table.columns, pairs, () if since is None else _replacing(read, code, since, pairs))


def _column(columns: Sequence[str], usual: Sequence[str], taken: Sequence[str | None], place: int) -> str:
    """The column with a usual name, the earlier in the list the better; else the one at the place, or the first that is free."""
    free = [column for column in columns if column not in taken]
    known = {word: column for column in reversed(free) for word in plain_name(column).split()}
    found = next((known[word] for word in usual if word in known), None)
    return found or (columns[place] if columns[place] in free else free[0])


def _replacing(read: pa.Table, code: str, since: str, names: dict[str, str]) -> tuple[str, ...]:
    """Codes with a first day, whose name another code without one has as well."""
    days = dict(zip(_texts(read, code), _texts(read, since), strict=True))
    always = {name for one, name in names.items() if not days[one]}
    return tuple(one for one, name in names.items() if days[one] and name in always)


def _texts(read: pa.Table, column: str) -> list[str]:
    return [str(text) for text in pc.utf8_trim_whitespace(as_text(read.column(column)).cast(pa.string())).to_pylist()]


def _pairs(read: pa.Table, code: str, name: str, file_name: str) -> dict[str, str]:
    pairs = dict.fromkeys(pair for pair in zip(_texts(read, code), _texts(read, name), strict=True) if all(pair))
    if len(pairs) > MOST_CODES:
        raise BadInput(TOO_MANY, file=file_name, most=MOST_CODES)
    found: dict[str, str] = {}
    several = [one for one, told in pairs if found.setdefault(one, told) != told]
    if several:
        raise BadInput(SEVERAL_NAMES, file=file_name, codes=listed(sorted(set(several))))
    if not found:
        raise BadInput(NO_CODES, file=file_name)
    return found
