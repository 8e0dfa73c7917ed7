"""The map's numbers: the visible part of the directly-follows graph of one selection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from engine.discovery.dfg import ArcTimes
from engine.process_map.abstraction import Arc
from engine.process_map.coverage import measure_coverage
from engine.process_map.frequencies import Frequencies
from engine.process_map.metrics import colour_breaks
from engine.process_map.values import END, START, Metric, Path, ProcessMap, Step, Times


@dataclass(frozen=True)
class Shown:
    """What the map shows of the graph: step codes by rank, and arcs (START and END included) by count."""

    steps: tuple[int, ...]
    arcs: tuple[Arc, ...]


@dataclass(frozen=True)
class Reading:
    """How the map is read: metric of colours, of labels, and second in labels; the colour's class limits; rework where it is shown."""

    colour: Metric
    label: Metric
    second: Metric | None
    breaks: tuple[float, ...] = ()
    rework: Mapping[Arc, int] | None = None


def map_numbers(
    shown: Shown, frequencies: Frequencies, times: ArcTimes | None, names: Sequence[str], n_cases_all: int, reading: Reading
) -> ProcessMap:
    """The process map of a selection's frequencies; paths have no times where `times` is None."""
    places = {arc: at for at, arc in enumerate(zip(frequencies.source.tolist(), frequencies.target.tolist(), strict=True))}
    timed = {} if times is None else times_of(times)
    return ProcessMap(
        steps=tuple(_step(step, frequencies, places, names[step]) for step in shown.steps),
        paths=tuple(_path(arc, frequencies, places[arc], timed.get(arc), reading.rework) for arc in shown.arcs),
        n_cases=frequencies.n_cases,
        n_events=frequencies.n_events,
        n_cases_all=n_cases_all,
        colour=reading.colour,
        label=reading.label,
        second=reading.second,
        colour_breaks=reading.breaks,
        coverage=measure_coverage(frequencies, shown.steps, shown.arcs),
    )


def step_numbers(frequencies: Frequencies, step: int, name: str) -> Step:
    """All numbers of one step."""
    touching = np.flatnonzero((frequencies.source == step) | (frequencies.target == step)).tolist()
    places = {(int(frequencies.source[at]), int(frequencies.target[at])): at for at in touching}
    return _step(step, frequencies, places, name)


def path_numbers(frequencies: Frequencies, arc: Arc) -> Path | None:
    """All counts of one arc, START and END included; None where the selection has no such transition."""
    found = np.flatnonzero((frequencies.source == arc[0]) & (frequencies.target == arc[1]))
    return _path(arc, frequencies, int(found[0]), None, None) if len(found) else None


def times_of(times: ArcTimes) -> dict[Arc, Times]:
    """Waiting times by arc, for arcs with at least one timed transition."""
    rows = zip(
        times.source.tolist(), times.target.tolist(), times.n.tolist(), times.median.tolist(), times.mean.tolist(),
        times.p90.tolist(), times.min.tolist(), times.max.tolist(), times.total.tolist(), strict=True,
    )  # fmt: skip
    return {(source, target): Times(n, *values) for source, target, n, *values in rows if n}


def breaks_of(colour: Metric, frequencies: Frequencies, times: Mapping[Arc, Times]) -> tuple[float, ...]:
    """Class limits of a colour metric over all paths of the whole log."""
    inner = np.flatnonzero(frequencies.inner)
    if colour.is_time:
        arcs = [(int(frequencies.source[at]), int(frequencies.target[at])) for at in inner]
        timed = [times[arc] for arc in arcs if arc in times]
        return colour_breaks([float(getattr(one, colour.value)) for one in timed], [one.n for one in timed], is_time=True)
    values = {Metric.CASES: frequencies.cases, Metric.OCCURRENCES: frequencies.count}.get(colour, frequencies.max_repetitions)
    return colour_breaks(values[inner].tolist(), frequencies.count[inner].tolist(), is_time=False)


def _step(step: int, frequencies: Frequencies, places: Mapping[Arc, int], name: str) -> Step:
    loop, start, end = places.get((step, step)), places.get((START, step)), places.get((step, END))
    return Step(
        step=step,
        name=name,
        cases=int(frequencies.step_cases[step]),
        occurrences=int(frequencies.step_occurrences[step]),
        max_repetitions=int(frequencies.step_max_repetitions[step]),
        self_loops=0 if loop is None else int(frequencies.count[loop]),
        start_cases=0 if start is None else int(frequencies.count[start]),
        end_cases=0 if end is None else int(frequencies.count[end]),
    )


def _path(arc: Arc, frequencies: Frequencies, at: int, times: Times | None, rework: Mapping[Arc, int] | None) -> Path:
    return Path(
        source=arc[0],
        target=arc[1],
        cases=int(frequencies.cases[at]),
        occurrences=int(frequencies.count[at]),
        max_repetitions=int(frequencies.max_repetitions[at]),
        times=times,
        rework=None if rework is None else rework.get(arc, 0),
    )
