"""The wizard's third page: the steps that wash the rows of each file, what each did to all of them, and what else would help."""

from __future__ import annotations

from functools import partial

from msgspec.structs import replace
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFrame,
    QHeaderView,
    QMenu,
    QScrollArea,
    QSizePolicy,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from engine.log.columns import Notice
from engine.service.messages import Suggestion, Suggestions, SuggestSteps, TryWash, WashTried
from engine.texts import Texts
from engine.washing.values import AnyStep, CaseworkerOrder, Outcome
from gui.dialogs.import_draft import ImportDraft, role_joins
from gui.dialogs.import_step import ReadFile, ask_step
from gui.dialogs.import_words import GROUPS, MEANINGS, NAMES, codes_words, detail_of, kind_of, name_of, notice_words
from gui.dialogs.roles_dialog import choose_item
from gui.store import Store
from gui.theme import Appearance
from gui.widgets.parts import button, clear_layout, column, framed, label, row
from gui.widgets.table_delegate import RowDelegate
from gui.widgets.table_page import as_rows

NUMBERS_WIDE = (92, 128)
"""Px of a column of numbers: on a desk, on a projector."""
SUGGESTIONS_HIGH, SUGGESTION_HIGH = 260, (34, 46)
"""Px of all suggestions at the most, and of one on a desk and on a projector."""
FOUND_SHARE, FOUND_GAP = 0.5, 52
"""The share of the room below that tells of the whole extract, and the px between it and the suggestions."""
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class WashPage(QWidget):
    """One file at a time: steps at the left, what the chosen one changed at the right, suggestions below."""

    changed = Signal()
    wanted = Signal(object)
    """A TryWash or SuggestSteps to be asked."""

    def __init__(self, store: Store, draft: ImportDraft, height: int, read_codes: ReadFile) -> None:
        super().__init__()
        self._store = store
        self._draft = draft
        self._read_codes = read_codes
        self._path = ""
        self._tried: dict[str, tuple[object, WashTried]] = {}
        self._suggested: dict[str, tuple[Suggestion, ...]] = {}
        self._found: dict[str, tuple[Notice, ...]] = {}
        texts = store.texts
        self.file, self._file_label = QComboBox(), label("body_strong", texts("File"))
        self.steps, self.sample = QTableWidget(), QTableWidget()
        self._total, self._meaning = label("secondary", wrap=True), label("small", wrap=True)
        self._sample_title, self._none = label("card_title", wrap=True), label("small", wrap=True)
        self.add_button = button("plain", texts("Add step …"))
        self.edit_button, self.pause_button = button("plain", texts("Edit …")), button("plain", texts("Pause"))
        self.up_button, self.down_button = button("plain", texts("Up")), button("plain", texts("Down"))
        self.remove_button, self.undo_button = button("plain", texts("Remove")), button("plain", texts("Undo"))
        self._menu = QMenu(self)
        self._suggestions: QVBoxLayout = column(4)
        self._told = label("body", wrap=True)
        self.take_all = button("plain", texts("Take all"))
        self._build(height)
        self._connect()

    # ---- building --------------------------------------------------------------------------------------------------------------

    def _build(self, height: int) -> None:
        which = row(12)
        which.addWidget(self._file_label)
        which.addWidget(self.file, 1)
        self.file.setAccessibleName(self._store.texts("File"))
        sides = row(16)
        sides.addWidget(self._steps_part(height), 3)
        sides.addWidget(self._sample_part(height), 3)
        layout = column(10)
        layout.addLayout(which)
        layout.addWidget(self._total)
        layout.addLayout(sides, 1)
        layout.addWidget(self._suggestions_part(), 1)
        self.setLayout(layout)

    def _steps_part(self, height: int) -> QWidget:
        texts = self._store.texts
        _set_up(self.steps, self._store, height, [texts("Step"), texts("Rows in"), texts("Rows out"), texts("Changed")])
        self.steps.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.steps.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.steps.setAccessibleName(texts("Steps of the wash"))
        header = self.steps.horizontalHeader()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for place in (1, 2, 3):
            header.setSectionResizeMode(place, QHeaderView.ResizeMode.Fixed)
            header.resizeSection(place, NUMBERS_WIDE[self._store.appearance is Appearance.PROJECTOR])
            self.steps.model().setHeaderData(place, Qt.Orientation.Horizontal, RIGHT, Qt.ItemDataRole.TextAlignmentRole)
        for group, kinds in GROUPS:
            part = self._menu.addMenu(texts(group))
            part.setToolTipsVisible(True)
            for kind in kinds:
                action = part.addAction(texts(NAMES[kind]))
                action.setToolTip(texts(MEANINGS[kind]))
                action.triggered.connect(partial(self._on_chosen, kind))
        self.add_button.setMenu(self._menu)
        card = framed()
        inner = column(8, (1, 1, 1, 10))
        inner.addWidget(self.steps, 1)
        upper = (self.add_button, self.edit_button, self.pause_button)
        for buttons in (upper, (self.up_button, self.down_button, self.remove_button, self.undo_button)):
            line = row(8, (14, 0, 14, 0))
            for one in buttons:
                line.addWidget(one)
            line.addStretch()
            inner.addLayout(line)
        card.setLayout(inner)
        return card

    def _sample_part(self, height: int) -> QWidget:
        texts = self._store.texts
        _set_up(self.sample, self._store, height, [texts("Row"), texts("Column"), texts("Before"), texts("After")])
        self.sample.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.sample.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.sample.setAccessibleName(texts("Examples of what the step changed"))
        header = self.sample.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        for place in (2, 3):
            header.setSectionResizeMode(place, QHeaderView.ResizeMode.Stretch)
        header.setMaximumSectionSize(260)
        header.setStretchLastSection(True)
        card = framed()
        inner = column(6, (1, 12, 1, 1))
        words = column(4, (16, 0, 16, 0))
        for part in (self._sample_title, self._meaning, self._none):
            words.addWidget(part)
        inner.addLayout(words)
        inner.addWidget(self.sample, 1000)
        inner.addStretch()
        card.setLayout(inner)
        return card

    def _suggestions_part(self) -> QWidget:
        texts, card = self._store.texts, framed()
        head, suggested, found = row(8), column(6), column(6)
        head.addWidget(label("card_title", texts("Suggestions")))
        head.addStretch()
        head.addWidget(self.take_all)
        held = QWidget()
        held.setProperty("kind", "surface")
        held.setLayout(self._suggestions)
        self._area = _scrolled(held, texts("Suggestions"))
        suggested.addLayout(head)
        suggested.addWidget(self._area)
        suggested.addStretch()
        self._told.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._told.setContentsMargins(0, 7, 0, 0)
        self._told_area = _scrolled(self._told, texts("In the whole extract"))
        found.addWidget(label("card_title", texts("In the whole extract")))
        found.addWidget(self._told_area)
        found.addStretch()
        self._found_part = QWidget()
        self._found_part.setLayout(found)
        inner = row(FOUND_GAP, (16, 10, 16, 10))
        inner.addLayout(suggested, round(100 * (1 - FOUND_SHARE)))
        inner.addWidget(self._found_part, round(100 * FOUND_SHARE))
        card.setLayout(inner)
        card.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        return card

    def _connect(self) -> None:
        self.file.activated.connect(lambda: self.show_file(str(self.file.currentData())))
        self.steps.itemSelectionChanged.connect(self._follow)
        self.steps.doubleClicked.connect(self._on_edit)
        self.edit_button.clicked.connect(self._on_edit)
        self.pause_button.clicked.connect(self._on_pause)
        self.up_button.clicked.connect(lambda: self._on_move(-1))
        self.down_button.clicked.connect(lambda: self._on_move(1))
        self.remove_button.clicked.connect(self._on_remove)
        self.undo_button.clicked.connect(self._on_undo)
        self.take_all.clicked.connect(lambda: self._take(self._suggested.get(self._path, ())))

    # ---- showing ---------------------------------------------------------------------------------------------------------------

    def show_plan(self) -> None:
        """Show the files of the plan."""
        self.file.clear()
        for file in self._draft.files:
            self.file.addItem(file.name, file.path)
        known = [file.path for file in self._draft.files]
        for widget in (self.file, self._file_label):
            widget.setVisible(len(known) > 1)
        self._tried.clear()
        self._suggested.clear()
        self.show_file(self._path if self._path in known else known[0])

    def show_file(self, path: str) -> None:
        """Show the steps of one file, and try them."""
        self._path = path
        choose_item(self.file, path)
        self._show_steps()
        self._ask()

    def _ask(self) -> None:
        self._suggested.pop(self._path, None)
        self._show_suggestions()
        self.changed.emit()
        self.wanted.emit(TryWash(self._path, self._draft.table(self._path)))

    def take_tried(self, tried: WashTried) -> None:
        """What the steps did."""
        self._tried[tried.path] = (self._draft.table(tried.path), tried)
        if tried.path == self._path:
            self._show_steps()
            self.wanted.emit(SuggestSteps(self._path, self._draft.table(self._path)))
        self.changed.emit()

    def take_suggestions(self, found: Suggestions) -> None:
        """Which further steps would help."""
        self._suggested[found.path] = found.steps
        self._found[found.path] = found.found
        self._show_suggestions()

    @property
    def tried(self) -> WashTried | None:
        """What the steps of the shown file did; None until they have been tried as they are."""
        kept = self._tried.get(self._path)
        return kept[1] if kept is not None and kept[0] == self._draft.table(self._path) else None

    def _outcomes(self) -> tuple[Outcome, ...]:
        tried = self.tried
        return tried.outcomes[len(role_joins(self._draft.table(self._path))) :] if tried is not None else ()

    def _show_steps(self) -> None:
        texts, steps, outcomes = self._store.texts, self._draft.steps(self._path), self._outcomes()
        chosen = self._chosen()
        self.steps.setRowCount(len(steps))
        for i, step in enumerate(steps):
            outcome = outcomes[i] if i < len(outcomes) else None
            detail = detail_of(step, texts)
            words = f"{i + 1}. {name_of(step, texts)}" + (f" · {detail}" if detail else "")
            self.steps.setItem(i, 0, _cell(texts("{step} (paused)", step=words) if step.paused else words))
            for place, count in enumerate(_counts(outcome), start=1):
                self.steps.setItem(i, place, _cell("…" if count is None else texts.number(count), right=True))
        if steps:
            self.steps.selectRow(min(max(chosen, 0), len(steps) - 1))
        self._total.setText(self._total_words(texts))
        self._follow()

    def _total_words(self, texts: Texts) -> str:
        tried = self.tried
        if tried is None:
            return texts("Trying the steps on all rows …")
        return texts("{rows_in} rows before the wash, {rows_out} after.", rows_in=tried.rows_in, rows_out=tried.rows_out)

    def _show_suggestions(self) -> None:
        texts, found = self._store.texts, self._suggested.get(self._path)
        clear_layout(self._suggestions)
        self.take_all.setVisible(bool(found) and len(found or ()) > 1)
        if not found:
            said = texts("Looking …") if found is None else texts("Nothing more to suggest for this file.")
            self._suggestions.addWidget(label("small", said))
        for one in found or ():
            self._suggestions.addWidget(self._suggestion(one))
        told = self._found.get(self._path, ())
        self._told.setText("\n".join(notice_words(notice, texts) for notice in told))
        self._found_part.setVisible(bool(told))
        self._fit_suggestions()

    def _fit_suggestions(self) -> None:
        """Let the suggestions and what is told of the whole extract be as high as they need, as far as there is room."""
        each = SUGGESTION_HIGH[self._store.appearance is Appearance.PROJECTOR]
        self._area.setFixedHeight(min(max(len(self._suggested.get(self._path, ())), 1) * each, SUGGESTIONS_HIGH))
        wide = round((self.width() - FOUND_GAP - 34) * FOUND_SHARE)
        self._told_area.setFixedHeight(min(max(self._told.heightForWidth(wide), 0) + 4, SUGGESTIONS_HIGH))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrapped sentences need another height."""
        super().resizeEvent(event)
        self._fit_suggestions()

    def _suggestion(self, one: Suggestion) -> QWidget:
        texts, line, made = self._store.texts, row(8), QWidget()
        rows = texts.plural("{n} row", "{n} rows", one.rows)
        line.addWidget(label("body", " · ".join(said for said in (name_of(one.step, texts), detail_of(one.step, texts), rows) if said)), 1)
        take = button("small", texts("Take"))
        take.setAccessibleName(texts("Take: {step}", step=name_of(one.step, texts)))
        take.clicked.connect(lambda: self._take((one,)))
        line.addWidget(take)
        made.setLayout(line)
        made.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        return made

    def _chosen(self) -> int:
        rows = self.steps.selectionModel().selectedRows()
        return rows[0].row() if rows else -1

    def _follow(self) -> None:
        texts, steps, outcomes, chosen = self._store.texts, self._draft.steps(self._path), self._outcomes(), self._chosen()
        there = 0 <= chosen < len(steps)
        for one in (self.edit_button, self.pause_button, self.remove_button):
            one.setEnabled(there)
        self.up_button.setEnabled(there and chosen > 0)
        self.down_button.setEnabled(there and chosen < len(steps) - 1)
        self.undo_button.setEnabled(self._draft.can_undo)
        self.pause_button.setText(texts("Resume") if there and steps[chosen].paused else texts("Pause"))
        outcome = outcomes[chosen] if there and chosen < len(outcomes) else None
        self._sample_title.setText(name_of(steps[chosen], texts) if there else texts("No steps yet"))
        self._meaning.setText(_meaning(steps[chosen], texts) if there else texts("Add a step, or take a suggestion below."))
        self._show_sample(outcome)

    def _show_sample(self, outcome: Outcome | None) -> None:
        texts = self._store.texts
        sample = outcome.sample if outcome is not None else ()
        self.sample.setVisible(bool(sample))
        said = texts("It changed nothing.") if outcome is not None and not sample and not outcome.paused else ""
        said = (codes_words(outcome, texts) if outcome is not None else "") or said
        made = getattr(self._draft.steps(self._path)[self._chosen()], "into", None) if outcome is not None else None
        if made and self._draft.role_of(self._path, made) is None and made not in self._draft.washed(self._path):
            said = f"{said} {texts('The column {column} is not in use yet: give it a role in the step Columns.', column=made)}".strip()
        self._none.setText(said)
        self._none.setVisible(bool(said))
        self.sample.setRowCount(len(sample))
        for i, change in enumerate(sample):
            after = texts("left out") if change.after is None else change.after
            for place, text in enumerate((texts.number(change.row), change.column, change.before, after)):
                self.sample.setItem(i, place, _cell(text))

    # ---- what the user does ----------------------------------------------------------------------------------------------------

    def _set(self, steps: tuple[AnyStep, ...], chosen: int) -> None:
        self._draft.set_steps(self._path, steps)
        self._show_steps()
        if 0 <= chosen < len(steps):
            self.steps.selectRow(chosen)
        self._ask()

    def _on_chosen(self, kind: type, _checked: bool = False) -> None:
        self._on_add(kind)

    def _on_add(self, kind: type) -> None:
        step = ask_step(self._store, kind, None, self._columns(kind), self._values(), self, self._read_codes)
        if step is not None:
            steps = self._draft.steps(self._path)
            self._set((*steps, step), len(steps))

    def _on_edit(self) -> None:
        chosen, steps = self._chosen(), self._draft.steps(self._path)
        if not 0 <= chosen < len(steps):
            return
        kind = type(steps[chosen])
        step = ask_step(self._store, kind, steps[chosen], self._columns(kind), self._values(), self, self._read_codes)
        if step is not None:
            self._set((*steps[:chosen], step, *steps[chosen + 1 :]), chosen)

    def _on_pause(self) -> None:
        chosen, steps = self._chosen(), self._draft.steps(self._path)
        self._set((*steps[:chosen], replace(steps[chosen], paused=not steps[chosen].paused), *steps[chosen + 1 :]), chosen)

    def _on_move(self, by: int) -> None:
        chosen, steps = self._chosen(), list(self._draft.steps(self._path))
        steps[chosen], steps[chosen + by] = steps[chosen + by], steps[chosen]
        self._set(tuple(steps), chosen + by)

    def _on_remove(self) -> None:
        chosen, steps = self._chosen(), self._draft.steps(self._path)
        self._set((*steps[:chosen], *steps[chosen + 1 :]), chosen)

    def _on_undo(self) -> None:
        path = self._draft.undo()
        if path is not None:
            self.show_file(path)
        self._follow()

    def _take(self, found: tuple[Suggestion, ...]) -> None:
        steps = self._draft.steps(self._path)
        self._set((*steps, *(one.step for one in found)), len(steps))

    def add_kind(self, tag: str) -> None:
        """Add a step of a kind (its tag in a recipe) that is not there yet; one that asks something asks it now."""
        kind = kind_of(tag)
        steps = self._draft.steps(self._path)
        there = next((i for i, step in enumerate(steps) if type(step) is kind), None)
        if there is not None:
            self.steps.selectRow(there)
        elif kind is not None:
            self._on_add(kind)

    def take_first(self) -> None:
        """Take the first suggestion, if there is one."""
        self._take(self._suggested.get(self._path, ())[:1])

    def _columns(self, kind: type) -> tuple[str, ...]:
        """What a step may name: the file's columns, those about employees for one kind only, and what earlier steps make."""
        file = next(file for file in self._draft.files if file.path == self._path)
        table = self._draft.table(self._path)
        preview = file.preview
        barred = () if preview is None or kind is CaseworkerOrder else preview.employees
        columns = [name for name in preview.columns if name not in barred] if preview is not None else []
        made = [into for step in table.steps if (into := getattr(step, "into", None))]
        return tuple(dict.fromkeys([*columns, *made]))

    def _values(self) -> dict[str, tuple[str, ...]]:
        kept = self._tried.get(self._path)
        return kept[1].values if kept is not None else {}


def _scrolled(held: QWidget, name: str) -> QScrollArea:
    """What scrolls upright where it is higher than its room, with the keyboard too."""
    area = QScrollArea()
    area.setWidget(held)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    area.setAccessibleName(name)
    return area


def _counts(outcome: Outcome | None) -> tuple[int | None, ...]:
    return (None, None, None) if outcome is None else (outcome.rows_in, outcome.rows_out, outcome.changed)


def _meaning(step: AnyStep, texts: Texts) -> str:
    return texts(MEANINGS[type(step)])


def _cell(text: str, *, right: bool = False) -> QTableWidgetItem:
    item = QTableWidgetItem(text)
    side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
    item.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
    item.setToolTip(text)
    return item


def _set_up(table: QTableWidget, store: Store, height: int, columns: list[str]) -> None:
    header = as_rows(table, store)
    table.setColumnCount(len(columns))
    table.setHorizontalHeaderLabels(columns)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setItemDelegate(RowDelegate(store, table))
    for set_height in (header.setFixedHeight, table.verticalHeader().setDefaultSectionSize):
        set_height(height)
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
