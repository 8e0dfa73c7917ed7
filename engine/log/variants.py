"""The variant index: every distinct activity sequence with its cases. Frequencies of any case filter follow from it alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.log import kernels
from engine.log.event_log import EventLog
from engine.log.kernels import Ints
from engine.tasks import Task


@dataclass(frozen=True, eq=False)
class Repetitions:
    """How often each of n_keys things (steps, arcs) occurs in each variant that has it, sorted by key; int64.

    keys: shape (n_keys,). heads: first entry of each key, shape (n_keys,). variant, times: shape (n_entries,).
    """

    keys: Ints
    heads: Ints
    variant: Ints
    times: Ints


@dataclass(frozen=True, eq=False)
class VariantIndex:
    """The variants of a log, most frequent first, ties by first appearance.

    sequences: activity codes of all variants, flat; variant v is sequences[offsets[v]:offsets[v + 1]]. counts: cases, int64, shape
    (n_variants,). case_variant: int32, shape (n_cases,). steps, arcs: their repetitions per variant; an arc's key is
    source · n_activities + target.
    """

    sequences: NDArray[np.unsignedinteger]
    offsets: Ints
    counts: Ints
    case_variant: NDArray[np.int32]
    steps: Repetitions
    arcs: Repetitions

    @property
    def n_variants(self) -> int:
        """Number of variants."""
        return len(self.counts)

    def sequence(self, variant: int) -> tuple[int, ...]:
        """The activity codes of one variant."""
        return tuple(self.sequences[self.offsets[variant] : self.offsets[variant + 1]].tolist())

    def count_cases(self, mask: NDArray[np.bool_] | None) -> Ints:
        """Cases of each variant within the mask (None: all), int64, shape (n_variants,)."""
        if mask is None:
            return self.counts
        return np.bincount(self.case_variant[mask], minlength=self.n_variants)

    def having(self, activity: int) -> NDArray[np.bool_]:
        """Which variants have the activity (its code), shape (n_variants,)."""
        having = np.zeros(self.n_variants, np.bool_)
        at = int(np.searchsorted(self.steps.keys, activity))
        if at < len(self.steps.keys) and self.steps.keys[at] == activity:
            end = self.steps.heads[at + 1] if at + 1 < len(self.steps.heads) else None
            having[self.steps.variant[self.steps.heads[at] : end]] = True
        return having


def find_variants(log: EventLog, task: Task | None = None, mix: kernels.Mix = kernels.mix_word) -> VariantIndex:
    """The variants of a log; exact, since sequences themselves are compared. `mix` hashes words of codes."""
    task = task or Task()
    group, first = kernels.group_sequences(log.activity, log.offsets, task, mix)
    counts = np.bincount(group, minlength=len(first))
    order = np.lexsort((first, -counts))
    rank = np.empty(len(first), np.int32)
    rank[order] = np.arange(len(first), dtype=np.int32)
    rows, _ = kernels.rows_of_runs(first[order], log.offsets)
    sizes = np.diff(log.offsets)[first[order]]
    offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)])
    sequences = log.activity[rows]
    return VariantIndex(
        sequences=sequences,
        offsets=offsets,
        counts=counts[order],
        case_variant=rank[group],
        steps=_steps(sequences, offsets, task),
        arcs=_arcs(sequences, offsets, len(log.activities), task),
    )


def _steps(sequences: NDArray[np.unsignedinteger], offsets: Ints, task: Task) -> Repetitions:
    variant = np.repeat(np.arange(len(offsets) - 1), np.diff(offsets))
    return _repetitions(sequences.astype(np.int64), variant, task)


def _arcs(sequences: NDArray[np.unsignedinteger], offsets: Ints, n_activities: int, task: Task) -> Repetitions:
    variant = np.repeat(np.arange(len(offsets) - 1), np.diff(offsets))
    codes = sequences.astype(np.int64)
    inside = variant[1:] == variant[:-1]
    return _repetitions((codes[:-1] * n_activities + codes[1:])[inside], variant[1:][inside], task)


def _repetitions(keys: Ints, variant: Ints, task: Task) -> Repetitions:
    keys, variant, times = kernels.count_repetitions(keys, variant, task)
    heads = np.flatnonzero(np.diff(keys, prepend=-1))
    return Repetitions(keys[heads], heads, variant, times)
