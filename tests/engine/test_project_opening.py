"""Opening a project as it is found: with parts missing, a full disk, another window at work, a date that has passed."""

from __future__ import annotations

import errno
import os
import shutil
import time
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import msgspec
import pytest

from engine import operations, sources
from engine.errors import BadInput, SagsflowError
from engine.log.columns import ReadOptions
from engine.service.messages import CaseQuery, Open, ProjectFacts, RecordExport, SaveProject, Secret, ViewState
from engine.sources import Source, deadline_notices, open_source, read_source, save_project, save_view
from engine.tasks import Task
from engine.vault import folder_lock, project_folder
from engine.vault.project_folder import Project
from tests.projects import FACTS, PASSPHRASE, contents_of, files_in, lock_quickly, make, reopen, small_log, snapshot

SECRET = Secret(PASSPHRASE)
TODAY = date(2027, 6, 15)


@pytest.fixture(autouse=True)
def _quick_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    lock_quickly(monkeypatch)


def opened(folder: Path) -> Source:
    return open_source(folder, SECRET, ReadOptions(), Task())


def said(source: Source) -> str:
    return " ".join(notice.message for notice in source.notices)


def events(folder: Path) -> list[str]:
    return [record.event for record in reopen(folder).read_audit(Task())]


# ---- the audit log -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("read_only", [False, True])
def test_a_project_without_its_audit_log_is_reported_as_for_any_other_part(tmp_path: Path, read_only: bool) -> None:
    project = make(tmp_path / "p", read_only=read_only)
    [audit] = project.manifest.parts.audit
    path = tmp_path / "p" / audit.file
    content = path.read_bytes()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    for read in (lambda: opened(tmp_path / "p"), lambda: read_source(tmp_path / "p", SECRET, ReadOptions(), Task())):
        with pytest.raises(BadInput, match=r"audit-.*was damaged or changed outside"):
            read()
    path.unlink()
    with pytest.raises(BadInput, match="lacks its part audit-"):
        opened(tmp_path / "p")
    path.write_bytes(content)
    assert opened(tmp_path / "p").read_only == read_only


def test_an_audit_log_whose_chain_is_broken_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = make(tmp_path / "p")
    monkeypatch.setattr("engine.vault.audit_log._mac", lambda _key, _before, _record: "00" * 32)
    project.record("export", {}, Task())
    monkeypatch.undo()
    with pytest.raises(BadInput, match="no longer holds together from record 2 on"):
        opened(tmp_path / "p")


def test_each_opening_is_recorded_also_from_the_shell(tmp_path: Path) -> None:
    make(tmp_path / "p")
    assert read_source(tmp_path / "p", SECRET, ReadOptions(), Task()).n_cases == 20
    source = opened(tmp_path / "p")
    assert (source.read_only, source.notices) == (False, ())
    assert events(tmp_path / "p") == ["import", "describe", "open"]


def test_a_second_project_in_the_same_engine_locks_the_first(tmp_path: Path) -> None:
    make(tmp_path / "p")
    make(tmp_path / "q")
    workspace = operations.Workspace()
    for name in ("p", "q"):
        operations.answer(workspace, Open(str(tmp_path / name), SECRET), Task())
    assert events(tmp_path / "p") == ["import", "open", "lock"]
    assert events(tmp_path / "q") == ["import", "open"]
    operations.answer(workspace, SaveProject(str(tmp_path / "copy"), FACTS, PASSPHRASE), Task())
    assert events(tmp_path / "q") == ["import", "open", "lock"]
    assert events(tmp_path / "copy") == ["create"]


def test_what_was_looked_at_before_the_log_became_a_project_goes_into_it(tmp_path: Path) -> None:
    make(tmp_path / "p")
    unsaved = replace(opened(tmp_path / "p"), project=None)
    workspace = operations.Workspace()
    workspace.hold(unsaved)
    case = workspace.study.log.case_ids[0].as_py()
    operations.answer(workspace, CaseQuery(case), Task())
    operations.answer(workspace, RecordExport("svg", 5, "0" * 64), Task())
    operations.answer(workspace, SaveProject(str(tmp_path / "new"), FACTS, PASSPHRASE), Task())
    operations.answer(workspace, CaseQuery(case), Task())
    sources.close(workspace.source)
    assert events(tmp_path / "new") == ["case", "export", "create", "case", "lock"]


def test_cases_looked_at_are_gathered_and_written_without_being_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(project_folder, "NOTED_FOR", 0.05)
    project = make(tmp_path / "p")
    counter = project.manifest.counter
    for case in range(5):
        project.note("case", {"case": f"S-{case}"})
    end = time.monotonic() + 20
    while project.manifest.counter == counter and time.monotonic() < end:
        time.sleep(0.01)
    assert project.manifest.counter == counter + 1
    assert events(tmp_path / "p") == ["import", *["case"] * 5]


# ---- reading only --------------------------------------------------------------------------------------------------------------


def test_without_permission_it_opens_for_reading_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path / "p")
    before = snapshot(tmp_path / "p")
    monkeypatch.setattr(os, "access", lambda _path, _mode: False)
    source = opened(tmp_path / "p")
    assert source.read_only
    assert "no permission" in said(source)
    sources.note_case(source, "S-AAAA-AAAA-AAAA")
    sources.close(save_view(source, ViewState(page="cases"), Task()))
    assert snapshot(tmp_path / "p") == before


def test_on_a_full_disk_it_opens_for_reading_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path / "p")

    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    source = opened(tmp_path / "p")
    assert source.read_only
    assert "disk is full" in said(source)


@pytest.mark.skipif(os.name == "nt", reason="locks folders")
def test_while_another_window_holds_it_it_opens_for_reading_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path / "p")
    monkeypatch.setattr(folder_lock, "LOCK_PATIENCE", 0.1)
    with folder_lock.locked_folder(tmp_path / "p"):
        source = opened(tmp_path / "p")
    assert source.read_only
    assert "another window" in said(source)


def test_any_other_fault_is_reported_and_not_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path / "p")

    def broken(_handle: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(BadInput, match="system error"):
        opened(tmp_path / "p")


# ---- other windows, other places -----------------------------------------------------------------------------------------------


def test_a_project_that_is_saved_while_it_is_being_opened_opens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = make(tmp_path / "p")
    real, saves = project_folder.read_part, iter(range(1))

    def read_part(*arguments: object) -> object:
        if next(saves, None) is not None:
            other.save(contents_of(small_log(33)), [("save", {})], Task(), PASSPHRASE)
        return real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(project_folder, "read_part", read_part)
    source = opened(tmp_path / "p")
    assert source.log is not None
    assert (source.log.n_cases, source.read_only) == (33, False)
    assert events(tmp_path / "p") == ["import", "save", "open"]


def test_a_folder_that_was_moved_while_open_is_said_and_a_copy_can_be_saved(tmp_path: Path) -> None:
    make(tmp_path / "p")
    source = opened(tmp_path / "p")
    (tmp_path / "p").rename(tmp_path / "elsewhere")
    with pytest.raises(BadInput, match="p is no longer where it was opened"):
        save_view(source, ViewState(page="cases"), Task())
    sources.close(source)
    save_project(source, SaveProject(str(tmp_path / "copy"), FACTS, PASSPHRASE), Task())
    assert opened(tmp_path / "copy").facts == FACTS


def test_a_project_opens_and_is_saved_again_without_its_pseudonym_key(tmp_path: Path) -> None:
    project = make(tmp_path / "p")
    assert project.manifest.parts.pseudonyms is not None
    key = tmp_path / "p" / project.manifest.parts.pseudonyms.file
    shutil.move(key, tmp_path / "kept.age")
    source = opened(tmp_path / "p")
    assert (source.pseudonym_key, source.read_only) == (None, False)
    source = save_project(source, SaveProject(str(tmp_path / "p"), FACTS, "nyt-kodeord"), Task())
    save_project(source, SaveProject(str(tmp_path / "copy"), FACTS, PASSPHRASE), Task())
    for folder, passphrase in ((tmp_path / "p", "nyt-kodeord"), (tmp_path / "copy", PASSPHRASE)):
        again = open_source(folder, Secret(passphrase), ReadOptions(), Task())
        assert again.log is not None
        assert again.log.case_ids.equals(small_log().case_ids)
    assert files_in(tmp_path / "copy") == {tmp_path / "copy" / name for name in reopen(tmp_path / "copy").manifest.files()}
    shutil.move(tmp_path / "kept.age", key)
    assert open_source(tmp_path / "p", Secret("nyt-kodeord"), ReadOptions(), Task()).pseudonym_key == bytes(range(32))


# ---- facts ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"name": " "}, "needs a name"),
        ({"purpose": ""}, "needs a purpose"),
        ({"legal_basis": "\t"}, "needs a legal basis"),
        ({"delete_by": ""}, "needs a date"),
        ({"delete_by": "not a date"}, "needs a date"),
        ({"delete_by": "20280131"}, "needs a date"),
        ({"delete_by": "2028-02-31"}, "needs a date"),
    ],
)
def test_a_project_is_not_saved_without_its_facts(tmp_path: Path, wrong: dict[str, str], message: str) -> None:
    make(tmp_path / "p")
    source = opened(tmp_path / "p")
    before = snapshot(tmp_path / "p")
    facts = msgspec.structs.replace(FACTS, **wrong)
    for folder in ("p", "copy"):
        with pytest.raises(BadInput, match=message):
            save_project(source, SaveProject(str(tmp_path / folder), facts, PASSPHRASE), Task())
    assert snapshot(tmp_path / "p") == before
    assert not (tmp_path / "copy").exists()


@pytest.mark.parametrize(
    ("days", "words"), [(-400, "should have been deleted"), (-1, "should have been deleted"), (0, "soon"), (30, "soon"), (31, "")]
)
def test_a_delete_by_date_that_passed_or_is_near_is_announced(days: int, words: str) -> None:
    facts = ProjectFacts("a", "b", "c", (TODAY + timedelta(days)).isoformat())
    notices = deadline_notices(facts, TODAY)
    assert words in " ".join(notice.message for notice in notices)
    assert len(notices) == bool(words)
    assert all(notice.values == {"date": facts.delete_by} for notice in notices)
    assert deadline_notices(msgspec.structs.replace(facts, synthetic=True), TODAY) == ()


def test_the_window_hears_of_the_date_with_the_summary(tmp_path: Path) -> None:
    project: Project = make(tmp_path / "p")
    facts = msgspec.structs.replace(FACTS, delete_by="2020-01-31")
    project.save_state(msgspec.structs.replace(project.state, facts=facts), Task())
    workspace = operations.Workspace()
    answer = operations.answer(workspace, Open(str(tmp_path / "p"), SECRET), Task())
    notices = msgspec.to_builtins(answer)["summary"]["notices"]
    assert "should have been deleted" in notices[0]["message"]
    assert "fewer than {least} say little" in notices[-1]["message"]
    assert len(notices) == 2 + len(small_log().notices)


def test_a_folder_that_is_no_project_any_more_is_an_error(tmp_path: Path) -> None:
    make(tmp_path / "p")
    source = opened(tmp_path / "p")
    shutil.rmtree(tmp_path / "p")
    (tmp_path / "p").mkdir()
    with pytest.raises(SagsflowError, match="not a Sagsflow project"):
        save_view(source, ViewState(page="cases"), Task())
