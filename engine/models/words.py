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


VERDICTS: tuple[tuple[float, str], ...] = (
    (1.0, N_("Every case runs as the model says.")),
    (0.95, N_("The model fits: nearly every case runs as it says.")),
    (0.8, N_("The model fits most cases.")),
    (0.5, N_("The model shows the usual course, and many cases depart from it.")),
    (0.0, N_("Most cases depart from this model in some place.")),
)
"""What to think of a model by the least share of the cases that follow it without deviation."""
NO_VERDICT = N_("How well the model fits is not known: many cases are too hard to follow through it.")


def verdict_sentence(model: Model, texts: Texts) -> str:
    """What to think of the model's fit; "" without cases."""
    if not model.n_cases_met:
        return ""
    least, most = (n / model.n_cases_met for n in (model.replayed, model.replayed + model.undecided))
    verdicts = VERDICTS[1:] if model.k else VERDICTS  # rounded numbers cannot tell all cases from nearly all
    worst, best = (next(words for from_share, words in verdicts if share >= from_share) for share in (least, most))
    return texts(worst if worst == best else NO_VERDICT)


def replay_sentence(model: Model, texts: Texts) -> str:
    """How many cases follow the model in full, of those that have any of its steps."""
    n, n_met = model.replayed, model.n_cases_met
    share = texts.percent(n / n_met) if n_met else ""
    return texts("{n} of {all} cases ({share}) follow the model without deviation.", n=n, all=n_met, share=share)


def counting_sentence(model: Model, texts: Texts) -> str:
    """How the cases that deviate are counted, and which are not; "" when every case follows the model."""
    words = []
    if model.counted > model.replayed:
        words.append(texts("The others are counted on a way through it with few deviations."))
    if model.undecided:
        words.append(
            texts.plural(
                "{n} case has no way that could be found in time.", "{n} cases have no way that could be found in time.", model.undecided
            )
        )
    if model.without:
        words.append(
            texts.plural(
                "{n} case has none of these steps and is not counted.",
                "{n} cases have none of these steps and are not counted.",
                model.without,
            )
        )
    return " ".join(words)


def part_sentence(model: Model, texts: Texts) -> str:
    """Of how many steps the model is; "" when it is of all."""
    if model.n_steps >= model.n_steps_all:
        return ""
    return texts("A model of {n} of {all} steps; what the cases do besides is passed over.", n=model.n_steps, all=model.n_steps_all)


def about_sentences(model: Model, texts: Texts) -> list[str]:
    """What a model is of, how well it fits, and how its numbers were counted."""
    said = (part_sentence(model, texts), verdict_sentence(model, texts), replay_sentence(model, texts), counting_sentence(model, texts))
    return [sentence for sentence in said if sentence]
