"""The panel on the model: how it is drawn and found, what its numbers are about, and the legend."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, QTimer
from PySide6.QtWidgets import QComboBox, QLabel, QSlider, QVBoxLayout, QWidget

from engine.errors import N_
from engine.models.values import Miner, Notation
from engine.models.words import counting_sentence, part_sentence, replay_sentence, verdict_sentence
from engine.service.messages import ModelAnswer
from gui.map.controls import AmountSlider
from gui.map.folding_panel import FoldingPanel
from gui.map.model_scene import model_legend
from gui.map.model_words import MINER_NAMES, NOTATION_NAMES, left_out_sentence
from gui.map.style import map_style
from gui.store import Store
from gui.widgets.definition import explain
from gui.widgets.parts import column, label, row

SETTLED_MS = 350
"""A slider that has stood still so long is where it was meant to go."""
STEPS = 20


class ModelControls(FoldingPanel):
    """Upper left on the model."""

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(store, parent)
        self.answer: ModelAnswer | None = None
        self.notation, self.miner = QComboBox(), QComboBox()
        self._names = {name: label("small_label") for name in ("notation", "miner", "noise")}
        self.noise = QSlider(Qt.Orientation.Horizontal)
        self.noise.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.noise.setRange(0, STEPS)
        self.noise.setPageStep(2)
        self.noise_words = label("small")
        self.steps = AmountSlider()
        self.verdict = label("small_strong", wrap=True)
        self.part, self.replayed, self.counting, self.left_out = (label("small", wrap=True) for _ in range(4))
        self._settled = QTimer(self, singleShot=True, interval=SETTLED_MS)
        self._settled.timeout.connect(self._take)
        self.frame(self._build_choices(), self.captions())
        self.notation.activated.connect(lambda _index: store.change_view(notation=Notation(self.notation.currentData())))
        self.miner.activated.connect(lambda _index: store.change_view(miner=Miner(self.miner.currentData())))
        self.noise.valueChanged.connect(self._on_noise)
        self.steps.moved.connect(self._on_steps)
        store.view_changed.connect(self._on_view)
        store.opened_changed.connect(self._show_view)
        self.ready()

    def _build_choices(self) -> QVBoxLayout:
        inner = column(0)
        for name, box in (("notation", self.notation), ("miner", self.miner)):
            self._names[name].setBuddy(box)
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            inner.addWidget(self._names[name])
            inner.addSpacing(4)
            inner.addWidget(box)
            inner.addSpacing(10)
        inner.addWidget(self.steps)
        inner.addSpacing(6)
        top = row(4)
        top.addWidget(self._names["noise"])
        top.addStretch()
        top.addWidget(self.noise_words)
        inner.addLayout(top)
        inner.addWidget(self.noise)
        inner.addSpacing(8)
        return inner

    def captions(self) -> tuple[QLabel, ...]:
        """The sentences on what the model is of and how well it fits."""
        return self.verdict, self.replayed, self.counting, self.part, self.left_out

    def show_answer(self, answer: ModelAnswer | None) -> None:
        """Show what the numbers of the model on the screen are about, and its legend."""
        self.answer = answer
        self._write_answer()

    def retranslate(self) -> None:
        """Write everything in the language in force."""
        texts = self.store.texts
        for name, words in (("notation", N_("Drawn as")), ("miner", N_("Found by")), ("noise", N_("Rare courses left out"))):
            self._names[name].setText(texts(words))
        for box, names in ((self.notation, NOTATION_NAMES), (self.miner, MINER_NAMES)):
            box.clear()
            for value, words in names.items():
                box.addItem(texts(words), value.value)
        explain(
            self.noise,
            texts("Rare courses left out"),
            [
                texts("0%: everything in the selection shapes the model; the inductive miner then replays every case."),
                texts("Higher: what is rarer than this share of what is most frequent at the same place does not shape the model."),
            ],
        )
        self.steps.name.setText(texts("Steps"))
        explain(
            self.steps.slider,
            texts("Steps"),
            [
                texts("The model is made of the steps that the map shows; the slider is the map's too."),
                texts("What the cases do in other steps is passed over, as if it were not in the log."),
            ],
        )
        explain(
            self.verdict,
            texts("How well the model fits"),
            [
                texts("A case follows the model when a way from its start to its end has the case's steps in the case's order."),
                texts("A model that every case follows may also allow courses that no case takes: look for a model that is short as well."),
            ],
        )
        self.write_fold(texts("What the model shows"), texts("Show fit and legend only"))
        self._show_view()
        self._write_answer()

    def _show_view(self) -> None:
        view = self.store.view
        for box, value in ((self.notation, view.notation.value), (self.miner, view.miner.value)):
            box.setCurrentIndex(max(box.findData(value), 0))
        with QSignalBlocker(self.noise):
            self.noise.setValue(round(view.noise * STEPS))
        self._write_noise()

    def _write_noise(self) -> None:
        words = self.store.texts.percent(self.noise.value() / STEPS)
        self.noise_words.setText(words)
        self.noise.setAccessibleName(f"{self._names['noise'].text()}: {words}")

    def _write_answer(self) -> None:
        answer, texts, style = self.answer, self.store.texts, map_style(self.store.appearance)
        if answer is None:
            self.legend.show_legend(None, style)
        else:
            model = answer.model
            words = texts("{shown} of {all}", shown=model.n_steps, all=model.n_steps_all)
            self.steps.show_amount(self._steps_wanted(), model.n_steps_least, model.n_steps_all, words)
            self.verdict.setText(verdict_sentence(model, texts))
            self.part.setText(part_sentence(model, texts))
            self.replayed.setText(replay_sentence(model, texts))
            self.counting.setText(counting_sentence(answer.model, texts))
            self.left_out.setText(left_out_sentence(answer.model, texts))
            self.left_out.setToolTip("\n".join(answer.model.left_out))
            self.legend.show_legend(model_legend(answer, texts, style), style)
        self.show_folded(self.verdict)
        details = () if self.collapsed else (self.counting, self.left_out)
        for caption in self.captions():
            is_wanted = caption in (self.verdict, self.replayed, self.part, *details)
            caption.setVisible(answer is not None and is_wanted and bool(caption.text()))
        self.resized.emit()

    def _on_noise(self, _value: int) -> None:
        self._write_noise()
        self._settled.start()

    def _on_steps(self, n: int) -> None:
        most = self.steps.slider.maximum()
        self.steps.value.setText(self.store.texts("{shown} of {all}", shown=n, all=most))
        self._settled.start()

    def _steps_wanted(self) -> int:
        """Where the slider of the steps stands while nobody moves it."""
        asked, model = self.store.view.steps, self.answer.model if self.answer else None
        if model is None:
            return 0
        return model.n_steps if asked is None else min(asked, model.n_steps_all)

    def _take(self) -> None:
        """What the sliders say; a view with the default number of steps keeps it until that slider is moved."""
        changes: dict[str, Any] = {"noise": self.noise.value() / STEPS}
        if self.steps.slider.value() != self._steps_wanted():
            changes["steps"] = self.steps.slider.value()
        self.store.change_view(**changes)

    def stop(self) -> None:
        """End the timer (closing)."""
        self._settled.stop()

    def _on_view(self, names: frozenset[str]) -> None:
        if names & {"notation", "miner", "noise"}:
            self._show_view()
