"""A map that leaves the screen: the selection is checked, then its exact map is guarded until no hidden number follows from it."""

from __future__ import annotations

from engine.disclosure.backing import count_backing
from engine.disclosure.guard import MOST_K, Backing, allowed_k, guard_map, guard_selection
from engine.errors import N_, BadInput
from engine.process_map.drawing import draw_map
from engine.process_map.study import Study
from engine.service.messages import MapAnswer, MapQuery
from engine.tasks import Task
from engine.texts import Texts

TOO_FEW = N_("The map cannot leave the screen: hidden numbers could be computed from so few and so different cases. Widen the filters.")


def leave_screen(study: Study, query: MapQuery, k: int, task: Task) -> MapAnswer:
    """The guarded twin of a map; raises BadInput where the selection is too small, or too particular, to be told about."""
    guard_selection(study.frequencies(query.selection, task).n_cases, study.log.n_cases, k)
    exact = draw_map(study, query, task)
    task.report(None, N_("Guarding the numbers …"))
    least, backing = safe_backing(study, exact, k, task)
    return guard_map(exact, backing, Texts(query.language), least)


def safe_backing(study: Study, exact: MapAnswer, k: int, task: Task) -> tuple[int, Backing]:
    """The least k, not below the given one, with which every hidden number stays hidden, and what is behind the numbers then.

    The k is that of the selection, whatever the sliders show of it.
    """
    selection = exact.query.selection
    frequencies, mask = study.frequencies(selection, task), study.mask(selection, task)
    arcs = [(path.source, path.target) for path in exact.map.paths]
    for least in range(allowed_k(k), MOST_K + 1):
        backing = count_backing(frequencies, study.variants(task), study.index(task), mask, arcs, least, task)
        if not backing.protection.open:
            return least, backing
    raise BadInput(TOO_FEW)
