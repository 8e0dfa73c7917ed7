"""The directly-follows graph as the map needs it: steps, and all arcs with those from the start and to the end mark among them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.discovery.dfg import Dfg
from engine.process_map.values import END, START

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Frequencies:
    """Counts of steps, shape (n_activities,), and of arcs, shape (n_arcs,): START and END arcs and self-loops included.

    max_repetitions: most often in one case.
    """

    step_cases: Ints
    step_occurrences: Ints
    step_max_repetitions: Ints
    source: Ints
    target: Ints
    count: Ints
    cases: Ints
    max_repetitions: Ints
    n_cases: int

    @property
    def n_events(self) -> int:
        """Number of events."""
        return int(self.step_occurrences.sum())

    @property
    def inner(self) -> NDArray[np.bool_]:
        """Which arcs are paths between two different steps, shape (n_arcs,)."""
        mask: NDArray[np.bool_] = (self.source != START) & (self.target != END) & (self.source != self.target)
        return mask

    @property
    def loops(self) -> NDArray[np.bool_]:
        """Which arcs are self-loops, shape (n_arcs,)."""
        mask: NDArray[np.bool_] = self.source == self.target
        return mask


def frequencies_of(dfg: Dfg) -> Frequencies:
    """A directly-follows graph with its start and end activities as arcs."""
    starts, ends = np.flatnonzero(dfg.start_cases), np.flatnonzero(dfg.end_cases)
    start_cases, end_cases = dfg.start_cases[starts], dfg.end_cases[ends]
    once = np.ones(len(starts) + len(ends), np.int64)
    return Frequencies(
        step_cases=_ints(dfg.activity_cases),
        step_occurrences=_ints(dfg.occurrences),
        step_max_repetitions=_ints(dfg.activity_max_repetitions),
        source=_ints(dfg.source, np.full(len(starts), START), ends),
        target=_ints(dfg.target, starts, np.full(len(ends), END)),
        count=_ints(dfg.count, start_cases, end_cases),
        cases=_ints(dfg.cases, start_cases, end_cases),
        max_repetitions=_ints(dfg.max_repetitions, once),
        n_cases=int(start_cases.sum()),
    )


def _ints(*arrays: NDArray[np.generic]) -> Ints:
    return np.concatenate([np.asarray(array).astype(np.int64) for array in arrays])
