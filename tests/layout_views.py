"""Graphs for the layout's tests, made from traces: the most frequent steps and paths, as the map's sliders choose them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, median

from engine.layout.values import Graph, GraphArc, GraphStep, Weight
from engine.process_map.values import END, START

Trace = tuple[int, ...]


def written(number: int) -> str:
    """A count as the map writes it."""
    return f"{number:,}".replace(",", ".")


@dataclass(frozen=True)
class Process:
    """Step names by code and the traces of a log."""

    names: Sequence[str]
    traces: Sequence[Trace]

    def steps(self, n: int) -> list[int]:
        """The n most frequent steps."""
        occurrences = Counter(step for trace in self.traces for step in trace)
        return [step for step, _ in sorted(occurrences.items(), key=lambda item: (-item[1], item[0]))[:n]]

    def positions(self) -> dict[int, float]:
        """Mean relative place (0..1) in the case of every step of the whole log."""
        places: dict[int, list[float]] = {}
        for trace in self.traces:
            for place, step in enumerate(trace):
                places.setdefault(step, []).append(place / max(1, len(trace) - 1))
        return {step: fmean(every) for step, every in places.items()}

    def view(self, n_steps: int, n_paths: int) -> Graph:
        """The graph of the most frequent steps and paths; every step keeps its strongest way in and out."""
        kept = self.steps(n_steps)
        known = set(kept)
        traces = [trace for trace in (tuple(step for step in trace if step in known) for trace in self.traces) if trace]
        arcs, cases = Counter[tuple[int, int]](), Counter[int]()
        for trace in traces:
            arcs.update(pair for pair in zip((START, *trace), (*trace, END), strict=True) if pair[0] != pair[1])
            cases.update(set(trace))
        variant, variant_cases = Counter(self.traces).most_common(1)[0]
        shown = most_frequent(arcs, n_paths)
        largest = max(arcs.values(), default=1)
        return Graph(
            tuple(GraphStep(step, self.names[step], cases[step], f"{written(cases[step])}   100 %") for step in kept),
            tuple(graph_arc(arc, arcs[arc], largest) for arc in shown),
            tuple(Weight(source, target, count) for (source, target), count in arcs.items()),
            variant,
            variant_cases,
            median(len(set(trace)) for trace in self.traces),
            {step: place for step, place in self.positions().items() if step in known},
            len(self.traces),
        )


def most_frequent(arcs: Counter[tuple[int, int]], n: int) -> list[tuple[int, int]]:
    """The n most frequent arcs with the strongest one into and out of every step."""
    ranked = [arc for arc, _ in sorted(arcs.items(), key=lambda item: (-item[1], item[0]))]
    into, out = {}, {}
    for source, target in reversed(ranked):
        into[target], out[source] = (source, target), (source, target)
    kept = (set(into.values()) | set(out.values())) & set(ranked)
    for arc in ranked:
        if len(kept) >= n:
            break
        kept.add(arc)
    return sorted(kept)


def graph_arc(arc: tuple[int, int], count: int, largest: int) -> GraphArc:
    """An arc with the width and the labels that the map would give it."""
    mark = arc[0] == START or arc[1] == END
    width = (1.5 + 1.1 * (count / largest) ** 0.5) if mark else 1.5 + 5.5 * (count / largest) ** 0.5
    return GraphArc(*arc, count, width, written(count), written(count) if mark else f"{written(count)} · 2,9 d")
