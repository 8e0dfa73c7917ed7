"""The pages: variants, cases, numbers."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from engine.log.selection import Selection
from engine.process_map.values import Times
from engine.service.process_messages import Histogram


class VariantsQuery(Struct, frozen=True, tag=True):
    """Ask for a page of variants, most frequent first."""

    selection: Selection = Selection()
    offset: int = 0
    limit: int = 200


class Variant(Struct, frozen=True):
    """One variant: rank from 1, its cases, the activity codes, and the median case duration in seconds."""

    rank: int
    cases: int
    activities: tuple[int, ...]
    median_seconds: float | None


class Variants(Struct, frozen=True):
    """A page of variants. coverage: (number of variants, share of cases) points of the coverage curve; half and most: variants that cover
    50 % and 80 % of the cases."""

    query: VariantsQuery
    n_variants: int
    n_cases: int
    variants: tuple[Variant, ...]
    coverage: tuple[tuple[int, float], ...]
    half: int
    most: int


class CaseColumn(StrEnum):
    """Columns of the case table."""

    CASE = "case"
    START = "start"
    END = "end"
    DURATION = "duration"
    EVENTS = "events"
    VARIANT = "variant"


class CasesQuery(Struct, frozen=True, tag=True):
    """Ask for rows offset..offset+limit of the case table under a sort order."""

    selection: Selection = Selection()
    offset: int = 0
    limit: int = 200
    sort: CaseColumn = CaseColumn.START
    descending: bool = False


class CaseRow(Struct, frozen=True, array_like=True):
    """One case under its pseudonym; start and end in microseconds since 1970 UTC, variant as its rank."""

    case: str
    start: int | None
    end: int | None
    duration_seconds: float | None
    events: int
    variant: int


class Cases(Struct, frozen=True):
    """A page of the case table; n_cases is the length of the whole one."""

    query: CasesQuery
    n_cases: int
    rows: tuple[CaseRow, ...]


class CaseQuery(Struct, frozen=True, tag=True):
    """Ask for the events of one case by its pseudonym."""

    case: str


class CaseEvent(Struct, frozen=True, array_like=True):
    """One event; time in microseconds since 1970 UTC. day_only: it tells no time of day."""

    activity: str
    time: int | None
    start: int | None
    unit: str | None
    day_only: bool = False


class CaseDetails(Struct, frozen=True):
    """All events of one case in order."""

    query: CaseQuery
    events: tuple[CaseEvent, ...]


class NumbersQuery(Struct, frozen=True, tag=True):
    """Ask for the durations and activity over time of the selection; timezone (IANA) decides days and months."""

    selection: Selection = Selection()
    timezone: str = "Europe/Copenhagen"


class OverTime(Struct, frozen=True):
    """Counts per period; starts are microseconds since 1970 UTC; unit is "day", "week" or "month"."""

    unit: str
    starts: tuple[int, ...]
    started: tuple[int, ...]
    ended: tuple[int, ...]
    active: tuple[int, ...]
    events: tuple[int, ...]


class ActivityCount(Struct, frozen=True):
    """Occurrences of an activity and the cases that have it."""

    step: int
    name: str
    occurrences: int
    cases: int


class Numbers(Struct, frozen=True):
    """Case durations (seconds), their histogram, events per case, and what happens over time. durations is None without times."""

    query: NumbersQuery
    n_cases: int
    n_events: int
    n_variants: int
    durations: Times | None
    duration_histogram: Histogram | None
    events_per_case: Histogram
    over_time: OverTime | None
    activities: tuple[ActivityCount, ...]
