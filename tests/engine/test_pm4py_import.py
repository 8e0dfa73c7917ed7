"""pm4py brings half a laboratory along; nothing of it may show on the user's computer."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = "from engine.pm4py_adapter.discovery import quiet\nwith quiet() as pm4py:\n    print(len(pm4py.discover_dfg.__name__))"


def test_importing_pm4py_says_nothing_and_leaves_nothing_in_the_home(tmp_path: Path) -> None:
    home = {name: str(tmp_path) for name in ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA")}
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "MPL", "MATPLOTLIB"))} | home
    done = subprocess.run([sys.executable, "-c", SCRIPT], cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("12\n", "")
    assert list(tmp_path.rglob("*")) == []
