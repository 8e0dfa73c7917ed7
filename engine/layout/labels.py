"""Numbers on lanes: the first free place along each arc that covers no card, no other label and few foreign lanes."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from engine.layout.text_widths import text_width
from engine.layout.tracks import OwnPiece
from engine.layout.values import Label, Sizes

Box = tuple[float, float, float, float]
Place = tuple[float, float, float]
"""Cost, and the centre of a label."""
PLACES = (0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74, 0.18, 0.82)
COVERED = 1.1
PLACE_COST = 0.12
SEGMENT_COST = 0.5
CELL = 96.0
PLATE = 12.5 / 11
PADDING = 3.0
END_ROOM = 4.0


def plate_size(text: str, sizes: Sizes) -> tuple[float, float]:
    """Width and height of a label's plate, px."""
    return round(text_width(text, sizes.label_px, bold=True) + 2 * PADDING, 2), round(PLATE * sizes.label_px, 2)


class Labels:
    """Labels placed so far, with the cards and lanes they must mind."""

    def __init__(self, cards: list[Box], sizes: Sizes) -> None:
        self.sizes = sizes
        self.boxes: dict[tuple[int, int], list[Box]] = {}
        self.sideways: list[tuple[float, float, float, int]] = []
        self.upright: list[tuple[float, float, float, int]] = []
        for card in cards:
            self._block(card)

    def add_lanes(self, lanes: list[tuple[list[float], int]]) -> None:
        """Lanes as (points, owner); lanes of one owner may be covered by each other's labels."""
        for points, owner in lanes:
            for at in range(0, len(points) - 2, 2):
                x, y, to_x, to_y = points[at : at + 4]
                if y == to_y:
                    self.sideways.append((y, min(x, to_x), max(x, to_x), owner))
                else:
                    self.upright.append((x, min(y, to_y), max(y, to_y), owner))
        self.sideways.sort()
        self.upright.sort()
        self.levels = [piece[0] for piece in self.sideways]
        self.columns = [piece[0] for piece in self.upright]

    def _cells(self, box: Box) -> list[tuple[int, int]]:
        left, top, right, bottom = box
        return [
            (column, row)
            for column in range(int(left // CELL), int(right // CELL) + 1)
            for row in range(int(top // CELL), int(bottom // CELL) + 1)
        ]

    def _block(self, box: Box) -> None:
        for cell in self._cells(box):
            self.boxes.setdefault(cell, []).append(box)

    def _is_free(self, box: Box) -> bool:
        left, top, right, bottom = box
        for cell in self._cells(box):
            for one in self.boxes.get(cell, ()):
                if one[0] < right and left < one[2] and one[1] < bottom and top < one[3]:
                    return False
        return True

    def _covered(self, box: Box, owner: int) -> int:
        """Number of foreign lane pieces under a plate."""
        left, top, right, bottom = box
        count = 0
        for _, low, high, who in self.sideways[bisect_left(self.levels, top) : bisect_right(self.levels, bottom)]:
            if low < right and left < high and who != owner:
                count += 1
        for _, low, high, who in self.upright[bisect_left(self.columns, left) : bisect_right(self.columns, right)]:
            if low < bottom and top < high and who != owner:
                count += 1
        return count

    def put(self, text: str, places: list[Place], owner: int) -> Label | None:
        """Place a text at the cheapest of its places; None where every place is taken."""
        if not text:
            return None
        width, height = plate_size(text, self.sizes)
        best: tuple[float, Box] | None = None
        for cost, x, y in sorted(places):
            if best is not None and cost >= best[0]:
                break
            box = (x - width / 2, y - height / 2, x + width / 2, y + height / 2)
            if not self._is_free(box):
                continue
            total = cost + COVERED * self._covered(box, owner)
            if best is None or total < best[0]:
                best = (total, box)
        if best is None:
            return None
        left, top, right, bottom = best[1]
        self._block((left - 1, top, right + 1, bottom))
        return Label(text, round((left + right) / 2, 2), round((top + bottom) / 2, 2), width, height)

    def on_lane(self, text: str, pieces: list[OwnPiece], head: float) -> list[Place]:
        """Nine places on each piece of a lane. head: arrow length."""
        width, height = plate_size(text, self.sizes)
        places = []
        for rank, (x, y, to_x, to_y, last) in enumerate(pieces):
            long, size = abs(to_x - x) + abs(to_y - y), width if y == to_y else height
            arrow = head if last else 0.0
            spare = long - size - arrow
            if spare < 0:
                continue
            room = min(END_ROOM, spare / 2)
            start, stop = room + size / 2, long - room - size / 2 - arrow
            for place, share in enumerate(PLACES):
                at = min(max(share * long, start), stop) / long
                places.append((rank * SEGMENT_COST + place * PLACE_COST, x + (to_x - x) * at, y + (to_y - y) * at))
        return places

    def beside_lane(self, text: str, pieces: list[OwnPiece], line: float) -> list[Place]:
        """Places on both sides of each piece of a lane, for labels that find none on it. line: its width."""
        width, height = plate_size(text, self.sizes)
        places = []
        for rank, (x, y, to_x, to_y, _) in enumerate(pieces):
            aside = line / 2 + 1 + (height if y == to_y else width) / 2
            for place, share in enumerate(PLACES):
                for side in (aside, -aside):
                    at = x + (to_x - x) * share, y + (to_y - y) * share
                    cost = rank * SEGMENT_COST + place * PLACE_COST
                    places.append((cost, at[0], at[1] - side) if y == to_y else (cost, at[0] + side, at[1]))
        return places

    def beside_spine(self, text: str, points: list[float], line: float) -> list[Place]:
        """Places right of a straight spine arc, near its arrowhead where it is short; then left of it."""
        width, height = plate_size(text, self.sizes)
        x, y, _, to_y = points
        top, bottom = min(y, to_y) + height / 2, max(y, to_y) - height / 2 - 1
        aside = max(3.2 + 0.72 * line, line / 2) + 3 + width / 2
        middle = (y + to_y) / 2 if abs(to_y - y) > 4 * height else to_y - 7 - 0.9 * line
        spots = [middle, middle + height, middle - height, middle + 2 * height, middle - 2 * height, (y + to_y) / 2]
        heights = [min(max(spot, top), max(top, bottom)) for spot in spots]
        return [(cost * 0.3 + (0.9 if side < 0 else 0.0), x + side * aside, at) for cost, at in enumerate(heights) for side in (1, -1)]
