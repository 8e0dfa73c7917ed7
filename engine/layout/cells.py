"""Where each card stands on the grid: the spine in column 0, every other card in a free cell near what it belongs to."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from itertools import count

import numpy as np
from numpy.typing import NDArray

from engine.layout.network import Network
from engine.tasks import Task

ROW_OFFSETS = np.arange(-2, 5)
ROW_COST = np.array([180, 90, 0, 55, 110, 165, 220], dtype=np.int64)
APART_COST = 600
COLUMN_COST = 90
BETWEEN_COST = 90
OPPOSITE_COST = 260
DISTANCE_COST = 45
ROW_DISTANCE_COST = 18
UPWARD_COST = 60
"""Cost of a place from which all transitions run upward."""
PARTNER_REWARD = 100
SIDE_BIAS = 40
TAKEN = 10**9
RELATIONS = 10
SWEEPS = 3


@dataclass(slots=True)
class Cells:
    """Row and column by node (spine column 0, left negative)."""

    row: list[int]
    column: list[int]


def place_cells(
    network: Network, spine: list[int], rank: list[int], beside: Container[int], wanted: dict[int, tuple[int, int]], task: Task
) -> Cells:
    """Greedy placement in three sweeps; `wanted` cells (row, column) are taken, or else the next free one on the same side of the spine.

    Nodes of `beside` leave their rank's row only where they must.

    It looks at the weights of the whole log only, so hiding an arc moves nothing. Raises Cancelled.
    """
    cells = Cells(list(rank), [0] * network.n)
    taken = {(rank[node], 0): node for node in spine}
    on_spine = set(spine)
    sides = [node for node in range(network.n) if node not in on_spine]
    settled = set()
    for node in sides:
        cell = wanted.get(node)
        if cell is not None and cell[1] != 0:
            cell = next_free(cell, taken)
            taken[cell] = node
            cells.row[node], cells.column[node] = cell
            settled.add(node)
    free = [node for node in sides if node not in settled]
    if free:
        _Placer(network, on_spine, rank, beside, cells, taken, settled).sweep(free, task)
    return cells


def next_free(cell: tuple[int, int], taken: Container[tuple[int, int]]) -> tuple[int, int]:
    """The cell itself, or the nearest free one on its side of the spine; of equally near ones a lower row, then one further out."""
    row, column = cell
    outward = 1 if column > 0 else -1
    for distance in count():
        for aside in range(distance + 1):
            for down in (distance - aside, aside - distance):
                near = row + down, column + aside * outward
                if near not in taken and near[0] >= 0:
                    return near
    raise AssertionError


class _Placer:
    """The state of one greedy placement."""

    def __init__(
        self,
        network: Network,
        spine: set[int],
        rank: list[int],
        beside: Container[int],
        cells: Cells,
        taken: dict[tuple[int, int], int],
        settled: set[int],
    ) -> None:
        self.network, self.spine, self.rank, self.beside, self.cells = network, spine, rank, beside, cells
        widest = max((abs(column) for _, column in taken), default=0)
        n_rows = max(max(row for row, _ in taken) if taken else 0, max(rank, default=0)) + 6
        self.half = max(3, widest + 1, 2 + network.n // max(1, n_rows - 5))
        self.columns = np.arange(-self.half, self.half + 1)
        self.taken = np.zeros((n_rows + 2, 2 * self.half + 1), dtype=np.int64)
        for row, column in taken:
            self.taken[row + 2, column + self.half] = 1
        self.taken[:2] = 1
        self.placed = set(spine) | settled
        self.column_cost = (np.abs(self.columns) - 1) * COLUMN_COST
        self.column_cost[self.half] = TAKEN
        self.relations = {node: self._relations(node) for node in range(network.n) if node not in spine}

    def _relations(self, node: int) -> list[tuple[int, int]]:
        """Strongest related nodes with their share of all the node's transitions, in per cent."""
        strength: dict[int, int] = {}
        for other in sorted(self.network.weight[node].keys() | {o for o in range(self.network.n) if node in self.network.weight[o]}):
            if other < self.network.n:
                strength[other] = self.network.between(node, other)
        total = max(1, sum(strength.values()))
        ranked = sorted(strength.items(), key=lambda one: (-one[1], one[0]))[:RELATIONS]
        return [(other, -(-100 * count // total)) for other, count in ranked]

    def sweep(self, nodes: list[int], task: Task) -> None:
        """Place the nodes, strongest first, then place each anew twice. Raises Cancelled."""
        importance = {node: sum(self.network.between(node, other) for other, _ in self.relations[node]) for node in nodes}
        ranked = sorted(nodes, key=lambda node: (-importance[node], node))
        for turn in range(SWEEPS):
            before = list(zip(self.cells.row, self.cells.column, strict=True))
            for node in ranked:
                task.check()
                if turn:
                    self._mark(node, 0)
                self._place(node)
                self._mark(node, 1)
                self.placed.add(node)
            if turn and before == list(zip(self.cells.row, self.cells.column, strict=True)):
                break

    def _mark(self, node: int, value: int) -> None:
        self.taken[self.cells.row[node] + 2, self.cells.column[node] + self.half] = value

    def _place(self, node: int) -> None:
        """Give the node its cheapest free cell; the earlier row, then the column nearer the spine wins a tie."""
        rows = self.rank[node] + ROW_OFFSETS
        occupied = self.taken[rows[0] + 2 : rows[-1] + 3]
        row_cost = np.where(ROW_OFFSETS == 0, 0, APART_COST) if node in self.beside else ROW_COST
        cost = occupied * TAKEN + row_cost[:, None] + (self.column_cost + self._side_cost(node))[None, :]
        row_part, column_part, spine_share = self._distances(node, rows)
        cost += row_part[:, None] + column_part[None, :] + self._between(occupied) * (BETWEEN_COST * spine_share // 100)
        for other, share in self.relations[node][:3]:
            self._reward_partner(cost, rows, other, share)
        best = np.argwhere(cost == cost.min())
        row, column = min(((int(r), int(c)) for r, c in best), key=lambda cell: (abs(cell[1] - self.half), cell[0], cell[1]))
        self.cells.row[node], self.cells.column[node] = int(rows[row]), int(self.columns[column])

    def _side_cost(self, node: int) -> NDArray[np.int64]:
        """Loops prefer the left, branches and exits the right."""
        weight = self.network.weight
        spine = [other for other, _ in self.relations[node] if other in self.spine]
        before = max((other for other in spine if node in weight[other]), key=lambda other: weight[other][node], default=-1)
        after = max((other for other in spine if other in weight[node]), key=lambda other: weight[node][other], default=-1)
        loops = before >= 0 and after >= 0 and self.rank[after] <= self.rank[before]
        return np.where((self.columns < 0) == loops, 0, SIDE_BIAS)

    def _distances(self, node: int, rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64], int]:
        """Costs by row and by column of standing away from related cards, and the share of transitions with the spine (per cent)."""
        near = [(other, share) for other, share in self.relations[node] if other in self.placed and other != node]
        row_part, column_part, spine_share = [0] * len(rows), [0] * len(self.columns), 0
        for other, share in near:
            here, step = self.cells.row[other], ROW_DISTANCE_COST * share // 100
            out = self.network.weight[node].get(other, 0) * share // max(1, self.network.between(node, other))
            below, above = UPWARD_COST * out // 100, UPWARD_COST * (share - out) // 100
            for place, row in enumerate(range(int(rows[0]), int(rows[-1]) + 1)):
                row_part[place] += (row - here) * step + below if row > here else (here - row) * step + above if row < here else 0
            column, step, opposite = self.cells.column[other], DISTANCE_COST * share // 100, OPPOSITE_COST * share // 100
            if column:
                for place, there in enumerate(range(-self.half, self.half + 1)):
                    column_part[place] += abs(there - column) * step + (opposite if (there < 0) != (column < 0) else 0)
            else:
                spine_share += share
        return np.array(row_part, dtype=np.int64), np.array(column_part, dtype=np.int64), spine_share

    def _between(self, occupied: NDArray[np.int64]) -> NDArray[np.int64]:
        """Number of taken cells between each cell and the spine."""
        result = np.zeros_like(occupied)
        half = self.half
        result[:, half + 2 :] = np.cumsum(occupied[:, half + 1 : -1], axis=1)
        result[:, : half - 1] = np.cumsum(occupied[:, half - 1 : 0 : -1], axis=1)[:, ::-1]
        return result

    def _reward_partner(self, cost: NDArray[np.int64], rows: NDArray[np.int64], other: int, share: int) -> None:
        """Standing right above or below a related side card is good."""
        if other in self.placed and self.cells.column[other]:
            for row in (self.cells.row[other] - 1, self.cells.row[other] + 1):
                if rows[0] <= row <= rows[-1]:
                    cost[row - rows[0], self.cells.column[other] + self.half] -= PARTNER_REWARD * share // 100
