"""Times as people write them: one pattern for the whole column, never a guess about day and month, and the clock changed twice a year."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engine.errors import BadInput
from engine.importing.cells import cells_of
from engine.importing.timestamps import TimeColumn, agree, read_times, read_typed_times, readings_of, share_of_times
from engine.importing.zones import to_utc, zone_named
from engine.log.event_log import NO_TIME

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
COPENHAGEN = "Europe/Copenhagen"
ZONES = ["UTC", COPENHAGEN, "America/St_Johns", "Asia/Kathmandu", "Pacific/Apia", "Australia/Lord_Howe"]


def read(cells: list[str | None], text_format: str | None = None, timezone: str = "UTC") -> TimeColumn:
    column = cells_of(pa.array(cells, pa.string()))
    return read_times(column, readings_of(column, text_format, timezone), "Tidspunkt", "fil.csv", timezone, 2)


def moments(cells: list[str | None], text_format: str | None = None, timezone: str = "UTC") -> list[datetime | None]:
    return [None if one == NO_TIME else EPOCH + timedelta(microseconds=int(one)) for one in read(cells, text_format, timezone).times]


def notice(column: TimeColumn, part: str) -> dict[str, str | int | float]:
    found = [one.values for one in column.notices if part in one.message]
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize(
    "cell",
    [
        "2027-05-01T14:05:00Z", "2027-05-01 14:05:00+00:00", "2027-05-01T16:05+02:00", "2027-05-01T16:05:00.000+0200",
        "2027-05-01 16:05:00+02", "2027-05-01 14:05", "2027-05-01 14:05:00.000000000", "2027-05-01T14:05:00,000",
        "20270501T140500", "20270501 1405", "20270501140500Z", "01-05-2027 14:05", "1.5.2027 14:05",
        "1.5.2027 kl. 14.05", "1.5.2027 kl 14:05:00", "1.5.27 14:05", "31/12/2027 14:05", "1. maj 2027 14:05",
        "1 May 2027, 14:05", "May 1, 2027 2:05 PM", "01.05.2027 02:05:00 p.m.", "2027/05/01 14:05",
        " 2027-05-01 14:05 ",
    ],
)
def test_patterns_in_use(cell: str) -> None:
    expected = datetime(2027, 5, 1, 14, 5, tzinfo=UTC)
    if cell.startswith("31/"):
        expected = datetime(2027, 12, 31, 14, 5, tzinfo=UTC)
    decided = [cell, "13" + cell[2:]] if cell.startswith("01-05") else [cell]
    assert moments(decided)[0] == expected


@pytest.mark.parametrize("cell", ["2027-05-01", "01.05.2027", "1.5.27", "20270501", "1 maj 2027"])
def test_a_date_alone_is_midnight_of_the_zone(cell: str) -> None:
    assert moments([cell], timezone=COPENHAGEN) == [datetime(2027, 4, 30, 22, tzinfo=UTC)]


def test_two_digit_years_stand_last() -> None:
    assert moments(["9.3.10 8:05", "30.4.10 14:36"]) == [datetime(2010, 3, 9, 8, 5, tzinfo=UTC), datetime(2010, 4, 30, 14, 36, tzinfo=UTC)]
    assert moments(["25-03-04"]) == [datetime(2004, 3, 25, tzinfo=UTC)]
    assert moments(["13.1.68", "13.1.69"]) == [datetime(2068, 1, 13, tzinfo=UTC), datetime(1969, 1, 13, tzinfo=UTC)]


@pytest.mark.parametrize("separator", ["/", "-"])
def test_day_and_month_that_nothing_decides_are_not_guessed(separator: str) -> None:
    cells = [f"{day:02}{separator}{month:02}{separator}2024" for day, month in ((1, 2), (3, 4), (12, 11))]
    with pytest.raises(BadInput) as undecided:
        read(cells)
    assert undecided.value.exit_status == 2
    assert f"%d{separator}%m{separator}%Y" in str(undecided.value) and f"%m{separator}%d{separator}%Y" in str(undecided.value)
    assert "01" not in str(undecided.value)


def test_one_cell_decides_for_the_whole_column() -> None:
    many = [f"{day:02}/{month:02}/2024" for day in range(1, 13) for month in range(1, 13)]
    assert moments([*many, "13/01/2024"])[1] == datetime(2024, 2, 1, tzinfo=UTC)
    assert moments([*many, "01/13/2024"])[1] == datetime(2024, 1, 2, tzinfo=UTC)


def test_contradicting_cells_are_not_decided_by_majority() -> None:
    with pytest.raises(BadInput, match="two ways"):
        read(["13/01/2024", "14/01/2024", "01/13/2024", "02/03/2024"])


def test_cells_that_mean_the_same_either_way_need_no_decision() -> None:
    assert moments(["05/05/2024", "11/11/2024"]) == [datetime(2024, 5, 5, tzinfo=UTC), datetime(2024, 11, 11, tzinfo=UTC)]


def test_with_dots_the_day_stands_first() -> None:
    assert moments(["03.04.2024"]) == [datetime(2024, 4, 3, tzinfo=UTC)]


def test_a_decided_column_decides_for_its_neighbour() -> None:
    open_column, decided = cells_of(pa.array(["01/02/2024"])), cells_of(pa.array(["13/02/2024"]))
    mine, other = readings_of(open_column, None, "UTC"), readings_of(decided, None, "UTC")
    assert (len(mine), len(other)) == (2, 1)
    assert [one.format for one in agree(mine, other)] == ["%d/%m/%Y"]
    assert agree(other, mine) == other


def test_a_format_that_is_said_decides() -> None:
    assert moments(["01/02/2024"], "%m/%d/%Y") == [datetime(2024, 1, 2, tzinfo=UTC)]
    assert moments(["01/02/2024 10:30"], "%d/%m/%Y %H:%M") == [datetime(2024, 2, 1, 10, 30, tzinfo=UTC)]
    assert moments(["2024-02-01"], "ISO8601") == [datetime(2024, 2, 1, tzinfo=UTC)]
    assert moments(["fre. 1. feb. 2024 kl. 9.30"], "%a %d. %b. %Y kl. %H.%M") == [datetime(2024, 2, 1, 9, 30, tzinfo=UTC)]
    assert moments(["240201-0930"], "%y%m%d-%H%M") == [datetime(2024, 2, 1, 9, 30, tzinfo=UTC)]
    assert moments(["100% 2024-02-01"], "100%% %F") == [datetime(2024, 2, 1, tzinfo=UTC)]


@pytest.mark.parametrize("text_format", ["%Q", "%d/%m", "noget", "%d/%m/%Y %d", "%", "%Y-%m-%d %b"])
def test_a_format_that_makes_no_sense_is_refused(text_format: str) -> None:
    with pytest.raises(BadInput):
        read(["01/02/2024"], text_format)


def test_a_few_cells_with_the_year_first_are_read_and_told() -> None:
    cells: list[str | None] = ["13-02-2025 10:00:00", "14-02-2025 kl. 9.05", "2025-02-15 11:30:05", "03-04-2025", "2025/02/16", "snart"]
    column = read(cells)
    days = [moment and (moment.day, moment.month, moment.hour) for moment in moments(cells)]
    assert days == [(13, 2, 10), (14, 2, 9), (15, 2, 11), (3, 4, 0), (16, 2, 0), None]
    assert notice(column, "year first") == {"count": 2, "column": "Tidspunkt"}
    assert notice(column, "could not be read") == {"count": 1, "column": "Tidspunkt", "row": 7}
    assert moments(cells, "%d-%m-%Y %H:%M:%S") == moments(cells)


def test_a_format_that_fits_nothing_is_refused_with_the_first_row() -> None:
    with pytest.raises(BadInput, match="row 2"):
        read(["2024-02-01", "2024-02-02"], "%d/%m/%Y")


def test_cells_that_cannot_be_read_are_counted() -> None:
    column = read(["2024-02-01", "i morgen", "2024-02-30", "", None, "2024-02-03", "2024-02-04", "NULL"])
    assert [one == NO_TIME for one in column.times] == [False, True, True, True, True, False, False, True]
    assert notice(column, "could not be read") == {"count": 2, "column": "Tidspunkt", "row": 3}


def test_a_column_of_something_else_is_refused_without_quoting_it() -> None:
    with pytest.raises(BadInput) as refused:
        read(["Hemmelig", "Fortrolig", "2024-02-01"])
    assert "Tidspunkt" in str(refused.value) and "2 of 3" in str(refused.value)
    assert "Hemmelig" not in str(refused.value)


def test_a_column_without_any_time_is_no_error() -> None:
    assert moments(["", None, "-"]) == [None, None, None]
    assert moments([]) == []


def test_leap_days() -> None:
    real = [datetime(2024, 2, 29, tzinfo=UTC), datetime(2000, 2, 29, tzinfo=UTC)]
    assert moments(["29.2.2024", "29.2.2000", "28.2.2023", "1.3.2023"])[:2] == real
    assert moments(["29.2.2023", "29.2.1900", "1.1.2023", "2.1.2023"])[:2] == [None, None]


@pytest.mark.parametrize(
    "cell", ["2024-13-01", "2024-00-10", "2024-04-31", "2024-04-00", "2024-04-01 24:01", "2024-04-01 10:60", "0000-01-01"]
)
def test_moments_that_the_calendar_does_not_have(cell: str) -> None:
    assert moments([cell, "2024-01-01", "2024-01-02"])[0] is None


def test_midnight_at_the_end_of_a_day() -> None:
    assert moments(["2024-04-30 24:00"]) == [datetime(2024, 5, 1, tzinfo=UTC)]


def test_the_hour_that_comes_twice_is_its_first() -> None:
    column = read(["2023-10-29 02:30", "2023-10-29 01:59", "2023-10-29 03:00"], timezone=COPENHAGEN)
    assert [EPOCH + timedelta(microseconds=int(one)) for one in column.times] == [
        datetime(2023, 10, 29, 0, 30, tzinfo=UTC), datetime(2023, 10, 28, 23, 59, tzinfo=UTC), datetime(2023, 10, 29, 2, 0, tzinfo=UTC),
    ]
    assert notice(column, "comes twice")["count"] == 1


def test_the_hour_that_is_skipped_is_read_as_an_hour_later() -> None:
    column = read(["2023-03-26 02:30", "2023-03-26 01:59", "2023-03-26 03:00", "2023-03-26 02:30"], timezone=COPENHAGEN)
    assert EPOCH + timedelta(microseconds=int(column.times[0])) == datetime(2023, 3, 26, 1, 30, tzinfo=UTC)
    assert notice(column, "is skipped")["count"] == 2


def test_offsets_beat_the_zone_and_mixtures_are_counted() -> None:
    column = read(["2024-07-01 12:00+00:00", "2024-07-01 12:00"], timezone=COPENHAGEN)
    assert [int(one) for one in np.diff(column.times)] == [-2 * 3_600_000_000]
    assert notice(column, "without a time zone") == {"count": 1, "column": "Tidspunkt", "timezone": COPENHAGEN}


@pytest.mark.parametrize("clock", ["2027-05-01T14:05:00", "2027-05-01 14:05:00.123", "01-05-2027 14:05"])
@pytest.mark.parametrize("offset", ["+15:00", "-23:59", "+1500", "+15", "+14:01", "+14:75", "-99:00", "+01:60"])
def test_offsets_that_no_place_has_are_counted(clock: str, offset: str) -> None:
    rest = [f"{clock[:-2]}0{n}{zone}" for n, zone in enumerate(("+14:00", "-14:00", "+01:00"))] + [f"13-{clock[3:]}"] * (clock[2] == "-")
    column = read([clock + offset, *rest])
    assert column.times[0] == NO_TIME and (column.times[1:] != NO_TIME).all()
    assert notice(column, "could not be read") == {"count": 1, "column": "Tidspunkt", "row": 2}


def test_an_unknown_zone_is_refused() -> None:
    for name in ("Europe/Odense", "", "../../etc/passwd", "Europe/", "a" * 300):
        with pytest.raises(BadInput):
            zone_named(name)


@settings(max_examples=150)
@given(st.lists(st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1)), min_size=1, max_size=30), st.sampled_from(ZONES))
def test_clock_times_agree_with_the_zone_database(clock: list[datetime], zone: str) -> None:
    values = np.array([(one - datetime(1970, 1, 1)) // timedelta(microseconds=1) for one in clock], np.int64)
    utc, twice, never = to_utc(values, ZoneInfo(zone))
    for one, found, is_twice, is_never in zip(clock, utc, twice, never, strict=True):
        local = one.replace(tzinfo=ZoneInfo(zone))
        assert EPOCH + timedelta(microseconds=int(found)) == local.astimezone(UTC)
        assert not is_twice or local.utcoffset() != local.replace(fold=1).utcoffset()
        assert is_never == (local.astimezone(UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) != one)


@settings(max_examples=100)
@given(st.lists(st.integers(0, 366 * 24 * 60), min_size=1, max_size=20), st.integers(2000, 2037))
def test_every_minute_around_a_change_of_clocks(minutes: list[int], year: int) -> None:
    """Danish summer time begins and ends on the last Sundays of March and October at 01:00 UTC."""
    for month in (3, 10):
        last = max(date(year, month, day) for day in range(25, 32) if date(year, month, day).weekday() == 6)
        change = datetime.combine(last, time(1), UTC)
        moment = change + timedelta(minutes=minutes[0] % 360 - 180)
        clock = moment.astimezone(ZoneInfo(COPENHAGEN)).replace(tzinfo=None)
        found = moments([clock.isoformat(sep=" ")], timezone=COPENHAGEN)[0]
        assert found is not None
        second_time = month == 10 and change <= moment < change + timedelta(hours=1)
        assert found == moment - timedelta(hours=1) * second_time


FORMATS = ["%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S.%f", "%d-%m-%Y %H:%M:%S", "%d.%m.%Y %H:%M:%S", "%d.%m.%y %H.%M.%S", "%d/%m/%Y %H:%M:%S",
           "%m/%d/%Y %I:%M:%S %p", "%Y%m%d%H%M%S", "%d. %B %Y %H:%M:%S", "%b %d, %Y %H:%M:%S", "%Y/%m/%d %H:%M:%S"]


@settings(max_examples=200)
@given(st.lists(st.datetimes(datetime(1970, 1, 1), datetime(2068, 12, 31)), min_size=1, max_size=25), st.sampled_from(FORMATS))
def test_what_is_written_is_read_back(clock: list[datetime], text_format: str) -> None:
    assume(not text_format.startswith(("%d-", "%d/", "%m/")) or any(one.day > 12 for one in clock))
    precision = {} if "%f" in text_format else {"microsecond": 0}
    written = [one.replace(**precision) for one in clock]
    cells = [one.strftime(text_format).replace(f"{one.year:d}", f"{one.year:04d}") for one in written]
    expected = [one.replace(tzinfo=UTC) for one in written]
    assert moments(list(cells)) == expected
    assert moments(list(cells), text_format) == expected


@settings(max_examples=150)
@given(st.lists(st.tuples(st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)), st.integers(-14 * 4, 14 * 4)), min_size=1, max_size=20))
def test_offsets_are_subtracted(rows: list[tuple[datetime, int]]) -> None:
    stamps = [clock.replace(tzinfo=timezone(timedelta(minutes=15 * quarters))) for clock, quarters in rows]
    assert moments([one.isoformat() for one in stamps], timezone=COPENHAGEN) == [one.astimezone(UTC) for one in stamps]
    mixed = [one.isoformat() for one in stamps] + ["2024-01-01 10:00"]
    assert moments(list(mixed), timezone="UTC")[:-1] == [one.astimezone(UTC) for one in stamps]


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("zone", [None, "UTC", COPENHAGEN])
def test_columns_that_hold_times_already(unit: str, zone: str | None) -> None:
    values = [datetime(2024, 7, 1, 12), None, datetime(1969, 7, 1, 12)]
    local = [one and one.replace(tzinfo=ZoneInfo(zone or COPENHAGEN)) for one in values]
    column = pa.array(local if zone else values, pa.timestamp(unit, zone))
    found = read_typed_times(pa.chunked_array([column]), "t", COPENHAGEN, 1)
    assert [None if one == NO_TIME else EPOCH + timedelta(microseconds=int(one)) for one in found.times] == [
        one and one.astimezone(UTC) for one in local
    ]


def test_columns_of_dates() -> None:
    for kind in (pa.date32(), pa.date64()):
        found = read_typed_times(pa.array([date(2024, 7, 1)], kind), "t", COPENHAGEN, 1)
        assert EPOCH + timedelta(microseconds=int(found.times[0])) == datetime(2024, 6, 30, 22, tzinfo=UTC)


def test_what_looks_like_times_is_told_from_what_does_not() -> None:
    assert share_of_times(pa.array(["01/02/2024", "13/02/2024", "02/13/2024"])) == 1.0
    assert share_of_times(pa.array(["S-1", "S-2"])) == 0.0
    assert share_of_times(pa.array(["", None], pa.string())) == 0.0
    assert share_of_times(pa.array(["0101901234", "1234567890"])) == 0.0


def test_moments_beyond_every_calendar_are_left_out_and_counted() -> None:
    for unit in ("s", "ms", "us"):
        column = pa.array([0, 2**62, -(2**62), None], pa.int64()).cast(pa.timestamp(unit))
        found = read_typed_times(column, "t", COPENHAGEN, 1)
        assert [one == NO_TIME for one in found.times] == [False, True, True, True]
        assert notice(found, "could not be read") == {"count": 2, "column": "t", "row": 2}
