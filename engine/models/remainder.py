"""What is left of a drawn model when some of its flows are left out: gateways that then decide nothing go with them.

The places of everything that stays are kept; a flow that stands for several takes their lines, one behind the other.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import msgspec
import numpy as np

from engine.layout.values import Lane, LaneKind, MapLayout
from engine.models.contraction import Ends, Way, contract
from engine.models.discovery import Chart
from engine.models.traces import Rows
from engine.process_map.values import END, START

Point = tuple[float, float]


@dataclass(frozen=True, eq=False)
class Remainder:
    """A chart with fewer flows, and by flow what it stands for in the whole chart."""

    chart: Chart
    ways: dict[Ends, Way]


def remain(chart: Chart, kept: Collection[int]) -> Remainder:
    """The chart with some of its flows only, and without the gateways that these leave idle."""
    ends = chart.chart.flows
    number = {one: at for at, one in enumerate(ends)}
    kept_ends = [ends[at] for at in sorted(kept)]
    touched = {node for one in kept_ends for node in one} - {START, END}
    kinds = {figure.node: figure.kind for figure in chart.chart.figures if figure.node in touched}
    ways = contract(kinds, kept_ends)
    flows = tuple(sorted(ways, key=lambda one: min(number[leg] for leg in ways[one].along)))
    becomes = np.full(len(ends), -1, np.int32)
    for at, one in enumerate(flows):
        becomes[[number[leg] for leg in ways[one].counted]] = at
    waits = _renumbered(chart.waits, becomes)
    chart_left = msgspec.structs.replace(chart.chart, flows=flows)
    return Remainder(Chart(chart_left, _summed(_renumbered(chart.flows, becomes)), chart.nodes, waits), ways)


def _renumbered(rows: Rows, becomes: Rows) -> Rows:
    found = rows[becomes[rows[:, 1]] >= 0]
    found[:, 1] = becomes[found[:, 1]]
    return found


def _summed(rows: Rows) -> Rows:
    """Rows (variant, flow, times) with one row for each variant and flow."""
    keys, place = np.unique(rows[:, :2], axis=0, return_inverse=True)
    times = np.bincount(place.reshape(-1), rows[:, 2], len(keys)).astype(np.int32)
    return np.column_stack([keys, times]).astype(np.int32)


# ---- lines -------------------------------------------------------------------------------------------------------------------


def join_lanes(layout: MapLayout, ways: Mapping[Ends, Way]) -> MapLayout:
    """The layout with a line for every way, where all its legs have one."""
    lanes = {(lane.source, lane.target): lane for lane in layout.lanes}
    joined = [_joined(ends, way, lanes) for ends, way in sorted(ways.items()) if all(leg in lanes for leg in way.along)]
    return msgspec.structs.replace(layout, lanes=tuple(joined))


def _joined(ends: Ends, way: Way, lanes: Mapping[Ends, Lane]) -> Lane:
    legs = [lanes[leg] for leg in way.along]
    if len(legs) == 1:
        return legs[0]
    points = _points(legs[0])
    for leg in legs[1:]:
        points = _bridged(points, _points(leg))
    counted = [lanes[leg] for leg in way.along if leg in way.counted]
    label = next((leg.label for leg in (*counted, *legs) if leg.label is not None), None)
    kind = LaneKind.SPINE if all(leg.kind is LaneKind.SPINE for leg in legs) else legs[-1].kind
    flat = tuple(value for point in _straight(points) for value in point)
    return Lane(*ends, flat, legs[-1].width, kind, -1, label)


def _points(lane: Lane) -> list[Point]:
    return list(zip(lane.points[::2], lane.points[1::2], strict=True))


def _bridged(first: list[Point], second: list[Point]) -> list[Point]:
    """Two lines that end and begin at the outline of a gateway that is gone: the bend lies where it stood."""
    (ax, ay), (bx, by) = first[-1], second[0]
    level = _is_level(first[-2], first[-1]), _is_level(second[0], second[1])
    if level == (True, True):
        x = (ax + bx) / 2
        between = [(x, ay), (x, by)]
    elif level == (False, False):
        y = (ay + by) / 2
        between = [(ax, y), (bx, y)]
    else:
        between = [(bx, ay) if level[0] else (ax, by)]
    return [*first[:-1], *between, *second[1:]]


def _is_level(one: Point, other: Point) -> bool:
    return abs(one[1] - other[1]) <= abs(one[0] - other[0])


def _straight(points: list[Point]) -> list[Point]:
    """Without points that lie on the straight line between their neighbours, and without doubles."""
    kept: list[Point] = []
    for point in points:
        while len(kept) >= 2 and _on_one_line(kept[-2], kept[-1], point):
            kept.pop()
        if not kept or point != kept[-1]:
            kept.append(point)
    return kept


def _on_one_line(one: Point, middle: Point, other: Point) -> bool:
    return (one[0] == middle[0] == other[0]) or (one[1] == middle[1] == other[1])
