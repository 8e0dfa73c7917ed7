"""Starts the window: Qt and light modules only, until it has been painted once."""

from __future__ import annotations

import gc
import signal
import time
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from importlib import import_module
from pathlib import Path

from PySide6.QtCore import QEvent, QLibraryInfo, QLocale, QObject, Qt, QTimer, QTranslator, Signal
from PySide6.QtWidgets import QApplication, QWidget

from gui.jobs import Jobs
from gui.main_window import MainWindow
from gui.settings import Settings
from gui.store import Store
from gui.theme import apply_theme, load_fonts
from gui.turns import Rank

NAME = "Sagsflow"


class FirstPaint(QObject):
    """Says when a window has been painted for the first time."""

    painted = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Wait for the first paint."""
        if event.type() == QEvent.Type.Paint:
            self._window.removeEventFilter(self)
            QTimer.singleShot(0, self.painted.emit)
        return False


def make_application(arguments: Sequence[str] = ()) -> QApplication:
    """The one QApplication, with the bundled fonts."""
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    QApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
    application = QApplication([NAME, *arguments])
    application.setApplicationName(NAME)
    application.setApplicationDisplayName(NAME)
    application.setDesktopFileName("sagsflow")
    load_fonts()
    return application


def make_window(settings: Settings | None = None, jobs: Jobs | None = None) -> MainWindow:
    """A window with its store, ready to be shown."""
    application = QApplication.instance()
    used = settings or Settings()
    asked = jobs or Jobs()
    store = Store(asked, used)
    asked.setParent(store)
    if isinstance(application, QApplication):
        apply_theme(application, store.appearance)
    window = MainWindow(store, asked)
    store.setParent(window)
    _follow_language(window)
    return window


def run(path: str | None = None, *, demo: bool = False, quit_after_first_paint: bool = False) -> int:
    """Show the window until it is closed; the exit status. With a path that file or project is opened, with `demo` the demo project."""
    application = make_application()
    with suppress(ValueError):
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    window = make_window()
    first = FirstPaint(window)
    first.painted.connect(partial(get_ready, window))
    if quit_after_first_paint:
        first.painted.connect(window.close)
    elif demo:
        first.painted.connect(window.flow.open_demo)
    elif path is not None:
        first.painted.connect(lambda: window.flow.choose(str(Path(path).absolute())))
    window.show()
    return application.exec()


def get_ready(window: MainWindow) -> None:
    """Read what opening a log needs while nobody waits for it, and take what has come to stay out of the garbage collector's rounds.

    Each full round would stop the window for 20 to 40 ms. The pages stay from the first log on.
    """
    turns = window.store.turns
    turns.add(Rank.HIDDEN, window, partial(import_module, "engine.service.client"))
    for name in ("engine.washing.words", "gui.dialogs.import_columns", "gui.dialogs.import_wash", "gui.dialogs.import_dialog"):
        turns.add(Rank.HIDDEN, window, partial(import_module, name))
    turns.add(Rank.HIDDEN, window, gc.freeze)

    def keep_pages() -> None:
        if window.store.opened is not None and not window.jobs.busy:
            turns.emptied.disconnect(keep_pages)
            gc.collect(1)
            gc.freeze()

    turns.emptied.connect(keep_pages)


def measure_first_paint() -> float:
    """Milliseconds from now until the window has been painted; closes it again."""
    started = time.perf_counter()
    make_application()
    window = make_window()
    taken: list[float] = []
    first = FirstPaint(window)
    first.painted.connect(lambda: taken.append(time.perf_counter() - started))
    first.painted.connect(window.close)
    window.show()
    application = QApplication.instance()
    if application is not None:
        application.exec()
    return taken[0] * 1000


def _follow_language(window: MainWindow) -> None:
    """Qt's own dialogs speak the window's language too."""
    translator = QTranslator(window)

    def follow() -> None:
        application = QApplication.instance()
        language = window.store.texts.language
        if application is not None:
            application.removeTranslator(translator)
            folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
            if translator.load(QLocale(language), "qtbase", "_", folder):
                application.installTranslator(translator)
            QLocale.setDefault(QLocale(language))

    follow()
    window.store.language_changed.connect(follow)


