"""The wizard's last page: the log that the files make, what there is to say about it, and the recipe to keep."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QWidget

from engine.errors import N_
from engine.service.messages import TakenIn
from gui.dialogs.import_words import notice_words
from gui.store import Store
from gui.widgets.parts import button, clear_layout, column, framed, iconed, label, row, set_icon, surface

NO_DATA = N_("The recipe holds columns and steps, and no data of cases. Use it again next month, or share it with another municipality.")
PSEUDONYMS = N_("Case ids are already replaced by codes. Open the log, and save it as an encrypted project.")


class ResultPage(QWidget):
    """Counts, warnings, and what to do next."""

    recipe_wanted = Signal()

    def __init__(self, store: Store) -> None:
        super().__init__()
        self._store = store
        texts = store.texts
        self._figures = row(32)
        self.files, self.warnings = label("body", wrap=True), label("body", wrap=True)
        self._warning_title = label("card_title")
        self.save_button = button("plain", iconed(texts("Save recipe …")))
        set_icon(self.save_button, "save", store.tokens.ink_2, 16)
        self.save_button.clicked.connect(self.recipe_wanted)
        self.saved = label("small", wrap=True)
        layout = column(12)
        layout.addWidget(self._counts_card())
        layout.addWidget(self._warnings_card(), 1000)
        layout.addWidget(self._recipe_card())
        layout.addStretch()
        self.setLayout(layout)

    def _counts_card(self) -> QWidget:
        card = framed()
        inner = column(10, (20, 16, 20, 16))
        inner.addLayout(self._figures)
        inner.addWidget(self.files)
        inner.addWidget(label("small", self._store.texts(PSEUDONYMS), wrap=True))
        card.setLayout(inner)
        return card

    def _warnings_card(self) -> QWidget:
        card = self._remarks = framed()
        inner = column(8, (20, 16, 20, 16))
        inner.addWidget(self._warning_title)
        held = surface()
        words = column()
        words.addWidget(self.warnings)
        words.addStretch()
        held.setLayout(words)
        area = self._area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidget(held)
        area.setAccessibleName(self._store.texts("Warnings"))
        inner.addWidget(area, 1000)
        inner.addStretch()
        card.setLayout(inner)
        return card

    def _recipe_card(self) -> QWidget:
        card = framed()
        inner = column(8, (20, 14, 20, 14))
        line = row(12)
        line.addWidget(self.save_button)
        line.addWidget(self.saved, 1)
        inner.addLayout(line)
        inner.addWidget(label("small", self._store.texts(NO_DATA), wrap=True))
        card.setLayout(inner)
        return card

    def show_taken(self, taken: TakenIn) -> None:
        """Show what the files have become."""
        texts, summary = self._store.texts, taken.opened.summary
        clear_layout(self._figures)
        if summary is not None:
            period = "–"
            if summary.first_event is not None and summary.last_event is not None:
                zone = taken.opened.timezone
                period = f"{texts.date(summary.first_event, zone)} – {texts.date(summary.last_event, zone)}"
            for words, figure in (
                (texts("Cases"), texts.number(summary.n_cases)),
                (texts("Events"), texts.number(summary.n_events)),
                (texts("Activities"), texts.number(summary.n_activities)),
                (texts("Period"), period),
            ):
                one = column(2)
                one.addWidget(label("small", words))
                one.addWidget(label("page_title", figure))
                self._figures.addLayout(one)
            self._figures.addStretch()
        events, spells = N_("{file}: {rows} rows became {events} events."), N_("{file}: {rows} rows became {spells} states of cases.")
        became = ((spells if file.spells else events, file) for file in taken.files)
        counts = (texts(said, file=file.name, rows=file.rows, events=file.events, spells=file.spells) for said, file in became)
        self.files.setText("\n".join(counts))
        n = len(taken.warnings)
        self._warning_title.setText(texts.plural("{n} remark", "{n} remarks", n) if n else texts("No remarks"))
        self.warnings.setText("\n".join(f"• {notice_words(notice, texts)}" for notice in taken.warnings))
        self._area.setVisible(bool(n))
        high = QSizePolicy.Policy.Preferred if n else QSizePolicy.Policy.Maximum
        self._remarks.setSizePolicy(QSizePolicy.Policy.Preferred, high)
        self.saved.setText("")
