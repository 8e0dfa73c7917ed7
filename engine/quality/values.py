"""What the checks of registration practice find, what it changes in results, and what a log can answer."""

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
    NUMBERS = "numbers"


class Result(StrEnum):
    """Results that a defect can distort."""

    COUNTS = "counts"
    ORDER = "order"
    WAITING = "waiting"
    DURATION = "duration"
    GROUPS = "groups"


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


class Measure(StrEnum):
    """A result that is computed with and without what a finding touches."""

    EVENTS = "events"
    CASE_DURATION = "case_duration"
    WAITING = "waiting"
    VARIANTS = "variants"


class Effect(Struct, frozen=True):
    """One result as it is, without the touched events, and without the cases that they belong to; None where nothing is left to measure.

    Durations and waiting times are medians in seconds; events and variants are counted.
    """

    measure: Measure
    now: float | None
    without_events: float | None
    without_cases: float | None


class Square(StrEnum):
    """What a square of the heat table can tell."""

    SHOWN = "shown"
    NONE = "none"
    HIDDEN = "hidden"


class HeatSquare(Struct, frozen=True):
    """One unit in one period. share: of its events or cases that are touched, in whole per cent; None where it is not told.

    lag, lag_p90: median and 90th percentile of the days from event to registration, where the finding is about registration.
    """

    state: Square
    share: int | None = None
    lag: float | None = None
    lag_p90: float | None = None


class HeatTable(Struct, frozen=True):
    """Where a finding is, by unit and period: squares by unit, then period. "" is all units that are too small to stand alone.

    periods: first months ("2025-03"); months: how many each holds. hidden: how many squares are not told.
    """

    units: tuple[str, ...]
    periods: tuple[str, ...]
    months: int
    squares: tuple[tuple[HeatSquare, ...], ...]
    hidden: int


class Verdict(StrEnum):
    """Whether a question can be answered from these data."""

    YES = "yes"
    CARE = "care"
    NO = "no"


class Reason(Struct, frozen=True):
    """Why: a catalogue sentence and its values."""

    message: str
    values: Values = {}


class Capability(Struct, frozen=True):
    """One question, whether these data can answer it, and why."""

    question: str
    verdict: Verdict
    reasons: tuple[Reason, ...]
