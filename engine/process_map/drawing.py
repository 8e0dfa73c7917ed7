"""Draws the exact map of a selection: what is shown, its numbers, and where everything stands."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import msgspec

from engine.errors import N_
from engine.layout.place import lay_out
from engine.layout.seed import extended, seek_seed
from engine.layout.values import LIGHT, PROJECTOR, Graph, MapLayout, MovedStep, Orientation, Search, Seed, Sizes, sizes_for
from engine.process_map.abstraction import READABLE_STEPS, Arc, rank_paths
from engine.process_map.default_view import (
    Sheet,
    choose_paths,
    choose_steps,
    is_labelled,
    is_readable,
    lies_down,
    same_density,
    scale_in_window,
)
from engine.process_map.numbers import Reading, Shown, map_numbers
from engine.process_map.picture import build_graph, write_labels
from engine.process_map.rework import cut_out, map_rework, rework_breaks
from engine.process_map.study import WHOLE, Study
from engine.process_map.values import Metric, ProcessMap, Times
from engine.service.messages import MapAnswer, MapQuery
from engine.service.process_messages import Arrangement
from engine.tasks import Task
from engine.texts import DAY, LANGUAGES, Texts

AS_LARGE = 0.97
"""A sought arrangement may shrink the first view by 3 % at most."""
TYPICAL = Times(1, 2.9 * DAY, 2.9 * DAY, 2.9 * DAY, 2.9 * DAY, 2.9 * DAY, 2.9 * DAY)
OFTEN = 4_000
"""Arcs laid out in the search for better places after which its state is kept again."""
MANY_STEPS = 60
"""Steps of the largest view whose cards find their places once for all views."""
"""Stands in labels while the default view is chosen: what fits must not depend on whether times are at hand."""


def draw_map(study: Study, query: MapQuery, task: Task, with_times: bool = True) -> MapAnswer:
    """The exact map and its layout. Times are left out where they would have to be waited for and `with_times` is False.

    refined is False while times, or the seed of the layout where it is wanted, are missing.
    """
    task.report(None, N_("Drawing the process map …"))
    timed = with_times or study.times_at_hand
    sheet = sheet_of(study, query, task)
    seed = seed_for(study, sheet, task) if query.arranged else None
    key = ("map", msgspec.structs.replace(query, guarded=False), timed, seed)

    def draw() -> MapAnswer:
        return _draw(study, query, timed, seed, sheet, task)

    return study.recent.find(key, draw, task)


def seed_for(study: Study, sheet: Sheet, task: Task) -> Seed | None:
    """The seed of the log's layout in a room, None while it has not been sought.

    The first view is chosen as it stands without: a seed that would cost its names or its labels in this room is none there.
    """
    seed = known_seed(study, PROJECTOR if sheet.sizes.is_large else LIGHT)
    if seed is None or sheet in (Sheet(LIGHT), Sheet(PROJECTOR)):
        return seed
    return study.views.find(("seed", sheet, seed), lambda: Seed() if _harms(study, seed, sheet, task) else seed, task)


def sheet_of(study: Study, query: MapQuery, task: Task) -> Sheet:
    """What the map is laid out for; where nobody chose an orientation, the one whose first view shows most in the window's room."""
    upright = Sheet(sizes_for(projector=query.projector, landscape=False), query.room)
    level = Sheet(sizes_for(projector=query.projector, landscape=True), query.room)
    if query.orientation is not Orientation.AUTO:
        return level if query.orientation is Orientation.LANDSCAPE else upright
    if not lies_down(query.room):
        return upright
    shows_more = study.views.find(("landscape", level), lambda: _rank(study, level, task) >= _rank(study, upright, task), task)
    return level if shows_more else upright


def _rank(study: Study, sheet: Sheet, task: Task) -> tuple[int, float]:
    """How much the first view shows, and how large."""
    steps, arcs = _first_view(study, sheet, task)
    return len(steps), sheet.scale(_lay_out_whole(study, steps, arcs, sheet.sizes, task))


def with_moved(seed: Seed, moved: tuple[MovedStep, ...], activities: tuple[str, ...]) -> Seed:
    """The seed with the places that steps were given by hand; names that the log does not have are passed over."""
    code = {name: step for step, name in enumerate(activities)}
    by_hand = {code[one.name]: (one.row_offset, one.column) for one in moved if one.name in code}
    found = tuple(place for place in seed.places if place[0] not in by_hand)
    return Seed(found, tuple((step, *place) for step, place in sorted(by_hand.items())))


def _draw(study: Study, query: MapQuery, timed: bool, seed: Seed | None, sheet: Sheet, task: Task) -> MapAnswer:
    order = study.order(query.selection, task)
    sheets = _fitting(study, query, sheet, task)
    n_steps = min(default_steps(study, one, task) for one in sheets) if query.steps is None else max(query.steps, 1)
    steps = order.shown(n_steps)
    paths = rank_paths(study.frequencies(query.selection, task), steps)
    n_paths = min(default_paths(study, n_steps, one, task) for one in sheets) if query.paths is None else max(query.paths, 0)
    process_map = _numbers(study, query, Shown(steps, paths.shown(n_paths)), timed, task)
    task.check()
    texts = Texts(query.language)
    graph = build_graph(process_map, study.landscape(task), texts)
    usual = extended(Seed(), graph, task) if query.moved and not (seed and seed.places) else seed or Seed()
    layout = lay_out(graph, sheet.sizes, with_moved(usual, query.moved, study.log.activities), task, study.plans)
    return MapAnswer(
        query=query,
        map=process_map,
        layout=write_labels(layout, process_map, texts, sheet.sizes),
        steps_max=order.n_steps,
        paths_max=paths.n_paths,
        refined=timed and (seed is not None or not query.arranged),
        arranged=seed is not None,
        steps_min=len(order.shown(1)),
        paths_min=paths.n_needed,
    )


def _fitting(study: Study, query: MapQuery, sheet: Sheet, task: Task) -> tuple[Sheet, ...]:
    """What the first view is to fit. One that is turned by hand shows what it showed, or less where that could not be read."""
    if query.orientation is Orientation.AUTO or not all(query.room):
        return (sheet,)
    return sheet_of(study, msgspec.structs.replace(query, orientation=Orientation.AUTO), task), sheet


def _numbers(study: Study, query: MapQuery, shown: Shown, timed: bool, task: Task) -> ProcessMap:
    with_rework = Metric.REWORK in (query.colour, query.label, query.second)
    rework = map_rework(study, query.selection, task) if with_rework else None
    if query.colour is Metric.REWORK:
        breaks = rework_breaks(study, task)
    else:
        breaks = study.colour_breaks(query.colour, task) if timed or not query.colour.is_time else ()
    numbers = map_numbers(
        shown,
        study.frequencies(query.selection, task),
        study.times(query.selection, task) if timed else None,
        study.log.activities,
        study.log.n_cases,
        Reading(query.colour, query.label, query.second, breaks, rework),
    )
    return msgspec.structs.replace(numbers, loops=cut_out(study, query.selection, task)) if with_rework else numbers


def default_steps(study: Study, sheet: Sheet, task: Task) -> int:
    """The number of steps shown when nobody asked for one; decided on the whole log, so that filters do not change it.

    A projector never shows more of them, or of the paths, than a desk.
    """
    frequencies = study.frequencies(WHOLE, task)
    most = default_steps(study, sheet.desk, task) if sheet.sizes.is_large else READABLE_STEPS

    def choose() -> int:
        task.report(None, N_("Finding a readable map …"))
        chosen = choose_steps(
            study.order(WHOLE, task),
            lambda steps: rank_paths(frequencies, steps),
            lambda steps, arcs: _lay_out_whole(study, steps, arcs, sheet.sizes, task),
            sheet,
        )
        return min(chosen, most)

    return study.views.find(("default steps", sheet), choose, task)


def default_paths(study: Study, n_steps: int, sheet: Sheet, task: Task) -> int:
    """The number of paths between steps shown with this many steps when nobody asked for one; decided on the whole log.

    For the default number of steps it is searched for; for others the map keeps that density, which costs no time while a slider moves.
    """
    most = default_paths(study, n_steps, sheet.desk, task) if sheet.sizes.is_large else None
    here = _paths_of(study, n_steps, sheet, task)
    return here if most is None else min(here, most)


def _paths_of(study: Study, n_steps: int, sheet: Sheet, task: Task) -> int:
    order, frequencies = study.order(WHOLE, task), study.frequencies(WHOLE, task)
    first = order.shown(default_steps(study, sheet, task))
    paths = rank_paths(frequencies, first)

    def choose() -> int:
        return choose_paths(first, paths, lambda steps, arcs: _lay_out_whole(study, steps, arcs, sheet.sizes, task), sheet)

    found = study.views.find(("default paths", sheet), choose, task)
    steps = order.shown(n_steps)
    if steps == first:
        return found
    here = rank_paths(frequencies, steps)
    return same_density(here, len(steps), (found - paths.n_needed) / max(len(first), 1))


def known_seed(study: Study, sizes: Sizes) -> Seed | None:
    """The seed of the log's layout, None while it has not been sought."""
    seed: Seed | None = study.whole.peek(("seed", sizes))
    return seed


def arrangement_of(study: Study) -> Arrangement | None:
    """The seeds of every appearance, or how far the search for them has come; None while nothing has been found."""
    desk, projector = known_seed(study, LIGHT), known_seed(study, PROJECTOR)
    if desk is not None and projector is not None:
        return Arrangement(desk, projector)
    return Arrangement(search=study.search) if study.search is not None else None


def take_arrangement(study: Study, arrangement: Arrangement, task: Task) -> None:
    """Use the seeds that were found when the log was looked at before, or go on from where their search was left."""
    if arrangement.search is not None:
        study.search = arrangement.search
        return
    study.whole.find(("seed", LIGHT), lambda: arrangement.desk, task)
    study.whole.find(("seed", PROJECTOR), lambda: arrangement.projector, task)


def find_seed(study: Study, task: Task, keep: Callable[[], None] = lambda: None) -> None:
    """Seek the arrangement that all later views are attracted to, and take it for every appearance that stays readable with it.

    One that was found before stays: a step keeps its place. `keep` is called now and then while there is more to be kept of the search.
    """
    if known_seed(study, LIGHT) is not None and known_seed(study, PROJECTOR) is not None:
        return
    steps, arcs = _widest_view(study, task)

    def come(search: Search) -> None:
        kept, study.search = study.search or Search(), search
        if search.work // OFTEN > kept.work // OFTEN:
            keep()

    def seek() -> Seed:
        task.report(0.3, N_("Arranging the map …"))
        first = _whole_graph(study, *_first_view(study, Sheet(LIGHT), task), task)
        sought = seek_seed(_whole_graph(study, steps, arcs, task), LIGHT, task.part(0.3, 1.0), first, study.search, come)
        return extended(sought, _whole_graph(study, *_view_of(study, MANY_STEPS, Sheet(LIGHT), task), task), task)

    seed = study.whole.find("seed", seek, task)
    for sizes in (LIGHT, PROJECTOR):
        study.whole.find(("seed", sizes), partial(_accepted, study, seed, sizes, task), task)
    study.search = None


def _accepted(study: Study, seed: Seed, sizes: Sizes, task: Task) -> Seed:
    """The seed, or none where it would cost the first view its readable names, its labels, or its size in an ordinary window."""
    sheet = Sheet(sizes)
    before, after = _with_and_without(study, seed, sheet, task)
    harms = _harms(study, seed, sheet, task) or scale_in_window(after) < AS_LARGE * scale_in_window(before)
    return Seed() if harms else seed


def _harms(study: Study, seed: Seed, sheet: Sheet, task: Task) -> bool:
    """Whether a seed would cost the first view its readable names or its labels."""
    before, after = _with_and_without(study, seed, sheet, task)
    return (is_readable(before, sheet) and not is_readable(after, sheet)) or (is_labelled(before) and not is_labelled(after))


def _with_and_without(study: Study, seed: Seed, sheet: Sheet, task: Task) -> tuple[MapLayout, MapLayout]:
    """The first view without a seed, and with it."""
    steps, arcs = _first_view(study, sheet, task)

    def lay(one: Seed | None) -> MapLayout:
        return study.views.find(("first", sheet, one), lambda: _lay_out_whole(study, steps, arcs, sheet.sizes, task, one), task)

    return lay(None), lay(seed)


def _first_view(study: Study, sheet: Sheet, task: Task) -> tuple[tuple[int, ...], tuple[Arc, ...]]:
    """Steps and arcs of the whole log that are shown when nobody asked for a number of them."""
    return _view_of(study, default_steps(study, sheet, task), sheet, task)


def _widest_view(study: Study, task: Task) -> tuple[tuple[int, ...], tuple[Arc, ...]]:
    """As many steps as a first view can have at most: places sought among these serve the steps slider too."""
    return _view_of(study, max(READABLE_STEPS, default_steps(study, Sheet(LIGHT), task)), Sheet(LIGHT), task)


def _view_of(study: Study, n_steps: int, sheet: Sheet, task: Task) -> tuple[tuple[int, ...], tuple[Arc, ...]]:
    steps = study.order(WHOLE, task).shown(n_steps)
    paths = rank_paths(study.frequencies(WHOLE, task), steps)
    return steps, paths.shown(default_paths(study, n_steps, sheet, task))


def _lay_out_whole(
    study: Study, steps: tuple[int, ...], arcs: tuple[Arc, ...], sizes: Sizes, task: Task, seed: Seed | None = None
) -> MapLayout:
    return lay_out(_whole_graph(study, steps, arcs, task), sizes, seed or Seed(), task, study.plans)


def _whole_graph(study: Study, steps: tuple[int, ...], arcs: tuple[Arc, ...], task: Task) -> Graph:
    """The whole log with these steps and arcs and a typical time on every path."""
    reading = Reading(Metric.OCCURRENCES, Metric.OCCURRENCES, Metric.MEDIAN)
    exact = map_numbers(Shown(steps, arcs), study.frequencies(WHOLE, task), None, study.log.activities, study.log.n_cases, reading)
    paths = tuple(msgspec.structs.replace(path, times=TYPICAL) for path in exact.paths)
    return build_graph(msgspec.structs.replace(exact, paths=paths), study.landscape(task), Texts(LANGUAGES[0]))
