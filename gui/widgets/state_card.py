"""What a page shows when it has nothing else to show: empty, busy, too little data, or an error."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics, QGuiApplication
from PySide6.QtWidgets import QProgressBar, QWidget

from gui.store import Store
from gui.theme import Appearance, font, font_px
from gui.widgets.panel import Panel
from gui.widgets.parts import button, column, framed, icon_label, label, row, set_picture

WIDEST = 460
"""Px of the sentence before it takes a second line; on a projector as many times more as its type is larger."""

RAGGED = 60
"""Px that a line of several may be longer than their mean: they are about as long as each other."""


class StateCard(Panel):
    """Centred icon, title, one sentence and at most one button."""

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(store, "page", parent)
        self._texts: tuple[str, str, str] = ("", "", "")
        self._icon_name = "info"
        self._action: Callable[[], None] | None = None
        self._icon = icon_label("info", store.tokens.ink_3, 32)
        self._title = label("card_title")
        self._sentence = label("secondary", wrap=True)
        self._sentence.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._bar = QProgressBar()
        self._bar.setFixedWidth(240)
        self._bar.setTextVisible(False)
        self._bar.setRange(0, 0)
        self._button = button("plain")
        self._button.clicked.connect(self._on_clicked)
        layout = column(8)
        layout.addStretch(2)
        for above, widget in ((0, self._icon), (0, self._title), (0, self._sentence), (4, self._bar), (12, self._button)):
            place = row(0, (0, above, 0, 0))
            place.addStretch()
            place.addWidget(widget)
            place.addStretch()
            layout.addLayout(place)
        layout.addStretch(3)
        self.setLayout(layout)
        self.ready()

    def show_state(
        self,
        icon_name: str,
        title: str,
        sentence: str,
        *,
        action: str = "",
        on_action: Callable[[], None] | None = None,
        busy: bool = False,
    ) -> None:
        """Show a state; texts are English catalogue ids."""
        self._icon_name, self._texts, self._action = icon_name, (title, sentence, action), on_action
        self._bar.setVisible(busy)
        self._icon.setVisible(not busy)
        self._button.setVisible(bool(action))
        self.restyle()
        self.retranslate()

    def set_progress(self, fraction: float | None) -> None:
        """How far the work is; None when unknown."""
        self._bar.setRange(0, 0 if fraction is None else 1000)
        if fraction is not None:
            self._bar.setValue(round(fraction * 1000))

    def retranslate(self) -> None:
        """Write the state in the language in force."""
        title, sentence, action = (self.store.texts(text) for text in self._texts)
        self._title.setText(title)
        self._sentence.setText(sentence)
        self._sentence.ensurePolished()
        widest = round(WIDEST * font_px("body", self.store.appearance) / font_px("body", Appearance.LIGHT))
        needed = self._sentence.fontMetrics().horizontalAdvance(sentence) + 4
        lines = -(-needed // widest)
        self._sentence.setFixedWidth(min(needed // lines + (RAGGED if lines > 1 else 0), widest) if sentence else 0)
        self._sentence.setVisible(bool(sentence))
        self._button.setText(action)

    def restyle(self) -> None:
        """Take the icon's colour from the appearance."""
        set_picture(self._icon, self._icon_name, self.store.tokens.ink_3, self.sizes.icon_rail * 8 // 5)

    def _on_clicked(self) -> None:
        if self._action is not None:
            self._action()


class ErrorCard(Panel):
    """What happened, to which file, that nothing was lost, what to do next, and details that can be copied."""

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(store, "", parent)
        self._details = ""
        self._icon = icon_label("diamond-alert", store.tokens.breached, 18)
        self._icon_place = QWidget()
        beside_title = row()
        beside_title.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignVCenter)
        self._icon_place.setLayout(beside_title)
        self._title = label("card_title", wrap=True)
        self._message = label("body", wrap=True)
        self._calm = label("small", wrap=True)
        self._copy = button("text")
        self._copy.clicked.connect(self._on_copy)
        self.next_button = button("plain")
        self.next_button.hide()
        card = framed("error")
        words = column(6)
        words.addWidget(self._title)
        words.addWidget(self._message)
        words.addWidget(self._calm)
        buttons = row(12, (0, 6, 0, 0))
        buttons.addWidget(self.next_button)
        buttons.addWidget(self._copy)
        buttons.addStretch()
        words.addLayout(buttons)
        inner = row(12, (20, 16, 20, 16))
        inner.addWidget(self._icon_place, 0, Qt.AlignmentFlag.AlignTop)
        inner.addLayout(words, 1)
        card.setLayout(inner)
        layout = column()
        layout.addWidget(card)
        self.setLayout(layout)
        self.ready()

    def show_error(self, title: str, message: str, details: str) -> None:
        """Show an error: ready sentences in the language in force; details must not hold personal data."""
        self._title.setText(title)
        self._message.setText(message)
        self._message.setVisible(bool(message))
        self._details = details
        self.setAccessibleName(f"{title} {message}")

    def retranslate(self) -> None:
        """Write the fixed texts."""
        self._calm.setText(self.store.texts("Nothing has been lost."))
        self._copy.setText(self.store.texts("Copy details"))

    def restyle(self) -> None:
        """Take the sign's colour and its size; it stands level with the first line of the title."""
        set_picture(self._icon, "diamond-alert", self.store.tokens.breached, self.sizes.icon_bar)
        self._icon_place.setFixedHeight(QFontMetrics(font("card_title", self.store.appearance)).height())

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self._details)
        self._copy.setText(self.store.texts("Copied"))
