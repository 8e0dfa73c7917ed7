"""Figures: key figures, how long cases take, what happens over time, and how often each step occurs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QVBoxLayout, QWidget

from engine.errors import N_
from engine.service.messages import Histogram, Numbers, NumbersQuery
from engine.texts import DAY, HOUR, MINUTE, Texts
from gui.store import Store
from gui.theme import Appearance
from gui.turns import Rank
from gui.widgets.bars import Bar, Bars
from gui.widgets.chart_library import chart_library
from gui.widgets.data_page import DataPage
from gui.widgets.key_figure import KeyFigure
from gui.widgets.parts import clear_layout, column, label, row

if TYPE_CHECKING:
    from gui.widgets.chart import Chart

UNITS = ((DAY, N_("days")), (HOUR, N_("hours")), (MINUTE, N_("minutes")), (1.0, N_("seconds")))
PERIODS = {"day": N_("Cases per day"), "week": N_("Cases per week"), "month": N_("Cases per month"), "year": N_("Cases per year")}
SHOWN_STEPS = 10
NARROW, NARROW_PROJECTOR = 820, 1150
"""Px of width below which the charts stand one above the other."""
SAMPLE_GAP = 8
"""Px between a legend's sample and its name."""


class NumbersPage(DataPage):
    """Key figures on top, charts below."""

    title = N_("Calculating figures")

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self._answer: Numbers | None = None
        self._title = label("page_title")
        self._figures = [KeyFigure() for _ in range(6)]
        self._durations, self._over_time, self._events = ChartCard(), ChartCard(), ChartCard()
        self._steps = ChartCard()
        self._bars = Bars(store)
        self._build()
        chart_library().loaded.connect(self._draw)
        self.ready()

    def _build(self) -> None:
        self._figure_grid, self._chart_grid = QGridLayout(), QGridLayout()
        for grid in (self._figure_grid, self._chart_grid):
            grid.setSpacing(12)
            grid.setContentsMargins(0, 0, 0, 0)
        self._steps.place.addWidget(self._bars)
        self._steps.place.addStretch()
        inside = QWidget()
        inside.setProperty("kind", "scrolled")
        layout = column(12, (20, 18, 20, 20))
        layout.addWidget(self._title)
        layout.addLayout(self._figure_grid)
        layout.addLayout(self._chart_grid, 1)
        inside.setLayout(layout)
        scroll = self._scroll = QScrollArea()
        scroll.setWidget(inside)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        outer = column()
        outer.addWidget(scroll)
        self.content.setLayout(outer)
        self._arrange(narrow=False)

    def _arrange(self, narrow: bool) -> None:
        """Two charts and six figures beside each other; half as many where they would run out of the page."""
        self._narrow = narrow
        charts = (self._durations, self._over_time, self._events, self._steps)
        for grid, cards, abreast in ((self._figure_grid, self._figures, 6), (self._chart_grid, charts, 2)):
            across = abreast // 2 if narrow else abreast
            for number, card in enumerate(cards):
                grid.addWidget(card, *divmod(number, across))
            for place in range(abreast):
                grid.setColumnStretch(place, int(place < across))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Arrange the cards by the room."""
        super().resizeEvent(event)
        limit = NARROW_PROJECTOR if self.store.appearance is Appearance.PROJECTOR else NARROW
        if (narrow := self.width() < limit) != self._narrow:
            self._arrange(narrow)

    # ---- data ----------------------------------------------------------------------------------------------------------------

    def question(self) -> NumbersQuery:
        """All figures of the selection."""
        return NumbersQuery(self.store.view.selection, self.store.timezone)

    def show_answer(self, answer: Numbers) -> None:
        """Show figures now and charts as soon as they can be drawn."""
        self._answer = answer
        chart_library().load()
        self._write()
        self._draw()

    def clear(self) -> None:
        """Forget the figures."""
        self._answer = None
        self._bars.set_bars(())
        for card in (self._durations, self._over_time, self._events):
            card.drop()
        for figure in self._figures:
            figure.show_figure("–", "", [])

    def retranslate(self) -> None:
        """Write everything anew."""
        super().retranslate()
        self._title.setText(self.store.texts("Figures"))
        self._scroll.setAccessibleName(self._title.text())
        self._write()
        self._draw()

    def restyle(self) -> None:
        """Charts take their colours when drawn."""
        for card in (self._durations, self._over_time, self._events):
            card.drop()

    # ---- figures -------------------------------------------------------------------------------------------------------------

    def _write(self) -> None:
        texts, answer = self.store.texts, self._answer
        if answer is None:
            return
        times = answer.durations
        clock = texts("Clock: calendar time.")
        timed = texts("n = {n} cases with at least one timed event.", n=times.n) if times else ""
        left_out = texts("Left out: {n} cases without times.", n=answer.n_cases - times.n) if times and times.n < answer.n_cases else ""
        none = "–"
        figures = (
            (texts.number(answer.n_cases), texts("cases"), [texts("Cases of the selection.")]),
            (texts.number(answer.n_events), texts("events"), [texts("All events of these cases.")]),
            (texts.number(answer.n_variants), texts("variants"), [texts("Different sequences of steps among these cases.")]),
            (texts.duration(times.median) if times else none, texts("median duration"),
             [texts("Half of the cases take at most this long from first to last event."), timed, left_out, clock]),
            (texts.duration(times.mean) if times else none, texts("mean duration"),
             [texts("The sum of all durations divided by the number of cases."), timed, left_out, clock]),
            (texts.duration(times.p90) if times else none, texts("90% take at most"),
             [texts("Nine out of ten cases take at most this long."), timed, left_out, clock]),
        )  # fmt: skip
        for card, (number, name, lines) in zip(self._figures, figures, strict=True):
            card.show_figure(number, name, lines)
        self._write_steps(answer)

    def _write_steps(self, answer: Numbers) -> None:
        texts = self.store.texts
        ranked = sorted(answer.activities, key=lambda activity: -activity.occurrences)
        shown = ranked[:SHOWN_STEPS]
        self._bars.set_bars(
            Bar(
                one.name,
                float(one.occurrences),
                texts.number(one.occurrences),
                texts("{name}: {n} times in {cases} cases", name=one.name, n=one.occurrences, cases=one.cases),
            )
            for one in shown
        )
        rest = len(ranked) - len(shown)
        below = texts("Occurrences of each step")
        if rest > 0:
            below += ". " + texts.plural("{n} rarer step is not shown.", "{n} rarer steps are not shown.", rest)
        self._steps.show_title(texts("How often does each step occur?"), below)

    @property
    def is_drawn(self) -> bool:
        """Whether every chart stands that the answer calls for."""
        answer = self._answer
        if answer is None:
            return True
        histogram, over_time = answer.duration_histogram, answer.over_time
        wanted = (
            (self._durations, answer.durations is not None and histogram is not None and bool(histogram.counts)),
            (self._over_time, over_time is not None and bool(over_time.starts)),
            (self._events, bool(answer.events_per_case.counts)),
        )
        return all(card.has_chart for card, is_wanted in wanted if is_wanted)

    # ---- charts --------------------------------------------------------------------------------------------------------------

    def _draw(self) -> None:
        """Draw each chart in a turn of its own, so that the window answers in between."""
        if self._answer is None or not chart_library().is_loaded:
            return
        rank = Rank.SEEN if self.isVisible() else Rank.HIDDEN
        for draw in (self._draw_durations, self._draw_over_time, self._draw_events):
            self.store.turns.add(rank, self, draw)

    def _draw_durations(self) -> None:
        answer = self._answer
        if answer is None:
            return
        texts, times, histogram = self.store.texts, answer.durations, answer.duration_histogram
        card = self._durations
        if times is None or histogram is None or not histogram.counts:
            card.show_title(texts("How long do cases take?"), texts("The log has no times."))
            card.drop()
            return
        scale, unit = _unit(histogram.edges[-1])
        card.show_title(texts("How long do cases take?"), texts("Cases by duration in {unit}, first to last event", unit=texts(unit)))
        mark = (times.median / scale, texts("median {time}", time=texts.duration(times.median)))
        self._bars_of(card, histogram, scale, texts(unit), mark)

    def _draw_events(self) -> None:
        answer = self._answer
        if answer is None:
            return
        histogram = answer.events_per_case
        texts = self.store.texts
        self._events.show_title(texts("How many events do cases have?"), texts("Cases by number of events"))
        if histogram.counts:
            self._bars_of(self._events, histogram, 1.0, texts("events"), None)

    def _bars_of(self, card: ChartCard, histogram: Histogram, scale: float, unit: str, mark: tuple[float, str] | None) -> None:
        texts = self.store.texts
        edges = [edge / scale for edge in histogram.edges]
        single = scale == 1.0 and all(edges[i + 1] - edges[i] == 1 for i in range(len(edges) - 1))
        hints = [
            texts("{size} {unit}: {n} cases", size=_range(texts, edges[i], edges[i + 1], single=single), unit=unit, n=n)
            for i, n in enumerate(histogram.counts)
        ]
        if histogram.open_ended and hints:
            first = _short(texts, edges[-2])
            hints[-1] = texts("{first} {unit} or more: {n} cases", first=first, unit=unit, n=histogram.counts[-1])
        places = [edge - 0.5 for edge in edges] if single else edges
        chart = card.chart(self.store)
        last = _short(texts, edges[-2]) + "+" if histogram.open_ended and hints else ""
        chart.show_bars(places, histogram.counts, lambda value: _short(texts, value), hints, mark, last)

    def _draw_over_time(self) -> None:
        answer = self._answer
        if answer is None:
            return
        over_time = answer.over_time
        texts, tokens = self.store.texts, self.store.tokens
        card = self._over_time
        if over_time is None or not over_time.starts:
            card.show_title(texts("What happens over time?"), texts("The log has no times."))
            card.drop()
            return
        from gui.widgets.chart import Line

        per = texts(PERIODS[over_time.unit])
        lines = (
            Line(texts("active"), over_time.active, tokens.data_quiet),
            Line(texts("started"), over_time.started, tokens.accent),
            Line(texts("ended"), over_time.ended, tokens.breached, dashed=True),
        )
        card.show_title(texts("What happens over time?"), per)
        card.show_legend([(line.name, line.colour, line.dashed) for line in lines])
        xs = [start / 1e6 for start in over_time.starts]
        hints = [
            texts("{day}: {started} started, {ended} ended, {active} active", day=texts.date(start, self.store.timezone),
                  started=over_time.started[i], ended=over_time.ended[i], active=over_time.active[i])
            for i, start in enumerate(over_time.starts)
        ]  # fmt: skip
        card.chart(self.store).show_lines(xs, lines, str, month_ticks(xs[0], xs[-1], self.store.timezone, texts), hints)


class LineSample(QWidget):
    """A short piece of a chart's line, for its legend."""

    def __init__(self, colour: str, *, dashed: bool) -> None:
        super().__init__()
        self._pen = QPen(QColor(colour), 2, Qt.PenStyle.DashLine if dashed else Qt.PenStyle.SolidLine)
        if dashed:
            self._pen.setDashPattern([3, 2])
        self._pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        self.setFixedSize(26, 16)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the line."""
        painter = QPainter(self)
        painter.setPen(self._pen)
        painter.drawLine(0, self.height() // 2, self.width(), self.height() // 2)


class ChartCard(QFrame):
    """A card with a title, a line below it, a legend and a chart."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        self._title = label("card_title")
        self._below = label("small")
        self._legend = row(SAMPLE_GAP)
        self.place: QVBoxLayout = column()
        self._chart: QWidget | None = None
        head = row(8)
        head.addWidget(self._below)
        head.addStretch()
        head.addLayout(self._legend)
        layout = column(0, (20, 16, 20, 14))
        layout.addWidget(self._title)
        layout.addSpacing(2)
        layout.addLayout(head)
        layout.addSpacing(10)
        layout.addLayout(self.place, 1)
        self.setLayout(layout)

    def show_title(self, title: str, below: str) -> None:
        """Show ready texts."""
        self._title.setText(title)
        self._below.setText(below)
        self.setAccessibleName(f"{title} {below}")

    def show_legend(self, entries: list[tuple[str, str, bool]]) -> None:
        """Names with their colours; dashed lines have a dashed sample."""
        clear_layout(self._legend)
        for i, (name, colour, dashed) in enumerate(entries):
            self._legend.addSpacing(2 * SAMPLE_GAP if i else 0)
            self._legend.addWidget(LineSample(colour, dashed=dashed))
            self._legend.addWidget(label("small", name))

    def chart(self, store: Store) -> Chart:
        """The card's chart, made on first use."""
        from gui.widgets.chart import Chart

        if not isinstance(self._chart, Chart):
            self._chart = Chart(store)
            self.place.addWidget(self._chart, 1)
        return self._chart

    @property
    def has_chart(self) -> bool:
        """Whether a chart stands here."""
        return self._chart is not None

    def drop(self) -> None:
        """Take the chart away; the next one is drawn afresh."""
        if self._chart is not None:
            clear_layout(self.place)
            self._chart = None


def month_ticks(first: float, last: float, timezone: str, texts: Texts) -> list[tuple[float, str]]:
    """At most seven ticks at the beginnings of months or years between two moments (POSIX seconds)."""
    zone = ZoneInfo(timezone)
    start, end = (datetime.fromtimestamp(moment, UTC).astimezone(zone) for moment in (first, last))
    months = (end.year - start.year) * 12 + end.month - start.month
    step = next((step for step in (1, 2, 3, 6, 12, 24, 60, 120, 240, 600) if months / step <= 7), 1200)
    made = []
    for month in range(start.year * 12 // step * step, (end.year + 1) * 12 + 1, step):
        if not 1 <= month // 12 <= 9998:
            continue
        moment = datetime(month // 12, month % 12 + 1, 1, tzinfo=zone)
        if first <= moment.timestamp() <= last:
            made.append((moment.timestamp(), _month(moment, texts) if step < 12 else str(moment.year)))
    if not made:
        made = [(first, texts.date(int(first * 1e6), timezone)), (last, texts.date(int(last * 1e6), timezone))]
    return made


def _month(moment: datetime, texts: Texts) -> str:
    from babel.dates import format_date

    return str(format_date(moment.date(), "MMM y", locale=texts.language))


def _unit(largest: float) -> tuple[float, str]:
    """The unit in which a scale up to `largest` seconds reads best."""
    return next(((size, name) for size, name in UNITS if largest >= 2 * size), UNITS[-1])


def _range(texts: Texts, first: float, last: float, *, single: bool) -> str:
    """What one bar holds: a single count, or a range."""
    return _short(texts, first) if single else f"{_short(texts, first)}–{_short(texts, last)}"


def _short(texts: Texts, value: float) -> str:
    return texts.number(value) if value >= 10 or float(value).is_integer() else texts.number(value, 1)
