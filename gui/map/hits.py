"""What lies under a point of the map: a card, a mark, a label, or a line with a few px around it."""

from __future__ import annotations

from math import hypot

from PySide6.QtCore import QPointF

from engine.layout.values import Label
from gui.map.scene import LaneView, MapScene, segments
from gui.map.style import MARK_RADIUS, MapStyle
from gui.store import PathSelected, Selected, StepSelected

REACH = 7.0
"""Px on the screen around a line that still count as the line."""


def hit(scene: MapScene, style: MapStyle, point: QPointF, scale: float) -> Selected:
    """The step (START and END for the marks) or path at a scene point, nearest line first; None on empty canvas."""
    for card in scene.cards:
        if card.rect.contains(point):
            return StepSelected(card.step)
    for mark in (scene.start, scene.end):
        if _distance(mark.centre, point) <= MARK_RADIUS * style.mark_scale:
            return StepSelected(mark.step)
    for lane in reversed(scene.lanes):
        if lane.label and _on_label(lane.label, point):
            return PathSelected(*lane.key)
    reach = REACH / scale
    best: LaneView | None = None
    best_distance = float("inf")
    x, y = point.x(), point.y()
    for lane in scene.lanes:
        left, top, right, bottom = lane.box
        if left - reach <= x <= right + reach and top - reach <= y <= bottom + reach:
            distance = lane_distance(lane, point) - lane.width / 2
            if distance <= reach and distance < best_distance:
                best, best_distance = lane, distance
    return PathSelected(*best.key) if best else None


def _on_label(label: Label, point: QPointF) -> bool:
    return abs(point.x() - label.x) <= label.width / 2 and abs(point.y() - label.y) <= label.height / 2


def lane_distance(lane: LaneView, point: QPointF) -> float:
    """Distance of a point from a lane's polyline."""
    x, y = point.x(), point.y()
    return min(_segment_distance(piece, x, y) for piece in segments(lane.points))


def _segment_distance(piece: tuple[float, float, float, float], x: float, y: float) -> float:
    x0, y0, x1, y1 = piece
    dx, dy = x1 - x0, y1 - y0
    length = dx * dx + dy * dy
    share = 0.0 if length == 0 else max(0.0, min(1.0, ((x - x0) * dx + (y - y0) * dy) / length))
    return hypot(x - x0 - share * dx, y - y0 - share * dy)


def _distance(a: QPointF, b: QPointF) -> float:
    return hypot(a.x() - b.x(), a.y() - b.y())


def card_towards(scene: MapScene, step: int, side: int) -> int | None:
    """The nearest card beside a step's card (−1: left, +1: right; in landscape above and below), closest along the flow first."""
    here = scene.card_by_step[step].rect.center()
    best, best_cost = None, float("inf")
    for card in scene.cards:
        centre: QPointF = card.rect.center()
        ahead = (scene.across(centre) - scene.across(here)) * side
        if card.step != step and ahead > (card.rect.height() if scene.landscape else card.rect.width()) / 4:
            cost = ahead + 2.5 * abs(scene.along(centre) - scene.along(here))
            if cost < best_cost:
                best, best_cost = card.step, cost
    return best


def card_along(scene: MapScene, step: int, forward: bool) -> int | None:
    """The step at the other end of the strongest path that leads on or back along the flow; any direction when none does."""
    here = scene.along(scene.card_by_step[step].rect.center())
    ends: list[tuple[bool, int, int]] = []
    for lane in scene.lanes:
        other = (lane.target if lane.source == step else None) if forward else (lane.source if lane.target == step else None)
        if other is not None and other in scene.card_by_step and other != step:
            beyond = scene.along(scene.card_by_step[other].rect.center()) > here
            ends.append((beyond == forward, lane.count, other))
    return max(ends)[2] if ends else None
