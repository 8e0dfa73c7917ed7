"""Where lanes meet the cards: the order of the ports on each side, their distances, and how far a hub card grows."""

from __future__ import annotations

from itertools import pairwise, product
from math import fsum

from engine.layout.tracks import LEFT, RIGHT, Tracks
from engine.layout.values import Sizes

PITCH = 8.0
CLEAR = 3.0
APART = 2.0
"""Least room between two lanes that run beside each other, px."""
TIGHT = 6.0
END_INSET = 5.0
SIDE_INSET = 12.0
PARTINGS = 4
MARKS = 2


class Ports:
    """Port offsets from the card's centre by (node, side), and how far cards reach across the flow and along it."""

    def __init__(self, tracks: Tracks, widths: list[float], heights: list[float], sizes: Sizes) -> None:
        """widths, heights: px by node, marks included, of cards without many ports; in landscape as the layout sees them, lying down."""
        self.tracks, self.scale, self.landscape = tracks, sizes.scale, sizes.landscape
        self.base = widths, heights
        self.widths, self.heights = list(widths), list(heights)
        self.sides = tracks.sides()
        self.offset: dict[tuple[int, int, int], float] = {}

    def arrange(self) -> None:
        """Order every side by where its lanes go, then set offsets; straight tracks get one offset at both ends."""
        tracks = self.tracks.tracks
        self.widths, self.heights = map(list, self.base)
        ordered = {}
        for key in sorted(self.sides):
            ordered[key] = self._ordered(*key)
        pitch = {key: self._pitch(key[0], key[1], numbers) for key, numbers in ordered.items()}
        straight: dict[int, list[tuple[int, int]]] = {}
        for key, numbers in ordered.items():
            for number in numbers:
                if len(tracks[number].ports) > 1:
                    straight.setdefault(number, []).append(key)
        fixed: dict[int, float] = {}
        for number, keys in straight.items():
            fixed[number] = self._straight_offset(number, keys, ordered, pitch, fixed)
        for key, numbers in ordered.items():
            self._spread(key, numbers, pitch[key], fixed)

    def _ordered(self, node: int, side: int) -> list[int]:
        """Tracks of one side from the top or left: what turns up, what runs straight, what turns down; inner lanes outermost."""
        tracks = self.tracks.tracks

        def place(number: int) -> tuple[int, float, int]:
            track = tracks[number]
            port = next(port for port in track.ports if port.node == node and port.side == side)
            if port.turn == 0 or port.next < 0:
                return 0, 0.0, number
            following = tracks[port.next]
            way = following.position if side in (RIGHT, 3) else -following.position
            return port.turn, way if port.turn < 0 else -way, number

        return sorted(self.sides[node, side], key=place)

    def _room(self, node: int, side: int) -> float:
        """Half the length of a side that ports may use."""
        return self._reach(side)[node] / 2 - self._inset(node, side)

    def _inset(self, node: int, side: int) -> float:
        """What ports keep from a card's corners: a card's text stands between its left and right side."""
        return END_INSET if (side in (LEFT, RIGHT)) != self.landscape or self._is_mark(node) else SIDE_INSET

    def _is_mark(self, node: int) -> bool:
        return node >= len(self.widths) - MARKS

    def _grows(self, node: int, side: int) -> bool:
        """Whether a card becomes longer for its ports: upright cards grow downwards only, lying ones both ways, marks never."""
        return (side in (LEFT, RIGHT) or self.landscape) and not self._is_mark(node)

    def _reach(self, side: int) -> list[float]:
        return self.heights if side in (LEFT, RIGHT) else self.widths

    def _pitch(self, node: int, side: int, numbers: list[int]) -> float:
        """Distance between ports; a card too low for its ports grows, a card too narrow squeezes them."""
        if len(numbers) < 2:
            return PITCH * self.scale
        widths = [self.tracks.tracks[number].width for number in numbers]
        mean, apart = fsum(widths) / len(numbers), max(sum(pair) / 2 for pair in pairwise(widths)) + APART * self.scale
        wide = max(PITCH * self.scale, mean + CLEAR, apart)
        room = 2 * self._room(node, side)
        steps = len(numbers) - 1
        if steps * wide <= room:
            return wide
        if self._grows(node, side):
            tight = max(TIGHT * self.scale, apart)
            if steps * tight > room:
                self._reach(side)[node] = steps * tight + 2 * self._inset(node, side)
                return tight
        return room / steps

    def _straight_offset(
        self,
        number: int,
        keys: list[tuple[int, int]],
        ordered: dict[tuple[int, int], list[int]],
        pitch: dict[tuple[int, int], float],
        fixed: dict[int, float],
    ) -> float:
        """An offset that both ends of a straight track can take; cards grow where there is none."""
        low, high, ideal, apart = float("-inf"), float("inf"), 0.0, float("-inf")
        for key in keys:
            numbers, step, room = ordered[key], pitch[key], self._room(*key)
            place = numbers.index(number)
            wide = self._pair_step(numbers, step)
            low = max(low, place * step - room)
            high = min(high, room - (len(numbers) - 1 - place) * step)
            ideal += (place - (len(numbers) - 1) / 2) * wide / len(keys)
            apart = max([apart, *(fixed[before] + wide for before in numbers[:place] if before in fixed)])
        if low > high:
            for node, side in keys:
                if self._grows(node, side):
                    self._reach(side)[node] += low - high
            low = high = (low + high) / 2
        if apart > high and all(side in (LEFT, RIGHT) and self._grows(node, side) for node, side in keys):
            for node, side in keys:
                self._reach(side)[node] += 2 * (apart - high)
            return apart
        return min(max(ideal, low, apart), high)

    def _pair_step(self, numbers: list[int], step: float) -> float:
        """Distance between straight tracks, which leaves room for their labels; two that have a side to themselves stand close."""
        tracks = [self.tracks.tracks[number] for number in numbers]
        plates = [track.plate for track in tracks if track.plate]
        alone = tracks[0].sideways != self.landscape and len(plates) == len(numbers) == 2
        return max(step, fsum(plates) / len(plates) + 2) if len(plates) > 1 and not alone else step

    def _spread(self, key: tuple[int, int], numbers: list[int], step: float, fixed: dict[int, float]) -> None:
        """Centre the ports of one side, then make room round the straight ones."""
        count = len(numbers)
        offsets = [fixed.get(number, (place - (count - 1) / 2) * step) for place, number in enumerate(numbers)]
        anchors = [place for place, number in enumerate(numbers) if number in fixed]
        for anchor in anchors:
            for place in range(anchor - 1, -1, -1):
                if numbers[place] not in fixed:
                    offsets[place] = min(offsets[place], offsets[place + 1] - step)
            for place in range(anchor + 1, count):
                if numbers[place] not in fixed:
                    offsets[place] = max(offsets[place], offsets[place - 1] + step)
        for number, offset in zip(numbers, offsets, strict=True):
            self.offset[(*key, number)] = offset

    def part_facing(self, facing: list[tuple[tuple[int, int], tuple[int, int]]]) -> None:
        """Push ports of facing sides apart where their pieces run beside each other nearer than their widths and two px."""
        for near, far in facing:
            for turn in range(PARTINGS):
                pairs = product(self._by_offset(near), self._by_offset(far))
                pushed = [self._part(near, one, far, other, turn > 0) for one, other in pairs]
                if not any(pushed):
                    break

    def _by_offset(self, key: tuple[int, int]) -> list[int]:
        return sorted(self.sides.get(key, ()), key=lambda number: (self.offset[(*key, number)], number))

    def _beside(self, one: int, other: int) -> bool:
        """Whether a piece from the left (or upper) card reaches past where the piece from the other card ends."""
        tracks = self.tracks.tracks
        reach = max((tracks[end].position for end, _ in tracks[one].ends), default=None)
        begin = min((tracks[end].position for end, _ in tracks[other].ends), default=None)
        return reach is not None and begin is not None and reach > begin

    def _part(self, near: tuple[int, int], one: int, far: tuple[int, int], other: int, near_first: bool) -> bool:
        """Whether a port had to be pushed, and could."""
        tracks = self.tracks.tracks
        if one == other or not self._beside(one, other):
            return False
        apart = self.offset[(*far, other)] - self.offset[(*near, one)]
        wanted = (tracks[one].width + tracks[other].width) / 2 + APART * self.scale
        if abs(apart) >= wanted - 0.001:
            return False
        turn, other_turn = self._turn(near, one), self._turn(far, other)
        below = apart > 0 or (apart == 0 and (other_turn > turn or (other_turn == turn and self.offset[(*far, other)] >= 0)))
        push, past = wanted - abs(apart), -wanted - abs(apart)
        sign = 1 if below else -1
        ways = [(far, other, sign * push), (near, one, -sign * push)]
        for key, number, by in (*(ways[::-1] if near_first else ways), (far, other, sign * past), (near, one, -sign * past)):
            if len(tracks[number].ports) == 1 and self._push(key, number, by):
                return True
        return False

    def _turn(self, key: tuple[int, int], number: int) -> int:
        return next(port.turn for port in self.tracks.tracks[number].ports if (port.node, port.side) == key)

    def _push(self, key: tuple[int, int], number: int, by: float) -> bool:
        """Move a port and all beyond it; a card grows for it, but a straight track beyond or a narrow card refuse."""
        at = self.offset[(*key, number)]
        beyond = [one for one in self.sides[key] if (self.offset[(*key, one)] - at) * by >= 0]
        if any(len(self.tracks.tracks[one].ports) > 1 for one in beyond):
            return False
        most = max(abs(self.offset[(*key, one)] + by) for one in beyond)
        if most > self._room(*key):
            if not self._grows(*key):
                return False
            self._reach(key[1])[key[0]] = 2 * (most + self._inset(*key))
        for one in beyond:
            self.offset[(*key, one)] += by
        return True
