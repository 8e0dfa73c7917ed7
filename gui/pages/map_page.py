"""The process map page: asks for the map of the view, shows it with its controls, and says what it is doing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QMenu, QWidget

from engine.errors import N_, Cancelled
from engine.service.messages import MapAnswer, MapQuery, Prepare
from gui.map.accessible import HOW_TO_WALK, make_accessible
from gui.map.canvas_page import EDGE, CanvasPage
from gui.map.controls import Controls
from gui.map.framing import Framing
from gui.map.menu import make_menu, put_back
from gui.map.moving import Cell, moved_to
from gui.map.places import Places
from gui.map.player import Player
from gui.map.scene import MapScene, build_scene
from gui.map.spoken import spoken
from gui.map.style import map_style
from gui.map.waiting import TITLE, Waiting
from gui.map.words import describe
from gui.store import Selected, Store
from gui.theme import Appearance
from gui.widgets.error_words import error_sentence

if TYPE_CHECKING:
    from gui.map.export_dialog import ExportDialog
    from gui.map.playback import PlaybackStage

REFINE_AFTER_MS = 400
BUILT_AT_ONCE = 250
"""Cards and lines whose shapes are made in the window's thread; that takes less than 20 ms."""
MAP_FIELDS = frozenset({"selection", "steps", "paths", "colour", "label", "second", "first_places", "orientation", "moved"})


class MapPage(CanvasPage):
    """The map with its panel, zoom bar and notices. Frame puts the inspector beside it; while cases are played it has all the room."""

    controls: Controls

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.answer: MapAnswer | None = None
        self._asked: MapQuery | None = None
        self._prepared = False
        self._waiting_to_be_seen = False
        self.framing = Framing(store, self)
        self.places = Places(store, self.toast, lambda: self.canvas.is_left_alone)
        self.export_dialog: ExportDialog | None = None
        self.player = Player(store, self.canvas, self)
        self._export_wanted = False
        self.waiting = Waiting(store, self.canvas, self.notice, self.state)
        self.waiting.placed.connect(self._place)
        self._refine = QTimer(self, singleShot=True, interval=REFINE_AFTER_MS)
        self._refine.timeout.connect(self._ask_again)
        self._connect()
        self._show_texts()
        self._show_nothing()
        if store.opened is not None:
            self._on_opened()

    def _make_controls(self) -> Controls:
        return Controls(self.store, self)

    def _connect(self) -> None:
        store, canvas, bar = self.store, self.canvas, self.bar
        self._connect_canvas()
        store.opened_changed.connect(self._on_opened)
        store.view_changed.connect(self._on_view)
        canvas.picked.connect(store.select)
        canvas.picked.connect(self.places.use)
        canvas.may_move_steps = True
        canvas.moved_by_hand.connect(self.move_step)
        canvas.held_fast.connect(self.places.explain_line)
        canvas.menu_wanted.connect(self._show_menu)
        canvas.name_of = lambda what: spoken(self.answer, what, store.texts) if self.answer else ""
        make_accessible(canvas)
        bar.export_wanted.connect(self.export_map)
        bar.play_wanted.connect(self.player.play)
        self.player.changed.connect(self._set_stage)
        self.player.placed.connect(self._place)
        bar.turn_wanted.connect(self.turn)
        self.framing.changed.connect(self._ask)

    # ---- asking --------------------------------------------------------------------------------------------------------------

    def query(self, guarded: bool = False) -> MapQuery:
        """The question whose answer the page shows: the view in the language and appearance in force."""
        view = self.store.view
        return MapQuery(
            selection=view.selection,
            steps=view.steps,
            paths=view.paths,
            colour=view.colour,
            label=view.label,
            second=view.second,
            guarded=guarded,
            projector=self.store.appearance is Appearance.PROJECTOR,
            language=self.store.texts.language,
            arranged=not view.first_places,
            orientation=view.orientation,
            room=self.framing.room,
            moved=view.moved,
        )

    def _ask(self) -> None:
        """Ask for the map of the view, unless it is asked for or on the screen already."""
        opened = self.store.opened
        if opened is None or opened.summary is None:
            return
        if not self.isVisible():
            self._waiting_to_be_seen = True
            return
        self._waiting_to_be_seen = False
        query = self.query()
        if query != self._asked:
            self._put(query)

    def _put(self, query: MapQuery) -> None:
        self._asked = query
        self._refine.stop()
        self.waiting.begin()
        is_first = self.answer is None
        self.waiting.follow(self.store.jobs.ask(query, self._on_answer, self._on_failed, TITLE), is_first=is_first)

    def _ask_again(self) -> None:
        """The same question once more: a better arrangement may stand by now."""
        if self.answer is not None and self._asked == self.answer.query and self.isVisible():
            self._put(self._asked)

    def _on_answer(self, answer: MapAnswer) -> None:
        """Show an answer, if it is the one that is waited for."""
        if answer.query != self._asked:
            return
        self.waiting.end()
        if self.answer is not None and not self.places.accepts(self.answer, answer):
            return
        changed = self.answer is None or _looks_other(answer, self.answer)
        self.answer = answer
        self.store.set_n_selected(answer.map.n_cases)
        self.controls.show_answer(answer)
        if not answer.map.steps:
            self._show_no_cases(answer)
            return
        self.state.hide()
        for panel in (*self._panels, self.canvas):
            panel.show()
        if changed or self.canvas.map is None:
            self._build(answer)
        else:
            self.player.follow(answer)
        if not self._prepared:
            self._prepared = True
            self.store.jobs.ask(Prepare(), lambda _answer: self._ask_if_unrefined(), lambda _error: None, keep=True)
        elif not answer.refined:
            self._refine.start()

    def _ask_if_unrefined(self) -> None:
        """All is prepared: ask for what was missing, or see whether a map that keeps its first places could stand better."""
        if self.answer is not None and not self.answer.refined:
            self._ask_again()
        elif self.answer is not None and self.places.are_held:
            shown = self.answer
            better = replace(shown.query, arranged=True)
            self.store.jobs.ask(better, lambda answer: self.places.compare(shown, answer), lambda _error: None, keep=True)

    def _build(self, answer: MapAnswer) -> None:
        """Make shapes and texts of an answer: at once, or on a thread when there are many."""
        texts, style = self.store.texts, map_style(self.store.appearance)
        if len(answer.map.steps) + len(answer.map.paths) <= BUILT_AT_ONCE:
            self._show_scene(build_scene(answer, texts, style))
        else:
            self._builder.run(lambda: build_scene(answer, texts, style), self._show_built)

    def _show_built(self, scene: MapScene | Exception) -> None:
        if isinstance(scene, Exception):
            self._on_failed(scene)
        elif scene.answer is self.answer:
            self._show_scene(scene)

    def _show_scene(self, scene: MapScene) -> None:
        self.canvas.set_style(self.player.style)
        self._place()
        self.canvas.show_scene(scene)
        self.canvas.set_selected(self.store.selected)
        self.player.follow(scene.answer)
        self.bar.show_steps(scene)
        self.bar.show_zoom(self.canvas.camera.scale)
        if self._export_wanted:
            self.export_map()

    def _on_failed(self, error: Exception) -> None:
        self.waiting.end()
        self._asked = None
        texts, stopped = self.store.texts, isinstance(error, Cancelled)
        if self.answer is None:
            words = N_("You stopped the calculation. Nothing has been lost.") if stopped else error_sentence(texts, error)
            title = N_("Stopped") if stopped else N_("The process map could not be calculated")
            self.state.show_state("diamond-alert", title, words, action=N_("Calculate again"), on_action=self._ask)
            self.state.show()
            return
        words = texts("Stopped. The map shows the view before.") if stopped else error_sentence(texts, error)
        self.canvas.set_faded(True)
        self.notice.show_problem(words, texts("Calculate again"), self._ask)
        self._place()

    # ---- playback ------------------------------------------------------------------------------------------------------------

    @property
    def playback(self) -> PlaybackStage | None:
        """The stage on which the cases are being played."""
        return self.player.stage

    @property
    def _panels(self) -> tuple[QWidget, ...]:
        """The map's own panels, unless those of the playback stand in their places."""
        return () if self.playback is not None else super()._panels

    def toggle_playback(self) -> None:
        """Play the cases, or end that."""
        self.player.toggle()

    @property
    def _stands_alone(self) -> bool:
        return self.playback is not None or super()._stands_alone

    def _set_stage(self) -> None:
        self.canvas.redraw_as(self.player.style)
        super()._set_stage()

    # ---- what is shown -------------------------------------------------------------------------------------------------------

    def _show_nothing(self) -> None:
        self.player.leave()
        self.answer = None
        self.canvas.show_scene(None)
        self.controls.show_answer(None)
        self.bar.show_steps(None)
        for panel in (self.controls, self.bar, self.title, self.notice):
            panel.hide()
        self.state.hide()

    def _show_no_cases(self, answer: MapAnswer) -> None:
        self._export_wanted = False
        self.player.leave()
        self.canvas.show_scene(None)
        for panel in (self.controls, self.bar, self.title):
            panel.hide()
        if answer.map.n_cases_all == 0:
            self.state.show_state("database", N_("The log has no cases"), N_("The file was read, but it holds no events."))
        else:
            back = self.store.undo if self.store.can_undo else lambda: self.store.change_filters(())
            title, sentence, action = N_("No cases match"), N_("No case meets all the filters at once."), N_("Undo the last change")
            self.state.show_state("funnel", title, sentence, action=action, on_action=back)
        self.state.show()
        self._place()

    def _show_texts(self) -> None:
        self.canvas.setAccessibleName(self.store.texts("Process map"))
        self.canvas.setAccessibleDescription(self.store.texts(HOW_TO_WALK))

    def _on_opened(self) -> None:
        self.waiting.stop()
        self._refine.stop()
        self._asked, self._prepared, self._export_wanted = None, False, False
        self.places.forget()
        self.canvas.let_go()
        self._show_nothing()
        self._ask()

    def _on_view(self, names: frozenset[str]) -> None:
        if names & MAP_FIELDS:
            if names != {"first_places"}:
                self.places.hold(self.answer)
            self._ask()

    def _on_appearance(self) -> None:
        """The panels over the map have their new sizes by now."""
        self.canvas.set_style(self.player.style)
        self._place()
        self._ask()

    # ---- what one can do -----------------------------------------------------------------------------------------------------

    def describe(self, what: Selected) -> str:
        """The tool tip of a step or path."""
        return describe(self.answer, what, self.store.texts) if self.answer else ""

    def export_map(self) -> None:
        """Export the map on the screen, with guarded numbers; a map that is on its way is waited for, and one without steps is none."""
        if self.answer is not None and self.answer.query == self._asked and not self.answer.map.steps:
            self.toast.say(self.store.texts("There is no map to export: no case meets all the filters."))
            return
        self.places.use()
        self._export_wanted = self.canvas.map is None
        if self.answer is None or self.canvas.map is None or self.export_dialog is not None:
            return
        from gui.map.export_dialog import ExportDialog

        query = replace(self.answer.query, guarded=True)
        self.export_dialog = ExportDialog(self.store, self.answer, query, self.window())
        self.export_dialog.finished.connect(self._on_export_closed)
        self.export_dialog.exported.connect(self._say_saved)
        self.export_dialog.open()

    def move_step(self, step: int, cell: Cell) -> None:
        """Put a step into a cell of the grid, where it stays; the lines follow."""
        if self.answer is not None and self.answer.query == self._asked:
            self.store.change_view(moved=moved_to(self.answer, self.store.view.moved, step, cell))

    def turn(self) -> None:
        """Let the flow run to the right, or downwards again."""
        if self.answer is not None:
            self.framing.turn(self.answer.layout)

    def _say_saved(self, name: str) -> None:
        texts, folder = self.store.texts, Path(self.store.last_folder).name
        where = texts("Saved as {file} in the folder {folder}", file=name, folder=folder)
        self.toast.say(where if folder else texts("Saved as {file}", file=name))

    def _show_menu(self, what: Selected, where: QPoint) -> None:
        menu = self.menu(what)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(where)

    def menu(self, what: Selected) -> QMenu:
        """The context menu of a step or path, or of the map."""
        texts = self.store.texts
        of_map = [(texts("Show the whole map (0)"), self.canvas.fit_map), (texts("Export …"), self.export_map)]
        if self.playback is None:
            of_map.insert(1, (texts("Play the cases"), self.player.play))
        if self.answer is not None:
            of_map[1:1] = [*self.framing.entries(self.answer.layout), *put_back(self.store)]
        return make_menu(self.store, self, self.answer, what, of_map)

    # ---- places --------------------------------------------------------------------------------------------------------------

    def _standing(self) -> tuple[tuple[QWidget, ...], int]:
        """The playback's panel stands below the map, which is as much lower."""
        if self.playback is None:
            return super()._standing()
        panel, height = self.playback.place(self.size(), self._covered)
        return (panel,), height

    def _place(self) -> None:
        super()._place()
        self.framing.is_kept = self.playback is not None or self.is_bare
        beside = self.width() - self.controls.width() - 2 * EDGE
        self.framing.resize(beside, self.canvas.height(), at_once=self.answer is None or not self.isVisible())

    def closeEvent(self, event: QCloseEvent) -> None:
        """End timers and painting threads."""
        self.waiting.stop()
        self._refine.stop()
        self.framing.stop()
        self._builder.wait()
        self.player.stop()
        self.canvas.stop()
        super().closeEvent(event)


def _looks_other(one: MapAnswer, other: MapAnswer) -> bool:
    """Whether two answers are drawn differently."""
    drawn = [(answer.map, answer.layout, answer.query.language, answer.query.projector) for answer in (one, other)]
    return drawn[0] != drawn[1]
