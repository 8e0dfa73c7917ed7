"""The one way out: what leaves the analyst's screen passes here and comes out without numbers about a handful of people.

Counts behind fewer than k cases vanish, all others are rounded to base 5 (steps, paths, start and end alike), a few to base 10 where a
hidden count would follow by subtraction (`protection`), times need k cases, and extremes give way to the 5 % and 95 % points. A step that
no way from start to end over paths of at least k cases leads through vanishes too: nothing on a guarded map hangs in the air. What a map
sums up about itself is the sum of the numbers that stand on it. Rework gives way to the transitions that a case makes again, which are
the difference of two numbers that stand there anyway: it says nothing new.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from msgspec import Struct

from engine.disclosure.protection import Protection
from engine.disclosure.tally import ALL_CASES, EVENTS, TRANSITIONS, Kind
from engine.errors import N_, BadInput
from engine.layout.values import LIGHT, PROJECTOR
from engine.process_map.abstraction import ways_from_start_to_end
from engine.process_map.metrics import blunt, round_to_base
from engine.process_map.picture import write_labels
from engine.process_map.values import END, LEAST_K, MOST_K, START, Coverage, Metric, Path, ProcessMap, Step, Times
from engine.service.messages import MapAnswer
from engine.texts import Texts

__all__ = ["LEAST_K", "MOST_K", "Backing", "Spread", "allowed_k", "guard_map", "guard_numbers", "guard_selection", "guard_times"]


TAILS = (Metric.MIN, Metric.P90, Metric.MAX)
"""What is told of a path's shortest and longest times."""


class Spread(Struct, frozen=True):
    """What is behind a path's times: the cases with a timed transition, and the 5 % and 95 % points in seconds.

    beyond: cases with a transition at or beyond the 5 % point (MIN), the 90 % point (P90) and the 95 % point (MAX).
    """

    cases: int
    p5: float
    p95: float
    beyond: Mapping[Metric, int]


class Backing(Struct, frozen=True):
    """Cases behind numbers that do not say it themselves.

    loop_cases: cases with a direct repeat of the step. step_peaks, path_peaks: cases that reach max_repetitions. spreads: by path.
    steps_all, paths_all: steps and paths between steps with at least k cases. protection: which numbers are written more coarsely.
    """

    loop_cases: Mapping[int, int]
    step_peaks: Mapping[int, int]
    path_peaks: Mapping[tuple[int, int], int]
    spreads: Mapping[tuple[int, int], Spread]
    steps_all: int
    paths_all: int
    protection: Protection = Protection()


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
    return ProcessMap(
        steps=steps,
        paths=paths,
        n_cases=backing.protection.shown(ALL_CASES, exact.n_cases),
        n_events=backing.protection.shown(EVENTS, exact.n_events),
        n_cases_all=round_to_base(exact.n_cases_all),
        colour=exact.colour,
        label=exact.label,
        second=exact.second,
        colour_breaks=exact.colour_breaks,
        coverage=_guard_coverage(exact, steps, paths, backing, k),
        k=k,
    )


def _guard_coverage(exact: ProcessMap, steps: Sequence[Step], paths: Sequence[Path], backing: Backing, k: int) -> Coverage:
    """Sums of what is written on the map, and nothing else: another map of the same selection then adds nothing to it."""
    inner = [path for path in paths if path.source != START and path.target != END]
    transitions = backing.protection.shown(TRANSITIONS, exact.coverage.transitions_all)
    events = backing.protection.shown(EVENTS, exact.coverage.events_all)
    return Coverage(
        steps_shown=len(steps),
        steps_all=backing.steps_all,
        paths_shown=len(inner),
        paths_all=backing.paths_all,
        transitions_shown=min(sum(path.occurrences for path in inner) + sum(step.self_loops for step in steps), transitions),
        transitions_all=transitions,
        events_shown=min(sum(step.occurrences for step in steps), events),
        events_all=events,
        k=k,
    )


def _guard_step(step: Step, backing: Backing, k: int) -> Step:
    shown, thing = backing.protection.shown, (step.step,)
    loop, start, end = (step.step, step.step), (START, step.step), (step.step, END)
    return Step(
        step=step.step,
        name=step.name,
        cases=shown((Kind.CASES, thing), step.cases),
        occurrences=shown((Kind.OCCURRENCES, thing), step.occurrences),
        max_repetitions=step.max_repetitions if backing.step_peaks.get(step.step, 0) >= k else 0,
        self_loops=shown((Kind.OCCURRENCES, loop), step.self_loops) if backing.loop_cases.get(step.step, 0) >= k else 0,
        start_cases=shown((Kind.OCCURRENCES, start), step.start_cases) if step.start_cases >= k else 0,
        end_cases=shown((Kind.OCCURRENCES, end), step.end_cases) if step.end_cases >= k else 0,
    )


def _guard_path(path: Path, backing: Backing, k: int) -> Path:
    arc, shown = (path.source, path.target), backing.protection.shown
    occurrences = shown((Kind.OCCURRENCES, arc), path.occurrences)
    marked = path.source == START or path.target == END
    cases = occurrences if marked else shown((Kind.CASES, arc), path.cases)
    return Path(
        source=path.source,
        target=path.target,
        cases=cases,
        occurrences=occurrences,
        max_repetitions=path.max_repetitions if backing.path_peaks.get(arc, 0) >= k else 0,
        times=_path_times(path, backing, k),
        rework=None if path.rework is None else max(occurrences - cases, 0),
    )


def _path_times(path: Path, backing: Backing, k: int) -> Times | None:
    arc = (path.source, path.target)
    spread = backing.spreads.get(arc)
    if path.times is None or spread is None or spread.cases < k:
        return None
    return guard_times(path.times, backing.protection.shown((Kind.TIMED, arc), path.times.n), spread, k)


def guard_times(times: Times, n: int, spread: Spread, k: int) -> Times:
    """Durations as they leave: blunted, with n as it is written, and points of the tails only where at least k cases lie beyond them."""
    mean, hidden = blunt(times.mean), tuple(metric for metric in TAILS if spread.beyond.get(metric, 0) < k)
    return Times(
        n=n,
        median=blunt(times.median),
        mean=mean,
        p90=0.0 if Metric.P90 in hidden else blunt(times.p90),
        min=0.0 if Metric.MIN in hidden else blunt(spread.p5),
        max=0.0 if Metric.MAX in hidden else blunt(spread.p95),
        total=blunt(mean * n),
        hidden=hidden,
    )
