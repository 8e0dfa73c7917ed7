"""Charts drawn by pyqtgraph in the window's own colours, sizes and numbers. Import this module only when the chart library is loaded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QSizePolicy

from gui.store import Store
from gui.theme import font

Tick = tuple[float, str]
Point = tuple[float, float]
Write = Callable[[float], str]
MOST_TICKS = 7
ABOVE_TICK = 1.02
LAST_ROOM = 0.09
"""The share of the axis that the label of an open last bar keeps free of other labels."""


class _Axis(pg.AxisItem):  # type: ignore[misc]
    """An axis whose numbers are written in the reader's language."""

    def __init__(self, side: str, write: Write) -> None:
        super().__init__(orientation=side)
        self.write = write
        self.enableAutoSIPrefix(False)

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:  # noqa: N802
        """The tick labels."""
        return [self.write(value) for value in values]


@dataclass(frozen=True)
class Line:
    """One line of a line chart; dashed tells it apart without colour."""

    name: str
    values: Sequence[float]
    colour: str
    dashed: bool = False


class Chart(pg.PlotWidget):  # type: ignore[misc]
    """A still chart: no dragging, no context menu; the mouse only explains the nearest bar or point."""

    def __init__(self, store: Store, height: int = 170) -> None:
        self._write_x: Write = str
        self._write_y: Write = lambda value: store.texts.number(value, 0 if value >= 10 or float(value).is_integer() else 1)
        bottom = _Axis("bottom", self._say_x)
        left = _Axis("left", self._say_y)
        super().__init__(axisItems={"bottom": bottom, "left": left}, background=store.tokens.surface, enableMenu=False)
        self.store = store
        self._hints: list[tuple[float, str]] = []
        self.setMinimumHeight(height)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMenuEnabled(False)
        self.setMouseEnabled(False, False)
        self.hideButtons()
        self.setFrameShape(self.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.getPlotItem().layout.setContentsMargins(0, 10, 6, 0)
        self.scene().sigMouseMoved.connect(self._on_mouse)
        self.restyle()

    def restyle(self) -> None:
        """Take the colours and sizes of the appearance."""
        self.setBackground(self.store.tokens.surface)
        tokens, appearance = self.store.tokens, self.store.appearance
        for side in ("bottom", "left"):
            axis = self.getAxis(side)
            axis.setPen(pg.mkPen(tokens.line_strong if side == "bottom" else tokens.line, width=1))
            axis.setTextPen(pg.mkPen(tokens.ink_2))
            axis.setStyle(tickFont=font("axis", appearance), tickLength=0, tickTextOffset=6, maxTickLevel=0, hideOverlappingLabels=True)
            if side == "left":
                axis.setPen(pg.mkPen(None))
                axis.setStyle(hideOverlappingLabels=False)
        self.getAxis("left").setGrid(False)

    def _say_x(self, value: float) -> str:
        return self._write_x(value)

    def _say_y(self, value: float) -> str:
        return self._write_y(value)

    def wheelEvent(self, event: Any) -> None:
        """The wheel scrolls the page, not the chart."""
        event.ignore()

    def _begin(self, write_x: Write | None = None) -> None:
        self.clear()
        self._hints = []
        if write_x is not None:
            self._write_x = write_x
        self.getAxis("bottom").setTicks(None)
        self.getAxis("left").setTicks(None)

    def _grid(self, top: float) -> float:
        """Faint horizontal lines at the ticks; the highest of them."""
        step = nice_step(top / 4) if top > 0 else 1.0
        values = np.arange(0, top + step * 0.5, step)
        for value in values[1:]:
            line = pg.InfiniteLine(pos=value, angle=0, pen=pg.mkPen(self.store.tokens.line, width=1))
            line.setZValue(-10)
            self.addItem(line, ignoreBounds=True)
        self.getAxis("left").setTicks([[(float(value), self._write_y(float(value))) for value in values]])
        return float(values[-1])

    def show_bars(
        self,
        edges: Sequence[float],
        counts: Sequence[float],
        write_x: Write,
        hints: Sequence[str],
        mark: Tick | None = None,
        last: str = "",
    ) -> None:
        """A histogram: bars between edges; mark is a position and the label of the line drawn there, last the label of an open last bar."""
        self._begin(write_x)
        left, right = np.asarray(edges[:-1], float), np.asarray(edges[1:], float)
        gap = (edges[-1] - edges[0]) / max(1, len(counts)) * 0.12
        top = max(counts, default=0) or 1
        highest = self._grid(top)
        centre, width = (left + right) / 2, np.maximum((right - left) - gap, (right - left) * 0.5)
        brush = self.store.tokens.data_quiet
        bars = pg.BarGraphItem(x=centre, height=np.asarray(counts, float), width=width, brush=brush, pen=pg.mkPen(None))
        self.addItem(bars)
        if mark is not None:
            self._mark(mark, top)
        self._hints = list(zip(centre.tolist(), hints, strict=True))
        self.getAxis("bottom").setTicks([whole_ticks(edges, write_x, last)])
        self.setXRange(edges[0], edges[-1], padding=0.01)
        self.setYRange(0, max(top * (1.22 if mark else 1.06), highest * ABOVE_TICK), padding=0)

    def _mark(self, mark: Tick, top: float) -> None:
        at, text = mark
        tokens = self.store.tokens
        line = pg.PlotCurveItem([at, at], [0, top * 1.16], pen=pg.mkPen(tokens.ink, width=1.5))
        words = pg.TextItem(text, color=tokens.ink, anchor=(0, 0.5))
        words.setFont(font("tag", self.store.appearance))
        words.setPos(at, top * 1.13)
        self.addItem(line)
        self.addItem(words, ignoreBounds=True)

    def show_lines(self, xs: Sequence[float], lines: Sequence[Line], write_x: Write, ticks: Sequence[Tick], hints: Sequence[str]) -> None:
        """Lines over common x positions, with an end dot each."""
        self._begin(write_x)
        top = max((max(line.values, default=0) for line in lines), default=0) or 1
        highest = self._grid(top)
        at = np.asarray(xs, float)
        for line in lines:
            style = Qt.PenStyle.DashLine if line.dashed else Qt.PenStyle.SolidLine
            pen = pg.mkPen(line.colour, width=2, style=style)
            self.addItem(pg.PlotCurveItem(at, np.asarray(line.values, float), pen=pen, antialias=True))
            if len(at):
                dot = pg.ScatterPlotItem([at[-1]], [line.values[-1]], size=7, brush=line.colour, pen=pg.mkPen(None))
                self.addItem(dot)
        self.getAxis("bottom").setTicks([list(ticks)])
        self._hints = list(zip(at.tolist(), hints, strict=True))
        if len(at):
            self.setXRange(float(at[0]), float(at[-1]) or 1.0, padding=0.02)
        self.setYRange(0, max(top * 1.08, highest * ABOVE_TICK), padding=0)

    def show_curve(self, points: Sequence[Point], marks: Sequence[Point], ticks: Sequence[Tick], hints: Sequence[str]) -> None:
        """A filled curve of shares (0..1) over a logarithmic count, with dots where dashed lines fall to the axis."""
        self._begin()
        tokens = self.store.tokens
        xs = np.log10(np.maximum([x for x, _ in points], 1.0))
        ys = np.asarray([y for _, y in points], float)
        for value in (0.5, 0.8, 1.0):
            self.addItem(pg.InfiniteLine(pos=value, angle=0, pen=pg.mkPen(tokens.line, width=1)), ignoreBounds=True)
        soft = QColor(tokens.data_quiet)
        soft.setAlpha(46)
        self.addItem(pg.PlotCurveItem(xs, ys, pen=pg.mkPen(tokens.accent, width=2), fillLevel=0, brush=soft, antialias=True))
        for x, y in marks:
            at = float(np.log10(max(x, 1.0)))
            self.addItem(pg.PlotCurveItem([at, at], [0, y], pen=pg.mkPen(tokens.ink, width=1, style=Qt.PenStyle.DashLine)))
            self.addItem(pg.ScatterPlotItem([at], [y], size=8, brush=tokens.accent, pen=pg.mkPen(tokens.surface, width=1)))
        self.getAxis("bottom").setTicks([[(float(np.log10(x)), text) for x, text in ticks]])
        percent = self.store.texts.number
        self.getAxis("left").setTicks([[(share, percent(share * 100)) for share in (0.0, 0.5, 0.8, 1.0)]])
        self._hints = list(zip(xs.tolist(), hints, strict=True))
        self.setXRange(0, float(xs[-1]) or 1.0, padding=0.02)
        self.setYRange(0, 1.1, padding=0)

    def _on_mouse(self, place: QPointF) -> None:
        """Say the values of the bar or point nearest to the mouse."""
        box = self.getPlotItem().vb
        if not self._hints or not box.sceneBoundingRect().contains(place):
            self.setToolTip("")
            return
        x = box.mapSceneToView(place).x()
        _, words = min(self._hints, key=lambda hint: abs(hint[0] - x))
        self.setToolTip(words)


def whole_ticks(edges: Sequence[float], write: Write, last: str = "") -> list[Tick]:
    """Ticks at whole numbers between the outer edges; an open last bar has its own label at its middle, clear of the others."""
    first, end = float(edges[0]), float(edges[-1])
    step = max(1.0, nice_step(max(end - first, 1.0) / MOST_TICKS))
    values = np.arange(np.ceil(first / step) * step, end + step * 1e-6, step).tolist()
    if not last:
        return [(value, write(value)) for value in values]
    middle = (float(edges[-2]) + end) / 2
    clear = middle - (end - first) * LAST_ROOM
    return [*((value, write(value)) for value in values if value <= clear), (middle, last)]


def nice_step(rough: float) -> float:
    """The 1, 2 or 5 times a power of ten that is not below `rough`."""
    power = float(10 ** np.floor(np.log10(rough)))
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough - 1e-12)

