"""What a case is, is chosen afterwards: on object-centric logs and on tables with further identifiers, in engine and shell."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pyrage
import pytest

from engine import cli, hardening
from engine.errors import BadInput
from engine.intake import take_in
from engine.log.columns import ColumnRoles, ReadOptions, object_key
from engine.log.event_log import EventLog
from engine.log.selection import HasActivity, Selection
from engine.notions import choose_notion, counts_of, objects_of, objects_to_export
from engine.ocel.object_log import ObjectLog
from engine.operations import answer
from engine.service import messages
from engine.service.messages import ChooseNotion, ObjectMapQuery, Open, ProjectFacts, SaveProject, SaveView, Secret, ViewState
from engine.sources import read_any
from engine.tasks import Task
from engine.washing.values import Recipe, TableRecipe, Trim
from engine.workspace import Workspace
from tests import real_logs
from tests.object_logs import SECRET, TYPES, json_second
from tests.projects import lock_quickly
from tests.properties.test_ocel_laws import canonical

PASSPHRASE = "gul-havn-krone"
FACTS = ProjectFacts("Forløb 2027", "Ventetid", "art. 6", "2030-12-31")
TABLE = """borger;forløb;tilbud;hændelse;tid;sagsbehandler
B1;F1;;Henvist;13-03-2025 09:00;XY
B1;F1;T1;Tilbud startet;20-03-2025 10:00;ZZ
B1;F2;;Henvist;21-03-2025 09:00;XY
B2;F3;T1;Tilbud startet;22-03-2025 12:00;XY
B2;F3;T2;Tilbud startet;23-03-2025 12:00;XY
B2;;;Samtale;24-03-2025 12:00;XY
"""
RECIPE = Recipe(
    (
        TableRecipe(
            ColumnRoles("borger", "hændelse", "tid", employee="sagsbehandler", objects=("forløb", "tilbud")),
            timestamp_format="%d-%m-%Y %H:%M",
        ),
    )
)


@pytest.fixture(autouse=True)
def _quick_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    lock_quickly(monkeypatch)


def asked(workspace: Workspace, question: Any) -> Any:
    return answer(workspace, question, Task())


def same_log(one: EventLog, other: EventLog) -> bool:
    arrays = ((one.activity, other.activity), (one.timestamp, other.timestamp), (one.offsets, other.offsets))
    return one.activities == other.activities and all(a.tolist() == b.tolist() for a, b in arrays) and one.case_ids.equals(other.case_ids)


def opened_ocel(folder: Path, kind: str = "Sag") -> Workspace:
    (folder / "log.json").write_bytes(json_second())
    workspace = Workspace()
    options = ReadOptions(object_type=kind, roles=ColumnRoles(kind, "ocel:activity", "ocel:timestamp"))
    asked(workspace, Open(str(folder / "log.json"), options=options))
    return workspace


def opened_table(folder: Path) -> Workspace:
    (folder / "udtræk.csv").write_text(TABLE, encoding="utf-8")
    workspace = Workspace()
    workspace.hold(take_in([(folder / "udtræk.csv", Secret())], RECIPE, Task())[1])
    return workspace


def saved(workspace: Workspace, folder: Path) -> Path:
    asked(workspace, SaveProject(str(folder), FACTS, PASSPHRASE))
    return folder


def reopened(folder: Path) -> tuple[Workspace, messages.Opened]:
    workspace = Workspace()
    return workspace, asked(workspace, Open(str(folder), Secret(PASSPHRASE)))


# ---- object-centric logs ------------------------------------------------------------------------------------------------------


def test_another_type_becomes_the_case_and_back(tmp_path: Path) -> None:
    workspace = opened_ocel(tmp_path)
    first = workspace.study.log
    told = asked(workspace, ChooseNotion("Borger"))
    assert {one.name: one.objects for one in told.object_types} == TYPES
    assert [one.name for one in told.object_types if one.notion] == ["Borger"]
    assert (told.summary.n_cases, told.summary.n_events) == (1, 2), "the citizen takes part in both cases' beginning"
    assert told.summary.roles.case == "Borger"
    direct = opened_ocel(tmp_path, "Borger").study.log
    assert workspace.study.log.activity.tolist() == direct.activity.tolist()
    asked(workspace, ChooseNotion("Sag"))
    assert workspace.study.log is first, "the log of the import comes back as it was"
    with pytest.raises(BadInput, match="Sag"):
        asked(workspace, ChooseNotion("Medarbejder"))


def test_a_project_keeps_its_objects_and_the_notion_of_its_view(tmp_path: Path) -> None:
    workspace = opened_ocel(tmp_path)
    folder = saved(workspace, tmp_path / "projekt")
    held = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert SECRET.encode() not in held and (folder / "data").is_dir()
    again, told = reopened(folder)
    assert len(told.object_types) == 3 and told.summary.roles.case == "Sag"
    asked(again, ChooseNotion("Brev"))
    asked(again, SaveView(ViewState(notion="Brev")))
    kept, told = reopened(folder)
    assert told.summary.roles.case == "Brev" and told.summary.n_cases == 1
    asked(kept, ChooseNotion(""))
    assert same_log(kept.study.log, workspace.study.log)
    asked(kept, ChooseNotion("Brev"))
    asked(kept, SaveProject(str(folder), FACTS, PASSPHRASE))
    found = read_any(folder, Secret(PASSPHRASE), ReadOptions(), Task())
    assert isinstance(found, EventLog) and same_log(found, workspace.study.log), "the log of the import is what is kept"


def test_nothing_but_pseudonyms_is_kept_of_objects(tmp_path: Path) -> None:
    folder = saved(opened_ocel(tmp_path), tmp_path / "projekt")
    workspace, _ = reopened(folder)
    objects = workspace.source.objects
    assert objects is not None and all(one.startswith("S-") for one in objects.object_ids)
    assert not objects.object_attributes.value and not objects.event_attributes.value
    assert set(workspace.study.log.case_ids.to_pylist()) <= set(objects.object_ids), "the same pseudonym as the case's"


def test_the_map_of_objects_follows_the_selection(tmp_path: Path) -> None:
    workspace = opened_ocel(tmp_path)
    every = asked(workspace, ObjectMapQuery(steps=9, paths=99)).map
    assert {one.name: one.objects for one in every.types} == TYPES and every.n_events == 4
    chosen = asked(workspace, ObjectMapQuery(Selection((HasActivity("Afgør sag"),)), steps=9, paths=99)).map
    assert (chosen.n_cases, chosen.n_cases_all, chosen.n_events) == (1, 2, 3)
    with pytest.raises(BadInput, match="fewer than 5"):
        asked(workspace, ObjectMapQuery(guarded=True))


# ---- tables -------------------------------------------------------------------------------------------------------------------


def test_a_table_with_further_identifiers_is_cut_by_them(tmp_path: Path) -> None:
    workspace = opened_table(tmp_path)
    base = workspace.study.log
    assert {one.name: one.objects for one in counts_of(workspace.source)} == {"borger": 2, "forløb": 3, "tilbud": 2}
    told = asked(workspace, ChooseNotion("tilbud"))
    log = workspace.study.log
    assert (told.summary.n_cases, told.summary.n_events, log.roles.case) == (2, 3, "tilbud")
    assert any("tilbud" in str(notice.values) and notice.values.get("count") == 3 for notice in told.summary.notices)
    assert {"employee", object_key("forløb"), object_key("borger")} <= set(log.event_columns), "the rest of the columns stays"
    assert asked(workspace, ChooseNotion("borger")).summary.n_cases == 2
    assert workspace.study.log is base


def test_employees_are_never_a_notion(tmp_path: Path) -> None:
    workspace = opened_table(tmp_path)
    assert "sagsbehandler" not in {one.name for one in counts_of(workspace.source)}
    with pytest.raises(BadInput):
        choose_notion(workspace.source, "sagsbehandler", Task())


def test_the_objects_of_a_table_make_a_map_too(tmp_path: Path) -> None:
    workspace = opened_table(tmp_path)
    shown = asked(workspace, ObjectMapQuery(steps=9, paths=99)).map
    assert {one.name: one.objects for one in shown.types} == {"borger": 2, "forløb": 3, "tilbud": 2}
    started = next(step for step in shown.steps if step.name == "Tilbud startet")
    kinds = {one.number: one.name for one in shown.types}
    assert {kinds[count.type]: (count.objects, count.times) for count in started.counts} == {
        "borger": (2, 3), "forløb": (2, 3), "tilbud": (2, 3),
    }  # fmt: skip
    folder = saved(workspace, tmp_path / "projekt")
    again, told = reopened(folder)
    assert len(told.object_types) == 3 and asked(again, ObjectMapQuery(steps=9, paths=99)).map.types == shown.types


def test_a_log_with_one_notion_has_no_choice(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text("sag;hændelse;tid\n1;a;2024-01-13\n")
    workspace = Workspace()
    told = asked(workspace, Open(str(tmp_path / "log.csv"), options=ReadOptions(ColumnRoles("sag", "hændelse", "tid"))))
    assert told.object_types == ()
    with pytest.raises(BadInput, match="one kind of case"):
        asked(workspace, ObjectMapQuery())
    with pytest.raises(BadInput, match="one kind of case"):
        objects_to_export(workspace.source)


# ---- the shell ----------------------------------------------------------------------------------------------------------------


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Any:
    monkeypatch.setattr(hardening, "limit_process", lambda: None)

    def run(*arguments: str) -> str:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(f"{PASSPHRASE}\n".encode())))
        assert cli.main(list(arguments)) == 0, capfd.readouterr().err
        return capfd.readouterr().out

    return run


@pytest.mark.parametrize("make", [opened_ocel, opened_table])
@pytest.mark.parametrize("form", ["json", "xml", "sqlite"])
def test_a_projects_objects_leave_encrypted_and_read_as_they_were(make: Any, form: str, tmp_path: Path, shell: Any) -> None:
    workspace = make(tmp_path)
    folder = saved(workspace, tmp_path / "projekt")
    key = pyrage.x25519.Identity.generate()
    (tmp_path / "key.txt").write_text(f"{key}\n")
    target = tmp_path / f"ud.{form}.age"
    shell("export-ocel", str(folder), "--out", str(target), "--to", str(key.to_public()))
    again = read_any(target, Secret(identity_path=str(tmp_path / "key.txt")), ReadOptions(), Task())
    kept = objects_of(workspace.source)
    assert isinstance(again, ObjectLog) and kept is not None
    assert canonical(again) == canonical(objects_to_export(workspace.source))
    assert again.objects_by_type() == kept.objects_by_type()


def test_the_shell_describes_a_project_by_another_notion(tmp_path: Path, shell: Any) -> None:
    folder = saved(opened_table(tmp_path), tmp_path / "projekt")
    told = json.loads(shell("describe", str(folder), "--json"))
    assert told["cases"] == 2
    told = json.loads(shell("describe", str(folder), "--json", "--object-type", "forløb"))
    assert (told["cases"], told["events"]) == (3, 5)


# ---- the public logs ----------------------------------------------------------------------------------------------------------


TRUTHS = sorted((real_logs.DATA / "ocel").glob("*.truth.json"))
FLATTENED = "flattened_per_object_type (E2O deduplicated, order timestamp then file order)"
REAL = real_logs.over("real", [(path,) for path in TRUTHS])


@REAL
def test_every_public_log_becomes_a_project_whose_notions_are_those_of_its_truth(real: tuple[Path], tmp_path: Path) -> None:
    truth = real_logs.read_truth(real[0])
    workspace = Workspace()
    waiting = asked(workspace, Open(str(real[0].with_name(truth["file"]))))
    assert waiting.preview is not None and waiting.preview.object_types
    told = asked(workspace, messages.UseRoles(waiting.preview.options))
    assert {one.name: one.objects for one in told.object_types} == {
        kind: n for kind, n in truth["object_types"].items() if kind in waiting.preview.object_types
    }
    again, _ = reopened(saved(workspace, tmp_path / "projekt"))
    for one in told.object_types:
        found, wanted = asked(again, ChooseNotion(one.name)).summary, truth[FLATTENED][one.name]
        assert (found.n_cases, found.n_events, found.n_variants) == (
            wanted["objects_with_events"], wanted["events_flattened"], wanted["variants"],
        )  # fmt: skip
    shown = asked(again, ObjectMapQuery(steps=999, paths=9999)).map
    assert {one.name: one.objects for one in shown.types} == {one.name: one.objects for one in told.object_types}


# ---- what left, and who is taken out ------------------------------------------------------------------------------------------


def test_what_left_with_other_cases_bars_nothing(tmp_path: Path) -> None:
    steps = ((10, "Henvist"), (11, "Samtale"))
    rows = [f"B{n};F{n};;{step};{n % 27 + 1:02d}-03-2025 {hour}:00;XY" for n in range(40) for hour, step in steps]
    rows += [f"B{n};;;Kun borger;{n % 27 + 1:02d}-03-2025 12:00;XY" for n in range(20)]
    (tmp_path / "mange.csv").write_text("\n".join([TABLE.splitlines()[0], *rows]) + "\n", encoding="utf-8")
    workspace = Workspace()
    workspace.hold(take_in([(tmp_path / "mange.csv", Secret())], RECIPE, Task())[1])
    chosen = Selection((HasActivity("Kun borger"),))
    asked(workspace, messages.RecordExport("svg", 5, "0" * 64, chosen))
    asked(workspace, ChooseNotion("forløb"))
    assert "Kun borger" not in workspace.study.log.activities
    asked(workspace, messages.RecordExport("svg", 5, "1" * 64))
    assert [one.notion for one in workspace.exported(Task())] == ["forløb"]
    asked(workspace, ChooseNotion(""))
    assert [one.selection for one in workspace.exported(Task())] == [chosen]
    assert asked(workspace, ObjectMapQuery(guarded=True)).map.k == 5


def test_one_object_is_taken_out_of_an_object_centric_project(tmp_path: Path) -> None:
    folder = saved(opened_ocel(tmp_path), tmp_path / "projekt")
    workspace, _ = reopened(folder)
    found = asked(workspace, messages.FindCitizen("b1"))
    assert (found.events, found.cases) == (2, 1), "found though a citizen is no case of the import"
    gone = asked(workspace, messages.ForgetCitizen(found.pseudonym))
    assert (gone.events, gone.cases) == (2, 1) and "Borger" not in {one.name for one in gone.opened.object_types}
    again, told = reopened(folder)
    assert again.source.objects is not None and found.pseudonym not in again.source.objects.object_ids
    assert (told.summary.n_cases, told.summary.n_events) == (2, 3), "the cases stay, without the events of that citizen"
    with pytest.raises(BadInput):
        asked(again, messages.FindCitizen("b1"))


def test_an_object_centric_log_of_the_import_keeps_its_objects_unless_it_is_washed(tmp_path: Path) -> None:
    (tmp_path / "log.json").write_bytes(json_second())
    roles = ColumnRoles("Sag", "ocel:activity", "ocel:timestamp")
    table = TableRecipe(roles, object_type="Sag", timezone="UTC")
    _, source = take_in([(tmp_path / "log.json", Secret())], Recipe((table,)), Task())
    assert {one.name: one.objects for one in counts_of(source)} == TYPES
    washed = TableRecipe(roles, object_type="Sag", timezone="UTC", steps=(Trim(),))
    _, source = take_in([(tmp_path / "log.json", Secret())], Recipe((washed,)), Task())
    assert counts_of(source) == (), "a step of the wash would not be in the log of another type"
