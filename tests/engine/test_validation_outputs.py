"""What leaves Sagsflow says whether its data are validated: files of models, what the shell prints, and the window's answers."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from engine import cli, operations, sources
from engine.demo import DEMO_PROJECT, PASSPHRASE
from engine.intake import take_in
from engine.log.columns import ColumnRoles
from engine.service import messages
from engine.service.messages import ModelFileQuery, ModelFormat, ModelQuery, Open, SaveProject, Secret
from engine.tasks import Task
from engine.validation.values import CommentKind, Method
from engine.washing import values as steps
from engine.washing.values import Recipe, TableRecipe
from engine.workspace import Workspace
from tests.projects import FACTS, lock_quickly
from tests.projects import PASSPHRASE as OWN

UNSIGNED, SIGNED = "The data are not validated.", "Data validated "


@pytest.fixture(autouse=True)
def _quick_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    lock_quickly(monkeypatch)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project of thirty cases of two courses, washed by one step."""
    rows = ["sag;skridt;tid"]
    for case in range(30):
        course = ("Ansøgning", "Visitation", "Afgørelse") if case % 3 else ("Ansøgning", "Afgørelse")
        rows += [f"{case};{name};2026-03-{day + 1:02d} 08:00" for day, name in enumerate(course)]
    file = tmp_path / "udtræk.csv"
    file.write_text("\n".join(rows) + "\n", "utf-8")
    recipe = Recipe((TableRecipe(ColumnRoles("sag", "skridt", "tid"), delimiter=";", steps=(steps.Trim(),)),))
    _intake, source = take_in([(file, Secret())], recipe, Task())
    sources.save_project(source, SaveProject(str(tmp_path / "p"), FACTS, OWN), Task())
    return tmp_path / "p"


def opened(folder: Path) -> Workspace:
    workspace = Workspace()
    operations.answer(workspace, Open(str(folder), Secret(OWN)), Task())
    return workspace


def sign(folder: Path) -> str:
    workspace = opened(folder)
    sample = operations.answer(workspace, messages.DrawSample(5, Method.BY_VARIANT, 4711), Task())
    case = sample.cases[0].case  # type: ignore[attr-defined]
    operations.answer(workspace, messages.LookAt(case), Task())
    operations.answer(workspace, messages.WriteComment(case, 0, CommentKind.TIME, "Kom en uge senere", "sagsbehandler"), Task())
    operations.answer(workspace, messages.DecideStep(0, 0, accepted=True), Task())
    room = operations.answer(workspace, messages.SignData("leder af team 2"), Task())
    return str(room.version.sha256)  # type: ignore[attr-defined]


@pytest.mark.parametrize("form", list(ModelFormat))
def test_every_file_of_a_model_says_so(form: ModelFormat, folder: Path) -> None:
    question = ModelFileQuery(ModelQuery(guarded=True, language="en"), form, "Sygedagpenge")
    before = operations.answer(opened(folder), question, Task()).content.decode()  # type: ignore[attr-defined]
    version = sign(folder)
    after = operations.answer(opened(folder), question, Task()).content.decode()  # type: ignore[attr-defined]
    assert UNSIGNED in before
    assert SIGNED not in before
    assert SIGNED in after
    assert version[:12] in after
    assert UNSIGNED not in after
    if form is ModelFormat.CSV:
        assert before.splitlines()[-1].startswith("Note,")
        assert {len(row) for row in csv.reader(before.splitlines())} == {9}


def test_the_answer_to_opening_tells_the_window(folder: Path) -> None:
    workspace = Workspace()
    told = operations.answer(workspace, Open(str(folder), Secret(OWN)), Task())
    assert not told.standing.signed  # type: ignore[attr-defined]
    sign(folder)
    told = operations.answer(Workspace(), Open(str(folder), Secret(OWN)), Task())
    assert told.standing.signed  # type: ignore[attr-defined]
    assert told.standing.by == "leder af team 2"  # type: ignore[attr-defined]


# ---- the shell -----------------------------------------------------------------------------------------------------------------


def shell(arguments: list[str], passphrase: str, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> str:
    class Input:
        buffer = io.BytesIO(passphrase.encode() + b"\n")

        @staticmethod
        def isatty() -> bool:
            return False

    monkeypatch.setattr("sys.stdin", Input())
    monkeypatch.setenv("LANGUAGE", "en")
    monkeypatch.setattr("engine.hardening.limit_process", lambda: None)
    status = cli.main(arguments)
    out, err = capfdbinary.readouterr()
    assert status == 0, err.decode()
    return out.decode()


def test_describe_tells_whether_a_project_is_signed(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert json.loads(shell(["describe", str(folder), "--json"], OWN, monkeypatch, capfdbinary))["signed"] is False
    assert UNSIGNED in shell(["describe", str(folder)], OWN, monkeypatch, capfdbinary)
    version = sign(folder)
    told = json.loads(shell(["describe", str(folder), "--json"], OWN, monkeypatch, capfdbinary))
    assert told["signed"]["version"] == version
    assert told["signed"]["by"] == "leder af team 2"
    assert "synthetic" not in told
    assert SIGNED in shell(["describe", str(folder)], OWN, monkeypatch, capfdbinary)


@pytest.mark.skipif(not DEMO_PROJECT.exists(), reason="the demo project has not been made")
def test_the_demo_is_told_to_be_made_up_instead(monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    told = json.loads(shell(["describe", str(DEMO_PROJECT), "--json"], PASSPHRASE, monkeypatch, capfdbinary))
    assert told["synthetic"] is True
    assert "signed" not in told
    report = json.loads(shell(["validation", str(DEMO_PROJECT), "--seed", "1", "--json"], PASSPHRASE, monkeypatch, capfdbinary))
    assert report["synthetic"] is True
    assert not report["can_be_signed"]
    assert len(report["sample"]) == 12


def test_the_validation_of_a_project_in_the_shell(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    first = json.loads(shell(["validation", str(folder), "--json"], OWN, monkeypatch, capfdbinary))
    assert (first["signed"], first["sample"], first["comments"]["time"], first["looked_at"]) == (False, [], 0, 0)
    assert [(step["step"], step["verdict"], step["rows_in"]) for step in first["steps"]] == [("trim", "open", 80)]
    version = sign(folder)
    told = json.loads(shell(["validation", str(folder), "--json"], OWN, monkeypatch, capfdbinary))
    assert (told["version"], told["open"], told["comments"]["time"], told["looked_at"]) == (version, 1, 1, 1)
    assert told["steps"][0]["verdict"] == "accepted"
    assert told["draw"]["seed"] == 4711
    assert len(told["sample"]) == 5
    drawn = ["validation", str(folder), "--seed", "4711", "--cases", "5", "--json"]
    assert json.loads(shell(drawn, OWN, monkeypatch, capfdbinary))["sample"] == told["sample"]
    readable = shell(["validation", str(folder)], OWN, monkeypatch, capfdbinary)
    assert "Wrong time 1" in readable
    assert "Remove extra spaces: 80 → 80 rows" in readable
    assert SIGNED in readable


def test_what_is_no_project_is_said(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "log.csv"
    file.write_text("a,b\n1,2\n", "utf-8")
    assert cli.main(["validation", str(file), "--json"]) == 2
    assert "log.csv" in capfd.readouterr().err
