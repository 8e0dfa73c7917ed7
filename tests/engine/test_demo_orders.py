"""Log C reads like the recruitment requests of companies: what was planted is what an independent count of its events finds."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache

import numpy as np
import pandas as pd
import pytest

from engine.demo import order_trace as steps
from engine.demo.clean_log import CleanLog
from engine.demo.order_plan import OrderPattern
from engine.demo.orders import make_orders
from engine.demo.working_time import public_holidays
from tests.demo_tables import events_of

P = OrderPattern
CLOSINGS = (steps.EXPIRED, steps.INACTIVATED)


@cache
def orders() -> CleanLog:
    return make_orders()


@cache
def table() -> pd.DataFrame:
    return events_of(orders())


def times(*activities: str) -> pd.Series:
    frame = table()
    return frame[frame["aktivitet"].isin(activities)].groupby("sag_id")["tid"].min()


def cases_with(*activities: str) -> set[str]:
    return set(times(*activities).index)


def settled() -> set[str]:
    return set(times(steps.RECEIVED).loc[lambda day: day < "2026-08-01"].index)


def late_candidates() -> set[str]:
    frame = table()
    deadline = frame[frame["aktivitet"] == steps.ORDERED].set_index("sag_id")["slut"]
    referred = frame[frame["aktivitet"] == steps.REFERRED]
    late = referred["tid"].dt.normalize() > referred["sag_id"].map(deadline)
    return set(referred.loc[late, "sag_id"])


def duplicates() -> set[str]:
    """Two requests of one employer for one job within two weeks, at two centres."""
    facts = pd.DataFrame([(case.case_id, case.company, case.title, case.group) for case in orders().cases])
    facts.columns = pd.Index(["sag_id", "firma", "stilling", "center"])
    facts["tid"] = facts["sag_id"].map(times(steps.RECEIVED))
    pairs = facts.merge(facts, on=["firma", "stilling"])
    gap = (pairs["tid_y"] - pairs["tid_x"]).abs() < pd.Timedelta(days=14)
    return set(pairs.loc[gap & (pairs["center_x"] != pairs["center_y"]), "sag_id_x"])


def at_quarter_end() -> set[str]:
    frame = table()
    closed = frame[frame["aktivitet"].isin(CLOSINGS) & frame["sag_id"].isin(settled() - cases_with(steps.FILLED))]
    day = closed["tid"].dt.normalize()
    last = day + pd.offsets.QuarterEnd(0)
    weekday = last.map(lambda end: end if end.weekday() < 5 else end - pd.offsets.BDay(1))
    easter = weekday.where(weekday != pd.Timestamp("2024-03-29"), pd.Timestamp("2024-03-27"))
    return set(closed.loc[day == easter, "sag_id"])


def repeated(activity: str) -> set[str]:
    frame = table()
    counts = frame[frame["aktivitet"] == activity].groupby("sag_id").size()
    return set(counts.index[counts > 1])


RECOUNTS: dict[OrderPattern, Callable[[], set[str]]] = {
    P.NO_CANDIDATE: lambda: settled() - cases_with(steps.SUGGESTED),
    P.LATE_CANDIDATE: late_candidates,
    P.DUPLICATE_ORDER: duplicates,
    P.QUARTER_END: at_quarter_end,
    P.PING_PONG: lambda: repeated(steps.TO_REGIONAL) & repeated(steps.BACK),
    P.REMINDED: lambda: cases_with(steps.REMINDED),
    P.FILLED: lambda: cases_with(steps.FILLED, steps.HIRED),
    P.EXPIRED: lambda: cases_with(steps.EXPIRED),
    P.CANCELLED: lambda: cases_with(steps.CANCELLED),
    P.INACTIVATED: lambda: cases_with(steps.INACTIVATED) - cases_with(steps.FILLED),
    P.ORDERED_TO_APPLY: lambda: cases_with(steps.TOLD_TO_APPLY),
}


@pytest.mark.parametrize("pattern", list(OrderPattern))
def test_a_recount_finds_exactly_the_planted_cases(pattern: OrderPattern) -> None:
    planted = orders().pattern(pattern)
    assert RECOUNTS[pattern]() == set(planted.cases)
    drawn = pattern is P.ORDERED_TO_APPLY
    assert planted.count / planted.eligible == pytest.approx(planted.per_mille / 1000, abs=0.02 if drawn else 0.001)


def test_the_log_is_as_large_as_the_domain_description_says() -> None:
    assert len(orders().cases) == 2_500
    assert orders().n_events == pytest.approx(45_000, rel=0.06)
    assert set(table()["aktivitet"]) == set(steps.ACTIVITIES)
    per_case = table()[table()["aktivitet"] == steps.SUGGESTED].groupby("sag_id").size()
    assert per_case.max() == 8


def test_candidates_go_to_the_centres_in_the_morning_and_closings_pile_up() -> None:
    frame = table()
    sent = frame.loc[frame["aktivitet"] == steps.SENT, "tid"]
    assert (sent.dt.hour == 8).all() and set(sent.dt.day_of_week) == {1}
    bulk = frame[frame["medarbejder"] == "ROBOT7"].groupby(frame["tid"].dt.normalize()).size()
    assert len(bulk) == 11
    assert bulk.sum() == orders().pattern(P.QUARTER_END).count


def test_every_hired_candidate_was_referred_and_met_before() -> None:
    frame = table()
    met = frame[frame["aktivitet"].isin([steps.REFERRED, steps.INTERVIEW, steps.HIRED])]
    by_candidate = met.pivot_table(index="objekt", columns="aktivitet", values="tid", aggfunc="min").dropna(subset=[steps.HIRED])
    assert (by_candidate[steps.REFERRED] < by_candidate[steps.INTERVIEW]).all()
    assert (by_candidate[steps.INTERVIEW] < by_candidate[steps.HIRED]).all()
    answer = (times(steps.ANSWERED) - times(steps.REFERRED)).dt.days.median()
    assert answer == pytest.approx(6, abs=1.5)


def test_waits_are_as_the_truth_says() -> None:
    for gap in orders().gaps:
        both = pd.concat([times(gap.source), times(gap.target)], axis=1, keys=["one", "other"], join="inner")
        days = [series.to_numpy("datetime64[D]") for series in (both["one"], both["other"])]
        if gap.clock == "office":
            median = np.median(np.busday_count(*days, holidays=[day for year in range(2024, 2027) for day in public_holidays(year)]))
            assert median == pytest.approx(gap.median_seconds / 28_800, abs=0.6), gap
        else:
            assert np.median(days[1] - days[0]) / np.timedelta64(1, "D") == pytest.approx(gap.median_seconds / 86_400, rel=0.25), gap


def test_events_keep_their_distance_and_staff_its_unit() -> None:
    frame = table()
    assert frame.groupby("sag_id")["tid"].diff().min() > pd.Timedelta(minutes=2)
    assert frame.groupby(["sag_id", "aktivitet"])["tid"].diff().min() > pd.Timedelta(minutes=15)
    people = frame[(frame["medarbejder"] != "") & (frame["medarbejder"] != "SYSTEM")]
    assert (people.groupby("medarbejder")["enhed"].nunique() == 1).all()


def test_the_same_seed_gives_the_same_events_on_every_machine() -> None:
    content = "\n".join(f"{event.activity};{event.time};{event.employee};{event.thing}" for made in orders().events for event in made)
    assert hashlib.sha256(content.encode()).hexdigest() == "a784895b352c411bbea76f3014d8b75b1d1e7c0792b381f320a3f4fa9da3480f"
    assert make_orders(n_cases=200) == make_orders(n_cases=200)
    assert make_orders(seed=7, n_cases=200).events != make_orders(n_cases=200).events
