"""What must be measured in a process of its own: opening a project, the engine's memory, and the window from start to first paint.

`python -m tests.benchmarks.processes open FOLDER | window | bare` prints what it measured as JSON.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.log.event_log import EventLog

PASSPHRASE = "synthetic numbers only"
RUNS = 7
FOLDERS = ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "APPDATA", "LOCALAPPDATA")


def measure_opening(log: EventLog) -> dict[str, float]:
    """Save the log as an encrypted project and open it in a fresh process: ours_ms, bound_ms, resident and most bytes of memory."""
    from engine.service.messages import ProjectFacts
    from engine.tasks import Task
    from engine.vault.project_folder import Contents, State
    from engine.vault.project_making import create_project

    facts = ProjectFacts("Benchmark", "measuring", "none: synthetic", "2030-01-01", synthetic=True)
    with tempfile.TemporaryDirectory() as home:
        project = Path(home) / "project"
        create_project(project, Contents(log, State(facts, roles=log.roles), b"k" * 32), PASSPHRASE, None, Task())
        return _child(home, "open", str(project))


def measure_window() -> tuple[float, float]:
    """Milliseconds from the start of a process to the first paint: our window, and a bare QApplication with one window (medians)."""
    taken: dict[str, list[float]] = {"window": [], "bare": []}
    with tempfile.TemporaryDirectory() as home:
        for _ in range(RUNS + 1):
            for kind, found in taken.items():
                begun = time.monotonic()
                found.append((_child(home, kind)["painted"] - begun) * 1000)
    ours, bare = (statistics.median(found[1:]) for found in taken.values())
    return ours, bare


def _child(home: str, *arguments: str) -> dict[str, float]:
    """Run this module in a new process, with settings of its own and, as in an installed program, with compiled bytecode."""
    environment = os.environ | dict.fromkeys(FOLDERS, home) | {"QT_QPA_PLATFORM": "offscreen", "PYTHONPYCACHEPREFIX": f"{home}/bytecode"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    command = [sys.executable, "-m", "tests.benchmarks.processes", *arguments]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True, text=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def open_project(folder: str) -> dict[str, float]:
    """Open the project as the engine does after the passphrase, up to the numbers of the first map; and decrypt its files alone."""
    import pyrage

    from engine.discovery.dfg import discover_dfg
    from engine.files.age import decrypt_with
    from engine.log.arc_index import index_arcs
    from engine.log.variants import find_variants
    from engine.service.messages import Secret
    from engine.tasks import Task
    from engine.vault import unlocking

    project = unlocking.open_project(Path(folder), Secret(PASSPHRASE), Task())
    parts = project.manifest.parts
    files = [Path(folder) / part.file for part in (parts.events, parts.cases)]

    def open_whole() -> Any:
        log = project.read_contents(Task()).log
        variants = find_variants(log)
        return log, variants, discover_dfg(log, variants)

    def decrypt_bytes() -> None:
        for file in files:
            pyrage.decrypt(file.read_bytes(), [project.identity.key])

    def decrypt_stream() -> None:
        for file in files:
            decrypt_with(file, [project.identity.key], Task())

    log, *found = open_whole()
    index = index_arcs(log)
    memory = _memory()
    del log, found, index
    ours, bound = [], []
    for _ in range(5):
        ours.append(_seconds(open_whole))
        bound += [_seconds(decrypt_bytes), _seconds(decrypt_stream)]
    return {"ours_ms": min(ours) * 1000, "bound_ms": min(bound) * 1000, **memory}


def _seconds(work: Any) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _memory() -> dict[str, float]:
    """Resident bytes now and at most, where the system tells."""
    status = Path("/proc/self/status")
    if not status.exists():
        return {}
    lines = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
    return {name: float(lines[key].split()[0]) * 1024 for name, key in (("resident", "VmRSS"), ("most", "VmHWM"))}


def paint_window() -> dict[str, float]:
    """When the window of Sagsflow was painted first, on the system's monotonic clock."""
    from gui import app

    application = app.make_application()
    window = app.make_window()
    painted: list[float] = []
    app.FirstPaint(window).painted.connect(lambda: (painted.append(time.monotonic()), window.close()))
    window.show()
    application.exec()
    return {"painted": painted[0]}


def paint_bare() -> dict[str, float]:
    """The same for a bare QApplication with one window."""
    from PySide6.QtCore import QTimer
    from PySide6.QtGui import QPaintEvent
    from PySide6.QtWidgets import QApplication, QWidget

    painted: list[float] = []

    class Window(QWidget):
        def paintEvent(self, _event: QPaintEvent) -> None:
            painted.append(time.monotonic())
            QTimer.singleShot(0, self.close)

    application = QApplication([])
    window = Window()
    window.resize(1280, 800)
    window.show()
    application.exec()
    return {"painted": painted[0]}


if __name__ == "__main__":
    kind, *rest = sys.argv[1:]
    result = {"open": open_project, "window": paint_window, "bare": paint_bare}[kind](*rest)
    sys.stdout.write(json.dumps(result))
