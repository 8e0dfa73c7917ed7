"""Columns of times: one pattern is decided over the whole column, then every cell is read by it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from engine.errors import N_, BadInput
from engine.importing.cells import DAY, EARLIEST, LATEST, MINUTE, SAMPLE, SECOND, Cells, Clock, cells_of, read_cells
from engine.importing.patterns import ISO, PATTERNS, SERIAL, WEEKS, YEAR_FIRST, Pattern, can_swap, from_format, swap
from engine.importing.zones import from_utc, to_utc, zone_named
from engine.log import event_log
from engine.log.columns import Notice
from engine.log.event_log import NO_TIME

CONTRADICTION = 0.1
MANY_MIDNIGHTS = 0.01
"""Share (0..1) of moments at midnight beyond which these are taken for days: by chance it is one in a day's minutes."""
QUARTER = 15 * MINUTE
FINENESS = ((event_log.FINER, SECOND), (event_log.SECOND, MINUTE))

UNDECIDED = N_(
    "The column {column} of {file} can be read in two ways, {first} and {second}, and its cells do not tell which. "
    "Choose one of them (--timestamp-format)."
)
UNREADABLE = N_(
    "The column {column} of {file} does not hold times that can be read: {count} of {all} cells fail, the first in row {row}. "
    "Choose another column or another pattern (--timestamp-format)."
)
SKIPPED = N_("Cells of the column {column} that could not be read as a time: {count}, the first in row {row}.")
TWICE = N_("Times of the column {column} in the hour that comes twice when summer time ends: {count}; they were read as the first.")
NEVER = N_("Times of the column {column} in the hour that is skipped when summer time begins: {count}; they were read as an hour later.")
OTHER_FORM = N_("Times of the column {column} with the year first, while others end with it: {count}; they were read too.")
MIXED = N_("Times of the column {column} without a time zone, while others have one: {count}; they were read in {timezone}.")


@dataclass(frozen=True)
class Reading:
    """A pattern, how it would be written for strptime, and the first cell under it (UTC µs, None without any)."""

    pattern: Pattern
    format: str
    example: int | None


@dataclass(frozen=True)
class TimeColumn:
    """Times of a column, int64 UTC µs or NO_TIME, shape (n,), what each tells (UNTIMED to FINER), and what has to be said about them."""

    times: NDArray[np.int64]
    precision: NDArray[np.uint8]
    notices: tuple[Notice, ...] = ()


def is_time_type(kind: pa.DataType) -> bool:
    """Whether a column of this type holds times already, so that no pattern is needed."""
    return bool(pa.types.is_timestamp(kind) or pa.types.is_date(kind))


def readings_of(cells: Cells, text_format: str | None, timezone: str) -> tuple[Reading, ...]:
    """The ways in which the column can be read: one, or two when its cells do not tell whether day or month comes first; () for none."""
    if text_format is not None:
        return (_reading(from_format(text_format), cells, timezone),)
    pattern = _best_pattern(cells) or _serial_pattern(cells)
    if pattern is None:
        return ()
    if not can_swap(pattern):
        return (_reading(pattern, cells, timezone),)
    return tuple(_reading(one, cells, timezone) for one in _orders(pattern, cells))


def readable_share(cells: Cells, pattern: Pattern) -> float:
    """Share (0..1) of the distinct filled cells that a pattern can read; 1 without any."""
    filled = ~cells.blank
    return float(read_cells(cells, pattern).valid[filled].mean()) if filled.any() else 1.0


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
        clock, others = _with_year_first(cells, readings[0].pattern)
    else:
        clock, others = Clock.empty(n_values), np.zeros(n_values, bool)
    failed = cells.rows(~clock.valid & ~cells.blank)
    n_filled = len(cells.rows(~cells.blank))
    if not tolerant and len(failed) * 2 > n_filled:
        row = int(failed[0]) + first_row
        raise BadInput(UNREADABLE, column=column, file=file_name, count=len(failed), all=n_filled, row=row)
    utc, twice, never = _utc(clock, timezone)
    times = np.full(len(cells.index), NO_TIME, np.int64)
    known = np.flatnonzero((cells.index >= 0) & np.append(clock.valid, False)[cells.index])
    times[known] = utc[cells.index[known]]
    precision = np.zeros(len(times), np.uint8)
    precision[known] = _told_by_all(clock)[cells.index[known]]
    notices = []
    if len(failed):
        notices.append(Notice(SKIPPED, {"count": len(failed), "column": column, "row": int(failed[0]) + first_row}))
    if others.any():
        notices.append(Notice(OTHER_FORM, {"count": len(cells.rows(others)), "column": column}))
    notices += _zone_notices(cells, clock, twice, never, column, timezone)
    return TimeColumn(times, precision, tuple(notices))


def _told_by_all(clock: Clock) -> NDArray[np.uint8]:
    """What each value tells: parts of a second only where some value has any, a time of day only where not all are midnight."""
    finest = int(clock.precision.max(initial=0, where=clock.valid))
    if finest <= event_log.DAY:
        return clock.precision
    times = clock.clock[clock.valid]
    if not _is_any_beyond(times, DAY):
        return np.minimum(clock.precision, np.uint8(event_log.DAY))
    if finest == event_log.FINER and not _is_any_beyond(times, SECOND):
        return np.minimum(clock.precision, np.uint8(event_log.SECOND))
    return clock.precision


def _is_any_beyond(times: NDArray[np.int64], unit: int) -> bool:
    """Whether any time is no whole number of a unit; it mostly shows in the first few."""
    return bool((times[:SAMPLE] % unit).any() or (times[SAMPLE:] % unit).any())


def _with_year_first(cells: Cells, pattern: Pattern) -> tuple[Clock, NDArray[np.bool_]]:
    """The cells under a pattern, and the few that it fails on with the year first, where day and month have one order only."""
    clock = read_cells(cells, pattern)
    others = np.zeros(len(cells.values), bool)
    failed = np.flatnonzero(~clock.valid & ~cells.blank)
    is_rule = 2 * len(cells.rows(~clock.valid & ~cells.blank)) <= len(cells.rows(~cells.blank))
    if pattern.exact or pattern in YEAR_FIRST or not len(failed) or not is_rule:
        return clock, others
    few = Cells(cells.values.take(pa.array(failed)), np.arange(len(failed)), np.zeros(len(failed), bool))
    both = clock.of(np.ones(len(clock.valid), bool))
    for one in YEAR_FIRST:
        read = read_cells(few, one)
        rows = failed[read.valid]
        both.clock[rows], both.offset[rows] = read.clock[read.valid], read.offset[read.valid]
        both.zoned[rows], both.precision[rows] = read.zoned[read.valid], read.precision[read.valid]
        both.valid[rows] = others[rows] = True
    return both, others


def read_typed_times(
    column: pa.ChunkedArray | pa.Array, name: str, timezone: str, first_row: int, precision: NDArray[np.uint8] | None = None
) -> TimeColumn:
    """Times of a timestamp or date column; those without a zone are clock times in `timezone`. precision: what they tell, where it is known
    from elsewhere; None: by their values.
    """
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
    told = _typed_precision(column.type, times, timezone) if precision is None else precision
    return TimeColumn(times, told, tuple(notices))


def _typed_precision(kind: pa.DataType, times: NDArray[np.int64], timezone: str) -> NDArray[np.uint8]:
    """What moments tell by their values: the finest that any of them has; midnights that are many among them are days."""
    known = times != NO_TIME
    some = times[known]
    precision = np.zeros(len(times), np.uint8)
    if pa.types.is_date(kind):
        precision[known] = event_log.DAY
        return precision
    finest = next((level for level, unit in FINENESS if _is_any_beyond(some, unit)), event_log.MINUTE)
    of_known = np.full(len(some), finest, np.uint8)
    midnight = np.flatnonzero(some % QUARTER == 0)
    if timezone != "UTC":
        midnight = midnight[from_utc(some[midnight], zone_named(timezone)) % DAY == 0]
    else:
        midnight = midnight[some[midnight] % DAY == 0]
    if len(midnight) > MANY_MIDNIGHTS * len(some):
        of_known[midnight] = event_log.DAY
    precision[known] = of_known
    return precision


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


def share_of_times(values: pa.Array, text_format: str | None = None) -> float:
    """Share (0..1) of the distinct cells that look like times, for guessing roles; 0 when there are none. BadInput for a bad format."""
    cells = cells_of(values)
    filled = cells.values.filter(pa.array(~cells.blank))
    pattern = _best_pattern(cells)
    patterns = [] if pattern is None else [pattern, swap(pattern)] if can_swap(pattern) else [pattern]
    if text_format is not None:
        patterns.append(from_format(text_format))
    if not patterns or not len(filled):
        return 0.0
    filled_cells = Cells(filled, np.arange(len(filled)), np.zeros(len(filled), bool))
    return float(np.any([read_cells(filled_cells, one).valid for one in patterns], axis=0).mean())


def _best_pattern(cells: Cells) -> Pattern | None:
    """The pattern that takes most of an even sample of the distinct cells apart; the first in the list among equals."""
    filled = cells.values.filter(pa.array(~cells.blank))
    if not len(filled):
        return ISO
    sample = filled.take(pa.array(np.linspace(0, len(filled) - 1, min(SAMPLE, len(filled))).astype(np.int64)))
    counts = [pc.sum(pc.match_substring_regex(sample, pattern.regex)).as_py() for pattern in PATTERNS]
    best = max(counts)
    return PATTERNS[counts.index(best)] if best else None


def _serial_pattern(cells: Cells) -> Pattern | None:
    """Serial numbers of a spreadsheet, when most of the distinct cells are built like them."""
    filled = cells.values.filter(pa.array(~cells.blank))
    return SERIAL if len(filled) and 2 * (pc.sum(pc.match_substring_regex(filled, SERIAL.regex)).as_py() or 0) > len(filled) else None


def share_of_serials(values: pa.Array) -> float:
    """Share (0..1) of the distinct cells that are built like serial numbers of a spreadsheet."""
    cells = cells_of(values)
    filled = cells.values.filter(pa.array(~cells.blank))
    return float((pc.sum(pc.match_substring_regex(filled, SERIAL.regex)).as_py() or 0) / len(filled)) if len(filled) else 0.0


def _orders(pattern: Pattern, cells: Cells) -> tuple[Pattern, ...]:
    """Day first, month first, or both: decided by cells (rows, not distinct values) that only one of the two can read."""
    day_first, month_first = read_cells(cells, pattern), read_cells(cells, swap(pattern))
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
    clock = read_cells(Cells(few, np.arange(len(few)), cells.blank[:SAMPLE]), pattern)
    first = int(np.argmax(clock.valid)) if clock.valid.any() else None
    if first is None:
        return Reading(pattern, pattern.date, None)
    one = slice(first, first + 1)
    utc, _, _ = _utc(clock.of(one), timezone)
    return Reading(pattern, _format_of(pattern, cells.values[first].as_py()), int(utc[0]))


def _format_of(pattern: Pattern, cell: str) -> str:
    """The strptime format of one cell under a pattern."""
    if pattern.exact:
        return pattern.date
    if pattern in WEEKS:
        return f"{pattern.date}-%u" if pc.match_substring_regex(pa.array([cell]), r"\d-?[Ww]\d{2}-?[1-7]$")[0].as_py() else pattern.date
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


def _utc(clock: Clock, timezone: str) -> tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.bool_]]:
    """UTC µs of the distinct values, and which of them came twice or never on the local clock."""
    utc = clock.clock - clock.offset
    twice, never = np.zeros(len(utc), bool), np.zeros(len(utc), bool)
    local = np.flatnonzero(clock.valid & ~clock.zoned)
    if len(local) and timezone != "UTC":
        utc[local], twice[local], never[local] = to_utc(clock.clock[local], zone_named(timezone))
    return utc, twice, never


def _zone_notices(
    cells: Cells, clock: Clock, twice: NDArray[np.bool_], never: NDArray[np.bool_], column: str, timezone: str
) -> list[Notice]:
    notices = []
    bare = clock.valid & ~clock.zoned
    if bool((clock.valid & clock.zoned).any()) and bool(bare.any()):
        notices.append(Notice(MIXED, {"count": len(cells.rows(bare)), "column": column, "timezone": timezone}))
    return notices + _dst_notices(len(cells.rows(twice)), len(cells.rows(never)), column)


def _dst_notices(twice: int, never: int, column: str) -> list[Notice]:
    found = ((TWICE, twice), (NEVER, never))
    return [Notice(message, {"count": count, "column": column}) for message, count in found if count]
