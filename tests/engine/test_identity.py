"""An analyst makes a key of their own, backs it up, changes its passphrase, and opens extracts that were encrypted to it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pyrage
import pytest

from engine.errors import BadInput, WrongKey
from engine.operations import answer
from engine.service import messages
from engine.service.messages import Secret
from engine.tasks import Task
from engine.vault import identity_file, keys
from engine.vault.unlocking import open_project
from engine.workspace import Workspace
from tests.projects import PASSPHRASE, files_in, lock_quickly, make

FIRST, SECOND = "seks gode ord til", "en helt anden sætning"
TABLE = "sag;trin;tid\n" + "".join(f"A-{n};{step};0{day}-03-2025 10:0{n}\n" for n in range(6) for day, step in ((1, "Ind"), (2, "Ud")))


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Identities lie in a folder of the test's own and are locked with little work."""
    lock_quickly(monkeypatch)
    monkeypatch.setenv("SAGSFLOW_SETTINGS_DIR", str(tmp_path / "settings"))
    return tmp_path / "settings" / "keys"


def ask(question: object, workspace: Workspace | None = None) -> object:
    return answer(workspace or Workspace(), question, Task())  # type: ignore[arg-type]


def created() -> messages.IdentityFacts:
    made = ask(messages.CreateIdentity(FIRST))
    assert isinstance(made, messages.IdentityFacts)
    return made


def test_there_is_no_identity_until_one_is_made_and_then_never_a_second(own_folder: Path) -> None:
    none = ask(messages.IdentityQuery())
    assert isinstance(none, messages.IdentityFacts)
    assert (none.recipient, none.unlisted) == ("", False)
    made = created()
    assert made.recipient.startswith("age1")
    assert len(made.fingerprint.split()) == 4
    assert ask(messages.IdentityQuery()) == made
    assert files_in(own_folder) == {own_folder / "identity.age", own_folder / "identity.pub"}
    with pytest.raises(BadInput, match="never overwritten"):
        ask(messages.CreateIdentity(SECOND))
    assert identity_file.unlock(own_folder / "identity.age", FIRST, Task()).recipient == made.recipient


@pytest.mark.skipif(os.name == "nt", reason="permissions of files")
def test_the_file_is_for_its_owner_only_and_holds_no_secret_in_clear(own_folder: Path) -> None:
    created()
    content = b"".join(path.read_bytes() for path in files_in(own_folder))
    assert b"AGE-SECRET" not in content
    assert (own_folder / "identity.age").stat().st_mode & 0o777 == 0o600
    assert own_folder.stat().st_mode & 0o777 == 0o700


def test_a_new_passphrase_takes_the_place_of_the_old_one(own_folder: Path) -> None:
    made = created()
    with pytest.raises(WrongKey):
        ask(messages.ChangeIdentityPassphrase("forkert", SECOND))
    assert identity_file.unlock(own_folder / "identity.age", FIRST, Task()).recipient == made.recipient
    assert ask(messages.ChangeIdentityPassphrase(FIRST, SECOND)) == made
    with pytest.raises(WrongKey):
        identity_file.unlock(own_folder / "identity.age", FIRST, Task())
    assert identity_file.unlock(own_folder / "identity.age", SECOND, Task()).recipient == made.recipient
    with pytest.raises(BadInput, match="needs a passphrase"):
        ask(messages.ChangeIdentityPassphrase(SECOND, ""))


def test_a_backup_opens_as_the_identity_does_and_a_plain_one_is_not_copied(tmp_path: Path) -> None:
    made = created()
    target = tmp_path / "stick" / "nøgle.age"
    target.parent.mkdir()
    copied = ask(messages.BackUpIdentity(str(target)))
    assert isinstance(copied, messages.IdentityFacts)
    assert len(copied.backup) == 64
    assert identity_file.unlock(target, FIRST, Task()).recipient == made.recipient
    with pytest.raises(BadInput, match="another place"):
        ask(messages.BackUpIdentity(made.path))
    plain = tmp_path / "plain.txt"
    plain.write_text(f"{pyrage.x25519.Identity.generate()}\n")
    with pytest.raises(BadInput, match="has no passphrase"):
        ask(messages.BackUpIdentity(str(target), str(plain)))


def test_an_identity_from_elsewhere_is_taken_and_its_public_key_written_beside_it(tmp_path: Path) -> None:
    key = pyrage.x25519.Identity.generate()
    path = tmp_path / "key.txt"
    path.write_text(f"# created by somebody\n{key}\n")
    before = ask(messages.IdentityQuery(str(path)))
    assert isinstance(before, messages.IdentityFacts)
    assert before.unlisted
    taken = ask(messages.UnlockIdentity(str(path)))
    assert isinstance(taken, messages.IdentityFacts)
    assert taken.recipient == str(key.to_public())
    assert ask(messages.IdentityQuery(str(path))) == taken
    (tmp_path / "key.pub").write_text(str(pyrage.x25519.Identity.generate().to_public()))
    assert identity_file.unlock(path, None, Task()).recipient == taken.recipient
    assert identity_file.public_key(path) == taken.recipient


def test_a_full_disk_leaves_the_identity_as_it_was(own_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import errno

    from engine.vault import safe_write

    made = created()
    before = (own_folder / "identity.age").read_bytes()

    def full(path: Path) -> object:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))

    monkeypatch.setattr(safe_write.os, "fsync", lambda _handle: full(own_folder))
    with pytest.raises(BadInput, match="disk is full"):
        ask(messages.ChangeIdentityPassphrase(FIRST, SECOND))
    monkeypatch.undo()
    monkeypatch.setenv("SAGSFLOW_SETTINGS_DIR", str(own_folder.parent))
    assert (own_folder / "identity.age").read_bytes() == before
    assert identity_file.unlock(own_folder / "identity.age", FIRST, Task()).recipient == made.recipient


def test_no_question_with_a_passphrase_shows_it() -> None:
    changes = (messages.ChangeIdentityPassphrase(FIRST, SECOND), messages.ChangePassphrase(FIRST, SECOND))
    for question in (messages.CreateIdentity(FIRST), *changes):
        assert FIRST not in repr(question)
    assert FIRST not in repr(messages.ExportAudit("x.age", messages.Seal(passphrase=FIRST)))
    assert "010170" not in repr(messages.FindCitizen("010170-1234"))


# ---- what the key is for ---------------------------------------------------------------------------------------------------------


def encrypt(recipient: str, content: bytes, target: Path) -> None:
    """As the one-line recipe has it: with the program age where it is installed, else with its library."""
    if shutil.which("age"):
        source = target.with_suffix("")
        source.write_bytes(content)
        subprocess.run(["age", "-r", recipient, "-o", str(target), str(source)], check=True, timeout=60)
        source.unlink()
    else:
        target.write_bytes(pyrage.encrypt(content, [pyrage.x25519.Recipient.from_str(recipient)]))


def test_an_extract_that_was_encrypted_to_the_key_opens_with_the_passphrase_alone(tmp_path: Path) -> None:
    made = created()
    extract = tmp_path / "udtræk.csv.age"
    encrypt(made.recipient, TABLE.encode(), extract)
    opened = ask(messages.Open(str(extract), Secret(FIRST, own=made.path)))
    assert isinstance(opened, messages.Opened)
    assert opened.encrypted
    assert (opened.preview and opened.preview.n_rows) == 12 or (opened.summary and opened.summary.n_events) == 12
    for secret in (Secret(FIRST), Secret("forkert", own=made.path)):
        with pytest.raises(WrongKey):
            ask(messages.Open(str(extract), secret))


def test_a_project_opens_with_its_passphrase_and_with_the_analysts(tmp_path: Path) -> None:
    from engine.vault.keys import Entrusted
    from engine.vault.project_making import create_project
    from tests.projects import contents_of, small_log

    made = created()
    create_project(tmp_path / "p", contents_of(small_log()), PASSPHRASE, Entrusted(None, made.recipient), Task())
    analysts = (Secret(FIRST, own=made.path), Secret(FIRST, identity_path=made.path))
    for secret in (Secret(PASSPHRASE), Secret(PASSPHRASE, own=made.path), *analysts):
        assert open_project(tmp_path / "p", secret, Task()).read_contents(Task()).log.n_cases == 20
    with pytest.raises(WrongKey):
        open_project(tmp_path / "p", Secret("forkert", own=made.path), Task())
    make(tmp_path / "alone")
    with pytest.raises(WrongKey):
        open_project(tmp_path / "alone", Secret(FIRST, own=made.path), Task())


@pytest.mark.skipif(sys.platform == "win32", reason="kills by signal")
def test_killed_while_the_passphrase_changes_the_old_or_the_new_one_opens_it(own_folder: Path) -> None:
    import random
    import signal
    import time

    made, chance = created(), random.Random(7)
    known, now, changes = {FIRST, SECOND}, FIRST, 0
    for _ in range(40):
        other = next(iter(known - {now}))
        child = os.fork()
        if child == 0:
            try:
                for old, new in ((now, other), (other, now)) * 50:
                    identity_file.change_passphrase(own_folder / "identity.age", old, new, Task())
            finally:
                os._exit(3)
        time.sleep(chance.uniform(0.001, 0.06))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        opens = [word for word in known if _opens(own_folder / "identity.age", word)]
        assert len(opens) == 1
        changes += opens[0] != now
        now = opens[0]
        assert identity_file.unlock(own_folder / "identity.age", now, Task()).recipient == made.recipient
    assert 0 < changes < 40
    assert keys.fingerprint(made.recipient) == made.fingerprint


def _opens(path: Path, passphrase: str) -> bool:
    try:
        identity_file.unlock(path, passphrase, Task())
    except WrongKey:
        return False
    return True
