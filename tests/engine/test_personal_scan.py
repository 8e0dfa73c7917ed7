"""A finished project is looked through: nothing of the people in the extract is left in it; of what is found elsewhere no cell is shown."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pytest

from engine import cli, demo
from engine.demo.people import person
from engine.personal_scan import _texts_in, scan, scan_project, scanned
from engine.service.messages import Secret
from engine.tasks import Task
from engine.vault.project_folder import Project
from engine.vault.pseudonyms import pseudonymise
from engine.vault.unlocking import open_project
from tests.projects import lock_quickly, make, reopen

DEMO_PROJECT = Path(__file__).resolve().parents[2] / "resources" / "demo" / "placeringer"
PASSPHRASE = "korrekt hest batteri klips"
PEOPLE = [person(place) for place in range(60)]
RECIPE = """
[[tables]]
roles = { case = "cpr", activity = "trin", timestamp = "tid", unit = "led" }

[[tables.steps]]
step = "age_band"
column = "født"
into = "alder"

[[tables.steps]]
step = "keyword_activity"
column = "notat"
table = { telefon = "Opkald" }
into = "trin"
otherwise = "trin"

[[tables.steps]]
step = "caseworker_order"
column = "sagsbehandler"
into = "led"
"""


def extract(folder: Path) -> Path:
    """Rows of people with everything that a case system knows of them, also in the names of activities and of the file."""
    lines = ["cpr;trin;tid;født;navn;adresse;mail;notat;sagsbehandler"]
    for place, one in enumerate(PEOPLE):
        other = PEOPLE[(place * 7 + 1) % len(PEOPLE)]
        notes = (f"Talte i telefon med {one.name} ({one.phone})", "", f"Se sagen om {other.cpr}")
        for n, step in enumerate(("Ansøgt", f"Ring til {one.name} på {one.phone}", "Afgjort")):
            known = f"{one.cpr};{step};{n + 13:02d}-03-2025 10:00;{one.born:%d-%m-%Y};{one.name};{one.address};{one.mail};"
            lines.append(f"{known}{notes[n]};{other.name}")
    path = folder / "udtræk.csv"
    path.write_text("\n".join(lines), "utf-8")
    return path


def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(PASSPHRASE.encode() + b"\n")))
    status = cli.main(list(arguments))
    printed = capsys.readouterr()
    return status, printed.out + printed.err


def told_of_people(text: str) -> list[str]:
    known = [(one.cpr, one.cpr.replace("-", ""), one.name, one.mail, one.phone, one.address) for one in PEOPLE]
    return [told for one in known for told in one if told in text]


def test_an_extract_full_of_people_becomes_a_project_without_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lock_quickly(monkeypatch)
    (tmp_path / "r.toml").write_text(RECIPE, "utf-8")
    file, project = extract(tmp_path), tmp_path / "projekt"
    status, printed = run(monkeypatch, capsys, "scan", str(file), "--json")
    before: dict[str, Any] = json.loads(printed)
    assert status == cli.FOUND and not before["clean"]
    kinds = {(hit["place"], hit["kind"]) for hit in before["hits"]}
    assert {("cpr", "cpr"), ("navn", "name"), ("adresse", "address"), ("mail", "email"), ("født", "birth_date")} <= kinds
    assert {("notat", "cpr"), ("notat", "phone"), ("sagsbehandler", "name"), ("trin", "name_in_text")} <= kinds
    assert told_of_people(printed) == []
    about = ["--purpose", "Afprøvning", "--legal-basis", "§ 1", "--delete-by", "2031-01-01"]
    status, printed = run(monkeypatch, capsys, "import", str(file), "--recipe", str(tmp_path / "r.toml"), "--out", str(project), *about)
    assert (status, told_of_people(printed)) == (0, []), printed
    status, printed = run(monkeypatch, capsys, "scan", str(project), "--json")
    after = json.loads(printed)
    assert (status, after["clean"], after["hits"]) == (0, True, [])
    assert after["places"] == 8 and after["texts"] > 20
    opened = reopen_with(project)
    log = opened.read_contents(Task()).log
    assert sorted(set(log.event_columns["unit"].to_pylist())) == ["Sagsbehandler 1"]
    assert set(log.activities) == {"Opkald", "Ring til ••• på •••", "Afgjort"}
    assert [record.event for record in opened.read_audit(Task())][-1] == "scan"


def reopen_with(folder: Path) -> Project:
    return open_project(folder, Secret(PASSPHRASE), Task())


@pytest.mark.usefixtures("quick_lock")
def test_what_is_typed_into_the_facts_of_a_project_is_found_but_not_shown(tmp_path: Path) -> None:
    project = make(tmp_path / "p")
    assert scan_project(project, Task()).hits == ()
    facts = msgspec.structs.replace(project.state.facts, purpose=f"Sagen om {PEOPLE[0].name}, {PEOPLE[0].cpr}")
    project.save_state(msgspec.structs.replace(project.state, facts=facts), Task())
    project.record("export", {"to": PEOPLE[1].mail}, Task())
    found = scan_project(reopen(tmp_path / "p"), Task())
    assert {(hit.place, hit.kind, hit.count) for hit in found.hits} == {
        ("facts and view of the project", "cpr", 1),
        ("facts and view of the project", "name", 1),
        ("audit log", "email", 1),
    }
    assert told_of_people(repr(found)) == []


@pytest.fixture
def quick_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    lock_quickly(monkeypatch)


def test_an_xes_log_is_looked_through_attribute_by_attribute(tmp_path: Path) -> None:
    events = "".join(
        f'<trace><string key="concept:name" value="{n}"/><event><string key="concept:name" value="Trin"/>'
        f'<string key="note" value="Ringede til {one.name}"/></event></trace>'
        for n, one in enumerate(PEOPLE)
    )
    (tmp_path / "l.xes").write_text(f"<log>{events}</log>", "utf-8")
    found = scan(tmp_path / "l.xes", Secret(), Task())
    assert [(hit.place, hit.kind, hit.count) for hit in found.hits] == [("note", "name", len({one.name for one in PEOPLE}))]


def test_the_demo_log_is_clean_as_it_stands() -> None:
    found = scan(DEMO_PROJECT, Secret(demo.PASSPHRASE), Task())
    assert found.clean and found.texts > 100


def test_a_thousand_pseudonyms_and_checksums_are_not_taken_for_people() -> None:
    ids = pseudonymise(pa.array([str(n) for n in range(20_000)]), bytes(32), Task())
    assert scanned("ids", [("ids", ids)], Task()).clean
    assert list(_texts_in({"sha256": "0101901234" + "a" * 54, "n": 3})) == ["sha256", "n"]
