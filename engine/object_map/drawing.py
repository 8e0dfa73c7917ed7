"""Draws the exact object-centric map: what is shown of each type, its numbers, and where everything stands."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import msgspec
import numpy as np

from engine.errors import N_, BadInput
from engine.layout.place import lay_out
from engine.layout.values import Graph, GraphArc, GraphStep, Lane, LaneKind, MapLayout, Orientation, Sizes, sizes_for
from engine.log.columns import CASE
from engine.object_map.letters import letters_for
from engine.object_map.study import ObjectStudy, global_ends
from engine.object_map.values import (
    BETWEEN,
    ObjectMap,
    ObjectPath,
    ObjectStep,
    ObjectType,
    TypeCount,
    bundle_width,
    is_marked,
    path_label,
)
from engine.process_map.abstraction import READABLE_STEPS, Arc, StepOrder, order_steps, rank_paths
from engine.process_map.coverage import measure_coverage
from engine.process_map.default_view import Sheet, choose_paths, choose_steps, same_density
from engine.process_map.metrics import round_to_base
from engine.process_map.picture import WIDEST_DIGIT, rewritten
from engine.process_map.study import WHOLE
from engine.process_map.values import END, START
from engine.service.object_messages import ObjectMapAnswer, ObjectMapQuery
from engine.tasks import Task
from engine.texts import Texts

DRAWING = N_("Drawing the map of the objects …")
NO_TYPES = N_("No type of object is chosen. Switch at least one on.")
NO_OBJECTS = N_("No object of the chosen types has events among the selected cases.")


def draw_object_map(study: ObjectStudy, query: ObjectMapQuery, task: Task) -> ObjectMapAnswer:
    """The exact map of the chosen types and its layout. Raises Cancelled, and BadInput where there is nothing to draw."""
    task.report(None, DRAWING)
    key = ("map", msgspec.structs.replace(query, guarded=False))
    return study.views.find(key, lambda: _draw(study, query, task), task)


def shown_types(study: ObjectStudy, query: ObjectMapQuery) -> tuple[int, ...]:
    """Numbers of the types that are not switched off; BadInput when all are."""
    shown = tuple(number for number in study.types if study.objects.object_types[number] not in query.hidden)
    if not shown:
        raise BadInput(NO_TYPES)
    return shown


def _draw(study: ObjectStudy, query: ObjectMapQuery, task: Task) -> ObjectMapAnswer:
    shown, texts = shown_types(study, query), Texts(query.language)
    frequencies = study.merged(shown, query.selection, task)
    if not frequencies.n_cases:
        raise BadInput(NO_OBJECTS)
    order = study.views.find(("order", shown, query.selection), lambda: order_steps(frequencies), task)
    sheet = _sheet_of(study, shown, query, task)
    n_steps = _default_steps(study, shown, sheet, task) if query.steps is None else max(query.steps, 1)
    steps = order.shown(n_steps)
    paths = rank_paths(frequencies, steps)
    n_paths = _default_paths(study, shown, n_steps, sheet, task) if query.paths is None else max(query.paths, 0)
    drawn = number_objects(study, query, shown, steps, paths.shown(n_paths), task)
    layout = place_objects(study, drawn, sheet.sizes, texts, task)
    return ObjectMapAnswer(query, drawn, layout, order.n_steps, paths.n_paths, len(order.shown(1)), paths.n_needed)


# ---- how much is shown -------------------------------------------------------------------------------------------------------


def _sheet_of(study: ObjectStudy, shown: tuple[int, ...], query: ObjectMapQuery, task: Task) -> Sheet:
    """What the map is laid out for; where nobody chose, the way round whose first view shows most, and largest."""
    upright, level = (Sheet(sizes_for(projector=query.projector, landscape=lying), query.room) for lying in (False, True))
    if query.orientation is not Orientation.AUTO:
        return level if query.orientation is Orientation.LANDSCAPE else upright

    def rank(sheet: Sheet) -> tuple[int, float]:
        steps, arcs = _first_view(study, shown, sheet, task)
        return len(steps), sheet.scale(_lay_out_merged(study, shown, steps, arcs, sheet, task))

    return study.views.find(("sheet", shown, upright), lambda: max(upright, level, key=rank), task)


def _first_view(study: ObjectStudy, shown: tuple[int, ...], sheet: Sheet, task: Task) -> tuple[tuple[int, ...], tuple[Arc, ...]]:
    n_steps = _default_steps(study, shown, sheet, task)
    steps = _whole_order(study, shown, task).shown(n_steps)
    paths = rank_paths(study.merged(shown, WHOLE, task), steps)
    return steps, paths.shown(_default_paths(study, shown, n_steps, sheet, task))


def _whole_order(study: ObjectStudy, shown: tuple[int, ...], task: Task) -> StepOrder:
    return study.views.find(("order", shown, WHOLE), lambda: order_steps(study.merged(shown, WHOLE, task)), task)


def _lay_out_merged(
    study: ObjectStudy, shown: tuple[int, ...], steps: tuple[int, ...], arcs: tuple[Arc, ...], sheet: Sheet, task: Task
) -> MapLayout:
    """A view of the whole log, to see how it fits."""
    usual = ObjectMapQuery()
    drawn = number_objects(study, usual, shown, steps, arcs, task)
    return place_objects(study, drawn, sheet.sizes, Texts(usual.language), task)


def _default_steps(study: ObjectStudy, shown: tuple[int, ...], sheet: Sheet, task: Task) -> int:
    """How many steps are shown when nobody asked: decided on the whole log, so that filters do not change it.

    A projector never shows more of them, or of the paths, than a desk.
    """
    merged = study.merged(shown, WHOLE, task)
    most = _default_steps(study, shown, sheet.desk, task) if sheet.sizes.is_large else READABLE_STEPS

    def choose() -> int:
        return choose_steps(
            _whole_order(study, shown, task),
            lambda steps: rank_paths(merged, steps),
            lambda steps, arcs: _lay_out_merged(study, shown, steps, arcs, sheet, task),
            sheet,
        )

    return min(study.views.find(("default steps", shown, sheet), choose, task), most)


def _default_paths(study: ObjectStudy, shown: tuple[int, ...], n_steps: int, sheet: Sheet, task: Task) -> int:
    """How many paths are shown with so many steps when nobody asked."""
    here = _paths_of(study, shown, n_steps, sheet, task)
    return min(here, _paths_of(study, shown, n_steps, sheet.desk, task)) if sheet.sizes.is_large else here


def _paths_of(study: ObjectStudy, shown: tuple[int, ...], n_steps: int, sheet: Sheet, task: Task) -> int:
    """As many as can be read with the first view's steps; other numbers of steps keep its density."""
    merged, order = study.merged(shown, WHOLE, task), _whole_order(study, shown, task)
    first = order.shown(_default_steps(study, shown, sheet, task))
    paths = rank_paths(merged, first)

    def choose() -> int:
        return choose_paths(first, paths, lambda steps, arcs: _lay_out_merged(study, shown, steps, arcs, sheet, task), sheet)

    found = study.views.find(("default paths", shown, sheet), choose, task)
    steps = order.shown(n_steps)
    if steps == first:
        return found
    return same_density(rank_paths(merged, steps), len(steps), (found - paths.n_needed) / max(len(first), 1))


# ---- numbers -----------------------------------------------------------------------------------------------------------------


def number_objects(
    study: ObjectStudy, query: ObjectMapQuery, shown: tuple[int, ...], steps: Sequence[int], arcs: Sequence[Arc], task: Task
) -> ObjectMap:
    """The numbers of the given steps and paths, for the types that are shown."""
    objects, selection = study.objects, query.selection
    at_steps: dict[int, list[TypeCount]] = {step: [] for step in steps}
    on_arcs: dict[Arc, list[TypeCount]] = {arc: [] for arc in arcs}
    loops: dict[Arc, list[TypeCount]] = {}
    counted: dict[int, int] = {}
    for number in study.types:
        one = study.type_study(number, selection, task)
        counted[number] = 0 if one is None else one.log.n_cases
        if one is None or number not in shown:
            continue
        found = one.frequencies(task)
        for code, step in enumerate(one.code_of.tolist()):
            if step in at_steps:
                at_steps[step].append(TypeCount(number, int(found.step_cases[code]), int(found.step_occurrences[code])))
        for at, arc in enumerate(zip(*global_ends(one, found), strict=True)):
            count = TypeCount(number, int(found.cases[at]), int(found.count[at]))
            if arc in on_arcs:
                on_arcs[arc].append(count)
            elif arc[0] == arc[1] and arc[0] in at_steps:
                loops.setdefault(arc, []).append(count)
    events = study.events(selection, task)
    codes = objects.activity if events is None else objects.activity[events]
    per_step = np.bincount(codes, minlength=len(objects.activities))
    mask = study.case_mask(selection, task)
    paths = tuple(ObjectPath(*arc, tuple(counts)) for arc, counts in on_arcs.items())
    return ObjectMap(
        types=types_of(study, counted, Texts(query.language)),
        shown=shown,
        steps=tuple(ObjectStep(step, objects.activities[step], int(per_step[step]), tuple(at_steps[step])) for step in steps),
        paths=paths,
        self_loops=tuple(ObjectPath(*arc, tuple(counts)) for arc, counts in loops.items()),
        n_events=len(codes),
        n_cases=study.cases.n_cases if mask is None else int(np.count_nonzero(mask)),
        n_cases_all=study.cases.n_cases,
        coverage=measure_coverage(study.merged(shown, selection, task), steps, arcs),
        largest=largest_of(paths),
    )


def types_of(study: ObjectStudy, counted: Mapping[int, int | None], texts: Texts) -> tuple[ObjectType, ...]:
    """Every type that may be shown, with how many objects it has."""
    names = study.objects.object_types
    letters = letters_for([texts("Case") if names[number] == CASE else names[number] for number in study.types])
    return tuple(
        ObjectType(names[number], letter, number, counted[number]) for number, letter in zip(study.types, letters, strict=True)
    )


def largest_of(paths: Collection[ObjectPath]) -> int:
    """Most transitions of one type on a path between two steps; on a start or end path when there is no other."""
    inner = [count.times for path in paths if not is_marked(path) for count in path.counts]
    return max(inner or [count.times for path in paths for count in path.counts], default=0)


# ---- places ------------------------------------------------------------------------------------------------------------------


def place_objects(study: ObjectStudy, drawn: ObjectMap, sizes: Sizes, texts: Texts, task: Task) -> MapLayout:
    """Where everything of an exact map stands, with its labels."""
    graph = _graph(study, drawn, texts, task)
    return write_object_labels(lay_out(graph, sizes, task=task), drawn, texts, sizes)


def _graph(study: ObjectStudy, drawn: ObjectMap, texts: Texts, task: Task) -> Graph:
    landscape = study.landscape(task)
    letters = {one.number: one.letter for one in drawn.types}
    known = {step.step for step in drawn.steps} | {START, END}
    return Graph(
        steps=tuple(GraphStep(one.step, one.name, one.events, _second_line(one, letters, texts)) for one in drawn.steps),
        arcs=tuple(
            GraphArc(one.source, one.target, one.all_times, bundle_width(one, drawn.largest), label, label)
            for one in drawn.paths
            for label in (_path_room(one, letters, texts),)
        ),
        weights=tuple(one for one in landscape.weights if one.source in known and one.target in known),
        main_variant=(),
        main_variant_cases=0,
        median_distinct_steps=0.0,
        positions={step: place for step, place in landscape.positions.items() if step in known},
        n_cases=landscape.n_cases,
        apart=True,
    )


def _second_line(step: ObjectStep, letters: Mapping[int, str], texts: Texts) -> str:
    """Room for the number of events and a square for each type."""
    return _room(texts.number(round_to_base(step.events)) + "  " + "  ".join(letters[count.type] for count in step.counts))


def _path_room(path: ObjectPath, letters: Mapping[int, str], texts: Texts) -> str:
    """Room for every type's own number, no finer than on the guarded twin."""
    return _room(BETWEEN.join(f"{letters[count.type]} {texts.number(round_to_base(count.times))}" for count in path.counts))


def write_object_labels(layout: MapLayout, drawn: ObjectMap, texts: Texts, sizes: Sizes) -> MapLayout:
    """The layout of this map's steps and paths (others are left out) with line widths and labels from the map's own numbers."""
    steps = {step.step for step in drawn.steps}
    paths = {(path.source, path.target): path for path in drawn.paths}
    letters = {one.number: one.letter for one in drawn.types}

    def lane(placed: Lane) -> Lane:
        path = paths[placed.source, placed.target]
        keep_left = placed.kind is LaneKind.SPINE and not layout.landscape
        label = rewritten(placed.label, path_label(path, letters, texts), sizes, keep_left)
        return msgspec.structs.replace(placed, width=bundle_width(path, drawn.largest), label=label)

    return msgspec.structs.replace(
        layout,
        cards=tuple(card for card in layout.cards if card.step in steps),
        lanes=tuple(lane(one) for one in layout.lanes if (one.source, one.target) in paths),
        spine=tuple(step for step in layout.spine if step in steps),
    )


def _room(text: str) -> str:
    return "".join(WIDEST_DIGIT if sign.isdigit() else sign for sign in text)
