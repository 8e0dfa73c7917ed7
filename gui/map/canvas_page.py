"""What the page of the map and that of the model share: a canvas under its panels, full screen, minimap, and search."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QRegion, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QDialog, QWidget

from gui.map.background import Background
from gui.map.busy import MapNotice
from gui.map.canvas import MapCanvas
from gui.map.folding_panel import FoldingPanel
from gui.map.minimap import Minimap
from gui.map.motion import system_keeps_still
from gui.map.style import map_style
from gui.map.title import MapTitle
from gui.map.zoom_bar import ZoomBar
from gui.store import Selected, StepSelected, Store
from gui.theme import Appearance
from gui.turns import Rank
from gui.widgets.definition import explain
from gui.widgets.state_card import StateCard
from gui.widgets.toast import Toast, clear_place

EDGE = 16
CLEAR, GROWTH = 8, 32
"""Px round what a notice keeps clear of, and those that its words may grow by before it looks for another place."""


class CanvasPage(QWidget):
    """A canvas with a panel, a zoom bar and notices on it. Frame puts the inspector beside it."""

    inspector_wanted = Signal()
    """Enter or a double click on a step: its numbers are wanted."""
    stage_changed = Signal(bool)
    """The canvas wants all the room, or no longer."""
    controls: FoldingPanel

    def __init__(self, store: Store) -> None:
        super().__init__()
        self.store = store
        self._covered = 0
        self.is_bare = self._is_crowded = False
        self._notice_stands: tuple[object, ...] = ()
        self.canvas = MapCanvas(map_style(store.appearance), self)
        self.canvas.setProperty("own_focus_ring", True)
        self.setFocusProxy(self.canvas)
        self.controls = self._make_controls()
        self.bar = ZoomBar(store, self)
        self.title = MapTitle(store, self)
        self.minimap = Minimap(store, self.canvas, self)
        self.notice = MapNotice(store, self)
        self.state = StateCard(store, self)
        self.state.setProperty("kind", "canvas")
        self.toast = Toast(store, self)
        self.export_dialog: QDialog | None = None
        self._builder = Background(self)

    def _make_controls(self) -> FoldingPanel:
        raise NotImplementedError

    def _connect_canvas(self) -> None:
        """What canvas, bar and title do on every such page."""
        store, canvas, bar = self.store, self.canvas, self.bar
        store.appearance_changed.connect(self._follow_appearance)
        store.language_changed.connect(self._on_language)
        store.motion_changed.connect(self._on_motion)
        store.selected_changed.connect(self._show_selected)
        canvas.entered.connect(self.inspector_wanted)
        canvas.zoom_changed.connect(bar.show_zoom)
        canvas.focused.connect(self._explain_focused)
        canvas.search_wanted.connect(bar.focus_search)
        canvas.describe = self.describe
        bar.zoomed.connect(canvas.zoom_by)
        bar.fitted.connect(canvas.fit_map)
        bar.found.connect(self.go_to_step)
        bar.full_wanted.connect(self.fill_screen)
        bar.changed.connect(self._place)
        self.title.leave_wanted.connect(self.fill_screen)
        self.title.changed.connect(self._place)
        self.controls.resized.connect(self._place)
        self._on_motion()

    # ---- what a page does in its own way ---------------------------------------------------------------------------------------

    def describe(self, what: Selected) -> str:
        """The tool tip of something on the canvas."""
        raise NotImplementedError

    def _ask(self) -> None:
        raise NotImplementedError

    def _show_texts(self) -> None:
        raise NotImplementedError

    def _on_appearance(self) -> None:
        raise NotImplementedError

    def _pick(self, what: Selected) -> None:
        self.store.select(what)

    @property
    def selected(self) -> Selected:
        """What is selected on the page."""
        return self.store.selected

    def _show_selected(self) -> None:
        self.canvas.set_selected(self.selected)
        self.bar.show_selected(self.selected)

    # ---- full screen ---------------------------------------------------------------------------------------------------------

    def fill_screen(self) -> None:
        """Let the window, and with it the canvas, fill the screen; or no longer."""
        window = self.window()
        window.setWindowState(window.windowState() ^ Qt.WindowState.WindowFullScreen)

    def set_bare(self, bare: bool) -> None:
        """Nothing but the canvas with a small legend and a small title, as on a full screen."""
        if bare == self.is_bare:
            return
        self.is_bare = bare
        self.controls.set_collapsed(bare or self.store.appearance is Appearance.PROJECTOR)
        self._set_stage()
        self.toast.say(self.store.texts("Esc leaves the full screen.")) if bare else self.toast.hide()

    def _set_stage(self) -> None:
        for panel in (self.controls, self.bar, self.title):
            panel.setVisible(panel in self._panels and self.canvas.map is not None)
        self.stage_changed.emit(self._stands_alone)
        self._place()

    @property
    def _stands_alone(self) -> bool:
        """Whether the canvas has all the room."""
        return self.is_bare

    @property
    def _panels(self) -> tuple[QWidget, ...]:
        """The panels that stand on the canvas; that of the choices not where the inspector leaves less room than it takes."""
        low = self.title if self.is_bare else self.bar
        return (low,) if self._is_crowded else (self.controls, low)

    # ---- what one can do -----------------------------------------------------------------------------------------------------

    def toggle_minimap(self) -> None:
        """Do without the small map in the corner, or have it again."""
        self.minimap.toggle()

    def take_key(self, event: QKeyEvent) -> bool:
        """A key that nothing in the window wanted: / goes to the search field, Esc lets go of what is selected."""
        if self.canvas.map is None or event.key() not in (Qt.Key.Key_Slash, Qt.Key.Key_Escape):
            return False
        if event.key() == Qt.Key.Key_Slash:
            self.bar.focus_search()
        else:
            if self.is_bare and self.selected is None:
                return False
            self._pick(None)
        return True

    def go_to_step(self, step: int) -> None:
        """Select a step, bring it into sight and give it the keyboard."""
        self.canvas.setFocus(Qt.FocusReason.OtherFocusReason)
        self._pick(StepSelected(step))
        self.canvas.focus_step(step)

    def _explain_focused(self, step: int) -> None:
        """F1 explains the step that has the keyboard."""
        title, *lines = self.describe(StepSelected(step)).split("\n")
        explain(self.canvas, title, lines)

    def _on_export_closed(self) -> None:
        if self.export_dialog is not None:
            self.export_dialog.deleteLater()
            self.export_dialog = None

    # ---- looks and places ----------------------------------------------------------------------------------------------------

    def _on_language(self) -> None:
        self._show_texts()
        self._ask()

    def _follow_appearance(self) -> None:
        self.store.turns.add(Rank.SEEN if self.isVisible() else Rank.HIDDEN, self, self._on_appearance)

    def _on_motion(self) -> None:
        self.canvas.reduce_motion = self.store.settings.values.reduce_motion or system_keeps_still()

    def showEvent(self, event: QShowEvent) -> None:
        """Ask for what changed while the page was hidden."""
        super().showEvent(event)
        self._place()
        self._ask()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Everything in its corner."""
        super().resizeEvent(event)
        self._place()

    def set_covered(self, width: int) -> None:
        """So many px at the right side lie behind the inspector."""
        self._covered = width
        crowded = bool(width) and self.width() - width < 2 * (self.controls.width() + EDGE)
        if crowded != self._is_crowded:
            self._is_crowded = crowded
            self.controls.setVisible(self.controls in self._panels and self.canvas.map is not None)
        self._place()
        self.canvas.set_covered(width)
        self.minimap.follow()

    def _standing(self) -> tuple[tuple[QWidget, ...], int]:
        """The panels that stand on the canvas, and its height, px."""
        return self._panels, self.height()

    def _place(self) -> None:
        w, h = self.width(), self.height()
        self.state.setGeometry(0, 0, w, h)
        self.bar.adjustSize()
        self.bar.move(EDGE, h - EDGE - self.bar.height())
        room = h - 3 * EDGE - self.bar.height()
        self.controls.setGeometry(EDGE, EDGE, self.controls.width(), max(min(self.controls.wanted_height(), room), 60))
        self.notice.adjustSize()
        self.title.move(w - self._covered - EDGE - self.title.width(), EDGE)
        panels, h = self._standing()
        obstacles = [QRectF(panel.geometry()) for panel in panels]
        moved, self.canvas.obstacles = obstacles != self.canvas.obstacles, obstacles
        self.canvas.setGeometry(0, 0, w, h)
        if moved:
            self.canvas.keep_fitted()
            self.minimap.follow()
        if not self.notice.isHidden():
            self._place_notice(panels)

    def _place_notice(self, panels: tuple[QWidget, ...]) -> None:
        """As high as nothing of the map is hidden, else in the upper middle; it does not move about while its words change a little."""
        wide, high = self.notice.width(), self.notice.height()
        stands = self.canvas.map, self.canvas.camera, self.size(), self._covered, (wide // GROWTH, high)
        if stands == self._notice_stands:
            return
        self._notice_stands = stands
        left = panels[0].geometry().right() + EDGE if panels[0].isVisible() and panels[0] is not self.bar else EDGE
        free = QRect(0, 0, self.width() - self._covered, self.height()).adjusted(EDGE, EDGE, -EDGE, -EDGE)
        used = QRegion()
        for place in self.canvas.places_in_use():
            used += place.toAlignedRect().adjusted(-CLEAR, -CLEAR, CLEAR, CLEAR)
        clear = clear_place(QSize((wide // GROWTH + 1) * GROWTH, high), free, used, highest=True)
        middle = max(left + (free.right() - left - wide) // 2, left)
        self.notice.move(clear.topLeft() if clear is not None else QPoint(middle, EDGE))
