"""The model page: BPMN or Petri net of the selection on the map's canvas, with progress and Stop while it is being found."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtGui import QCloseEvent

from engine.errors import N_, BadInput, Cancelled
from engine.models.values import NO_CASES, NodeKind
from engine.service.messages import ModelAnswer, ModelQuery
from gui.jobs import JobStatus
from gui.map.accessible import make_accessible
from gui.map.canvas_page import CanvasPage
from gui.map.model_controls import ModelControls
from gui.map.model_scene import build_model_scene
from gui.map.model_words import describe_model, speak_model
from gui.map.scene import MapScene
from gui.map.style import map_style
from gui.store import Selected, StepSelected, Store
from gui.widgets.error_words import error_sentence

if TYPE_CHECKING:
    from gui.map.model_export import ModelExportDialog

TICK_MS, BUSY_AFTER_MS = 100, 300
MODEL_FIELDS = frozenset({"selection", "notation", "miner", "noise", "steps", "colour", "label", "second"})
TITLE = N_("Finding the model")


class ModelPage(CanvasPage):
    """The model with its panel and zoom bar. Frame puts the inspector beside it."""

    controls: ModelControls

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.answer: ModelAnswer | None = None
        self._asked: ModelQuery | None = None
        self._number: int | None = None
        self._busy_for = 0
        self.bar.turn.hide()
        self.bar.play.hide()
        self.export_dialog: ModelExportDialog | None = None
        self._busy = QTimer(self, interval=TICK_MS)
        self._busy.timeout.connect(self._show_busy)
        self._connect()
        self._show_texts()
        self._show_nothing()

    def _make_controls(self) -> ModelControls:
        return ModelControls(self.store, self)

    def _connect(self) -> None:
        store = self.store
        self._connect_canvas()
        store.opened_changed.connect(self._on_opened)
        store.view_changed.connect(lambda names: self._ask() if names & MODEL_FIELDS else None)
        self.canvas.picked.connect(self._pick)
        self.canvas.name_of = lambda what: speak_model(self.answer, what, store.texts) if self.answer else ""
        make_accessible(self.canvas)
        self.bar.export_wanted.connect(self.export_model)

    # ---- asking --------------------------------------------------------------------------------------------------------------

    def query(self, guarded: bool = False) -> ModelQuery:
        """The question whose answer the page shows."""
        view = self.store.view
        return ModelQuery(
            selection=view.selection,
            notation=view.notation,
            miner=view.miner,
            noise=view.noise,
            steps=view.steps,
            colour=view.colour,
            label=view.label,
            second=view.second,
            guarded=guarded,
            projector=self.store.appearance.is_large,
            language=self.store.texts.language,
        )

    def _ask(self) -> None:
        """Ask for the model of the view, unless it is asked for or on the screen already."""
        opened = self.store.opened
        if opened is None or opened.summary is None or not self.isVisible():
            return
        query = self.query()
        if query != self._asked:
            self._asked, self._busy_for = query, 0
            self._busy.start()
            self._number = self.store.jobs.ask(query, self._on_answer, self._on_failed, TITLE)

    def _on_answer(self, answer: ModelAnswer) -> None:
        if answer.query != self._asked:
            return
        self._end_busy()
        self.answer = answer
        self.store.set_n_selected(answer.model.n_cases)
        self.controls.show_answer(answer)
        self.state.hide()
        for panel in (*self._panels, self.canvas):
            panel.show()
        texts, style = self.store.texts, map_style(self.store.appearance)
        self._builder.run(lambda: build_model_scene(answer, texts, style), self._show_built)

    def _show_built(self, scene: MapScene | Exception) -> None:
        if isinstance(scene, Exception):
            self._on_failed(scene)
            return
        self.canvas.set_style(map_style(self.store.appearance))
        self._place()
        old = self.canvas.map
        if old is not None and old.notation is not scene.notation:
            self.canvas.show_scene(None)
        self.canvas.show_scene(scene)
        self.canvas.set_selected(self.store.selected)
        self.bar.show_steps(replace(scene, cards=tuple(card for card in scene.cards if card.figure is NodeKind.TASK)))
        self.bar.show_zoom(self.canvas.camera.scale)

    def _on_failed(self, error: Exception) -> None:
        self._end_busy()
        asked, self._asked = self._asked, None
        texts, stopped = self.store.texts, isinstance(error, Cancelled)
        if isinstance(error, BadInput) and error.message == NO_CASES and not self.store.n_selected:
            self._asked = asked
            self._show_no_cases()
            return
        if self.answer is None or not stopped:
            words = N_("You stopped the calculation. Nothing has been lost.") if stopped else error_sentence(texts, error)
            title = N_("Stopped") if stopped else N_("No model could be found")
            self.state.show_state("diamond-alert", title, words, action=N_("Calculate again"), on_action=self._ask)
            self.state.show()
            self.controls.setVisible(not stopped)
            self.controls.raise_()
            return
        self.canvas.set_faded(True)
        self.notice.show_problem(texts("Stopped. The page shows the model before."), texts("Calculate again"), self._ask)
        self._place()

    # ---- what is shown -------------------------------------------------------------------------------------------------------

    def _show_nothing(self) -> None:
        self.answer = None
        self.canvas.show_scene(None)
        self.controls.show_answer(None)
        self.bar.show_steps(None)
        for panel in (self.controls, self.bar, self.title, self.notice, self.state):
            panel.hide()

    def _show_no_cases(self) -> None:
        """Nothing of the model before stays: its numbers are about other cases."""
        self._show_nothing()
        self.minimap.follow()
        back = self.store.undo if self.store.can_undo else lambda: self.store.change_filters(())
        title, action = N_("No cases match"), N_("Undo the last change")
        self.state.show_state("funnel", title, N_("No case meets all the filters at once."), action=action, on_action=back)
        self.state.show()

    def _show_busy(self) -> None:
        """What is being done, how far it is, and Stop."""
        self._busy_for += TICK_MS
        if self._busy_for < BUSY_AFTER_MS or self._number is None:
            return
        texts, number = self.store.texts, self._number
        status: JobStatus | None = getattr(self.store.jobs, "status", lambda _number: None)(number)
        message = status.message if status else ""
        words = texts(message, **status.values) if status and message else texts(TITLE)
        fraction = status.fraction if status else None
        self.canvas.set_faded(self.answer is not None)
        if self.answer is None:
            stop, words = N_("Stop"), words if message else ""
            self.state.show_state("workflow", TITLE, words, action=stop, on_action=lambda: self.store.jobs.stop(number), busy=True)
            self.state.set_progress(fraction)
            self.state.show()
            return
        self.state.hide()
        words = f"{words} · {texts.percent(fraction)}" if fraction is not None else words
        self.notice.show_progress(words, fraction, lambda: self.store.jobs.stop(number))
        self._place()

    def _end_busy(self) -> None:
        self._busy.stop()
        self._number = None
        self.notice.hide()
        self.canvas.set_faded(False)

    def _show_texts(self) -> None:
        self.canvas.setAccessibleName(self.store.texts("Model"))

    def _on_opened(self) -> None:
        self._busy.stop()
        self._asked = self._number = None
        self._show_nothing()
        self._ask()

    def _on_appearance(self) -> None:
        self.canvas.set_style(map_style(self.store.appearance))
        self._place()
        self._ask()

    # ---- what one can do -----------------------------------------------------------------------------------------------------

    def describe(self, what: Selected) -> str:
        """The tool tip of a node or flow."""
        return describe_model(self.answer, what, self.store.texts) if self.answer else ""

    def _pick(self, what: Selected) -> None:
        """Steps are selected as on the map; gateways, places and flows between them have their numbers in the tool tip only."""
        nodes = self.answer.model.nodes if self.answer else ()
        codes = range(len(self.store.opened.summary.activities)) if self.store.opened and self.store.opened.summary else range(0)
        tasks = {node.node for node in nodes if node.kind is NodeKind.TASK and node.node in codes}
        self.store.select(what if isinstance(what, StepSelected) and what.step in tasks else None)

    def export_model(self) -> None:
        """Export the model on the screen, with guarded numbers."""
        if self.answer is None or self.export_dialog is not None:
            return
        from gui.map.model_export import ModelExportDialog

        self.export_dialog = ModelExportDialog(self.store, self.answer, self.window())
        self.export_dialog.finished.connect(self._on_export_closed)
        self.export_dialog.exported.connect(lambda name: self.toast.say(self.store.texts("Saved as {file}", file=name)))
        self.export_dialog.open()

    def closeEvent(self, event: QCloseEvent) -> None:
        """End timers and painting threads."""
        self._busy.stop()
        self.controls.stop()
        self._builder.wait()
        self.canvas.stop()
        super().closeEvent(event)
