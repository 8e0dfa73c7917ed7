"""What the process map shows, as plain values that the window can read without numpy."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

START, END = -1, -2
"""Stand for the start and end mark wherever a path names a step."""

LEAST_K, MOST_K = 5, 20
"""Bounds of the guard's k: the fewest cases behind every number that leaves the screen."""


class Metric(StrEnum):
    """What a label or colour says. Counts are per step and path; times are per path (seconds)."""

    CASES = "cases"
    OCCURRENCES = "occurrences"
    MAX_REPETITIONS = "max_repetitions"
    REWORK = "rework"
    MEDIAN = "median"
    MEAN = "mean"
    P90 = "p90"
    MIN = "min"
    MAX = "max"
    TOTAL = "total"

    @property
    def is_time(self) -> bool:
        """Whether the metric is a waiting time (seconds) rather than a count."""
        return self in TIME_METRICS


TIME_METRICS = frozenset({Metric.MEDIAN, Metric.MEAN, Metric.P90, Metric.MIN, Metric.MAX, Metric.TOTAL})


class Times(Struct, frozen=True):
    """Waiting times in seconds over n timed transitions. p90 by linear interpolation.

    On a guarded map min and max are the 5 % and 95 % points. hidden: which of p90, min and max are not told there, and 0, because fewer
    than k cases lie at or beyond them.
    """

    n: int
    median: float
    mean: float
    p90: float
    min: float
    max: float
    total: float
    hidden: tuple[Metric, ...] = ()


class Step(Struct, frozen=True):
    """One activity on the map. `step` is its code in the log; `self_loops` counts direct repeats.

    On a guarded map 0 stands for a hidden number, never for none, in max_repetitions, self_loops, start_cases and end_cases.
    """

    step: int
    name: str
    cases: int
    occurrences: int
    max_repetitions: int
    self_loops: int
    start_cases: int
    end_cases: int


class Path(Struct, frozen=True):
    """One directly-follows arc; source may be START, target END. `times` is None without timed transitions.

    max_repetitions is at least 1; 0 on a guarded map: hidden, because fewer than k cases reach it. rework: transitions to a step that the
    case has had, None where the map does not show them; on a guarded map the transitions that are not their case's first on the path.
    """

    source: int
    target: int
    cases: int
    occurrences: int
    max_repetitions: int
    times: Times | None
    rework: int | None = None


class LoopsCutOut(Struct, frozen=True):
    """What a selection would be without its loops, a loop inside another counting once: events and seconds less, in so many cases.

    seconds is None where nothing was timed.
    """

    events: int
    cases: int
    seconds: float | None


class PingPong(Struct, frozen=True):
    """A step that another one takes turns with (there and back, directly): number of turns, and cases that have one."""

    step: int
    name: str
    turns: int
    cases: int


class StepRework(Struct, frozen=True):
    """What is done again of a step. returns: repeats that are not direct. loop_*: its net loops; times hold one for each case and loop."""

    returns: int
    return_cases: int
    loop_cases: int
    loop_events: int
    loop_times: Times | None
    partners: tuple[PingPong, ...]


class PathRework(Struct, frozen=True):
    """What is done again over a path. back: transitions to a step that the case has had; turns: of the ping-pong of its two steps."""

    back: int
    back_cases: int
    turns: int
    turn_cases: int


class Coverage(Struct, frozen=True):
    """What the sliders leave out, in numbers. Transitions exclude those from the start and to the end mark.

    Self-loops are transitions of a shown step (its repeats number) and count as shown. k is 0 for exact numbers; under the guard
    steps_all and paths_all count those with at least k cases, while transitions_all and events_all stay those of the whole selection.
    """

    steps_shown: int
    steps_all: int
    paths_shown: int
    paths_all: int
    transitions_shown: int
    transitions_all: int
    events_shown: int
    events_all: int
    k: int = 0


class ProcessMap(Struct, frozen=True):
    """The visible part of the directly-follows graph of a selection, with its numbers.

    paths holds START and END arcs too, but no self-loops. colour_breaks: four rising class limits of the colour metric, chosen once per
    log (seconds or counts); empty when nothing can be coloured. k is 0 for exact numbers, else the guard's minimum. loops: of the whole
    selection, where an exact map shows rework.
    """

    steps: tuple[Step, ...]
    paths: tuple[Path, ...]
    n_cases: int
    n_events: int
    n_cases_all: int
    colour: Metric
    label: Metric
    second: Metric | None
    colour_breaks: tuple[float, ...]
    coverage: Coverage
    k: int = 0
    loops: LoopsCutOut | None = None

    @property
    def metrics(self) -> frozenset[Metric]:
        """The metrics that are on the map."""
        return frozenset(metric for metric in (self.colour, self.label, self.second) if metric is not None)

    def repeats(self, step: Step) -> int:
        """What ↻ counts on a step's card: every event that is not its case's first where the map shows rework, else direct repeats."""
        return max(step.occurrences - step.cases, 0) if Metric.REWORK in self.metrics else step.self_loops
