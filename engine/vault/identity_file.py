"""The user's own identity: a file that a passphrase locks, with its public key beside it, which may be given to anybody."""

from __future__ import annotations

import os
from pathlib import Path

from engine.errors import N_, BadInput, WrongKey
from engine.files.age import is_age, open_with_passphrase, parse_identities, read_identities, unreadable
from engine.tasks import Task
from engine.vault.keys import Identity, Locking, check_recipient, identity_of
from engine.vault.safe_write import unwritable, write_bytes

FILE_NAME = "identity.age"
PUBLIC = ".pub"


def identity_folder() -> Path:
    """Where identities lie: in the user's own folder for settings (SAGSFLOW_SETTINGS_DIR, or the platform's)."""
    given = os.environ.get("SAGSFLOW_SETTINGS_DIR")
    if given:
        return Path(given) / "keys"
    from platformdirs import user_config_path

    return user_config_path("sagsflow", appauthor=False) / "keys"


def default_path() -> Path:
    """The file that holds the identity when the user has chosen no other."""
    return identity_folder() / FILE_NAME


def public_key(path: Path) -> str | None:
    """The public key (age1…) of an identity, from the file beside it; None where there is no identity. BadInput when it cannot be read."""
    if not path.is_file():
        return None
    beside = path.with_suffix(PUBLIC)
    try:
        return check_recipient(beside.read_text("utf-8"))
    except FileNotFoundError:
        return ""
    except UnicodeDecodeError as error:
        raise BadInput(N_("The file {file} holds no public key."), file=beside.name) from error
    except OSError as error:
        raise unreadable(beside, error) from error


def create_identity(path: Path, passphrase: str, task: Task) -> str:
    """Make a new random identity in a file of its own; its public key. BadInput when there is one already."""
    if path.exists():
        raise BadInput(N_("There is already an identity in {file}. It is never overwritten: files may be encrypted to it."), file=path.name)
    locking = Locking(_given(passphrase))
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise unwritable(path, error) from error
    _write(path, locking, passphrase, task)
    return locking.identity.recipient


def unlock(path: Path, passphrase: str | None, task: Task) -> Identity:
    """The identity in a file; its public key is written beside it where it is missing or wrong. WrongKey when it stays locked."""
    identity = identity_of(read_identities(path, passphrase or None, task)[0])
    try:
        beside = public_key(path)
    except BadInput:
        beside = None
    if beside != identity.recipient:
        _write_public(path, identity.recipient)
    return identity


def change_passphrase(path: Path, old: str, new: str, task: Task) -> str:
    """Lock the identity with a new passphrase; killed at any moment, the old or the new one opens it. Its public key."""
    identity = unlock(path, old, task)
    _write(path, Locking(_given(new), identity), new, task)
    return identity.recipient


def back_up(path: Path, target: Path, task: Task) -> str:
    """Copy a locked identity to another place; the SHA-256 of the copy. BadInput for one without a passphrase."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise unreadable(path, error) from error
    if not is_age(content):
        raise BadInput(N_("The identity in {file} has no passphrase: a copy would open everything. Give it one first."), file=path.name)
    if target.exists() and target.samefile(path):
        raise BadInput(N_("A copy is of use in another place only: on another disk, or on a USB stick in a safe."))
    task.check()
    stored = write_bytes(target, content)
    _protect(target)
    return stored.sha256


def _given(passphrase: str) -> str:
    if not passphrase:
        raise BadInput(N_("The identity needs a passphrase."))
    return passphrase


def _write(path: Path, locking: Locking, passphrase: str, task: Task) -> None:
    """Write a locked identity once it has been proven that the passphrase opens it."""
    locked = locking.locked(task)
    opened = parse_identities(open_with_passphrase(locked, passphrase, path.name, task), path.name)
    if identity_of(opened[0]) != locking.identity:
        raise WrongKey(N_("The passphrase could not be locked in on this computer. Try again."))
    write_bytes(path, locked)
    _protect(path)
    _write_public(path, locking.identity.recipient)


def _write_public(path: Path, recipient: str) -> None:
    write_bytes(path.with_suffix(PUBLIC), f"{recipient}\n".encode())


def _protect(path: Path) -> None:
    """For its owner only, where the system knows owners."""
    if os.name != "nt":
        try:
            path.chmod(0o600)
        except OSError as error:
            raise unwritable(path, error) from error
