"""The card below the findings: where the chosen one is, by unit and month."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QScrollArea, QWidget

from engine.errors import N_
from engine.quality.values import HeatTable
from gui.quality.heat_chart import HeatChart, HeatLegend
from gui.store import Store
from gui.widgets.panel import Panel
from gui.widgets.parts import column, framed, label, row

BY_UNIT = {
    1: N_("Share by unit and month, in %"),
    3: N_("Share by unit and quarter, in %"),
    6: N_("Share by unit and half year, in %"),
    12: N_("Share by unit and year, in %"),
    60: N_("Share by unit and five years, in %"),
}
BY_PERIOD = {
    1: N_("Share by month, in %"),
    3: N_("Share by quarter, in %"),
    6: N_("Share by half year, in %"),
    12: N_("Share by year, in %"),
    60: N_("Share by five years, in %"),
}
"""By how many months a period holds; few cases make periods longer."""


class HeatCard(Panel):
    """Heading, legend, chart, and what the square under the hand tells; not there without a table."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self._heading, self._told = label("small_strong"), label("small", wrap=True)
        self.chart = HeatChart(store)
        self.legend = HeatLegend(store, self.chart)
        self.area = QScrollArea()
        head = row(12)
        head.addWidget(self._heading)
        head.addStretch()
        head.addWidget(self.legend)
        inner = column(8, (16, 12, 16, 10))
        inner.addLayout(head)
        inner.addWidget(self._scrolled())
        inner.addWidget(self._told)
        card: QWidget = framed()
        card.setLayout(inner)
        outer = column()
        outer.addWidget(card)
        self.setLayout(outer)
        self.chart.chosen.connect(self._told.setText)
        self.chart.reached.connect(self._keep_in_sight)
        self.hide()
        self.ready()

    def _scrolled(self) -> QScrollArea:
        """The chart, which scrolls where the card has less room than it has units."""
        inside = QWidget()
        inside.setProperty("kind", "surface")
        around = column()
        around.addWidget(self.chart)
        inside.setLayout(around)
        self.area.setWidget(inside)
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setSizeAdjustPolicy(QAbstractScrollArea.SizeAdjustPolicy.AdjustToContents)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        return self.area

    def _keep_in_sight(self, square: QRectF) -> None:
        self.area.ensureVisible(round(square.center().x()), round(square.center().y()), 0, round(square.height()))

    def set_room(self, height: int) -> None:
        """The card may be so high, and is no higher than it needs."""
        shown = self.chart.sizeHint().height() + 2
        around = self._heading.sizeHint().height() + self._told.sizeHint().height() + 60
        self.area.setFixedHeight(max(80, min(shown, height - around)))

    def set_table(self, table: HeatTable | None) -> None:
        """Show where a finding is, or nothing."""
        self.chart.set_table(table)
        self.retranslate()
        self.setVisible(table is not None)

    def retranslate(self) -> None:
        """Write heading and hint."""
        texts, table = self.store.texts, self.chart.table
        by_unit = table is not None and len(table.units) > 1
        words = (BY_UNIT if by_unit else BY_PERIOD)[table.months if table is not None else 1]
        self._heading.setText(texts(words))
        self._told.setText(texts("Point at a square, or go there with the arrow keys. Squares about fewer than 5 cases are not told."))
        self.chart.setAccessibleName(self._heading.text())
        self.legend.updateGeometry()
        self.chart.update()

    def restyle(self) -> None:
        """Take the sizes anew."""
        self.chart.updateGeometry()
        self.legend.updateGeometry()
