"""Numbers on lanes: each stands on its own lane, or close beside it, where it covers no card, no other number and no foreign lane."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import fsum

from engine.layout.obstacles import Box, Obstacles, Own, Span, head_size, nearest_free
from engine.layout.text_widths import text_width
from engine.layout.tracks import OwnPiece
from engine.layout.values import Label, Sizes
from engine.tasks import Task

SEGMENT_COST = 0.5
AWAY_COST = 2.0
"""Cost of standing a whole piece's length from its middle."""
OTHER_SIDE_COST = 0.9
SHIFTS = (0.0, 0.4, 0.7, 0.95)
"""How far a plate may be pushed across its lane, as shares of the push that would uncover the lane."""
CLEAR = 3.0
"""How far a foreign lane stays from a plate beside its own lane, px."""
PLATE = 12.5 / 11
PADDING = 2.0
END_ROOM = 4.0
"""How much of its lane is to be seen between a plate and the end of its piece wherever there is room, px."""
LEAST_SEEN = 12.0
"""How much of a piece is to be seen of its line beside a plate, px: a number rather stands beside a piece that it would hide."""
END_INSET = 0.18
MOST_HIDDEN = 0.03


def plate_size(text: str, sizes: Sizes) -> tuple[float, float]:
    """Width and height of a label's plate, px."""
    return round(text_width(text, sizes.label_px, bold=True) + 2 * PADDING, 2), round(PLATE * sizes.label_px, 2)


@dataclass(slots=True)
class Strip:
    """Where a plate may slide: its centre runs from low to high along a line at `across` (a y when sideways, else an x), px."""

    cost: float
    sideways: bool
    across: float
    low: float
    high: float
    ideal: float
    clear: float = 0.0

    def box(self, at: float, size: tuple[float, float]) -> Box:
        """The plate at a place of the strip."""
        x, y = (at, self.across) if self.sideways else (self.across, at)
        return x - size[0] / 2, y - size[1] / 2, x + size[0] / 2, y + size[1] / 2

    def whole(self, size: tuple[float, float]) -> Box:
        """All that the plate can cover."""
        left, top, _, _ = self.box(self.low, size)
        _, _, right, bottom = self.box(self.high, size)
        return left, top, right, bottom


@dataclass(slots=True)
class Wanted:
    """A number in need of a place: its plate, and the pieces (or the straight spine arc) of its lane where it may stand; `line` px wide."""

    lane: int
    text: str
    size: tuple[float, float]
    pieces: list[OwnPiece]
    line: float
    own: Own
    spine: bool
    landscape: bool = False

    def tries(self) -> Iterator[Iterator[Strip]]:
        """Strips to try, better ones first; within a try by rising cost."""
        if self.spine:
            yield beside_spine(self.pieces[0], self.size, self.line, self.landscape)
            return
        seen = [piece for piece in self.pieces if _seen_beside(piece, self.size, self.line) >= LEAST_SEEN]
        for shift in SHIFTS if seen else ():
            yield on_lane(seen, self.size, self.line, shift, END_ROOM)
        if len(seen) < len(self.pieces):
            yield beside_lane(self.pieces, self.size, self.line)
            for shift in SHIFTS:
                yield on_lane(self.pieces, self.size, self.line, shift, END_ROOM)
        for shift in SHIFTS[::3]:
            yield on_lane(self.pieces, self.size, self.line, shift, 0.0)
        yield beside_lane(self.pieces, self.size, self.line)


class Labels:
    """Places numbers one after the other; those that find no free place wait until all others stand."""

    def __init__(self, obstacles: Obstacles, sizes: Sizes) -> None:
        self.obstacles, self.sizes = obstacles, sizes
        self.wanted: dict[int, Wanted] = {}
        self.found: dict[int, Box] = {}
        self.crossed: dict[tuple[int, int, Box], list[Span]] = {}

    def put_on_lane(self, lane: int, text: str, pieces: list[OwnPiece], line: float, own: Own) -> None:
        """Place the text of a lane on, else beside, the pieces of the lane, the first preferred. line: its width."""
        self._put(Wanted(lane, text, self._size(text), pieces, line, own, False))

    def put_beside_spine(self, lane: int, text: str, points: list[float], line: float, own: Own) -> None:
        """Place the text of a straight spine arc right of its arrow, else left of it; in landscape above it, else below."""
        piece = points[0], points[1], points[2], points[3], True
        self._put(Wanted(lane, text, self._size(text), [piece], line, own, True, self.sizes.landscape))

    def _size(self, text: str) -> tuple[float, float]:
        """The plate as the layout sees it: across the flow, and along it."""
        wide, high = plate_size(text, self.sizes)
        return (high, wide) if self.sizes.landscape else (wide, high)

    def finish(self, n_lanes: int, task: Task) -> dict[int, Label]:
        """Labels by lane. A number without a free place makes another give way; else it is hidden (at most 3 % are) or covers little."""
        waiting = []
        for one in self.wanted.values():
            task.check()
            if one.lane not in self.found and not self._give_way(one):
                waiting.append(one)
        covering = []
        for one in waiting:
            task.check()
            least = self._least_covering(one)
            if least is not None:
                covering.append((least[0], one.lane, one, least[1]))
        may_hide = max(0, int(MOST_HIDDEN * n_lanes) - len(waiting) + len(covering))
        for covered, _, one, box in sorted(covering, key=lambda item: (-item[0], -item[1]))[may_hide:][::-1]:
            least = self._least_covering(one) if self.obstacles.solid(box) else (covered, box)
            if least is not None:
                self._keep(one, least[1])
        return {lane: self._label(lane, box) for lane, box in self.found.items()}

    def _put(self, one: Wanted) -> None:
        if one.text:
            self.wanted[one.lane] = one
            self._settle(one)

    def _settle(self, one: Wanted) -> bool:
        """Put a number on its cheapest free place, if there is any."""
        for strips in one.tries():
            best: tuple[float, Box] | None = None
            for strip in strips:
                if best is not None and strip.cost >= best[0]:
                    break
                at = nearest_free(strip.ideal, strip.low, strip.high, self._taken(strip, one))
                if at is not None:
                    cost = strip.cost + AWAY_COST * abs(at - strip.ideal) / max(strip.high - strip.low, 1.0)
                    if best is None or cost < best[0]:
                        best = cost, strip.box(at, one.size)
            if best is not None:
                self._keep(one, best[1])
                return True
        return False

    def _give_way(self, one: Wanted) -> bool:
        """Put a number where one other stood that has another free place too."""
        for lane in self._near(one):
            box = self.found[lane]
            self._take_away(lane)
            if self._settle(one):
                if self._settle(self.wanted[lane]):
                    return True
                self._take_away(one.lane)
            self._keep(self.wanted[lane], box)
        return False

    def _near(self, one: Wanted) -> list[int]:
        """Lanes whose numbers stand where this one could."""
        owner = {_plate_room(box): lane for lane, box in self.found.items()}
        boxes = [box for strips in one.tries() for strip in strips for box in self.obstacles.solid(strip.whole(one.size))]
        return sorted({owner[box] for box in boxes if box in owner})

    def _taken(self, strip: Strip, one: Wanted) -> list[Span]:
        """Where the centre of a plate may not be along a strip."""
        whole = strip.whole(one.size)
        axis, half = (0, one.size[0] / 2) if strip.sideways else (1, one.size[1] / 2)
        boxes = self.obstacles.solid(whole)
        if strip.clear:
            left, top, right, bottom = whole
            x, y = (0.0, strip.clear) if strip.sideways else (strip.clear, 0.0)
            whole = left - x, top - y, right + x, bottom + y
        crossed = self.crossed.get((one.lane, axis, whole))
        if crossed is None:
            lanes = self.obstacles.foreign(whole, one.own)
            crossed = self.crossed[one.lane, axis, whole] = [(box[axis] - half, box[axis + 2] + half) for box in lanes]
        return [(box[axis] - half, box[axis + 2] + half) for box in boxes] + crossed

    def _least_covering(self, one: Wanted) -> tuple[float, Box] | None:
        """The place on a lane, or beside it, that covers the least of foreign lanes (px²), but no card and no other number."""
        best: tuple[float, Box] | None = None
        for strips in one.tries():
            for strip in strips:
                for place in (4, 2, 6, 0, 8):
                    box = strip.box(strip.low + (strip.high - strip.low) * place / 8, one.size)
                    if self.obstacles.solid(box):
                        continue
                    covered = fsum(_shared(box, lane) for lane in self.obstacles.foreign(box, one.own))
                    if best is None or covered < best[0] - 0.001:
                        best = covered, box
            if best is not None and best[0] == 0:
                break
        return best

    def _keep(self, one: Wanted, box: Box) -> None:
        self.obstacles.block(_plate_room(box))
        self.found[one.lane] = box

    def _take_away(self, lane: int) -> None:
        self.obstacles.unblock(_plate_room(self.found.pop(lane)))

    def _label(self, lane: int, box: Box) -> Label:
        one = self.wanted[lane]
        return Label(one.text, round((box[0] + box[2]) / 2, 2), round((box[1] + box[3]) / 2, 2), *one.size)


def _plate_room(box: Box) -> Box:
    """The room of a plate, a px more at its sides."""
    return box[0] - 1, box[1], box[2] + 1, box[3]


def on_lane(pieces: list[OwnPiece], size: tuple[float, float], line: float, shift: float, end_room: float) -> Iterator[Strip]:
    """Strips along the pieces of a lane of width `line`, pushed across it by a share of what would uncover it; the arrowhead stays free."""
    for rank, (x, y, to_x, to_y, last) in enumerate(pieces):
        sideways = y == to_y
        long, across = size if sideways else size[::-1]
        one, other, level = (x, to_x, y) if sideways else (y, to_y, x)
        head = head_size(line)[0] if last else 0.0
        spare = abs(other - one) - long - head
        if spare < 0:
            continue
        room = min(end_room, spare / 2) + long / 2
        low, high = (one + room, other - room - head) if other > one else (other + room + head, one - room)
        ideal = min(max((one + other) / 2, low), high)
        most = shift * max(0.0, (across - line) / 2)
        for aside in (most, -most) if most else (0.0,):
            yield Strip(rank * SEGMENT_COST, sideways, level + aside, low, high, ideal)


def _seen_beside(piece: OwnPiece, size: tuple[float, float], line: float) -> float:
    """What a plate on a piece leaves of its line, px."""
    x, y, to_x, to_y, last = piece
    return abs(to_x - x) + abs(to_y - y) - size[0 if y == to_y else 1] - (head_size(line)[0] if last else 0.0)


def beside_lane(pieces: list[OwnPiece], size: tuple[float, float], line: float) -> Iterator[Strip]:
    """Strips on both sides of each piece of a lane of width `line`, clear of foreign lanes, so that none can claim the number."""
    for rank, (x, y, to_x, to_y, _) in enumerate(pieces):
        sideways = y == to_y
        one, other, level = (x, to_x, y) if sideways else (y, to_y, x)
        aside = line / 2 + 1 + (size[1] if sideways else size[0]) / 2
        inset = END_INSET * abs(other - one)
        low, high = min(one, other) + inset, max(one, other) - inset
        for side in (-aside, aside) if sideways else (aside, -aside):
            yield Strip(rank * SEGMENT_COST, sideways, level + side, low, high, (low + high) / 2, CLEAR)


def beside_spine(piece: OwnPiece, size: tuple[float, float], line: float, landscape: bool) -> Iterator[Strip]:
    """Strips right and left of a straight spine arc of width `line`, near its arrowhead where it is short; lying down, above and below."""
    x, y, _, to_y, _ = piece
    width, height = size
    low, high = min(y, to_y) + height / 2, max(y, to_y) - height / 2 - 1
    length, half = head_size(line)
    ideal = (y + to_y) / 2 if landscape or abs(to_y - y) > 4 * height else to_y - length - 2
    high = max(low, high)
    for cost, side in ((0.0, -1), (OTHER_SIDE_COST, 1)) if landscape else ((0.0, 1), (OTHER_SIDE_COST, -1)):
        yield Strip(cost, False, x + side * (half + 3 + width / 2), low, high, min(max(ideal, low), high))


def _shared(one: Box, other: Box) -> float:
    """Area that two boxes share, px²."""
    return max(0.0, min(one[2], other[2]) - max(one[0], other[0])) * max(0.0, min(one[3], other[3]) - max(one[1], other[1]))
