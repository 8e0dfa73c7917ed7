"""The variant index: every distinct activity sequence with its cases. Frequencies of any case filter follow from it alone."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

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
    (n_variants,). case_variant: int32, shape (n_cases,).
    """

    n_activities: int
    sequences: NDArray[np.unsignedinteger]
    offsets: Ints
    counts: Ints
    case_variant: NDArray[np.int32]

    @property
    def n_variants(self) -> int:
        """Number of variants."""
        return len(self.counts)

    @cached_property
    def steps(self) -> Repetitions:
        """How often each activity occurs in each variant; keys are activity codes. Made on first use."""
        return _repetitions(self.sequences, self._owner)

    @cached_property
    def arcs(self) -> Repetitions:
        """How often each arc occurs in each variant; keys are source · n_activities + target. Made on first use."""
        codes: NDArray[np.integer] = self.sequences.astype(np.int32) if self.n_activities < 1 << 15 else self.sequences.astype(np.int64)
        inside = np.ones(len(codes), np.bool_)
        inside[self.offsets[1:] - 1] = False
        rows = np.flatnonzero(inside)
        return _repetitions(codes[rows] * codes.dtype.type(self.n_activities) + codes[rows + 1], self._owner[rows])

    @property
    def _owner(self) -> NDArray[np.int32]:
        return np.repeat(np.arange(self.n_variants, dtype=np.int32), np.diff(self.offsets))

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
        having[np.searchsorted(self.offsets, np.flatnonzero(self.sequences == activity), side="right") - 1] = True
        return having


def find_variants(log: EventLog, task: Task | None = None, mix: kernels.Mix = kernels.mix_word) -> VariantIndex:
    """The variants of a log; exact, since sequences themselves are compared. `mix` hashes words of codes."""
    group, first = kernels.group_sequences(log.activity, log.offsets, task or Task(), mix)
    counts = np.bincount(group, minlength=len(first))
    order = np.argsort(((log.n_cases - counts) << log.n_cases.bit_length()) | first)
    rank = np.empty(len(first), np.int32)
    rank[order] = np.arange(len(first), dtype=np.int32)
    rows, _ = kernels.rows_of_runs(first[order], log.offsets)
    ends = np.cumsum(log.offsets[first[order] + 1] - log.offsets[first[order]])
    return VariantIndex(
        n_activities=len(log.activities),
        sequences=log.activity[rows],
        offsets=np.concatenate([np.zeros(1, np.int64), ends]),
        counts=counts[order],
        case_variant=rank[group],
    )


def _repetitions(keys: NDArray[np.integer], owner: NDArray[np.int32]) -> Repetitions:
    pairs, variant, times = kernels.count_repetitions(keys, owner)
    heads = np.flatnonzero(np.diff(pairs, prepend=-1))
    return Repetitions(pairs[heads], heads, variant, times)
