"""Writing age files that a passphrase opens, as `age -p` makes them (C2SP age.md); the work on the passphrase lets other threads go on."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import time

from engine.files.age import CHUNK, INTRODUCTION, MAX_WORK_FACTOR, NONCE, SCRYPT

KEY, SALT, BLOCK_SIZE = 16, 16, 8
"""Bytes of a file's key and of a salt, and scrypt's r."""
LABEL = b"age-encryption.org/v1/scrypt"
LEAST_WORK_FACTOR = 18
"""As the program age has it: 2^18 take 256 MB."""
LONGEST = 1.0
"""Seconds that opening may take where the computer can guard better than with the least factor."""
PROBE = 14


def lock_with_passphrase(content: bytes, passphrase: str, factor: int) -> bytes:
    """A binary age file that a passphrase opens, guarded by scrypt with 2^factor."""
    file_key, salt, nonce = secrets.token_bytes(KEY), secrets.token_bytes(SALT), secrets.token_bytes(NONCE)
    wrapped = _sealed(stretched(passphrase, salt, factor), bytes(12), file_key)
    stanza = b"-> %s %s %d\n%s\n" % (SCRYPT.encode(), _text(salt), factor, _text(wrapped))
    header = INTRODUCTION + stanza + b"---"
    mac = hmac.digest(_derived(file_key, b"", b"header"), header, "sha256")
    key = _derived(file_key, nonce, b"payload")
    pieces = [content[begin : begin + CHUNK] for begin in range(0, len(content), CHUNK)] or [b""]
    last = len(pieces) - 1
    body = b"".join(_sealed(key, number.to_bytes(11, "big") + bytes([number == last]), piece) for number, piece in enumerate(pieces))
    return header + b" " + _text(mac) + b"\n" + nonce + body


def work_factor() -> int:
    """The highest factor with which this computer needs at most about a second to open a file; at least that of age, at most 2^20.

    Other work on the computer makes it seem slower, never faster.
    """
    seconds, factor = min(_seconds() for _ in range(2)), LEAST_WORK_FACTOR
    while factor < MAX_WORK_FACTOR and seconds * (1 << factor + 1 - PROBE) <= LONGEST:
        factor += 1
    return factor


def _seconds() -> float:
    begin = time.perf_counter()
    stretched("", bytes(SALT), PROBE)
    return time.perf_counter() - begin


def stretched(passphrase: str, salt: bytes, factor: int) -> bytes:
    """The key that a passphrase becomes by scrypt with 2^factor; MemoryError where there is no room for it."""
    room = 128 * BLOCK_SIZE * ((1 << factor) + 64)
    try:
        return hashlib.scrypt(passphrase.encode(), salt=LABEL + salt, n=1 << factor, r=BLOCK_SIZE, p=1, maxmem=room, dklen=32)
    except ValueError as error:  # OpenSSL says no more
        raise MemoryError from error


def _sealed(key: bytes, nonce: bytes, content: bytes) -> bytes:
    from Cryptodome.Cipher import ChaCha20_Poly1305

    sealed, tag = ChaCha20_Poly1305.new(key=key, nonce=nonce).encrypt_and_digest(content)
    return sealed + tag


def _derived(secret: bytes, salt: bytes, info: bytes) -> bytes:
    """HKDF-SHA-256 (RFC 5869) of 32 bytes."""
    return hmac.digest(hmac.digest(salt or bytes(32), secret, "sha256"), info + b"\x01", "sha256")


def _text(data: bytes) -> bytes:
    return base64.b64encode(data).rstrip(b"=")
