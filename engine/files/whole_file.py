"""A file from outside, whole in memory: decrypted where it was encrypted with age, otherwise as it stands."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pyarrow as pa

from engine.errors import N_
from engine.files.age import decrypt_file, is_age, unreadable
from engine.files.compression import head_of
from engine.files.content import ZIP_HEAD
from engine.files.memory import check_memory
from engine.service.messages import Secret
from engine.tasks import Task

HEAD = 4096
BLOCK = 8 << 20


def read_file(path: Path, secret: Secret, task: Task) -> tuple[pa.Buffer, bool, str]:
    """Content (decrypted when encrypted), whether it was encrypted, and the SHA-256 of the file; BadInput and WrongKey as for age files."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            head = file.read(HEAD)
        if not is_age(head):
            return _read_plain(path, digest, task), False, digest.hexdigest()
    except OSError as error:
        raise unreadable(path, error) from error
    content = decrypt_file(path, secret.passphrase, secret.identity_path or secret.own, task, digest)
    return content, True, digest.hexdigest()


def _read_plain(path: Path, digest: Any, task: Task) -> pa.Buffer:
    size = path.stat().st_size
    check_memory(path.name, size)
    content = pa.allocate_buffer(size)
    whole, done = memoryview(content).cast("B"), 0
    with path.open("rb", buffering=0) as file:
        while n := file.readinto(whole[done : done + BLOCK]):
            digest.update(whole[done : done + n])
            done += n
            task.report(done / size, N_("Reading the file"))
        rest = b"" if done < size else file.read()
    if not rest:
        return content.slice(0, done)
    digest.update(rest)  # it has grown meanwhile
    return pa.py_buffer(bytes(whole) + rest)


def is_locked_archive(data: pa.Buffer) -> bool:
    """Whether the content is a ZIP archive that a passphrase opens."""
    if not head_of(data).startswith(ZIP_HEAD):
        return False
    from engine.files.zip_archive import is_locked

    return is_locked(data)
