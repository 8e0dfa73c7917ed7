"""Routes as tracks: every straight piece of every arc is a track, and arcs that share a trunk share its tracks."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from engine.layout.network import Network
from engine.layout.routes import Grid, Move, Route, moves

LEFT, RIGHT, TOP, BOTTOM = range(4)
SHARED_BELOW = 0.12
CROWDED_SIDE = 4
DEEP_CHANNEL = 6
CROWDED_SOURCE = 5


@dataclass(slots=True)
class Port:
    """Where a track meets a card. turn: -1 when the way goes on left or up, 1 right or down, 0 straight; next: the track that follows."""

    node: int
    side: int
    turn: int
    next: int


@dataclass(slots=True)
class Track:
    """A straight piece at `position` px (y when sideways, else x). ends: neighbour tracks with the side (-1, +1) they come from.

    order: place among the lanes of its channel or gap, from the inside. rough: its position as lanes see it while they are put in order:
    all ports of a card's side that turn one way are one, because ports are sorted by the lanes afterwards. plate: width of the label
    of a straight upright track, so that neighbours leave room for it; else 0.
    """

    sideways: bool
    level: int
    width: float
    position: float = 0.0
    rough: float = 0.0
    plate: float = 0.0
    order: int = 0
    ends: list[tuple[int, int]] = field(default_factory=list)
    ports: list[Port] = field(default_factory=list)


@dataclass(slots=True)
class Tracks:
    """All tracks, the tracks of each arc in walking order, and the trunk number of each arc (-1: none)."""

    tracks: list[Track]
    ways: list[list[int]]
    trunk: list[int]

    def lanes(self) -> dict[tuple[bool, int], list[int]]:
        """Tracks that run in a channel or gap, by (sideways, level)."""
        found: dict[tuple[bool, int], list[int]] = {}
        for index, track in enumerate(self.tracks):
            if not track.ports and not track.level & 1:
                found.setdefault((track.sideways, track.level), []).append(index)
        return found

    def sides(self) -> dict[tuple[int, int], list[int]]:
        """Tracks that meet a card, by (node, side)."""
        found: dict[tuple[int, int], list[int]] = {}
        for index, track in enumerate(self.tracks):
            for port in track.ports:
                found.setdefault((port.node, port.side), []).append(index)
        return found


Key = tuple[int, ...]
OwnPiece = tuple[float, float, float, float, bool]
"""A stretch that belongs to one arc alone: from and to (px), and whether it ends in the arrow."""


def lay_tracks(network: Network, grid: Grid, routes: list[Route]) -> Tracks:
    """Turn routes into tracks; arcs of the marks share trunks, and so do thin arcs on crowded sides, unless all are kept apart."""
    pieces = [moves(grid, source, target, route) for (source, target), route in zip(network.ends, routes, strict=True)]
    bundles = _Bundles(network, grid, pieces)
    result = Tracks([], [], [-1] * len(pieces))
    known: dict[Key, int] = {}
    for arc, way in enumerate(pieces):
        numbers = []
        for index, (sideways, level, _, _) in enumerate(way):
            key = bundles.key(arc, index)
            number = known.get(key)
            if number is None:
                number = known[key] = len(result.tracks)
                result.tracks.append(Track(sideways, level, network.arcs[arc].width))
            track = result.tracks[number]
            track.width = max(track.width, network.arcs[arc].width)
            numbers.append(number)
        result.ways.append(numbers)
        _join(network, grid, result, arc)
    _number_trunks(result, bundles)
    return result


def _join(network: Network, grid: Grid, result: Tracks, arc: int) -> None:
    """Note for each track of an arc what it meets at its ends."""
    source, target = network.ends[arc]
    numbers = result.ways[arc]
    start = (2 * grid.column[source] + 1, 2 * grid.row[source] + 1)
    stop = (2 * grid.column[target] + 1, 2 * grid.row[target] + 1)
    for index, number in enumerate(numbers):
        track = result.tracks[number]
        across = 0 if track.sideways else 1
        before = result.tracks[numbers[index - 1]].level if index else None
        after = result.tracks[numbers[index + 1]].level if index + 1 < len(numbers) else None
        first = start[across] if before is None else before
        last = stop[across] if after is None else after
        if before is None:
            _add_port(track, source, _side(track.sideways, last < first), _turn(result, numbers, 1, start, stop), numbers[1:2])
        if after is None:
            _add_port(track, target, _side(track.sideways, first < last), _turn(result, numbers, -2, start, stop), numbers[-2:-1])
        if before is not None:
            _add_end(result, track, numbers, index, index - 1, start if index < 2 else None)
        if after is not None:
            _add_end(result, track, numbers, index, index + 1, stop if index + 2 >= len(numbers) else None)


def _side(sideways: bool, low: bool) -> int:
    """The card's side at which a track leaves towards the lower (left, up) or higher coordinate; arrivals mirror it."""
    if sideways:
        return LEFT if low else RIGHT
    return TOP if low else BOTTOM


def _turn(result: Tracks, numbers: list[int], index: int, start: tuple[int, int], stop: tuple[int, int]) -> int:
    """Which way the second track runs on from the first (index 1), or the last but one comes from (index -2)."""
    if len(numbers) < 2:
        return 0
    track = result.tracks[numbers[index]]
    across = 0 if track.sideways else 1
    if index == 1:
        here = start[across]
        there = result.tracks[numbers[2]].level if len(numbers) > 2 else stop[across]
    else:
        here = stop[across]
        there = result.tracks[numbers[-3]].level if len(numbers) > 2 else start[across]
    return (there > here) - (there < here)


def _add_port(track: Track, node: int, side: int, turn: int, following: list[int]) -> None:
    if not any(port.node == node and port.side == side for port in track.ports):
        track.ports.append(Port(node, side, turn, following[0] if following else -1))


def _add_end(result: Tracks, track: Track, numbers: list[int], index: int, other: int, card: tuple[int, int] | None) -> None:
    """Note the neighbour track and from which side it comes to this one."""
    neighbour = numbers[other]
    step = other - index
    beyond = other + step
    if card is not None and not 0 <= beyond < len(numbers):
        far = card[0] if result.tracks[neighbour].sideways else card[1]
    else:
        far = result.tracks[numbers[beyond]].level
    end = (neighbour, -1 if far < track.level else 1)
    if end not in track.ends:
        track.ends.append(end)


class _Bundles:
    """Which arcs share tracks: keys by arc and piece."""

    def __init__(self, network: Network, grid: Grid, pieces: list[list[Move]]) -> None:
        self.network, self.pieces = network, pieces
        self.merged: dict[tuple[int, int], Key] = {}
        self.group: dict[int, Key] = {}
        if network.apart:
            return
        for arc, (source, target) in enumerate(network.ends):
            way = pieces[arc]
            if len(way) < 2:
                continue
            if target == network.end:
                self._share(arc, len(way) - 1, len(way) - 2, (0, _side_met(way[-1], grid, target)))
            elif source == network.start:
                self._share(arc, 0, 1, (1, _side_met(way[0], grid, source)))
        self._share_thin(grid)

    def _share(self, arc: int, port: int, lane: int, group: Key) -> None:
        """Share the piece at the card, and the lane next to it, within a group."""
        self.group[arc] = group
        self.merged[arc, port] = (*group, -1)
        sideways, level, _, _ = self.pieces[arc][lane]
        if 0 < lane < len(self.pieces[arc]) - 1:
            self.merged[arc, lane] = (*group, int(sideways), level)

    def _share_thin(self, grid: Grid) -> None:
        """Thin arcs of one target (then of one source) that use the same channel share it where the card's side is crowded."""
        largest = max((arc.count for arc in self.network.arcs), default=0)
        thin = [arc for arc, one in enumerate(self.network.arcs) if one.count < SHARED_BELOW * largest and len(self.pieces[arc]) > 2]
        crowd = self._crowd(grid)
        depth = Counter((sideways, level) for way in self.pieces for sideways, level, _, _ in way[1:-1])
        for into in (True, False):
            families: dict[Key, list[int]] = {}
            for arc in thin:
                if arc in self.group:
                    continue
                way = self.pieces[arc] if into else self.pieces[arc][::-1]
                node = self.network.ends[arc][1 if into else 0]
                sideways, level, low, _ = way[-2]
                side = _side_met(way[-1], grid, node)
                if crowd[node, side] > (CROWDED_SIDE if into else CROWDED_SOURCE) or (into and depth[sideways, level] > DEEP_CHANNEL):
                    family: Key = (2 if into else 3, node, side, int(sideways), level, int(low == way[-1][1]))
                    families.setdefault(family, []).append(arc)
            for shared, members in families.items():
                if len(members) > 1:
                    for arc in members:
                        last = len(self.pieces[arc]) - 1
                        self._share(arc, last if into else 0, last - 1 if into else 1, shared)

    def _crowd(self, grid: Grid) -> Counter[tuple[int, int]]:
        """Ports by (node, side), straight arcs aside."""
        crowd: Counter[tuple[int, int]] = Counter()
        for (source, target), way in zip(self.network.ends, self.pieces, strict=True):
            if len(way) > 1:
                crowd[target, _side_met(way[-1], grid, target)] += 1
                crowd[source, _side_met(way[0], grid, source)] += 1
        return crowd

    def key(self, arc: int, piece: int) -> Key:
        """The same for pieces that share a track."""
        shared = self.merged.get((arc, piece))
        return (9, arc, piece) if shared is None else shared


def _side_met(piece: Move, grid: Grid, node: int) -> int:
    """The side of a card at which a piece meets it."""
    sideways, _, low, _ = piece
    return _side(sideways, low < 2 * (grid.column[node] if sideways else grid.row[node]) + 1)


def _number_trunks(result: Tracks, bundles: _Bundles) -> None:
    """Number the groups of more than one arc in the order of their most frequent arc."""
    members: dict[Key, list[int]] = {}
    for arc in sorted(bundles.group):
        members.setdefault(bundles.group[arc], []).append(arc)
    number = 0
    for arcs in members.values():
        if len(arcs) > 1:
            for arc in arcs:
                result.trunk[arc] = number
            number += 1
