"""What the disposable child does: finds a net with pm4py, turns it into a diagram, and replays every variant on both.

It is handed activity codes and counts of variants, and no names, times or case ids.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass
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
PATIENCE_IN_ALL = 6_000_000
"""Markings looked at for the whole log; variants beyond are undecided."""
REPORT_EVERY = 20
MANY_STEPS = 60
"""With more of them the inductive miner can take minutes."""
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
    """What the variants pass on one chart, as int32 rows in bytes.

    flows: (variant, place of the flow in the chart, times). nodes: (variant, node, times). waits: (variant, flow, since, until), the last
    two events of the variant.
    """

    flows: bytes
    nodes: bytes
    waits: bytes


class Mined(Struct, frozen=True):
    """A net and the diagram of the same language; by variant 1 replayed, 0 with deviations, 2 undecided; what they pass on each."""

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
    verdicts, courses = _replay_all(charts, traces, task.part(0.5, 1.0))
    on_net = note_passes(charts[0], ((at, one.on_net, one.events) for at, one in courses.items()))
    on_diagram = note_passes(charts[1], ((at, one.on_diagram, one.events) for at, one in courses.items()))
    return msgspec.msgpack.encode(Mined(net, diagram, bytes(verdicts), on_net, on_diagram))


def _ints(values: bytes) -> list[int]:
    return array("i", values).tolist()


def _traces(given: Given) -> list[Trace]:
    codes = _ints(given.codes)
    return [tuple(codes[begin:end]) for begin, end in pairwise([0, *_ints(given.ends)])]


def _find_net(asked: Given, traces: list[Trace], task: Task) -> Net:
    with quiet():
        _say_finding(len({code for trace in traces for code in trace}), task)
    variants = dict(zip(traces, asked.counts, strict=True))
    found = (mine_heuristics if asked.miner is Miner.HEURISTICS else mine_inductive)(variants, asked.noise)
    transitions = tuple(Transition(*one) for one in found.transitions)
    net = reduce_net(Net(found.n_places, transitions, found.source, found.sink))
    if not net.transitions:
        raise BadInput(NO_MODEL)
    return net


def _say_finding(n_steps: int, task: Task) -> None:
    if n_steps > MANY_STEPS:
        task.report(0.25, N_("Finding the model of {n} steps, which can take minutes …"), n=n_steps)
    else:
        task.report(0.25, N_("Finding the model …"))


@dataclass(frozen=True)
class Course:
    """How a variant runs through the model: on the net, on the diagram, and by visible transition the event it stands for (-1: none)."""

    on_net: Run
    on_diagram: Run
    events: tuple[int, ...]


def _replay_all(charts: Charts, traces: list[Trace], task: Task) -> tuple[bytearray, dict[int, Course]]:
    """Verdicts by variant, and the courses of all but the undecided ones."""
    net, diagram = (Replayer(chart.net) for chart in charts)
    verdicts, courses = bytearray(len(traces)), {}
    for at, trace in enumerate(traces):
        if at % REPORT_EVERY == 0:
            task.report(at / len(traces), N_("Replaying the variants: {n} of {all}"), n=at, all=len(traces))
        try:
            if net.looked_at + diagram.looked_at > PATIENCE_IN_ALL:
                raise TooLong
            fits, courses[at] = _course(net, diagram, trace)
        except TooLong:
            verdicts[at] = UNDECIDED
        else:
            verdicts[at] = REPLAYED if fits else DEVIATES
    return verdicts, courses


def _course(net: Replayer, diagram: Replayer, trace: Trace) -> tuple[bool, Course]:
    """Whether a variant runs through without deviation, and how it runs, else how it runs with few.

    Net and diagram must agree: a diagram that replays other variants than the net is a mistake of the program. Raises TooLong.
    """
    on_net, on_diagram = net.run(trace), diagram.run(trace)
    if (on_net is None) != (on_diagram is None):
        raise AssertionError("net and diagram differ")
    if on_net is not None and on_diagram is not None:
        return True, Course(on_net, on_diagram, tuple(range(len(trace))))
    near = net.align(trace)
    labels = [net.net.transitions[number].label for number in near.run]
    as_near = diagram.run([label for label in labels if label is not None])
    if as_near is None:
        raise AssertionError("net and diagram differ")
    return False, Course(near.run, as_near, near.events)


def note_passes(chart: Flowchart, runs: Iterable[tuple[int, Run, tuple[int, ...]]]) -> Passes:
    """What runs pass, each with the number of its variant and its events."""
    flows, nodes, waits = array("i"), array("i"), array("i")
    for variant, run, events in runs:
        passed = follow(chart, run, events)
        for flow, times in sorted(passed.flows.items()):
            flows.extend((variant, flow, times))
        for node, times in sorted(passed.nodes.items()):
            nodes.extend((variant, node, times))
        for wait in passed.waits:
            waits.extend((variant, wait.flow, wait.since, wait.until))
    return Passes(flows.tobytes(), nodes.tobytes(), waits.tobytes())
