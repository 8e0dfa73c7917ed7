"""The process map and the numbers of its steps and paths."""

from __future__ import annotations

from msgspec import Struct

from engine.layout.values import MapLayout, MovedStep, Orientation, Search, Seed
from engine.log.selection import Selection
from engine.process_map.values import Metric, PathRework, ProcessMap, StepRework, Times


class Arrangement(Struct, frozen=True):
    """The better places of a log's steps, sought once and kept in its project: for the desk and for a projector.

    search: how far the search has come as long as it is not at its end; there are no places to be used yet then.
    """

    desk: Seed = Seed()
    projector: Seed = Seed()
    search: Search | None = None


class MapQuery(Struct, frozen=True, tag=True):
    """Ask for the process map and its layout. steps and paths: how many of the ranked ones (None: the readable default).

    guarded asks for the twin that may leave the screen; it keeps the places of the exact one. language: "da" or "en", for the labels.
    arranged: False keeps to the places that the steps have before better ones have been sought. room: width and height in px that the
    window has for the map, which decides how much is shown by default; (0, 0): as much as usual screens have. moved: places given by hand.
    """

    selection: Selection = Selection()
    steps: int | None = None
    paths: int | None = None
    colour: Metric = Metric.MEDIAN
    label: Metric = Metric.OCCURRENCES
    second: Metric | None = Metric.MEDIAN
    guarded: bool = False
    projector: bool = False
    language: str = "da"
    arranged: bool = True
    orientation: Orientation = Orientation.AUTO
    room: tuple[int, int] = (0, 0)
    moved: tuple[MovedStep, ...] = ()


class MapAnswer(Struct, frozen=True):
    """The map, where everything stands, and how far the sliders can go, down and up.

    refined: False while times, or a better arrangement that is wanted, are still being sought. arranged: whether that one is shown.
    """

    query: MapQuery
    map: ProcessMap
    layout: MapLayout
    steps_max: int
    paths_max: int
    refined: bool = True
    arranged: bool = True
    steps_min: int = 1
    paths_min: int = 0


class StepQuery(Struct, frozen=True, tag=True):
    """Ask for the numbers of one step (its code)."""

    step: int
    selection: Selection = Selection()


class PathQuery(Struct, frozen=True, tag=True):
    """Ask for the numbers and the waiting-time histogram of one path (codes; START and END allowed)."""

    source: int
    target: int
    selection: Selection = Selection()


class Histogram(Struct, frozen=True):
    """Counts per bin; edges (seconds) has one more entry. The last bin also holds everything above when `open_ended`."""

    edges: tuple[float, ...]
    counts: tuple[int, ...]
    open_ended: bool = False


class Neighbour(Struct, frozen=True):
    """A step before or after the one asked for, with the number of transitions."""

    step: int
    name: str
    occurrences: int


class StepDetails(Struct, frozen=True):
    """Numbers of one step within the selection. service: time between start and end stamp where the log has both."""

    query: StepQuery
    name: str
    cases: int
    occurrences: int
    max_repetitions: int
    self_loops: int
    start_cases: int
    end_cases: int
    n_cases: int
    service: Times | None
    waiting_before: Times | None
    histogram: Histogram | None
    before: tuple[Neighbour, ...]
    after: tuple[Neighbour, ...]
    rework: StepRework | None = None


class PathDetails(Struct, frozen=True):
    """Numbers of one path within the selection. cases_without: cases of the selection that do not have it."""

    query: PathQuery
    source_name: str
    target_name: str
    cases: int
    occurrences: int
    max_repetitions: int
    cases_without: int
    untimed: int
    times: Times | None
    histogram: Histogram | None
    rework: PathRework | None = None
