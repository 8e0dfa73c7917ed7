"""From a Petri net to a BPMN diagram with the same language, and back to a net whose places are the diagram's flows.

A place with a choice becomes an exclusive gateway, a transition with several places a parallel one. Where a net decides late (it is not
free-choice) the diagram decides early and may have to wait; the runs that reach the end are the same.
"""

from __future__ import annotations

from msgspec import Struct

from engine.models.contraction import Draft
from engine.models.nets import Net, Transition
from engine.models.values import NodeKind
from engine.process_map.values import END, START


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
        joins[place], splits[place] = draft.element(NodeKind.EXCLUSIVE), draft.element(NodeKind.EXCLUSIVE)
        draft.connect(joins[place], splits[place])
    draft.connect(START, joins[net.source])
    draft.connect(splits[net.sink], END)
    for one in net.transitions:
        first = last = draft.element(NodeKind.TASK, one.label) if one.label is not None else draft.element(NodeKind.PARALLEL)
        if one.label is not None and len(one.before) > 1:
            first = draft.element(NodeKind.PARALLEL)
            draft.connect(first, last)
        if len(one.after) > 1 and (one.label is not None or len(one.before) > 1):
            fork = draft.element(NodeKind.PARALLEL)
            draft.connect(last, fork)
            last = fork
        for place in one.before:
            draft.connect(splits[place], first)
        for place in one.after:
            draft.connect(last, joins[place])
    draft.simplify()
    return draft.finish()


class _Draft(Draft):
    """A diagram in the making whose tasks have labels."""

    def __init__(self) -> None:
        super().__init__()
        self._labels: list[int | None] = []

    def element(self, kind: NodeKind, label: int | None = None) -> int:
        """A new node."""
        node = len(self._labels)
        self._labels.append(label)
        self.add(node, kind)
        return node

    def _place(self, node: int) -> tuple[int, int]:
        label = self._labels[node] if node in self.kinds else None
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
        elements = tuple(Element(self.kinds[node], self._labels[node]) for node in number)
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
