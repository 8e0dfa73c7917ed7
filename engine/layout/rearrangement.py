"""Changed cells that the search for a seed tries: groups to the other side or into one column, single cards across, aside, up and down."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from engine.layout.cells import Cells, next_free, place_cells
from engine.layout.network import Network
from engine.layout.plan import Skeleton
from engine.tasks import Task

COLUMNS = (1, -1, 2, -2)
MOST_IN_COLUMN = 12
SHIFTS = ((-1, 0), (1, 0), (0, -1), (0, 1), (2, 0), (-2, 0))
SATELLITE = 0.6
"""Share of its transitions that a satellite has with its hub."""


def rearrangements(skeleton: Skeleton, best: Callable[[], Cells], task: Task) -> list[Callable[[], Iterator[Cells]]]:
    """Sets of moves to be tried one after the other, each move from the best cells at that time. They raise Cancelled."""
    moves = _Moves(skeleton, best)
    return [
        *(partial(moves.of_group, group) for group in moves.groups()),
        *(partial(moves.of_card, node) for node in moves.sides),
        *(partial(moves.leading, node, task) for node in moves.sides),
    ]


class _Moves:
    """Cells made from the best ones."""

    def __init__(self, skeleton: Skeleton, best: Callable[[], Cells]) -> None:
        self.skeleton, self.network, self.best = skeleton, skeleton.network, best
        self.spine = set(skeleton.spine)
        n = self.network.n
        self.sides = sorted((node for node in range(n) if node not in self.spine), key=lambda node: (-self.network.steps[node].cases, node))
        self.near = {node: related(self.network, node) for node in range(n)}

    def of_group(self, group: list[int]) -> Iterator[Cells]:
        """The group on the other side, and in one column."""
        yield self.flipped(group)
        yield from self.stacked(group)

    def of_card(self, node: int) -> Iterator[Cells]:
        """The card on the other side, and moved by a cell."""
        yield self.flipped([node])
        yield from self.shifted(node)

    def leading(self, node: int, task: Task) -> Iterator[Cells]:
        """The card on the other side with what belongs to it."""
        yield self.led(node, task)

    def groups(self) -> list[list[int]]:
        """Components off the spine, satellites of one hub, then the side cards that belong to one spine step."""
        found = [*self._components(), *self._satellites()]
        around: dict[int, list[int]] = {}
        for node in sorted(self.sides):
            hubs = [other for other in self.near[node] if other in self.spine]
            if hubs:
                around.setdefault(max(hubs, key=lambda hub: (self.network.between(node, hub), -hub)), []).append(node)
        found += [around[hub] for hub in sorted(around)]
        return [list(group) for group in dict.fromkeys(tuple(group) for group in found if len(group) > 1)]

    def _components(self) -> list[list[int]]:
        groups: list[list[int]] = []
        seen = set(self.spine)
        for node in sorted(self.sides):
            if node in seen:
                continue
            group, waiting = [], [node]
            seen.add(node)
            while waiting:
                one = waiting.pop()
                group.append(one)
                for other in self.near[one]:
                    if other not in seen:
                        seen.add(other)
                        waiting.append(other)
            groups.append(sorted(group))
        return groups

    def _satellites(self) -> list[list[int]]:
        """Side cards by the step with which most of their transitions are."""
        around: dict[int, list[int]] = {}
        for node in sorted(self.sides):
            strength = {other: self.network.between(node, other) for other in self.near[node]}
            hub = max(strength, key=lambda other: (strength[other], -other), default=None)
            if hub is not None and strength[hub] >= SATELLITE * sum(strength.values()):
                around.setdefault(hub, []).append(node)
        return [around[hub] for hub in sorted(around)]

    def _copy(self) -> Cells:
        best = self.best()
        return Cells(list(best.row), list(best.column))

    def flipped(self, group: list[int]) -> Cells:
        """The group mirrored at the spine, each card into the mirrored cell or the next free one outside it."""
        cells, inside = self._copy(), set(group)
        taken = {(cells.row[node], cells.column[node]) for node in range(len(cells.row)) if node not in inside}
        for node in sorted(group, key=lambda node: (abs(cells.column[node]), node)):
            column = -cells.column[node]
            while (cells.row[node], column) in taken:
                column += 1 if column > 0 else -1
            cells.column[node] = column
            taken.add((cells.row[node], column))
        return cells

    def stacked(self, group: list[int]) -> Iterator[Cells]:
        """The group below one another in one column, from its upper card or from where the backbone wants it."""
        if len(group) > MOST_IN_COLUMN or self.skeleton.beside.keys() & set(group):
            return
        best = self.best()
        order = sorted(group, key=lambda node: (best.row[node], self.skeleton.rank[node], node))
        tops = dict.fromkeys((best.row[order[0]], min(self.skeleton.rank[node] for node in group)))
        for top in tops:
            for column in COLUMNS:
                cells, inside = self._copy(), set(group)
                taken = {(cells.row[node], cells.column[node]) for node in range(len(cells.row)) if node not in inside}
                for place, node in enumerate(order):
                    cell = next_free((top + place, column), taken)
                    taken.add(cell)
                    cells.row[node], cells.column[node] = cell
                yield cells

    def led(self, node: int, task: Task) -> Cells:
        """One card on the other side, and the side cards related to it placed anew round it."""
        best, loose = self.best(), set(self.near[node]) - self.spine
        kept = {one: (best.row[one], best.column[one]) for one in self.sides if one not in loose}
        row, column = best.row[node], -best.column[node]
        while (row, column) in kept.values():
            column += 1 if column > 0 else -1
        skeleton = self.skeleton
        return place_cells(self.network, skeleton.spine, skeleton.rank, skeleton.beside, {**kept, node: (row, column)}, task)

    def shifted(self, node: int) -> Iterator[Cells]:
        """One card moved a row or a column; where a side card stands they change places."""
        for down, aside in SHIFTS:
            cells = self._copy()
            row, column = cells.row[node] + down, cells.column[node] + aside
            other = next((one for one, here in enumerate(zip(cells.row, cells.column, strict=True)) if here == (row, column)), None)
            if row < 0 or column == 0 or other in self.spine or (down and self.skeleton.beside.keys() & {node, other}):
                continue
            if other is not None:
                cells.row[other], cells.column[other] = cells.row[node], cells.column[node]
            cells.row[node], cells.column[node] = row, column
            yield cells


def related(network: Network, node: int) -> list[int]:
    """Steps with transitions to or from a step, by number."""
    return [other for other in range(network.n) if other != node and network.between(node, other)]
