"""The stage: one case of the sample under its code, its steps with dates and units in large type, for a room that looks on."""

from __future__ import annotations

from PySide6.QtCore import QItemSelection, QRect, Qt, Signal
from PySide6.QtGui import QColor, QFont, QKeyEvent, QPainter
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QStyleOptionViewItem, QTableView

from engine.service.messages import CaseDetails, SampledCase
from engine.validation.values import Comment
from engine.validation.words import STRATA
from gui.store import Store
from gui.theme import font
from gui.validation.sample_bar import CaseTurner
from gui.validation.steps_model import NUMBER, OPEN_ROLE, SAID, UNIT, WHAT, WHEN, Index, StepsModel
from gui.widgets.elided import ElidedLabel
from gui.widgets.panel import Panel
from gui.widgets.parts import code_label, column, framed, label, row
from gui.widgets.table_delegate import RowDelegate
from gui.widgets.table_page import as_rows

ROLES = {NUMBER: "body", WHEN: "body", WHAT: "card_title", UNIT: "body", SAID: "body_strong"}
ROW = (46, 62)
"""Px of a step: on a desk, on a projector."""
WIDTHS = {NUMBER: (56, 76), WHEN: (148, 204), UNIT: (180, 250), SAID: (128, 176)}
TURNS = {Qt.Key.Key_Left: -1, Qt.Key.Key_PageUp: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_PageDown: 1}
"""Keys that turn to the case before or after."""


class StepsTable(QTableView):
    """The steps of a case; Up and Down choose one, Left and Right turn to another case, K begins a comment."""

    turn_wanted = Signal(int)
    comment_wanted = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The keys of the stage."""
        key = Qt.Key(event.key())
        if key in TURNS:
            self.turn_wanted.emit(TURNS[key])
        elif key == Qt.Key.Key_K and not event.modifiers():
            self.comment_wanted.emit()
        elif key == Qt.Key.Key_Escape and self.selectionModel().hasSelection():
            self.clearSelection()
            self.setCurrentIndex(self.model().index(-1, -1))
        else:
            super().keyPressEvent(event)


class StepDelegate(RowDelegate):
    """Draws a step in the type of the stage."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw one cell."""
        area, tokens = QRect(option.rect), self.store.tokens
        self.paint_row(painter, area, index)
        shown = font(ROLES[index.column()], self.store.appearance)
        if index.column() == WHAT:
            shown.setFeature(QFont.Tag("tnum"), 0)  # in figures of equal width Inter's bold hyphens would look like gaps
        painter.setFont(shown)
        caution = index.column() == SAID and index.data(OPEN_ROLE)
        painter.setPen(QColor(tokens.caution if caution else tokens.ink if index.column() == WHAT else tokens.ink_2))
        inner = self.inner(area, index)
        text = painter.fontMetrics().elidedText(str(index.data()), Qt.TextElideMode.ElideRight, inner.width())
        painter.drawText(inner, int(index.data(Qt.ItemDataRole.TextAlignmentRole)), text)


class CaseStage(Panel):
    """The case on show."""

    step_chosen = Signal()

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self._sampled: SampledCase | None = None
        self._code, self._stratum = code_label("card_title"), label("tag")
        self._alike = ElidedLabel("secondary", Qt.TextElideMode.ElideRight)
        self.turner = CaseTurner(store)
        self.model = StepsModel(store)
        self.table = StepsTable()
        self.header = as_rows(self.table, store)
        self.table.setModel(self.model)
        self.table.setItemDelegate(StepDelegate(store, self.table))
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.selectionModel().selectionChanged.connect(self._on_selected)
        self.header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.header.setSectionResizeMode(WHAT, QHeaderView.ResizeMode.Stretch)
        card = framed()
        head = row(12, (20, 12, 12, 8))
        for widget in (self._code, self._stratum):
            head.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)
        head.addWidget(self._alike, 1)
        head.addWidget(self.turner, 0, Qt.AlignmentFlag.AlignVCenter)
        inner = column(0, (1, 1, 1, 1))
        inner.addLayout(head)
        inner.addWidget(self.table, 1)
        card.setLayout(inner)
        layout = column()
        layout.addWidget(card)
        self.setLayout(layout)
        self.ready()

    @property
    def step(self) -> int | None:
        """The chosen step (from 0), None while the case as a whole is meant."""
        rows = self.table.selectionModel().selectedRows()
        return rows[0].row() if rows else None

    def show_case(self, sampled: SampledCase | None, details: CaseDetails | None) -> None:
        """Show a case; its steps come when they have been asked for."""
        self._sampled = sampled
        self.model.set_case(details)
        self.table.setColumnHidden(UNIT, not self.model.has_units)
        self.retranslate()

    def show_comments(self, comments: tuple[Comment, ...]) -> None:
        """Mark the steps that are commented on."""
        self.model.set_comments(comments)

    def _on_selected(self, _now: QItemSelection, _before: QItemSelection) -> None:
        self.step_chosen.emit()

    def retranslate(self) -> None:
        """Write the case."""
        texts, case = self.store.texts, self._sampled
        self._code.setText(case.case if case is not None else "")
        self._stratum.setText(texts(STRATA[case.stratum]) if case is not None else "")
        self._stratum.setVisible(bool(self._stratum.text()))
        others = case.alike - 1 if case is not None else 0
        alike = texts.plural("{n} other case runs alike", "{n} other cases run alike", others)
        self._alike.set_full_text("" if case is None else alike if others else texts("no other case runs alike"))
        self.table.setAccessibleName(texts("Steps of the case"))
        self.model.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, SAID)
        self.table.viewport().update()

    def restyle(self) -> None:
        """Take the sizes of rows and columns."""
        wide = int(self.store.appearance.is_large)
        self.header.setFixedHeight(self.sizes.table_header)
        self.table.verticalHeader().setDefaultSectionSize(ROW[wide])
        for section, widths in WIDTHS.items():
            self.header.resizeSection(section, widths[wide])
