"""What holds for every test: no display, settings in a temporary folder, and nothing left running behind."""

from __future__ import annotations

import gc
import multiprocessing
import os
import sys
import threading
import time
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ.setdefault("PYTEST_QT_API", "pyside6")

GRACE_SECONDS = 10.0
"""How long threads, processes and timers that are already ending may take to be gone."""
MANY_MODULES = 100
"""So many modules imported during a test make the search for left timers noticeably longer."""

settings.register_profile(
    "repeatable",
    derandomize=True,
    print_blob=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.register_profile("searching", parent=settings.get_profile("repeatable"), derandomize=False, max_examples=1000)
settings.load_profile(os.environ.get("SAGSFLOW_HYPOTHESIS", "repeatable"))


class Lasting:
    """What stays for the whole run, imported modules above all: the search for what a test leaves need not walk through it each time."""

    def __init__(self) -> None:
        self._modules = 0
        self.timers: weakref.WeakSet[Any] = weakref.WeakSet()

    def grow(self) -> None:
        """Set aside what there is now; timers in it are still looked at."""
        if len(sys.modules) >= self._modules + MANY_MODULES:
            self.timers.update(_timers())
            self._modules = len(sys.modules)
            gc.freeze()


@pytest.fixture(scope="session")
def _lasting() -> Lasting:
    """What collecting the tests brought in."""
    gc.collect()
    lasting = Lasting()
    lasting.grow()
    return lasting


@pytest.fixture(autouse=True)
def _own_settings(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings, caches and data of the user are never read or written by a test."""
    home: Path = tmp_path_factory.mktemp("home")
    names = ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "APPDATA", "LOCALAPPDATA")
    for name in (*names, "HOME") if sys.platform == "darwin" else names:
        monkeypatch.setenv(name, str(home / name.lower()))


@pytest.fixture(autouse=True)
def _nothing_left_behind(request: pytest.FixtureRequest, _lasting: Lasting) -> Iterator[None]:
    """Fail a test that leaves threads, child processes or running timers."""
    threads = set(threading.enumerate())
    children = _child_processes()
    yield
    left = _wait_for_quiet(threads, children)
    if "PySide6.QtWidgets" in sys.modules:
        left += _running_timers(_lasting)
        _lasting.grow()
    if left:
        pytest.fail(f"{request.node.nodeid} left behind: {', '.join(left)}", pytrace=False)


def _wait_for_quiet(threads: set[threading.Thread], children: set[int]) -> list[str]:
    end = time.monotonic() + GRACE_SECONDS
    while True:
        left = [f"thread {thread.name}" for thread in threading.enumerate() if thread not in threads and not _is_library_thread(thread)]
        left += [f"process {pid}" for pid in sorted(_child_processes() - children)]
        if not left or time.monotonic() > end:
            return left
        time.sleep(0.01)


def _is_library_thread(thread: threading.Thread) -> bool:
    """Threads that Qt's pools bring into Python stay for reuse; they are not started by the program."""
    return isinstance(thread, threading._DummyThread)


def _child_processes() -> set[int]:
    """Process ids of living children; multiprocessing's resource tracker stays for the whole run."""
    multiprocessing.active_children()
    folder = Path("/proc/self/task")
    if not folder.is_dir():
        return {child.pid for child in multiprocessing.active_children() if child.pid is not None}
    from multiprocessing.resource_tracker import _resource_tracker

    pids: set[int] = set()
    for task in folder.iterdir():
        try:
            pids.update(int(pid) for pid in (task / "children").read_text().split())
        except OSError:
            continue
    return {pid for pid in pids if pid != getattr(_resource_tracker, "_pid", None) and not _has_ended(pid)}


def _has_ended(pid: int) -> bool:
    """Whether the process is gone or waits only for its parent to take note."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in ("Z", "X")
    except OSError:
        return True


def _running_timers(lasting: Lasting) -> list[str]:
    """Timers that still run on objects that nobody will ever stop: those of living top-level widgets and of parentless timers."""
    from PySide6.QtWidgets import QApplication

    application = QApplication.instance()
    if not isinstance(application, QApplication):
        return []
    gc.collect()
    end = time.monotonic() + GRACE_SECONDS
    while running := [timer for timer in (*_timers(), *lasting.timers) if _is_running(timer)]:
        if time.monotonic() > end:
            break
        application.processEvents()
        time.sleep(0.01)
    return [f"timer of {type(timer.parent()).__name__}" for timer in running]


def _timers() -> list[Any]:
    """Every timer that Python knows and that has not been set aside."""
    if "PySide6.QtCore" not in sys.modules:
        return []
    from PySide6.QtCore import QTimer

    return [one for one in gc.get_objects() if isinstance(one, QTimer)]


def _is_running(timer: Any) -> bool:
    from shiboken6 import isValid

    return isValid(timer) and timer.isActive()
