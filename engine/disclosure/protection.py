"""Which numbers are rounded more coarsely, so that no hidden number can be computed from the shown ones.

Rounding alone leaves a gap: where every shown number happens to lie at the edge of its rounding, a system of equations (whatever enters a
step leaves it) can have one solution only. Against that, every hidden number gets a twin: another log, with one case that takes a slightly
different course, in which the hidden number is another one and everything that is given away is the same. A shown number that would round
differently there is given to the nearest 10 instead of the nearest 5. What two possible logs share cannot tell them apart, by
linear programming or otherwise.

This is complementary protection of tables with a certificate per sensitive cell (L. H. Cox, Suppression methodology and statistical
disclosure control, JASA 75, 1980; M. Fischetti & J. J. Salazar-González, Models and algorithms for optimizing cell suppression in tabular
data with linear constraints, JASA 95, 2000), with partial rounding in place of suppression, so that no line vanishes from the map.

The table is that of the whole selection, whatever the sliders leave out: every map of one selection is a part of it, and two of them
together say no more than it does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from engine.disclosure.alternatives import Alternative, alternatives_for
from engine.disclosure.behind import Behind, things_near
from engine.disclosure.tally import EVENTS, TRANSITIONS, Kind, Number, Tally, Thing
from engine.process_map.metrics import ROUNDING, round_to_base
from engine.process_map.values import END, START
from engine.tasks import Task

HALF = ROUNDING // 2
FURTHEST = 3
"""A number that would round differently moves by this much at most from a log to its twin: its nearest multiple of 10 is then both's."""
OTHERS = 8
"""Frequent steps that may stand in a twin's course."""


@dataclass(frozen=True)
class Range:
    """All that a shown number says: it lies between least and most, and is written as `shown`."""

    least: int
    most: int
    shown: int


@dataclass(frozen=True)
class Protection:
    """What is written more coarsely; by hidden step and arc the course that makes its twin; and those for which none was found."""

    coarse: Mapping[Number, Range] = field(default_factory=dict)
    twins: Mapping[Thing, Alternative] = field(default_factory=dict)
    open: tuple[Thing, ...] = ()

    def shown(self, number: Number, value: int) -> int:
        """What is written for a number."""
        found = self.coarse.get(number)
        return round_to_base(value) if found is None else found.shown

    def range_of(self, number: Number, value: int) -> Range:
        """What is said with it."""
        return self.coarse.get(number) or fine(value)


def fine(value: int) -> Range:
    """The range of a number that is rounded to the nearest 5."""
    shown = round_to_base(value)
    return Range(shown - HALF, shown + HALF, shown)


def _wider(one: Range, value: int) -> Range:
    """The range with the neighbour in which the value lies; of the two multiples of 5 the one of 10 is written."""
    other = fine(value)
    shown = one.shown if one.shown % (2 * ROUNDING) == 0 else other.shown
    return Range(min(one.least, other.least), max(one.most, other.most), shown)


def protect(tally: Tally, k: int, task: Task, behind: Behind | None = None) -> Protection:
    """Twins for every hidden step and arc of the table. behind: the cases behind its counts, where those are of something else."""
    known = behind or Behind()
    protector = _Protector(tally, k, known)
    for thing in sorted(tally.cases, key=lambda one: (tally.cases[one], len(one), one)):
        task.check()
        if known.hides(thing, tally.cases[thing], k):
            protector.protect(thing)
    return Protection(protector.coarse, protector.twins, tuple(protector.open))


class _Protector:
    def __init__(self, tally: Tally, k: int, behind: Behind) -> None:
        self._tally, self._k, self._behind = tally, k, behind
        self.coarse: dict[Number, Range] = {}
        self.twins: dict[Thing, Alternative] = {}
        self.open: list[Thing] = []
        counts = tally.frequencies.step_cases
        self._others = tuple(sorted((step for (step,) in _steps(tally.cases) if counts[step] >= k), key=lambda one: -counts[one])[:OTHERS])

    def protect(self, thing: Thing) -> None:
        """Find the twin that asks for the fewest coarser numbers, and write those coarsely."""
        best: tuple[Alternative, dict[Number, Range]] | None = None
        for one in alternatives_for(thing, self._tally, self._others):
            changes = one.changes(self._tally)
            before, after = changes.get(thing, (0, 0))
            needed = self._needed(one, changes) if (before > 0) != (after > 0) else None
            if needed is not None and (best is None or len(needed) < len(best[1])):
                best = one, needed
                if not needed:
                    break
        if best is None:
            self.open.append(thing)
            return
        self.twins[thing] = best[0]
        self.coarse |= best[1]

    def _needed(self, one: Alternative, changes: Mapping[Thing, tuple[int, int]]) -> dict[Number, Range] | None:
        """The numbers that have to be written more coarsely for this twin; None where it cannot be one."""
        needed: dict[Number, Range] = {}
        if not self._stays(one, changes):
            return None
        for thing, (before, after) in changes.items():
            numbers = self._moved(thing, before, after)
            if numbers is None or not self._widen(needed, numbers):
                return None
        total = self._tally.frequencies.n_events
        transitions = total - self._tally.frequencies.n_cases
        totals = [(EVENTS, total, one.events), (TRANSITIONS, transitions, one.events)] if one.events else []
        return needed if self._widen(needed, totals) else None

    def _stays(self, one: Alternative, changes: Mapping[Thing, tuple[int, int]]) -> bool:
        """Whether the same steps and arcs are hidden in the other log, by their counts and by the cases behind them."""
        touched = self._behind.touched_by(one)
        for thing in things_near(one, self._tally) if touched else changes:
            before, after = changes.get(thing, (0, 0))
            cases = self._tally.cases.get(thing, 0)
            if not self._behind.stays(thing, (cases, cases + (after > 0) - (before > 0)), touched, self._k):
                return False
        return True

    def _widen(self, needed: dict[Number, Range], moved: Iterable[tuple[Number, int, int]]) -> bool:
        for number, value, by in moved:
            said = self.coarse.get(number) or fine(value)
            if said.least <= value + by <= said.most:
                continue
            if abs(by) > FURTHEST or number in self.coarse:
                return False
            needed[number] = _wider(said, value + by)
        return True

    def _moved(self, thing: Thing, before: int, after: int) -> list[tuple[Number, int, int]] | None:
        """The shown numbers of a thing that would be others: value and difference; None where another peak would be told."""
        cases = self._tally.cases.get(thing, 0)
        difference = (after > 0) - (before > 0)
        if self._behind.hides(thing, cases, self._k):
            return []
        spread = self._tally.spread(thing)
        value = sum(times * n for times, n in spread.items())
        moved = [((Kind.OCCURRENCES, thing), value, after - before)]
        if len(thing) == 2 and (thing[0] == thing[1] or START in thing or END in thing):
            return moved
        if _peak(spread, self._k) != _peak(_moved_spread(spread, before, after), self._k):
            return None
        moved.append(((Kind.CASES, thing), cases, difference))
        timed = self._tally.timed.get((thing[0], thing[1]), 0) if len(thing) == 2 else 0
        if timed == value:
            moved.append(((Kind.TIMED, thing), timed, after - before))
        return moved


def _steps(things: Iterable[Thing]) -> Iterable[Thing]:
    return (thing for thing in things if len(thing) == 1)


def _moved_spread(spread: Mapping[int, int], before: int, after: int) -> dict[int, int]:
    moved = dict(spread)
    for times, by in ((before, -1), (after, 1)):
        if times:
            moved[times] = moved.get(times, 0) + by
    return {times: cases for times, cases in moved.items() if cases}


def _peak(spread: Mapping[int, int], k: int) -> int:
    """The most repetitions, where at least k cases reach them; else 0."""
    most = max(spread, default=0)
    return most if spread.get(most, 0) >= k else 0
