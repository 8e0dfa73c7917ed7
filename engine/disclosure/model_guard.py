"""The guarded twin of a model: what passes here may leave the screen.

A flow that fewer than k of the counted cases pass is left out, and so is a step that fewer have, and all cases whose way leads there, again
and again until everything that is left has k cases. Gateways that then have nothing to decide go too. The numbers of the twin are those of
the cases that are left and of no other: they add up among themselves, so that no hidden number follows from them by subtraction. Counts are
rounded to base 5; times need k cases, and extremes give way to the 5 % and 95 % points.
"""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
import numpy as np
from numpy.typing import NDArray

from engine.disclosure.guard import allowed_k, guard_selection
from engine.errors import N_, BadInput
from engine.models.contraction import Ends, Way
from engine.models.discovery import Chart, Count, FlowTimes, FoundModel, count_passes, time_flows
from engine.models.drawing import NOTHING, draw_model, find_asked, sizes_of
from engine.models.remainder import join_lanes, remain
from engine.models.values import Model, ModelNode, NodeKind, map_of_model
from engine.process_map.metrics import blunt, round_to_base
from engine.process_map.picture import write_labels
from engine.process_map.study import Study
from engine.process_map.values import Metric, Path, Times
from engine.service.model_messages import ModelAnswer, ModelQuery
from engine.tasks import Task
from engine.texts import Texts

Variants = NDArray[np.bool_]


def draw_guarded_model(study: Study, query: ModelQuery, k: int, task: Task) -> ModelAnswer:
    """The guarded twin of a model: the exact one's places, with fewer parts and rounder numbers. Raises Cancelled and BadInput."""
    guard_selection(study.frequencies(query.selection, task).n_cases, study.log.n_cases, k)
    found = find_asked(study, query, task)
    exact = draw_model(study, query, task)
    twin = guard_model(study, found, exact.model, k, task)
    layout = join_lanes(exact.layout, twin.ways)
    layout = write_labels(layout, map_of_model(twin.model), Texts(query.language), sizes_of(query))
    return ModelAnswer(msgspec.structs.replace(query, guarded=True), twin.model, layout)


@dataclass(frozen=True)
class Twin:
    """A guarded model, and by flow what it stands for on the exact one."""

    model: Model
    ways: dict[Ends, Way]


def guard_model(study: Study, found: FoundModel, exact: Model, k: int, task: Task) -> Twin:
    """The guarded twin of an exact model. Raises BadInput where the selection, or what is left of it, is too small."""
    k = allowed_k(k)
    guard_selection(exact.n_cases, exact.n_cases_all, k)
    chart = found.charts[exact.notation]
    kept, backed = _backed(found, chart, k)
    if found.cases(kept) < k:
        raise BadInput(
            N_("Fewer than {k} cases take ways through the model that {k} cases have, so it cannot leave the screen."),
            k=k,
        )
    left = remain(chart, backed)
    flows, nodes = (count_passes(rows, np.where(kept, found.weights, 0)) for rows in (left.chart.flows, left.chart.nodes))
    times = time_flows(study, left.chart, found.selection, kept, task)
    n_steps, n_steps_all = _count_steps(study, found, k, task)
    ends = left.chart.chart.flows
    touched = {end for one in ends for end in one}
    model = msgspec.structs.replace(
        exact,
        nodes=tuple(_node(node, nodes.get(node.node, NOTHING)) for node in exact.nodes if node.node in touched),
        flows=tuple(_flow(one, flows[at], times.get(at), k) for at, one in enumerate(ends)),
        n_cases=round_to_base(exact.n_cases),
        n_cases_all=round_to_base(exact.n_cases_all),
        n_events=round_to_base(exact.n_events),
        counted=round_to_base(found.cases(kept)),
        replayed=round_to_base(found.cases(kept & found.replayed)),
        undecided=round_to_base(exact.undecided),
        without=round_to_base(exact.without),
        n_steps=n_steps,
        n_steps_all=n_steps_all,
        left_out=(),
        k=k,
    )
    return Twin(model, left.ways)


def _count_steps(study: Study, found: FoundModel, k: int, task: Task) -> tuple[int, int]:
    """Steps that the model is of, and all of the selection: those with at least k cases."""
    firm = np.flatnonzero(study.frequencies(found.selection, task).step_cases >= k)
    return len(firm) if found.steps is None else len(np.intersect1d(firm, found.steps)), len(firm)


def _backed(found: FoundModel, chart: Chart, k: int) -> tuple[Variants, set[int]]:
    """The variants that use only flows and steps with at least k cases of such variants, and these flows."""
    kept = found.counted
    steps = {figure.node for figure in chart.chart.figures if figure.kind is NodeKind.TASK}
    while True:
        weights = np.where(kept, found.weights, 0)
        flows, nodes = count_passes(chart.flows, weights), count_passes(chart.nodes, weights)
        rare = steps - {node for node, count in nodes.items() if count.cases >= k}
        out = [flow for flow, count in flows.items() if count.cases < k or not rare.isdisjoint(chart.chart.flows[flow])]
        if not out:
            return kept, set(flows)
        kept[chart.flows[np.isin(chart.flows[:, 1], out), 0]] = False


def _node(node: ModelNode, count: Count) -> ModelNode:
    return msgspec.structs.replace(node, cases=round_to_base(count.cases), occurrences=round_to_base(count.passes), cases_all=0)


def _flow(ends: tuple[int, int], count: Count, times: FlowTimes | None, k: int) -> Path:
    most = count.most if count.peak >= k else 0
    timed = None if times is None or times.cases < k else _times(times, k)
    return Path(*ends, round_to_base(count.cases), round_to_base(count.passes), most, timed)


def _times(timed: FlowTimes, k: int) -> Times:
    """The times with three digits; points beyond which fewer than k cases lie are not told."""
    n, mean = round_to_base(timed.times.n), blunt(timed.times.mean)
    points = {Metric.P90: timed.p90, Metric.MIN: timed.p5, Metric.MAX: timed.p95}
    hidden = tuple(metric for metric, point in points.items() if point.cases < k)
    p90, least, most = (0.0 if metric in hidden else blunt(point.seconds) for metric, point in points.items())
    return Times(n, blunt(timed.times.median), mean, p90, least, most, blunt(mean * n), hidden)
