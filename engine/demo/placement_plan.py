"""What is planned for every case of the placements log before its events are made: team, arrival, group, and the planted patterns."""

from __future__ import annotations

from bisect import bisect_right
from datetime import date, timedelta
from itertools import accumulate

from msgspec import Struct

from engine.demo.draws import Draws
from engine.demo.truth import Pattern, TeamPractice
from engine.demo.working_time import DAY, HOUR, WorkingTime, day_number

N_CASES = 9_000
N_TEST_CITIZENS = 12
FIRST_ARRIVAL, LAST_ARRIVAL = date(2024, 1, 2), date(2026, 10, 16)
SETTLED_BEFORE = date(2026, 7, 1)
"""Patterns are planted in cases that arrived before this day: their whole course lies before the extract."""

EXTRACT_DAY = date(2026, 11, 2)
EXTRACTED_AT = day_number(EXTRACT_DAY) * DAY + 6 * HOUR

MONTH_WEIGHTS = (11, 10, 10, 9, 9, 8, 3, 10, 11, 10, 9, 4)
WEEKDAY_WEIGHTS = (24, 22, 20, 20, 14, 0, 0)

TEAMS = (
    (TeamPractice("Center Nord, team 1", 1600, True, True), 11),
    (TeamPractice("Center Nord, team 2", 1750, True, False), 10),
    (TeamPractice("Center Nord, team 3", 1500, False, False), 9),
    (TeamPractice("Center Syd, team 1", 1150, False, True), 10),
    (TeamPractice("Center Syd, team 2", 1200, True, False), 9),
    (TeamPractice("Center Syd, team 3", 1050, False, False), 7),
    (TeamPractice("Center Vest, team 1", 850, False, True), 11),
    (TeamPractice("Center Vest, team 2", 900, True, False), 11),
    (TeamPractice("Center City, team 1", 700, True, False), 12),
    (TeamPractice("Center City, team 2", 800, False, False), 10),
)

BENEFIT, SOCIAL, GRADUATE, SENIOR = (
    "dagpengemodtager", "jobparat kontanthjælpsmodtager", "dimittend uden job i faget", "over 50 år og over 12 måneder",
)  # fmt: skip
GROUPS = ((BENEFIT, 45), (SOCIAL, 25), (GRADUATE, 18), (SENIOR, 12))
LIMIT_DAYS = {BENEFIT: 28, SOCIAL: 28, GRADUATE: 56, SENIOR: 56}

SHARES = {
    Pattern.RETURNED: 180,
    Pattern.REJECTED: 70,
    Pattern.NEVER_PLACED: 15,
    Pattern.CANCELLED: 60,
    Pattern.INTERRUPTED: 90,
    Pattern.EXTENDED: 120,
    Pattern.HOURS_CHANGED: 80,
    Pattern.LATE_PLACEMENT: 140,
    Pattern.LATE_PLAN: 220,
    Pattern.SAME_DAY_PLAN: 20,
    Pattern.NO_DECISION_LETTER: 60,
    Pattern.OVERLONG: 40,
    Pattern.DOUBLE_PLACEMENT: 20,
    Pattern.WRONG_PRODUCTION_UNIT: 30,
}
"""Planted shares in per mille of the cases in which the pattern can occur."""

MISSING_END_PER_MILLE = 80


class CasePlan(Struct, frozen=True):
    """One case before it runs; arrival is a moment of local time (seconds). limit_days: the longest offer the group allows."""

    case_id: str
    team: TeamPractice
    arrival: int
    group: str
    limit_days: int
    found_by_citizen: bool
    notes_every_step: bool
    patterns: frozenset[Pattern]
    missing_end: bool
    test_citizen: bool
    production_unit: int


class Planting(Struct, frozen=True):
    """Which case numbers were chosen, and among how many."""

    chosen: dict[Pattern, frozenset[int]]
    eligible: dict[Pattern, int]
    missing_end: frozenset[int]


def arrival_days(draws: Draws, calendar: WorkingTime, n: int) -> list[int]:
    """n sorted arrival days by month and weekday: fewer in July and at Christmas."""
    days = [FIRST_ARRIVAL + timedelta(i) for i in range((LAST_ARRIVAL - FIRST_ARRIVAL).days + 1)]
    weighted = [
        (day_number(day), MONTH_WEIGHTS[day.month - 1] * WEEKDAY_WEIGHTS[day.weekday()])
        for day in days
        if calendar.is_working_day(day_number(day))
    ]
    edges = list(accumulate(weight for _, weight in weighted))
    return sorted(weighted[bisect_right(edges, draws.below(edges[-1]))][0] for _ in range(n))


def plant(draws: Draws, arrivals: list[int]) -> Planting:
    """Choose the cases of every pattern: exactly the planted share of those in which it can occur.

    A plan is late in the cases of a late placement as well; those are not chosen a second time.
    """
    everyone = frozenset(range(N_TEST_CITIZENS, N_CASES))
    settled = frozenset(i for i in everyone if arrivals[i] < day_number(SETTLED_BEFORE))
    chosen: dict[Pattern, frozenset[int]] = {}
    eligible: dict[Pattern, int] = {}

    def choose(pattern: Pattern, base: frozenset[int], besides: frozenset[int] = frozenset(), already: int = 0) -> None:
        n = round(len(base) * SHARES[pattern] / 1000) - already
        chosen[pattern] = draws.sample(sorted((base & settled) - besides), n)
        eligible[pattern] = len(base)

    choose(Pattern.RETURNED, everyone)
    choose(Pattern.REJECTED, everyone)
    approved = everyone - chosen[Pattern.REJECTED]
    choose(Pattern.NEVER_PLACED, approved)
    placed = approved - chosen[Pattern.NEVER_PLACED]
    choose(Pattern.DOUBLE_PLACEMENT, placed)
    choose(Pattern.WRONG_PRODUCTION_UNIT, placed)
    choose(Pattern.CANCELLED, placed)
    started = placed - chosen[Pattern.CANCELLED]
    choose(Pattern.INTERRUPTED, started)
    choose(Pattern.EXTENDED, started, chosen[Pattern.INTERRUPTED])
    choose(Pattern.OVERLONG, started, chosen[Pattern.INTERRUPTED])
    choose(Pattern.HOURS_CHANGED, started)
    choose(Pattern.NO_DECISION_LETTER, started, chosen[Pattern.HOURS_CHANGED])
    choose(Pattern.LATE_PLACEMENT, started)
    late = chosen[Pattern.LATE_PLACEMENT]
    choose(Pattern.LATE_PLAN, started, late, already=len(late))
    choose(Pattern.SAME_DAY_PLAN, started, late | chosen[Pattern.LATE_PLAN])
    whole = (started & settled) - chosen[Pattern.INTERRUPTED] - chosen[Pattern.OVERLONG]
    missing = draws.sample(sorted(whole), round(len(started) * MISSING_END_PER_MILLE / 1000))
    return Planting(chosen, eligible, missing)


def plan_cases(seed: int, calendar: WorkingTime) -> tuple[list[CasePlan], Planting]:
    """The plans of all cases, numbered by arrival."""
    draws = Draws(seed)
    arrivals = arrival_days(draws, calendar, N_CASES)
    test_days = arrivals[:: N_CASES // N_TEST_CITIZENS][:N_TEST_CITIZENS]
    arrivals = test_days + arrivals[N_TEST_CITIZENS:]
    planting = plant(draws, arrivals)
    order = sorted(range(N_CASES), key=lambda i: (arrivals[i], i))
    plans = [_plan_case(draws, number + 1, i, arrivals[i], planting) for number, i in enumerate(order)]
    return plans, planting


def _plan_case(draws: Draws, number: int, i: int, day: int, planting: Planting) -> CasePlan:
    team = draws.pick(TEAMS)
    test_citizen = i < N_TEST_CITIZENS
    if test_citizen:
        team = TeamPractice("Testenhed", 1000, False, False)
    group = draws.pick(GROUPS)
    return CasePlan(
        case_id=f"PLAC-{number:05d}",
        team=team,
        arrival=day * DAY + draws.between(8 * HOUR, 15 * HOUR),
        group=group,
        limit_days=LIMIT_DAYS[group],
        found_by_citizen=draws.chance(700),
        notes_every_step=draws.chance(560 if team.notes_every_step else 15),
        patterns=frozenset(pattern for pattern, cases in planting.chosen.items() if i in cases),
        missing_end=i in planting.missing_end,
        test_citizen=test_citizen,
        production_unit=draws.between(1_003_000_000, 1_030_000_000),
    )
