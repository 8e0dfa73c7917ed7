"""Registration practice: what the checks of a selection found."""

from __future__ import annotations

from msgspec import Struct

from engine.log.selection import Selection
from engine.quality.values import QualityReport


class QualityQuery(Struct, frozen=True, tag=True):
    """Ask for the findings about the cases of a selection. timezone: whose clock tells what is midnight."""

    selection: Selection = Selection()
    timezone: str = "UTC"


class Quality(Struct, frozen=True):
    """The findings; examples: by finding the pseudonym of a case that shows it, "" without one."""

    query: QualityQuery
    report: QualityReport
    examples: tuple[str, ...]

    @property
    def n_cases(self) -> int:
        """Cases of the selection."""
        return self.report.n_cases
