"""What a file holds, told from its first bytes and never from its name."""

from __future__ import annotations

import re
from enum import StrEnum

from engine.errors import N_, BadInput

HEAD = 4096
"""Bytes that are looked at."""


class Content(StrEnum):
    """Kinds of content that can be read."""

    GZIP = "gzip"
    ZSTD = "zstd"
    XES = "xes"
    OCEL_XML = "ocel_xml"
    OCEL_CSV = "ocel_csv"
    JSON = "json"
    SQLITE = "sqlite"
    PARQUET = "parquet"
    ARROW_FILE = "arrow_file"
    ARROW_STREAM = "arrow_stream"
    WORKBOOK = "workbook"
    ZIP = "zip"
    TEXT = "text"


ZIP_HEAD = b"PK\x03\x04"
MAGIC: tuple[tuple[bytes, Content], ...] = (
    (b"\x1f\x8b", Content.GZIP),
    (b"\x28\xb5\x2f\xfd", Content.ZSTD),
    *((bytes((sign,)) + b"\x2a\x4d\x18", Content.ZSTD) for sign in range(0x50, 0x60)),
    (b"PAR1", Content.PARQUET),
    (b"ARROW1\x00\x00", Content.ARROW_FILE),
    (b"\xff\xff\xff\xff", Content.ARROW_STREAM),
    (ZIP_HEAD, Content.ZIP),
    (b"PK\x05\x06", Content.ZIP),
    (b"\xd0\xcf\x11\xe0", Content.WORKBOOK),
    (b"SQLite format 3\0", Content.SQLITE),
)

TWICE = N_("The file {file} is encrypted twice. Encrypt the log itself, once, and open that file.")
UNSUPPORTED: tuple[tuple[bytes, str], ...] = (
    (b"age-encryption.org/", TWICE),
    (b"-----BEGIN AGE ENCRYPTED FILE-----", TWICE),
    (
        b"7z\xbc\xaf\x27\x1c",
        N_(
            "The file {file} is a 7z archive, and nothing in it protects the log against changes. "
            "Pack the log as ZIP with AES-256 instead (7zz a -tzip -mem=AES256 -p log.zip log.csv), or encrypt it with age."
        ),
    ),
    (b"Rar!", N_("The file {file} is a RAR archive. Unpack it and open the log inside.")),
    (b"BZh", N_("The file {file} is compressed with bzip2. Compress it with gzip or zstd, or not at all.")),
    (b"\xfd7zXZ", N_("The file {file} is compressed with xz. Compress it with gzip or zstd, or not at all.")),
    (b"PARE", N_("The file {file} is a Parquet file encrypted by its own method. Write it unencrypted and encrypt it with age.")),
    (b"%PDF", N_("The file {file} is a PDF document, not an event log.")),
)

EMPTY = N_("The file {file} is empty.")
NOT_A_LOG = N_(
    "The file {file} is not an event log: it holds neither text nor a format that can be read (CSV, Excel, XES, Parquet, Arrow, OCEL)."
)

BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
OCEL_TABLE = re.compile(rb"[^\r\n]*ocel:eid[^\r\n]*ocel:type:|[^\r\n]*ocel:type:[^\r\n]*ocel:eid")
CONTROL = re.compile(rb"[\x00-\x08\x0e-\x19\x1c-\x1f]")


def recognise(head: bytes, file_name: str) -> Content:
    """The kind of content that begins with `head` (at least HEAD bytes, or the whole file); BadInput when it cannot be read."""
    if not head:
        raise BadInput(EMPTY, file=file_name)
    for magic, content in MAGIC:
        if head.startswith(magic):
            return content
    _refuse_unsupported(head, file_name)
    text = _as_ascii(head).lstrip()
    if not text:
        raise BadInput(EMPTY, file=file_name)
    if text.startswith(b"<"):
        return Content.XES
    if _is_binary(head, text):
        raise BadInput(NOT_A_LOG, file=file_name)
    if text[:1] in {b"{", b"["} and re.match(rb"[\[{]\s*[\"{\[\]}]", text):
        return Content.JSON
    return Content.OCEL_CSV if OCEL_TABLE.match(text) else Content.TEXT


def _refuse_unsupported(head: bytes, file_name: str) -> None:
    for magic, message in UNSUPPORTED:
        if head.startswith(magic):
            raise BadInput(message, file=file_name)

def _as_ascii(head: bytes) -> bytes:
    """The text without its byte order mark; UTF-16 loses its zero bytes, which is enough to look at it."""
    for bom in BOMS:
        if head.startswith(bom):
            head = head[len(bom) :]
            return head if bom == BOMS[0] else head.replace(b"\x00", b"")
    return head.replace(b"\x00", b"") if looks_like_utf16(head) else head


def looks_like_utf16(head: bytes) -> str | None:
    """"utf-16-le" or "utf-16-be" for text without a byte order mark whose every other byte is zero, else None."""
    sample = head[: len(head) // 2 * 2]
    if len(sample) < 4:
        return None
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    enough = 0.7 * len(sample) / 2
    if odd >= enough and not even:
        return "utf-16-le"
    return "utf-16-be" if even >= enough and not odd else None


def _is_binary(head: bytes, text: bytes) -> bool:
    """Control characters do not stand in text, apart from white space, escape and the end mark of old DOS files."""
    return len(CONTROL.findall(text)) > len(text) // 200 if not head.startswith(BOMS[1:]) else False
