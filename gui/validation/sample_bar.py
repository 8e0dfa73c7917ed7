"""How the sample is drawn, by which seed, and the way from case to case."""

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
    """Method, number and seed; and "case 3 of 12" with the two ways from it."""

    draw_wanted = Signal(object)
    """A DrawSample."""
    turn_wanted = Signal(int)

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
        self.draw, self.place = button("primary"), label("body_strong")
        self.before, self.after = icon_button(), icon_button()
        self._place: tuple[int, int] = (0, 0)
        self._fill_methods()
        self._build()
        self.draw.clicked.connect(self._on_draw)
        self.seed.returnPressed.connect(self._on_draw)
        self.before.clicked.connect(lambda: self.turn_wanted.emit(-1))
        self.after.clicked.connect(lambda: self.turn_wanted.emit(1))
        self.ready()
        self.show_place(0, 0)

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
        turning = row(4)
        for widget in (self.before, self.place, self.after):
            turning.addWidget(widget)
        right = column(2)
        right.addStretch()
        right.addLayout(turning)
        layout.addLayout(right)
        self.setLayout(layout)

    def show_sample(self, sample: Sample | None) -> None:
        """Write how the sample on show was drawn."""
        if sample is not None:
            self.method.setCurrentIndex(self.method.findData(sample.draw.method.value))
            self.n.setValue(sample.draw.n)
            self.seed.setText(str(sample.draw.seed))

    def show_place(self, place: int, n: int) -> None:
        """Write which case of how many is on show; place from 0."""
        self._place = (place, n)
        self.before.setEnabled(n > 0 and place > 0)
        self.after.setEnabled(n > 0 and place < n - 1)
        self._write_place()

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

    def _write_place(self) -> None:
        place, n = self._place
        texts = self.store.texts
        self.place.setText(texts("Case {n} of {all}", n=place + 1, all=n) if n else "")
        for turn in (self.before, self.place, self.after):
            turn.setVisible(n > 0)

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
        for turn, words in ((self.before, texts("Previous case (←)")), (self.after, texts("Next case (→)"))):
            turn.setAccessibleName(words)
            turn.setToolTip(words)
        self._write_place()

    def restyle(self) -> None:
        """Take icons and widths."""
        wide, tokens = int(self.store.appearance.is_large), self.store.tokens
        for field, name in ((self.n, "n"), (self.seed, "seed")):
            field.setFixedWidth(WIDTH[name][wide])
        self.method.setMaximumWidth(WIDTH["method"][wide])
        set_icon(self.draw, "dices", tokens.on_accent, self.sizes.icon_text)
        set_icon(self.before, "chevron-left", tokens.ink, self.sizes.icon_bar)
        set_icon(self.after, "chevron-right", tokens.ink, self.sizes.icon_bar)
