"""The ground truth of a demo log as data: the planted patterns and defects, the cases that hold them, and the parameters."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import msgspec
from msgspec import Struct


class Pattern(StrEnum):
    """What happens in the planted cases."""

    RETURNED = "returned"
    REJECTED = "rejected"
    NEVER_PLACED = "never_placed"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"
    EXTENDED = "extended"
    HOURS_CHANGED = "hours_changed"
    LATE_PLACEMENT = "late_placement"
    LATE_PLAN = "late_plan"
    SAME_DAY_PLAN = "same_day_plan"
    NO_DECISION_LETTER = "no_decision_letter"
    OVERLONG = "overlong"
    DOUBLE_PLACEMENT = "double_placement"
    WRONG_PRODUCTION_UNIT = "wrong_production_unit"


class Defect(StrEnum):
    """What is wrong with the registration in the planted cases."""

    DATE_ONLY = "date_only"
    NIGHT_JOB = "night_job"
    BATCH = "batch"
    DUPLICATE = "duplicate"
    NEAR_DUPLICATE = "near_duplicate"
    MISSING_END = "missing_end"
    RETRO_DATED = "retro_dated"
    FUTURE_DATED = "future_dated"
    LATE_REGISTRATION = "late_registration"
    TEST_CITIZEN = "test_citizen"


class PlantedPattern(Struct, frozen=True):
    """A pattern: its share (per mille of the cases in which it can occur), how many those are, and the cases (sorted)."""

    pattern: Pattern
    meaning: str
    per_mille: int
    eligible: int
    cases: tuple[str, ...]


class PlantedDefect(Struct, frozen=True):
    """A defect: the events it touches and the cases (sorted) they belong to."""

    defect: Defect
    meaning: str
    events: int
    cases: tuple[str, ...]


class TypicalGap(Struct, frozen=True):
    """A waiting time as it was drawn: median and 90th percentile in seconds, on the calendar ("calendar") or in office time ("office")."""

    source: str
    target: str
    clock: str
    median_seconds: int
    p90_seconds: int


class TeamPractice(Struct, frozen=True):
    """How a team works: its stretch on placements (per mille), whether an hour change gives a new grant, whether it notes every step."""

    unit: str
    placement_per_mille: int
    new_grant_per_change: bool
    notes_every_step: bool


class GroundTruth(Struct, frozen=True):
    """Everything that was planted in one demo log; extracted_at is ISO 8601 local time."""

    name: str
    seed: int
    extracted_at: str
    n_cases: int
    n_events: int
    main_variant: tuple[str, ...]
    patterns: tuple[PlantedPattern, ...]
    defects: tuple[PlantedDefect, ...]
    gaps: tuple[TypicalGap, ...]
    teams: tuple[TeamPractice, ...]

    def renamed(self, names: Mapping[str, str]) -> GroundTruth:
        """The same truth under other case ids (pseudonyms), sorted by them."""

        def rename(cases: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(sorted(names[case] for case in cases))

        patterns = tuple(msgspec.structs.replace(planted, cases=rename(planted.cases)) for planted in self.patterns)
        defects = tuple(msgspec.structs.replace(planted, cases=rename(planted.cases)) for planted in self.defects)
        return msgspec.structs.replace(self, patterns=patterns, defects=defects)

    def pattern(self, pattern: Pattern) -> PlantedPattern:
        """One pattern's cases."""
        return next(planted for planted in self.patterns if planted.pattern is pattern)

    def defect(self, defect: Defect) -> PlantedDefect:
        """One defect's cases."""
        return next(planted for planted in self.defects if planted.defect is defect)


def write_truth(truth: GroundTruth) -> bytes:
    """The truth as readable JSON (UTF-8, newline at the end)."""
    return msgspec.json.format(msgspec.json.encode(truth), indent=1) + b"\n"


def read_truth(content: bytes) -> GroundTruth:
    """The truth from its JSON; raises msgspec.ValidationError."""
    return msgspec.json.decode(content, type=GroundTruth)
