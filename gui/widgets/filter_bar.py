"""The one selection of the window: as chips, as a sentence, and as a number of cases."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QMenu, QToolButton

from engine.log.selection import Filter
from engine.service.messages import Cases, CasesQuery
from gui.store import Store
from gui.theme import Appearance, dimensions, font, font_px
from gui.widgets.definition import explain
from gui.widgets.elided import ElidedLabel
from gui.widgets.notion_button import NotionButton
from gui.widgets.panel import Panel
from gui.widgets.parts import button, clear_layout, column, iconed, label, row, set_icon
from gui.widgets.selection_words import chip_words, selection_sentence

LONGEST, SHORTEST = 320, 60
"""Px of a filter's value, and of what is left of it in a narrow window; on a projector as many times more as its type is larger."""
MARGIN, GAP = 20, 8


class FilterChip(QFrame):
    """One filter: field name, value, and a cross that takes it away. `less` is how many px its value must do without."""

    removed = Signal(object)

    def __init__(self, store: Store, filtered: Filter, less: int = 0) -> None:
        super().__init__()
        self._filter = filtered
        name, value = chip_words(filtered, store.texts, store.timezone)
        sizes = dimensions(store.appearance)
        self.setFixedHeight(sizes.chip)
        self.setStyleSheet(f"FilterChip {{ background: {store.tokens.accent_soft}; border: none; border-radius: {sizes.chip // 2}px; }}")
        metrics = QFontMetrics(font("body_strong", store.appearance))
        scale = font_px("body", store.appearance) / font_px("body", Appearance.LIGHT)
        whole = metrics.horizontalAdvance(value) + 2  # what a fraction of a px would cost is its last letters
        longest = max(min(whole, round(LONGEST * scale)) - less, min(whole, round(SHORTEST * scale)))
        shown = label("body_strong", metrics.elidedText(value, Qt.TextElideMode.ElideRight, longest))
        shown.setFont(font("body_strong", store.appearance))
        shown.setToolTip(value if whole > longest else "")
        self.cross = QToolButton()
        self.cross.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.cross.setStyleSheet("QToolButton { padding: 2px; }")
        self.cross.setAccessibleName(store.texts("Remove the filter {name} {value}", name=name, value=value))
        self.cross.setToolTip(self.cross.accessibleName())
        set_icon(self.cross, "x", store.tokens.ink_2, sizes.icon_text - 2)
        self.cross.clicked.connect(lambda: self.removed.emit(self._filter))
        layout = row(6, (12, 0, 5, 0))
        layout.addWidget(label("secondary", name))
        layout.addWidget(shown)
        layout.addWidget(self.cross)
        self.setLayout(layout)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete takes the filter away."""
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removed.emit(self._filter)
        else:
            super().keyPressEvent(event)


class FilterBar(Panel):
    """Chips, sentence and count; every page follows what stands here."""

    add_wanted = Signal()

    def __init__(self, store: Store) -> None:
        super().__init__(store, "bar")
        self._chips = row(8)
        self._more = button("add_chip")
        self._more_menu = QMenu(self)
        self._more.setMenu(self._more_menu)
        self._add = button("add_chip")
        self._add.clicked.connect(self.add_wanted)
        self._synthetic = label("caution_tag")
        self._count = label("body_strong")
        self._of = label("secondary")
        self._sentence = ElidedLabel("secondary")
        self.notion = NotionButton(store)
        first = row(GAP)
        first.addWidget(self.notion)
        first.addLayout(self._chips)
        first.addWidget(self._more)
        first.addWidget(self._add)
        first.addStretch(1)
        first.addWidget(self._synthetic, 0, Qt.AlignmentFlag.AlignVCenter)
        first.addSpacing(8)
        count = row(4)
        count.addWidget(self._count)
        count.addWidget(self._of)
        first.addLayout(count)
        layout = column(4, (MARGIN, 8, MARGIN, 8))
        layout.addLayout(first)
        layout.addWidget(self._sentence)
        self.setLayout(layout)
        self._shown_width = 0
        store.opened_changed.connect(self._on_view)
        store.view_changed.connect(self._on_changed)
        store.count_changed.connect(self._show_count)
        store.saved_changed.connect(self.retranslate)
        self.ready()

    def retranslate(self) -> None:
        """Write chips, sentence and count."""
        texts = self.store.texts
        self._add.setText(iconed(texts("Filter")))
        self._add.setAccessibleName(texts("Add filter …"))
        self._synthetic.setText(texts("Synthetic data"))
        self._synthetic.setToolTip(texts("These cases are made up. No real people or decisions are behind them."))
        self._synthetic.setVisible(self.store.is_synthetic)
        self.notion.write()
        self._sentence.set_full_text(selection_sentence(self.store.view.selection, texts, self.store.timezone))
        self._show_chips()
        self._show_count()

    def restyle(self) -> None:
        """Take height and icons."""
        self.setFixedHeight(self.sizes.filter_bar)
        set_icon(self._add, "plus", self.store.tokens.ink_2, self.sizes.icon_text)

    def _on_changed(self, names: frozenset[str]) -> None:
        if "selection" in names:
            self._on_view()

    def _on_view(self) -> None:
        self.retranslate()
        summary = self.store.opened.summary if self.store.opened else None
        selection = self.store.view.selection
        if summary is None:
            return
        if not selection.filters:
            self.store.set_n_selected(summary.n_cases)
            return

        def on_answer(answer: Cases) -> None:
            if answer.query.selection == self.store.view.selection:
                self.store.set_n_selected(answer.n_cases)

        self.store.jobs.ask(CasesQuery(selection=selection, limit=1), on_answer, lambda _error: None, keep=True)

    def _show_chips(self) -> None:
        had_focus = any(chip.isAncestorOf(focus) for chip in self.chips() if (focus := self.focusWidget()) is not None)
        clear_layout(self._chips)
        filters = self.store.view.selection.filters
        room = self._room()
        for i, one in enumerate(filters):
            chip = FilterChip(self.store, one)
            room -= chip.sizeHint().width() + GAP
            if room < 0 and i == 0:
                chip.deleteLater()
                chip = FilterChip(self.store, one, -room)
            elif room < 0:
                chip.deleteLater()
                self._show_rest(filters[i:])
                break
            chip.removed.connect(self.store.remove_filter)
            self._chips.addWidget(chip)
        else:
            self._show_rest(())
        self._shown_width = self.width()
        if had_focus:
            self._add.setFocus(Qt.FocusReason.TabFocusReason)

    def _room(self) -> int:
        """Px that chips may take: what the buttons, the tag and the longest count leave."""
        texts, summary = self.store.texts, self.store.opened.summary if self.store.opened else None
        n = summary.n_cases if summary is not None else 0
        longest = f"{texts.number(n)} {texts('of {all} cases ({share})', all=n, share=texts.percent(1.0))}"
        taken = QFontMetrics(font("body_strong", self.store.appearance)).horizontalAdvance(longest)
        beside = (self._more, self._add, self._synthetic) if self.store.is_synthetic else (self._more, self._add)
        notion = 0 if self.notion.isHidden() else self.notion.sizeHint().width() + GAP
        return self.width() - 2 * MARGIN - taken - GAP - notion - sum(part.sizeHint().width() + GAP for part in beside)

    def _show_rest(self, filters: tuple[Filter, ...]) -> None:
        """Filters without room stand in a menu, where choosing one removes it."""
        texts = self.store.texts
        self._more.setVisible(bool(filters))
        self._more.setText(texts("{n} more", n=len(filters)))
        self._more_menu.clear()
        for one in filters:
            name, value = chip_words(one, texts, self.store.timezone)
            action = self._more_menu.addAction(texts("Remove the filter {name} {value}", name=name, value=value))
            action.triggered.connect(partial(self.store.remove_filter, one))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as many chips as there is room for."""
        super().resizeEvent(event)
        if abs(self.width() - self._shown_width) > 24:
            self._show_chips()

    def chips(self) -> list[FilterChip]:
        """The chips shown."""
        items = (self._chips.itemAt(i) for i in range(self._chips.count()))
        return [widget for item in items if item is not None and isinstance(widget := item.widget(), FilterChip)]

    def _show_count(self) -> None:
        texts = self.store.texts
        summary = self.store.opened.summary if self.store.opened else None
        n = self.store.n_selected
        if summary is None or n is None:
            self._count.setText("")
            self._of.setText("")
            return
        share = texts.percent(n / summary.n_cases) if summary.n_cases else texts.percent(0)
        self._count.setText(texts.number(n))
        self._of.setText(texts("of {all} cases ({share})", all=summary.n_cases, share=share))
        lines = [
            texts("Cases that meet every filter, out of all cases in the log."),
            texts("n = {n}. Left out by the filters: {out}.", n=n, out=summary.n_cases - n),
        ]
        for widget in (self._count, self._of):
            explain(widget, texts("Cases in the selection"), lines)
