"""A new project folder: built whole beside its place, then moved there."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

import msgspec

from engine.errors import N_, BadInput
from engine.tasks import Task
from engine.vault.audit_log import Head
from engine.vault.keys import Entrusted, Locking
from engine.vault.manifest import FORMAT, MANIFEST, VERSION, Manifest, Part, Parts
from engine.vault.project_folder import DATA, KEYS, Contents, Events, Project
from engine.vault.safe_write import PART, sync_folder, unwritable

NOTHING = Part("", 0, "")


def create_project(
    folder: Path,
    contents: Contents,
    passphrase: str | Locking,
    entrusted: Entrusted | None,
    task: Task,
    events: Events = (),
    read_only: bool = False,
) -> Project:
    """Make a new project, encrypted to a new identity under a passphrase and to the keys that it is entrusted to.

    passphrase: or the identity that is being locked with it already.
    BadInput when the folder is taken, the disk is full, or a key is none; nothing is left behind then.
    """
    if not passphrase:
        raise BadInput(N_("The project needs a passphrase."))
    others = (entrusted or Entrusted()).checked()
    _check_free(folder)
    building = folder.with_name(folder.name + PART)
    _clear(building)
    try:
        (building / KEYS).mkdir(parents=True)
        project = _build(building, contents, passphrase if isinstance(passphrase, Locking) else Locking(passphrase), others, task)
        manifest = msgspec.structs.replace(project.manifest, read_only=read_only)
        project.commit(manifest, events, task)
        _move(building, folder)
    except OSError as error:
        with suppress(BadInput):
            _clear(building)
        raise unwritable(folder, error) from error
    except BaseException:
        with suppress(BadInput):
            _clear(building)
        raise
    return Project(folder, project.manifest, project.identity, project.state)


def _build(folder: Path, contents: Contents, locking: Locking, entrusted: Entrusted, task: Task) -> Project:
    """The files of a project whose manifest is not written yet."""
    identity = locking.identity
    blank = Manifest(
        format=FORMAT,
        version=VERSION,
        program="",
        project=secrets.token_hex(16),
        counter=0,
        saved_at="",
        read_only=False,
        recipients=(identity.recipient,),
        keys=(),
        recovery=None,
        parts=Parts(NOTHING, NOTHING, None, NOTHING),
        audit=Head(),
    ).entrusted_to(entrusted.analyst, entrusted.recovery)
    project = Project(folder, blank, identity, contents.state)
    parts = project.write_contents(contents, blank, task.part(0.0, 0.8))
    recovery_file = project.write_recovery(blank, task) if len(blank.recipients) > 1 else None
    key = project.write_key(locking.locked(task))
    project.manifest = msgspec.structs.replace(blank, keys=(key,), recovery=recovery_file, parts=parts)
    return project


def _check_free(folder: Path) -> None:
    try:
        taken = folder.exists() and (not folder.is_dir() or any(folder.iterdir()))
    except OSError as error:
        raise unwritable(folder, error) from error
    if taken:
        raise BadInput(N_("The folder {name} is not empty. Choose a new name for the project."), name=folder.name)


def _clear(building: Path) -> None:
    """Remove what an interrupted making left beside the project's place, and nothing that is not of Sagsflow's making."""
    if not building.exists():
        return
    own = (MANIFEST + "*", "*.age*", f"{DATA}/*.age*", f"{KEYS}/*.age*")
    try:
        for path in [path for pattern in own for path in building.glob(pattern)]:
            path.unlink()
        for folder in (building / DATA, building / KEYS, building):
            if folder.exists():
                folder.rmdir()
    except OSError as error:
        raise BadInput(N_("The folder {name} is in the way. Move it away and save again."), name=building.name) from error


def _move(building: Path, folder: Path) -> None:
    if os.name == "nt" and folder.exists():
        folder.rmdir()
    building.rename(folder)
    sync_folder(folder.parent)
