"""What the window shows, as one place of values with signals: the open log, the view, the language, the appearance, the lock."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from msgspec.structs import replace
from PySide6.QtCore import QObject, QTimer, Signal

from engine.log.selection import Filter, HasActivity, Selection
from engine.service.messages import FileKind, Open, Opened, SaveView, TakeIn, ViewState
from engine.texts import Texts
from engine.validation.values import Standing
from gui.settings import Settings
from gui.theme import Appearance, Tokens, tokens
from gui.turns import Turns

SAVE_VIEW_AFTER_MS = 1500
ONE_DRAG = 0.7
NAVIGATION = frozenset({"page", "first_places", "notion"})
SLIDERS = frozenset({"steps", "paths"})


@dataclass(frozen=True)
class StepSelected:
    """A step of the map is selected (its activity code)."""

    step: int


@dataclass(frozen=True)
class PathSelected:
    """A path of the map is selected (activity codes; START and END allowed)."""

    source: int
    target: int


Selected = StepSelected | PathSelected | None


@dataclass(frozen=True)
class History:
    """Views that undo goes back to, and those that redo brings back; the latest stand last."""

    done: tuple[ViewState, ...] = ()
    undone: tuple[ViewState, ...] = ()


class AsksEngine(Protocol):
    """What pages need of the jobs."""

    def ask(
        self,
        question: Any,
        on_answer: Callable[[Any], None],
        on_failed: Callable[[Exception], None] | None = None,
        title: str = "",
        *,
        keep: bool = False,
    ) -> int:
        """Ask the engine; answers arrive in the window's thread, stale ones never."""

    def stop(self, number: int) -> None:
        """Stop a job, as the user asks."""


class Store(QObject):
    """The window's state. Widgets read it, listen to its signals, and change it through its methods only."""

    opened_changed = Signal()
    view_changed = Signal(object)
    """The view: a frozenset with the names of the fields that changed."""
    language_changed = Signal()
    appearance_changed = Signal()
    selected_changed = Signal()
    locked_changed = Signal()
    saved_changed = Signal()
    motion_changed = Signal()
    count_changed = Signal()
    """n_selected is known anew."""
    wash_wanted = Signal(str)
    """A step of the wash, by its tag, is wanted for the open log."""

    def __init__(self, jobs: AsksEngine, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.jobs = jobs
        self.settings = settings
        self.turns = Turns(self)
        self.texts = Texts(settings.values.language)
        self.appearance = Appearance(settings.values.appearance)
        self._at_desk = Appearance.LIGHT
        """The appearance before the projector's."""
        self.opened: Opened | None = None
        self.source: Open | TakeIn | None = None
        self.view = ViewState()
        self.selected: Selected = None
        self.locked = False
        self.last_folder = ""
        """The folder a file was last chosen from in this window; it is not kept on disk."""
        self.n_selected: int | None = None
        self._undone: list[ViewState] = []
        self._done: list[ViewState] = []
        self._last_change: tuple[frozenset[str], float] = (frozenset(), 0.0)
        self._unsaved = False
        self._saver = QTimer(self)
        self._saver.setSingleShot(True)
        self._saver.setInterval(SAVE_VIEW_AFTER_MS)
        self._saver.timeout.connect(self.save_view)

    # ---- the open log --------------------------------------------------------------------------------------------------------

    def set_opened(
        self, opened: Opened | None, source: Open | TakeIn | None = None, view: ViewState | None = None, history: History | None = None
    ) -> None:
        """Another log is open (or none). source is how it was opened, without its secret; view overrides the one in the project.

        history: what could be undone before the same log was locked.
        """
        self._saver.stop()
        self._unsaved = False
        self.opened = opened
        self.source = source
        self.view = view if view is not None else (opened.view if opened else ViewState())
        kept = history or History()
        self._done, self._undone = list(kept.done), list(kept.undone)
        self.selected = None
        self.n_selected = None
        self.opened_changed.emit()
        self.selected_changed.emit()

    def set_saved(self, opened: Opened) -> None:
        """The open log now stands as a project on disk; view and history stay."""
        self.opened = opened
        self.saved_changed.emit()

    def set_standing(self, standing: Standing) -> None:
        """Whether the open data are signed, as every output says from now on."""
        if self.opened is not None and self.opened.standing != standing:
            self.opened = replace(self.opened, standing=standing)

    @property
    def is_synthetic(self) -> bool:
        """Whether the open log says that its cases are made up."""
        return bool(self.opened and self.opened.facts and self.opened.facts.synthetic)

    @property
    def timezone(self) -> str:
        """The time zone (IANA) in which dates are shown."""
        return "Europe/Copenhagen" if not self.opened or self.opened.timezone == "UTC" else self.opened.timezone

    # ---- the view ------------------------------------------------------------------------------------------------------------

    def change_view(self, **changes: Any) -> None:
        """Change fields of the view; recorded for undo, but one drag of a slider is one step, and turning a page is none."""
        changed = replace(self.view, **changes)
        names = frozenset(name for name in changes if getattr(changed, name) != getattr(self.view, name))
        if not names:
            return
        now = time.monotonic()
        same_drag = names <= SLIDERS and self._last_change[0] == names and now - self._last_change[1] < ONE_DRAG
        if not names <= NAVIGATION:
            if not same_drag:
                self._done.append(self.view)
            self._undone.clear()
            self._last_change = (names, now)
        self._set_view(changed)

    def change_filters(self, filters: tuple[Filter, ...]) -> None:
        """Set the filters of the selection."""
        self.change_view(selection=Selection(filters))

    def add_filter(self, added: Filter) -> None:
        """Add one filter to the selection, unless it is there; one that says the opposite gives it its place."""
        filters = self.view.selection.filters
        if added in filters:
            return
        opposite = replace(added, keep=not added.keep) if isinstance(added, HasActivity) else None
        if opposite in filters:
            self.change_filters(tuple(added if one == opposite else one for one in filters))
        else:
            self.change_filters((*filters, added))

    def remove_filter(self, removed: Filter) -> None:
        """Take one filter out of the selection."""
        self.change_filters(tuple(kept for kept in self.view.selection.filters if kept != removed))

    @property
    def history(self) -> History:
        """What can be undone and redone now."""
        return History(tuple(self._done), tuple(self._undone))

    @property
    def can_undo(self) -> bool:
        """Whether there is an earlier view."""
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        """Whether an undone view can come back."""
        return bool(self._undone)

    def undo(self) -> None:
        """Go back to the view before the last change; the page stays."""
        self._walk(self._done, self._undone)

    def redo(self) -> None:
        """Bring the view back that undo left; the page stays."""
        self._walk(self._undone, self._done)

    def _walk(self, origin: list[ViewState], other: list[ViewState]) -> None:
        if origin:
            other.append(self.view)
            self._last_change = (frozenset(), 0.0)
            kept = {name: getattr(self.view, name) for name in NAVIGATION}
            self._set_view(replace(origin.pop(), **kept))

    def _set_view(self, view: ViewState) -> None:
        names = frozenset(name for name in view.__struct_fields__ if getattr(view, name) != getattr(self.view, name))
        self.view = view
        if "selection" in names:
            self.n_selected = None
        if self.keeps_view:
            self._unsaved = True
            self._saver.start()
        self.view_changed.emit(names)

    def set_n_selected(self, n_cases: int) -> None:
        """How many cases the selection holds, as an answer of the engine has just told."""
        if n_cases != self.n_selected:
            self.n_selected = n_cases
            self.count_changed.emit()

    # ---- keeping the view in the project -------------------------------------------------------------------------------------

    @property
    def keeps_view(self) -> bool:
        """Whether the view is kept in the open project."""
        return self.opened is not None and self.opened.kind is FileKind.PROJECT and not self.opened.read_only

    @property
    def has_unsaved_view(self) -> bool:
        """Whether the view changed since it was last handed over for keeping."""
        return self._unsaved

    def save_view(self, then: Callable[[], None] | None = None) -> None:
        """Keep the view in the project now, when it changed; `then` is called when that is over, or not needed."""
        self._saver.stop()
        done = then or _nothing
        if not (self._unsaved and self.keeps_view):
            done()
            return
        self._unsaved = False
        self.jobs.ask(SaveView(self.view), lambda _saved: done(), lambda _error: done())

    def save_view_now(self, on_saved: Callable[[], None], on_failed: Callable[[Exception], None]) -> None:
        """Keep the view in the project because the user asks for it, and tell how that went."""
        self._saver.stop()
        self._unsaved = False
        self.jobs.ask(SaveView(self.view), lambda _saved: on_saved(), on_failed)

    # ---- language, appearance, what is selected, the lock --------------------------------------------------------------------

    @property
    def tokens(self) -> Tokens:
        """The colours in force."""
        return tokens(self.appearance)

    def set_language(self, language: str) -> None:
        """Switch every sentence and number to "da" or "en"."""
        if language != self.texts.language:
            self.settings.change(language=language)
            self.texts = Texts(language)
            self.language_changed.emit()

    def set_appearance(self, appearance: Appearance) -> None:
        """Switch colours and sizes."""
        if appearance is not self.appearance:
            self._at_desk = self._at_desk if self.appearance.is_large else self.appearance
            self.settings.change(appearance=appearance.value)
            self.appearance = appearance
            self.appearance_changed.emit()

    def switch_appearance(self, appearance: Appearance) -> None:
        """Take an appearance, or leave it: the dark one for the light one, the projector's for the one before it."""
        back = self._at_desk if appearance.is_large else Appearance.LIGHT
        self.set_appearance(back if appearance is self.appearance else appearance)

    def set_reduce_motion(self, reduce: bool) -> None:
        """Whether things move without gliding."""
        if reduce != self.settings.values.reduce_motion:
            self.settings.change(reduce_motion=reduce)
            self.motion_changed.emit()

    def select(self, selected: Selected) -> None:
        """Select a step or a path of the map, or nothing."""
        if selected != self.selected:
            self.selected = selected
            self.selected_changed.emit()

    def set_locked(self, locked: bool) -> None:
        """Lock or unlock what is shown."""
        if locked != self.locked:
            self.locked = locked
            self.locked_changed.emit()


def _nothing() -> None:
    return
