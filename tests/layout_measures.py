"""What can be measured on a laid-out map: overlaps, bends, straightness, and how far steps move from view to view."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, pairwise

import numpy as np

from engine.layout.crossings import count_crossings, lane_pieces
from engine.layout.values import Card, Graph, Label, Lane, MapLayout
from engine.process_map.values import END, START

Box = tuple[float, float, float, float]
TIP = 1.2
MARK = 12.0


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


def bends(layout: MapLayout) -> int:
    """Turns of all lanes."""
    return sum(len(lane.points) // 2 - 2 for lane in layout.lanes)


def hidden_labels(layout: MapLayout) -> int:
    """Lanes without a label."""
    return sum(lane.label is None for lane in layout.lanes)


def spine_deviation(layout: MapLayout) -> float:
    """Largest distance of a spine card's centre, or a mark, from the line of the first, px."""
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
