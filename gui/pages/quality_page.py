"""Data quality: what in the log cannot be as it is told, how often, what it can distort, and what can be done about it."""

from __future__ import annotations

from PySide6.QtWidgets import QHeaderView

from engine.errors import N_
from engine.quality.values import Finding
from engine.quality.words import OUT_OF, distorted, finding_sentence, share_of
from engine.service.messages import CaseDetails, CaseQuery, Quality, QualityQuery
from gui.item_models.finding_model import COUNT, DISTORTS, SENTENCE, SHARE, FindingModel
from gui.item_models.finding_words import ADVICE
from gui.store import Store
from gui.theme import Appearance
from gui.widgets.definition import explain
from gui.widgets.parts import code_label, hairline, label, row
from gui.widgets.side_panel import SidePanel
from gui.widgets.table_page import TablePage
from gui.widgets.timeline import Entry, Timeline

SHOWN_EVENTS = 200


class QualityPage(TablePage):
    """The findings and the chosen one."""

    title = N_("Checking how the cases are registered")
    name = N_("Data quality")
    note = N_("The findings are about how things are registered, never about who did it. The numbers are exact and for your screen only.")
    side: FindingSide

    def __init__(self, store: Store) -> None:
        self._answer: Quality | None = None
        self.model = FindingModel(store)
        super().__init__(store, self.model, FindingSide(store))
        self.header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.header.setSectionResizeMode(SENTENCE, QHeaderView.ResizeMode.Stretch)
        self.ready()

    def question(self) -> QualityQuery:
        """The findings about the selection."""
        return QualityQuery(self.store.view.selection, self.store.timezone)

    def show_answer(self, answer: Quality) -> None:
        """Show the findings; the gravest is chosen."""
        self._answer = answer
        self.model.set_answer(answer)
        self.write_count()
        self.side.clear()
        self.table.selectRow(0)

    def clear(self) -> None:
        """Forget the findings."""
        self._answer = None
        self.model.set_answer(None)
        self.side.clear()
        self.count.setText("")

    def choose(self, row_number: int, *, by_hand: bool) -> None:
        """Show the finding of a row."""
        finding = self.model.finding(row_number)
        if finding is not None:
            self.side.show_finding(finding, self.model.example(row_number))
            self.sided.set_wanted(by_hand)

    def write_count(self) -> None:
        """Write how many findings there are, and of how many checks."""
        if self._answer is not None:
            texts, report = self.store.texts, self._answer.report
            found = texts.plural("{n} finding", "{n} findings", len(report.findings))
            self.count.setText(texts("{found} from {n} checks", found=found, n=texts.number(len(report.checks))))
            explain(self.count, texts("Data quality"), [
                texts("What the checks found among the cases of the selection, what distorts most results first."),
            ])  # fmt: skip

    def restyle(self) -> None:
        """Take the sizes of rows and columns."""
        super().restyle()
        scale = 1.4 if self.store.appearance is Appearance.PROJECTOR else 1
        for section, width in ((COUNT, 84), (SHARE, 76), (DISTORTS, 196)):
            self.header.resizeSection(section, round(width * scale))


class FindingSide(SidePanel):
    """One finding in full, what can be done, and a case that shows it."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self._finding: Finding | None = None
        self._example = ""
        self._details: CaseDetails | None = None
        self._tag = label("tag")
        self._sentence = label("card_title", wrap=True)
        self._out_of = label("secondary", wrap=True)
        self._distorts = label("small", wrap=True)
        self._advice_title, self._advice = label("small_label"), label("body", wrap=True)
        self._case_title, self._case = label("small_label"), code_label("small")
        self._timeline = Timeline(store)
        tags = row()
        tags.addWidget(self._tag)
        tags.addStretch()
        self.body.addLayout(tags)
        self.body.addSpacing(6)
        for widget, gap in (
            (self._sentence, 8), (self._out_of, 2), (self._distorts, 12), (hairline(), 10), (self._advice_title, 4),
            (self._advice, 12), (hairline(), 10), (self._case_title, 2), (self._case, 8), (self._timeline, 0),
        ):  # fmt: skip
            self.body.addWidget(widget)
            self.body.addSpacing(gap)
        self.body.addStretch()
        self.ready()

    def show_finding(self, finding: Finding, example: str) -> None:
        """Show a finding, and ask for its example."""
        self._finding, self._example, self._details = finding, example, None
        self.retranslate()
        if example and self.store.opened is not None:
            self.store.jobs.ask(CaseQuery(example), self._on_answer, self._on_failed)

    def clear(self) -> None:
        """Forget the finding."""
        self._finding, self._example, self._details = None, "", None
        self.retranslate()

    def _on_answer(self, answer: CaseDetails) -> None:
        if answer.query.case == self._example:
            self._details = answer
            self.retranslate()

    def _on_failed(self, _error: Exception) -> None:
        self._details = None

    def retranslate(self) -> None:
        """Write the finding."""
        texts, finding = self.store.texts, self._finding
        self._tag.setText(texts("Finding"))
        if finding is None:
            self._sentence.setText(texts("Choose a finding"))
            for part in (self._out_of, self._distorts, self._advice_title, self._advice, self._case_title, self._case):
                part.setText("")
            self._timeline.set_entries(())
            return
        total = texts.number(finding.total)
        out_of = texts(OUT_OF[finding.of], count=texts.number(finding.count), total=total)
        self._sentence.setText(finding_sentence(texts, finding))
        self._out_of.setText(f"{out_of} ({share_of(texts, finding)})")
        self._distorts.setText(texts("Can distort: {results}", results=distorted(texts, finding)))
        self._advice_title.setText(texts("What to do"))
        self._advice.setText(texts(ADVICE[finding.check]))
        self._case_title.setText(texts("A case that shows it") if self._example else "")
        self._case.setText(self._example)
        self._timeline.set_entries(self._entries())

    def _entries(self) -> list[Entry]:
        if self._details is None:
            return []
        texts, zone = self.store.texts, self.store.timezone
        events = self._details.events
        stamps = [texts.stamp(event.time, zone) if event.time is not None else "–" for event in events[:SHOWN_EVENTS]]
        entries = [Entry(stamp, event.activity) for stamp, event in zip(stamps, events, strict=False)]
        if len(events) > SHOWN_EVENTS:
            entries.append(Entry("", texts("and {n} more events", n=len(events) - SHOWN_EVENTS)))
        return entries

    def restyle(self) -> None:
        """The list takes its sizes anew."""
        self._timeline.updateGeometry()
