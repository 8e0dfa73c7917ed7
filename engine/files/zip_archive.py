"""ZIP archives from memory: what lies in one, and the one log inside, plain or locked with AES (WinZip's AE-1 and AE-2)."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path
from struct import error as struct_error
from typing import Any

import pyarrow as pa

from engine.errors import N_, BadInput, WrongKey
from engine.files.compression import MAX_BYTES, NO_MEMORY, UNPACKING, check_ratio, check_unpacked
from engine.files.memory import room
from engine.tasks import Task

STEP = 4 << 20
MOST_MEMBERS = 10_000
LOCKED, AES = 0x1, 99
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
ENCODINGS = ("utf-8", "cp850", "cp1252")
"""How programs turn a passphrase with æ, ø or å into bytes."""
WORKBOOKS = frozenset({"xl/workbook.xml", "xl/workbook.bin"})
OPEN_DOCUMENT = b"application/vnd.oasis.opendocument.spreadsheet"
CLUTTER = ("__MACOSX/", ".DS_Store")
DAMAGE = (
    zipfile.BadZipFile, zlib.error, struct_error, OSError, EOFError, ValueError, LookupError, RuntimeError, TypeError, AttributeError,
    OverflowError,
)  # fmt: skip
"""What the readers raise over a damaged archive."""

BROKEN = N_("The archive {file} is damaged, cut off or was changed. Fetch it again.")
EMPTY = N_("The archive {file} holds no file.")
SEVERAL = N_("The archive {file} holds {count} files. Pack the log alone, or unpack the archive and open the log in it.")
METHOD = N_("The archive {file} is packed by a method that cannot be read. Pack it again with the method Deflate.")
ZIP_CRYPTO = N_(
    "The archive {file} is locked with ZipCrypto, which is easily broken. "
    "Pack it again with AES-256 (7-Zip: encryption method AES-256; 7zz a -tzip -mem=AES256 -p log.zip log.csv), "
    "or encrypt the log with age."
)
NO_PASSPHRASE = N_("The archive {file} is locked. Give its passphrase.")
WRONG_PASSPHRASE = N_("The passphrase does not open the archive {file}.")


def is_workbook(buffer: pa.Buffer) -> bool:
    """Whether a ZIP archive is a workbook of Excel or OpenDocument."""
    try:
        with zipfile.ZipFile(pa.BufferReader(buffer)) as archive:
            names = set(archive.namelist())
            if names & WORKBOOKS:
                return True
            if "mimetype" not in names or archive.getinfo("mimetype").file_size > len(OPEN_DOCUMENT) + 20:
                return False
            return archive.read("mimetype").startswith(OPEN_DOCUMENT)
    except DAMAGE:
        return False


def is_locked(archive: pa.Buffer | Path) -> bool:
    """Whether a file is a ZIP archive with a member locked with AES, which a passphrase opens."""
    source = archive if isinstance(archive, Path) else pa.BufferReader(archive)
    try:
        with zipfile.ZipFile(source) as opened:
            return any(one.flag_bits & LOCKED and one.compress_type == AES for one in opened.infolist())
    except DAMAGE:
        return False


def open_archive(buffer: pa.Buffer, file_name: str, passphrase: str | None, task: Task, max_bytes: int = MAX_BYTES) -> pa.Buffer:
    """The one file in an archive; BadInput when there is none or several, or it is damaged, too large or locked by a broken method.

    WrongKey when it is locked and the passphrase is missing or does not fit.
    """
    import pyzipper

    try:
        with pyzipper.AESZipFile(pa.BufferReader(buffer)) as archive:
            member = _member(archive, file_name)
            size = member.file_size
            check_unpacked(size, file_name, max_bytes, room())
            check_ratio(size, member.compress_size, file_name)
            member.file_size = MAX_BYTES + 1  # the size is not sealed: all there is must come out, not only as much as is claimed
            with _opened(archive, member, file_name, passphrase) as packed:
                content = _unpacked(packed, member.compress_size, size, file_name, task)
    except MemoryError as error:
        raise BadInput(NO_MEMORY, file=file_name) from error
    except NotImplementedError as error:
        raise BadInput(METHOD, file=file_name) from error
    except (pyzipper.BadZipFile, *DAMAGE) as error:
        raise BadInput(BROKEN, file=file_name) from error
    if content.size != size:
        raise BadInput(BROKEN, file=file_name)
    return content


def _member(archive: Any, file_name: str) -> Any:
    found = [one for one in archive.infolist() if not one.is_dir() and not one.filename.startswith(CLUTTER[0])]
    found = [one for one in found if not one.filename.endswith(CLUTTER[1])]
    if len(found) != 1:
        raise BadInput(SEVERAL if found else EMPTY, file=file_name, **({"count": len(found)} if found else {}))
    member = found[0]
    if member.flag_bits & LOCKED and member.wz_aes_version is None:
        raise BadInput(ZIP_CRYPTO, file=file_name)
    if member.compress_type not in METHODS:
        raise BadInput(METHOD, file=file_name)
    return member


def _opened(archive: Any, member: Any, file_name: str, passphrase: str | None) -> Any:
    """The member, opened by the first spelling of the passphrase that fits."""
    if not member.flag_bits & LOCKED:
        return archive.open(member)
    if not passphrase:
        raise WrongKey(NO_PASSPHRASE, file=file_name)
    for spelled in _spellings(passphrase):
        try:
            return archive.open(member, pwd=spelled)
        except RuntimeError as error:
            if "Bad password" not in str(error):
                raise
    raise WrongKey(WRONG_PASSPHRASE, file=file_name)


def _spellings(passphrase: str) -> list[bytes]:
    return list(dict.fromkeys(passphrase.encode(encoding, "replace") for encoding in ENCODINGS))


def _unpacked(packed: Any, packed_size: int, size: int, file_name: str, task: Task) -> pa.Buffer:
    """Its bytes, which are handed on only when the check sum at their end, under AES the seal, has been found right."""
    output = pa.BufferOutputStream()
    total = 0
    while piece := packed.read(STEP):
        total += len(piece)
        if total > size:
            raise BadInput(BROKEN, file=file_name)
        check_ratio(total, packed_size, file_name)
        output.write(piece)
        task.report(min(1.0, total / max(size, 1)), UNPACKING)
    return output.getvalue()
