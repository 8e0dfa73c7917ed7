"""Log C, "Rekrutteringsanmodninger": 2,500 synthetic recruitment requests from a seed, with what was planted in them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from engine.demo import order_trace as steps
from engine.demo.clean_log import CaseFacts, CleanLog, Event, Planted, in_order
from engine.demo.draws import Draws
from engine.demo.order_plan import (
    DUPLICATE_DAYS,
    N_CASES,
    ORDERED_TO_APPLY_PER_MILLE,
    SETTLED_BEFORE,
    SHARES,
    OrderPattern,
    OrderPlan,
    plan_orders,
)
from engine.demo.placement_plan import EXTRACTED_AT
from engine.demo.working_time import WorkingTime
from engine.tasks import Task

NAME = "Rekrutteringsanmodninger"
SEED = 20260213
FIRST_YEAR, LAST_YEAR = 2023, 2028
P = OrderPattern

MEANINGS = {
    P.NO_CANDIDATE: "No candidate was ever suggested for the order.",
    P.LATE_CANDIDATE: "A candidate was referred on a day after the deadline.",
    P.DUPLICATE_ORDER: "The employer asked for the same job at two centres within the named days; both requests are told.",
    P.QUARTER_END: "Closed in bulk on the last working day of a quarter.",
    P.PING_PONG: "Handed over to Erhvervshus at least twice, and sent back each time.",
    P.REMINDED: "The company was reminded.",
    P.ORDERED_TO_APPLY: "The referred candidate was ordered to apply.",
    P.FILLED: "Somebody was hired and the order closed as filled.",
    P.EXPIRED: "The order was closed because its deadline had passed.",
    P.CANCELLED: "The order was cancelled.",
    P.INACTIVATED: "The order was inactivated without anybody hired.",
}


def make_orders(seed: int = SEED, n_cases: int = N_CASES, task: Task | None = None) -> CleanLog:
    """Make the log from a seed: the same seed gives the same events on every machine."""
    task = task or Task()
    calendar = WorkingTime(FIRST_YEAR, LAST_YEAR)
    plans, eligible = plan_orders(seed, n_cases, calendar)
    draws = Draws(seed + 1)
    events: list[tuple[Event, ...]] = []
    for plan in plans:
        task.check()
        events.append(in_order(steps.OrderTrace(plan, draws, calendar).run(), EXTRACTED_AT))
    return CleanLog(
        letter="C",
        name=NAME,
        seed=seed,
        extracted_at=EXTRACTED_AT,
        cases=tuple(CaseFacts(plan.case_id, plan.centre, plan.channel, company=plan.company, title=plan.title) for plan in plans),
        events=tuple(events),
        planted=(*_planted(plans, eligible), _told_to_apply(plans, events)),
        gaps=steps.GAPS,
    )


def _planted(plans: Sequence[OrderPlan], eligible: dict[OrderPattern, int]) -> Iterable[Planted]:
    for pattern, n in eligible.items():
        cases = tuple(plan.case_id for plan in plans if pattern in plan.patterns)
        told = pattern in SHARES and pattern is not P.DUPLICATE_ORDER
        per_mille = SHARES[pattern] if told else round(1000 * len(cases) / max(n, 1))
        parameters: dict[str, int | str] = {"settled_before": SETTLED_BEFORE.isoformat()}
        if pattern is P.DUPLICATE_ORDER:
            parameters = {"days": DUPLICATE_DAYS}
        yield Planted(pattern, MEANINGS[pattern], "cases", per_mille, n, len(cases), cases, parameters)


def _told_to_apply(plans: Sequence[OrderPlan], events: Sequence[Sequence[Event]]) -> Planted:
    referred = sum(event.activity == steps.REFERRED for made in events for event in made)
    told = [plan.case_id for plan, made in zip(plans, events, strict=True) for event in made if event.activity == steps.TOLD_TO_APPLY]
    pattern = P.ORDERED_TO_APPLY
    return Planted(pattern, MEANINGS[pattern], "referrals", ORDERED_TO_APPLY_PER_MILLE, referred, len(told), tuple(sorted(set(told))))
