"""Log B, "Oprettelse af placeringer": 9,000 synthetic placements from a seed, as a table, as an event log, and with their ground truth."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
from msgspec import Struct

from engine.demo import DEMO_NAME, DEMO_SEED
from engine.demo.danish_time import utc_microseconds
from engine.demo.draws import Draws
from engine.demo.placement_defects import PlacementRow, add_defects, describe_defects, is_visible
from engine.demo.placement_plan import EXTRACTED_AT, N_CASES, SHARES, TEAMS, CasePlan, Planting, plan_cases
from engine.demo.placement_trace import ACTIVITIES, COMPANY, GAPS, MAIN_VARIANT, PRINT_ROOM, SYSTEM, PlacementTrace
from engine.demo.truth import GroundTruth, Pattern, PlantedPattern
from engine.demo.working_time import WorkingTime
from engine.log.columns import ColumnRoles
from engine.log.event_log import EventLog, build_event_log
from engine.tasks import Task

FIRST_YEAR, LAST_YEAR = 2023, 2028
ROLES = ColumnRoles(case="sag_id", activity="aktivitet", timestamp="tid", unit="enhed")

MEANINGS = {
    Pattern.RETURNED: "The application was returned to the company at least once.",
    Pattern.REJECTED: "The application was rejected; the case ends there.",
    Pattern.NEVER_PLACED: "Approved in VITAS, but a placement was never made in Fasit.",
    Pattern.CANCELLED: "Cancelled before the offer began; the case ends there.",
    Pattern.INTERRUPTED: "The offer was broken off; there is no end date.",
    Pattern.EXTENDED: "The offer was extended.",
    Pattern.HOURS_CHANGED: "The weekly hours were changed.",
    Pattern.LATE_PLACEMENT: "The first placement in Fasit was made on a day after the offer began.",
    Pattern.LATE_PLAN: "Min Plan was updated on a day after the offer began.",
    Pattern.SAME_DAY_PLAN: "Min Plan was updated on the day the offer began: which came first cannot be decided.",
    Pattern.NO_DECISION_LETTER: "The offer began, but no decision letter was sent to the citizen.",
    Pattern.OVERLONG: "The offer lasted longer than the citizen's group allows (4 or 8 weeks).",
    Pattern.DOUBLE_PLACEMENT: "A second placement was made in Fasit at least one working day after the first, by another unit.",
    Pattern.WRONG_PRODUCTION_UNIT: "The placement names another production unit than the application.",
}


class PlacementLog(Struct, frozen=True):
    """The synthetic log: the rows as an extract would hold them (case by case), the plans, and the truth."""

    rows: tuple[PlacementRow, ...]
    plans: tuple[CasePlan, ...]
    truth: GroundTruth

    def table(self) -> pa.Table:
        """All columns as a table; times are UTC (microseconds)."""
        groups = {plan.case_id: plan.group for plan in self.plans}
        return pa.table(
            {
                "sag_id": pa.array([row.case_id for row in self.rows]),
                "aktivitet": pa.array([row.step.activity for row in self.rows]),
                "tid": pa.array(utc_microseconds([row.step.time for row in self.rows]), pa.timestamp("us", "UTC")),
                "tid_præcision": pa.array([row.step.precision for row in self.rows]),
                "registreret_tid": pa.array(utc_microseconds([row.step.registered for row in self.rows]), pa.timestamp("us", "UTC")),
                "enhed": pa.array([row.step.unit for row in self.rows]),
                "aktør_type": pa.array([_actor(row.step.unit) for row in self.rows]),
                "målgruppe": pa.array([groups[row.case_id] for row in self.rows]),
                "p_nummer": pa.array([row.step.production_unit for row in self.rows], pa.int64()),
            }
        )

    def event_log(self, task: Task | None = None) -> EventLog:
        """The log with the roles case, activity, timestamp and unit."""
        task = task or Task()
        cases = {plan.case_id: code for code, plan in enumerate(self.plans)}
        codes = {name: code for code, name in enumerate(ACTIVITIES)}
        return build_event_log(
            case_codes=np.array([cases[row.case_id] for row in self.rows], np.int32),
            case_ids=pa.array(list(cases)),
            activity_codes=np.array([codes[row.step.activity] for row in self.rows], np.uint8),
            activities=ACTIVITIES,
            timestamp=utc_microseconds([row.step.time for row in self.rows]),
            event_columns={"unit": pa.array([row.step.unit for row in self.rows]).dictionary_encode()},
            roles=ROLES,
            task=task,
        )


def make_placements(seed: int = DEMO_SEED, task: Task | None = None) -> PlacementLog:
    """Make the log from a seed: the same seed gives the same rows on every machine."""
    task = task or Task()
    calendar = WorkingTime(FIRST_YEAR, LAST_YEAR)
    plans, planting = plan_cases(seed, calendar)
    draws = Draws(seed + 1)
    rows: list[PlacementRow] = []
    for plan in plans:
        task.check()
        steps = PlacementTrace(plan, draws, calendar).run()
        rows.extend(PlacementRow(plan.case_id, step) for step in steps if is_visible(step, EXTRACTED_AT))
    rows, duplicated = add_defects(rows, plans, Draws(seed + 2))
    patterns = _patterns(plans, planting)
    defects = describe_defects(rows, plans, duplicated)
    truth = GroundTruth(
        name=DEMO_NAME,
        seed=seed,
        extracted_at=(datetime.fromtimestamp(EXTRACTED_AT, UTC).replace(tzinfo=None)).isoformat(),
        n_cases=N_CASES,
        n_events=len(rows),
        main_variant=MAIN_VARIANT,
        patterns=patterns,
        defects=defects,
        gaps=GAPS,
        teams=tuple(team for team, _ in TEAMS),
    )
    return PlacementLog(tuple(rows), tuple(plans), truth)


def _patterns(plans: list[CasePlan], planting: Planting) -> tuple[PlantedPattern, ...]:
    found: list[PlantedPattern] = []
    for pattern in Pattern:
        kinds = {pattern, Pattern.LATE_PLACEMENT} if pattern is Pattern.LATE_PLAN else {pattern}
        cases = tuple(plan.case_id for plan in plans if kinds & plan.patterns)
        found.append(PlantedPattern(pattern, MEANINGS[pattern], SHARES[pattern], planting.eligible[pattern], cases))
    return tuple(found)


def _actor(unit: str) -> str:
    return {COMPANY: "virksomhed", SYSTEM: "system", PRINT_ROOM: "robot"}.get(unit, "medarbejder")
