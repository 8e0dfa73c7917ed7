"""Rows before cards are placed: the longest path over the backbone, with the spine stretched only by strong side arcs."""

from __future__ import annotations

from engine.layout.network import Network

STRETCH_SHARE = 0.06
LEADING = 0.25


def backbone(network: Network, order: list[int], beside: dict[int, int]) -> list[tuple[int, int]]:
    """Each node's strongest forward arc in, and out where it is a fair part of what reaches its target; sorted along the linear order.

    Arcs among concurrent steps count for nothing.
    """
    place = {node: index for index, node in enumerate(order)}
    kept: set[tuple[int, int]] = set()
    strongest_in: dict[int, tuple[int, int]] = {}
    leading: list[tuple[int, int, int]] = []
    for source in order:
        best = (0, 0, -1)
        for target, count in network.weight[source].items():
            alike = beside.get(source, source) == beside.get(target, target)
            if target < network.n and place[source] < place[target] and not alike:
                best = max(best, (count, -place[target], target))
                strongest_in[target] = max(strongest_in.get(target, (0, -1)), (count, source))
        if best[2] >= 0:
            leading.append((source, best[2], best[0]))
    kept.update((source, target) for target, (_, source) in strongest_in.items())
    fed = {target for _, target in kept}
    kept.update((source, target) for source, target, count in leading if source not in fed or count >= LEADING * strongest_in[target][0])
    return sorted(kept, key=lambda arc: (place[arc[0]], place[arc[1]]))


def rank_rows(network: Network, order: list[int], spine: list[int], arcs: list[tuple[int, int]], beside: dict[int, int]) -> list[int]:
    """Row by node, from 0: spine steps one below another, side steps one below what leads to them, other starts above what follows them.

    A step stands in the row of the concurrent one that leads it.
    """
    on_spine = dict(zip(spine[1:], spine, strict=False))
    spine_nodes = set(spine)
    into: dict[int, list[int]] = {}
    out: dict[int, list[int]] = {}
    for source, target in arcs:
        into.setdefault(beside.get(target, target), []).append(source)
        out.setdefault(beside.get(source, source), []).append(target)
    row = [0] * network.n
    for node in order:
        if node in beside:
            row[node] = row[beside[node]]
        elif node in spine_nodes:
            before = on_spine.get(node)
            row[node] = 0 if before is None else row[before] + 1
            strong = STRETCH_SHARE * network.steps[node].cases
            for side in into.get(node, ()):
                if side not in spine_nodes and network.weight[side].get(node, 0) >= strong:
                    row[node] = max(row[node], row[side])
        else:
            row[node] = max((row[before] + 1 for before in into.get(node, ())), default=0)
    for node in reversed(order):
        if node not in spine_nodes and node not in beside and not into.get(node):
            row[node] = max(0, min((row[after] - 1 for after in out.get(node, ())), default=0))
    return [row[beside.get(node, node)] for node in range(network.n)]
