"""The view of the map: camera, backdrop, what stands out, and the glide from one map to the next. The canvas adds pointer and keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt, QTimer, QVariantAnimation, Signal
from PySide6.QtGui import QResizeEvent, QTransform
from PySide6.QtWidgets import QFrame, QGraphicsScene, QGraphicsView, QWidget

from gui.map.backdrop import Backdrop, BackdropRenderer, BackdropRequest
from gui.map.camera import MAX_SCALE, MIN_SCALE, Camera, at_start, fit, on_the_map, readable_scale, showing
from gui.map.layer import EVERYWHERE, MapLayer, StandOut, stand_out
from gui.map.morph import TOTAL_MS, Morph, scene_at
from gui.map.painter import detail_at
from gui.map.scene import LaneView, MapScene
from gui.map.style import DIMMED, MapStyle
from gui.store import Selected, StepSelected

REST_MS = 80
HOVER_MS = 80
LEAVE_MS = 60
GLIDE_MS = 240
SELECTED_DIM = 0.4
CHANGED_SMALLER, REARRANGED_SMALLER = 1.25, 1.04
"""A map that answers another question keeps its size while it may; the same map in a better arrangement takes the room it has."""
ABOUT_AS_LARGE = 0.85
"""So much of its size the map may lose where it makes room for the inspector as a whole."""


class MapView(QGraphicsView):
    """The map on the screen. Show a scene with `show_scene`."""

    zoom_changed = Signal(float)
    shown = Signal()
    """A backdrop of the current map is on the screen."""

    def __init__(self, style: MapStyle, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.FullViewportUpdate)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self._layer = MapLayer(style)
        stage = QGraphicsScene(EVERYWHERE, self)
        stage.setItemIndexMethod(QGraphicsScene.ItemIndexMethod.NoIndex)
        stage.addItem(self._layer)
        self.setScene(stage)
        self.camera = Camera(1.0, QPointF(0, 0))
        self.reduce_motion = False
        self.obstacles: Sequence[QRectF] = ()
        self.covered = 0.0
        """How many px at the right side lie behind the inspector."""
        self._fitted, self._nudged = True, False
        """The whole map is shown; it was until the inspector came to lie over what is selected."""
        self._from_start, self.is_played = True, False
        """Whether what cannot be read as a whole is shown from its start, where it lies down or while cases are played on it."""
        self._hovered: Selected = None
        self._renderer, self._quiet_renderer = BackdropRenderer(self), BackdropRenderer(self)
        self._renderer.ready.connect(self._on_backdrop)
        self._quiet_renderer.ready.connect(self._on_quiet)
        self._rest = self._timer(REST_MS, self._render)
        self._leave = self._timer(LEAVE_MS, self._forget_hover)
        self._glide = self._animation(GLIDE_MS, self._on_glide)
        self._glide_ends: tuple[Camera, Camera] = (self.camera, self.camera)
        self._morphing = self._animation(TOTAL_MS, self._on_morph)
        self._morphing.finished.connect(self._arrive)
        self._dimming = self._animation(HOVER_MS, self._on_dim)
        self._dimming.finished.connect(self._on_dim_end)
        self.set_style(style)

    def _timer(self, milliseconds: int, slot: Callable[[], None]) -> QTimer:
        timer = QTimer(self, singleShot=True, interval=milliseconds)
        timer.timeout.connect(slot)
        return timer

    def _animation(self, milliseconds: int, slot: Callable[[float], None]) -> QVariantAnimation:
        animation = QVariantAnimation(self, duration=milliseconds)
        animation.setStartValue(0.0)
        animation.setEndValue(1.0)
        animation.valueChanged.connect(slot)
        return animation

    # ---- what is shown -------------------------------------------------------------------------------------------------------

    @property
    def map(self) -> MapScene | None:
        """The map on the screen."""
        return self._layer.map

    @property
    def is_left_alone(self) -> bool:
        """Whether the whole map is shown and no step has the keyboard."""
        return self._fitted and self._layer.focused is None

    @property
    def hovered(self) -> Selected:
        """What lies under the pointer."""
        return self._hovered

    @property
    def focused_step(self) -> int | None:
        """The step that has the keyboard focus."""
        return self._layer.focused

    @property
    def layer(self) -> MapLayer:
        """The item that paints."""
        return self._layer

    def set_style(self, style: MapStyle) -> None:
        """Another appearance; the map that fits it comes with `show_scene`."""
        self._layer.style = style
        self.setBackgroundBrush(style.colour("canvas"))

    def redraw_as(self, style: MapStyle) -> None:
        """Draw the map that is shown in another appearance of the same size."""
        self.set_style(style)
        self._layer.overview = None
        self._render()

    def refit(self) -> None:
        """A map that is shown as a whole takes the room that is free now."""
        if self._fitted:
            self._fit_again(glide=False)

    def set_played(self, played: bool) -> None:
        """Cases are played on the map, so that its names are to be read, or no longer."""
        self.is_played, self._from_start = played, self._from_start or played

    def keep_fitted(self) -> None:
        """The panels have other places: a map shown as a whole moves on where it lies behind one, or could be far larger."""
        if self._fitted and self.map is not None and not self._still_fits(self.map, CHANGED_SMALLER):
            self._fit_again(glide=False)

    def show_scene(self, scene: MapScene | None) -> None:
        """Show another map: what is hovered, selected or focused (else the top of the spine) stays where it is on the screen."""
        morph = self._layer.morph
        old = self._layer.map if morph is None else scene_at(morph, self._layer.morph_ms)
        self._end_morph()
        self._layer.map = scene
        self._layer.overview = self._layer.quiet = None
        if scene is None:
            self._layer.backdrop = None
            self._set_hover(None)
            self._layer.update()
            return
        if old is None or not set(old.card_by_step) & set(scene.card_by_step):
            self._layer.backdrop = None
            self._from_start = True
            self._fit_again(glide=False)
        else:
            self._move_on(old, scene)
        self._layer.standing = None
        if self._layer.focused not in scene.card_by_step:
            self._layer.focused = None
        self._stand_out()
        self._render()

    def _move_on(self, old: MapScene, new: MapScene) -> None:
        """Keep the anchor in its place and let the rest glide there."""
        anchor = self._anchor(old, new)
        shift = new.card_by_step[anchor].rect.center() - old.card_by_step[anchor].rect.center()
        self._glide.stop()
        self._set_camera(Camera(self.camera.scale, self.camera.centre + shift))
        self._layer.shift += shift
        morph = Morph(old, new, shift)
        if not self.reduce_motion and morph.is_light and self.isVisible():
            self._layer.morph, self._layer.morph_ms = morph, 0.0
            self._morphing.start()
        self._from_start = self._from_start or old.landscape != new.landscape
        smaller = REARRANGED_SMALLER if old.answer.query == new.answer.query else CHANGED_SMALLER
        if old.landscape != new.landscape or (self._fitted and (_shows_other_amount(old, new) or not self._still_fits(new, smaller))):
            self._fit_round(new, anchor) if anchor in self._pointed_at() else self._fit_again()

    def _pointed_at(self) -> list[int]:
        """The step under the pointer."""
        return [self._hovered.step] if isinstance(self._hovered, StepSelected) else []

    def _fit_round(self, scene: MapScene, step: int) -> None:
        """As large as the fitted map, but with one step where it stands: somebody points at it."""
        held, scale = scene.card_by_step[step].rect.center(), self._fit(scene).scale
        self._glide_to(Camera(scale, held + (self.camera.centre - held) * self.camera.scale / scale))

    def _anchor(self, old: MapScene, new: MapScene) -> int:
        both = [step for step in (*new.answer.layout.spine, *new.card_by_step) if step in old.card_by_step and step in new.card_by_step]
        wanted = [what.step for what in (self._hovered, self._layer.selected) if isinstance(what, StepSelected)]
        by_hand = old.answer.query.moved != new.answer.query.moved
        return both[0] if by_hand else next((step for step in (*wanted, self._layer.focused) if step in both), both[0])

    def _still_fits(self, scene: MapScene, smaller: float) -> bool:
        """Whether a fitted map may keep its camera: all of it in sight, and at most so many times smaller than it could be."""
        best = self._fit(scene)
        return self._seen().contains(scene.bounds) and best.scale <= self.camera.scale * smaller and not self._touches(scene)

    def _seen(self) -> QRectF:
        """The part of the scene that is in sight beside the inspector."""
        return self.camera.visible(self._size()).adjusted(0, 0, -self.covered / self.camera.scale, 0)

    def _is_all_in_sight(self) -> bool:
        return self.map is None or self._seen().contains(self.map.bounds)

    def _fit(self, scene: MapScene) -> Camera:
        """The camera that shows the whole map beside what covers the right side, or its beginning where the whole could not be read."""
        size, readable = self._size(), readable_scale(self._layer.style.sizes)
        room = QSizeF(max(size.width() - self.covered, 1.0), size.height())
        free = fit(scene, room, self.obstacles)
        if self._from_start and (scene.landscape or self.is_played) and free.scale < readable:
            free = at_start(scene, room, readable, self.obstacles)
        return Camera(free.scale, free.centre + QPointF(self.covered / 2 / free.scale, 0))

    def _touches(self, scene: MapScene) -> bool:
        """Whether a card, a line or a number lies behind a panel."""
        return any(self._is_hidden(rect) for rect in scene.occupied)

    def set_selected(self, selected: Selected) -> None:
        """Show what is selected; a step out of sight is brought into it."""
        if selected == self._layer.selected:
            return
        self._layer.selected = selected
        if isinstance(selected, StepSelected):
            self._layer.focused = selected.step if self.hasFocus() else self._layer.focused
            self.ensure_visible(selected.step)
        elif self.covered and (target := self._selected_rect()) is not None and not self._is_free(target):
            self._step_aside(target)
        self._stand_out()

    def set_faded(self, faded: bool) -> None:
        """Let the map recede while a newer one is being calculated."""
        opacity = 0.45 if faded else 1.0
        if opacity != self._layer.faded:
            self._layer.faded = opacity
            self._layer.update()

    def ensure_visible(self, step: int) -> None:
        """Bring a step's card into sight."""
        card = self.map.card_by_step.get(step) if self.map else None
        if card is not None and not self._is_free(card.rect):
            self._fitted = self._nudged = False
            self._glide_to(self._showing(card.rect, max(self.camera.scale, 0.6)))

    def set_covered(self, width: float) -> None:
        """So many px at the right side lie behind the inspector: what is selected comes out from under it, and goes back afterwards."""
        if width == self.covered:
            return
        self.covered = width
        target = self._selected_rect()
        hidden = target if target is not None and not self._is_free(target) else None
        if width and (hidden is not None or not self._is_all_in_sight()):
            self._step_aside(hidden)
        elif not width and self._nudged:
            self._fit_again()

    def _step_aside(self, target: QRectF | None) -> None:
        """Out from under the inspector: the whole map where it stays about as large, otherwise what is selected."""
        if self.map is None:
            return
        chosen = not (self._fitted or self._nudged)
        whole = self._fit(self.map)
        if not chosen and whole.scale >= ABOUT_AS_LARGE * self.camera.scale:
            self._glide_to(whole)
        elif target is not None:
            self._glide_to(self._showing(target, self.camera.scale))
        else:
            return
        self._fitted, self._nudged = False, not chosen

    def _selected_rect(self) -> QRectF | None:
        """Where the selected step, or the number of the selected path with the steps it joins, stands on the map."""
        selected = self._layer.selected
        if self.map is None or selected is None:
            return None
        if isinstance(selected, StepSelected):
            card = self.map.card_by_step.get(selected.step)
            return card.rect if card else None
        lane = self.map.lane_by_key.get((selected.source, selected.target))
        return self._with_ends(lane) if lane else None

    def _with_ends(self, lane: LaneView) -> QRectF:
        """A path's number with the cards of its steps, or the number only where they find no room together."""
        number = whole = lane.pieces()[-1]
        for step in lane.key:
            card = self.map.card_by_step.get(step) if self.map else None
            whole = whole.united(card.rect) if card else whole
        size = self._size()
        left = max((one.right() for one in self.obstacles if one.top() < size.height() / 2), default=0.0)
        room = QSizeF(size.width() - self.covered - left, size.height()) / self.camera.scale
        return whole if whole.width() <= room.width() and whole.height() <= room.height() else number

    def _is_free(self, rect: QRectF) -> bool:
        """Whether a part of the map is in sight and nothing lies over it."""
        return self._seen().contains(rect) and not self._is_hidden(rect)

    def _showing(self, rect: QRectF, scale: float) -> Camera:
        return showing(rect, scale, self.camera, self._size(), self.covered, self.obstacles)

    def _is_hidden(self, rect: QRectF) -> bool:
        view = QRectF(self.camera.to_view(rect.topLeft(), self._size()), rect.size() * self.camera.scale)
        return any(view.intersects(obstacle) for obstacle in self.obstacles)

    # ---- camera --------------------------------------------------------------------------------------------------------------

    def fit_map(self, glide: bool = True) -> None:
        """Show the whole map."""
        self._from_start = False
        self._fit_again(glide)

    def _fit_again(self, glide: bool = True) -> None:
        if self.map is None:
            return
        self._fitted, self._nudged = True, False
        camera = self._fit(self.map)
        if glide:
            self._glide_to(camera)
        else:
            self._glide.stop()
            self._set_camera(camera)

    def zoom_by(self, factor: float, around: QPointF | None = None) -> None:
        """Zoom around a viewport point (default: the middle)."""
        size = self._size()
        point = around if around is not None else QPointF(size.width() / 2, size.height() / 2)
        scale = min(max(self.camera.scale * factor, MIN_SCALE), MAX_SCALE)
        middle = QPointF(size.width() / 2, size.height() / 2)
        held = self.camera.centre + (point - middle) / self.camera.scale
        self._fitted = self._nudged = False
        self._glide.stop()
        self._set_camera(Camera(scale, held - (point - middle) / scale))

    def _size(self) -> QSizeF:
        return QSizeF(self.viewport().size())

    def _set_camera(self, camera: Camera) -> None:
        if self.map is not None:
            camera = on_the_map(camera, self.map.bounds, self.covered, self.obstacles)
        zoomed = camera.scale != self.camera.scale
        self.camera = camera
        size = self._size()
        self.setTransform(QTransform.fromScale(camera.scale, camera.scale))
        self.horizontalScrollBar().setValue(round(camera.centre.x() * camera.scale - size.width() / 2))
        self.verticalScrollBar().setValue(round(camera.centre.y() * camera.scale - size.height() / 2))
        self._layer.update()
        if zoomed:
            self.zoom_changed.emit(camera.scale)
        self._rest.start()

    def _glide_to(self, camera: Camera) -> None:
        self._glide.stop()
        if self.reduce_motion or not self.isVisible():
            self._set_camera(camera)
            return
        self._glide_ends = (self.camera, camera)
        self._glide.start()

    def _on_glide(self, share: float) -> None:
        begin, end = self._glide_ends
        self._set_camera(begin.towards(end, 1 - (1 - share) ** 3) if share < 1 else end)

    # ---- the backdrop --------------------------------------------------------------------------------------------------------

    def _render(self) -> None:
        """Paint what the camera sees, and a margin, unless the picture at hand still does."""
        if self.map is None or self._size().isEmpty() or self._glide.state() == QVariantAnimation.State.Running:
            return
        request = self._request()
        at_hand = self._layer.backdrop
        visible = self.camera.visible(self._size()).intersected(self._drawn())
        if at_hand is not None and at_hand.request.is_like(request) and at_hand.request.region.contains(visible):
            return
        self._layer.quiet = None
        self._renderer.request(request, may_wait=self._layer.morph is not None)
        if self._layer.standing is not None:
            self._render_quiet()

    def _request(self, with_labels: bool = True) -> BackdropRequest:
        assert self.map is not None  # noqa: S101
        size, scale = self._size(), self.camera.scale
        h, v = self.horizontalScrollBar().value(), self.verticalScrollBar().value()
        margin_x, margin_y = size.width() / 4, size.height() / 4
        seen = QRectF(h, v, size.width(), size.height()).adjusted(-margin_x, -margin_y, margin_x, margin_y)
        drawn = self._drawn()
        inside = seen.intersected(QRectF(drawn.topLeft() * scale, drawn.size() * scale)).toAlignedRect()
        region = QRectF(QPointF(inside.topLeft()) / scale, QSizeF(inside.size()) / scale)
        pixels = scale * self.devicePixelRatioF()
        return BackdropRequest(self.map, self._layer.style, region, pixels, detail_at(scale), with_labels)

    def _drawn(self) -> QRectF:
        return self.map.bounds.adjusted(-12, -12, 12, 12) if self.map else QRectF()

    def _render_quiet(self) -> None:
        if self.map is not None and self._layer.quiet is None:
            self._quiet_renderer.request(self._request(with_labels=False))

    def _on_backdrop(self, backdrop: Backdrop) -> None:
        if backdrop.request.scene is not self.map:
            return
        self._layer.backdrop, self._layer.shift = backdrop, QPointF(0, 0)
        if self._morphing.state() != QVariantAnimation.State.Running:
            self._layer.morph = None
        if self._layer.overview is None and backdrop.request.region.contains(self._drawn()):
            self._layer.overview = backdrop
        self._layer.update()
        self.shown.emit()
        if backdrop.request.pixels != self.camera.scale * self.devicePixelRatioF():
            self._rest.start()

    def _on_quiet(self, backdrop: Backdrop) -> None:
        if backdrop.request.scene is self.map:
            self._layer.quiet = backdrop
            self._layer.update()

    # ---- morph and hover -----------------------------------------------------------------------------------------------------

    def _on_morph(self, share: float) -> None:
        self._layer.morph_ms = share * TOTAL_MS
        self._layer.update()

    def _arrive(self) -> None:
        """The way is over; its last frame stays until the picture of the new map stands."""
        if self._layer.has_current_backdrop:
            self._end_morph()

    def _end_morph(self) -> None:
        self._morphing.stop()
        self._layer.morph = None
        self._layer.update()

    def _set_hover(self, what: Selected) -> None:
        self._leave.stop()
        if what != self._hovered:
            self._hovered = what
            self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if what else Qt.CursorShape.ArrowCursor)
            self._stand_out()

    def _forget_hover(self) -> None:
        self._set_hover(None)

    def _standing(self) -> StandOut | None:
        if self.map is None:
            return None
        return stand_out(self.map, self._hovered or self._layer.selected)

    def _stand_out(self) -> None:
        """Start dimming or undimming what does not stand out."""
        standing = self._standing()
        target = 1.0 if standing is None else (DIMMED if self._hovered else SELECTED_DIM)
        self._dimming.stop()
        if standing is not None:
            self._layer.standing = standing
            self._render_quiet()
            self._layer.update()
        self._dimming.setStartValue(self._layer.dimmed)
        self._dimming.setEndValue(target)
        if self.reduce_motion or not self.isVisible() or self._layer.dimmed == target:
            self._on_dim(target)
            self._on_dim_end()
        else:
            self._dimming.start()

    def _on_dim(self, value: float) -> None:
        self._layer.dimmed = value
        self._layer.update()

    def _on_dim_end(self) -> None:
        """What stood out keeps standing out until everything else is back."""
        if self._dimming.endValue() >= 1.0:
            self._layer.standing = None
            self._layer.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A fitted map stays fitted."""
        super().resizeEvent(event)
        self.refit() if self._fitted else self._set_camera(self.camera)

    def settle(self) -> None:
        """Finish every movement and painting under way (closing, pictures)."""
        for animation in (self._glide, self._morphing, self._dimming):
            if animation.state() == QVariantAnimation.State.Running:
                animation.setCurrentTime(animation.duration())
                animation.stop()
        self._end_morph()
        self._rest.stop()
        self._render()

    def stop(self) -> None:
        """End timers and threads (closing)."""
        for timer in (self._rest, self._leave):
            timer.stop()
        for animation in (self._glide, self._morphing, self._dimming):
            animation.stop()
        self._renderer.wait()
        self._quiet_renderer.wait()


def _shows_other_amount(old: MapScene, new: MapScene) -> bool:
    """Whether a slider was moved from one map to the other, or the room is another: a fitted map then always fills its room anew."""
    before, after = old.answer.query, new.answer.query
    return (before.steps, before.paths, before.room) != (after.steps, after.paths, after.room)
