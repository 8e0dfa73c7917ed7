"""The legend, made from the map that is shown: ramp with its limits, line widths, dotted lines. Painted alike on screen and in files."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import floor, log10, sqrt

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from engine.process_map.values import END, START, Metric
from engine.service.messages import MapAnswer
from engine.texts import NARROW_SPACE, Texts
from gui.map.lettering import draw_text
from gui.map.strand_painter import paint_sign, type_colour
from gui.map.strands import Sign
from gui.map.style import TEXT_SCALE, MapStyle
from gui.map.words import hidden_words, is_hidden, metric_name, value_text
from gui.store import Store

FAR_FEWER = 56
"""A path of so many times fewer transitions than the widest one has its own width in the legend."""
SAMPLES_APART = 6.0
"""Air between the widths and the kinds of lines."""
KINDS_APART = 8.0
"""Air below the types of object."""


@dataclass(frozen=True)
class LegendKind:
    """A type of object: its sign, and its name with its number."""

    sign: Sign
    words: str


@dataclass(frozen=True)
class Legend:
    """What the legend says. widths: (line width, number of transitions as text); grey_words: what grey lines between steps mean, or "".

    kinds: the types of object on a map of objects.
    """

    title: str
    colours: tuple[str, ...]
    limits: tuple[str, ...]
    widths: tuple[tuple[float, str], ...]
    width_words: str
    dotted_words: str
    grey_words: str
    kinds: tuple[LegendKind, ...] = ()


def make_legend(answer: MapAnswer, texts: Texts, style: MapStyle) -> Legend:
    """The legend of a map."""
    shown = answer.map
    timed = shown.colour_breaks != ()
    between = [path for path in shown.paths if path.source != START and path.target != END]
    if shown.colour.is_time:
        grey = texts("without times") if any(path.times is None for path in between) else ""
    elif shown.colour == Metric.REWORK:
        grey = texts("no rework") if any(not path.rework for path in between) else ""
    else:
        grey = hidden_words(shown, texts) if any(is_hidden(path, shown.colour, shown) for path in between) else ""
    return Legend(
        title=metric_name(shown.colour, shown, texts),
        colours=style.ramp(shown.colour.is_time) if timed else (),
        limits=tuple(value_text(limit, shown.colour, texts) for limit in shown.colour_breaks),
        widths=tuple((width, texts.number(count)) for width, count in width_samples(answer)),
        width_words=texts("number of transitions"),
        dotted_words=texts("start and end"),
        grey_words=grey,
    )


def width_samples(answer: MapAnswer) -> tuple[tuple[float, int], ...]:
    """Up to three round numbers of transitions, from about the fewest drawn to the most, and the widths that lines of that many have."""
    counts = {(path.source, path.target): path.occurrences for path in answer.map.paths if path.source != START and path.target != END}
    lanes = [(lane.width, counts[lane.source, lane.target]) for lane in answer.layout.lanes if (lane.source, lane.target) in counts]
    if not lanes:
        return ()
    widest, most = max(lanes)
    share = ((widest - 1.5) / 5.5) ** 2
    largest = most / share if share > 0 else most
    fewest = min(count for _width, count in lanes)
    least = fewest if fewest < most / FAR_FEWER else most / 28
    wanted = dict.fromkeys(round_down(value, answer.map.k > 0) for value in (least, most / 4, most))
    return tuple((1.5 + 5.5 * sqrt(min(count / largest, 1.0)), count) for count in wanted if count >= max(answer.map.k, 1))


def round_down(value: float, guarded: bool) -> int:
    """A number with at most two digits before the zeros: 8318 → 8300; under the guard a multiple of 5: 41 → 40."""
    if value < 1:
        return 0
    unit = 10 ** max(floor(log10(value)) - 1, 0)
    shown = int(value // unit * unit)
    return shown - shown % 5 if guarded else shown


class LegendPainter:
    """Draws a legend at a width; the same for screen and file."""

    def __init__(self, legend: Legend, style: MapStyle, width: float) -> None:
        self.legend, self.style, self.width = legend, style, width
        unit = style.scale
        self.axis, self.strong = style.font(11 * _text_unit(unit)), style.font(12 * _text_unit(unit), 600)
        self.line = 15 * _text_unit(unit)
        self.title, self.limits = self._fitting()
        self._rows = 1 if self._fits(self.limits) else 2

    def _fits(self, limits: tuple[str, ...]) -> bool:
        """Whether the limits stand clear of each other on one line."""
        step = self.width / max(len(self.legend.colours), 1)
        widths = [_width(self.axis, limit) for limit in limits]
        return all((one + other) / 2 + 4 <= step for one, other in pairwise(widths))

    def _fitting(self) -> tuple[str, tuple[str, ...]]:
        """Title and limits; where they are crowded and share one unit, the unit moves into the title."""
        title, limits = self.legend.title, self.legend.limits
        units = {limit.rpartition(NARROW_SPACE)[2] for limit in limits if NARROW_SPACE in limit}
        if self._fits(limits) or len(units) != 1 or not all(NARROW_SPACE in limit for limit in limits):
            return title, limits
        return f"{title} ({units.pop()})", tuple(limit.rpartition(NARROW_SPACE)[0] for limit in limits)

    @property
    def height(self) -> float:
        """Height that the legend takes."""
        ramp = self.line + 6 + self._ramp_height if self.legend.colours else 0
        widths = self._widths_height if self.legend.widths else 0
        samples = SAMPLES_APART + self.line * len(self._samples) if self._samples else 0
        return self._kinds_height + ramp + widths + samples

    @property
    def _kind_line(self) -> float:
        return self.line * 1.3

    @property
    def _kinds_height(self) -> float:
        return self._kind_line * len(self.legend.kinds) + KINDS_APART if self.legend.kinds else 0

    @property
    def _ramp_height(self) -> float:
        return 22 + self.line * self._rows

    @property
    def _widths_height(self) -> float:
        return 12 + 2 * self.line

    @property
    def _samples(self) -> list[tuple[str, bool]]:
        """Kinds of lines that need a word: text, and whether the line is dotted."""
        found = [(self.legend.dotted_words, True), (self.legend.grey_words, False)]
        return [(words, dotted) for words, dotted in found if words]

    def paint(self, painter: QPainter, x: float, y: float) -> None:
        """Draw it with its upper left corner at (x, y)."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ink, ink_2 = self.style.colour("ink"), self.style.colour("ink_2")
        self._kinds(painter, x, y)
        y += self._kinds_height
        if self.legend.colours:
            draw_text(painter, x, y + self.line - 3, self.title, self.strong, ink_2)
            y += self.line + 6
            self._ramp(painter, x, y)
            y += self._ramp_height
        if self.legend.widths:
            self._widths(painter, x, y, ink)
            y += self._widths_height
            draw_text(painter, x, y - 4, self.legend.width_words, self.axis, ink_2)
        y += SAMPLES_APART
        for words, dotted in self._samples:
            y += self.line
            self._sample(painter, x, y - 4, dotted)
            draw_text(painter, x + 44, y - 4, words, self.axis, ink_2)

    def _kinds(self, painter: QPainter, x: float, y: float) -> None:
        """Each type with a piece of its line, its sign and its name, as much of it as finds room."""
        side, metrics = self.line * 0.9, QFontMetricsF(self.axis)
        for kind in self.legend.kinds:
            middle = y + self._kind_line / 2
            painter.setPen(QPen(type_colour(kind.sign.colour, self.style), 3, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
            painter.drawLine(QPointF(x, middle), QPointF(x + 22, middle))
            paint_sign(painter, kind.sign, QRectF(x + 28, middle - side / 2, side, side), self.style)
            left = 28 + side + 8
            words = metrics.elidedText(kind.words, Qt.TextElideMode.ElideMiddle, (self.width - left) / TEXT_SCALE)
            draw_text(painter, x + left, middle + self.line * 0.27, words, self.axis, self.style.colour("ink"))
            y += self._kind_line

    def _ramp(self, painter: QPainter, x: float, y: float) -> None:
        step = self.width / len(self.legend.colours)
        painter.setPen(Qt.PenStyle.NoPen)
        for i, colour in enumerate(self.legend.colours):
            painter.setBrush(QColor(colour))
            painter.drawRect(QRectF(x + i * step, y, step - 1, 8))
        for i, limit in enumerate(self.limits, start=1):
            width = _width(self.axis, limit)
            below = self.line if self._rows == 2 and i % 2 == 0 else 0.0
            draw_text(painter, x + i * step - width / 2, y + 8 + self.line - 1 + below, limit, self.axis, self.style.colour("ink_2"))

    def _widths(self, painter: QPainter, x: float, y: float, ink: QColor) -> None:
        piece = self.width / max(len(self.legend.widths), 3)
        for i, (width, words) in enumerate(self.legend.widths):
            left, length = x + i * piece, piece - 20
            painter.setPen(QPen(self.style.colour("ink_2"), width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
            painter.drawLine(QPointF(left, y + 4), QPointF(left + length, y + 4))
            draw_text(painter, left + length / 2 - _width(self.axis, words) / 2, y + 8 + self.line, words, self.axis, ink)

    def _sample(self, painter: QPainter, x: float, baseline: float, dotted: bool) -> None:
        pen = QPen(self.style.colour("mark_arc"), 2.5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap)
        if dotted:
            pen = QPen(self.style.colour("mark_arc"), 2, Qt.PenStyle.CustomDashLine, Qt.PenCapStyle.RoundCap)
            pen.setDashPattern([0.75, 2.5])
        painter.setPen(pen)
        painter.drawLine(QPointF(x + 1, baseline - 4), QPointF(x + 34, baseline - 4))


def _text_unit(unit: float) -> float:
    return 1.0 if unit == 1 else 15 / 11


def _width(font: QFont, text: str) -> float:
    return QFontMetricsF(font).horizontalAdvance(text) * TEXT_SCALE


class LegendWidget(QWidget):
    """The legend in the panel."""

    def __init__(self, store: Store) -> None:
        super().__init__()
        self._store = store
        self.legend: Legend | None = None
        self._style: MapStyle | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_legend(self, legend: Legend | None, style: MapStyle) -> None:
        """Show another legend."""
        self.legend, self._style = legend, style
        if legend is not None:
            kinds = ", ".join(kind.words for kind in legend.kinds)
            widths = ", ".join(words for _width, words in legend.widths)
            spoken = [kinds, legend.title, ", ".join(legend.limits), legend.width_words, widths]
            self.setAccessibleName(". ".join(part for part in spoken if part))
        self.setFixedHeight(self.sizeHint().height())
        self.update()

    def sizeHint(self) -> QSize:
        """As high as the legend."""
        if self.legend is None or self._style is None:
            return QSize(200, 0)
        return QSize(200, round(LegendPainter(self.legend, self._style, max(self.width(), 120)).height) + 2)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width: the limits may need another row."""
        super().resizeEvent(event)
        self.setFixedHeight(self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint it."""
        if self.legend is not None and self._style is not None:
            LegendPainter(self.legend, self._style, self.width()).paint(QPainter(self), 0, 0)
