"""A project on disk: a folder of age files and a manifest. Saving writes a new generation of files, then the manifest, then tidies up.

Killed at any moment it is the old project or the new one. Nobody but the holder of the identity can change it unnoticed.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
from msgspec import UNSET, Struct, UnsetType

from engine.errors import N_, BadInput, SagsflowError, WrongKey
from engine.files.age import NotVerified, decrypt_with, unreadable
from engine.log.columns import ColumnRoles, Notice
from engine.log.event_log import EventLog
from engine.log.spells import Spells
from engine.service.messages import ProjectFacts, ViewState
from engine.service.process_messages import Arrangement
from engine.tasks import Task
from engine.vault import audit_log, export_ledger
from engine.vault.audit_log import Fact, Record, Traced
from engine.vault.export_ledger import Exported
from engine.vault.folder_lock import locked_folder
from engine.vault.keys import Entrusted, Identity, Locking, derive_key
from engine.vault.log_parts import case_chunks, event_chunks, read_parts
from engine.vault.manifest import Manifest, Part, Parts, read_manifest, write_manifest
from engine.vault.safe_write import Opener, Unwritable, open_new, unwritable, write_bytes, write_encrypted
from engine.vault.spell_part import read_spells, spell_chunks

DATA, KEYS = "data", "keys"
CONTENT = ("events", "cases", "pseudonyms", "state", "objects", "spells")
"""Parts that saving writes anew in any case."""
GENERATION = re.compile(r"-[0-9a-f]{8}(\.arrow)?\.age$")
"""What the names of a part's files differ by."""
NOTED_FOR = 0.5
"""Seconds that noted events are gathered before they are written together."""
SEGMENT = 256 << 10
"""An audit file is closed, and a new one begun, when it has grown beyond this many bytes."""
LEFTOVER_AGE = 600.0
"""Seconds after which a file that no manifest names is taken for what a crash left behind."""


class Copy(Struct, frozen=True, forbid_unknown_fields=True):
    """Another folder with the same data: the copy that was saved there, or the project that this is a copy of; since when (ISO 8601)."""

    folder: str
    since: str


class DeadlineChange(Struct, frozen=True, forbid_unknown_fields=True):
    """One change of the delete-by date: when (ISO 8601), from which day to which, why (a code), and what the user wrote about it."""

    at: str
    before: str
    after: str
    reason: str
    note: str = ""


class State(Struct, frozen=True, forbid_unknown_fields=True):
    """What state.age holds: facts about the project, the view, what the columns of the log mean, and where the map's steps stand.

    audit_months: how long records of the audit log are kept, 0 as long as the project.
    """

    facts: ProjectFacts
    view: ViewState = ViewState()
    timezone: str = "UTC"
    roles: ColumnRoles = ColumnRoles()
    notices: tuple[Notice, ...] = ()
    arrangement: Arrangement | None = None
    copies: tuple[Copy, ...] = ()
    deadlines: tuple[DeadlineChange, ...] = ()
    audit_months: int = 0


@dataclass(frozen=True)
class Contents:
    """Everything that a project keeps. log: case ids are pseudonyms already; pseudonym_key: the key they were made with.

    The key is None where its file was taken out of the project, so that nobody there can look a case up. objects: how events and objects
    of several types belong together, encoded; None where there is one notion of the case only. spells: states of the cases, None where
    none were imported.
    """

    log: EventLog
    state: State
    pseudonym_key: bytes | None
    objects: bytes | None = None
    spells: Spells | None = None


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
        self._told: tuple[str, list[Record]] | None = None
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
        with self.writing():
            manifest = self.manifest
            if recovery is not None and recovery != manifest.recovery_recipient:
                manifest = manifest.entrusted_to(manifest.analyst or None, Entrusted(recovery).checked().recovery)
                manifest = self.entrust(manifest, task, without=CONTENT)
            locking = Locking(passphrase, self.identity) if passphrase is not None else None
            parts = self.write_contents(contents, manifest, task)
            if locking is not None:
                manifest = msgspec.structs.replace(manifest, keys=(self.write_key(locking.locked(task)),))
            self.commit(msgspec.structs.replace(manifest, parts=parts), events, task)
            self.state = contents.state

    def entrust(self, manifest: Manifest, task: Task, without: Sequence[str] = ()) -> Manifest:
        """The manifest with every part encrypted anew to the keys that it names, but for the parts that are to be written anyway."""
        parts = {name: getattr(manifest.parts, name) for name in manifest.parts.__struct_fields__ if name not in without}
        renewed = {name: self._renewed(value, manifest, task) for name, value in parts.items()}
        recovery = self.write_recovery(manifest, task) if len(manifest.recipients) > 1 else None
        return msgspec.structs.replace(manifest, parts=msgspec.structs.replace(manifest.parts, **renewed), recovery=recovery)

    def _renewed(self, value: Any, manifest: Manifest, task: Task) -> Any:
        """A part, or several of one kind, in files of a new generation; a part whose file somebody keeps elsewhere stays as it is."""
        if isinstance(value, tuple):
            return tuple(self._renewed(part, manifest, task) for part in value)
        if not isinstance(value, Part) or (value == manifest.parts.pseudonyms and not (self.folder / value.file).exists()):
            return value
        stem = GENERATION.sub("", value.file)
        return self.write_part(stem, [self._read(value, task)], manifest, task)

    def save_state(self, state: State, task: Task, events: Events = ()) -> None:
        """Write facts and view anew; `events` go into the audit log."""
        with self._lock:
            self._write_state(state, task, events)

    def revise_state(self, change: Callable[[State], State], task: Task, events: Events = ()) -> None:
        """Write a changed state, whatever another thread has changed of the rest meanwhile."""
        with self._lock:
            self._write_state(change(self.state), task, events)

    def change_state(self, task: Task, *, view: ViewState | None = None, arrangement: Arrangement | None = None) -> None:
        """Write the view or the arrangement anew, whatever another thread has changed of the rest meanwhile."""
        with self._lock:
            state = self.state
            changed = msgspec.structs.replace(state, view=view or state.view, arrangement=arrangement or state.arrangement)
            self._write_state(changed, task)

    def _write_state(self, state: State, task: Task, events: Events = ()) -> None:
        with self.writing():
            part = self.write_part("state", [msgspec.json.encode(state)], self.manifest, task)
            parts = msgspec.structs.replace(self.manifest.parts, state=part)
            self.commit(msgspec.structs.replace(self.manifest, parts=parts), events, task)
            self.state = state

    def record(self, event: str, facts: dict[str, Fact], task: Task) -> None:
        """Append one record to the audit log."""
        with self.writing():
            self.commit(self.manifest, [(event, facts)], task)

    def record_exports(self, entries: Iterable[Exported], events: Events, task: Task) -> None:
        """Append exports to the ledger, and what is to be said of them to the audit log, as one step."""
        with self.writing():
            ledger = export_ledger.encode((*self.read_exports(task), *entries))
            part = self.write_part("exports", [ledger], self.manifest, task)
            parts = msgspec.structs.replace(self.manifest.parts, exports=part)
            self.commit(msgspec.structs.replace(self.manifest, parts=parts), events, task)

    def note(self, event: str, facts: dict[str, Fact]) -> None:
        """Take an event down for the audit log without waiting for the disk; it is written within a second, with others that follow."""
        with self._notes:
            self._noted.append((event, facts))
            if self._timer is None:
                self._timer = threading.Timer(NOTED_FOR, self.write_notes)
                self._timer.daemon = True
                self._timer.start()

    def write_notes(self) -> None:
        """Write what was noted, now; what the disk refuses goes with the next change."""
        with self._notes:
            self._timer = None
        with suppress(SagsflowError), self._lock:
            if self._noted:
                with self.writing():
                    self.commit(self.manifest, (), Task())

    @contextmanager
    def writing(self) -> Iterator[None]:
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
            objects=self._write_objects(contents.objects, manifest, task),
            spells=self._write_spells(contents.spells, manifest, task),
        )

    def _write_objects(self, content: bytes | None, manifest: Manifest, task: Task) -> Part | UnsetType:
        return UNSET if content is None else self.write_part(f"{DATA}/objects", [content], manifest, task)

    def _write_spells(self, spells: Spells | None, manifest: Manifest, task: Task) -> Part | UnsetType:
        return UNSET if spells is None else self.write_part(f"{DATA}/spells", spell_chunks(spells, task), manifest, task)

    def _write_pseudonyms(self, key: bytes | None, manifest: Manifest, task: Task) -> Part | None:
        """The key's file; the one that is named stays named when somebody keeps it elsewhere."""
        return manifest.parts.pseudonyms if key is None else self.write_part("pseudonyms", [key], manifest, task)

    def write_part(self, stem: str, chunks: Iterable[bytes], manifest: Manifest, task: Task) -> Part:
        """Encrypt chunks to the manifest's recipients, into a file with a new name."""
        suffix = ".arrow.age" if stem.startswith(DATA) else ".age"
        name = f"{stem}-{secrets.token_hex(4)}{suffix}"
        self._written.append(name)
        stored = write_encrypted(self.folder / name, manifest.recipients, chunks, self.identity.key, task, self._opener)
        return Part(name, stored.size, stored.sha256)

    def write_recovery(self, manifest: Manifest, task: Task) -> str:
        """Write the identity, encrypted to the manifest's recipients and with them the recovery key, into a file with a new name."""
        return self.write_part(f"{KEYS}/recovery", [self.identity.secret.encode() + b"\n"], manifest, task).file

    def write_key(self, locked: bytes) -> str:
        """Write the identity, locked by a passphrase already, into a file with a new name."""
        name = f"{KEYS}/analyst-{secrets.token_hex(4)}.age"
        self._written.append(name)
        write_bytes(self.folder / name, locked, self._opener)
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

    def rewrite_audit(self, records: Sequence[Record], task: Task) -> Manifest:
        """The manifest with an audit log of these records only, chained anew, in a file of a new generation."""
        lines, head = audit_log.retold(records, self._audit_key)
        part = self.write_part("audit", [lines], self.manifest, task)
        return msgspec.structs.replace(self.manifest, parts=msgspec.structs.replace(self.manifest.parts, audit=(part,)), audit=head)

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
        objects = None if parts.objects is UNSET else self._read(parts.objects, task).to_pybytes()
        spells = None if parts.spells is UNSET else read_spells(self._read(parts.spells, task), log.n_cases)
        return Contents(log, self.state, key, objects, spells)

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
        traced = self.trace_audit(task)
        if traced.broken is not None:
            raise audit_log.broken_at(traced.broken)
        return traced.records

    def audit_records(self, task: Task) -> list[Record]:
        """As read_audit; what was read before is not read again while the log's head is the same."""
        head, told = self.manifest.audit.mac, self._told
        if told is None or told[0] != head:
            told = self._told = (head, self.read_audit(task))
        return told[1]

    def trace_audit(self, task: Task) -> Traced:
        """The records of the audit log that hold together, and where the chain breaks if it does; BadInput when a file of it is damaged."""
        with self._lock:
            manifest = self.manifest
            content = b"".join(self._read(part, task).to_pybytes() for part in manifest.parts.audit)
        return audit_log.trace(content.splitlines(keepends=True), self._audit_key, manifest.audit, task)


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
