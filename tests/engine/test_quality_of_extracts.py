"""The demo extracts, imported as they are: every planted defect is told by name with its exact count, and a clean log has no finding."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import msgspec
import pytest

from engine.demo.extract_files import header_of
from engine.demo.extract_plan import PLANS, ExtractDefect
from engine.demo.extract_recipe import recipe_of
from engine.demo.extracts import LETTERS, make_extract, write_extract
from engine.intake import take_in
from engine.log.columns import ColumnRoles
from engine.log.event_log import EventLog
from engine.quality.report import check_quality
from engine.quality.values import QualityReport
from engine.service.messages import Secret
from engine.tasks import Task
from engine.washing.values import Recipe, TableRecipe

D = ExtractDefect
CHECK_OF = {
    D.DUPLICATE: "duplicate",
    D.NEAR_DUPLICATE: "near_duplicate",
    D.CANCELLED: "cancelled",
    D.CANCELLED_DELETED: "number_gap",
    D.TEST_CITIZEN: "trial",
    D.BROKEN_CASE_ID: "earlier_case",
    D.CHANGED_CODE: "appears",
    D.SPELLING: "similar",
    D.MIXED_ENCODING: "encoding",
    D.CLOCK_FORM: "coarse",
    D.DECIMAL_POINT: "decimal",
    D.SUMMER_TIME: "double_hour",
    D.DATE_ONLY: "date_only",
    D.MIDNIGHT: "midnight",
    D.NIGHT_JOB: "night_job",
    D.BATCH: "batch",
    D.ONE_MINUTE: "minute_shift",
    D.LATE_REGISTRATION: "late_registration",
    D.RETRO_DATED: "retro_dated",
    D.FUTURE_DATED: "future",
    D.MISSING_END: "missing_end",
    D.REUSED_EMPLOYEE: "reused_employee",
    D.SYSTEM_USER: "system_user",
}
ELSEWHERE = {D.MIXED_DATE_FORM, D.PERSONAL_TEXT, D.COMPANY_TEXT, D.PLANNER_DISAGREES}
"""Seen in the cells of the file, in remarks that are not taken in, or beside another file: no log shows them."""
FOLLOWS = {"vanishes", "missing_time", "missing_value", "registered_before"}
"""What the planted defects bring with them: old codes, ends without a time, test citizens without an age, batches before their time."""
ENOUGH, FEW = {"A": 400, "B": 5_600, "C": 400}, {"A": 400, "B": 1_500, "C": 400}
"""Cases of the logs with and without defects; log B begins long enough before its codes change only when it is as large as this."""


def as_it_is(letter: str) -> Recipe:
    """All the roles that a registration report can use, and no step."""
    plan = PLANS[letter]
    told = tuple(name for name in plan.attributes if name not in {"virksomhed", "cvr"})
    roles = ColumnRoles(
        case="sag_id",
        activity="aktivitet",
        timestamp="tid",
        unit="enhed",
        registered="registreret",
        employee="sagsbehandler",
        actor="aktør_type",
        attributes=("hændelse_nr", "kode", "slut", "timer", "annulleret", *told),
        objects=("tidligere_sag",),
    )
    return Recipe(tables=(TableRecipe(roles=roles, columns=header_of(plan), delimiter=";"),))


@cache
def taken(letter: str, seed: int, clean: bool, n_cases: int | None) -> tuple[EventLog, dict[ExtractDefect, int]]:
    import tempfile

    extract = make_extract(letter, clean, seed, n_cases)
    with tempfile.TemporaryDirectory() as folder:
        paths = write_extract(extract, Path(folder))
        log = take_in([(paths[0], Secret())], as_it_is(letter), Task())[0].log
    return log, {touched.defect: touched.count for touched in extract.truth.defects}


def report_of(log: EventLog) -> QualityReport:
    """As on the day after the last extract."""
    return check_quality(log, "Europe/Copenhagen", 1_800_000_000_000_000, Task())


def counts(report: QualityReport) -> dict[str, int]:
    found: dict[str, int] = {}
    for finding in report.findings:
        found[finding.check] = found.get(finding.check, 0) + finding.count
    return found


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("letter", LETTERS)
def test_every_planted_defect_is_told_by_name_with_its_exact_count(letter: str, seed: int) -> None:
    log, planted = taken(letter, seed, clean=False, n_cases=ENOUGH[letter])
    found = counts(report_of(log))
    table = {defect.value: (planted.get(defect, 0), found.get(check, 0)) for defect, check in CHECK_OF.items()}
    assert {name: pair for name, pair in table.items() if pair[0] != pair[1]} == {}, table
    assert set(planted) <= set(CHECK_OF) | ELSEWHERE
    assert set(found) <= set(CHECK_OF.values()) | FOLLOWS


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("letter", LETTERS)
def test_a_clean_log_has_no_finding(letter: str, seed: int) -> None:
    log, planted = taken(letter, seed, clean=True, n_cases=FEW[letter])
    assert planted == {}
    assert [(finding.check, finding.count, finding.values) for finding in report_of(log).findings] == []


UNDONE = (
    D.DUPLICATE, D.NEAR_DUPLICATE, D.CANCELLED, D.TEST_CITIZEN, D.BROKEN_CASE_ID, D.CHANGED_CODE, D.SPELLING, D.SUMMER_TIME,
)  # fmt: skip
TOLD_STILL = (D.DATE_ONLY, D.MIDNIGHT, D.NIGHT_JOB, D.ONE_MINUTE, D.LATE_REGISTRATION, D.RETRO_DATED, D.MISSING_END, D.SYSTEM_USER)


@pytest.mark.parametrize("letter", LETTERS)
def test_after_the_wash_only_what_no_wash_can_undo_is_told(letter: str, tmp_path: Path) -> None:
    extract = make_extract(letter, False, 1, FEW[letter])
    steps = recipe_of(PLANS[letter], "").tables[0].steps
    recipe = Recipe(tables=(msgspec.structs.replace(as_it_is(letter).tables[0], steps=steps),))
    paths = write_extract(extract, tmp_path)
    found = counts(report_of(take_in([(paths[0], Secret())], recipe, Task())[0].log))
    assert not {CHECK_OF[defect] for defect in UNDONE} & set(found)
    planted = {touched.defect: touched.count for touched in extract.truth.defects}
    for defect in TOLD_STILL:
        assert found.get(CHECK_OF[defect], 0) == planted.get(defect, 0), defect


def test_nothing_that_is_told_names_an_employee() -> None:
    log, _ = taken("C", 1, clean=False, n_cases=ENOUGH["C"])
    employees = {str(name) for name in log.event_columns["employee"].dictionary.to_pylist()}
    assert len(employees) > 10
    for finding in report_of(log).findings:
        assert not employees & {str(value) for value in finding.values.values()}
