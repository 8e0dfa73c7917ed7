"""What is planned for every recruitment request of log C before its events are made: employer, deadline, candidates, outcome."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

import msgspec
from msgspec import Struct

from engine.demo.clean_log import Actor, arrival_days, calendar_date, share
from engine.demo.draws import Draws
from engine.demo.working_time import DAY, HOUR, WorkingTime, day_number

N_CASES = 2_500
PERIOD = (date(2024, 1, 2), date(2026, 10, 9))
SETTLED_BEFORE = date(2026, 8, 1)
"""Patterns are planted in requests that came before this day: their whole course lies before the extract."""
MONTH_WEIGHTS = (10, 10, 10, 9, 10, 9, 4, 10, 11, 10, 9, 4)
WEEKDAY_WEIGHTS = (22, 22, 21, 20, 15, 0, 0)

CENTRES = (("Center Nord", 22), ("Center Syd", 16), ("Center Vest", 22), ("Center City", 26), ("Akademikercenter", 14))
REGIONAL = "Erhvervshus"
CHANNELS = (("telefon", 45), ("mail", 35), ("JobAG", 20))
TITLES = tuple(
    f"{level}{title}"
    for level in ("", "ledende ", "assisterende ")
    for title in (
        "projektmedarbejder", "regnskabsassistent", "datakonsulent", "kommunikationsmedarbejder", "laborant", "kantinemedarbejder",
        "lagermedarbejder", "administrativ medarbejder", "softwareudvikler", "ingeniør", "salgsassistent", "HR-konsulent",
    )
)  # fmt: skip
N_COMPANIES = 900
EMPLOYER_PAUSE = 60
"""Days in which an employer asks only once, but for the planted duplicates."""
DUPLICATE_DAYS = 9


class OrderPattern(StrEnum):
    """What is planted in log C."""

    NO_CANDIDATE = "no_candidate"
    LATE_CANDIDATE = "late_candidate"
    DUPLICATE_ORDER = "duplicate_order"
    QUARTER_END = "quarter_end_closing"
    PING_PONG = "ping_pong"
    REMINDED = "company_reminded"
    ORDERED_TO_APPLY = "ordered_to_apply"
    FILLED = "filled"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    INACTIVATED = "inactivated"


P = OrderPattern
OUTCOMES = (P.FILLED, P.EXPIRED, P.CANCELLED, P.INACTIVATED)
SHARES = {
    P.NO_CANDIDATE: 220,
    P.CANCELLED: 80,
    P.FILLED: 280,
    P.EXPIRED: 350,
    P.LATE_CANDIDATE: 70,
    P.PING_PONG: 90,
    P.REMINDED: 200,
    P.QUARTER_END: 850,
    P.DUPLICATE_ORDER: 20,
}
"""Shares in per mille: of settled requests; LATE_CANDIDATE and REMINDED of those with candidates and not cancelled; QUARTER_END of the
expired and inactivated; DUPLICATE_ORDER counts the pairs."""
ORDERED_TO_APPLY_PER_MILLE = 100
"""Chance of every referral."""
CANDIDATES = ((1, 46), (2, 28), (3, 11), (4, 6), (5, 4), (6, 2), (7, 2), (8, 1))


class OrderPlan(Struct, frozen=True):
    """One request before it runs. deadline: the last day for candidates (since 1970). settled: its course ends before the extract."""

    number: int
    arrival: int
    settled: bool
    company: int
    title: str
    positions: int
    channel: str
    centre: str
    deadline: int
    candidates: int
    patterns: frozenset[OrderPattern] = frozenset()
    twin: int = 0

    @property
    def case_id(self) -> str:
        """The number that the case system gives."""
        return f"RO-{self.number:05d}"

    @property
    def actor(self) -> Actor:
        """By whom the request was written down."""
        return Actor.COMPANY if self.channel == "JobAG" else Actor.EMPLOYEE


def plan_orders(seed: int, n_cases: int, calendar: WorkingTime) -> tuple[list[OrderPlan], dict[OrderPattern, int]]:
    """The plans of all requests, numbered by arrival, and in how many each pattern can occur."""
    draws = Draws(seed)
    days = sorted(calendar.on_or_before_day(day) for day in arrival_days(draws, n_cases, PERIOD, MONTH_WEIGHTS, WEEKDAY_WEIGHTS))
    plans = _with_duplicates(draws, _distinct(draws, days))
    chosen, eligible = _plant(draws, plans)
    return [_with_patterns(i, plan, chosen) for i, plan in enumerate(plans)], eligible


def _distinct(draws: Draws, days: list[int]) -> list[OrderPlan]:
    """Requests none of which shares its employer with another one nearby."""
    asked: dict[int, int] = {}
    plans = []
    for number, day in enumerate(days, start=1):
        company = draws.below(N_COMPANIES)
        while day - asked.get(company, -EMPLOYER_PAUSE) < EMPLOYER_PAUSE:
            company = draws.below(N_COMPANIES)
        asked[company] = day
        plans.append(_plan_case(draws, number, day, company))
    return plans


def _plan_case(draws: Draws, number: int, day: int, company: int) -> OrderPlan:
    return OrderPlan(
        number=number,
        arrival=day * DAY + draws.between(8 * HOUR, 13 * HOUR),
        settled=day < day_number(SETTLED_BEFORE),
        company=company,
        title=TITLES[draws.below(len(TITLES))],
        positions=draws.pick(((1, 70), (2, 18), (3, 7), (5, 5))),
        channel=draws.pick(CHANNELS),
        centre=draws.pick(CENTRES),
        deadline=day + 7 * draws.between(4, 6),
        candidates=draws.pick(CANDIDATES),
    )


def _with_duplicates(draws: Draws, plans: list[OrderPlan]) -> list[OrderPlan]:
    """Some requests become the same employer's second one at another centre, up to DUPLICATE_DAYS after the first."""
    result = list(plans)
    settled = [i for i, plan in enumerate(plans) if plan.settled]
    taken: set[int] = set()
    for i in sorted(draws.sample(settled, min(len(settled), share(len(settled), SHARES[P.DUPLICATE_ORDER])))):
        first = plans[i]
        after = range(i + 1, len(plans))
        twin = next((j for j in after if j not in taken and plans[j].arrival // DAY > first.arrival // DAY), None)
        if twin is None or i in taken or plans[twin].arrival // DAY - first.arrival // DAY > DUPLICATE_DAYS or not plans[twin].settled:
            continue
        other = draws.pick([(name, weight) for name, weight in CENTRES if name != first.centre])
        changes = {"company": first.company, "title": first.title, "centre": other}
        result[twin] = msgspec.structs.replace(plans[twin], twin=first.number, **changes)
        result[i] = msgspec.structs.replace(result[i], twin=plans[twin].number)
        taken |= {i, twin}
    return result


def _plant(draws: Draws, plans: list[OrderPlan]) -> tuple[dict[OrderPattern, frozenset[int]], dict[OrderPattern, int]]:
    """Which settled plans (by position) hold each pattern, and among how many."""
    settled = frozenset(i for i, plan in enumerate(plans) if plan.settled)
    chosen: dict[OrderPattern, frozenset[int]] = {}
    eligible: dict[OrderPattern, int] = {}

    def choose(pattern: OrderPattern, base: frozenset[int], among: frozenset[int], already: int = 0) -> frozenset[int]:
        chosen[pattern] = draws.sample(sorted(among), share(len(base), SHARES[pattern]) - already)
        eligible[pattern] = len(base)
        return chosen[pattern]

    empty = choose(P.NO_CANDIDATE, settled, settled)
    cancelled = choose(P.CANCELLED, settled, settled)
    served = settled - empty - cancelled
    filled = choose(P.FILLED, settled, served)
    in_vain = empty - cancelled
    expired = in_vain | choose(P.EXPIRED, settled, served - filled, already=len(in_vain))
    chosen[P.EXPIRED] = expired
    chosen[P.INACTIVATED] = served - filled - expired
    eligible[P.INACTIVATED] = len(settled)
    choose(P.LATE_CANDIDATE, served, served)
    choose(P.REMINDED, served, served)
    choose(P.PING_PONG, settled, settled)
    closed = expired | chosen[P.INACTIVATED]
    choose(P.QUARTER_END, closed, closed)
    chosen[P.DUPLICATE_ORDER] = frozenset(i for i in settled if plans[i].twin)
    eligible[P.DUPLICATE_ORDER] = len(settled)
    return chosen, eligible


def _with_patterns(i: int, plan: OrderPlan, chosen: dict[OrderPattern, frozenset[int]]) -> OrderPlan:
    patterns = frozenset(pattern for pattern, plans in chosen.items() if i in plans)
    candidates = 0 if P.NO_CANDIDATE in patterns else plan.candidates
    deadline = plan.arrival // DAY + 42 if P.PING_PONG in patterns else plan.deadline
    return msgspec.structs.replace(plan, patterns=patterns, candidates=candidates, deadline=deadline)


def quarter_end(calendar: WorkingTime, day: int) -> int:
    """The last working day (since 1970) of the quarter that a day lies in, or of the next one when it has passed."""
    found = calendar_date(day)
    month = (found.month + 2) // 3 * 3
    last = calendar.on_or_before_day(day_number(date(found.year + month // 12, month % 12 + 1, 1)) - 1)
    return last if last >= day else quarter_end(calendar, last + 7)
