"""Local clock times to UTC: the hour that comes twice in autumn is its first; the one that is skipped in spring is an hour later."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
from numpy.typing import NDArray

from engine.errors import N_, BadInput

DAY = 86_400_000_000
HOUR = 3_600_000_000
SECOND = 1_000_000
QUARTER = 900
MANY = 200
"""From so many times of one day on it pays to find out when its clock is changed."""
WIDEST = 1 << 20
"""Days between the first and the last for which a table of days is made."""
EPOCH = datetime(1970, 1, 1)
UNKNOWN_ZONE = N_("The time zone {timezone} is not known. Use a name such as Europe/Copenhagen or UTC.")
FIRST_DAY, LAST_DAY = -719_162 + 2, 2_932_896 - 2


def zone_named(name: str) -> ZoneInfo:
    """The IANA time zone; BadInput when there is none of that name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise BadInput(UNKNOWN_ZONE, timezone=name) from error


def to_utc(clock: NDArray[np.int64], zone: ZoneInfo) -> tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.bool_]]:
    """Clock times (µs since 1970-01-01 00:00 local, shape (n,)) as UTC µs, and which of them came twice and which never."""
    days = np.clip(clock // DAY, FIRST_DAY, LAST_DAY)
    distinct, places = _distinct(days)
    shifts = np.array([_shifts(int(day), zone) for day in distinct], np.int64).reshape(-1, 2)
    utc = clock - shifts[places, 0]
    twice = np.zeros(len(clock), bool)
    never = np.zeros(len(clock), bool)
    changed = shifts[:, 0] != shifts[:, 1]
    rows = np.flatnonzero(changed[places])
    for place in np.flatnonzero(changed).tolist():
        of_day = rows[places[rows] == place]
        change = _change(int(distinct[place]), zone) if len(of_day) >= MANY else None
        if change is None:
            for row in of_day.tolist():
                utc[row], twice[row], never[row] = _exactly(int(clock[row]), zone)
        else:
            utc[of_day], twice[of_day], never[of_day] = _around(clock[of_day], *change)
    return utc, twice, never


def _distinct(days: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.intp]]:
    """The different days in their order, and the place among them of each."""
    first = int(days.min(initial=0))
    if int(days.max(initial=0)) - first > WIDEST:
        distinct, places = np.unique(days, return_inverse=True)
        return distinct, places
    there = np.bincount(days - first) > 0
    return np.flatnonzero(there) + first, (np.cumsum(there) - 1)[days - first]


def _change(day: int, zone: ZoneInfo) -> tuple[int, int, int] | None:
    """When (µs UTC) the clock is changed around a local day, and its offsets before and after; None when that happens more than once."""
    before, after = _shifts(day, zone)
    begin, end = (day * DAY - 3 * HOUR - before) // SECOND, (day * DAY + 27 * HOUR - after) // SECOND
    offsets = [_offset_at(second * SECOND, zone) for second in range(begin, end + QUARTER, QUARTER)]
    if offsets != sorted(offsets, key=lambda offset: offset == after) or set(offsets) != {before, after}:
        return None
    while end - begin > 1:
        middle = (begin + end) // 2
        begin, end = (begin, middle) if _offset_at(middle * SECOND, zone) == after else (middle, end)
    return end * SECOND, before, after


def _around(
    clock: NDArray[np.int64], moment: int, before: int, after: int
) -> tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.bool_]]:
    """As to_utc, for clock times near one change of the clock."""
    doubtful = (clock >= moment + min(before, after)) & (clock < moment + max(before, after))
    utc = clock - np.where(clock < moment + max(before, after), before, after)
    return utc, doubtful & (before > after), doubtful & (before < after)


def from_utc(times: NDArray[np.int64], zone: ZoneInfo) -> NDArray[np.int64]:
    """UTC µs as clock times of a zone (µs since 1970-01-01 00:00 local, shape (n,))."""
    days, places = np.unique(np.clip(times // DAY, FIRST_DAY, LAST_DAY), return_inverse=True)
    starts = np.array([_offset_at(int(day) * DAY, zone) for day in days], np.int64)
    ends = np.array([_offset_at(int(day) * DAY + DAY - 1, zone) for day in days], np.int64)
    clock = times + starts[places]
    for row in np.flatnonzero((starts != ends)[places]):
        clock[row] = times[row] + _offset_at(int(times[row]), zone)
    return clock


def _offset_at(moment: int, zone: ZoneInfo) -> int:
    return _microseconds((EPOCH + timedelta(microseconds=moment)).replace(tzinfo=UTC).astimezone(zone).utcoffset())


def _shifts(day: int, zone: ZoneInfo) -> tuple[int, int]:
    """Offset from UTC (µs) shortly before a local day and shortly after it; they differ when the clock is changed in between."""
    start = EPOCH + timedelta(days=day)
    before = (start - timedelta(hours=3)).replace(tzinfo=zone).utcoffset()
    after = (start + timedelta(hours=27)).replace(tzinfo=zone).utcoffset()
    return _microseconds(before), _microseconds(after)


def _exactly(clock: int, zone: ZoneInfo) -> tuple[int, bool, bool]:
    moment = EPOCH + timedelta(microseconds=clock)
    first = _microseconds(moment.replace(tzinfo=zone, fold=0).utcoffset())
    second = _microseconds(moment.replace(tzinfo=zone, fold=1).utcoffset())
    return clock - first, first > second, first < second


def _microseconds(offset: timedelta | None) -> int:
    return (offset or timedelta()) // timedelta(microseconds=1)
