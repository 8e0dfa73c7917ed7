"""The model of a selection: its variants go to a disposable child, what the child found comes back, and the log adds the times."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import msgspec
import numpy as np
from numpy.typing import NDArray

from engine.disposable import run_disposable
from engine.errors import N_, BadInput
from engine.log.event_log import NO_TIME, EventLog
from engine.log.kernels import quantile_of_sorted, rows_of_runs, sum_durations
from engine.log.selection import Selection
from engine.log.statistics import SECOND
from engine.models.flowchart import Flowchart, chart_diagram, chart_net
from engine.models.mining import REPLAYED, UNDECIDED, Given, Mined, Passes, mine
from engine.models.traces import Rows, Traces, take_traces
from engine.models.values import LEAST_NOISE, MOST_NOISE, NO_CASES, Miner, Notation
from engine.performance.variant_table import VariantCases, group_by_variant
from engine.process_map.study import Study
from engine.process_map.values import Times
from engine.tasks import Task

Ints = NDArray[np.int64]
NO_STEP = 3
"""The verdict on a variant that has none of the steps that the model is of."""
LOOKING_SHARE = 0.05

Mine = Callable[[bytes, Task], bytes]


@dataclass(frozen=True, eq=False)
class Chart:
    """One notation of a found model: what is drawn, and what each variant passes on it: rows (variant, flow or node, times) and
    (variant, flow, event since, event until)."""

    chart: Flowchart
    flows: Rows
    nodes: Rows
    waits: Rows


@dataclass(frozen=True, eq=False)
class FoundModel:
    """A model of a selection, not yet in a notation.

    weights: cases by variant, int64. verdicts: by variant (REPLAYED, DEVIATES, UNDECIDED, NO_STEP). used: codes of the activities in it.
    steps: codes of the activities that it was found from; None: all.
    """

    selection: Selection
    weights: Ints
    verdicts: NDArray[np.uint8]
    charts: dict[Notation, Chart]
    used: frozenset[int]
    steps: tuple[int, ...] | None = None

    @property
    def replayed(self) -> NDArray[np.bool_]:
        """Which variants the model replays, shape (n_variants,)."""
        replayed: NDArray[np.bool_] = self.verdicts == REPLAYED
        return replayed

    @property
    def counted(self) -> NDArray[np.bool_]:
        """Which variants have a way through the model, with few deviations or none, shape (n_variants,)."""
        counted: NDArray[np.bool_] = (self.verdicts <= REPLAYED) & (self.weights > 0)
        return counted

    def cases(self, variants: NDArray[np.bool_]) -> int:
        """The cases of some variants."""
        return int(self.weights[variants].sum())

    @property
    def undecided(self) -> int:
        """Cases of variants whose replay was given up."""
        return self.cases(self.verdicts == UNDECIDED)

    @property
    def without(self) -> int:
        """Cases that have none of the steps that the model is of."""
        return self.cases(self.verdicts == NO_STEP)


def _in_child(given: bytes, task: Task) -> bytes:
    return run_disposable(mine, given, task)


def find_model(
    study: Study,
    selection: Selection,
    miner: Miner,
    noise: float,
    task: Task,
    run: Mine = _in_child,
    steps: tuple[int, ...] | None = None,
) -> FoundModel:
    """The model of a selection, found once. steps: codes of those that it is of, the others are passed over; None for all.

    Raises Cancelled (the child is then gone) and BadInput for an empty selection.
    """
    noise = min(max(noise, LEAST_NOISE), MOST_NOISE)
    asked = Given(miner, noise, len(study.log.activities), b"", b"")
    return study.recent.find(("model", selection, miner, noise, steps), lambda: _find(study, selection, steps, asked, task, run), task)


def _find(study: Study, selection: Selection, steps: tuple[int, ...] | None, asked: Given, task: Task, run: Mine) -> FoundModel:
    looking = task.part(0.0, LOOKING_SHARE)
    variants = study.variants(looking)
    weights = variants.count_cases(study.mask(selection, looking))
    traces = take_traces(variants, weights, steps, looking)
    if not len(traces.counts):
        raise BadInput(NO_CASES)
    given = msgspec.structs.replace(
        asked, codes=_bytes(traces.codes), ends=_bytes(traces.offsets[1:]), counts=tuple(traces.counts.tolist())
    )
    answer = run(msgspec.msgpack.encode(given), task.part(LOOKING_SHARE, 1.0))
    mined = msgspec.msgpack.decode(answer, type=Mined)
    verdicts = np.append(np.frombuffer(mined.verdicts, np.uint8), np.uint8(NO_STEP))[traces.trace_of]
    charts = {
        Notation.PETRI: _chart(chart_net(mined.net, asked.n_activities), mined.on_net, traces),
        Notation.BPMN: _chart(chart_diagram(mined.diagram, asked.n_activities), mined.on_diagram, traces),
    }
    used = frozenset(one.label for one in mined.net.transitions if one.label is not None)
    return FoundModel(selection, weights, verdicts, charts, used, steps)


def _bytes(values: NDArray[np.generic]) -> bytes:
    return values.astype(np.int32).tobytes()


def _chart(chart: Flowchart, passes: Passes, traces: Traces) -> Chart:
    def read(content: bytes, width: int) -> Rows:
        return np.frombuffer(content, np.int32).reshape(-1, width)

    flows, nodes = traces.spread(read(passes.flows, 3)), traces.spread(read(passes.nodes, 3))
    return Chart(chart, flows, nodes, traces.spread(read(passes.waits, 4), events_from=2))


# ---- numbers -----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Count:
    """Cases that pass a flow or node, how often in all, most often in one case, and the cases that reach this most."""

    cases: int
    passes: int
    most: int
    peak: int


def count_passes(rows: Rows, weights: Ints) -> dict[int, Count]:
    """By flow or node, over the cases of each variant (0: the variant does not count)."""
    weight = weights[rows[:, 0]]
    rows, weight = rows[weight > 0], weight[weight > 0]
    if not len(rows):
        return {}
    order = np.argsort(rows[:, 1], kind="stable")
    key, times, weight = rows[order, 1], rows[order, 2].astype(np.int64), weight[order]
    heads = np.flatnonzero(np.diff(key, prepend=-1))
    most = np.maximum.reduceat(times, heads)
    at_most = times == np.repeat(most, np.diff(heads, append=len(key)))
    columns = (np.add.reduceat(weight, heads), np.add.reduceat(weight * times, heads), most, np.add.reduceat(weight * at_most, heads))
    return {int(one): Count(*map(int, values)) for one, *values in zip(key[heads], *columns, strict=True)}


@dataclass(frozen=True)
class Point:
    """A point of a distribution in seconds and the cases at it or further out."""

    seconds: float
    cases: int


@dataclass(frozen=True)
class FlowTimes:
    """Waiting times of a flow, the cases behind them, and three points in seconds, each with the cases that lie there or beyond."""

    times: Times
    cases: int
    p5: Point
    p90: Point
    p95: Point


def time_flows(study: Study, chart: Chart, selection: Selection, kept: NDArray[np.bool_], task: Task) -> dict[int, FlowTimes]:
    """Waiting times by flow, over the cases of some variants."""
    task.report(None, N_("Measuring waiting times …"))
    groups = study.whole.find("variant cases", lambda: group_by_variant(study.log, study.variants(task)), task)
    cases, offsets = _cases_by_variant(groups, study.mask(selection, task))
    waits = chart.waits[kept[chart.waits[:, 0]]]
    rows, local = rows_of_runs(waits[:, 0].astype(np.int64), offsets)
    case, wait = cases[rows], waits[local]
    task.check()
    first = study.log.offsets[case]
    left, entered = study.log.timestamp[first + wait[:, 2]], _entered(study.log, first + wait[:, 3])
    timed = (left != NO_TIME) & (entered != NO_TIME)
    flow, case, duration = wait[timed, 1].astype(np.int64), case[timed], (entered - left)[timed]
    task.check()
    order = np.lexsort((duration, flow))
    return _measure(flow[order], case[order], duration[order])


def _cases_by_variant(groups: VariantCases, mask: NDArray[np.bool_] | None) -> tuple[Ints, Ints]:
    """The selected cases variant after variant, and where each variant's begin."""
    if mask is None:
        return groups.cases, groups.offsets
    kept = mask[groups.cases]
    return groups.cases[kept], np.concatenate([np.zeros(1, np.int64), np.cumsum(kept)])[groups.offsets]


def _entered(log: EventLog, rows: Ints) -> Ints:
    """When events were started: their start stamp, else their timestamp; NO_TIME without a timestamp."""
    timestamp = log.timestamp[rows]
    if log.start is None:
        return timestamp
    start = log.start[rows]
    return np.where((start == NO_TIME) | (timestamp == NO_TIME), timestamp, start)


def _measure(flow: Ints, case: Ints, duration: Ints) -> dict[int, FlowTimes]:
    """Times by flow from durations sorted by flow and size."""
    heads = np.flatnonzero(np.diff(flow, prepend=-1))
    bounds = np.append(heads, len(flow))
    columns = [quantile_of_sorted(duration, bounds, q) / SECOND for q in (0.5, 0.9, 0.0, 1.0, 0.05, 0.95)]
    totals = sum_durations(duration, bounds) / SECOND
    found = {}
    for at, head in enumerate(heads.tolist()):
        end = int(bounds[at + 1])
        median, p90, least, most, p5, p95 = (float(values[at]) for values in columns)
        times = Times(end - head, median, float(totals[at]) / (end - head), p90, least, most, float(totals[at]))
        own, seconds = case[head:end], duration[head:end] / SECOND
        points = (Point(p5, _distinct(own[seconds <= p5])), *(Point(one, _distinct(own[seconds >= one])) for one in (p90, p95)))
        found[int(flow[head])] = FlowTimes(times, _distinct(own), *points)
    return found


def _distinct(cases: Ints) -> int:
    return len(np.unique(cases))
