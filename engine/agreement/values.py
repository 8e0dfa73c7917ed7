"""What several sources say of the same cases, as plain values that the window can read without numpy."""

from __future__ import annotations

from msgspec import Struct

SOURCE = "source"
"""The attribute of an event that names the file or system it comes from, where several were joined."""


class SameFact(Struct, frozen=True, forbid_unknown_fields=True):
    """An activity of one source and one of another that tell of the same thing, such as a talk in the case system and in the planner.

    source: "" in a recipe, for the table in which it stands.
    """

    activity: str
    other_activity: str
    other_source: str
    source: str = ""


class Spread(Struct, frozen=True):
    """How far times lie apart, in seconds: median, 90 % point and most; by size how many pairs: under an hour, a day, a week, and more."""

    median: float
    p90: float
    most: float
    under_hour: int
    under_day: int
    under_week: int
    more: int


class Agreement(Struct, frozen=True):
    """What two sources say of one fact. pairs: the fact told by both; agree: of these, dated alike as far as the coarser stamp tells.

    only_first, only_second: told by one of the two. spread: of the pairs that differ, None where none does. earlier: how many of them the
    other source dates earlier. cases: with a pair that differs; example: number of such a case, -1 without one.
    untimed: events without a time, which are not paired.
    """

    fact: SameFact
    pairs: int
    agree: int
    only_first: int
    only_second: int
    untimed: int
    cases: int
    earlier: int
    example: int
    spread: Spread | None

    @property
    def differ(self) -> int:
        """Pairs that the two sources date differently."""
        return self.pairs - self.agree


class SourceCount(Struct, frozen=True):
    """A source with its events and cases."""

    name: str
    events: int
    cases: int


class Meeting(Struct, frozen=True):
    """Two sources and the cases that both tell of: with times of both at once (overlap), or with a stretch between them of which no source
    says anything (gap). days: median length of the overlaps, and of the gaps."""

    first: str
    second: str
    cases: int
    overlaps: int
    overlap_days: float
    gaps: int
    gap_days: float


class SourceReport(Struct, frozen=True):
    """What the sources of a log say of the same cases."""

    sources: tuple[SourceCount, ...]
    meetings: tuple[Meeting, ...]
    agreements: tuple[Agreement, ...]
