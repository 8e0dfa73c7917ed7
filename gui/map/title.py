"""What is said on a map that fills the screen: of what it is, how much of it, and how to leave."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from gui.store import Store
from gui.widgets.panel import Panel
from gui.widgets.parts import column, framed, icon_button, label, row, set_icon
from gui.widgets.selection_words import selection_sentence

MOST_WIDTH = 460


class MapTitle(Panel):
    """Upper right on the map; shown while the map fills the screen only."""

    leave_wanted = Signal()
    changed = Signal()
    """It has another size."""

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(store, "", parent)
        self.name, self.selection = label("small_strong"), label("small", wrap=True)
        self.leave = icon_button()
        self.leave.clicked.connect(self.leave_wanted)
        card = framed()
        words = column(2)
        words.addWidget(self.name)
        words.addWidget(self.selection)
        inner = row(8, (12, 6, 6, 6))
        inner.addLayout(words, 1)
        inner.addWidget(self.leave)
        card.setLayout(inner)
        layout = row()
        layout.addWidget(card)
        self.setLayout(layout)
        self.setMaximumWidth(MOST_WIDTH)
        for signal in (store.opened_changed, store.view_changed, store.count_changed, store.saved_changed):
            signal.connect(self.retranslate)
        self.ready()
        self.hide()

    def retranslate(self) -> None:
        """Write the name, the selection and its size."""
        texts, opened = self.store.texts, self.store.opened
        self.leave.setToolTip(texts("Leave the full screen (Esc)"))
        self.leave.setAccessibleName(texts("Leave the full screen (Esc)"))
        if opened is None or opened.summary is None:
            return
        self.name.setText(opened.facts.name if opened.facts else opened.name)
        n, most = self.store.n_selected, opened.summary.n_cases
        share = texts.percent(n / most) if n is not None and most else ""
        count = "" if n is None else f" {texts.number(n)} {texts('of {all} cases ({share})', all=most, share=share)}."
        self.selection.setText(selection_sentence(self.store.view.selection, texts, self.store.timezone) + count)
        self.adjustSize()
        self.changed.emit()

    def restyle(self) -> None:
        """Draw the icon."""
        set_icon(self.leave, "x", self.store.tokens.ink_2, self.sizes.icon_text)
