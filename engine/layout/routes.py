"""The way of every arc along rows, columns, channels and gaps, on a fine grid where odd levels hold cards and even ones lanes.

Column i has level 2i + 1 and the channel left of it 2i; row j has level 2j + 1 and the gap above it 2j. A route starts from a card sideways
or not and turns at each of its levels; the last two moves reach the target. Nothing passes through a card, by construction.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from engine.layout.network import Network


class Route(NamedTuple):
    """sideways: leaves the card left or right. levels: where it turns, alternating x and y levels."""

    sideways: bool
    levels: tuple[int, ...] = ()


@dataclass(slots=True)
class Grid:
    """Cells by node, the two marks included, and how far one can go from a card before the next card (exclusive, as cell indexes)."""

    column: list[int]
    row: list[int]
    n_columns: int
    n_rows: int
    spine_column: int
    on_spine: list[bool]
    left: list[int]
    right: list[int]
    above: list[int]
    below: list[int]


def read_grid(network: Network, row: list[int], column: list[int], spine: list[int]) -> Grid:
    """Close up empty rows and columns, add the rows of the marks, and look around from every card."""
    used_rows = sorted(set(row))
    used_columns = sorted(set(column) | {0})
    row_index = {value: index + 1 for index, value in enumerate(used_rows)}
    column_index = {value: index for index, value in enumerate(used_columns)}
    middle, n_rows = column_index[0], len(used_rows) + 2
    columns = [column_index[value] for value in column] + [middle, middle]
    rows = [row_index[value] for value in row] + [0, n_rows - 1]
    on_spine = [False] * (network.n + 2)
    for node in (*spine, network.start, network.end):
        on_spine[node] = True
    n = network.n + 2
    grid = Grid(columns, rows, len(used_columns), n_rows, middle, on_spine, [-1] * n, [len(used_columns)] * n, [-1] * n, [n_rows] * n)
    across = sorted(range(n), key=lambda node: (rows[node], columns[node]))
    for one, other in pairwise(across):
        if rows[one] == rows[other]:
            grid.right[one], grid.left[other] = columns[other], columns[one]
    down = sorted(range(n), key=lambda node: (columns[node], rows[node]))
    for one, other in pairwise(down):
        if columns[one] == columns[other]:
            grid.below[one], grid.above[other] = rows[other], rows[one]
    return grid


def _clamped(low: int, high: int, *wanted: int) -> list[int]:
    """The wanted numbers moved into low..high, each once, in order; none when the range is empty."""
    if low > high:
        return []
    return list(dict.fromkeys(min(max(value, low), high) for value in wanted))


def candidates(grid: Grid, source: int, target: int, straight: bool) -> list[Route]:
    """Possible routes of one arc, in a fixed order; at least one. An arc that is to be straight runs down the spine or to the next card."""
    if straight:
        return [Route(grid.row[source] == grid.row[target])]
    column, row = grid.column, grid.row
    i, j, k, m = column[source], row[source], column[target], row[target]
    if grid.on_spine[source] and grid.on_spine[target]:
        low, high = max(grid.left[source], grid.left[target]) + 1, min(grid.right[source], grid.right[target])
        return [Route(True, (2 * channel,)) for channel in range(low, high + 1)]
    found: list[Route] = []
    if j == m and (grid.right[source] == k or grid.left[source] == k):
        found.append(Route(True))
    if i == k and (grid.below[source] == m or grid.above[source] == m):
        found.append(Route(False))
    found += _elbows(grid, source, target)
    found += _with_channel(grid, source, target)
    found += _with_gap(grid, source, target)
    if len(found) < 4 or all(len(route.levels) > 1 for route in found):
        found += _long_ways(grid, source, target)
    return found


def _elbows(grid: Grid, source: int, target: int) -> list[Route]:
    i, j, k, m = grid.column[source], grid.row[source], grid.column[target], grid.row[target]
    if i == k or j == m:
        return []
    found = []
    if not grid.on_spine[target] and grid.left[source] < k < grid.right[source] and grid.above[target] < j < grid.below[target]:
        found.append(Route(True, (2 * k + 1,)))
    if not grid.on_spine[source] and grid.above[source] < m < grid.below[source] and grid.left[target] < i < grid.right[target]:
        found.append(Route(False, (2 * m + 1,)))
    return found


def _with_channel(grid: Grid, source: int, target: int) -> list[Route]:
    """Sideways, along one channel, sideways."""
    i, k = grid.column[source], grid.column[target]
    if grid.row[source] == grid.row[target]:
        return []
    low = max(grid.left[source], grid.left[target]) + 1
    high = min(grid.right[source], grid.right[target])
    return [Route(True, (2 * channel,)) for channel in _clamped(low, high, i, i + 1, k, k + 1)]


def _with_gap(grid: Grid, source: int, target: int) -> list[Route]:
    """Ways that use one gap and enter or leave a card at its top or bottom."""
    i, j, k, m = grid.column[source], grid.row[source], grid.column[target], grid.row[target]
    found = []
    if not grid.on_spine[target]:
        gaps = [m] if j < m else [m + 1] if j > m else [m, m + 1]
        for channel in _clamped(grid.left[source] + 1, grid.right[source], i, i + 1):
            found += [Route(True, (2 * channel, 2 * gap)) for gap in gaps]
    if not grid.on_spine[source]:
        gaps = [j + 1] if j < m else [j] if j > m else [j, j + 1]
        for channel in _clamped(grid.left[target] + 1, grid.right[target], k, k + 1):
            found += [Route(False, (2 * gap, 2 * channel)) for gap in gaps]
    if i != k and not grid.on_spine[source] and not grid.on_spine[target]:
        low = max(grid.above[source], grid.above[target]) + 1
        high = min(grid.below[source], grid.below[target])
        near = (j + 1, m) if j < m else (j, m + 1) if j > m else (j, j + 1)
        found += [Route(False, (2 * gap,)) for gap in _clamped(low, high, *near) if (gap > j) != (gap <= m) or j == m]
    return found


def _long_ways(grid: Grid, source: int, target: int) -> list[Route]:
    """Channel, gap, channel: always possible."""
    i, j, k, m = grid.column[source], grid.row[source], grid.column[target], grid.row[target]
    gaps = (j + 1, m) if j < m else (j, m + 1) if j > m else (j, j + 1)
    return [
        Route(True, (2 * first, 2 * gap, 2 * second))
        for first in (i, i + 1)
        for second in (k, k + 1)
        if first != second
        for gap in dict.fromkeys(gaps)
    ]


Move = tuple[bool, int, int, int]
"""One straight piece: whether it runs sideways, its level, and the lower and upper level of its ends."""


def moves(grid: Grid, source: int, target: int, route: Route) -> list[Move]:
    """The straight pieces of a route from the source's centre to the target's."""
    x, y = 2 * grid.column[source] + 1, 2 * grid.row[source] + 1
    last_x, last_y = 2 * grid.column[target] + 1, 2 * grid.row[target] + 1
    pieces: list[Move] = []
    sideways = route.sideways
    turns = [*route.levels]
    turns += [last_y, last_x] if sideways == (len(turns) % 2 == 1) else [last_x, last_y]
    for to in turns:
        if sideways:
            if to != x:
                pieces.append((True, y, x, to) if x < to else (True, y, to, x))
            x = to
        else:
            if to != y:
                pieces.append((False, x, y, to) if y < to else (False, x, to, y))
            y = to
        sideways = not sideways
    return pieces
