"""Hours that the clocks of a zone show twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from engine.importing.zones import DAY

FIRST_YEAR, LAST_YEAR = 1970, 2100


def doubled_hours(first: int, last: int, timezone: str) -> list[tuple[int, int, int]]:
    """The local hours between two local times that the clocks of a zone show twice; none before 1970 or after 2100.

    Of each, in µs: from, to, and the offset from UTC in its first coming.
    """
    zone, found = ZoneInfo(timezone), []
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    years = range(max(FIRST_YEAR, 1969 + first // (366 * DAY)), min(LAST_YEAR, 1971 + last // (365 * DAY)) + 1)
    for year in years:
        moment = datetime(year, 1, 1, tzinfo=UTC)
        while moment.year == year:
            later = moment + timedelta(days=1)
            before, after = moment.astimezone(zone).utcoffset(), later.astimezone(zone).utcoffset()
            if before is not None and after is not None and before > after:
                while moment.astimezone(zone).utcoffset() == before:
                    moment += timedelta(minutes=30)
                ends = (moment - epoch + before) // timedelta(microseconds=1)
                found.append((ends - (before - after) // timedelta(microseconds=1), ends, before // timedelta(microseconds=1)))
            moment = later
    return [hour for hour in found if hour[1] > first and hour[0] <= last]
