"""Opening whatever a user may choose, and saving it as a project."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path

import msgspec
import numpy as np
import pyrage
import pytest

from engine import sources
from engine.errors import BadInput, Cancelled, SagsflowError, WrongKey
from engine.log.columns import ColumnRoles, ReadOptions
from engine.log.selection import HasActivity, Selection
from engine.service.messages import FileKind, ProjectFacts, RecordExport, SaveProject, Secret, ViewState
from engine.sources import Source, open_source, preview, read_source, save_project, save_view, use_roles
from engine.tasks import Task
from tests.age_writer import armor, seal_with_passphrase
from tests.projects import lock_quickly

PASSPHRASE = "gul-havn-krone"
CSV = (
    "sag,aktivitet,tid,medarbejder,enhed\n"
    "010170-1234,Ansøgning,2027-01-04T08:00:00,Mille,Nord\n"
    "010170-1234,Afgørelse,2027-01-06T08:00:00,Mille,Syd\n"
    "020270-1234,Ansøgning,2027-01-05T09:30:00,Ole,Nord\n"
).encode()
XES = b"""<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1.0" xmlns="http://www.xes-standard.org/"><trace><string key="concept:name" value="1"/>
<event><string key="concept:name" value="A"/><date key="time:timestamp" value="2027-01-04T08:00:00+00:00"/></event></trace></log>"""
ROLES = ReadOptions(ColumnRoles("sag", "aktivitet", "tid", unit="enhed"), timezone="Europe/Copenhagen")
FACTS = ProjectFacts("Prøve", "Ventetid", "art. 6", "2028-01-31")
KEY = pyrage.x25519.Identity.generate()


@pytest.fixture
def quick_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lock identities with a small work factor."""
    lock_quickly(monkeypatch)


@pytest.fixture
def key(tmp_path: Path) -> Secret:
    path = tmp_path / "key.txt"
    path.write_text(f"{KEY}\n")
    return Secret(identity_path=str(path))


def put(tmp_path: Path, content: bytes, name: str = "log.age") -> Path:
    path = tmp_path / name
    path.write_bytes(content)
    return path


def sealed(content: bytes) -> bytes:
    return bytes(pyrage.encrypt(content, [KEY.to_public()]))


# ---- files ---------------------------------------------------------------------------------------------------------------------


def test_a_table_waits_for_its_roles_and_then_becomes_a_log_of_pseudonyms(tmp_path: Path, key: Secret) -> None:
    waiting = open_source(put(tmp_path, sealed(CSV)), key, ReadOptions(), Task())
    assert (waiting.kind, waiting.encrypted, waiting.log) == (FileKind.TABLE, True, None)
    assert waiting.preview is not None
    assert waiting.preview.columns == ("sag", "aktivitet", "tid", "medarbejder", "enhed")
    again = preview(waiting, ReadOptions(delimiter=";"), Task())
    assert again.preview is not None
    assert len(again.preview.columns) == 1
    source = use_roles(again, ROLES, Task())
    assert source.log is not None
    assert (source.log.n_cases, source.log.n_events, source.preview, source.table) == (2, 3, None, None)
    ids = source.log.case_ids.to_pylist()
    assert all(len(case) == 16 and case.startswith("S-") for case in ids)
    assert len(set(ids)) == 2
    assert set(source.log.event_columns) == {"unit"}
    with pytest.raises(BadInput, match="No table waits"):
        use_roles(source, ROLES, Task())


def test_the_same_log_gets_other_pseudonyms_each_time(tmp_path: Path, key: Secret) -> None:
    path = put(tmp_path, sealed(CSV))
    first, second = (open_source(path, key, ROLES, Task()).log for _ in range(2))
    assert first is not None
    assert second is not None
    assert set(first.case_ids.to_pylist()).isdisjoint(second.case_ids.to_pylist())


@pytest.mark.parametrize(
    ("content", "kind"),
    [(CSV, FileKind.TABLE), (gzip.compress(CSV), FileKind.TABLE), (XES, FileKind.LOG), (gzip.compress(XES), FileKind.LOG)],
    ids=["csv", "csv.gz", "xes", "xes.gz"],
)
@pytest.mark.parametrize("wrap", [bytes, sealed, lambda content: armor(sealed(content))], ids=["plain", "age", "armored"])
def test_content_decides_and_not_the_name(tmp_path: Path, key: Secret, content: bytes, kind: FileKind, wrap: object) -> None:
    options = ROLES if kind is FileKind.TABLE else ReadOptions()
    source = open_source(put(tmp_path, wrap(content), "noget.dat"), key, options, Task())  # type: ignore[operator]
    assert source.log is not None
    assert source.encrypted == (wrap is not bytes)
    assert source.kind is kind


def test_the_shell_reads_the_case_ids_as_they_are(tmp_path: Path, key: Secret) -> None:
    log = read_source(put(tmp_path, sealed(CSV)), key, ROLES, Task())
    assert log.case_ids.to_pylist() == ["010170-1234", "020270-1234"]


def bomb() -> bytes:
    return gzip.compress(bytes(300 << 20), 9)


BAD: dict[str, tuple[bytes, type[SagsflowError]]] = {
    "empty": (b"", BadInput),
    "nothing inside": (sealed(b""), BadInput),
    "a picture": (sealed(b"\x89PNG\r\n\x1a\n" + bytes(2000)), BadInput),
    "a zip": (sealed(b"PK\x03\x04" + bytes(200)), BadInput),
    "noise": (sealed(bytes(range(256)) * 40), BadInput),
    "an age file in an age file": (sealed(sealed(CSV)), BadInput),
    "xml that is no log": (sealed(b"<?xml version='1.0'?><html><body/></html>"), BadInput),
    "cut off": (sealed(CSV)[:-10], BadInput),
    "tampered": (sealed(CSV)[:-3] + b"xyz", BadInput),
    "for another key": (bytes(pyrage.encrypt(CSV, [pyrage.x25519.Identity.generate().to_public()])), WrongKey),
    "with a passphrase": (seal_with_passphrase(CSV, PASSPHRASE, 2), WrongKey),
}


@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_opened_says_why(tmp_path: Path, key: Secret, case: str) -> None:
    content, kind = BAD[case]
    with pytest.raises(kind) as caught:
        open_source(put(tmp_path, content, "udtræk.csv.age"), key, ROLES, Task())
    assert "udtræk.csv.age" in str(caught.value)


def test_a_bomb_is_stopped(tmp_path: Path, key: Secret) -> None:
    with pytest.raises(BadInput, match="times its size"):
        open_source(put(tmp_path, sealed(bomb())), key, ROLES, Task())


def test_missing_files_and_plain_folders(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="does not exist"):
        open_source(tmp_path / "none.csv", Secret(), ROLES, Task())
    with pytest.raises(BadInput, match="not a Sagsflow project"):
        open_source(tmp_path, Secret(), ROLES, Task())


def test_every_task_can_be_stopped(tmp_path: Path, key: Secret) -> None:
    with pytest.raises(Cancelled):
        open_source(put(tmp_path, sealed(CSV)), key, ROLES, Task(is_cancelled=lambda: True))
    with pytest.raises(Cancelled):
        open_source(put(tmp_path, CSV), key, ROLES, Task(is_cancelled=lambda: True))


# ---- projects ------------------------------------------------------------------------------------------------------------------


def saved_project(tmp_path: Path, folder: str = "p") -> Source:
    source = open_source(put(tmp_path, CSV, "log.csv"), Secret(), ROLES, Task())
    view = ViewState(Selection((HasActivity("Afgørelse"),)), steps=2)
    return save_project(source, SaveProject(str(tmp_path / folder), FACTS, PASSPHRASE, view=view), Task())


@pytest.mark.usefixtures("quick_lock")
def test_saving_and_reopening_restores_everything(tmp_path: Path) -> None:
    saved = saved_project(tmp_path)
    assert (saved.kind, saved.encrypted, saved.facts) == (FileKind.PROJECT, True, FACTS)
    again = open_source(tmp_path / "p", Secret(PASSPHRASE), ReadOptions(), Task())
    assert again.log is not None
    assert saved.log is not None
    assert np.array_equal(again.log.timestamp, saved.log.timestamp)
    assert again.log.case_ids.equals(saved.log.case_ids)
    assert again.pseudonym_key == saved.pseudonym_key
    assert (again.view, again.facts, again.saved_at) == (saved.view, FACTS, saved.saved_at)
    shown = sources.opened(again, None)
    assert (shown.kind, shown.name, shown.timezone, shown.read_only) == (FileKind.PROJECT, "Prøve", "Europe/Copenhagen", False)
    assert again.log.roles == ROLES.roles
    by_manifest = open_source(tmp_path / "p" / "manifest.json", Secret(PASSPHRASE), ReadOptions(), Task())
    assert by_manifest.facts == FACTS
    assert read_source(tmp_path / "p", Secret(PASSPHRASE), ReadOptions(), Task()).n_events == 3


@pytest.mark.usefixtures("quick_lock")
def test_the_audit_log_tells_the_story_without_saying_who(tmp_path: Path) -> None:
    source = saved_project(tmp_path)
    assert source.log is not None
    pseudonym = source.log.case_ids[0].as_py()
    sources.note_case(source, pseudonym)
    source = sources.record_export(source, RecordExport("svg", 5, "ab" * 32), 2, Task())
    sources.close(source)
    assert source.project is not None
    records = source.project.read_audit(Task())
    assert [record.event for record in records] == ["import", "read", "create", "case", "export", "lock"]
    assert records[0].facts == {"sha256": hashlib.sha256(CSV).hexdigest(), "bytes": len(CSV), "encrypted": 0}
    assert records[1].facts == {"events": 3, "cases": 2, "columns": 4}
    assert records[3].facts == {"case": pseudonym}
    text = msgspec.json.encode(records).decode()
    assert not [word for word in ("010170", "Mille", "Nord", "Prøve", "log.csv", "sag") if word in text]


@pytest.mark.usefixtures("quick_lock")
def test_saving_into_its_own_folder_changes_facts_and_passphrase(tmp_path: Path) -> None:
    source = saved_project(tmp_path)
    facts = msgspec.structs.replace(FACTS, name="Nyt navn")
    save_project(source, SaveProject(str(tmp_path / "p"), facts, "andet-kodeord"), Task())
    with pytest.raises(WrongKey):
        open_source(tmp_path / "p", Secret(PASSPHRASE), ReadOptions(), Task())
    assert open_source(tmp_path / "p", Secret("andet-kodeord"), ReadOptions(), Task()).name == "Nyt navn"
    with pytest.raises(BadInput, match="needs a passphrase"):
        save_project(source, SaveProject(str(tmp_path / "p"), facts, ""), Task())


@pytest.mark.usefixtures("quick_lock")
def test_a_copy_elsewhere_is_a_project_of_its_own(tmp_path: Path) -> None:
    source = saved_project(tmp_path)
    copy = save_project(source, SaveProject(str(tmp_path / "copy"), FACTS, "kopiens-kodeord"), Task())
    assert source.project is not None
    assert copy.project is not None
    assert copy.project.identity != source.project.identity
    assert open_source(tmp_path / "p", Secret(PASSPHRASE), ReadOptions(), Task()).facts == FACTS
    with pytest.raises(BadInput, match="not empty"):
        save_project(source, SaveProject(str(tmp_path / "copy"), FACTS, PASSPHRASE), Task())


def test_there_must_be_a_log_and_a_passphrase(tmp_path: Path) -> None:
    path = put(tmp_path, CSV, "log.csv")
    waiting, source = open_source(path, Secret(), ReadOptions(), Task()), open_source(path, Secret(), ROLES, Task())
    question = SaveProject(str(tmp_path / "p"), FACTS, PASSPHRASE)
    with pytest.raises(BadInput, match="no log to save"):
        save_project(waiting, question, Task())
    with pytest.raises(BadInput, match="needs a passphrase"):
        save_project(source, msgspec.structs.replace(question, passphrase=""), Task())
    with pytest.raises(BadInput, match="not saved as a project"):
        sources.saved(save_view(source, ViewState(page="cases"), Task()))
    assert not (tmp_path / "p").exists()
    sources.close(source)


@pytest.mark.usefixtures("quick_lock")
def test_a_stopped_save_leaves_nothing(tmp_path: Path) -> None:
    source = open_source(put(tmp_path, CSV, "log.csv"), Secret(), ROLES, Task())
    question = SaveProject(str(tmp_path / "p"), FACTS, PASSPHRASE)
    for patience in range(100):
        asked = iter(range(patience))
        try:
            save_project(source, question, Task(is_cancelled=lambda asked=asked: next(asked, None) is None))
        except Cancelled:
            assert [path.name for path in tmp_path.iterdir()] == ["log.csv"]
        else:
            break
    assert 5 < patience < 99
    assert open_source(tmp_path / "p", Secret(PASSPHRASE), ReadOptions(), Task()).facts == FACTS
