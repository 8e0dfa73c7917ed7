"""The cases of the open log behind numbers that count something else: a number about objects is hidden where too few of them are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from engine.disclosure.alternatives import Alternative
from engine.disclosure.tally import Tally, Thing


@dataclass(frozen=True)
class Behind:
    """Cases by step and arc; what is missing has none that is known, and only its own count decides.

    touched: by variant, how many cases the object of it has that has fewest; 0 where numbers count the cases themselves.
    """

    cases: Mapping[Thing, int] = field(default_factory=dict)
    touched: Mapping[int, int] = field(default_factory=dict)

    def hides(self, thing: Thing, count: int, k: int) -> bool:
        """Whether a step or arc that so many have is hidden."""
        return count < k or self.cases.get(thing, k) < k

    def stays(self, thing: Thing, counts: tuple[int, int], touched: int, k: int) -> bool:
        """Whether it is hidden, or shown, in the other log as here, whichever of so many cases leave it or come to it there.

        counts: how many have it here and there.
        """
        known = self.cases.get(thing)
        if self.hides(thing, counts[0], k):
            return counts[1] < k or (known is not None and known + touched < k)
        return counts[1] >= k and (not touched if known is None else known - touched >= k)

    def touched_by(self, one: Alternative) -> int:
        """How many cases can leave or come to a number in a twin: those of the object that goes another way."""
        return self.touched.get(one.variant, 0)


def things_near(one: Alternative, tally: Tally) -> set[Thing]:
    """Every step and arc of the stretch that a twin exchanges, before and after, though its count may stay."""
    course, _ = tally.course(one.variant)
    old = course[one.at - 1 : one.at + one.removed + 1]
    new = (old[0], *one.inserted, old[-1])
    arcs = {pair for stretch in (old, new) for pair in pairwise(stretch)}
    return arcs | {(step,) for stretch in (old, new) for step in stretch[1:-1]}
