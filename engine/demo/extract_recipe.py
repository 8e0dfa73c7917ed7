"""The recipe that washes an extract: every repairable defect undone, the rest left as it is."""

from __future__ import annotations

from engine.agreement.values import SameFact
from engine.demo.extract_files import header_of
from engine.demo.extract_insertions import TRIAL_UNIT
from engine.demo.extract_plan import ExtractPlan
from engine.log.columns import ColumnRoles
from engine.washing.values import (
    AnyStep,
    DropCases,
    DropDuplicates,
    DropNearDuplicates,
    DropRows,
    MapValues,
    MergeCases,
    Recipe,
    RepairSummerTime,
    TableRecipe,
)

CORRECTED_WITHIN = 10.0
"""Minutes within which an edit repeats an event."""
CASE_SYSTEM, PLANNER = "fagsystem", "planlægger"
PLANNED = "Samtale i planlægger"
"""What a talk is called that the planner tells of."""


def recipe_of(plan: ExtractPlan, name: str) -> Recipe:
    """The recipe of a log's extract, clean or not: codes, spellings and texts in another encoding all become activities by their codes."""
    codes = {plan.code(activity): activity for activity in plan.activities}
    codes |= {plan.new_code(activity): activity for activity in plan.renamed}
    steps: tuple[AnyStep, ...] = (
        DropDuplicates(columns=("hændelse_nr",)),
        MergeCases(earlier="tidligere_sag"),
        MapValues(column="kode", table=codes, into="aktivitet"),
        DropRows(column="annulleret", values=("ja",)),
        DropCases(column="enhed", values=(TRIAL_UNIT,)),
        RepairSummerTime(),
        DropNearDuplicates(minutes=CORRECTED_WITHIN),
    )
    table = TableRecipe(
        roles=ColumnRoles(case="sag_id", activity="aktivitet", timestamp="tid"),
        columns=header_of(plan),
        delimiter=";",
        timezone="Europe/Copenhagen",
        steps=steps,
        source=CASE_SYSTEM,
    )
    return Recipe(tables=(table, planner_table(plan)), name=name)


def planner_table(plan: ExtractPlan) -> TableRecipe:
    """How the planner's bookings are read: talks that were held, each the same fact as the case system's."""
    return TableRecipe(
        roles=ColumnRoles(case="sag_id", activity="status", timestamp="starttid"),
        columns=("booking_nr", "sag_id", "starttid", "status"),
        timezone="Europe/Copenhagen",
        steps=(DropRows(column="status", values=("aflyst",)), MapValues(column="status", table={"afholdt": PLANNED})),
        source=PLANNER,
        same=(SameFact(PLANNED, plan.talk, CASE_SYSTEM),),
    )
