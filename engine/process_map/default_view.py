"""How much the map shows before anybody has touched a slider: as much as can be read from across a room (layout.md, 2.4, step 11)."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass

from engine.layout.crossings import count_crossings
from engine.layout.values import MapLayout, Sizes, sizes_for
from engine.process_map.abstraction import READABLE_STEPS, Arc, Paths, StepOrder

SCREEN, WINDOW = (1920.0, 1080.0), (1480.0, 850.0)
"""Room in px for the map: a whole screen, and the map's own place in a window that fills one, which is all that a projector shows."""
BESIDE_PANELS = (740.0, 720.0)
"""Room for the map in a window of 1440 × 900 with panel and inspector."""
NAME_PX = 14.0
"""Step names are at least this high when the map is fitted to a screen, or to the room in the window on a projector."""
NEAR_NAME_PX = 10.5
"""The same in the room of a window that is read from nearby: nothing is ever smaller."""
LYING = 1.35
"""From so many times its height a room is wide enough to ask whether the map fits it better lying down."""
CROSSINGS_A_PATH, PATHS_A_STEP, ALWAYS_ALLOWED = 0.8, 2.6, 30
WITHOUT_LABEL = 0.03
"""Largest share of the paths whose number found no place."""
LEAST_STEPS = 4
"""A first view never has fewer steps for the sake of its names, if the log has more: it would tell nothing."""
MODEST = 1.2
"""Paths a step with which the number of steps is decided."""

PathsAmong = Callable[[tuple[int, ...]], Paths]
LayOut = Callable[[tuple[int, ...], tuple[Arc, ...]], MapLayout]


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a first view is to fit: the dimensions of its cards, and the room in the window in px; (0, 0): that of usual screens."""

    sizes: Sizes
    asked: tuple[int, int] = (0, 0)

    @property
    def room(self) -> tuple[float, float]:
        """Width and height, px."""
        usual = WINDOW if self.sizes.is_large else SCREEN
        return (float(self.asked[0]), float(self.asked[1])) if all(self.asked) else usual

    @property
    def desk(self) -> Sheet:
        """The same room with the dimensions that one reads from nearby."""
        return Sheet(sizes_for(projector=False, landscape=self.sizes.landscape), self.asked)

    @property
    def least_px(self) -> float:
        """How high step names are at least."""
        return NEAR_NAME_PX if all(self.asked) and not self.sizes.is_large else NAME_PX

    def scale(self, layout: MapLayout) -> float:
        """The factor by which the layout is drawn when it is fitted to the room."""
        width, height = self.room
        return min(width / max(layout.width, 1.0), height / max(layout.height, 1.0))


def lies_down(room: tuple[int, int]) -> bool:
    """Whether a room is wide enough for a flow from left to right."""
    return all(room) and room[0] >= LYING * room[1]


def choose_steps(order: StepOrder, paths_among: PathsAmong, lay_out: LayOut, sheet: Sheet) -> int:
    """The most steps, at most 35, whose names can be read when the map is fitted to its room; at least 4 where there are so many."""
    candidates = _step_counts(order)

    def is_too_large(n: int) -> bool:
        steps = order.shown(n)
        paths = paths_among(steps)
        modest = max(paths.n_needed, min(paths.n_paths, round(MODEST * len(steps))))
        return not is_readable(lay_out(steps, paths.shown(modest)), sheet)

    place = bisect_right(candidates, False, key=is_too_large) - 1
    least = bisect_left(candidates, LEAST_STEPS)
    return candidates[min(max(place, least), len(candidates) - 1)] if candidates else 0


def choose_paths(steps: tuple[int, ...], paths: Paths, lay_out: LayOut, sheet: Sheet) -> int:
    """The most paths between these steps that do not tangle and leave the names readable; at least those that are needed."""

    def is_too_much(n: int) -> bool:
        arcs = paths.shown(n)
        if len(arcs) > max(PATHS_A_STEP * (len(steps) + 2), ALWAYS_ALLOWED):
            return True
        layout = lay_out(steps, arcs)
        if not (is_readable(layout, sheet) and is_labelled(layout)):
            return True
        return len(arcs) > ALWAYS_ALLOWED and count_crossings(layout) > CROSSINGS_A_PATH * len(arcs)

    choices = range(paths.n_needed, paths.n_paths + 1)
    return choices[max(bisect_right(choices, False, key=is_too_much) - 1, 0)]


def same_density(paths: Paths, n_steps: int, spare: float) -> int:
    """The needed paths and `spare` more a step, at most 2.6 paths a step (or 30) in all."""
    most = max(round(PATHS_A_STEP * (n_steps + 2)), ALWAYS_ALLOWED, paths.n_needed)
    return min(paths.n_needed + round(spare * n_steps), paths.n_paths, most)


def is_readable(layout: MapLayout, sheet: Sheet) -> bool:
    """Whether step names are high enough when the layout is fitted to its room, usually 1920 × 1080, on a projector 1480 × 850."""
    return sheet.scale(layout) * sheet.sizes.name_px >= sheet.least_px


def scale_in_window(layout: MapLayout) -> float:
    """The factor by which the layout is drawn when fitted beside the panels of an ordinary window."""
    width, height = BESIDE_PANELS
    return min(width / max(layout.width, 1.0), height / max(layout.height, 1.0))


def is_labelled(layout: MapLayout) -> bool:
    """Whether at most 3 % of the paths lack a label."""
    return sum(lane.label is None for lane in layout.lanes) <= WITHOUT_LABEL * len(layout.lanes)


def _step_counts(order: StepOrder) -> list[int]:
    """The numbers of steps up to 35 that the slider can really show; the smallest one when all are larger."""
    sizes = sorted({len(order.shown(n)) for n in range(1, READABLE_STEPS + 1)} - {0})
    return [size for size in sizes if size <= READABLE_STEPS] or sizes[:1]
