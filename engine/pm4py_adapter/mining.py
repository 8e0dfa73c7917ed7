"""pm4py's inductive and heuristics miners: from variants to a Petri net as our own value.

Activities go in as numbered labels, so that nothing pm4py does depends on their names.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.pm4py_adapter.discovery import quiet

Trace = tuple[int, ...]


@dataclass(frozen=True)
class MinedNet:
    """A workflow net as pm4py gave it: places 0..n_places-1, of which `source` is marked first and `sink` last.

    transitions: the activity's code (None for a silent one), its input and its output places.
    """

    n_places: int
    transitions: tuple[tuple[int | None, tuple[int, ...], tuple[int, ...]], ...]
    source: int
    sink: int


def mine_inductive(variants: Mapping[Trace, int], noise: float) -> MinedNet:
    """The Petri net of the inductive miner (noise 0: IM, which replays every variant; above: IMf).

    Leemans, Fahland and van der Aalst 2013 and 2014. variants: codes and cases.
    """
    with quiet():
        from pm4py.algo.discovery.inductive.dtypes.im_ds import IMDataStructureUVCL
        from pm4py.algo.discovery.inductive.variants.im import IMUVCL
        from pm4py.algo.discovery.inductive.variants.imf import IMFUVCL
        from pm4py.objects.conversion.process_tree.variants import to_petri_net
        from pm4py.objects.process_tree.utils import generic

        log = Counter({tuple(_label(code) for code in trace): count for trace, count in sorted(variants.items())})
        parameters = {"noise_threshold": noise, "multiprocessing": False}
        miner = (IMFUVCL if noise > 0 else IMUVCL)(parameters)
        tree = generic.fold(miner.apply(IMDataStructureUVCL(log), parameters))
        generic.tree_sort(tree)
        return _convert(*to_petri_net.apply(tree))


def mine_heuristics(variants: Mapping[Trace, int], noise: float) -> MinedNet:
    """The Petri net of the heuristics miner (Weijters, van der Aalst and Alves de Medeiros 2006).

    noise: transitions rarer than this share of the most frequent one beside them do not count (pm4py's pre-cleaning).
    """
    with quiet():
        from pm4py.algo.discovery.heuristics.variants import classic
        from pm4py.objects.conversion.heuristics_net.variants import to_petri_net

        direct, second, triples = _count_windows(variants)
        occurrences: Counter[str] = Counter()
        for trace, count in variants.items():
            for code in trace:
                occurrences[_label(code)] += count
        start, end = Counter[str](), Counter[str]()
        for trace, count in variants.items():
            start[_label(trace[0])] += count
            end[_label(trace[-1])] += count
        found = classic.apply_heu_dfg(
            dict(direct),
            activities=sorted(occurrences),
            activities_occurrences=dict(occurrences),
            start_activities=dict(start),
            end_activities=dict(end),
            dfg_window_2=dict(second),
            freq_triples=dict(triples),
            parameters={classic.Parameters.DFG_PRE_CLEANING_NOISE_THRESH: noise},
        )
        return _convert(*to_petri_net.apply(found))


def _count_windows(variants: Mapping[Trace, int]) -> tuple[Counter[Any], Counter[Any], Counter[Any]]:
    """Pairs of steps that follow directly, pairs with one step between, and threes."""
    direct, second, triples = Counter[Any](), Counter[Any](), Counter[Any]()
    for trace, count in variants.items():
        labels = [_label(code) for code in trace]
        for at in range(1, len(labels)):
            direct[labels[at - 1], labels[at]] += count
        for at in range(2, len(labels)):
            second[labels[at - 2], labels[at]] += count
            triples[labels[at - 2], labels[at - 1], labels[at]] += count
    return direct, second, triples


def _label(code: int) -> str:
    return f"{code:06d}"


def _convert(net: Any, initial: Any, final: Any) -> MinedNet:
    """pm4py's net with its places and transitions in an order that does not depend on the run."""
    places, transitions = list(net.places), list(net.transitions)
    colour = _refine(places, transitions, {next(iter(initial)): "source", next(iter(final)): "sink"})
    places.sort(key=lambda place: colour[place])
    number = {place: at for at, place in enumerate(places)}

    def convert(transition: Any) -> tuple[int | None, tuple[int, ...], tuple[int, ...]]:
        before = tuple(sorted(number[arc.source] for arc in transition.in_arcs for _ in range(arc.weight)))
        after = tuple(sorted(number[arc.target] for arc in transition.out_arcs for _ in range(arc.weight)))
        return None if transition.label is None else int(transition.label), before, after

    found = sorted(map(convert, transitions), key=lambda one: (one[0] is None, one[0] or 0, one[1], one[2]))
    return MinedNet(len(places), tuple(found), number[next(iter(initial))], number[next(iter(final))])


def _refine(places: Sequence[Any], transitions: Sequence[Any], known: Mapping[Any, str]) -> dict[Any, tuple[int, str]]:
    """A rank for every place from what stands around it, in ever wider circles (colour refinement)."""
    rank: dict[Any, int] = {}
    start = {place: known.get(place, "") for place in places} | {one: one.label or "~" for one in transitions}
    rank = _ranked({node: (name,) for node, name in start.items()})
    for _ in range(len(rank)):
        around = {
            node: (
                rank[node],
                tuple(sorted(rank[arc.source] for arc in node.in_arcs)),
                tuple(sorted(rank[arc.target] for arc in node.out_arcs)),
            )
            for node in rank
        }
        finer = _ranked(around)
        if len(set(finer.values())) == len(set(rank.values())):
            break
        rank = finer
    return {place: (rank[place], place.name) for place in places}


def _ranked(keys: Mapping[Any, tuple[Any, ...]]) -> dict[Any, int]:
    order = {key: at for at, key in enumerate(sorted(set(keys.values())))}
    return {node: order[key] for node, key in keys.items()}
