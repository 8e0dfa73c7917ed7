"""Small building blocks: labels, lines, cards and buttons in the roles of the design tokens."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont, QPixmap
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QLabel, QLayout, QPushButton, QToolButton, QVBoxLayout, QWidget

from gui.theme import icon, pixmap

_Box = TypeVar("_Box", bound=QBoxLayout)


def label(role: str = "body", text: str = "", *, wrap: bool = False) -> QLabel:
    """A label in a text role of the style sheet; it shows plain text only."""
    made = QLabel(text)
    made.setProperty("role", role)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setWordWrap(wrap)
    return made


def code_label(role: str, *, wrap: bool = False) -> QLabel:
    """A label for words or codes joined by hyphens: in figures of equal width Inter's bold hyphens would look like gaps."""
    made = label(role, wrap=wrap)
    shown = made.font()
    shown.setFeature(QFont.Tag("tnum"), 0)
    made.setFont(shown)
    return made


def framed(kind: str = "card") -> QFrame:
    """A frame of a kind of the style sheet: card, error, caution, note, popup."""
    made = QFrame()
    made.setProperty("kind", kind)
    return made


def hairline() -> QFrame:
    """A horizontal line."""
    return framed("hairline")


def surface(kind: str = "surface") -> QWidget:
    """A plain area in a kind of the style sheet: surface, rail, bar, strip, dock, page."""
    made = QWidget()
    made.setProperty("kind", kind)
    made.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    return made


def column(spacing: int = 0, margins: tuple[int, int, int, int] = (0, 0, 0, 0)) -> QVBoxLayout:
    """A column layout; margins are left, top, right, bottom."""
    return _spaced(QVBoxLayout(), spacing, margins)


def row(spacing: int = 0, margins: tuple[int, int, int, int] = (0, 0, 0, 0)) -> QHBoxLayout:
    """A row layout; margins are left, top, right, bottom."""
    return _spaced(QHBoxLayout(), spacing, margins)


def _spaced(layout: _Box, spacing: int, margins: tuple[int, int, int, int]) -> _Box:
    layout.setSpacing(spacing)
    layout.setContentsMargins(*margins)
    return layout


def button(kind: str = "plain", text: str = "", *, large: bool = False) -> QPushButton:
    """A push button: primary, plain, text, small, quiet."""
    made = QPushButton(text)
    made.setProperty("kind", kind)
    if large:
        made.setProperty("large", "true")
    made.setCursor(Qt.CursorShape.PointingHandCursor if kind == "text" else Qt.CursorShape.ArrowCursor)
    made.setAutoDefault(False)
    return made


def icon_button() -> QToolButton:
    """A button that shows an icon only; give it an accessible name."""
    made = QToolButton()
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return made


def set_icon(target: QToolButton | QPushButton, name: str, colour: str, size: int) -> None:
    """Put a line icon on a button."""
    target.setIcon(icon(name, colour, size))
    target.setIconSize(QSize(size, size))


def iconed(text: str) -> str:
    """A button's text with the air that belongs between icon and text."""
    return f"\u2002{text}"


def icon_label(name: str, colour: str, size: int) -> QLabel:
    """A label that shows a line icon."""
    made = QLabel()
    made.setFixedSize(size, size)
    set_picture(made, name, colour, size)
    return made


def set_picture(target: QLabel, name: str, colour: str, size: int) -> None:
    """Put a line icon on a label, sharp on its screen."""
    target.setPixmap(picture(target, name, colour, size))
    target.setFixedSize(size, size)


def picture(near: QWidget, name: str, colour: str, size: int) -> QPixmap:
    """A line icon as a pixmap for the screen that a widget is on."""
    return pixmap(name, colour, size, near.devicePixelRatioF())


def set_property(target: QWidget, name: str, value: object) -> None:
    """Set a property that the style sheet looks at, and show the effect."""
    if target.property(name) != value:
        target.setProperty(name, value)
        target.style().unpolish(target)
        target.style().polish(target)


def clear_layout(layout: QLayout) -> None:
    """Take every widget and inner layout out of a layout and delete them."""
    while (item := layout.takeAt(0)) is not None:
        widget, inner = item.widget(), item.layout()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
        elif inner is not None:
            clear_layout(inner)
