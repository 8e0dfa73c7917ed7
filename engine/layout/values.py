"""Input and result of the layout: numbers in px at 100 %, y downwards, no drawing and no Qt."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class Sizes(Struct, frozen=True):
    """Dimensions of one appearance (tokens.md: "The map" and "Type"), px."""

    card_height: float
    spine_width: float
    row_gap: float
    name_px: float
    number_px: float
    label_px: float


LIGHT = Sizes(card_height=38, spine_width=212, row_gap=28, name_px=12, number_px=10.5, label_px=11)
PROJECTOR = Sizes(card_height=58, spine_width=300, row_gap=32, name_px=18, number_px=15, label_px=17)


class GraphStep(Struct, frozen=True):
    """A visible step: its name and the texts of its second line, which decide the card's width."""

    step: int
    name: str
    cases: int
    second_line: str


class GraphArc(Struct, frozen=True):
    """A visible path (START and END included): its number of transitions and the labels that may stand on it.

    label stands on side lanes, spine_label (with time) on the spine. width is the drawn line width.
    """

    source: int
    target: int
    count: int
    width: float
    label: str
    spine_label: str


class Weight(Struct, frozen=True):
    """An arc of the whole log, visible or not: positions depend on these, so that sliders do not move steps."""

    source: int
    target: int
    count: int


class Graph(Struct, frozen=True):
    """What one view lays out.

    weights: all arcs among the steps of the whole log (START and END included). main_variant: steps of the most frequent variant, with
    main_variant_cases its cases. positions: mean relative position (0..1) in the case by step of the whole log.
    median_distinct_steps: median number of different steps per case.
    """

    steps: tuple[GraphStep, ...]
    arcs: tuple[GraphArc, ...]
    weights: tuple[Weight, ...]
    main_variant: tuple[int, ...]
    main_variant_cases: int
    median_distinct_steps: float
    positions: dict[int, float]
    n_cases: int


class LaneKind(StrEnum):
    """How a lane is drawn: spine arcs, forward skips, returns, side connections, and the dotted start and end arcs."""

    SPINE = "spine"
    FORWARD = "forward"
    RETURN = "return"
    SIDE = "side"
    START = "start"
    END = "end"


class Card(Struct, frozen=True):
    """A step's card: its upper left corner and size; `name` is cut to fit; row and column of the grid (spine = column 0)."""

    step: int
    x: float
    y: float
    width: float
    height: float
    name: str
    spine: bool
    row: float
    column: int


class Label(Struct, frozen=True):
    """A number on a lane: centre and size of its plate."""

    text: str
    x: float
    y: float
    width: float
    height: float


class Lane(Struct, frozen=True):
    """A path's polyline (corners are rounded when drawn): x0, y0, x1, y1, …; it ends where the arrow's tip stands.

    trunk: lanes of the same non-negative number share their last (or first) stretch. label is None when no free place was found.
    """

    source: int
    target: int
    points: tuple[float, ...]
    width: float
    kind: LaneKind
    trunk: int
    label: Label | None


class SpineReason(StrEnum):
    """Why these steps form the spine; the legend says it."""

    MAIN_VARIANT = "main_variant"
    STRONGEST_CHAIN = "strongest_chain"


class MapLayout(Struct, frozen=True):
    """Positions of everything on the map. start and end: centres of the marks (r 12, square 24). dropped_prefix: a shared beginning
    of the names that the cards leave out."""

    cards: tuple[Card, ...]
    lanes: tuple[Lane, ...]
    start: tuple[float, float]
    end: tuple[float, float]
    width: float
    height: float
    spine: tuple[int, ...]
    spine_reason: SpineReason
    dropped_prefix: str = ""


class Seed(Struct, frozen=True):
    """Preferred places by step, found once per log and set of steps: (step, row offset, column). Views are attracted to it."""

    places: tuple[tuple[int, float, int], ...] = ()
