"""A recipe meets next month's extract: codes that its table does not know are told by name, unless that could tell of somebody."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.operations import answer
from engine.service.messages import ImportPlan, PlanImport, Secret
from engine.tasks import Task
from engine.texts import Texts
from engine.washing.code_differences import code_notices
from engine.washing.rows import Rows
from engine.washing.values import AnyStep, KeywordActivity, MapValues, Outcome, SplitActivity, SplitAtActivity
from engine.washing.wash import wash
from engine.workspace import Workspace
from tests.engine.test_import import imported, written
from tests.engine.test_washing import table
from tests.projects import lock_quickly

RECIPE = """
[[tables]]
columns = ["sag", "kode", "tid"]
roles = { case = "sag", activity = "kode", timestamp = "tid" }

[[tables.steps]]
step = "map_values"
column = "kode"
table = { A10 = "Ansøgt", B20 = "Bevilget", Lukket = "Afsluttet" }
"""


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    lock_quickly(monkeypatch)


def rows_with(*codes: tuple[str, int], columns: str = "sag;trin;tid") -> Rows:
    """Rows in which so many cases have each code."""
    return table(*(f"{case};{code};2025-03-01 10:00" for code, n in codes for case in range(n)), columns=columns)


def outcome_of(rows: Rows, step: AnyStep) -> Outcome:
    return wash(rows, (step,), Task())[1][0]


def said(*outcomes: Outcome) -> list[str]:
    return [Texts("en")(notice.message, **notice.values) for notice in code_notices("u.csv", outcomes)]


MAPPED = MapValues(column="trin", table={"A10": "Ansøgt", "B20": "Bevilget"})


def test_a_table_that_fits_says_nothing() -> None:
    assert said(outcome_of(rows_with(("A10", 6), ("B20", 6), ("Ansøgt", 6), (" ", 6)), MAPPED)) == []


def test_new_codes_of_several_cases_are_named_and_those_of_few_are_counted() -> None:
    outcome = outcome_of(rows_with(("A10", 6), ("B20", 6), ("C30", 5), ("D40", 7), ("E50", 4)), MAPPED)
    assert (outcome.codes.unknown, outcome.codes.new) == (3, ("D40", "C30"))
    assert said(outcome) == [
        "u.csv holds values that the table of step 1 does not know: D40, C30, and others that are in few cases or may tell of persons: 1."
        " They stay as they are."
    ]
    few = outcome_of(rows_with(("A10", 6), ("B20", 6), ("E50", 4)), MAPPED)
    assert few.codes.new == () and said(few) == ["u.csv holds values for which the table of step 1 has none: 1. They stay as they are."]


@pytest.mark.parametrize("cell", ["010190-1234", "karl@kommune.dk", "22 33 44 55", "Karl Hansen", "Søndergade 12, 2. tv."])
def test_a_code_that_may_tell_of_somebody_is_only_counted(cell: str) -> None:
    outcome = outcome_of(rows_with(("A10", 6), ("B20", 6), (cell, 9)), MAPPED)
    assert (outcome.codes.unknown, outcome.codes.new) == (1, ())
    assert cell not in " ".join(said(outcome))


def test_employees_and_case_ids_are_only_counted() -> None:
    step = MapValues(column="sagsbehandler", table={"ABCD": "Team Nord"}, into="enhed")
    outcome = outcome_of(rows_with(("KLMN", 9), columns="sag;sagsbehandler;tid"), step)
    assert (outcome.codes.unknown, outcome.codes.gone, outcome.codes.new, outcome.codes.missing) == (1, 1, (), ())
    assert not any("ABCD" in line or "KLMN" in line for line in said(outcome))


def test_codes_that_are_not_there_any_more_and_what_they_may_be_called_now() -> None:
    step = MapValues(column="trin", table={"Bevilling sendt": "Bevilget", "A10": "Ansøgt", "A11": "Genansøgt"})
    outcome = outcome_of(rows_with(("Bevilling afsendt", 6), ("A12", 6), ("A10", 6)), step)
    assert outcome.codes.missing == ("Bevilling sendt", "A11")
    assert outcome.codes.renamed == {"Bevilling sendt": "Bevilling afsendt"}, "A12 is another code than A11"
    assert said(outcome)[1:] == [
        "Step 1 names what no longer occurs in u.csv: Bevilling sendt, A11.",
        "In u.csv the value Bevilling sendt of step 1 may now be called Bevilling afsendt.",
    ]


def test_a_code_whose_rows_all_left_before_the_step_is_not_there() -> None:
    rows = rows_with(("A10", 6), ("B20", 6), ("C30", 6))
    kept = rows.kept(rows.column("trin").among(("A10",)))
    assert outcome_of(kept, MAPPED).codes.missing == ("B20",)
    assert outcome_of(kept, MAPPED).codes.unknown == 0


def test_texts_are_never_named_but_keywords_are() -> None:
    rows = rows_with(("Har ringet igen", 9), ("Sendt brev", 9), ("Intet nyt", 9))
    step = KeywordActivity(column="trin", table={"RINGET": "Opkald", "møde": "Møde"}, into="skridt")
    outcome = outcome_of(rows, step)
    assert (outcome.codes.unknown, outcome.codes.new, outcome.codes.missing) == (2, (), ("møde",))
    assert said(outcome) == [
        "Different texts of u.csv without any keyword of step 1: 2. They make no activity.",
        "Step 1 names what no longer occurs in u.csv: møde.",
    ]
    otherwise = KeywordActivity(column="trin", table={"ringet": "Opkald"}, into="skridt", otherwise="tid")
    assert said(outcome_of(rows, otherwise)) == [], "another column says what these are"


@pytest.mark.parametrize("step", [SplitActivity(activity="Afgjort", by="tid"), SplitAtActivity(activities=("Ansøgt", "Afgjort"))])
def test_a_step_for_an_activity_that_is_not_there_is_told(step: AnyStep) -> None:
    assert said(outcome_of(rows_with(("Ansøgt", 2), ("Afgørelse", 9)), step)) == ["Step 1 names what no longer occurs in u.csv: Afgjort."]


def test_a_paused_step_says_nothing() -> None:
    step = MapValues(column="trin", table={"A10": "Ansøgt"}, paused=True)
    assert said(outcome_of(rows_with(("B20", 9)), step)) == []


APRIL = "sag;kode;tid\n" + "".join(f"{case};{code};{day}-04-2025 10:00\n" for case in range(6) for day, code in ((14, "A10"), (15, "C30")))


def test_the_import_tells_codes_as_data_and_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    report = imported(tmp_path, monkeypatch, capsys, written(tmp_path, "april.csv", APRIL), recipe=RECIPE)
    codes = report["files"][0]["steps"][0]["codes"]
    assert codes == {"unknown": 1, "gone": 2, "new": ["C30"], "missing": ["B20", "Lukket"], "renamed": {}}
    warnings = " ".join(report["warnings"])
    assert "C30" in warnings and "B20, Lukket" in warnings


def test_the_wizard_tells_them_where_it_tells_changed_columns(tmp_path: Path) -> None:
    recipe, april = written(tmp_path, "r.toml", RECIPE), written(tmp_path, "april.csv", APRIL)
    plan = answer(Workspace(), PlanImport((str(april),), Secret(), str(recipe)), Task())
    assert isinstance(plan, ImportPlan) and plan.files[0].fits
    lines = [Texts("en")(notice.message, **notice.values) for notice in plan.files[0].changes]
    assert lines == [
        "april.csv holds values that the table of step 1 does not know: C30. They stay as they are.",
        "Step 1 names what no longer occurs in april.csv: B20, Lukket.",
    ]
