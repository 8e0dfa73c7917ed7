"""Histograms a person can read, counts per local period, and pages of cases and variants."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.log.event_log import NO_TIME, EventLog, build_event_log
from engine.performance.durations import service_times, times_of_values
from engine.performance.histograms import MOST_BINS, count_histogram, duration_histogram
from engine.performance.over_time import count_over_time, period_edges
from engine.performance.variant_table import coverage_curve, variants_for
from engine.service.messages import Histogram, OverTime
from engine.tasks import Task
from engine.texts import DAY, HOUR
from tests.naive_log import Event, make_log

COPENHAGEN = "Europe/Copenhagen"
ROUND_WIDTHS = {n * unit for unit in (1.0, 60.0) for n in (1, 2, 5, 10, 15, 30)} | {n * HOUR for n in (1, 2, 3, 6, 12)}


def at(text: str, zone: str = COPENHAGEN) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1e6)


# ---- histograms


def test_days_up_to_a_month_come_in_bins_of_days() -> None:
    histogram = duration_histogram(np.linspace(0, 20 * DAY, 1000))
    assert histogram is not None
    assert histogram.edges == tuple(float(n * DAY) for n in range(22))
    assert not histogram.open_ended


def test_a_long_tail_goes_into_the_last_open_bin() -> None:
    histogram = duration_histogram(np.concatenate([np.linspace(0, 10 * HOUR, 96), np.full(4, 400 * DAY)]))
    assert histogram is not None and histogram.open_ended
    assert histogram.counts[-1] >= 4 and histogram.edges[-1] < DAY


def test_most_values_never_hide_in_the_first_bin_when_a_shorter_view_shows_them() -> None:
    seconds = np.concatenate([np.linspace(10, 60, 88), np.linspace(DAY, 30 * DAY, 12)])
    histogram = duration_histogram(seconds)
    assert histogram is not None and histogram.counts[0] < 60 and histogram.counts[-1] >= 12


def test_one_value_is_one_bin() -> None:
    assert duration_histogram(np.array([0.0])) == Histogram((0.0, 1.0), (1,))
    assert count_histogram(np.array([3])) == Histogram((3.0, 4.0), (1,))


def test_nothing_gives_nothing() -> None:
    assert duration_histogram(np.array([np.nan])) is None
    assert count_histogram(np.array([], np.int64)) == Histogram((), ())


@given(st.lists(st.floats(-1e6, 1e11) | st.floats(0, 100) | st.just(0.0), min_size=1, max_size=80))
def test_every_duration_is_in_exactly_one_bin(values: list[float]) -> None:
    seconds = np.array(values)
    histogram = duration_histogram(seconds)
    assert histogram is not None
    check_bins(histogram, seconds)
    width = histogram.edges[1] - histogram.edges[0]
    assert width in ROUND_WIDTHS or (width % DAY == 0 and str(int(width / DAY)).rstrip("0") in {"1", "2", "5"})


@given(st.lists(st.integers(0, 10**7), min_size=1, max_size=80))
def test_every_count_is_in_exactly_one_bin(values: list[int]) -> None:
    check_bins(count_histogram(np.array(values)), np.array(values, float))


def check_bins(histogram: Histogram, values: np.ndarray) -> None:
    assert len(histogram.edges) == len(histogram.counts) + 1 <= MOST_BINS + 1
    widths = np.diff(histogram.edges)
    assert np.allclose(widths, widths[0]) and widths[0] > 0
    assert histogram.edges[0] <= values.min()
    assert histogram.open_ended == (values.max() >= histogram.edges[-1])
    for number, (low, high) in enumerate(pairwise(histogram.edges)):
        is_last = number == len(histogram.counts) - 1
        assert histogram.counts[number] == np.sum((values >= low) & ((values < high) | is_last))


@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=50))
def test_summaries_are_those_of_numpy(values: list[float]) -> None:
    times = times_of_values(np.array([*values, np.nan]))
    assert times is not None
    assert (times.n, times.min, times.max) == (len(values), min(values), max(values))
    assert times.median == pytest.approx(float(np.median(values)))
    assert times.p90 == pytest.approx(float(np.percentile(values, 90)))
    assert times.total == pytest.approx(sum(values), abs=1e-3)


def test_service_times_need_both_stamps() -> None:
    rows = [Event(0, 0, 5_000_000, 2_000_000), Event(0, 1, 9_000_000, 8_000_000), Event(1, 0, 4_000_000, None), Event(2, 0, None, 1)]
    log = make_log(rows, with_start=True)
    task = Task()
    seconds = service_times(log, 0, None, task)
    assert seconds is not None and seconds.tolist() == [3.0]
    masked = service_times(log, 0, np.array([False, True, True]), task)
    assert masked is not None and masked.tolist() == []
    assert service_times(make_log(rows), 0, None, task) is None


# ---- over time


def log_of(*cases: tuple[str, str]) -> EventLog:
    """Cases of two events, at the first and the last of the given local times."""
    rows = [Event(number, kind, at(text)) for number, case in enumerate(cases) for kind, text in enumerate(case)]
    return make_log(rows)


def over_time(log: EventLog, mask: np.ndarray | None = None) -> OverTime:
    counted = count_over_time(log, mask, COPENHAGEN, Task())
    assert counted is not None
    return counted


def test_started_ended_and_open_cases_by_day() -> None:
    log = log_of(
        ("2024-01-01T08:00", "2024-01-03T09:00"), ("2024-01-02T23:59", "2024-01-02T23:59:59"), ("2024-01-04T00:00", "2024-01-04T12:00")
    )
    counted = over_time(log)
    assert counted.unit == "day"
    assert counted.starts == tuple(at(f"2024-01-0{day}T00:00") for day in (1, 2, 3, 4))
    assert counted.started == (1, 1, 0, 1)
    assert counted.ended == (0, 1, 1, 1)
    assert counted.active == (1, 2, 1, 1)
    assert counted.events == (1, 2, 1, 2)
    assert over_time(log, np.array([False, True, False])).events == (2,)


def test_days_follow_the_clock_through_summer_time() -> None:
    unit, edges = period_edges(at("2024-03-30T12:00"), at("2024-04-01T12:00"), COPENHAGEN)
    assert unit == "day"
    assert (np.diff(edges) / 3.6e9).tolist() == [24.0, 23.0, 24.0]
    _, edges = period_edges(at("2024-10-26T12:00"), at("2024-10-27T12:00"), COPENHAGEN)
    assert (np.diff(edges) / 3.6e9).tolist() == [24.0, 25.0]


def test_a_late_evening_event_belongs_to_its_local_day() -> None:
    moment = round(datetime(2024, 6, 30, 22, 30, tzinfo=UTC).timestamp() * 1e6)
    _, edges = period_edges(moment, moment, COPENHAGEN)
    assert edges.tolist() == [at("2024-07-01T00:00"), at("2024-07-02T00:00")]


def test_a_year_comes_in_weeks_from_monday_and_ten_years_in_months() -> None:
    unit, edges = period_edges(at("2024-01-04T00:00"), at("2024-12-31T00:00"), COPENHAGEN)
    assert unit == "week" and edges[0] == at("2024-01-01T00:00") and edges[-1] == at("2025-01-06T00:00")
    unit, edges = period_edges(at("2014-12-31T00:00"), at("2024-02-01T00:00"), COPENHAGEN)
    assert unit == "month" and (edges[0], edges[1], edges[-1]) == tuple(
        at(f"{day}T00:00") for day in ("2014-12-01", "2015-01-01", "2024-03-01")
    )


def test_a_wrong_century_does_not_break_the_chart() -> None:
    unit, edges = period_edges(at("1900-01-01T00:00"), at("2024-01-01T00:00"), COPENHAGEN)
    assert unit == "year" and len(edges) == 126
    wild = build_event_log(
        case_codes=np.array([0, 0]), case_ids=pa.array(["x"]), activity_codes=np.array([0, 0]), activities=["a"],
        timestamp=np.array([NO_TIME + 1, np.iinfo(np.int64).max]),
    )  # fmt: skip
    assert sum(over_time(wild).events) == 2


def test_a_log_without_times_has_no_chart() -> None:
    assert count_over_time(make_log([Event(0, 0, None)]), None, COPENHAGEN, Task()) is None


moments = st.integers(at("2019-01-01T00:00"), at("2025-01-01T00:00"))


@given(
    st.lists(st.lists(moments | st.none(), min_size=1, max_size=4), min_size=1, max_size=12),
    st.sampled_from([COPENHAGEN, "UTC", "America/Sao_Paulo"]),
)
def test_every_case_and_event_is_counted_once(cases: list[list[int | None]], zone: str) -> None:
    log = make_log([Event(number, 0, time) for number, case in enumerate(cases) for time in case])
    counted = count_over_time(log, None, zone, Task())
    timed = [[time for time in case if time is not None] for case in cases]
    timed = [case for case in timed if case]
    if not timed:
        assert counted is None
        return
    assert counted is not None
    assert sum(counted.started) == sum(counted.ended) == len(timed)
    assert sum(counted.events) == sum(map(len, timed))
    ends = [*counted.starts[1:], 10**18]
    for number, (begin, end) in enumerate(zip(counted.starts, ends, strict=True)):
        assert counted.active[number] == sum(min(case) < end and max(case) >= begin for case in timed)


# ---- variants


@given(st.lists(st.integers(1, 1000), min_size=1, max_size=600), st.floats(0.01, 1))
def test_the_curve_and_its_marks_agree_with_the_counts(sizes: list[int], share: float) -> None:
    counts = np.sort(np.array(sizes))[::-1]
    curve = coverage_curve(counts)
    assert len(curve) <= 200 and curve[0][0] == 1 and curve[-1] == (len(sizes), 1.0)
    for n, covered in curve:
        assert covered == pytest.approx(counts[:n].sum() / counts.sum())
    n = variants_for(counts, share)
    assert counts[:n].sum() >= share * counts.sum() - 1e-6 > counts[: n - 1].sum() - 1e-6 - 1
