"""What the parts of a model are called, and their numbers as sentences."""

from __future__ import annotations

from collections.abc import Mapping

from engine.errors import N_
from engine.models.values import Model, ModelNode, NodeKind, Notation
from engine.process_map.values import Path
from engine.texts import Texts

KINDS: Mapping[NodeKind, str] = {
    NodeKind.TASK: N_("Step"),
    NodeKind.EXCLUSIVE: N_("Choice (exclusive gateway)"),
    NodeKind.PARALLEL: N_("In parallel (parallel gateway)"),
    NodeKind.PLACE: N_("Place"),
    NodeKind.SILENT: N_("Silent transition"),
}
NOTATIONS: Mapping[Notation, str] = {Notation.BPMN: N_("BPMN"), Notation.PETRI: N_("Petri net")}


def describe_part(part: ModelNode | Path, model: Model, texts: Texts) -> str:
    """The numbers of a node or flow in one sentence; "" where no replayed case passes it."""
    if not part.cases:
        return ""
    words = texts("{cases} of the {all} cases that the model replays, {n} times.", cases=part.cases, all=model.replayed, n=part.occurrences)
    times = part.times if isinstance(part, Path) else None
    if times is None:
        return words
    return f"{words} {texts('Waiting time before the step: median {median}.', median=texts.long_duration(times.median))}"


def replay_sentence(model: Model, texts: Texts) -> str:
    """How many cases run through the model, which is what its numbers are about."""
    share = texts.percent(model.replayed / model.n_cases) if model.n_cases else ""
    words = texts("{n} of {all} cases ({share}) run through the model without deviation.", n=model.replayed, all=model.n_cases, share=share)
    if not model.undecided:
        return words
    return f"{words} {texts.plural('{n} case could not be checked in time.', '{n} cases could not be checked in time.', model.undecided)}"
