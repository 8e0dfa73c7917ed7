"""A model in words: its choices, what its numbers are about, and what a number on it means."""

from __future__ import annotations

from collections.abc import Mapping

from engine.errors import N_
from engine.models.values import Miner, Model, ModelNode, NodeKind, Notation
from engine.models.words import KINDS, describe_part
from engine.process_map.values import END, START, Path
from engine.service.messages import ModelAnswer
from engine.texts import Texts
from gui.map.words import CLOCK
from gui.store import PathSelected, Selected, StepSelected

NOTATION_NAMES: Mapping[Notation, str] = {Notation.BPMN: N_("BPMN"), Notation.PETRI: N_("Petri net")}
MINER_NAMES: Mapping[Miner, str] = {Miner.INDUCTIVE: N_("Inductive miner"), Miner.HEURISTICS: N_("Heuristics miner")}
KIND_TIPS: Mapping[NodeKind, str] = {
    NodeKind.EXCLUSIVE: N_("Choice: a case takes one of the ways"),
    NodeKind.PARALLEL: N_("In parallel: a case takes all of the ways, in any order"),
    NodeKind.PLACE: N_("Place: where a case waits for the next step"),
    NodeKind.SILENT: N_("Silent transition: moves a case on without a step"),
}
FEW_NAMES = 3


def left_out_sentence(model: Model, texts: Texts) -> str:
    """Steps that the model does not have; "" when it has all."""
    if not model.left_out:
        return ""
    n = len(model.left_out)
    words = texts.plural("{n} step is not in the model", "{n} steps are not in the model", n)
    names = ", ".join(model.left_out[:FEW_NAMES]) + (" …" if n > FEW_NAMES else "")
    return f"{words}: {names}"


def describe_model(answer: ModelAnswer, what: Selected, texts: Texts) -> str:
    """The tool tip of a node or flow; "" when it is not on the model."""
    if isinstance(what, StepSelected):
        node = next((one for one in answer.model.nodes if one.node == what.step), None)
        return _node_tip(answer.model, node, texts) if node else ""
    if isinstance(what, PathSelected):
        flow = next((one for one in answer.model.flows if (one.source, one.target) == (what.source, what.target)), None)
        return _flow_tip(answer.model, flow, texts) if flow else ""
    return ""


def speak_model(answer: ModelAnswer, what: Selected, texts: Texts) -> str:
    """What a screen reader says of a node or flow: one sentence or two; "" when it is not on the model."""
    model = answer.model
    names = {START: texts("Start"), END: texts("End")} | {node.node: node.name or texts(KINDS[node.kind]) for node in model.nodes}
    if isinstance(what, StepSelected):
        node = next((one for one in model.nodes if one.node == what.step), None)
        return ". ".join(filter(None, (names[node.node], describe_part(node, model, texts)))) if node else ""
    if not isinstance(what, PathSelected):
        return ""
    flow = next((one for one in model.flows if (one.source, one.target) == (what.source, what.target)), None)
    if flow is None:
        return ""
    path = texts("Path from {source} to {target}", source=names[flow.source], target=names[flow.target])
    return f"{path}. {describe_part(flow, model, texts) or texts('The model allows this way, and no case takes it.')}"


def _node_tip(model: Model, node: ModelNode, texts: Texts) -> str:
    numbers = texts("{cases} of {all} cases, {n} times.", cases=node.cases, all=model.counted, n=node.occurrences)
    if node.kind is not NodeKind.TASK:
        return f"{texts(KIND_TIPS[node.kind])}\n{numbers}"
    lines = [node.name, numbers]
    if node.cases_all > node.cases:
        lines.append(
            texts.plural(
                "{n} case has the step elsewhere than the model wants it.",
                "{n} cases have the step elsewhere than the model wants it.",
                node.cases_all - node.cases,
            )
        )
    return "\n".join(lines)


def _flow_tip(model: Model, flow: Path, texts: Texts) -> str:
    names = {START: texts("Start"), END: texts("End")} | {node.node: node.name for node in model.nodes if node.name}
    ends = [names.get(end, "") for end in (flow.source, flow.target)]
    lines = [f"{ends[0] or '◇'} → {ends[1] or '◇'}"]
    if flow.occurrences:
        lines.append(texts("{cases} of {all} cases, {n} times.", cases=flow.cases, all=model.counted, n=flow.occurrences))
    else:
        lines.append(texts("The model allows this way, and no case takes it."))
    if flow.times is not None:
        lines.append(texts("Waiting time before the step: median {median}.", median=texts.long_duration(flow.times.median)))
        lines.append(texts("It counts from the latest step that the model lets it wait for."))
        if model.n_steps < model.n_steps_all:
            lines.append(texts("What the case does meanwhile in steps that the model passes over is within this time."))
        lines.append(texts(CLOCK))
    return "\n".join(lines)


def model_changes(exact: Model, guarded: Model, n_lost: int, texts: Texts) -> list[str]:
    """What leaving the screen does to a model, of which so many paths are lost: one plain sentence each."""
    kept = {node.node for node in guarded.nodes}
    gone = [node for node in exact.nodes if node.node not in kept]
    names = [node.name for node in gone if node.kind is NodeKind.TASK]
    few = texts("fewer than {k} cases", k=guarded.k)
    lines = [texts("Counts are rounded to the nearest 5.")]
    if n_lost:
        lines.append(texts.plural("{n} path is left out: {few}.", "{n} paths are left out: {few}.", n_lost, few=few))
    if names:
        words = texts.plural("{n} step is left out with its paths", "{n} steps are left out with their paths", len(names))
        lines.append(f"{words}: {', '.join(names)}")
    if n := len(gone) - len(names):
        lines.append(_parts_gone(n, exact.notation, texts))
    if exact.counted - guarded.counted >= guarded.k:
        lines.append(texts("Cases on paths that are left out are not counted in the numbers that stay."))
    if any(flow.times is not None for flow in guarded.flows):
        lines.append(texts("Waiting times have at most three digits."))
    return lines


def _parts_gone(n: int, notation: Notation, texts: Texts) -> str:
    """That gateways, or places and silent transitions, are gone with the paths that they served."""
    if notation is Notation.PETRI:
        return texts.plural("{n} part goes with it.", "{n} parts go with them.", n)
    return texts.plural(
        "{n} gateway that has nothing left to decide is gone.",
        "{n} gateways that have nothing left to decide are gone.",
        n,
    )
