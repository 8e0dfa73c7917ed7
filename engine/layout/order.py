"""The straight spine, and the linear order of the steps that says which arcs run forward."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from engine.layout.concurrency import concurrent_steps, merged_weights
from engine.layout.network import Network
from engine.layout.values import Graph, SpineReason
from engine.tasks import Task

MAIN_VARIANT_SHARE = 0.03
CHAIN_SHARE = 0.04
GAP_SHARE = 0.1
AGAINST_SHARE = 0.2
SAME_PLACE = 0.04
LOOP_KEPT = 0.8
WEAK_SHARE = 0.1
SIFTING_ROUNDS = 3


def choose_spine(graph: Graph, network: Network) -> tuple[list[int], SpineReason]:
    """Nodes of the most frequent variant without repeats, or of the strongest chain where that variant says too little.

    A line of one step says too little where there are others.
    """
    node = {step.step: index for index, step in enumerate(network.steps)}
    variant = list(dict.fromkeys(graph.main_variant))
    spine = [node[step] for step in variant if step in node]
    speaks = graph.main_variant_cases >= MAIN_VARIANT_SHARE * graph.n_cases and 2 * len(variant) >= graph.median_distinct_steps
    if spine and speaks and len(spine) >= min(2, network.n):
        return spine, SpineReason.MAIN_VARIANT
    chain = [node[step] for step in graph.chain if step in node]
    if len(chain) >= min(2, network.n):
        return chain, SpineReason.STRONGEST_CHAIN
    return strongest_chain(graph, network), SpineReason.STRONGEST_CHAIN


def strongest_chain(graph: Graph, network: Network, through: Sequence[int] = ()) -> list[int]:
    """The chain of greatest total frequency along the steps' places in the cases, over arcs of at least 4 % of the cases.

    After a step from which no such arc leads on, because its followers are hidden, it may go on at any later step. It is a single step
    only where no chain is longer. Of steps that are concurrent it takes the one that leads. It runs through all nodes of `through`, in
    their order, whether or not an arc leads from one to the next.
    """
    if not network.n:
        return []
    least = max(1.0, CHAIN_SHARE * graph.n_cases)
    gap = round(GAP_SHARE * graph.n_cases)
    beside = concurrent_steps(network, graph.n_cases)
    weight = merged_weights(network, beside)
    walk = along_the_flow(graph, network, weight, [node for node in by_position(graph, network) if node not in beside or node in through])
    onward = dict(pairwise(through))
    wanted = iter(through)
    walk = [next(wanted) if node in through else node for node in walk]
    bonus = dict.fromkeys(through, 1 + sum(sum(row.values()) for row in network.weight) + gap * network.n)
    leads_on = {one for place, one in enumerate(walk) if any(weight[one].get(later, 0) >= least for later in walk[place + 1 :])}
    best: dict[int, tuple[int, int]] = {}
    for place, node in enumerate(walk):
        first = weight[network.start].get(node, 0)
        best[node] = ((first if first >= least else 0) + bonus.get(node, 0), -1)
        for before in walk[:place]:
            count = weight[before].get(node, 0)
            if count < least and before in leads_on and onward.get(before) != node:
                continue
            total = best[before][0] + (count if count >= least else -gap) + bonus.get(node, 0)
            if total > best[node][0]:
                best[node] = (total, before)

    def whole(node: int) -> tuple[int, int, int]:
        last = weight[node].get(network.end, 0)
        return best[node][0] + (last if last >= least else 0), network.steps[node].cases, -node

    longer = [node for node in walk if best[node][1] >= 0]
    chain = [max(longer or walk, key=whole)]
    while best[chain[-1]][1] >= 0:
        chain.append(best[chain[-1]][1])
    return chain[::-1]


def by_position(graph: Graph, network: Network) -> list[int]:
    """Nodes by mean relative position in the case, ties by code."""
    return sorted(range(network.n), key=lambda node: (graph.positions.get(network.steps[node].step, 0.5), node))


def along_the_flow(graph: Graph, network: Network, weight: Sequence[Mapping[int, int]], nodes: list[int]) -> list[int]:
    """Nodes by mean position, but neighbours at nearly the same one, or often the other way round, as they follow each other more often."""
    walk, same_place = list(nodes), min(SAME_PLACE, 1 / max(1, network.n))
    place_of = [graph.positions.get(step.step, 0.5) for step in network.steps]
    for _ in walk:
        swapped = False
        for place in range(len(walk) - 1):
            one, other = walk[place], walk[place + 1]
            back = weight[other].get(one, 0) - weight[one].get(other, 0)
            close = abs(place_of[one] - place_of[other]) < same_place
            if back > 0 and (close or back >= AGAINST_SHARE * graph.n_cases):
                walk[place], walk[place + 1] = other, one
                swapped = True
        if not swapped:
            break
    return walk


def linear_order(graph: Graph, network: Network, spine: list[int], beside: dict[int, int], task: Task) -> list[int]:
    """All nodes in one line with as many transitions forward as can be found; the spine keeps its order.

    Strongest related nodes are inserted first, then sifted (Matuszewski, Schönfeld and Molitor 1999, here on arc directions). A concurrent
    step stands right behind the one that leads it. Raises Cancelled.
    """
    n = network.n
    flow = np.zeros((n, n), dtype=np.int64)
    for source, row in enumerate(merged_weights(network, beside)[:n]):
        for target, count in row.items():
            if target < n:
                flow[source, target] = count
    order, moving = list(spine), []
    tie = [(graph.positions.get(network.steps[node].step, 0.5), node) for node in range(n)]
    near = flow[spine].sum(axis=0) + flow[:, spine].sum(axis=1)
    left = sorted(set(range(n)) - set(spine) - beside.keys(), key=lambda node: tie[node])
    while left:
        task.check()
        node = max(left, key=lambda one: (int(near[one]), -tie[one][0], -one))
        left.remove(node)
        _insert(order, node, flow, [place for place, _ in tie])
        moving.append(node)
        near += flow[node] + flow[:, node]
    for _ in range(SIFTING_ROUNDS):
        before = list(order)
        for node in moving:
            task.check()
            _sift(order, node, flow)
        if order == before:
            break
    for node in moving:
        _settle_loop(order, node, flow)
    for node in sorted(beside, reverse=True):
        order.insert(order.index(beside[node]) + 1, node)
    return order


def _forward_by_place(others: list[int], node: int, flow: NDArray[np.int64]) -> NDArray[np.int64]:
    """Forward transitions of `node` with the others when it stands before others[p], for p = 0..len(others)."""
    out = flow[node, others]
    gain = flow[others, node] - out
    value: NDArray[np.int64] = np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(gain))) + out.sum()
    return value


def _insert(order: list[int], node: int, flow: NDArray[np.int64], places: list[float]) -> None:
    """Put a new node where most transitions with the placed ones run forward, near-ties right after its strongest predecessor.

    A node with hardly any transitions to the placed ones goes by its place in the cases.
    """
    value = _forward_by_place(order, node, flow)
    placed = int(flow[order, node].sum() + flow[node, order].sum())
    if placed <= WEAK_SHARE * int(flow[node].sum() + flow[:, node].sum()):
        order.insert(_by_place(order, node, places), node)
        return
    best = np.flatnonzero(value == value.max())
    strongest = int(np.argmax(flow[order, node]))
    if flow[order[strongest], node]:
        wanted = strongest + 1
        place = wanted if value[wanted] >= LOOP_KEPT * value.max() else int(best[np.argmin(np.abs(best - wanted))])
    else:
        place = int(best[-1])
    order.insert(place, node)


def _by_place(order: list[int], node: int, places: list[float]) -> int:
    """The index at which fewest steps stand on the wrong side of a new one, by mean position."""
    later = np.array([places[other] > places[node] for other in order], dtype=np.int64)
    misplaced = np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(2 * later - 1)))
    return int(np.argmin(misplaced))


def _sift(order: list[int], node: int, flow: NDArray[np.int64]) -> None:
    now = order.index(node)
    order.remove(node)
    value = _forward_by_place(order, node, flow)
    if value.max() > value[now]:
        best = np.flatnonzero(value == value.max())
        now = int(best[np.argmin(np.abs(best - now))])
    order.insert(now, node)


def _settle_loop(order: list[int], node: int, flow: NDArray[np.int64]) -> None:
    """A rarer node of a nearly balanced loop stands right after its strongest predecessor."""
    before = int(np.argmax(flow[:, node]))
    now = order.index(node)
    if not flow[before, node] or flow[before].sum() < flow[node].sum() or order.index(before) < now:
        return
    order.remove(node)
    value = _forward_by_place(order, node, flow)
    wanted = order.index(before) + 1
    order.insert(wanted if value[wanted] >= LOOP_KEPT * value[now] else now, node)
