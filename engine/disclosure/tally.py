"""What stands in the guard's table: every count of a selection, shown or hidden, and how the cases spread over it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from enum import StrEnum
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from engine.log.variants import Repetitions, VariantIndex
from engine.process_map.frequencies import Frequencies
from engine.process_map.values import END, START

Thing = tuple[int, ...]
"""A step (its code alone) or an arc (source and target, START and END among them)."""
Arc = tuple[int, int]


class Kind(StrEnum):
    """Which number of a thing, or of the whole selection (events, transitions)."""

    CASES = "cases"
    OCCURRENCES = "occurrences"
    TIMED = "timed"
    EVENTS = "events"
    TRANSITIONS = "transitions"


Number = tuple[Kind, Thing]
"""One number that is given away; the things of totals are ()."""
ALL_CASES: Number = (Kind.CASES, ())
EVENTS: Number = (Kind.EVENTS, ())
TRANSITIONS: Number = (Kind.TRANSITIONS, ())
MOST_FREQUENT = 8


class Tally:
    """Per thing: how many cases have it how many times.

    weights: cases of each variant in the selection, shape (n_variants,). timed: timed transitions by arc. frequent: variants of most cases.
    """

    def __init__(self, frequencies: Frequencies, variants: VariantIndex, weights: NDArray[np.int64], timed: Mapping[Arc, int]) -> None:
        self.frequencies, self.variants, self.weights, self.timed = frequencies, variants, weights, timed
        arcs = zip(frequencies.source.tolist(), frequencies.target.tolist(), frequencies.cases.tolist(), strict=True)
        self.cases: dict[Thing, int] = {(source, target): cases for source, target, cases in arcs}
        steps = np.flatnonzero(frequencies.step_cases)
        self.cases |= {(int(step),): int(frequencies.step_cases[step]) for step in steps}
        self.frequent: list[int] = np.argsort(-weights, kind="stable")[:MOST_FREQUENT].tolist()
        self._spread: dict[Thing, dict[int, int]] = {}
        self._courses: dict[int, tuple[tuple[int, ...], Counter[Thing]]] = {}

    def spread(self, thing: Thing) -> dict[int, int]:
        """Number of cases by how many times they have the thing; {} for one that nobody has."""
        found = self._spread.get(thing)
        if found is None:
            found = self._spread[thing] = self._count(thing)
        return found

    def _count(self, thing: Thing) -> dict[int, int]:
        if thing not in self.cases:
            return {}
        if START in thing or END in thing:
            return {1: self.cases[thing]}
        variant, times = self._run(thing)
        cases: Counter[int] = Counter()
        for n, weight in zip(times.tolist(), self.weights[variant].tolist(), strict=True):
            if weight:
                cases[n] += weight
        return dict(cases)

    def variants_with(self, thing: Thing) -> list[tuple[int, int]]:
        """The selection's variants that have a step or an inner arc, with how many times; most frequent of the whole log first."""
        variant, times = self._run(thing)
        kept = self.weights[variant] > 0
        return list(zip(variant[kept].tolist(), times[kept].tolist(), strict=True))

    def _run(self, thing: Thing) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        repetitions: Repetitions = self.variants.steps if len(thing) == 1 else self.variants.arcs
        key = thing[0] if len(thing) == 1 else thing[0] * self.variants.n_activities + thing[1]
        at = int(np.searchsorted(repetitions.keys, key))
        if at == len(repetitions.keys) or repetitions.keys[at] != key:
            return np.empty(0, np.int64), np.empty(0, np.int64)
        end = repetitions.heads[at + 1] if at + 1 < len(repetitions.heads) else len(repetitions.variant)
        run = slice(int(repetitions.heads[at]), int(end))
        return repetitions.variant[run], repetitions.times[run]

    def course(self, variant: int) -> tuple[tuple[int, ...], Counter[Thing]]:
        """A variant from START to END, and how many times it has each step and arc."""
        found = self._courses.get(variant)
        if found is None:
            sequence = self.variants.sequence(variant)
            course = (START, *sequence, END)
            times: Counter[Thing] = Counter(pairwise(course))
            times.update((step,) for step in sequence)
            found = self._courses[variant] = (course, times)
        return found

    def variants_from(self, first: int) -> list[int]:
        """The selection's variants that begin with a step."""
        return self._with_end(self.variants.offsets[:-1], first)

    def variants_to(self, last: int) -> list[int]:
        """The selection's variants that end with a step."""
        return self._with_end(self.variants.offsets[1:] - 1, last)

    def _with_end(self, places: NDArray[np.int64], step: int) -> list[int]:
        found: list[int] = np.flatnonzero((self.variants.sequences[places] == step) & (self.weights > 0)).tolist()
        return found
