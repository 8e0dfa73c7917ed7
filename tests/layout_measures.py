"""What can be measured on a laid-out map: overlaps, bends, straightness, and how far steps move from view to view."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, pairwise

import numpy as np
from msgspec.structs import replace

from engine.layout.crossings import count_crossings, lane_pieces
from engine.layout.values import (
    LIGHT,
    LIGHT_LANDSCAPE,
    PROJECTOR,
    PROJECTOR_LANDSCAPE,
    Card,
    Graph,
    Label,
    Lane,
    MapLayout,
)
from engine.process_map.values import END, START

Box = tuple[float, float, float, float]
TIP = 1.2
MARK = 12.0
EVERY_SIZES = {
    "light": LIGHT,
    "projector": PROJECTOR,
    "light landscape": LIGHT_LANDSCAPE,
    "projector landscape": PROJECTOR_LANDSCAPE,
}


def upright(layout: MapLayout) -> MapLayout:
    """The layout with its flow downwards: one in landscape with across and down changed."""
    if not layout.landscape:
        return layout

    def turned(lane: Lane) -> Lane:
        label = lane.label and Label(lane.label.text, lane.label.y, lane.label.x, lane.label.height, lane.label.width)
        return replace(lane, points=tuple(lane.points[place ^ 1] for place in range(len(lane.points))), label=label)

    return replace(
        layout,
        cards=tuple(replace(card, x=card.y, y=card.x, width=card.height, height=card.width) for card in layout.cards),
        lanes=tuple(map(turned, layout.lanes)),
        start=layout.start[::-1],
        end=layout.end[::-1],
        width=layout.height,
        height=layout.width,
        landscape=False,
    )


def card_box(card: Card) -> Box:
    """Left, top, right, bottom."""
    return card.x, card.y, card.x + card.width, card.y + card.height


def label_box(label: Label) -> Box:
    """Left, top, right, bottom."""
    return label.x - label.width / 2, label.y - label.height / 2, label.x + label.width / 2, label.y + label.height / 2


def mark_box(centre: tuple[float, float]) -> Box:
    """The square round a mark."""
    return centre[0] - MARK, centre[1] - MARK, centre[0] + MARK, centre[1] + MARK


def overlap(one: Box, other: Box, slack: float = 0.011) -> bool:
    """Whether two boxes share more than a rounding error."""
    return one[0] < other[2] - slack and other[0] < one[2] - slack and one[1] < other[3] - slack and other[1] < one[3] - slack


def boxes(layout: MapLayout) -> dict[int, Box]:
    """Cards and marks by step."""
    found = {card.step: card_box(card) for card in layout.cards}
    return {**found, START: mark_box(layout.start), END: mark_box(layout.end)}


def segments(lane: Lane) -> list[Box]:
    """The lane's straight pieces as boxes without thickness."""
    points = list(zip(lane.points[::2], lane.points[1::2], strict=True))
    return [(min(a, c), min(b, d), max(a, c), max(b, d)) for (a, b), (c, d) in pairwise(points)]


def cards_overlapping(layout: MapLayout) -> int:
    """Pairs of cards or marks that overlap."""
    return sum(overlap(one, other) for one, other in combinations(boxes(layout).values(), 2))


def lanes_through_cards(layout: MapLayout) -> int:
    """Pieces of lanes that enter any card or mark, their own included."""
    every = boxes(layout)
    pieces = [(a - 0.02, b - 0.02, c + 0.02, d + 0.02) for lane in layout.lanes for a, b, c, d in segments(lane)]
    return sum(overlap(piece, box, 0.05) for piece in pieces for box in every.values())


def labels_overlapping(layout: MapLayout) -> int:
    """Labels that overlap a card, a mark or another label."""
    labels = [label_box(lane.label) for lane in layout.lanes if lane.label is not None]
    cards = list(boxes(layout).values())
    on_cards = sum(overlap(label, card) for label in labels for card in cards)
    return on_cards + sum(overlap(one, other) for one, other in combinations(labels, 2))


def lanes_touching(layout: MapLayout) -> int:
    """Pairs of parallel pieces of different lanes (trunks aside) that run nearer than a pixel along more than a pixel."""
    count = 0
    for pieces in lane_pieces(layout):
        pieces.sort()
        for place, (level, low, high, owner) in enumerate(pieces):
            for other, other_low, other_high, whose in pieces[place + 1 :]:
                if other >= level + 1:
                    break
                count += owner != whose and min(high, other_high) - max(low, other_low) > 1
    return count


def lanes_crowded(layout: MapLayout) -> int:
    """Pairs of parallel pieces of different lanes (shared stretches aside) with less than 2 px between them along more than a pixel."""
    found = 0
    for (one, first), (other, second) in combinations([(lane, piece) for lane in layout.lanes for piece in segments(lane)], 2):
        axis = 0 if first[1] == first[3] else 1
        shared = one.trunk >= 0 and one.trunk == other.trunk and first[1 - axis] == second[1 - axis]
        if one is other or shared or first[1 - axis] != first[3 - axis] or second[1 - axis] != second[3 - axis]:
            continue
        beside = min(first[axis + 2], second[axis + 2]) - max(first[axis], second[axis])
        room = abs(first[1 - axis] - second[1 - axis]) - (one.width + other.width) / 2
        found += beside > 1 and room < 2 - 0.03
    return found


def foreign_stripes(layout: MapLayout, lane: Lane) -> list[Box]:
    """The pieces of all other lanes as wide as they are drawn, without the stretches that they share with this one."""
    stripes: list[Box] = []
    for other in layout.lanes:
        half = other.width / 2
        for piece in segments(other) if other is not lane else ():
            axis = 0 if piece[1] == piece[3] else 1
            own = [one for one in segments(lane) if other.trunk == lane.trunk >= 0 and one[1 - axis] == one[3 - axis] == piece[1 - axis]]
            for low, high in without((piece[axis], piece[axis + 2]), [(one[axis], one[axis + 2]) for one in own]):
                level = piece[1 - axis]
                stripes.append((low, level - half, high, level + half) if axis == 0 else (level - half, low, level + half, high))
    return stripes


def without(span: tuple[float, float], shared: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """What of a span lies outside of others."""
    left = [span]
    for low, high in shared:
        left = [part for a, b in left for part in ((a, min(b, low)), (max(a, high), b)) if part[1] - part[0] > 0.05]
    return left


def numbers_on_foreign_lanes(layout: MapLayout) -> int:
    """Numbers whose plates cover a part of another path's lane; the stretches of shared trunks aside."""
    return sum(
        any(overlap(label_box(lane.label), stripe, 0.03) for stripe in foreign_stripes(layout, lane))
        for lane in layout.lanes
        if lane.label is not None
    )


def free_places(layout: MapLayout, lane: Lane, size: tuple[float, float]) -> list[Box]:
    """Plates on the lane's first piece that would cover no card, no other number and no foreign lane, five px from its ends, every 2 px."""
    others = [label_box(one.label) for one in layout.lanes if one.label is not None and one is not lane]
    taken = [*boxes(layout).values(), *others, *foreign_stripes(layout, lane)]
    left, top, right, bottom = segments(lane)[0]
    sideways = top == bottom
    long = size[0] if sideways else size[1]
    head = (5 + 0.9 * lane.width) if len(lane.points) == 4 else 0.0
    low, high = (left, right) if sideways else (top, bottom)
    found = []
    for at in np.arange(low + head + 5 + long / 2, high - head - 5 - long / 2, 2.0).tolist():
        x, y = (at, top) if sideways else (left, at)
        plate = (x - size[0] / 2 - 1.1, y - size[1] / 2 - 0.1, x + size[0] / 2 + 1.1, y + size[1] / 2 + 0.1)
        if not any(overlap(plate, one) for one in taken):
            found.append(plate)
    return found


def bends(layout: MapLayout) -> int:
    """Turns of all lanes."""
    return sum(len(lane.points) // 2 - 2 for lane in layout.lanes)


def hidden_labels(layout: MapLayout) -> int:
    """Lanes without a label."""
    return sum(lane.label is None for lane in layout.lanes)


def spine_deviation(layout: MapLayout) -> float:
    """Largest distance of a spine card's centre, or a mark, from the line of the first, px."""
    layout = upright(layout)
    centres = [card.x + card.width / 2 for card in layout.cards if card.spine] + [layout.start[0], layout.end[0]]
    return max(centres) - min(centres)


def flow_upward(layout: MapLayout, graph: Graph) -> float:
    """Share of the shown transitions that run to a card above."""
    middle = {step: (box[1] + box[3]) / 2 for step, box in boxes(layout).items()}
    total = sum(arc.count for arc in graph.arcs)
    return sum(arc.count for arc in graph.arcs if middle[arc.target] < middle[arc.source] - 1) / max(1, total)


def disconnected(layout: MapLayout) -> list[tuple[int, int]]:
    """Lanes that do not begin on their source's border, end a tip before their target's, or run aslant."""
    every = boxes(layout)
    wrong = []
    for lane in layout.lanes:
        points = list(zip(lane.points[::2], lane.points[1::2], strict=True))
        straight = all(a == c or b == d for (a, b), (c, d) in pairwise(points))
        if not straight or not at_border(points[0], every[lane.source], 0) or not at_border(points[-1], every[lane.target], TIP):
            wrong.append((lane.source, lane.target))
    return wrong


def at_border(point: tuple[float, float], box: Box, distance: float) -> bool:
    """Whether a point stands at a distance outside one side of a box, within its length."""
    x, y = point
    left, top, right, bottom = box
    beside = (abs(x - left + distance) < 0.03 or abs(x - right - distance) < 0.03) and top < y < bottom
    return beside or ((abs(y - top + distance) < 0.03 or abs(y - bottom - distance) < 0.03) and left < x < right)


@dataclass(frozen=True)
class Movement:
    """Mean distance in px that steps in both views moved after the best shift, and the share of step pairs whose order flipped."""

    px: float
    flips: float


def movement(before: MapLayout, after: MapLayout) -> Movement:
    """How far the steps moved between two views."""
    one = {card.step: (card.x + card.width / 2, card.y + card.height / 2) for card in before.cards}
    other = {card.step: (card.x + card.width / 2, card.y + card.height / 2) for card in after.cards}
    both = sorted(one.keys() & other.keys())
    if not both:
        return Movement(0.0, 0.0)
    a, b = np.array([one[step] for step in both]), np.array([other[step] for step in both])
    moved = b - a - np.median(b - a, axis=0)
    flipped, pairs = 0, 0
    for axis in (0, 1):
        was, now = a[:, None, axis] - a[None, :, axis], b[:, None, axis] - b[None, :, axis]
        flipped += int(((was * now < 0) & (np.abs(was) > 1) & (np.abs(now) > 1)).sum())
        pairs += was.size - len(both)
    return Movement(float(np.hypot(moved[:, 0], moved[:, 1]).mean()), flipped / max(1, pairs))


def crossings(layout: MapLayout) -> int:
    """True crossings, trunks counted once."""
    return count_crossings(layout)


def crossings_one_by_one(layout: MapLayout) -> int:
    """The same, counted pair by pair from the merged pieces."""
    sideways, upright = lane_pieces(layout)
    return sum(
        left + 0.01 < x < right - 0.01 and top + 0.01 < y < bottom - 0.01
        for y, left, right, owner in sideways
        for x, top, bottom, other in upright
        if owner != other
    )
