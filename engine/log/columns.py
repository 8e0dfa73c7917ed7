"""Which column of a table plays which role, and how its cells are to be read."""

from __future__ import annotations

from msgspec import Struct, field
from msgspec.structs import replace

from engine.errors import N_, BadInput

CASE, ACTIVITY, TIMESTAMP, START, UNIT = "case", "activity", "timestamp", "start", "unit"
STATE, BEGIN, UNTIL = "state", "begin", "until"
REGISTERED, EMPLOYEE, ACTOR, OUTCOME = "registered", "employee", "actor", "outcome"
ATTRIBUTES, CASE_ATTRIBUTES, OBJECTS = "attributes", "case_attributes", "objects"
ONE_COLUMN = (CASE, ACTIVITY, TIMESTAMP, START, UNIT, REGISTERED, EMPLOYEE, ACTOR, OUTCOME)
"""Roles that one column plays."""
SEVERAL_COLUMNS = (ATTRIBUTES, CASE_ATTRIBUTES, OBJECTS)
"""Roles that any number of columns play."""
FURTHER = (UNIT, REGISTERED, EMPLOYEE, ACTOR, OUTCOME, *SEVERAL_COLUMNS)
"""Roles of a table of events that are played only where somebody says so."""
NO_SUCH_ROLE = N_("{text} tells no role of a column. Write it as role=column; the roles are: {roles}.")
OF_SPELLS = (STATE, BEGIN, UNTIL)
"""Roles of a table of spells beside its case."""
TIMES = (TIMESTAMP, START, REGISTERED, BEGIN, UNTIL)


class ColumnRoles(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Column names by role; None where the table has no such column.

    timestamp: when it happened, or ended where there is a start too; registered: when it was written down. employee: who did it, kept as
    pseudonyms that never leave the engine; actor: what kind of actor (citizen, employee, robot, system, company). outcome: of the case.
    state, begin (from), until (to): of a table of spells, in which every row is a state that a case was in.
    attributes: of events; case_attributes: of cases; objects: further identifiers, by which the cases may be cut another way.
    """

    case: str | None = None
    activity: str | None = None
    timestamp: str | None = None
    start: str | None = None
    unit: str | None = None
    registered: str | None = None
    employee: str | None = None
    actor: str | None = None
    outcome: str | None = None
    attributes: tuple[str, ...] = ()
    case_attributes: tuple[str, ...] = ()
    objects: tuple[str, ...] = ()
    state: str | None = None
    begin: str | None = field(default=None, name="from")
    until: str | None = field(default=None, name="to")


def with_role(roles: ColumnRoles, text: str) -> ColumnRoles:
    """The roles with another one, written as role=column; of a role that several columns play, one more. BadInput for no such role."""
    role, _, column = text.partition("=")
    if role not in FURTHER or not column:
        raise BadInput(NO_SUCH_ROLE, text=text, roles=", ".join(FURTHER))
    played = (*getattr(roles, role), column) if role in SEVERAL_COLUMNS else column
    return replace(roles, **{role: played})


def columns_by_role(roles: ColumnRoles) -> dict[str, tuple[str, ...]]:
    """The columns of every role that is played."""
    one = {role: (name,) for role in (*ONE_COLUMN, *OF_SPELLS) if (name := getattr(roles, role)) is not None}
    return one | {role: names for role in SEVERAL_COLUMNS if (names := getattr(roles, role))}


def columns_of(roles: ColumnRoles) -> tuple[str, ...]:
    """The different columns that play a role."""
    return tuple(dict.fromkeys(name for names in columns_by_role(roles).values() for name in names))


def attribute_key(name: str) -> str:
    """The key of an attribute in the columns of a log, by the name that it has in the file."""
    return f"attribute:{name}"


def object_key(name: str) -> str:
    """The key of a further identifier in the columns of a log, by the name that it has in the file."""
    return f"object:{name}"


def is_keyed(key: str) -> bool:
    """Whether a column of a log holds pseudonyms of persons or things, which are shown nowhere."""
    return key == EMPLOYEE or key.startswith(object_key(""))


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
