"""A new passphrase: typed twice, measured, or suggested as six words."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from itertools import pairwise
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QProgressBar, QWidget

from engine.errors import N_
from engine.service.messages import PassphraseSuggestion, SuggestPassphrase
from gui.store import Store
from gui.widgets.panel import Panel
from gui.widgets.parts import button, column, label, row
from gui.widgets.password_field import PasswordField
from gui.widgets.suggested_words import SuggestedWords

ENOUGH_BITS, GOOD_BITS = 50.0, 70.0
KINDS = ((r"[a-zæøå]", 29), (r"[A-ZÆØÅ]", 29), (r"\d", 10), (r"[^\w]", 20))
SHORTEST_WORD = 3
WORD = re.compile(r"[^\W\d_]+")

Ask = Callable[[Any, Callable[[Any], None]], object]


def strength_bits(passphrase: str) -> float:
    """A cautious estimate of a passphrase's strength in bits: words count 11 bits each, other signs by their kind, repeats nothing."""
    words = [word for word in WORD.findall(passphrase) if len(word) >= SHORTEST_WORD]
    by_words = 11.0 * len({word.casefold() for word in words})
    kinds = sum(size for pattern, size in KINDS if re.search(pattern, passphrase))
    by_signs = len(set(passphrase)) * math.log2(kinds) if kinds else 0.0
    return min(by_words, by_signs) if words and len(words) >= 3 else by_signs * 0.7


class NewPassphrase(Panel):
    """Two fields beside each other, a measure of strength, and the words that were suggested. ask: how the engine is asked for them."""

    changed = Signal()

    def __init__(self, store: Store, ask: Ask, *, first: str = N_("Passphrase"), second: str = N_("Passphrase once more")) -> None:
        super().__init__(store)
        self._ask = ask
        self.first = PasswordField(store, first, large=False)
        self.second = PasswordField(store, second, large=False)
        self._strength, self._strength_words = QProgressBar(), label("small", wrap=True)
        self.suggest = button("text")
        self.suggestion = SuggestedWords(store)
        self._build()
        self._order()
        self.first.changed.connect(self._follow)
        self.second.changed.connect(self._follow)
        self.suggest.clicked.connect(self._on_suggest)
        self.setFocusProxy(self.first.field)
        self.ready()
        self._follow()

    def _build(self) -> None:
        fields = row(16)
        for field in (self.first, self.second):
            fields.addWidget(field, 1)
            fields.setAlignment(field, Qt.AlignmentFlag.AlignTop)
        self._strength.setTextVisible(False)
        self._strength.setRange(0, 100)
        self._strength.setFixedWidth(160)
        meter = row(10)
        meter.addWidget(self._strength)
        meter.addWidget(self._strength_words, 1)
        meter.addWidget(self.suggest)
        layout = column(10 if self.store.appearance.is_large else 14)
        layout.addLayout(fields)
        layout.addLayout(meter)
        layout.addWidget(self.suggestion)
        self.setLayout(layout)

    def _order(self) -> None:
        """Tab goes from one passphrase to the other: on an eye between them the next space would show the first."""
        stops = (self.first.field, self.second, self.second.field, self.first.eye, self.second.eye, self.suggest)
        for before, after in pairwise(stops):
            QWidget.setTabOrder(before, after)

    @property
    def text(self) -> str:
        """The passphrase as it was typed first."""
        return self.first.text

    def problem(self) -> str:
        """What it lacks, as a sentence; "" when it will do."""
        texts = self.store.texts
        checks = (
            (bool(self.first.text), texts("Choose a passphrase, or let six words be suggested.")),
            (strength_bits(self.first.text) >= ENOUGH_BITS, texts("Choose a longer passphrase, or let six words be suggested.")),
            (self.first.text == self.second.text, texts("Type the passphrase twice.")),
        )
        return next((sentence for good, sentence in checks if not good), "")

    def clear(self) -> None:
        """Forget it."""
        self.first.clear()
        self.second.clear()
        self.suggestion.hide_unless("")

    def retranslate(self) -> None:
        """Write the texts."""
        self.suggest.setText(self.store.texts("Suggest six words"))

    def _on_suggest(self) -> None:
        self._ask(SuggestPassphrase(self.store.texts.language), self._on_suggestion)

    def _on_suggestion(self, answer: PassphraseSuggestion) -> None:
        for field in (self.first, self.second):
            field.set_text(answer.passphrase)
        self.suggestion.show_words(answer.passphrase)

    def _follow(self) -> None:
        bits = strength_bits(self.first.text)
        self._strength.setValue(min(100, round(100 * bits / GOOD_BITS)))
        self._strength_words.setText(self._strength_sentence(bits) if self.first.text else "")
        self.suggestion.hide_unless(self.first.text)
        same = self.first.text == self.second.text
        self.second.set_error(self.store.texts("The two are not the same.") if self.second.text and not same else "")
        self.changed.emit()

    def _strength_sentence(self, bits: float) -> str:
        texts = self.store.texts
        if bits < ENOUGH_BITS:
            return texts("Too weak: use at least five different words, or 14 different letters and digits.")
        return texts("Strength: {word}", word=texts("strong") if bits >= GOOD_BITS else texts("sufficient"))
