"""Where a finding is: units down, months across, the darker the larger the share. Squares of too few cases are hatched, not told."""

from __future__ import annotations

from bisect import bisect_left

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QFocusEvent, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from engine.errors import N_
from engine.quality.values import HeatSquare, HeatTable, Square
from engine.texts import Texts
from gui.store import Store
from gui.theme import font

ROW, ROW_LARGE, AXIS, AXIS_LARGE = 18, 28, 18, 26
LEAST_NAMED = 0.32
"""Share of the width that names of units take at most."""
NUMBERED = 21
"""Px of a square from which on its number is written in it."""
PITCH = 6
MONTHS = (
    N_("January"), N_("February"), N_("March"), N_("April"), N_("May"), N_("June"), N_("July"), N_("August"), N_("September"),
    N_("October"), N_("November"), N_("December"),
)  # fmt: skip
STEPS = {Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1), Qt.Key.Key_Up: (-1, 0), Qt.Key.Key_Down: (1, 0)}


def period_name(texts: Texts, period: str, months: int) -> str:
    """A month, a quarter, a half year or years in words."""
    year, month = (int(part) for part in period.split("-"))
    if months == 1:
        return f"{texts(MONTHS[month - 1])} {year}"
    if months >= 12:
        return str(year) if months == 12 else f"{year}–{year + months // 12 - 1}"
    last = texts(MONTHS[month + months - 2])
    return f"{texts(MONTHS[month - 1])}–{last} {year}"


def square_sentence(texts: Texts, table: HeatTable, unit: int, period: int) -> str:
    """What one square tells, in words."""
    square = table.squares[unit][period]
    name = table.units[unit] or texts("All units" if len(table.units) == 1 else "Other units")
    place = f"{name}, {period_name(texts, table.periods[period], table.months)}"
    if square.state is Square.NONE:
        return texts("{place}: nothing happened", place=place)
    if square.state is Square.HIDDEN or square.share is None:
        return texts("{place}: too few cases to tell, or too easily worked out from others", place=place)
    told = texts("{place}: {share} of what happened", place=place, share=texts.percent(square.share / 100))
    if square.lag is None or square.lag_p90 is None:
        return told
    lag = texts("registered after {median} days (median), nine of ten within {p90}", median=square.lag, p90=square.lag_p90)
    return f"{told}; {lag}"


class HeatChart(QWidget):
    """The drawn heat table; a square is chosen with the mouse or the arrow keys."""

    chosen = Signal(str)
    """What the square under the hand tells."""
    reached = Signal(QRectF)
    """Where that square is."""

    def __init__(self, store: Store) -> None:
        super().__init__()
        self._store = store
        self.table: HeatTable | None = None
        self.at = (0, 0)
        self._highest = 1
        self._measured: tuple[object, int] = (None, 0)
        """The widest name, and of which table, language and font it is."""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_table(self, table: HeatTable | None) -> None:
        """Show a table, or nothing."""
        self.table = table
        self.at = (0, 0)
        shares = [square.share or 0 for row in table.squares for square in row] if table is not None else []
        self._highest = max(1, *shares) if shares else 1
        self.updateGeometry()
        self.update()

    @property
    def highest(self) -> int:
        """The largest share in the table, in per cent."""
        return self._highest

    # ---- places ----------------------------------------------------------------------------------------------------------------

    @property
    def _row(self) -> int:
        return ROW_LARGE if self._store.appearance.is_large else ROW

    @property
    def _axis(self) -> int:
        return AXIS_LARGE if self._store.appearance.is_large else AXIS

    def sizeHint(self) -> QSize:
        """One row per unit, and the axis."""
        return QSize(400, self._row * len(self.table.units) + self._axis if self.table is not None else 0)

    def minimumSizeHint(self) -> QSize:
        """As high as the hint."""
        return QSize(200, self.sizeHint().height())

    def _names(self) -> float:
        wanted = (self.table, self._store.texts.language, self.font().key())
        if self._measured[0] != wanted:
            metrics = self.fontMetrics()
            self._measured = wanted, max((metrics.horizontalAdvance(name) for name in self._labels()), default=0)
        return min(self._measured[1] * 1.05 + 14, self.width() * LEAST_NAMED)

    def _labels(self) -> list[str]:
        if self.table is None:
            return []
        texts = self._store.texts
        return [name or texts("All units" if len(self.table.units) == 1 else "Other units") for name in self.table.units]

    def _area(self, unit: int, period: int) -> QRectF:
        n = len(self.table.periods) if self.table is not None else 1
        left = self._names()
        width = (self.width() - left) / n
        return QRectF(left + period * width, self._axis + unit * self._row, width, self._row)

    def square_at(self, x: float, y: float) -> tuple[int, int] | None:
        """The unit and period at a point, None beside the squares."""
        if self.table is None or x < self._names() or y < self._axis:
            return None
        n = len(self.table.periods)
        unit, period = int((y - self._axis) // self._row), int((x - self._names()) * n / max(1.0, self.width() - self._names()))
        return (unit, period) if 0 <= unit < len(self.table.units) and 0 <= period < n else None

    # ---- hands -----------------------------------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """Say what the square under the mouse tells."""
        if isinstance(event, QHelpEvent) and self.table is not None:
            found = self.square_at(event.pos().x(), event.pos().y())
            if found is not None:
                QToolTip.showText(event.globalPos(), square_sentence(self._store.texts, self.table, *found), self)
                return True
        return super().event(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the mouse."""
        found = self.square_at(event.position().x(), event.position().y())
        if found is not None:
            self._choose(found)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrow keys go from square to square."""
        step = STEPS.get(Qt.Key(event.key()))
        if step is None or self.table is None:
            super().keyPressEvent(event)
            return
        unit = min(max(self.at[0] + step[0], 0), len(self.table.units) - 1)
        period = min(max(self.at[1] + step[1], 0), len(self.table.periods) - 1)
        self._choose((unit, period))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Tell the square in force."""
        super().focusInEvent(event)
        self._choose(self.at)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """The ring goes."""
        super().focusOutEvent(event)
        self.update()

    def _choose(self, found: tuple[int, int]) -> None:
        if self.table is None:
            return
        self.at = found
        told = square_sentence(self._store.texts, self.table, *found)
        self.setAccessibleDescription(told)
        self.chosen.emit(told)
        self.reached.emit(self._area(*found))
        self.update()

    # ---- looks -----------------------------------------------------------------------------------------------------------------

    def colour(self, share: int) -> QColor:
        """The colour of a share: five classes up to the highest, nothing at all apart."""
        tokens = self._store.tokens
        if share == 0:
            return QColor(tokens.track)
        edges = [self._highest * part / 5 for part in range(1, 6)]
        return QColor(tokens.ramp_frequency[min(bisect_left(edges, share), 4)])

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw names, squares and the axis."""
        if self.table is None:
            return
        tokens, appearance = self._store.tokens, self._store.appearance
        painter = QPainter(self)
        self.setFont(font("small", appearance))
        painter.setFont(self.font())
        names = self._names()
        for unit, name in enumerate(self._labels()):
            painter.setPen(QColor(tokens.ink))
            shown = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, int(names) - 12)
            painter.drawText(QRectF(0, self._area(unit, 0).top(), names - 12, self._row), Qt.AlignmentFlag.AlignVCenter, shown)
        painter.setFont(font("node_number", appearance))
        for unit, row in enumerate(self.table.squares):
            for period, square in enumerate(row):
                self._paint_square(painter, self._area(unit, period).adjusted(0.5, 0.5, -0.5, -0.5), square)
        self._paint_axis(painter)
        if self.hasFocus():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(tokens.accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(self._area(*self.at).adjusted(-1, 0, 1, 0), 3, 3)

    def _paint_square(self, painter: QPainter, area: QRectF, square: HeatSquare) -> None:
        tokens = self._store.tokens
        if square.state is Square.NONE:
            return
        if square.state is Square.HIDDEN or square.share is None:
            paint_hatched(painter, area, QColor(tokens.line_strong))
            return
        colour = self.colour(square.share)
        painter.fillRect(area, colour)
        wide = NUMBERED * (1.4 if self._store.appearance.is_large else 1)
        if square.share and area.width() >= wide:
            painter.setPen(QColor(ink_on(colour)))
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter, str(square.share))

    def _paint_axis(self, painter: QPainter) -> None:
        if self.table is None:
            return
        tokens, texts = self._store.tokens, self._store.texts
        painter.setFont(font("axis", self._store.appearance))
        painter.setPen(QColor(tokens.ink_2))
        free = 0.0
        for period, name in enumerate(self.table.periods):
            year, month = name.split("-")
            area = self._area(0, period)
            text = year if month == "01" or period == 0 else texts(MONTHS[int(month) - 1])[:3].lower()
            if month not in {"01", "04", "07", "10"} and period:
                continue
            width = painter.fontMetrics().horizontalAdvance(text)
            if area.left() < free or area.left() + width > self.width():
                continue
            painter.drawText(QRectF(area.left(), 0, width + 2, self._axis - 2), Qt.AlignmentFlag.AlignVCenter, text)
            free = area.left() + width + 8


def paint_hatched(painter: QPainter, area: QRectF, colour: QColor) -> None:
    """A square that is not told: thin slanted lines."""
    painter.save()
    painter.setClipRect(area)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    faint = QColor(colour)
    faint.setAlphaF(0.55)
    painter.setPen(QPen(faint, 1))
    x = area.left() - area.height()
    while x < area.right():
        painter.drawLine(QPointF(x, area.bottom()), QPointF(x + area.height(), area.top()))
        x += PITCH
    painter.restore()


def ink_on(colour: QColor) -> str:
    """Black or white, whichever can be read on a colour (relative luminance of WCAG 2)."""
    parts = (colour.redF(), colour.greenF(), colour.blueF())
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return "#0A0A0A" if 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 else "#FFFFFF"


class HeatLegend(QWidget):
    """The five classes with the lowest and highest share, and what is hatched."""

    def __init__(self, store: Store, chart: HeatChart) -> None:
        super().__init__()
        self._store, self._chart = store, chart
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def _parts(self) -> tuple[str, str, str]:
        texts = self._store.texts
        return texts.percent(0), texts.percent(self._chart.highest / 100), texts("too few cases")

    def sizeHint(self) -> QSize:
        """One line."""
        self.setFont(font("small", self._store.appearance))
        metrics = self.fontMetrics()
        return QSize(sum(metrics.horizontalAdvance(part) for part in self._parts()) + 6 * 16 + 14 + 50, metrics.height() + 2)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the classes."""
        tokens = self._store.tokens
        painter = QPainter(self)
        painter.setFont(font("small", self._store.appearance))
        metrics, height = painter.fontMetrics(), self.height()
        least, most, few = self._parts()
        x = 0.0

        def write(text: str) -> None:
            nonlocal x
            painter.setPen(QColor(tokens.ink_2))
            painter.drawText(QRectF(x, 0, metrics.horizontalAdvance(text) + 2, height), Qt.AlignmentFlag.AlignVCenter, text)
            x += metrics.horizontalAdvance(text) + 8

        write(least)
        for colour in (tokens.track, *tokens.ramp_frequency):
            painter.fillRect(QRectF(x, (height - 12) / 2, 15, 12), QBrush(QColor(colour)))
            x += 16
        x += 6
        write(most)
        x += 8
        paint_hatched(painter, QRectF(x, (height - 12) / 2, 15, 12), QColor(tokens.line_strong))
        x += 21
        write(few)
