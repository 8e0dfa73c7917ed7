"""Which values of this month's extract the table of a step does not know, and which of those that it names no longer occur.

Values are cells of the extract: they are named only where several cases hold them and they tell of nobody. The rest is a count.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from difflib import get_close_matches

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from engine.errors import N_, Value
from engine.importing.personal import is_employee, is_personal, listed
from engine.log.columns import Notice
from engine.personal.masking import holds_person
from engine.personal.signs import findings
from engine.washing import values
from engine.washing.rows import Column, Rows

COMMON_CASES = 5
"""So many cases hold a value that is named."""
ALIKE, SHORTEST = 0.75, 4
"""A value may be another that was renamed: so alike (0..1), not shorter, and with the same digits."""

UNKNOWN = N_("{file} holds values for which the table of step {step} has none: {count}. They stay as they are.")
NEW = N_("{file} holds values that the table of step {step} does not know: {codes}. They stay as they are.")
NEW_AND_OTHERS = N_(
    "{file} holds values that the table of step {step} does not know: {codes}, and others that are in few cases or may tell of persons: "
    "{count}. They stay as they are."
)
NO_KEYWORD = N_("Different texts of {file} without any keyword of step {step}: {count}. They make no activity.")
GONE = N_("Step {step} names what no longer occurs in {file}: {codes}.")
GONE_AND_OTHERS = N_("Step {step} names what no longer occurs in {file}: {codes}, and others that may tell of persons: {count}.")
GONE_COUNT = N_("Step {step} names values that no longer occur in {file}: {count}.")
RENAMED = N_("In {file} the value {old} of step {step} may now be called {new}.")


def code_difference(rows: Rows, step: values.AnyStep) -> values.CodeDifference:
    """How the values before a step differ from those that it names; nothing for a step that names none, or a paused one."""
    if step.paused:
        return values.CodeDifference()
    if isinstance(step, values.MapValues):
        return _of_codes(rows, step)
    if isinstance(step, values.KeywordActivity):
        return _of_keywords(rows, step)
    named = _activities_of(step)
    if not named or rows.roles.activity not in rows.table.column_names:
        return values.CodeDifference()
    here = _occurring(rows.column(str(rows.roles.activity)))
    return _told(rows, str(rows.roles.activity), {}, [one for one in named if one not in here])


def _activities_of(step: values.AnyStep) -> tuple[str, ...]:
    if isinstance(step, values.SplitActivity):
        return (step.activity,)
    return step.activities if isinstance(step, values.SplitAtActivity) else ()


def _occurring(column: Column) -> dict[str, int]:
    """The values that rows hold, with their codes."""
    held = np.bincount(column.codes, minlength=len(column.values)) > 0
    return {text: code for code, text in enumerate(column.values.to_pylist()) if held[code]}


def _of_codes(rows: Rows, step: values.MapValues) -> values.CodeDifference:
    here = _occurring(rows.column(step.column))
    known = {*step.table, *step.table.values()}
    unknown = {text: code for text, code in here.items() if text.strip() and text not in known}
    return _told(rows, step.column, unknown, [text for text in step.table if text not in here])


def _of_keywords(rows: Rows, step: values.KeywordActivity) -> values.CodeDifference:
    """Texts are never named; those without a keyword are no difference where another column gives their activity."""
    texts = pc.utf8_lower(pa.array(list(_occurring(rows.column(step.column))), pa.string()))
    left, gone = pc.not_equal(pc.utf8_trim_whitespace(texts), ""), []
    for keyword in (word for word in step.table if word.strip()):
        holds = pc.match_substring(texts, keyword.lower())
        left = pc.and_not(left, holds)
        if not pc.any(holds).as_py():
            gone.append(keyword)
    unknown = 0 if step.otherwise is not None else int(pc.sum(left).as_py() or 0)
    named = _harmless(step.column, gone)
    return values.CodeDifference(unknown, len(gone), (), named)


def _told(rows: Rows, column: str, unknown: dict[str, int], gone: list[str]) -> values.CodeDifference:
    """The difference, with the values by name that may be named, those in most cases first."""
    if column in {rows.roles.case, rows.roles.employee, *rows.roles.objects} or is_employee(column):
        return values.CodeDifference(len(unknown), len(gone))
    new, missing = _harmless(column, _in_many_cases(rows, column, unknown)), _harmless(column, gone)
    renamed = {old: alike[0] for old in missing if (alike := get_close_matches(old, [one for one in new if _may_be(old, one)], 1, ALIKE))}
    return values.CodeDifference(len(unknown), len(gone), new, missing, renamed)


def _may_be(old: str, new: str) -> bool:
    digits = [[sign for sign in text if sign.isdigit()] for text in (old, new)]
    return digits[0] == digits[1] and min(len(old), len(new)) >= SHORTEST


def _in_many_cases(rows: Rows, column: str, unknown: dict[str, int]) -> list[str]:
    if not unknown or rows.roles.case not in rows.table.column_names:
        return []
    codes, cases = rows.column(column).codes, rows.column(str(rows.roles.case)).codes
    chosen = np.isin(codes, list(unknown.values()))
    width = int(cases.max(initial=0)) + 1
    pairs = np.unique(codes[chosen] * width + cases[chosen])
    counts = np.bincount(pairs // width, minlength=max(unknown.values()) + 1)
    common = [text for text, code in unknown.items() if counts[code] >= COMMON_CASES]
    return sorted(common, key=lambda text: -counts[unknown[text]])


def _harmless(column: str, texts: Iterable[str]) -> tuple[str, ...]:
    """Those texts of a column that tell of nobody; none where together they look like cells about persons."""
    kept = [text for text in texts if not is_personal(text)]
    found = pa.array(kept, pa.string())
    kept = [text for text, person in zip(kept, holds_person(found), strict=True) if not person]
    return () if findings(column, pa.array(kept, pa.string()), date.today()) else tuple(kept)


def code_notices(file: str, outcomes: Sequence[values.Outcome]) -> list[Notice]:
    """How the values of a file differ from those that the steps of its recipe name, in sentences."""
    said = []
    for number, outcome in enumerate(outcomes, start=1):
        said += _step_notices(outcome, {"file": file, "step": number})
    return said


def _step_notices(outcome: values.Outcome, place: dict[str, Value]) -> list[Notice]:
    told = outcome.codes
    others = told.unknown - len(told.new)
    said: list[Notice] = []
    if told.new:
        more = {**place, "codes": listed(told.new), "count": others}
        said.append(Notice(NEW_AND_OTHERS, more) if others else Notice(NEW, {**place, "codes": listed(told.new)}))
    elif told.unknown:
        said.append(Notice(NO_KEYWORD if outcome.step == "keyword_activity" else UNKNOWN, {**place, "count": told.unknown}))
    if told.missing:
        hidden = told.gone - len(told.missing)
        more = {**place, "codes": listed(told.missing), "count": hidden}
        said.append(Notice(GONE_AND_OTHERS, more) if hidden else Notice(GONE, {**place, "codes": listed(told.missing)}))
    elif told.gone:
        said.append(Notice(GONE_COUNT, {**place, "count": told.gone}))
    said += [Notice(RENAMED, {**place, "old": listed([old]), "new": listed([new])}) for old, new in told.renamed.items()]
    return said
