"""What the parts of a model are called, and their numbers as sentences."""

from __future__ import annotations

from collections.abc import Mapping

from engine.errors import N_
from engine.models.values import Model, ModelNode, NodeKind
from engine.process_map.values import Path
from engine.texts import Texts

KINDS: Mapping[NodeKind, str] = {
    NodeKind.TASK: N_("Step"),
    NodeKind.EXCLUSIVE: N_("Choice (exclusive gateway)"),
    NodeKind.PARALLEL: N_("In parallel (parallel gateway)"),
    NodeKind.PLACE: N_("Place"),
    NodeKind.SILENT: N_("Silent transition"),
}


def describe_part(part: ModelNode | Path, model: Model, texts: Texts) -> str:
    """The numbers of a node or flow in one sentence; "" where no case passes it."""
    if not part.cases:
        return ""
    words = texts("{cases} of {all} cases, {n} times.", cases=part.cases, all=model.counted, n=part.occurrences)
    times = part.times if isinstance(part, Path) else None
    if times is None:
        return words
    return f"{words} {texts('Waiting time before the step: median {median}.', median=texts.long_duration(times.median))}"


def replay_sentence(model: Model, texts: Texts) -> str:
    """How many cases follow the model in full."""
    share = texts.percent(model.replayed / model.n_cases) if model.n_cases else ""
    return texts("{n} of {all} cases ({share}) follow the model without deviation.", n=model.replayed, all=model.n_cases, share=share)


def counting_sentence(model: Model, texts: Texts) -> str:
    """How the cases that deviate are counted; "" when none does."""
    words = []
    if model.counted > model.replayed:
        words.append(texts("The others are counted on a way through it with few deviations."))
    if model.undecided:
        words.append(
            texts.plural(
                "{n} case has no way that could be found in time.", "{n} cases have no way that could be found in time.", model.undecided
            )
        )
    return " ".join(words)
