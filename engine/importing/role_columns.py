"""The columns of a log beyond case, activity and time: who did the work, attributes of events and cases, further identifiers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from engine.errors import N_, BadInput
from engine.files.table import as_text
from engine.log.columns import ACTOR, EMPLOYEE, OUTCOME, UNIT, ColumnRoles, Notice, attribute_key, object_key
from engine.log.event_log import EventLog
from engine.personal import signs
from engine.tasks import Task

OF_A_CASE = "case:"
"""Prefix of columns that hold one value a case, while they still stand beside the events."""
MANY_NAMES = 0.2
"""From this share (0..1) of different cells on that hold a name, a column is about persons; fewer are masked."""

REFUSED = {
    signs.CPR: N_(
        "The column {column} of {file} holds civil registration numbers. Choose it as the case or as a further identifier, which become "
        "pseudonyms, or make age bands of them in the wash."
    ),
    signs.BIRTH_DATE: N_("The column {column} of {file} holds birth dates. Make age bands of them in the wash, and choose the bands."),
    signs.NAME: N_(
        "The column {column} of {file} holds names of persons. Leave it out; if they did the work, choose it as the employee, "
        "who becomes a pseudonym."
    ),
    signs.EMAIL: N_("The column {column} of {file} holds e-mail addresses. Leave it out."),
    signs.PHONE: N_("The column {column} of {file} holds telephone numbers. Leave it out."),
    signs.ADDRESS: N_("The column {column} of {file} holds addresses. Leave it out."),
    signs.FREE_TEXT: N_(
        "The column {column} of {file} holds free text. Leave it out, or make activities of its keywords in the wash, which drops the text."
    ),
}
ALSO = {signs.CPR_IN_TEXT: signs.CPR, signs.NAME_IN_TEXT: signs.NAME}
TWO_ROLES = N_("The column {column} of {file} tells whose case it is or who did the work. It cannot be an attribute too.")
CONTRADICTORY = N_("Cases with several values in {column}: {count}. The first is kept.")


@dataclass(frozen=True)
class Coded:
    """A text column as codes, shape (n,), and its distinct values; blank: whether a value is without any sign, per value."""

    codes: NDArray[np.int64]
    values: pa.Array
    blank: NDArray[np.bool_]


def coded(column: pa.ChunkedArray | pa.Array) -> Coded:
    """Any scalar column as codes of its distinct texts."""
    texts = as_text(column)
    if not pa.types.is_dictionary(texts.type):
        texts = texts.dictionary_encode()
    distinct = texts.dictionary.cast(pa.string()).dictionary_encode()
    codes = texts.indices.to_numpy(zero_copy_only=False)
    if len(distinct.dictionary) < len(distinct):
        codes = distinct.indices.to_numpy(zero_copy_only=False)[codes]
    blank = pc.equal(pc.utf8_trim_whitespace(distinct.dictionary), "").to_numpy(zero_copy_only=False)
    return Coded(codes.astype(np.int64), distinct.dictionary, blank)


def refuse_personal(columns: pa.Table, roles: ColumnRoles, file_name: str, task: Task | None = None) -> None:
    """BadInput when what is to be an actor, an outcome or an attribute tells of persons, with what can be done instead."""
    keyed, task = {roles.case, roles.employee, *roles.objects}, task or Task()
    for name in (roles.actor, roles.outcome, roles.state, *roles.attributes, *roles.case_attributes):
        if name is None:
            continue
        task.check()
        if name in keyed:
            raise BadInput(TWO_ROLES, column=name, file=file_name)
        for found in signs.findings(name, as_text(columns.column(name)), date.today()):
            if found.kind != signs.NAME_IN_TEXT or found.cells > MANY_NAMES * found.n:
                raise BadInput(REFUSED[ALSO.get(found.kind, found.kind)], column=name, file=file_name)


def event_columns(
    columns: pa.Table, roles: ColumnRoles, kept: NDArray[np.bool_], names: Mapping[str, str]
) -> dict[str, pa.Array]:
    """The columns beside the events as dictionaries, by key; those of cases wait under the prefix `OF_A_CASE` for `with_case_columns`.

    kept: the rows that become events. names: what a column is called in the log, where that is not its name in the table.
    """
    plain = ((UNIT, roles.unit), (ACTOR, roles.actor), (EMPLOYEE, roles.employee), (OF_A_CASE + OUTCOME, roles.outcome))
    keys = {key: name for key, name in plain if name is not None}
    keys |= {attribute_key(names.get(name, name)): name for name in roles.attributes}
    keys |= {object_key(names.get(name, name)): name for name in roles.objects}
    keys |= {OF_A_CASE + attribute_key(names.get(name, name)): name for name in roles.case_attributes}
    return {key: _texts(columns.column(name), kept) for key, name in keys.items()}


def _texts(column: pa.ChunkedArray, kept: NDArray[np.bool_]) -> pa.Array:
    """The kept cells as a dictionary of the values that they hold; blank ones are null."""
    whole = coded(column)
    codes = whole.codes[kept]
    used = np.bincount(codes, minlength=len(whole.values)) > 0
    used &= ~whole.blank
    number = np.cumsum(used) - 1
    indices = pa.array(number[codes].astype(np.int32), mask=~used[codes]) if len(used) else pa.nulls(len(codes), pa.int32())
    return pa.DictionaryArray.from_arrays(indices, whole.values.filter(pa.array(used, pa.bool_())))


def with_case_columns(log: EventLog) -> EventLog:
    """The log with the columns of cases taken from beside its events: the first value of each case, in the order of its events."""
    waiting = [key for key in log.event_columns if key.startswith(OF_A_CASE)]
    if not waiting:
        return log
    of_cases, notices = dict(log.case_columns), list(log.notices)
    for key in waiting:
        name = key.removeprefix(OF_A_CASE)
        of_cases[name], count = _first_of_cases(log.event_columns[key], log.offsets)
        if count:
            told = str(log.roles.outcome) if name == OUTCOME else name.removeprefix(attribute_key(""))
            notices.append(Notice(CONTRADICTORY, {"column": told, "count": count}))
    beside = {key: column for key, column in log.event_columns.items() if key not in waiting}
    return replace(log, event_columns=beside, case_columns=of_cases, notices=tuple(notices))


def _first_of_cases(column: pa.DictionaryArray, offsets: NDArray[np.int64]) -> tuple[pa.Array, int]:
    """The first value of each case (null without any), and how many cases have several."""
    codes = column.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    if not len(codes):
        return column, 0
    heads, sizes = offsets[:-1], np.diff(offsets)
    known = codes >= 0
    first = np.minimum.reduceat(np.where(known, np.arange(len(codes)), len(codes)), heads)
    value = np.append(codes, -1)[first]
    differs = known & (codes != np.repeat(value, sizes))
    several = int(np.count_nonzero(np.logical_or.reduceat(differs, heads)))
    used = np.bincount(value[value >= 0], minlength=len(column.dictionary)) > 0
    number = np.append(np.cumsum(used) - 1, -1)
    indices = pa.array(number[value].astype(np.int32), mask=value < 0)
    return pa.DictionaryArray.from_arrays(indices, column.dictionary.filter(pa.array(used, pa.bool_()))), several
