"""What everything looks like: colours, sizes, fonts and icons of each appearance, as one table each (the design tokens)."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum
from functools import cache
from pathlib import Path
from string import Template

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication, QStyleFactory

RESOURCES = Path(__file__).resolve().parent.parent / "resources"
FAMILY = "Inter"
STROKE = "1.75"
STYLED = "has_fusion_style"
LIGHT_COLOUR = 0.6
"""From this lightness on, what stands on a colour is dark."""


class Appearance(StrEnum):
    """How the window looks; projector is larger and has more contrast."""

    LIGHT = "light"
    DARK = "dark"
    PROJECTOR = "projector"

    @property
    def is_large(self) -> bool:
        """Whether it is made for a room that looks on: larger type, signs and controls."""
        return self is Appearance.PROJECTOR


Ramp = tuple[str, str, str, str, str]


@dataclass(frozen=True)
class Tokens:
    """Colours of one appearance, as #RRGGBB; a ramp has five classes from low to high.

    popup: menus, lists and windows that lie over others. main_path: steps of a variant that are as in the most frequent one.
    object_types: of the types on a map of objects, told apart by lightness too, and by those who see few colours.
    """

    window: str
    surface: str
    canvas: str
    line: str
    line_strong: str
    ink: str
    ink_2: str
    ink_3: str
    accent: str
    on_accent: str
    accent_soft: str
    track: str
    data_quiet: str
    data_strong: str
    caution: str
    caution_fill: str
    kept: str
    breached: str
    undecided: str
    ramp_frequency: Ramp
    ramp_waiting: Ramp
    node_bar: str
    spine_border: str
    card_border: str
    mark_arc: str
    popup: str
    main_path: str
    object_types: tuple[str, ...]


@dataclass(frozen=True)
class Dimensions:
    """Sizes of one appearance in px."""

    rail: int
    rail_item: int
    top_bar: int
    filter_bar: int
    inspector: int
    strip: int
    control: int
    primary: int
    chip: int
    row: int
    table_header: int
    icon_rail: int
    icon_bar: int
    icon_text: int
    tick: int


_LIGHT = Tokens(
    window="#F4F6F8", surface="#FFFFFF", canvas="#FFFFFF", line="#DFE4EA", line_strong="#7C8A98",
    ink="#14202B", ink_2="#45535F", ink_3="#5F6C79", accent="#1A5FA0", on_accent="#FFFFFF", accent_soft="#E6F0F9",
    track="#E6EBF0", data_quiet="#7793B1", data_strong="#1A5FA0", caution="#8A5A00", caution_fill="#FBF3DF",
    kept="#0B6E80", breached="#A8440B", undecided="#5F6C79",
    ramp_frequency=("#6B93BF", "#4C7DB0", "#2F659B", "#194C80", "#0A2F57"),
    ramp_waiting=("#AE8A3E", "#B86E10", "#A94A08", "#862B0C", "#571410"),
    node_bar="#2C5F92", spine_border="#2B3A47", card_border="#C3CCD6", mark_arc="#7A8793",
    popup="#FFFFFF", main_path="#D9E4EF",
    object_types=("#565BE2", "#F65E19", "#21644A", "#AA64A4", "#161944", "#509F6B", "#4D1A0E", "#3D3C6C"),
)  # fmt: skip
_DARK = Tokens(
    window="#0F151B", surface="#161E26", canvas="#0D1319", line="#2A3642", line_strong="#6F8293",
    ink="#EEF3F7", ink_2="#B4C0CB", ink_3="#93A1AE", accent="#7FB8EA", on_accent="#0D1319", accent_soft="#1B3247",
    track="#2A3642", data_quiet="#55708C", data_strong="#7FB8EA", caution="#E6B85C", caution_fill="#33291A",
    kept="#5CC3D3", breached="#F29B62", undecided="#9AA8B5",
    ramp_frequency=("#55708C", "#5F8DB8", "#74ACDF", "#A5CDF2", "#DDEEFC"),
    ramp_waiting=("#7C6F55", "#A07F3C", "#CF9B33", "#F2BE55", "#FFE7AE"),
    node_bar="#6FA9DC", spine_border="#7F92A3", card_border="#3A4957", mark_arc="#6F8293",
    popup="#1E2832", main_path="#2C4259",
    object_types=("#307DF9", "#F8B50B", "#4DFDE4", "#C02D83", "#99B6F5", "#207D0D", "#C97774", "#FBF722"),
)  # fmt: skip
_PROJECTOR = Tokens(
    window="#FFFFFF", surface="#FFFFFF", canvas="#FFFFFF", line="#AEB8C2", line_strong="#5C6975",
    ink="#000A14", ink_2="#22303C", ink_3="#3A4752", accent="#0B4A86", on_accent="#FFFFFF", accent_soft="#DCEBF8",
    track="#DCE3EA", data_quiet="#6E8AA7", data_strong="#0B4A86", caution="#6B4500", caution_fill="#FBF3DF",
    kept="#06505E", breached="#8A3608", undecided="#3A4752",
    ramp_frequency=("#4C7DB0", "#32689F", "#1D5188", "#0E3B6B", "#06264A"),
    ramp_waiting=("#A07E2E", "#A15C08", "#8A3C04", "#6A2107", "#42100B"),
    node_bar="#0B4A86", spine_border="#22303C", card_border="#8794A1", mark_arc="#5C6975",
    popup="#FFFFFF", main_path="#D9E4EF",
    object_types=("#1D047B", "#915000", "#418C6D", "#B058D9", "#6833A7", "#045056", "#452C0A", "#081431"),
)  # fmt: skip
_TOKENS = {Appearance.LIGHT: _LIGHT, Appearance.DARK: _DARK, Appearance.PROJECTOR: _PROJECTOR}

_AT_A_DESK = Dimensions(
    rail=88, rail_item=52, top_bar=52, filter_bar=72, inspector=320, strip=28, control=34, primary=44, chip=28,
    row=40, table_header=32, icon_rail=20, icon_bar=18, icon_text=16, tick=16,
)  # fmt: skip
_IN_A_ROOM = Dimensions(
    rail=120, rail_item=72, top_bar=68, filter_bar=92, inspector=420, strip=38, control=48, primary=56, chip=40,
    row=54, table_header=46, icon_rail=26, icon_bar=24, icon_text=20, tick=22,
)  # fmt: skip

_FONTS: dict[str, tuple[float, float, int]] = {
    # role: px at a desk (light, dark), px on a projector, weight
    "logo": (28, 40, 700),
    "page_title": (20, 30, 600),
    "card_title": (15, 22, 600),
    "finding": (15, 22, 600),
    "lead": (17, 22, 400),
    "key_figure": (20, 30, 600),
    "body": (13, 18, 400),
    "body_strong": (13, 18, 600),
    "small": (12, 16, 400),
    "small_strong": (12, 16, 600),
    "node_name": (12, 18, 600),
    "node_number": (10.5, 15, 400),
    "arc_label": (11, 17, 600),
    "axis": (11, 15, 400),
    "tag": (11, 15, 600),
}
"""Font size and weight by role; every role has figures of equal width."""


def tokens(appearance: Appearance) -> Tokens:
    """The colours of an appearance."""
    return _TOKENS[appearance]


def dimensions(appearance: Appearance) -> Dimensions:
    """The sizes of an appearance."""
    return _IN_A_ROOM if appearance.is_large else _AT_A_DESK


def font_px(role: str, appearance: Appearance) -> float:
    """The size of a font role in px."""
    desk, room, _weight = _FONTS[role]
    return room if appearance.is_large else desk


def font(role: str, appearance: Appearance) -> QFont:
    """The font of a role (a key of the fonts table): Inter with figures of equal width."""
    made = QFont(FAMILY)
    made.setWeight(QFont.Weight(_FONTS[role][2]))
    made.setFeature(QFont.Tag("tnum"), 1)
    made.setStyleStrategy(QFont.StyleStrategy.PreferAntialias)
    made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    px = font_px(role, appearance)
    if px % 1:
        screen = QGuiApplication.primaryScreen()
        made.setPointSizeF(px * 72 / (screen.logicalDotsPerInchY() if screen else 96))
    else:
        made.setPixelSize(int(px))
    return made


def load_fonts() -> tuple[str, ...]:
    """Make the bundled fonts known to Qt; the families found."""
    families: list[str] = []
    for path in sorted((RESOURCES / "fonts").glob("*.ttf")):
        number = QFontDatabase.addApplicationFont(str(path))
        families += QFontDatabase.applicationFontFamilies(number) if number >= 0 else []
    return tuple(dict.fromkeys(families))


def apply_theme(application: QApplication, appearance: Appearance) -> None:
    """Give the whole application the Fusion style, palette and font of an appearance; parts of the window wear its style sheet."""
    if not application.property(STYLED):
        application.setStyle(QStyleFactory.create("Fusion"))
        application.setProperty(STYLED, True)
    application.setPalette(palette(appearance))
    application.setFont(font("body", appearance))


def palette(appearance: Appearance) -> QPalette:
    """The tokens as Qt's colour roles."""
    t = tokens(appearance)
    roles = {
        QPalette.ColorRole.Window: t.window, QPalette.ColorRole.WindowText: t.ink, QPalette.ColorRole.Base: t.surface,
        QPalette.ColorRole.AlternateBase: t.window, QPalette.ColorRole.Text: t.ink, QPalette.ColorRole.Button: t.surface,
        QPalette.ColorRole.ButtonText: t.ink, QPalette.ColorRole.Highlight: t.accent, QPalette.ColorRole.HighlightedText: t.on_accent,
        QPalette.ColorRole.Link: t.accent, QPalette.ColorRole.LinkVisited: t.accent, QPalette.ColorRole.PlaceholderText: t.ink_3,
        QPalette.ColorRole.ToolTipBase: t.popup, QPalette.ColorRole.ToolTipText: t.ink, QPalette.ColorRole.Light: t.surface,
        QPalette.ColorRole.Midlight: t.window, QPalette.ColorRole.Mid: t.line, QPalette.ColorRole.Dark: t.line_strong,
        QPalette.ColorRole.Shadow: t.line_strong, QPalette.ColorRole.Accent: t.accent,
    }  # fmt: skip
    made = QPalette()
    for role, colour in roles.items():
        made.setColor(role, QColor(colour))
    faint = faded(t.ink)
    for role in (QPalette.ColorRole.Text, QPalette.ColorRole.WindowText, QPalette.ColorRole.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, role, faint)
    return made


def faded(colour: str, share: float = 0.45) -> QColor:
    """The colour at a share of its strength, as disabled things have it."""
    made = QColor(colour)
    made.setAlphaF(share)
    return made


@cache
def style_sheet(appearance: Appearance, colours: Tokens | None = None) -> str:
    """resources/window.qss with the tokens, sizes and font sizes of an appearance filled in; colours: other tokens than its own."""
    values: dict[str, str] = {}
    t = colours or tokens(appearance)
    for field in fields(t):
        value = getattr(t, field.name)
        if isinstance(value, str):
            values[field.name] = value
            colour = QColor(value)
            values[field.name + "_45"] = f"rgba({colour.red()}, {colour.green()}, {colour.blue()}, 45%)"
    d = dimensions(appearance)
    values |= {name.name: str(getattr(d, name.name)) for name in fields(d)}
    values |= {f"px_{role}": f"{font_px(role, appearance):g}px" for role in _FONTS}
    values |= {"inner": str(d.control - 2), "inner_primary": str(d.primary - 2), "icons": (RESOURCES / "icons").as_posix()}
    ring = round(d.tick * 0.3)
    values |= {"half_chip": str(d.chip // 2), "half_tick": str(d.tick // 2 + 1), "ring": str(ring), "in_ring": str(d.tick + 2 - 2 * ring)}
    values |= {"appearance": appearance.value}
    return Template((RESOURCES / "window.qss").read_text(encoding="utf-8")).substitute(values)


def icon(name: str, colour: str, size: int) -> QIcon:
    """A line icon of resources/icons in one colour; sharp at every pixel ratio in use; 45 % when disabled."""
    made = QIcon()
    for ratio in sorted({1.0, 2.0, *(screen.devicePixelRatio() for screen in QGuiApplication.screens())}):
        made.addPixmap(pixmap(name, colour, size, ratio), QIcon.Mode.Normal)
        made.addPixmap(pixmap(name, colour, size, ratio, 0.45), QIcon.Mode.Disabled)
    return made


@cache
def pixmap(name: str, colour: str, size: int, ratio: float = 1.0, opacity: float = 1.0) -> QPixmap:
    """A line icon as a pixmap of `size` device-independent px."""
    made = QPixmap(QSize(round(size * ratio), round(size * ratio)))
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setOpacity(opacity)
    QSvgRenderer(QByteArray(_svg(name, colour).encode())).render(painter, QRectF(0, 0, made.width(), made.height()))
    painter.end()
    made.setDevicePixelRatio(ratio)
    return made


@cache
def _svg(name: str, colour: str) -> str:
    text = (RESOURCES / "icons" / f"{name}.svg").read_text(encoding="utf-8")
    paper = "#FFFFFF" if QColor(colour).lightnessF() < LIGHT_COLOUR else tokens(Appearance.DARK).on_accent
    return text.replace("#FFFFFF", paper).replace("currentColor", colour).replace('stroke-width="2"', f'stroke-width="{STROKE}"')
