"""A map of objects in words: what it shows, and what a number on it means."""

from __future__ import annotations

from engine.log.columns import CASE
from engine.object_map.values import ObjectMap, ObjectPath, ObjectStep, TypeCount
from engine.process_map.values import END, START
from engine.service.messages import ObjectMapAnswer
from engine.texts import Texts
from gui.store import PathSelected, Selected, StepSelected


def type_name(name: str, texts: Texts) -> str:
    """A type as it is shown: what has no name of its own is a case."""
    return texts("Case") if name == CASE else name


def shown_sentence(shown: ObjectMap, texts: Texts) -> str:
    """How many of the transitions of the chosen types are drawn."""
    coverage = shown.coverage
    if not coverage.transitions_all:
        return texts("The map shows every step.")
    share = texts.percent(coverage.transitions_shown / coverage.transitions_all)
    return texts("The map shows {share} of the transitions.", share=share)


def counting_sentence(texts: Texts) -> str:
    """What a transition is on such a map."""
    return texts("A transition is one step directly after another for the same object. An event of several objects counts once for each.")


def numbers_of(counts: tuple[TypeCount, ...], shown: ObjectMap, texts: Texts, of_step: bool) -> list[str]:
    """A line for each type: its objects, and how often."""
    names = {one.number: type_name(one.name, texts) for one in shown.types}
    words = []
    for count in counts:
        objects = texts.plural("{n} object", "{n} objects", count.objects)
        n = count.times
        times = texts.plural("{n} event", "{n} events", n) if of_step else texts.plural("{n} transition", "{n} transitions", n)
        words.append(texts("{type}: {objects}, {times}", type=names[count.type], objects=objects, times=times))
    return words


def name_of(step: int, shown: ObjectMap, texts: Texts) -> str:
    """A step's name, or that of a mark."""
    marks = {START: texts("Start"), END: texts("End")}
    found = shown.step_of(step)
    return marks.get(step, found.name if found else "")


def path_name(path: ObjectPath, shown: ObjectMap, texts: Texts) -> str:
    """A path by its two ends."""
    return f"{name_of(path.source, shown, texts)} → {name_of(path.target, shown, texts)}"


def found_on(answer: ObjectMapAnswer, what: Selected) -> ObjectStep | ObjectPath | None:
    """The step or path that is meant, None when it is not on the map."""
    if isinstance(what, StepSelected):
        return answer.map.step_of(what.step)
    return answer.map.path_of(what.source, what.target) if isinstance(what, PathSelected) else None


def describe_object(answer: ObjectMapAnswer, what: Selected, texts: Texts) -> str:
    """The tool tip of a step or path; "" when it is not on the map."""
    found = found_on(answer, what)
    if found is None:
        return ""
    if isinstance(found, ObjectStep):
        events = texts.plural("{n} event", "{n} events", found.events)
        return "\n".join([found.name, events, *numbers_of(found.counts, answer.map, texts, of_step=True)])
    return "\n".join([path_name(found, answer.map, texts), *numbers_of(found.counts, answer.map, texts, of_step=False)])


def speak_object(answer: ObjectMapAnswer, what: Selected, texts: Texts) -> str:
    """What a screen reader says of a step or path; "" when it is not on the map."""
    found = found_on(answer, what)
    if isinstance(found, ObjectPath):
        names = {"source": name_of(found.source, answer.map, texts), "target": name_of(found.target, answer.map, texts)}
        head = texts("Path from {source} to {target}", **names)
        return ". ".join([head, *numbers_of(found.counts, answer.map, texts, of_step=False)])
    return ". ".join(describe_object(answer, what, texts).split("\n"))
