"""What the data can and cannot answer: each question with its verdict, as word and sign, and the reasons."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QWidget

from engine.quality.values import Capability, Verdict
from engine.quality.words import VERDICTS, reason_sentence
from gui.store import Store
from gui.widgets.panel import Panel
from gui.widgets.parts import column, hairline, icon_label, label, row, set_picture

SIGNS = {Verdict.YES: "circle-check", Verdict.CARE: "triangle-alert", Verdict.NO: "diamond-alert"}
SIGN_PX, WORD_PX = 16, 96


class AnswersView(Panel):
    """All questions below each other."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self._answers: tuple[Capability, ...] = ()
        self._rows: list[tuple[QLabel, QLabel, QLabel, list[QLabel]]] = []
        self._list = column(0, (16, 4, 16, 4))
        inside = QWidget()
        inside.setProperty("kind", "surface")
        inside.setLayout(self._list)
        self.area = QScrollArea()
        self.area.setWidget(inside)
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        outer = column(0, (4, 4, 4, 4))  # clear of the card's round corners
        outer.addWidget(self.area)
        self.setLayout(outer)
        self.ready()

    def set_answers(self, answers: tuple[Capability, ...]) -> None:
        """Show answers; rows are made anew only where there are more or fewer."""
        shape = [len(one.reasons) for one in answers]
        if shape != [len(one.reasons) for one in self._answers]:
            self._build(shape)
        self._answers = answers
        self.restyle()
        self.retranslate()

    def _build(self, shape: list[int]) -> None:
        while (item := self._list.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.setParent(None)
                widget.deleteLater()
        self._rows = []
        for number, n_reasons in enumerate(shape):
            if number:
                self._list.addWidget(hairline())
            sign, word, question = icon_label("circle-check", self.store.tokens.kept, SIGN_PX), label("small_strong"), label("body_strong")
            question.setWordWrap(True)
            reasons = [label("secondary", wrap=True) for _ in range(n_reasons)]
            self._list.addWidget(_row(sign, word, question, reasons))
            self._rows.append((sign, word, question, reasons))
        self._list.addStretch()

    def retranslate(self) -> None:
        """Write questions, verdicts and reasons."""
        texts = self.store.texts
        self.area.setAccessibleName(texts("What the data can answer"))
        for one, (sign, word, question, reasons) in zip(self._answers, self._rows, strict=True):
            sign.setAccessibleName(texts(VERDICTS[one.verdict]))
            word.setText(texts(VERDICTS[one.verdict]))
            question.setText(texts(one.question))
            for reason, shown in zip(one.reasons, reasons, strict=True):
                shown.setText(reason_sentence(texts, reason))

    def restyle(self) -> None:
        """Take colours and sizes of signs and words."""
        tokens = self.store.tokens
        colours = {Verdict.YES: tokens.kept, Verdict.CARE: tokens.caution, Verdict.NO: tokens.breached}
        scale = 1.4 if self.store.appearance.is_large else 1
        for one, (sign, word, _, _) in zip(self._answers, self._rows, strict=True):
            set_picture(sign, SIGNS[one.verdict], colours[one.verdict], round(SIGN_PX * scale))
            word.setFixedWidth(round(WORD_PX * scale))


def _row(sign: QLabel, word: QLabel, question: QLabel, reasons: list[QLabel]) -> QWidget:
    told = column(3)
    told.addWidget(question)
    for reason in reasons:
        told.addWidget(reason)
    line = row(8, (0, 11, 0, 11))
    line.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
    line.addWidget(word, 0, Qt.AlignmentFlag.AlignTop)
    line.addLayout(told, 1)
    made = QWidget()
    made.setLayout(line)
    return made
