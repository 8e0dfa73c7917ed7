"""Log B without its defects: the placements of the bundled demo's plans as they really happened, for extracts to be made from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from engine.demo import DEMO_NAME, DEMO_SEED
from engine.demo.clean_log import Actor, CaseFacts, CleanLog, Event, Planted, in_order, share
from engine.demo.draws import Draws
from engine.demo.placement_defects import NIGHT_UNTIL
from engine.demo.placement_plan import EXTRACTED_AT, SETTLED_BEFORE, SHARES, SOCIAL, TEAMS, CasePlan, Planting, plan_cases
from engine.demo.placement_trace import (
    CLOSED,
    COMPANY,
    DATE,
    ENDED,
    FOLLOWED_UP,
    GAPS,
    HOURS_CHANGED,
    INTERRUPTED,
    PLACED,
    PRINT_ROOM,
    REJECTED,
    RETURNED,
    REVIEW,
    STARTED,
    SYSTEM,
    PlacementTrace,
    Step,
)
from engine.demo.placements import FIRST_YEAR, LAST_YEAR, MEANINGS
from engine.demo.truth import Pattern
from engine.demo.working_time import DAY, HOUR, OPENS, WorkingTime, day_number
from engine.tasks import Task

STAFF = 9
ACTORS = {COMPANY: Actor.COMPANY, SYSTEM: Actor.SYSTEM, PRINT_ROOM: Actor.ROBOT}
USERS = {COMPANY: "", SYSTEM: "SYSTEM", PRINT_ROOM: "ROBOT1"}
UNITS = (*(team.unit for team, _ in TEAMS), REVIEW)
CLEANED_UP = "Center City"
"""Its teams close everything that has ended on every third Friday."""
SIGNS = {Pattern.RETURNED: RETURNED, Pattern.REJECTED: REJECTED}
SEEN_WITHIN = 60 * DAY
"""Within this time after its arrival nearly every application is returned or rejected that will be."""
FIRST_CITIZEN = 3_000
"""Citizens 3,001 to 6,000 are those of log A as well."""
HOURS = ((3700, 46), (3000, 18), (2500, 12), (2000, 10), (1850, 8), (3250, 6))


def make_clean_placements(seed: int = DEMO_SEED, n_cases: int | None = None, task: Task | None = None) -> CleanLog:
    """Make the log from a seed: the same seed gives the same events on every machine.

    n_cases: only the last so many for a try, without `planted`, which tells of shares of the whole.
    """
    task = task or Task()
    calendar = WorkingTime(FIRST_YEAR, LAST_YEAR)
    everyone, planting = plan_cases(seed, calendar)
    citizens = [plan for plan in everyone if not plan.test_citizen][-(n_cases or 0) :]
    draws, habits = Draws(seed + 1), Draws(seed + 3)
    plans = [msgspec.structs.replace(plan, case_id=f"PLAC-{n:05d}", missing_end=False) for n, plan in enumerate(citizens, start=1)]
    plans = _to_the_end(plans, habits)
    events: list[tuple[Event, ...]] = []
    for plan in plans:
        task.check()
        steps = PlacementTrace(plan, draws, calendar).run()
        events.append(in_order(_happened(plan, steps, habits), EXTRACTED_AT))
    return CleanLog(
        letter="B",
        name=DEMO_NAME,
        seed=seed,
        extracted_at=EXTRACTED_AT,
        cases=tuple(_facts(number, plan) for number, plan in enumerate(plans, start=1)),
        events=tuple(events),
        planted=() if n_cases else tuple(_planted(plans, planting, events)),
        gaps=GAPS,
    )


def employee_number(unit: str, member: int) -> str:
    """The number of a member of a unit; 0 is the account that the whole unit cleans up with. No number occurs in two units."""
    return f"P{(UNITS.index(unit) + 1) * 100 + member:04d}"


def _to_the_end(plans: list[CasePlan], draws: Draws) -> list[CasePlan]:
    """Applications are returned and rejected until the extract: for that, some earlier cases are spared. The share stays what it is."""
    result = list(plans)
    for pattern in SIGNS:
        first, last = day_number(SETTLED_BEFORE) * DAY, EXTRACTED_AT - SEEN_WITHIN
        recent = [i for i, plan in enumerate(result) if first <= plan.arrival < last]
        holders = [i for i, plan in enumerate(result) if plan.patterns == {pattern}]
        n = min(share(len(recent), SHARES[pattern]), len(holders))
        for i in sorted(draws.sample(recent, n)):
            result[i] = msgspec.structs.replace(result[i], patterns=result[i].patterns | {pattern})
        for i in sorted(draws.sample(holders, n)):
            result[i] = msgspec.structs.replace(result[i], patterns=frozenset())
    return result


def _facts(number: int, plan: CasePlan) -> CaseFacts:
    benefit = "kontanthjælp" if plan.group == SOCIAL else "dagpenge"
    return CaseFacts(plan.case_id, plan.group, benefit, citizen=FIRST_CITIZEN + number, company=plan.production_unit % 900)


def _happened(plan: CasePlan, steps: Sequence[Step], habits: Draws) -> Iterable[Event]:
    """The steps as they happened: offers begin and end in the morning, jobs run by day, nothing shares its second with others."""
    member = habits.between(1, STAFF)
    end = next((step.time for step in steps if step.activity in (ENDED, INTERRUPTED)), None)
    follow_ups = 0
    for step in steps:
        event = _event(step, member, habits)
        if step.activity == STARTED:
            event = msgspec.structs.replace(event, end=None if end is None else end // DAY * DAY)
        elif step.activity == FOLLOWED_UP:
            follow_ups += 1
            later = habits.between(0, 50) * 300 if step.time % DAY == OPENS else 0
            event = msgspec.structs.replace(event, time=event.time // 300 * 300 + later, thing=f"O{plan.case_id[-5:]}-{follow_ups}")
        yield event


def _event(step: Step, member: int, habits: Draws) -> Event:
    cleaned_up = step.activity == CLOSED and step.unit.startswith(CLEANED_UP)
    return Event(
        activity=step.activity,
        time=_moment(step, cleaned_up, habits),
        unit=step.unit,
        actor=ACTORS.get(step.unit, Actor.EMPLOYEE),
        employee=USERS[step.unit] if step.unit in USERS else employee_number(step.unit, 0 if cleaned_up else member),
        thing="" if step.production_unit is None else f"P{step.production_unit}",
        hours=habits.pick(HOURS) if step.activity in (PLACED, HOURS_CHANGED) else None,
    )


def _moment(step: Step, cleaned_up: bool, habits: Draws) -> int:
    day, second = divmod(step.time, DAY)
    if step.precision == DATE:
        return step.time + habits.between(7 * HOUR, 7 * HOUR + 3000)
    if second < NIGHT_UNTIL:
        return day * DAY + habits.between(6 * HOUR + 1800, 7 * HOUR)
    if cleaned_up or step.unit == PRINT_ROOM:
        return step.time + habits.between(1, 3500)
    return step.time + habits.between(1, 280) if second == OPENS else step.time


def _planted(plans: Sequence[CasePlan], planting: Planting, events: Sequence[Sequence[Event]]) -> Iterable[Planted]:
    for pattern in Pattern:
        kinds = {pattern, Pattern.LATE_PLACEMENT} if pattern is Pattern.LATE_PLAN else {pattern}
        cases = tuple(plan.case_id for plan in plans if kinds & plan.patterns)
        if pattern in SIGNS:
            shown = zip(plans, events, strict=True)
            cases = tuple(plan.case_id for plan, made in shown if any(event.activity == SIGNS[pattern] for event in made))
        yield Planted(pattern, MEANINGS[pattern], "cases", SHARES[pattern], planting.eligible[pattern], len(cases), cases)
