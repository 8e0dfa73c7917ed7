"""What the checks of registration practice find."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

Values = dict[str, str | int | float]


class Of(StrEnum):
    """What a finding counts."""

    EVENTS = "events"
    CASES = "cases"
    ACTIVITIES = "activities"
    DAYS = "days"


class Result(StrEnum):
    """Results that a defect can distort."""

    COUNTS = "counts"
    ORDER = "order"
    WAITING = "waiting"
    DURATION = "duration"


class Finding(Struct, frozen=True):
    """One thing found by one check.

    check: its name. message: a catalogue sentence and its values; activities in it are names of the log. count of total: how many of `of`
    are touched. case: number of a case that shows it, -1 without one. distorts: results that are no longer right. wash: tag of the step
    that treats it, None where it can only be told.
    """

    check: str
    message: str
    values: Values
    count: int
    total: int
    of: Of
    case: int = -1
    distorts: tuple[Result, ...] = ()
    wash: str | None = None

    @property
    def share(self) -> float:
        """count / total, 0..1."""
        return self.count / self.total if self.total else 0.0


class QualityReport(Struct, frozen=True):
    """All findings, gravest first, and the names of all checks that were made, those without a finding among them."""

    findings: tuple[Finding, ...]
    checks: tuple[str, ...]
    n_cases: int
    n_events: int
