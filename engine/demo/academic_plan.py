"""What is planned for every contact course of log A before its events are made: era, end, unit, and the planted patterns."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from msgspec import Struct

from engine.demo.clean_log import arrival_days, calendar_date, share
from engine.demo.draws import Draws, Wait
from engine.demo.placement_plan import EXTRACT_DAY
from engine.demo.working_time import DAY, HOUR, day_number

N_CASES = 6_000
PERIOD = (date(2022, 7, 1), date(2026, 10, 16))
LAW_BREAK = date(2024, 1, 1)
"""Who arrives from this day on has the first talks with the unemployment fund and is handed over after more than 410 paid hours."""

MONTH_WEIGHTS = (9, 17, 10, 7, 7, 8, 5, 16, 17, 9, 8, 4)
PEAK_MONTHS = (2, 8, 9)
"""Graduates come after the examinations of January and June."""
WEEKDAY_WEIGHTS = (26, 19, 17, 16, 12, 4, 6)

GRADUATE, ACADEMIC, YOUNG = "dimittend", "ledig akademiker", "§ 27, stk. 3 (under 25 år uden uddannelse)"
GROUPS = ((GRADUATE, 40), (ACADEMIC, 58), (YOUNG, 2))
BENEFIT = "dagpenge"

TEAMS = (
    ("Akademikercenter, team 1", 20),
    ("Akademikercenter, team 2", 18),
    ("Akademikercenter, team 3", 16),
    ("Center City, team 1", 14),
    ("Center City, team 2", 12),
    ("Center Vest, team 1", 10),
    ("Center Nord, team 1", 10),
)
STAFF = 9
"""Caseworkers in each team."""
PROVIDERS = (("Anden aktør Kompas", 85), ("Anden aktør Broen", 15))
DELIVERY_WEEKDAYS = {"Anden aktør Kompas": 0, "Anden aktør Broen": 3}
"""On which day of the week (Monday is 0) a provider's log arrives, the whole week at once."""
FUNDS = (("A-kasse 1", 50), ("A-kasse 2", 30), ("A-kasse 3", 20))

STAY = Wait(176 * DAY, 440 * DAY)
PAID_HOURS = 410
DAYS_TO_TRANSFER = 78
"""Days on full benefit until more than PAID_HOURS are paid, 160.33 a month."""
THIRD_TALK_DAYS = 91
JOINT_DAYS_OLD, JOINT_DAYS_NEW = 183, 487
"""A joint talk is due within six months (until 2023), within sixteen (from 2024)."""


class AcademicPattern(StrEnum):
    """What is planted in log A."""

    ARRIVAL_PEAKS = "arrival_peaks"
    SLACK_SEASONS = "slack_seasons"
    LAW_BREAK = "law_break"
    MONTHLY_TRANSFER = "monthly_transfer"
    WEEKLY_DELIVERY = "weekly_delivery"
    CV_REJECTED = "cv_rejected"
    MISSING_THIRD_TALK = "missing_third_talk"
    MISSING_JOINT_TALK = "missing_joint_talk"
    CASEWORKER_SHIFT = "caseworker_shift"
    TALK_MOVED = "talk_moved"
    TALK_CANCELLED = "talk_cancelled"
    NO_SHOW = "no_show"
    REFERRED = "referred_to_order"
    PROVIDER = "provider_course"
    OFFER = "offer_granted"
    ABSENCE = "absence"
    NOTICE = "notice_to_fund"
    LEFT_FOR_JOB = "left_for_job"
    LEFT_BENEFIT_EXPIRED = "left_benefit_expired"
    LEFT_OTHERWISE = "left_otherwise"


P = AcademicPattern
SHARES = {
    P.CV_REJECTED: 120,
    P.MISSING_THIRD_TALK: 150,
    P.MISSING_JOINT_TALK: 250,
    P.CASEWORKER_SHIFT: 350,
    P.REFERRED: 250,
    P.PROVIDER: 300,
    P.OFFER: 350,
    P.ABSENCE: 200,
    P.NOTICE: 30,
}
"""Shares in per mille of the cases in which the pattern can occur; exactly so many are planted."""

BOOKING_SHARES = {P.TALK_MOVED: 180, P.TALK_CANCELLED: 90, P.NO_SHOW: 60}
"""Chances in per mille of every booking."""

REASONS = ((P.LEFT_FOR_JOB, 620), (P.LEFT_BENEFIT_EXPIRED, 30), (P.LEFT_OTHERWISE, 350))


class AcademicPlan(Struct, frozen=True):
    """One case before it runs; days since 1970, arrival in seconds.

    municipal: the day from which the municipality has the case. leaves: the day of deregistration, also when it lies behind the extract.
    """

    number: int
    arrival: int
    group: str
    municipal: int
    leaves: int
    reason: AcademicPattern
    team: str
    provider: str
    fund: str
    patterns: frozenset[AcademicPattern]

    @property
    def case_id(self) -> str:
        """The number that the case system gives."""
        return f"KF-{self.number:05d}"

    @property
    def day(self) -> int:
        """The day of arrival."""
        return self.arrival // DAY

    @property
    def old_law(self) -> bool:
        """Whether the rules until 2023 apply."""
        return self.day < day_number(LAW_BREAK)

    @property
    def transferred(self) -> bool:
        """Whether the fund has the first three months."""
        return not self.old_law and self.group != YOUNG

    @property
    def last_day(self) -> int:
        """The last day of which the extract can tell."""
        return min(self.leaves, day_number(EXTRACT_DAY) - 1)

    @property
    def municipal_days(self) -> int:
        """How long the municipality has the case, as far as the extract tells; 0 when it never has."""
        return max(0, self.last_day - self.municipal)

    @property
    def joint_due(self) -> int:
        """Days after arrival within which a joint talk is due."""
        return JOINT_DAYS_OLD if self.old_law else JOINT_DAYS_NEW


def plan_academics(seed: int, n_cases: int) -> tuple[list[AcademicPlan], dict[AcademicPattern, int]]:
    """The plans of all cases, numbered by arrival, and in how many each pattern can occur."""
    draws = Draws(seed)
    days = arrival_days(draws, n_cases, PERIOD, MONTH_WEIGHTS, WEEKDAY_WEIGHTS)
    plans = [_plan_case(draws, number, day) for number, day in enumerate(days, start=1)]
    chosen, eligible = _plant(draws, plans)
    return [_with_patterns(plan, chosen) for plan in plans], eligible


def _plan_case(draws: Draws, number: int, day: int) -> AcademicPlan:
    arrival = day * DAY + draws.between(7 * HOUR, 22 * HOUR)
    group = draws.pick(GROUPS)
    reason = draws.pick(REASONS)
    stay = draws.between(728, 760) if reason is P.LEFT_BENEFIT_EXPIRED else min(max(draws.wait(STAY) // DAY, 12), 727)
    team, provider, fund = draws.pick(TEAMS), draws.pick(PROVIDERS), draws.pick(FUNDS)
    by_fund = day >= day_number(LAW_BREAK) and group != YOUNG
    municipal = _first_of_month_after(day + DAYS_TO_TRANSFER * 1000 // draws.between(800, 1000)) if by_fund else day + draws.between(14, 20)
    return AcademicPlan(number, arrival, group, municipal, day + stay, reason, team, provider, fund, frozenset())


def _first_of_month_after(day: int) -> int:
    found = calendar_date(day)
    return day_number(date(found.year + found.month // 12, found.month % 12 + 1, 1))


def _plant(draws: Draws, plans: list[AcademicPlan]) -> tuple[dict[AcademicPattern, frozenset[int]], dict[AcademicPattern, int]]:
    """Which plans (by position) hold each pattern, and among how many."""
    chosen: dict[AcademicPattern, frozenset[int]] = {}
    eligible: dict[AcademicPattern, int] = {}
    for pattern, per_mille in SHARES.items():
        able = [i for i, plan in enumerate(plans) if can_hold(plan, pattern)]
        eligible[pattern] = len(able)
        chosen[pattern] = draws.sample(able, share(len(able), per_mille))
    return chosen, eligible


def can_hold(plan: AcademicPlan, pattern: AcademicPattern) -> bool:
    """Whether a case lasts long enough, under the right law, for a pattern to show."""
    stays = plan.last_day - plan.day
    if pattern is P.CV_REJECTED:
        return stays >= 60
    if pattern is P.MISSING_THIRD_TALK:
        return plan.transferred and stays > THIRD_TALK_DAYS
    if pattern is P.MISSING_JOINT_TALK:
        return stays > plan.joint_due
    return plan.municipal_days >= (100 if pattern is P.PROVIDER else 75)


def _with_patterns(plan: AcademicPlan, chosen: dict[AcademicPattern, frozenset[int]]) -> AcademicPlan:
    patterns = frozenset(pattern for pattern in chosen if plan.number - 1 in chosen[pattern])
    return AcademicPlan(
        plan.number, plan.arrival, plan.group, plan.municipal, plan.leaves, plan.reason, plan.team, plan.provider, plan.fund, patterns
    )
