"""Files that leave the screen: their fingerprint, and writing them whole or not at all. Needs no Qt."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from pathlib import Path

from engine.errors import N_, BadInput

NOT_WRITTEN = N_("{file} could not be written. Choose another folder, or free some space, and try again.")


def sha256(content: bytes) -> str:
    """The fingerprint that the audit log keeps."""
    return hashlib.sha256(content).hexdigest()


def write_whole(path: Path, content: bytes) -> None:
    """Write a file whole or not at all: beside it first, then in its place. Raises BadInput when that fails; an older file then stays."""
    part = path.with_name(path.name + ".part")
    try:
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if part.stat().st_size != len(content):
            raise OSError
        part.replace(path)
    except OSError as error:
        with suppress(OSError):
            part.unlink()
        raise BadInput(NOT_WRITTEN, file=path.name) from error
