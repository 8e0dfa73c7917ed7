"""Input and result of the layout: numbers in px at 100 %, y downwards, no drawing and no Qt."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

LINE_BREAK = "\n"
"""Parts the lines of a name on its card."""


class Sizes(Struct, frozen=True):
    """Dimensions of one appearance and orientation (tokens.md: "The map" and "Type"), px.

    card_height: of a card with its name on one line; every further line makes it higher. landscape: the flow runs from left to right,
    so that row_gap lies between cards side by side. widest_card: most that a card may be wide before lanes need more; 0: as screens allow.
    """

    card_height: float
    spine_width: float
    row_gap: float
    name_px: float
    number_px: float
    label_px: float
    landscape: bool = False
    name_lines: int = 1
    widest_card: float = 0.0

    @property
    def scale(self) -> float:
        """How much larger everything is than on a desk."""
        return self.card_height / 38

    @property
    def line_pitch(self) -> float:
        """Distance between two lines of a name."""
        return 13.5 * self.scale

    @property
    def full_height(self) -> float:
        """Height of a card with as many lines as a name may have."""
        return self.card_height + (self.name_lines - 1) * self.line_pitch

    @property
    def is_large(self) -> bool:
        """Whether this is a projector's appearance."""
        return self.card_height > LIGHT.card_height


LIGHT = Sizes(card_height=38, spine_width=212, row_gap=28, name_px=12, number_px=10.5, label_px=11)
PROJECTOR = Sizes(card_height=58, spine_width=300, row_gap=32, name_px=18, number_px=15, label_px=17)
LIGHT_LANDSCAPE = replace(LIGHT, spine_width=116, row_gap=44, landscape=True, name_lines=2, widest_card=156)
PROJECTOR_LANDSCAPE = replace(PROJECTOR, spine_width=172, row_gap=60, landscape=True, name_lines=2, widest_card=236)


def sizes_for(*, projector: bool, landscape: bool) -> Sizes:
    """The dimensions of an appearance and orientation."""
    if landscape:
        return PROJECTOR_LANDSCAPE if projector else LIGHT_LANDSCAPE
    return PROJECTOR if projector else LIGHT


class Orientation(StrEnum):
    """Where the flow runs: down, to the right, or as the window's shape suits it."""

    AUTO = "auto"
    PORTRAIT = "portrait"
    LANDSCAPE = "landscape"


class GraphStep(Struct, frozen=True):
    """A visible step: its name and the texts of its second line, which decide the card's width.

    width and height: the size in px of something that is no card; 0 for cards.
    """

    step: int
    name: str
    cases: int
    second_line: str
    width: float = 0.0
    height: float = 0.0


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
    median_distinct_steps: median number of different steps per case. chain: the strongest chain of the log's most frequent steps, so that
    views of fewer steps have the same line, as far as its steps are shown; () where every view has its own. apart: no arcs share a trunk,
    because each has colours of its own.
    """

    steps: tuple[GraphStep, ...]
    arcs: tuple[GraphArc, ...]
    weights: tuple[Weight, ...]
    main_variant: tuple[int, ...]
    main_variant_cases: int
    median_distinct_steps: float
    positions: dict[int, float]
    n_cases: int
    chain: tuple[int, ...] = ()
    apart: bool = False


class LaneKind(StrEnum):
    """How a lane is drawn: spine arcs, forward skips, returns, side connections, and the dotted start and end arcs."""

    SPINE = "spine"
    FORWARD = "forward"
    RETURN = "return"
    SIDE = "side"
    START = "start"
    END = "end"


class Card(Struct, frozen=True):
    """A step's card: its upper left corner and size; `name` is cut to fit, its lines parted by a line break.

    row and column of the grid (spine = column 0); in landscape rows follow each other to the right. rank: the row that the flow gives it.
    """

    step: int
    x: float
    y: float
    width: float
    height: float
    name: str
    spine: bool
    row: float
    column: int
    rank: int = 0


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
    of the names that the cards leave out. landscape: the flow runs from left to right."""

    cards: tuple[Card, ...]
    lanes: tuple[Lane, ...]
    start: tuple[float, float]
    end: tuple[float, float]
    width: float
    height: float
    spine: tuple[int, ...]
    spine_reason: SpineReason
    dropped_prefix: str = ""
    landscape: bool = False


class Seed(Struct, frozen=True):
    """Preferred places by step, found once per log and set of steps: (step, row offset, column). Views are attracted to it.

    by_hand: places that a person gave; others give way to them.
    """

    places: tuple[tuple[int, float, int], ...] = ()
    by_hand: tuple[tuple[int, float, int], ...] = ()


class Search(Struct, frozen=True):
    """How far a search for better places has come: the best so far, and from where it goes on as if it had never been stopped.

    turn: how many of the round's sets of moves have been tried. tried: check sums of the cells that were laid out in vain.
    """

    places: tuple[tuple[int, float, int], ...] = ()
    round: int = 0
    turn: int = 0
    gained: bool = False
    work: int = 0
    tried: tuple[int, ...] = ()


class MovedStep(Struct, frozen=True):
    """A step that was moved by hand: rows below the one that the flow gives it (above: negative), and its column (spine = 0)."""

    name: str
    row_offset: float
    column: int
