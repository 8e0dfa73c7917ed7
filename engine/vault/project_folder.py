"""A project on disk: a folder of age files and a manifest. Saving writes a new generation of files, then the manifest, then tidies up.

Killed at any moment it is the old project or the new one. Nobody but the holder of the identity can change it unnoticed.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import msgspec
import pyarrow as pa
from msgspec import UNSET, Struct

from engine.errors import N_, BadInput, SagsflowError, WrongKey
from engine.files.age import NotVerified, decrypt_with, unreadable
from engine.log.columns import ColumnRoles, Notice
from engine.log.event_log import EventLog
from engine.service.messages import ProjectFacts, ViewState
from engine.service.process_messages import Arrangement
from engine.tasks import Task
from engine.vault import audit_log, export_ledger
from engine.vault.audit_log import Fact, Record
from engine.vault.export_ledger import Exported
from engine.vault.folder_lock import locked_folder
from engine.vault.keys import Identity, check_recipient, derive_key, lock_identity
from engine.vault.log_parts import case_chunks, event_chunks, read_parts
from engine.vault.manifest import Manifest, Part, Parts, read_manifest, write_manifest
from engine.vault.safe_write import Opener, Unwritable, open_new, unwritable, write_bytes, write_encrypted

DATA, KEYS = "data", "keys"
NOTED_FOR = 0.5
"""Seconds that noted events are gathered before they are written together."""
SEGMENT = 256 << 10
"""An audit file is closed, and a new one begun, when it has grown beyond this many bytes."""
LEFTOVER_AGE = 600.0
"""Seconds after which a file that no manifest names is taken for what a crash left behind."""


class State(Struct, frozen=True, forbid_unknown_fields=True):
    """What state.age holds: facts about the project, the view, what the columns of the log mean, and where the map's steps stand."""

    facts: ProjectFacts
    view: ViewState = ViewState()
    timezone: str = "UTC"
    roles: ColumnRoles = ColumnRoles()
    notices: tuple[Notice, ...] = ()
    arrangement: Arrangement | None = None


@dataclass(frozen=True)
class Contents:
    """Everything that a project keeps. log: case ids are pseudonyms already; pseudonym_key: the key they were made with.

    The key is None where its file was taken out of the project, so that nobody there can look a case up.
    """

    log: EventLog
    state: State
    pseudonym_key: bytes | None


Events = Sequence[tuple[str, dict[str, Fact]]]
"""What happened, for the audit log: codes with their facts."""


class Project:
    """An open project folder. Safe to use from several threads; every change on disk is one crash-safe save."""

    def __init__(self, folder: Path, manifest: Manifest, identity: Identity, state: State, opener: Opener = open_new) -> None:
        self.folder, self.manifest, self.identity, self.state = folder, manifest, identity, state
        self._lock = threading.RLock()
        self._opener = opener
        self._written: list[str] = []
        self._notes = threading.Lock()
        self._noted: list[tuple[str, dict[str, Fact]]] = []
        self._timer: threading.Timer | None = None
        self._audit_key = derive_key(identity, "audit", bytes.fromhex(manifest.project))

    @property
    def read_only(self) -> bool:
        """Whether nothing of it can be changed: it says so itself, or the folder cannot be written."""
        return self.manifest.read_only or not os.access(self.folder, os.W_OK)

    # ---- saving --------------------------------------------------------------------------------------------------------------

    def save(self, contents: Contents, events: Events, task: Task, passphrase: str | None = None, recovery: str | None = None) -> None:
        """Write everything anew, as one step; `events` go into the audit log. A new passphrase locks the identity again.

        A recovery key (age1…) takes the place of the one before; without one that stays as it is.
        """
        with self._writing():
            manifest = self.manifest
            if recovery is not None:
                manifest = self._entrust(manifest, check_recipient(recovery), task)
            if passphrase is not None:
                manifest = msgspec.structs.replace(manifest, keys=(self.write_key(passphrase),))
            parts = self.write_contents(contents, manifest, task)
            self.commit(msgspec.structs.replace(manifest, parts=parts), events, task)
            self.state = contents.state

    def _entrust(self, manifest: Manifest, recovery: str, task: Task) -> Manifest:
        """The manifest with another recovery key, which opens the audit log written so far too."""
        if manifest.recipients[1:] == (recovery,):
            return manifest
        manifest = msgspec.structs.replace(manifest, recipients=(self.identity.recipient, recovery))
        segments = tuple(self.write_part("audit", [self._read(part, task).to_pybytes()], manifest, task) for part in manifest.parts.audit)
        exports = manifest.parts.exports
        if exports is not UNSET:
            exports = self.write_part("exports", [self._read(exports, task).to_pybytes()], manifest, task)
        parts = msgspec.structs.replace(manifest.parts, audit=segments, exports=exports)
        return msgspec.structs.replace(manifest, parts=parts, recovery=self.write_recovery(manifest, task))

    def save_state(self, state: State, task: Task) -> None:
        """Write facts and view anew."""
        with self._lock:
            self._write_state(state, task)

    def change_state(self, task: Task, *, view: ViewState | None = None, arrangement: Arrangement | None = None) -> None:
        """Write the view or the arrangement anew, whatever another thread has changed of the rest meanwhile."""
        with self._lock:
            state = self.state
            changed = msgspec.structs.replace(state, view=view or state.view, arrangement=arrangement or state.arrangement)
            self._write_state(changed, task)

    def _write_state(self, state: State, task: Task) -> None:
        with self._writing():
            part = self.write_part("state", [msgspec.json.encode(state)], self.manifest, task)
            parts = msgspec.structs.replace(self.manifest.parts, state=part)
            self.commit(msgspec.structs.replace(self.manifest, parts=parts), (), task)
            self.state = state

    def record(self, event: str, facts: dict[str, Fact], task: Task) -> None:
        """Append one record to the audit log."""
        with self._writing():
            self.commit(self.manifest, [(event, facts)], task)

    def record_exports(self, entries: Iterable[Exported], events: Events, task: Task) -> None:
        """Append exports to the ledger, and what is to be said of them to the audit log, as one step."""
        with self._writing():
            ledger = export_ledger.encode((*self.read_exports(task), *entries))
            part = self.write_part("exports", [ledger], self.manifest, task)
            parts = msgspec.structs.replace(self.manifest.parts, exports=part)
            self.commit(msgspec.structs.replace(self.manifest, parts=parts), events, task)

    def note(self, event: str, facts: dict[str, Fact]) -> None:
        """Take an event down for the audit log without waiting for the disk; it is written within a second, with others that follow."""
        with self._notes:
            self._noted.append((event, facts))
            if self._timer is None:
                self._timer = threading.Timer(NOTED_FOR, self._write_notes)
                self._timer.daemon = True
                self._timer.start()

    def _write_notes(self) -> None:
        """Write what was noted; what the disk refuses now goes with the next change."""
        with self._notes:
            self._timer = None
        with suppress(SagsflowError), self._lock:
            if self._noted:
                with self._writing():
                    self.commit(self.manifest, (), Task())

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """One writer at a time, in this process and beside it; what another window recorded meanwhile is taken over first."""
        with self._lock, locked_folder(self.folder):
            if self.read_only:
                raise Unwritable(N_("The project {name} can only be read. Save a copy in another folder."), name=self.folder.name)
            self._catch_up()
            self._written = []
            try:
                yield
            except BaseException:
                self._take_back()
                raise

    def _take_back(self) -> None:
        """After a fault: remove the files of this change, unless the manifest names them already."""
        try:
            current = read_manifest(self.folder)
        except SagsflowError:
            return
        if current.files().isdisjoint(self._written):
            for name in self._written:
                with suppress(OSError):
                    (self.folder / name).unlink()
        else:
            self.manifest = current

    def _catch_up(self) -> None:
        current, known = read_manifest(self.folder), self.manifest
        if current.mac == known.mac:
            return
        ours, theirs = known.parts, current.parts
        same = (ours.events, ours.cases, ours.pseudonyms) == (theirs.events, theirs.cases, theirs.pseudonyms)
        if not same or current.counter < known.counter or not current.is_genuine(manifest_key(self.identity, known.project)):
            raise BadInput(N_("The project {name} was changed by another window meanwhile. Open it again."), name=self.folder.name)
        self.manifest = current

    def write_contents(self, contents: Contents, manifest: Manifest, task: Task) -> Parts:
        """Write data, pseudonym key and state as files of a new generation, which no manifest names yet."""
        try:
            (self.folder / DATA).mkdir(exist_ok=True)
        except OSError as error:
            raise unwritable(self.folder, error) from error
        task.report(0.0, N_("Encrypting the events"))
        events = self.write_part(f"{DATA}/events", event_chunks(contents.log, task), manifest, task)
        task.report(0.8, N_("Encrypting the cases"))
        return Parts(
            events=events,
            cases=self.write_part(f"{DATA}/cases", case_chunks(contents.log, task), manifest, task),
            pseudonyms=self._write_pseudonyms(contents.pseudonym_key, manifest, task),
            state=self.write_part("state", [msgspec.json.encode(contents.state)], manifest, task),
            audit=manifest.parts.audit,
            exports=manifest.parts.exports,
            validation=manifest.parts.validation,
        )

    def _write_pseudonyms(self, key: bytes | None, manifest: Manifest, task: Task) -> Part | None:
        """The key's file; the one that is named stays named when somebody keeps it elsewhere."""
        return manifest.parts.pseudonyms if key is None else self.write_part("pseudonyms", [key], manifest, task)

    def write_part(self, stem: str, chunks: Iterable[bytes], manifest: Manifest, task: Task) -> Part:
        """Encrypt chunks to the manifest's recipients, into a file with a new name."""
        suffix = ".arrow.age" if stem.startswith(DATA) else ".age"
        name = f"{stem}-{secrets.token_hex(4)}{suffix}"
        stored = write_encrypted(self.folder / name, manifest.recipients, chunks, self.identity.key, task, self._opener)
        self._written.append(name)
        return Part(name, stored.size, stored.sha256)

    def write_recovery(self, manifest: Manifest, task: Task) -> str:
        """Write the identity, encrypted to the manifest's recipients and with them the recovery key, into a file with a new name."""
        return self.write_part(f"{KEYS}/recovery", [self.identity.secret.encode() + b"\n"], manifest, task).file

    def write_key(self, passphrase: str) -> str:
        """Write the identity, locked by a passphrase, into a file with a new name."""
        name = f"{KEYS}/analyst-{secrets.token_hex(4)}.age"
        write_bytes(self.folder / name, lock_identity(self.identity, passphrase), self._opener)
        self._written.append(name)
        return name

    def commit(self, manifest: Manifest, events: Events, task: Task) -> None:
        """Append to the audit log, replace the manifest (from then on the new state holds) and remove what it does not name."""
        head, lines = manifest.audit, b""
        noted = tuple(self._noted)
        for event, facts in (*noted, *events):
            line, head = audit_log.append(head, self._audit_key, event, facts)
            lines += line
        segments = self._append_audit(manifest, lines, task) if lines else manifest.parts.audit
        before = self.manifest.parts
        beside_data = msgspec.structs.replace(manifest.parts, exports=before.exports, validation=before.validation)
        only_audit = manifest.saved_at != "" and beside_data == before
        sealed = msgspec.structs.replace(
            manifest,
            counter=manifest.counter + 1,
            saved_at=manifest.saved_at if only_audit else audit_log.timestamp(),
            program=_program(),
            parts=msgspec.structs.replace(manifest.parts, audit=segments),
            audit=head,
        ).sealed(manifest_key(self.identity, manifest.project))
        task.check()
        write_manifest(self.folder, sealed, self._opener)
        for name in (self.manifest.files() | set(self._written)) - sealed.files():
            with suppress(OSError):
                (self.folder / name).unlink()
        self.manifest = sealed
        with self._notes:
            del self._noted[: len(noted)]
            if self._timer is not None and not self._noted:
                self._timer.cancel()
                self._timer = None

    def _append_audit(self, manifest: Manifest, lines: bytes, task: Task) -> tuple[Part, ...]:
        segments = manifest.parts.audit
        if not segments or segments[-1].size > SEGMENT:
            return (*segments, self.write_part("audit", [lines], manifest, task))
        before = self._read(segments[-1], task).to_pybytes()
        return (*segments[:-1], self.write_part("audit", [before, lines], manifest, task))

    # ---- reading -------------------------------------------------------------------------------------------------------------

    def _read(self, part: Part, task: Task) -> pa.Buffer:
        return read_part(self.folder, part, self.identity, task)

    def read_contents(self, task: Task) -> Contents:
        """The log, verified whole before any of it is parsed."""
        parts = self.manifest.parts
        events = self._read(parts.events, task.part(0.0, 0.8))
        cases = self._read(parts.cases, task.part(0.8, 0.95))
        key = self._read_pseudonyms(parts.pseudonyms, task)
        log = read_parts(events, cases, self.state.roles, self.state.notices, task)
        del events, cases
        pa.default_memory_pool().release_unused()
        return Contents(log, self.state, key)

    def _read_pseudonyms(self, part: Part | None, task: Task) -> bytes | None:
        """The pseudonym key; None when its file is kept elsewhere, for the log can be looked at without it."""
        if part is None or not (self.folder / part.file).exists():
            return None
        key: bytes = self._read(part, task).to_pybytes()
        return key

    def read_exports(self, task: Task) -> tuple[Exported, ...]:
        """What the ledger of exports holds."""
        part = self.manifest.parts.exports
        return () if part is UNSET else export_ledger.decode(self._read(part, task).to_pybytes())

    def read_audit(self, task: Task) -> list[Record]:
        """All records of the audit log; BadInput when the chain is not whole."""
        content = b"".join(self._read(part, task).to_pybytes() for part in self.manifest.parts.audit)
        return audit_log.verify(content.splitlines(keepends=True), self._audit_key, self.manifest.audit)


def _program() -> str:
    try:
        return version("sagsflow")
    except PackageNotFoundError:
        return "source"


def manifest_key(identity: Identity, project: str) -> bytes:
    """The key of a project's manifest MAC."""
    return derive_key(identity, "manifest", bytes.fromhex(project))


def read_part(folder: Path, part: Part, identity: Identity, task: Task) -> pa.Buffer:
    """A part's content when file, size and checksum are those of the manifest; BadInput names the part otherwise."""
    path, digest = folder / part.file, hashlib.sha256()
    try:
        size = path.stat().st_size
    except FileNotFoundError as error:
        raise BadInput(N_("The project lacks its part {part}. Restore the project folder from a backup."), part=part.file) from error
    except OSError as error:
        raise unreadable(path, error) from error
    if size == part.size:
        try:
            content = decrypt_with(path, [identity.key], task, digest)
        except (WrongKey, NotVerified) as error:
            raise changed(part) from error
        if digest.hexdigest() == part.sha256:
            return content
    raise changed(part)


def changed(part: Part) -> BadInput:
    """The error for a part that is not what Sagsflow wrote."""
    return BadInput(
        N_("The project's part {part} was damaged or changed outside Sagsflow. Restore the project folder from a backup."), part=part.file
    )


def remove_leftovers(folder: Path, manifest: Manifest, older_than: float) -> None:
    """Remove files of Sagsflow's own making that the manifest does not name and that are older than so many seconds."""
    named, now = manifest.files(), time.time()
    for path in (*folder.glob("*.age*"), *folder.glob("*.part"), *folder.glob(f"{DATA}/*.age*"), *folder.glob(f"{KEYS}/*.age*")):
        with suppress(OSError):
            if path.relative_to(folder).as_posix() not in named and now - path.stat().st_mtime > older_than:
                path.unlink()
