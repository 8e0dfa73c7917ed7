"""Writing age files (age-encryption.org/v1) to X25519 recipients, with the size that the finished file must have."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO

import pyrage

from engine.files.age import CHUNK, NONCE, TAG, read_header


def encrypted_size(header_size: int, n: int) -> int:
    """Size of a binary age file with `n` bytes of content: header + 16 + n + 16·max(1, ⌈n/65536⌉)."""
    return header_size + NONCE + n + TAG * max(1, -(-n // CHUNK))


class _Chunks:
    """A stream made of byte chunks, counting them."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks: Iterator[bytes] = iter(chunks)
        self._block, self._place = b"", 0
        self.n = 0
        self.digest = hashlib.sha256()
        self.failed: BaseException | None = None

    def read(self, size: int = -1, /) -> bytes:
        while self._place == len(self._block):
            block = self._next()
            if block is None:
                return b""
            self._block, self._place = bytes(block), 0
            self.n += len(self._block)
            self.digest.update(self._block)
        piece = self._block[self._place : self._place + size]
        self._place += len(piece)
        return piece


    def _next(self) -> bytes | None:
        try:
            return next(self._chunks, None)
        except BaseException as error:
            self.failed = error
            raise


@dataclass(frozen=True)
class Written:
    """What an encryption must have produced: content bytes and their SHA-256, and the size that the file must have."""

    n: int
    content_sha256: str
    size: int


def encrypt_to(recipients: Sequence[str], chunks: Iterable[bytes], target: IO[bytes]) -> Written:
    """Encrypt a stream of chunks to age recipients (age1…) into a binary file object.

    pyrage loses write errors of the last 64 KiB: the caller must compare the finished file with `Written.size`.
    Raises OSError from the target.
    """
    source, sink = _Chunks(chunks), _Head(target)
    keys = [pyrage.x25519.Recipient.from_str(recipient) for recipient in recipients]
    try:
        pyrage.encrypt_io(source, sink, keys)
    finally:
        failure = source.failed or sink.failed
        if failure is not None:
            raise failure
    header = read_header(bytes(sink.head), "")
    return Written(source.n, source.digest.hexdigest(), encrypted_size(header.size, source.n))


class _Head:
    """Passes everything on, keeps the header for the size formula and remembers the first error."""

    def __init__(self, target: IO[bytes]) -> None:
        self._target = target
        self.head = bytearray()
        self.failed: OSError | None = None

    def write(self, piece: bytes) -> int:
        if len(self.head) < CHUNK:
            self.head += piece[:CHUNK]
        try:
            self._target.write(piece)
        except OSError as error:
            self.failed = self.failed or error
            raise
        return len(piece)

    def flush(self) -> None:
        return
