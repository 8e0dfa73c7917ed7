"""What a raw extract shows of how it was written: each kind of defect by its name, how many rows it touches, and the step that treats it.

Only what is certain without knowing the system is told. What the log itself tells of registration practice is `engine.quality`'s affair.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from msgspec import Struct
from numpy.typing import NDArray

from engine.importing.timestamps import OTHER_FORM, TWICE, is_time_type
from engine.log.columns import ACTIVITY, CASE, TIMESTAMP
from engine.log.event_log import NO_TIME
from engine.tasks import Task, run_beside
from engine.washing import values
from engine.washing.code_changes import rows_of_new_codes
from engine.washing.code_tables import CodeTable
from engine.washing.column_meanings import (
    CANCELLED,
    EARLIER_CASE,
    Meanings,
    holds_trial,
    is_yes,
    meanings_of,
    missing_numbers,
    remarks_on_companies,
    remarks_on_persons,
)
from engine.washing.fitting import needed
from engine.washing.leaving import drop_duplicates, grouped, in_order
from engine.washing.moments import with_moments
from engine.washing.rows import Column, Rows
from engine.washing.texts import skeleton
from engine.washing.writing import PLAIN, with_encoding_mended

NEAR = 10.0
MINUTE = 60_000_000
SUGGESTED = (values.RepairEncoding, values.MergeCases, values.DropRows, values.DropCases, values.UnifyDecimals)
SPOKEN = r"(?i)\bkl\b\.? *\d"
ONLY_DAY = r"^\s*(?:\d{1,2}[-./]\d{1,2}[-./]\d{2,4}|\d{4}[-./]\d{1,2}[-./]\d{1,2})\s*$"
MIDNIGHT = r"[ T]00[:.]00[:.]00(?:[.,]0+)?\s*$"


class ExtractFinding(Struct, frozen=True):
    """One kind of defect: in how many rows of which column ("": none of its own); step: what treats it, None where only telling helps.

    Rows that were delivered twice are counted once. For "cancelled_event_deleted" the count is that of missing numbers.
    """

    kind: str
    count: int
    column: str = ""
    step: values.AnyStep | None = None


def extract_findings(rows: Rows, task: Task, codes: CodeTable | None = None) -> tuple[ExtractFinding, ...]:
    """The defects of a raw extract, rows: all its columns as they were read.

    The roles of case, activity and time must be known. codes: what the codes of the extract mean, where it came with a table of them.
    Raises Cancelled.
    """
    look = _Look(rows, codes)
    found: list[ExtractFinding] = []
    for part in (_copies, _encodings, _spellings, _codes, _times, _decimals, _cases, _people):
        found += run_beside(task, partial(part, look))
    return tuple(finding for finding in found if finding.count)


@dataclass
class _Look:
    """The rows while they are looked through: copies out, letters mended, times read."""

    rows: Rows
    codes: CodeTable | None
    meanings: Meanings = field(default_factory=Meanings)
    times: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))

    @property
    def activity(self) -> str:
        return self.rows.role(ACTIVITY)

    def texts(self) -> list[str]:
        """The columns that hold text."""
        return [name for name in self.rows.table.column_names if not is_time_type(self.rows.table.column(name).type)]


def _copies(look: _Look) -> list[ExtractFinding]:
    step = values.DropDuplicates()
    once = drop_duplicates(look.rows, step)
    n, look.rows = len(look.rows) - len(once), once
    return [ExtractFinding("duplicate", n, "", step)]


def _encodings(look: _Look) -> list[ExtractFinding]:
    touched = np.zeros(len(look.rows), bool)
    changed = []
    for name in look.texts():
        column = look.rows.column(name)
        mended = with_encoding_mended(column.values)
        if mended is not column.values:
            differs = pc.not_equal(mended, column.values).to_numpy(zero_copy_only=False)
            if differs.any():
                touched |= differs[column.codes]
                changed.append(name)
                look.rows = look.rows.with_column(name, column.with_values(mended))
    look.meanings = meanings_of(look.rows)
    columns = tuple(changed)
    return [ExtractFinding("mixed_encoding", int(touched.sum()), ", ".join(columns), values.RepairEncoding(columns=columns))]


def _spellings(look: _Look) -> list[ExtractFinding]:
    column = look.rows.column(look.activity)
    counts = np.bincount(column.codes, minlength=len(column.values))
    groups: dict[str, list[int]] = {}
    for code, text in enumerate(column.values.to_pylist()):
        groups.setdefault(skeleton(text), []).append(code)
    others = sum(int(counts[codes].sum() - counts[codes].max()) for codes in groups.values() if len(codes) > 1)
    return [ExtractFinding("spelling_variant", others, look.activity, values.UnifySpelling(column=look.activity))]


def _codes(look: _Look) -> list[ExtractFinding]:
    look.rows, look.times = with_moments(look.rows)
    name = look.meanings.code or look.activity
    column = look.rows.column(name)
    step = None if look.codes is None else values.MapValues(column=name, table=look.codes.table, into=look.activity)
    if look.codes is not None and look.codes.replacing:
        return [ExtractFinding("changed_code", int(column.among(look.codes.replacing).sum()), name, step)]
    plain = column if look.meanings.code else _by_skeleton(column)
    return [ExtractFinding("changed_code", int(rows_of_new_codes(plain, look.times).sum()), name, step)]


def _by_skeleton(column: Column) -> Column:
    return column.with_values(pa.array([skeleton(text) for text in column.values.to_pylist()], pa.string()))


def _times(look: _Look) -> list[ExtractFinding]:
    name = look.rows.role(TIMESTAMP)
    said = {notice.message: int(notice.values["count"]) for notice in look.rows.notices if notice.values.get("column") == name}
    step = values.RepairSummerTime()
    found = [
        ExtractFinding("mixed_date_form", said.get(OTHER_FORM, 0), name),
        ExtractFinding("summer_time_hour", said.get(TWICE, 0), name, step),
    ]
    written = look.meanings.written_times
    for kind, pattern in (("clock_form", SPOKEN), ("date_only", ONLY_DAY), ("midnight", MIDNIGHT)):
        hits = _matching(written, pattern)
        filled = _matching(written, r"\S")
        found.append(ExtractFinding(kind, hits if 2 * hits < filled else 0, name))
    return found


def _matching(column: Column | None, pattern: str) -> int:
    if column is None or not len(column.values):
        return 0
    return int(pc.match_substring_regex(column.values, pattern).to_numpy(zero_copy_only=False)[column.codes].sum())


def _decimals(look: _Look) -> list[ExtractFinding]:
    """Numbers with the sign that fewer cells of their column have."""
    found = []
    for name in look.meanings.plain:
        column = look.rows.column(name)
        signs = [match["sign"] if (match := PLAIN.fullmatch(text.strip())) else "" for text in column.values.to_pylist()]
        counts = np.bincount(column.codes, minlength=len(signs))
        by_sign = {sign: int(counts[[place for place, one in enumerate(signs) if one == sign]].sum()) for sign in ",."}
        usual = max(by_sign, key=lambda sign: by_sign[sign])
        numbers = sum(by_sign.values())
        if 2 * numbers > _matching(column, r"\S") and min(by_sign.values()):
            step = values.UnifyDecimals(columns=(name,), sign="," if usual == "," else ".")
            found.append(ExtractFinding("decimal_point" if usual == "," else "decimal_comma", min(by_sign.values()), name, step))
    return found


def _cases(look: _Look) -> list[ExtractFinding]:
    """Rows that are no events of the process: cancelled ones, trials, corrections, and cases that go on under another number."""
    rows, meanings = look.rows, look.meanings
    found = []
    kept = np.ones(len(rows), bool)
    if meanings.cancelled:
        column = rows.column(meanings.cancelled)
        words = tuple(text for text in column.values.to_pylist() if is_yes(text))
        kept &= ~column.among(words)
        step = values.DropRows(column=meanings.cancelled, values=words)
        found.append(ExtractFinding(CANCELLED, int((~kept).sum()), meanings.cancelled, step))
    if meanings.number:
        found.append(ExtractFinding("cancelled_event_deleted", missing_numbers(rows.column(meanings.number)), meanings.number))
    for name in meanings.units:
        column = rows.column(name)
        words = tuple(text for text in column.values.to_pylist() if holds_trial(text))
        found.append(ExtractFinding("test_citizen", int(column.among(words).sum()), name, values.DropCases(column=name, values=words)))
    if meanings.earlier:
        n = _matching(rows.column(meanings.earlier), r"\S")
        found.append(ExtractFinding(EARLIER_CASE, n, meanings.earlier, values.MergeCases(earlier=meanings.earlier)))
    corrected = _corrections(look, kept)
    found.append(ExtractFinding("near_duplicate", corrected, "", values.DropNearDuplicates(minutes=NEAR)))
    return found


def _corrections(look: _Look, kept: NDArray[np.bool_]) -> int:
    """Rows that repeat the same step of their case within some minutes, whatever number the case has by then."""
    rows = look.rows
    case = rows.column(rows.role(CASE))
    if look.meanings.earlier:
        earlier = rows.column(look.meanings.earlier)
        ids = [text if text.strip() else None for text in earlier.values.to_pylist()]
        links = np.array([-1 if text is None else 0 for text in ids], np.int64)
        places = pc.index_in(pa.array(ids, pa.string()), value_set=case.values).fill_null(-1).to_numpy(zero_copy_only=False)
        linked = np.where(links < 0, -1, places)[earlier.codes]
        cases = np.where(linked >= 0, linked, case.codes)
    else:
        cases = case.codes
    step = rows.column(look.meanings.code) if look.meanings.code else _by_skeleton(rows.column(look.activity))
    chosen = np.flatnonzero(kept & (look.times != NO_TIME))
    groups = grouped([cases[chosen], step.codes[chosen]], len(chosen))
    order = in_order(groups, look.times[chosen])
    same = groups[order][1:] == groups[order][:-1]
    gaps = np.diff(look.times[chosen][order])
    return int((same & (gaps <= NEAR * MINUTE)).sum())


def _people(look: _Look) -> list[ExtractFinding]:
    """Remarks that name somebody; a column that is all about persons is no remark."""
    found = []
    for name in look.meanings.plain:
        column = look.rows.column(name)
        companies = remarks_on_companies(look.rows, name)
        persons = remarks_on_persons(column)
        if persons is not None:
            found.append(ExtractFinding("personal_data_in_text", int((persons & ~companies).sum()), name))
        found.append(ExtractFinding("company_in_text", int(companies.sum()), name))
    return found


def steps_for(found: tuple[ExtractFinding, ...], table: values.TableRecipe) -> list[tuple[values.AnyStep, int]]:
    """Steps that treat what was found and that a table may lack, each with the rows that it is for; none makes another column be read for
    what only concerns that column."""
    there, read = {type(step) for step in table.steps}, needed(table)
    steps: list[tuple[values.AnyStep, int]] = []
    for one in found:
        step = one.step
        if isinstance(step, values.RepairEncoding | values.UnifyDecimals):
            step = msgspec.structs.replace(step, columns=tuple(name for name in step.columns if name in read))
            step = step if step.columns else None
        if isinstance(step, SUGGESTED) and type(step) not in there:
            steps.append((step, one.count))
    return steps
