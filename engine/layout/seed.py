"""The search for better cells, once per set of steps and in the background: cards change side or place, and what gains is kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import fsum

from engine.layout.cells import Cells, place_cells
from engine.layout.crossings import crossings_between, split_pieces
from engine.layout.network import Network
from engine.layout.place import Skeleton, arrange, card_box, extent, read_skeleton, seeded_cells
from engine.layout.values import Graph, GraphArc, Seed, Sizes
from engine.process_map.values import END, START
from engine.tasks import Task

BEND = 0.12
SIZE = 0.008
UPWARD = 3.0
SETTINGS = (1.0, 0.65, 1.4)
SCREEN = 1920.0, 1080.0
READABLE_PX = 14.0
LEAVES_SCREEN = 20.0
"""How much dearer a px is that makes the step names of a readable view smaller than 14 px when it is fitted to a screen."""
WORK = 20_000
"""How many arcs may be laid out in all while searching; a number of trials, not of seconds, so that the result is always the same."""
ROUNDS = 4
GAIN = 0.05


def seek_seed(graph: Graph, sizes: Sizes, task: Task) -> Seed:
    """Places that lower crossings, bends, size and upward arcs of the view and of a sparser and a denser one; none of them gets worse.

    Raises Cancelled.
    """
    search = _Search(graph, sizes, task)
    search.run()
    return search.seed()


def view_settings(graph: Graph) -> list[Graph]:
    """The view itself, then the same steps with fewer and with more of the log's arcs."""
    views = [graph]
    shown = {(arc.source, arc.target) for arc in graph.arcs}
    steps = {step.step for step in graph.steps}
    ranked = sorted(
        (one for one in graph.weights if one.source != one.target and one.source in steps | {START} and one.target in steps | {END}),
        key=lambda one: (-one.count, one.source, one.target),
    )
    for share in SETTINGS[1:]:
        n = max(len(steps) + 1, round(share * len(graph.arcs)))
        if share < 1:
            kept = sorted(graph.arcs, key=lambda arc: (-arc.count, arc.source, arc.target))[:n]
        else:
            hidden = [one for one in ranked if (one.source, one.target) not in shown][: max(0, n - len(shown))]
            kept = [*graph.arcs, *(GraphArc(one.source, one.target, one.count, 2.0, "", "") for one in hidden)]
        views.append(replace_arcs(graph, kept))
    return views


def replace_arcs(graph: Graph, arcs: list[GraphArc]) -> Graph:
    """The same graph showing other arcs."""
    return Graph(
        graph.steps,
        tuple(arcs),
        graph.weights,
        graph.main_variant,
        graph.main_variant_cases,
        graph.median_distinct_steps,
        graph.positions,
        graph.n_cases,
    )


class _Search:
    """Greedy search over single cards, groups and components."""

    def __init__(self, graph: Graph, sizes: Sizes, task: Task) -> None:
        self.task, self.sizes = task, sizes
        first = read_skeleton(graph)
        views = [view for view in view_settings(graph) if view.arcs]
        self.skeletons = [first, *(replace(first, network=read_skeleton(view).network) for view in views[1:])]
        self.work = 0
        self.best = seeded_cells(first, Seed())
        self.width, self.height = (length * sizes.name_px / READABLE_PX for length in SCREEN)
        self.readable: bool | None = None
        self.limits: list[float] = []
        self.costs: list[float] = []

    @property
    def skeleton(self) -> Skeleton:
        """Spine and rows, the same in all settings."""
        return self.skeletons[0]

    def run(self) -> None:
        """Try all moves in turn until nothing gains or the work is used up."""
        if len(self.skeleton.spine) == self.skeleton.network.n:
            return
        self.costs = [self._cost(skeleton, self.best) for skeleton in self.skeletons]
        self.limits = list(self.costs)
        for _ in range(ROUNDS):
            gained = False
            for cells in self._moves():
                if self.work > WORK:
                    return
                gained |= self._try(cells)
            if not gained:
                return

    def seed(self) -> Seed:
        """The best cells as offsets from the rows of the backbone."""
        network, rank = self.skeleton.network, self.skeleton.rank
        on_spine = set(self.skeleton.spine)
        return Seed(
            tuple(
                (step.step, float(self.best.row[node] - rank[node]), self.best.column[node])
                for node, step in enumerate(network.steps)
                if node not in on_spine
            )
        )

    def _try(self, cells: Cells) -> bool:
        """Keep cells that lower the sum of all settings' costs and leave none above where it started."""
        costs: list[float] = []
        for skeleton, limit in zip(self.skeletons, self.limits, strict=True):
            costs.append(self._cost(skeleton, cells))
            if costs[-1] > limit or fsum(costs) > fsum(self.costs[: len(costs)]) + max(2.0, 0.1 * self.costs[0]):
                return False
        if fsum(costs) > fsum(self.costs) - GAIN:
            return False
        self.best, self.costs = cells, costs
        return True

    def _cost(self, skeleton: Skeleton, cells: Cells) -> float:
        """Crossings, bends, size, most of all what makes a readable view unreadable, and backbone arcs drawn upward."""
        self.task.check()
        network = skeleton.network
        self.work += len(network.arcs) + 10
        geometry = arrange(skeleton, self.sizes, cells, self.task)
        ways = [geometry.points(arc) for arc in range(len(network.arcs))]
        _, _, width, height = extent([card_box(geometry, node) for node in range(network.n + 2)], ways, [])
        size = width + height
        if skeleton is self.skeleton:
            beyond = max(0.0, width - self.width) + max(0.0, height - self.height)
            if self.readable is None:
                self.readable = not beyond
            size += LEAVES_SCREEN * beyond if self.readable else 0.0
        upward = sum(cells.row[target] < cells.row[source] for source, target in skeleton.arcs)
        crossings = crossings_between(*split_pieces(ways, geometry.tracks.trunk))
        return crossings + BEND * sum(len(way) // 2 - 2 for way in ways) + SIZE * size + UPWARD * upward

    def _moves(self) -> Iterator[Cells]:
        """Changed cells: components and groups to the other side, then each card across, aside, up and down."""
        for group in self._groups():
            yield from self._flipped(group)
        spine = set(self.skeleton.spine)
        network = self.skeleton.network
        sides = sorted((node for node in range(network.n) if node not in spine), key=lambda node: (-network.steps[node].cases, node))
        for node in sides:
            yield from self._flipped([node])
            yield from self._shifted(node)
        for node in sides:
            yield self._led(node)

    def _groups(self) -> list[list[int]]:
        """Components off the spine, then the side cards that belong to one spine step."""
        network, spine = self.skeleton.network, set(self.skeleton.spine)
        near = {node: _related(network, node) for node in range(network.n) if node not in spine}
        groups: list[list[int]] = []
        seen: set[int] = set()
        for node in near:
            if node in seen:
                continue
            group, waiting = [], [node]
            seen.add(node)
            while waiting:
                one = waiting.pop()
                group.append(one)
                for other in near[one]:
                    if other in near and other not in seen:
                        seen.add(other)
                        waiting.append(other)
            groups.append(sorted(group))
        around: dict[int, list[int]] = {}
        for node, others in near.items():
            hub = max((other for other in others if other in spine), key=lambda other: (network.between(node, other), -other), default=None)
            if hub is not None:
                around.setdefault(hub, []).append(node)
        groups += [around[hub] for hub in sorted(around)]
        return [group for group in groups if len(group) > 1]

    def _flipped(self, group: list[int]) -> Iterator[Cells]:
        """The group mirrored at the spine, each card into the mirrored cell or the next free one outside it."""
        cells = Cells(list(self.best.row), list(self.best.column))
        inside = set(group)
        taken = {(cells.row[node], cells.column[node]) for node in range(len(cells.row)) if node not in inside}
        for node in sorted(group, key=lambda node: (abs(cells.column[node]), node)):
            column = -cells.column[node]
            while (cells.row[node], column) in taken:
                column += 1 if column > 0 else -1
            cells.column[node] = column
            taken.add((cells.row[node], column))
        yield cells

    def _led(self, node: int) -> Cells:
        """One card on the other side, and the side cards related to it placed anew round it."""
        network, spine, best = self.skeleton.network, set(self.skeleton.spine), self.best
        loose = set(_related(network, node)) - spine
        kept = {one: (best.row[one], best.column[one]) for one in range(network.n) if one not in spine and one not in loose}
        row, column = best.row[node], -best.column[node]
        while (row, column) in kept.values():
            column += 1 if column > 0 else -1
        return place_cells(network, self.skeleton.spine, self.skeleton.rank, self.skeleton.beside, {**kept, node: (row, column)})

    def _shifted(self, node: int) -> Iterator[Cells]:
        """One card moved a row or a column; where a side card stands they change places."""
        spine = set(self.skeleton.spine)
        for down, aside in ((-1, 0), (1, 0), (0, -1), (0, 1), (2, 0), (-2, 0)):
            row, column = self.best.row[node] + down, self.best.column[node] + aside
            cell = (row, column)
            other = next((one for one, here in enumerate(zip(self.best.row, self.best.column, strict=True)) if here == cell), None)
            if row < 0 or column == 0 or other in spine or (down and self.skeleton.beside.keys() & {node, other}):
                continue
            cells = Cells(list(self.best.row), list(self.best.column))
            if other is not None:
                cells.row[other], cells.column[other] = cells.row[node], cells.column[node]
            cells.row[node], cells.column[node] = row, column
            yield cells


def _related(network: Network, node: int) -> list[int]:
    """Steps with transitions to or from a step, by number."""
    return [other for other in range(network.n) if other != node and network.between(node, other)]
