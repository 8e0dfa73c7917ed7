"""age files (age-encryption.org/v1): decrypted into RAM only, and handed out only when the whole stream has verified."""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
import pyrage

from engine.errors import N_, BadInput, WrongKey
from engine.files.memory import check_memory, too_large
from engine.tasks import Task

MAGIC = b"age-encryption.org/"
INTRODUCTION = b"age-encryption.org/v1\n"
ARMOR = b"-----BEGIN AGE ENCRYPTED FILE-----"
CHUNK, TAG, NONCE = 65536, 16, 16
HEADER_LIMIT = 1 << 20
IDENTITY_LIMIT = 1 << 20
PASSPHRASE_LIMIT = 1 << 30
MAX_WORK_FACTOR = 20
BLOCK = 1 << 20
SCRYPT = "scrypt"

NO_KEY_FITS = "No matching keys found"
PASSPHRASE_FAILS = "Decryption failed"  # noqa: S105
TOO_MUCH_WORK = "Excessive work"
UNLOCK_ATTEMPTS = 200


@dataclass(frozen=True)
class Header:
    """The readable part of an age file: recipient kinds, scrypt work factor (log2 N) if any, its length in bytes, and where it begins."""

    kinds: tuple[str, ...]
    work_factor: int | None
    size: int
    armored: bool
    start: int = 0


def is_age(head: bytes) -> bool:
    """Whether the first bytes of a file are those of an age file, binary or ASCII-armored."""
    return head.startswith(MAGIC) or head.lstrip()[: len(ARMOR)] == ARMOR


def read_header(head: bytes, file: str) -> Header:
    """Parse the header from the first bytes of a file (at most 1 MiB are needed); BadInput when it is not one."""
    armored = not head.startswith(MAGIC)
    raw = _unarmored(head) if armored else head
    if raw.startswith(MAGIC) and not raw.startswith(INTRODUCTION):
        raise BadInput(N_("The file {file} uses a version of age that Sagsflow does not know. Encrypt it again with age 1."), file=file)
    if not raw.startswith(INTRODUCTION):
        raise BadInput(N_("The file {file} is not an age file."), file=file)
    end = raw.find(b"\n--- ")
    line_end = raw.find(b"\n", end + 1)
    if end < 0 or line_end < 0:
        raise _damaged(file)
    stanzas = [line.split(b" ") for line in raw[: end + 1].split(b"\n") if line.startswith(b"-> ")]
    kinds = tuple(stanza[1].decode("ascii", "replace") for stanza in stanzas)
    start = len(head) - len(head.lstrip()) if armored else 0
    return Header(kinds, _work_factor(stanzas, file), line_end + 1, armored, start)


def _work_factor(stanzas: Sequence[Sequence[bytes]], file: str) -> int | None:
    factors = [stanza[3] for stanza in stanzas if stanza[1] == SCRYPT.encode() and len(stanza) == 4]
    if not factors:
        return None
    if not factors[0].isdigit() or len(factors[0]) > 3:
        raise _damaged(file)
    return int(factors[0])


def _unarmored(head: bytes) -> bytes:
    """Decode as much of an armored file as is there."""
    text = b"".join(line.strip() for line in head.splitlines() if not line.startswith(b"-----"))
    try:
        return base64.b64decode(text[: len(text) // 4 * 4])
    except (binascii.Error, ValueError):
        return b""


def plain_size(file_size: int, header_size: int) -> int:
    """Size of the content of a binary age file of `file_size` bytes: every 64 KiB chunk carries a 16-byte tag."""
    body = max(0, file_size - header_size - NONCE)
    return max(0, body - TAG * max(1, -(-body // (CHUNK + TAG))))


# ---- decrypting ---------------------------------------------------------------------------------------------------------------


def decrypt_file(
    path: Path | str, passphrase: str | None, identity_path: Path | str | None, task: Task, digest: Any = None
) -> pa.Buffer:
    """The whole verified content of an age file, in RAM; `digest` (hashlib) is fed with the ciphertext.

    WrongKey: the secret is missing or does not fit. BadInput: tampered, truncated, not age, too big, disk or permission error.
    """
    path = Path(path)
    header, file_size = inspect_file(path)
    if header.kinds == (SCRYPT,):
        if passphrase is None:
            raise WrongKey(N_("The file {file} is locked with a passphrase. Give the passphrase to open it."), file=path.name)
        return _decrypt_with_passphrase(path, header, file_size, passphrase, task, digest)
    if identity_path is None:
        raise WrongKey(N_("The file {file} is encrypted to a key. Choose the identity file that belongs to it."), file=path.name)
    return decrypt_with(path, read_identities(Path(identity_path), passphrase, task), task, digest)


def inspect_file(path: Path) -> tuple[Header, int]:
    """Header and size in bytes of an age file; BadInput when it cannot be read or is none."""
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            return read_header(file.read(HEADER_LIMIT), path.name), size
    except OSError as error:
        raise unreadable(path, error) from error


def decrypt_with(path: Path, identities: Sequence[Any], task: Task, digest: Any = None) -> pa.Buffer:
    """The whole verified content of an age file for X25519 identities; `digest` (hashlib) is fed with the ciphertext."""
    header, size = inspect_file(path)
    n = (size * 3) // 4 if header.armored else plain_size(size, header.size)
    check_memory(path.name, n)
    target = _Target(n, path.name)
    try:
        with path.open("rb", buffering=0) as file:
            file.seek(header.start)
            source = _Watched(file, size, task, digest)
            _decrypt(source, target, identities)
    except OSError as error:
        raise unreadable(path, error) from error
    except pyrage.DecryptError as error:
        if NO_KEY_FITS in str(error):
            raise WrongKey(N_("The file {file} is not encrypted to this key, or its header is damaged."), file=path.name) from error
        raise _damaged(path.name) from error
    return target.content()


def _decrypt(source: _Watched, target: _Target, identities: Sequence[Any]) -> None:
    """Run pyrage; what went wrong in reading is raised as it was, anything else as DecryptError (payload errors come as OSError)."""
    try:
        pyrage.decrypt_io(source, target, list(identities))
    except Exception as error:
        if source.failure is not None:
            raise source.failure from None
        if isinstance(error, OSError | ValueError):
            raise pyrage.DecryptError(str(error)) from error
        raise


def _decrypt_with_passphrase(path: Path, header: Header, size: int, passphrase: str, task: Task, digest: Any) -> pa.Buffer:
    if size > PASSPHRASE_LIMIT:
        raise BadInput(
            N_("The file {file} is locked with a passphrase and larger than 1 GB. Encrypt it to a key instead (age -r)."), file=path.name
        )
    check_memory(path.name, 3 * size)
    task.report(None, N_("Checking the passphrase"))
    try:
        content = path.read_bytes()
    except OSError as error:
        raise unreadable(path, error) from error
    if digest is not None:
        digest.update(content)
    return pa.py_buffer(open_with_passphrase(content, passphrase, path.name, task, header))


def open_with_passphrase(content: bytes, passphrase: str, file: str, task: Task, header: Header | None = None) -> bytes:
    """Decrypt bytes that `age -p` made; work factors above 2^20 are refused before they are tried."""
    header = header or read_header(content[:HEADER_LIMIT], file)
    if header.kinds != (SCRYPT,) or header.work_factor is None:
        raise _damaged(file)
    if header.work_factor > MAX_WORK_FACTOR:
        raise BadInput(
            N_("The passphrase of {file} is guarded by more work (2^{factor}) than Sagsflow accepts (2^20)."),
            file=file,
            factor=header.work_factor,
        )
    try:
        plain = _unlock(content[header.start :], passphrase, file, task)
    except pyrage.DecryptError as error:
        if PASSPHRASE_FAILS in str(error):
            raise WrongKey(N_("The passphrase does not open {file}."), file=file) from error
        raise _damaged(file) from error
    except (OSError, ValueError) as error:
        raise _damaged(file) from error
    task.check()
    return plain


def _unlock(content: bytes, passphrase: str, file: str, task: Task) -> bytes:
    """Decrypt by passphrase; pyrage measures the computer first, and on a busy one takes a work factor for too much: it is asked again."""
    for _ in range(UNLOCK_ATTEMPTS):
        task.check()
        try:
            plain: bytes = pyrage.passphrase.decrypt(content, passphrase)
        except pyrage.DecryptError as error:
            if TOO_MUCH_WORK not in str(error):
                raise
        else:
            return plain
    raise BadInput(N_("The computer is too busy or too slow to check the passphrase of {file}. Try again in a moment."), file=file)


def read_identities(path: Path, passphrase: str | None, task: Task) -> list[Any]:
    """The X25519 identities of an identity file, plain or locked by a passphrase (age -p, binary or armored)."""
    try:
        with path.open("rb") as file:
            content = file.read(IDENTITY_LIMIT + 1)
    except OSError as error:
        raise unreadable(path, error) from error
    if len(content) > IDENTITY_LIMIT:
        raise BadInput(N_("The file {file} is too large to be an identity file."), file=path.name)
    if is_age(content):
        if passphrase is None:
            raise WrongKey(N_("The identity file {file} is locked. Give its passphrase."), file=path.name)
        task.report(None, N_("Checking the passphrase"))
        content = open_with_passphrase(content, passphrase, path.name, task)
    return parse_identities(content, path.name)


def parse_identities(content: bytes, file: str) -> list[Any]:
    """X25519 identities from the lines of an identity file; BadInput when there is none or one of another kind."""
    lines = [line.strip() for line in content.decode("utf-8", "replace").splitlines()]
    keys = [line for line in lines if line and not line.startswith("#")]
    try:
        identities = [pyrage.x25519.Identity.from_str(key) for key in keys]
    except (pyrage.IdentityError, ValueError) as error:
        raise BadInput(N_("The file {file} is not an age identity file (AGE-SECRET-KEY-1…)."), file=file) from error
    if not identities:
        raise BadInput(N_("The identity file {file} holds no key."), file=file)
    return identities


def unreadable(path: Path, error: OSError) -> BadInput:
    """The error for a file that the system does not let us read."""
    if isinstance(error, FileNotFoundError):
        return BadInput(N_("The file {file} does not exist."), file=path.name)
    if isinstance(error, PermissionError):
        return BadInput(N_("You have no permission to read {file}."), file=path.name)
    if isinstance(error, IsADirectoryError):
        return BadInput(N_("{file} is a folder, not a file."), file=path.name)
    return BadInput(N_("The file {file} could not be read (system error {code})."), file=path.name, code=str(error.errno))


class NotVerified(BadInput):
    """The encryption of a file does not verify: it was tampered with, damaged or cut off."""


def _damaged(file: str) -> NotVerified:
    return NotVerified(N_("The file {file} is damaged or cut off: its encryption does not verify. Fetch it again."), file=file)


def _allocate(size: int, file: str) -> Any:
    try:
        return pa.allocate_buffer(size)
    except MemoryError as error:
        raise too_large(file, size) from error


class _Watched:
    """An open file that reports progress by bytes, feeds the digest and stops when the task is cancelled."""

    def __init__(self, file: IO[bytes], size: int, task: Task, digest: Any) -> None:
        self._file, self._size, self._task, self._digest = file, size, task, digest
        self._block, self._place, self._done = b"", 0, 0
        self.failure: BaseException | None = None

    def read(self, size: int = -1, /) -> bytes:
        if self._place == len(self._block):
            self._fetch()
        piece = self._block[self._place : self._place + size]
        self._place += len(piece)
        return piece

    def _fetch(self) -> None:
        try:
            self._task.report(min(1.0, self._done / max(1, self._size)), N_("Decrypting"))
            self._block = self._file.read(BLOCK)
        except BaseException as error:
            self.failure = error
            raise
        if self._digest is not None:
            self._digest.update(self._block)
        self._place = 0
        self._done += len(self._block)


class _Target:
    """A buffer of the size that the content will have, so that nothing is copied or moved while it fills."""

    def __init__(self, size: int, file: str) -> None:
        self._buffer = _allocate(size, file)
        self._view = memoryview(self._buffer).cast("B")
        self._n = 0

    def write(self, piece: bytes) -> int:
        end = self._n + len(piece)
        self._view[self._n : end] = piece
        self._n = end
        return len(piece)

    def flush(self) -> None:
        return

    def content(self) -> pa.Buffer:
        """What was written."""
        self._view.release()
        return self._buffer if self._n == self._buffer.size else self._buffer.slice(0, self._n)
