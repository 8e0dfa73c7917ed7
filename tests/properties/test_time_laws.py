"""Laws of reading times: the quick way reads what the patterns read, and the clocks of a zone are those of the standard library."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.importing import cells, zones
from engine.importing.cells import cells_of, read_cells
from engine.importing.patterns import DAY_FIRST, YEAR_FIRST, Pattern, swap
from engine.importing.zones import to_utc

NUMBERS = st.integers(0, 99).map("{:02d}".format)
YEARS = st.integers(0, 9999).map("{:04d}".format)
MARKS = st.sampled_from("-./ ")
CLOCKS = st.sampled_from(
    ["", " {}:{}", "T{}:{}:{}", " {}.{}.{}", " {}:{}:{}", " kl. {}.{}", " {}:{}:{}Z", " {}:{}:{},5", "  {}:{}", "x{}:{}"]
)
STRANGE = st.sampled_from(
    ["", "-", "null", "25-1-2025", "25-01-25 10:00", "25-01-2025x10:00", "æø-01-2025", "٢٥-٠١-٢٠٢٥", "2025-01-25 1:00"]
)
PATTERNS = st.sampled_from([*DAY_FIRST, *YEAR_FIRST, *(swap(pattern) for pattern in DAY_FIRST if pattern.date != "%d.%m.%Y")])


@st.composite
def written(draw: st.DrawFn) -> str:
    mark = draw(MARKS)
    fields = (draw(NUMBERS), draw(NUMBERS), draw(YEARS))
    date = mark.join(fields if draw(st.booleans()) else reversed(fields))
    return date + draw(CLOCKS).format(draw(NUMBERS), draw(NUMBERS), draw(NUMBERS))


@given(st.lists(written() | STRANGE, max_size=12), PATTERNS, st.integers(0, 3))
def test_the_quick_way_reads_what_the_pattern_reads(texts: list[str], pattern: Pattern, skipped: int) -> None:
    column = pa.array(texts, pa.string()).slice(min(skipped, len(texts)))
    quick = read_cells(cells_of(column), pattern)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(cells, "fixed_times", lambda *_: None)
        slow = read_cells(cells_of(column), pattern)
    assert quick.valid.tolist() == slow.valid.tolist()
    valid = quick.valid
    for one, other in ((quick.clock, slow.clock), (quick.offset, slow.offset), (quick.zoned, slow.zoned)):
        assert one[valid].tolist() == other[valid].tolist()


ZONES = st.sampled_from(
    ["Europe/Copenhagen", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Africa/Casablanca", "Asia/Kolkata", "America/Godthab"]
)
NEAR_CHANGES = st.sampled_from(
    [datetime(2025, 3, 30), datetime(2025, 10, 26), datetime(2024, 4, 7), datetime(2024, 10, 6), datetime(2011, 12, 30),
     datetime(2023, 3, 19), datetime(1894, 1, 1), datetime(1940, 5, 15), datetime(2023, 10, 28)]
)  # fmt: skip


@given(ZONES, st.lists(st.tuples(NEAR_CHANGES, st.integers(-30 * 3600, 54 * 3600)), max_size=12))
def test_clocks_become_the_moments_that_the_standard_library_tells(zone: str, moments: list[tuple[datetime, int]]) -> None:
    rules = ZoneInfo(zone)
    clocks = [day + timedelta(seconds=seconds) for day, seconds in moments]
    epoch = datetime(1970, 1, 1)
    given_clocks = np.array([(clock - epoch) // timedelta(microseconds=1) for clock in clocks], np.int64)
    utc, twice, never = to_utc(given_clocks, rules)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(zones, "MANY", 0)
        at_once = to_utc(given_clocks, rules)
    assert [found.tolist() for found in at_once] == [utc.tolist(), twice.tolist(), never.tolist()]
    for clock, moment, is_twice, is_never in zip(clocks, utc.tolist(), twice.tolist(), never.tolist(), strict=True):
        first, second = (clock.replace(tzinfo=rules, fold=fold).utcoffset() for fold in (0, 1))
        assert first is not None and second is not None
        assert moment == (clock.replace(tzinfo=UTC) - first - epoch.replace(tzinfo=UTC)) // timedelta(microseconds=1)
        assert (is_twice, is_never) == (first > second, first < second)
