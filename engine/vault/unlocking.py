"""Opening a project: its identity is unlocked by a passphrase, an identity file or the recovery key, then its manifest is checked."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
from msgspec import UNSET

from engine.errors import N_, WrongKey
from engine.files.age import SCRYPT, decrypt_with, inspect_file, open_with_passphrase, parse_identities, read_identities, unreadable
from engine.service.messages import Secret
from engine.tasks import Task
from engine.vault.keys import Identity, identity_of
from engine.vault.manifest import Manifest, damaged, read_manifest
from engine.vault.project_folder import LEFTOVER_AGE, Project, State, changed, manifest_key, read_part, remove_leftovers

KEY_LIMIT = 1 << 20


def open_project(folder: Path, secret: Secret, task: Task) -> Project:
    """Unlock a project and check its manifest; its data are read by `read_contents`.

    WrongKey: passphrase or identity missing or wrong. BadInput: not a project, damaged or changed.
    """
    manifest = read_manifest(folder)
    identity = _unlock(folder, manifest, secret, task)
    if identity.recipient not in manifest.recipients or not manifest.is_genuine(manifest_key(identity, manifest.project)):
        raise damaged()
    try:
        state = msgspec.json.decode(read_part(folder, manifest.parts.state, identity, task), type=State)
    except msgspec.DecodeError as error:
        raise changed(manifest.parts.state) from error
    project = Project(folder, manifest, identity, state)
    if not project.read_only:
        remove_leftovers(folder, manifest, LEFTOVER_AGE)
    return project


def _unlock(folder: Path, manifest: Manifest, secret: Secret, task: Task) -> Identity:
    if secret.identity_path is not None:
        return _unlock_with_identity(folder, manifest, secret.identity_path, secret.passphrase, task)
    if secret.passphrase is None:
        raise WrongKey(N_("The project {name} is locked. Give its passphrase."), name=folder.name)
    task.report(None, N_("Checking the passphrase"))
    found = unlock_key(folder, manifest, secret.passphrase, task)
    if found is None and secret.own is not None and manifest.analyst is not UNSET:
        with suppress(WrongKey):
            found = _unlock_with_identity(folder, manifest, secret.own, secret.passphrase, task)
    if found is None:
        raise WrongKey(N_("The passphrase does not open the project {name}."), name=folder.name)
    return found


def unlock_key(folder: Path, manifest: Manifest, passphrase: str, task: Task) -> Identity | None:
    """The project's identity when the passphrase is one that it was locked with."""
    for name in manifest.keys:
        try:
            content = open_with_passphrase(_read_key(folder / name), passphrase, name, task)
        except WrongKey:
            continue
        return _identity_in(content, name)
    return None


def _read_key(path: Path) -> bytes:
    header, size = inspect_file(path)
    if header.kinds != (SCRYPT,) or size > KEY_LIMIT:
        raise damaged()
    try:
        return path.read_bytes()
    except OSError as error:
        raise unreadable(path, error) from error


def _unlock_with_identity(folder: Path, manifest: Manifest, path: str, passphrase: str | None, task: Task) -> Identity:
    """The analyst's identity: the file's own, or the one that its recovery key opens."""
    found = read_identities(Path(path), passphrase, task)
    for key in found:
        if str(key.to_public()) == manifest.recipients[0]:
            return identity_of(key)
    return _recover(folder, manifest, found, task)


def _recover(folder: Path, manifest: Manifest, keys: Sequence[Any], task: Task) -> Identity:
    wrong = WrongKey(N_("The identity file does not open the project {name}."), name=folder.name)
    if manifest.recovery is None:
        raise wrong
    try:
        content = decrypt_with(folder / manifest.recovery, keys, task).to_pybytes()
    except WrongKey as error:
        raise wrong from error
    return _identity_in(content, manifest.recovery)


def _identity_in(content: bytes, file: str) -> Identity:
    return identity_of(parse_identities(content, file)[0])
