"""Steps that make of what tells of a person what an analysis needs of it: an age band, an activity, which caseworker of the case it was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from engine.errors import N_, BadInput
from engine.files.table import as_text
from engine.importing.cells import cells_of
from engine.importing.timestamps import is_time_type, read_times, read_typed_times, readings_of
from engine.log.columns import CASE, columns_of
from engine.log.event_log import NO_TIME
from engine.personal.cpr import birth_date
from engine.washing.leaving import NO_DAY as BAD_DAY
from engine.washing.moments import UTC_MOMENT, with_moments
from engine.washing.rows import Column, Rows
from engine.washing.values import AgeBand, CaseworkerOrder, KeywordActivity

NO_DAY = np.datetime64("NaT", "D")
SHORT_YEAR = r"^\d{1,2}[-./ ]\d{1,2}[-./ ]\d{2}$"
OLDEST = 120
BAD_BANDS = N_("The ages at which bands begin have to rise, from 1 to {oldest}.")
SAME_COLUMN = N_("A step that drops the column {column} needs another one for what it makes of it.")


def age_band(rows: Rows, step: AgeBand) -> Rows:
    """The band of the age on the day; "" where a cell tells no birth date. The column goes unless it plays a role."""
    return _written(rows, step.column, step.into, lambda: _bands(rows, step))


def ages_unread(rows: Rows, step: AgeBand) -> int:
    """In how many rows a filled cell tells no age."""
    column = rows.column(step.column)
    filled = pc.not_equal(pc.utf8_trim_whitespace(column.values), "").to_numpy(zero_copy_only=False)[column.codes]
    return int((filled & (_ages(rows, step) < 0)).sum())


def _bands(rows: Rows, step: AgeBand) -> Column:
    edges = np.array(step.bands)
    if not len(edges) or edges[0] < 1 or edges[-1] > OLDEST or (np.diff(edges) <= 0).any():
        raise BadInput(BAD_BANDS, oldest=OLDEST)
    names = [f"<{edges[0]}", *(f"{one}–{other - 1}" for one, other in pairwise(step.bands)), f"{edges[-1]}+", ""]
    ages = _ages(rows, step)
    codes = np.where(ages < 0, len(names) - 1, np.searchsorted(edges, ages, side="right"))
    return Column.of(pa.DictionaryArray.from_arrays(pa.array(codes), pa.array(names)))


def _ages(rows: Rows, step: AgeBand) -> NDArray[np.int64]:
    """Whole years on the day, shape (n,); -1 where there is no birth date or no day, or the age is none of a living person."""
    days, short = _birth_days(rows, step)
    on = np.full(len(rows), _day(step.on)) if step.on is not None else _local_days(with_moments(rows)[1], rows.timezone)
    ages = _years_between(days, on)
    ages = np.where(short & (ages < 0), ages + 100, ages)
    known = ~np.isnat(days) & ~np.isnat(on) & (ages >= 0) & (ages <= OLDEST)
    return np.where(known, ages, -1)


def _years_between(days: NDArray[np.datetime64], on: NDArray[np.datetime64]) -> NDArray[np.int64]:
    months = (on.astype("datetime64[M]") - days.astype("datetime64[M]")).astype(np.int64)
    day_of_month = [(one - one.astype("datetime64[M]").astype("datetime64[D]")).astype(np.int64) for one in (days, on)]
    return np.asarray((months - (day_of_month[1] < day_of_month[0])) // 12)


def _day(text: str) -> np.datetime64:
    try:
        return np.datetime64(date.fromisoformat(text))
    except ValueError as error:
        raise BadInput(BAD_DAY, text=text) from error


def _birth_days(rows: Rows, step: AgeBand) -> tuple[NDArray[np.datetime64], NDArray[np.bool_]]:
    """The birth date of each row, and whether its year is written with two digits. A CPR number tells one too."""
    rows.check((step.column,))
    stored = rows.table.column(step.column)
    if is_time_type(stored.type):
        times = read_typed_times(stored, step.column, rows.timezone, rows.file_row).times
        return _local_days(times, rows.timezone), np.zeros(len(rows), bool)
    column = Column.of(as_text(stored))
    born = [birth_date(text) for text in column.values.to_pylist()]
    rest = pa.array([text if one is None else "" for text, one in zip(column.values.to_pylist(), born, strict=True)], pa.string())
    cells = cells_of(rest)
    readings = readings_of(cells, step.format, rows.timezone)
    times = read_times(cells, readings, step.column, rows.file_name, rows.timezone, rows.file_row, tolerant=True).times
    by_number = np.array([NO_DAY if one is None else np.datetime64(one) for one in born], "datetime64[D]")
    days = np.where(np.isnat(by_number), _local_days(times, rows.timezone), by_number)
    short = pc.match_substring_regex(rest, SHORT_YEAR).to_numpy(zero_copy_only=False)
    return days[column.codes], np.asarray(short)[column.codes]


def _local_days(times: NDArray[np.int64], timezone: str) -> NDArray[np.datetime64]:
    moments = pa.array(times, mask=times == NO_TIME).cast(UTC_MOMENT).cast(pa.timestamp("us", timezone))
    days = pc.local_timestamp(moments).cast(pa.date32(), safe=False)
    return np.asarray(days.to_numpy(zero_copy_only=False)).astype("datetime64[D]")


def keyword_activity(rows: Rows, step: KeywordActivity) -> Rows:
    """The activity of the first keyword of the table that a text holds, whatever its capitals; the text goes unless it plays a role."""
    return _written(rows, step.column, step.into, lambda: _by_keyword(rows, step))


def _by_keyword(rows: Rows, step: KeywordActivity) -> Column:
    column = rows.column(step.column)
    texts = pc.utf8_lower(column.values)
    found = np.full(len(texts), -1)
    for place, keyword in enumerate(step.table):
        holds = pc.match_substring(texts, keyword.lower()).to_numpy(zero_copy_only=False)
        found[(found < 0) & holds & bool(keyword.strip())] = place
    otherwise = rows.column(step.otherwise) if step.otherwise is not None else Column(np.zeros(len(rows), np.int64), pa.array([""]))
    chosen = found[column.codes] if len(texts) else np.empty(0, np.int64)
    names = pa.concat_arrays([pa.array(list(step.table.values()), pa.string()), otherwise.values])
    codes = np.where(chosen < 0, otherwise.codes + len(step.table), chosen)
    return Column.of(pa.DictionaryArray.from_arrays(pa.array(codes), names))


def caseworker_order(rows: Rows, step: CaseworkerOrder) -> Rows:
    """Which caseworker of the case it was, by first event: the same number in two cases tells of nobody. The column goes."""
    return _written(rows, step.column, step.into, lambda: _in_order(rows, step))


def _in_order(rows: Rows, step: CaseworkerOrder) -> Column:
    worker, case = rows.column(step.column), rows.column(rows.role(CASE))
    times = with_moments(rows)[1]
    blank = pc.equal(pc.utf8_trim_whitespace(worker.values), "").to_numpy(zero_copy_only=False)
    named = np.flatnonzero(~blank[worker.codes]) if len(blank) else np.empty(0, np.int64)
    order = named[np.lexsort((named, times[named], case.codes[named]))]
    pairs = case.codes[order] * max(1, len(worker.values)) + worker.codes[order]
    _, first, place = np.unique(pairs, return_index=True, return_inverse=True)
    by_first = np.argsort(first)
    cases = case.codes[order][first[by_first]]
    starts = np.searchsorted(cases, cases)
    number = np.empty(len(first), np.int64)
    number[by_first] = np.arange(len(first)) - starts + 1
    codes = np.zeros(len(rows), np.int64)
    codes[order] = number[place]
    names = ["", *(f"{step.word} {n}" for n in range(1, int(codes.max(initial=0)) + 1))]
    return Column.of(pa.DictionaryArray.from_arrays(pa.array(codes), pa.array(names)))


def _written(rows: Rows, column: str, into: str, made: Callable[[], Column]) -> Rows:
    """The rows with what was made of a column, and without that column unless it plays a role."""
    rows.check((column,))
    if into == column:
        raise BadInput(SAME_COLUMN, column=column)
    rows = rows.with_column(into, made())
    if column in columns_of(rows.roles):
        return rows
    return replace(rows, table=rows.table.drop_columns([column]))
