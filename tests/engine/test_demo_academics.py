"""Log A reads like the contact courses of academics: what was planted is what an independent count of its events finds."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from engine.demo import academic_trace as steps
from engine.demo.academic_plan import DELIVERY_WEEKDAYS, YOUNG, AcademicPattern
from engine.demo.academics import make_academics
from engine.demo.clean_log import CleanLog
from engine.demo.working_time import public_holidays
from tests.demo_tables import events_of

P = AcademicPattern
EXTRACT = pd.Timestamp("2026-11-02")
LEAVING = tuple(steps.LEFT.values())


@cache
def academics() -> CleanLog:
    return make_academics()


@cache
def table() -> pd.DataFrame:
    return events_of(academics())


def first(*activities: str) -> pd.Series:
    """The first stamp of one of the activities per case."""
    frame = table()
    return frame[frame["aktivitet"].isin(activities)].groupby("sag_id")["tid"].min()


def cases_with(*activities: str) -> set[str]:
    return set(first(*activities).index)


def stays() -> pd.Series:
    """Whole days from arrival to deregistration, or to the day before the extract."""
    arrived = first(steps.REGISTERED).dt.normalize()
    left = first(*LEAVING).dt.normalize().reindex(arrived.index).fillna(EXTRACT - pd.Timedelta(days=1))
    return (left - arrived).dt.days


def missing_third() -> set[str]:
    """Under the fund's care for more than three months, without a third talk."""
    young = set(table().loc[table()["målgruppe"] == YOUNG, "sag_id"])
    arrived = first(steps.REGISTERED)
    long = stays()
    new = set(arrived.index[arrived >= "2024-01-01"]) - young
    return (set(long.index[long > 91]) & new) - cases_with(steps.FUND_TALKS[2])


def missing_joint() -> set[str]:
    old = first(steps.REGISTERED) < "2024-01-01"
    long = stays()
    due = long > np.where(old.reindex(long.index), 183, 487)
    return set(long.index[due]) - cases_with(steps.JOINT_TALK)


def staff_changed() -> set[str]:
    """Cases in which two caseworkers of the team have acted, or a shift is on record."""
    frame = table()
    own = frame[(frame["aktør"] == "medarbejder") & (frame["enhed"] != steps.INTAKE)]
    numbers = own.groupby("sag_id")["medarbejder"].nunique()
    return set(numbers.index[numbers > 1]) | cases_with(steps.SHIFTED)


RECOUNTS: dict[AcademicPattern, Callable[[], set[str]]] = {
    P.CV_REJECTED: lambda: cases_with(steps.CV_REFUSED),
    P.MISSING_THIRD_TALK: missing_third,
    P.MISSING_JOINT_TALK: missing_joint,
    P.CASEWORKER_SHIFT: staff_changed,
    P.REFERRED: lambda: cases_with(steps.REFERRED),
    P.PROVIDER: lambda: cases_with(steps.ORDERED),
    P.OFFER: lambda: cases_with(steps.GRANTED),
    P.ABSENCE: lambda: cases_with(steps.ABSENT),
    P.NOTICE: lambda: cases_with(steps.NOTIFIED),
    P.LAW_BREAK: lambda: set(first(steps.REGISTERED).loc[lambda day: day < "2024-01-01"].index),
    P.MONTHLY_TRANSFER: lambda: cases_with(steps.TRANSFERRED),
    P.WEEKLY_DELIVERY: lambda: cases_with(steps.COURSE_STARTED),
    P.LEFT_FOR_JOB: lambda: cases_with(steps.LEFT[P.LEFT_FOR_JOB]),
    P.NO_SHOW: lambda: cases_with(steps.NO_SHOW),
    P.TALK_MOVED: lambda: cases_with(steps.MOVED),
    P.TALK_CANCELLED: lambda: cases_with(steps.CANCELLED),
}


@pytest.mark.parametrize("pattern", list(RECOUNTS))
def test_a_recount_finds_exactly_the_planted_cases(pattern: AcademicPattern) -> None:
    planted = academics().pattern(pattern)
    assert RECOUNTS[pattern]() == set(planted.cases)
    assert len(planted.cases) > 50


@pytest.mark.parametrize("pattern", list(AcademicPattern))
def test_every_pattern_has_its_share(pattern: AcademicPattern) -> None:
    planted = academics().pattern(pattern)
    assert planted.count / planted.eligible == pytest.approx(planted.per_mille / 1000, abs=0.025)


def test_the_log_is_as_large_as_the_domain_description_says() -> None:
    assert len(academics().cases) == 6_000
    assert academics().n_events == pytest.approx(140_000, rel=0.05)
    assert set(table()["aktivitet"]) == set(steps.ACTIVITIES)


def test_the_law_of_2024_divides_the_log() -> None:
    old, new = set(academics().pattern(P.LAW_BREAK).cases), cases_with(steps.REGISTERED)
    assert not old & cases_with(*steps.FUND_TALKS, steps.TRANSFERRED)
    with_fund = cases_with(steps.FUND_TALKS[0])
    young = set(table().loc[table()["målgruppe"] == YOUNG, "sag_id"])
    left_at_once = set(stays().loc[lambda days: days < 30].index)
    assert not (new - old - young - left_at_once) - with_fund
    both = pd.concat([first(steps.FUND_TALKS[0]), first(steps.PLAN_MADE)], axis=1, keys=["talk", "plan"], join="inner")
    assert (both["talk"].dt.normalize() == both["plan"].dt.normalize())[list(with_fund & set(both.index))].all()


def test_graduates_come_in_waves_and_slack_seasons_have_few_talks() -> None:
    arrivals = first(steps.REGISTERED)
    years = arrivals[(arrivals >= "2023-01-01") & (arrivals < "2026-01-01")].dt.month.value_counts()
    assert set(years.nlargest(3).index) == {2, 8, 9}
    assert set(years.nsmallest(2).index) == {7, 12}
    talks = table().loc[table()["aktivitet"] == steps.TALK, "tid"]
    whole = talks[(talks >= "2023-01-01") & (talks < "2026-01-01")]
    months = whole.dt.month.value_counts()
    assert months[7] < 0.6 * months.drop([7, 12]).min()


def test_the_fund_hands_over_on_the_first_of_a_month_and_providers_report_weekly() -> None:
    frame = table()
    transfers = frame[frame["aktivitet"] == steps.TRANSFERRED]
    assert (transfers["tid"].dt.day == 1).all()
    assert (transfers["timer"] > 410).all()
    assert not (first(steps.TRANSFERRED) - first(steps.REGISTERED).reindex(cases_with(steps.TRANSFERRED)) < pd.Timedelta(days=77)).any()
    reports = frame[frame["aktør"] == "anden aktør"]
    assert len(reports) == academics().pattern(P.WEEKLY_DELIVERY).count
    for provider, weekday in DELIVERY_WEEKDAYS.items():
        assert set(reports.loc[reports["enhed"] == provider, "tid"].dt.day_of_week) == {weekday}


def test_talks_are_held_in_office_hours_and_the_gaps_are_typical() -> None:
    frame = table()
    held = frame.loc[frame["aktivitet"].isin([steps.TALK, *steps.FUND_TALKS]), "tid"]
    closed = {day for year in range(2022, 2027) for day in public_holidays(year)}
    assert (held.dt.day_of_week < 5).all() and not set(held.dt.date) & closed
    assert held.dt.hour.between(8, 15).all()
    gap = (first(steps.CV_MADE) - first(steps.REGISTERED)).dt.days.median()
    assert gap == pytest.approx(5, abs=1)
    talk = (first(steps.FUND_TALKS[0]) - first(steps.REGISTERED)).dt.days.median()
    assert talk == pytest.approx(10, abs=2)
    closing = (first(steps.CLOSED).dt.normalize() - first(*LEAVING).dt.normalize()).dropna().dt.days
    assert closing.between(0, 30).all()


def test_events_of_a_case_never_lie_closer_than_two_minutes_nor_behind_the_extract() -> None:
    frame = table()
    assert frame.groupby("sag_id")["tid"].diff().min() > pd.Timedelta(minutes=2)
    assert frame.groupby(["sag_id", "aktivitet"])["tid"].diff().min() > pd.Timedelta(minutes=15)
    assert frame["tid"].max() <= EXTRACT + pd.Timedelta(hours=6)
    numbers = frame[frame["medarbejder"] != ""].groupby("medarbejder")["enhed"].nunique()
    assert (numbers.drop("SYSTEM") == 1).all()


def talks_within(cases: set[str], first_day: int, last_day: int, *activities: str) -> pd.Series:
    """Talks of each case in a span of days from its arrival."""
    frame = table()[table()["aktivitet"].isin(activities) & table()["sag_id"].isin(cases)]
    day = (frame["tid"].dt.normalize() - frame["sag_id"].map(first(steps.REGISTERED)).dt.normalize()).dt.days
    return frame[day.between(first_day, last_day)].groupby("sag_id").size().reindex(sorted(cases), fill_value=0)


def test_the_rules_of_the_law_are_kept_and_broken_in_it() -> None:
    arrived, stay = first(steps.REGISTERED), stays()
    half_a_year = set(stay.index[stay > 183])
    old = set(arrived.index[arrived < "2024-01-01"])
    young = set(table().loc[table()["målgruppe"] == YOUNG, "sag_id"])
    new = set(arrived.index[arrived.between("2024-01-01", "2026-07-01")]) - young
    within_two_weeks = (first(steps.CV_MADE).dt.normalize() - arrived.dt.normalize()).dropna().dt.days <= 14
    assert 0.85 < within_two_weeks.mean() < 0.99
    with_fund = (first(steps.FUND_TALKS[0]).dt.normalize() - arrived.dt.normalize()).dropna().dt.days <= 14
    assert 0.75 < with_fund.mean() < 0.95
    three_with_fund = talks_within(new & set(stay.index[stay > 91]), 0, 91, *steps.FUND_TALKS) >= 3
    assert 0.75 < three_with_fund.mean() < 0.9
    three_with_municipality = talks_within(new & half_a_year, 92, 183, steps.TALK) >= 3
    assert 0.02 < three_with_municipality.mean() < 0.9
    assert 0 < (talks_within(young & half_a_year, 0, 183, steps.TALK) >= 6).mean() < 1
    assert 0.05 < (talks_within(old & half_a_year, 0, 183, steps.TALK) >= 4).mean() < 0.95
    assert (arrived >= "2026-07-01").sum() > 300


def test_waits_are_as_the_truth_says() -> None:
    for gap in academics().gaps:
        both = pd.concat([first(gap.source), first(gap.target)], axis=1, keys=["one", "other"], join="inner")
        seconds = (both["other"] - both["one"]).dt.total_seconds()
        extra = 4 * 86_400 if gap.target == steps.COURSE_STARTED else 1.5 * 86_400
        assert gap.median_seconds * 0.7 < seconds.median() < gap.median_seconds * 1.3 + extra, gap


def test_the_spells_tell_of_unemployment_and_absence() -> None:
    spells = academics().spells
    absences = [spell for spell in spells if spell.state == "fravær"]
    assert len(absences) == academics().pattern(P.ABSENCE).count
    unemployed = {spell.case_id: spell for spell in spells if spell.state == "ledig"}
    left = first(*LEAVING)
    assert {case for case, spell in unemployed.items() if spell.last is not None} == set(left.index)


def test_the_same_seed_gives_the_same_events_on_every_machine() -> None:
    content = "\n".join(f"{event.activity};{event.time};{event.employee};{event.thing}" for made in academics().events for event in made)
    assert hashlib.sha256(content.encode()).hexdigest() == "1b7bd245c81a14fc60ad83f21f5b00bcafef6b1ed244cdd461caab8ee4803d37"
    assert make_academics(n_cases=300) == make_academics(n_cases=300)
    assert make_academics(seed=7, n_cases=300).events != make_academics(n_cases=300).events


def test_the_event_log_holds_the_same_events_and_arcs() -> None:
    log, clean = academics().event_log(), academics()
    assert (log.n_cases, log.n_events) == (6_000, clean.n_events)
    names = np.array(log.activities)[log.activity]
    inside = np.ones(log.n_events, bool)
    inside[log.offsets[1:-1]] = False
    pairs = pd.Series(pairwise(names))[inside[1:]].value_counts()
    assert pairs.to_dict() == dict(clean.arcs())


def test_any_seed_makes_a_log_also_where_a_citizen_never_comes_to_a_talk() -> None:
    for seed in (1, 11):
        log = make_academics(seed=seed, n_cases=600)
        assert len(log.cases) == 600
