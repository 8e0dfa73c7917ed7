"""The window: the welcome page, the open log with its frame, or the lock, around one store."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

from PySide6.QtCore import QChildEvent, QEvent, QMargins, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QStackedWidget, QWidget

from gui.actions import PAGES, Actions, ActionState
from gui.dressing import Dress
from gui.jobs import Jobs
from gui.pages.lock_page import LockPage
from gui.pages.welcome_page import VERSION, WelcomePage
from gui.store import Store
from gui.theme import Appearance, apply_theme, icon
from gui.turns import Rank
from gui.widgets.definition import show_definition
from gui.widgets.focus_ring import FocusRing
from gui.widgets.toast import Toast

if TYPE_CHECKING:
    from gui.workspace import Workspace

START_SIZE = (1440, 900)
SMALLEST = (960, 640)
FRAME = QMargins(8, 40, 8, 8)
"""Px round the window's inside that a desktop's frame may take."""


class MainWindow(QMainWindow):
    """Shows one of its three parts. What needs a log is built when the first one opens, so that the window stands at once."""

    closed = Signal()

    def __init__(self, store: Store, jobs: Jobs) -> None:
        super().__init__()
        from gui.project_flow import ProjectFlow
        from gui.vault_flow import VaultFlow

        self.store = store
        self.jobs = jobs
        self.table = Actions(self)
        self.addActions(self.table.all())
        self.table.retranslate(store.texts)
        self.table.restyle(store.tokens, store.appearance)
        self.welcome = WelcomePage(store, self.table)
        self.lock_page = LockPage(store)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.welcome)
        self.stack.addWidget(self.lock_page)
        self.setCentralWidget(self.stack)
        self.toast = Toast(store, self.stack, lambda: self._page_in_sight)
        Dress(self.welcome, store)
        for hidden in (self.lock_page, self.toast):
            Dress(hidden, store, later=True)
        self.flow = ProjectFlow(store, jobs, self)
        self.vault = VaultFlow(store, jobs, self.flow, self)
        self.welcome.delete_wanted.connect(self._delete_closed)
        self.ring = FocusRing(store, self.flow.on_input)
        self._workspace: Workspace | None = None
        self.setMinimumSize(*SMALLEST)
        self.setAcceptDrops(True)
        self._restore_place()
        self._restyle()
        self._follow()
        self._connect()

    @property
    def _page_in_sight(self) -> QWidget:
        """What is seen beside the rail, or the whole window where there is none."""
        framed = self._workspace if self.stack.currentWidget() is self._workspace else None
        return framed.pages if framed is not None else self.stack

    def _connect(self) -> None:
        store, table = self.store, self.table
        for signal in (store.opened_changed, store.locked_changed, store.saved_changed, store.view_changed, store.appearance_changed):
            signal.connect(self._follow)
        store.language_changed.connect(lambda: table.retranslate(store.texts))
        store.appearance_changed.connect(self._on_appearance)
        for spec in PAGES:
            table.on(spec.name, partial(self._turn_to, spec.page))
        runs: dict[str, Callable[[], object]] = {
            "undo": store.undo,
            "redo": store.redo,
            "clear_filters": lambda: store.change_filters(()),
            "add_filter": self._add_filter,
            "palette": self._show_palette,
            "help_number": self._explain,
            "help": self._show_help,
            "settings": self._show_settings,
            "about": self._show_about,
            "language": lambda: store.set_language("en" if store.texts.language == "da" else "da"),
            "dark": lambda: store.switch_appearance(Appearance.DARK),
            "projector": lambda: store.switch_appearance(Appearance.PROJECTOR),
            "full_screen": lambda: self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen),
            "quit": self.close,
            "open_file": self.flow.choose_file,
            "open_project": self.flow.choose_folder,
            "import_extracts": self.flow.import_extracts,
            "open_demo": self.flow.open_demo,
            "save_project": self.flow.save,
            "save_copy": self.flow.save_project,
            "play_cases": partial(self._on_map, "toggle_playback"),
            "minimap": self._toggle_minimap,
            "turn_map": partial(self._on_map, "turn"),
            "map_table": self._switch_table,
            "export_map": self._export,
            "close_log": self.flow.close_log,
            "lock": self.flow.lock,
            **self.vault.runs,
        }
        for name, run in runs.items():
            table.on(name, run)

    # ---- the parts -----------------------------------------------------------------------------------------------------------

    @property
    def workspace(self) -> Workspace | None:
        """The frame around the open log's pages; None until the first log opens."""
        return self._workspace

    def _follow(self) -> None:
        """Show the right part, title and actions."""
        store = self.store
        opened = store.opened
        ready = opened is not None and opened.summary is not None
        self.table.update(
            ActionState(
                is_open=ready,
                locked=store.locked,
                can_undo=store.can_undo,
                can_redo=store.can_redo,
                filtered=bool(store.view.selection.filters),
                kept=ready and store.keeps_view,
                several=ready and opened is not None and len(opened.object_types) > 1,
                page=store.view.page,
                appearance=store.appearance,
            )
        )
        if store.locked:
            part: QWidget = self.lock_page
        elif ready:
            part = self._built_workspace()
        else:
            part = self.welcome
        if self.stack.currentWidget() is not part:
            self.stack.setCurrentWidget(part)
            if part is self.welcome:
                self.welcome.refresh()
        name = (opened.facts.name if opened.facts else opened.name) if opened and ready else ""
        self.setWindowTitle(f"{name} – Sagsflow" if name else "Sagsflow")

    def prepare(self) -> None:
        """A log is being opened: build what will show it, a piece at a time, while the engine decrypts."""
        turns = self.store.turns
        for module in ("gui.widgets.filter_bar", "gui.workspace"):
            turns.add(Rank.SEEN, self, partial(import_module, module))
        turns.add(Rank.SEEN, self, self._prepare_frame)

    def _prepare_frame(self) -> None:
        self._built_workspace().prepare(self.store.view.page, Rank.SEEN)

    def _built_workspace(self) -> Workspace:
        if self._workspace is None:
            from gui.workspace import Workspace

            made = Workspace(self.store, self.jobs, self.table, self.stack)
            made.filter_wanted.connect(self._add_filter)
            made.error_wanted.connect(self.flow.show_last_error)
            self.flow.error_kept.connect(made.strip.set_error)
            self._workspace = made
            made.set_full_screen(self.isFullScreen())
            self.stack.addWidget(made)
        return self._workspace

    def _turn_to(self, page: str) -> None:
        self.store.change_view(page=page)
        self._follow()

    def _on_map(self, what: str) -> None:
        """Turn to the map page and let it do this."""
        self._turn_to("map")
        if self._workspace is not None:
            self._workspace.on_map(what)

    def _export(self) -> None:
        """Export the model where it is on the screen, else the map."""
        page = self.store.view.page
        if page == "objects" and self._workspace is not None:
            self._workspace.on_objects("export_map")
        else:
            self._on_model("export_model") if page == "model" else self._on_map("export_map")

    def _toggle_minimap(self) -> None:
        """Do without the minimap of the page in sight, or have it again."""
        page = self.store.view.page
        if page == "objects" and self._workspace is not None:
            self._workspace.on_objects("toggle_minimap")
        else:
            self._on_model("toggle_minimap") if page == "model" else self._on_map("toggle_minimap")

    def _on_model(self, what: str) -> None:
        if self._workspace is not None:
            self._workspace.on_model(what)

    def _switch_table(self) -> None:
        self._turn_to("map")
        if self._workspace is not None:
            self._workspace.switch_table()

    # ---- dialogs and popups --------------------------------------------------------------------------------------------------

    def _add_filter(self) -> None:
        from gui.dialogs.filter_dialog import ask_filter

        added = ask_filter(self.store, self)
        if added is not None:
            self.store.add_filter(added)

    def _show_palette(self) -> None:
        from gui.palette_entries import palette_entries
        from gui.widgets.palette import Palette

        palette = Palette(self.store, self, palette_entries(self.store, self.table))
        palette.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        palette.show_under(self.stack)

    def _explain(self) -> None:
        if not show_definition(self.store, self):
            self.toast.say(self.store.texts("Point at a number, or go to it with Tab, and press F1."))

    def _show_help(self) -> None:
        from gui.dialogs.help_dialog import show_help

        show_help(self.store, self.table, self)

    def _show_settings(self) -> None:
        from gui.dialogs.settings_dialog import show_settings

        show_settings(self.store, self)
        self.welcome.refresh()

    def _delete_closed(self, path: str) -> None:
        self.vault.delete_closed(path)
        self.welcome.refresh()

    def _show_about(self) -> None:
        from gui.dialogs.about_dialog import show_about

        show_about(self.store, VERSION, self)

    # ---- looks and place -----------------------------------------------------------------------------------------------------

    def _on_appearance(self) -> None:
        application = QApplication.instance()
        if isinstance(application, QApplication):
            apply_theme(application, self.store.appearance)
        self._restyle()
        self.setUpdatesEnabled(False)
        self.store.turns.add(Rank.SHOW, self, self._show_appearance)

    def _show_appearance(self) -> None:
        """Everything in sight wears the new appearance: show it at once."""
        self.setUpdatesEnabled(True)

    def childEvent(self, event: QChildEvent) -> None:
        """Dialogs and popups of the window are dressed before they are shown."""
        super().childEvent(event)
        child = event.child()
        if event.type() == QEvent.Type.ChildPolished and isinstance(child, QWidget) and child.isWindow() and not child.styleSheet():
            Dress(child, self.store)

    def _restyle(self) -> None:
        self.table.restyle(self.store.tokens, self.store.appearance)
        self.setWindowIcon(icon("logo", self.store.tokens.accent, 64))

    def _restore_place(self) -> None:
        kept = self.store.settings.values
        place = QRect(*kept.window) if kept.window else None
        seen = [screen for screen in QGuiApplication.screens() if place is not None and screen.availableGeometry().intersects(place)]
        if place is None or not seen:
            self.resize(place_within(QRect(0, 0, *START_SIZE), QGuiApplication.primaryScreen().availableGeometry()).size())
        elif seen[0].availableVirtualGeometry().contains(place):
            self.setGeometry(place)
        else:
            self.setGeometry(place_within(place, seen[0].availableGeometry()))
        if kept.maximised:
            self.setWindowState(Qt.WindowState.WindowMaximized)

    def changeEvent(self, event: QEvent) -> None:
        """A map that fills the screen has nothing round it."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.WindowStateChange and self._workspace is not None:
            self._workspace.set_full_screen(self.isFullScreen())

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files may be dropped while nothing is locked."""
        if not self.store.locked and any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Dropped files are opened once the drop is over."""
        paths = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        event.acceptProposedAction()
        QTimer.singleShot(0, self, lambda: self.flow.take_dropped(paths))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc, where nothing else wants it, leaves the full screen."""
        if event.key() == Qt.Key.Key_Escape and self.isFullScreen():
            self.setWindowState(self.windowState() & ~Qt.WindowState.WindowFullScreen)
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember the place, keep the view, end the engine."""
        place = self.normalGeometry() if self.isMaximized() or self.isFullScreen() else self.geometry()
        corner = (place.x(), place.y(), place.width(), place.height())
        self.store.settings.change(window=corner, maximised=self.isMaximized())
        self.ring.retire()
        self.flow.leave()
        event.accept()
        self.closed.emit()


def place_within(place: QRect, room: QRect) -> QRect:
    """The place, no larger than the room on a screen and, with its frame, wholly inside it."""
    inner = room.marginsRemoved(FRAME)
    size = place.size().boundedTo(inner.size())
    left = max(inner.left(), min(place.left(), inner.left() + inner.width() - size.width()))
    top = max(inner.top(), min(place.top(), inner.top() + inner.height() - size.height()))
    return QRect(left, top, size.width(), size.height())
