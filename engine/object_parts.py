"""How the objects of a log are kept: made free of what tells of persons, and as the content of a project's part.

What reads object-centric logs is imported when there is one: other projects need none of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.tasks import Task

if TYPE_CHECKING:
    from engine.ocel.object_log import ObjectLog


def keep(objects: ObjectLog | None, timezone: str, key: bytes, task: Task) -> ObjectLog | None:
    """The objects as a project may keep them."""
    if objects is None:
        return None
    from engine.ocel.keeping import kept_objects
    from engine.ocel.reading import times_of

    return kept_objects(objects, times_of(objects, timezone).times, key, task)


def encoded(objects: ObjectLog | None) -> bytes | None:
    """The content of a project's part."""
    if objects is None:
        return None
    from engine.ocel.keeping import encode

    return encode(objects)


def decoded(content: bytes | None) -> ObjectLog | None:
    """The objects in the content of a project's part; BadInput when it does not fit together."""
    if content is None:
        return None
    from engine.ocel.keeping import decode

    return decode(content)
