"""The dark stage: while cases are played the map darkens, in every appearance, so that the tokens shine."""

from __future__ import annotations

from dataclasses import dataclass
from string import Template

from engine.layout.values import LIGHT, PROJECTOR
from gui.map.style import MapStyle
from gui.theme import Appearance, dimensions, font_px, style_sheet, tokens

STAGE = tokens(Appearance.DARK)


@dataclass(frozen=True)
class Lights:
    """Colours of what moves on the stage."""

    dot: str = "#B8FFF3"
    tail: str = "#7FF0DE"
    pile: str = "#FFD27A"


def stage_style(appearance: Appearance) -> MapStyle:
    """The map on the stage, in the sizes of an appearance."""
    return MapStyle(STAGE, PROJECTOR if appearance is Appearance.PROJECTOR else LIGHT)


PARTS = """
QWidget[kind="stage_bar"] { background: $surface; border-top: 1px solid $line; }
QLabel { color: $ink; }
QLabel[role="small"], QLabel[role="small_label"] { color: $ink_2; }
QPushButton[kind="play"] { background: $accent; border: none; border-radius: ${radius}px; padding: 0;
    min-height: ${play}px; max-height: ${play}px; min-width: ${play}px; max-width: ${play}px; }
QPushButton[kind="play"]:hover { background: $ink; }
QPushButton[kind="play"]:disabled { background: $line; }
QPushButton[kind="segment"] { background: transparent; color: $ink_2; border: 1px solid $line_strong; border-left: none; border-radius: 0;
    padding: 0 9px; min-height: ${segment}px; max-height: ${segment}px; font-size: $small; }
QPushButton[kind="segment"][place="first"] { border-left: 1px solid $line_strong; }
QPushButton[kind="segment"][place="first"] { border-top-left-radius: 8px; border-bottom-left-radius: 8px; }
QPushButton[kind="segment"][place="last"] { border-top-right-radius: 8px; border-bottom-right-radius: 8px; }
QPushButton[kind="segment"]:checked { background: $soft; color: $accent; font-weight: 600; }
QPushButton[kind="segment"]:disabled { color: $line_strong; }
QLineEdit[kind="jump"] { min-height: ${segment}px; max-height: ${segment}px; font-size: $small; background: $window; }
QPushButton:focus, QToolButton:focus { border: 2px solid $accent; }
QPushButton[kind="play"]:focus { background: $ink; border: none; }
"""


def stage_sheet(appearance: Appearance) -> str:
    """The style sheet of what lies on the stage: the window's own in the stage's colours, and the few parts that only a playback has."""
    unit = dimensions(appearance)
    return style_sheet(appearance, STAGE) + Template(PARTS).substitute(
        line=STAGE.line, line_strong=STAGE.line_strong, surface=STAGE.surface, ink=STAGE.ink, ink_2=STAGE.ink_2, accent=STAGE.accent,
        on_accent=STAGE.on_accent, soft=STAGE.accent_soft, radius=unit.primary // 2, play=unit.primary, segment=unit.chip - 2,
        window=STAGE.window, small=f"{font_px('small', appearance):g}px",
    )  # fmt: skip
