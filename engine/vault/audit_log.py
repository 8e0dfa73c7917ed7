"""The tamper-evident audit log: JSON lines, each bound to the one before by an HMAC; head and count live in the manifest.

Records hold codes, counts, pseudonyms and checksums; never case ids, names or free text.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from datetime import UTC, datetime

import msgspec
from msgspec import Struct

from engine.errors import N_, BadInput

Fact = str | int
START = bytes(32)
"""The head of an empty log."""


class Record(Struct, frozen=True, forbid_unknown_fields=True):
    """One line: its place from 0, when (ISO 8601, UTC), what happened, facts about it, and the HMAC over the one before and this (hex)."""

    n: int
    at: str
    event: str
    facts: dict[str, Fact]
    mac: str = ""


class Head(Struct, frozen=True, forbid_unknown_fields=True):
    """Where the chain ends: the last HMAC (hex) and the number of records."""

    mac: str = START.hex()
    count: int = 0


def timestamp() -> str:
    """Now in ISO 8601, UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def append(head: Head, key: bytes, event: str, facts: dict[str, Fact], at: str | None = None) -> tuple[bytes, Head]:
    """The next line (with its line end) and the new head."""
    record = Record(head.count, at or timestamp(), event, facts)
    mac = _mac(key, head.mac, record)
    line = msgspec.json.encode(msgspec.structs.replace(record, mac=mac)) + b"\n"
    return line, Head(mac, head.count + 1)


def verify(lines: Iterable[bytes], key: bytes, head: Head) -> list[Record]:
    """All records when the chain is whole from its start to `head`; BadInput at the first line that was changed, moved or is missing."""
    records: list[Record] = []
    mac, decoder = START.hex(), msgspec.json.Decoder(Record)
    for line in lines:
        try:
            record = decoder.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise _broken(len(records)) from error
        genuine = hmac.compare_digest(_mac(key, mac, record).encode(), record.mac.encode())
        if record.n != len(records) or not genuine or line.rstrip(b"\n") != msgspec.json.encode(record):
            raise _broken(len(records))
        mac = record.mac
        records.append(record)
    if len(records) != head.count or not hmac.compare_digest(mac.encode(), head.mac.encode()):
        raise _broken(len(records))
    return records


def _mac(key: bytes, before: str, record: Record) -> str:
    content = msgspec.json.encode(msgspec.structs.replace(record, mac=""))
    return hmac.digest(key, bytes.fromhex(before) + content, "sha256").hex()


def _broken(n: int) -> BadInput:
    return BadInput(N_("The project's audit log was changed outside Sagsflow: it no longer holds together from record {n} on."), n=n + 1)
