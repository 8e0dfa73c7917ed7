"""Text widths without a font engine: they are the bundled font's own, and never too small."""

from __future__ import annotations

import json

import pytest

from build_scripts.text_widths import FONTS, WEIGHTS, advances, runs
from engine.layout.text_widths import cut_to_width, text_width


@pytest.mark.parametrize("weight", ["400", "600"])
def test_the_table_is_that_of_the_bundled_font(weight: str) -> None:
    table = json.loads((FONTS / "inter_widths.json").read_text(encoding="utf-8"))
    units, widths = advances(FONTS / WEIGHTS[weight])
    assert table["units_per_em"] == units
    assert table[weight] == runs(widths)


def test_every_sign_on_the_map_is_known() -> None:
    for sign in "abcæøåÆØÅéüß0123456789 .,·→↻−…%\u00a0–—’”":
        assert text_width(sign, 12, bold=True) != text_width("\U0001f3e0", 12, bold=True)


def test_all_digits_are_equally_wide() -> None:
    assert len({text_width(digit, 11, bold=True) for digit in "0123456789"}) == 1


def test_width_grows_with_the_size_and_the_weight() -> None:
    assert text_width("Afgørelse", 24, bold=False) == pytest.approx(2 * text_width("Afgørelse", 12, bold=False))
    assert text_width("Afgørelse", 12, bold=True) > text_width("Afgørelse", 12, bold=False)
    assert text_width("", 12, bold=True) == 0


def test_a_text_is_cut_to_the_room_and_left_whole_where_it_fits() -> None:
    name = "Indstilling til udvalget om bevilling"
    whole = text_width(name, 12, bold=True)
    assert cut_to_width(name, 12, True, whole) == name
    cut = cut_to_width(name, 12, True, whole / 2)
    head, tail = cut.split("…")
    assert head and tail and name.startswith(head) and name.endswith(tail)
    assert text_width(cut, 12, bold=True) <= whole / 2
    assert cut_to_width(name, 12, True, 1) == "…"
