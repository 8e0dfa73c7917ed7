"""The window stands before anything heavy is imported, and turning to a page does not import it in the window's thread."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HEAVY = ("numpy", "pyarrow", "pandas", "scipy", "pm4py", "pyqtgraph", "matplotlib", "networkx", "lxml", "pyrage")
PROBE = """
import json, sys
from PySide6.QtCore import QTimer
from gui.app import FirstPaint, make_application, make_window
application = make_application()
window = make_window()
seen = []
def look():
    seen.extend(sorted(sys.modules))
    window.close()
FirstPaint(window).painted.connect(look)
window.show()
application.exec()
print(json.dumps(seen))
"""


def run_probe(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "SAGSFLOW_SETTINGS_DIR": str(folder), "PYTHONPATH": str(ROOT)}
    return subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)


def test_at_the_first_paint_nothing_heavy_is_imported(tmp_path: Path) -> None:
    done = run_probe(PROBE, tmp_path)
    assert done.returncode == 0, done.stderr
    modules = json.loads(done.stdout.strip().splitlines()[-1])
    assert "gui.main_window" in modules
    assert [name for name in HEAVY if name in modules] == []
    assert [name for name in modules if name.startswith(("PySide6.QtNetwork", "PySide6.QtQml", "PySide6.QtWebEngine"))] == []


def test_the_window_can_be_measured_and_quits_by_itself(tmp_path: Path) -> None:
    code = "from gui.app import run; import sys; sys.exit(run(quit_after_first_paint=True))"
    done = run_probe(code, tmp_path)
    assert done.returncode == 0, done.stderr
    code = "from gui.app import measure_first_paint; print(measure_first_paint())"
    done = run_probe(code, tmp_path)
    assert 0 < float(done.stdout.strip().splitlines()[-1]) < 60_000


def test_only_settings_are_written_and_they_hold_nothing_personal(tmp_path: Path) -> None:
    run_probe("from gui.app import run; run(quit_after_first_paint=True)", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["settings.json"]
    kept = json.loads((tmp_path / "settings.json").read_text())
    assert set(kept) == {
        "language", "appearance", "window", "maximised", "remember_recent", "recent", "deadlines", "identity",
        "idle_minutes", "reduce_motion",
    }  # fmt: skip
    assert (kept["recent"], kept["deadlines"], kept["identity"]) == ([], {}, "")
