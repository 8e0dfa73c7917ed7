"""A project is looked after while it stands open: passphrase, recovery key, last day, copies, and its audit log."""

from __future__ import annotations

import errno
import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
import pyrage
import pytest

from engine.errors import BadInput, WrongKey
from engine.operations import answer
from engine.service import messages
from engine.service.messages import Secret
from engine.tasks import Task
from engine.vault import audit_log, safe_write, upkeep
from engine.vault.keys import fingerprint
from engine.vault.project_folder import Project
from engine.vault.unlocking import open_project
from engine.workspace import Workspace
from tests.projects import FACTS, PASSPHRASE, files_in, lock_quickly, make, reopen, snapshot

NEW = "fire helt nye ord"
SOON = (date.today() + timedelta(days=60)).isoformat()


@pytest.fixture(autouse=True)
def quick_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Identities locked with little work."""
    lock_quickly(monkeypatch)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """An engine with a small project open."""
    make(tmp_path / "p")
    return opened(tmp_path / "p")


def opened(folder: Path, passphrase: str = PASSPHRASE) -> Workspace:
    made = Workspace()
    answer(made, messages.Open(str(folder), Secret(passphrase)), Task())
    return made


def ask(workspace: Workspace, question: object) -> object:
    return answer(workspace, question, Task())  # type: ignore[arg-type]


def governance(workspace: Workspace, **asked: object) -> messages.Governance:
    told = ask(workspace, messages.GovernanceQuery(**asked))  # type: ignore[arg-type]
    assert isinstance(told, messages.Governance)
    return told


def key_file(path: Path) -> str:
    """A recovery key in a file; its public key."""
    key = pyrage.x25519.Identity.generate()
    path.write_text(f"{key}\n")
    return str(key.to_public())


def project_of(workspace: Workspace) -> Project:
    project = workspace.source.project
    assert project is not None
    return project


# ---- who can open it ---------------------------------------------------------------------------------------------------------------


def test_a_new_passphrase_opens_it_and_the_old_one_no_longer_does(tmp_path: Path, workspace: Workspace) -> None:
    with pytest.raises(WrongKey):
        ask(workspace, messages.ChangePassphrase("forkert", NEW))
    ask(workspace, messages.ChangePassphrase(PASSPHRASE, NEW))
    with pytest.raises(WrongKey):
        reopen(tmp_path / "p")
    project = open_project(tmp_path / "p", Secret(NEW), Task())
    assert project.read_audit(Task())[-1].event == "passphrase"
    assert files_in(tmp_path / "p") == {tmp_path / "p" / name for name in project.manifest.files()}


def test_a_recovery_key_is_set_tried_replaced_and_removed(tmp_path: Path, workspace: Workspace) -> None:
    first, second = tmp_path / "it.txt", tmp_path / "dpo.txt"
    one, other = key_file(first), key_file(second)
    assert governance(workspace).recovery == ""
    with pytest.raises(BadInput, match="no recovery key"):
        ask(workspace, messages.CheckRecovery(str(first)))
    assert ask(workspace, messages.SetRecovery(one)) == messages.Kept(fingerprint(one))
    assert governance(workspace).recovery_key == one
    assert ask(workspace, messages.CheckRecovery(str(first))) == messages.Kept(fingerprint(one))
    with pytest.raises(WrongKey, match="not the recovery key"):
        ask(workspace, messages.CheckRecovery(str(second)))
    assert open_project(tmp_path / "p", Secret(identity_path=str(first)), Task()).read_contents(Task()).log.n_cases == 20
    ask(workspace, messages.SetRecovery(other))
    with pytest.raises(WrongKey):
        open_project(tmp_path / "p", Secret(identity_path=str(first)), Task())
    open_project(tmp_path / "p", Secret(identity_path=str(second)), Task())
    ask(workspace, messages.SetRecovery(None))
    for path in (first, second):
        with pytest.raises(WrongKey):
            open_project(tmp_path / "p", Secret(identity_path=str(path)), Task())
    key = pyrage.x25519.Identity.from_str(second.read_text().strip())
    for path in (tmp_path / "p").rglob("*.age"):
        with pytest.raises(pyrage.DecryptError):
            pyrage.decrypt(path.read_bytes(), [key])
    events = [record.event for record in reopen(tmp_path / "p").read_audit(Task())]
    assert events == ["import", "open", "recovery", "recovery_checked", "recovery", "recovery_removed"]
    with pytest.raises(BadInput, match="recovery key is not"):
        ask(workspace, messages.SetRecovery("age1nonsense"))


def test_the_analysts_key_and_the_recovery_key_stand_beside_each_other(tmp_path: Path, workspace: Workspace) -> None:
    mine, theirs = tmp_path / "mine.txt", tmp_path / "it.txt"
    one, other = key_file(mine), key_file(theirs)
    ask(workspace, messages.SetAnalyst(one))
    ask(workspace, messages.SetRecovery(other))
    told = governance(workspace)
    assert (told.analyst, told.recovery) == (fingerprint(one), fingerprint(other))
    for path in (mine, theirs):
        open_project(tmp_path / "p", Secret(identity_path=str(path)), Task())
    ask(workspace, messages.SetAnalyst(None))
    with pytest.raises(WrongKey):
        open_project(tmp_path / "p", Secret(identity_path=str(mine)), Task())
    open_project(tmp_path / "p", Secret(identity_path=str(theirs)), Task())


RECOVERY = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"


@pytest.mark.parametrize(
    "question",
    [messages.ChangePassphrase(PASSPHRASE, NEW), messages.SetRecovery(RECOVERY), messages.SetAnalyst(None), messages.KeepAudit(12)],
)
def test_a_full_disk_leaves_the_project_as_it_was(
    tmp_path: Path, workspace: Workspace, question: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {name: content for name, (content, _) in snapshot(tmp_path / "p").items()}

    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(safe_write.os, "fsync", full)
    with pytest.raises(BadInput, match="disk is full"):
        ask(workspace, question)
    monkeypatch.setattr(safe_write.os, "fsync", os.fsync)
    monkeypatch.undo()
    assert {name: content for name, (content, _) in snapshot(tmp_path / "p").items()} == before
    assert reopen(tmp_path / "p").read_contents(Task()).log.n_cases == 20


def test_a_project_that_can_only_be_read_refuses_every_change(tmp_path: Path) -> None:
    make(tmp_path / "p", read_only=True)
    workspace = opened(tmp_path / "p")
    before = snapshot(tmp_path / "p")
    changes = (
        messages.ChangePassphrase(PASSPHRASE, NEW), messages.SetRecovery(None), messages.SetAnalyst(None),
        messages.ChangeDeadline(SOON, "analysis"), messages.KeepAudit(12), messages.ForgetCitizen("S-AAAA-BBBB-CCCC"),
        messages.DeleteProject(str(tmp_path / "p"), FACTS.name),
    )  # fmt: skip
    for question in changes:
        with pytest.raises(BadInput):
            ask(workspace, question)
    assert snapshot(tmp_path / "p") == before
    assert governance(workspace).read_only


# ---- its last day ------------------------------------------------------------------------------------------------------------------


def test_another_last_day_needs_a_reason_and_is_told_of(tmp_path: Path, workspace: Workspace) -> None:
    kept = ask(workspace, messages.ChangeDeadline(SOON, "case_open", "Klagesagen er ikke afgjort"))
    assert isinstance(kept, messages.Kept)
    assert kept.facts is not None
    assert kept.facts.delete_by == SOON
    again = reopen(tmp_path / "p")
    assert again.state.facts.delete_by == SOON
    record = again.read_audit(Task())[-1]
    assert (record.event, record.facts) == ("deadline", {"from": FACTS.delete_by, "to": SOON, "reason": "case_open"})
    told = governance(workspace).deadlines
    assert [(change.before, change.after, change.note) for change in told] == [(FACTS.delete_by, SOON, "Klagesagen er ikke afgjort")]
    for day, reason in (("2020-01-01", "analysis"), (SOON, "because"), ("i morgen", "analysis")):
        with pytest.raises(BadInput):
            ask(workspace, messages.ChangeDeadline(day, reason))


def test_copies_that_were_saved_are_known_on_both_sides(tmp_path: Path, workspace: Workspace) -> None:
    question = messages.SaveProject(str(tmp_path / "kopi"), FACTS, NEW)
    ask(workspace, question)
    assert [copy.folder for copy in governance(workspace).copies] == [str(tmp_path / "p")]
    first = governance(opened(tmp_path / "p"))
    assert [(copy.folder, copy.there) for copy in first.copies] == [(str(tmp_path / "kopi"), True)]


# ---- the audit log -----------------------------------------------------------------------------------------------------------------


def test_the_audit_log_is_read_by_pages_and_by_kind_newest_first(workspace: Workspace) -> None:
    for number in range(7):
        ask(workspace, messages.RecordExport("svg", 5, f"{number:064}"))
    told = governance(workspace, limit=3)
    assert (told.count, told.n_rows, len(told.rows)) == (9, 9, 3)
    assert [row.n for row in told.rows] == [8, 7, 6]
    assert told.kinds == {"import": 1, "open": 1, "export": 7}
    only = governance(workspace, event="export", offset=5)
    assert [row.n for row in only.rows] == [3, 2]
    assert only.n_rows == 7


def test_a_whole_chain_is_said_to_be_whole_and_a_broken_one_by_place(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    ask(workspace, messages.RecordExport("svg", 5, "0" * 64))
    head = project_of(workspace).manifest.audit
    assert ask(workspace, messages.VerifyAudit()) == messages.AuditVerified(3, head.mac, None)
    project = project_of(workspace)
    lines = b"".join(project._read(part, Task()).to_pybytes() for part in project.manifest.parts.audit).splitlines(keepends=True)
    lines[1] = lines[1].replace(b'"open"', b'"shut"')
    traced = audit_log.trace(lines, project._audit_key, head, Task())
    assert (traced.broken, len(traced.records)) == (1, 1)


def test_the_audit_log_leaves_as_an_encrypted_file_only(tmp_path: Path, workspace: Workspace) -> None:
    key = pyrage.x25519.Identity.generate()
    target = tmp_path / "revisionslog.jsonl.age"
    stored = ask(workspace, messages.ExportAudit(str(target), messages.Seal(str(key.to_public()))))
    assert isinstance(stored, messages.SealedFile)
    lines = pyrage.decrypt(target.read_bytes(), [key]).splitlines()
    assert [msgspec.json.decode(line)["event"] for line in lines] == ["import", "open"]
    assert stored.rows == 2
    assert project_of(workspace).read_audit(Task())[-1].facts == {"sha256": stored.sha256, "records": 2}
    locked = tmp_path / "samme.jsonl.age"
    ask(workspace, messages.ExportAudit(str(locked), messages.Seal(passphrase=NEW)))
    assert len(pyrage.passphrase.decrypt(locked.read_bytes(), NEW).splitlines()) == 3
    for path, seal in ((tmp_path / "x.jsonl", messages.Seal(passphrase=NEW)), (tmp_path / "x.age", messages.Seal())):
        with pytest.raises(BadInput):
            ask(workspace, messages.ExportAudit(str(path), seal))
        assert not path.exists()


def test_records_that_are_too_old_are_dropped_and_the_log_says_so(tmp_path: Path, workspace: Workspace) -> None:
    for number in range(4):
        ask(workspace, messages.RecordExport("svg", 5, f"{number:064}"))
    assert ask(workspace, messages.KeepAudit(24)) == messages.Kept(dropped=0)
    project = project_of(workspace)
    before = project.manifest.audit
    later = datetime.now(UTC) + timedelta(days=800)
    assert upkeep.drop_old_records(project, later, Task()) == before.count
    records = reopen(tmp_path / "p").read_audit(Task())
    assert [record.event for record in records] == ["retention"]
    assert records[0].facts["head"] == before.mac
    assert records[0].facts["dropped"] == before.count
    ask(workspace, messages.RecordExport("svg", 5, "9" * 64))
    assert [record.event for record in reopen(tmp_path / "p").read_audit(Task())] == ["retention", "export"]
