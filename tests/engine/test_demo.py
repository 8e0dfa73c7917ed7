"""The demo log: made again it is the same, it reads like a placements log, and its truth is what an independent count finds."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.demo import placement_trace as steps
from engine.demo.draws import Draws, Wait
from engine.demo.placement_plan import EXTRACTED_AT, LIMIT_DAYS, SHARES
from engine.demo.placements import PlacementLog, make_placements
from engine.demo.truth import Defect, Pattern, read_truth, write_truth
from engine.demo.working_time import DAY, HOUR, OFFICE_HOURS, WorkingTime, day_number, easter, public_holidays

SETTLED = pd.Timestamp("2026-07-01", tz="Europe/Copenhagen")


@cache
def placements() -> PlacementLog:
    return make_placements()


@cache
def table() -> pd.DataFrame:
    """The rows as a reader of the extract has them: local times, no test citizens."""
    frame = placements().table().to_pandas()
    frame["tid"] = frame["tid"].dt.tz_convert("Europe/Copenhagen")
    frame["registreret_tid"] = frame["registreret_tid"].dt.tz_convert("Europe/Copenhagen")
    return frame[frame["enhed"] != "Testenhed"]


def first(activity: str) -> pd.Series:
    """The first stamp of an activity per case."""
    frame = table()
    return frame[frame["aktivitet"] == activity].groupby("sag_id")["tid"].min()


def cases_with(activity: str) -> set[str]:
    frame = table()
    return set(frame.loc[frame["aktivitet"] == activity, "sag_id"])


def later_day(one: pd.Series, other: pd.Series) -> set[str]:
    """Cases in which `one` lies on a later day than `other`."""
    both = pd.concat([one.rename("one"), other.rename("other")], axis=1, join="inner")
    return set(both.index[both["one"].dt.normalize() > both["other"].dt.normalize()])


def overlong() -> set[str]:
    frame = table()
    group = frame.groupby("sag_id")["målgruppe"].first()
    days = (first(steps.ENDED).dt.tz_localize(None) - first(steps.STARTED).dt.tz_localize(None)).dt.days.dropna()
    return set(days.index[days > group[days.index].map(LIMIT_DAYS)])


def double_placements() -> set[str]:
    placed = table()[table()["aktivitet"] == steps.PLACED].groupby("sag_id")["tid"]
    return set((placed.max() - placed.min()).loc[lambda gap: gap > pd.Timedelta(minutes=15)].index)


def wrong_units() -> set[str]:
    frame = table().dropna(subset=["p_nummer"])
    return set(frame.groupby("sag_id")["p_nummer"].nunique().loc[lambda n: n > 1].index)


def never_placed() -> set[str]:
    approved = first(steps.APPROVED)
    long_ago = set(approved.index[approved < SETTLED + pd.Timedelta(days=60)])
    return (cases_with(steps.APPROVED) & long_ago) - cases_with(steps.PLACED)


def same_day() -> set[str]:
    both = pd.concat([first(steps.PLANNED).rename("plan"), first(steps.STARTED).rename("start")], axis=1, join="inner")
    return set(both.index[both["plan"].dt.normalize() == both["start"].dt.normalize()])


RECOUNTS: dict[Pattern, Callable[[], set[str]]] = {
    Pattern.RETURNED: lambda: cases_with(steps.RETURNED),
    Pattern.REJECTED: lambda: cases_with(steps.REJECTED),
    Pattern.NEVER_PLACED: never_placed,
    Pattern.CANCELLED: lambda: cases_with(steps.CANCELLED),
    Pattern.INTERRUPTED: lambda: cases_with(steps.INTERRUPTED),
    Pattern.EXTENDED: lambda: cases_with(steps.EXTENDED),
    Pattern.HOURS_CHANGED: lambda: cases_with(steps.HOURS_CHANGED),
    Pattern.LATE_PLACEMENT: lambda: later_day(first(steps.PLACED), first(steps.STARTED)),
    Pattern.LATE_PLAN: lambda: later_day(first(steps.PLANNED), first(steps.STARTED)),
    Pattern.SAME_DAY_PLAN: same_day,
    Pattern.NO_DECISION_LETTER: lambda: cases_with(steps.STARTED) - cases_with(steps.DECIDED),
    Pattern.OVERLONG: overlong,
    Pattern.DOUBLE_PLACEMENT: double_placements,
    Pattern.WRONG_PRODUCTION_UNIT: wrong_units,
}


@pytest.mark.parametrize("pattern", list(Pattern))
def test_a_recount_finds_exactly_the_planted_cases(pattern: Pattern) -> None:
    planted = placements().truth.pattern(pattern)
    assert RECOUNTS[pattern]() == set(planted.cases)
    assert len(planted.cases) == pytest.approx(planted.eligible * SHARES[pattern] / 1000, abs=1)


def copies(frame: pd.DataFrame) -> pd.Series:
    return frame.duplicated(["sag_id", "aktivitet", "tid", "registreret_tid", "enhed"])


def near_copies(frame: pd.DataFrame) -> pd.Series:
    """A repetition of Fasit, plan or grant within ten minutes that is no exact copy."""
    frame = frame[~copies(frame)].sort_values(["sag_id", "aktivitet", "tid"], kind="stable")
    gap = frame.groupby(["sag_id", "aktivitet"])["tid"].diff()
    edited = frame["aktivitet"].isin([steps.PLACED, steps.PLANNED, steps.GRANTED])
    return frame.index.isin(frame.index[gap < pd.Timedelta(minutes=10)]) & edited


def test_a_recount_finds_the_defects() -> None:
    frame, truth = table(), placements().truth
    midnight = frame["tid"].dt.normalize() == frame["tid"]
    minutes = frame["tid"].dt.hour * 60 + frame["tid"].dt.minute
    seconds = frame.groupby(["aktivitet", "tid"])["sag_id"].transform("size")
    at_one_second = frame["aktivitet"].isin([steps.CLOSED, steps.GRANTED])
    test_events = truth.defect(Defect.TEST_CITIZEN).events
    found = {
        Defect.DATE_ONLY: int(midnight.sum()) + 2 * 12,
        Defect.NIGHT_JOB: int(((minutes > 0) & (minutes <= 10)).sum()),
        Defect.BATCH: int((at_one_second & (seconds >= 20)).sum()),
        Defect.DUPLICATE: int(copies(frame).sum()),
        Defect.FUTURE_DATED: int((frame["tid"] > pd.Timestamp("2026-11-02 06:00", tz="Europe/Copenhagen")).sum()),
        Defect.TEST_CITIZEN: len(placements().rows) - len(frame),
    }
    assert {defect: truth.defect(defect).events for defect in found} == pytest.approx(found, abs=test_events)
    near = frame.loc[near_copies(frame).loc[lambda hit: hit].index, "sag_id"]
    assert len(near) == pytest.approx(truth.defect(Defect.NEAR_DUPLICATE).events, rel=0.02)
    ended = cases_with(steps.ENDED) | cases_with(steps.INTERRUPTED)
    old = first(steps.STARTED)
    assert set(old.index[old < SETTLED]) - ended == set(truth.defect(Defect.MISSING_END).cases) & set(old.index[old < SETTLED])


def test_the_shares_are_those_of_the_domain_description() -> None:
    n = len(placements().rows)
    truth = placements().truth
    assert truth.n_cases == 9_000
    assert 107_000 < n == truth.n_events < 115_000
    assert truth.defect(Defect.DUPLICATE).events / n == pytest.approx(0.02, abs=0.003)
    assert truth.defect(Defect.NEAR_DUPLICATE).events / n == pytest.approx(0.03, abs=0.003)
    assert truth.defect(Defect.BATCH).events / n == pytest.approx(0.06, abs=0.01)
    started = len(first(steps.STARTED))
    assert len(truth.defect(Defect.MISSING_END).cases) / started == pytest.approx(0.08, abs=0.01)
    assert len(truth.defect(Defect.RETRO_DATED).cases) / started == pytest.approx(0.14, abs=0.01)
    found = cases_with(steps.FOUND_BY_CITIZEN)
    assert len(found) / 9_000 == pytest.approx(0.70, abs=0.015)


def test_the_main_variant_is_the_most_frequent_and_the_waits_are_typical() -> None:
    frame = table().sort_values(["sag_id", "tid"], kind="stable")
    variants = frame.groupby("sag_id")["aktivitet"].apply(tuple).value_counts()
    assert variants.index[0] == steps.MAIN_VARIANT
    frame["next"] = frame.groupby("sag_id")["aktivitet"].shift(-1)
    frame["wait"] = -frame.groupby("sag_id")["tid"].diff(-1).dt.total_seconds() / DAY
    placing = frame[(frame["aktivitet"] == steps.APPROVED) & (frame["next"] == steps.PLACED)]
    assert 2.5 < placing["wait"].median() < 4.0
    assert working_days(frame, steps.APPLIED, steps.CHECKED, 0.5) == 1
    assert working_days(frame, steps.CHECKED, steps.APPROVED, 0.5) == 3
    assert working_days(frame, steps.APPROVED, steps.PLACED, 0.5) == 2
    assert working_days(frame, steps.APPROVED, steps.PLACED, 0.9) == 8
    teams = frame.assign(after=frame.groupby("sag_id")["enhed"].shift(-1)).loc[placing.index]
    by_centre = teams.groupby(teams["after"].str[:11])["wait"].median()
    assert by_centre["Center Nord"] > by_centre["Center Syd,"] > by_centre["Center Vest"] > by_centre["Center City"]


def working_days(frame: pd.DataFrame, one: str, other: str, quantile: float) -> float:
    """A quantile of the working days between two steps that follow each other directly."""
    pairs = frame[(frame["aktivitet"] == one) & (frame["next"] == other)]
    start = pairs["tid"].dt.tz_localize(None)
    end = start + pd.to_timedelta(pairs["wait"], unit="D")
    closed = [day for year in range(2024, 2027) for day in public_holidays(year)]
    return float(np.quantile(np.busday_count(start.to_numpy("datetime64[D]"), end.to_numpy("datetime64[D]"), holidays=closed), quantile))


def test_closings_come_within_three_weeks_and_follow_ups_are_registered_within_two() -> None:
    end = pd.concat([first(steps.ENDED), first(steps.INTERRUPTED)]).groupby(level=0).min()
    closed = first(steps.CLOSED)
    gap = (closed.dt.tz_localize(None).dt.normalize() - end.dt.tz_localize(None).dt.normalize()).dropna().dt.days
    assert gap.min() >= 0
    assert gap.max() <= 21
    lag = table()["registreret_tid"].dt.tz_localize(None) - table()["tid"].dt.tz_localize(None)
    assert lag[table()["aktivitet"] == steps.FOLLOWED_UP].max() <= pd.Timedelta(days=14)


def test_july_and_christmas_bring_fewer_cases() -> None:
    arrivals = table().groupby("sag_id")["tid"].min()
    months = arrivals[arrivals < "2026-01-01"].dt.month.value_counts()
    assert months[7] < months.drop([7, 12]).min()
    assert months[12] < months.drop([7, 12]).min()


def test_nothing_lies_after_the_extract_but_planned_ends() -> None:
    ahead = [row.step for row in placements().rows if row.step.time > EXTRACTED_AT]
    assert {step.activity for step in ahead} == {steps.ENDED}
    assert all(step.registered <= EXTRACTED_AT for step in ahead)


def test_the_same_seed_gives_the_same_rows_on_every_machine() -> None:
    content = "\n".join(f"{row.case_id};{row.step.activity};{row.step.time};{row.step.unit}" for row in placements().rows)
    assert hashlib.sha256(content.encode()).hexdigest() == "e78d18133ebb593669a4b8c44f70c78b9bbec71d9ba523e341b25ad402a3eea1"
    assert make_placements().rows == placements().rows
    assert make_placements(seed=7).rows != placements().rows


def test_the_event_log_holds_the_same_events_as_the_table() -> None:
    log, frame = placements().event_log(), placements().table().to_pandas()
    assert (log.n_cases, log.n_events) == (9_000, len(frame))
    ordered = frame.sort_values(["sag_id", "tid"], kind="stable")
    assert [log.activities[code] for code in log.activity[:500]] == list(ordered["aktivitet"][:500])
    assert np.array_equal(log.timestamp, ordered["tid"].dt.tz_localize(None).to_numpy("datetime64[us]").astype(np.int64))
    assert log.event_columns["unit"].to_pylist() == list(ordered["enhed"])


def test_the_truth_survives_its_json() -> None:
    truth = placements().truth
    assert read_truth(write_truth(truth)) == truth


# ---- the clockwork under it ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("year", "month", "day"), [(2024, 3, 31), (2025, 4, 20), (2026, 4, 5), (2027, 3, 28)])
def test_easter(year: int, month: int, day: int) -> None:
    sunday = easter(year)
    assert (sunday.month, sunday.day) == (month, day)


def test_store_bededag_ended_with_2023() -> None:
    assert [len(public_holidays(year)) for year in (2023, 2024)] == [11, 10]


@given(st.integers(0, 3 * 365 * DAY), st.integers(0, 40 * 8 * HOUR), st.integers(0, 40 * 8 * HOUR))
def test_office_time_adds_up(start: int, one: int, other: int) -> None:
    calendar = WorkingTime(2023, 2027)
    begin = day_number(pd.Timestamp("2024-01-01").date()) * DAY + start % (2 * 365 * DAY)
    at_once = calendar.after(begin, one + other)
    assert calendar.after(calendar.after(begin, one), other) == at_once
    weekday = (at_once // DAY + 3) % 7
    assert 8 * HOUR <= at_once % DAY <= 8 * HOUR + OFFICE_HOURS[weekday]
    assert calendar.is_working_day(at_once // DAY)


def test_waits_have_the_median_and_the_ninetieth_percentile_asked_for() -> None:
    draws = Draws(1)
    drawn = np.array([draws.wait(Wait(2 * DAY, 8 * DAY)) for _ in range(20_000)])
    assert np.median(drawn) / DAY == pytest.approx(2, rel=0.05)
    assert np.quantile(drawn, 0.9) / DAY == pytest.approx(8, rel=0.05)


@given(st.integers(1, 50), st.integers(0, 2**32))
def test_a_sample_has_as_many_different_members_as_asked_for(n: int, seed: int) -> None:
    chosen = Draws(seed).sample(range(100), n)
    assert len(chosen) == n
    assert chosen <= set(range(100))
