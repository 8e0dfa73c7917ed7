"""The bar at the foot of the map while cases are played: to the beginning, play, loop, the timeline, a date to jump to, speed."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QLineEdit, QPushButton, QSizePolicy, QToolButton, QWidget

from engine.errors import N_
from engine.service.messages import Playback
from gui.map.playback_clock import DAY, SPEEDS, PlaybackClock
from gui.map.playback_timeline import PlaybackTimeline
from gui.map.playback_words import BARS, moment_words, rate_words, read_date, start_of
from gui.map.stage import STAGE, stage_sheet
from gui.store import Store
from gui.widgets.panel import Panel
from gui.widgets.parts import column, icon_button, label, row, set_icon, set_property

SIDE, FOOT_GAP = 16, 12
ROOM_FOR_DATES = 40
"""Px that a longer date may take later."""
SPEED_WORDS = {0.25: "¼×", 0.5: "½×", 1.0: "1×", 2.0: "2×", 4.0: "4×"}


class PlaybackBar(Panel):
    """Follows a clock and drives it."""

    leave_wanted = Signal()

    def __init__(self, store: Store, clock: PlaybackClock, parent: QWidget | None = None) -> None:
        super().__init__(store, "stage_bar", parent)
        self._clock = clock
        self._resume = False
        self.played: Playback | None = None
        self.rewind, self.repeat = icon_button(), icon_button()
        self.repeat.setCheckable(True)
        self.play = QPushButton()
        self.play.setProperty("kind", "play")
        self.play.setAutoDefault(False)
        self.timeline = PlaybackTimeline(store)
        self.date, self.bars, self.rate, self.problem = label("body_strong"), label("small"), label("small"), label("caution")
        self.jump = QLineEdit()
        self.jump.setProperty("kind", "jump")
        self.jump.setMaxLength(12)
        self.jump.installEventFilter(self)
        self.speeds = QButtonGroup(self)
        self._build()
        self._connect()
        self.ready()
        self._follow()

    def _build(self) -> None:
        top = row(8)
        for pressed in self.buttons():
            top.addWidget(pressed, 0, Qt.AlignmentFlag.AlignVCenter)
        top.addSpacing(8)
        top.addWidget(self.timeline, 1)
        segments = row(0)
        for number, speed in enumerate(SPEEDS):
            made = QPushButton(SPEED_WORDS[speed])
            made.setProperty("kind", "segment")
            made.setProperty("place", "first" if number == 0 else "last" if number == len(SPEEDS) - 1 else "middle")
            made.setCheckable(True)
            made.setAutoDefault(False)
            made.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
            self.speeds.addButton(made, number)
            segments.addWidget(made)
        foot = row(FOOT_GAP)
        foot.addWidget(self.date)
        foot.addWidget(self.bars)
        foot.addStretch()
        foot.addWidget(self.problem)
        foot.addWidget(self.jump)
        foot.addWidget(self.rate)
        foot.addLayout(segments)
        layout = column(2, (SIDE, 8, SIDE, 8))
        layout.addLayout(top)
        layout.addLayout(foot)
        self.setLayout(layout)

    def _connect(self) -> None:
        clock, timeline = self._clock, self.timeline
        self.rewind.clicked.connect(lambda: clock.go_to(clock.first))
        self.play.clicked.connect(clock.toggle)
        self.repeat.toggled.connect(clock.set_loop)
        self.speeds.idClicked.connect(lambda number: clock.set_speed(SPEEDS[number]))
        self.jump.returnPressed.connect(self._jump)
        self.jump.textEdited.connect(lambda _words: self._complain(""))
        timeline.wanted.connect(clock.go_to)
        timeline.toggled.connect(clock.toggle)
        timeline.faster.connect(clock.change_speed)
        timeline.held.connect(self._on_held)
        clock.changed.connect(self._follow)
        clock.ticked.connect(self._show_moment)

    # ---- room ----------------------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A narrow bar says less."""
        super().resizeEvent(event)
        self._fit_foot()

    def _fit_foot(self) -> None:
        """Leave out what there is no room for beside date, field and speeds: first what the bars are, then what a second is."""
        spares = (self.bars, self.rate)
        for spare in spares:
            spare.setVisible(self.played is not None)
        for spare in spares:
            shown = [widget for widget in (self.date, self.bars, self.problem, self.jump, self.rate) if not widget.isHidden()]
            segments = sum(one.sizeHint().width() for one in self.speeds.buttons())
            wanted = sum(max(one.sizeHint().width(), one.minimumWidth()) + FOOT_GAP for one in shown) + segments
            if wanted + 2 * SIDE + ROOM_FOR_DATES <= self.width():
                return
            spare.hide()

    # ---- what it shows -------------------------------------------------------------------------------------------------------

    def show_played(self, played: Playback | None) -> None:
        """Another playback, or none yet."""
        self.played = played
        self.timeline.show_played(played)
        for widget in (self.rewind, self.play, self.repeat, self.timeline, self.jump, *self.speeds.buttons()):
            widget.setEnabled(played is not None)
        self.retranslate()

    @property
    def _with_clock(self) -> bool:
        """Whether the hour of the day can be read at this speed."""
        return self._clock.rate * self._clock.speed < DAY

    def _show_moment(self) -> None:
        self.timeline.set_moment(self._clock.moment)
        if self.played is not None:
            words = moment_words(self._clock.moment, self.store.timezone, self.store.texts, self._with_clock)
            if words != self.date.text():
                self.date.setText(words)
                self._hold_room()
                self.timeline.setAccessibleDescription(words)

    def _hold_room(self) -> None:
        """The date has the room of the longest one so far, at once: it is never cut, and nothing beside it trembles while time goes by."""
        wanted, layout = self.date.sizeHint().width(), self.layout()
        if wanted > self.date.minimumWidth() and layout is not None:
            self.date.setMinimumWidth(wanted)
            layout.activate()

    def _follow(self) -> None:
        """Show whether it plays, how fast, and whether it begins anew."""
        clock, texts = self._clock, self.store.texts
        set_icon(self.play, "pause" if clock.playing else "play", STAGE.on_accent, self.sizes.icon_rail)
        words = texts("Pause (Space)") if clock.playing else texts("Play (Space)")
        self.play.setToolTip(words)
        self.play.setAccessibleName(words)
        self.repeat.setChecked(clock.loop)
        number = SPEEDS.index(clock.speed) if clock.speed in SPEEDS else -1
        if number >= 0:
            self.speeds.button(number).setChecked(True)
        self.rate.setText(rate_words(clock.rate * clock.speed, texts) if self.played is not None else "")
        self._show_moment()

    def retranslate(self) -> None:
        """Write everything in the language in force."""
        texts = self.store.texts
        tips = (
            (self.rewind, N_("To the beginning (Home)")),
            (self.repeat, N_("Begin anew at the end")),
        )
        for target, words in tips:
            target.setToolTip(texts(words))
            target.setAccessibleName(texts(words))
        self.bars.setText(texts(BARS[self.played.unit]) if self.played is not None else "")
        self.jump.setPlaceholderText(texts("dd-mm-yyyy"))
        self.jump.setToolTip(texts("Go to a date: write it and press Enter"))
        self.jump.setAccessibleName(texts("Go to a date"))
        self.timeline.setAccessibleName(texts("Timeline: arrow keys move the moment"))
        for number, speed in enumerate(SPEEDS):
            self.speeds.button(number).setAccessibleName(texts("Speed {n}", n=SPEED_WORDS[speed]))
        self.date.setText("")
        self.date.setMinimumWidth(0)
        self._complain("")
        self._follow()

    def restyle(self) -> None:
        """The stage's colours in the sizes of the appearance."""
        self.setStyleSheet(stage_sheet(self.store.appearance))
        size, ink = self.sizes.icon_bar, STAGE.ink_2
        set_icon(self.rewind, "skip-back", ink, size)
        set_icon(self.repeat, "repeat", ink, size)
        side = self.sizes.primary
        self.play.setFixedSize(QSize(side, side))
        self.jump.setFixedWidth(round(self.sizes.control * 3.6))
        self.timeline.updateGeometry()
        self.date.setMinimumWidth(0)
        self._hold_room()
        self._follow()
        self._fit_foot()

    # ---- what the user does --------------------------------------------------------------------------------------------------

    def _on_held(self, held: bool) -> None:
        """Time stands still while the hand is on the timeline."""
        if held:
            self._resume = self._clock.playing
            self._clock.pause()
        elif self._resume:
            self._resume = False
            self._clock.play()

    def _jump(self) -> None:
        """Go to the beginning of the date that was written; outside the period, to its nearest end, and say so."""
        texts, day = self.store.texts, read_date(self.jump.text())
        if day is None:
            self._complain(texts("Write the date as dd-mm-yyyy."))
            return
        moment = start_of(day, self.store.timezone)
        clock = self._clock
        clock.go_to(moment)
        outside = moment < start_of_bin(self.played, clock.first) or moment > clock.last
        self._complain(texts("The timeline does not reach that date.") if outside else "")
        if not outside:
            self.timeline.setFocus(Qt.FocusReason.OtherFocusReason)

    def _complain(self, words: str) -> None:
        self.problem.setText(words)
        self.problem.setVisible(bool(words))
        set_property(self.jump, "wrong", "true" if words else "false")
        self._fit_foot()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Esc in the field gives the keyboard back to the timeline."""
        pressed = event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
        if watched is self.jump and pressed:
            self.jump.clear()
            self._complain("")
            self.timeline.setFocus(Qt.FocusReason.OtherFocusReason)
            return True
        return super().eventFilter(watched, event)

    def buttons(self) -> tuple[QToolButton | QPushButton, ...]:
        """Everything that can be pressed, from left to right."""
        return self.rewind, self.play, self.repeat


def start_of_bin(played: Playback | None, moment: int) -> int:
    """The beginning of the bar that holds a moment."""
    return max((edge for edge in played.edges if edge <= moment), default=moment) if played else moment
