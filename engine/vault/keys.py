"""Keys: the analyst's identity locked by a passphrase, keys derived from it, and suggested passphrases."""

from __future__ import annotations

import hashlib
import hmac
import math
import secrets
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pyrage

from engine.errors import N_, BadInput
from engine.files.age import MAX_WORK_FACTOR, read_header

WORDS = Path(__file__).resolve().parents[2] / "resources" / "words"
LANGUAGES = ("da", "en")
PASSPHRASE_WORDS = 6
LOCK_ATTEMPTS = 6
LEAST_WORK_FACTOR = 18


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


def new_identity() -> Identity:
    """A fresh random identity."""
    return identity_of(pyrage.x25519.Identity.generate())


def identity_of(key: Any) -> Identity:
    """The identity behind a pyrage key."""
    return Identity(str(key), str(key.to_public()))


def check_recipient(recipient: str) -> str:
    """The recipient as it is written into projects; BadInput when it is not an age public key (age1…)."""
    try:
        return str(pyrage.x25519.Recipient.from_str(recipient.strip()))
    except (pyrage.RecipientError, ValueError) as error:
        raise BadInput(N_("The recovery key is not an age public key. It begins with age1 and has 62 characters.")) from error


def lock_identity(identity: Identity, passphrase: str) -> bytes:
    """An identity file locked by a passphrase, as `age -p` makes it: scrypt with 2^18 to 2^20.

    pyrage measures the computer to choose the work factor and errs on a busy one: the strongest of a few attempts is taken then.
    """
    content = f"# public key: {identity.recipient}\n{identity.secret}\n".encode()
    best, strongest = b"", 0
    for _ in range(LOCK_ATTEMPTS):
        locked: bytes = pyrage.passphrase.encrypt(content, passphrase)
        factor = read_header(locked, "").work_factor or 0
        if strongest < factor <= MAX_WORK_FACTOR:
            best, strongest = locked, factor
        if strongest >= LEAST_WORK_FACTOR:
            break
    if not best:
        raise BadInput(N_("The passphrase could not be locked in on this computer. Try again."))
    return best


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
