"""Loads the chart library in the background, so that neither the first window nor turning to a page waits for it."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QObject, QThreadPool, Signal


class ChartLibrary(QObject):
    """Says when pyqtgraph has been imported."""

    loaded = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._asked = False
        self.is_loaded = False

    def load(self) -> None:
        """Start loading, once."""
        if not self._asked:
            self._asked = True
            QThreadPool.globalInstance().start(self._load)

    def _load(self) -> None:
        import pyqtgraph  # noqa: F401

        self.is_loaded = True
        self.loaded.emit()


@cache
def chart_library() -> ChartLibrary:
    """The one loader of the window's thread."""
    return ChartLibrary()
