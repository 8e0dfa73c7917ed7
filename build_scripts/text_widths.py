"""Write resources/fonts/inter_widths.json: how wide the characters of the bundled font are, so that the layout needs no font engine."""

from __future__ import annotations

import json
import string
from pathlib import Path

from fontTools.ttLib import TTFont

FONTS = Path(__file__).resolve().parent.parent / "resources" / "fonts"
WEIGHTS = {"400": "Inter-Regular.ttf", "600": "Inter-SemiBold.ttf"}
RANGES = ((0x20, 0x7E), (0xA0, 0x17F), (0x2010, 0x2014), (0x2018, 0x201E))
SIGNS = "\u2022\u2026\u2030\u2190\u2191\u2192\u2193\u21ba\u21bb\u2212\u2248\u2264\u2265\u20ac\u25b2\u25bc\u202f\u2009"


def code_points() -> list[int]:
    """The characters that the table knows: Latin-1, Latin Extended-A, punctuation and the signs on the map."""
    wanted = {point for first, last in RANGES for point in range(first, last + 1)}
    return sorted(wanted | {ord(sign) for sign in SIGNS})


def tabular_digits(font: TTFont) -> dict[str, str]:
    """The glyph substitutions of the font's feature tnum."""
    table = font["GSUB"].table
    records = [record for record in table.FeatureList.FeatureRecord if record.FeatureTag == "tnum"]
    lookups = {index for record in records for index in record.Feature.LookupListIndex}
    pairs: dict[str, str] = {}
    for index in sorted(lookups):
        for part in table.LookupList.Lookup[index].SubTable:
            pairs.update(getattr(getattr(part, "ExtSubTable", part), "mapping", {}))
    return pairs


def advances(file: Path) -> tuple[int, dict[int, int]]:
    """Units per em and the advance of every known character; all digits are as wide as the widest, as text or tabular."""
    font = TTFont(file)
    glyphs, metrics, tabular = font.getBestCmap(), font["hmtx"], tabular_digits(font)
    widths, digits = {}, string.digits
    for point in code_points():
        if point in glyphs:
            glyph = glyphs[point]
            widths[point] = max(metrics[glyph][0], metrics[tabular.get(glyph, glyph)][0])
    widest_digit = max(widths[ord(digit)] for digit in digits)
    return font["head"].unitsPerEm, {**widths, **{ord(digit): widest_digit for digit in digits}}


def runs(widths: dict[int, int]) -> list[list[int]]:
    """Consecutive characters as one list: its first code point, then the advances."""
    result: list[list[int]] = []
    for point in sorted(widths):
        if result and point == result[-1][0] + len(result[-1]) - 1:
            result[-1].append(widths[point])
        else:
            result.append([point, widths[point]])
    return result


def main() -> None:
    """Write the table of both weights."""
    table: dict[str, object] = {}
    for weight, name in WEIGHTS.items():
        units, widths = advances(FONTS / name)
        table["units_per_em"] = units
        table[weight] = runs(widths)
    text = json.dumps(table, separators=(",", ":")).replace("]],", "]],\n").replace("],[", "],\n[")
    (FONTS / "inter_widths.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
