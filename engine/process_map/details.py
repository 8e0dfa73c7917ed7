"""What the inspector says about one step or one path of a selection."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.discovery.dfg import waiting_times
from engine.log.arc_index import ArcIndex
from engine.performance.durations import times_of_values
from engine.performance.histograms import duration_histogram
from engine.process_map.frequencies import Frequencies
from engine.process_map.numbers import path_numbers, step_numbers
from engine.process_map.values import END, START, PathRework, StepRework
from engine.service.messages import Neighbour, PathDetails, PathQuery, StepDetails, StepQuery

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Scene:
    """One selection of a log: its frequencies, the index of all transitions, its mask over cases, and the names of the steps."""

    frequencies: Frequencies
    index: ArcIndex
    mask: Mask | None
    names: Sequence[str]


def describe_step(scene: Scene, query: StepQuery, service: NDArray[np.float64] | None, rework: StepRework) -> StepDetails:
    """All numbers of a step; service: seconds between start and end stamp of its events, None without start stamps.

    The histogram shows the waiting times before the step; of a step that nothing timed leads to, its service times.
    """
    frequencies = scene.frequencies
    numbers = step_numbers(frequencies, query.step, scene.names[query.step])
    into = (frequencies.target == query.step) & (frequencies.source != START)
    waits = [waiting_times(scene.index, int(source), query.step, scene.mask) for source in frequencies.source[into]]
    waiting = np.concatenate([np.empty(0), *waits])
    return StepDetails(
        query=query,
        name=numbers.name,
        cases=numbers.cases,
        occurrences=numbers.occurrences,
        max_repetitions=numbers.max_repetitions,
        self_loops=numbers.self_loops,
        start_cases=numbers.start_cases,
        end_cases=numbers.end_cases,
        n_cases=frequencies.n_cases,
        service=None if service is None else times_of_values(service),
        waiting_before=times_of_values(waiting),
        histogram=duration_histogram(waiting if len(waiting) or service is None else service),
        before=_neighbours(scene, query.step, before=True),
        after=_neighbours(scene, query.step, before=False),
        rework=rework,
    )


def describe_path(scene: Scene, query: PathQuery, rework: PathRework) -> PathDetails:
    """All numbers of a path; zeros where the selection has no such transition. Start and end arcs have no times."""
    path = path_numbers(scene.frequencies, (query.source, query.target))
    marked = query.source == START or query.target == END
    waiting = np.empty(0) if marked else waiting_times(scene.index, query.source, query.target, scene.mask)
    cases, occurrences = (path.cases, path.occurrences) if path else (0, 0)
    return PathDetails(
        query=query,
        source_name="" if query.source == START else scene.names[query.source],
        target_name="" if query.target == END else scene.names[query.target],
        cases=cases,
        occurrences=occurrences,
        max_repetitions=path.max_repetitions if path else 0,
        cases_without=scene.frequencies.n_cases - cases,
        untimed=0 if marked else occurrences - len(waiting),
        times=times_of_values(waiting),
        histogram=duration_histogram(waiting),
        rework=rework,
    )


def _neighbours(scene: Scene, step: int, before: bool) -> tuple[Neighbour, ...]:
    """The steps directly before or after a step, most frequent first; not the step itself."""
    frequencies = scene.frequencies
    here, there = (frequencies.target, frequencies.source) if before else (frequencies.source, frequencies.target)
    arcs = np.flatnonzero((here == step) & (there >= 0) & (there != step))
    arcs = arcs[np.lexsort((there[arcs], -frequencies.count[arcs]))]
    return tuple(Neighbour(int(there[at]), scene.names[int(there[at])], int(frequencies.count[at])) for at in arcs)
