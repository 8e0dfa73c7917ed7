"""What every column of a table may be, how sure that is, and why; what is only suggested is read when somebody chooses it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pyarrow as pa

from engine.errors import N_
from engine.files.table import as_text
from engine.files.xes import CASE_PREFIX
from engine.importing.detect import ONLY_TIME, SUFFIXES, Guess, holds_cpr, name_score, time_share
from engine.importing.personal import is_employee, is_free_text, plain_name
from engine.log.columns import (
    ATTRIBUTES,
    CASE_ATTRIBUTES,
    EMPLOYEE,
    OBJECTS,
    OUTCOME,
    REGISTERED,
    TIMESTAMP,
    ColumnRoles,
    Notice,
    columns_by_role,
    columns_of,
)
from engine.service.opening_messages import ColumnGuess

BY_NAME = N_("Columns of this name mostly are that.")
BY_ENDING = N_("Its name ends as the names of such columns do.")
ONLY_ONE_WITH_TIMES = N_("It is the only column of times.")
WHO = N_("Its name says who did the work. It is read as pseudonyms that are shown nowhere.")
NUMBERS = N_("It holds civil registration numbers. They are read as pseudonyms.")
ANOTHER_ID = N_("Its name is that of a number of something. It is read as pseudonyms, by which the cases can be cut another way.")
ABOUT_CASES = N_("Its name is one of what groups of cases are compared by.")
FEW_VALUES = N_("It has few different values: {count}.")
SAME_IN_A_CASE = N_("It has few different values, and the same in all rows of a case: {count}.")

COHORT = re.compile(
    r"\bkøn\b|gender|\bsex\b|alders ?gruppe|age ?(?:group|band)|\balder\b|målgruppe|maalgruppe|target group|ydelse|benefit|kommune"
    r"|municipality|distrikt|district|region"
    r"|uddannelse|education|branche|segment|kategori|category|sagstype|case type|matchgruppe|lovgivning|paragraf"
)
WORD_SCORE, NUMBER_SCORE, ID_SCORE, SAME_SCORE, FEW_SCORE = 0.8, 0.8, 0.6, 0.55, 0.5
EMPLOYEE_SCORE = 0.9
FEW, FEW_SHARE = 30, 0.3
"""At most so many different values, and at most this share (0..1) of the rows, make an attribute by which events can be grouped."""


def column_guesses(head: pa.Table, given: ColumnRoles, guess: Guess, text_format: str | None = None) -> tuple[ColumnGuess, ...]:
    """One guess for each column that may play a role, in the order of the columns; none for those that were given one."""
    told = set(columns_of(given))
    played = {name: role for role, names in columns_by_role(guess.roles).items() for name in names}
    found = []
    for name in head.column_names:
        if name in told:
            continue
        if name in played:
            found.append(_filled_in(name, played[name], guess))
        else:
            found += list(_suggested(name, head, guess.roles, text_format))[:1]
    return tuple(found)


def _filled_in(name: str, role: str, guess: Guess) -> ColumnGuess:
    why = BY_ENDING if role in SUFFIXES and not name_score(role, name) else BY_NAME
    if role == TIMESTAMP and guess.confidence[role] == ONLY_TIME:
        why = ONLY_ONE_WITH_TIMES
    return ColumnGuess(name, role, guess.confidence[role], Notice(why))


def _suggested(name: str, head: pa.Table, roles: ColumnRoles, text_format: str | None) -> Iterator[ColumnGuess]:
    """What a column that plays no role may be, surest first."""
    column, plain = head.column(name), plain_name(name)
    if time_share(column, text_format) >= 0.5:
        if score := name_score(REGISTERED, name):
            yield ColumnGuess(name, REGISTERED, score, Notice(BY_NAME))
        return
    if is_employee(name):
        yield ColumnGuess(name, EMPLOYEE, EMPLOYEE_SCORE, Notice(WHO))
    if holds_cpr(column) and len(column):
        yield ColumnGuess(name, OBJECTS, NUMBER_SCORE, Notice(NUMBERS))
    if score := name_score(OUTCOME, name):
        yield ColumnGuess(name, OUTCOME, score, Notice(BY_NAME))
    if COHORT.search(plain) is not None:
        yield ColumnGuess(name, CASE_ATTRIBUTES, WORD_SCORE, Notice(ABOUT_CASES))
    if SUFFIXES["case"].match(plain) is not None and not _has_few_values(_cells(head, name)):
        yield ColumnGuess(name, OBJECTS, ID_SCORE, Notice(ANOTHER_ID))
    yield from _by_values(name, head, roles)


def _by_values(name: str, head: pa.Table, roles: ColumnRoles) -> Iterator[ColumnGuess]:
    cells = _cells(head, name)
    if not _has_few_values(cells) or is_free_text(cells):
        return
    counted = {"count": len({text for text in cells if text})}
    if name.startswith(CASE_PREFIX):
        yield ColumnGuess(name, CASE_ATTRIBUTES, WORD_SCORE, Notice(ABOUT_CASES))
    if roles.case is not None and _is_same_in_cases(as_text(head.column(roles.case)).to_pylist(), cells):
        yield ColumnGuess(name, CASE_ATTRIBUTES, SAME_SCORE, Notice(SAME_IN_A_CASE, dict(counted)))
    yield ColumnGuess(name, ATTRIBUTES, FEW_SCORE, Notice(FEW_VALUES, dict(counted)))


def _cells(head: pa.Table, name: str) -> list[str]:
    return [text.strip() for text in as_text(head.column(name)).to_pylist()]


def _has_few_values(cells: list[str]) -> bool:
    values = {text for text in cells if text}
    return 0 < len(values) <= min(FEW, FEW_SHARE * len(cells))


def _is_same_in_cases(cases: list[str], cells: list[str]) -> bool:
    """Whether no case has two values, and the values differ between cases of several rows."""
    of_case: dict[str, set[str]] = {}
    for case, cell in zip(cases, cells, strict=True):
        if cell:
            of_case.setdefault(case, set()).add(cell)
    return len(of_case) < len(cells) and all(len(found) == 1 for found in of_case.values())
