"""How finely times are told: a date is no moment, a week is a day, and what happened on one day without a time has no order."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import BadInput
from engine.importing.reading import preview_table, read_log
from engine.importing.stretches import unordered_events
from engine.intake import take_in
from engine.log.columns import ColumnRoles, ReadOptions
from engine.log.event_log import DAY, FINER, MINUTE, NO_TIME, SECOND, UNTIMED, EventLog
from engine.service.messages import Secret
from engine.tasks import Task
from engine.texts import Texts
from engine.washing.values import DropRows, Recipe, TableRecipe

ROLES = ColumnRoles("sag", "trin", "tid")
DANISH = "Europe/Copenhagen"


def read(*times: str, options: ReadOptions | None = None) -> EventLog:
    """One case per time, in the order given."""
    lines = [f"{n};A;{time}" for n, time in enumerate(times)]
    return read_log("\n".join(["sag;trin;tid", *lines]).encode(), "t.csv", options or ReadOptions(ROLES), Task())


def levels(log: EventLog) -> list[int]:
    assert log.precision is not None
    return log.precision.tolist()


def moments(log: EventLog) -> list[str]:
    return [str(np.datetime64(int(time), "us"))[:19] for time in log.timestamp]


def said(log: EventLog) -> list[str]:
    return [Texts("en")(notice.message, **notice.values) for notice in log.notices]


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        (("13-03-2025", "14-03-2025 10:05", "15-03-2025 10:05:00", "16-03-2025 10:05:00,25", ""), [DAY, MINUTE, SECOND, FINER, UNTIMED]),
        (("2025-03-13", "2025-03-14 10:05", "2025-03-15T10:05:30", "2025-03-16 10:05:30.123"), [DAY, MINUTE, SECOND, FINER]),
        (("2025-03-14T10:05Z", "2025-03-15T10:05:30+01:00", "2025-03-16T10:05:30.123+0100"), [MINUTE, SECOND, FINER]),
        (("2025-03-14T10:05+01", "2025-03-16T10+01"), [MINUTE, MINUTE]),
        (("13-03-2025 kl. 14.05", "14-03-2025 kl. 8.30", "15-03-2025", "16-03-2025, kl 08.30.15"), [MINUTE, MINUTE, DAY, SECOND]),
        (("13. marts 2025 14.05", "14. maj 2025"), [MINUTE, DAY]),
        (("2025-03-13 10:05:30.000", "2025-03-14 11:00:00.000"), [SECOND, SECOND]),
        (("2025-03-13 00:00:00.000", "2025-03-14 00:00:00.000"), [DAY, DAY]),
        (("13-03-2025 00:00", "14-03-2025 00:00"), [DAY, DAY]),
        (("13-03-2025 00:00", "14-03-2025 07:00"), [MINUTE, MINUTE]),
    ],
)
def test_a_stamp_tells_no_more_than_is_written(times: tuple[str, ...], expected: list[int]) -> None:
    assert levels(read(*times)) == expected


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        (("2024-W07-3", "2024-W08-1"), ["2024-02-14", "2024-02-19"]),
        (("2024-W07", "2020-W53"), ["2024-02-12", "2020-12-28"]),
        (("2024W073", "2024w08"), ["2024-02-14", "2024-02-19"]),
        (("uge 7 2024", "Uge 08, 2024"), ["2024-02-12", "2024-02-19"]),
        (("2024 uge 07", "2024, uge 1"), ["2024-02-12", "2024-01-01"]),
    ],
)
@pytest.mark.parametrize("from_its_format", [False, True])
def test_weeks_are_days_and_those_without_a_day_their_mondays(times: tuple[str, ...], expected: list[str], from_its_format: bool) -> None:
    options = ReadOptions(ROLES)
    if from_its_format:
        shown = preview_table(("sag;trin;tid\n" + "\n".join(f"1;A;{time}" for time in times)).encode(), "t.csv", options, Task())
        assert shown is not None
        options = ReadOptions(ROLES, timestamp_format=shown.readings["timestamp"][0].format)
    log = read(*times, options=options)
    assert [moment[:10] for moment in moments(log)] == expected
    assert levels(log) == [DAY, DAY]


def test_a_week_that_the_year_does_not_have_is_no_time() -> None:
    log = read("2024-W52", "2024-W53", "2024-W00", "2024-W51")
    assert [time == NO_TIME for time in log.timestamp] == [False, True, True, False]


@given(st.dates(date(1900, 1, 1), date(2200, 12, 31)))
def test_every_week_is_that_of_the_calendar(day: date) -> None:
    year, week, of_week = day.isocalendar()
    assert moments(read(f"{year}-W{week:02}-{of_week}")) == [f"{day.isoformat()}T00:00:00"]


@pytest.mark.parametrize("sign", [".", ","])
def test_serial_numbers_of_a_spreadsheet_are_times(sign: str) -> None:
    log = read("45337", f"45337{sign}5", f"45337{sign}586805556", f"45338{sign}999999999")
    assert moments(log) == ["2024-02-15T00:00:00", "2024-02-15T12:00:00", "2024-02-15T14:05:00", "2024-02-17T00:00:00"]
    assert levels(log)[:3] == [DAY, MINUTE, MINUTE]


def test_numbers_are_guessed_to_be_times_only_under_a_name_for_times() -> None:
    def guessed(header: str) -> str | None:
        rows = "\n".join(f"{n};A;{45337 + n}" for n in range(9))
        shown = preview_table(f"sagsnr;aktivitet;{header}\n{rows}".encode(), "t.csv", ReadOptions(), Task())
        assert shown is not None
        return shown.options.roles.timestamp

    assert guessed("dato") == "dato"
    assert guessed("kontonr") is None


def parquet(values: pa.Array) -> EventLog:
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table({"sag": [str(n) for n in range(len(values))], "trin": ["A"] * len(values), "tid": values}), sink)
    return read_log(sink.getvalue(), "t.parquet", ReadOptions(ROLES, timezone=DANISH), Task())


def test_typed_times_tell_what_their_values_do() -> None:
    hours = [datetime(2025, 3, 1 + n, 8, 5, tzinfo=UTC) for n in range(20)]
    assert set(levels(parquet(pa.array([one.date() for one in hours])))) == {DAY}
    assert set(levels(parquet(pa.array(hours, pa.timestamp("ms", "UTC"))))) == {MINUTE}
    assert set(levels(parquet(pa.array([one.replace(second=7) for one in hours], pa.timestamp("ms", "UTC"))))) == {SECOND}
    danish_midnight = datetime(2025, 3, 12, 23, tzinfo=UTC)
    assert levels(parquet(pa.array([danish_midnight, *hours], pa.timestamp("us", "UTC"))))[:2] == [DAY, MINUTE]


def of_one_case(*rows: str) -> EventLog:
    return read_log("\n".join(["sag;trin;tid", *rows]).encode(), "t.csv", ReadOptions(ROLES, timezone=DANISH), Task())


def test_what_stands_on_one_day_without_a_time_has_no_order_and_is_counted() -> None:
    first, second = ("1;A;13-03-2025 10:00", "1;B;13-03-2025", "1;C;14-03-2025"), ("2;A;14-03-2025 08:00", "2;B;14-03-2025 09:00")
    log = of_one_case(*first, *second, "3;B;14-03-2025")
    assert unordered_events(log, DANISH).tolist() == [True, True, False, False, False, False]
    assert any("where at least one has no time of day: 2." in line for line in said(log))
    dates = of_one_case("1;B;13-03-2025", "1;A;13-03-2025", "2;C;13-03-2025")
    assert [dates.activities[code] for code in dates.activity] == ["B", "A", "C"]
    assert any("time of day: 2." in line for line in said(dates))
    assert not any("time of day" in line for line in said(of_one_case("1;A;13-03-2025 10:00", "1;B;13-03-2025 10:00", "1;C;14-03-2025")))


def test_a_day_is_that_of_the_clock_on_the_wall() -> None:
    log = of_one_case("1;A;13-03-2025 00:30", "1;B;13-03-2025", "2;A;13-03-2025 00:30", "2;B;12-03-2025")
    assert unordered_events(log, DANISH).tolist() == [True, True, False, False]


def test_a_washed_log_knows_it_too(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("sag;trin;tid\n1;A;13-03-2025 10:00\n1;X;13-03-2025 11:00:30\n1;B;13-03-2025\n2;A;\n", "utf-8")
    (tmp_path / "b.csv").write_text("sag;hvad;start;tid\n1;C;14-03-2025;\n3;C;13-03-2025 10:00:01;14-03-2025 11:00:01\n", "utf-8")
    tables = (TableRecipe(ROLES, steps=(DropRows(column="trin", values=("X",)),)), TableRecipe(ColumnRoles("sag", "hvad", "tid", "start")))
    log = take_in([(tmp_path / "a.csv", Secret()), (tmp_path / "b.csv", Secret())], Recipe(tables), Task())[0].log
    assert [log.activities[code] for code in log.activity] == ["B", "A", "C", "A", "C"]
    assert levels(log) == [DAY, MINUTE, DAY, UNTIMED, SECOND]


def test_an_event_without_an_end_has_its_start_as_its_time() -> None:
    content = "sag;trin;start;slut\n1;A;13-03-2025 10:00;14-03-2025 11:00\n1;B;15-03-2025;\n2;A;;16-03-2025 09:00\n2;B;;\n"
    log = read_log(content.encode(), "t.csv", ReadOptions(ColumnRoles("sag", "trin", "slut", "start")), Task())
    assert moments(log)[:3] == ["2025-03-14T11:00:00", "2025-03-15T00:00:00", "2025-03-16T09:00:00"]
    assert levels(log) == [MINUTE, DAY, MINUTE, UNTIMED]
    assert log.start is not None
    assert [time == NO_TIME for time in log.start] == [False, True, True, True]
    assert any(line.startswith("Events with a start and no end: 1.") for line in said(log))


def test_a_column_that_is_mostly_empty_is_not_taken_for_the_time() -> None:
    rows = "\n".join(f"{n};A;{n + 1:02}-03-2025 10:00;{'' if n % 5 else '20-04-2025'}" for n in range(20))
    shown = preview_table(f"sag_id;aktivitet;tid;slut\n{rows}".encode(), "t.csv", ReadOptions(), Task())
    assert shown is not None
    assert shown.options.roles.timestamp == "tid"


def test_a_week_format_without_its_year_is_refused() -> None:
    with pytest.raises(BadInput, match="names no complete date"):
        read("7", options=ReadOptions(ROLES, timestamp_format="uge %V"))


def test_xes_tells_no_more_than_is_written_either() -> None:
    def event(name: str, **stamps: str) -> str:
        dates = "".join(f'<date key="{key.replace("_", ":")}" value="{value}"/>' for key, value in stamps.items())
        return f'<event><string key="concept:name" value="{name}"/>{dates}</event>'

    events = (
        event("A", time_timestamp="2025-03-13T10:05:00.000+00:00", start_timestamp="2025-03-13T09:00:00+00:00"),
        event("B", start_timestamp="2025-03-14"),
        event("C", time_timestamp="2025-03-14T08:00:01Z"),
    )
    content = f'<log><trace><string key="concept:name" value="1"/>{"".join(events)}</trace></log>'
    log = read_log(content.encode(), "t.xes", ReadOptions(ColumnRoles(start="start:timestamp")), Task())
    assert levels(log) == [SECOND, DAY, SECOND]
    assert log.start is not None
    assert [time == NO_TIME for time in log.start] == [False, True, True]
    assert [line.split(":")[0] for line in said(log)][-2:] == [
        "Events with a start and no end",
        "Events on the same day as others of their case, where at least one has no time of day",
    ]


HOURS = st.one_of(st.none(), st.integers(0, 23))
EVENTS_OF_DAYS = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 3), HOURS), min_size=1, max_size=12)


@given(EVENTS_OF_DAYS)
def test_who_has_no_order_is_told_as_one_would_by_hand(events: list[tuple[int, int, int | None]]) -> None:
    rows = [f"{case};A;{25 + day}-10-2025{'' if hour is None else f' {hour:02}:30'}" for case, day, hour in events]
    log = of_one_case("8;A;01-01-2020 10:05", *rows)
    by_day: dict[tuple[int, int], list[int | None]] = {}
    for case, day, hour in events:
        by_day.setdefault((case, day), []).append(hour)
    expected = sum(len(hours) for hours in by_day.values() if len(hours) > 1 and None in hours)
    assert unordered_events(log, DANISH).sum() == expected
