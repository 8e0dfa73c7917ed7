"""Defects of registration in the finished placements log: what an extract really holds, and where the defects are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

import msgspec
from msgspec import Struct

from engine.demo.draws import Draws
from engine.demo.placement_plan import EXTRACTED_AT, CasePlan
from engine.demo.placement_trace import CLOSED, DATE, ENDED, GRANTED, PLACED, PLANNED, STARTED, Step
from engine.demo.truth import Defect, PlantedDefect
from engine.demo.working_time import DAY

DUPLICATE_PER_MILLE = 20
NEAR_DUPLICATE_PER_MILLE = 30
CORRECTED_CASES_PER_MILLE = 450
FUTURE_DAYS = 30
BATCH_SIZE = 20
NIGHT_UNTIL = 660
"""Night jobs stamp 00:01:00 to 00:10:59."""

EDITED_STEPS = (PLACED, PLANNED, GRANTED)

MEANINGS = {
    Defect.DATE_ONLY: "The stamp is a date (midnight, local time).",
    Defect.NIGHT_JOB: "Stamped by a night job between 00:01 and 00:10.",
    Defect.BATCH: "At least 20 events of the same step in the same second.",
    Defect.DUPLICATE: "The row is an exact copy of the one before it.",
    Defect.NEAR_DUPLICATE: "An edit repeated the step within ten minutes.",
    Defect.MISSING_END: "The offer was carried out, but its end was never registered.",
    Defect.RETRO_DATED: "The start date lies before the day it was registered.",
    Defect.FUTURE_DATED: "The end date lies after the day of the extract.",
    Defect.LATE_REGISTRATION: "The follow-up was registered at least one day after it was held.",
    Defect.TEST_CITIZEN: "Somebody tried the system out; no citizen is behind the case.",
}


class PlacementRow(Struct, frozen=True):
    """One row of the extract."""

    case_id: str
    step: Step


def is_visible(step: Step, extracted_at: int) -> bool:
    """Whether the extract holds the step: it was registered before, and only a planned end may lie (30 days) ahead."""
    if step.activity == ENDED:
        return step.registered <= extracted_at and step.time <= extracted_at + FUTURE_DAYS * DAY
    return step.registered <= extracted_at and step.time <= extracted_at


def add_defects(rows: list[PlacementRow], plans: Sequence[CasePlan], draws: Draws) -> tuple[list[PlacementRow], dict[Defect, list[str]]]:
    """The rows with exact and near duplicates put in, and the cases of each copy.

    Near duplicates come from the teams that edit a grant in place; exact ones from cases whose rows were delivered twice.
    """
    n = len(rows)
    edit_in_place = {plan.case_id for plan in plans if not plan.team.new_grant_per_change and not plan.test_citizen}
    corrected = {case_id for case_id in sorted(edit_in_place) if draws.chance(CORRECTED_CASES_PER_MILLE)}
    edited = [i for i, row in enumerate(rows) if row.case_id in corrected and row.step.activity in EDITED_STEPS]
    near = draws.sample(edited, round(n * NEAR_DUPLICATE_PER_MILLE / 1000))
    cases = sorted({row.case_id for row in rows})
    resent = frozenset(cases[i] for i in draws.sample(range(len(cases)), len(cases) // 25))
    delivered_twice = [i for i, row in enumerate(rows) if row.case_id in resent]
    exact = draws.sample(delivered_twice, min(len(delivered_twice), round(n * DUPLICATE_PER_MILLE / 1000)))
    result: list[PlacementRow] = []
    copies: dict[Defect, list[str]] = {Defect.DUPLICATE: [], Defect.NEAR_DUPLICATE: []}
    for i, row in enumerate(rows):
        result.append(row)
        if i in exact:
            copies[Defect.DUPLICATE].append(row.case_id)
            result.append(row)
        if i in near:
            copies[Defect.NEAR_DUPLICATE].append(row.case_id)
            later = row.step.time + draws.between(40, 599)
            result.append(PlacementRow(row.case_id, msgspec.structs.replace(row.step, time=later, registered=later)))
    return _by_case_and_time(result), copies


def _by_case_and_time(rows: list[PlacementRow]) -> list[PlacementRow]:
    return sorted(rows, key=lambda row: (row.case_id, row.step.time))


def describe_defects(
    rows: Sequence[PlacementRow],
    plans: Sequence[CasePlan],
    copies: dict[Defect, list[str]],
) -> tuple[PlantedDefect, ...]:
    """Where the defects are, counted on the finished rows."""
    seconds = Counter((row.step.activity, row.step.time) for row in rows if row.step.activity in (CLOSED, GRANTED))
    tests: dict[Defect, Callable[[Step], bool]] = {
        Defect.DATE_ONLY: lambda step: step.precision == DATE,
        Defect.NIGHT_JOB: lambda step: step.precision != DATE and 60 <= step.time % DAY < NIGHT_UNTIL,
        Defect.BATCH: lambda step: seconds[(step.activity, step.time)] >= BATCH_SIZE,
        Defect.RETRO_DATED: lambda step: step.activity == STARTED and step.registered >= step.time + DAY,
        Defect.FUTURE_DATED: lambda step: step.time > EXTRACTED_AT,
        Defect.LATE_REGISTRATION: lambda step: step.precision != DATE and step.registered >= step.time + DAY,
    }
    found = {defect: [row.case_id for row in rows if test(row.step)] for defect, test in tests.items()} | copies
    found[Defect.MISSING_END] = [plan.case_id for plan in plans if plan.missing_end]
    test_cases = {plan.case_id for plan in plans if plan.test_citizen}
    found[Defect.TEST_CITIZEN] = [row.case_id for row in rows if row.case_id in test_cases]
    return tuple(_planted(defect, found[defect]) for defect in Defect)


def _planted(defect: Defect, cases: Iterable[str]) -> PlantedDefect:
    touched = list(cases)
    return PlantedDefect(defect, MEANINGS[defect], len(touched), tuple(sorted(set(touched))))
