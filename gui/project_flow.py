"""From choosing a file to an open log, and from an open log to a saved project, the lock, and back."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace
from PySide6.QtCore import QEvent, QEventLoop, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QToolTip

from engine.demo import DEMO_PROJECT, PASSPHRASE
from engine.errors import N_, Cancelled, WrongKey
from engine.log.columns import ReadOptions
from engine.service.messages import (
    FileKind,
    Open,
    Opened,
    ProjectFacts,
    ProjectScanned,
    Saved,
    SaveProject,
    ScanProject,
    Secret,
    TakeIn,
    UseRoles,
    ViewState,
)
from gui.jobs import Jobs
from gui.store import History, Selected, Store
from gui.widgets.error_words import error_details, error_sentence
from gui.widgets.file_dialog import ask_file, ask_folder
from gui.widgets.unlock_card import FILE, PROJECT, UnlockCard

if TYPE_CHECKING:
    from gui.dialogs.unlock_dialog import UnlockDialog
    from gui.main_window import MainWindow

AGE_HEADS = (b"age-encryption.org/v1", b"-----BEGIN AGE ENCRYPTED FILE-----")
LOCKED_MEMBER = re.compile(rb"PK\x03\x04..[\x01\x03\x05\x07\x09\x0b\x0d\x0f].\x63\x00", re.DOTALL)
"""A member of a ZIP archive that is locked with AES."""
FILE_PATTERNS = (
    "(*.age *.csv *.gz *.zst *.zip *.xes *.parquet *.arrow *.feather *.txt *.tsv *.xlsx *.xlsm *.xlsb *.xls *.ods *.xml *.json *.sqlite"
    " *.jsonocel *.xmlocel)"
)
SAVE_BEFORE_LOCK_MS = 2000
TIMEZONE = "Europe/Copenhagen"
OPENING = N_("Opening the file")


class ProjectFlow(QObject):
    """Opens, saves, locks and unlocks; what is open stays open until something else has been opened whole."""

    error_kept = Signal(str)
    """A sentence for the job strip about something that went wrong; "" when it was looked at."""

    def __init__(self, store: Store, jobs: Jobs, window: MainWindow) -> None:
        super().__init__(window)
        self.store = store
        self.jobs = jobs
        self.window = window
        self._job: int | None = None
        self._card: UnlockCard | None = None
        self._dialog: UnlockDialog | None = None
        self._target: Open | TakeIn | None = None
        self._kept_view: ViewState | None = None
        self._kept_selected: Selected = None
        self._kept_history: History | None = None
        self._last_error: Exception | None = None
        self._idle = QTimer(self)
        self._idle.setSingleShot(True)
        self._idle.timeout.connect(self.lock)
        window.welcome.chosen.connect(self.choose)
        window.welcome.unlock_card.unlock_wanted.connect(self._on_unlock)
        window.welcome.unlock_card.stop_wanted.connect(self.stop)
        window.lock_page.unlock_card.unlock_wanted.connect(self._on_unlock)
        window.lock_page.unlock_card.stop_wanted.connect(self.stop)
        jobs.status_changed.connect(self._show_progress)
        jobs.failed.connect(self.keep_error)
        store.wash_wanted.connect(lambda step: self.import_extracts(step=step))
        jobs.engine_lost.connect(self._on_engine_lost)
        store.opened_changed.connect(self._restart_idle)

    # ---- choosing ------------------------------------------------------------------------------------------------------------

    def choose_file(self) -> None:
        """Let the user choose a file."""
        texts = self.store.texts
        kinds = f"{texts('Logs and encrypted files')} {FILE_PATTERNS}"
        path = ask_file(self.store, self.window, N_("Open file"), f"{kinds};;{texts('All files')} (*)")
        if path:
            self.choose(path)

    def choose_folder(self) -> None:
        """Let the user choose a project folder."""
        path = ask_folder(self.store, self.window, N_("Open project folder"))
        if path:
            self.choose(path)

    def choose(self, path: str) -> None:
        """Go on with a path: ask for a passphrase where the file is encrypted, warn where it is not."""
        self._target = Open(path, options=ReadOptions(timezone=TIMEZONE))
        self._kept_view = None
        if Path(path) == DEMO_PROJECT:
            self.open_demo()
        elif is_encrypted(Path(path)):
            self._ask_secret(path)
        else:
            from gui.dialogs.plain_warning import accept_plain

            if accept_plain(self.store, Path(path).name, self.window):
                self._open(Secret())

    def import_extracts(self, paths: tuple[str, ...] = (), step: str = "") -> None:
        """Let the user make one log of one or several files, washed by a recipe.

        step: the tag of a step with which the wash opens; the files that made the open log are read again.
        """
        from gui.dialogs.import_dialog import ask_import
        from gui.dialogs.import_draft import ImportDraft

        again = self._target if step and isinstance(self._target, TakeIn) else None
        draft = ImportDraft(paths) if again is None else ImportDraft.again(again)
        taken = ask_import(self.store, self.jobs, draft, self.window, step)
        if taken is None:
            self.jobs.discard()
            return
        self.window.prepare()
        self._target, opened = taken
        self._kept_view = None
        self.jobs.adopt_import(self._target, opened)
        self._adopt(opened)

    def take_dropped(self, paths: list[str]) -> None:
        """One file or project is opened, several are imported."""
        if len(paths) == 1:
            self.choose(paths[0])
        elif paths:
            self.import_extracts(tuple(paths))

    def open_path(self, path: str, secret: Secret) -> None:
        """Open a path whose secret is known already."""
        self._target = Open(path, options=ReadOptions(timezone=TIMEZONE))
        self._kept_view = None
        self._open(secret)

    def open_demo(self) -> None:
        """Open the bundled demo project; its passphrase is published."""
        self._target = Open(str(DEMO_PROJECT))
        self._kept_view = None
        self._open(Secret(passphrase=PASSPHRASE))

    def _ask_secret(self, path: str) -> None:
        if self.store.opened is None:
            self.window.welcome.set_target(path)
            return
        from gui.dialogs.unlock_dialog import UnlockDialog

        dialog = self._dialog = UnlockDialog(self.store, Path(path).stem, self.window, title=PROJECT if Path(path).is_dir() else FILE)
        dialog.card.unlock_wanted.connect(self._on_unlock)
        dialog.card.stop_wanted.connect(self.stop)
        dialog.rejected.connect(self._on_dialog_closed)
        dialog.open()

    def _on_dialog_closed(self) -> None:
        dialog, self._dialog = self._dialog, None
        self._card = None
        self.stop()
        if dialog is not None:
            dialog.deleteLater()

    # ---- opening -------------------------------------------------------------------------------------------------------------

    def _on_unlock(self, secret: Secret) -> None:
        if self.store.locked and self._is_demo:
            secret = Secret(passphrase=PASSPHRASE)
        self._open(secret)

    @property
    def _is_demo(self) -> bool:
        return self._target is not None and Path(self._target.path) == DEMO_PROJECT

    def _open(self, secret: Secret) -> None:
        if self._target is None:
            return
        self._card = self._card_to_use()
        if self._card is not None:
            self._card.set_busy(True)
        self.window.prepare()
        own = None if self._is_demo else self.store.settings.own_identity
        question = replace(self._target, secret=replace(secret, own=own))
        self._job = self.jobs.open(question, self._on_opened, self._on_failed, OPENING)

    def _card_to_use(self) -> UnlockCard | None:
        """The card that shows progress and errors: the lock's, the dialog's, the welcome page's; None leaves it to the job strip."""
        if self.store.locked:
            return self.window.lock_page.unlock_card
        if self._dialog is not None:
            return self._dialog.card
        if self.store.opened is None:
            if not self.window.welcome.unlock_card.isVisible() and self._target is not None:
                self.window.welcome.set_target(self._target.path)
            return self.window.welcome.unlock_card
        return None

    def _on_opened(self, opened: Opened) -> None:
        self._job = None
        if opened.summary is None:
            self._confirm_roles(opened)
        else:
            self._adopt(opened)

    def _confirm_roles(self, opened: Opened, problem: str = "") -> None:
        from gui.dialogs.roles_dialog import ask_roles

        options = ask_roles(self.store, self.jobs, opened, problem, self.window) if opened.preview is not None else None
        if options is None:
            self.jobs.discard()
            self._end_card()
            return
        if isinstance(self._target, Open):
            self._target = replace(self._target, options=options)

        def on_failed(error: Exception) -> None:
            self._job = None
            if isinstance(error, Cancelled):
                self.jobs.discard()
                self._end_card()
                self.window.toast.say(self.store.texts("Stopped. Nothing was opened."))
            else:
                self._confirm_roles(_with_options(opened, options), error_sentence(self.store.texts, error))

        self._job = self.jobs.use_roles(UseRoles(options), self._on_opened, on_failed, N_("Reading the log"))

    def _adopt(self, opened: Opened) -> None:
        """The log is open: show it, with the view from before the lock when there is one."""
        target, view, selected, history = self._target, self._kept_view, self._kept_selected, self._kept_history
        self._kept_view = self._kept_selected = self._kept_history = None
        dialog, self._dialog = self._dialog, None
        if dialog is not None:
            dialog.accept()
            dialog.deleteLater()
        was_locked = self.store.locked
        self.store.set_opened(opened, target, view, history if was_locked and view is not None else None)
        self.store.set_locked(False)
        if was_locked:
            self.store.select(selected)
        self._end_card()
        if target is not None and opened.kind is FileKind.PROJECT and not self._is_demo and not was_locked:
            self.store.settings.add_recent(target.path, last_day(opened.facts))
        self.error_kept.emit("")

    def _end_card(self) -> None:
        if self._card is not None:
            self._card.passphrase.clear()
            self._card.set_busy(False)
            self._card = None
        self.window.welcome.set_target(None)

    def _on_failed(self, error: Exception) -> None:
        self._job = None
        sentence = error_sentence(self.store.texts, error)
        card, self._card = self._card, None
        if isinstance(error, Cancelled):
            if card is not None:
                card.set_busy(False)
                if (self._target is not None and not is_encrypted(Path(self._target.path))) or self._is_demo:
                    self.window.welcome.set_target(None)
            self.window.toast.say(self.store.texts("Stopped. Nothing was opened."))
            return
        if card is None:
            self.keep_error(error)
        elif isinstance(error, WrongKey) or card is not self.window.welcome.unlock_card:
            card.set_error(sentence)
        else:
            card.set_busy(False)
            name = Path(self._target.path).name if self._target else ""
            self.window.welcome.show_error(self.store.texts("{file} could not be opened", file=name), sentence, error_details(error))

    def stop(self) -> None:
        """Stop the opening under way."""
        if self._job is not None:
            self.jobs.stop(self._job)

    def _show_progress(self) -> None:
        status = self.jobs.status(self._job) if self._job is not None else None
        if self._card is not None and status is not None:
            said = self.store.texts(status.message, **status.values) if status.message else ""
            self._card.set_progress(status.fraction, said)

    # ---- saving --------------------------------------------------------------------------------------------------------------

    def save(self) -> None:
        """Keep the view of a project that can be written; anything else becomes a new encrypted project."""
        if self.store.keeps_view:
            self.store.save_view_now(lambda: self.window.toast.say(self.store.texts("Saved.")), self.keep_error)
        else:
            self.save_project()

    def save_project(self) -> None:
        """Save what is open as a new encrypted project."""
        from gui.dialogs.new_project_dialog import ask_project

        opened = self.store.opened
        if opened is None:
            return
        question = ask_project(self.store, self.jobs, self.window)
        if question is not None:
            self.jobs.ask(question, lambda saved: self.take_saved(question, saved), self.keep_error, N_("Saving the project"))

    def take_saved(self, question: SaveProject, saved: Saved) -> None:
        """The open log stands as a project now."""
        opened = self.store.opened
        if opened is None:
            return
        now = replace(opened, kind=FileKind.PROJECT, encrypted=True, read_only=False)
        now = replace(now, name=saved.facts.name, facts=saved.facts, saved_at=saved.saved_at)
        self._target = Open(saved.folder)
        self.store.source = self._target
        self.store.set_saved(now)
        self.store.settings.add_recent(saved.folder, last_day(saved.facts))
        self.window.toast.say(self.store.texts("The project is saved, encrypted, as {name}.", name=Path(question.folder).name))
        self.jobs.ask(ScanProject(), self._on_scanned, self.keep_error, N_("Looking for personal data"))

    def _on_scanned(self, found: ProjectScanned) -> None:
        """Say that the project tells of nobody, or where it does."""
        from gui.dialogs.scan_dialog import CLEAN, FOUND, show_scan

        if not found.places:
            self.window.toast.say(self.store.texts(CLEAN, n=found.texts))
        elif QApplication.activeModalWidget() is None:
            show_scan(self.store, found, self.window)
        else:
            show = self.store.texts("Show")
            self.window.toast.say(self.store.texts(FOUND), show, lambda: show_scan(self.store, found, self.window))

    # ---- the lock ------------------------------------------------------------------------------------------------------------

    def lock(self) -> None:
        """Show the lock at once, keep the view in the project, and end the engine process."""
        opened = self.store.opened
        if opened is None or opened.summary is None or self.store.locked:
            return
        self.stop()
        for widget in QApplication.topLevelWidgets():
            if widget is not self.window and widget.isVisible():
                widget.close()
        self._target, self._kept_view, self._kept_selected = self.store.source, self.store.view, self.store.selected
        self._kept_history = self.store.history
        name = opened.facts.name if opened.facts else opened.name
        needs_secret = (opened.encrypted or _holds_locked(self._target)) and not self._is_demo
        self._save_view_then(self.jobs.closer())
        self.store.set_locked(True)
        self.store.set_opened(None)
        QApplication.clipboard().clear()
        QToolTip.hideText()
        self.window.toast.hide()
        self.window.lock_page.unlock_card.set_target(name, needs_secret=needs_secret)
        self.window.lock_page.unlock_card.passphrase.field.setFocus()

    def _save_view_then(self, then: Callable[[], None]) -> None:
        """Keep the view if it changed, but never let that delay the end of the engine for long."""
        done = False

        def once() -> None:
            nonlocal done
            if not done:
                done = True
                then()

        if self.store.has_unsaved_view:
            QTimer.singleShot(SAVE_BEFORE_LOCK_MS, self, once)
        self.store.save_view(once)

    def close_log(self) -> None:
        """Close the log and show the welcome page."""
        self.stop()
        self._save_view_then(self.jobs.closer())
        self._target = self._kept_view = None
        self.store.set_opened(None)

    def forget_log(self) -> None:
        """The project that stood open is gone: nothing of it is kept."""
        self.stop()
        self.jobs.close_engine()
        self._target = self._kept_view = None
        self.store.set_opened(None)

    def leave(self) -> None:
        """The window closes: keep the view and end the engines before the program ends."""
        self.stop()
        loop = QEventLoop()
        waits = self.store.has_unsaved_view and self.store.keeps_view
        self._save_view_then(loop.quit)
        if waits:
            loop.exec()
        self.store.set_opened(None)
        self.jobs.close()

    def on_input(self, event: QEvent) -> bool:
        """Keys and the mouse put the idle lock off; the lock's keys work in dialogs too."""
        self._restart_idle()
        if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_L and event.modifiers() == Qt.KeyboardModifier.ControlModifier:
            return self._lock_from_dialog()
        return False

    def _lock_from_dialog(self) -> bool:
        """Lock while a dialog has the keyboard; False when none has, for then the window's own action does it."""
        if QApplication.activeModalWidget() is None or not self.store.opened:
            return False
        QTimer.singleShot(0, self, self.lock)
        return True

    def _restart_idle(self) -> None:
        if self.store.opened is None or self.store.locked:
            self._idle.stop()
        else:
            self._idle.start(self.store.settings.values.idle_minutes * 60_000)

    # ---- what went wrong -----------------------------------------------------------------------------------------------------

    def keep_error(self, error: Exception) -> None:
        """Say in the job strip and a toast that something went wrong."""
        if isinstance(error, Cancelled):
            return
        self._last_error = error
        sentence = error_sentence(self.store.texts, error)
        self.error_kept.emit(sentence)
        self.window.toast.say(sentence, self.store.texts("Show"), self.show_last_error)

    def show_last_error(self) -> None:
        """Show the last error with its details."""
        error, self._last_error = self._last_error, None
        self.error_kept.emit("")
        if error is not None:
            from gui.dialogs.error_dialog import show_error

            show_error(self.store, error, self.window)

    def _on_engine_lost(self) -> None:
        """The engine process ended by itself: nothing is left of the log in memory, as after a lock."""
        self.lock()
        self.window.lock_page.unlock_card.set_error(
            self.store.texts("The engine ended unexpectedly. Nothing on disk was changed; open the log again.")
        )


def last_day(facts: ProjectFacts | None) -> str:
    """The day (ISO) by which a project is to be deleted; "" for one that may stay."""
    return "" if facts is None or facts.synthetic else facts.delete_by


def is_encrypted(path: Path) -> bool:
    """Whether a path is a project folder, or begins as an age file or as a ZIP archive that a passphrase opens."""
    if path.is_dir():
        return True
    try:
        with path.open("rb") as file:
            head = file.read(4096)
    except OSError:
        return False
    return head.startswith(AGE_HEADS) or (head.startswith(b"PK") and LOCKED_MEMBER.search(head) is not None)


def _holds_locked(target: Open | TakeIn | None) -> bool:
    """Whether any file of an import is encrypted: opening it anew asks for the secret."""
    return isinstance(target, TakeIn) and any(is_encrypted(Path(file.path)) for file in target.files)


def _with_options(opened: Opened, options: ReadOptions) -> Opened:
    if opened.preview is None:
        return opened
    return replace(opened, preview=replace(opened.preview, options=options))
