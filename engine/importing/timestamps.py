"""Columns of times: one pattern is decided over the whole column, then every cell is read by it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from engine.errors import N_, BadInput
from engine.importing.patterns import ISO, MONTHS, PATTERNS, Pattern, can_swap, from_format, swap
from engine.importing.zones import to_utc, zone_named
from engine.log.columns import Notice
from engine.log.event_log import NO_TIME

SAMPLE = 2000
CONTRADICTION = 0.1
NOTHING = pa.array(["", "-", "null", "none", "nan", "nat", "n/a", "na", "#n/a", "(null)"])
"""What cells without a time hold, in lower case."""
DAY, HOUR, MINUTE, SECOND = 86_400_000_000, 3_600_000_000, 60_000_000, 1_000_000
EARLIEST, LATEST = -62_135_510_400_000_000, 253_402_128_000_000_000
"""2 January of year 1 and 30 December 9999: every zone's clock has a date there."""

UNDECIDED = N_(
    "The column {column} of {file} can be read in two ways, {first} and {second}, and nothing in it decides. "
    "Choose one of them (--timestamp-format)."
)
UNREADABLE = N_(
    "The column {column} of {file} does not hold times that can be read: {count} of {all} cells fail, the first in row {row}. "
    "Choose another column or another pattern (--timestamp-format)."
)
SKIPPED = N_("Cells of the column {column} that could not be read as a time: {count}, the first in row {row}.")
TWICE = N_("Times of the column {column} in the hour that comes twice when summer time ends: {count}; they were read as the first.")
NEVER = N_("Times of the column {column} in the hour that is skipped when summer time begins: {count}; they were read as an hour later.")
MIXED = N_("Times of the column {column} without a time zone, while others have one: {count}; they were read in {timezone}.")


@dataclass(frozen=True)
class Reading:
    """A pattern, how it would be written for strptime, and the first cell under it (UTC µs, None without any)."""

    pattern: Pattern
    format: str
    example: int | None


@dataclass(frozen=True)
class TimeColumn:
    """Times of a column, int64 UTC µs or NO_TIME, shape (n,), and what has to be said about them."""

    times: NDArray[np.int64]
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, eq=False)
class Cells:
    """A text column by its distinct values: trimmed text, and for each row the index of its value (-1: none).

    apart: the values once taken apart, by regular expression.
    """

    values: pa.Array
    index: NDArray[np.int64]
    blank: NDArray[np.bool_]
    apart: dict[str, _Fields] = field(default_factory=dict)

    def rows(self, chosen: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Rows whose distinct value is chosen."""
        return np.flatnonzero(chosen[self.index] & (self.index >= 0)) if len(chosen) else np.empty(0, np.int64)


@dataclass(frozen=True, eq=False)
class _Fields:
    """Texts of the named groups of a regular expression, "" where a group is absent, and which values matched at all."""

    groups: dict[str, pa.Array]
    matched: NDArray[np.bool_]


@dataclass(frozen=True)
class _Clock:
    """Distinct values read by one pattern: clock µs, whether readable, offset from UTC µs where `zoned`."""

    clock: NDArray[np.int64]
    valid: NDArray[np.bool_]
    zoned: NDArray[np.bool_]
    offset: NDArray[np.int64]


def is_time_type(kind: pa.DataType) -> bool:
    """Whether a column of this type holds times already, so that no pattern is needed."""
    return bool(pa.types.is_timestamp(kind) or pa.types.is_date(kind))


def cells_of(column: pa.ChunkedArray | pa.Array) -> Cells:
    """The distinct texts of a column of strings, dictionary or not."""
    column = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if not pa.types.is_dictionary(column.type):
        if _mostly_distinct(column):
            return _cells(column, np.arange(len(column)))
        column = column.dictionary_encode()
    index = column.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    return _cells(column.dictionary, index)


def _cells(texts: pa.Array, index: NDArray[np.int64]) -> Cells:
    values = pc.utf8_trim_whitespace(texts.cast(pa.string())).fill_null("")
    blank = pc.is_in(pc.utf8_lower(values), value_set=NOTHING).to_numpy(zero_copy_only=False)
    return Cells(values, index, blank)


def _mostly_distinct(column: pa.Array) -> bool:
    """Whether looking for equal values would cost more than it saves."""
    sample = column.slice(len(column) // 2, SAMPLE)
    return len(column) > 10 * SAMPLE and 2 * pc.count_distinct(sample).as_py() > len(sample)


def readings_of(cells: Cells, text_format: str | None, timezone: str) -> tuple[Reading, ...]:
    """The ways in which the column can be read: one, or two when nothing in it decides between day and month first; () for none."""
    if text_format is not None:
        return (_reading(from_format(text_format), cells, timezone),)
    pattern = _best_pattern(cells)
    if pattern is None:
        return ()
    if not can_swap(pattern):
        return (_reading(pattern, cells, timezone),)
    return tuple(_reading(one, cells, timezone) for one in _orders(pattern, cells))


def agree(mine: tuple[Reading, ...], other: tuple[Reading, ...]) -> tuple[Reading, ...]:
    """My readings, narrowed by another time column of the same table that is decided and written alike."""
    if len(mine) == 2 and len(other) == 1:
        return tuple(one for one in mine if one.pattern == other[0].pattern) or mine
    return mine


def read_times(
    cells: Cells, readings: tuple[Reading, ...], column: str, file_name: str, timezone: str, first_row: int, *, tolerant: bool = False
) -> TimeColumn:
    """The column's times under its only reading; BadInput when it has two, or when most cells fail and that is not tolerated.

    first_row: the number that a reader of the file gives row 0.
    """
    if len(readings) > 1:
        raise BadInput(UNDECIDED, column=column, file=file_name, first=readings[0].format, second=readings[1].format)
    n_values = len(cells.values)
    if readings:
        clock = _read_cells(cells, readings[0].pattern)
    else:
        nothing = np.zeros(n_values, bool)
        clock = _Clock(np.zeros(n_values, np.int64), nothing, nothing, np.zeros(n_values, np.int64))
    failed = cells.rows(~clock.valid & ~cells.blank)
    n_filled = len(cells.rows(~cells.blank))
    if not tolerant and len(failed) * 2 > n_filled:
        row = int(failed[0]) + first_row
        raise BadInput(UNREADABLE, column=column, file=file_name, count=len(failed), all=n_filled, row=row)
    utc, twice, never = _utc(clock, timezone)
    times = np.full(len(cells.index), NO_TIME, np.int64)
    known = np.flatnonzero((cells.index >= 0) & np.append(clock.valid, False)[cells.index])
    times[known] = utc[cells.index[known]]
    notices = []
    if len(failed):
        notices.append(Notice(SKIPPED, {"count": len(failed), "column": column, "row": int(failed[0]) + first_row}))
    notices += _zone_notices(cells, clock, twice, never, column, timezone)
    return TimeColumn(times, tuple(notices))


def read_typed_times(column: pa.ChunkedArray | pa.Array, name: str, timezone: str, first_row: int) -> TimeColumn:
    """Times of a timestamp or date column; those without a zone are clock times in `timezone`."""
    column = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    known = column.is_valid().to_numpy(zero_copy_only=False)
    clock, possible = _native_clock(column)
    failed = np.flatnonzero(known & ~possible)
    known &= possible
    notices = [Notice(SKIPPED, {"count": len(failed), "column": name, "row": int(failed[0]) + first_row})] if len(failed) else []
    times = np.where(known, clock, NO_TIME)
    zoned = pa.types.is_timestamp(column.type) and column.type.tz is not None
    if not zoned and timezone != "UTC":
        utc, twice, never = to_utc(times[known], zone_named(timezone))
        times[known] = utc
        notices += _dst_notices(int(twice.sum()), int(never.sum()), name)
    return TimeColumn(times, tuple(notices))


def _native_clock(column: pa.Array) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Microseconds of a timestamp or date column, and which lie in the years that a calendar names; nulls are 0."""
    kind = column.type
    whole = pa.int32() if pa.types.is_date32(kind) else pa.int64()
    values = column.cast(whole).fill_null(0).to_numpy(zero_copy_only=False).astype(np.int64)
    unit = "day" if pa.types.is_date32(kind) else "ms" if pa.types.is_date64(kind) else kind.unit
    size = {"day": DAY, "s": SECOND, "ms": 1000, "us": 1, "ns": 0}[unit]
    if not size:
        return values // 1000, np.ones(len(values), bool)
    possible = (values >= EARLIEST // size) & (values <= LATEST // size)
    return np.where(possible, values, 0) * size, possible


def share_of_times(values: pa.Array) -> float:
    """Share (0..1) of the distinct cells that look like times, for guessing roles; 0 when there are none."""
    cells = cells_of(values)
    filled = cells.values.filter(pa.array(~cells.blank))
    pattern = _best_pattern(cells)
    if pattern is None or not len(filled):
        return 0.0
    filled_cells = Cells(filled, np.arange(len(filled)), np.zeros(len(filled), bool))
    both = _read_cells(filled_cells, pattern).valid
    if can_swap(pattern):
        both = both | _read_cells(filled_cells, swap(pattern)).valid
    return float(both.mean())


def _best_pattern(cells: Cells) -> Pattern | None:
    """The pattern that takes most of an even sample of the distinct cells apart; the first in the list among equals."""
    filled = cells.values.filter(pa.array(~cells.blank))
    if not len(filled):
        return ISO
    sample = filled.take(pa.array(np.linspace(0, len(filled) - 1, min(SAMPLE, len(filled))).astype(np.int64)))
    counts = [pc.sum(pc.match_substring_regex(sample, pattern.regex)).as_py() for pattern in PATTERNS]
    best = max(counts)
    return PATTERNS[counts.index(best)] if best else None


def _orders(pattern: Pattern, cells: Cells) -> tuple[Pattern, ...]:
    """Day first, month first, or both: decided by cells (rows, not distinct values) that only one of the two can read."""
    day_first, month_first = _read_cells(cells, pattern), _read_cells(cells, swap(pattern))
    only_day = len(cells.rows(day_first.valid & ~month_first.valid))
    only_month = len(cells.rows(month_first.valid & ~day_first.valid))
    same = bool(np.all(day_first.clock[day_first.valid & month_first.valid] == month_first.clock[day_first.valid & month_first.valid]))
    if only_day > only_month and only_month <= CONTRADICTION * only_day:
        return (pattern,)
    if only_month > only_day and only_day <= CONTRADICTION * only_month:
        return (swap(pattern),)
    return (pattern,) if same and not only_day else (pattern, swap(pattern))


def _reading(pattern: Pattern, cells: Cells, timezone: str) -> Reading:
    few = cells.values.slice(0, SAMPLE)
    clock = _read_cells(Cells(few, np.arange(len(few)), cells.blank[:SAMPLE]), pattern)
    first = int(np.argmax(clock.valid)) if clock.valid.any() else None
    if first is None:
        return Reading(pattern, pattern.date, None)
    one = slice(first, first + 1)
    utc, _, _ = _utc(_Clock(clock.clock[one], clock.valid[one], clock.zoned[one], clock.offset[one]), timezone)
    return Reading(pattern, _format_of(pattern, cells.values[first].as_py()), int(utc[0]))


def _format_of(pattern: Pattern, cell: str) -> str:
    """The strptime format of one cell under a pattern."""
    if pattern.exact:
        return pattern.date
    found = pc.extract_regex(pa.array([cell]), pattern.regex)[0].as_py() or {}
    text = pattern.date.replace("%Y", "%y") if len(found.get("Y", "")) == 2 else pattern.date
    if not found.get("H"):
        return text
    joint = "T" if "T" in cell else " kl. " if "kl" in cell else " "
    mark = ":" if ":" in cell else "." if pattern.date != "%Y%m%d" else ""
    text += f"{joint}{'%I' if found.get('p') else '%H'}{mark}%M"
    text += f"{mark}%S" if found.get("S") else ""
    text += ".%f" if found.get("f") else ""
    text += " %p" if found.get("p") else ""
    return text + ("%z" if found.get("z") else "")


def _utc(clock: _Clock, timezone: str) -> tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.bool_]]:
    """UTC µs of the distinct values, and which of them came twice or never on the local clock."""
    utc = clock.clock - clock.offset
    twice, never = np.zeros(len(utc), bool), np.zeros(len(utc), bool)
    local = np.flatnonzero(clock.valid & ~clock.zoned)
    if len(local) and timezone != "UTC":
        utc[local], twice[local], never[local] = to_utc(clock.clock[local], zone_named(timezone))
    return utc, twice, never


def _zone_notices(
    cells: Cells, clock: _Clock, twice: NDArray[np.bool_], never: NDArray[np.bool_], column: str, timezone: str
) -> list[Notice]:
    notices = []
    bare = clock.valid & ~clock.zoned
    if bool((clock.valid & clock.zoned).any()) and bool(bare.any()):
        notices.append(Notice(MIXED, {"count": len(cells.rows(bare)), "column": column, "timezone": timezone}))
    return notices + _dst_notices(len(cells.rows(twice)), len(cells.rows(never)), column)


def _dst_notices(twice: int, never: int, column: str) -> list[Notice]:
    found = ((TWICE, twice), (NEVER, never))
    return [Notice(message, {"count": count, "column": column}) for message, count in found if count]


def _read_cells(cells: Cells, pattern: Pattern) -> _Clock:
    """Read every distinct text by one pattern."""
    if pattern == ISO:
        quick = _cast_iso(cells.values)
        if quick is not None:
            return quick
    if pattern.regex not in cells.apart:
        cells.apart[pattern.regex] = _take_apart(cells.values, pattern.regex)
    fields = cells.apart[pattern.regex]
    clock, valid = _clock_time(fields.groups, pattern.swapped)
    offset, zoned = _offsets(fields.groups.get("z"), len(cells.values))
    return _Clock(clock, valid & fields.matched, zoned & fields.matched, offset)


def _take_apart(values: pa.Array, regex: str) -> _Fields:
    found = pc.extract_regex(values, regex)
    groups = {found.type.field(place).name: pc.struct_field(found, [place]).fill_null("") for place in range(found.type.num_fields)}
    return _Fields(groups, found.is_valid().to_numpy(zero_copy_only=False))


def _cast_iso(values: pa.Array) -> _Clock | None:
    """Arrow's own reader of ISO 8601, which takes a column only when all of it has, or all of it lacks, an offset."""
    filled = pc.if_else(pc.equal(values, ""), pa.scalar(None, pa.string()), values)
    for kind, zoned in ((pa.timestamp("us", "UTC"), True), (pa.timestamp("us"), False)):
        try:
            moments = filled.cast(kind).cast(pa.int64())
        except pa.ArrowInvalid:
            continue
        clock = moments.fill_null(0).to_numpy(zero_copy_only=False)
        valid = moments.is_valid().to_numpy(zero_copy_only=False) & (clock >= EARLIEST) & (clock <= LATEST)
        return _Clock(clock, valid, valid & zoned, np.zeros(len(valid), np.int64))
    return None


def _clock_time(found: dict[str, pa.Array], swapped: bool) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Clock µs of the fields and whether they name a moment of the calendar."""
    year, years_known = _years(found["Y"])
    month = _looked_up(found["b"], lambda text: MONTHS.get(text.lower(), 0)) if "b" in found else _numbers(found["m"])
    day = _numbers(found["d"])
    if swapped:
        month, day = day, month
    hour, minute, second = (_numbers(found[name]) if name in found else np.zeros(len(year), np.int64) for name in "HMS")
    hour, hour_known = _from_half_days(hour, found.get("p"))
    months = (year - 1970) * 12 + np.clip(month, 1, 12) - 1
    first = months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    after = (months + 1).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    valid = years_known & hour_known & (month >= 1) & (month <= 12) & (day >= 1) & (day <= after - first)
    midnight = (hour == 24) & (minute == 0) & (second == 0)
    valid &= ((hour < 24) | midnight) & (minute < 60) & (second <= 60)
    clock = (first + day - 1) * DAY + hour * HOUR + minute * MINUTE + second * SECOND
    valid &= (clock >= EARLIEST) & (clock <= LATEST)
    return clock + _fractions(found.get("f"), len(year)), valid


def _numbers(texts: pa.Array) -> NDArray[np.int64]:
    filled = pc.if_else(pc.equal(texts, ""), "0", texts)
    values: NDArray[np.int64] = filled.cast(pa.int64()).to_numpy(zero_copy_only=False)
    return values


def _years(texts: pa.Array) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Years; two digits are 1969 to 2068, as POSIX has it."""
    year = _numbers(texts)
    short = pc.equal(pc.utf8_length(texts), 2).to_numpy(zero_copy_only=False)
    full = np.where(short, np.where(year >= 69, year + 1900, year + 2000), year)
    return full, full >= 1


def _from_half_days(hour: NDArray[np.int64], halves: pa.Array | None) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Hours 1 to 12 with a.m. or p.m. as 0 to 23."""
    known = np.ones(len(hour), bool)
    if halves is None:
        return hour, known
    half = _looked_up(halves, lambda text: {"a": 1, "p": 2}.get(text[:1].lower(), 0))
    known = (half == 0) | ((hour >= 1) & (hour <= 12))
    return np.where(half == 0, hour, hour % 12 + np.where(half == 2, 12, 0)), known


def _fractions(texts: pa.Array | None, n: int) -> NDArray[np.int64]:
    """Microseconds of the digits behind the second; digits beyond the sixth are cut off."""
    if texts is None:
        return np.zeros(n, np.int64)
    return _numbers(pc.utf8_rpad(pc.utf8_slice_codeunits(texts, 0, 6), 6, padding="0"))


def _offsets(texts: pa.Array | None, n: int) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Offset from UTC in µs, and where there is one."""
    if texts is None:
        return np.zeros(n, np.int64), np.zeros(n, bool)
    return _looked_up(texts, _offset), pc.not_equal(texts, "").to_numpy(zero_copy_only=False)


def _offset(text: str) -> int:
    digits = "".join(sign for sign in text if sign.isdigit())
    if not digits:
        return 0
    size = int(digits[:2]) * HOUR + int(digits[2:] or 0) * MINUTE
    return -size if text.startswith("-") else size


def _looked_up(texts: pa.Array, meaning: Any) -> NDArray[np.int64]:
    coded = texts.dictionary_encode()
    table = np.array([meaning(text) for text in coded.dictionary.to_pylist()], np.int64)
    values: NDArray[np.int64] = table[coded.indices.to_numpy(zero_copy_only=False)] if len(table) else np.zeros(len(texts), np.int64)
    return values
