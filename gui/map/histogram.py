"""The small histogram of the inspector: bars, a median line, and an axis in the reader's units."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QHelpEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from engine.service.messages import Histogram
from engine.texts import NARROW_SPACE
from gui.store import Store
from gui.theme import font

CHART, AXIS, TOP = 92, 20, 16
GAP = 2.0
MOST_TICKS = 5


class HistogramChart(QWidget):
    """Counts per bin of a duration. `bar_rects` are the bars as drawn (px)."""

    def __init__(self, store: Store) -> None:
        super().__init__()
        self._store = store
        self._histogram: Histogram | None = None
        self._median: float | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)

    def show_histogram(self, histogram: Histogram | None, median: float | None) -> None:
        """Show another histogram (edges in seconds) and its median."""
        self._histogram, self._median = histogram, median
        self.setVisible(histogram is not None and any(histogram.counts))
        if histogram is not None:
            texts = self._store.texts
            n = sum(histogram.counts)
            words = texts("Histogram of {n} waiting times", n=n)
            self.setAccessibleName(f"{words}, {self.median_words}" if median is not None else words)
        self.update()

    @property
    def histogram(self) -> Histogram | None:
        """The histogram shown."""
        return self._histogram

    @property
    def median_words(self) -> str:
        """The label of the median line."""
        return self._store.texts("median {time}", time=self._store.texts.duration(self._median)) if self._median is not None else ""

    def sizeHint(self) -> QSize:
        """280 × (92 + 20), more in larger type."""
        return QSize(280, CHART + AXIS + (6 if self._line > 16 else 0))

    @property
    def _line(self) -> float:
        return QFontMetricsF(font("axis", self._store.appearance)).height()

    def bar_rects(self) -> list[QRectF]:
        """The bars, left to right."""
        if self._histogram is None or not self._histogram.counts:
            return []
        counts = self._histogram.counts
        most, pitch, room = max(counts) or 1, self.width() / len(counts), CHART - TOP
        gap = GAP if pitch > 5 else 0.5
        heights = [max(room * count / most, 1.5) if count else 0.0 for count in counts]
        return [QRectF(i * pitch, CHART - height, pitch - gap, height) for i, height in enumerate(heights)]

    def x_of(self, seconds: float) -> float:
        """Where a duration stands on the axis; beyond the last edge of an open end, in the middle of the last bar."""
        if self._histogram is None:
            return 0.0
        edges = self._histogram.edges
        pitch = self.width() / max(len(edges) - 1, 1)
        for i, (low, high) in enumerate(pairwise(edges)):
            if seconds < high:
                return (i + max((seconds - low) / (high - low), 0.0)) * pitch if high > low else i * pitch
        return self.width() - pitch / 2 if self._histogram.open_ended else float(self.width())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Bars, axis line, ticks, and the median on top."""
        if self._histogram is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tokens = self._store.tokens
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.data_quiet))
        for rect in self.bar_rects():
            painter.drawRect(rect)
        painter.setPen(QPen(QColor(tokens.line_strong), 1))
        painter.drawLine(QPointF(0, CHART + 0.5), QPointF(self.width(), CHART + 0.5))
        self._paint_ticks(painter)
        self._paint_median(painter)

    def ticks(self) -> list[tuple[float, str]]:
        """Position and text of the axis' numbers."""
        if self._histogram is None:
            return []
        edges, texts = self._histogram.edges, self._store.texts
        pitch = self.width() / max(len(edges) - 1, 1)
        every = max(1, -(-(len(edges) - 1) // (MOST_TICKS - 1)))
        places = list(range(0, len(edges), every))
        if places[-1] != len(edges) - 1:
            if len(edges) - 1 - places[-1] < every * 0.75 and len(places) > 2:
                places.pop()
            places.append(len(edges) - 1)
        last = len(edges) - 1
        words = {i: "0" if edges[i] == 0 else texts.duration(edges[i]) for i in places}
        if self._histogram.open_ended:
            words[last] = words[last].replace(NARROW_SPACE, f"+{NARROW_SPACE}")
        return [(i * pitch, words[i]) for i in places]

    def _paint_ticks(self, painter: QPainter) -> None:
        axis = font("axis", self._store.appearance)
        metrics = QFontMetricsF(axis)
        painter.setFont(axis)
        painter.setPen(QColor(self._store.tokens.ink_2))
        for x, words in self.ticks():
            width = metrics.horizontalAdvance(words)
            left = min(max(x - width / 2, 0), self.width() - width)
            painter.drawText(QPointF(left, CHART + 4 + metrics.ascent()), words)

    def _paint_median(self, painter: QPainter) -> None:
        if self._median is None:
            return
        x = self.x_of(self._median)
        painter.setPen(QPen(QColor(self._store.tokens.ink), 1.5))
        painter.drawLine(QPointF(x, 3), QPointF(x, CHART))
        bold = font("tag", self._store.appearance)
        metrics = QFontMetricsF(bold)
        width = metrics.horizontalAdvance(self.median_words)
        left = x + 6 if x + 6 + width <= self.width() else x - 6 - width
        painter.setFont(bold)
        plate = QRectF(left - 2, 0, width + 4, metrics.height())
        painter.fillRect(plate, QColor(self._store.tokens.surface))
        painter.setPen(QColor(self._store.tokens.ink))
        painter.drawText(QPointF(left, metrics.ascent()), self.median_words)

    def event(self, event: QEvent) -> bool:
        """A tool tip for each bar: its span and count."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.words_at(event.pos().x()), self)
            return True
        return super().event(event)

    def words_at(self, x: float) -> str:
        """What the bar at a place says."""
        if self._histogram is None or not self._histogram.counts:
            return ""
        i = min(max(int(x / self.width() * len(self._histogram.counts)), 0), len(self._histogram.counts) - 1)
        texts, edges, n = self._store.texts, self._histogram.edges, self._histogram.counts[i]
        if self._histogram.open_ended and i == len(self._histogram.counts) - 1:
            return texts("{low} or more: {n} transitions", low=texts.duration(edges[i]), n=n)
        return texts("{low} to {high}: {n} transitions", low=texts.duration(edges[i]), high=texts.duration(edges[i + 1]), n=n)
