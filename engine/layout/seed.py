"""The search for better cells, once per set of steps and in the background: cards change side or place, and what gains is kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import fsum
from zlib import crc32

import msgspec

from engine.layout.cells import Cells
from engine.layout.crossings import crossings_between, split_pieces
from engine.layout.place import card_box, extent
from engine.layout.plan import Skeleton, arrange, read_skeleton, seeded_cells
from engine.layout.rearrangement import rearrangements
from engine.layout.values import Graph, GraphArc, Search, Seed, Sizes
from engine.process_map.values import END, START
from engine.tasks import Task

BEND = 0.12
SIZE = 0.008
UPWARD = 3.0
FLOW = 60.0
"""Cost of a view in which all transitions run upward."""
SPARSER, DENSER = 0.65, 1.5
FEWER_STEPS = 0.6
SCREEN, WINDOW = (1920.0, 1080.0), (740.0, 720.0)
READABLE_PX = 14.0
LEAVES_SCREEN = 20.0
"""How much dearer a px is that makes the step names of a readable view smaller than 14 px when it is fitted to a screen."""
ROOM_FOR_LABELS = 24.0
"""What numbers beside the outermost lanes may add to a map's width, px."""
SHRINKS = 400.0
"""Cost of drawing the first view at half its size in an ordinary window."""
MAY_SHRINK = 0.98
SLACK = 1.0
"""By how much a view may get worse other than the one that the search is for."""
WORK = 18_500
"""How many arcs of the sought view may be laid out while searching; a number of trials, not of seconds: the result is always the same."""
ROUNDS = 4
GAIN = 0.05


def seek_seed(
    graph: Graph,
    sizes: Sizes,
    task: Task,
    first: Graph | None = None,
    begun: Search | None = None,
    keep: Callable[[Search], None] | None = None,
) -> Seed:
    """Places that lower crossings, bends, size and upward arcs of the view, of a sparser and a denser one, and of one of fewer steps.

    first: the view that is shown before anybody asks for another; it stays as large in an ordinary window and as readable on a screen.
    None of them gets worse. One change is tried at a time, and `keep` is told of the best so far after every few; a search that was begun
    goes on from there and finds what it would have found without the stop. Raises Cancelled.
    """
    search = _Search(graph, sizes, task, first or graph)
    search.run(begun or Search(), keep or (lambda _search: None))
    return Seed(_places(search.skeleton, search.best))


def extended(seed: Seed, graph: Graph, task: Task) -> Seed:
    """The seed with places for all other steps of a larger view, as they find them round the sought ones. Raises Cancelled."""
    skeleton = read_skeleton(graph, task)
    return Seed(_places(skeleton, seeded_cells(skeleton, seed, task)))


def _places(skeleton: Skeleton, cells: Cells) -> tuple[tuple[int, float, int], ...]:
    """Cells off the spine as offsets from the rows of the backbone."""
    on_spine = set(skeleton.spine)
    return tuple(
        (step.step, float(cells.row[node] - skeleton.rank[node]), cells.column[node])
        for node, step in enumerate(skeleton.network.steps)
        if node not in on_spine
    )


def other_paths(graph: Graph, share: float) -> Graph:
    """The same steps with fewer (share < 1) or more of the log's arcs."""
    shown = {(arc.source, arc.target) for arc in graph.arcs}
    steps = {step.step for step in graph.steps}
    n = max(len(steps) + 1, round(share * len(graph.arcs)))
    if share < 1:
        kept = sorted(graph.arcs, key=lambda arc: (-arc.count, arc.source, arc.target))[:n]
        return msgspec.structs.replace(graph, arcs=tuple(kept))
    ranked = sorted(
        (one for one in graph.weights if one.source != one.target and one.source in steps | {START} and one.target in steps | {END}),
        key=lambda one: (-one.count, one.source, one.target),
    )
    hidden = [one for one in ranked if (one.source, one.target) not in shown][: max(0, n - len(shown))]
    more = (GraphArc(one.source, one.target, one.count, 2.0, "", "") for one in hidden)
    return msgspec.structs.replace(graph, arcs=(*graph.arcs, *more))


def fewer_steps(graph: Graph) -> Graph:
    """The steps of most cases with the arcs among them."""
    ranked = sorted(graph.steps, key=lambda step: (-step.cases, step.step))
    kept = {step.step for step in ranked[: max(1, round(FEWER_STEPS * len(ranked)))]}
    among = kept | {START, END}
    return msgspec.structs.replace(
        graph,
        steps=tuple(step for step in graph.steps if step.step in kept),
        arcs=tuple(arc for arc in graph.arcs if arc.source in among and arc.target in among),
        weights=tuple(one for one in graph.weights if one.source in among and one.target in among),
    )


@dataclass(slots=True)
class _View:
    """A view that the search looks at, the most it may cost, and how large it was at first (px); `first` is what users see first."""

    skeleton: Skeleton
    first: bool
    limit: float = float("inf")
    width: float = 0.0
    height: float = 0.0


class _Search:
    """Greedy search over single cards, groups and components."""

    def __init__(self, graph: Graph, sizes: Sizes, task: Task, first: Graph) -> None:
        self.task, self.sizes = task, sizes
        self.skeleton = read_skeleton(graph, task)
        self.views = [_View(self.skeleton, len(first.steps) == len(graph.steps))]
        for share in (SPARSER, DENSER):
            view = other_paths(graph, share)
            if view.arcs:
                self.views.append(_View(replace(self.skeleton, network=read_skeleton(view, task).network), False))
        smaller = other_paths(fewer_steps(graph), DENSER) if self.views[0].first else first
        if smaller.arcs:
            self.views.append(_View(read_skeleton(smaller, task), not self.views[0].first))
        self.effort = len(self.skeleton.network.arcs) + 10
        self.best = seeded_cells(self.skeleton, Seed(), task)
        self.costs: list[float] = []
        self.work = 0
        self.tried: set[int] = set()

    def run(self, begun: Search, keep: Callable[[Search], None]) -> None:
        """Try all moves in turn until nothing gains or the work is used up."""
        if len(self.skeleton.spine) == self.skeleton.network.n:
            return
        self.costs = [self._cost(view, self.best) for view in self.views]
        for place, (view, cost) in enumerate(zip(self.views, self.costs, strict=True)):
            view.limit = cost + (SLACK if place else 0.0)
        begun = self._go_on(begun)
        moves = rearrangements(self.skeleton, lambda: self.best, self.task)
        turn, gained = begun.turn, begun.gained
        for number in range(begun.round, ROUNDS):
            for place in range(turn, len(moves)):
                for cells in moves[place]():
                    if self.work > WORK:
                        return
                    gained |= self._try(cells)
                keep(Search(_places(self.skeleton, self.best), number, place + 1, gained, self.work, tuple(sorted(self.tried))))
            if not gained:
                return
            turn, gained = 0, False

    def _go_on(self, begun: Search) -> Search:
        """Take up a search that was begun; a new one where its places would do harm to the views as they are now."""
        if not begun.places:
            return Search()
        cells = seeded_cells(self.skeleton, Seed(begun.places), self.task)
        costs = [self._cost(view, cells) for view in self.views]
        if fsum(costs) > fsum(self.costs) or any(cost > view.limit for view, cost in zip(self.views, costs, strict=True)):
            return Search()
        self.best, self.costs, self.work, self.tried = cells, costs, begun.work, set(begun.tried)
        return begun

    def _try(self, cells: Cells) -> bool:
        """Keep cells that lower the sum of all views' costs and leave none much above where it started; none are laid out twice."""
        self.work += self.effort
        known = crc32(repr((cells.row, cells.column)).encode())
        if known in self.tried:
            return False
        self.tried.add(known)
        costs: list[float] = []
        for view in self.views:
            costs.append(self._cost(view, cells))
            if costs[-1] > view.limit or fsum(costs) > fsum(self.costs[: len(costs)]) + max(2.0, 0.1 * self.costs[0]):
                return False
        if fsum(costs) > fsum(self.costs) - GAIN:
            return False
        self.best, self.costs = cells, costs
        return True

    def _cost(self, view: _View, cells: Cells) -> float:
        """Crossings, bends, size, most of all what makes the first view smaller, and what is drawn upward."""
        self.task.check()
        skeleton = view.skeleton
        if len(skeleton.rank) != len(self.skeleton.rank):
            cells = seeded_cells(skeleton, Seed(_places(self.skeleton, cells)), self.task)
        network = skeleton.network
        geometry = arrange(skeleton, self.sizes, cells, self.task)
        ways = [geometry.points(arc) for arc in range(len(network.arcs))]
        _, _, width, height = extent([card_box(geometry, node) for node in range(network.n + 2)], ways, [])
        crossings = crossings_between(*split_pieces(ways, geometry.tracks.trunk))
        cost = crossings + BEND * sum(len(way) // 2 - 2 for way in ways) + SIZE * (width + height)
        return cost + self._too_large(view, width, height) + _upward(skeleton, cells)

    def _too_large(self, view: _View, width: float, height: float) -> float:
        """What it costs that the first view is drawn smaller than at the beginning of the search."""
        if not view.first:
            return 0.0
        if not view.width:
            view.width, view.height = width, height
        cost = 0.0
        for length, before, screen in ((width, view.width, SCREEN[0]), (height, view.height, SCREEN[1])):
            room = screen * self.sizes.name_px / READABLE_PX - ROOM_FOR_LABELS
            cost += LEAVES_SCREEN * max(0.0, length - max(room, before))
        here, then = (max(size[0] / WINDOW[0], size[1] / WINDOW[1]) for size in ((width, height), (view.width, view.height)))
        return cost + SHRINKS * max(0.0, here / then - 1 / MAY_SHRINK)


def _upward(skeleton: Skeleton, cells: Cells) -> float:
    """Cost of backbone arcs and of transitions that run to a row above."""
    network, row = skeleton.network, cells.row
    up = total = 0
    for arc, (source, target) in zip(network.arcs, network.ends, strict=True):
        total += arc.count
        if source < network.n and target < network.n and row[target] < row[source]:
            up += arc.count
    return UPWARD * sum(row[target] < row[source] for source, target in skeleton.arcs) + FLOW * up / max(1, total)
