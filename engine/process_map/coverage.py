"""What the map leaves out, in numbers that add up."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.process_map.abstraction import Arc
from engine.process_map.frequencies import Frequencies
from engine.process_map.values import Coverage


def measure_coverage(frequencies: Frequencies, steps: Sequence[int], arcs: Sequence[Arc]) -> Coverage:
    """Coverage of the shown steps and arcs. A shown step's self-loops count as shown transitions; start and end arcs as none."""
    inner, loops, count = frequencies.inner, frequencies.loops, frequencies.count
    shown_steps = np.zeros(len(frequencies.step_cases) + 2, bool)
    shown_steps[list(steps)] = True
    drawn = set(arcs)
    shown = inner & np.array([arc in drawn for arc in zip(frequencies.source.tolist(), frequencies.target.tolist(), strict=True)], bool)
    return Coverage(
        steps_shown=len(steps),
        steps_all=int(np.count_nonzero(frequencies.step_occurrences)),
        paths_shown=int(shown.sum()),
        paths_all=int(inner.sum()),
        transitions_shown=int(count[shown].sum() + count[loops & shown_steps[frequencies.source]].sum()),
        transitions_all=int(count[inner | loops].sum()),
        events_shown=int(frequencies.step_occurrences[list(steps)].sum()),
        events_all=frequencies.n_events,
    )
