"""The one way out: what leaves the analyst's screen passes here and comes out without numbers about a handful of people.

Counts behind fewer than k cases vanish, all others are rounded to base 5 (steps, paths, start and end alike, so that no hidden count
follows by subtraction), times need k cases, and extremes give way to the 5 % and 95 % points. A step that no way from start to end over
paths of at least k cases leads through vanishes too: nothing on a guarded map hangs in the air.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from msgspec import Struct

from engine.errors import N_, BadInput
from engine.layout.values import LIGHT, PROJECTOR
from engine.process_map.abstraction import ways_from_start_to_end
from engine.process_map.metrics import blunt, round_to_base
from engine.process_map.picture import write_labels
from engine.process_map.values import END, LEAST_K, MOST_K, START, Coverage, Path, ProcessMap, Step, Times
from engine.service.messages import MapAnswer
from engine.texts import Texts

__all__ = ["LEAST_K", "MOST_K", "Backing", "Spread", "allowed_k", "guard_map", "guard_numbers", "guard_selection"]


class Spread(Struct, frozen=True):
    """What is behind a path's times: the cases with a timed transition, and the 5 % and 95 % points in seconds."""

    cases: int
    p5: float
    p95: float


class Backing(Struct, frozen=True):
    """Cases behind numbers that do not say it themselves.

    loop_cases: cases with a direct repeat of the step. step_peaks, path_peaks: cases that reach max_repetitions. spreads: by path.
    steps_all, paths_all: steps and paths between steps with at least k cases.
    """

    loop_cases: Mapping[int, int]
    step_peaks: Mapping[int, int]
    path_peaks: Mapping[tuple[int, int], int]
    spreads: Mapping[tuple[int, int], Spread]
    steps_all: int
    paths_all: int


def allowed_k(k: int) -> int:
    """k between 5 and 20: policy may raise the minimum, and nobody can lower it."""
    return min(max(k, LEAST_K), MOST_K)


def guard_selection(n_cases: int, n_cases_all: int, k: int = LEAST_K) -> None:
    """Raise BadInput when a selection, or what it leaves out, is so small that its numbers would be about single cases."""
    k = allowed_k(k)
    if n_cases < k:
        raise BadInput(N_("The selection holds fewer than {k} cases, so it cannot leave the screen. Widen the filters."), k=k)
    if 0 < n_cases_all - n_cases < k:
        raise BadInput(
            N_("The selection leaves out fewer than {k} cases, so they could be found by subtraction. Remove the filter or widen it."), k=k
        )


def guard_map(answer: MapAnswer, backing: Backing, texts: Texts, k: int = LEAST_K) -> MapAnswer:
    """The guarded twin of an exact answer: same places, fewer and rounder numbers. A twin passes through unchanged.

    Raises BadInput for a selection that is too small, ValueError for a twin that was made with a lower k.
    """
    k = allowed_k(k)
    if answer.map.k >= k:
        return answer
    if answer.map.k:
        raise ValueError("guard the exact answer, not a twin made with a lower k")
    guard_selection(answer.map.n_cases, answer.map.n_cases_all, k)
    process_map = guard_numbers(answer.map, backing, k)
    return msgspec.structs.replace(
        answer,
        query=msgspec.structs.replace(answer.query, guarded=True),
        map=process_map,
        layout=write_labels(answer.layout, process_map, texts, PROJECTOR if answer.query.projector else LIGHT),
        steps_max=backing.steps_all,
        paths_max=min(answer.paths_max, backing.paths_all),
    )


def guard_numbers(exact: ProcessMap, backing: Backing, k: int) -> ProcessMap:
    """The numbers of a guarded map; a step that is on no way from start to end any more is left out, and its paths with it."""
    known = {START, END} | {step.step for step in exact.steps if step.cases >= k}
    backed = [path for path in exact.paths if path.cases >= k and {path.source, path.target} <= known]
    kept = ways_from_start_to_end((path.source, path.target) for path in backed)
    left = [path for path in backed if {path.source, path.target} <= kept | {START, END}]
    steps = tuple(_guard_step(step, backing, k) for step in exact.steps if step.step in kept)
    paths = tuple(_guard_path(path, backing, k) for path in left)
    loops = sum(step.self_loops for step in exact.steps if step.step in kept and backing.loop_cases.get(step.step, 0) >= k)
    inner = [path for path in left if path.source != START and path.target != END]
    return ProcessMap(
        steps=steps,
        paths=paths,
        n_cases=round_to_base(exact.n_cases),
        n_events=round_to_base(exact.n_events),
        n_cases_all=round_to_base(exact.n_cases_all),
        colour=exact.colour,
        label=exact.label,
        second=exact.second,
        colour_breaks=exact.colour_breaks,
        coverage=Coverage(
            steps_shown=len(steps),
            steps_all=backing.steps_all,
            paths_shown=len(inner),
            paths_all=backing.paths_all,
            transitions_shown=round_to_base(sum(path.occurrences for path in inner) + loops),
            transitions_all=round_to_base(exact.coverage.transitions_all),
            events_shown=round_to_base(sum(step.occurrences for step in exact.steps if step.step in kept)),
            events_all=round_to_base(exact.coverage.events_all),
            k=k,
        ),
        k=k,
    )


def _guard_step(step: Step, backing: Backing, k: int) -> Step:
    return Step(
        step=step.step,
        name=step.name,
        cases=round_to_base(step.cases),
        occurrences=round_to_base(step.occurrences),
        max_repetitions=step.max_repetitions if backing.step_peaks.get(step.step, 0) >= k else 0,
        self_loops=round_to_base(step.self_loops) if backing.loop_cases.get(step.step, 0) >= k else 0,
        start_cases=round_to_base(step.start_cases) if step.start_cases >= k else 0,
        end_cases=round_to_base(step.end_cases) if step.end_cases >= k else 0,
    )


def _guard_path(path: Path, backing: Backing, k: int) -> Path:
    arc = (path.source, path.target)
    spread = backing.spreads.get(arc)
    return Path(
        source=path.source,
        target=path.target,
        cases=round_to_base(path.cases),
        occurrences=round_to_base(path.occurrences),
        max_repetitions=path.max_repetitions if backing.path_peaks.get(arc, 0) >= k else 0,
        times=None if path.times is None or spread is None or spread.cases < k else _guard_times(path.times, spread),
    )


def _guard_times(times: Times, spread: Spread) -> Times:
    n, mean = round_to_base(times.n), blunt(times.mean)
    return Times(
        n=n,
        median=blunt(times.median),
        mean=mean,
        p90=blunt(times.p90),
        min=blunt(spread.p5),
        max=blunt(spread.p95),
        total=blunt(mean * n),
    )
