"""An age writer of the tests' own (C2SP age.md, RFC 8439 in plain Python): small files, any scrypt work factor, any defect."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import struct

MASK = 0xFFFFFFFF
COLUMNS = ((0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15))
DIAGONALS = ((0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14))


def seal_with_passphrase(content: bytes, passphrase: str, factor: int = 4, shown_factor: int | None = None) -> bytes:
    """A binary age file locked by a passphrase with work factor 2^factor; `shown_factor` is what its header claims."""
    file_key, salt = os.urandom(16), os.urandom(16)
    wrap = hashlib.scrypt(passphrase.encode(), salt=b"age-encryption.org/v1/scrypt" + salt, n=1 << factor, r=8, p=1, dklen=32)
    body = seal(wrap, bytes(12), file_key)
    header = b"age-encryption.org/v1\n-> scrypt %s %d\n%s\n---" % (
        b64(salt),
        shown_factor if shown_factor is not None else factor,
        b64(body),
    )
    mac = hmac.digest(hkdf(file_key, b"", b"header"), header, "sha256")
    nonce = os.urandom(16)
    key = hkdf(file_key, nonce, b"payload")
    chunks = [content[start : start + 65536] for start in range(0, len(content), 65536)] or [b""]
    sealed = [
        seal(key, number.to_bytes(11, "big") + bytes([number == len(chunks) - 1]), chunk) for number, chunk in enumerate(chunks)
    ]
    return header + b" " + b64(mac) + b"\n" + nonce + b"".join(sealed)


def armor(binary: bytes) -> bytes:
    """The ASCII-armored form."""
    text = base64.b64encode(binary)
    lines = [text[start : start + 64] for start in range(0, len(text), 64)]
    return b"-----BEGIN AGE ENCRYPTED FILE-----\n" + b"\n".join(lines) + b"\n-----END AGE ENCRYPTED FILE-----\n"


def b64(data: bytes) -> bytes:
    return base64.b64encode(data).rstrip(b"=")


def hkdf(secret: bytes, salt: bytes, info: bytes) -> bytes:
    return hmac.digest(hmac.digest(salt or bytes(32), secret, "sha256"), info + b"\x01", "sha256")


def seal(key: bytes, nonce: bytes, content: bytes) -> bytes:
    """ChaCha20-Poly1305 without associated data (RFC 8439, 2.8)."""
    stream = b"".join(block(key, counter, nonce) for counter in range(len(content) // 64 + 2))
    cipher = bytes(a ^ b for a, b in zip(content, stream[64:], strict=False))
    padded = cipher + bytes(-len(cipher) % 16) + struct.pack("<QQ", 0, len(cipher))
    return cipher + poly1305(stream[:32], padded)


def block(key: bytes, counter: int, nonce: bytes) -> bytes:
    start = [0x61707865, 0x3320646E, 0x79622D32, 0x6B206574, *struct.unpack("<8L", key), counter, *struct.unpack("<3L", nonce)]
    state = list(start)
    for _ in range(10):
        for places in (*COLUMNS, *DIAGONALS):
            quarter_round(state, *places)
    return struct.pack("<16L", *((a + b) & MASK for a, b in zip(state, start, strict=True)))


def quarter_round(state: list[int], a: int, b: int, c: int, d: int) -> None:
    for x, y, z, turn in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
        state[x] = (state[x] + state[y]) & MASK
        mixed = state[z] ^ state[x]
        state[z] = ((mixed << turn) | (mixed >> (32 - turn))) & MASK


def poly1305(key: bytes, message: bytes) -> bytes:
    r = int.from_bytes(key[:16], "little") & 0x0FFFFFFC0FFFFFFC0FFFFFFC0FFFFFFF
    total = 0
    for start in range(0, len(message), 16):
        total = (total + int.from_bytes(message[start : start + 16] + b"\x01", "little")) * r % ((1 << 130) - 5)
    return ((total + int.from_bytes(key[16:], "little")) & ((1 << 128) - 1)).to_bytes(16, "little")
