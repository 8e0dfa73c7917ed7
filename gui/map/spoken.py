"""What a screen reader says of the map: one sentence for each step and path, in the order in which one walks them."""

from __future__ import annotations

from engine.process_map.values import END, START, Metric, Path, Step
from engine.service.messages import MapAnswer
from engine.texts import Texts
from gui.map.scene import MapScene, metric_value
from gui.map.words import is_hidden, metric_name, step_name
from gui.store import PathSelected, Selected, StepSelected

Thing = StepSelected | PathSelected


def things(scene: MapScene) -> tuple[Thing, ...]:
    """Every step as one reads them, then every path, those of most transitions first."""
    lanes = sorted(scene.lanes, key=lambda lane: (-lane.count, lane.key))
    return (*(StepSelected(step) for step in scene.reading_order()), *(PathSelected(*lane.key) for lane in lanes))


def spoken(answer: MapAnswer, what: Selected, texts: Texts) -> str:
    """A step or path in words; "" when it is not on the map."""
    if isinstance(what, StepSelected):
        step = next((one for one in answer.map.steps if one.step == what.step), None)
        return _step(answer, step, texts) if step else ""
    path = next((one for one in answer.map.paths if isinstance(what, PathSelected) and _ends(one) == (what.source, what.target)), None)
    return _path(answer, path, texts) if path else ""


def _ends(path: Path) -> tuple[int, int]:
    return path.source, path.target


def _step(answer: MapAnswer, step: Step, texts: Texts) -> str:
    parts = [step.name, texts.plural("{n} case", "{n} cases", step.cases)]
    if answer.map.n_cases:
        parts.append(texts.percent(step.cases / answer.map.n_cases))
    again = answer.map.repeats(step)
    if again:
        parts.append(texts.plural("{n} repeat", "{n} repeats", again))
    onward = max((one for one in answer.map.paths if one.source == step.step), key=lambda one: one.occurrences, default=None)
    if onward is not None:
        parts.append(texts("most often on to {step}", step=step_name(answer, onward.target, texts)))
        parts += _numbers(answer, onward, texts)
    return ", ".join(parts)


def _path(answer: MapAnswer, path: Path, texts: Texts) -> str:
    names = [step_name(answer, step, texts) for step in _ends(path)]
    parts = [texts("Path from {source} to {target}", source=names[0], target=names[1])]
    parts.append(texts.plural("{n} transition", "{n} transitions", path.occurrences))
    return ", ".join([*parts, *_numbers(answer, path, texts)])


def _numbers(answer: MapAnswer, path: Path, texts: Texts) -> list[str]:
    """The metrics of a path that are on the map."""
    if path.source == START or path.target == END:
        return []
    found = []
    for metric in dict.fromkeys((answer.map.colour, answer.map.label, answer.map.second)):
        value = None if metric is None or is_hidden(path, metric, answer.map) else metric_value(path, metric)
        if metric is not None and value is not None and metric is not Metric.OCCURRENCES:
            number = texts.long_duration(value) if metric.is_time else texts.number(value)
            found.append(f"{metric_name(metric, answer.map, texts)} {number}")
    return found
