"""How wide a text stands on the map, from the bundled font's table: the same on every machine, without a font engine."""

from __future__ import annotations

import json
from functools import cache, lru_cache
from pathlib import Path

TABLE = Path(__file__).resolve().parent.parent.parent / "resources" / "fonts" / "inter_widths.json"
UNKNOWN = 1.05
"""Width in em of a character that the table does not hold (another font draws it)."""
MARGIN = 1.01
"""Kerning is left out; this covers the few pairs that stand further apart."""
ELLIPSIS = "…"
ROUNDING = 0.05
"""A text in the room that was measured for it always fits."""


@cache
def _advances(weight: str) -> dict[str, float]:
    table = json.loads(TABLE.read_text(encoding="utf-8"))
    em = float(table["units_per_em"])
    return {chr(run[0] + place): width / em for run in table[weight] for place, width in enumerate(run[1:])}


@lru_cache(maxsize=4096)
def _width_in_em(text: str, weight: str) -> float:
    advances = _advances(weight)
    return sum([advances.get(sign, UNKNOWN) for sign in text]) * MARGIN


def text_width(text: str, px: float, bold: bool) -> float:
    """Width in px of a text set at `px` in weight 600 (bold) or 400."""
    return _width_in_em(text, "600" if bold else "400") * px


def cut_to_width(text: str, px: float, bold: bool, room: float) -> str:
    """The text itself when it fits in `room` px, else its beginning with an ellipsis."""
    if text_width(text, px, bold) <= room + ROUNDING:
        return text
    advances = _advances("600" if bold else "400")
    left = room / (px * MARGIN) - advances[ELLIPSIS]
    kept = 0
    for sign in text:
        left -= advances.get(sign, UNKNOWN)
        if left < 0:
            break
        kept += 1
    return text[:kept].rstrip() + ELLIPSIS
