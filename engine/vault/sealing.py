"""One file for one reader: encrypted to a public key, or locked with a passphrase; what leaves the engine is ciphertext only."""

from __future__ import annotations

import errno
import io
import os
from pathlib import Path

from engine.errors import N_, BadInput
from engine.files.age_writing import encrypt_to
from engine.service.vault_messages import Seal
from engine.vault.keys import check_recipient, lock_content
from engine.vault.safe_write import Stored, unwritable, write_bytes

MOST_LOCKED = 64 << 20
"""Bytes that a passphrase is used for; more than that is encrypted to a public key."""
ENDING = ".age"


def check_seal(path: Path, seal: Seal) -> None:
    """BadInput where the file's name or what is to open it will not do."""
    if path.suffix != ENDING:
        raise BadInput(N_("Give the file a name that ends with .age: it is encrypted."))
    if (seal.recipient is None) == (not seal.passphrase):
        raise BadInput(N_("Choose what opens the file: a public key, or a passphrase."))
    if seal.recipient is not None:
        check_recipient(seal.recipient)


def write_sealed(path: Path, content: bytes, seal: Seal) -> Stored:
    """Write content, encrypted, whole or not at all; BadInput on a fault of the disk or of the seal."""
    check_seal(path, seal)
    return write_bytes(path, _sealed(path, content, seal))


def _sealed(path: Path, content: bytes, seal: Seal) -> bytes:
    if seal.recipient is None:
        if len(content) > MOST_LOCKED:
            raise BadInput(N_("That is too much for a passphrase. Encrypt it to a public key."))
        return lock_content(content, seal.passphrase or "")
    target = io.BytesIO()
    written = encrypt_to((check_recipient(seal.recipient),), (content,), target)
    if len(target.getvalue()) != written.size:
        raise unwritable(path, OSError(errno.EIO, os.strerror(errno.EIO)))
    return target.getvalue()
