"""The panel on the map: what is coloured and counted, how many steps and paths, what that leaves out, and the legend."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QComboBox, QLabel, QSlider, QVBoxLayout, QWidget

from engine.errors import N_
from engine.process_map.values import TIME_METRICS, Metric
from engine.service.messages import MapAnswer
from gui.map.folding_panel import FoldingPanel
from gui.map.legend import make_legend
from gui.map.style import map_style
from gui.map.words import (
    METRIC_NAMES,
    REWORK,
    coverage_sentence,
    first_view_sentence,
    left_out_sentence,
    loops_sentence,
    prefix_sentence,
    spine_gap_sentence,
    spine_sentence,
)
from gui.store import Store
from gui.theme import font_px
from gui.widgets.definition import explain
from gui.widgets.parts import button, column, label, row

COMBO = "QComboBox { padding-left: 8px; padding-right: 0; } QComboBox::drop-down { width: 24px; }"
"""The longest name of a metric stands whole."""
COUNTS = tuple(metric for metric in Metric if not metric.is_time)
TIMES = tuple(metric for metric in Metric if metric in TIME_METRICS)
NONE = ""
FIELDS = {"colour": N_("Colour"), "label": N_("Number on the paths"), "second": N_("Second number")}


class AmountSlider(QWidget):
    """A slider over ranked things with its value in words, such as "18 af 21"."""

    moved = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.name, self.value = label("small_label"), label("small")
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.slider.valueChanged.connect(self.moved)
        top = row(4)
        top.addWidget(self.name)
        top.addStretch()
        top.addWidget(self.value)
        layout = column(2)
        layout.addLayout(top)
        layout.addWidget(self.slider)
        self.setLayout(layout)

    def show_amount(self, place: int, least: int, most: int, words: str) -> None:
        """Show where the slider stands, without telling it as a move; a thumb that is being held stays under the pointer.

        It begins at the least that is ever shown: every press of a key changes the map.
        """
        with QSignalBlocker(self.slider):
            self.slider.setRange(min(least, most), most)
            self.slider.setPageStep(max(1, (most - least) // 10))
            if not self.slider.isSliderDown():
                self.slider.setValue(place)
        self.slider.setEnabled(most > least)
        self.value.setText(words)
        self.slider.setAccessibleName(f"{self.name.text()}: {words}")


class Controls(FoldingPanel):
    """The panel, upper left on the map."""

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(store, parent)
        self.answer: MapAnswer | None = None
        self.colour, self.label, self.second = QComboBox(), QComboBox(), QComboBox()
        self._names = {name: label("small_label") for name in ("colour", "label", "second")}
        self.steps, self.paths = AmountSlider(), AmountSlider()
        self.coverage, self.left_out = label("small_strong", wrap=True), label("small", wrap=True)
        self.show_rest, self.show_default = button("text"), button("text")
        self.spine, self.prefix, self.loops = (label("least", wrap=True), label("least", wrap=True), label("small", wrap=True))
        self._build()
        for box, field in ((self.colour, "colour"), (self.label, "label"), (self.second, "second")):
            box.activated.connect(lambda _index, box=box, field=field: self._on_metric(box, field))
        self.steps.moved.connect(lambda n: self.store.change_view(steps=n))
        self.paths.moved.connect(lambda n: self.store.change_view(paths=n))
        self.show_rest.clicked.connect(self._on_show_rest)
        self.show_default.clicked.connect(lambda: self.store.change_view(steps=None, paths=None))
        store.view_changed.connect(self._on_view)
        store.opened_changed.connect(lambda: self._on_view(frozenset(FIELDS)))
        self.ready()

    def _build(self) -> None:
        links = row(16, (0, 2, 0, 6))
        for link in (self.show_rest, self.show_default):
            links.addWidget(link)
        links.addStretch()
        self._links = QWidget()
        self._links.setLayout(links)
        self.frame(self._build_choices(), (self.coverage, self.left_out, self._links, self.loops, self.spine, self.prefix))

    def _build_choices(self) -> QVBoxLayout:
        inner = column(0)
        for name, box in (("colour", self.colour), ("label", self.label), ("second", self.second)):
            self._names[name].setBuddy(box)
            box.setStyleSheet(COMBO)
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            inner.addWidget(self._names[name])
            inner.addSpacing(4)
            inner.addWidget(box)
            inner.addSpacing(10)
        self.section(inner)
        inner.addWidget(self.steps)
        inner.addSpacing(8)
        inner.addWidget(self.paths)
        inner.addSpacing(8)
        return inner

    # ---- what it shows -------------------------------------------------------------------------------------------------------

    def show_answer(self, answer: MapAnswer | None) -> None:
        """Show the amounts, the coverage and the legend of the map that is on the screen."""
        self.answer = answer
        self._write_answer()

    def retranslate(self) -> None:
        """Write everything in the language in force."""
        texts = self.store.texts
        for name, words in FIELDS.items():
            self._names[name].setText(texts(words))
        self._fill(self.colour, (*TIMES, *COUNTS), self.store.view.colour)
        self._fill(self.label, COUNTS, self.store.view.label)
        self._fill(self.second, (None, *TIMES, *COUNTS), self.store.view.second)
        self.steps.name.setText(texts("Steps"))
        self.paths.name.setText(texts("Paths"))
        self.show_rest.setText(texts("Show them"))
        self.show_default.setText(texts("Default view"))
        self.write_fold(texts("What the map shows"), texts("Show coverage and legend only"))
        self._write_answer()

    def _fill(self, box: QComboBox, metrics: tuple[Metric | None, ...], chosen: Metric | None) -> None:
        box.clear()
        for metric in metrics:
            box.addItem(self.store.texts(METRIC_NAMES[metric]) if metric else self.store.texts("None"), metric.value if metric else NONE)
        box.setCurrentIndex(max(box.findData(chosen.value if chosen else NONE), 0))

    def _write_answer(self) -> None:
        answer, texts = self.answer, self.store.texts
        style = map_style(self.store.appearance)
        if answer is None:
            self.legend.show_legend(None, style)
        else:
            coverage, view = answer.map.coverage, self.store.view
            amounts = (
                (self.steps, view.steps, coverage.steps_shown, answer.steps_min, answer.steps_max),
                (self.paths, view.paths, coverage.paths_shown, answer.paths_min, answer.paths_max),
            )
            for slider, wanted, shown, least, most in amounts:
                place = shown if wanted is None else min(wanted, most)
                slider.show_amount(place, least, most, texts("{shown} of {all}", shown=shown, all=most))
            self.coverage.setText(coverage_sentence(coverage, texts))
            self.left_out.setText(f"{left_out_sentence(coverage, texts)} {first_view_sentence(answer, texts)}".strip())
            self._explain(answer)
            self.legend.show_legend(make_legend(answer, texts, style), style)
            self.spine.setText(spine_gap_sentence(answer, texts) if self.collapsed else spine_sentence(answer, texts))
            self.prefix.setText(prefix_sentence(answer, texts))
            self.loops.setText(loops_sentence(answer.map, texts))
            explain(self.loops, texts(METRIC_NAMES[Metric.REWORK]), [texts(REWORK[name]) for name in ("loop_events", "loop_times", "net")])
        self.show_folded(self.coverage)
        self._links.setVisible(not self.collapsed)
        self.spine.setVisible(bool(self.spine.text()))
        self.loops.setVisible(bool(self.loops.text()))
        self.left_out.setVisible(bool(self.left_out.text()))
        self.prefix.setVisible(bool(self.prefix.text()) and not self.collapsed)
        self.show_rest.setVisible(bool(self.left_out.text()))
        self.show_default.setVisible(self.store.view.steps is not None or self.store.view.paths is not None)
        self.resized.emit()

    def _explain(self, answer: MapAnswer) -> None:
        texts, coverage = self.store.texts, answer.map.coverage
        lines = [
            texts("A transition is one step directly after another in the same case; repeats of a step count as shown with it."),
            texts("{n} of {all} transitions are shown.", n=coverage.transitions_shown, all=coverage.transitions_all),
            texts("{n} of {all} events belong to the steps shown.", n=coverage.events_shown, all=coverage.events_all),
            left_out_sentence(coverage, texts),
        ]
        explain(self.coverage, texts("Coverage"), lines)

    def restyle(self) -> None:
        """Take the width of the appearance; links are as small as the sentences."""
        super().restyle()
        for link in (self.show_rest, self.show_default):
            link.setStyleSheet(f"QPushButton {{ padding: 2px 0; font-size: {font_px('small', self.store.appearance):g}px; }}")

    def captions(self) -> tuple[QLabel, ...]:
        """The sentences that say what is shown."""
        return self.coverage, self.left_out, self.loops, self.spine, self.prefix

    # ---- what the user does --------------------------------------------------------------------------------------------------

    def _on_metric(self, box: QComboBox, field: str) -> None:
        value = box.currentData()
        self.store.change_view(**{field: Metric(value) if value else None})

    def _on_show_rest(self) -> None:
        if self.answer is not None:
            self.store.change_view(steps=self.answer.map.coverage.steps_all, paths=self.answer.map.coverage.paths_all)

    def _on_view(self, names: frozenset[str]) -> None:
        for box, field in ((self.colour, "colour"), (self.label, "label"), (self.second, "second")):
            if field in names:
                chosen = getattr(self.store.view, field)
                box.setCurrentIndex(max(box.findData(chosen.value if chosen else NONE), 0))
        self.show_default.setVisible(self.store.view.steps is not None or self.store.view.paths is not None)
