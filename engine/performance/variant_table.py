"""Variants of a selection: cases, median duration, and how few of them cover most of the cases."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import NDArray

from engine.log.event_log import EventLog
from engine.log.statistics import case_durations
from engine.log.variants import VariantIndex
from engine.service.messages import Variant

Ints = NDArray[np.int64]
CURVE_POINTS = 200


@dataclass(frozen=True, eq=False)
class VariantCases:
    """The cases of each variant: variant v has cases[offsets[v]:offsets[v + 1]]; durations in seconds by case, nan without times."""

    cases: Ints
    offsets: Ints
    durations: NDArray[np.float64]


def group_by_variant(log: EventLog, variants: VariantIndex) -> VariantCases:
    """The cases of each variant of a log."""
    offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(variants.counts)])
    return VariantCases(np.argsort(variants.case_variant, kind="stable"), offsets, case_durations(log))


def rank_variants(variants: VariantIndex, mask: NDArray[np.bool_] | None) -> tuple[Ints, Ints]:
    """Variants with cases in the mask, most frequent first (ties as in the whole log), and their cases."""
    counts = variants.count_cases(mask)
    present = np.flatnonzero(counts)
    order = present[np.argsort(-counts[present], kind="stable")]
    return order, counts[order]


def describe_variants(
    variants: VariantIndex, groups: VariantCases, mask: NDArray[np.bool_] | None, page: Ints, counts: Ints
) -> tuple[Variant, ...]:
    """The variants of one page; `rank` is the variant's rank in the whole log, as in the case table."""
    return tuple(
        Variant(int(one) + 1, int(count), variants.sequence(int(one)), _median(groups, int(one), mask))
        for one, count in zip(page, counts, strict=True)
    )


def _median(groups: VariantCases, variant: int, mask: NDArray[np.bool_] | None) -> float | None:
    cases = groups.cases[groups.offsets[variant] : groups.offsets[variant + 1]]
    seconds = groups.durations[cases if mask is None else cases[mask[cases]]]
    seconds = seconds[~np.isnan(seconds)]
    return float(np.median(seconds)) if len(seconds) else None


def coverage_curve(counts: Ints) -> tuple[tuple[int, float], ...]:
    """At most 200 points (number of variants, share of the cases they cover) of falling counts; the first and the last are among them."""
    if not len(counts):
        return ()
    share = np.cumsum(counts) / counts.sum()
    places = np.unique(np.geomspace(1, len(counts), CURVE_POINTS).round().astype(np.int64))
    return tuple((int(n), float(share[n - 1])) for n in places)


def variants_for(counts: Ints, share: float) -> int:
    """The fewest variants that cover a share of the cases; 0 without cases."""
    if not len(counts):
        return 0
    return int(np.searchsorted(np.cumsum(counts), ceil(float(counts.sum()) * share - 1e-9))) + 1
