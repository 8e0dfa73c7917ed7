"""The ledger of exports: which selections have left the screen, so that the next one is not compared with them to single persons out.

It names filters, and with them steps; therefore it stands in a part of its own, encrypted like the data, and not in the audit log.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from msgspec import Struct

from engine.errors import N_, BadInput
from engine.log.selection import Selection

FORGOTTEN = "forgotten"
"""The kind of an entry that tells of a removal."""


class Exported(Struct, frozen=True, forbid_unknown_fields=True):
    """One export: when (ISO 8601, UTC), what kind of file, the guard's k, the selection and how many cases it held.

    notion: the type whose objects were the cases then, "" for those of the import.
    removed: not an export, but a pseudonym whose cases were taken out of the log then; files that left before still count them.
    """

    at: str
    kind: str
    k: int
    n_cases: int
    selection: Selection = Selection()
    removed: str = ""
    notion: str = ""


def encode(entries: Iterable[Exported]) -> bytes:
    """The ledger as lines of JSON."""
    return b"".join(msgspec.json.encode(entry) + b"\n" for entry in entries)


def decode(content: bytes) -> tuple[Exported, ...]:
    """The entries of a ledger; BadInput when it is none."""
    decoder = msgspec.json.Decoder(Exported)
    try:
        return tuple(decoder.decode(line) for line in content.splitlines())
    except msgspec.DecodeError as error:
        raise BadInput(N_("The project's data do not fit together. Restore the project folder from a backup.")) from error
