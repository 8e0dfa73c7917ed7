"""What the object-centric map shows, as plain values that the window can read without numpy."""

from __future__ import annotations

from collections.abc import Mapping
from math import sqrt

from msgspec import Struct

from engine.process_map.values import END, START, Coverage, Metric, Path, ProcessMap, Step
from engine.texts import Texts

STRAND_THINNEST, STRAND_GROWTH, STRAND_GAP = 1.6, 3.6, 3.0
"""Widths of the line of one type, and the air between those of several types on the same path, px."""

BETWEEN = "  "
"""What parts the numbers of two types on a path."""
BASE = 5
"""Lines are drawn from counts rounded to this, as when they leave."""


class ObjectType(Struct, frozen=True):
    """A type of object. letter: its sign on the map, different for every type. number: stands for it in counts.

    objects: those with events in the selection; None where fewer than k have any on a guarded map. notion: whether its objects may be
    cases; those of employees never are, and are not on the map.
    """

    name: str
    letter: str
    number: int
    objects: int | None
    notion: bool = True


class TypeCount(Struct, frozen=True):
    """What one type has at a step or on a path: different objects, and how often."""

    type: int
    objects: int
    times: int


class ObjectStep(Struct, frozen=True):
    """An activity: its events, each once however many objects it has, and what each shown type has there."""

    step: int
    name: str
    events: int
    counts: tuple[TypeCount, ...]

    @property
    def all_times(self) -> int:
        """Times over all types."""
        return sum(count.times for count in self.counts)


class ObjectPath(Struct, frozen=True):
    """A path (source may be START, target END) and what each shown type has on it, by number of the type."""

    source: int
    target: int
    counts: tuple[TypeCount, ...]

    @property
    def all_times(self) -> int:
        """Transitions over all types."""
        return sum(count.times for count in self.counts)


class ObjectMap(Struct, frozen=True):
    """The visible part of the merged graph.

    types: every type of the log, in the order of their colours; shown: numbers of those that are on the map.

    repeats of a step for a type are a path from it to itself. self_loops: such paths, which are not drawn.
    n_events: of the selection, each once. largest: most transitions of one type on a drawn path. k: 0 for exact numbers.
    """

    types: tuple[ObjectType, ...]
    shown: tuple[int, ...]
    steps: tuple[ObjectStep, ...]
    paths: tuple[ObjectPath, ...]
    self_loops: tuple[ObjectPath, ...]
    n_events: int
    n_cases: int
    n_cases_all: int
    coverage: Coverage
    largest: int
    k: int = 0

    def step_of(self, step: int) -> ObjectStep | None:
        """A step by its code."""
        return next((one for one in self.steps if one.step == step), None)

    def path_of(self, source: int, target: int) -> ObjectPath | None:
        """A path by its ends."""
        return next((one for one in self.paths if (one.source, one.target) == (source, target)), None)


def map_of_objects(shown: ObjectMap) -> ProcessMap:
    """The object-centric map as the process map's values: transitions are those of all shown types."""
    return ProcessMap(
        steps=tuple(Step(one.step, one.name, one.events, one.all_times, 0, 0, 0, 0) for one in shown.steps),
        paths=tuple(Path(one.source, one.target, one.all_times, one.all_times, 1, None) for one in shown.paths),
        n_cases=shown.n_cases,
        n_events=shown.n_events,
        n_cases_all=shown.n_cases_all,
        colour=Metric.OCCURRENCES,
        label=Metric.OCCURRENCES,
        second=None,
        colour_breaks=(),
        coverage=shown.coverage,
        k=shown.k,
    )


def is_marked(path: ObjectPath) -> bool:
    """Whether a path comes from the start mark or goes to the end mark."""
    return path.source == START or path.target == END


def strand_width(count: int, largest: int) -> float:
    """Width in px of a type's line for so many of at most `largest` transitions."""
    rounded, most = BASE * round(count / BASE), BASE * round(largest / BASE)
    return STRAND_THINNEST + STRAND_GROWTH * sqrt(min(rounded / most, 1.0) if most else 0.0)


def bundle_width(path: ObjectPath, largest: int) -> float:
    """Width in px of all lines of a path together."""
    return sum(strand_width(count.times, largest) for count in path.counts) + STRAND_GAP * (len(path.counts) - 1)


def path_label(path: ObjectPath, letters: Mapping[int, str], texts: Texts) -> str:
    """What stands on a path: each type's letter with its transitions; types with equal numbers share one."""
    return BETWEEN.join(f"{''.join(letters[one] for one in types)} {number}" for types, number in label_parts(path, texts))


def label_parts(path: ObjectPath, texts: Texts) -> list[tuple[tuple[int, ...], str]]:
    """Types and the number that they have in common, in the order of the types."""
    together: dict[int, tuple[int, ...]] = {}
    for count in path.counts:
        together[count.times] = (*together.get(count.times, ()), count.type)
    return [(types, texts.number(times)) for times, types in together.items()]
