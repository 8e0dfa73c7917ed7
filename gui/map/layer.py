"""What the canvas shows: the backdrop, and over it the few things that stand out (hover, selection, keyboard focus, a morph)."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QRegion
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from engine.process_map.values import END, START
from gui.map.backdrop import Backdrop
from gui.map.morph import Morph, paint_morph
from gui.map.moving import Dragged, paint_dragged
from gui.map.painter import (
    Detail,
    detail_at,
    paint_focus,
    paint_label_pill,
    paint_labels,
    paint_lane_glow,
    paint_ring,
    paint_shapes,
)
from gui.map.scene import MapScene, PathKey
from gui.map.style import DIMMED, MapStyle
from gui.store import PathSelected, Selected, StepSelected

OUTDATED = 0.3
"""Opacity of the map before, in the moment until the picture of the new one stands."""
EVERYWHERE = QRectF(-1e5, -1e5, 2e5, 2e5)


@dataclass(frozen=True)
class StandOut:
    """The steps and paths that keep their full colours while the rest recedes."""

    steps: frozenset[int] = frozenset()
    paths: frozenset[PathKey] = frozenset()


def stand_out(scene: MapScene, what: Selected) -> StandOut | None:
    """What stands out with a step (its paths and their ends) or a path (and its two steps); None when it is not on the map."""
    if isinstance(what, StepSelected) and (what.step in scene.card_by_step or what.step in (START, END)):
        return StandOut(*scene.neighbourhood(what.step))
    if isinstance(what, PathSelected) and (what.source, what.target) in scene.lane_by_key:
        return StandOut(frozenset({what.source, what.target}), frozenset({(what.source, what.target)}))
    return None


class MapLayer(QGraphicsItem):
    """The one item of the canvas. The canvas sets its fields and calls update()."""

    def __init__(self, style: MapStyle) -> None:
        super().__init__()
        self.style = style
        self.map: MapScene | None = None
        self.backdrop: Backdrop | None = None
        self.quiet: Backdrop | None = None
        self.overview: Backdrop | None = None
        self.morph: Morph | None = None
        self.morph_ms = 0.0
        self.standing: StandOut | None = None
        self.dimmed = 1.0
        """Opacity of everything that does not stand out."""
        self.faded = 1.0
        """Opacity of the whole while a newer map is being calculated."""
        self.shift = QPointF(0, 0)
        """How far the map has moved since the backdrop was painted, while that is still the one of the map before."""
        self.selected: Selected = None
        self.focused: int | None = None
        self.dragged: Dragged | None = None
        self.by_keyboard = False
        """Whether the focused step is marked: only while the map is walked by keyboard."""

    @property
    def has_current_backdrop(self) -> bool:
        """Whether the picture at hand is of the map that is shown."""
        return self.backdrop is not None and self.backdrop.request.scene is self.map

    def boundingRect(self) -> QRectF:
        """Everywhere: the canvas has no other item."""
        return EVERYWHERE

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        """Paint the state of the fields."""
        scale = painter.worldTransform().m11()
        if self.morph is not None:
            paint_morph(painter, self.morph, self.morph_ms, self.style, detail_at(scale))
        elif self.map is not None and self.backdrop is not None and not self.has_current_backdrop:
            painter.setOpacity(OUTDATED)
            painter.drawImage(self.backdrop.request.region.translated(self.shift), self.backdrop.image)
        elif self.map is not None:
            painter.setOpacity((self.dimmed if self.dragged is None else min(self.dimmed, DIMMED)) * self.faded)
            self._paint_backdrop(painter, scale)
            painter.setOpacity(self.faded)
            if self.dragged is None:
                self._paint_highlight(painter, self.map, detail_at(scale))
            else:
                paint_dragged(painter, self.dragged, self.map, self.style, detail_at(scale))
        painter.setOpacity(1.0)

    def _paint_backdrop(self, painter: QPainter, scale: float) -> None:
        shown = self.quiet if self.dimmed < 0.99 and self.quiet is not None else self.backdrop
        if shown is None:
            return
        if self.overview is not None and not shown.request.region.contains(self.overview.request.region):
            painter.save()
            inside = painter.worldTransform().mapRect(shown.request.region).toAlignedRect()
            whole = QRegion(painter.viewport()) - QRegion(inside)
            transform = painter.worldTransform()
            painter.resetTransform()
            painter.setClipRegion(whole)
            painter.setTransform(transform)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(self.overview.request.region, self.overview.image)
            painter.restore()
        _draw(painter, shown, scale)

    def _paint_highlight(self, painter: QPainter, scene: MapScene, detail: Detail) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        lane = scene.lane_by_key.get((self.selected.source, self.selected.target)) if isinstance(self.selected, PathSelected) else None
        if self.standing is not None:
            paint_shapes(painter, scene, self.style, detail, self.standing.steps, self.standing.paths)
            paint_labels(painter, scene, self.style, detail, self.standing.paths)
        if lane is not None:
            paint_lane_glow(painter, lane, self.style)
            paint_shapes(painter, scene, self.style, detail, set(lane.key), {lane.key})
            paint_label_pill(painter, lane, self.style)
        self._paint_rings(painter, scene)

    def _paint_rings(self, painter: QPainter, scene: MapScene) -> None:
        chosen = scene.card_by_step.get(self.selected.step) if isinstance(self.selected, StepSelected) else None
        focused = scene.card_by_step.get(self.focused) if self.focused is not None and self.by_keyboard else None
        if chosen is not None:
            paint_ring(painter, chosen.rect, self.style)
        if focused is not None:
            paint_focus(painter, focused.rect, self.style, gap=7.0 if focused is chosen else 4.0)


def _draw(painter: QPainter, backdrop: Backdrop, scale: float) -> None:
    """The picture in its place: pixel for pixel when it was made for this zoom, else stretched."""
    request = backdrop.request
    ratio = request.pixels / scale
    device = painter.device().devicePixelRatio() if painter.device() else 1.0
    if abs(ratio - device) > 1e-6:
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, request.pixels > scale)
        painter.drawImage(request.region, backdrop.image)
        return
    corner = painter.worldTransform().map(request.region.topLeft())
    painter.save()
    painter.resetTransform()
    backdrop.image.setDevicePixelRatio(device)
    painter.drawImage(QPointF(round(corner.x() * device) / device, round(corner.y() * device) / device), backdrop.image)
    painter.restore()
