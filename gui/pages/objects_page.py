"""The page of the objects: what follows directly on what for every type of object, on one map."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QCloseEvent

from engine.errors import N_, BadInput, Cancelled
from engine.service.messages import ObjectMapAnswer, ObjectMapQuery
from gui.map.accessible import make_accessible
from gui.map.canvas_page import EDGE, CanvasPage
from gui.map.object_controls import ObjectControls
from gui.map.object_scene import build_object_scene
from gui.map.object_words import describe_object, speak_object
from gui.map.scene import MapScene
from gui.map.style import map_style
from gui.store import PathSelected, Selected, StepSelected, Store
from gui.widgets.error_words import error_sentence

if TYPE_CHECKING:
    from gui.map.object_export import ObjectExportDialog

VIEW_FIELDS = frozenset({"selection", "hidden_types", "object_steps", "object_paths", "orientation"})
TITLE = N_("Drawing the map of the objects")


class ObjectsPage(CanvasPage):
    """The map of the objects with its panel and zoom bar. What is selected on it is its own: its steps are not those of the process map."""

    picked = Signal(object)
    """What is selected now (Selected)."""
    controls: ObjectControls

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.answer: ObjectMapAnswer | None = None
        self._selected: Selected = None
        self._asked: ObjectMapQuery | None = None
        self.bar.play.hide()
        self.bar.turn.hide()
        self.export_dialog: ObjectExportDialog | None = None
        self._connect()
        self._show_texts()
        self._show_nothing()

    def _make_controls(self) -> ObjectControls:
        return ObjectControls(self.store, self)

    @property
    def selected(self) -> Selected:
        """What is selected on this map."""
        return self._selected

    def _connect(self) -> None:
        store = self.store
        self._connect_canvas()
        store.opened_changed.connect(self._on_opened)
        store.view_changed.connect(lambda names: self._ask() if names & VIEW_FIELDS else None)
        self.canvas.picked.connect(self._pick)
        self.canvas.name_of = lambda what: speak_object(self.answer, what, store.texts) if self.answer else ""
        make_accessible(self.canvas)
        self.bar.export_wanted.connect(self.export_map)

    # ---- asking --------------------------------------------------------------------------------------------------------------

    def query(self, guarded: bool = False) -> ObjectMapQuery:
        """The question whose answer the page shows."""
        view = self.store.view
        return ObjectMapQuery(
            selection=view.selection,
            hidden=view.hidden_types,
            steps=view.object_steps,
            paths=view.object_paths,
            guarded=guarded,
            projector=self.store.appearance.is_large,
            language=self.store.texts.language,
            orientation=view.orientation,
            room=self._room(),
        )

    def _room(self) -> tuple[int, int]:
        """Px that the map has beside its panel, in steps, so that a small change asks nothing anew."""
        beside = 0 if self.controls.collapsed else self.controls.width() + EDGE
        wide, high = self.width() - self._covered - beside - 2 * EDGE, self.height() - 3 * EDGE - self.bar.sizeHint().height()
        return (max(wide // 40, 1) * 40, max(high // 40, 1) * 40) if wide > 0 and high > 0 else (0, 0)

    @property
    def has_objects(self) -> bool:
        """Whether the open log has several types of objects."""
        opened = self.store.opened
        return opened is not None and opened.summary is not None and len(opened.object_types) > 1

    def _ask(self) -> None:
        """Ask for the map of the view, unless it is asked for or on the screen already."""
        if not self.isVisible() or self.store.opened is None:
            return
        if not self.has_objects:
            self._show_no_objects()
            return
        query = self.query()
        if query != self._asked:
            self._asked = query
            self.store.jobs.ask(query, self._on_answer, self._on_failed, TITLE)

    def _on_answer(self, answer: ObjectMapAnswer) -> None:
        if answer.query != self._asked:
            return
        self.answer = answer
        self.store.set_n_selected(answer.map.n_cases)
        self.controls.show_answer(answer)
        self.state.hide()
        self.canvas.set_faded(False)
        for panel in (*self._panels, self.canvas):
            panel.show()
        texts, style = self.store.texts, map_style(self.store.appearance)
        self._builder.run(lambda: build_object_scene(answer, texts, style), self._show_built)

    def _show_built(self, scene: MapScene | Exception) -> None:
        if isinstance(scene, Exception):
            self._on_failed(scene)
            return
        self.canvas.set_style(map_style(self.store.appearance))
        self._place()
        self.canvas.show_scene(scene)
        gone = isinstance(self._selected, StepSelected) and self._selected.step not in scene.card_by_step
        gone |= isinstance(self._selected, PathSelected) and (self._selected.source, self._selected.target) not in scene.lane_by_key
        self._pick(None if gone else self._selected)
        self.bar.show_steps(scene)
        self.bar.show_zoom(self.canvas.camera.scale)

    def _on_failed(self, error: Exception) -> None:
        self._asked = None
        if isinstance(error, Cancelled):
            return
        texts = self.store.texts
        self._show_nothing()
        words = texts.error(error) if isinstance(error, BadInput) else error_sentence(texts, error)
        back = self.store.undo if self.store.can_undo else self._ask
        action = N_("Undo the last change") if self.store.can_undo else N_("Calculate again")
        self.state.show_state("diamond-alert", N_("No map of these objects"), words, action=action, on_action=back)
        self.state.show()

    # ---- what is shown -------------------------------------------------------------------------------------------------------

    def _show_nothing(self) -> None:
        self.answer = None
        self.canvas.show_scene(None)
        self.controls.show_answer(None)
        self.bar.show_steps(None)
        self._pick(None)
        for panel in (self.controls, self.bar, self.title, self.notice, self.state):
            panel.hide()

    def _show_no_objects(self) -> None:
        """A log with one notion of the case has no map of objects."""
        self._show_nothing()
        words = N_("The log tells of one kind of case only. A map of several needs further identifiers, such as courses or decisions.")
        action, turn = N_("Show the process map"), partial(self.store.change_view, page="map")
        self.state.show_state("shapes", N_("One type of object"), words, action=action, on_action=turn)
        self.state.show()

    def _show_texts(self) -> None:
        self.canvas.setAccessibleName(self.store.texts("Map of objects"))

    def _on_opened(self) -> None:
        self._asked = None
        self._show_nothing()
        self._ask()

    def _on_appearance(self) -> None:
        self.canvas.set_style(map_style(self.store.appearance))
        self._place()
        self._ask()

    # ---- what one can do -----------------------------------------------------------------------------------------------------

    def describe(self, what: Selected) -> str:
        """The tool tip of a step or path."""
        return describe_object(self.answer, what, self.store.texts) if self.answer else ""

    def _pick(self, what: Selected) -> None:
        """Select a step or path of this map."""
        self._selected = what
        self.canvas.set_selected(what)
        self.bar.show_selected(what)
        self.picked.emit(what)

    def let_go(self) -> None:
        """Nothing is selected any more."""
        self._pick(None)

    def export_map(self) -> None:
        """Export the map on the screen, with guarded numbers."""
        if self.answer is None or self.export_dialog is not None:
            return
        from gui.map.object_export import ObjectExportDialog

        self.export_dialog = ObjectExportDialog(self.store, self.answer, self.window())
        self.export_dialog.finished.connect(self._on_export_closed)
        self.export_dialog.exported.connect(lambda name: self.toast.say(self.store.texts("Saved as {file}", file=name)))
        self.export_dialog.open()

    def closeEvent(self, event: QCloseEvent) -> None:
        """End painting threads."""
        self._builder.wait()
        self.canvas.stop()
        super().closeEvent(event)
