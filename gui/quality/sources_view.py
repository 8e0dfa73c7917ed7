"""Several systems that tell of the same cases: how much each says, where they overlap or are silent, and where they disagree."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QFrame, QGridLayout, QScrollArea, QWidget

from engine.agreement.values import Agreement, SameFact, SourceReport
from engine.errors import N_, SagsflowError
from engine.service.messages import Sources, SourcesQuery, ToldActivity
from gui.store import Store
from gui.widgets.definition import explain
from gui.widgets.panel import Panel
from gui.widgets.parts import button, clear_layout, column, label, row

TITLE = N_("Comparing the sources")
HOW = N_(
    "Events of the same fact are paired within their case: first those that are dated alike as far as the coarser stamp tells, then the "
    "others in the order of time. What lies more than 30 days apart is no pair."
)
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class SourcesView(Panel):
    """Tables below each other, and the choice of what is the same fact."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.answer: Sources | None = None
        self._asked: SourcesQuery | None = None
        self._error = ""
        self._parts = column(6, (16, 8, 16, 16))
        inside = QWidget()
        inside.setProperty("kind", "surface")
        inside.setLayout(self._parts)
        self.area = QScrollArea()
        self.area.setWidget(inside)
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.first, self.second, self.add = QComboBox(), QComboBox(), button("plain")
        for box in (self.first, self.second):
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(28)
            box.currentIndexChanged.connect(self._follow_choice)
        self.add.clicked.connect(self._on_add)
        outer = column(0, (4, 4, 4, 4))  # clear of the card's round corners
        outer.addWidget(self.area)
        outer.addWidget(self._chooser())
        self.setLayout(outer)
        store.view_changed.connect(lambda names: self.ask() if names & {"selection", "same_facts"} else None)
        self.ready()

    def _chooser(self) -> QWidget:
        self.chooser_words = label("small_label")
        line = row(8)
        for part in (self.first, self.second, self.add):
            line.addWidget(part)
        line.addStretch()
        inner = column(4, (16, 8, 16, 8))
        inner.addWidget(self.chooser_words)
        inner.addLayout(line)
        made = QWidget()
        made.setLayout(inner)
        return made

    # ---- asking --------------------------------------------------------------------------------------------------------------

    def ask(self) -> None:
        """Ask for the sources of the selection, unless that is on the screen."""
        if not self.isVisible():
            return
        view = self.store.view
        query = SourcesQuery(view.selection, view.same_facts, self.store.timezone)
        if query != self._asked:
            self._asked, self._error = query, ""
            self.store.jobs.ask(query, self._on_answer, self._on_failed, TITLE)

    def forget(self) -> None:
        """Another log is open."""
        self.answer = self._asked = None
        self.retranslate()

    def _on_answer(self, answer: Sources) -> None:
        if answer.query == self._asked:
            self.answer = answer
            self.retranslate()

    def _on_failed(self, error: Exception) -> None:
        texts = self.store.texts
        self._asked = self.answer = None
        self._error = texts.error(error) if isinstance(error, SagsflowError) else texts("The calculation was stopped.")
        self.retranslate()

    # ---- writing -------------------------------------------------------------------------------------------------------------

    def retranslate(self) -> None:
        """Write everything in the language in force."""
        texts = self.store.texts
        clear_layout(self._parts)
        self.area.setAccessibleName(texts("Sources"))
        self.chooser_words.setText(texts("The same fact in two sources"))
        self.add.setText(texts("Compare them"))
        explain(self.add, texts("Compare them"), [texts(HOW)])
        self._fill()
        if self.answer is not None:
            report = self.answer.report
            self._write_sources(report)
            self._write_meetings(report)
            self._write_agreements(report)
        else:
            self._parts.addWidget(label("secondary", self._error, wrap=True))
        self._parts.addStretch()

    def _table(self, heads: Sequence[str], rows: Sequence[Sequence[str]], texts_first: int) -> QGridLayout:
        """A small table; the first columns hold words, the others numbers."""
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 6)
        grid.setHorizontalSpacing(14 if self.store.appearance.is_large else 24)
        grid.setVerticalSpacing(6)
        for at, head in enumerate(heads):
            grid.addWidget(label("small_label", head), 0, at, Qt.AlignmentFlag.AlignLeft if at < texts_first else RIGHT)
        for number, cells in enumerate(rows, start=1):
            for at, cell in enumerate(cells):
                shown = label("body" if at < texts_first else "body_strong", cell)
                grid.addWidget(shown, number, at, Qt.AlignmentFlag.AlignLeft if at < texts_first else RIGHT)
        grid.setColumnStretch(len(heads), 1)
        holder = QWidget()
        holder.setLayout(grid)
        holder.setAccessibleName("; ".join(", ".join(cells) for cells in rows))
        self._parts.addWidget(holder)
        return grid

    def _write_sources(self, report: SourceReport) -> None:
        texts = self.store.texts
        self._parts.addWidget(label("card_title", texts("Sources")))
        rows = [(one.name, texts.number(one.cases), texts.number(one.events)) for one in report.sources]
        self._table((texts("Source"), texts("Cases"), texts("Events")), rows, 1)
        self._parts.addSpacing(12)

    def _write_meetings(self, report: SourceReport) -> None:
        texts = self.store.texts
        if not report.meetings:
            return
        self._parts.addWidget(label("card_title", texts("Cases that two sources tell of")))
        rows = [
            (
                *(f"{one.first} · {one.second}", texts.number(one.cases)),
                *(texts.number(one.overlaps), self._days(one.overlap_days, one.overlaps)),
                *(texts.number(one.gaps), self._days(one.gap_days, one.gaps)),
            )
            for one in report.meetings
        ]
        heads = (
            *(texts("Sources"), texts("Cases"), texts("At the same time"), texts("Median")),
            *(texts("Silence between them"), texts("Median")),
        )
        self._table(heads, rows, 1)
        self._parts.addSpacing(12)

    def _days(self, days: float, n: int) -> str:
        return self.store.texts.duration(days * 86400) if n else "–"

    def _write_agreements(self, report: SourceReport) -> None:
        texts = self.store.texts
        self._parts.addWidget(label("card_title", texts("The same fact, told twice")))
        if not report.agreements:
            words = texts("Choose below which activities of two sources are the same fact, and see whether they date it alike.")
            self._parts.addWidget(label("secondary", words, wrap=True))
        for one in report.agreements:
            self._write_agreement(one)

    def _write_agreement(self, one: Agreement) -> None:
        texts, fact = self.store.texts, one.fact
        line = row(8)
        line.addWidget(label("body_strong", f"{fact.activity} ({fact.source}) = {fact.other_activity} ({fact.other_source})", wrap=True), 1)
        remove = button("text", texts("Remove"))
        remove.setAccessibleName(texts("Do not compare {first} with {second}", first=fact.activity, second=fact.other_activity))
        remove.clicked.connect(partial(self._on_remove, fact))
        line.addWidget(remove, 0, Qt.AlignmentFlag.AlignTop)
        line.setContentsMargins(0, 0, 0, 0)
        holder = QWidget()
        holder.setLayout(line)
        self._parts.addWidget(holder)
        share = texts.percent(one.differ / one.pairs) if one.pairs else "–"
        heads = (
            *(texts("Pairs"), texts("Dated alike"), texts("Dated differently"), texts("Share")),
            *(texts("Only in {source}", source=fact.source), texts("Only in {source}", source=fact.other_source), texts("Without a time")),
        )
        counts = (one.pairs, one.agree, one.differ)
        rest = (one.only_first, one.only_second, one.untimed)
        self._table(heads, [(*map(texts.number, counts), share, *map(texts.number, rest))], 0)
        if one.spread is not None:
            self._write_spread(one)
        self._parts.addSpacing(8)

    def _write_spread(self, one: Agreement) -> None:
        texts, spread = self.store.texts, one.spread
        if spread is None:
            return
        sizes = (spread.under_hour, spread.under_day, spread.under_week, spread.more)
        heads = (
            *(texts("Apart: under an hour"), texts("under a day"), texts("under a week"), texts("a week or more")),
            *(texts("Median"), texts("90% are within"), texts("Longest")),
        )
        times = (spread.median, spread.p90, spread.most)
        self._table(heads, [(*map(texts.number, sizes), *map(texts.duration, times))], 0)
        earlier = texts("{source} has the earlier time in {n} of them.", source=one.fact.other_source, n=one.earlier)
        self._parts.addWidget(label("small", earlier, wrap=True))

    # ---- choosing ------------------------------------------------------------------------------------------------------------

    def _fill(self) -> None:
        """Offer the activities of every source."""
        told: tuple[ToldActivity, ...] = self.answer.told if self.answer is not None else ()
        for box in (self.first, self.second):
            now = box.currentData()
            box.blockSignals(True)
            box.clear()
            for one in told:
                box.addItem(f"{one.source}: {one.activity} · {self.store.texts.number(one.events)}", (one.source, one.activity))
            box.setCurrentIndex(max((at for at in range(box.count()) if box.itemData(at) == now), default=-1))
            box.blockSignals(False)
        for box in (self.first, self.second):
            box.setPlaceholderText(self.store.texts("Choose an activity …"))
        self.first.setAccessibleName(self.store.texts("Activity of one source"))
        self.second.setAccessibleName(self.store.texts("Activity of the other source"))
        self._follow_choice()

    def _chosen(self) -> SameFact | None:
        first, second = self.first.currentData(), self.second.currentData()
        if not first or not second or first[0] == second[0]:
            return None
        return SameFact(first[1], second[1], second[0], first[0])

    def _follow_choice(self) -> None:
        chosen = self._chosen()
        self.add.setEnabled(chosen is not None and chosen not in self.store.view.same_facts)

    def _on_add(self) -> None:
        chosen = self._chosen()
        if chosen is not None:
            self.store.change_view(same_facts=(*self.store.view.same_facts, chosen))

    def _on_remove(self, fact: SameFact) -> None:
        self.store.change_view(same_facts=tuple(one for one in self.store.view.same_facts if one != fact))
