"""Cases: a table under pseudonyms that stays smooth at a million rows, and the events of the chosen case."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHeaderView

from engine.errors import N_
from engine.service.messages import CaseDetails, CaseQuery, Cases, CasesQuery
from gui.item_models.case_model import COLUMNS, CaseModel
from gui.store import Store
from gui.widgets.case_timeline import CaseTimeline
from gui.widgets.definition import explain
from gui.widgets.error_words import error_sentence
from gui.widgets.parts import code_label, hairline, label, row
from gui.widgets.side_panel import SidePanel
from gui.widgets.table_page import TablePage

ROWS_MEASURED = 20
"""Codes have one width; so many rows tell how wide their column is."""


class CasesPage(TablePage):
    """The table and the chosen case."""

    title = N_("Listing cases")
    name = N_("Cases")
    note = N_("Case ids are shown as codes. Only the project's key can turn them back into the ids of the source system.")
    side: CaseSide

    def __init__(self, store: Store) -> None:
        self._answer: Cases | None = None
        self.model = CaseModel(store)
        super().__init__(store, self.model, CaseSide(store))
        self.model.failed.connect(self._on_failed)
        header = self.header
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        header.setResizeContentsPrecision(ROWS_MEASURED)
        header.setSectionsClickable(True)
        header.setSortIndicatorShown(True)
        header.setSortIndicator(COLUMNS.index(self.model.sort_column), Qt.SortOrder.AscendingOrder)
        header.sortIndicatorChanged.connect(self._on_sorted)
        self.ready()

    # ---- data ----------------------------------------------------------------------------------------------------------------

    def question(self) -> CasesQuery:
        """The first page under the order in force."""
        return self.model.first_question(self.store.view.selection)

    def show_answer(self, answer: Cases) -> None:
        """Show the table from its top; the first case is chosen."""
        self._answer = answer
        self.model.set_answer(answer)
        self.table.scrollToTop()
        self.write_count()
        self.table.selectRow(0)

    def clear(self) -> None:
        """Forget the cases."""
        self._answer = None
        self.model.clear()
        self.side.clear()
        self.count.setText("")

    def choose(self, row_number: int, *, by_hand: bool) -> None:
        """Show the case of a row."""
        chosen = self.model.row(row_number)
        if chosen is not None:
            self.side.show_case(chosen.case)
            self.sided.set_wanted(by_hand)

    def _on_sorted(self, section: int, order: Qt.SortOrder) -> None:
        self.model.sort_column = COLUMNS[section]
        self.model.descending = order == Qt.SortOrder.DescendingOrder
        self.refresh()

    def write_count(self) -> None:
        """Write how many cases there are."""
        if self._answer is not None:
            texts = self.store.texts
            self.count.setText(texts.plural("{n} case", "{n} cases", self._answer.n_cases))
            explain(self.count, texts("Cases"), [texts("Cases that meet every filter.")])


class CaseSide(SidePanel):
    """The events of one case in order."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self._case: str | None = None
        self._details: CaseDetails | None = None
        self._tag = label("tag")
        self._name = code_label("card_title")
        self._n = label("small")
        self._problem = label("small", wrap=True)
        self._timeline = CaseTimeline(store)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(60)
        self._later.timeout.connect(self._ask)
        tags = row()
        tags.addWidget(self._tag)
        tags.addStretch()
        self.body.addLayout(tags)
        for widget, gap in ((self._name, 2), (self._n, 14), (hairline(), 10), (self._problem, 0), (self._timeline, 0)):
            self.body.addSpacing(8 if widget is self._name else 0)
            self.body.addWidget(widget)
            self.body.addSpacing(gap)
        self.body.addStretch()
        self.ready()

    def show_case(self, case: str) -> None:
        """Ask for a case's events, a moment later: the arrow keys may pass over it."""
        self._case = case
        self._later.start()

    def clear(self) -> None:
        """Forget the case."""
        self._later.stop()
        self._case, self._details = None, None
        self._problem.setText("")
        self._timeline.show_case(None)
        self.retranslate()

    def _ask(self) -> None:
        if self._case is not None and self.store.opened is not None:
            self.store.jobs.ask(CaseQuery(self._case), self._on_answer, self._on_failed)

    def _on_answer(self, answer: CaseDetails) -> None:
        if answer.query.case == self._case:
            self._details = answer
            self._problem.setText("")
            self.retranslate()

    def _on_failed(self, error: Exception) -> None:
        self._details = None
        self._timeline.show_case(None)
        self._problem.setText(error_sentence(self.store.texts, error))

    def retranslate(self) -> None:
        """Write the case."""
        texts, details = self.store.texts, self._details
        self._tag.setText(texts("Case"))
        if details is None:
            self._name.setText(self._case or texts("Choose a case"))
            self._n.setText("")
            return
        self._name.setText(details.query.case)
        self._n.setText(texts.plural("{n} event", "{n} events", len(details.events)))
        self._timeline.show_case(details)

    def restyle(self) -> None:
        """The list takes its sizes anew."""
        self._timeline.updateGeometry()
