"""A project is deleted for good: keys first, nothing left behind, a receipt; what a crash leaves opens for nobody and is finished."""

from __future__ import annotations

import hashlib
import os
import random
import signal
import sys
import time
from pathlib import Path

import pyrage
import pytest

from engine.errors import BadInput, Cancelled, SagsflowError
from engine.operations import answer
from engine.service import messages
from engine.service.messages import Secret
from engine.tasks import Task
from engine.vault import deletion
from engine.vault.deletion import delete_project
from engine.vault.manifest import CONDEMNED, MANIFEST, read_manifest
from engine.vault.unlocking import open_project
from engine.workspace import Workspace
from tests.projects import FACTS, PASSPHRASE, files_in, lock_quickly, make, reopen, snapshot


@pytest.fixture(autouse=True)
def quick_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Identities locked with little work."""
    lock_quickly(monkeypatch)


def opened(folder: Path) -> Workspace:
    made = Workspace()
    answer(made, messages.Open(str(folder), Secret(PASSPHRASE)), Task())
    return made


def test_nothing_is_left_and_the_receipt_tells_what_it_was(tmp_path: Path) -> None:
    project = make(tmp_path / "p")
    manifest = hashlib.sha256((tmp_path / "p" / MANIFEST).read_bytes()).hexdigest()
    n = len(files_in(tmp_path / "p"))
    receipt = delete_project(tmp_path / "p", "Sygedagpenge", Task())
    assert list(tmp_path.iterdir()) == []
    assert (receipt.name, receipt.project, receipt.manifest) == ("Sygedagpenge", project.manifest.project, manifest)
    assert (receipt.files, receipt.others) == (n, 0)
    assert receipt.begun_at.endswith("+00:00")


def test_files_of_others_stay_and_are_told_of(tmp_path: Path) -> None:
    make(tmp_path / "p")
    (tmp_path / "p" / "noter.txt").write_text("mine")
    assert delete_project(tmp_path / "p", "p", Task()).others == 1
    assert files_in(tmp_path / "p") == {tmp_path / "p" / "noter.txt"}


def test_keys_are_destroyed_before_anything_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path / "p")
    order: list[str] = []
    real = deletion._overwrite

    def watched(path: Path) -> None:
        order.append(path.relative_to(tmp_path / "p").as_posix())
        real(path)
        assert not path.read_bytes().startswith(b"age-encryption.org")

    monkeypatch.setattr(deletion, "_overwrite", watched)
    delete_project(tmp_path / "p", "p", Task())
    assert order[0].startswith("keys/")
    assert order[1].startswith("pseudonyms-")
    assert order[2] == MANIFEST
    assert any(name.startswith("data/events") for name in order[3:])


def test_what_is_no_project_or_only_read_is_not_touched(tmp_path: Path) -> None:
    make(tmp_path / "demo", read_only=True)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "x.age").write_bytes(b"x")
    before = snapshot(tmp_path)
    for name in ("demo", "other", "missing"):
        with pytest.raises(BadInput):
            delete_project(tmp_path / name, name, Task())
    assert snapshot(tmp_path) == before


def test_a_deletion_that_was_stopped_opens_for_nobody_and_is_finished(tmp_path: Path) -> None:
    recovery = pyrage.x25519.Identity.generate()
    make(tmp_path / "p", recovery=str(recovery.to_public()))
    key = tmp_path / "recovery.txt"
    key.write_text(f"{recovery}\n")
    seen: list[float] = []

    def stop(fraction: float | None, _message: str, _values: object) -> None:
        seen.append(fraction or 0)
        if len(seen) > 3:
            raise Cancelled

    with pytest.raises(Cancelled):
        delete_project(tmp_path / "p", "Sygedagpenge", Task(stop))
    for secret in (Secret(PASSPHRASE), Secret(identity_path=str(key))):
        with pytest.raises(BadInput, match="has begun"):
            open_project(tmp_path / "p", secret, Task())
    receipt = delete_project(tmp_path / "p", "another name", Task())
    assert receipt.name == "Sygedagpenge"
    assert not (tmp_path / "p").exists()


def test_the_name_is_typed_of_the_open_project_and_of_the_folder_of_a_closed_one(tmp_path: Path) -> None:
    make(tmp_path / "p")
    workspace = opened(tmp_path / "p")
    before = files_in(tmp_path / "p")
    for question in (messages.DeleteProject(str(tmp_path / "p"), "p"), messages.DeleteProject(str(tmp_path / "p"), "")):
        with pytest.raises(BadInput, match="Type the project's name"):
            answer(workspace, question, Task())
    assert files_in(tmp_path / "p") == before
    told = answer(workspace, messages.DeleteProject(str(tmp_path / "p"), FACTS.name), Task())
    assert isinstance(told, messages.Deleted)
    assert told.name == FACTS.name
    assert not (tmp_path / "p").exists()
    make(tmp_path / "closed")
    with pytest.raises(BadInput, match="Type the project's name"):
        answer(Workspace(), messages.DeleteProject(str(tmp_path / "closed"), FACTS.name), Task())
    answer(Workspace(), messages.DeleteProject(str(tmp_path / "closed"), "closed"), Task())
    assert not (tmp_path / "closed").exists()


def test_the_copies_that_are_known_are_named(tmp_path: Path) -> None:
    make(tmp_path / "p")
    workspace = opened(tmp_path / "p")
    answer(workspace, messages.SaveProject(str(tmp_path / "kopi"), FACTS, "fire nye gode ord"), Task())
    workspace = opened(tmp_path / "p")
    told = answer(workspace, messages.DeleteProject(str(tmp_path / "p"), FACTS.name), Task())
    assert isinstance(told, messages.Deleted)
    assert [copy.folder for copy in told.copies] == [str(tmp_path / "kopi")]


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="whoever may do everything is refused nothing")
def test_a_folder_that_cannot_be_written_is_left_whole(tmp_path: Path) -> None:
    make(tmp_path / "p")
    (tmp_path / "p").chmod(0o500)
    try:
        with pytest.raises(BadInput):
            delete_project(tmp_path / "p", "p", Task())
    finally:
        (tmp_path / "p").chmod(0o700)
    assert reopen(tmp_path / "p").read_contents(Task()).log.n_cases == 20


@pytest.mark.skipif(sys.platform == "win32", reason="kills by signal")
def test_killed_at_any_moment_it_is_whole_or_opens_for_nobody_and_can_be_finished(tmp_path: Path) -> None:
    """The child destroys slowly, so that kills fall between any two files."""
    chance, interrupted, whole = random.Random(11), 0, 0
    recovery = pyrage.x25519.Identity.generate()
    key = tmp_path / "recovery.txt"
    key.write_text(f"{recovery}\n")
    for number in range(25):
        folder = tmp_path / str(number)
        make(folder, recovery=str(recovery.to_public()))
        child = os.fork()
        if child == 0:
            try:
                _slowly()
                delete_project(folder, str(number), Task())
            finally:
                os._exit(3)
        time.sleep(chance.uniform(0.0, 0.12))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        if folder.exists() and not (folder / CONDEMNED).exists() and any(folder.rglob("*.age")):
            assert reopen(folder).read_contents(Task()).log.n_cases == 20
            whole += 1
            continue
        for secret in (Secret(PASSPHRASE), Secret(identity_path=str(key))):
            with pytest.raises(SagsflowError):
                open_project(folder, secret, Task())
        if (folder / CONDEMNED).exists():
            interrupted += 1
            with pytest.raises(SagsflowError):
                read_manifest(folder)
            assert delete_project(folder, str(number), Task()).name == str(number)
        assert not folder.exists() or not any(folder.rglob("*.age"))
    assert interrupted > 5, (interrupted, whole)


def _slowly() -> None:
    real = deletion._overwrite

    def slow(path: Path) -> None:
        time.sleep(0.008)
        real(path)

    deletion._overwrite = slow
