"""Chooses the route of every arc: short, with few bends, and crossing as few others as can be told before lanes have places."""

from __future__ import annotations

from operator import itemgetter
from typing import NamedTuple

from engine.layout.network import Network
from engine.layout.routes import Grid, Move, Route, candidates, moves
from engine.tasks import Task

BEND = 1.0
CROSSING = 0.8
OVER_SPINE = 1.6
SHARED_CHANNEL = 0.1
LENGTH = 64.0
ROUNDS = 2
SHIFT = 34
MOST_WAYS = 6
ARCS_BETWEEN_CHECKS = 32
MOST_COMPARED = 64
"""Different lanes in a channel up to which a route is compared with each; beyond, crossings are estimated from how many pass its middle."""
DENSE_CROSSINGS = 0.3

Lane = tuple[int, int, int, int]
"""A piece in a channel or gap: lower and upper level of its ends, and the side (-1, 1) to which the way goes on at each."""


def lanes_of(pieces: list[Move]) -> list[tuple[tuple[bool, int], Lane]]:
    """The pieces of a route that run in channels and gaps, by (sideways, level)."""
    found = []
    for place in range(1, len(pieces) - 1):
        sideways, level, low, high = pieces[place]
        sides = {}
        for neighbour in (pieces[place - 1], pieces[place + 1]):
            sides[neighbour[1]] = -1 if neighbour[2] < level else 1
        found.append(((sideways, level), (low, high, sides[low], sides[high])))
    return found


def lane_code(lane: Lane) -> int:
    """A number below 2 ** SHIFT for a lane."""
    low, high, at_low, at_high = lane
    return ((low << 16 | high) << 2) | (at_low > 0) << 1 | (at_high > 0)


def pair_crossings(one: Lane, other: Lane) -> int:
    """Crossings of two lanes of one channel in their better order; ends at the same level are put right at the ports."""
    low, high, at_low, at_high = one
    other_low, other_high, other_at_low, other_at_high = other
    inside = outside = 0
    if other_low < low < other_high:
        inside, outside = (inside + 1, outside) if at_low > 0 else (inside, outside + 1)
    if other_low < high < other_high:
        inside, outside = (inside + 1, outside) if at_high > 0 else (inside, outside + 1)
    if low < other_low < high:
        inside, outside = (inside + 1, outside) if other_at_low < 0 else (inside, outside + 1)
    if low < other_high < high:
        inside, outside = (inside + 1, outside) if other_at_high < 0 else (inside, outside + 1)
    return min(inside, outside)


class Way(NamedTuple):
    """A possible route with its pieces, its lanes, and what it costs whatever the others do."""

    still: float
    route: Route
    pieces: list[Move]
    lanes: list[tuple[tuple[bool, int], Lane]]


class Router:
    """Chooses routes one by one against all others, most frequent first, then again in rounds."""

    def __init__(self, grid: Grid, x: list[float], y: list[float], task: Task) -> None:
        """x, y: rough px of each fine level."""
        self.grid, self.x, self.y, self.task = grid, x, y, task
        self.upright = [[0] * len(x) for _ in y]
        self.level = [[0] * len(y) for _ in x]
        self.lanes: dict[tuple[bool, int], dict[int, tuple[int, Lane]]] = {}
        self.pairs: dict[int, int] = {}

    def choose(self, network: Network, straight: set[tuple[int, int]]) -> list[Route]:
        """A route for every arc of the network; those in `straight` take no other. Raises Cancelled."""
        options = [self._ways(source, target, (source, target) in straight) for source, target in network.ends]
        chosen = [0] * len(options)
        for turn in range(ROUNDS):
            changed = False
            for arc, ways in enumerate(options):
                if not arc % ARCS_BETWEEN_CHECKS:
                    self.task.check()
                if len(ways) == 1:
                    if not turn:
                        self._load(ways[0], 1)
                    continue
                if turn:
                    self._load(ways[chosen[arc]], -1)
                best = self._cheapest(ways)
                changed |= best != chosen[arc]
                chosen[arc] = best
                self._load(ways[best], 1)
            if turn and not changed:
                break
        return [ways[best].route for ways, best in zip(options, chosen, strict=True)]

    def _ways(self, source: int, target: int, straight: bool) -> list[Way]:
        """The routes of an arc that are cheapest in themselves, the cheapest first."""
        ways = []
        for place, route in enumerate(candidates(self.grid, source, target, straight)):
            pieces = moves(self.grid, source, target, route)
            ways.append((self._still_cost(pieces), place, route, pieces))
        ways.sort(key=itemgetter(0, 1))
        return [Way(still, route, pieces, lanes_of(pieces)) for still, _, route, pieces in ways[:MOST_WAYS]]

    def _load(self, way: Way, change: int) -> None:
        for sideways, level, low, high in way.pieces:
            if sideways:
                for at in range(low, high + 1):
                    self.level[at][level] += change
            else:
                for at in range(low, high + 1):
                    self.upright[at][level] += change
        for channel, lane in way.lanes:
            there = self.lanes.setdefault(channel, {})
            code = lane_code(lane) << SHIFT
            number = there[code][0] + change if code in there else change
            if number:
                there[code] = number, lane
            else:
                del there[code]

    def _still_cost(self, pieces: list[Move]) -> float:
        """Length, bends, and crossing the spine's column."""
        cost = BEND * (len(pieces) - 1)
        spine = 2 * self.grid.spine_column + 1
        for sideways, _, low, high in pieces:
            if sideways:
                cost += (self.x[high] - self.x[low]) / LENGTH
                if low < spine < high:
                    cost += OVER_SPINE
            else:
                cost += (self.y[high] - self.y[low]) / LENGTH
        return cost

    def _cheapest(self, ways: list[Way]) -> int:
        best, least = 0, float("inf")
        for place, way in enumerate(ways):
            if way.still >= least:
                break
            cost = self._cost(way, least)
            if cost < least:
                best, least = place, cost
        return best

    def _cost(self, way: Way, least: float) -> float:
        """What a route costs with its crossings, and a little for every lane of the same channel; at least `least` when it is dearer."""
        count = 0
        for sideways, level, low, high in way.pieces:
            count += sum((self.upright if sideways else self.level)[level][low + 1 : high])
        cost = way.still + CROSSING * count
        if cost >= least:
            return cost
        pairs, count, beside = self.pairs, 0, 0
        for channel, lane in way.lanes:
            code, low, high = lane_code(lane), lane[0], lane[1]
            there = self.lanes.get(channel, {})
            if len(there) > MOST_COMPARED:
                load = self.level if channel[0] else self.upright
                cost += DENSE_CROSSINGS * CROSSING * load[(low + high) >> 1][channel[1]]
                continue
            for other_code, (number, other) in there.items():
                if other[0] < high and low < other[1]:
                    beside += number
                    crossings = pairs.get(code + other_code)
                    if crossings is None:
                        crossings = pairs[code + other_code] = pair_crossings(lane, other)
                    count += number * crossings
        return cost + CROSSING * count + SHARED_CHANNEL * beside
