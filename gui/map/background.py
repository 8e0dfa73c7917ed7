"""Work that would hold up the window, on a thread of Qt's pool; the result comes back in the window's thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QRunnable, Qt, QThreadPool, Signal


class _Job(QRunnable):
    def __init__(self, work: Callable[[], Any], background: Background, number: int) -> None:
        super().__init__()
        self._work, self._background, self._number = work, background, number

    def run(self) -> None:
        """Work, on a thread of the pool; an error travels as the result."""
        try:
            result: Any = self._work()
        except Exception as error:
            result = error
        self._background.finished.emit(self._number, result)


class Background(QObject):
    """Runs one piece of work after another; only the newest one's result is handed over."""

    finished = Signal(int, object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._newest = 0
        self._done: Callable[[Any], None] | None = None
        self.finished.connect(self._on_finished, Qt.ConnectionType.QueuedConnection)

    def run(self, work: Callable[[], Any], done: Callable[[Any], None]) -> None:
        """Do this on a thread; `done` gets the result or the exception."""
        self._newest += 1
        self._done = done
        self._pool.start(_Job(work, self, self._newest))

    def wait(self) -> None:
        """Forget what is under way and wait until no thread works (closing)."""
        self._newest += 1
        self._done = None
        self._pool.waitForDone()

    def _on_finished(self, number: int, result: Any) -> None:
        if number == self._newest and self._done is not None:
            done, self._done = self._done, None
            done(result)
