"""Log A, "Akademikerområdet": 6,000 synthetic contact courses from a seed, with what was planted in them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from engine.demo import academic_trace as steps
from engine.demo.academic_plan import (
    BENEFIT,
    BOOKING_SHARES,
    DELIVERY_WEEKDAYS,
    LAW_BREAK,
    N_CASES,
    PAID_HOURS,
    PEAK_MONTHS,
    REASONS,
    SHARES,
    THIRD_TALK_DAYS,
    AcademicPattern,
    AcademicPlan,
    plan_academics,
)
from engine.demo.clean_log import Actor, CaseFacts, CleanLog, Event, Planted, Spell, calendar_date, in_order, is_slack
from engine.demo.draws import Draws
from engine.demo.placement_plan import EXTRACTED_AT
from engine.demo.working_time import DAY, WorkingTime
from engine.tasks import Task

NAME = "Akademikerområdet"
SEED = 20260106
FIRST_YEAR, LAST_YEAR = 2021, 2029
P = AcademicPattern

MEANINGS = {
    P.ARRIVAL_PEAKS: "Arrivals peak after graduation: in the named months.",
    P.SLACK_SEASONS: "Few talks are held in July and from 20 December to 2 January: most are put off.",
    P.LAW_BREAK: "Who arrived before the named day has no talks in the unemployment fund and is not handed over.",
    P.MONTHLY_TRANSFER: "Handed over to the municipality on the first of a month, after more than the named paid hours.",
    P.WEEKLY_DELIVERY: "The provider's events arrive once a week, on its weekday (Monday is 0).",
    P.CV_REJECTED: "The CV was refused once, mended and approved.",
    P.MISSING_THIRD_TALK: "In the fund's care for more than the named days, but never a third talk.",
    P.MISSING_JOINT_TALK: "Unemployed beyond the limit for the joint talk with the fund, but none was held.",
    P.CASEWORKER_SHIFT: "The case changed its caseworker.",
    P.TALK_MOVED: "The talk was moved.",
    P.TALK_CANCELLED: "The talk was cancelled and booked again.",
    P.NO_SHOW: "The citizen did not come; the talk was booked again.",
    P.REFERRED: "Referred as a candidate to a job order.",
    P.PROVIDER: "A course was ordered from a provider.",
    P.OFFER: "An offer was granted.",
    P.ABSENCE: "Absence was registered.",
    P.NOTICE: "The fund was notified.",
    P.LEFT_FOR_JOB: "Deregistered for a job.",
    P.LEFT_BENEFIT_EXPIRED: "Deregistered because the benefit expired.",
    P.LEFT_OTHERWISE: "Deregistered for another reason.",
}
SIGNS = {
    P.TALK_MOVED: steps.MOVED,
    P.TALK_CANCELLED: steps.CANCELLED,
    P.NO_SHOW: steps.NO_SHOW,
    **steps.LEFT,
}
"""Patterns that are drawn booking by booking or case by case show as an activity."""


def make_academics(seed: int = SEED, n_cases: int = N_CASES, task: Task | None = None) -> CleanLog:
    """Make the log from a seed: the same seed gives the same events on every machine."""
    task = task or Task()
    calendar = WorkingTime(FIRST_YEAR, LAST_YEAR)
    plans, eligible = plan_academics(seed, n_cases)
    draws = Draws(seed + 1)
    events: list[tuple[Event, ...]] = []
    for plan in plans:
        task.check()
        events.append(in_order(steps.AcademicTrace(plan, draws, calendar).run(), EXTRACTED_AT))
    return CleanLog(
        letter="A",
        name=NAME,
        seed=seed,
        extracted_at=EXTRACTED_AT,
        cases=tuple(CaseFacts(plan.case_id, plan.group, BENEFIT, citizen=plan.number) for plan in plans),
        events=tuple(events),
        planted=_planted(plans, eligible, events),
        gaps=steps.GAPS,
        spells=tuple(spell for plan, made in zip(plans, events, strict=True) for spell in _spells(plan, made)),
    )


def _planted(plans: Sequence[AcademicPlan], eligible: dict[AcademicPattern, int], events: Sequence[Sequence[Event]]) -> tuple[Planted, ...]:
    chosen = [
        _told(pattern, SHARES[pattern], eligible[pattern], [plan.case_id for plan in plans if pattern in plan.patterns])
        for pattern in SHARES
    ]
    return (*_seasons(plans, events), *_laws(plans, events), *chosen, *_drawn(plans, events))


def _told(
    pattern: AcademicPattern, per_mille: int, eligible: int, cases: list[str], counted: str = "cases", **parameters: int | str
) -> Planted:
    """A planted pattern from its cases, one for every time it occurs."""
    if pattern is P.MISSING_THIRD_TALK:
        parameters = {"days": THIRD_TALK_DAYS}
    return Planted(pattern, MEANINGS[pattern], counted, per_mille, eligible, len(cases), tuple(sorted(set(cases))), parameters)


def _cases_of(plans: Sequence[AcademicPlan], events: Sequence[Sequence[Event]], sign: Callable[[Event], bool]) -> list[str]:
    """The case of every event that shows the sign."""
    return [plan.case_id for plan, made in zip(plans, events, strict=True) for event in made if sign(event)]


def _seasons(plans: Sequence[AcademicPlan], events: Sequence[Sequence[Event]]) -> Iterable[Planted]:
    peaks = [plan.case_id for plan in plans if calendar_date(plan.day).month in PEAK_MONTHS]
    yield _told(P.ARRIVAL_PEAKS, round(1000 * len(peaks) / len(plans)), len(plans), peaks, months=" ".join(map(str, PEAK_MONTHS)))
    talks = _cases_of(plans, events, lambda event: event.activity == steps.TALK)
    slack = _cases_of(plans, events, lambda event: event.activity == steps.TALK and is_slack(event.time // DAY))
    yield _told(P.SLACK_SEASONS, round(1000 * len(slack) / len(talks)), len(talks), slack, "talks")


def _laws(plans: Sequence[AcademicPlan], events: Sequence[Sequence[Event]]) -> Iterable[Planted]:
    old = [plan.case_id for plan in plans if plan.old_law]
    yield _told(P.LAW_BREAK, round(1000 * len(old) / len(plans)), len(plans), old, day=LAW_BREAK.isoformat())
    handed_over = _cases_of(plans, events, lambda event: event.activity == steps.TRANSFERRED)
    yield _told(P.MONTHLY_TRANSFER, 1000, len(handed_over), handed_over, "events", hours=PAID_HOURS)
    delivered = _cases_of(plans, events, lambda event: event.actor is Actor.PROVIDER)
    yield _told(P.WEEKLY_DELIVERY, 1000, len(delivered), delivered, "events", **DELIVERY_WEEKDAYS)


def _drawn(plans: Sequence[AcademicPlan], events: Sequence[Sequence[Event]]) -> Iterable[Planted]:
    bookings = len(_cases_of(plans, events, lambda event: event.activity == steps.BOOKED))
    left = len(_cases_of(plans, events, lambda event: event.activity in steps.LEFT.values()))
    for pattern, per_mille in (*BOOKING_SHARES.items(), *REASONS):
        booking = pattern in BOOKING_SHARES
        found = _cases_of(plans, events, lambda event, sign=SIGNS[pattern]: event.activity == sign)  # type: ignore[misc]
        yield _told(pattern, per_mille, bookings if booking else left, found, "bookings" if booking else "deregistrations")


def _spells(plan: AcademicPlan, events: Sequence[Event]) -> Iterable[Spell]:
    """Unemployment with its benefit, and absences, as the benefit system has them."""
    left = any(event.activity in steps.LEFT.values() for event in events)
    for state in ("ledig", BENEFIT):
        yield Spell(plan.case_id, state, plan.day, plan.leaves if left else None)
    for event in events:
        if event.activity == steps.ABSENT:
            last = None if event.end is None or event.end > EXTRACTED_AT else event.end // DAY
            yield Spell(plan.case_id, "fravær", event.time // DAY, last)
