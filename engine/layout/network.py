"""The view as the layout walks it: nodes numbered by step code, arcs by frequency, so that no order depends on the caller's."""

from __future__ import annotations

from dataclasses import dataclass

from engine.layout.values import Graph, GraphArc, GraphStep, Weight
from engine.process_map.values import END, START


@dataclass(frozen=True, slots=True)
class Network:
    """Nodes 0..n-1 are the steps by rising code, n is the start mark and n + 1 the end mark.

    arcs by falling count, with their (source node, target node) in `ends`. weight[u][v]: transitions of the whole log among these nodes.
    apart: no arcs share a trunk.
    """

    steps: tuple[GraphStep, ...]
    arcs: tuple[GraphArc, ...]
    ends: tuple[tuple[int, int], ...]
    weight: tuple[dict[int, int], ...]
    apart: bool = False

    @property
    def n(self) -> int:
        """Number of steps."""
        return len(self.steps)

    @property
    def start(self) -> int:
        """Node of the start mark."""
        return len(self.steps)

    @property
    def end(self) -> int:
        """Node of the end mark."""
        return len(self.steps) + 1

    def between(self, first: int, second: int) -> int:
        """Transitions in both directions."""
        return self.weight[first].get(second, 0) + self.weight[second].get(first, 0)


def read_network(graph: Graph) -> Network:
    """Number a graph's nodes; arcs that are self-loops or touch a step that is not shown are left out."""
    steps = {step.step: step for step in sorted(graph.steps, key=lambda step: step.step)}
    node = {code: index for index, code in enumerate(steps)}
    sources, targets = {**node, START: len(node)}, {**node, END: len(node) + 1}

    def known(source: int, target: int) -> bool:
        return source != target and source in sources and target in targets

    weight: tuple[dict[int, int], ...] = tuple({} for _ in range(len(node) + 2))
    weights = graph.weights or tuple(Weight(arc.source, arc.target, arc.count) for arc in graph.arcs)
    for one in sorted(weights, key=lambda one: (one.source, one.target)):
        if known(one.source, one.target) and one.count > 0:
            row, target = weight[sources[one.source]], targets[one.target]
            row[target] = row.get(target, 0) + one.count
    return with_arcs(Network(tuple(steps.values()), (), (), weight), graph)


def with_arcs(network: Network, graph: Graph) -> Network:
    """The same nodes and weights, with the arcs that a graph of these steps shows."""
    node = {step.step: index for index, step in enumerate(network.steps)}
    sources, targets = {**node, START: network.start}, {**node, END: network.end}
    arcs = sorted(
        (arc for arc in graph.arcs if arc.source != arc.target and arc.source in sources and arc.target in targets),
        key=lambda arc: (-arc.count, arc.source, arc.target, arc.label),
    )
    ends = tuple((sources[arc.source], targets[arc.target]) for arc in arcs)
    return Network(network.steps, tuple(arcs), ends, network.weight, graph.apart)
