"""The manifest of a project folder: which files belong to it, their sizes and checksums, under a MAC. It holds no personal data."""

from __future__ import annotations

import hmac
import re
from pathlib import Path, PurePosixPath

import msgspec
from msgspec import UNSET, Struct, UnsetType

from engine.errors import N_, BadInput
from engine.files.age import unreadable
from engine.vault.audit_log import Head
from engine.vault.safe_write import Opener, open_new, write_bytes

MANIFEST = "manifest.json"
CONDEMNED = "deleting.json"
"""The mark of a project whose deletion has begun."""
FORMAT, VERSION = "sagsflow-project", 1
LARGEST = 4 << 20
PROJECT_ID = re.compile("[0-9a-f]{32}")


class Part(Struct, frozen=True, forbid_unknown_fields=True):
    """One encrypted file of the project: its path below the folder ("/" between names), size in bytes and SHA-256 (hex)."""

    file: str
    size: int
    sha256: str


class Parts(Struct, frozen=True, forbid_unknown_fields=True):
    """The files of one saved state of a project; exports: the ledger, once something was exported; validation: what caseworkers said;
    objects: how events and objects of several types belong together; spells: states of the cases."""

    events: Part
    cases: Part
    pseudonyms: Part | None
    state: Part
    audit: tuple[Part, ...] = ()
    exports: Part | UnsetType = UNSET
    validation: Part | UnsetType = UNSET
    objects: Part | UnsetType = UNSET
    spells: Part | UnsetType = UNSET

    def all(self) -> tuple[Part, ...]:
        """Every part that there is."""
        later = (self.exports, self.validation, self.objects, self.spells)
        found = (self.events, self.cases, self.pseudonyms, self.state, *self.audit, *later)
        return tuple(part for part in found if isinstance(part, Part))


class Manifest(Struct, frozen=True, forbid_unknown_fields=True):
    """What a project folder consists of.

    project: random id (hex). counter: rises with every save. recipients: the project's own, then the analyst's (`analyst`) and the
    recovery key's where they are given. keys: the project's identity locked by a passphrase, and `recovery`, the same encrypted to those
    two. mac: HMAC-SHA-256 (hex) of all the rest under a key derived from the project's identity.
    """

    format: str
    version: int
    program: str
    project: str
    counter: int
    saved_at: str
    read_only: bool
    recipients: tuple[str, ...]
    keys: tuple[str, ...]
    recovery: str | None
    parts: Parts
    audit: Head
    mac: str = ""
    analyst: str | UnsetType = UNSET

    @property
    def recovery_recipient(self) -> str | None:
        """The public key of the recovery key, None without one."""
        return next((one for one in self.recipients[1:] if one != self.analyst), None)

    def entrusted_to(self, analyst: str | None, recovery: str | None) -> Manifest:
        """The same manifest naming other keys that open the project beside its own."""
        others = tuple(dict.fromkeys(one for one in (analyst, recovery) if one is not None))
        return msgspec.structs.replace(self, recipients=(self.recipients[0], *others), analyst=UNSET if analyst is None else analyst)

    def sealed(self, key: bytes) -> Manifest:
        """The same manifest with its MAC."""
        return msgspec.structs.replace(self, mac=self._mac_under(key))

    def is_genuine(self, key: bytes) -> bool:
        """Whether the MAC is right."""
        return hmac.compare_digest(self.mac.encode(), self._mac_under(key).encode())

    def _mac_under(self, key: bytes) -> str:
        return hmac.digest(key, msgspec.json.encode(msgspec.structs.replace(self, mac="")), "sha256").hex()

    def files(self) -> set[str]:
        """Paths below the folder of every file that belongs to the project."""
        named = {part.file for part in self.parts.all()} | set(self.keys) | {MANIFEST}
        return named | ({self.recovery} if self.recovery else set())


class _Envelope(Struct, frozen=True):
    """What every version's manifest has in common."""

    format: str = ""
    version: int = 0


def is_project(folder: Path) -> bool:
    """Whether a path is a folder with a manifest."""
    return (folder / MANIFEST).is_file()


def is_condemned(folder: Path) -> bool:
    """Whether the deletion of a project has begun; only its end is left to do."""
    return (folder / CONDEMNED).is_file()


def read_manifest(folder: Path) -> Manifest:
    """The manifest as it stands, its MAC not yet checked; BadInput when it is missing, damaged or of another version."""
    path = folder / MANIFEST
    if is_condemned(folder):
        raise BadInput(
            N_("The deletion of the project {folder} has begun, and it cannot be opened any more. Finish the deletion."), folder=folder.name
        )
    try:
        if path.stat().st_size > LARGEST:
            raise damaged()
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise BadInput(N_("The folder {folder} is not a Sagsflow project: it has no manifest.json."), folder=folder.name) from error
    except OSError as error:
        raise unreadable(path, error) from error
    try:
        envelope = msgspec.json.decode(content, type=_Envelope)
        if envelope.format == FORMAT and envelope.version > VERSION:
            raise BadInput(
                N_("The project was saved by a newer Sagsflow (format {version}). Update Sagsflow to open it."), version=envelope.version
            )
        manifest = msgspec.json.decode(content, type=Manifest)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise damaged() from error
    if not _is_well_formed(manifest):
        raise damaged()
    return manifest


def _is_well_formed(manifest: Manifest) -> bool:
    inside = all(_is_inside(name) for name in manifest.files())
    return manifest.format == FORMAT and PROJECT_ID.fullmatch(manifest.project) is not None and bool(manifest.recipients) and inside


def _is_inside(name: str) -> bool:
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and "\\" not in name and ":" not in name


def write_manifest(folder: Path, manifest: Manifest, opener: Opener = open_new) -> None:
    """Replace the manifest: the moment at which a save takes hold."""
    write_bytes(folder / MANIFEST, msgspec.json.format(msgspec.json.encode(manifest), indent=2), opener)


def damaged() -> BadInput:
    """The error for a manifest that is not what Sagsflow wrote."""
    return BadInput(N_("The project's manifest.json was damaged or changed outside Sagsflow. Restore the project folder from a backup."))
