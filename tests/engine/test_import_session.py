"""An analyst imports extracts of two systems: the files are read once, every step is tried on all rows, and nothing personal leaves."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from engine.errors import BadInput, Cancelled
from engine.import_session import check_recipe
from engine.log.columns import ColumnRoles
from engine.operations import answer
from engine.service.messages import (
    ImportFile,
    ImportPlan,
    PlanImport,
    PlannedFile,
    PreviewFile,
    RecipeFile,
    Secret,
    Suggestions,
    SuggestSteps,
    TakeIn,
    TakenIn,
    TryWash,
    WashTried,
    WriteRecipe,
)
from engine.tasks import Task
from engine.washing.recipe_file import read_recipe
from engine.washing.values import AnyStep, DropRows, JoinColumns, MapValues, Recipe, SplitActivity, TableRecipe, Trim, UnifySpelling
from engine.workspace import Workspace
from tests.age_writer import seal_with_passphrase

CPR = "0101012222"
FASIT = "Sagsnr;Trin;Udfald;Tidspunkt;Status;Sagsbehandler;Navn\n" + "".join(
    f"S-{n};{trin};{udfald};{day}-03-2025 10:{n:02};{status};Karl Kjær;Borger nr {n}\n"
    for n in range(10, 20)
    for trin, udfald, day, status in (
        ("Ansøgning modtaget ", "", 14, "Aktiv"),
        ("Afgørelse", "Bevilget", 19, "Aktiv"),
        ("afgørelse", "Afslag", 19, "Annulleret"),
    )
)
MOMENTUM = "Sag;Hændelse;Dato;Borger\n" + "".join(f"S-{n};Samtale holdt;2025-03-2{n % 9} 09:00;{CPR}\n" for n in range(10, 20))


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    one, other = tmp_path / "fasit.csv", tmp_path / "momentum.csv.age"
    one.write_text(FASIT, "utf-8")
    other.write_bytes(seal_with_passphrase(MOMENTUM.encode(), "seks ord"))
    return str(one), str(other)


def planned(workspace: Workspace, files: tuple[str, ...], secret: str | None = "seks ord", recipe: str | None = None) -> ImportPlan:
    plan = answer(workspace, PlanImport(files, Secret(secret), recipe), Task())
    assert isinstance(plan, ImportPlan)
    return plan


def table_of(plan: ImportPlan, number: int = 0) -> TableRecipe:
    table = plan.files[number].table
    assert table is not None
    return table


def tried(workspace: Workspace, path: str, table: TableRecipe) -> WashTried:
    found = answer(workspace, TryWash(path, table), Task())
    assert isinstance(found, WashTried)
    return found


def test_two_files_of_two_systems_become_one_log_of_pseudonyms(files: tuple[str, str]) -> None:
    workspace = Workspace()
    plan = planned(workspace, files)
    assert [file.problem for file in plan.files] == [None, None]
    assert plan.files[1].persons == ("Borger",)
    assert plan.files[0].preview is not None and plan.files[0].preview.employees == ("Sagsbehandler",)
    wanted = tuple(ImportFile(file.path, table_of(plan, number)) for number, file in enumerate(plan.files))
    taken = answer(workspace, TakeIn(wanted, Secret("seks ord")), Task())
    assert isinstance(taken, TakenIn) and taken.opened.summary is not None
    assert (taken.opened.summary.n_cases, taken.opened.summary.n_events) == (10, 40)
    assert [(file.rows, file.events) for file in taken.files] == [(30, 30), (10, 10)]
    assert workspace.source.log is not None and not {"S-10", "S-11"} & set(workspace.source.log.case_ids.to_pylist())


def test_a_wrong_passphrase_locks_only_its_own_file_and_what_was_read_is_not_read_again(files: tuple[str, str]) -> None:
    workspace = Workspace()
    first = planned(workspace, files, "forkert")
    assert [file.locked for file in first.files] == [False, True]
    Path(files[0]).unlink()
    again = planned(workspace, files)
    assert [file.problem for file in again.files] == [None, None]


def test_after_the_lock_the_same_question_makes_the_same_log_in_a_new_engine(files: tuple[str, str]) -> None:
    plan = planned(Workspace(), files)
    wanted = tuple(ImportFile(file.path, table_of(plan, number)) for number, file in enumerate(plan.files))
    taken = answer(Workspace(), TakeIn(wanted, Secret("seks ord")), Task())
    assert isinstance(taken, TakenIn) and taken.opened.summary is not None and taken.opened.summary.n_cases == 10


def test_every_step_tells_what_it_did_to_all_rows_and_shows_nobody(files: tuple[str, str]) -> None:
    workspace = Workspace()
    table = table_of(planned(workspace, files[:1]))
    steps = (Trim(columns=("Trin", "Navn")), UnifySpelling(column="Trin"), DropRows(column="Status", values=("Annulleret",)))
    found = tried(workspace, files[0], msgspec.structs.replace(table, steps=steps))
    assert [(step.rows_in, step.rows_out, step.changed) for step in found.outcomes] == [(30, 30, 10), (30, 30, 10), (30, 20, 0)]
    assert "Annulleret" in found.values["Status"] and "Navn" not in found.values
    assert not any(secret in repr(found) for secret in ("Borger nr", "S-1", "Karl"))


def test_names_in_the_sample_of_a_step_are_masked(files: tuple[str, str]) -> None:
    workspace = Workspace()
    table = table_of(planned(workspace, files[:1]))
    steps = (MapValues(column="Navn", table={"Borger nr 10": "Borger nr 11"}),)
    found = tried(workspace, files[0], msgspec.structs.replace(table, steps=steps))
    assert found.outcomes[0].changed == 3 and found.outcomes[0].sample
    assert "Borger nr" not in repr(found)


def test_steps_that_would_help_are_suggested_with_their_rows(files: tuple[str, str]) -> None:
    workspace = Workspace()
    table = table_of(planned(workspace, files[:1]))
    found = answer(workspace, SuggestSteps(files[0], table), Task())
    assert isinstance(found, Suggestions)
    assert [(type(one.step), one.rows) for one in found.steps][:2] == [(Trim, 10), (UnifySpelling, 10)]


def test_an_activity_of_two_columns_is_seen_at_once_and_no_employee_enters_it(files: tuple[str, str]) -> None:
    workspace = Workspace()
    table = table_of(planned(workspace, files[:1]))
    join = JoinColumns(columns=("Trin", "Udfald"), into="Trin + Udfald")
    roles = msgspec.structs.replace(table.roles, activity="Trin + Udfald")
    found = answer(workspace, PreviewFile(files[0], msgspec.structs.replace(table, roles=roles, steps=(join,))), Task())
    assert isinstance(found, PlannedFile) and found.preview is not None
    assert "Afgørelse – Bevilget" in {activity for _, activity, _ in found.preview.preview_cases}
    strange = JoinColumns(columns=("Trin", "Sagsbehandler"), into="Hvad")
    roles = msgspec.structs.replace(table.roles, activity="Hvad")
    with pytest.raises(BadInput, match="who did the work"):
        tried(workspace, files[0], msgspec.structs.replace(table, roles=roles, steps=(strange,)))


@pytest.mark.parametrize(
    "steps",
    [
        (SplitActivity(activity="Afgørelse", by="Sagsbehandler"),),
        (MapValues(column="Sagsbehandler", table={"Karl Kjær": "K"}, into="Hvem"), SplitActivity(activity="Afgørelse", by="Hvem")),
    ],
    ids=["at once", "by another column"],
)
def test_no_step_carries_employees_into_the_activity(files: tuple[str, str], steps: tuple[AnyStep, ...]) -> None:
    workspace = Workspace()
    table = table_of(planned(workspace, files[:1]))
    with pytest.raises(BadInput, match="who did the work"):
        tried(workspace, files[0], msgspec.structs.replace(table, steps=steps))


def test_civil_registration_numbers_become_no_activity(files: tuple[str, str]) -> None:
    workspace = Workspace()
    table = table_of(planned(workspace, files), 1)
    with pytest.raises(BadInput, match="civil registration"):
        tried(workspace, files[1], msgspec.structs.replace(table, roles=msgspec.structs.replace(table.roles, unit="Borger")))
    join = JoinColumns(columns=("Hændelse", "Borger"), into="Begge")
    roles = msgspec.structs.replace(table.roles, activity="Begge")
    with pytest.raises(BadInput, match="civil registration"):
        tried(workspace, files[1], msgspec.structs.replace(table, roles=roles, steps=(join,)))


def test_last_months_recipe_fits_itself_and_says_what_has_changed(files: tuple[str, str], tmp_path: Path) -> None:
    workspace = Workspace()
    table = msgspec.structs.replace(table_of(planned(workspace, files[:1])), steps=(Trim(columns=("Trin",)),))
    written = answer(workspace, WriteRecipe(Recipe((table,), "Fasit")), Task())
    assert isinstance(written, RecipeFile) and read_recipe(written.content, "r.toml").tables == (table,)
    recipe = tmp_path / "fasit.toml"
    recipe.write_bytes(written.content)
    later = tmp_path / "april.csv"
    later.write_text(FASIT.replace("Udfald", "Resultat", 1).replace("Navn", "Navn1", 1), "utf-8")
    plan = planned(workspace, (str(later), files[1]), recipe=str(recipe))
    assert [file.fits for file in plan.files] == [True, False]
    assert table_of(plan).steps == table.steps
    said = " ".join(notice.message.format(**notice.values) for notice in plan.files[0].changes)
    assert "Resultat" in said and "lacks columns" in said and "may now be called Navn1" in said
    assert plan.files[1].preview is not None and "No table of the recipe fits" in plan.files[1].changes[0].message


def test_a_recipe_holds_no_persons() -> None:
    table = TableRecipe(ColumnRoles("a", "b", "c"), steps=(DropRows(column="d", values=(CPR,)),))
    with pytest.raises(BadInput, match="no such data"):
        check_recipe(Recipe((table,)))


def test_stop_ends_an_import_and_the_files_stay(files: tuple[str, str]) -> None:
    workspace = Workspace()
    plan = planned(workspace, files)
    wanted = tuple(ImportFile(file.path, table_of(plan, number)) for number, file in enumerate(plan.files))
    with pytest.raises(Cancelled):
        answer(workspace, TakeIn(wanted), Task(is_cancelled=lambda: True))
    assert isinstance(answer(workspace, TakeIn(wanted), Task()), TakenIn)
