"""How wide a text stands on the map, from the bundled font's table: the same on every machine, without a font engine."""

from __future__ import annotations

import json
from bisect import bisect_right
from functools import cache, lru_cache
from itertools import accumulate
from pathlib import Path

TABLE = Path(__file__).resolve().parent.parent.parent / "resources" / "fonts" / "inter_widths.json"
UNKNOWN = 2150
"""Width in font units of a character that the table does not hold (another font draws it)."""
MARGIN = 1.01
"""Kerning is left out; this covers the few pairs that stand further apart."""
ELLIPSIS = "…"
HEAD = 0.6
"""Share of the room that the beginning of a cut text gets."""
CUT_WORD = 3.0
"""What a cut inside a word costs, in em of text given up for a cut at its border."""
UNEVEN = 0.35
"""What each unit costs by which the beginning misses its share."""
ROUNDING = 0.05
"""A text in the room that was measured for it always fits."""


@cache
def _table() -> tuple[int, dict[str, dict[str, int]]]:
    """Units per em and the advances in font units by weight and character."""
    content = json.loads(TABLE.read_text(encoding="utf-8"))
    weights = {
        weight: {chr(run[0] + place): width for run in runs for place, width in enumerate(run[1:])}
        for weight, runs in content.items()
        if weight != "units_per_em"
    }
    return content["units_per_em"], weights


@lru_cache(maxsize=4096)
def _units(text: str, weight: str) -> int:
    advances = _table()[1][weight]
    return sum(advances.get(sign, UNKNOWN) for sign in text)


def text_width(text: str, px: float, bold: bool) -> float:
    """Width in px of a text set at `px` in weight 600 (bold) or 400."""
    return _units(text, "600" if bold else "400") * MARGIN * px / _table()[0]


@lru_cache(maxsize=4096)
def cut_to_width(text: str, px: float, bold: bool, room: float, head: float = HEAD) -> str:
    """The text itself when it fits in `room` px, else its beginning and its end with an ellipsis between.

    head: about which share of the room the beginning gets. Cuts keep to the borders of words where that costs few characters.
    """
    if text_width(text, px, bold) <= room + ROUNDING:
        return text
    em, weights = _table()
    advances = weights["600" if bold else "400"]
    left = room * em / (px * MARGIN) - advances[ELLIPSIS]
    upto = list(accumulate((advances.get(sign, UNKNOWN) for sign in text), initial=0))
    best, kept = float("-inf"), (0, len(text))
    for stop in range(len(text), 0, -1):
        tail = upto[-1] - upto[stop]
        if tail > left:
            break
        most = bisect_right(upto, left - tail) - 1
        for start in (most, _border_before(text, most)):
            cuts = _is_cut(text, start) + _is_cut(text, stop)
            score = upto[start] + tail - cuts * CUT_WORD * em - UNEVEN * abs(upto[start] - head * left)
            if score > best:
                best, kept = score, (start, stop)
    return text[: kept[0]].rstrip() + ELLIPSIS + text[kept[1] :].lstrip()


def _is_cut(text: str, place: int) -> bool:
    """Whether an end there leaves a part of a word, or nothing."""
    return place in (0, len(text)) or (text[place - 1].isalnum() and text[place].isalnum())


def _border_before(text: str, place: int) -> int:
    """The last border of a word up to a place; 0 without any."""
    while place and _is_cut(text, place):
        place -= 1
    return place
