"""Lays out one view of the process map: spine, rows, cells, routes, lanes, ports and labels become coordinates."""

from __future__ import annotations

from itertools import pairwise

from engine.layout.cards import fitting_names, short_names
from engine.layout.cells import Cells
from engine.layout.geometry import Geometry
from engine.layout.labels import Labels
from engine.layout.network import Network, with_arcs
from engine.layout.obstacles import Box, Obstacles
from engine.layout.plan import Plan, Plans, make_plan
from engine.layout.values import Card, Graph, Label, Lane, LaneKind, MapLayout, Seed, Sizes
from engine.tasks import Task

MARGIN = 24.0


def lay_out(graph: Graph, sizes: Sizes, seed: Seed = Seed(), task: Task | None = None, plans: Plans | None = None) -> MapLayout:
    """Positions of everything in a view. The same input gives the same bytes on every machine; which arcs are shown moves no cell.

    plans: where the plan of the view before is kept; it makes a view of the same steps quicker, and never another. Raises Cancelled.
    """
    task, plans = task or Task(), plans or Plans()
    plan = plans.take(graph, sizes, seed) or make_plan(graph, sizes, seed, task)
    layout = draw(plan, with_arcs(plan.skeleton.network, graph), task)
    plans.keep(plan)
    return layout


def draw(plan: Plan, network: Network, task: Task) -> MapLayout:
    """The finished map for a plan and the arcs that are shown. Raises Cancelled."""
    skeleton, sizes, cells, prefix = plan.skeleton, plan.sizes, plan.cells, plan.floor.prefix
    geometry = plan.floor.arrange(network, task)
    names = fitting_names(short_names(network, prefix), geometry.widths, sizes)
    ways = [geometry.points(arc) for arc in range(len(network.arcs))]
    boxes = [card_box(geometry, node) for node in range(network.n + 2)]
    labels = place_labels(network, skeleton.spine, geometry, ways, boxes, task)
    if sizes.landscape:
        ways, boxes, labels = lying(ways, boxes, labels)
    shift_x, shift_y, width, height = extent(boxes, ways, labels)
    place = {node: index for index, node in enumerate(skeleton.spine)}
    cards = tuple(
        Card(
            step.step,
            round(boxes[node][0] + shift_x, 2),
            round(boxes[node][1] + shift_y, 2),
            round(boxes[node][2] - boxes[node][0], 2),
            round(boxes[node][3] - boxes[node][1], 2),
            names[node],
            node in place,
            float(cells.row[node]),
            cells.column[node],
            skeleton.rank[node],
        )
        for node, step in enumerate(network.steps)
    )
    lanes = tuple(
        Lane(
            arc.source,
            arc.target,
            tuple([round(value + (shift_y if at & 1 else shift_x), 2) for at, value in enumerate(ways[number])]),
            arc.width,
            lane_kind(network, cells, place, *network.ends[number]),
            geometry.tracks.trunk[number],
            moved(labels[number], shift_x, shift_y),
        )
        for number, arc in enumerate(network.arcs)
    )
    marks = [(round((box[0] + box[2]) / 2 + shift_x, 2), round((box[1] + box[3]) / 2 + shift_y, 2)) for box in boxes[-2:]]
    codes = tuple(network.steps[node].step for node in skeleton.spine)
    return MapLayout(cards, lanes, marks[0], marks[1], width, height, codes, skeleton.reason, prefix, sizes.landscape)


def lying(ways: list[list[float]], boxes: list[Box], labels: list[Label | None]) -> tuple[list[list[float]], list[Box], list[Label | None]]:
    """Everything with down and across changed, so that what ran downwards runs to the right."""
    return (
        [[way[place ^ 1] for place in range(len(way))] for way in ways],
        [(top, left, bottom, right) for left, top, right, bottom in boxes],
        [one and Label(one.text, one.y, one.x, one.height, one.width) for one in labels],
    )


def card_box(geometry: Geometry, node: int) -> Box:
    """Left, top, right and bottom of a card or mark, px."""
    left, right, top, bottom = (geometry.edge(node, side) for side in range(4))
    return left, top, right, bottom


def place_labels(
    network: Network, spine: list[int], geometry: Geometry, ways: list[list[float]], boxes: list[Box], task: Task
) -> list[Label | None]:
    """Labels by arc: the spine's first, then by frequency. Raises Cancelled."""
    task.check()
    obstacles = Obstacles(boxes)
    own = obstacles.add_lanes(zip(ways, geometry.tracks.ways, (arc.width for arc in network.arcs), strict=True))
    labels = Labels(obstacles, geometry.sizes)
    users = geometry.users()
    straight = set(pairwise([network.start, *spine, network.end]))
    for arc in sorted(range(len(ways)), key=lambda arc: (network.ends[arc] not in straight, arc)):
        task.check()
        one, way = network.arcs[arc], ways[arc]
        if network.ends[arc] in straight:
            labels.put_beside_spine(arc, one.spine_label, way, one.width, own[arc])
        else:
            labels.put_on_lane(arc, one.label, geometry.own_pieces(arc, way, users), one.width, own[arc])
    found = labels.finish(len(ways), task)
    return [found.get(arc) for arc in range(len(ways))]


def lane_kind(network: Network, cells: Cells, place: dict[int, int], source: int, target: int) -> LaneKind:
    """How the lane of an arc is drawn. place: on the spine, by node."""
    if source == network.start:
        return LaneKind.START
    if target == network.end:
        return LaneKind.END
    if source in place and target in place:
        if place[target] == place[source] + 1:
            return LaneKind.SPINE
        return LaneKind.FORWARD if place[target] > place[source] else LaneKind.RETURN
    return LaneKind.SIDE if cells.row[target] >= cells.row[source] else LaneKind.RETURN


def moved(label: Label | None, x: float, y: float) -> Label | None:
    """The label shifted by x and y px."""
    return None if label is None else Label(label.text, round(label.x + x, 2), round(label.y + y, 2), label.width, label.height)


def extent(boxes: list[Box], ways: list[list[float]], labels: list[Label | None]) -> tuple[float, float, float, float]:
    """Shift in x and y that brings everything inside the margins, and the size of the whole, px."""
    x = [value for box in boxes for value in (box[0], box[2])] + [value for way in ways for value in way[::2]]
    y = [value for box in boxes for value in (box[1], box[3])] + [value for way in ways for value in way[1::2]]
    for label in labels:
        if label is not None:
            x += [label.x - label.width / 2, label.x + label.width / 2]
            y += [label.y - label.height / 2, label.y + label.height / 2]
    left, top = min(x), min(y)
    return MARGIN - left, MARGIN - top, round(max(x) - left + 2 * MARGIN, 2), round(max(y) - top + 2 * MARGIN, 2)
