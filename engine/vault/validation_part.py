"""The part of a project that holds its validation: read, and changed together with what the audit log is told of it, as one step."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from msgspec import UNSET

from engine.errors import BadInput
from engine.tasks import Task
from engine.vault.manifest import read_manifest
from engine.vault.project_folder import Events, Project, read_part


def read_validation(project: Project, task: Task) -> bytes | None:
    """What the part holds; None before anything was kept. What another window wrote meanwhile is taken over."""
    try:
        return _read(project, task)
    except BadInput:
        if project.read_only or read_manifest(project.folder).mac == project.manifest.mac:
            raise
    with project.writing():
        return _read(project, task)


def _read(project: Project, task: Task) -> bytes | None:
    part = project.manifest.parts.validation
    return None if part is UNSET else read_part(project.folder, part, project.identity, task).to_pybytes()


def change_validation(project: Project, change: Callable[[bytes | None], bytes], events: Events, task: Task) -> bytes:
    """Write the part anew, whatever another window has changed of it meanwhile; what it holds now. BadInput leaves it as it was."""
    with project.writing():
        before = _read(project, task)
        after = change(before)
        if after == before and not events:
            return after
        part = project.write_part("validation", [after], project.manifest, task)
        parts = msgspec.structs.replace(project.manifest.parts, validation=part)
        project.commit(msgspec.structs.replace(project.manifest, parts=parts), events, task)
        return after


def data_checksum(project: Project) -> str:
    """Checksum (hex) of the encrypted events: another one when they were written anew."""
    return project.manifest.parts.events.sha256
