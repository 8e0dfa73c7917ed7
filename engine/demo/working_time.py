"""Working time in a Danish municipality: office hours, weekends and public holidays, in whole seconds of local time."""

from __future__ import annotations

from bisect import bisect_right
from datetime import date, timedelta
from itertools import accumulate

DAY = 86_400
HOUR = 3_600
EPOCH = date(1970, 1, 1)
OPENS = 8 * HOUR
OFFICE_HOURS = (8 * HOUR, 8 * HOUR, 8 * HOUR, 9 * HOUR, 6 * HOUR, 0, 0)
"""Length of the office day from Monday to Sunday, in seconds."""


def easter(year: int) -> date:
    """Easter Sunday (the anonymous Gregorian algorithm, Nature 1876)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


def public_holidays(year: int) -> frozenset[date]:
    """Danish public holidays; store bededag up to and including 2023."""
    sunday = easter(year)
    moving = [-3, -2, 0, 1, 39, 49, 50] + ([26] if year <= 2023 else [])
    fixed = [date(year, 1, 1), date(year, 12, 25), date(year, 12, 26)]
    return frozenset([sunday + timedelta(days) for days in moving] + fixed)


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - EPOCH).days


class WorkingTime:
    """The office calendar from one year to another; moments are seconds of local time since 1970-01-01 00:00."""

    def __init__(self, first_year: int, last_year: int) -> None:
        self._first = day_number(date(first_year, 1, 1))
        last = day_number(date(last_year, 12, 31))
        days = [EPOCH + timedelta(number) for number in range(self._first, last + 1)]
        closed = frozenset().union(*(public_holidays(year) for year in range(first_year, last_year + 1)))
        self._lengths = [0 if day in closed else OFFICE_HOURS[day.weekday()] for day in days]
        self._before = [0, *accumulate(self._lengths)]

    def is_working_day(self, day: int) -> bool:
        """Whether the office is open on a day (its number since 1970-01-01)."""
        return self._lengths[day - self._first] > 0

    def after(self, moment: int, working_seconds: int) -> int:
        """The moment at which so much office time has passed; always within office hours."""
        day, second = divmod(moment, DAY)
        index = day - self._first
        worked = self._before[index] + min(max(second - OPENS, 0), self._lengths[index]) + working_seconds
        found = bisect_right(self._before, worked) - 1
        return (self._first + found) * DAY + OPENS + worked - self._before[found]

    def on_or_after(self, moment: int) -> int:
        """The moment itself when the office is open, otherwise the next opening."""
        return self.after(moment, 0)

    def on_or_before_day(self, day: int) -> int:
        """The day itself when the office is open, otherwise the last working day before it."""
        while not self.is_working_day(day):
            day -= 1
        return day
