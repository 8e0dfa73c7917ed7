"""The map as a picture: painted once per zoom into an image, here or, when that would take long, on a worker thread."""

from __future__ import annotations

import time
from dataclasses import dataclass

from PySide6.QtCore import QObject, QRectF, QRunnable, Qt, QThreadPool, Signal, SignalInstance
from PySide6.QtGui import QImage, QPainter

from gui.map.painter import Detail, paint_labels, paint_shapes
from gui.map.scene import MapScene
from gui.map.style import MapStyle

SYNCHRONOUS_MS = 20.0
FIRST_GUESS_MS = 0.12
"""Cost of painting one card or line before anything has been measured."""


@dataclass(frozen=True)
class BackdropRequest:
    """Paint this part of a map (scene coordinates) at so many image pixels per px, with the detail of a zoom."""

    scene: MapScene
    style: MapStyle
    region: QRectF
    pixels: float
    detail: Detail
    with_labels: bool = True

    def is_like(self, other: BackdropRequest) -> bool:
        """Whether it wants the same map, in the same looks and as large."""
        return self.scene is other.scene and self.style is other.style and abs(self.pixels - other.pixels) < 1e-9


@dataclass(frozen=True)
class Backdrop:
    """A painted part of a map."""

    request: BackdropRequest
    image: QImage
    milliseconds: float


def render(request: BackdropRequest) -> Backdrop:
    """Paint on the calling thread."""
    began = time.perf_counter()
    region, pixels = request.region, request.pixels
    image = QImage(max(round(region.width() * pixels), 1), max(round(region.height() * pixels), 1), QImage.Format.Format_RGB32)
    image.fill(request.style.colour("canvas"))
    painter = QPainter(image)
    painter.scale(pixels, pixels)
    painter.translate(-region.topLeft())
    paint_shapes(painter, request.scene, request.style, request.detail)
    if request.with_labels:
        paint_labels(painter, request.scene, request.style, request.detail)
    painter.end()
    return Backdrop(request, image, (time.perf_counter() - began) * 1e3)


class _Done(QObject):
    finished = Signal(object)


class _Job(QRunnable):
    def __init__(self, request: BackdropRequest, finished: SignalInstance) -> None:
        super().__init__()
        self._request = request
        self._finished = finished

    def run(self) -> None:
        """Paint, on a thread of the pool."""
        self._finished.emit(render(self._request))


class BackdropRenderer(QObject):
    """Paints backdrops one after another; only the newest request is delivered."""

    ready = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._done = _Done(self)
        self._done.finished.connect(self._on_finished, Qt.ConnectionType.QueuedConnection)
        self._wanted: BackdropRequest | None = None
        self._running: BackdropRequest | None = None
        self._cost = FIRST_GUESS_MS

    def request(self, request: BackdropRequest, *, may_wait: bool = False) -> None:
        """Ask for a backdrop; `ready` brings it, at once when it is cheap, unless the picture may wait."""
        self._wanted = request
        if self._running is None and not may_wait and self.estimate(request) <= SYNCHRONOUS_MS:
            self._deliver(render(request))
        elif self._running is None:
            self._start(request)

    def estimate(self, request: BackdropRequest) -> float:
        """Expected milliseconds, from what the last one took per card and line and from the size of the picture."""
        items = len(request.scene.cards) + len(request.scene.lanes)
        megapixels = request.region.width() * request.region.height() * request.pixels**2 / 1e6
        return items * self._cost + megapixels

    @property
    def busy(self) -> bool:
        """Whether a newer picture is under way."""
        return self._wanted is not None

    def wait(self) -> None:
        """Wait until no thread paints (closing)."""
        self._wanted = None
        self._pool.waitForDone()

    def _start(self, request: BackdropRequest) -> None:
        self._running = request
        self._pool.start(_Job(request, self._done.finished))

    def _on_finished(self, backdrop: Backdrop) -> None:
        self._running = None
        if backdrop.request is self._wanted:
            self._deliver(backdrop)
        elif self._wanted is not None:
            self._start(self._wanted)

    def _deliver(self, backdrop: Backdrop) -> None:
        self._wanted = None
        request = backdrop.request
        items = len(request.scene.cards) + len(request.scene.lanes)
        if items >= 10:
            self._cost = 0.5 * self._cost + 0.5 * backdrop.milliseconds / items
        self.ready.emit(backdrop)
