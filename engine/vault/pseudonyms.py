"""Keyed pseudonyms: "S-XXXX-XXXX-XXXX" from HMAC-SHA-256, so that a case can be told apart but not looked up without the key."""

from __future__ import annotations

import hashlib
import hmac
import secrets

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from engine.tasks import Task

KEY_SIZE = 32
CASE = b"case"
ALPHABET = np.frombuffer(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", dtype=np.uint8)
TEMPLATE = np.frombuffer(b"S-....-....-....", dtype=np.uint8)
PLACES = np.array([2, 3, 4, 5, 7, 8, 9, 10, 12, 13, 14, 15])
SHIFTS = np.arange(59, -1, -5, dtype=np.uint64)
BLOCK = 1 << 15


def new_key() -> bytes:
    """A random 32-byte pseudonym key."""
    return secrets.token_bytes(KEY_SIZE)


def pseudonymise(ids: pa.Array, key: bytes, task: Task, label: bytes = CASE) -> pa.Array:
    """Pseudonyms (Arrow strings, shape (n,)) of ids (Arrow strings) under a key and a domain label; 60 bits of the HMAC each."""
    inner, outer = _prepared(key, label)
    numbers = np.empty(len(ids), dtype=np.uint64)
    for start in range(0, len(ids), BLOCK):
        task.check()
        block = ids.slice(start, BLOCK).to_pylist()
        digests = bytearray()
        for text in block:
            first = inner.copy()
            first.update(text.encode())
            second = outer.copy()
            second.update(first.digest())
            digests += second.digest()[:8]
        numbers[start : start + len(block)] = np.frombuffer(bytes(digests), dtype=">u8")
    return _spell(numbers)


def _prepared(key: bytes, label: bytes) -> tuple[hashlib._Hash, hashlib._Hash]:
    """The two SHA-256 states of HMAC (RFC 2104) after the key, made once for all ids; the key is bound to the label."""
    bound = hmac.digest(key, label, "sha256").ljust(64, b"\0")
    return hashlib.sha256(bytes(byte ^ 0x36 for byte in bound)), hashlib.sha256(bytes(byte ^ 0x5C for byte in bound))


def _spell(numbers: NDArray[np.uint64]) -> pa.Array:
    """The top 60 bits of each number in base 32, in the shape S-XXXX-XXXX-XXXX."""
    letters = np.tile(TEMPLATE, (len(numbers), 1))
    for place, shift in zip(PLACES, SHIFTS, strict=True):
        letters[:, place] = ALPHABET[((numbers >> shift) & np.uint64(31)).astype(np.intp)]
    width = TEMPLATE.size
    offsets = np.arange(0, (len(numbers) + 1) * width, width, dtype=np.int32)
    return pa.StringArray.from_buffers(len(numbers), pa.py_buffer(offsets), pa.py_buffer(letters))
