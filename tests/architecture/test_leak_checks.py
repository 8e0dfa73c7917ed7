"""The guard in conftest.py really fails tests that leave something running."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.architecture.project_files import ROOT

STORIES = {
    "clean": ("assert True", ""),
    "thread": ("import threading, time; threading.Thread(target=time.sleep, args=(20,), name='left', daemon=True).start()", "thread left"),
    "process": (
        "import subprocess, sys; kept.append(subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(20)']))",
        "process ",
    ),
    "warning": ("import warnings; warnings.warn('careful', stacklevel=1)", "UserWarning"),
    "still timer, many modules": (
        "import sys, types; from PySide6.QtCore import QObject, QTimer; from PySide6.QtWidgets import QApplication\n"
        "    sys.modules.update((f'made{n}', types.ModuleType(f'made{n}')) for n in range(200))\n"
        "    kept.append(QApplication.instance() or QApplication([])); kept.append(QObject()); kept.append(QTimer(kept[-1]))",
        "",
    ),
    "timer": ("from PySide6.QtCore import QThread, QTimer; kept.append(QThread()); QTimer(kept[-1]).start(1000)", "timer of QThread"),
    "timer of before": ("kept[-2].start(1000)", "timer of QObject"),
}
"""In this order: what each test does, and what the guard says of it."""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What the guard said of each story; nothing of one that it let pass."""
    folder: Path = tmp_path_factory.mktemp("stories")
    guard = (ROOT / "tests" / "conftest.py").read_text("utf-8")
    assert "\nGRACE_SECONDS = 10.0\n" in guard
    (folder / "conftest.py").write_text(guard.replace("GRACE_SECONDS = 10.0", "GRACE_SECONDS = 0.3"), "utf-8")
    tests = (f"def test_{number}():\n    {body}\n" for number, (body, _) in enumerate(STORIES.values()))
    (folder / "test_story.py").write_text("\n\n".join(("kept = []", *tests)), "utf-8")
    options = ["-q", "-p", "no:cacheprovider", "-W", "error", f"--rootdir={folder}", f"--junit-xml={folder / 'report.xml'}"]
    done = subprocess.run([sys.executable, "-m", "pytest", *options, str(folder)], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    said = dict.fromkeys(STORIES, "")
    names = list(STORIES)
    for case in ElementTree.parse(folder / "report.xml").getroot().iter("testcase"):
        wrong = [*case.iter("failure"), *case.iter("error")]
        said[names[int(case.get("name", "").removeprefix("test_"))]] += "".join(f"{one.get('message')}\n{one.text}" for one in wrong)
    return said


@pytest.mark.parametrize("story", STORIES)
def test_what_a_test_leaves_behind_fails_it(told: dict[str, str], story: str) -> None:
    complaint = STORIES[story][1]
    assert bool(told[story]) is bool(complaint), told[story]
    assert complaint in told[story]
