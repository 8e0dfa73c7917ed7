"""Rework: what a case does again. Everything is found once per variant, so that a selection only weighs it.

An event is a repeat when its case has had the step before: a direct one (a self-loop) right after itself, otherwise a return.

Net loops: the course of a case is followed event by event, and whenever a step comes back, everything since it was first reached is cut
out (chronological loop erasure: G. F. Lawler, A self-avoiding random walk, Duke Mathematical Journal 47, 1980). What is cut out is the net
gain of having no loops: a loop inside another, or across its end, counts once, and events and times add up over steps and cases. A step's
share of it is what lies between its first time and its last in the course that is left.

Ping-pong: a turn is a step, another one, and the first again, directly after each other. It belongs to the pair, whichever of both begins.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.errors import N_
from engine.log import kernels
from engine.log.event_log import NO_TIME, EventLog
from engine.log.kernels import Ints
from engine.log.selection import Selection
from engine.log.statistics import SECOND
from engine.log.variants import Repetitions, VariantIndex
from engine.performance.durations import times_of_values
from engine.process_map.abstraction import Arc
from engine.process_map.metrics import colour_breaks
from engine.process_map.study import WHOLE, Study
from engine.process_map.values import LoopsCutOut, PathRework, PingPong, StepRework, Times
from engine.tasks import Task

Mask = NDArray[np.bool_]
CHECK_EVERY = 4096


@dataclass(frozen=True, eq=False)
class Loops:
    """Net loops by step, then variant; one row for each step of a variant's course that is left with something cut out behind it.

    variant, step, first, last: int64, shape (n_loops,); positions within the variant, of the step's first time and its last.
    """

    variant: Ints
    step: Ints
    first: Ints
    last: Ints


@dataclass(frozen=True, eq=False)
class ReworkIndex:
    """The rework of every variant of a log.

    leading_back: by arc (source · n_activities + target), the transitions to a step that the case has had. returns: by step, its repeats
    that are not direct. turns: by pair (lower code · n_activities + higher code), the turns of its ping-pong.
    """

    n_activities: int
    leading_back: Repetitions
    returns: Repetitions
    turns: Repetitions
    loops: Loops


def index_rework(variants: VariantIndex, task: Task | None = None) -> ReworkIndex:
    """The rework of a log's variants."""
    task = task or Task()
    task.report(None, N_("Finding what is done again …"))
    codes, n = variants.sequences.astype(np.int64), variants.n_activities
    owner = np.repeat(np.arange(variants.n_variants, dtype=np.int64), np.diff(variants.offsets))
    again = _is_repeat(codes, owner, n)
    after = np.flatnonzero(owner[1:] == owner[:-1]) + 1
    back = after[again[after]]
    returned = back[codes[back] != codes[back - 1]]
    third = np.flatnonzero(owner[2:] == owner[:-2]) + 2
    turn = third[(codes[third] == codes[third - 2]) & (codes[third] != codes[third - 1])]
    low, high = np.minimum(codes[turn], codes[turn - 1]), np.maximum(codes[turn], codes[turn - 1])
    return ReworkIndex(
        n_activities=n,
        leading_back=_repetitions(codes[back - 1] * n + codes[back], owner[back]),
        returns=_repetitions(codes[returned], owner[returned]),
        turns=_repetitions(low * n + high, owner[turn]),
        loops=_net_loops(variants, np.unique(owner[again]), task),
    )


def _is_repeat(codes: Ints, owner: Ints, n_activities: int) -> NDArray[np.bool_]:
    """Which events are not the first of their step in their variant."""
    order = np.argsort(owner * max(n_activities, 1) + codes, kind="stable")
    same = (codes[order][1:] == codes[order][:-1]) & (owner[order][1:] == owner[order][:-1])
    again = np.zeros(len(codes), np.bool_)
    again[order[1:][same]] = True
    return again


def _repetitions(keys: Ints, owner: Ints) -> Repetitions:
    pairs, variant, times = kernels.count_repetitions(keys, owner)
    heads = np.flatnonzero(np.diff(pairs, prepend=-1))
    return Repetitions(pairs[heads], heads, variant, times)


def _net_loops(variants: VariantIndex, having: Ints, task: Task) -> Loops:
    rows: list[tuple[int, int, int, int]] = []
    for place, variant in enumerate(having.tolist()):
        if place % CHECK_EVERY == 0:
            task.check()
        rows += [(step, variant, first, last) for step, first, last in loop_erasure(variants.sequence(variant)) if last > first]
    step, variant, first, last = np.array(sorted(rows), np.int64).reshape(-1, 4).T
    return Loops(variant, step, first, last)


def loop_erasure(sequence: tuple[int, ...]) -> Iterator[tuple[int, int, int]]:
    """The course of a case without its loops: each step that is left, with the positions of its first time and its last."""
    left: dict[int, tuple[int, int]] = {}
    for place, step in enumerate(sequence):
        if step not in left:
            left[step] = place, place
            continue
        while (latest := next(reversed(left))) != step:
            del left[latest]
        left[step] = left[step][0], place
    return ((step, first, last) for step, (first, last) in left.items())


def leading_back(rework: ReworkIndex, weights: Ints) -> dict[Arc, int]:
    """By arc, the transitions of a selection that lead to a step which the case has had; self-loops among them."""
    counts, _cases, _most = _weigh(rework.leading_back, weights)
    keys = rework.leading_back.keys
    here = np.flatnonzero(counts)
    source, target = np.divmod(keys[here], max(rework.n_activities, 1))
    return dict(zip(zip(source.tolist(), target.tolist(), strict=True), counts[here].tolist(), strict=True))


def rework_of(study: Study, task: Task) -> ReworkIndex:
    """The rework of a study's log, found once."""
    return study.whole.find("rework", lambda: index_rework(study.variants(task), task), task)


def map_rework(study: Study, selection: Selection, task: Task) -> dict[Arc, int]:
    """What the paths of a selection's map have of rework."""
    return leading_back(rework_of(study, task), study.variants(task).count_cases(study.mask(selection, task)))


def rework_breaks(study: Study, task: Task) -> tuple[float, ...]:
    """Class limits of rework over all paths of the whole log that have some."""
    counts = [float(count) for (source, target), count in map_rework(study, WHOLE, task).items() if source != target]
    return colour_breaks(counts, [int(count) for count in counts], is_time=False)


def step_rework(rework: ReworkIndex, log: EventLog, variants: VariantIndex, step: int, mask: Mask | None) -> StepRework:
    """What is done again of one step within a mask over cases (None: all)."""
    weights = variants.count_cases(mask)
    returns, return_cases = _one(rework.returns, step, weights)
    mine = rework.loops.step == step
    variant, length = rework.loops.variant[mine], (rework.loops.last - rework.loops.first)[mine]
    return StepRework(
        returns=returns,
        return_cases=return_cases,
        loop_cases=int(weights[variant].sum()),
        loop_events=int((weights[variant] * length).sum()),
        loop_times=_loop_times(rework.loops, mine, log, variants, mask),
        partners=_partners(rework, log.activities, step, weights),
    )


def path_rework(rework: ReworkIndex, source: int, target: int, weights: Ints) -> PathRework:
    """What is done again over a path in a selection; nothing over one from the start or to the end."""
    if source < 0 or target < 0:
        return PathRework(0, 0, 0, 0)
    back = _one(rework.leading_back, source * rework.n_activities + target, weights)
    turns = _one(rework.turns, min(source, target) * rework.n_activities + max(source, target), weights)
    return PathRework(*back, *turns)


def cut_out(study: Study, selection: Selection, task: Task) -> LoopsCutOut:
    """The net loops of a whole selection."""

    def measure() -> LoopsCutOut:
        loops, variants, mask = rework_of(study, task).loops, study.variants(task), study.mask(selection, task)
        weights, every = variants.count_cases(mask), np.ones(len(loops.step), np.bool_)
        times = _loop_times(loops, every, study.log, variants, mask)
        return LoopsCutOut(
            events=int((weights[loops.variant] * (loops.last - loops.first)).sum()),
            cases=int(weights[np.unique(loops.variant)].sum()),
            seconds=times.total if times else None,
        )

    return study.recent.find(("loops", selection), measure, task)


def _weigh(found: Repetitions, weights: Ints) -> tuple[Ints, Ints, Ints]:
    return kernels.weigh_repetitions(found.variant, found.times, found.heads, weights)


def _one(found: Repetitions, key: int, weights: Ints) -> tuple[int, int]:
    """Occurrences and cases of one key."""
    at = int(np.searchsorted(found.keys, key))
    if at == len(found.keys) or found.keys[at] != key:
        return 0, 0
    run = slice(int(found.heads[at]), int(found.heads[at + 1]) if at + 1 < len(found.heads) else len(found.variant))
    weight = weights[found.variant[run]]
    return int((weight * found.times[run]).sum()), int(weight.sum())


def _partners(rework: ReworkIndex, names: tuple[str, ...], step: int, weights: Ints) -> tuple[PingPong, ...]:
    """The steps with which a step has turns, most cases first."""
    low, high = np.divmod(rework.turns.keys, max(rework.n_activities, 1))
    turns, cases, _most = _weigh(rework.turns, weights)
    places = np.flatnonzero(((low == step) | (high == step)) & (turns > 0))
    others = np.where(low[places] == step, high[places], low[places])
    found = [PingPong(int(other), names[other], int(turns[at]), int(cases[at])) for other, at in zip(others, places, strict=True)]
    return tuple(sorted(found, key=lambda pair: (-pair.cases, -pair.turns, pair.step)))


def _loop_times(loops: Loops, chosen: Mask, log: EventLog, variants: VariantIndex, mask: Mask | None) -> Times | None:
    """Seconds from first time to last of the chosen loops, one for each case of their variants; those without both times are left out."""
    order = np.argsort(variants.case_variant, kind="stable")
    offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(variants.counts)])
    rows, loop = kernels.rows_of_runs(loops.variant[chosen], offsets)
    case = order[rows]
    kept = np.ones(len(case), np.bool_) if mask is None else mask[case]
    case, loop = case[kept], loop[kept]
    first = log.timestamp[log.offsets[case] + loops.first[chosen][loop]]
    last = log.timestamp[log.offsets[case] + loops.last[chosen][loop]]
    known = (first != NO_TIME) & (last != NO_TIME)
    return times_of_values((last[known] - first[known]) / SECOND)
