"""The selection: one frozen value per filter. Applying one gives a mask over cases, never a copy of the log."""

from __future__ import annotations

from msgspec import Struct


class StartedBetween(Struct, frozen=True, tag="started_between"):
    """Cases whose first event lies in [first, last), microseconds since 1970 UTC."""

    first: int
    last: int


class HasActivity(Struct, frozen=True, tag="has_activity"):
    """Cases with (or, when not `keep`, without) at least one event of the named activity."""

    activity: str
    keep: bool = True


Filter = StartedBetween | HasActivity


class Selection(Struct, frozen=True):
    """Filters that all hold; no filters means the whole log."""

    filters: tuple[Filter, ...] = ()
