"""Takes idle gateways out of a diagram: those that decide nothing, and those that do the same directly behind each other.

The runs of the diagram stay the same; every flow that is left knows which flows it followed before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from engine.models.values import NodeKind
from engine.process_map.values import END, START

GATEWAYS = (NodeKind.EXCLUSIVE, NodeKind.PARALLEL)

Ends = tuple[int, int]


@dataclass(frozen=True)
class Way:
    """What became of a flow: the flows that it now stands for, one behind the other, and those whose passes are its passes."""

    along: tuple[Ends, ...]
    counted: frozenset[Ends]


class Draft:
    """A diagram in the making: nodes with their kinds, at most one flow between two of them, START and END at its ends."""

    def __init__(self) -> None:
        self.kinds: dict[int, NodeKind] = {}
        self.outs: dict[int, list[int]] = {START: [], END: []}
        self.ins: dict[int, list[int]] = {START: [], END: []}
        self.ways: dict[Ends, Way] = {}

    def add(self, node: int, kind: NodeKind) -> None:
        """A node."""
        self.kinds[node] = kind
        self.outs[node], self.ins[node] = [], []

    def connect(self, source: int, target: int) -> None:
        """A flow."""
        self._put((source, target), Way(((source, target),), frozenset({(source, target)})))

    def simplify(self) -> None:
        """Take out idle gateways until none is left."""
        while any(self._shorten(node) or self._join_neighbours(node) for node in list(self.kinds)):
            pass

    def _put(self, ends: Ends, way: Way) -> None:
        """A flow; beside one that is there already it says no more: of a choice's two ways either counts, of two taken together one."""
        source, target = ends
        before = self.ways.get(ends)
        if before is None:
            self.outs[source].append(target)
            self.ins[target].append(source)
            self.ways[ends] = way
        elif self.kinds.get(source) is NodeKind.EXCLUSIVE:
            shorter = min(before, way, key=lambda one: len(one.along))
            self.ways[ends] = Way(shorter.along, before.counted | way.counted)

    def _take(self, ends: Ends) -> Way:
        source, target = ends
        self.outs[source].remove(target)
        self.ins[target].remove(source)
        return self.ways.pop(ends)

    def _remove(self, node: int) -> None:
        for before in list(self.ins[node]):
            self._take((before, node))
        for after in list(self.outs[node]):
            self._take((node, after))
        del self.kinds[node], self.ins[node], self.outs[node]

    def _may_connect(self, source: int, target: int) -> bool:
        """Whether a flow can be drawn: two flows between the same two gateways of one kind say no more than one."""
        return (source, target) not in self.ways or self._same_gateway(source, target)

    def _is_gateway(self, node: int) -> bool:
        return self.kinds.get(node) in GATEWAYS

    def _same_gateway(self, one: int, other: int) -> bool:
        return self._is_gateway(one) and self.kinds[one] is self.kinds.get(other)

    def _shorten(self, node: int) -> bool:
        """Take out a gateway with one way in and one way out."""
        if not self._is_gateway(node) or len(self.ins[node]) != 1 or len(self.outs[node]) != 1:
            return False
        before, after = self.ins[node][0], self.outs[node][0]
        if node in (before, after):
            return False
        if before == after:
            return self._drop_idle_loop(node, before)
        if not self._may_connect(before, after):
            return False
        first, last = self.ways[before, node], self.ways[node, after]
        self._remove(node)
        self._put((before, after), Way(first.along + last.along, last.counted))
        return True

    def _drop_idle_loop(self, node: int, around: int) -> bool:
        """Take out a gateway that only leads back to the choice it comes from."""
        if self.kinds.get(around) is not NodeKind.EXCLUSIVE:
            return False
        self._remove(node)
        return True

    def _join_neighbours(self, node: int) -> bool:
        """Merge a gateway with the next one of its kind, where both only split or both only join."""
        if not self._is_gateway(node):
            return False
        for following in self.outs[node]:
            if self._same_gateway(node, following) and following != node and self._merge(node, following):
                return True
        return False

    def _merge(self, node: int, following: int) -> bool:
        between = self.ways[node, following]
        moved: list[tuple[Ends, Way]]
        if len(self.ins[node]) == len(self.ins[following]) == 1:
            gone = following
            outs = [(after, self.ways[following, after]) for after in self.outs[following]]
            moved = [((node, after), Way(between.along + way.along, way.counted)) for after, way in outs]
        elif len(self.outs[node]) == len(self.outs[following]) == 1:
            gone = node
            ins = [(before, self.ways[before, node]) for before in self.ins[node]]
            moved = [((before, following), Way(way.along + between.along, way.counted)) for before, way in ins]
        else:
            return False
        if not all(source != target and self._may_connect(source, target) for (source, target), _ in moved):
            return False
        self._remove(gone)
        for ends, way in moved:
            self._put(ends, way)
        return True


def contract(kinds: Mapping[int, NodeKind], flows: Iterable[Ends]) -> dict[Ends, Way]:
    """The flows of a diagram without its idle gateways, each with the way it stands for. Tasks have one flow into them and one out."""
    draft = Draft()
    for node, kind in kinds.items():
        draft.add(node, kind)
    for source, target in flows:
        draft.connect(source, target)
    draft.simplify()
    return draft.ways
