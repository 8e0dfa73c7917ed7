"""The canvas: pan, zoom, hover, select and walk the map, by pointer and by keyboard."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QHelpEvent, QHideEvent, QKeyEvent, QMouseEvent, QNativeGestureEvent, QWheelEvent
from PySide6.QtWidgets import QToolTip, QWidget

from gui.map.camera import Camera
from gui.map.hits import card_along, card_towards, hit
from gui.map.layer import stand_out
from gui.map.moving import Grid, hold, may_move
from gui.map.path_walk import next_path
from gui.map.style import MapStyle
from gui.map.tips import QT_SHIFT, standing_rects, tip_place
from gui.map.view import MapView
from gui.store import PathSelected, Selected, StepSelected
from gui.widgets.focus_ring import last_input_was_a_key

DRAG_FROM = 4
TOWARDS = {
    Qt.Key.Key_Down: QPoint(0, 1),
    Qt.Key.Key_Up: QPoint(0, -1),
    Qt.Key.Key_Left: QPoint(-1, 0),
    Qt.Key.Key_Right: QPoint(1, 0),
}
STAYING = (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason, Qt.FocusReason.MenuBarFocusReason)
"""The keyboard comes back by itself."""
BY_TAB = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)


class MapCanvas(MapView):
    """The map that one can touch. What the user picks arrives as `picked`; the page answers by `set_selected`."""

    picked = Signal(object)
    """The user selected a step or path, or nothing (Selected)."""
    entered = Signal()
    """Enter on a step: its numbers are wanted."""
    menu_wanted = Signal(object, QPoint)
    search_wanted = Signal()
    moved_by_hand = Signal(int, object)
    """A step was put into a cell of the grid (row and column)."""
    held_fast = Signal()
    """Somebody tries to move a step of the straight line."""
    focused = Signal(int)
    """A step has the keyboard focus."""
    path_focused = Signal(object)
    """The keyboard is at a path (PathSelected) of the step that has the focus."""

    def __init__(self, style: MapStyle, parent: QWidget | None = None) -> None:
        super().__init__(style, parent)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._pressed: QPoint | None = None
        self._clicked: Selected = None
        self._dragging = False
        self._grabbed: tuple[int, QPoint] | None = None
        self._stands_fast = self._refused = False
        """Whether what was grabbed is a step of the straight line, and whether its drag does nothing."""
        self._told = False
        """Whether it has been said on this log's map that such a drag moves the map only."""
        self.may_move_steps = False
        self._pointer: QPointF | None = None
        self._rest.timeout.connect(self._hover_again)
        self.describe: Callable[[Selected], str] = str
        """The sentence of the tool tip; the page sets it, in the reader's language."""
        self.name_of: Callable[[Selected], str] = str
        """What is read out of a step or path; the page sets it."""
        self.focused_path: PathSelected | None = None

    # ---- pointer -------------------------------------------------------------------------------------------------------------

    def at(self, point: QPointF) -> Selected:
        """What lies under a viewport point."""
        if self.map is None:
            return None
        middle = QPointF(self._size().width() / 2, self._size().height() / 2)
        return hit(self.map, self.layer.style, self.camera.centre + (point - middle) / self.camera.scale, self.camera.scale)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Press: a click or the start of a drag."""
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            self._pressed = event.position().toPoint()
            self._dragging = event.button() == Qt.MouseButton.MiddleButton
            what = self.at(event.position()) if self.may_move_steps and not self._dragging else None
            self._grabbed, self._stands_fast, self._refused = None, False, False
            if isinstance(what, StepSelected) and self.map is not None and what.step in self.map.card_by_step:
                self._stands_fast = not may_move(self.map, what.step)
                self._grabbed = (what.step, self._pressed) if not self._stands_fast else None
            self.layer.focused = self.focused_path = None
            self.layer.by_keyboard = False
            self.layer.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Hover, or pan while a button is down."""
        point = event.position().toPoint()
        self._pointer = event.position()
        if self._pressed is None:
            what = self.at(event.position())
            if what is None and self._hovered is not None:
                if not self._leave.isActive():
                    self._leave.start()
            else:
                self._set_hover(what)
            return
        if not self._dragging and (point - self._pressed).manhattanLength() < DRAG_FROM:
            return
        if self._stands_fast and self._is_refused():
            return
        self._dragging = True
        self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
        if self._grabbed is not None and self.map is not None:
            step, begun = self._grabbed
            self.layer.dragged = hold(self.map, step, QPointF(point - begun) / self.camera.scale)
            self.layer.update()
            return
        moved = QPointF(point - self._pressed) / self.camera.scale
        self._pressed = point
        self._fitted = self._nudged = False
        self._glide.stop()
        self._set_camera(Camera(self.camera.scale, self.camera.centre - moved))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click selects what lies under the pointer."""
        clicked = self._pressed is not None and not self._dragging
        self._pressed, self._dragging, self._stands_fast, self._refused = None, False, False, False
        dropped = self.layer.dragged
        self._let_go_of_card()
        if dropped is not None:
            self.moved_by_hand.emit(dropped.card.step, dropped.cell)
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if self._hovered else Qt.CursorShape.ArrowCursor)
        if clicked and event.button() == Qt.MouseButton.LeftButton:
            what = self._clicked = self.at(event.position())
            self.picked.emit(None if isinstance(what, StepSelected) and what.step < 0 else what)

    def _is_refused(self) -> bool:
        """The straight line stands fast. The pointer shows it, unless the drag can move the map instead; that is said at the first one."""
        whole, begins = self._is_all_in_sight(), not self._dragging
        if begins and (whole or not self._told):
            self._told = self._told or not whole
            self.held_fast.emit()
        if begins and whole:
            self._dragging = self._refused = True
            self.viewport().setCursor(Qt.CursorShape.ForbiddenCursor)
        return self._refused

    def _let_go_of_card(self) -> None:
        self._grabbed = self.layer.dragged = None
        self.layer.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Twice on a step opens its numbers, also where the first click moved the map; twice on the canvas zooms in."""
        what = self._clicked
        if isinstance(what, StepSelected) and what.step >= 0:
            self.entered.emit()
        elif what is None:
            self.zoom_by(1.6, event.position())

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom around the pointer; with Shift, move sideways."""
        delta = event.pixelDelta().y() * 2 if event.pixelDelta().y() else event.angleDelta().y()
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._set_camera(Camera(self.camera.scale, self.camera.centre - QPointF(delta / self.camera.scale, 0)))
        elif delta:
            self.zoom_by(1.0015**delta, event.position())
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is hovered any more."""
        self._pointer = None
        self._set_hover(None)
        super().leaveEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """A map out of sight has no pointer over it."""
        self._pointer = None
        self._set_hover(None)
        super().hideEvent(event)

    def _hover_again(self) -> None:
        """The map has come to rest in another place: something else may lie under the pointer."""
        if self._pressed is None:
            self._set_hover(self.at(self._pointer) if self._pointer is not None else None)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu of what lies under the pointer."""
        self.menu_wanted.emit(self.at(QPointF(event.pos())), event.globalPos())

    def viewportEvent(self, event: QEvent) -> bool:
        """Tool tips, and zooming with two fingers."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            what = self.at(QPointF(event.pos()))
            text = self.describe(what) if what is not None else ""
            where = self._tip_place(what, text, event.pos()) if text else event.pos()
            near = QRect(event.pos() - QPoint(4, 4), event.pos() + QPoint(4, 4))
            QToolTip.showText(self.viewport().mapToGlobal(where - QT_SHIFT), text, self.viewport(), near)
            return True
        if event.type() == QEvent.Type.NativeGesture and isinstance(event, QNativeGestureEvent):
            if event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
                self.zoom_by(1 + event.value(), event.position())
            return True
        return super().viewportEvent(event)

    def _tip_place(self, what: Selected, words: str, pointer: QPoint) -> QPoint:
        """Beside the card, or the pointer on a path; clear of what stands out."""
        scene, size = self.map, self._size()
        standing = stand_out(scene, what) if scene is not None else None
        if scene is None or standing is None:
            return pointer
        near = QRectF(pointer, pointer).adjusted(-8, -8, 8, 8)
        if isinstance(what, StepSelected) and what.step in scene.card_by_step:
            rect = scene.card_by_step[what.step].rect
            near = QRectF(self.camera.to_view(rect.topLeft(), size), rect.size() * self.camera.scale)
        return tip_place(words, near, standing_rects(scene, standing, self.camera, size), self.viewport().size())

    def places_in_use(self) -> list[QRectF]:
        """Where cards, lines, labels and panels stand in the view: what a message must not hide."""
        scene, camera, size = self.map, self.camera, self._size()
        drawn = scene.occupied if scene is not None else ()
        beside = QRectF(size.width() - self.covered, 0, self.covered, size.height())
        return [beside, *self.obstacles, *(QRectF(camera.to_view(rect.topLeft(), size), rect.size() * camera.scale) for rect in drawn)]

    # ---- keyboard ------------------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrow keys walk along the strongest path, with Shift the paths of a step; Enter opens; + − 0 zoom; / searches."""
        paths = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        act: dict[Qt.Key, Callable[[], None]] = {
            Qt.Key.Key_Down: lambda: self._arrow(QPoint(0, 1), paths),
            Qt.Key.Key_Up: lambda: self._arrow(QPoint(0, -1), paths),
            Qt.Key.Key_Left: lambda: self._arrow(QPoint(-1, 0), paths),
            Qt.Key.Key_Right: lambda: self._arrow(QPoint(1, 0), paths),
            Qt.Key.Key_Return: self._enter,
            Qt.Key.Key_Enter: self._enter,
            Qt.Key.Key_Space: self._enter,
            Qt.Key.Key_Plus: lambda: self.zoom_by(1.25),
            Qt.Key.Key_Equal: lambda: self.zoom_by(1.25),
            Qt.Key.Key_Minus: lambda: self.zoom_by(0.8),
            Qt.Key.Key_0: self.fit_map,
            Qt.Key.Key_Slash: self.search_wanted.emit,
        }
        if self.layer.dragged is not None:
            act[Qt.Key.Key_Escape] = self._let_go_of_card
        elif self.layer.selected is not None:
            act[Qt.Key.Key_Escape] = lambda: self.picked.emit(None)
        if event.modifiers() == Qt.KeyboardModifier.AltModifier and event.key() in TOWARDS and self._push(TOWARDS[Qt.Key(event.key())]):
            return
        wanted = act.get(Qt.Key(event.key()))
        plain = not event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
        if wanted is None or self.map is None or not plain:
            super().keyPressEvent(event)
            return
        self.layer.by_keyboard = True
        wanted()

    def _turned(self, towards: QPoint) -> tuple[int, int]:
        """A direction on the screen as one along the flow and one across it."""
        lying = self.map is not None and self.map.landscape
        return (towards.x(), towards.y()) if lying else (towards.y(), towards.x())

    def _push(self, towards: QPoint) -> bool:
        """Move the step that has the keyboard to the next cell, if it may."""
        here = self.layer.focused
        if self.map is None or here is None or not self.may_move_steps:
            return False
        if not may_move(self.map, here):
            self.held_fast.emit()
            return True
        cell = Grid(self.map).beside(here, *self._turned(towards))
        if cell is not None:
            self.moved_by_hand.emit(here, cell)
        return True

    def _arrow(self, towards: QPoint, paths: bool) -> None:
        """Along the flow, or across it; or to the next path along the flow."""
        along, across = self._turned(towards)
        if along and paths:
            self._walk_paths(forward=along > 0)
        elif along:
            self._walk(forward=along > 0)
        else:
            self._sideways(across)

    def _walk(self, forward: bool) -> None:
        here = self.layer.focused
        if self.map is not None and self.focused_path is not None:
            self.focus_step(self.focused_path.target if forward else self.focused_path.source)
        elif self.map is not None:
            order = self.map.reading_order()
            step = card_along(self.map, here, forward) if here is not None else (order[0] if order else None)
            self.focus_step(step)

    def _walk_paths(self, forward: bool) -> None:
        here = self.layer.focused
        path = next_path(self.map, here, self.focused_path, forward) if self.map is not None and here is not None else None
        if path is not None:
            self.focused_path = path
            self.picked.emit(path)
            self.path_focused.emit(path)

    def _sideways(self, side: int) -> None:
        here = self.layer.focused
        if self.map is not None and here is not None:
            self.focus_step(card_towards(self.map, here, side))

    def _enter(self) -> None:
        if self.layer.focused is not None:
            self.picked.emit(self.focused_path or StepSelected(self.layer.focused))
            self.entered.emit()

    def look_at(self, point: QPointF) -> None:
        """Put a point of the map into the middle."""
        self._fitted = self._nudged = False
        self._glide.stop()
        self._set_camera(Camera(self.camera.scale, point))

    def focus_step(self, step: int | None) -> None:
        """Give a step the keyboard focus and bring it into sight."""
        if step is None or self.map is None or step not in self.map.card_by_step:
            return
        self.layer.focused = step
        self.focused_path = None
        self.layer.by_keyboard = self.layer.by_keyboard or last_input_was_a_key()
        self.focused.emit(step)
        self.ensure_visible(step)
        self.layer.update()

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: N802
        """Tab walks the cards in reading order, and leaves the map at their end."""
        order = self.map.reading_order() if self.map else ()
        here = self.layer.focused
        place = order.index(here) + (1 if forward else -1) if here in order else (0 if forward else len(order) - 1)
        if not 0 <= place < len(order):
            self.layer.focused = None
            self.layer.update()
            return super().focusNextPrevChild(forward)
        self.focus_step(order[place])
        return True

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Coming by Tab, the first card (or, backwards, the last) gets the focus."""
        if event.reason() in BY_TAB and last_input_was_a_key() and self.map and self.map.cards:
            order = self.map.reading_order()
            self.focus_step(order[0] if event.reason() == Qt.FocusReason.TabFocusReason else order[-1])
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Leaving by Tab, no card keeps the focus; leaving otherwise, its ring goes too, for the keyboard is elsewhere."""
        if event.reason() in BY_TAB:
            self.layer.focused = None
        if event.reason() not in STAYING:
            self.layer.by_keyboard = False
        self.layer.update()
        super().focusOutEvent(event)

    def let_go(self) -> None:
        """No step has the keyboard: another log is open."""
        self._told = False
        self.layer.focused = self.focused_path = None
        self.layer.by_keyboard = False
        self.layer.update()
