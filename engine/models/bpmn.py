"""From a Petri net to a BPMN diagram with the same language, and back to a net whose places are the diagram's flows.

A place with a choice becomes an exclusive gateway, a transition with several places a parallel one. Where a net decides late (it is not
free-choice) the diagram decides early and may have to wait; the runs that reach the end are the same.
"""

from __future__ import annotations

from msgspec import Struct

from engine.models.nets import Net, Transition
from engine.models.values import NodeKind
from engine.process_map.values import END, START

GATEWAYS = (NodeKind.EXCLUSIVE, NodeKind.PARALLEL)


class Element(Struct, frozen=True):
    """A task (with its activity's code) or a gateway."""

    kind: NodeKind
    label: int | None


class Diagram(Struct, frozen=True):
    """Elements by number, and flows between them; START and END name the two events."""

    elements: tuple[Element, ...]
    flows: tuple[tuple[int, int], ...]


def to_diagram(net: Net) -> Diagram:
    """The diagram of a net."""
    draft = _Draft()
    joins, splits = {}, {}
    for place in range(net.n_places):
        joins[place], splits[place] = draft.add(NodeKind.EXCLUSIVE), draft.add(NodeKind.EXCLUSIVE)
        draft.connect(joins[place], splits[place])
    draft.connect(START, joins[net.source])
    draft.connect(splits[net.sink], END)
    for one in net.transitions:
        first = last = draft.add(NodeKind.TASK, one.label) if one.label is not None else draft.add(NodeKind.PARALLEL)
        if one.label is not None and len(one.before) > 1:
            first = draft.add(NodeKind.PARALLEL)
            draft.connect(first, last)
        if len(one.after) > 1 and (one.label is not None or len(one.before) > 1):
            fork = draft.add(NodeKind.PARALLEL)
            draft.connect(last, fork)
            last = fork
        for place in one.before:
            draft.connect(splits[place], first)
        for place in one.after:
            draft.connect(last, joins[place])
    draft.simplify()
    return draft.finish()


class _Draft:
    """A diagram in the making."""

    def __init__(self) -> None:
        self.elements: dict[int, Element] = {}
        self.outs: dict[int, list[int]] = {START: [], END: []}
        self.ins: dict[int, list[int]] = {START: [], END: []}

    def add(self, kind: NodeKind, label: int | None = None) -> int:
        node = len(self.outs)
        self.elements[node] = Element(kind, label)
        self.outs[node], self.ins[node] = [], []
        return node

    def connect(self, source: int, target: int) -> None:
        self.outs[source].append(target)
        self.ins[target].append(source)

    def _disconnect(self, source: int, target: int) -> None:
        self.outs[source].remove(target)
        self.ins[target].remove(source)

    def simplify(self) -> None:
        """Take out gateways that decide nothing, and make one of those that do the same directly behind each other."""
        while any(self._shorten(node) or self._join_neighbours(node) for node in list(self.elements)):
            pass

    def _may_connect(self, source: int, target: int) -> bool:
        """Whether a flow can be drawn: two flows between the same two gateways of one kind say no more than one."""
        return target not in self.outs[source] or self._same_gateway(source, target)

    def _same_gateway(self, one: int, other: int) -> bool:
        both = self.elements.get(one), self.elements.get(other)
        return both[0] is not None and both[0].kind in GATEWAYS and both[0] == both[1]

    def _connect_once(self, source: int, target: int) -> None:
        if target not in self.outs[source]:
            self.connect(source, target)

    def _shorten(self, node: int) -> bool:
        """Take out a gateway with one way in and one way out."""
        if not self._is_gateway(node) or len(self.ins[node]) != 1 or len(self.outs[node]) != 1:
            return False
        before, after = self.ins[node][0], self.outs[node][0]
        if node in (before, after) or before == after or not self._may_connect(before, after):
            return False
        self._remove(node)
        self._connect_once(before, after)
        return True

    def _is_gateway(self, node: int) -> bool:
        return node in self.elements and self.elements[node].kind in GATEWAYS

    def _remove(self, node: int) -> None:
        for before in list(self.ins[node]):
            self._disconnect(before, node)
        for after in list(self.outs[node]):
            self._disconnect(node, after)
        del self.elements[node], self.ins[node], self.outs[node]

    def _join_neighbours(self, node: int) -> bool:
        """Merge a gateway with the next one of its kind, where both only split or both only join."""
        if not self._is_gateway(node):
            return False
        for following in self.outs[node]:
            if not self._same_gateway(node, following) or following == node:
                continue
            if len(self.ins[following]) == 1 and len(self.ins[node]) == 1:
                gone, kept, moved = following, node, [(node, after) for after in self.outs[following]]
            elif len(self.outs[node]) == 1 and len(self.outs[following]) == 1:
                gone, kept, moved = node, following, [(before, following) for before in self.ins[node]]
            else:
                continue
            if all(source != target and self._may_connect(source, target) for source, target in moved) and gone != kept:
                self._remove(gone)
                for source, target in moved:
                    self._connect_once(source, target)
                return True
        return False

    def _place(self, node: int) -> tuple[int, int]:
        label = self.elements[node].label if node in self.elements else None
        return (-1 if label is None else label), node

    def finish(self) -> Diagram:
        """The diagram with its elements numbered as one meets them on the way from the start."""
        number: dict[int, int] = {}
        waiting = [START]
        seen = {START, END}
        while waiting:
            node = waiting.pop(0)
            for following in sorted(self.outs[node], key=self._place):
                if following not in seen:
                    seen.add(following)
                    number[following] = len(number)
                    waiting.append(following)
        names = {START: START, END: END, **number}
        elements = tuple(self.elements[node] for node in number)
        flows = [(names[one], names[other]) for one in names for other in self.outs[one]]
        return Diagram(elements, tuple(sorted(flows, key=lambda flow: (_from_start(flow[0]), _to_end(flow[1])))))


def _from_start(node: int) -> tuple[bool, int]:
    return node != START, node


def _to_end(node: int) -> tuple[bool, int]:
    return node == END, node


def to_net(diagram: Diagram) -> Net:
    """The net of a diagram: place f is flow f, then come the source and the sink."""
    ins: dict[int, list[int]] = {}
    outs: dict[int, list[int]] = {}
    for flow, (one, other) in enumerate(diagram.flows):
        outs.setdefault(one, []).append(flow)
        ins.setdefault(other, []).append(flow)
    source, sink = len(diagram.flows), len(diagram.flows) + 1
    transitions = [Transition(None, (source,), (flow,)) for flow in outs.get(START, [])]
    transitions += [Transition(None, (flow,), (sink,)) for flow in ins.get(END, [])]
    for node, element in enumerate(diagram.elements):
        before, after = ins.get(node, []), outs.get(node, [])
        if element.kind is NodeKind.EXCLUSIVE:
            transitions += [Transition(None, (one,), (other,)) for one in before for other in after]
        else:
            transitions.append(Transition(element.label, tuple(before), tuple(after)))
    return Net(len(diagram.flows) + 2, tuple(transitions), source, sink)
