"""Light, dark and projector: what is read and looked at has contrast, and ramps go from light to dark for every eye."""

from __future__ import annotations

from itertools import pairwise

import pytest
from PySide6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from engine.texts import Texts
from gui.map.legend import LegendPainter, make_legend
from gui.map.painter import paint_map
from gui.map.scene import build_scene
from gui.map.style import map_style
from gui.theme import Appearance, Tokens, palette, pixmap, tokens
from tests.gui.map_example import example_answer

Linear = tuple[float, float, float]
READ, SEEN = 4.5, 3.0
"""WCAG 2.1: contrast of text (1.4.3), and of lines and signs (1.4.11)."""
EYES: dict[str, tuple[Linear, Linear, Linear]] = {
    "trichromat": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanope": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranope": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritanope": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}
"""Linear RGB as it is seen, at full severity: Machado, Oliveira and Fernandes, 2009."""
CLEARLY_DARKER = 3.0
"""Steps of CIE lightness that are told apart beside each other."""


def linear(colour: str) -> Linear:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return red, green, blue


def luminance(light: Linear) -> float:
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), light, strict=True))


def contrast(first: str, second: str) -> float:
    low, high = sorted((luminance(linear(first)), luminance(linear(second))))
    return (high + 0.05) / (low + 0.05)


def lightness(colour: str, eye: str) -> float:
    """CIE L* as an eye sees the colour."""
    light = linear(colour)
    red, green, blue = (min(max(sum(a * b for a, b in zip(row, light, strict=True)), 0.0), 1.0) for row in EYES[eye])
    y = luminance((red, green, blue))
    return 116 * y ** (1 / 3) - 16 if y > 216 / 24389 else y * 24389 / 27


def written(t: Tokens) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """Colours of texts, and the grounds on which they stand."""
    ground = (t.surface, t.window, t.canvas, t.popup)
    return {
        "texts": ((t.ink, t.ink_2, t.ink_3, t.accent), ground),
        "verdicts": ((t.kept, t.breached, t.undecided, t.caution), ground),
        "a chosen row": ((t.ink, t.ink_2, t.accent), (t.accent_soft,)),
        "a tag": ((t.ink_2,), (t.track,)),
        "a caution": ((t.caution, t.ink, t.ink_2), (t.caution_fill,)),
        "a primary button": ((t.on_accent,), (t.accent, t.data_strong)),
        "a pressed primary button, and a toast": ((t.surface,), (t.ink,)),
        "a chevron": ((t.ink,), (t.main_path, t.surface)),
    }


def drawn(t: Tokens) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """Colours of lines and signs, and the grounds on which they stand."""
    return {
        "borders of controls": ((t.line_strong, t.accent), (t.surface, t.window, t.popup)),
        "paths": ((*t.ramp_frequency, *t.ramp_waiting, t.mark_arc, t.ink_2), (t.canvas, t.surface)),
        "steps of the straight line": ((t.spine_border,), (t.canvas,)),
        "the bar on a card": ((t.node_bar,), (t.surface, t.track)),
        "charts": ((t.data_quiet, t.data_strong), (t.surface,)),
        "rings": ((t.accent, t.ink), (t.canvas, t.surface)),
        "signs": ((t.ink_2, t.ink_3, t.kept, t.breached, t.undecided, t.caution), (t.surface, t.window)),
    }


@pytest.mark.parametrize("appearance", list(Appearance))
def test_what_is_read_has_a_contrast_of_four_and_a_half(appearance: Appearance) -> None:
    found = {
        (what, colour, ground): contrast(colour, ground)
        for what, (colours, grounds) in written(tokens(appearance)).items()
        for colour in colours
        for ground in grounds
    }
    assert {key: round(value, 2) for key, value in found.items() if value < READ} == {}


@pytest.mark.parametrize("appearance", list(Appearance))
def test_lines_and_signs_have_a_contrast_of_three(appearance: Appearance) -> None:
    found = {
        (what, colour, ground): contrast(colour, ground)
        for what, (colours, grounds) in drawn(tokens(appearance)).items()
        for colour in colours
        for ground in grounds
    }
    assert {key: round(value, 2) for key, value in found.items() if value < SEEN} == {}


@pytest.mark.parametrize("appearance", list(Appearance))
@pytest.mark.parametrize("eye", list(EYES))
@pytest.mark.parametrize("ramp", ["ramp_frequency", "ramp_waiting"])
def test_ramps_move_away_from_the_ground_step_by_step_for_every_eye(appearance: Appearance, eye: str, ramp: str) -> None:
    t = tokens(appearance)
    shades = [lightness(colour, eye) for colour in getattr(t, ramp)]
    away = -1 if lightness(t.canvas, eye) > 50 else 1
    steps = [away * (after - before) for before, after in pairwise(shades)]
    assert min(steps) >= CLEARLY_DARKER, [round(step, 1) for step in steps]


def test_the_dark_map_is_drawn_in_its_own_colours_with_its_legend(qtbot: QtBot) -> None:
    style, texts = map_style(Appearance.DARK), Texts("da")
    scene = build_scene(example_answer(), texts, style)
    image = QImage(scene.bounds.size().toSize(), QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(style.colour("canvas"))
    painter = QPainter(image)
    painter.translate(-scene.bounds.topLeft())
    paint_map(painter, scene, style)
    LegendPainter(make_legend(example_answer(), texts, style), style, 200).paint(painter, scene.bounds.left(), scene.bounds.top())
    painter.end()
    colours = {image.pixelColor(x, y).name().upper() for x in range(0, image.width(), 2) for y in range(image.height())}
    t = tokens(Appearance.DARK)
    assert {t.surface, t.node_bar, *t.ramp_waiting} <= colours
    assert "#FFFFFF" not in colours


def test_a_sign_on_a_light_colour_is_dark(qtbot: QtBot) -> None:
    for appearance in Appearance:
        t = tokens(appearance)
        logo = pixmap("logo", t.accent, 88).toImage()
        ground = logo.pixelColor(44, 8).name()
        assert ground == t.accent.lower()
        strokes = {QColor(logo.pixelColor(x, y)).name() for x in range(88) for y in range(88) if logo.pixelColor(x, y).alpha() == 255}
        assert max(contrast(stroke, ground) for stroke in strokes) >= READ


def test_the_dark_palette_is_dark_in_every_state(qtbot: QtBot) -> None:
    made = palette(Appearance.DARK)
    for role in (
        made.ColorRole.Window,
        made.ColorRole.Base,
        made.ColorRole.Button,
        made.ColorRole.ToolTipBase,
        made.ColorRole.AlternateBase,
    ):
        assert made.color(role).lightnessF() < 0.2
