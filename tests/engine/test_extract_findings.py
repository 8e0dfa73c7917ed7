"""A raw extract is looked through: every defect that was planted in it is told by its name and count, and nothing of a clean one."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pyarrow as pa
import pytest

from engine.demo.extract_plan import ExtractDefect
from engine.demo.extracts import LETTERS, Extract, make_extract
from engine.files.csv import CsvTable
from engine.log.columns import ColumnRoles
from engine.operations import answer
from engine.service.messages import PlanImport, Secret, SuggestSteps, TryWash
from engine.tasks import Task
from engine.texts import Texts
from engine.washing import values
from engine.washing.code_tables import CodeTable, read_code_table
from engine.washing.extract_findings import ExtractFinding, extract_findings
from engine.washing.rows import Rows
from engine.washing.wash import wash
from engine.workspace import Workspace

D = ExtractDefect
TOLD = {
    D.DUPLICATE, D.NEAR_DUPLICATE, D.CANCELLED, D.CANCELLED_DELETED, D.TEST_CITIZEN, D.BROKEN_CASE_ID, D.CHANGED_CODE, D.SPELLING,
    D.MIXED_ENCODING, D.MIXED_DATE_FORM, D.CLOCK_FORM, D.DECIMAL_POINT, D.SUMMER_TIME, D.PERSONAL_TEXT, D.COMPANY_TEXT, D.DATE_ONLY,
    D.MIDNIGHT,
}  # fmt: skip
"""What the rows of an extract themselves tell; the rest is told by the log: times, users and ends."""
FEWER = {"A": 400, "B": 600, "C": 300}
SEEDS = (1, 4711)


def rows_of(extract: Extract) -> Rows:
    file = extract.files[0]
    table = CsvTable(pa.py_buffer(file.content), file.form.name, None, None, Task())
    roles = ColumnRoles("sag_id", "aktivitet", "tid", unit="enhed")
    return Rows.of(table.read(table.columns, Task()), roles, file.form.name, 2, "Europe/Copenhagen")


def codes_of(extract: Extract, folder: Path) -> CodeTable:
    path = folder / "koder.csv"
    path.write_bytes(next(file.content for file in extract.files if file.form.holds == "codes"))
    return read_code_table(path, Secret(), Task())


def counts(found: tuple[ExtractFinding, ...]) -> dict[str, int]:
    return {kind: sum(one.count for one in found if one.kind == kind) for kind in {one.kind for one in found}}


def planted(extract: Extract) -> dict[str, int]:
    return {touched.defect.value: touched.count for touched in extract.truth.defects if touched.defect in TOLD}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("letter", LETTERS)
def test_every_planted_defect_is_told_by_its_name_and_count(letter: str, seed: int, tmp_path: Path) -> None:
    extract = make_extract(letter, seed=seed, n_cases=FEWER[letter])
    found = extract_findings(rows_of(extract), Task(), codes_of(extract, tmp_path))
    assert counts(found) == planted(extract)


@pytest.mark.parametrize("letter", LETTERS)
def test_changed_codes_of_a_whole_log_are_told_without_a_table_of_codes(letter: str) -> None:
    extract = make_extract(letter, seed=17)
    assert counts(extract_findings(rows_of(extract), Task())) == planted(extract)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("letter", LETTERS)
def test_a_clean_extract_shows_nothing(letter: str, seed: int, tmp_path: Path) -> None:
    extract = make_extract(letter, clean=True, seed=seed, n_cases=FEWER[letter])
    assert extract_findings(rows_of(extract), Task(), codes_of(extract, tmp_path)) == ()


@pytest.mark.parametrize("letter", LETTERS)
def test_the_step_that_a_finding_names_treats_as_much_as_was_found(letter: str, tmp_path: Path) -> None:
    extract = make_extract(letter, seed=3, n_cases=FEWER[letter])
    rows = rows_of(extract)
    once, _ = wash(rows, (values.DropDuplicates(),), Task())
    alone = {"duplicate", "cancelled_event", "test_citizen", "broken_case_id", "decimal_point"}
    for one in extract_findings(rows, Task(), codes_of(extract, tmp_path)):
        if one.kind not in alone or one.step is None:
            continue
        _, (outcome,) = wash(rows if one.kind == "duplicate" else once, (one.step,), Task())
        assert outcome.changed + outcome.rows_in - outcome.rows_out == one.count, one.kind


def test_after_the_steps_that_were_named_nothing_of_it_is_left(tmp_path: Path) -> None:
    extract = make_extract("A", seed=3, n_cases=FEWER["A"])
    rows = rows_of(extract)
    named = [one for one in extract_findings(rows, Task(), codes_of(extract, tmp_path)) if one.step is not None]
    order = (
        "duplicate", "mixed_encoding", "spelling_variant", "cancelled_event", "test_citizen", "decimal_point", "broken_case_id",
        "near_duplicate",
    )  # fmt: skip
    steps = [one.step for kind in order for one in named if one.kind == kind and one.step is not None]
    washed, _ = wash(rows, tuple(steps), Task())
    left = {one.kind for one in extract_findings(washed, Task())}
    assert left & set(order) <= {"broken_case_id"}, "what a column says of the earlier case stays in it"


def test_the_wizard_tells_what_it_found_and_suggests_what_treats_it(tmp_path: Path) -> None:
    extract = make_extract("A", n_cases=FEWER["A"])
    file = tmp_path / extract.files[0].form.name
    file.write_bytes(extract.files[0].content)
    workspace = Workspace()
    plan = answer(workspace, PlanImport((str(file),)), Task())
    table = values.TableRecipe(ColumnRoles("sag_id", "aktivitet", "tid"), columns=plan.files[0].table.columns)
    answer(workspace, TryWash(str(file), table), Task())
    asked = answer(workspace, SuggestSteps(str(file), table), Task())
    truth = planted(extract)
    said = [Texts("en")(notice.message, **notice.values) for notice in asked.found]
    assert sorted(notice.values["count"] for notice in asked.found) == sorted(truth.values())
    assert f"Cells of aktivitet that are spelled in another way than most: {truth['spelling_variant']}." in said
    rows = {type(one.step): one.rows for one in asked.steps}
    assert rows[values.DropRows] == truth["cancelled_event"] and rows[values.DropCases] == truth["test_citizen"]
    assert rows[values.MergeCases] == truth["broken_case_id"] and values.UnifyDecimals not in rows
    assert not any(any(person in sentence for person in extract.truth.personal) for sentence in said)
    again = msgspec.structs.replace(table, steps=tuple(one.step for one in asked.steps))
    answer(workspace, TryWash(str(file), again), Task())
    left = answer(workspace, SuggestSteps(str(file), again), Task())
    assert left.found == asked.found, "they tell of the file, whatever the wash does"
    assert not {type(one.step) for one in left.steps} & set(rows)


def test_ids_that_look_like_cpr_numbers_now_and_then_are_no_remarks_on_persons() -> None:
    cells = {
        "sag_id": [f"S{n}" for n in range(400)], "aktivitet": ["Modtaget"] * 400, "tid": ["23-02-2025 10:00:00"] * 400,
        "journal": [f"{n * 24_999_983 % 10**10:010d}" for n in range(400)],
    }  # fmt: skip
    rows = Rows.of(pa.table(cells), ColumnRoles("sag_id", "aktivitet", "tid"), "x.csv", 2, "Europe/Copenhagen")
    assert extract_findings(rows, Task()) == ()
