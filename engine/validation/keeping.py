"""The validation of an open project: read with the version of its data, and changed in its encrypted part."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from engine.tasks import Task
from engine.validation.records import decode, encode, of_data
from engine.validation.values import Validation
from engine.vault.project_folder import Events, Project
from engine.vault.validation_part import change_validation, data_checksum, read_validation


def kept(project: Project, task: Task) -> Validation:
    """What a project holds; its last version is that of the data only while `is_bound`."""
    return decode(read_validation(project, task))


def is_bound(validation: Validation, project: Project) -> bool:
    """Whether the last version is known to be that of the project's data as they stand on disk."""
    return validation.current is not None and validation.data == data_checksum(project)


def keep(project: Project, change: Callable[[Validation], Validation], events: Events, task: Task) -> Validation:
    """Change what a project holds, with what the audit log is told of it."""
    return decode(change_validation(project, lambda content: encode(change(decode(content))), events, task))


def to_carry(project: Project | None, made: Validation, task: Task) -> Validation:
    """What is to be kept of a log that is saved: what its project holds, and how the log was made since."""
    old = Validation() if project is None else kept(project, task)
    return old if made.current is None else of_data(old, made.current, "")


def carry(validation: Validation, project: Project, made: Validation) -> None:
    """Take a validation along to where its data were written anew; without a version made with them it is sought when it is asked for."""
    if validation.current is not None:
        moved = msgspec.structs.replace(validation, data="" if made.current is None else data_checksum(project))
        keep(project, lambda _old: moved, (), Task())
