"""The real engine process as the window uses it: open, stop, lock, wrong passphrase, a hostile file."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path

import pyrage
import pytest

from engine.errors import BadInput, Cancelled, WrongKey
from engine.log.columns import ColumnRoles, ReadOptions
from engine.service import host
from engine.service.client import EngineClient, as_error
from engine.service.messages import (
    CaseQuery,
    CasesQuery,
    Failed,
    FileKind,
    MapQuery,
    Open,
    Prepare,
    Progress,
    ProjectFacts,
    RecordExport,
    SaveProject,
    SaveView,
    Secret,
    SuggestPassphrase,
    UseRoles,
    ViewState,
)
from engine.tasks import Task
from engine.vault.unlocking import open_project
from tests.age_writer import seal_with_passphrase
from tests.projects import lock_quickly, make

SECONDS = 60.0
ROLES = ReadOptions(ColumnRoles("sag", "aktivitet", "tid"))
FACTS = ProjectFacts("Prøve", "Ventetid", "art. 6", "2028-01-31")


def table(n_cases: int) -> bytes:
    steps = ("Ansøgning", "Visitation", "Afgørelse")
    rows = [f"{case},{step},2027-{1 + case % 12:02d}-{1 + day:02d}T08:00:00" for case in range(n_cases) for day, step in enumerate(steps)]
    return "\n".join(["sag,aktivitet,tid", *rows]).encode()


@pytest.fixture
def engine() -> Iterator[EngineClient]:
    client = EngineClient()
    client.start()
    yield client
    client.close()


def is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def slow_disk(connection: Connection) -> None:
    """The real engine on a disk that takes its time over everything that is to last."""
    real = os.fsync

    def fsync(handle: int) -> None:
        time.sleep(0.1)
        real(handle)

    os.fsync = fsync
    host.run(connection)


def make_project(folder: Path) -> str:
    """A project with ten cases, encrypted to a recovery key also; the path of that key's identity file."""
    key = pyrage.x25519.Identity.generate()
    identity = folder.with_suffix(".txt")
    identity.write_text(f"{key}\n")
    make(folder, str(key.to_public()))
    return str(identity)


def looked_at(folder: Path, identity: str) -> list[str]:
    """The audit log's events, cases with their pseudonyms."""
    records = open_project(folder, Secret(identity_path=identity), Task()).read_audit(Task())
    return [str(record.facts.get("case", record.event)) for record in records]


def test_from_a_foreign_file_to_a_locked_project_and_back(tmp_path: Path, engine: EngineClient) -> None:
    path = tmp_path / "log.csv.age"
    path.write_bytes(seal_with_passphrase(table(40), "udtræk", 4))
    opened = engine.call(Open(str(path), Secret("udtræk")))
    assert (opened.kind, opened.encrypted, opened.summary) == (FileKind.TABLE, True, None)
    opened = engine.call(UseRoles(ROLES))
    assert (opened.summary.n_cases, opened.summary.n_events, opened.summary.n_variants) == (40, 120, 1)
    shown = engine.call(MapQuery())
    assert sorted(step.name for step in shown.map.steps) == ["Afgørelse", "Ansøgning", "Visitation"]
    passphrase = engine.call(SuggestPassphrase()).passphrase
    saved = engine.call(SaveProject(str(tmp_path / "p"), FACTS, passphrase, view=ViewState(page="cases")))
    assert saved.facts == FACTS
    engine.call(SaveView(ViewState(page="variants")))
    engine.call(RecordExport("svg", 5, "0" * 64))
    case = engine.call(CasesQuery(limit=1)).rows[0].case
    assert case.startswith("S-")
    assert len(engine.call(CaseQuery(case)).events) == 3
    pid = engine.pid
    assert pid is not None
    engine.close()
    assert engine.wait_closed(SECONDS)
    assert is_gone(pid)
    unlocked = EngineClient()
    unlocked.start()
    try:
        with pytest.raises(WrongKey, match="does not open the project p"):
            unlocked.call(Open(str(tmp_path / "p"), Secret("forkert")))
        again = unlocked.call(Open(str(tmp_path / "p"), Secret(passphrase)))
        assert (again.kind, again.view.page, again.facts) == (FileKind.PROJECT, "variants", FACTS)
        assert unlocked.call(MapQuery()).map == shown.map
        assert unlocked.call(CasesQuery(limit=1)).rows[0].case == case
    finally:
        unlocked.close()


def test_an_opening_can_be_stopped_and_tried_again(tmp_path: Path, engine: EngineClient) -> None:
    key = pyrage.x25519.Identity.generate()
    (tmp_path / "key.txt").write_text(f"{key}\n")
    path = tmp_path / "log.csv.age"
    path.write_bytes(pyrage.encrypt(table(150_000), [key.to_public()]))
    question = Open(str(path), Secret(identity_path=str(tmp_path / "key.txt")), ROLES)
    engine.call(SuggestPassphrase())
    failed: list[Failed] = []
    begun, ended = threading.Event(), threading.Event()

    def on_progress(_progress: Progress) -> None:
        begun.set()

    def on_end(message: object) -> None:
        failed.extend([message] if isinstance(message, Failed) else [])
        ended.set()

    number = engine.ask(question, on_end, on_end, on_progress)
    assert begun.wait(SECONDS)
    engine.stop(number)
    assert ended.wait(SECONDS)
    assert [message.kind for message in failed] == ["Cancelled"]
    assert isinstance(as_error(failed[0]), Cancelled)
    assert engine.call(question).summary.n_cases == 150_000


def test_closing_during_an_opening_ends_everything(tmp_path: Path, engine: EngineClient) -> None:
    path = tmp_path / "log.csv"
    path.write_bytes(table(150_000))
    engine.call(SuggestPassphrase())
    pid, ended = engine.pid, threading.Event()
    assert pid is not None
    engine.ask(Open(str(path), Secret(), ROLES), lambda _answer: None, lambda _failed: ended.set())
    time.sleep(0.1)
    engine.close()
    assert ended.wait(SECONDS)
    assert engine.wait_closed(SECONDS)
    assert is_gone(pid)


def test_cases_that_were_looked_at_are_on_record_within_a_second(
    tmp_path: Path, engine: EngineClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock_quickly(monkeypatch)
    identity = make_project(tmp_path / "p")
    engine.call(Open(str(tmp_path / "p"), Secret(identity_path=identity)))
    cases = [row.case for row in engine.call(CasesQuery(limit=3)).rows]
    for case in cases:
        engine.call(CaseQuery(case))
    end = time.monotonic() + SECONDS
    while looked_at(tmp_path / "p", identity) != ["import", "open", *cases] and time.monotonic() < end:
        time.sleep(0.1)
    assert engine.pid is not None
    os.kill(engine.pid, signal.SIGKILL)
    assert engine.wait_closed(SECONDS)
    assert looked_at(tmp_path / "p", identity) == ["import", "open", *cases]


def test_nothing_is_lost_when_a_project_on_a_slow_disk_is_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lock_quickly(monkeypatch)
    identity = make_project(tmp_path / "p")
    engine = EngineClient(slow_disk)
    engine.start()
    engine.call(Open(str(tmp_path / "p"), Secret(identity_path=identity)))
    case = engine.call(CasesQuery(limit=1)).rows[0].case
    engine.call(CaseQuery(case))
    engine.close()
    assert engine.wait_closed(SECONDS)
    assert looked_at(tmp_path / "p", identity) == ["import", "open", case, "lock"]


def test_bad_files_leave_the_engine_answering(tmp_path: Path, engine: EngineClient) -> None:
    path = tmp_path / "x.age"
    for content in (b"", b"age-encryption.org/v1\n", seal_with_passphrase(b"x", "y", 2)[:-4], seal_with_passphrase(bytes(4000), "y", 2)):
        path.write_bytes(content)
        with pytest.raises(BadInput, match=r"x\.age"):
            engine.call(Open(str(path), Secret("y")))
    with pytest.raises(BadInput, match="No log is open"):
        engine.call(MapQuery())
    with pytest.raises(BadInput):
        engine.call(Prepare())
    assert engine.alive


def test_what_is_shown_before_a_log_that_cannot_be_opened_stays(tmp_path: Path, engine: EngineClient) -> None:
    (tmp_path / "log.csv").write_bytes(table(10))
    (tmp_path / "bad.csv").write_bytes(b"\x00" * 100)
    assert engine.call(Open(str(tmp_path / "log.csv"), Secret(), ROLES)).summary.n_cases == 10
    with pytest.raises(BadInput):
        engine.call(Open(str(tmp_path / "bad.csv"), Secret(), ROLES))
    assert engine.call(MapQuery()).map.n_cases == 10
