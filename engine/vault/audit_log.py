"""The tamper-evident audit log: JSON lines, each bound to the one before by an HMAC; head and count live in the manifest.

Records hold codes, counts, pseudonyms and checksums; never case ids, names or free text.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec
from msgspec import Struct

from engine.errors import N_, BadInput
from engine.tasks import Task

Fact = str | int
START = bytes(32)
"""The head of an empty log."""
LOOK_UP = 2000
"""Records between two looks at the task, some milliseconds apart."""
CHECKING = N_("Checking the audit log")


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


@dataclass(frozen=True)
class Traced:
    """What a chain holds: the records that hold together from its start, and where it breaks (a place from 0), None where it is whole."""

    records: list[Record]
    broken: int | None


def verify(lines: Iterable[bytes], key: bytes, head: Head) -> list[Record]:
    """All records when the chain is whole from its start to `head`; BadInput at the first line that was changed, moved or is missing."""
    traced = trace(lines, key, head, Task())
    if traced.broken is not None:
        raise broken_at(traced.broken)
    return traced.records


def trace(lines: Iterable[bytes], key: bytes, head: Head, task: Task) -> Traced:
    """Follow the chain from its start to `head`, up to the first line that was changed, moved or is missing."""
    records: list[Record] = []
    mac, decoder = START.hex(), msgspec.json.Decoder(Record)
    for line in lines:
        if len(records) % LOOK_UP == 0:
            task.report(len(records) / max(head.count, 1), CHECKING)
        record = _next_record(line, decoder, key, mac, len(records))
        if record is None:
            return Traced(records, len(records))
        mac = record.mac
        records.append(record)
    whole = len(records) == head.count and hmac.compare_digest(mac.encode(), head.mac.encode())
    return Traced(records, None if whole else len(records))


def _next_record(line: bytes, decoder: msgspec.json.Decoder[Record], key: bytes, before: str, n: int) -> Record | None:
    """The record of a line when it belongs at place n of the chain."""
    try:
        record = decoder.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    genuine = hmac.compare_digest(_mac(key, before, record).encode(), record.mac.encode())
    return record if record.n == n and genuine and line.rstrip(b"\n") == msgspec.json.encode(record) else None


def retold(records: Iterable[Record], key: bytes) -> tuple[bytes, Head]:
    """A chain of its own out of records of another: the lines, and the head that they end with."""
    head, lines = Head(), []
    for record in records:
        line, head = append(head, key, record.event, record.facts, record.at)
        lines.append(line)
    return b"".join(lines), head


def _mac(key: bytes, before: str, record: Record) -> str:
    content = msgspec.json.encode(msgspec.structs.replace(record, mac=""))
    return hmac.digest(key, bytes.fromhex(before) + content, "sha256").hex()


def broken_at(n: int) -> BadInput:
    """The error for a chain that breaks at place n (from 0)."""
    return BadInput(N_("The project's audit log was changed outside Sagsflow: it no longer holds together from record {n} on."), n=n + 1)
