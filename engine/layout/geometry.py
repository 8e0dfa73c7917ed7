"""Coordinates: how high each row and gap is, how wide each column and channel, and where every track runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

from engine.layout.labels import plate_size
from engine.layout.lanes import Span, order_lanes, pack_lanes
from engine.layout.network import Network
from engine.layout.ports import Ports
from engine.layout.routes import Grid
from engine.layout.tracks import BOTTOM, LEFT, RIGHT, TOP, OwnPiece, Tracks
from engine.layout.values import Sizes
from engine.tasks import Task

TIP = 1.2
CLOSE_PITCH = 15.0
GAP_PITCH = 9.0
GAP_INSET = 14.0
ROUNDS = 2


@dataclass(frozen=True, slots=True)
class Spacing:
    """Distances in channels: the first lane from the cards, a channel without lanes, and lanes from each other by how many they are.

    Numbers are wider than high: lanes that run sideways on the screen may stand closer.
    """

    first_lane: float
    channel: float
    pitches: tuple[tuple[int, float], ...]


UPRIGHT = Spacing(30.0, 44.0, ((4, 32.0), (6, 26.0), (9, 20.0)))
LEVEL = Spacing(20.0, 30.0, ((4, 20.0), (9, 17.0)))
BESIDE_NUMBER = 9.0
"""What a gap is longer than the number on the spine's arc in it, px."""


@dataclass(slots=True)
class Frame:
    """Centres of columns and rows, edges of channels and tops of gaps, px; the spine's column has x 0."""

    x: list[float] = field(default_factory=list)
    y: list[float] = field(default_factory=list)
    column_width: list[float] = field(default_factory=list)
    row_height: list[float] = field(default_factory=list)
    channel_left: list[float] = field(default_factory=list)
    channel_right: list[float] = field(default_factory=list)
    gap_top: list[float] = field(default_factory=list)


class Geometry:
    """Coordinates of one view; `settle` runs lane orders, ports and coordinates against each other until they agree."""

    def __init__(self, network: Network, grid: Grid, tracks: Tracks, widths: list[float], sizes: Sizes) -> None:
        """widths: card widths by node, marks included.

        In landscape rows run from left to right: what is across here is down on the screen, and a card's width lies along the flow.
        """
        self.network, self.grid, self.tracks, self.widths, self.sizes = network, grid, tracks, widths, sizes
        self.scale = sizes.scale
        heights = [*(step.height or sizes.full_height for step in network.steps), 24.0, 24.0]
        self.spacing = LEVEL if sizes.landscape else UPRIGHT
        self.ports = Ports(tracks, heights, widths, sizes) if sizes.landscape else Ports(tracks, widths, heights, sizes)
        self.numbers: dict[int, float] = {}
        self._reserve_plates()
        self.lanes = tracks.lanes()
        self.lines: dict[tuple[bool, int], int] = {}
        self.frame = Frame()

    def _reserve_plates(self) -> None:
        """Straight tracks carry their labels' sizes; in landscape a gap has room for the number of the spine's arc in it."""
        for arc, way, ends in zip(self.network.arcs, self.tracks.ways, self.network.ends, strict=True):
            if len(way) == 1:
                wide, high = plate_size(arc.label, self.sizes)
                sideways = self.tracks.tracks[way[0]].sideways
                self.tracks.tracks[way[0]].plate = high if sideways != self.sizes.landscape else wide
                if sideways:
                    continue
                source, target = self.grid.row[ends[0]], self.grid.row[ends[1]]
                if self.sizes.landscape and abs(target - source) == 1 and all(self.grid.on_spine[node] for node in ends):
                    number = plate_size(arc.spine_label, self.sizes)[0] + BESIDE_NUMBER * self.scale
                    self.numbers[max(source, target)] = number

    def settle(self, task: Task) -> None:
        """Lanes in order, ports after the lanes, coordinates; and once more, because packing looks at the ports' places.

        Raises Cancelled.
        """
        self._measure()
        for _ in range(ROUNDS):
            self._place_roughly()
            for sideways in (False, True):
                task.check()
                self._order(sideways, task)
                self._measure()
                self._place_lanes()
            task.check()
            self.ports.arrange()
            self._measure()
            self._place_lanes()
            self._place_ports()
        task.check()
        self.ports.part_facing(self._facing())
        task.check()
        self._measure()
        self._place_lanes()
        self._place_ports()

    def _facing(self) -> list[tuple[tuple[int, int], tuple[int, int]]]:
        """Sides of cards that look at each other along a row or a column, the left or upper one first."""
        grid = self.grid
        at = {(grid.row[node], grid.column[node]): node for node in range(self.network.n + 2)}
        found = []
        for (row, column), node in sorted(at.items()):
            beside, below = at.get((row, grid.right[node])), at.get((grid.below[node], column))
            if beside is not None:
                found.append(((node, RIGHT), (beside, LEFT)))
            if below is not None:
                found.append(((node, BOTTOM), (below, TOP)))
        return found

    def _order(self, sideways: bool, task: Task) -> None:
        """Order and pack the lanes of every channel (or gap)."""
        for key in sorted(self.lanes):
            if key[0] != sideways:
                continue
            task.check()
            numbers = self.lanes[key]
            inward = -1 if not sideways and key[1] // 2 <= self.grid.spine_column else 1
            order = order_lanes([self._span(number, inward, rough=True) for number in numbers])
            lines = pack_lanes([self._span(number, inward, rough=False) for number in numbers], order)
            self.lines[key] = 1 + max(lines)
            for number, line in zip(numbers, lines, strict=True):
                self.tracks.tracks[number].order = line

    def _span(self, number: int, inward: int, rough: bool) -> Span:
        tracks = self.tracks.tracks
        if rough:
            ends = [(self._rough(number, other), side * inward) for other, side in tracks[number].ends]
        else:
            ends = [(tracks[other].position, side * inward) for other, side in tracks[number].ends]
        return Span(min(at for at, _ in ends), max(at for at, _ in ends), ends)

    def _rough(self, number: int, other: int) -> float:
        """Where a lane expects its neighbour: a lane leans to where it turns at its far end, the more the shorter."""
        tracks = self.tracks.tracks
        track = tracks[other]
        if track.ports or len(track.ends) != 2:
            return track.rough
        here, (far, turn) = tracks[number], next(end for end in track.ends if end[0] != number)
        return track.rough + turn * 12.0 / (1.0 + abs(tracks[far].rough - here.rough) / 100.0)

    def _measure(self) -> None:
        """Rows, gaps, columns and channels from what stands in them."""
        grid, frame = self.grid, Frame()
        frame.row_height = [0.0] * grid.n_rows
        frame.column_width = [0.0] * grid.n_columns
        for node in range(self.network.n + 2):
            row, column = grid.row[node], grid.column[node]
            frame.row_height[row] = max(frame.row_height[row], self.ports.heights[node])
            frame.column_width[column] = max(frame.column_width[column], self.ports.widths[node])
        y = 0.0
        for row, height in enumerate(frame.row_height):
            frame.gap_top.append(y)
            y += self._gap(row) + height
            frame.y.append(y - height / 2)
        frame.gap_top.append(y)
        x = 0.0
        for column, width in enumerate(frame.column_width):
            frame.channel_left.append(x)
            x += self._channel(column)
            frame.channel_right.append(x)
            x += width
            frame.x.append(x - width / 2)
        frame.channel_left.append(x)
        frame.channel_right.append(x + self._channel(grid.n_columns))
        middle = frame.x[grid.spine_column] if frame.x else 0.0
        frame.x = [value - middle for value in frame.x]
        frame.channel_left = [value - middle for value in frame.channel_left]
        frame.channel_right = [value - middle for value in frame.channel_right]
        self.frame = frame

    def _gap(self, row: int) -> float:
        """Height of the gap above a row."""
        lines = self.lines.get((True, 2 * row), 0)
        gap = self.sizes.row_gap + GAP_PITCH * self.scale * lines if row else 0.0
        number = self.numbers.get(row, 0.0)
        over = [self.tracks.tracks[lane].order + 1 for lane in self.lanes.get((True, 2 * row), ()) if self._is_over_spine(lane)]
        if number and over:
            number += (GAP_INSET + GAP_PITCH * max(over)) * self.scale
        return max(gap, number)

    def _is_over_spine(self, lane: int) -> bool:
        """Whether a lane in a gap runs from one side of the spine to the other."""
        spine = 2 * self.grid.spine_column + 1
        levels = [self.tracks.tracks[end].level for end, _ in self.tracks.tracks[lane].ends]
        return min(levels) < spine < max(levels)

    def _channel(self, column: int) -> float:
        """Width of the channel left of a column."""
        lines = self.lines.get((False, 2 * column), 0)
        if not lines:
            return self.spacing.channel * self.scale
        return 2 * self.spacing.first_lane * self.scale + (lines - 1) * self.pitch(lines)

    def pitch(self, lines: int) -> float:
        """Distance between lanes of a channel with so many lines."""
        return next((pitch for most, pitch in self.spacing.pitches if lines <= most), CLOSE_PITCH) * self.scale

    def _place_roughly(self) -> None:
        """Ports lean towards where they turn; lanes stand in the middle of their channel or gap."""
        frame = self.frame
        for track in self.tracks.tracks:
            at = track.level // 2
            if track.ports:
                size = frame.row_height[at] if track.sideways else 40.0
                lean = sum(port.turn for port in track.ports) / len(track.ports)
                track.rough = (frame.y if track.sideways else frame.x)[at] + lean * size / 4
            elif track.sideways:
                track.rough = frame.gap_top[at] + self.sizes.row_gap / 2
            else:
                track.rough = (frame.channel_left[at] + frame.channel_right[at]) / 2
            if not self.lines:
                track.position = track.rough

    def _place_lanes(self) -> None:
        """Positions of all lanes from their line numbers."""
        for (sideways, level), numbers in self.lanes.items():
            at = level // 2
            for number in numbers:
                track = self.tracks.tracks[number]
                if sideways:
                    track.position = self.frame.gap_top[at] + (GAP_INSET + GAP_PITCH * track.order) * self.scale
                else:
                    self._place_upright(level, number)

    def _place_ports(self) -> None:
        """Positions of all tracks that meet a card."""
        for number, track in enumerate(self.tracks.tracks):
            if track.ports:
                centre = (self.frame.y if track.sideways else self.frame.x)[track.level // 2]
                port = track.ports[0]
                track.position = centre + self.ports.offset[port.node, port.side, number]

    def _place_upright(self, level: int, number: int) -> None:
        track, channel = self.tracks.tracks[number], level // 2
        reach = self.spacing.first_lane * self.scale + track.order * self.pitch(self.lines.get((False, level), 1))
        if channel <= self.grid.spine_column:
            track.position = self.frame.channel_right[channel] - reach
        else:
            track.position = self.frame.channel_left[channel] + reach

    def edge(self, node: int, side: int) -> float:
        """Coordinate of a card's side, px."""
        column, row = self.grid.column[node], self.grid.row[node]
        if side in (LEFT, RIGHT):
            half = self.ports.widths[node] / 2
            return self.frame.x[column] + (half if side == RIGHT else -half)
        half = self.ports.heights[node] / 2
        return self.frame.y[row] + (-half if side == TOP else half)

    def points(self, arc: int) -> list[float]:
        """The polyline of an arc, from its card to where the arrow's tip stands."""
        numbers = self.tracks.ways[arc]
        tracks = self.tracks.tracks
        source, target = self.network.ends[arc]
        first, last = tracks[numbers[0]], tracks[numbers[-1]]
        leave = next(port for port in first.ports if port.node == source)
        arrive = next(port for port in reversed(last.ports) if port.node == target)
        points = [*self._point(first.sideways, self.edge(source, leave.side), first.position)]
        for one, other in pairwise(numbers):
            points += self._point(tracks[one].sideways, tracks[other].position, tracks[one].position)
        tip = self.edge(target, arrive.side) + (-TIP if arrive.side in (LEFT, TOP) else TIP)
        return [*points, *self._point(last.sideways, tip, last.position)]

    @staticmethod
    def _point(sideways: bool, along: float, position: float) -> tuple[float, float]:
        return (along, position) if sideways else (position, along)

    def users(self) -> list[int]:
        """How many arcs run on each track."""
        counts = [0] * len(self.tracks.tracks)
        for way in self.tracks.ways:
            for number in way:
                counts[number] += 1
        return counts

    def own_pieces(self, arc: int, points: list[float], users: list[int]) -> list[OwnPiece]:
        """Stretches of an arc that it shares with no other, the longest first; its whole first piece where there is none."""
        numbers = self.tracks.ways[arc]
        found: list[OwnPiece] = []
        for place, number in enumerate(numbers):
            x, y, to_x, to_y = points[2 * place : 2 * place + 4]
            if users[number] == 1:
                found.append((x, y, to_x, to_y, place == len(numbers) - 1))
            elif 0 < place < len(numbers) - 1:
                into = users[numbers[place - 1]] == 1
                own, other = (numbers[place - 1], numbers[place + 1]) if into else (numbers[place + 1], numbers[place - 1])
                joined = self._where_joined(number, own, other)
                if joined is not None:
                    meeting = (x, joined) if x == to_x else (joined, y)
                    found.append((x, y, *meeting, False) if into else (*meeting, to_x, to_y, False))
        found.sort(key=lambda piece: -abs(piece[2] - piece[0]) - abs(piece[3] - piece[1]))
        return found or [(points[0], points[1], points[2], points[3], len(numbers) == 1)]

    def _where_joined(self, lane: int, own: int, other: int) -> float | None:
        """Coordinate along a shared lane where the next arc joins the one from `own`; None where that is not the outermost."""
        tracks = self.tracks.tracks
        entry, way_out = tracks[own].position, tracks[other].position
        joins = [tracks[end].position for end, _ in tracks[lane].ends if end not in (own, other)]
        if any((at - entry) * (way_out - entry) <= 0 for at in joins):
            return None
        return min([*joins, way_out], key=lambda at: abs(at - entry))
