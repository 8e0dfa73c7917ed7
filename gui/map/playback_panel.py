"""The panel of a playback, upper left on the map: what is played, the piles of this moment, how to read it, and the way out."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QSizePolicy, QStackedWidget, QWidget

from engine.service.messages import MapAnswer, Playback, WayKind
from gui.map.legend import LegendWidget, make_legend
from gui.map.playback_words import group_words, left_out_words, now_words, sample_words
from gui.map.stage import STAGE, Lights, stage_sheet, stage_style
from gui.store import Store
from gui.theme import Appearance, font
from gui.widgets.definition import explain
from gui.widgets.panel import Panel
from gui.widgets.parts import button, column, hairline, label, row, set_icon

WIDTH, SIDE = 248, 16
MOST_PILES, FEWER_PILES = 4, 3


@dataclass(frozen=True)
class Pile:
    """One pile of this moment: the step waited for, the cases, and how long the longest of them is under way, in words."""

    name: str
    n: int
    oldest: str


class PileList(QWidget):
    """The largest piles, with a bar each; its height never changes while it plays."""

    def __init__(self, store: Store) -> None:
        super().__init__()
        self._store = store
        self.piles: tuple[Pile, ...] = ()
        self._most = 1
        self._rows = MOST_PILES
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_piles(self, piles: tuple[Pile, ...], most: int) -> None:
        """Show piles; most: the size that fills a bar."""
        if (piles, most) != (self.piles, self._most):
            self.piles, self._most = piles, max(most, 1)
            self.setAccessibleDescription("; ".join(f"{pile.name}: {pile.n}" for pile in piles))
            self.update()

    def _row(self) -> int:
        return round(QFontMetrics(font("small", self._store.appearance)).height() * 2 + 12)

    def sizeHint(self) -> QSize:
        """Room for the most piles."""
        return QSize(120, self._row() * self._rows)

    def set_rows(self, rows: int) -> None:
        """Room for so many piles."""
        if rows != self._rows:
            self._rows = rows
            self.updateGeometry()
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Name and number, a bar, and the longest wait."""
        painter = QPainter(self)
        for at, pile in enumerate(self.piles[: self._rows]):
            self._paint_pile(painter, pile, QRectF(0, at * self._row(), self.width(), self._row()))

    def _paint_pile(self, painter: QPainter, pile: Pile, box: QRectF) -> None:
        appearance, texts = self._store.appearance, self._store.texts
        name_font = font("small_strong", appearance)
        name_font.setFeature(QFont.Tag("tnum"), 0)
        strong = QFontMetrics(name_font)
        number = texts.number(pile.n)
        room = int(box.width()) - strong.horizontalAdvance(number) - 8
        line = QRectF(box.left(), box.top(), box.width(), strong.height())
        painter.setFont(name_font)
        painter.setPen(QColor(STAGE.ink))
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft, strong.elidedText(pile.name, Qt.TextElideMode.ElideMiddle, room))
        painter.setFont(font("small_strong", appearance))
        painter.drawText(line, Qt.AlignmentFlag.AlignRight, number)
        bar = QRectF(box.left(), line.bottom() + 2, box.width(), 3)
        painter.fillRect(bar, QColor(STAGE.track))
        painter.fillRect(QRectF(bar.left(), bar.top(), bar.width() * min(pile.n / self._most, 1.0), 3), QColor(Lights().pile))
        painter.setFont(font("small", appearance))
        painter.setPen(QColor(STAGE.ink_2))
        painter.drawText(QRectF(box.left(), bar.bottom() + 1, box.width(), strong.height() + 2), Qt.AlignmentFlag.AlignLeft, pile.oldest)


class Sign(QWidget):
    """A small picture of what one sees: a token with its tail, a pile, or work under way."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self._kind = kind
        self.setFixedSize(26, 16)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw it as the map does."""
        painter, lights = QPainter(self), Lights()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        comet = [(18, 4.6, lights.tail, 0.22), (18, 2.4, lights.dot, 1.0), (11, 2.0, lights.tail, 0.38), (5, 1.7, lights.tail, 0.18)]
        dots: dict[str, list[tuple[float, float, float, str, float]]] = {
            "token": [(x, 8, radius, colour, opacity) for x, radius, colour, opacity in comet],
            "pile": [(4 + 5 * x, 11 - 5 * y, 2, lights.pile, 1.0) for x in range(4) for y in range(2)],
            "work": [(4 + 5 * x, 8, 2, lights.dot, 1.0) for x in range(4)],
        }
        for x, y, radius, colour, opacity in dots[self._kind]:
            made = QColor(colour)
            made.setAlphaF(opacity)
            painter.setBrush(made)
            painter.drawEllipse(QPointF(x, y), radius, radius)


class PlaybackPanel(Panel):
    """Takes the place of the map's panel while cases are played."""

    leave_wanted = Signal()

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(store, "", parent)
        self.played: Playback | None = None
        self._problem = ""
        self._now = (0, 0, 0, 0)
        self.title, self.sample = label("card_title"), label("small", wrap=True)
        self.now, self.heading, self.none = label("small_strong", wrap=True), label("small_label"), label("small", wrap=True)
        self.left_out = label("least", wrap=True)
        self.piles, self._what_waits = PileList(store), QStackedWidget()
        self.legend = LegendWidget(store)
        self._map: MapAnswer | None = None
        self._token, self._pile, self._work, self._how = (label("small", wrap=True) for _ in range(4))
        self.close_button = button("plain")
        self.close_button.clicked.connect(self.leave_wanted)
        self._reading = QWidget()
        self._build()
        self.ready()

    def _build(self) -> None:
        self._card = card = QFrame()
        card.setProperty("kind", "card")
        reading = column(6)
        self._rows = []
        for kind, words in (("token", self._token), ("pile", self._pile), ("work", self._work)):
            line = QWidget()
            beside = row(8)
            beside.addWidget(Sign(kind), 0, Qt.AlignmentFlag.AlignTop)
            beside.addWidget(words, 1)
            line.setLayout(beside)
            reading.addWidget(line)
            self._rows.append(line)
        reading.addWidget(self._how)
        self._reading.setLayout(reading)
        self._line = hairline()
        inner = column(8, (SIDE, 14, SIDE, 14))
        self._what_waits.addWidget(self.none)
        self._what_waits.addWidget(self.piles)
        self._what_waits.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.none.setAlignment(Qt.AlignmentFlag.AlignTop)
        for widget in (self.title, self.sample, self.now, self.heading, self._what_waits, self._line, self._reading):
            inner.addWidget(widget)
        inner.addWidget(self.left_out)
        inner.addWidget(self.legend)
        inner.addWidget(self.close_button)
        card.setLayout(inner)
        outer = column()
        outer.addWidget(card)
        outer.addStretch()
        self.setLayout(outer)

    # ---- what it shows -------------------------------------------------------------------------------------------------------

    def show_waiting(self) -> None:
        """The journeys are being collected."""
        self.played, self._problem = None, ""
        self.retranslate()

    def show_problem(self, words: str) -> None:
        """It cannot be played, and why."""
        self.played, self._problem = None, words
        self.retranslate()

    def show_map(self, answer: MapAnswer) -> None:
        """The map under the tokens: what its colours and widths mean."""
        self._map = answer
        self._show_legend()

    def _show_legend(self) -> None:
        style = stage_style(self.store.appearance)
        self.legend.show_legend(make_legend(self._map, self.store.texts, style) if self._map is not None else None, style)

    def show_played(self, played: Playback) -> None:
        """What is played."""
        self.played, self._problem = played, ""
        self.retranslate()

    def show_now(self, numbers: tuple[int, int, int, int], piles: tuple[Pile, ...], most: int) -> None:
        """Cases on the way, in piles, at work and out of sight, and the largest piles."""
        if numbers != self._now:
            self._now = numbers
            self.now.setText(now_words(*numbers, self.store.texts))
        self._what_waits.setCurrentWidget(self.piles if piles else self.none)
        self.piles.show_piles(piles[:MOST_PILES], most)

    def retranslate(self) -> None:
        """Write everything in the language in force."""
        texts, played = self.store.texts, self.played
        self.title.setText(texts("Playback"))
        self.heading.setText(texts("Piles now"))
        self.none.setText(texts("No case waits longer than usual at this moment."))
        self.piles.setAccessibleName(texts("Piles now"))
        grouped = played is not None and played.cases_per_token > 1
        self._token.setText(texts("A dot is a group of cases on its way") if grouped else texts("A dot is a case on its way"))
        self._pile.setText(texts("A pile waits on the card that comes next, longer than usual"))
        self._work.setText(texts("A row below a card is work under way"))
        self._how.setText(
            texts(
                "The dots follow the real times: along a line in its usual time (median), then on the card until the next event. "
                "What is too fast for the eye is seen as a glimpse."
            )
        )
        self.close_button.setText(f"{texts('Close the playback')} (Esc)")
        if played is None:
            self.sample.setText(self._problem or texts("Collecting journeys …"))
        else:
            self.sample.setText(" ".join(filter(None, (sample_words(played, texts), group_words(played, texts)))))
            self.left_out.setText(left_out_words(played, texts))
            explain(self.sample, self.title.text(), [self.sample.text(), self.left_out.text(), self._how.text()])
        has_work = played is not None and any(way.kind is WayKind.AT_WORK for way in played.ways)
        self._write_now(has_work)
        self._rows[2].setVisible(has_work)
        for widget in (self.now, self.heading, self._what_waits):
            widget.setVisible(played is not None)
        self.left_out.setVisible(played is not None and bool(self.left_out.text()))
        self._show_legend()

    def _write_now(self, has_work: bool) -> None:
        """The numbers of this moment; they have the lines of the largest numbers that can come, so that none is cut while time goes by."""
        played, texts = self.played, self.store.texts
        if played is None:
            self.now.setText("")
            return
        most = played.n_cases_shown
        self.now.setMinimumHeight(0)
        self.now.setText(now_words(most, most, most if has_work else 0, most, texts))
        self.now.ensurePolished()
        self.now.setMinimumHeight(self.now.heightForWidth(self.width() - 2 * SIDE - 2))
        self.now.setText(now_words(*self._now, texts))

    def restyle(self) -> None:
        """The stage's colours in the sizes of the appearance."""
        self.setStyleSheet(stage_sheet(self.store.appearance))
        self.setFixedWidth(round(WIDTH * (1.3 if self.store.appearance is Appearance.PROJECTOR else 1)))
        set_icon(self.close_button, "x", STAGE.ink_2, self.sizes.icon_text)

    def fit_into(self, height: int) -> int:
        """Leave out what there is no room for, explanations first; the height that is then needed."""
        spares = (self._how, self._reading, self._line, self.legend, self.left_out)
        for spare in spares:
            spare.setVisible(self.played is not None and (spare is not self.left_out or bool(self.left_out.text())))
        self._set_rows(MOST_PILES)
        for spare in spares:
            if self._needed() <= height:
                break
            spare.hide()
            if spare is self._how:
                self._set_rows(MOST_PILES if self._needed() <= height else FEWER_PILES)
        return min(self._needed(), height)

    @property
    def reading_is_shown(self) -> bool:
        """Whether it says what a dot and a pile are."""
        return not self._reading.isHidden()

    def _set_rows(self, rows: int) -> None:
        """Room for so many piles."""
        self.piles.set_rows(rows)
        self._what_waits.updateGeometry()

    def _needed(self) -> int:
        layout = self.layout()
        if layout is None:
            return 0
        for inner in (self._reading.layout(), self._card.layout()):
            if inner is not None:
                inner.invalidate()
                inner.activate()
        layout.invalidate()
        return layout.totalHeightForWidth(self.width()) if layout.hasHeightForWidth() else layout.totalSizeHint().height()
