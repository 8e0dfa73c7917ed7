"""Checks of attributes: missing, missing where they belong, out of range, in two forms, contradicting each other, gaps in numbers."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from engine.errors import N_
from engine.log.columns import attribute_key, object_key
from engine.quality.periods import ENOUGH, FILLED, attributes, filled_by_step, is_of_some_steps, tells_dates
from engine.quality.values import Finding, Of, Result, Values
from engine.quality.view import Checked, Coded, Found

NEARLY_ALL = 0.95
"""Share (0..1) of rows from which on an attribute is expected everywhere."""
RARE = 0.005
"""Share (0..1) of rows up to which what contradicts a rule is taken for a mistake."""
FAR, LEAST_FACTOR = 3.0, 10.0
"""A number is out of range beyond the middle half of all by FAR times its width on the scale of logarithms, and by at least a factor."""
DENSE = 1.25
"""Numbers that run on have at most so many times more numbers between the first and the last than there are."""
MOST_PAIRED = 300
"""Different texts of a column up to which it is compared with others."""

NUMBER = re.compile(r"[+-]?\d{1,12}([.,]\d+)?")
CANCELLED = re.compile(r"annul|cancel|slet|storn|fejlreg|ugyldig|delet|void", re.IGNORECASE)
YES = re.compile(r"(ja|j|yes|y|true|sand|x|1|annulleret|cancell?ed|slettet|deleted|fejlregistreret|ugyldig|void)", re.IGNORECASE)
TRIAL = re.compile(r"(test|demo|dummy)[\s_-]?(enhed|borger|sag|bruger|afdeling|person|unit|user|case|citizen)?\s?\d*", re.IGNORECASE)
EARLIER = re.compile(r"(tidligere|forrige|oprindelig|gammel|previous|earlier|former|old).*(sag|case|id|nr|forløb)", re.IGNORECASE)

MISSING = N_("“{attribute}” is empty in {count} events, though nearly all others have it.")
MISSING_IN_CASES = N_("“{attribute}” is empty in {count} cases, though nearly all others have it.")
CONDITIONAL = N_("“{attribute}” is empty in {count} events of activities that nearly always have it, such as “{activity}”.")
NO_END = N_("{count} events have no end: “{attribute}” is empty, though activities such as “{activity}” nearly always have it.")
RANGE = N_("“{attribute}” has a number far outside what is usual ({low} to {high}) in {count} events.")
DECIMALS = N_("“{attribute}” is written with another decimal sign than usual in {count} events.")
GAPS = N_(
    "{count} numbers are missing in “{attribute}”, which else run on: rows that were deleted, or left out of the extract or in the wash."
)
DEPENDENCY = N_("“{first}” nearly always decides “{second}”, but in {count} events it is another.")
CANCELLED_EVENTS = N_("{count} events are marked as cancelled (“{attribute}”).")
TRIALS = N_("{count} events belong to somebody who tried the system out (“{name}”).")
EARLIER_CASES = N_("{count} events name an earlier number of their case (“{attribute}”): one course stands as two cases.")


def missing_values(log: Checked) -> Iterator[Found]:
    """Attributes that nearly every row has and some have not."""
    for name, column in [*attributes(log), *((role, log.coded(role)) for role in ("unit", "actor"))]:
        if column is not None and NEARLY_ALL * log.log.n_events <= column.filled < log.log.n_events:
            empty = ~log.marked(column.codes, np.ones(len(column.names), bool))
            yield from log.events("missing_value", MISSING, {"attribute": name}, empty, (Result.GROUPS,))
    for name, column in attributes(log, of_cases=True):
        if NEARLY_ALL * log.log.n_cases <= column.filled < log.log.n_cases:
            yield from log.cases("missing_value", MISSING_IN_CASES, {"attribute": name}, column.codes < 0, (Result.GROUPS,))


def conditional_presence(log: Checked) -> Iterator[Found]:
    """Attributes that belong to some steps and are empty in a few of their events."""
    for name, column in attributes(log):
        if column.filled >= NEARLY_ALL * log.log.n_events or not is_of_some_steps(log, column):
            continue
        shares = filled_by_step(log, column)
        due = (shares >= FILLED) & (log.step_counts >= ENOUGH)
        touched = log.marked(log.step, due) & ~log.marked(column.codes, np.ones(len(column.names), bool))
        if touched.any():
            total = int(log.step_counts[due].sum())
            values: Values = {"attribute": name, "activity": log.most_of(touched)[0]}
            check, message = ("missing_end", NO_END) if tells_dates(column) else ("conditional", CONDITIONAL)
            yield from log.events(check, message, values, touched, (Result.DURATION, Result.GROUPS), total=total)


# ---- numbers -----------------------------------------------------------------------------------------------------------------


def _numbers(column: Coded) -> NDArray[np.float64] | None:
    """The number that each text tells, nan for others; None where the texts are no measure, such as codes of one length."""
    told = [NUMBER.fullmatch(name.strip()) for name in column.names]
    fits = np.array([found is not None for found in told], bool)
    if column.counts[fits].sum() < NEARLY_ALL * column.filled:
        return None
    lengths = {len(name.strip()) for name, count in zip(column.names, column.counts.tolist(), strict=True) if count}
    if all(found is None or found[1] is None for found in told) and len(lengths) == 1 and lengths.pop() >= 4:
        return None
    return np.array([float(name.strip().replace(",", ".")) if fit else math.nan for name, fit in zip(column.names, fits, strict=True)])


def value_ranges(log: Checked) -> Iterator[Found]:
    """Numbers far outside what is usual, and negative ones among positive."""
    for name, column in attributes(log):
        numbers = _numbers(column)
        if numbers is None or column.filled < ENOUGH or 2 * len(column.names) > column.filled:
            continue
        positive = numbers > 0
        if column.counts[positive].sum() < NEARLY_ALL * column.filled:
            continue
        order = np.flatnonzero(positive)[np.argsort(numbers[positive])]
        reached = np.cumsum(column.counts[order])
        first, third = (float(numbers[order][np.searchsorted(reached, share * reached[-1])]) for share in (0.25, 0.75))
        factor = max(LEAST_FACTOR, (third / first) ** FAR)
        odd = (numbers <= 0) | (numbers > third * factor) | (numbers < first / factor)
        touched = log.marked(column.codes, odd)
        values: Values = {"attribute": name, "low": first, "high": third}
        yield from log.events("value_range", RANGE, values, touched, (Result.GROUPS,), total=column.filled)


def decimal_signs(log: Checked) -> Iterator[Found]:
    """Numbers with a point where others have a comma, or the other way round."""
    for name, column in attributes(log):
        if _numbers(column) is None:
            continue
        point, comma = (np.array([sign in text for text in column.names], bool) for sign in ".,")
        points, commas = int(column.counts[point].sum()), int(column.counts[comma].sum())
        if points and commas:
            touched = log.marked(column.codes, point if points < commas else comma)
            values: Values = {"attribute": name}
            yield from log.events("decimal", DECIMALS, values, touched, (Result.GROUPS,), "unify_decimals", total=column.filled)


def number_gaps(log: Checked) -> Iterator[Found]:
    """Numbers that are missing in an attribute of running numbers; only the whole log can tell."""
    for key, column in log.log.event_columns.items() if log.whole else ():
        if not key.startswith(attribute_key("")) or not pa.types.is_dictionary(column.type):
            continue
        if 2 * len(column.dictionary) < log.log.n_events or log.log.n_events < ENOUGH:
            continue
        span = _span(log, column.dictionary)
        if span is None:
            continue
        first, last, distinct = span
        if first <= max(2, 0.01 * last):
            first = 1
        missing = last - first + 1 - distinct
        if missing > 0 and last - first + 1 <= DENSE * distinct:
            values: Values = {"attribute": key.removeprefix(attribute_key(""))}
            yield Found(Finding("number_gap", GAPS, values, missing, last - first + 1, Of.NUMBERS, -1, (Result.COUNTS,)))


def _span(log: Checked, texts: pa.Array) -> tuple[int, int, int] | None:
    """The least and greatest of texts that are all whole numbers, and how many there are; None for others."""
    low, high, distinct = [], [], 0
    for rows in log.pieces(len(texts)):
        some = texts.slice(rows.start, rows.stop - rows.start)
        if not pc.all(pc.match_substring_regex(some, r"^\d{1,15}$")).as_py():
            return None
        numbers = pc.cast(some, pa.int64())
        found = pc.min_max(numbers).as_py()
        low.append(found["min"])
        high.append(found["max"])
        distinct += len(some)
    return (min(low), max(high), distinct) if low else None


# ---- columns against each other ---------------------------------------------------------------------------------------------------


def dependencies(log: Checked) -> Iterator[Found]:
    """Columns of which one decides the other but for a few events."""
    named = ((name, log.named(attribute_key(name))) for name, _ in attributes(log))
    columns: list[tuple[str, Coded]] = [(name, column) for name, column in named if column is not None]
    if log.actor is not None:
        columns.append((log.log.roles.actor or "actor", log.actor))
    columns = [(name, column) for name, column in columns if 2 <= np.count_nonzero(column.counts) <= MOST_PAIRED]
    for one, other in ((a, b) for a in columns for b in columns if a[0] != b[0]):
        touched = _contradictions(log, one[1], other[1])
        if touched is not None:
            values: Values = {"first": one[0], "second": other[0]}
            yield from log.events("dependency", DEPENDENCY, values, touched, (Result.GROUPS,), "map_values")


def _contradictions(log: Checked, one: Coded, other: Coded) -> NDArray[np.bool_] | None:
    n, m = len(one.names), len(other.names)

    def pair(rows: slice) -> NDArray[np.int32]:
        known = (one.codes[rows] >= 0) & (other.codes[rows] >= 0)
        return np.where(known, one.codes[rows] * m + other.codes[rows], -1)

    pairs = log.build(np.int32, pair)
    table = log.count_by(pairs, n * m).reshape(n, m)
    all_of, most = int(table.sum()), table.max(axis=1)
    odd = all_of - int(most.sum())
    usual = int(table.sum(axis=0).max())
    if not 0 < odd <= RARE * all_of or all_of - usual < 10 * odd or np.count_nonzero(most >= ENOUGH) < 2:
        return None
    rest = table.sum(axis=1) - most
    if ((rest > 0) & (most < ENOUGH)).any() or (rest > NEARLY_ALL * 0.05 * np.maximum(most, 1)).any():
        return None
    return log.marked(pairs, ((table > 0) & (np.arange(m) != table.argmax(axis=1)[:, None])).ravel())


# ---- what names say ----------------------------------------------------------------------------------------------------------------


def cancelled_events(log: Checked) -> Iterator[Found]:
    """Events that a column marks as cancelled."""
    for name, column in attributes(log):
        marks = np.array([YES.fullmatch(text.strip()) is not None for text in column.names], bool)
        if CANCELLED.search(name) and not marks[column.counts > 0].all():
            touched = log.marked(column.codes, marks)
            yield from log.events("cancelled", CANCELLED_EVENTS, {"attribute": name}, touched, (Result.COUNTS, Result.ORDER), "drop_rows")


def trials(log: Checked) -> Iterator[Found]:
    """Events of units whose name says that they only try the system out."""
    if log.unit is None:
        return
    names = np.array([TRIAL.fullmatch(name.strip()) is not None for name in log.unit.names], bool)
    if names.any() and not names.all():
        touched = log.marked(log.unit.codes, names)
        shown: Values = {"name": log.unit.names[int(np.argmax(names))]}
        yield from log.events("trial", TRIALS, shown, touched, (Result.COUNTS, Result.DURATION), "drop_cases")


def earlier_cases(log: Checked) -> Iterator[Found]:
    """Cases all of whose events name the case that theirs was before; where the two are one again, only some of its events do."""
    for begin in (attribute_key(""), object_key("")):
        for key in log.log.event_columns:
            name = key.removeprefix(begin)
            if key.startswith(begin) and EARLIER.search(name) and (column := log.coded(key)) is not None:
                named = log.marked(column.codes, np.ones(len(column.names), bool))
                apart = log.count_by(log.case, log.log.n_cases, named) == np.diff(log.log.offsets)
                distorts = (Result.COUNTS, Result.DURATION)
                touched = log.marked(log.case, apart)
                yield from log.events("earlier_case", EARLIER_CASES, {"attribute": name}, touched, distorts, "merge_cases")
