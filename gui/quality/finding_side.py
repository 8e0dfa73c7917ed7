"""One finding in full: what it changes, what can be done about it, and a case that shows it."""

from __future__ import annotations

from PySide6.QtCore import Signal

from engine.errors import N_
from engine.quality.values import Effect, Finding, Measure
from engine.quality.words import OUT_OF, distorted, finding_sentence, share_of
from engine.service.messages import CaseDetails, CaseQuery
from engine.texts import Texts
from gui.item_models.finding_words import ADVICE
from gui.store import Store
from gui.widgets.case_timeline import CaseTimeline
from gui.widgets.parts import button, code_label, hairline, label, row
from gui.widgets.side_panel import SidePanel

MEASURES = {
    Measure.EVENTS: N_("Events"),
    Measure.CASE_DURATION: N_("Case duration (median)"),
    Measure.WAITING: N_("Time between events (median)"),
    Measure.VARIANTS: N_("Variants"),
}


def effect_sentence(texts: Texts, effect: Effect) -> str:
    """A result with and without what a finding touches."""
    now, events, cases = (_measured(texts, effect.measure, value) for value in (effect.now, effect.without_events, effect.without_cases))
    if effect.without_events is None:
        return texts("{measure}: {now}; without the cases {cases}", measure=texts(MEASURES[effect.measure]), now=now, cases=cases)
    if events == now == cases:
        return texts("{measure}: {now}, with and without", measure=texts(MEASURES[effect.measure]), now=now)
    return texts(
        "{measure}: {now}; without the events {events}, without their cases {cases}",
        measure=texts(MEASURES[effect.measure]), now=now, events=events, cases=cases,
    )  # fmt: skip


def _measured(texts: Texts, measure: Measure, value: float | None) -> str:
    if value is None:
        return "–"
    return texts.number(round(value)) if measure in {Measure.EVENTS, Measure.VARIANTS} else texts.long_duration(value)


class FindingSide(SidePanel):
    """The panel beside the findings."""

    wash_wanted = Signal(str)
    """Tag of the step of the wash that treats the finding."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self._finding: Finding | None = None
        self._effects: tuple[Effect, ...] = ()
        self._example = ""
        self._details: CaseDetails | None = None
        self._tag = label("tag")
        self._sentence = label("card_title", wrap=True)
        self._out_of, self._distorts = label("secondary", wrap=True), label("small", wrap=True)
        self._effects_title, self._effect = label("small_label"), label("body", wrap=True)
        self._advice_title, self._advice = label("small_label"), label("body", wrap=True)
        self.treat = button("plain")
        self._case_title, self._case = label("small_label"), code_label("small")
        self._timeline = CaseTimeline(store)
        tags = row()
        tags.addWidget(self._tag)
        tags.addStretch()
        self.body.addLayout(tags)
        self.body.addSpacing(6)
        for widget, gap in (
            (self._sentence, 8), (self._out_of, 2), (self._distorts, 12), (hairline(), 10), (self._effects_title, 4), (self._effect, 12),
            (hairline(), 10), (self._advice_title, 4), (self._advice, 10), (self.treat, 12), (hairline(), 10), (self._case_title, 2),
            (self._case, 8), (self._timeline, 0),
        ):  # fmt: skip
            self.body.addWidget(widget)
            self.body.addSpacing(gap)
        self.body.addStretch()
        self.treat.clicked.connect(self._on_treat)
        self.ready()

    @property
    def finding(self) -> Finding | None:
        """The finding that is shown."""
        return self._finding

    def show_finding(self, finding: Finding, example: str) -> None:
        """Show a finding, and ask for its example."""
        self._finding, self._example, self._details, self._effects = finding, example, None, ()
        self.retranslate()
        if example and self.store.opened is not None:
            self.store.jobs.ask(CaseQuery(example), self._on_answer, self._on_failed)

    def show_effects(self, effects: tuple[Effect, ...]) -> None:
        """Show what the finding changes."""
        self._effects = effects
        self.retranslate()

    def clear(self) -> None:
        """Forget the finding."""
        self._finding, self._example, self._details, self._effects = None, "", None, ()
        self.retranslate()

    def _on_answer(self, answer: CaseDetails) -> None:
        if answer.query.case == self._example:
            self._details = answer
            self.retranslate()

    def _on_failed(self, _error: Exception) -> None:
        self._details = None

    def _on_treat(self) -> None:
        if self._finding is not None and self._finding.wash is not None:
            self.wash_wanted.emit(self._finding.wash)

    def retranslate(self) -> None:
        """Write the finding."""
        texts, finding = self.store.texts, self._finding
        self._tag.setText(texts("Finding"))
        self.treat.setText(texts("Treat in the wash"))
        self.treat.setVisible(finding is not None and finding.wash is not None)
        if finding is None:
            self._sentence.setText(texts("Choose a finding"))
            for part in (
                self._out_of, self._distorts, self._effects_title, self._effect, self._advice_title, self._advice, self._case_title,
                self._case,
            ):  # fmt: skip
                part.setText("")
            self._timeline.show_case(None)
            return
        out_of = texts(OUT_OF[finding.of], count=texts.number(finding.count), total=texts.number(finding.total))
        self._sentence.setText(finding_sentence(texts, finding))
        self._out_of.setText(f"{out_of} ({share_of(texts, finding)})")
        self._distorts.setText(texts("Can distort: {results}", results=distorted(texts, finding)))
        self._effects_title.setText(texts("What it changes") if self._effects else "")
        self._effect.setText("\n".join(effect_sentence(texts, effect) for effect in self._effects))
        self._advice_title.setText(texts("What to do"))
        self._advice.setText(texts(ADVICE[finding.check]))
        self._case_title.setText(texts("A case that shows it") if self._example else "")
        self._case.setText(self._example)
        self._timeline.show_case(self._details)

    def restyle(self) -> None:
        """The list takes its sizes anew."""
        self._timeline.updateGeometry()
