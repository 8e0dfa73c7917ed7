"""The timeline of a playback: a histogram of events, the moment that is shown, and the hand that moves it."""

from __future__ import annotations

from bisect import bisect_right

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from engine.service.messages import Playback
from gui.map.playback_words import moment_words, tick_words
from gui.map.stage import STAGE
from gui.store import Store
from gui.theme import font
from gui.widgets.focus_ring import last_input_was_a_key

SIDE = 10.0
"""Px left and right, so that the first and last label have room."""
FAR = 10
"""Bins that Page up and Page down go."""
LABEL_GAP = 26
EVEN = 1, 2, 3, 6, 12
"""Every so many months, days or hours have a label, where that is enough."""


class PlaybackTimeline(QWidget):
    """Drag or press to go to a moment; arrow keys go one bar, Page up and down ten, Home and End to the ends, up and down change speed."""

    wanted = Signal(object)
    """The user wants this moment (microseconds; an object, because Qt's int is too small)."""
    held = Signal(bool)
    """The hand is on the timeline, or has let go."""
    toggled = Signal()
    faster = Signal(int)

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self.played: Playback | None = None
        self.moment = 0
        self._labels: list[tuple[float, str]] = []
        self._labelled_for: tuple[object, ...] = ()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setProperty("own_focus_ring", True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def sizeHint(self) -> QSize:
        """Bars and labels."""
        return QSize(400, 50 + self._label_height())

    def _label_height(self) -> int:
        return QFontMetrics(font("axis", self._store.appearance)).height() + 4

    # ---- what it shows -------------------------------------------------------------------------------------------------------

    def show_played(self, played: Playback | None) -> None:
        """Another playback."""
        self.played = played
        self._labelled_for = ()
        self.update()

    def set_moment(self, moment: int) -> None:
        """Move the mark."""
        if moment != self.moment:
            self.moment = moment
            self.update()

    @property
    def _bars(self) -> QRectF:
        return QRectF(SIDE, 4, max(self.width() - 2 * SIDE, 1.0), self.height() - 8 - self._label_height())

    def x_of(self, moment: int) -> float:
        """Where a moment stands, px."""
        if self.played is None:
            return SIDE
        first, last = self.played.first, max(self.played.last, self.played.first + 1)
        return SIDE + self._bars.width() * (moment - first) / (last - first)

    def moment_at(self, x: float) -> int:
        """The moment at a place, within the period."""
        if self.played is None:
            return 0
        share = min(max((x - SIDE) / self._bars.width(), 0.0), 1.0)
        return self.played.first + round(share * (self.played.last - self.played.first))

    def bin_at(self, moment: int) -> int:
        """The bar that a moment belongs to."""
        edges = self.played.edges if self.played else (0, 1)
        return min(max(bisect_right(edges, moment) - 1, 0), len(edges) - 2)

    def words_at(self, moment: int) -> str:
        """The bar at a moment in words: its first day and its events."""
        if self.played is None:
            return ""
        texts, at = self._store.texts, self.bin_at(moment)
        day = moment_words(self.played.edges[at], self._store.timezone, texts, self.played.unit == "hour")
        return f"{day}\n{texts.plural('{n} event', '{n} events', self.played.events[at])}"

    # ---- the hand and the keys -----------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold."""
        if event.button() == Qt.MouseButton.LeftButton and self.played is not None:
            self.held.emit(True)
            self.wanted.emit(self.moment_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag."""
        if event.buttons() & Qt.MouseButton.LeftButton and self.played is not None:
            self.wanted.emit(self.moment_at(event.position().x()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.held.emit(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Scrub and play by keyboard."""
        if self.played is None:
            super().keyPressEvent(event)
            return
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_PageUp: -FAR, Qt.Key.Key_PageDown: FAR}
        speeds = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}
        key = Qt.Key(event.key())
        if key in steps:
            self.wanted.emit(self._moved(steps[key]))
        elif key in speeds:
            self.faster.emit(speeds[key])
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self.wanted.emit(self.played.first if key == Qt.Key.Key_Home else self.played.last)
        elif key == Qt.Key.Key_Space:
            self.toggled.emit()
        else:
            super().keyPressEvent(event)

    def _moved(self, bins: int) -> int:
        """The beginning of the bar so many further; one back goes to the beginning of the bar itself first."""
        assert self.played is not None  # noqa: S101
        at = self.bin_at(self.moment)
        if bins < 0 and self.moment > self.played.edges[at]:
            bins += 1
        return self.played.edges[min(max(at + bins, 0), len(self.played.edges) - 1)]

    def event(self, event: QEvent) -> bool:
        """The tool tip says what happened then."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip and self.played is not None:
            QToolTip.showText(event.globalPos(), self.words_at(self.moment_at(event.pos().x())), self)
            return True
        return super().event(event)

    # ---- looks ---------------------------------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Bars, labels, the mark of the moment, the ring of the keyboard."""
        painter = QPainter(self)
        bars = self._bars
        painter.fillRect(QRectF(bars.left(), bars.bottom(), bars.width(), 1), QColor(STAGE.line_strong))
        if self.played is not None:
            self._paint_bars(painter, bars)
            self._paint_labels(painter, bars)
            x = round(self.x_of(self.moment))
            painter.fillRect(QRectF(x - 1, 0, 2, bars.bottom() + 3), QColor(STAGE.ink))
        if self.hasFocus() and last_input_was_a_key():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(STAGE.accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 8, 8)

    def _paint_bars(self, painter: QPainter, bars: QRectF) -> None:
        assert self.played is not None  # noqa: S101
        most = max(self.played.events, default=0) or 1
        past, coming = QColor(STAGE.data_strong), QColor(STAGE.data_quiet)
        mark = self.x_of(self.moment)
        for begin, end, n in zip(self.played.edges, self.played.edges[1:], self.played.events, strict=False):
            left, right = max(self.x_of(begin), bars.left()), min(self.x_of(end), bars.right())
            if n <= 0 or right <= left:
                continue
            height = max(bars.height() * n / most, 1.5)
            gap = min((right - left) * 0.2, 2.0)
            box = QRectF(left + gap / 2, bars.bottom() - height, right - left - gap, height)
            painter.fillRect(box, past if right <= mark else coming)
            if left < mark < right:
                painter.fillRect(QRectF(box.left(), box.top(), max(mark - box.left(), 0.0), height), past)

    def _paint_labels(self, painter: QPainter, bars: QRectF) -> None:
        painter.setFont(font("axis", self._store.appearance))
        painter.setPen(QColor(STAGE.ink_2))
        baseline = bars.bottom() + 4 + painter.fontMetrics().ascent()
        for x, words in self._ticks(painter.fontMetrics()):
            painter.drawText(QPointF(x, baseline), words)

    def _ticks(self, metrics: QFontMetrics) -> list[tuple[float, str]]:
        """Labels and their left ends, where their bars begin: as many as have room."""
        state = (self.played, self.width(), self._store.texts.language, metrics.height())
        if self._labelled_for == state or self.played is None:
            return self._labels
        played, unit = self.played, self.played.unit
        shown = [edge for edge in played.edges[:-1] if edge >= played.first]
        widest = metrics.horizontalAdvance(tick_words(shown[0] if shown else played.first, unit, self._store.timezone, self._store.texts))
        marked = [(edge, tick_words(edge, unit, self._store.timezone, self._store.texts)) for edge in shown]
        marked = [one for one, (_, before) in zip(marked, [(0, ""), *marked], strict=False) if one[1] != before]
        room = max(int(self._bars.width()) // (widest + LABEL_GAP), 1)
        every = next((n for n in EVEN if len(marked) <= n * room), -(-len(marked) // room))
        self._labels, free, before = [], 0.0, ""
        for edge, words in marked[::every]:
            width = metrics.horizontalAdvance(words)
            x = min(self.x_of(edge), self.width() - width)
            if words != before and x >= free:
                self._labels.append((x, words))
                free, before = x + width + LABEL_GAP / 2, words
        self._labelled_for = state
        return self._labels
