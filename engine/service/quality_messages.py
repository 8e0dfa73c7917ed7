"""Registration practice: what the checks of a selection found, one finding in full, and what the data can answer."""

from __future__ import annotations

from msgspec import Struct

from engine.log.selection import Selection
from engine.quality.values import Capability, Effect, HeatTable, QualityReport


class QualityQuery(Struct, frozen=True, tag=True):
    """Ask for the findings about the cases of a selection. timezone: whose clock tells what is midnight."""

    selection: Selection = Selection()
    timezone: str = "UTC"


class Quality(Struct, frozen=True):
    """The findings; examples: by finding the pseudonym of a case that shows it, "" without one. answers: what the data can answer."""

    query: QualityQuery
    report: QualityReport
    examples: tuple[str, ...]
    answers: tuple[Capability, ...] = ()

    @property
    def n_cases(self) -> int:
        """Cases of the selection."""
        return self.report.n_cases


class FindingQuery(Struct, frozen=True, tag=True):
    """Ask for more about one finding: its number in the report of a query."""

    query: QualityQuery
    finding: int


class FindingDetails(Struct, frozen=True):
    """What a finding changes in results, and where it is; heat is None where it has no place in units and months."""

    query: FindingQuery
    effects: tuple[Effect, ...]
    heat: HeatTable | None
