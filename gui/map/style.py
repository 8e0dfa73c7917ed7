"""How the map is drawn in one appearance: colours, fonts and sizes, from the design tokens."""

from __future__ import annotations

from dataclasses import dataclass, field

from PySide6.QtGui import QColor, QFont

from engine.layout.values import LIGHT, PROJECTOR, Sizes
from gui.theme import Appearance, Tokens, tokens

FAMILY = "Inter"
TEXT_SCALE = 0.5
"""Fonts are made at double size and painted at half, because Qt's pixel sizes are whole numbers and 10.5 is not."""

CORNER_RADIUS, CARD_RADIUS = 12.0, 7.0
DIMMED = 0.18
MARK_RADIUS = 12.0


def map_font(px: float, weight: int = 400, *, figures: bool = True) -> QFont:
    """Inter for `px` on the map, to be painted under TEXT_SCALE; figures of equal width unless it is for names."""
    font = QFont(FAMILY)
    font.setPixelSize(round(px / TEXT_SCALE))
    font.setWeight(QFont.Weight(weight))
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    font.setFeature(QFont.Tag("tnum"), int(figures))
    return font


@dataclass(frozen=True)
class MapStyle:
    """Everything the painter needs to know about one appearance.

    figures: whether numbers have figures of equal width. Not in files: a PDF would not know them as text, and SVG cannot ask for them.
    """

    tokens: Tokens
    sizes: Sizes
    figures: bool = True
    name_font: QFont = field(init=False)
    number_font: QFont = field(init=False)
    label_font: QFont = field(init=False)
    label_light_font: QFont = field(init=False)

    def __post_init__(self) -> None:
        sizes = self.sizes
        for name, font in {
            "name_font": map_font(sizes.name_px, 600, figures=False),
            "number_font": self.font(sizes.number_px),
            "label_font": self.font(sizes.label_px, 600),
            "label_light_font": self.font(sizes.label_px),
        }.items():
            object.__setattr__(self, name, font)

    def font(self, px: float, weight: int = 400) -> QFont:
        """A font for words and numbers, to be painted under TEXT_SCALE."""
        return map_font(px, weight, figures=self.figures)

    @property
    def scale(self) -> float:
        """Size of this appearance's cards against the light one's."""
        return self.sizes.card_height / LIGHT.card_height

    @property
    def mark_scale(self) -> float:
        """Size of the start and end marks against the light ones: the layout gives them the same room everywhere."""
        return 1.0

    @property
    def least_line(self) -> float:
        """Device pixels that a line keeps however far the map is zoomed out: thinner ones turn pale, and are lost on a projector."""
        return 1.5 if self.sizes is PROJECTOR else 1.0

    def ramp(self, of_time: bool) -> tuple[str, ...]:
        """Five colours, low to high: for waiting times or for counts."""
        return self.tokens.ramp_waiting if of_time else self.tokens.ramp_frequency

    def colour(self, name: str) -> QColor:
        """A token as a colour."""
        return QColor(getattr(self.tokens, name))


def map_style(appearance: Appearance, *, figures: bool = True) -> MapStyle:
    """The style of an appearance, for the screen or (without figures of equal width) for a file."""
    return MapStyle(tokens(appearance), PROJECTOR if appearance.is_large else LIGHT, figures)
