"""The map made ready for painting: one answer of the engine, in one language and style, as shapes and texts."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFontMetricsF, QPainterPath, QPolygonF

from engine.layout.values import LINE_BREAK, Card, Label, Lane, LaneKind, sizes_for
from engine.models.values import NodeKind, Notation
from engine.process_map.values import END, START, Metric, Path, ProcessMap, Step
from engine.service.messages import MapAnswer
from engine.texts import Texts
from gui.map.joins import Join, joins_of
from gui.map.shapes import shape
from gui.map.strands import LabelPart, Sign, Strand, spread
from gui.map.style import MARK_RADIUS, TEXT_SCALE, MapStyle

PathKey = tuple[int, int]
REPEATS = "↻"
MANY_LANES = 400
CLEAR = 8.0
"""Px beside the words of the start and the end that keep them from being read with another number."""
MARK_ARC = (1.5, 2.6)
"""Widths of the dotted lines from the start and to the end."""


@dataclass(frozen=True, slots=True)
class CardView:
    """A step's card: its rectangle and the texts on it; bar is the share of cases (0..1).

    The name has up to `room` lines; with fewer it stands in the middle of them.
    """

    step: int
    rect: QRectF
    name: str
    full_name: str
    number: str
    repeats: str
    share: str
    share_width: float
    number_width: float
    bar: float
    spine: bool
    cases: int
    room: int = 1
    figure: NodeKind = NodeKind.TASK
    """What it is on a model; on the map everything is a step."""
    signs: tuple[Sign, ...] = ()
    """On a map of objects the types that have the step."""

    @property
    def lines(self) -> list[str]:
        """The name's lines."""
        return self.name.split(LINE_BREAK)


@dataclass(frozen=True, slots=True)
class LaneView:
    """A path's line: rounded shaft, arrowhead, colour class (0..4, None for start, end and untimed paths) and label."""

    source: int
    target: int
    width: float
    kind: LaneKind
    colour_class: int | None
    points: tuple[float, ...]
    shaft: QPainterPath
    head: QPolygonF
    label: Label | None
    label_number: str
    label_rest: str
    count: int
    key: PathKey
    box: tuple[float, float, float, float]
    """Left, top, right and bottom of the line with half its width."""
    strands: tuple[Strand, ...] = ()
    """On a map of objects the lines of the single types, side by side."""
    parts: tuple[LabelPart, ...] = ()
    """What the label says of them."""

    def pieces(self) -> list[QRectF]:
        """The straight pieces as rectangles a few px wide, and the label: what other texts keep clear of."""
        found = [QRectF(min(x0, x1) - 4, min(y0, y1) - 4, abs(x1 - x0) + 8, abs(y1 - y0) + 8) for x0, y0, x1, y1 in segments(self.points)]
        return [*found, label_rect(self.label)] if self.label else found

    @property
    def dotted(self) -> bool:
        """Whether it comes from the start mark or goes to the end mark."""
        return self.kind in (LaneKind.START, LaneKind.END)


def segments(points: tuple[float, ...]) -> Iterator[tuple[float, float, float, float]]:
    """The pieces x0, y0, x1, y1 of a polyline."""
    for at in range(0, len(points) - 2, 2):
        yield points[at], points[at + 1], points[at + 2], points[at + 3]


@dataclass(frozen=True)
class MarkView:
    """The start or end mark: its centre, its name and number of cases, and where they stand (left end and baseline)."""

    step: int
    centre: QPointF
    word: str
    number: str
    word_at: QPointF
    number_at: QPointF
    text_rect: QRectF


@dataclass(frozen=True)
class MapScene:
    """Everything on the map. lanes are in the order they are drawn: rare side paths first, the spine last."""

    answer: MapAnswer
    cards: tuple[CardView, ...]
    lanes: tuple[LaneView, ...]
    start: MarkView
    end: MarkView
    bounds: QRectF
    occupied: tuple[QRectF, ...]
    """What the panels must not hide: cards, lines, labels, marks (of a very large map only the cards)."""
    colour_is_time: bool
    card_by_step: dict[int, CardView] = field(default_factory=dict)
    lane_by_key: dict[PathKey, LaneView] = field(default_factory=dict)
    joins: dict[PathKey, tuple[Join, ...]] = field(default_factory=dict)
    """The corners at which weaker lines come onto a line."""
    notation: Notation | None = None
    """How a model is drawn; None for the process map."""

    @property
    def landscape(self) -> bool:
        """Whether the flow runs from left to right."""
        return self.answer.layout.landscape

    def along(self, point: QPointF) -> float:
        """How far down the flow a point stands."""
        return point.x() if self.landscape else point.y()

    def across(self, point: QPointF) -> float:
        """How far beside the flow a point stands."""
        return point.y() if self.landscape else point.x()

    def gaps(self) -> list[QPointF]:
        """The middles between steps of the map's straight line that have no path drawn between them."""
        found = []
        for one, other in pairwise(self.answer.layout.spine if self.notation is None else ()):
            if one in self.card_by_step and other in self.card_by_step and (one, other) not in self.lane_by_key:
                above, below = self.card_by_step[one].rect, self.card_by_step[other].rect
                middle = (above.center() + below.center()) / 2
                along = (above.right() + below.left()) / 2 if self.landscape else (above.bottom() + below.top()) / 2
                found.append(QPointF(along, middle.y()) if self.landscape else QPointF(middle.x(), along))
        return found

    def neighbourhood(self, step: int) -> tuple[frozenset[int], frozenset[PathKey]]:
        """The steps and paths that stand out with one step: itself, its paths, and their other ends."""
        keys = frozenset(lane.key for lane in self.lanes if step in lane.key)
        steps = {end for key in keys for end in key}
        return frozenset(steps | {step}), keys

    def strongest(self, step: int, forward: bool) -> int | None:
        """The step behind the most frequent path from (or to) `step`; None at the ends."""
        lanes = [lane for lane in self.lanes if (lane.source if forward else lane.target) == step]
        if not lanes:
            return None
        best = max(lanes, key=lambda lane: (lane.count, -lane.target))
        return best.target if forward else best.source

    def reading_order(self) -> tuple[int, ...]:
        """Steps as one reads them: along the flow, then across it."""

        def place(card: CardView) -> tuple[float, float]:
            return self.along(card.rect.center()), self.across(card.rect.topLeft())

        return tuple(card.step for card in sorted(self.cards, key=place))


def build_scene(answer: MapAnswer, texts: Texts, style: MapStyle) -> MapScene:
    """Shapes and texts of an answer."""
    steps = {step.step: step for step in answer.map.steps}
    paths = {(path.source, path.target): path for path in answer.map.paths}
    threshold = repeats_threshold(answer.map)
    metrics = QFontMetricsF(style.number_font)
    landscape = answer.layout.landscape
    room = sizes_for(projector=style.sizes.is_large, landscape=landscape).name_lines
    cards = tuple(
        _card(card, steps[card.step], answer.map, texts, metrics, threshold, room) for card in answer.layout.cards if card.step in steps
    )
    lanes = [
        _lane(lane, paths[lane.source, lane.target], answer.map) for lane in answer.layout.lanes if (lane.source, lane.target) in paths
    ]
    lanes.sort(key=lambda lane: (lane.kind == LaneKind.SPINE, not lane.dotted, lane.width, lane.count, lane.key))
    pieces = [rect for lane in lanes for rect in lane.pieces()] if len(lanes) <= MANY_LANES else []
    taken = [*(card.rect for card in cards), *pieces]
    n_cases = texts.number(answer.map.n_cases)
    start, end = QPointF(*answer.layout.start), QPointF(*answer.layout.end)
    scene = MapScene(
        answer=answer,
        cards=cards,
        lanes=tuple(lanes),
        start=_mark(START, start, (texts("Start"), n_cases), taken, style, landscape),
        end=_mark(END, end, (texts("End"), n_cases), taken, style, landscape),
        bounds=QRectF(),
        occupied=(),
        colour_is_time=answer.map.colour.is_time,
        card_by_step={card.step: card for card in cards},
        lane_by_key={lane.key: lane for lane in lanes},
        joins=joins_of(lanes),
    )
    marks = [rect for mark in (scene.start, scene.end) for rect in (mark.text_rect, _around(mark.centre, MARK_RADIUS + 2))]
    return replace(scene, bounds=_bounds(scene), occupied=(*taken, *marks))


def _around(centre: QPointF, reach: float) -> QRectF:
    return QRectF(centre.x() - reach, centre.y() - reach, 2 * reach, 2 * reach)


def repeats_threshold(process_map: ProcessMap) -> int:
    """Repeats are shown on a card from the number of transitions of the rarest path that is shown."""
    counts = [path.occurrences for path in process_map.paths if path.source != START and path.target != END]
    return min(counts, default=1)


def metric_value(path: Path, metric: Metric) -> float | None:
    """A path's value under a metric (seconds or a count); None for a time without timed transitions, hidden repetitions and no rework."""
    if metric == Metric.MAX_REPETITIONS:
        return float(path.max_repetitions) if path.max_repetitions else None
    if metric == Metric.REWORK:
        return float(path.rework) if path.rework else None
    if not metric.is_time:
        return float(getattr(path, metric.value))
    return None if path.times is None or metric in path.times.hidden else float(getattr(path.times, metric.value))


def colour_class(path: Path, process_map: ProcessMap) -> int | None:
    """Which of the five classes colours the path; None when it has no value, and for start and end."""
    if path.source == START or path.target == END or not process_map.colour_breaks:
        return None
    value = metric_value(path, process_map.colour)
    return None if value is None else min(bisect_right(process_map.colour_breaks, value), 4)


def _card(card: Card, step: Step, process_map: ProcessMap, texts: Texts, metrics: QFontMetricsF, threshold: int, room: int) -> CardView:
    share = step.cases / process_map.n_cases if process_map.n_cases else 0.0
    number, share_text = texts.number(step.cases), texts.percent(share)
    repeats = process_map.repeats(step)
    return CardView(
        step=step.step,
        rect=QRectF(card.x, card.y, card.width, card.height),
        name=card.name,
        full_name=step.name,
        number=number,
        repeats=f"{REPEATS} {texts.number(repeats)}" if repeats >= max(threshold, 1) else "",
        share=share_text,
        share_width=metrics.horizontalAdvance(share_text) * TEXT_SCALE,
        number_width=metrics.horizontalAdvance(number) * TEXT_SCALE,
        bar=min(share, 1.0),
        spine=card.spine,
        cases=step.cases,
        room=room,
    )


def _lane(lane: Lane, path: Path, process_map: ProcessMap) -> LaneView:
    points = [QPointF(x, y) for x, y in zip(lane.points[::2], lane.points[1::2], strict=True)]
    dotted = lane.source == START or lane.target == END
    width = min(max(lane.width, MARK_ARC[0]), MARK_ARC[1]) if dotted else lane.width
    shaft, head = shape(points, width)
    bounds = shaft.boundingRect().united(head.boundingRect())
    number, _, rest = (lane.label.text if lane.label else "").partition(" · ")
    return LaneView(
        source=lane.source,
        target=lane.target,
        width=width,
        kind=lane.kind,
        colour_class=colour_class(path, process_map),
        points=lane.points,
        shaft=shaft,
        head=head,
        label=lane.label,
        label_number=number,
        label_rest=f"· {rest}" if rest else "",
        count=path.occurrences,
        key=(lane.source, lane.target),
        box=(bounds.left() - width / 2, bounds.top() - width / 2, bounds.right() + width / 2, bounds.bottom() + width / 2),
    )


def reshaped(lane: LaneView, points: tuple[float, ...], width: float, label: Label | None) -> LaneView:
    """The line on another way with its number in another place; `box` stays that of the first."""
    shaft, head = shape([QPointF(x, y) for x, y in zip(points[::2], points[1::2], strict=True)], width)
    return replace(lane, points=points, width=width, shaft=shaft, head=head, label=label, strands=spread(points, lane.strands))


def _mark(step: int, centre: QPointF, words: tuple[str, str], taken: list[QRectF], style: MapStyle, landscape: bool) -> MarkView:
    """A mark whose text stands where nothing else is: left, right, or on its outer side; in landscape below, above, or outside."""
    gap, r, height = 5 * style.scale, MARK_RADIUS * style.mark_scale, style.sizes.label_px * 1.3
    widths = [
        QFontMetricsF(font).horizontalAdvance(text) * TEXT_SCALE
        for font, text in zip((style.label_light_font, style.label_font), words, strict=True)
    ]
    width = widths[0] + gap + widths[1]
    beside = r + 8 * style.scale
    outer = centre.y() - r - height / 2 - 5 if step == START else centre.y() + r + height / 2 + 5
    places = [
        QPointF(centre.x() - beside - width, centre.y()),
        QPointF(centre.x() + beside, centre.y()),
        QPointF(centre.x() - width / 2, outer),
    ]
    if landscape:
        above = r + height / 2 + 5
        places = [QPointF(centre.x() - width / 2, centre.y() + y) for y in (above, -above)] + [places[0 if step == START else 1]]
    rects = [QRectF(place.x(), place.y() - height / 2, width, height) for place in places]
    apart = [rect.adjusted(-CLEAR, 0, CLEAR, 0) for rect in rects]
    free = [not any(rect.intersects(other) for other in taken) for rect in (*apart, *rects)]
    rect = next((rect for rect, is_free in zip((*rects, *rects), free, strict=True) if is_free), rects[-1])
    baseline = rect.center().y() + style.sizes.label_px * 0.364
    word_at, number_at = QPointF(rect.x(), baseline), QPointF(rect.x() + widths[0] + gap, baseline)
    return MarkView(step, centre, *words, word_at, number_at, rect)


def _bounds(scene: MapScene) -> QRectF:
    """The rectangle that holds every card, line, label and mark with its text."""
    bounds = QRectF()
    for card in scene.cards:
        bounds = bounds.united(card.rect)
    for lane in scene.lanes:
        left, top, right, bottom = lane.box
        bounds = bounds.united(QRectF(left, top, right - left, bottom - top))
        if lane.label:
            bounds = bounds.united(label_rect(lane.label))
    for mark in (scene.start, scene.end):
        bounds = bounds.united(mark.text_rect).united(_around(mark.centre, MARK_RADIUS + 1))
    return bounds


def label_rect(label: Label) -> QRectF:
    """The plate of a label."""
    return QRectF(label.x - label.width / 2, label.y - label.height / 2, label.width, label.height)
