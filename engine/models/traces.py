"""What a miner is given: the variants of a selection with the steps that the model is to have and no others, each sequence once."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.log.kernels import group_sequences, rows_of_runs
from engine.log.variants import VariantIndex
from engine.tasks import Task

Ints = NDArray[np.int64]
Rows = NDArray[np.int32]
NO_TRACE = -1


@dataclass(frozen=True, eq=False)
class Traces:
    """Sequences of activity codes, and which variants they stand for.

    Trace t is codes[offsets[t]:offsets[t + 1]]. counts: cases by trace. trace_of: by variant its trace, NO_TRACE for one that no selected
    case has or that has none of the steps. events, begins: variant v keeps its events events[begins[v]:begins[v + 1]] (0: its first).
    """

    codes: NDArray[np.unsignedinteger]
    offsets: Ints
    counts: Ints
    trace_of: Ints
    events: Ints
    begins: Ints

    def spread(self, rows: Rows, events_from: int | None = None) -> Rows:
        """Rows whose first column is a trace, rising, as rows of every variant that the trace stands for.

        events_from: the columns from this one on are events of the trace, and become events of the variant.
        """
        present = np.flatnonzero(self.trace_of != NO_TRACE)
        heads = np.searchsorted(rows[:, 0], np.arange(len(self.counts) + 1))
        taken, local = rows_of_runs(self.trace_of[present], heads)
        found = rows[taken]
        found[:, 0] = present[local]
        if events_from is not None:
            found[:, events_from:] = self.events[self.begins[found[:, 0]][:, None] + found[:, events_from:]]
        return found


def take_traces(variants: VariantIndex, weights: Ints, steps: Collection[int] | None, task: Task) -> Traces:
    """The traces of the variants that have cases. weights: cases by variant. steps: codes that are kept, None for all."""
    wanted = np.ones(variants.n_activities, np.bool_)
    if steps is not None:
        wanted = np.isin(np.arange(variants.n_activities), list(steps))
    is_kept = wanted[variants.sequences]
    begins = np.concatenate([np.zeros(1, np.int64), np.cumsum(is_kept)])[variants.offsets]
    sizes = np.diff(variants.offsets)
    events = (np.arange(len(variants.sequences)) - np.repeat(variants.offsets[:-1], sizes))[is_kept]
    present = np.flatnonzero((weights > 0) & (np.diff(begins) > 0))
    task.check()
    rows, _ = rows_of_runs(present, begins)
    codes, ends = variants.sequences[is_kept][rows], np.cumsum(np.diff(begins)[present])
    offsets = np.concatenate([np.zeros(1, np.int64), ends])
    group, first = group_sequences(codes, offsets, task)
    order = np.argsort(first)
    trace_of = np.full(variants.n_variants, NO_TRACE, np.int64)
    trace_of[present] = np.argsort(order)[group]
    rows, _ = rows_of_runs(first[order], offsets)
    lengths = np.diff(offsets)[first[order]]
    counts = np.bincount(trace_of[present], weights[present], len(first)).astype(np.int64)
    return Traces(codes[rows], np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)]), counts, trace_of, events, begins)
