"""Log B without its defects: the patterns of the bundled demo are there, and nothing of its registration's faults."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache

import pandas as pd
import pytest

from engine.demo import placement_trace as steps
from engine.demo.clean_log import CleanLog
from engine.demo.clean_placements import make_clean_placements
from engine.demo.placement_plan import LIMIT_DAYS
from engine.demo.truth import Pattern
from tests.demo_tables import events_of


@cache
def placements() -> CleanLog:
    return make_clean_placements()


@cache
def table() -> pd.DataFrame:
    return events_of(placements())


def first(activity: str) -> pd.Series:
    frame = table()
    return frame[frame["aktivitet"] == activity].groupby("sag_id")["tid"].min()


def cases_with(activity: str) -> set[str]:
    return set(first(activity).index)


def days_between(one: str, other: str) -> pd.Series:
    """Days from one step to the other in cases that have both."""
    both = pd.concat([first(one).dt.normalize(), first(other).dt.normalize()], axis=1, keys=["one", "other"], join="inner")
    return (both["other"] - both["one"]).dt.days


def overlong() -> set[str]:
    """Offers that last longer than the group's limit; their ends are known when they begin, and some lie behind the extract."""
    started = table()[table()["aktivitet"] == steps.STARTED].set_index("sag_id")
    days = (started["slut"] - started["tid"].dt.normalize()).dt.days
    limit = table().groupby("sag_id")["målgruppe"].first().map(LIMIT_DAYS)
    return set(days.index[days > limit[days.index]])


def several_units() -> set[str]:
    frame = table()
    numbers = frame[frame["objekt"].str.startswith("P")].groupby("sag_id")["objekt"].nunique()
    return set(numbers.index[numbers > 1])


def twice(activity: str) -> set[str]:
    counts = table().loc[table()["aktivitet"] == activity].groupby("sag_id").size()
    return set(counts.index[counts > 1])


RECOUNTS: dict[Pattern, Callable[[], set[str]]] = {
    Pattern.RETURNED: lambda: cases_with(steps.RETURNED),
    Pattern.REJECTED: lambda: cases_with(steps.REJECTED),
    Pattern.CANCELLED: lambda: cases_with(steps.CANCELLED),
    Pattern.INTERRUPTED: lambda: cases_with(steps.INTERRUPTED),
    Pattern.EXTENDED: lambda: cases_with(steps.EXTENDED),
    Pattern.HOURS_CHANGED: lambda: cases_with(steps.HOURS_CHANGED),
    Pattern.LATE_PLACEMENT: lambda: set(days_between(steps.STARTED, steps.PLACED).loc[lambda days: days > 0].index),
    Pattern.LATE_PLAN: lambda: set(days_between(steps.STARTED, steps.PLANNED).loc[lambda days: days > 0].index),
    Pattern.SAME_DAY_PLAN: lambda: set(days_between(steps.STARTED, steps.PLANNED).loc[lambda days: days == 0].index),
    Pattern.NO_DECISION_LETTER: lambda: cases_with(steps.STARTED) - cases_with(steps.DECIDED),
    Pattern.OVERLONG: overlong,
    Pattern.DOUBLE_PLACEMENT: lambda: twice(steps.PLACED),
    Pattern.WRONG_PRODUCTION_UNIT: several_units,
}


@pytest.mark.parametrize("pattern", list(RECOUNTS))
def test_the_patterns_of_the_bundled_demo_are_planted_in_it(pattern: Pattern) -> None:
    planted = placements().pattern(pattern)
    assert RECOUNTS[pattern]() == set(planted.cases)
    assert planted.count / planted.eligible == pytest.approx(planted.per_mille / 1000, abs=0.001)


def test_every_offer_that_began_long_ago_has_an_end_and_nothing_lies_ahead() -> None:
    started, frame = first(steps.STARTED), table()
    ended = cases_with(steps.ENDED) | cases_with(steps.INTERRUPTED)
    assert set(started.index[started < "2026-07-01"]) <= ended
    assert frame["tid"].max() <= pd.Timestamp("2026-11-02 06:00")
    assert frame.loc[frame["aktivitet"] == steps.STARTED, "slut"].notna().all()


def test_nobody_works_by_night_and_every_employee_belongs_to_one_unit() -> None:
    frame = table()
    assert frame["tid"].dt.hour.between(6, 22).all()
    people = frame[~frame["medarbejder"].isin(["", "SYSTEM"])]
    assert (people.groupby("medarbejder")["enhed"].nunique() == 1).all()
    assert frame.groupby("sag_id")["tid"].diff().min() > pd.Timedelta(minutes=2)


def test_the_same_seed_gives_the_same_events_on_every_machine() -> None:
    content = "\n".join(f"{event.activity};{event.time};{event.employee};{event.thing}" for made in placements().events for event in made)
    assert hashlib.sha256(content.encode()).hexdigest() == "a355ee30d2800f8d929b95a377baef529fe723ae08cc29c8fb8fc23b1c6ec8a4"
    assert make_clean_placements(n_cases=100) == make_clean_placements(n_cases=100)


def test_a_try_holds_the_last_cases_and_no_shares_of_the_whole() -> None:
    few = make_clean_placements(n_cases=100)
    assert len(few.cases) == 100
    assert few.planted == ()
    assert min(made[0].time for made in few.events) > placements().events[8_000][0].time
