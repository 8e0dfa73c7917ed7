"""Data quality: what in the log cannot be as it is told, how often, where, what it changes, and what the data can answer."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHeaderView, QTabBar

from engine.agreement.values import SOURCE
from engine.errors import N_
from engine.service.messages import FindingDetails, FindingQuery, Quality, QualityQuery
from gui.item_models.finding_model import COUNT, DISTORTS, SENTENCE, SHARE, FindingModel
from gui.quality.answers_view import AnswersView
from gui.quality.finding_side import FindingSide
from gui.quality.heat_card import HeatCard
from gui.quality.sources_view import SourcesView
from gui.store import Store
from gui.theme import Appearance
from gui.widgets.definition import explain
from gui.widgets.table_page import TablePage

FINDINGS, ANSWERS, SOURCES = range(3)
NARROW = (900, 1000)
"""Px of the table, at a desk and on a projector, below which its sentences take the room of what they distort; the side tells that too."""
TABS = (N_("Findings"), N_("What the data can answer"), N_("Sources"))
MEASURING = N_("Measuring what the finding changes")


class QualityPage(TablePage):
    """The findings, the chosen one and where it is; or what the data can answer."""

    title = N_("Checking how the cases are registered")
    name = N_("Data quality")
    note = N_("The findings are about how things are registered, never about who did it. The numbers are exact and for your screen only.")
    side: FindingSide

    def __init__(self, store: Store) -> None:
        self._answer: Quality | None = None
        self.model = FindingModel(store)
        self.tabs = QTabBar()
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setUsesScrollButtons(False)
        self.tabs.setElideMode(Qt.TextElideMode.ElideNone)
        for _ in TABS:
            self.tabs.addTab("")
        super().__init__(store, self.model, FindingSide(store), legend=self.tabs)
        self.header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.header.setSectionResizeMode(SENTENCE, QHeaderView.ResizeMode.Stretch)
        self.heat, self.answers, self.sources = HeatCard(store), AnswersView(store), SourcesView(store)
        self._place_parts()
        self.table.installEventFilter(self)
        self.side.wash_wanted.connect(store.wash_wanted)
        self.tabs.currentChanged.connect(self._show_part)
        self.ready()

    def _place_parts(self) -> None:
        """The answers take the table's card; the heat table stands below it."""
        card, page = self.table.parentWidget(), self.sided.page.layout()
        inside = card.layout() if card is not None else None
        if inside is not None:
            inside.addWidget(self.answers)
            inside.addWidget(self.sources)
        if page is not None:
            note = page.takeAt(page.count() - 1)
            page.addWidget(self.heat)
            if note is not None and (widget := note.widget()) is not None:
                page.addWidget(widget)
        self.answers.hide()
        self.sources.hide()
        self._follow_sources()
        self.store.opened_changed.connect(self._follow_sources)

    def _follow_sources(self) -> None:
        """The sources can be compared where the log has several."""
        summary = self.store.opened.summary if self.store.opened is not None else None
        several = summary is not None and SOURCE in summary.roles.attributes
        self.sources.forget()
        if not several and self.tabs.currentIndex() == SOURCES:
            self.tabs.setCurrentIndex(FINDINGS)
        self.tabs.setTabVisible(SOURCES, several)

    def question(self) -> QualityQuery:
        """The findings about the selection."""
        return QualityQuery(self.store.view.selection, self.store.timezone)

    def show_answer(self, answer: Quality) -> None:
        """Show the findings; the gravest is chosen."""
        self._answer = answer
        self.model.set_answer(answer)
        self.answers.set_answers(answer.answers)
        self.write_count()
        self.side.clear()
        self.heat.set_table(None)
        self.table.selectRow(0)

    def clear(self) -> None:
        """Forget the findings."""
        self._answer = None
        self.model.set_answer(None)
        self.answers.set_answers(())
        self.heat.set_table(None)
        self.side.clear()
        self.count.setText("")

    def choose(self, row_number: int, *, by_hand: bool) -> None:
        """Show the finding of a row, and ask what it changes and where it is."""
        finding = self.model.finding(row_number)
        if finding is None or self._answer is None:
            return
        self.side.show_finding(finding, self.model.example(row_number))
        self.sided.set_wanted(by_hand)
        question = FindingQuery(self._answer.query, row_number)
        self.store.jobs.ask(question, self._on_details, self._on_no_details, MEASURING)

    def _on_details(self, details: FindingDetails) -> None:
        rows = self.table.selectionModel().selectedRows()
        if self._answer is not None and details.query.query == self._answer.query and rows and rows[0].row() == details.query.finding:
            self.side.show_effects(details.effects)
            self.heat.set_table(details.heat)
            self._give_room()
            self._show_part(self.tabs.currentIndex())

    def _give_room(self) -> None:
        self.heat.set_room(self.height() // 2)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The heat table takes at most half the height."""
        super().resizeEvent(event)
        self._give_room()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A narrow table gives its room to the sentences."""
        if event.type() == QEvent.Type.Resize and watched is self.table:
            self._fit_columns()
        return super().eventFilter(watched, event)

    def _fit_columns(self) -> None:
        self.table.setColumnHidden(DISTORTS, self.table.width() < NARROW[self.store.appearance.is_large])

    def _on_no_details(self, _error: Exception) -> None:
        self.heat.set_table(None)

    def _show_part(self, part: int) -> None:
        """The findings, or the answers or sources with the whole width."""
        told = part != FINDINGS
        self.table.setVisible(not told)
        self.answers.setVisible(part == ANSWERS)
        self.sources.setVisible(part == SOURCES)
        self.sources.ask()
        self.heat.setVisible(not told and self.heat.chart.table is not None)
        self.sided.set_alone(told)
        if told:
            self.sided.set_wanted(False)

    def write_count(self) -> None:
        """Write how many findings there are, and of how many checks."""
        if self._answer is not None:
            texts, report = self.store.texts, self._answer.report
            found = texts.plural("{n} finding", "{n} findings", len(report.findings))
            self.count.setText(texts("{found} from {n} checks", found=found, n=texts.number(len(report.checks))))
            explain(self.count, texts("Data quality"), [
                texts("What the checks found among the cases of the selection, what distorts most results first."),
            ])  # fmt: skip

    def retranslate(self) -> None:
        """Write the texts."""
        super().retranslate()
        for place, words in enumerate(TABS):
            self.tabs.setTabText(place, self.store.texts(words))
        self.tabs.setAccessibleName(self.store.texts("Data quality"))

    def restyle(self) -> None:
        """Take the sizes of rows and columns."""
        super().restyle()
        scale = 1.4 if self.store.appearance is Appearance.PROJECTOR else 1
        for section, width in ((COUNT, 84), (SHARE, 76), (DISTORTS, 196)):
            self.header.resizeSection(section, round(width * scale))
        self._fit_columns()
