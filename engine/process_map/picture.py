"""What the layout is given: the map's cards and lanes with their texts and widths, and the whole log that positions depend on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.layout.values import Graph, GraphArc, GraphStep, Weight
from engine.log.variants import VariantIndex
from engine.process_map.frequencies import Frequencies
from engine.process_map.metrics import card_line, largest_count, line_width, path_texts
from engine.process_map.values import END, START, ProcessMap
from engine.texts import Texts


@dataclass(frozen=True)
class Landscape:
    """What positions depend on, whatever is filtered: arcs and mean relative positions (0..1) of all steps of the whole log, its most
    frequent variant, and the median number of different steps in a case."""

    weights: tuple[Weight, ...]
    main_variant: tuple[int, ...]
    main_variant_cases: int
    median_distinct_steps: float
    positions: dict[int, float]
    n_cases: int


def survey(frequencies: Frequencies, variants: VariantIndex) -> Landscape:
    """The landscape of the whole log."""
    arcs = zip(frequencies.source.tolist(), frequencies.target.tolist(), frequencies.count.tolist(), strict=True)
    return Landscape(
        weights=tuple(Weight(source, target, count) for source, target, count in arcs if source != target),
        main_variant=variants.sequence(0) if variants.n_variants else (),
        main_variant_cases=int(variants.counts[0]) if variants.n_variants else 0,
        median_distinct_steps=_median_distinct(variants),
        positions=_mean_positions(variants, len(frequencies.step_cases)),
        n_cases=frequencies.n_cases,
    )


def build_graph(process_map: ProcessMap, landscape: Landscape, texts: Texts) -> Graph:
    """The graph of one view. Line widths follow the number of transitions, relative to the largest drawn path."""
    largest = largest_count(process_map.paths)
    least = min((path.occurrences for path in process_map.paths if path.source != START and path.target != END), default=1)
    shown = {step.step for step in process_map.steps} | {START, END}
    return Graph(
        steps=tuple(
            GraphStep(step.step, step.name, step.cases, card_line(step, process_map.n_cases, least, texts)) for step in process_map.steps
        ),
        arcs=tuple(
            GraphArc(
                path.source,
                path.target,
                path.occurrences,
                line_width(path.occurrences, largest),
                *path_texts(path, process_map.label, process_map.second, texts),
            )
            for path in process_map.paths
        ),
        weights=tuple(weight for weight in landscape.weights if weight.source in shown and weight.target in shown),
        main_variant=landscape.main_variant,
        main_variant_cases=landscape.main_variant_cases,
        median_distinct_steps=landscape.median_distinct_steps,
        positions={step: position for step, position in landscape.positions.items() if step in shown},
        n_cases=landscape.n_cases,
    )


def _mean_positions(variants: VariantIndex, n_activities: int) -> dict[int, float]:
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
