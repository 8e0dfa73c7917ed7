"""A model of how cases run, with its numbers, as plain values that the window can read without numpy."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from engine.errors import N_
from engine.process_map.values import END, START, Coverage, Metric, Path, ProcessMap, Step

LEAST_NOISE, MOST_NOISE = 0.0, 1.0
NO_CASES = N_("No case is selected, so there is nothing to make a model of. Widen the filters.")


class Notation(StrEnum):
    """How a model is drawn."""

    BPMN = "bpmn"
    PETRI = "petri"


class Miner(StrEnum):
    """How a model is found."""

    INDUCTIVE = "inductive"
    HEURISTICS = "heuristics"


class NodeKind(StrEnum):
    """What a node of a model is: in BPMN a task or a gateway, in a Petri net a transition (TASK, or SILENT without a name) or a place.

    The start and end events, in a Petri net the first and the last place, are START and END wherever a flow names a node.
    """

    TASK = "task"
    EXCLUSIVE = "exclusive"
    PARALLEL = "parallel"
    PLACE = "place"
    SILENT = "silent"


class ModelNode(Struct, frozen=True):
    """One node. `node` is the activity's code for a task, and a number beyond all codes for everything else.

    cases and occurrences: of the cases that are counted, those that pass the node, and how often; a task that only the model asks for is
    not passed. cases_all: cases of the selection that have the activity anywhere; 0 for other nodes, and hidden on a guarded model.
    """

    node: int
    kind: NodeKind
    name: str = ""
    cases: int = 0
    occurrences: int = 0
    cases_all: int = 0


class Model(Struct, frozen=True):
    """A model of a selection. Flows are paths between nodes (START and END included) with the numbers of the cases that are counted.

    Every case is counted on a way through the model that deviates little from it, or not at all.
    A flow's times are the waiting times before the step that it leads to: from the latest step behind it to that step; None elsewhere.
    replayed: cases that run through the model from start to end without any deviation. counted: those and the ones with deviations.
    undecided: cases whose way would take too long to find, and that are not counted. without: cases with none of the model's steps.
    n_steps: steps that the model is of; the others of the n_steps_all (on a guarded model those with at least k cases) are passed over.
    n_steps_least: the fewest that it can be of. left_out: activities among the n_steps that are not in the model.
    k is 0 for exact numbers, else the guard's minimum.
    """

    notation: Notation
    miner: Miner
    noise: float
    nodes: tuple[ModelNode, ...]
    flows: tuple[Path, ...]
    n_cases: int
    n_cases_all: int
    n_events: int
    counted: int
    replayed: int
    undecided: int
    left_out: tuple[str, ...]
    colour: Metric
    label: Metric
    second: Metric | None
    colour_breaks: tuple[float, ...]
    without: int = 0
    n_steps: int = 0
    n_steps_all: int = 0
    n_steps_least: int = 0
    k: int = 0

    @property
    def n_cases_met(self) -> int:
        """Cases that have at least one of the steps that the model is of."""
        return self.n_cases - self.without


def map_of_model(model: Model) -> ProcessMap:
    """The model as the process map's values: nodes are steps and flows are paths."""
    inner = [flow for flow in model.flows if flow.source != START and flow.target != END]
    passes = sum(flow.occurrences for flow in inner)
    n_steps = len(model.nodes)
    return ProcessMap(
        steps=tuple(Step(node.node, node.name, node.cases, node.occurrences, 0, 0, 0, 0) for node in model.nodes),
        paths=model.flows,
        n_cases=model.counted,
        n_events=model.n_events,
        n_cases_all=model.n_cases_all,
        colour=model.colour,
        label=model.label,
        second=model.second,
        colour_breaks=model.colour_breaks,
        coverage=Coverage(n_steps, n_steps, len(inner), len(inner), passes, passes, model.n_events, model.n_events, model.k),
        k=model.k,
    )
