"""The map for screen readers: a list whose items are its steps and paths, each with a sentence, a place and a focus of its own."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPoint, QPointF, QRect, QRectF
from PySide6.QtGui import QAccessible, QAccessibleEvent, QAccessibleInterface, QColor, QWindow
from PySide6.QtWidgets import QApplication

from engine.errors import N_
from gui.map.canvas import MapCanvas
from gui.map.scene import MapScene
from gui.map.spoken import Thing, things
from gui.store import Selected, StepSelected

HOW_TO_WALK = N_(
    "Arrow keys walk along the strongest path, with Shift through the paths of a step. Enter shows the numbers, Ctrl+T the map as a table."
)
INSTALLED, KEPT = "map_is_accessible", "accessible_map"


def make_accessible(canvas: MapCanvas) -> None:
    """Let screen readers see a map's steps and paths, and tell them when the keyboard moves to another one."""
    application = QApplication.instance()
    if application is not None and not application.property(INSTALLED):
        QAccessible.installFactory(interface_of)
        application.setProperty(INSTALLED, True)
    canvas.focused.connect(lambda step: announce(canvas, StepSelected(step)))
    canvas.path_focused.connect(lambda path: announce(canvas, path))


def interface_of(key: str, widget: QObject) -> QAccessibleInterface | None:
    """The interface of a map; None for everything else. The map keeps it: Qt holds no reference to what is made in Python."""
    if key != MapCanvas.__name__ or not isinstance(widget, MapCanvas):
        return None
    kept: MapAccessible | None = widget.property(KEPT)
    if kept is None:
        kept = MapAccessible(widget)
        widget.setProperty(KEPT, kept)
    return kept


def announce(canvas: MapCanvas, what: Selected) -> None:
    """Tell screen readers that the keyboard is at a step or path."""
    scene = canvas.map
    if scene is None or not QAccessible.isActive():
        return
    everything = things(scene)
    if what in everything:
        event = QAccessibleEvent(canvas, QAccessible.Event.Focus)
        event.setChild(everything.index(what))
        QAccessible.updateAccessibility(event)


class MapAccessible(QAccessibleInterface):
    """The map as a list."""

    def __init__(self, canvas: MapCanvas) -> None:
        super().__init__()
        self.canvas = canvas
        self._scene: MapScene | None = None
        self._children: tuple[ThingAccessible, ...] = ()

    @property
    def children(self) -> tuple[ThingAccessible, ...]:
        """One for each step and path of the map that is shown."""
        scene = self.canvas.map
        if scene is not self._scene:
            self._scene = scene
            self._children = tuple(ThingAccessible(self, what) for what in things(scene)) if scene else ()
        return self._children

    def isValid(self) -> bool:  # noqa: N802
        """Always: it lives as long as its map."""
        return True

    def object(self) -> QObject:
        """The map's widget."""
        return self.canvas

    def window(self) -> QWindow | None:  # type: ignore[override]
        """The window that holds the map."""
        return self.canvas.window().windowHandle()

    def parent(self) -> QAccessibleInterface | None:  # type: ignore[override]
        """The page."""
        around = self.canvas.parentWidget()
        return QAccessible.queryAccessibleInterface(around) if around is not None else None

    def childCount(self) -> int:  # noqa: N802
        """Steps and paths."""
        return len(self.children)

    def child(self, index: int) -> QAccessibleInterface | None:  # type: ignore[override]
        """A step or path by its place in the list."""
        return self.children[index] if 0 <= index < len(self.children) else None

    def indexOfChild(self, child: QAccessibleInterface) -> int:  # noqa: N802
        """The place of a step or path in the list, −1 for anything else."""
        return next((place for place, one in enumerate(self.children) if one is child), -1)

    def childAt(self, x: int, y: int) -> QAccessibleInterface | None:  # type: ignore[override]  # noqa: N802
        """What lies at a point of the screen."""
        what = self.canvas.at(QPointF(self.canvas.viewport().mapFromGlobal(QPoint(x, y))))
        return next((one for one in self.children if one.what == what), None)

    def focusChild(self) -> QAccessibleInterface | None:  # type: ignore[override]  # noqa: N802
        """The step or path that the keyboard is at."""
        return next((one for one in self.children if one.has_focus), None)

    def text(self, kind: QAccessible.Text) -> str:
        """The map's name, and how one walks it."""
        if kind == QAccessible.Text.Name:
            return self.canvas.accessibleName()
        return self.canvas.accessibleDescription() if kind == QAccessible.Text.Description else ""

    def setText(self, kind: QAccessible.Text, text: str) -> None:  # noqa: N802
        """Names come from the log."""

    def rect(self) -> QRect:
        """Where the map is on the screen."""
        viewport = self.canvas.viewport()
        return QRect(viewport.mapToGlobal(QPoint(0, 0)), viewport.size())

    def role(self) -> QAccessible.Role:
        """A list."""
        return QAccessible.Role.List

    def state(self) -> QAccessible.State:
        """Whether the map has the keyboard."""
        made = QAccessible.State()
        made.focusable = True
        made.focused = self.canvas.hasFocus()
        made.invisible = not self.canvas.isVisible()
        return made

    def foregroundColor(self) -> QColor:  # noqa: N802
        """The colour of texts."""
        return self.canvas.layer.style.colour("ink")

    def backgroundColor(self) -> QColor:  # noqa: N802
        """The colour behind the map."""
        return self.canvas.layer.style.colour("canvas")


class ThingAccessible(QAccessibleInterface):
    """A step or path as an item of the list."""

    def __init__(self, around: MapAccessible, what: Thing) -> None:
        super().__init__()
        self._around, self.what = around, what

    @property
    def has_focus(self) -> bool:
        """Whether the keyboard is at it."""
        canvas = self._around.canvas
        if isinstance(self.what, StepSelected):
            return canvas.hasFocus() and canvas.focused_path is None and canvas.focused_step == self.what.step
        return canvas.hasFocus() and canvas.focused_path == self.what

    def isValid(self) -> bool:  # noqa: N802
        """Whether it is still on the map."""
        return self in self._around.children

    def object(self) -> QObject | None:  # type: ignore[override]
        """It has no widget of its own."""
        return None

    def parent(self) -> QAccessibleInterface:
        """The map."""
        return self._around

    def childCount(self) -> int:  # noqa: N802
        """Nothing is inside it."""
        return 0

    def child(self, index: int) -> QAccessibleInterface | None:  # type: ignore[override]
        """Nothing is inside it."""
        return None

    def indexOfChild(self, child: QAccessibleInterface) -> int:  # noqa: N802
        """Nothing is inside it."""
        return -1

    def childAt(self, x: int, y: int) -> QAccessibleInterface | None:  # type: ignore[override]  # noqa: N802
        """Nothing is inside it."""
        return None

    def text(self, kind: QAccessible.Text) -> str:
        """Its sentence; as description the definitions of its numbers."""
        canvas = self._around.canvas
        if kind == QAccessible.Text.Name:
            return canvas.name_of(self.what)
        return canvas.describe(self.what) if kind in (QAccessible.Text.Description, QAccessible.Text.Help) else ""

    def setText(self, kind: QAccessible.Text, text: str) -> None:  # noqa: N802
        """Names come from the log."""

    def rect(self) -> QRect:
        """Where it is on the screen."""
        canvas = self._around.canvas
        place = self._place(canvas.map)
        corner = canvas.camera.to_view(place.topLeft(), QRectF(canvas.viewport().rect()).size())
        seen = QRectF(corner, place.size() * canvas.camera.scale).toAlignedRect()
        return QRect(canvas.viewport().mapToGlobal(seen.topLeft()), seen.size())

    def _place(self, scene: MapScene | None) -> QRectF:
        if scene is None:
            return QRectF()
        if isinstance(self.what, StepSelected):
            return scene.card_by_step[self.what.step].rect if self.what.step in scene.card_by_step else QRectF()
        lane = scene.lane_by_key.get((self.what.source, self.what.target))
        return QRectF(QPointF(*lane.box[:2]), QPointF(*lane.box[2:])) if lane else QRectF()

    def role(self) -> QAccessible.Role:
        """An item of a list."""
        return QAccessible.Role.ListItem

    def state(self) -> QAccessible.State:
        """Whether it has the keyboard, and whether it is selected."""
        canvas, made = self._around.canvas, QAccessible.State()
        made.focusable = made.selectable = True
        made.focused = self.has_focus
        made.selected = canvas.layer.selected == self.what
        made.offscreen = not self._around.rect().intersects(self.rect())
        return made

    def foregroundColor(self) -> QColor:  # noqa: N802
        """The colour of texts."""
        return self._around.foregroundColor()

    def backgroundColor(self) -> QColor:  # noqa: N802
        """The colour behind the map."""
        return self._around.backgroundColor()
