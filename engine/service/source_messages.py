"""What several sources say of the same cases."""

from __future__ import annotations

from msgspec import Struct

from engine.agreement.values import SameFact, SourceReport
from engine.log.selection import Selection


class SourcesQuery(Struct, frozen=True, tag=True):
    """Ask what the sources say of the selected cases. facts: what is the same in two of them. timezone: whose days and clock are meant."""

    selection: Selection = Selection()
    facts: tuple[SameFact, ...] = ()
    timezone: str = "UTC"


class ToldActivity(Struct, frozen=True):
    """An activity that a source tells of, and its events."""

    source: str
    activity: str
    events: int


class Sources(Struct, frozen=True):
    """The report, by agreement the pseudonym of a case that shows a disagreement ("" without one), and what each source tells of."""

    query: SourcesQuery
    report: SourceReport
    examples: tuple[str, ...]
    told: tuple[ToldActivity, ...]
