"""A citizen asks what is held about them, and to be forgotten: found by id or code, told in an encrypted file, and gone for good."""

from __future__ import annotations

import io
import os
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyrage
import pytest

from engine import citizens
from engine.errors import BadInput
from engine.log.event_log import EventLog
from engine.operations import answer
from engine.service import messages
from engine.service.messages import Secret
from engine.tasks import Task
from engine.validation.values import CommentKind, Method
from engine.vault.export_ledger import FORGOTTEN
from engine.vault.project_folder import Contents, State
from engine.vault.project_making import create_project
from engine.vault.pseudonyms import pseudonymise
from engine.workspace import Workspace
from tests.projects import FACTS, PASSPHRASE, files_in, lock_quickly, reopen

KEY = bytes(range(32))
IDS = [f"0101{70 + case}-{case:04d}" for case in range(12)]
TYPED = IDS[4]
PASS = "fire gode ord her"


def code_of(text: str) -> str:
    return str(pseudonymise(pa.array([text]), KEY, Task())[0].as_py())


def log_of(ids: list[str]) -> EventLog:
    """Three events a case; the second of case 7 mentions the citizen of case 4 as well."""
    n = 3 * len(ids)
    others: list[str | None] = [None] * n
    others[3 * 7 + 1] = code_of(TYPED)
    return EventLog(
        activities=("Ansøgning", "=Visitation", "Afgørelse"),
        activity=np.tile(np.arange(3, dtype=np.uint8), len(ids)),
        timestamp=1_700_000_000_000_000 + np.arange(n) * 3_600_000_000,
        offsets=np.arange(0, n + 1, 3),
        case_ids=pseudonymise(pa.array(ids), KEY, Task()),
        event_columns={
            "unit": pa.array(["Nord"] * n).dictionary_encode(),
            "employee": pa.array([f"E-{row % 4}" for row in range(n)]).dictionary_encode(),
            "object:ægtefælle": pa.array(others, pa.string()).dictionary_encode(),
            "attribute:kanal": pa.array(["Særlig" if row == 13 else "Post" for row in range(n)]).dictionary_encode(),
        },
    )


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """An engine with a project of twelve citizens open."""
    lock_quickly(monkeypatch)
    log = log_of(IDS)
    create_project(tmp_path / "p", Contents(log, State(FACTS, roles=log.roles), KEY), PASSPHRASE, None, Task())
    return opened(tmp_path / "p")


def opened(folder: Path) -> Workspace:
    made = Workspace()
    answer(made, messages.Open(str(folder), Secret(PASSPHRASE)), Task())
    return made


def ask(workspace: Workspace, question: object) -> object:
    return answer(workspace, question, Task())  # type: ignore[arg-type]


def found(workspace: Workspace, text: str) -> messages.CitizenFound:
    told = ask(workspace, messages.FindCitizen(text))
    assert isinstance(told, messages.CitizenFound)
    return told


@pytest.mark.parametrize("typed", [TYPED, TYPED.replace("-", ""), f"  {TYPED} ", code_of(TYPED), code_of(TYPED).lower()])
def test_a_citizen_is_found_by_id_however_it_is_written_and_by_code(workspace: Workspace, typed: str) -> None:
    told = found(workspace, typed)
    assert (told.pseudonym, told.events, told.cases, told.keyed) == (code_of(TYPED), 4, 1, True)
    assert [row.activity for row in told.rows] == ["Ansøgning", "=Visitation", "Afgørelse", "=Visitation"]
    assert {row.case for row in told.rows} == {code_of(TYPED), code_of(IDS[7])}


def test_somebody_who_is_not_there_is_said_not_to_be(workspace: Workspace) -> None:
    for typed in ("010199-9999", "S-AAAA-AAAA-AAAA", "  "):
        with pytest.raises(BadInput) as caught:
            ask(workspace, messages.FindCitizen(typed))
        assert "9999" not in str(caught.value)


def test_without_the_pseudonym_key_only_the_code_finds(tmp_path: Path, workspace: Workspace) -> None:
    part = next((tmp_path / "p").glob("pseudonyms-*.age"))
    part.rename(tmp_path / part.name)
    again = opened(tmp_path / "p")
    with pytest.raises(BadInput, match="key was taken out"):
        ask(again, messages.FindCitizen(TYPED))
    told = found(again, code_of(TYPED))
    assert not told.keyed
    assert ask(again, messages.ForgetCitizen(told.pseudonym))
    assert found(again, code_of(IDS[5])).events == 3


def test_the_id_is_written_nowhere_and_the_look_is_recorded_by_code(tmp_path: Path, workspace: Workspace) -> None:
    found(workspace, TYPED)
    ask(workspace, messages.ExportAudit(str(tmp_path / "log.age"), messages.Seal(passphrase=PASS)))
    log = pyrage.passphrase.decrypt((tmp_path / "log.age").read_bytes(), PASS)
    assert code_of(TYPED).encode() in log
    assert TYPED.encode() not in log
    assert TYPED.replace("-", "").encode() not in log


def test_the_citizens_data_leave_encrypted_without_who_did_the_work(tmp_path: Path, workspace: Workspace) -> None:
    told = found(workspace, TYPED)
    key = pyrage.x25519.Identity.generate()
    target = tmp_path / "borger.csv.age"
    written = ask(workspace, messages.ExportCitizen(told.pseudonym, str(target), messages.Seal(str(key.to_public()))))
    assert isinstance(written, messages.SealedFile)
    lines = pyrage.decrypt(target.read_bytes(), [key]).decode("utf-8-sig").splitlines()
    assert lines[0] == "Sag;Tidspunkt;Trin;Enhed;kanal"
    assert len(lines) == 5
    assert lines[2].split(";")[2] == "'=Visitation"
    assert not any("E-" in line.replace(told.pseudonym, "") for line in lines)


def test_a_citizen_is_gone_from_every_file_and_the_rest_stays(tmp_path: Path, workspace: Workspace) -> None:
    before = files_in(tmp_path / "p")
    code = code_of(TYPED)
    gone = ask(workspace, messages.ForgetCitizen(code))
    assert isinstance(gone, messages.Forgotten)
    assert (gone.events, gone.cases) == (4, 1)
    assert gone.opened.summary is not None
    assert (gone.opened.summary.n_cases, gone.opened.summary.n_events) == (11, 32)
    with pytest.raises(BadInput, match="holds nothing"):
        ask(workspace, messages.FindCitizen(TYPED))
    project = reopen(tmp_path / "p")
    log = project.read_contents(Task()).log
    rest = citizens.without(log_of(IDS), citizens.trace_of(log_of(IDS), code, Task()) or pytest.fail("not there"))
    assert log.case_ids.to_pylist() == rest.case_ids.to_pylist() == [code_of(one) for one in IDS if one != TYPED]
    assert log.offsets.tolist() == rest.offsets.tolist()
    assert log.event_columns["object:ægtefælle"].null_count == log.n_events
    assert "Særlig" not in log.event_columns["attribute:kanal"].dictionary.to_pylist()
    for part in (project.manifest.parts.events, project.manifest.parts.cases):
        content = pyrage.decrypt((tmp_path / "p" / part.file).read_bytes(), [project.identity.key])
        table = pa.ipc.open_stream(io.BytesIO(content)).read_all()
        assert code not in str(table.to_pydict())
        assert not any(code in str(chunk.dictionary) for column in table.columns for chunk in column.chunks if hasattr(chunk, "dictionary"))
    entry = project.read_exports(Task())[-1]
    assert (entry.kind, entry.removed) == (FORGOTTEN, code)
    record = project.read_audit(Task())[-1]
    assert (record.event, record.facts) == ("forget", {"case": code, "events": 4, "cases": 1})
    assert files_in(tmp_path / "p") == {tmp_path / "p" / name for name in project.manifest.files()}
    data = {path.name for path in before if path.parent.name == "data"}
    assert not data & {path.name for path in files_in(tmp_path / "p")}


def test_a_full_disk_leaves_the_citizen_and_the_project_whole(
    tmp_path: Path, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    import errno

    from engine.vault import safe_write

    before = {path: path.read_bytes() for path in files_in(tmp_path / "p")}
    syncs, real = [0], os.fsync

    def nearly_full(handle: int) -> None:
        syncs[0] -= 1
        if syncs[0] < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(handle)

    for full_after in range(12):
        syncs[0] = full_after
        monkeypatch.setattr(safe_write.os, "fsync", nearly_full)
        with pytest.raises(BadInput, match="disk is full"):
            ask(workspace, messages.ForgetCitizen(code_of(TYPED)))
        monkeypatch.setattr(safe_write.os, "fsync", real)
        assert {path: path.read_bytes() for path in files_in(tmp_path / "p")} == before
    assert found(workspace, TYPED).events == 4


def test_what_left_the_screen_before_is_no_obstacle_to_leaving_again(workspace: Workspace) -> None:
    assert ask(workspace, messages.RecordExport("svg", 5, "0" * 64)) == messages.Recorded()
    ask(workspace, messages.ForgetCitizen(code_of(TYPED)))
    assert ask(workspace, messages.RecordExport("svg", 5, "1" * 64)) == messages.Recorded()


def test_comments_about_the_case_go_with_it(workspace: Workspace) -> None:
    code = code_of(TYPED)
    ask(workspace, messages.DrawSample(12, Method.RANDOM, 3))
    for case in (code, code_of(IDS[2])):
        ask(workspace, messages.WriteComment(case, None, CommentKind.MISSING, "Der mangler et brev", "sagsbehandler, team 2"))
    assert found(workspace, code).comments == 1
    gone = ask(workspace, messages.ForgetCitizen(code))
    assert isinstance(gone, messages.Forgotten)
    assert gone.comments == 1
    assert found(workspace, code_of(IDS[2])).comments == 1


def test_the_last_citizen_is_not_taken_out_of_a_project(tmp_path: Path, workspace: Workspace) -> None:
    log = log_of(IDS[:1] * 1 + IDS[1:8])
    trace = citizens.trace_of(log, code_of(IDS[0]), Task())
    assert trace is not None
    with pytest.raises(BadInput, match="Delete the project"):
        citizens.without(log, replace(trace, events=np.ones(log.n_events, bool), cases=np.ones(log.n_cases, bool)))


@pytest.mark.skipif(sys.platform == "win32", reason="kills by signal")
def test_killed_while_a_citizen_is_removed_the_project_is_whole_before_or_after(tmp_path: Path, workspace: Workspace) -> None:
    import random
    import signal
    import time

    chance, after, folder, left = random.Random(5), 0, tmp_path / "p", list(IDS)
    longest = 2.0
    for _ in range(30):
        victim, begun = left[0], time.monotonic()
        child = os.fork()
        if child == 0:
            try:
                inner = opened(folder)
                ask(inner, messages.ForgetCitizen(code_of(victim)))
            finally:
                os._exit(3)
        limit = begun + chance.uniform(0.0, longest)
        while time.monotonic() < limit and os.waitpid(child, os.WNOHANG) == (0, 0):
            time.sleep(0.001)
        ended = time.monotonic() < limit
        if ended:
            longest = 1.2 * (time.monotonic() - begun)
        else:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
        project = reopen(folder)
        codes = project.read_contents(Task()).log.case_ids.to_pylist()
        events = [record.event for record in project.read_audit(Task())]
        assert codes in ([code_of(one) for one in left], [code_of(one) for one in left[1:]])
        assert events.count("forget") == len(IDS) - len(codes) == len(project.read_exports(Task()))
        after += len(codes) < len(left)
        left = left[len(left) - len(codes) :]
        if len(left) == 2:
            break
    assert after > 1, "the kills came too early to prove anything"
