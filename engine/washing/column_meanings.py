"""What the columns of an extract that play no role in the log mean: codes, running numbers, marks of cancelled rows, earlier cases."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from engine.files.table import as_text
from engine.importing.personal import is_personal, plain_name
from engine.importing.timestamps import is_time_type
from engine.log.columns import ACTIVITY, CASE, TIMESTAMP, columns_of
from engine.personal.masking import holds_person
from engine.washing.rows import Column, Rows
from engine.washing.texts import skeleton

CANCELLED, EARLIER_CASE = "cancelled_event", "broken_case_id"
CODE_NAME = re.compile(r"kode|\bcode")
CANCELLED_NAME = re.compile(r"annul|slettet|fortrudt|cancel|deleted|void\b")
EARLIER_NAME = re.compile(r"tidligere|forrige|gammel|gamle|earlier|previous|former|\bold\b")
NUMBER_NAME = re.compile(r"\bnr\b|nummer|number|\bno\b|\bid\b|løbe")
COMPANY_NAME = re.compile(r"virksomhed|firma|arbejdsgiver|company|employer")
UNIT_NAME = re.compile(r"enhed|afdeling|team|center|unit|department")
YES = frozenset({"ja", "j", "true", "sand", "1", "x", "yes", "y", "annulleret", "slettet", "fortrudt", "cancelled", "canceled", "deleted"})
TRIAL = re.compile(r"\btest", re.IGNORECASE)
ONE_TO_ONE = 0.9
"""From this share (0..1) of its rows on, a code stands for one activity."""
DENSE = 0.9
"""From this share (0..1) of all numbers between its first and last on, a running number has gaps that mean something."""
FIRST_NUMBERS = 10
WORDS, REMARKS = r"\p{L} +\p{L}", 0.3
"""What a remark has and an id has not, and the least share (0..1) of filled cells that have it."""
IN_TEXT = 0.5
"""Below this share (0..1) of filled cells about persons, a column is no list of persons but names some in passing."""


@dataclass(frozen=True)
class Meanings:
    """Columns by what they mean, None where there is none. units: organisational units. plain: texts without a role or a meaning.

    written_times: the cells of the time column as they are written.
    """

    code: str | None = None
    cancelled: str | None = None
    earlier: str | None = None
    number: str | None = None
    units: tuple[str, ...] = ()
    plain: tuple[str, ...] = ()
    written_times: Column | None = None


def meanings_of(rows: Rows) -> Meanings:
    """What the columns mean, by their names and by what they hold; times must not have been read yet."""
    roles = rows.roles
    texts = [name for name in rows.table.column_names if not is_time_type(rows.table.column(name).type)]
    free = [name for name in texts if name not in columns_of(roles)]
    units = [name for name in texts if name == roles.unit or (name in free and UNIT_NAME.search(plain_name(name)))]
    written = rows.role(TIMESTAMP)
    return Meanings(
        code=_first(free, CODE_NAME, lambda name: _is_code(rows.column(name), rows.column(rows.role(ACTIVITY)))),
        cancelled=_first(free, CANCELLED_NAME, lambda name: len(rows.column(name).values) <= 3),
        earlier=_first(free, EARLIER_NAME, lambda name: _are_cases(rows.column(name), rows.column(rows.role(CASE)))),
        number=_first(free, NUMBER_NAME, lambda name: _is_running(rows.column(name))),
        units=tuple(units),
        plain=tuple(name for name in free if name not in units),
        written_times=Column.of(as_text(rows.table.column(written))) if written in texts else None,
    )


def _first(names: list[str], pattern: re.Pattern[str], fits: Callable[[str], bool]) -> str | None:
    return next((name for name in names if pattern.search(plain_name(name)) and fits(name)), None)


def _is_code(codes: Column, activity: Column) -> bool:
    """Whether nearly every row of a code has the same activity, however that is spelled, and the codes are not one for all."""
    plain = activity.with_values(pa.array([skeleton(text) for text in activity.values.to_pylist()], pa.string()))
    if not len(codes.codes) or len(codes.values) < 2:
        return False
    pairs, counts = np.unique(codes.codes * len(plain.values) + plain.codes, return_counts=True)
    most = np.zeros(len(codes.values), np.int64)
    np.maximum.at(most, pairs // len(plain.values), counts)
    return float(most.sum()) >= ONE_TO_ONE * len(codes.codes)


def _are_cases(column: Column, case: Column) -> bool:
    """Whether the filled cells are ids of cases, and mostly other ones than the row's own."""
    rows = _filled(column)[column.codes] if len(column.values) else np.zeros(0, bool)
    if not rows.any():
        return False
    places = pc.index_in(column.values, value_set=case.values).fill_null(-1).to_numpy(zero_copy_only=False)[column.codes[rows]]
    return float((places >= 0).mean()) >= ONE_TO_ONE and float((places != case.codes[rows]).mean()) >= ONE_TO_ONE


def _filled(column: Column) -> NDArray[np.bool_]:
    return np.asarray(pc.not_equal(pc.utf8_trim_whitespace(column.values), "").to_numpy(zero_copy_only=False))


def _is_running(column: Column) -> bool:
    """Whether every row has a number of its own and few are missing between the first and the last."""
    numbers = _numbers(column)
    if numbers is None or len(numbers) < len(column.codes) or not len(numbers):
        return False
    return len(numbers) >= DENSE * (int(numbers[-1]) - int(numbers[0]) + 1)


def _numbers(column: Column) -> NDArray[np.int64] | None:
    """The different whole numbers of a column in their order; None where a cell holds anything else."""
    if not len(column.values) or not pc.all(pc.match_substring_regex(column.values, r"^\s*\d{1,15}\s*$")).as_py():
        return None
    return np.unique(pc.utf8_trim_whitespace(column.values).cast(pa.int64()).to_numpy(zero_copy_only=False))


def missing_numbers(column: Column) -> int:
    """How many numbers are missing in a column of running numbers; one that begins near 1 is taken to begin there."""
    numbers = _numbers(column)
    if numbers is None:
        return 0
    begin = 1 if numbers[0] <= FIRST_NUMBERS else int(numbers[0])
    return int(numbers[-1]) - begin + 1 - int(np.count_nonzero(numbers >= begin))


def is_yes(text: str) -> bool:
    """Whether the cell of a mark says that it holds."""
    return text.strip().lower() in YES


def holds_trial(text: str) -> bool:
    """Whether a unit is one in which the system is tried out; a cell that tells of a person is named in no step."""
    return TRIAL.search(text) is not None and not is_personal(text)


def remarks_on_persons(column: Column) -> NDArray[np.bool_] | None:
    """Rows whose remark names a person or tells a number, telephone or e-mail address; None where the column is about persons anyhow, or
    holds no remarks: ids look like such numbers now and then."""
    filled = _filled(column)
    worded = pc.match_substring_regex(column.values, WORDS).to_numpy(zero_copy_only=False)[column.codes]
    if worded.sum() < REMARKS * filled[column.codes].sum():
        return None
    hits = (holds_person(column.values) & filled)[column.codes]
    return hits if 0 < hits.sum() < IN_TEXT * filled[column.codes].sum() else None


def remarks_on_companies(rows: Rows, name: str) -> NDArray[np.bool_]:
    """Rows whose remark holds what a column of companies says in the same row."""
    told = np.zeros(len(rows), bool)
    remarks = rows.column(name)
    for other in rows.table.column_names:
        if other == name or not COMPANY_NAME.search(plain_name(other)) or is_time_type(rows.table.column(other).type):
            continue
        companies = rows.column(other)
        pairs, codes = np.unique(remarks.codes * len(companies.values) + companies.codes, return_inverse=True)
        texts, names = remarks.values.to_pylist(), companies.values.to_pylist()
        parts = [(texts[pair // len(names)], names[pair % len(names)].strip()) for pair in pairs.tolist()]
        told |= np.array([len(name) > 2 and name in text and name != text.strip() for text, name in parts], bool)[codes]
    return told
