"""What the disposable child does: finds a net with pm4py, turns it into a diagram, and replays every variant on both.

It is handed activity codes and counts of variants, and no names, times or case ids.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from itertools import pairwise

import msgspec
from msgspec import Struct

from engine.errors import N_, BadInput
from engine.models.bpmn import Diagram, to_diagram
from engine.models.flowchart import Flowchart, chart_diagram, chart_net, follow
from engine.models.nets import Net, Transition, reduce_net
from engine.models.replay import Replayer, Run, TooLong
from engine.models.values import Miner
from engine.pm4py_adapter.discovery import quiet
from engine.pm4py_adapter.mining import mine_heuristics, mine_inductive
from engine.tasks import Task

Trace = tuple[int, ...]
Charts = tuple[Flowchart, Flowchart]
PATIENCE_IN_ALL = 3_000_000
"""Markings looked at for the whole log; variants beyond are undecided."""
REPORT_EVERY = 20
NO_MODEL = N_("The miner found no model that leads from start to end. Choose another miner or less noise filtering.")


class Given(Struct, frozen=True):
    """Variants: activity codes one after the other and where each ends (both as int32 arrays in bytes), with their cases."""

    miner: Miner
    noise: float
    n_activities: int
    codes: bytes
    ends: bytes
    counts: tuple[int, ...] = ()


class Passes(Struct, frozen=True):
    """What the replayed variants pass on one chart, as int32 rows in bytes.

    flows: (variant, place of the flow in the chart, times). nodes: (variant, node, times). waits: (variant, flow, since, until), the last
    two events of the variant.
    """

    flows: bytes
    nodes: bytes
    waits: bytes


class Mined(Struct, frozen=True):
    """A net and the diagram of the same language; by variant 1 replayed, 0 not, 2 undecided; what they pass on each."""

    net: Net
    diagram: Diagram
    verdicts: bytes
    on_net: Passes
    on_diagram: Passes


REPLAYED, DEVIATES, UNDECIDED = 1, 0, 2


def mine(given: bytes, task: Task) -> bytes:
    """Find the model of encoded variants; encoded."""
    asked = msgspec.msgpack.decode(given, type=Given)
    traces = _traces(asked)
    task.report(0.02, N_("Starting the miner …"))
    net = _find_net(asked, traces, task)
    diagram = to_diagram(net)
    charts = chart_net(net, asked.n_activities), chart_diagram(diagram, asked.n_activities)
    verdicts, runs = _replay_all(charts, traces, task.part(0.5, 1.0))
    passes = [note_passes(chart, ((at, both[which]) for at, both in runs.items())) for which, chart in enumerate(charts)]
    return msgspec.msgpack.encode(Mined(net, diagram, bytes(verdicts), *passes))


def _ints(values: bytes) -> list[int]:
    return array("i", values).tolist()


def _traces(given: Given) -> list[Trace]:
    codes = _ints(given.codes)
    return [tuple(codes[begin:end]) for begin, end in pairwise([0, *_ints(given.ends)])]


def _find_net(asked: Given, traces: list[Trace], task: Task) -> Net:
    with quiet():
        task.report(0.25, N_("Finding the model …"))
    variants = dict(zip(traces, asked.counts, strict=True))
    found = (mine_heuristics if asked.miner is Miner.HEURISTICS else mine_inductive)(variants, asked.noise)
    transitions = tuple(Transition(*one) for one in found.transitions)
    net = reduce_net(Net(found.n_places, transitions, found.source, found.sink))
    if not net.transitions:
        raise BadInput(NO_MODEL)
    return net


def _replay_all(
    charts: tuple[Flowchart, Flowchart], traces: list[tuple[int, ...]], task: Task
) -> tuple[bytearray, dict[int, tuple[Run, Run]]]:
    """Verdicts by variant, and the runs of the replayed ones on the net and on the diagram.

    The two must agree: a diagram that replays other variants than the net is a mistake of the program.
    """
    replayers = [Replayer(chart.net) for chart in charts]
    verdicts, runs = bytearray(len(traces)), {}
    for at, trace in enumerate(traces):
        if at % REPORT_EVERY == 0:
            task.report(at / len(traces), N_("Replaying the variants: {n} of {all}"), n=at, all=len(traces))
        try:
            if sum(one.looked_at for one in replayers) > PATIENCE_IN_ALL:
                raise TooLong
            on_net, on_diagram = (one.run(trace) for one in replayers)
        except TooLong:
            verdicts[at] = UNDECIDED
            continue
        if (on_net is None) != (on_diagram is None):
            raise AssertionError("net and diagram differ")
        if on_net is not None and on_diagram is not None:
            verdicts[at] = REPLAYED
            runs[at] = on_net, on_diagram
    return verdicts, runs


def note_passes(chart: Flowchart, runs: Iterable[tuple[int, Run]]) -> Passes:
    """What runs pass, each with the number of its variant."""
    flows, nodes, waits = array("i"), array("i"), array("i")
    for variant, run in runs:
        passed = follow(chart, run)
        for flow, times in sorted(passed.flows.items()):
            flows.extend((variant, flow, times))
        for node, times in sorted(passed.nodes.items()):
            nodes.extend((variant, node, times))
        for wait in passed.waits:
            waits.extend((variant, wait.flow, wait.since, wait.until))
    return Passes(flows.tobytes(), nodes.tobytes(), waits.tobytes())
