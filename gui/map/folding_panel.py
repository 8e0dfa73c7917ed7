"""The frame of a panel that lies on the map: choices and sentences that scroll where the room is short, the legend below, and a fold."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QFrame, QLabel, QLayout, QVBoxLayout, QWidget

from gui.map.legend import LegendWidget
from gui.store import Store
from gui.theme import Appearance, font
from gui.widgets.panel import Panel
from gui.widgets.parts import column, hairline, icon_button, set_icon
from gui.widgets.whole_rows import WholeRows

WIDTH = 248
SIDE, TOP = 16, 14
FOLD_FROM_EDGE = 8


class FoldingPanel(Panel):
    """A card that is always whole: what does not fit scrolls inside, the legend stands below and stays in sight.

    Folded, it is without its choices; a projector starts so: the map needs the room.
    """

    resized = Signal()

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(store, "", parent)
        self.collapsed = store.appearance is Appearance.PROJECTOR
        self.legend = LegendWidget(store)
        self.fold = icon_button()
        self._choices = QWidget()
        self._card = QFrame()
        self._card.setProperty("kind", "card")
        self._inner = column(0, (SIDE, TOP, SIDE, 0))
        self._inside, self._area, self._foot = QWidget(), WholeRows(), QWidget()

    def frame(self, choices: QLayout, below: tuple[QWidget, ...]) -> None:
        """Put the parts into the card: the choices, what stands below them, and the legend."""
        self._choices.setLayout(choices)
        self._inside.setProperty("kind", "scrolled")
        for widget in (self._choices, *below):
            self._inner.addWidget(widget)
        self._inner.addStretch()
        self._inside.setLayout(self._inner)
        self._area.setWidget(self._inside)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.verticalScrollBar().rangeChanged.connect(self._keep_right_edge)
        foot = column(0, (SIDE, 8, SIDE, 14))
        self.section(foot)
        foot.addWidget(self.legend)
        self._foot.setLayout(foot)
        card = column(0, (1, 1, 1, 1))
        card.addWidget(self._area, 1)
        card.addWidget(self._foot)
        self._card.setLayout(card)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._card)
        self.fold.setParent(self._card)
        self.fold.clicked.connect(lambda: self.set_collapsed(not self.collapsed))

    def _keep_right_edge(self) -> None:
        """Fields and sliders end where the legend does, with a scroll bar beside them as without."""
        bar = self._area.verticalScrollBar()
        self._inner.setContentsMargins(SIDE, TOP, SIDE - (bar.sizeHint().width() if bar.maximum() else 0), 0)

    @staticmethod
    def section(inner: QVBoxLayout) -> None:
        """A line across the card."""
        line = hairline()
        inner.addSpacing(4)
        inner.addWidget(line)
        inner.addSpacing(12)

    def set_collapsed(self, collapsed: bool) -> None:
        """Do without the choices, so that the map has more room, or have all of the panel."""
        self.collapsed = collapsed
        self.retranslate()
        self.restyle()

    def write_fold(self, area_words: str, folded_words: str) -> None:
        """Say what the card holds and what the fold does, in words of the language in force."""
        self.fold.setToolTip(self.store.texts("Show the choices") if self.collapsed else folded_words)
        self.fold.setAccessibleName(self.fold.toolTip())
        self._area.setAccessibleName(area_words)

    def show_folded(self, first: QLabel) -> None:
        """Show the choices unless the panel is folded; the first sentence then makes room for the fold."""
        self._choices.setVisible(not self.collapsed)
        first.setContentsMargins(0, 0, self.fold.width() + FOLD_FROM_EDGE - SIDE + 4 if self.collapsed else 0, 2)

    def restyle(self) -> None:
        """Take the width of the appearance, and draw the fold."""
        self.setFixedWidth(round(WIDTH * (1.3 if self.sizes.control > 40 else 1)))
        set_icon(self.fold, "chevron-down" if self.collapsed else "chevron-up", self.store.tokens.ink_2, self.sizes.icon_bar)
        side = self.sizes.icon_bar + 12
        self.fold.setFixedSize(side, side)
        first_line = TOP + 1 + QFontMetrics(font("small_strong", self.store.appearance)).height() // 2
        self.fold.move(self.width() - side - FOLD_FROM_EDGE, first_line - side // 2)
        self.fold.raise_()

    def event(self, event: QEvent) -> bool:
        """What is inside has taken another height."""
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self.resized.emit()
        return done

    def _on_appearance(self) -> None:
        self.collapsed = self.store.appearance is Appearance.PROJECTOR
        super()._on_appearance()

    def wanted_height(self) -> int:
        """The height at which nothing has to scroll."""
        border = self._card.width() - self._card.contentsRect().width() + 2
        bar = SIDE - self._inner.contentsMargins().right()
        return self._inner.totalHeightForWidth(self.width() - border - bar) + self._foot.sizeHint().height() + border
