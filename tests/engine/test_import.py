"""A municipality imports its extracts by a recipe, from the shell: the same every time, with nothing that was not asked for."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from engine import cli
from engine.files.age import decrypt_file
from engine.intake import joint_name
from engine.tasks import Task
from engine.vault.project_folder import KEYS
from tests.projects import lock_quickly

PASSPHRASE = "korrekt hest batteri klips"
RECIPE = """
[[tables]]
columns = ["sag", "kode", "tid", "sagsbehandler", "note"]
roles = { case = "sag", activity = "kode", timestamp = "tid" }

[[tables.steps]]
step = "trim"

[[tables.steps]]
step = "map_values"
column = "kode"
table = { A = "Ansøgt", B = "Bevilget" }

[[tables.steps]]
step = "drop_duplicates"

[[tables]]
roles = { case = "Sagsnummer", activity = "Hændelse", timestamp = "Dato" }
"""
CASES = "sag;kode;tid;sagsbehandler;note\n"
FIRST = CASES + "17;A ;01-03-2025 10:00;KLM;Kald 010190-1234\n17;A;01-03-2025 10:00;KLM;\n17;B;13-03-2025 09:00;KLM;\n"
SECOND = "Sagsnummer;Hændelse;Dato\n17;Udbetalt;14-03-2025\n18;Udbetalt;15-03-2025\n"


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    lock_quickly(monkeypatch)


def imported(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *files: Path, recipe: str = RECIPE) -> Any:
    """What `import --json` printed, or its exit status and what it said."""
    (folder / "r.toml").write_text(recipe, "utf-8")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(PASSPHRASE.encode() + b"\n")))
    names = [str(file) for file in files]
    about = ["--purpose", "Afprøvning", "--legal-basis", "§ 1", "--delete-by", "2031-01-01"]
    number = len(list(folder.glob("projekt*")))
    arguments = ["import", *names, "--recipe", str(folder / "r.toml"), "--out", str(folder / f"projekt{number}"), *about, "--json"]
    status = cli.main(arguments)
    printed = capsys.readouterr()
    return json.loads(printed.out) if not status else (status, printed.err)


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def test_two_systems_become_one_log_of_their_cases(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    files = written(tmp_path, "sager.csv", FIRST), written(tmp_path, "udbetaling.csv", SECOND)
    report = imported(tmp_path, monkeypatch, capsys, *files)
    assert (report["cases"], report["events"], report["activities"]) == (2, 4, 3)
    first, second = report["files"]
    assert [(step["step"], step["rows_in"], step["rows_out"]) for step in first["steps"]] == [
        ("trim", 3, 3), ("map_values", 3, 3), ("drop_duplicates", 3, 2)
    ]  # fmt: skip
    assert (second["rows"], second["events"]) == (2, 2)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(PASSPHRASE.encode() + b"\n")))
    assert cli.main(["describe", str(tmp_path / "projekt0"), "--json"]) == 0
    described = json.loads(capsys.readouterr().out)
    arcs = {(arc["from"], arc["to"]): arc["count"] for arc in described["directly_follows"]}
    assert arcs == {("Ansøgt", "Bevilget"): 1, ("Bevilget", "Udbetalt"): 1}


def test_the_same_files_and_recipe_give_the_same_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = written(tmp_path, "sager.csv", FIRST)
    one, other = (imported(tmp_path, monkeypatch, capsys, file) for _ in range(2))
    assert one["sha256"] == other["sha256"]
    changed = imported(tmp_path, monkeypatch, capsys, written(tmp_path, "sager.csv", FIRST.replace("09:00", "09:01")))
    assert changed["sha256"] != one["sha256"]


def test_what_was_not_chosen_is_nowhere_in_the_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    imported(tmp_path, monkeypatch, capsys, written(tmp_path, "sager.csv", FIRST))
    project = tmp_path / "projekt0"
    (key,) = (project / KEYS).iterdir()
    identity = tmp_path / "identity.txt"
    identity.write_bytes(bytes(decrypt_file(key, PASSPHRASE, None, Task())))
    opened = [bytes(decrypt_file(part, None, str(identity), Task())) for part in project.rglob("*.age") if part != key]
    assert opened
    for secret in (b"010190", b"KLM", b"Kald"):
        assert not any(secret in part for part in opened)


def test_next_month_the_extract_has_changed_and_the_import_says_how(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = FIRST.replace("sagsbehandler", "sagsbehandlere").replace(";B;", ";C;")
    report = imported(tmp_path, monkeypatch, capsys, written(tmp_path, "sager.csv", text))
    (file,) = report["files"]
    assert file["difference"]["renamed"] == {"sagsbehandler": "sagsbehandlere"}
    assert [step["unknown"] for step in file["steps"]] == [0, 1, 0]
    assert any("step 2" in warning for warning in report["warnings"])


def test_a_file_that_fits_no_table_is_refused_and_nothing_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = written(tmp_path, "andet.csv", "sag;trin;tid\n1;A;2025-01-01\n")
    status, said = imported(tmp_path, monkeypatch, capsys, file)
    assert status == 2 and "andet.csv" in said and "kode" in said
    assert not (tmp_path / "projekt0").exists()


def test_a_project_without_a_day_of_deletion_is_refused_before_anything_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("engine.intake.take_in", lambda *_: pytest.fail("the files were read"))
    (tmp_path / "r.toml").write_text(RECIPE, "utf-8")
    file = written(tmp_path, "sager.csv", FIRST)
    about = ["--purpose", "Afprøvning", "--legal-basis", "§ 1", "--delete-by", "engang"]
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(PASSPHRASE.encode() + b"\n")))
    assert cli.main(["import", str(file), "--recipe", str(tmp_path / "r.toml"), "--out", str(tmp_path / "p"), *about]) == 2
    assert "2027-12-31" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("recipe", "said"),
    [
        ("", "r.toml"),
        ("version = 9\ntables = [{ roles = {} }]", "newer"),
        ('[[tables]]\nroles = {}\n[[tables.steps]]\nstep = "shout"', "shout"),
        ('[[tables]]\nroles = { case = "sag" }', "activity, timestamp"),
        ('[[tables]]\nroles = { case = "sagsbehandler", activity = "kode", timestamp = "tid" }', "who did the work"),
        ("\udcff", "r.toml"),
    ],
)
def test_a_recipe_that_cannot_be_used_is_refused_with_a_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], recipe: str, said: str
) -> None:
    file = written(tmp_path, "sager.csv", FIRST)
    if "\udcff" in recipe:
        monkeypatch.setattr(Path, "write_text", lambda path, text, encoding: path.write_bytes(b"\xff"))
    status, error = imported(tmp_path, monkeypatch, capsys, file, recipe=recipe)
    assert status == 2 and said in error


@pytest.mark.parametrize(
    ("files", "name"),
    [
        (["jobsager 2026.csv"], "jobsager 2026.csv"),
        (["akademikere-planner.csv", "akademikere-sager.csv", "akademikere-personer.csv"], "akademikere"),
        (["udtræk 01.csv", "udtræk 02.csv"], "udtræk"),
        (["a.csv", "b.csv"], "a.csv"),
    ],
)
def test_a_log_of_several_files_is_named_by_what_their_names_share(files: list[str], name: str) -> None:
    assert joint_name(files) == name
