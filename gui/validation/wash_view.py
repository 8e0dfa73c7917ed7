"""The steps of the wash that made the data: their words, what they did to the rows, and whether those who know the work accept them."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QItemSelection, QModelIndex, QPersistentModelIndex, QRect, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QLineEdit, QStyleOptionViewItem, QTableView

from engine.errors import N_
from engine.service.messages import DecideStep, ValidationRoom
from engine.validation.values import LONGEST_TEXT, Decision, StepOutcome
from engine.washing.values import AnyStep
from engine.washing.words import detail_of, name_of
from gui.store import Store
from gui.theme import font
from gui.widgets.panel import Panel
from gui.widgets.parts import button, column, framed, icon_label, iconed, label, row, set_icon, set_picture
from gui.widgets.table_delegate import RowDelegate
from gui.widgets.table_page import as_rows

Index = QModelIndex | QPersistentModelIndex
HEADERS = (N_("No."), N_("Step"), N_("File"), N_("Rows in"), N_("Rows out"), N_("Changed"), N_("Verdict"))
NUMBER, STEP, FILE, IN, OUT, CHANGED, VERDICT = range(7)
WIDTHS = {NUMBER: (56, 76), FILE: (190, 240), IN: (92, 124), OUT: (92, 124), CHANGED: (92, 124), VERDICT: (132, 180)}
"""Px of the columns: on a desk, on a projector."""
NARROW, SHARE = (720, 1000), 0.85
"""Px of the table below which the columns of numbers leave more to the steps, and how much of their width they keep."""


class WashStepsModel(QAbstractTableModel):
    """All steps of all files, in order."""

    def __init__(self, store: Store) -> None:
        super().__init__()
        self.store = store
        self._rows: list[tuple[int, int, str, AnyStep, StepOutcome]] = []
        self._decided: dict[tuple[int, int], Decision] = {}

    def set_room(self, room: ValidationRoom | None) -> None:
        """Show the steps that made the data."""
        files = room.version.files if room is not None else ()
        rows = [
            (place, number, file.file, step, outcome)
            for place, file in enumerate(files)
            for number, (step, outcome) in enumerate(zip(file.table.steps, file.outcomes, strict=True))
        ]
        self._decided = {(one.file, one.step): one for one in room.decisions} if room is not None else {}
        if [row[:3] for row in rows] != [row[:3] for row in self._rows]:
            self.beginResetModel()
            self._rows = rows
            self.endResetModel()
        elif rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, VERDICT))

    def place(self, row: int) -> tuple[int, int] | None:
        """File and step of a row."""
        return self._rows[row][:2] if 0 <= row < len(self._rows) else None

    def words(self, row: int) -> str:
        """A step in words."""
        return name_of(self._rows[row][3], self.store.texts)

    def detail(self, row: int) -> str:
        """What a step is about."""
        return detail_of(self._rows[row][3], self.store.texts)

    def decision(self, row: int) -> Decision | None:
        """What was decided about the step of a row."""
        place = self.place(row)
        return self._decided.get(place) if place is not None else None

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """All steps."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """The columns of the table."""
        return 0 if parent.isValid() else len(HEADERS)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        """Texts and alignment."""
        if not 0 <= index.row() < len(self._rows):
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(index.column())
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self._text(index.row(), index.column())
        return None

    def _text(self, row: int, column: int) -> str:
        texts, (_place, number, file, _step, outcome) = self.store.texts, self._rows[row]
        if column == STEP:
            detail = self.detail(row)
            words = self.words(row) + (f" ({texts('paused')})" if outcome.paused else "")
            return f"{words} · {detail}" if detail else words
        if column == VERDICT:
            decision = self.decision(row)
            return "–" if decision is None else texts("accepted") if decision.accepted else texts("rejected")
        if column == FILE:
            return file
        counts = {NUMBER: number + 1, IN: outcome.rows_in, OUT: outcome.rows_out, CHANGED: outcome.changed}
        return texts.number(counts[column])

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        """The column names."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.store.texts(HEADERS[section])
        return _alignment(section) if role == Qt.ItemDataRole.TextAlignmentRole else None


def _alignment(column: int) -> int:
    side = Qt.AlignmentFlag.AlignRight if column in (NUMBER, IN, OUT, CHANGED) else Qt.AlignmentFlag.AlignLeft
    return int(side | Qt.AlignmentFlag.AlignVCenter)


class WashDelegate(RowDelegate):
    """Draws verdicts so that a rejection stands out."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw one cell."""
        model = index.model()
        decision = model.decision(index.row()) if isinstance(model, WashStepsModel) and index.column() == VERDICT else None
        if decision is None:
            super().paint(painter, option, index)
            return
        area, tokens = QRect(option.rect), self.store.tokens
        self.paint_row(painter, area, index)
        painter.setFont(font("body_strong", self.store.appearance))
        painter.setPen(QColor(tokens.kept if decision.accepted else tokens.breached))
        painter.drawText(self.inner(area, index), int(index.data(Qt.ItemDataRole.TextAlignmentRole)), str(index.data()))


class WashView(Panel):
    """The table, and below it what is decided about the chosen step."""

    decided = Signal(object)
    """A DecideStep."""
    import_wanted = Signal()

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self._room: ValidationRoom | None = None
        self.model = WashStepsModel(store)
        self.table = QTableView()
        self.header = as_rows(self.table, store)
        self.table.setModel(self.model)
        self.table.setItemDelegate(WashDelegate(store, self.table))
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.selectionModel().selectionChanged.connect(self._on_selected)
        self.header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.header.setSectionResizeMode(STEP, QHeaderView.ResizeMode.Stretch)
        self._lead, self._banner_text = label("secondary", wrap=True), label("body", wrap=True)
        self._chosen = label("card_title", wrap=True)
        self._reason_label, self.problem = label("small_label"), label("breached", wrap=True)
        self.reason = QLineEdit()
        self.reason.setMaxLength(LONGEST_TEXT)
        self.accept, self.reject, self.open_again = button("plain"), button("plain"), button("plain")
        self.change = button("small")
        self._sign = icon_label("triangle-alert", store.tokens.caution, 18)
        self._build()
        self.accept.clicked.connect(lambda: self._decide(True))
        self.reject.clicked.connect(lambda: self._decide(False))
        self.open_again.clicked.connect(lambda: self._decide(None))
        self.change.clicked.connect(self.import_wanted)
        self.ready()

    def _build(self) -> None:
        self.banner = framed("caution")
        inside = row(10, (16, 8, 8, 8))
        inside.addWidget(self._sign)
        inside.addWidget(self._banner_text, 1)
        inside.addWidget(self.change)
        self.banner.setLayout(inside)
        card = framed()
        inner = column(0, (1, 1, 1, 1))
        inner.addWidget(self.table)
        card.setLayout(inner)
        self._verdict = framed()
        form = column(8, (20, 14, 20, 14))
        form.addWidget(self._chosen)
        line = row(8)
        words = column(2)
        words.addWidget(self._reason_label)
        words.addWidget(self.reason)
        line.addLayout(words, 1)
        for made in (self.accept, self.reject, self.open_again):
            line.addWidget(made, 0, Qt.AlignmentFlag.AlignBottom)
        steady = self.open_again.sizePolicy()
        steady.setRetainSizeWhenHidden(True)
        self.open_again.setSizePolicy(steady)
        form.addLayout(line)
        form.addWidget(self.problem)
        self._verdict.setLayout(form)
        self._reason_label.setBuddy(self.reason)
        self.problem.hide()
        layout = column(12)
        layout.addWidget(self._lead)
        layout.addWidget(self.banner)
        layout.addWidget(card, 1)
        layout.addWidget(self._verdict)
        self.setLayout(layout)

    def show_room(self, room: ValidationRoom | None) -> None:
        """Show the steps and what was decided about them."""
        self._room = room
        self.model.set_room(room)
        self.table.setColumnHidden(FILE, room is None or len(room.version.files) == 1)
        if room is not None and self.model.rowCount() and not self.table.selectionModel().hasSelection():
            self.table.selectRow(0)
        self.retranslate()

    def show_problem(self, words: str) -> None:
        """Say why a decision was not kept."""
        self.problem.setText(words)
        self.problem.setVisible(bool(words))

    @property
    def row(self) -> int:
        """The chosen row, -1 for none."""
        rows = self.table.selectionModel().selectedRows()
        return rows[0].row() if rows else -1

    def _on_selected(self, _now: QItemSelection, _before: QItemSelection) -> None:
        self.show_problem("")
        self._write_chosen()

    def _decide(self, accepted: bool | None) -> None:
        place = self.model.place(self.row)
        if place is not None:
            self.show_problem("")
            self.decided.emit(DecideStep(*place, accepted, self.reason.text() if accepted is not None else ""))

    # ---- texts and looks -----------------------------------------------------------------------------------------------------

    def retranslate(self) -> None:
        """Write the texts."""
        texts, room = self.store.texts, self._room
        self._lead.setText(
            texts(
                "These steps made the data out of the extracts. "
                "Accept those that are right; with a rejected one the data cannot be signed."
            )
        )
        self._reason_label.setText(texts("Why"))
        self.reason.setAccessibleName(texts("Why"))
        self.reason.setPlaceholderText(texts("needed where the step is rejected"))
        self.accept.setText(iconed(texts("Accept")))
        self.reject.setText(iconed(texts("Reject")))
        self.open_again.setText(texts("Neither"))
        self.change.setText(texts("Import extracts …"))
        self.table.setAccessibleName(texts("Steps of the wash"))
        self.model.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, VERDICT)
        self.banner.setVisible(room is not None and bool(room.rejected))
        if room is not None and room.rejected:
            self._banner_text.setText(self._what_to_change(room))
        self._verdict.setVisible(room is not None and room.can_keep and self.model.rowCount() > 0)
        self._write_chosen()
        self.table.viewport().update()

    def _what_to_change(self, room: ValidationRoom) -> str:
        """Which steps are to be changed in the import."""
        texts = self.store.texts
        named = []
        for decision in room.rejected:
            file = room.version.files[decision.file]
            words = name_of(file.table.steps[decision.step], texts)
            named.append(texts("step {n} of {file} (“{step}”)", n=decision.step + 1, file=file.file, step=words))
        steps = "; ".join(named)
        return texts("The data cannot be signed. Change this in the import, and take the extracts in again: {steps}.", steps=steps)

    def _write_chosen(self) -> None:
        decision = self.model.decision(self.row) if self.row >= 0 else None
        self._chosen.setText(self.model.words(self.row) if self.row >= 0 else self.store.texts("Choose a step"))
        self.reason.setText(decision.reason if decision is not None else "")
        self.open_again.setVisible(decision is not None)
        for made in (self.accept, self.reject):
            made.setEnabled(self.row >= 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A narrow table leaves more room to the steps."""
        super().resizeEvent(event)
        self._fit_columns()

    def _fit_columns(self) -> None:
        wide = int(self.store.appearance.is_large)
        share = SHARE if self.width() < NARROW[wide] else 1
        for section, widths in WIDTHS.items():
            self.header.resizeSection(section, round(widths[wide] * share))

    def restyle(self) -> None:
        """Take icons and the sizes of rows and columns."""
        tokens = self.store.tokens
        self.header.setFixedHeight(self.sizes.table_header)
        self.table.verticalHeader().setDefaultSectionSize(self.sizes.row)
        self._fit_columns()
        set_icon(self.accept, "check", tokens.ink, self.sizes.icon_text)
        set_icon(self.reject, "x", tokens.ink, self.sizes.icon_text)
        set_picture(self._sign, "triangle-alert", tokens.caution, self.sizes.icon_bar)
