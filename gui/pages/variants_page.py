"""Variants: the different orders of steps, how many cases take each, and how many variants it takes to cover the cases."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QLabel, QStyleOptionViewItem, QTableView, QToolTip, QVBoxLayout, QWidget

from engine.errors import N_
from engine.service.messages import Variant, Variants, VariantsQuery
from gui.item_models.variant_model import CASES, CHEVRONS_ROLE, MEDIAN, RANK, SHARE, SHARE_ROLE, STEPS, Index, VariantModel
from gui.store import Store
from gui.theme import Appearance, font
from gui.turns import Rank
from gui.widgets.chart_library import chart_library
from gui.widgets.chevrons import Chevron, Part, paint_chevrons, paint_sample, places
from gui.widgets.definition import explain
from gui.widgets.parts import clear_layout, column, hairline, label, row
from gui.widgets.short_names import ShortNames
from gui.widgets.side_panel import SidePanel
from gui.widgets.table_delegate import RowDelegate
from gui.widgets.table_page import TablePage
from gui.widgets.timeline import Entry, Timeline

BAR, BAR_GAP = 28, 8
"""Px of a share's bar, and between it and its number."""


class VariantsPage(TablePage):
    """A table of variants, and beside it the coverage and the chosen variant."""

    title = N_("Finding variants")
    name = N_("Variants")
    note = N_("A variant is a set of cases with the same steps in the same order. The numbers are exact and for your screen only.")
    side: VariantSide

    def __init__(self, store: Store) -> None:
        self._answer: Variants | None = None
        self.model = VariantModel(store)
        super().__init__(store, self.model, VariantSide(store), delegate=VariantDelegate, legend=Legend(store))
        self.header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.header.setSectionResizeMode(STEPS, QHeaderView.ResizeMode.Stretch)
        self.header.set_inset(SHARE, BAR + BAR_GAP)
        self.ready()

    # ---- data ----------------------------------------------------------------------------------------------------------------

    def question(self) -> VariantsQuery:
        """The first page of variants."""
        return VariantsQuery(self.store.view.selection)

    def show_answer(self, answer: Variants) -> None:
        """Show table and coverage; the first variant is chosen."""
        opened = self.store.opened
        names = opened.summary.activities if opened and opened.summary else ()
        self.model.set_answer(answer, names)
        self.side.show_answer(answer, names)
        self._answer = answer
        self.write_count()
        self.table.selectRow(0)

    def clear(self) -> None:
        """Forget the variants."""
        self._answer = None
        self.model.clear()
        self.side.clear()
        self.count.setText("")

    def choose(self, row_number: int, *, by_hand: bool) -> None:
        """Show the variant of a row."""
        variant = self.model.variant(row_number)
        if variant is not None:
            is_main = row_number == 0
            self.side.show_variant(variant, self.model.chevrons(row_number), self.model.names, is_main=is_main)
            self.sided.set_wanted(not is_main)

    # ---- texts and looks -----------------------------------------------------------------------------------------------------

    def write_count(self) -> None:
        """Write how many variants there are."""
        if self._answer is not None:
            texts = self.store.texts
            self.count.setText(texts.plural("{n} variant", "{n} different variants", self._answer.n_variants))
            explain(self.count, texts("Variants"), [
                texts("Different sequences of steps among the cases of the selection."),
                texts("n = {n} cases.", n=self._answer.n_cases),
            ])  # fmt: skip

    @property
    def row_height(self) -> int:
        """Chevrons need a little more than texts."""
        return self.sizes.row + 2

    def restyle(self) -> None:
        """Take the sizes of rows and columns."""
        super().restyle()
        wide = self.store.appearance is Appearance.PROJECTOR
        for section, width in ((RANK, 60), (CASES, 76), (SHARE, 124), (MEDIAN, 92)):
            self.header.resizeSection(section, round(width * (1.4 if wide else 1)))


class VariantDelegate(RowDelegate):
    """Draws share bars and chevrons, and names the step under the mouse."""

    def __init__(self, store: Store, table: QTableView) -> None:
        super().__init__(store, table)
        self._short_names = ShortNames(())

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw one cell."""
        tokens, appearance = self.store.tokens, self.store.appearance
        self.paint_row(painter, QRect(option.rect), index)
        area = QRectF(self.inner(QRect(option.rect), index))
        if index.column() == STEPS:
            model = index.model()
            names = model.names if isinstance(model, VariantModel) else ()
            if self._short_names.names != names:
                self._short_names = ShortNames(names)
            chosen = self.table.selectionModel().isRowSelected(index.row())
            paint_chevrons(painter, area, index.data(CHEVRONS_ROLE), self._short_names, tokens, appearance, chosen=chosen)
            return
        if index.column() == SHARE:
            area = self._share_bar(painter, area, float(index.data(SHARE_ROLE)))
        painter.setFont(font("body_strong" if index.column() == CASES else "body", appearance))
        painter.setPen(QColor(tokens.ink if index.column() in (CASES, MEDIAN) else tokens.ink_2))
        painter.drawText(area, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, str(index.data()))

    def _share_bar(self, painter: QPainter, area: QRectF, share: float) -> QRectF:
        """Draw the bar at the right, on the scale of the largest share; what is left for the number."""
        tokens = self.store.tokens
        bar = QRectF(area.right() - BAR, area.center().y() - 2, BAR, 4)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.track))
        painter.drawRoundedRect(bar, 2, 2)
        painter.setBrush(QColor(tokens.accent))
        painter.drawRoundedRect(QRectF(bar.left(), bar.top(), max(3.0, bar.width() * share), bar.height()), 2, 2)
        return area.adjusted(0, 0, -BAR - BAR_GAP, 0)

    def helpEvent(self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: Index) -> bool:
        """Name the step under the mouse."""
        if event.type() == QEvent.Type.ToolTip and index.isValid() and index.column() == STEPS:
            chevrons = index.data(CHEVRONS_ROLE)
            area = QRectF(option.rect).adjusted(8, 0, -8, 0)
            scale = 1.4 if self.store.appearance.is_large else 1.0
            rects, _ = places(chevrons, area.width(), scale)
            x = event.pos().x() - area.left()
            model = index.model()
            for (code, part), rect in zip(chevrons, rects, strict=False):
                if rect.left() <= x <= rect.right() + 6 and isinstance(model, VariantModel):
                    name = model.names[code]
                    said = self.store.texts("skipped: {step}", step=name) if part is Part.SKIPPED else name
                    QToolTip.showText(event.globalPos(), said, view)
                    return True
        return False


class Legend(QWidget):
    """What the three kinds of chevrons mean."""

    def __init__(self, store: Store) -> None:
        super().__init__()
        self._store = store
        self._labels: list[QLabel] = []
        layout = row(8)
        for part in Part:
            if self._labels:
                layout.addSpacing(12)
            layout.addWidget(_Sample(store, part))
            words = label("small")
            self._labels.append(words)
            layout.addWidget(words)
        self.setLayout(layout)
        store.language_changed.connect(self.retranslate)
        self.retranslate()

    def retranslate(self) -> None:
        """Write the words."""
        texts = self._store.texts
        for words, text in zip(self._labels, (texts("as the main path"), texts("differs"), texts("skipped")), strict=True):
            words.setText(text)


class _Sample(QWidget):
    def __init__(self, store: Store, part: Part) -> None:
        super().__init__()
        self._store, self._part = store, part
        self.setFixedSize(24, 16)

    def paintEvent(self, _event: QEvent) -> None:
        """Draw one small chevron."""
        painter = QPainter(self)
        paint_sample(painter, QRectF(1, 1, 17, 14), self._part, self._store.tokens)


class VariantSide(SidePanel):
    """How many variants it takes, and the chosen variant step by step."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self._answer: Variants | None = None
        self._question = label("card_title", wrap=True)
        self._unit = label("small")
        self._place = QWidget()
        self._place.setFixedHeight(170)
        self._chart_layout: QVBoxLayout = column()
        self._place.setLayout(self._chart_layout)
        self._chart: object = None
        self._axis = label("axis")
        self._axis.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._cover = label("body", wrap=True)
        self._name = label("card_title")
        self._n = label("small")
        self._differs = label("small", wrap=True)
        self._timeline = Timeline(store)
        head = row(8)
        head.addWidget(self._name)
        head.addStretch()
        head.addWidget(self._n)
        body = self.body
        for widget, gap in (
            (self._question, 4), (self._unit, 8), (self._place, 0), (self._axis, 10), (self._cover, 16), (hairline(), 16),
        ):  # fmt: skip
            body.addWidget(widget)
            body.addSpacing(gap)
        body.addLayout(head)
        body.addSpacing(4)
        body.addWidget(self._differs)
        body.addSpacing(10)
        body.addWidget(self._timeline)
        body.addStretch()
        self._shown: tuple[int, int, int] | None = None
        chart_library().loaded.connect(self._show_curve)
        self.ready()

    def show_answer(self, answer: Variants, names: tuple[str, ...]) -> None:
        """Show the coverage."""
        self._answer = answer
        chart_library().load()
        self._show_curve()
        self.retranslate()

    def show_variant(self, variant: Variant, chevrons: list[Chevron], names: tuple[str, ...], *, is_main: bool) -> None:
        """Show the chosen variant."""
        differing = sum(part is Part.DIFFERS for _, part in chevrons)
        skipped = sum(part is Part.SKIPPED for _, part in chevrons)
        self._shown = (variant.rank, variant.cases, 0 if is_main else differing + skipped)
        steps = [(code, part) for code, part in chevrons if part is not Part.SKIPPED]
        self._timeline.set_entries([Entry(str(i), names[code], part is Part.DIFFERS) for i, (code, part) in enumerate(steps, 1)])
        self.retranslate()

    def clear(self) -> None:
        """Forget everything."""
        self._answer, self._shown = None, None
        self._timeline.set_entries(())
        self._drop_chart()
        self.retranslate()

    def retranslate(self) -> None:
        """Write the texts."""
        texts, answer, shown = self.store.texts, self._answer, self._shown
        self._question.setText(texts("How many variants does it take?"))
        self._unit.setText(texts("Share of cases covered, %"))
        self._axis.setText(texts("number of variants (log scale)"))
        half = texts.plural("{n} variant covers half of the cases", "{n} variants cover half of the cases", answer.half) if answer else ""
        self._cover.setText(texts("{half}, {most} cover 80%.", half=half, most=answer.most) if answer else "")
        self._name.setText(texts("Variant {rank}", rank=shown[0]) if shown else "")
        self._n.setText(texts.plural("{n} case", "{n} cases", shown[1]) if shown else "")
        if shown is None:
            self._differs.setText("")
        elif shown[2] == 0:
            self._differs.setText(texts("The main path: the most frequent order of steps."))
        else:
            differs = texts.plural("Differs from the main path in {n} place.", "Differs from the main path in {n} places.", shown[2])
            self._differs.setText(differs)
        self._show_curve()

    def restyle(self) -> None:
        """The chart takes its colours when drawn."""
        self._drop_chart()

    @property
    def is_drawn(self) -> bool:
        """Whether the chart stands that the answer calls for."""
        return self._answer is None or not self._answer.coverage or self._chart is not None

    def _drop_chart(self) -> None:
        clear_layout(self._chart_layout)
        self._chart = None

    def _show_curve(self) -> None:
        """Draw the curve in a turn of its own."""
        if self._answer is not None and chart_library().is_loaded:
            self.store.turns.add(Rank.SEEN if self.isVisible() else Rank.HIDDEN, self, self._draw_curve)

    def _draw_curve(self) -> None:
        answer = self._answer
        if answer is None or not chart_library().is_loaded or not answer.coverage:
            return
        from gui.widgets.chart import Chart

        if not isinstance(self._chart, Chart):
            self._chart = Chart(self.store, 160)
            self._chart_layout.addWidget(self._chart)
        texts = self.store.texts
        points = [(float(n), share) for n, share in answer.coverage]
        largest = points[-1][0]
        ticks = [(float(10**i), texts.number(10**i)) for i in range(7) if 10**i <= largest * 1.5]
        hints = [texts("{n} variants cover {share} of the cases", n=n, share=texts.percent(share, 1)) for n, share in answer.coverage]
        marks = [(float(n), _share_at(points, n)) for n in (answer.half, answer.most) if n]
        self._chart.show_curve(points, marks, ticks, hints)


def _share_at(points: list[tuple[float, float]], n: int) -> float:
    """The share covered by n variants, between the known points."""
    before = max((point for point in points if point[0] <= n), default=points[0])
    after = min((point for point in points if point[0] >= n), default=points[-1])
    if after[0] == before[0]:
        return before[1]
    return before[1] + (after[1] - before[1]) * (n - before[0]) / (after[0] - before[0])
