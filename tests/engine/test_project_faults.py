"""Projects that were changed, lost in part or half written: never taken for the project, and always said."""

from __future__ import annotations

import errno
import importlib.util
import io
import json
import os
import random
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import IO

import msgspec
import pyrage
import pytest

from engine.errors import BadInput, Cancelled, SagsflowError, WrongKey
from engine.service.messages import ViewState
from engine.tasks import Task
from engine.vault import folder_lock, manifest, project_folder
from engine.vault.keys import new_identity
from engine.vault.project_folder import Project, remove_leftovers
from engine.vault.safe_write import open_new, write_bytes, write_encrypted
from tests.projects import contents_of, files_in, lock_quickly, make, reopen, same, small_log, snapshot

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def quick_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Identities locked with little work."""
    lock_quickly(monkeypatch)


# ---- tampering -------------------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("quick_lock")
def test_every_changed_missing_or_swapped_file_is_named(tmp_path: Path) -> None:
    project = make(tmp_path / "original")
    parts = project.manifest.parts

    def broken(change: Callable[[Path], None]) -> str:
        folder = tmp_path / "copy"
        shutil.copytree(tmp_path / "original", folder)
        change(folder)
        with pytest.raises(SagsflowError) as caught:
            everything(reopen(folder))
        shutil.rmtree(folder)
        return str(caught.value)

    chance = random.Random(3)
    for part in parts.all():
        if part != parts.pseudonyms:  # the key may be kept elsewhere
            assert part.file in broken(lambda folder, part=part: (folder / part.file).unlink())
        assert part.file in broken(lambda folder, part=part: flip(folder / part.file, chance))
        assert part.file in broken(lambda folder, part=part: cut(folder / part.file))
        replaced = pyrage.encrypt(b"x" * 100, [pyrage.x25519.Recipient.from_str(project.identity.recipient)])
        assert part.file in broken(lambda folder, part=part, new=replaced: (folder / part.file).write_bytes(new))

    def swap(folder: Path) -> None:
        (folder / parts.events.file).rename(folder / "x")
        (folder / parts.cases.file).rename(folder / parts.events.file)
        (folder / "x").rename(folder / parts.cases.file)

    assert parts.events.file in broken(swap)


def everything(project: Project) -> None:
    project.read_contents(Task())
    project.read_audit(Task())


def flip(path: Path, chance: random.Random) -> None:
    content = bytearray(path.read_bytes())
    content[chance.randrange(len(content))] ^= 1
    path.write_bytes(content)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


@pytest.mark.usefixtures("quick_lock")
def test_every_change_of_the_manifest_is_found(tmp_path: Path) -> None:
    make(tmp_path / "p")
    path = tmp_path / "p" / "manifest.json"
    whole = path.read_text()
    document = json.loads(whole)
    others: dict[type, Callable[[object], object]] = {bool: lambda value: not value, int: lambda value: int(str(value)) + 1}
    for key in document.keys() - {"keys", "recovery"}:
        value = document[key]
        path.write_text(json.dumps(document | {key: others.get(type(value), lambda _value: None)(value)}))
        with pytest.raises(BadInput):
            reopen(tmp_path / "p")
    changes = ({"more": 1}, {"keys": ["../x"]}, {"keys": []}, {"recovery": "/etc/passwd"}, {"mac": "æ"}, {"project": "zz"}, {"project": ""})
    wrong = [json.dumps(document | change) for change in changes]
    for content in ("", "{}", "[]", "null", whole[:-20], "\xff", *wrong):
        path.write_text(content, "utf-8")
        with pytest.raises((BadInput, WrongKey)):
            reopen(tmp_path / "p")
    path.write_text(json.dumps(document | {"version": 2}))
    with pytest.raises(BadInput, match="newer Sagsflow"):
        reopen(tmp_path / "p")
    path.unlink()
    with pytest.raises(BadInput, match="not a Sagsflow project"):
        reopen(tmp_path / "p")


@pytest.mark.usefixtures("quick_lock")
def test_an_older_part_put_back_is_found(tmp_path: Path) -> None:
    project = make(tmp_path / "p")
    old = (tmp_path / "p" / project.manifest.parts.state.file).read_bytes()
    project.save_state(msgspec.structs.replace(project.state, view=ViewState(page="numbers")), Task())
    (tmp_path / "p" / project.manifest.parts.state.file).write_bytes(old)
    with pytest.raises(BadInput, match=r"state-.*changed outside"):
        reopen(tmp_path / "p")


@pytest.mark.usefixtures("quick_lock")
def test_a_project_made_by_somebody_with_the_public_key_alone_is_not_taken_for_ours(tmp_path: Path) -> None:
    mine, theirs = make(tmp_path / "mine"), make(tmp_path / "theirs")
    shutil.rmtree(tmp_path / "theirs" / "keys")
    shutil.copytree(tmp_path / "mine" / "keys", tmp_path / "theirs" / "keys")
    forged = msgspec.structs.replace(theirs.manifest, keys=mine.manifest.keys, recipients=mine.manifest.recipients)
    manifest.write_manifest(tmp_path / "theirs", forged)
    with pytest.raises(BadInput, match=r"manifest\.json was damaged or changed"):
        reopen(tmp_path / "theirs")


# ---- faults while writing --------------------------------------------------------------------------------------------------------


class Flaky(io.BufferedWriter):
    """A file on a disk that is full after so many bytes."""

    def __init__(self, path: Path, room: int) -> None:
        super().__init__(io.FileIO(path, "w"))
        self._room = room

    def write(self, piece: object) -> int:
        content = bytes(piece)  # type: ignore[call-overload]
        if self._room < len(content):
            super().write(content[: self._room])
            self._room = 0
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self._room -= len(content)
        return super().write(content)


class Silent(Flaky):
    """A disk that loses what no longer fits without a word."""

    def write(self, piece: object) -> int:
        try:
            return super().write(piece)
        except OSError:
            return len(piece)  # type: ignore[arg-type]


@pytest.mark.parametrize("disk", [Flaky, Silent])
def test_a_full_disk_is_never_taken_for_success(tmp_path: Path, disk: type[Flaky]) -> None:
    identity = new_identity()
    content = random.Random(1).randbytes(300 << 10)
    path = tmp_path / "part.age"
    whole = write_encrypted(path, [identity.recipient], [content], identity.key, Task())
    before = path.read_bytes()
    for missing in range(1, 256 << 10, 1 << 10):

        def opener(part: Path, room: int = whole.size - missing - 200) -> IO[bytes]:
            return disk(part, room)

        with pytest.raises(BadInput) as caught:
            write_encrypted(path, [identity.recipient], [content], identity.key, Task(), opener)
        assert disk is Silent or "disk is full" in str(caught.value)
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["part.age"]


@pytest.mark.usefixtures("quick_lock")
def test_a_disk_that_fills_while_saving_leaves_the_old_project(tmp_path: Path) -> None:
    project = make(tmp_path / "p")
    wanted = project.state
    sizes = [path.stat().st_size for path in files_in(tmp_path / "p")]
    for room in range(0, sum(sizes) + 400, 211):
        left = [room]

        def opener(part: Path, left: list[int] = left) -> IO[bytes]:
            file = Flaky(part, left[0])
            left[0] = max(0, left[0] - 700)
            return file

        clumsy = Project(project.folder, reopen(tmp_path / "p").manifest, project.identity, wanted, opener)
        try:
            clumsy.save(contents_of(small_log()), [("save", {})], Task())
        except BadInput as error:
            assert "disk is full" in str(error)
        assert same(reopen(tmp_path / "p").read_contents(Task()).log, small_log())
    assert room > 2000


@pytest.mark.usefixtures("quick_lock")
@pytest.mark.parametrize("with_recovery", [False, True])
def test_a_save_that_fails_or_is_stopped_leaves_the_folder_as_it_was(tmp_path: Path, with_recovery: bool) -> None:
    project = make(tmp_path / "p")
    before = snapshot(tmp_path / "p")
    recovery = new_identity().recipient if with_recovery else None
    for patience in range(100):
        asked = iter(range(patience))
        task = Task(is_cancelled=lambda asked=asked: next(asked, None) is None)
        try:
            project.save(contents_of(small_log()), [("save", {})], task, "nyt-kodeord", recovery)
        except Cancelled:
            assert snapshot(tmp_path / "p") == before
        else:
            break
    assert 5 < patience < 99
    before = snapshot(tmp_path / "p")
    for fault in (4, 5):  # the parts are written, then the disk is full: for the audit log, for the manifest
        opened = iter(range(fault))

        def opener(part: Path, opened: Iterator[int] = opened) -> IO[bytes]:
            return Flaky(part, 10**9 if next(opened, None) is not None else 0)

        clumsy = Project(project.folder, project.manifest, project.identity, project.state, opener)
        with pytest.raises(BadInput, match="disk is full"):
            clumsy.save(contents_of(small_log(9)), [("save", {})], Task())
        assert snapshot(tmp_path / "p") == before


@pytest.mark.usefixtures("quick_lock")
def test_a_save_that_fails_once_its_manifest_stands_has_taken_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = make(tmp_path / "p")
    real = project_folder.write_manifest

    def write(*arguments: object) -> None:
        real(*arguments)  # type: ignore[arg-type]
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(project_folder, "write_manifest", write)
    with pytest.raises(OSError, match="error"):
        project.save(contents_of(small_log(7)), [("save", {})], Task())
    monkeypatch.undo()
    assert same(reopen(tmp_path / "p").read_contents(Task()).log, small_log(7))
    project.record("export", {}, Task())
    everything(reopen(tmp_path / "p"))


def test_a_file_that_reads_back_differently_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "manifest.json"
    write_bytes(path, b"old")
    monkeypatch.setattr(Path, "read_bytes", lambda _self: b"something else")
    with pytest.raises(BadInput, match="could not be saved"):
        write_bytes(path, b"new")
    monkeypatch.undo()
    assert path.read_bytes() == b"old"


@pytest.mark.usefixtures("quick_lock")
def test_a_taken_folder_is_never_overwritten(tmp_path: Path) -> None:
    make(tmp_path / "p")
    before = snapshot(tmp_path / "p")
    with pytest.raises(BadInput, match="not empty"):
        make(tmp_path / "p")
    assert snapshot(tmp_path / "p") == before
    (tmp_path / "file").write_text("mine")
    with pytest.raises(BadInput, match="not empty"):
        make(tmp_path / "file")
    (tmp_path / "empty").mkdir()
    make(tmp_path / "empty")
    (tmp_path / "q.part").mkdir()
    (tmp_path / "q.part" / "diary.txt").write_text("mine")
    with pytest.raises(BadInput, match="in the way"):
        make(tmp_path / "q")
    assert (tmp_path / "q.part" / "diary.txt").read_text() == "mine"


@pytest.mark.usefixtures("quick_lock")
def test_a_folder_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(BadInput):
        make(tmp_path / "file" / "p")


@pytest.mark.usefixtures("quick_lock")
def test_leftovers_of_a_crash_are_removed_and_nothing_else(tmp_path: Path) -> None:
    project = make(tmp_path / "p")
    folder = tmp_path / "p"
    strays = [folder / "state-0.age", folder / "manifest.json.part", folder / "data" / "events-0.arrow.age.part", folder / "keys" / "k.age"]
    for stray in strays:
        stray.write_bytes(b"x")
    (folder / "noter.txt").write_text("mine")
    remove_leftovers(folder, project.manifest, older_than=600)
    assert all(stray.exists() for stray in strays)
    remove_leftovers(folder, project.manifest, older_than=-1)
    assert not any(stray.exists() for stray in strays)
    assert (folder / "noter.txt").exists()
    everything(reopen(folder))


def test_a_new_file_is_for_its_owner_only(tmp_path: Path) -> None:
    with open_new(tmp_path / "x") as file:
        file.write(b"y")
    assert (tmp_path / "x").stat().st_mode & 0o777 == 0o600


@pytest.mark.skipif(sys.platform == "win32", reason="folders cannot be locked")
@pytest.mark.usefixtures("quick_lock")
def test_a_project_that_another_process_is_saving_is_waited_for_but_not_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = make(tmp_path / "p")
    monkeypatch.setattr(folder_lock, "LOCK_PATIENCE", 0.2)
    code = f"""
import sys; sys.path.insert(0, {str(ROOT)!r})
from pathlib import Path
from engine.vault.folder_lock import locked_folder
with locked_folder(Path({str(tmp_path / "p")!r})):
    print("locked", flush=True); sys.stdin.readline()
"""
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdin is not None
        other.stdout.readline()
        with pytest.raises(BadInput, match="being saved by another window"):
            project.record("open", {}, Task())
        other.stdin.close()
        monkeypatch.setattr(folder_lock, "LOCK_PATIENCE", 10.0)
        project.record("open", {}, Task())
    assert reopen(tmp_path / "p").read_audit(Task())[-1].event == "open"


@pytest.mark.skipif(sys.platform == "win32", reason="stands in for Windows")
def test_on_windows_a_file_in_the_folder_is_locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import fcntl

    def locking(handle: int, _how: int, _n: int) -> None:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES)) from error

    monkeypatch.setitem(sys.modules, "msvcrt", SimpleNamespace(locking=locking, LK_NBLCK=2))  # type: ignore[arg-type]
    monkeypatch.setattr(os, "O_BINARY", 0, raising=False)
    monkeypatch.setattr(sys, "platform", "win32")
    spec = importlib.util.spec_from_file_location("windows_lock", folder_lock.__file__)
    assert spec is not None
    assert spec.loader is not None
    windows = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(windows)
    monkeypatch.setattr(windows, "LOCK_PATIENCE", 0.1)
    with windows.locked_folder(tmp_path):
        assert [path.name for path in tmp_path.iterdir()] == [windows.LOCK_FILE]
        with pytest.raises(BadInput, match="being saved by another window"), windows.locked_folder(tmp_path):
            pass
    with windows.locked_folder(tmp_path):
        pass
    with pytest.raises(BadInput, match="no longer where it was opened"), windows.locked_folder(tmp_path / "gone"):
        pass


@pytest.mark.usefixtures("quick_lock")
def test_drives_that_know_neither_locks_nor_folder_syncs_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.fsync

    def fsync(handle: int) -> None:
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        real(handle)

    def flock(_handle: int, _how: int) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr("fcntl.flock", flock)
    make(tmp_path / "p").record("open", {}, Task())
    assert reopen(tmp_path / "p").read_audit(Task())[-1].event == "open"
