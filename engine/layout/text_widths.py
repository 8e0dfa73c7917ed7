"""How wide a text stands on the map, from the bundled font's table: the same on every machine, without a font engine."""

from __future__ import annotations

import json
from functools import cache, lru_cache
from pathlib import Path

TABLE = Path(__file__).resolve().parent.parent.parent / "resources" / "fonts" / "inter_widths.json"
UNKNOWN = 2150
"""Width in font units of a character that the table does not hold (another font draws it)."""
MARGIN = 1.01
"""Kerning is left out; this covers the few pairs that stand further apart."""
ELLIPSIS = "…"
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


def cut_to_width(text: str, px: float, bold: bool, room: float) -> str:
    """The text itself when it fits in `room` px, else its beginning with an ellipsis."""
    if text_width(text, px, bold) <= room + ROUNDING:
        return text
    em, weights = _table()
    advances = weights["600" if bold else "400"]
    left = room * em / (px * MARGIN) - advances[ELLIPSIS]
    kept = 0
    for sign in text:
        left -= advances.get(sign, UNKNOWN)
        if left < 0:
            break
        kept += 1
    return text[:kept].rstrip() + ELLIPSIS
