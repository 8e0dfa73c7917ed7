"""Playback on the map: asks for the journeys, lets the clock run, and puts tokens, panel and bar on the dark stage."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from engine.errors import N_, Cancelled
from engine.service.messages import MapAnswer, Playback, PlaybackQuery
from gui.map.background import Background
from gui.map.canvas import MapCanvas
from gui.map.painter import Detail, detail_at
from gui.map.playback_bar import PlaybackBar
from gui.map.playback_clock import PlaybackClock
from gui.map.playback_panel import Pile, PlaybackPanel
from gui.map.playback_words import moment_words
from gui.map.stage import stage_style
from gui.map.style import MapStyle
from gui.store import Store
from gui.theme import Appearance
from gui.widgets.error_words import error_sentence

if TYPE_CHECKING:
    from gui.map.playback_layer import TokenLayer
    from gui.map.playback_piles import Piles
    from gui.map.playback_tokens import Glimpses, Journeys, Tracks

EDGE = 16
NUMBERS_S = 0.25
"""The numbers of the panel are written four times a second: more often nobody can read them."""


class PlaybackStage(QObject):
    """One playback, from the wish for it until it is closed. `left` says that the map wants its own panels back."""

    left = Signal()
    placed = Signal()
    """The panel has another height: everything wants its place anew."""
    played = Signal()
    """The journeys have come, and the first moment is on the map."""

    def __init__(self, store: Store, canvas: MapCanvas, page: QWidget) -> None:
        super().__init__(page)
        self._store, self._canvas, self._page = store, canvas, page
        self.clock = PlaybackClock(self)
        self.panel = PlaybackPanel(store, page)
        self.bar = PlaybackBar(store, self.clock, page)
        self._asked: PlaybackQuery | None = None
        self._number: int | None = None
        self._answer: Playback | None = None
        self._loaded = False
        self._begun = False
        self._numbers_at = 0.0
        self.journeys: Journeys | None = None
        self._tracks: Tracks | None = None
        self._piles: Piles | None = None
        self._layer: TokenLayer | None = None
        self._glimpses: Glimpses | None = None
        self._seen: int | None = None
        """The moment of the picture before, while time goes by."""
        self._loader = Background(self)
        self.clock.set_steps(canvas.reduce_motion)
        self.clock.ticked.connect(self.show_moment)
        self.clock.changed.connect(self._on_clock)
        self.panel.leave_wanted.connect(self.leave)
        store.motion_changed.connect(self._on_motion)
        store.locked_changed.connect(self.leave)
        store.language_changed.connect(self._write_numbers)
        for watched in (canvas, page):
            watched.installEventFilter(self)
        self.panel.show_waiting()
        self.bar.show_played(None)
        self.panel.show()
        self.bar.show()

    @property
    def style(self) -> MapStyle:
        """How the map looks on the stage."""
        return stage_style(self._store.appearance)

    def place(self, size: QSize, covered: int) -> tuple[QWidget, int]:
        """Put bar and panel on a page of this size whose right side is covered; the panel, and the height left to the map."""
        height = self.bar.sizeHint().height()
        self.bar.setGeometry(0, size.height() - height, size.width() - covered, height)
        room = size.height() - height - 2 * EDGE
        self.panel.setGeometry(EDGE, EDGE, self.panel.width(), max(self.panel.fit_into(room), 60))
        for part in (self.bar, self.panel):
            part.raise_()
        return self.panel, size.height() - height

    # ---- asking --------------------------------------------------------------------------------------------------------------

    def follow(self, answer: MapAnswer) -> None:
        """Another map is on the screen: place the tokens on it, and ask anew where it shows other paths or another selection."""
        self.panel.show_map(answer)
        query = self._query(answer)
        if query != self._asked:
            self._asked, self._answer, self.journeys = query, None, None
            self._clear()
            self._number = self._store.jobs.ask(query, self._on_answer, self._on_failed, N_("Preparing the playback"))
        elif self._answer is not None:
            self._set_out()
        if not self._loaded:
            self._loader.run(load_tools, self._on_loaded)

    def _query(self, answer: MapAnswer) -> PlaybackQuery:
        shown = answer.map
        return PlaybackQuery(
            selection=answer.query.selection,
            steps=tuple(sorted(step.step for step in shown.steps)),
            paths=tuple(sorted((path.source, path.target) for path in shown.paths if path.source >= 0 and path.target >= 0)),
            grouped=self._store.appearance is Appearance.PROJECTOR,
            timezone=self._store.timezone,
        )

    def _on_loaded(self, result: object) -> None:
        if isinstance(result, Exception):
            self._on_failed(result)
            return
        self._loaded = True
        self._set_out()

    def _on_answer(self, answer: Playback) -> None:
        if answer.query == self._asked:
            self._number, self._answer = None, answer
            self._set_out()

    def _on_failed(self, error: Exception) -> None:
        self._number = None
        if isinstance(error, Cancelled):
            self.leave()
            return
        self._asked = None
        self.clock.pause()
        self.panel.show_problem(error_sentence(self._store.texts, error))
        self.placed.emit()

    def _set_out(self) -> None:
        """Journeys and tools are at hand: put the tokens on the map."""
        answer, scene = self._answer, self._canvas.map
        if answer is None or not self._loaded or scene is None:
            return
        from gui.map.playback_layer import TokenLayer
        from gui.map.playback_piles import piles_of
        from gui.map.playback_tokens import Glimpses, Journeys, Tracks

        if self.journeys is None or self.journeys.played is not answer:
            self.journeys = Journeys(answer)
            self.clock.set_period(answer.first, answer.last)
            self.bar.show_played(answer)
            self.panel.show_played(answer)
        self._glimpses, self._seen = Glimpses(), None
        self._tracks, self._piles = Tracks(answer, scene), piles_of(answer.query.steps, scene, self.style.scale)
        if self._layer is None:
            self._layer = TokenLayer(self.style)
            self._canvas.scene().addItem(self._layer)
        self._layer.style, self._layer.large = self.style, answer.cases_per_token > 1
        if not self.journeys.n:
            self.panel.show_problem(self._store.texts("All transitions take no time in this log: there is nothing to play."))
        self.placed.emit()
        self.show_moment()
        self._write_numbers()
        if not self._begun:
            self._begun = True
            self.bar.timeline.setFocus(Qt.FocusReason.OtherFocusReason)
            if self.journeys.n and not self._canvas.reduce_motion and self._canvas.isVisible():
                self.clock.play()
        self.played.emit()

    # ---- a moment ------------------------------------------------------------------------------------------------------------

    def show_moment(self) -> None:
        """Draw the clock's moment; nobody looks at a hidden or minimised map, so there time stands still."""
        if self.journeys is None or self._tracks is None or self._piles is None or self._layer is None:
            return
        if self.clock.playing and (not self._canvas.isVisible() or self._canvas.window().isMinimized()):
            self.clock.pause()
            return
        from gui.map.playback_layer import make_frame

        moment = self.journeys.at(self.clock.moment)
        k, texts = self.journeys.played.cases_per_token, self._store.texts
        with_tails = not self.clock.in_steps
        now = time.monotonic()
        self._tracks.labels_shown = detail_at(self._canvas.camera.scale) is Detail.ALL
        passing = self._passing(now) if self.clock.playing and with_tails else None
        self._layer.show_frame(make_frame(moment, self._tracks, self._piles, with_tails, lambda n: texts.number(n * k), passing))
        if not self.clock.playing or now - self._numbers_at >= NUMBERS_S:
            self._numbers_at = now
            self._write_numbers()

    def _passing(self, now: float) -> tuple[Any, Any] | None:
        """Tokens that passed between the picture before and this one."""
        if self.journeys is None or self._glimpses is None:
            return None
        before, self._seen = self._seen, self.clock.moment
        if before is not None and before <= self.clock.moment:
            self._glimpses.add(self.journeys.passed(before, self.clock.moment), now)
        return self._glimpses.at(now)

    def _on_clock(self) -> None:
        """What passed while time stood still was not seen passing."""
        if not self.clock.playing:
            self._seen = None
            if self._glimpses is not None:
                self._glimpses.clear()
        self._write_numbers()

    def _write_numbers(self) -> None:
        """The numbers and piles of this moment, as words."""
        journeys = self.journeys
        if journeys is None or not journeys.n:
            return
        moment, k = journeys.at(self.clock.moment), journeys.played.cases_per_token
        waiting = moment.waiting.tolist()
        order = sorted((slot for slot, n in enumerate(waiting) if n), key=lambda slot: (-waiting[slot], slot))
        names = {card.step: card.full_name for card in self._canvas.map.cards} if self._canvas.map is not None else {}
        texts = self._store.texts
        piles = tuple(
            Pile(
                names.get(journeys.steps[slot], ""),
                waiting[slot] * k,
                texts("longest: {time}", time=texts.long_duration(int(moment.oldest[slot]) / 1e6)),
            )
            for slot in order[:4]
        )
        most = max(piles[0].n if piles else 1, 1)
        numbers = (moment.n_moving * k, int(moment.waiting.sum()) * k, int(moment.working.sum()) * k, moment.hidden * k)
        self.panel.show_now(numbers, piles, most)
        self._canvas.setAccessibleDescription(moment_words(self.clock.moment, self._store.timezone, texts))

    def _on_motion(self) -> None:
        self.clock.set_steps(self._canvas.reduce_motion)

    # ---- the end -------------------------------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Space plays and pauses, Esc leaves; a page that is turned away pauses."""
        if event.type() == QEvent.Type.Hide and watched is self._canvas:
            self.clock.pause()
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and not event.modifiers():
            if event.key() == Qt.Key.Key_Escape:
                self.leave()
                return True
            if event.key() == Qt.Key.Key_Space and self.journeys is not None:
                self.clock.toggle()
                return True
        return super().eventFilter(watched, event)

    def _clear(self) -> None:
        self._tracks = self._piles = None
        if self._layer is not None:
            self._layer.show_frame(None)

    def leave(self) -> None:
        """Stop the clock, let go of the journeys, and give the map back."""
        if self._number is not None:
            self._store.jobs.stop(self._number)
            self._number = None
        self.stop()
        self.left.emit()

    def stop(self) -> None:
        """End timers and threads, and take everything off the map."""
        self.clock.pause()
        self._loader.wait()
        self.journeys, self._answer, self._asked = None, None, None
        self._clear()
        for watched in (self._canvas, self._page):
            watched.removeEventFilter(self)
        if self._layer is not None:
            self._canvas.scene().removeItem(self._layer)
            self._layer = None
        self._canvas.setAccessibleDescription("")
        for part in (self.panel, self.bar):
            part.hide()
            part.deleteLater()


def load_tools() -> None:
    """Import what a playback needs, off the window's thread: numpy, and the names of days and months."""
    import gui.map.playback_layer
    import gui.map.playback_piles
    import gui.map.playback_tokens  # noqa: F401
    from engine.texts import LANGUAGES, Texts

    for language in LANGUAGES:
        moment_words(0, "UTC", Texts(language))
