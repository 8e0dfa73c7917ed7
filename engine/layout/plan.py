"""What all views of the same steps share, whichever arcs they show: spine, rows, cells, widths, and the ways that arcs can take."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import msgspec

from engine.layout.cards import card_widths, shared_prefix, short_names
from engine.layout.cells import Cells, next_free, place_cells
from engine.layout.concurrency import concurrent_steps
from engine.layout.geometry import Geometry
from engine.layout.network import Network, read_network
from engine.layout.order import choose_spine, linear_order
from engine.layout.ranks import backbone, rank_rows
from engine.layout.router import Router
from engine.layout.routes import Grid, read_grid
from engine.layout.tracks import lay_tracks
from engine.layout.values import Graph, Seed, Sizes, SpineReason
from engine.tasks import Task

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


class Floor:
    """The grid that given cells make, and the ways along it."""

    def __init__(self, skeleton: Skeleton, sizes: Sizes, cells: Cells) -> None:
        network = skeleton.network
        self.sizes = sizes
        self.prefix = shared_prefix([step.name for step in network.steps])
        self.widths = card_widths(network, short_names(network, self.prefix), skeleton.spine, cells.column, sizes)
        self.grid = read_grid(network, cells.row, cells.column, skeleton.spine)
        self.straight = set(pairwise([network.start, *skeleton.spine, network.end])) | side_by_side(skeleton, self.grid)
        column_width, channel = (sizes.full_height, CHANNEL / 2) if sizes.landscape else (sizes.spine_width * 0.7, CHANNEL)
        x = [0.0]
        for _ in range(self.grid.n_columns):
            x += [x[-1] + channel / 2 + column_width / 2, x[-1] + channel + column_width]
        pitch = (sizes.spine_width if sizes.landscape else sizes.card_height) + sizes.row_gap
        y = [level * pitch / 2 for level in range(2 * self.grid.n_rows + 1)]
        self.router = Router(self.grid, x, y)

    def arrange(self, network: Network, task: Task) -> Geometry:
        """Routes and coordinates of the arcs that a network shows. Raises Cancelled, after which the floor is spent."""
        routes = self.router.choose(network, self.straight, task)
        task.check()
        geometry = Geometry(network, self.grid, lay_tracks(network, self.grid, routes), self.widths, self.sizes)
        geometry.settle(task)
        return geometry


def arrange(skeleton: Skeleton, sizes: Sizes, cells: Cells, task: Task) -> Geometry:
    """Routes and coordinates for given cells. Raises Cancelled."""
    return Floor(skeleton, sizes, cells).arrange(skeleton.network, task)


def side_by_side(skeleton: Skeleton, grid: Grid) -> set[tuple[int, int]]:
    """Arcs in both directions between concurrent steps that stand next to each other in a row."""
    beside, found = skeleton.beside, set()
    for one in range(skeleton.network.n):
        for other in range(one):
            next_to = grid.row[one] == grid.row[other] and grid.column[other] in (grid.left[one], grid.right[one])
            if next_to and beside.get(one, one) == beside.get(other, other):
                found |= {(one, other), (other, one)}
    return found


@dataclass(frozen=True, slots=True)
class Plan:
    """Where the steps of a graph stand under a seed. of: the graph without its arcs."""

    of: Graph
    sizes: Sizes
    seed: Seed
    skeleton: Skeleton
    cells: Cells
    floor: Floor


def make_plan(graph: Graph, sizes: Sizes, seed: Seed, task: Task) -> Plan:
    """The plan of a graph. Raises Cancelled."""
    skeleton = read_skeleton(graph, task)
    cells = seeded_cells(skeleton, seed, task)
    return Plan(_without_arcs(graph), sizes, seed, skeleton, cells, Floor(skeleton, sizes, cells))


def _without_arcs(graph: Graph) -> Graph:
    """What a plan depends on; the arcs too where they stand for the weights of the log."""
    return msgspec.structs.replace(graph, arcs=()) if graph.weights else graph


class Plans:
    """Keeps the plan of the view that was laid out last; whoever takes it has it alone."""

    def __init__(self) -> None:
        self._kept: list[Plan] = []

    def take(self, graph: Graph, sizes: Sizes, seed: Seed) -> Plan | None:
        """The kept plan, if it is of this graph; it is not kept any more."""
        try:
            plan = self._kept.pop()
        except IndexError:
            return None
        return plan if (plan.sizes, plan.seed) == (sizes, seed) and plan.of == _without_arcs(graph) else None

    def keep(self, plan: Plan) -> None:
        """Keep a plan that has been used to the end."""
        self._kept[:] = [plan]
