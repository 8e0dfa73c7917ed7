"""Whether the cases are being played on the map, or are to be as soon as it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QWidget

from engine.service.messages import MapAnswer
from gui.map.canvas import MapCanvas
from gui.map.style import MapStyle, map_style
from gui.store import Store

if TYPE_CHECKING:
    from gui.map.playback import PlaybackStage


class Player(QObject):
    """Sets the stage for a playback and clears it; what a playback needs is loaded with the first one."""

    changed = Signal()
    """The stage has been set or cleared."""
    placed = Signal()
    """The panel on the stage has another height."""

    def __init__(self, store: Store, canvas: MapCanvas, page: QWidget) -> None:
        super().__init__(page)
        self._store, self._canvas, self._page = store, canvas, page
        self._wanted = False
        self.stage: PlaybackStage | None = None

    @property
    def style(self) -> MapStyle:
        """How the map is drawn: in the appearance in force, or on the dark stage."""
        return map_style(self._store.appearance) if self.stage is None else self.stage.style

    def play(self) -> None:
        """Play the cases of the selection on the map that is shown; a map that is on its way is waited for."""
        scene = self._canvas.map
        self._wanted = scene is None
        if self.stage is not None or scene is None:
            return
        from gui.map.playback import PlaybackStage

        self.stage = PlaybackStage(self._store, self._canvas, self._page)
        self.stage.left.connect(self._clear)
        self.stage.placed.connect(self.placed)
        self.stage.placed.connect(self._canvas.refit)
        self._canvas.set_played(True)
        self.changed.emit()
        self.stage.follow(scene.answer)

    def toggle(self) -> None:
        """Play the cases, or end that."""
        if self.stage is None:
            self.play()
        else:
            self.stage.leave()

    def follow(self, answer: MapAnswer) -> None:
        """Another map is on the screen."""
        if self.stage is not None:
            self.stage.follow(answer)
        elif self._wanted:
            self.play()

    def leave(self) -> None:
        """There is nothing to play any more, and nothing to wait for."""
        self._wanted = False
        if self.stage is not None:
            self.stage.leave()

    def stop(self) -> None:
        """End timers and threads (closing)."""
        if self.stage is not None:
            self.stage.stop()

    def _clear(self) -> None:
        """The map is as it was before."""
        if self.stage is not None:
            self.stage.deleteLater()
            self.stage = None
            self._canvas.set_played(False)
            self.changed.emit()
            self._canvas.setFocus(Qt.FocusReason.OtherFocusReason)
