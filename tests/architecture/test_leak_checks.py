"""The guard in conftest.py really fails tests that leave something running."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.project_files import ROOT

STORIES = {
    "clean": ("assert True", ""),
    "thread": ("import threading, time; threading.Thread(target=time.sleep, args=(20,), name='left', daemon=True).start()", "thread left"),
    "process": (
        "import subprocess, sys; kept.append(subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(20)']))",
        "process ",
    ),
    "timer": (
        "from PySide6.QtCore import QTimer; from PySide6.QtWidgets import QApplication\n"
        "    kept.append(QApplication.instance() or QApplication([])); kept.append(QTimer()); kept[-1].start(1000)",
        "timer of ",
    ),
    "warning": ("import warnings; warnings.warn('careful', stacklevel=1)", "UserWarning"),
}


@pytest.mark.parametrize("story", STORIES)
def test_what_a_test_leaves_behind_fails_it(story: str, tmp_path: Path) -> None:
    body, complaint = STORIES[story]
    shutil.copy(ROOT / "tests" / "conftest.py", tmp_path / "conftest.py")
    (tmp_path / "test_story.py").write_text(f"kept = []\n\ndef test_story():\n    {body}\n", "utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "error", f"--rootdir={tmp_path}", str(tmp_path)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == (1 if complaint else 0), done.stdout + done.stderr
    assert complaint in done.stdout
