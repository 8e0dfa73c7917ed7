"""Keys: the analyst's identity locked by a passphrase, keys derived from it, and suggested passphrases."""

from __future__ import annotations

import hashlib
import hmac
import math
import secrets
import threading
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pyrage

from engine.errors import N_, BadInput
from engine.files.age_locking import lock_with_passphrase, work_factor
from engine.tasks import Task

WORDS = Path(__file__).resolve().parents[2] / "resources" / "words"
LANGUAGES = ("da", "en")
PASSPHRASE_WORDS = 6
PATIENCE = 0.02
"""Seconds between two questions whether to go on waiting."""
NO_PUBLIC_KEY = N_("That is not an age public key. It begins with age1 and has 62 characters.")
NO_RECOVERY_KEY = N_("The recovery key is not an age public key. It begins with age1 and has 62 characters.")
LOCKING = N_("Locking the key with the passphrase")


@dataclass(frozen=True)
class Identity:
    """An X25519 identity: the secret (AGE-SECRET-KEY-1…) and its recipient (age1…)."""

    secret: str
    recipient: str

    def __repr__(self) -> str:
        return f"Identity({self.recipient})"

    @property
    def key(self) -> Any:
        """The identity as pyrage wants it."""
        return pyrage.x25519.Identity.from_str(self.secret)


@dataclass(frozen=True)
class Entrusted:
    """Public keys (age1…) that open a project beside its own: the recovery key, and the identity of the one who works with it."""

    recovery: str | None = None
    analyst: str | None = None

    def checked(self) -> Entrusted:
        """The same keys as they are written into projects; BadInput when one is none."""
        recovery = check_recipient(self.recovery, NO_RECOVERY_KEY) if self.recovery else None
        return Entrusted(recovery, check_recipient(self.analyst) if self.analyst else None)


def fingerprint(recipient: str) -> str:
    """What two people compare to be sure that they speak of one public key: the first 64 bits of its SHA-256, in groups of four."""
    digits = hashlib.sha256(recipient.encode()).hexdigest()[:16].upper()
    return " ".join(digits[place : place + 4] for place in range(0, 16, 4))


def new_identity() -> Identity:
    """A fresh random identity."""
    return identity_of(pyrage.x25519.Identity.generate())


def identity_of(key: Any) -> Identity:
    """The identity behind a pyrage key."""
    return Identity(str(key), str(key.to_public()))


def check_recipient(recipient: str, sentence: str = NO_PUBLIC_KEY) -> str:
    """The recipient as it is written into projects; BadInput, with a sentence, when it is not an age public key (age1…)."""
    try:
        return str(pyrage.x25519.Recipient.from_str(recipient.strip()))
    except (pyrage.RecipientError, ValueError) as error:
        raise BadInput(sentence) from error


def lock_identity(identity: Identity, passphrase: str) -> bytes:
    """An identity file locked by a passphrase, as `age -p` makes it: scrypt with 2^18 to 2^20. BadInput when there is no room for it."""
    return lock_content(f"# public key: {identity.recipient}\n{identity.secret}\n".encode(), passphrase)


def lock_content(content: bytes, passphrase: str) -> bytes:
    """Content locked by a passphrase in the same way."""
    try:
        return lock_with_passphrase(content, passphrase, work_factor())
    except MemoryError as error:
        raise BadInput(N_("The passphrase could not be locked in on this computer. Try again.")) from error


class Locking:
    """An identity (a new one unless it is given) that a thread of its own locks with a passphrase while the rest of a project is made."""

    def __init__(self, passphrase: str, identity: Identity | None = None) -> None:
        self.identity = identity or new_identity()
        self._locked: bytes | BaseException = b""
        self._done = threading.Event()
        threading.Thread(target=self._lock, args=(passphrase,), name="sagsflow-key", daemon=True).start()

    def _lock(self, passphrase: str) -> None:
        try:
            self._locked = lock_identity(self.identity, passphrase)
        except BaseException as error:
            self._locked = error
        finally:
            self._done.set()

    def locked(self, task: Task) -> bytes:
        """The identity file; raises what lock_identity raises, and Cancelled."""
        if not self._done.is_set():
            task.report(None, LOCKING)
        while not self._done.wait(PATIENCE):
            task.check()
        if isinstance(self._locked, BaseException):
            raise self._locked
        return self._locked


def derive_key(identity: Identity, purpose: str, salt: bytes) -> bytes:
    """A 32-byte key for one purpose: HKDF-SHA-256 (RFC 5869) of the identity."""
    return hkdf_sha256(identity.secret.encode(), salt, b"sagsflow " + purpose.encode(), 32)


def hkdf_sha256(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    """RFC 5869 with SHA-256; length in bytes, at most 255·32."""
    extracted = hmac.digest(salt or bytes(32), secret, "sha256")
    block, output = b"", b""
    for counter in range(1, -(-length // hashlib.sha256().digest_size) + 1):
        block = hmac.digest(extracted, block + info + bytes([counter]), "sha256")
        output += block
    return output[:length]


@cache
def word_list(language: str) -> tuple[str, ...]:
    """Common short words for passphrases ("da" or "en"), sorted and distinct."""
    return tuple((WORDS / f"{language if language in LANGUAGES else LANGUAGES[0]}.txt").read_text("utf-8").split())


def suggest_passphrase(language: str) -> tuple[str, float]:
    """Six random words joined by hyphens, and their entropy in bits."""
    words = word_list(language)
    return "-".join(secrets.choice(words) for _ in range(PASSPHRASE_WORDS)), PASSPHRASE_WORDS * math.log2(len(words))
