"""Views of real logs exactly as the product makes them: a study with its seed found, and five places of the two sliders."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from engine.importing.reading import read_log
from engine.layout.values import MapLayout, Orientation
from engine.log.columns import ReadOptions
from engine.process_map.drawing import draw_map, find_seed
from engine.process_map.study import Study
from engine.service.messages import MapQuery
from engine.tasks import Task
from tests.real_logs import log_path, logs

MOST_STEPS = 58
DENSER = 1.6


@dataclass(frozen=True)
class View:
    """A place of the sliders (None: nobody touched that slider) and the map drawn there."""

    steps: int | None
    paths: int | None
    layout: MapLayout

    @property
    def n_paths(self) -> int:
        """Paths between two steps, as the slider counts them."""
        return sum(lane.source >= 0 and lane.target >= 0 for lane in self.layout.lanes)


def names() -> list[str]:
    """All shared logs."""
    return [log.path.name.removesuffix(".xes.gz") for log in logs()]


@cache
def study(name: str) -> Study:
    """A log with the arrangement that the product finds in the background."""
    path = log_path(name + ".xes")
    found = Study(read_log(path.read_bytes(), path.name, ReadOptions(), Task()))
    find_seed(found, Task())
    return found


def view(name: str, steps: int | None = None, paths: int | None = None) -> View:
    """The map at one place of the sliders."""
    query = MapQuery(steps=steps, paths=paths, orientation=Orientation.PORTRAIT)
    return View(steps, paths, draw_map(study(name), query, Task()).layout)


@cache
def five_views(name: str) -> tuple[View, ...]:
    """The first view; fewest paths; more paths; half of the steps; and twice the steps, or most paths where all steps are shown."""
    first = view(name)
    steps = len(first.layout.cards)
    most = draw_map(study(name), MapQuery(), Task())
    wider = min(2 * steps, MOST_STEPS, most.steps_max)
    last = view(name, wider) if wider > steps else view(name, None, (first.n_paths + most.paths_max) // 2)
    return first, view(name, None, 0), view(name, None, round(DENSER * first.n_paths)), view(name, (steps + 1) // 2), last
