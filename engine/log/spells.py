"""Spells: states that cases were in from one time to another, beside the events of their log."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from msgspec import Struct
from numpy.typing import NDArray

from engine.log.kernels import Ints


@dataclass(frozen=True, eq=False)
class Spells:
    """n spells, by case, then begin. states: names by code; state: their codes, int32, shape (n,).

    case: number of the case in the log that they stand beside, int64. begin, until: microseconds since 1970 UTC, or NO_TIME where a spell
    is still open (until) or its begin is not known.
    """

    states: tuple[str, ...]
    case: Ints
    state: NDArray[np.int32]
    begin: Ints
    until: Ints

    def __len__(self) -> int:
        return len(self.case)


class SpellCounts(Struct, frozen=True):
    """How many spells there are, and how many of each state, most frequent first."""

    rows: int
    states: dict[str, int]


def spells_in_order(states: tuple[str, ...], case: Ints, state: Ints, begin: Ints, until: Ints) -> Spells:
    """Spells in any order, put into theirs: by case, begin and end; equal ones stay as they stood. States without a spell are left out."""
    order = np.lexsort((until, begin, case))
    counts = np.bincount(state, minlength=len(states))
    kept = np.flatnonzero(counts)
    number = np.cumsum(counts > 0) - 1
    codes = number[state[order]].astype(np.int32) if len(state) else np.empty(0, np.int32)
    return Spells(tuple(states[code] for code in kept.tolist()), case[order].astype(np.int64), codes, begin[order], until[order])


def spell_counts(spells: Spells) -> SpellCounts:
    """How many there are."""
    counts = np.bincount(spells.state, minlength=len(spells.states)).tolist()
    by_count = sorted(zip(spells.states, counts, strict=True), key=lambda one: (-one[1], one[0]))
    return SpellCounts(len(spells), dict(by_count))


def spells_beside(spells: Spells, before: pa.Array, after: pa.Array) -> Spells:
    """The spells of a log with the case ids `before`, beside one with the case ids `after`; those of cases that it lacks are left out."""
    number = pc.index_in(before, value_set=after).fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    case = number[spells.case] if len(spells) else spells.case
    stays = case >= 0
    return spells_in_order(spells.states, case[stays], spells.state[stays].astype(np.int64), spells.begin[stays], spells.until[stays])
