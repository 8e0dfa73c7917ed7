"""Which steps and paths the map shows: the most frequent ones, and never a step that hangs in the air.

Hidden steps are hidden, not projected away: every number on the map stays a directly-follows number of the log. Where steps can be
connected by arcs of enough cases, they are, so that the guarded map, which drops the others, hangs together too.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush

import numpy as np
from numpy.typing import NDArray

from engine.process_map.frequencies import Frequencies
from engine.process_map.values import END, LEAST_K, MOST_K, START

READABLE_STEPS = 35
"""Most steps of a view that was not asked for by number."""
FEWEST_STEPS = 6
"""A first group of more steps is thinned down to so many where the others still hang together."""

Arc = tuple[int, int]


def rank_steps(frequencies: Frequencies) -> list[int]:
    """Codes of the steps that occur: most cases first, then most occurrences, then lowest code."""
    steps = np.flatnonzero(frequencies.step_occurrences)
    order = np.lexsort((steps, -frequencies.step_occurrences[steps], -frequencies.step_cases[steps]))
    return [int(step) for step in steps[order]]


@dataclass(frozen=True)
class StepOrder:
    """In which order steps appear as the slider rises. A group appears as a whole: its steps connect each other with the start and the end.

    from_start: the steps of a first group too large to be read, in the order in which drawn ways from the start reach them; else empty.
    """

    groups: tuple[tuple[int, ...], ...]
    from_start: tuple[int, ...] = ()

    @property
    def n_steps(self) -> int:
        """Number of steps that can be shown."""
        return sum(map(len, self.groups))

    def shown(self, n: int) -> tuple[int, ...]:
        """At most n steps (but at least the first group), each on a way from start to end through shown steps; more n never hides a step.

        Where the first group is too large to be read, a smaller n gives steps that are all reached from the start.
        """
        if self.from_start and n < len(self.from_start):
            return self.from_start[: max(n, 1)]
        shown: list[int] = list(self.groups[0]) if self.groups else []
        for group in self.groups[1:]:
            if len(shown) + len(group) > n:
                break
            shown.extend(group)
        return tuple(shown)


def order_steps(frequencies: Frequencies) -> StepOrder:
    """Ranked steps in groups: a step that cannot yet be connected waits until the step that connects it has its turn.

    A step that arcs of at least 5 cases can connect waits for those; only a step that they cannot connect does with rarer ones.
    """
    firm_arcs = frequencies.cases >= LEAST_K
    solid, every = _Ways(frequencies, firm_arcs), _Ways(frequencies, np.ones(len(firm_arcs), bool))
    ranked = rank_steps(frequencies)
    solid_ones = ways_from_start_to_end(zip(frequencies.source[firm_arcs].tolist(), frequencies.target[firm_arcs].tolist(), strict=True))
    groups: list[tuple[int, ...]] = []
    waiting: list[int] = []
    for step in ranked:
        waiting.append(step)
        (solid if step in solid_ones else every).admit(step)
        firm = [one for one in waiting if one in solid_ones and solid.connects(one)] if step in solid_ones else []
        for one in firm:
            every.admit(one)
        group = tuple(one for one in waiting if one in firm or (one not in solid_ones and every.connects(one)))
        if group:
            groups.append(group)
            waiting = [one for one in waiting if one not in group]
    first = groups[0] if groups else ()
    if len(first) > READABLE_STEPS:
        return StepOrder(tuple(groups), _order_from_start(first, frequencies))
    return StepOrder((*_thinned(first, frequencies, solid_ones), *groups[1:]))


def _thinned(group: tuple[int, ...], frequencies: Frequencies, solid_ones: frozenset[int]) -> list[tuple[int, ...]]:
    """A first group as a smaller one and single steps, of which each leaves all before it on ways from start to end.

    Taken out one after the other, the step first with which the fewest transitions among those left are lost.
    """
    among = {*group, START, END}
    columns = (frequencies.source.tolist(), frequencies.target.tolist(), frequencies.count.tolist(), frequencies.cases.tolist())
    arcs = [arc for arc in zip(*columns, strict=True) if arc[0] in among and arc[1] in among and arc[0] != arc[1]]
    left, taken_out = set(group), []

    def hangs_together(steps: set[int]) -> bool:
        there = [arc for arc in arcs if {arc[0], arc[1]} <= steps | {START, END}]
        firm = ways_from_start_to_end(arc[:2] for arc in there if arc[3] >= LEAST_K)
        return steps <= ways_from_start_to_end(arc[:2] for arc in there) and steps & solid_ones <= firm

    def lost(step: int) -> int:
        return sum(arc[2] for arc in arcs if step in arc[:2] and {arc[0], arc[1]} <= left | {START, END})

    while len(left) > FEWEST_STEPS:
        step = next((one for one in sorted(left, key=lambda one: (lost(one), one)) if hangs_together(left - {one})), None)
        if step is None:
            break
        left.remove(step)
        taken_out.append(step)
    return [part for part in (tuple(step for step in group if step in left), *((step,) for step in reversed(taken_out))) if part]


class _Ways:
    """Which admitted steps lie on a way from start to end through admitted steps, over some of the arcs."""

    def __init__(self, frequencies: Frequencies, among: NDArray[np.bool_]) -> None:
        forward, backward = _neighbours(frequencies, among)
        self._from_start, self._to_end = _Reach(START, forward, backward), _Reach(END, backward, forward)

    def admit(self, step: int) -> None:
        self._from_start.admit(step)
        self._to_end.admit(step)

    def connects(self, step: int) -> bool:
        return step in self._from_start.reached and step in self._to_end.reached


class _Reach:
    """What can be reached from a mark through admitted steps, kept up to date while steps are admitted."""

    def __init__(self, mark: int, onward: dict[int, list[int]], back: dict[int, list[int]]) -> None:
        self._onward, self._back = onward, back
        self._admitted: set[int] = set()
        self.reached = {mark}

    def admit(self, step: int) -> None:
        self._admitted.add(step)
        if self.reached.isdisjoint(self._back.get(step, ())):
            return
        self.reached.add(step)
        queue = deque([step])
        while queue:
            for following in self._onward.get(queue.popleft(), ()):
                if following in self._admitted and following not in self.reached:
                    self.reached.add(following)
                    queue.append(following)


def _neighbours(frequencies: Frequencies, among: NDArray[np.bool_]) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
    forward: dict[int, list[int]] = {}
    backward: dict[int, list[int]] = {}
    for source, target in zip(frequencies.source[among].tolist(), frequencies.target[among].tolist(), strict=True):
        forward.setdefault(source, []).append(target)
        backward.setdefault(target, []).append(source)
    return forward, backward


def _order_from_start(group: Iterable[int], frequencies: Frequencies) -> tuple[int, ...]:
    """Steps in the order in which the strongest arcs reach them from the start (Prim's order of a widest-path tree)."""
    paths = rank_paths(frequencies, tuple(group))
    reached = {START}
    order: list[int] = []
    while True:
        arc = next((arc for arc in paths.ranked if arc[0] in reached and arc[1] not in reached and arc[1] != END), None)
        if arc is None:
            return tuple(order)
        reached.add(arc[1])
        order.append(arc[1])


@dataclass(frozen=True)
class Paths:
    """All arcs among a set of steps and the two marks, without self-loops, most frequent first; needed: those that connect the steps."""

    ranked: tuple[Arc, ...]
    counts: tuple[int, ...]
    needed: frozenset[Arc] = field(default_factory=frozenset)

    @property
    def n_paths(self) -> int:
        """Number of paths between two steps: what the slider counts."""
        return sum(not _touches_mark(arc) for arc in self.ranked)

    @property
    def n_needed(self) -> int:
        """Number of paths between two steps that are always shown."""
        return sum(not _touches_mark(arc) for arc in self.needed)

    def shown(self, n: int) -> tuple[Arc, ...]:
        """The needed arcs and the most frequent others, n between two steps in all; start and end arcs are thinned to the same count."""
        kept, room, least = set(self.needed), n - self.n_needed, None
        for arc, count in zip(self.ranked, self.counts, strict=True):
            if room > 0 and arc not in kept and not _touches_mark(arc):
                kept.add(arc)
                room, least = room - 1, count
        if n >= self.n_paths:
            least = 0
        if least is not None:
            kept.update(arc for arc, count in zip(self.ranked, self.counts, strict=True) if _touches_mark(arc) and count >= least)
        return tuple(arc for arc in self.ranked if arc in kept)


def rank_paths(frequencies: Frequencies, steps: Sequence[int]) -> Paths:
    """The arcs among these steps, most frequent first, and which of them may not be left out."""
    known = np.zeros(len(frequencies.step_cases) + 2, bool)
    known[[*steps, START, END]] = True
    among = known[frequencies.source] & known[frequencies.target] & ~frequencies.loops
    source, target, count = frequencies.source[among], frequencies.target[among], frequencies.count[among]
    order = np.lexsort((target, source, -count))
    ranked = tuple(zip(source[order].tolist(), target[order].tolist(), strict=True))
    support = np.minimum(frequencies.cases[among][order], MOST_K).tolist()
    return Paths(ranked, tuple(count[order].tolist()), _needed(ranked, support))


def _needed(ranked: Sequence[Arc], support: Sequence[int]) -> frozenset[Arc]:
    """The strongest arc into and out of every step, and those that connect it best with the start and the end."""
    strongest_in: dict[int, Arc] = {}
    strongest_out: dict[int, Arc] = {}
    for arc in ranked:
        strongest_in.setdefault(arc[1], arc)
        strongest_out.setdefault(arc[0], arc)
    strongest_in.pop(END, None)
    strongest_out.pop(START, None)
    kept = {*strongest_in.values(), *strongest_out.values()}
    _connect(kept, ranked, support, START, 0)
    _connect(kept, ranked, support, END, 1)
    return frozenset(kept)


def _connect(kept: set[Arc], ranked: Sequence[Arc], support: Sequence[int], mark: int, near: int) -> None:
    """Keep arcs of a widest-path tree (Prim's order) from the mark (near: 0 along the arcs, 1 against them), by their support.

    So whatever arcs of at least k cases can connect, for any k that the guard may have, the kept ones of them do. Among equals, arcs
    kept already come first, then the strongest.
    """
    onward: dict[int, list[tuple[int, bool, int]]] = {}
    for place, arc in enumerate(ranked):
        onward.setdefault(arc[near], []).append((-support[place], arc not in kept, place))
    reached = {mark}
    queue: list[tuple[int, bool, int]] = []
    for entry in onward.get(mark, ()):
        heappush(queue, entry)
    while queue:
        arc = ranked[heappop(queue)[2]]
        following = arc[1 - near]
        if following < 0 or following in reached:
            continue
        kept.add(arc)
        reached.add(following)
        for entry in onward.get(following, ()):
            heappush(queue, entry)


def ways_from_start_to_end(arcs: Iterable[Arc]) -> frozenset[int]:
    """The steps that lie on a way from start to end over these arcs."""
    forward: dict[int, list[int]] = {}
    backward: dict[int, list[int]] = {}
    for source, target in arcs:
        forward.setdefault(source, []).append(target)
        backward.setdefault(target, []).append(source)
    return frozenset(_reached(START, forward) & _reached(END, backward) - {START, END})


def _reached(mark: int, onward: dict[int, list[int]]) -> set[int]:
    reached, queue = {mark}, deque([mark])
    while queue:
        for following in onward.get(queue.popleft(), ()):
            if following not in reached:
                reached.add(following)
                queue.append(following)
    return reached


def _touches_mark(arc: Arc) -> bool:
    return arc[0] < 0 or arc[1] < 0
