"""The inspector: the numbers of the selected step or path, a small histogram, their definition, and what one can do with it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontMetrics, QShowEvent
from PySide6.QtWidgets import QLabel, QPushButton, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from engine.errors import N_, SagsflowError
from engine.log.selection import HasActivity
from engine.process_map.values import END, START, Metric, Times
from engine.service.messages import Neighbour, PathDetails, PathQuery, StepDetails, StepQuery
from gui.map.histogram import HistogramChart
from gui.map.rework_rows import path_rework_rows, step_rework_rows
from gui.map.words import CLOCK, DEFINITIONS, METRIC_NAMES
from gui.store import PathSelected, Selected, StepSelected, Store
from gui.theme import font
from gui.widgets.definition import explain
from gui.widgets.panel import Panel
from gui.widgets.parts import button, clear_layout, column, hairline, icon_button, icon_label, iconed, label, row, set_icon, set_picture
from gui.widgets.whole_rows import WholeRows

MOST_NEIGHBOURS = 6
SIDE, TOP = 20, 18
Details = StepDetails | PathDetails


class Inspector(Panel):
    """Right of the page. It follows the store's selected step or path and asks the engine for its numbers."""

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(store, "dock", parent)
        self.details: Details | None = None
        self._asked: StepQuery | PathQuery | None = None
        self._error = ""
        self.tag, self.title, self.line = label("tag"), label("card_title", wrap=True), label("small", wrap=True)
        show_names(self.title)
        self.title.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.close_button: QToolButton = icon_button()
        self.close_button.clicked.connect(lambda: self.store.select(None))
        self.chart_title = label("small_label")
        self.chart = HistogramChart(store)
        self.chart_note = label("axis", wrap=True)
        self._rows = column(0)
        self._lists = column(0)
        self.note = label("small", wrap=True)
        self._note_icon = icon_label("info", store.tokens.ink_2, 16)
        self.only_with: QPushButton = button("plain")
        self.only_without: QPushButton = button("plain")
        self.only_with.clicked.connect(lambda: self._filter(keep=True))
        self.only_without.clicked.connect(lambda: self._filter(keep=False))
        self.empty, self.hint = label("card_title", wrap=True), label("secondary", wrap=True)
        self._empty_icon = icon_label("route", store.tokens.ink_3, 32)
        self._empty, self._foot = QWidget(), QWidget()
        self._build()
        store.selected_changed.connect(self._ask)
        store.view_changed.connect(lambda names: self._ask() if "selection" in names else None)
        self.ready()

    def _build(self) -> None:
        self._body = QWidget()
        self._body.setProperty("kind", "surface")
        inner = column(0, (SIDE, TOP, SIDE, 12))
        top = row(8)
        top.addWidget(self.tag, 0, Qt.AlignmentFlag.AlignVCenter)
        top.addStretch()
        top.addWidget(self.close_button)
        inner.addLayout(top)
        for gap, widget in ((8, self.title), (4, self.line), (12, self.chart_title), (4, self.chart), (2, self.chart_note)):
            inner.addSpacing(gap)
            inner.addWidget(widget)
        inner.addSpacing(8)
        inner.addLayout(self._rows)
        inner.addLayout(self._lists)
        inner.addSpacing(12)
        note = row(8)
        note.addWidget(self._note_icon, 0, Qt.AlignmentFlag.AlignTop)
        note.addWidget(self.note, 1)
        inner.addLayout(note)
        inner.addStretch()
        for widget in (self.tag, self.title, self.line, self.chart_note, self.note):
            widget.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self._body.setLayout(inner)
        self._inner = inner
        area = WholeRows()
        area.setWidget(self._body)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.verticalScrollBar().rangeChanged.connect(self._keep_right_edge)
        self._area = area
        self._build_foot()
        self._build_empty()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(1, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(area, 1)
        outer.addWidget(self._empty, 1)
        outer.addWidget(self._foot)

    def _build_foot(self) -> None:
        """What one can do, under a line: the numbers scroll away beneath it."""
        buttons = column(8, (SIDE, 12, SIDE, 16))
        buttons.addWidget(self.only_with)
        buttons.addWidget(self.only_without)
        foot = column()
        foot.addWidget(hairline())
        foot.addLayout(buttons)
        self._foot.setLayout(foot)

    def _build_empty(self) -> None:
        inner = column(8, (SIDE, TOP, SIDE, TOP))
        inner.addStretch(2)
        inner.addWidget(self._empty_icon, 0, Qt.AlignmentFlag.AlignHCenter)
        for words in (self.empty, self.hint):
            words.setAlignment(Qt.AlignmentFlag.AlignCenter)
            inner.addWidget(words)
        inner.addStretch(3)
        self._empty.setLayout(inner)

    def _keep_right_edge(self) -> None:
        """The numbers end at the same place with a scroll bar beside them as without."""
        bar = self._area.verticalScrollBar()
        self._inner.setContentsMargins(SIDE, TOP, SIDE - (bar.sizeHint().width() if bar.maximum() else 0), 12)

    # ---- asking --------------------------------------------------------------------------------------------------------------

    def _ask(self) -> None:
        """Ask for the numbers of what is selected now; out of sight, that waits: every page has an inspector."""
        if not self.isVisible():
            return
        query = _query(self.store.selected, self.store)
        if query == self._asked and query is not None:
            return
        self._asked, self._error = query, ""
        if self.details is not None and (query is None or not _same_thing(self.details.query, query)):
            self.details = None
        self._body.setEnabled(self.details is None)
        self._write()
        if query is not None:
            self.store.jobs.ask(query, self._on_details, self._on_failed, N_("Numbers of the selected step or path"))

    def showEvent(self, event: QShowEvent) -> None:
        """Ask for what was selected meanwhile."""
        super().showEvent(event)
        self._ask()

    def _on_details(self, details: Details) -> None:
        if details.query == self._asked:
            self.details = details
            self._body.setEnabled(True)
            self._write()

    def _on_failed(self, error: Exception) -> None:
        texts = self.store.texts
        self._error = texts.error(error) if isinstance(error, SagsflowError) else texts("The calculation was stopped.")
        self._asked, self.details = None, None
        self._write()

    def _follow_filters(self) -> None:
        """A filter that is set already cannot be set again."""
        name, filters = self.details.name if isinstance(self.details, StepDetails) else "", self.store.view.selection.filters
        for target, other, keep in ((self.only_with, self.only_without, True), (self.only_without, self.only_with, False)):
            is_set = HasActivity(name, keep) in filters
            if is_set and target.hasFocus():
                other.setEnabled(True)
                other.setFocus(Qt.FocusReason.OtherFocusReason)
            target.setEnabled(not is_set)
            target.setToolTip(self.store.texts("This filter is set already.") if is_set else "")

    def _filter(self, keep: bool) -> None:
        if isinstance(self.details, StepDetails):
            self.store.add_filter(HasActivity(self.details.name, keep))

    # ---- writing -------------------------------------------------------------------------------------------------------------

    def retranslate(self) -> None:
        """Write everything in the language in force."""
        texts = self.store.texts
        self.close_button.setAccessibleName(texts("Close the numbers"))
        self.close_button.setToolTip(texts("Close the numbers"))
        self.only_with.setText(iconed(texts("Show only cases with this step")))
        self.only_without.setText(iconed(texts("Show only cases without this step")))
        self._write()

    def restyle(self) -> None:
        """Take icons and sizes from the appearance."""
        set_icon(self.close_button, "x", self.store.tokens.ink_2, self.sizes.icon_text)
        for name, target in (("funnel", self.only_with), ("eye-off", self.only_without)):
            set_icon(target, name, self.store.tokens.ink_2, self.sizes.icon_text)
        set_picture(self._note_icon, "info", self.store.tokens.ink_2, self.sizes.icon_text)
        self._write_sign()
        self.setMinimumWidth(min(self.sizes.inspector, 320))

    def _write_sign(self) -> None:
        tokens = self.store.tokens
        name, colour = ("diamond-alert", tokens.breached) if self._error else ("route", tokens.ink_3)
        set_picture(self._empty_icon, name, colour, self.sizes.icon_rail * 8 // 5)

    def _write(self) -> None:
        details, texts = self.details, self.store.texts
        clear_layout(self._rows)
        clear_layout(self._lists)
        waiting = self.store.selected is not None and not self._error
        chosen = waiting or bool(self._error)
        self.empty.setText(self._error or texts("Calculating …") if chosen else texts("Select a step or a path"))
        self.hint.setText("" if chosen else texts("Numbers and waiting times are shown here."))
        self.hint.setVisible(not chosen)
        self._empty_icon.setVisible(not waiting)
        self._write_sign()
        self._empty.setVisible(details is None)
        self._area.setVisible(details is not None)
        self._foot.setVisible(isinstance(details, StepDetails))
        self._follow_filters()
        if isinstance(details, StepDetails):
            self._write_step(details)
        elif isinstance(details, PathDetails):
            self._write_path(details)

    def _write_path(self, details: PathDetails) -> None:
        texts = self.store.texts
        self.tag.setText(texts("Path"))
        names = [_mark_name(details.query.source, details.source_name, texts), _mark_name(details.query.target, details.target_name, texts)]
        self.title.setText(f"{names[0]} →\n{names[1]}")
        n_cases = details.cases + details.cases_without
        share = texts.percent(details.cases / n_cases) if n_cases else "–"
        n = details.occurrences
        self.line.setText(texts.plural("{n} transition in {share} of the cases", "{n} transitions in {share} of the cases", n, share=share))
        self._write_chart(details, texts("Waiting time"), texts("from {source} to {target}", source=names[0], target=names[1]))
        self._write_times(details.times)
        self._row(texts("Cases"), texts.number(details.cases), texts(DEFINITIONS[Metric.CASES]))
        if details.max_repetitions > 1:
            name = texts(METRIC_NAMES[Metric.MAX_REPETITIONS])
            self._row(name, texts.number(details.max_repetitions), texts(DEFINITIONS[Metric.MAX_REPETITIONS]))
        for name, number, lines in path_rework_rows(details, texts):
            self._row(name, number, *lines)
        notes = [texts(CLOCK)] if details.times else [texts("No times are known for this path.")]
        if details.query.source in (START, END) or details.query.target in (START, END):
            notes = [texts("The first and the last step of a case have no waiting time before or after them.")]
        elif details.untimed and details.times:
            n = details.untimed
            notes.append(texts.plural("{n} transition without times is left out.", "{n} transitions without times are left out.", n))
        if details.cases_without:
            n = details.cases_without
            sentence = texts.plural(
                "{n} case does not have the path and is not included.", "{n} cases do not have the path and are not included.", n
            )
            notes.append(sentence)
        self.note.setText(" ".join(notes))

    def _write_step(self, details: StepDetails) -> None:
        texts = self.store.texts
        self.tag.setText(texts("Step"))
        self.title.setText(details.name)
        share = texts.percent(details.cases / details.n_cases) if details.n_cases else "–"
        shown = texts("{n} cases, {share} of those shown", n=details.cases, share=share)
        self.line.setText(shown if details.n_cases else texts("No case meets all the filters at once."))
        self._write_chart(details, texts("Waiting time before the step"), texts("from the event before, in the same case"))
        rows = [
            (texts("Events"), details.occurrences, texts("How many times the step occurs.")),
            (texts("Directly again"), details.self_loops, texts("How many times the step follows directly after itself.")),
            (texts("Most in one case"), details.max_repetitions, texts("The most times that one and the same case has the step.")),
            (texts("Cases start here"), details.start_cases, texts("Cases whose first event is the step.")),
            (texts("Cases end here"), details.end_cases, texts("Cases whose last event is the step.")),
        ]
        if details.waiting_before:
            self._write_times(details.waiting_before)
        for name, value, meaning in rows:
            self._row(name, texts.number(value), meaning)
        for name, number, lines in step_rework_rows(details, texts):
            self._row(name, number, *lines)
        if details.service:
            meaning = texts("Time between the start and the end of the step, in half of the events at most this long.")
            self._row(texts("Time in the step, median"), texts.long_duration(details.service.median), meaning)
        self._partners(details)
        self._neighbours(texts("Before"), details.before, lambda other: PathSelected(other, details.query.step))
        self._neighbours(texts("After"), details.after, lambda other: PathSelected(details.query.step, other))
        n = details.n_cases - details.cases
        left_out = texts.plural(
            "{n} case does not have the step and is not included.", "{n} cases do not have the step and are not included.", n
        )
        self.note.setText(f"{texts(CLOCK)} {left_out}" if n else texts(CLOCK))

    def _write_chart(self, details: Details, title: str, note: str) -> None:
        """The histogram; where all waiting times are the same, a sentence says it better than one bar."""
        times, texts = details.waiting_before if isinstance(details, StepDetails) else details.times, self.store.texts
        alike = times is not None and times.min == times.max
        self.chart.show_histogram(None if alike else details.histogram, times.median if times else None)
        self.chart_title.setText(title)
        if times is not None and alike:
            time = texts.long_duration(times.max)
            note = texts.plural("The only waiting time is {time}.", "All {n} waiting times are {time}.", times.n, time=time)
        self.chart_note.setText(note)
        for widget in (self.chart_title, self.chart_note):
            widget.setVisible(details.histogram is not None and any(details.histogram.counts))

    def _write_times(self, times: Times | None) -> None:
        if times is None:
            return
        texts = self.store.texts
        rows = (
            (texts("Median"), times.median, Metric.MEDIAN),
            (texts("Mean"), times.mean, Metric.MEAN),
            (texts("90% are within"), times.p90, Metric.P90),
            (texts("Longest"), times.max, Metric.MAX),
            (texts("Waiting time in all"), times.total, Metric.TOTAL),
        )
        for name, seconds, metric in rows:
            timed = texts("n = {n} timed transitions.", n=times.n)
            self._row(name, texts.long_duration(seconds), texts(DEFINITIONS[metric]), timed, texts(CLOCK))

    def _row(self, name: str, value: str, *meaning: str) -> None:
        """One number: its name left, the value right, its meaning when pointed at."""
        holder = QWidget()
        line = row(8, (0, 5, 0, 5))
        line.addWidget(label("secondary", name))
        line.addStretch()
        line.addWidget(label("body_strong", value))
        holder.setLayout(line)
        explain(holder, name, list(meaning))
        holder.setAccessibleName(f"{name}: {value}")
        self._rows.addWidget(holder)
        self._rows.addWidget(hairline())

    def _partners(self, details: StepDetails) -> None:
        """The steps that take turns with this one; a click selects the path to them."""
        if details.rework is not None:
            pairs = tuple(Neighbour(pair.step, pair.name, pair.turns) for pair in details.rework.partners)
            self._neighbours(self.store.texts("Back and forth with"), pairs, lambda other: PathSelected(details.query.step, other))

    def _neighbours(self, title: str, neighbours: tuple[Neighbour, ...], path: Callable[[int], PathSelected]) -> None:
        """The most frequent steps before or after; a click selects the path."""
        if not neighbours:
            return
        texts = self.store.texts
        self._lists.addSpacing(14)
        self._lists.addWidget(label("small_label", title))
        for one in neighbours[:MOST_NEIGHBOURS]:
            number = label("body_strong", texts.number(one.occurrences))
            link = button("text", self._cut(_mark_name(one.step, one.name, texts), number))
            show_names(link)
            link.setToolTip(one.name)
            link.setStyleSheet("QPushButton { padding: 2px 0; font-weight: 400; }")
            chosen = path(one.step)
            link.clicked.connect(lambda _checked=False, chosen=chosen: self.store.select(chosen))
            line = row(8, (0, 3, 0, 3))
            line.addWidget(link)
            line.addStretch()
            line.addWidget(number)
            self._lists.addLayout(line)
        rest = len(neighbours) - MOST_NEIGHBOURS
        if rest > 0:
            self._lists.addWidget(label("least", texts.plural("and {n} more step", "and {n} more steps", rest)))

    def _cut(self, name: str, number: QLabel) -> str:
        """A name as long as it finds room beside its number; a cut one keeps both its ends."""
        appearance = self.store.appearance
        taken = QFontMetrics(font("body_strong", appearance)).horizontalAdvance(number.text()) + 16
        room = self.sizes.inspector - 2 * SIDE - taken
        return QFontMetrics(font("body", appearance)).elidedText(name, Qt.TextElideMode.ElideMiddle, room)


def _query(selected: Selected, store: Store) -> StepQuery | PathQuery | None:
    if isinstance(selected, StepSelected):
        return StepQuery(selected.step, store.view.selection)
    if isinstance(selected, PathSelected):
        return PathQuery(selected.source, selected.target, store.view.selection)
    return None


def _same_thing(one: StepQuery | PathQuery, other: StepQuery | PathQuery) -> bool:
    """Whether two questions are about the same step or path, under whatever selection."""
    if isinstance(one, StepQuery) and isinstance(other, StepQuery):
        return one.step == other.step
    if isinstance(one, PathQuery) and isinstance(other, PathQuery):
        return (one.source, one.target) == (other.source, other.target)
    return False


def _mark_name(step: int, name: str, texts: Callable[[str], str]) -> str:
    return {START: texts("Start"), END: texts("End")}.get(step, name)


def show_names(widget: QWidget) -> None:
    """Let a widget show names of steps: figures of equal width would set their hyphens far apart."""
    made = widget.font()
    made.setFeature(QFont.Tag("tnum"), 0)
    widget.setFont(made)
