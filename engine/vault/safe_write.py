"""Crash-safe writing: a file is either the old one or the whole new one, and a fault is always an error, never success."""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import pyrage

from engine.errors import N_, BadInput
from engine.files.age_writing import encrypt_to
from engine.tasks import Task

PART = ".part"
BLOCK = 1 << 20
Opener = Callable[[Path], IO[bytes]]


class Unwritable(BadInput):
    """A fault of the place and not of the data: the disk is full, the permission is missing, or another window is writing there.

    notice: what it means for a project that is opened all the same, for reading.
    """

    notice = N_("The project can only be read: you have no permission to write in its folder. Save a copy in another folder to change it.")


class DiskFull(Unwritable):
    """No room is left."""

    notice = N_("The project can only be read, because the disk is full. Free some space and open it again to change it.")


class Occupied(Unwritable):
    """Another process holds the folder's lock."""

    notice = N_("The project can only be read, because another window was saving it. Open it again in a moment to change it.")


@dataclass(frozen=True)
class Stored:
    """A finished file: its size in bytes and the SHA-256 of all of it."""

    size: int
    sha256: str


def open_new(path: Path) -> IO[bytes]:
    """Open a file for writing that only its owner may read; whatever was there is cut to nothing."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)
    return os.fdopen(os.open(path, flags, 0o600), "wb", buffering=BLOCK)


def write_encrypted(
    path: Path, recipients: Sequence[str], chunks: Iterable[bytes], identity: Any, task: Task, opener: Opener = open_new
) -> Stored:
    """Encrypt chunks to recipients into `path`; the file takes its name only after a full read back with `identity` was right.

    BadInput on any fault of disk or permissions; Cancelled leaves nothing behind.
    """

    def fill(file: IO[bytes]) -> Callable[[Path], None]:
        written = encrypt_to(recipients, chunks, file)

        def verify(part: Path) -> None:
            if part.stat().st_size != written.size or _content_sha256(part, identity, task) != written.content_sha256:
                raise OSError(errno.EIO, os.strerror(errno.EIO))

        return verify

    return _replace(path, fill, task, opener)


def write_bytes(path: Path, content: bytes, opener: Opener = open_new) -> Stored:
    """Write bytes that hold nothing secret, or are ciphertext already, into `path` in the same crash-safe way."""

    def fill(file: IO[bytes]) -> Callable[[Path], None]:
        file.write(content)

        def verify(part: Path) -> None:
            if part.read_bytes() != content:
                raise OSError(errno.EIO, os.strerror(errno.EIO))

        return verify

    return _replace(path, fill, Task(), opener)


def _replace(path: Path, fill: Callable[[IO[bytes]], Callable[[Path], None]], task: Task, opener: Opener) -> Stored:
    """`.part` → fill → flush and fsync → verify → replace → fsync of the folder."""
    part = path.with_name(path.name + PART)
    try:
        with opener(part) as file:
            verify = fill(file)
            file.flush()
            os.fsync(file.fileno())
        verify(part)
        stored = measure_file(part, task)
        part.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        with suppress(OSError):
            part.unlink()
        raise unwritable(path, error) from error
    except BaseException:
        with suppress(OSError):
            part.unlink()
        raise
    return stored


def measure_file(path: Path, task: Task) -> Stored:
    """Size and SHA-256 of a file; OSError when it cannot be read."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb", buffering=0) as file:
        while block := file.read(BLOCK):
            task.check()
            digest.update(block)
            size += len(block)
    return Stored(size, digest.hexdigest())


class _Hashing:
    """Takes decrypted bytes, keeps their digest only."""

    def __init__(self, task: Task) -> None:
        self.digest = hashlib.sha256()
        self._task = task
        self._n = 0

    def write(self, piece: bytes) -> int:
        self.digest.update(piece)
        self._n += len(piece)
        if self._n >= BLOCK:
            self._n = 0
            self._task.check()
        return len(piece)

    def flush(self) -> None:
        return


def _content_sha256(path: Path, identity: Any, task: Task) -> str:
    target = _Hashing(task)
    try:
        with path.open("rb", buffering=BLOCK) as file:
            pyrage.decrypt_io(file, target, [identity])
    except pyrage.DecryptError as error:
        raise OSError(errno.EIO, os.strerror(errno.EIO)) from error
    return target.digest.hexdigest()


def sync_folder(folder: Path) -> None:
    """Make renames in a folder last through a power cut (where the system knows how)."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # some network drives cannot
            raise
    finally:
        os.close(handle)


def unwritable(path: Path, error: OSError) -> BadInput:
    """The error for a file that could not be written."""
    name = path.name
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFull(
            N_("The disk is full: {file} was not saved. Free some space and save again; what was saved before is intact."), file=name
        )
    if isinstance(error, PermissionError) or error.errno == errno.EROFS:
        return Unwritable(N_("You have no permission to write {file}. Choose another folder."), file=name)
    return BadInput(
        N_("{file} could not be saved (system error {code}). What was saved before is intact."), file=name, code=str(error.errno)
    )
