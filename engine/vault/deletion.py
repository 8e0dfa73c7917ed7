"""Deleting a project: a mark, from which on nothing opens it, then its keys, then the rest; what a crash leaves is finished later."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import msgspec
from msgspec import Struct

from engine.errors import N_, BadInput
from engine.files.age import unreadable
from engine.tasks import Task
from engine.vault.audit_log import timestamp
from engine.vault.folder_lock import LOCK_FILE, locked_folder
from engine.vault.manifest import CONDEMNED, MANIFEST, is_condemned, read_manifest
from engine.vault.project_folder import DATA, KEYS
from engine.vault.safe_write import unwritable, write_bytes

HEAD = 1 << 16
"""Bytes at a file's beginning that are overwritten: an age file without them is closed to every key."""
OWN = (f"{KEYS}/*", "pseudonyms*", MANIFEST + "*", "*.age*", f"{DATA}/*.age*", f"{DATA}/*.part", "*.part", LOCK_FILE)
"""Files of Sagsflow's making, in the order in which they go: what opens the rest goes first."""


class Receipt(Struct, frozen=True, forbid_unknown_fields=True):
    """What was deleted: the project's name, random id and folder, when (ISO 8601), the SHA-256 of its manifest, how many files and bytes.

    others: files in its folder that are not Sagsflow's and stay.
    """

    name: str
    project: str
    folder: str
    begun_at: str
    manifest: str
    files: int
    bytes: int
    others: int


def delete_project(folder: Path, name: str, task: Task) -> Receipt:
    """Destroy a project's keys, then all its files; finishes a deletion that was interrupted. `name` is what the receipt calls it.

    BadInput when it is no project, is made to be read only, or the folder cannot be written; nothing is destroyed then.
    """
    if not folder.is_dir():
        raise BadInput(N_("The folder {folder} is not a Sagsflow project: it has no manifest.json."), folder=folder.name)
    with locked_folder(folder):
        receipt = _read_mark(folder) if is_condemned(folder) else _condemn(folder, name)
        _destroy(folder, task)
    _remove_folder(folder)
    return receipt


def _condemn(folder: Path, name: str) -> Receipt:
    """Mark the project: from this moment on nothing opens it."""
    manifest = read_manifest(folder)
    if manifest.read_only:
        raise BadInput(N_("The project {name} is made to be read only and cannot be deleted here."), name=name)
    try:
        content = (folder / MANIFEST).read_bytes()
        own = list(_own_files(folder))
        size = sum(path.stat().st_size for path in own)
        others = sum(1 for path in folder.rglob("*") if path.is_file() and path not in own)
    except OSError as error:
        raise unreadable(folder / MANIFEST, error) from error
    digest = hashlib.sha256(content).hexdigest()
    receipt = Receipt(name, manifest.project, str(folder), timestamp(), digest, len(own), size, others)
    write_bytes(folder / CONDEMNED, msgspec.json.format(msgspec.json.encode(receipt), indent=2))
    return receipt


def _read_mark(folder: Path) -> Receipt:
    try:
        return msgspec.json.decode((folder / CONDEMNED).read_bytes(), type=Receipt)
    except OSError as error:
        raise unreadable(folder / CONDEMNED, error) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadInput(N_("{file} is not what Sagsflow wrote. Delete the folder by hand."), file=CONDEMNED) from error


def _own_files(folder: Path) -> Iterator[Path]:
    seen: set[Path] = set()
    for pattern in OWN:
        for path in sorted(folder.glob(pattern)):
            if path.is_file() and not path.is_symlink() and path not in seen and path.name != CONDEMNED:
                seen.add(path)
                yield path


def _destroy(folder: Path, task: Task) -> None:
    """Overwrite every file's head, keys first, and only then remove the files."""
    own = [path for path in _own_files(folder) if path.name != LOCK_FILE]
    try:
        for number, path in enumerate(own):
            task.report(number / (2 * len(own)), N_("Destroying the keys and the data"))
            _overwrite(path)
        for path in own:
            path.unlink(missing_ok=True)
    except OSError as error:
        raise unwritable(folder, error) from error


def _overwrite(path: Path) -> None:
    """Make a file worthless; a disk that writes elsewhere than it was told (SSD) may keep the old blocks for a while."""
    with suppress(FileNotFoundError), path.open("r+b", buffering=0) as file:
        size = os.fstat(file.fileno()).st_size
        file.write(secrets.token_bytes(min(size, HEAD)))
        os.fsync(file.fileno())


def _remove_folder(folder: Path) -> None:
    """The mark goes last of all files; a folder with files of somebody else's stays with them."""
    try:
        (folder / LOCK_FILE).unlink(missing_ok=True)
        (folder / CONDEMNED).unlink(missing_ok=True)
        for place in (folder / DATA, folder / KEYS, folder):
            if place.is_dir() and not any(place.iterdir()):
                place.rmdir()
    except OSError as error:
        raise unwritable(folder, error) from error
