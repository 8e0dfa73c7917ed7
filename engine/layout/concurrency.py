"""Steps that follow one another in both orders nearly equally often: neither stands above the other on the map."""

from __future__ import annotations

from engine.layout.network import Network

BALANCE = 0.25
CASE_SHARE = 0.15


def concurrent_steps(network: Network, n_cases: int) -> dict[int, int]:
    """The step beside which a step belongs, by node.

    Two steps are concurrent when |ab - ba| / (ab + ba) is at most 0.25 (Augusto, Conforti, Dumas, La Rosa and Polyvyanyy 2017, "Split
    Miner") and there are at least 15 % as many transitions in each order as cases. The step of more cases leads, ties by code; a step that
    is led leads no other.
    """
    pairs = []
    least = max(1.0, CASE_SHARE * n_cases)
    for one in range(network.n):
        for other, there in network.weight[one].items():
            back = network.weight[other].get(one, 0) if one < other < network.n else 0
            if min(there, back) >= least and abs(there - back) <= BALANCE * (there + back):
                pairs.append((there + back, one, other))
    beside: dict[int, int] = {}
    leading: set[int] = set()
    for _, one, other in sorted(pairs, key=lambda pair: (-pair[0], pair[1], pair[2])):
        leader, led = sorted((one, other), key=lambda node: (node not in leading, -network.steps[node].cases, node))
        if leader not in beside and led not in beside and led not in leading:
            beside[led] = leader
            leading.add(leader)
    return beside


def merged_weights(network: Network, beside: dict[int, int]) -> tuple[dict[int, int], ...]:
    """Transitions by node as if each concurrent step were the one that leads it; among such steps there are none."""
    merged: tuple[dict[int, int], ...] = tuple({} for _ in network.weight)
    for source, row in enumerate(network.weight):
        one = beside.get(source, source)
        for target, count in row.items():
            other = beside.get(target, target)
            if one != other:
                merged[one][other] = merged[one].get(other, 0) + count
    return merged
