"""What the layout is given: the map's cards and lanes with their texts and widths, and the whole log that positions depend on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import msgspec
import numpy as np
from numpy.typing import NDArray

from engine.layout.labels import plate_size
from engine.layout.network import read_network
from engine.layout.order import strongest_chain
from engine.layout.values import Graph, GraphArc, GraphStep, Label, Lane, LaneKind, MapLayout, Sizes, Weight
from engine.log.variants import VariantIndex
from engine.process_map.frequencies import Frequencies
from engine.process_map.metrics import blunt, card_line, largest_count, line_width, path_texts, round_to_base
from engine.process_map.values import END, START, Path, ProcessMap, Step, Times
from engine.texts import DAY, Texts

WIDEST_DIGIT = "4"
USUAL_EXTREME, USUAL_REPETITIONS = 100 * DAY, 10
"""Numbers as wide as most extremes and repeats."""


@dataclass(frozen=True)
class Landscape:
    """What positions depend on, whatever is filtered: arcs and mean relative positions (0..1) of all steps of the whole log, its most
    frequent variant, the median number of different steps in a case, and the strongest chain."""

    weights: tuple[Weight, ...]
    main_variant: tuple[int, ...]
    main_variant_cases: int
    median_distinct_steps: float
    positions: dict[int, float]
    n_cases: int
    chain: tuple[int, ...] = ()


def survey(frequencies: Frequencies, variants: VariantIndex, steps: Sequence[tuple[int, ...]] = ()) -> Landscape:
    """The landscape of the whole log; its chain is sought among each of the growing sets of steps, and only grows."""
    arcs = zip(frequencies.source.tolist(), frequencies.target.tolist(), frequencies.count.tolist(), strict=True)
    whole = Landscape(
        weights=tuple(Weight(source, target, count) for source, target, count in arcs if source != target),
        main_variant=variants.sequence(0) if variants.n_variants else (),
        main_variant_cases=int(variants.counts[0]) if variants.n_variants else 0,
        median_distinct_steps=_median_distinct(variants),
        positions=mean_positions(variants, len(frequencies.step_cases)),
        n_cases=frequencies.n_cases,
    )
    for among in steps:
        whole = replace(whole, chain=_chain(whole, frequencies, among))
    return whole


def _chain(landscape: Landscape, frequencies: Frequencies, steps: tuple[int, ...]) -> tuple[int, ...]:
    """The strongest chain among some steps through the chain found so far."""
    among = {*steps, START, END}
    graph = Graph(
        steps=tuple(GraphStep(step, "", int(frequencies.step_cases[step]), "") for step in steps),
        arcs=(),
        weights=tuple(weight for weight in landscape.weights if weight.source in among and weight.target in among),
        main_variant=(),
        main_variant_cases=0,
        median_distinct_steps=landscape.median_distinct_steps,
        positions=landscape.positions,
        n_cases=landscape.n_cases,
    )
    network = read_network(graph)
    node_of = {step.step: node for node, step in enumerate(network.steps)}
    through = [node_of[step] for step in landscape.chain if step in node_of]
    return tuple(network.steps[node].step for node in strongest_chain(graph, network, through))


def build_graph(process_map: ProcessMap, landscape: Landscape, texts: Texts) -> Graph:
    """The graph of one view. Line widths follow the number of transitions, relative to the largest drawn path.

    Its texts only keep room: they are as wide as any with as many digits, so that no exact number can be read from where things stand.
    `write_labels` puts the real ones there.
    """
    largest = largest_count(process_map.paths)
    least = min((path.occurrences for path in process_map.paths if path.source != START and path.target != END), default=1)
    shown = {step.step for step in process_map.steps} | {START, END}
    return Graph(
        steps=tuple(_step(step, process_map, least, texts) for step in process_map.steps),
        arcs=tuple(_arc(path, process_map, largest, texts) for path in process_map.paths),
        weights=tuple(weight for weight in landscape.weights if weight.source in shown and weight.target in shown),
        main_variant=landscape.main_variant,
        main_variant_cases=landscape.main_variant_cases,
        chain=landscape.chain,
        median_distinct_steps=landscape.median_distinct_steps,
        positions={step: position for step, position in landscape.positions.items() if step in shown},
        n_cases=landscape.n_cases,
    )


def _step(step: Step, process_map: ProcessMap, least: int, texts: Texts) -> GraphStep:
    coarse = _coarse_step(step)
    line = card_line(coarse, process_map.repeats(coarse), process_map.n_cases, least, texts)
    return GraphStep(step.step, step.name, step.cases, _room(line))


def _arc(path: Path, process_map: ProcessMap, largest: int, texts: Texts) -> GraphArc:
    label, spine_label = path_texts(_coarse_path(path), process_map.label, process_map.second, texts)
    return GraphArc(path.source, path.target, path.occurrences, line_width(path.occurrences, largest), _room(label), _room(spine_label))


def write_labels(layout: MapLayout, process_map: ProcessMap, texts: Texts, sizes: Sizes) -> MapLayout:
    """The layout of this map's steps and paths (others are left out) with line widths and labels from the map's own numbers."""
    steps = {step.step for step in process_map.steps}
    paths = {(path.source, path.target): path for path in process_map.paths}
    largest = largest_count(process_map.paths)

    def lane(placed: Lane) -> Lane:
        path, on_spine = paths[placed.source, placed.target], placed.kind is LaneKind.SPINE
        text = path_texts(path, process_map.label, process_map.second, texts)[on_spine]
        label = rewritten(placed.label, text, sizes, on_spine and not layout.landscape)
        return msgspec.structs.replace(placed, width=line_width(path.occurrences, largest), label=label)

    return msgspec.structs.replace(
        layout,
        cards=tuple(card for card in layout.cards if card.step in steps),
        lanes=tuple(lane(one) for one in layout.lanes if (one.source, one.target) in paths),
        spine=tuple(step for step in layout.spine if step in steps),
    )


def rewritten(label: Label | None, text: str, sizes: Sizes, keep_left: bool) -> Label | None:
    """The plate with another text, on the same centre or, beside the spine, with the same left edge."""
    if label is None or not text:
        return None
    width, height = plate_size(text, sizes)
    x = round(label.x - label.width / 2, 1) + width / 2 if keep_left else label.x
    return Label(text, x, label.y, width, height)


def _room(text: str) -> str:
    """The text with its widest digit in every digit's place."""
    return "".join(WIDEST_DIGIT if sign.isdigit() else sign for sign in text)


def _coarse_step(step: Step) -> Step:
    counts = {"cases": round_to_base(step.cases), "occurrences": round_to_base(step.occurrences)}
    return msgspec.structs.replace(step, self_loops=round_to_base(step.self_loops), **counts)


def _coarse_path(path: Path) -> Path:
    """The path with numbers no finer than its guarded twin's; extremes and repeats, which the twin replaces, take a usual width.

    Rework takes the room of all transitions, whether there is any or not.
    """
    times = path.times
    if times is not None:
        times = Times(times.n, blunt(times.median), blunt(times.mean), blunt(times.p90), USUAL_EXTREME, USUAL_EXTREME, blunt(times.total))
    counts = {"cases": round_to_base(path.cases), "occurrences": round_to_base(path.occurrences), "max_repetitions": USUAL_REPETITIONS}
    rework = None if path.rework is None else counts["occurrences"]
    return msgspec.structs.replace(path, times=times, rework=rework, **counts)


def mean_positions(variants: VariantIndex, n_activities: int) -> dict[int, float]:
    """Mean place of each step between the first (0) and the last (1) event of its case, over all events."""
    sizes = np.diff(variants.offsets)
    variant = np.repeat(np.arange(variants.n_variants), sizes)
    place = np.arange(len(variants.sequences)) - variants.offsets[variant]
    relative = place / np.maximum(sizes[variant] - 1, 1)
    codes, weight = variants.sequences.astype(np.int64), variants.counts[variant].astype(float)
    total = np.bincount(codes, weight, n_activities)
    sums = np.bincount(codes, weight * relative, n_activities)
    return {int(step): float(sums[step] / total[step]) for step in np.flatnonzero(total)}


def _median_distinct(variants: VariantIndex) -> float:
    """Median over the cases of the number of different steps."""
    if not variants.n_variants:
        return 0.0
    distinct = np.bincount(variants.steps.variant, minlength=variants.n_variants)
    return weighted_median(distinct, variants.counts)


def weighted_median(values: NDArray[np.int64], counts: Sequence[int] | NDArray[np.int64]) -> float:
    """The median of values that each stand for `counts` observations."""
    order = np.argsort(values, kind="stable")
    below = np.cumsum(np.asarray(counts)[order])
    n = int(below[-1])
    middle = [int(values[order[np.searchsorted(below, at, side="right")]]) for at in ((n - 1) // 2, n // 2)]
    return sum(middle) / 2
