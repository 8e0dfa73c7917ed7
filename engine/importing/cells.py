"""Text cells of a time column taken apart by a pattern: clock times, offsets from UTC, and which cells cannot be read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from engine.importing.fixed_times import fixed_times
from engine.importing.patterns import ISO, MONTHS, Pattern
from engine.log import event_log

SAMPLE = 2000
NOTHING = pa.array(["", "-", "null", "none", "nan", "nat", "n/a", "na", "#n/a", "(null)"])
"""What cells without a time hold, in lower case."""
LONGEST_NOTHING = 6
DAY, HOUR, MINUTE, SECOND = 86_400_000_000, 3_600_000_000, 60_000_000, 1_000_000
PLACES, SERIAL_OF_1970 = 9, 25_569
"""Digits of the fraction of a serial number that are read, and the serial number of 1 January 1970."""
FARTHEST = 14 * HOUR
"""No place on earth is further from UTC than fourteen hours."""
TOO_FAR = r"[+-](?:(?:1[5-9]|2\d)(?::?\d{2})?|14:?(?:0[1-9]|[1-5]\d))$"
LEVELS = np.repeat(
    np.array([event_log.DAY, event_log.MINUTE, event_log.SECOND, event_log.FINER], np.uint8),
    [len("2025-01-31") + 1, len(" 10:05"), len(":30"), 1],
)
"""What a cell tells that begins with a date of ten signs, by its length."""
DATE_AND_OFFSET = len("2025-01-31") + 1
EARLIEST, LATEST = -62_135_510_400_000_000, 253_402_128_000_000_000
"""2 January of year 1 and 30 December 9999: every zone's clock has a date there."""


@dataclass(frozen=True, eq=False)
class Cells:
    """A text column by its distinct values: trimmed text, and for each row the index of its value (-1: none).

    apart: the values once taken apart, by regular expression. clocks: the values once read, by pattern.
    """

    values: pa.Array
    index: NDArray[np.int64]
    blank: NDArray[np.bool_]
    apart: dict[str, _Fields] = field(default_factory=dict)
    clocks: dict[Pattern, Clock] = field(default_factory=dict)

    def rows(self, chosen: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Rows whose distinct value is chosen."""
        return np.flatnonzero(chosen[self.index] & (self.index >= 0)) if len(chosen) else np.empty(0, np.int64)


@dataclass(frozen=True, eq=False)
class _Fields:
    """What a regular expression takes a cell apart into, int64, shape (n,): the two fields of day and month as they stand, the moment of
    the day and its fraction of a second in µs, the offset from UTC in µs. known: whether all but day and month make sense.
    precision: what is written of the moment (`event_log.DAY` to `FINER`)."""

    year: NDArray[np.int64]
    month: NDArray[np.int64]
    day: NDArray[np.int64]
    moment: NDArray[np.int64]
    fraction: NDArray[np.int64]
    offset: NDArray[np.int64]
    zoned: NDArray[np.bool_]
    known: NDArray[np.bool_]
    precision: NDArray[np.uint8]


@dataclass(frozen=True)
class Clock:
    """Distinct values read by one pattern: clock µs, whether readable, offset from UTC µs where `zoned`, what is written of the moment."""

    clock: NDArray[np.int64]
    valid: NDArray[np.bool_]
    zoned: NDArray[np.bool_]
    offset: NDArray[np.int64]
    precision: NDArray[np.uint8]

    @staticmethod
    def empty(n: int) -> Clock:
        """No value is readable."""
        return Clock(np.zeros(n, np.int64), np.zeros(n, bool), np.zeros(n, bool), np.zeros(n, np.int64), np.zeros(n, np.uint8))

    def of(self, chosen: slice | NDArray[np.bool_]) -> Clock:
        """Only some of the values."""
        return Clock(*(values[chosen] for values in vars(self).values()))


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
    blank = np.zeros(len(values), bool)
    short = np.flatnonzero(pc.less_equal(pc.binary_length(values), LONGEST_NOTHING).to_numpy(zero_copy_only=False))
    blank[short] = pc.is_in(pc.utf8_lower(values.take(pa.array(short))), value_set=NOTHING).to_numpy(zero_copy_only=False)
    return Cells(values, index, blank)


def _mostly_distinct(column: pa.Array) -> bool:
    """Whether looking for equal values would cost more than it saves."""
    sample = column.slice(len(column) // 2, SAMPLE)
    return len(column) > 10 * SAMPLE and 2 * pc.count_distinct(sample).as_py() > len(sample)


def read_cells(cells: Cells, pattern: Pattern) -> Clock:
    """Every distinct text read by one pattern."""
    if pattern not in cells.clocks:
        cells.clocks[pattern] = _read(cells, pattern)
    return cells.clocks[pattern]


def _read(cells: Cells, pattern: Pattern) -> Clock:
    if pattern == ISO:
        quick = _cast_iso(cells.values)
        if quick is not None:
            return quick
    if pattern.regex not in cells.apart:
        cells.apart[pattern.regex] = _take_apart(cells.values, pattern.regex)
    return _clock(cells.apart[pattern.regex], pattern.swapped)


def _take_apart(values: pa.Array, regex: str) -> _Fields:
    """The fields of all cells; only those that are not written in the usual number of digits need the regular expression."""
    fixed = fixed_times(values, regex)
    if fixed is None or not fixed.read.any():
        return _by_regex(values, regex)
    nothing = np.zeros(len(values), np.int64)
    moment = fixed.hour * HOUR + fixed.minute * MINUTE + fixed.second * SECOND
    known = fixed.read & (fixed.year >= 1) & _is_clock(fixed.hour, fixed.minute, fixed.second)
    zoned, precision = np.zeros(len(values), bool), _precision_by_length(values)
    fields = _Fields(fixed.year, fixed.month, fixed.day, moment, nothing, nothing.copy(), zoned, known, precision)
    rest = np.flatnonzero(~fixed.read)
    if len(rest):
        other = _by_regex(values.take(pa.array(rest)), regex)
        for name, found in vars(other).items():
            getattr(fields, name)[rest] = found
    return fields


def _by_regex(values: pa.Array, regex: str) -> _Fields:
    found = pc.extract_regex(values, regex)
    groups = {found.type.field(place).name: pc.struct_field(found, [place]).fill_null("") for place in range(found.type.num_fields)}
    n = len(values)
    if "n" in groups:
        return _of_serials(groups, found.is_valid().to_numpy(zero_copy_only=False))
    year, years_known = _years(groups["Y"])
    if "w" in groups:
        (year, month, day), weeks_known = _of_weeks(year, _numbers(groups["w"]), _numbers(groups["u"]) if "u" in groups else None)
        years_known &= weeks_known
    else:
        month = _looked_up(groups["b"], lambda text: MONTHS.get(text.lower(), 0)) if "b" in groups else _numbers(groups["m"])
        day = _numbers(groups["d"])
    hour, minute, second = (_numbers(groups[name]) if name in groups else np.zeros(n, np.int64) for name in "HMS")
    hour, hour_known = _from_half_days(hour, groups.get("p"))
    offset, zoned = _offsets(groups.get("z"), n)
    matched = found.is_valid().to_numpy(zero_copy_only=False)
    known = matched & years_known & hour_known & _is_clock(hour, minute, second) & (np.abs(offset) <= FARTHEST)
    moment = hour * HOUR + minute * MINUTE + second * SECOND
    fraction, precision = _fractions(groups.get("f"), n), _precision_of(groups, n)
    return _Fields(year, month, day, moment, fraction, offset, zoned & matched, known, precision)


def _precision_of(groups: dict[str, pa.Array], n: int) -> NDArray[np.uint8]:
    """What is written of the moment: the finest of hour, second and fraction that is there."""
    precision = np.full(n, event_log.DAY, np.uint8)
    for name, level in (("H", event_log.MINUTE), ("S", event_log.SECOND), ("f", event_log.FINER)):
        if name in groups:
            precision[pc.not_equal(groups[name], "").to_numpy(zero_copy_only=False)] = level
    return precision


def _precision_by_length(values: pa.Array, zoned: bool = False) -> NDArray[np.uint8]:
    """What is written of the moment in cells that begin with a date of ten signs, as far as their length without an offset tells it."""
    _, stored, data = values.buffers()
    ends = np.frombuffer(stored, np.int32)[values.offset : values.offset + len(values) + 1].astype(np.int64)
    lengths = np.diff(ends)
    if zoned:
        long = np.flatnonzero(lengths > DATE_AND_OFFSET)
        signs, last = np.frombuffer(data, np.uint8), ends[1:][long]
        lengths[long[signs[last - 1] > ord("9")]] -= 1
        for size in (3, 5, 6):
            sign = signs[last - size]
            lengths[long[(sign == ord("+")) | (sign == ord("-"))]] -= size
    return LEVELS[np.minimum(lengths, len(LEVELS) - 1)]


def _is_clock(hour: NDArray[np.int64], minute: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.bool_]:
    midnight = (hour == 24) & (minute == 0) & (second == 0)
    return np.asarray(((hour < 24) | midnight) & (minute < 60) & (second <= 60))


def _clock(fields: _Fields, swapped: bool) -> Clock:
    """Clock µs of the fields and whether they name a moment of the calendar."""
    month, day = (fields.day, fields.month) if swapped else (fields.month, fields.day)
    months = (fields.year - 1970) * 12 + np.clip(month, 1, 12) - 1
    lowest = int(months.min(initial=0))
    first_days = np.arange(lowest, int(months.max(initial=0)) + 2).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    first, longest = first_days[months - lowest], np.diff(first_days)[months - lowest]
    valid = fields.known & (month >= 1) & (month <= 12) & (day >= 1) & (day <= longest)
    clock = (first + day - 1) * DAY + fields.moment
    valid &= (clock >= EARLIEST) & (clock <= LATEST)
    return Clock(clock + fields.fraction, valid, fields.zoned, fields.offset, fields.precision)


def _cast_iso(values: pa.Array) -> Clock | None:
    """Arrow's own reader of ISO 8601, which takes a column only when all of it has, or all of it lacks, an offset."""
    filled = pc.if_else(pc.equal(values, ""), pa.scalar(None, pa.string()), values)
    for kind, zoned in ((pa.timestamp("us", "UTC"), True), (pa.timestamp("us"), False)):
        try:
            moments = filled.cast(kind).cast(pa.int64())
        except pa.ArrowInvalid:
            continue
        if zoned and _is_any_too_far(values):
            return None
        clock = moments.fill_null(0).to_numpy(zero_copy_only=False)
        valid = moments.is_valid().to_numpy(zero_copy_only=False) & (clock >= EARLIEST) & (clock <= LATEST)
        return Clock(clock, valid, valid & zoned, np.zeros(len(valid), np.int64), _precision_by_length(values, zoned))
    return None


def _is_any_too_far(values: pa.Array) -> bool:
    """Whether a text ends with an offset that Arrow takes although no place has it."""
    ends = pc.unique(pc.binary_slice(values.cast(pa.binary()), -6))
    return bool(pc.any(pc.match_substring_regex(ends, TOO_FAR)).as_py())


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


Dates = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]


def _of_weeks(year: NDArray[np.int64], week: NDArray[np.int64], day: NDArray[np.int64] | None) -> tuple[Dates, NDArray[np.bool_]]:
    """Year, month and day of ISO weeks (of their Mondays without a day of the week, 1 to 7; 0 is none), and which weeks there are."""
    day = np.maximum(1, np.zeros(len(year), np.int64) if day is None else day)
    mondays = [_first_monday(some) for some in (year, year + 1)]
    days = mondays[0] + (week - 1) * 7 + day - 1
    known = (week >= 1) & (mondays[0] + (week - 1) * 7 < mondays[1])
    return _dates(days), known


def _first_monday(year: NDArray[np.int64]) -> NDArray[np.int64]:
    """The Monday of the week of 4 January, in days since 1970."""
    fourth = ((year - 1970) * 12).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64) + 3
    return np.asarray(fourth - (fourth + 3) % 7)


def _dates(days: NDArray[np.int64]) -> Dates:
    """Year, month and day of days since 1970."""
    months = days.astype("datetime64[D]").astype("datetime64[M]")
    number = months.astype(np.int64)
    return number // 12 + 1970, number % 12 + 1, days - months.astype("datetime64[D]").astype(np.int64) + 1


def _of_serials(groups: dict[str, pa.Array], matched: NDArray[np.bool_]) -> _Fields:
    """Days since the end of 1899 and parts of a day, to the second; one without a fraction is a day."""
    n = len(matched)
    digits = pc.utf8_slice_codeunits(pc.utf8_rpad(groups["q"], PLACES, padding="0"), 0, PLACES)
    seconds = np.rint(_numbers(digits) * (DAY // SECOND) / 10**PLACES).astype(np.int64)
    whole_minutes = np.where(seconds % 60 == 0, event_log.MINUTE, event_log.SECOND)
    precision = np.where(pc.equal(groups["q"], "").to_numpy(zero_copy_only=False), event_log.DAY, whole_minutes).astype(np.uint8)
    nothing = np.zeros(n, np.int64)
    dates = _dates(_numbers(groups["n"]) - SERIAL_OF_1970)
    return _Fields(*dates, seconds * SECOND, nothing, nothing.copy(), np.zeros(n, bool), matched, precision)


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
    minutes = int(digits[2:] or 0)
    size = int(digits[:2]) * HOUR + minutes * MINUTE if minutes < 60 else 2 * FARTHEST
    return -size if text.startswith("-") else size


def _looked_up(texts: pa.Array, meaning: Callable[[str], int]) -> NDArray[np.int64]:
    coded = texts.dictionary_encode()
    table = np.array([meaning(text) for text in coded.dictionary.to_pylist()], np.int64)
    values: NDArray[np.int64] = table[coded.indices.to_numpy(zero_copy_only=False)] if len(table) else np.zeros(len(texts), np.int64)
    return values
