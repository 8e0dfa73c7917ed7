"""Which column of a table plays which role, and how its cells are to be read."""

from __future__ import annotations

from msgspec import Struct

CASE, ACTIVITY, TIMESTAMP, START, UNIT = "case", "activity", "timestamp", "start", "unit"


class ColumnRoles(Struct, frozen=True, forbid_unknown_fields=True):
    """Column names by role; None where the table has no such column."""

    case: str | None = None
    activity: str | None = None
    timestamp: str | None = None
    start: str | None = None
    unit: str | None = None


class ReadOptions(Struct, frozen=True, forbid_unknown_fields=True):
    """How to read a table; None means: find out. `timezone` (IANA) is for stamps without one. sheet: of a workbook.
    object_type: what is the case in an object-centric log.
    """

    roles: ColumnRoles = ColumnRoles()
    timestamp_format: str | None = None
    delimiter: str | None = None
    encoding: str | None = None
    timezone: str = "UTC"
    sheet: str | None = None
    object_type: str | None = None


class Notice(Struct, frozen=True):
    """A warning about the data: a catalogue sentence and its values (counts and column names only)."""

    message: str
    values: dict[str, str | int | float] = {}
