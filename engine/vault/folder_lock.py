"""One writer at a time in a project folder, also among processes; where the system knows no locks, saving is crash-safe without them."""

from __future__ import annotations

import errno
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.errors import N_, BadInput
from engine.vault.safe_write import Occupied, unwritable

LOCK_PATIENCE = 10.0
"""Seconds to wait for another process that saves into the same project."""
LOCK_FILE = "in-use.lock"
"""Where folders cannot be locked (Windows), this empty file in the project is."""


@contextmanager
def locked_folder(folder: Path) -> Iterator[None]:
    """Keep other processes from saving into the folder at the same time; Occupied after 10 s, BadInput when the folder is gone."""
    try:
        handle = _open(folder)
    except FileNotFoundError as error:
        raise moved(folder) from error
    except OSError as error:
        raise unwritable(folder, error) from error
    try:
        _wait(handle, folder)
        yield
    finally:
        os.close(handle)


def moved(folder: Path) -> BadInput:
    """The error for a project folder that is no longer where it was opened."""
    return BadInput(
        N_("The project folder {name} is no longer where it was opened. Put it back there, or save a copy in another folder."),
        name=folder.name,
    )


def _wait(handle: int, folder: Path) -> None:
    end = time.monotonic() + LOCK_PATIENCE
    while not _lock(handle):
        if time.monotonic() > end:
            raise Occupied(N_("The project {name} is being saved by another window. Try again in a moment."), name=folder.name)
        time.sleep(0.02)


if sys.platform == "win32":
    import msvcrt

    def _open(folder: Path) -> int:
        return os.open(folder / LOCK_FILE, os.O_RDWR | os.O_CREAT | os.O_BINARY, 0o600)

    def _lock(handle: int) -> bool:
        """Whether the lock is ours now; closing the file gives it back."""
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError as error:
            return error.errno != errno.EACCES
        return True

else:
    import fcntl

    def _open(folder: Path) -> int:
        return os.open(folder, os.O_RDONLY)

    def _lock(handle: int) -> bool:
        """Whether the lock is ours now, or no lock is to be had: some network drives know none."""
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            return True
        return True
