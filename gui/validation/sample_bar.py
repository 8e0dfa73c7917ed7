"""How the sample is drawn, by which seed; and the way from case to case."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QSizePolicy, QSpinBox

from engine.service.messages import DrawSample, Sample
from engine.validation.values import MOST_CASES, Method
from engine.validation.words import METHODS
from gui.store import Store
from gui.widgets.definition import explain
from gui.widgets.panel import Panel
from gui.widgets.parts import button, column, icon_button, iconed, label, row, set_icon

USUAL = 12
SEED_DIGITS = 18
WIDTH = {"n": (64, 84), "seed": (128, 172), "method": (284, 376)}
"""Px of the fields: on a desk, on a projector; that of the method is its most."""
LEAST_LETTERS = 8
"""Of the method, where there is little room."""


class SampleBar(Panel):
    """Method, number and seed."""

    draw_wanted = Signal(object)
    """A DrawSample."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.method, self.n, self.seed = QComboBox(), QSpinBox(), QLineEdit()
        self._method_label, self._n_label, self._seed_label = label("small_label"), label("small_label"), label("small_label")
        self.n.setRange(1, MOST_CASES)
        self.n.setValue(USUAL)
        self.n.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.method.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.method.setMinimumContentsLength(LEAST_LETTERS)
        self.method.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.seed.setMaxLength(SEED_DIGITS)
        self.draw = button("primary")
        self._fill_methods()
        self._build()
        self.draw.clicked.connect(self._on_draw)
        self.seed.returnPressed.connect(self._on_draw)
        self.ready()

    def _build(self) -> None:
        layout = row(12)
        for words, field in ((self._method_label, self.method), (self._n_label, self.n), (self._seed_label, self.seed)):
            pair = column(2)
            pair.addWidget(words)
            pair.addWidget(field)
            layout.addLayout(pair, WIDTH["method"][0] if field is self.method else 0)
            words.setBuddy(field)
        drawing = column(2)
        drawing.addStretch()
        drawing.addWidget(self.draw)
        layout.addLayout(drawing)
        layout.addStretch(1)
        self.setLayout(layout)

    def show_sample(self, sample: Sample | None) -> None:
        """Write how the sample on show was drawn."""
        if sample is not None:
            self.method.setCurrentIndex(self.method.findData(sample.draw.method.value))
            self.n.setValue(sample.draw.n)
            self.seed.setText(str(sample.draw.seed))

    def question(self) -> DrawSample:
        """The sample that the fields tell; an empty seed is drawn."""
        seed = self.seed.text().strip()
        return DrawSample(self.n.value(), Method(self.method.currentData()), int(seed) if seed.isdecimal() else None)

    def _on_draw(self) -> None:
        self.draw_wanted.emit(self.question())

    # ---- texts and looks -----------------------------------------------------------------------------------------------------

    def _fill_methods(self) -> None:
        chosen = self.method.currentData() or Method.BY_VARIANT.value
        self.method.clear()
        for method, words in METHODS.items():
            self.method.addItem(self.store.texts(words), method.value)
        self.method.setCurrentIndex(self.method.findData(chosen))

    def retranslate(self) -> None:
        """Write the texts."""
        texts = self.store.texts
        self._fill_methods()
        self._method_label.setText(texts("Which cases"))
        self._n_label.setText(texts("How many"))
        self._seed_label.setText(texts("Seed"))
        self.seed.setPlaceholderText(texts("drawn for you"))
        for field, words in ((self.method, self._method_label), (self.n, self._n_label), (self.seed, self._seed_label)):
            field.setAccessibleName(words.text())
        explain(self.seed, texts("Seed"), [
            texts("The same seed gives the same sample of the same data on every computer, so that others can check it."),
            texts("Leave it empty, and one is drawn. Filters have no part in it: it is drawn from all cases."),
        ])  # fmt: skip
        self.draw.setText(iconed(texts("Draw sample")))

    def restyle(self) -> None:
        """Take icons and widths."""
        wide, tokens = int(self.store.appearance.is_large), self.store.tokens
        for field, name in ((self.n, "n"), (self.seed, "seed")):
            field.setFixedWidth(WIDTH[name][wide])
        self.method.setMaximumWidth(WIDTH["method"][wide])
        set_icon(self.draw, "dices", tokens.on_accent, self.sizes.icon_text)


class CaseTurner(Panel):
    """ "Case 3 of 12", with the two ways from it, and the way to say something of it."""

    turn_wanted = Signal(int)
    comment_wanted = Signal()

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self._place, self._n = 0, 0
        self.before, self.place, self.after = icon_button(), label("body_strong"), icon_button()
        self.speak = button("plain")
        layout = row(4)
        for widget in (self.before, self.place, self.after):
            layout.addWidget(widget)
        layout.addSpacing(8)
        layout.addWidget(self.speak)
        self.setLayout(layout)
        self.before.clicked.connect(lambda: self.turn_wanted.emit(-1))
        self.after.clicked.connect(lambda: self.turn_wanted.emit(1))
        self.speak.clicked.connect(self.comment_wanted)
        self.ready()

    def show_place(self, place: int, n: int) -> None:
        """Write which case of how many is on show; place from 0."""
        self._place, self._n = place, n
        self.before.setEnabled(n > 0 and place > 0)
        self.after.setEnabled(n > 0 and place < n - 1)
        self.retranslate()

    def retranslate(self) -> None:
        """Write the texts."""
        texts = self.store.texts
        self.place.setText(texts("Case {n} of {all}", n=self._place + 1, all=self._n) if self._n else "")
        self.speak.setText(texts("Comment (K)"))
        for turn, words in ((self.before, texts("Previous case (←)")), (self.after, texts("Next case (→)"))):
            turn.setAccessibleName(words)
            turn.setToolTip(words)

    def restyle(self) -> None:
        """Take the icons."""
        set_icon(self.before, "chevron-left", self.store.tokens.ink, self.sizes.icon_bar)
        set_icon(self.after, "chevron-right", self.store.tokens.ink, self.sizes.icon_bar)
