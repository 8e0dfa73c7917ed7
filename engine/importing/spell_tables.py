"""Tables of spells: which columns hold the case, its state, from and to, and the spells that their rows are beside a log."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from engine.errors import N_
from engine.importing.detect import Guess, guess_roles, holds_cpr, spellings, time_share
from engine.importing.labels import masked_column
from engine.importing.personal import is_employee
from engine.importing.role_columns import coded
from engine.log.columns import BEGIN, CASE, OF_SPELLS, STATE, UNTIL, ColumnRoles, Notice, columns_of
from engine.log.event_log import NO_TIME
from engine.log.kernels import Ints
from engine.log.spells import Spells, spells_in_order

NAMES = {
    STATE: ("tilstand", "tilstandsnavn", "state", "status", "sagsstatus", "ydelse", "ydelsestype", "benefit", "fase", "phase"),
    BEGIN: ("fra", "fra dato", "fradato", "from", "from date", "startdato", "start", "start date", "gyldig fra", "valid from", "begin"),
    UNTIL: ("til", "til dato", "tildato", "to", "to date", "until", "slutdato", "slut", "end date", "end", "gyldig til", "valid to"),
}
SURE = 0.8
"""How sure it is what a column is for when the table has all the columns of one of spells."""
STRANGERS = N_("Rows of states in {file} that belong to cases without events were left out: {count}.")
NAMELESS = N_("Rows in {file} without a state were left out: {count}.")
BEGINLESS = N_("States in {file} without a time from which they began: {count}. They are kept.")
BACKWARDS = N_("States in {file} that end before they begin: {count}. They are kept as they are.")


def guessed_spells(head: pa.Table) -> ColumnRoles | None:
    """The roles of a table of spells, by its first rows; None when it looks like one of events, or like nothing of the kind."""
    found = {role: _named(role, head) for role in NAMES}
    if not all(found.values()) or guess_roles(ColumnRoles(), head).roles.activity is not None:
        return None
    taken = {name for name in found.values() if name is not None}
    rest = head.select([name for name in head.column_names if name not in taken])
    case = guess_roles(ColumnRoles(), rest).roles.case
    return None if case is None else ColumnRoles(case=case, state=found[STATE], begin=found[BEGIN], until=found[UNTIL])


def guess_spells(given: ColumnRoles, head: pa.Table) -> Guess:
    """The roles of a table of spells as they are given, and those that are not by the names of the columns; each with how sure it is."""
    found = guessed_spells(head) or ColumnRoles()
    of_spells = (CASE, *OF_SPELLS)
    confidence = {role: 1.0 for role in of_spells if getattr(given, role) is not None}
    taken = set(columns_of(given))
    free = {role: name for role in of_spells if role not in confidence and (name := getattr(found, role)) not in {None, *taken}}
    return Guess(msgspec.structs.replace(given, **free), confidence | dict.fromkeys(free, SURE))


def as_events(roles: ColumnRoles) -> ColumnRoles:
    """A state as what happened when it began, for a look at its rows."""
    return ColumnRoles(roles.case, roles.state, roles.begin, roles.until)


def _named(role: str, head: pa.Table) -> str | None:
    for wanted in NAMES[role]:
        for name in head.column_names:
            if wanted in spellings(name) and _suits(role, name, head.column(name)):
                return str(name)
    return None


def _suits(role: str, name: str, column: pa.ChunkedArray) -> bool:
    is_blank = not any(text.strip() for text in coded(column).values.to_pylist())
    is_time = time_share(column) >= 0.5
    if role == STATE:
        return not (is_time or is_blank or is_employee(name) or holds_cpr(column))
    return is_time or (role == UNTIL and is_blank)


def spells_of_tables(tables: Sequence[tuple[str, pa.Table]], case_ids: pa.Array) -> tuple[Spells, list[Notice]]:
    """The spells of tables with a column per role (case, state, begin, until as moments), each with its file's name, beside a log.

    Rows of cases that the log does not have, and those without a state, are counted and left out.
    """
    states: dict[str, int] = {}
    parts: list[tuple[Ints, Ints, Ints, Ints]] = []
    notices: list[Notice] = []
    for file_name, table in tables:
        case, state = coded(table.column(CASE)), coded(masked_column(table.column(STATE).combine_chunks()))
        number = pc.index_in(case.values, value_set=case_ids).fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
        of_case = number[case.codes] if len(number) else np.empty(0, np.int64)
        named = ~state.blank[state.codes] if len(state.values) else np.zeros(0, bool)
        kept = (of_case >= 0) & named
        codes = np.array([states.setdefault(name, len(states)) for name in state.values.to_pylist()], np.int64)
        begin, until = (_moments(table, role) for role in (BEGIN, UNTIL))
        notices += _told(file_name, of_case, named, begin[kept], until[kept])
        parts.append((of_case[kept], codes[state.codes[kept]] if len(codes) else np.empty(0, np.int64), begin[kept], until[kept]))
    joined = [np.concatenate(columns) for columns in zip(*parts, strict=True)]
    return spells_in_order(tuple(states), joined[0], joined[1], joined[2], joined[3]), notices


def _moments(table: pa.Table, role: str) -> Ints:
    if role not in table.column_names:
        return np.full(table.num_rows, NO_TIME, np.int64)
    values = table.column(role).combine_chunks().cast(pa.int64()).fill_null(NO_TIME)
    return np.asarray(values.to_numpy(zero_copy_only=False), np.int64)


def _told(file_name: str, of_case: Ints, named: NDArray[np.bool_], begin: Ints, until: Ints) -> list[Notice]:
    counts = (
        (STRANGERS, of_case < 0),
        (NAMELESS, (of_case >= 0) & ~named),
        (BEGINLESS, begin == NO_TIME),
        (BACKWARDS, (begin != NO_TIME) & (until != NO_TIME) & (until < begin)),
    )
    return [Notice(message, {"file": file_name, "count": int(n)}) for message, hits in counts if (n := np.count_nonzero(hits))]
