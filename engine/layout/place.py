"""Lays out one view of the process map: spine, rows, cells, routes, lanes, ports and labels become coordinates."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from engine.layout.cards import card_widths, fitting_names, shared_prefix, short_names
from engine.layout.cells import Cells, next_free, place_cells
from engine.layout.concurrency import concurrent_steps
from engine.layout.geometry import Geometry
from engine.layout.labels import Labels
from engine.layout.network import Network, read_network
from engine.layout.obstacles import Box, Obstacles
from engine.layout.order import choose_spine, linear_order
from engine.layout.ranks import backbone, rank_rows
from engine.layout.router import Router
from engine.layout.routes import Grid, read_grid
from engine.layout.tracks import lay_tracks
from engine.layout.values import Card, Graph, Label, Lane, LaneKind, MapLayout, Seed, Sizes, SpineReason
from engine.tasks import Task

MARGIN = 24.0
CHANNEL = 64.0


@dataclass(frozen=True, slots=True)
class Skeleton:
    """What depends on the steps and the weights of the log alone, never on which arcs are shown."""

    network: Network
    spine: list[int]
    reason: SpineReason
    rank: list[int]
    arcs: list[tuple[int, int]]
    beside: dict[int, int]


def read_skeleton(graph: Graph, task: Task) -> Skeleton:
    """Spine, linear order, backbone and rows of a graph. Raises Cancelled."""
    network = read_network(graph)
    spine, reason = choose_spine(graph, network)
    beside = {node: other for node, other in concurrent_steps(network, graph.n_cases).items() if node not in spine}
    order = linear_order(graph, network, spine, beside, task)
    arcs = backbone(network, order, beside)
    return Skeleton(network, spine, reason, rank_rows(network, order, spine, arcs, beside), arcs, beside)


def seeded_cells(skeleton: Skeleton, seed: Seed, task: Task) -> Cells:
    """Cells of a view, attracted to the places of a seed; what stands where a step was moved by hand gives way."""
    wanted: dict[int, tuple[int, int]] = {}
    for places in (seed.places, seed.by_hand):
        there = {step: (offset, column) for step, offset, column in places}
        found = {}
        for node, step in enumerate(skeleton.network.steps):
            if step.step in there and (places is seed.places or node not in skeleton.spine):
                offset, column = there[step.step]
                found[node] = (max(0, skeleton.rank[node] + round(offset)), column)
        wanted = found | {node: cell for node, cell in wanted.items() if node not in found}
    taken: set[tuple[int, int]] = set()
    for node, cell in wanted.items():
        if cell[1]:
            wanted[node] = next_free(cell, taken)
            taken.add(wanted[node])
    return place_cells(skeleton.network, skeleton.spine, skeleton.rank, skeleton.beside, wanted, task)


def lay_out(graph: Graph, sizes: Sizes, seed: Seed = Seed(), task: Task | None = None) -> MapLayout:
    """Positions of everything in a view. The same input gives the same bytes on every machine; which arcs are shown moves no cell.

    Raises Cancelled.
    """
    task = task or Task()
    skeleton = read_skeleton(graph, task)
    return draw(skeleton, sizes, seeded_cells(skeleton, seed, task), task)


def arrange(skeleton: Skeleton, sizes: Sizes, cells: Cells, task: Task) -> Geometry:
    """Routes and coordinates for given cells. Raises Cancelled."""
    network = skeleton.network
    prefix = shared_prefix([step.name for step in network.steps])
    names = short_names(network, prefix)
    widths = card_widths(network, names, skeleton.spine, cells.column, sizes)
    grid = read_grid(network, cells.row, cells.column, skeleton.spine)
    straight = set(pairwise([network.start, *skeleton.spine, network.end])) | side_by_side(skeleton, grid)
    column_width, channel = (sizes.full_height, CHANNEL / 2) if sizes.landscape else (sizes.spine_width * 0.7, CHANNEL)
    x = [0.0]
    for _ in range(grid.n_columns):
        x += [x[-1] + channel / 2 + column_width / 2, x[-1] + channel + column_width]
    pitch = (sizes.spine_width if sizes.landscape else sizes.card_height) + sizes.row_gap
    y = [level * pitch / 2 for level in range(2 * grid.n_rows + 1)]
    routes = Router(grid, x, y, task).choose(network, straight)
    task.check()
    geometry = Geometry(network, grid, lay_tracks(network, grid, routes), widths, sizes)
    geometry.settle(task)
    return geometry


def side_by_side(skeleton: Skeleton, grid: Grid) -> set[tuple[int, int]]:
    """Arcs in both directions between concurrent steps that stand next to each other in a row."""
    beside, found = skeleton.beside, set()
    for one in range(skeleton.network.n):
        for other in range(one):
            next_to = grid.row[one] == grid.row[other] and grid.column[other] in (grid.left[one], grid.right[one])
            if next_to and beside.get(one, one) == beside.get(other, other):
                found |= {(one, other), (other, one)}
    return found


def draw(skeleton: Skeleton, sizes: Sizes, cells: Cells, task: Task) -> MapLayout:
    """The finished map for given cells. Raises Cancelled."""
    network = skeleton.network
    geometry = arrange(skeleton, sizes, cells, task)
    prefix = shared_prefix([step.name for step in network.steps])
    names = fitting_names(short_names(network, prefix), geometry.widths, sizes)
    ways = [geometry.points(arc) for arc in range(len(network.arcs))]
    boxes = [card_box(geometry, node) for node in range(network.n + 2)]
    labels = place_labels(skeleton, geometry, ways, boxes, task)
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
            lane_kind(skeleton, cells, place, *network.ends[number]),
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


def place_labels(skeleton: Skeleton, geometry: Geometry, ways: list[list[float]], boxes: list[Box], task: Task) -> list[Label | None]:
    """Labels by arc: the spine's first, then by frequency. Raises Cancelled."""
    network = skeleton.network
    task.check()
    obstacles = Obstacles(boxes)
    own = obstacles.add_lanes(zip(ways, geometry.tracks.ways, (arc.width for arc in network.arcs), strict=True))
    labels = Labels(obstacles, geometry.sizes)
    users = geometry.users()
    straight = set(pairwise([network.start, *skeleton.spine, network.end]))
    for arc in sorted(range(len(ways)), key=lambda arc: (network.ends[arc] not in straight, arc)):
        task.check()
        one, way = network.arcs[arc], ways[arc]
        if network.ends[arc] in straight:
            labels.put_beside_spine(arc, one.spine_label, way, one.width, own[arc])
        else:
            labels.put_on_lane(arc, one.label, geometry.own_pieces(arc, way, users), one.width, own[arc])
    found = labels.finish(len(ways), task)
    return [found.get(arc) for arc in range(len(ways))]


def lane_kind(skeleton: Skeleton, cells: Cells, place: dict[int, int], source: int, target: int) -> LaneKind:
    """How the lane of an arc is drawn. place: on the spine, by node."""
    network = skeleton.network
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
