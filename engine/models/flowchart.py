"""A net or a diagram as what is drawn: nodes and flows by number, and which of them a run passes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from msgspec import Struct

from engine.models.bpmn import Diagram, to_net
from engine.models.nets import Net
from engine.models.values import NodeKind
from engine.process_map.values import END, START


class Figure(Struct, frozen=True):
    """A node: its number on the map, what it is, and the code of its activity where it has one."""

    node: int
    kind: NodeKind
    label: int | None


class Passing(Struct, frozen=True):
    """What the firing of one transition passes: flows and nodes; and by the place of a token it takes, the flow that this token came on."""

    flows: tuple[int, ...]
    nodes: tuple[int, ...]
    came_on: dict[int, int]


class Flowchart(Struct, frozen=True):
    """Figures, flows between them (START and END included), the net that is replayed, and what each of its transitions passes."""

    figures: tuple[Figure, ...]
    flows: tuple[tuple[int, int], ...]
    net: Net
    passings: tuple[Passing, ...]


def chart_diagram(diagram: Diagram, n_activities: int) -> Flowchart:
    """A BPMN diagram: each flow is a place of the net."""
    figures = _number([(one.kind, one.label) for one in diagram.elements], n_activities)
    name = {START: START, END: END} | {at: figure.node for at, figure in enumerate(figures)}
    flows = tuple((name[one], name[other]) for one, other in diagram.flows)
    net = to_net(diagram)
    passings = []
    for one in net.transitions:
        into = [place for place in one.before if place < len(flows)]
        nodes = {flows[place][1] for place in into} - {END}
        passings.append(Passing(tuple(into), tuple(sorted(nodes)), {place: place for place in into}))
    return Flowchart(figures, flows, net, tuple(passings))


def chart_net(net: Net, n_activities: int) -> Flowchart:
    """A Petri net: each arc is a flow; the source is the start mark and the sink the end mark."""
    kinds = [(NodeKind.SILENT if one.label is None else NodeKind.TASK, one.label) for one in net.transitions]
    inner = [place for place in range(net.n_places) if place not in (net.source, net.sink)]
    figures = _number([*kinds, *((NodeKind.PLACE, None) for _ in inner)], n_activities)
    name = {net.source: START, net.sink: END} | {place: figures[len(kinds) + at].node for at, place in enumerate(inner)}
    flows: dict[tuple[int, int], int] = {}
    passings = []
    for number, one in enumerate(net.transitions):
        own = figures[number].node
        into = {place: flows.setdefault((name[place], own), len(flows)) for place in one.before}
        out_of = [flows.setdefault((own, name[place]), len(flows)) for place in one.after]
        marks = {name[place] for place in one.after} - {START, END}
        passings.append(Passing((*(into[place] for place in one.before), *out_of), (own, *sorted(marks)), into))
    return Flowchart(figures, tuple(flows), net, tuple(passings))


def _number(parts: Sequence[tuple[NodeKind, int | None]], n_activities: int) -> tuple[Figure, ...]:
    """Figures: the first task of an activity has its code as number, all else a number beyond the codes."""
    taken: set[int] = set()
    figures, following = [], n_activities
    for kind, label in parts:
        if label is not None and label not in taken:
            taken.add(label)
            figures.append(Figure(label, kind, label))
        else:
            figures.append(Figure(following, kind, label))
            following += 1
    return tuple(figures)


class Wait(Struct, frozen=True, array_like=True):
    """One wait of a run: on which flow, from which event of the trace to which."""

    flow: int
    since: int
    until: int


class Passed(Struct, frozen=True):
    """What a run passed: flows and nodes with how often, and the waits before its events."""

    flows: Counter[int]
    nodes: Counter[int]
    waits: tuple[Wait, ...]


def follow(chart: Flowchart, run: Iterable[int], events: Sequence[int]) -> Passed:
    """Fire a run and see what it passes. A token carries the number of the last event behind it.

    events: by visible transition of the run the event that it stands for; -1 for one that only the model has, which passes no node.
    """
    tokens: dict[int, list[int]] = {chart.net.source: [-1]}
    flows, nodes = Counter[int](), Counter[int]()
    waits: list[Wait] = []
    upcoming = iter(events)
    for number in run:
        one, passing = chart.net.transitions[number], chart.passings[number]
        since = [tokens[place].pop(0) for place in one.before]
        carried = max(since, default=-1)
        event = next(upcoming) if one.label is not None else -1
        flows.update(passing.flows)
        nodes.update(passing.nodes if one.label is None or event >= 0 else passing.nodes[1:])
        if event >= 0:
            came = zip(one.before, since, strict=True)
            waits += [Wait(passing.came_on[place], before, event) for place, before in came if 0 <= before < event]
            carried = max(event, carried)
        for place in one.after:
            tokens.setdefault(place, []).append(carried)
    return Passed(flows, nodes, tuple(waits))
