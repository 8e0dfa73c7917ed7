"""Chooses the route of every arc: short, with few bends, and crossing as few others as can be told before lanes have places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter

from engine.layout.network import Network
from engine.layout.routes import Grid, Move, Route, candidates, moves
from engine.tasks import Task

BEND = 1.0
CROSSING = 1.2
OVER_SPINE = 1.6
UNUSUAL_SIDE = 5.0
SHARED_CHANNEL = 0.1
LENGTH = 160.0
ROUNDS, FEWER_ROUNDS = 4, 2
MOST_WAYS, FEWER_WAYS = 8, 5
MOST_REFINED = 160
"""Arcs up to which more rounds are run over more ways."""
MOST_COMPARED = 64
"""Different lanes in a channel up to which a route is compared with each; beyond, crossings are estimated from how many pass its middle."""
DENSE_CROSSINGS = 0.3

Key = tuple[bool, int]
"""Whether a line runs sideways, and its level."""
StubKey = tuple[bool, int, bool, bool]
"""A piece at a card: whether it runs sideways, its level, whether the card is at its lower end, whether the way turns to higher levels."""
Stub = tuple[StubKey, int, int]
"""With the lower and upper level of its ends."""
Lane = tuple[int, int, int, int]
"""A piece in a channel or gap: lower and upper level of its ends, and the side (-1, 1) to which the way goes on at each."""


def lanes_of(pieces: list[Move]) -> list[tuple[Key, Lane]]:
    """The pieces of a route that run in channels and gaps, by (sideways, level)."""
    found = []
    for place in range(1, len(pieces) - 1):
        sideways, level, low, high = pieces[place]
        sides = {}
        for neighbour in (pieces[place - 1], pieces[place + 1]):
            sides[neighbour[1]] = -1 if neighbour[2] < level else 1
        found.append(((sideways, level), (low, high, sides[low], sides[high])))
    return found


def stubs_of(pieces: list[Move]) -> list[Stub]:
    """The pieces at the two cards of a route that turns."""
    if len(pieces) < 2:
        return []
    found = []
    for (sideways, level, low, high), (_, turn, next_low, _) in ((pieces[0], pieces[1]), (pieces[-1], pieces[-2])):
        found.append(((sideways, level, turn == high, next_low == level), low, high))
    return found


def pair_crossings(one: Lane, other: Lane) -> int:
    """Crossings of two lanes of one channel in their better order.

    Ends at the same level are put right at the ports of one card; from cards that face each other they cross in one order.
    """
    low, high, at_low, at_high = one
    other_low, other_high, other_at_low, other_at_high = other
    inside = outside = 0
    if other_low < low < other_high or (low == other_low and at_low != other_at_low):
        inside, outside = (inside + 1, outside) if at_low > 0 else (inside, outside + 1)
    if other_low < high < other_high or (high == other_high and at_high != other_at_high):
        inside, outside = (inside + 1, outside) if at_high > 0 else (inside, outside + 1)
    if low < other_low < high:
        inside, outside = (inside + 1, outside) if other_at_low < 0 else (inside, outside + 1)
    if low < other_high < high:
        inside, outside = (inside + 1, outside) if other_at_high < 0 else (inside, outside + 1)
    return min(inside, outside)


class Meetings(dict[Lane, int]):
    """Crossings of a lane with others that run beside it in a channel, found out when first asked for."""

    __slots__ = ("lane",)

    def __init__(self, lane: Lane) -> None:
        self.lane = lane

    def __missing__(self, other: Lane) -> int:
        self[other] = found = pair_crossings(self.lane, other)
        return found


Loads = dict[Lane, int]
"""How many chosen routes have a lane in one channel or gap."""
StubLoads = dict[tuple[int, int], int]
"""How many chosen routes have a piece at a card, by its ends."""


@dataclass(slots=True)
class Way:
    """A possible route with its pieces and what it costs whatever the others do.

    lanes: its channels, what runs there, its lanes and their meetings. stubs: its pieces at cards as ends, whether the card is at the lower
    one, what runs there, and what comes from the cards that face it. Both are filled in (`looked_at`) when the way is first compared.
    """

    still: float
    route: Route
    pieces: list[Move]
    looked_at: bool = False
    lanes: Sequence[tuple[Key, Loads, Lane, Meetings]] = ()
    stubs: Sequence[tuple[tuple[int, int], bool, StubLoads, StubLoads]] = ()


class Router:
    """Chooses routes one by one against all others, most frequent first, then again in rounds.

    The ways of an arc depend on the grid alone and are kept for the next view on it.
    """

    def __init__(self, grid: Grid, x: list[float], y: list[float]) -> None:
        """x, y: rough px of each fine level."""
        self.grid, self.x, self.y = grid, x, y
        self.ways: dict[tuple[int, int], list[Way]] = {}
        self.upright = [[0] * len(x) for _ in y]
        self.level = [[0] * len(y) for _ in x]
        self.lanes: dict[Key, Loads] = {}
        self.stubs: dict[StubKey, StubLoads] = {}
        self.meetings: dict[Lane, Meetings] = {}

    def choose(self, network: Network, straight: set[tuple[int, int]], task: Task) -> list[Route]:
        """A route for every arc of the network; those in `straight` take no other. Raises Cancelled, after which the router is spent."""
        options = []
        refined = len(network.ends) <= MOST_REFINED
        most = MOST_WAYS if refined else FEWER_WAYS
        for ends in network.ends:
            task.check()
            ways = self.ways.get(ends)
            if ways is None:
                ways = self.ways[ends] = self._ways(*ends, ends in straight)
            options.append(ways[:most])
        chosen = [0] * len(options)
        for turn in range(ROUNDS if refined else FEWER_ROUNDS):
            changed = False
            for arc, ways in enumerate(options):
                task.check()
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
        taken = [ways[best] for ways, best in zip(options, chosen, strict=True)]
        for way in taken:
            self._load(way, -1)
        return [way.route for way in taken]

    def _ways(self, source: int, target: int, straight: bool) -> list[Way]:
        """The routes of an arc that are cheapest in themselves, the cheapest first."""
        ways = []
        for place, route in enumerate(candidates(self.grid, source, target, straight)):
            pieces = moves(self.grid, source, target, route)
            ways.append((self._still_cost(pieces) + self._unusual_side(source, target, route), place, route, pieces))
        ways.sort(key=itemgetter(0, 1))
        return [Way(still, route, pieces) for still, _, route, pieces in ways[:MOST_WAYS]]

    def _look_at(self, way: Way) -> None:
        way.lanes, way.stubs, way.looked_at = self._lanes(way.pieces), self._stubs(way.pieces), True

    def _lanes(self, pieces: list[Move]) -> list[tuple[Key, Loads, Lane, Meetings]]:
        found = []
        for key, lane in lanes_of(pieces):
            meetings = self.meetings.get(lane)
            if meetings is None:
                meetings = self.meetings[lane] = Meetings(lane)
            found.append((key, self.lanes.setdefault(key, {}), meetings.lane, meetings))
        return found

    def _stubs(self, pieces: list[Move]) -> list[tuple[tuple[int, int], bool, StubLoads, StubLoads]]:
        stubs, found = self.stubs, []
        for key, low, high in stubs_of(pieces):
            sideways, level, at_low, up = key
            facing = sideways, level, not at_low, up
            found.append(((low, high), at_low, stubs.setdefault(key, {}), stubs.setdefault(facing, {})))
        return found

    def _load(self, way: Way, change: int) -> None:
        if not way.looked_at:
            self._look_at(way)
        for sideways, level, low, high in way.pieces:
            loads = self.level if sideways else self.upright
            for at in range(low + 1, high):
                loads[at][level] += change
        for _, there, lane, _ in way.lanes:
            number = there.get(lane, 0) + change
            if number:
                there[lane] = number
            else:
                del there[lane]
        for ends, _, stubs, _ in way.stubs:
            number = stubs.get(ends, 0) + change
            if number:
                stubs[ends] = number
            else:
                del stubs[ends]

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

    def _unusual_side(self, source: int, target: int, route: Route) -> float:
        """Cost of a skip of the spine on the left, and of a return on the right."""
        grid, marks = self.grid, len(self.grid.column) - 2
        if not (grid.on_spine[source] and grid.on_spine[target] and source < marks and target < marks and route.levels):
            return 0.0
        on_right = route.levels[0] > 2 * grid.spine_column
        return 0.0 if on_right == (grid.row[target] > grid.row[source]) else UNUSUAL_SIDE

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
        if not way.looked_at:
            self._look_at(way)
        count = stub_crossings(way)
        if cost + CROSSING * count >= least:
            return least
        beside = 0
        for channel, there, (low, high, _, _), meetings in way.lanes:
            if len(there) > MOST_COMPARED:
                load = self.level if channel[0] else self.upright
                cost += DENSE_CROSSINGS * CROSSING * load[(low + high) >> 1][channel[1]]
                continue
            for other, number in there.items():
                if other[0] < high and low < other[1]:
                    beside += number
                    count += number * meetings[other]
        return cost + CROSSING * count + SHARED_CHANNEL * beside


def stub_crossings(way: Way) -> int:
    """Crossings at cards that face those of the route: pieces that run past each other and turn the same way cross once."""
    found = 0
    for (low, high), at_low, _, facing in way.stubs:
        for (other_low, other_high), number in facing.items():
            if (low < other_low < high < other_high) if at_low else (other_low < low < other_high < high):
                found += number
    return found
