"""Danish local time: seconds of the clock on the wall as moments of UTC, and the two hours a year that the clock repeats or leaves out."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from engine.demo import DEMO_TIMEZONE
from engine.demo.working_time import DAY, day_number


@cache
def _offset(day: int, hour: int) -> int:
    """Seconds by which Danish time runs ahead of UTC in an hour of a local day."""
    local = datetime.fromtimestamp(day * DAY + hour * 3600, UTC).replace(tzinfo=ZoneInfo(DEMO_TIMEZONE))
    offset = local.utcoffset()
    return 0 if offset is None else int(offset.total_seconds())


def utc_microseconds(moments: list[int]) -> NDArray[np.int64]:
    """Local seconds as UTC microseconds, shape (n,); the repeated hour of October is taken for its first run."""
    return np.array([(moment - _offset(moment // DAY, moment % DAY // 3600)) * 1_000_000 for moment in moments], np.int64)


def clock_goes_back(year: int) -> int:
    """The day (since 1970) on which the hour from 02:00 is lived twice: the last Sunday of October."""
    last = date(year, 10, 31)
    return day_number(last - timedelta((last.weekday() + 1) % 7))
