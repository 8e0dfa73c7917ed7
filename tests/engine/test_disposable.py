"""Work in a disposable child: it reports, it can be stopped at once, it dies with whoever waits for it, and no process is left."""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
from multiprocessing.context import SpawnProcess
from pathlib import Path

import pytest

from engine.disposable import Defect, run_disposable
from engine.errors import N_, BadInput, Cancelled
from engine.tasks import Task
from tests.real_logs import ROOT

SECONDS = 30.0


def count(given: bytes, task: Task) -> bytes:
    task.report(0.5, N_("Counting {n} bytes"), n=len(given))
    return str(len(given)).encode()


def hang(given: bytes, task: Task) -> bytes:
    task.report(None, N_("Counting {n} bytes"), n=os.getpid())
    while True:
        time.sleep(60)


def refuse(given: bytes, task: Task) -> bytes:
    raise BadInput(N_("The file {file} is empty."), file="a.csv")


def fail(given: bytes, task: Task) -> bytes:
    raise ValueError("case 010170-1234")


def vanish(given: bytes, task: Task) -> bytes:
    os.kill(os.getpid(), signal.SIGKILL)
    return b""


def look_outside(given: bytes, task: Task) -> bytes:
    for attempt in (lambda: socket.socket(socket.AF_INET), tempfile.mkstemp):
        try:
            attempt()
        except OSError:
            continue
        return b"open"
    return b"closed"


def gone(pid: int) -> bool:
    """Whether a process has ended; whoever took over an orphan may not have taken note of its end yet."""
    try:
        os.kill(pid, 0)
        return Path("/proc").is_dir() and Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in ("Z", "X")
    except (ProcessLookupError, FileNotFoundError):
        return True


def test_the_child_reports_and_answers() -> None:
    said: list[tuple[float | None, str, dict[str, object]]] = []
    answer = run_disposable(count, b"abc" * 200_000, Task(lambda *words: said.append(words)))
    assert answer == b"600000"
    assert said == [(0.5, "Counting {n} bytes", {"n": 600_000})]
    assert not multiprocessing.active_children()


def test_a_child_that_another_thread_reaps_at_that_moment_has_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    def close(_process: object) -> None:
        raise ValueError("Cannot close a process while it is still running")

    monkeypatch.setattr(SpawnProcess, "close", close)
    assert run_disposable(count, b"abc", Task()) == b"3"


def test_the_child_reaches_neither_the_net_nor_the_disk() -> None:
    assert run_disposable(look_outside, b"", Task()) == b"closed"


def test_stopping_in_the_middle_leaves_no_child() -> None:
    stopped, pids = threading.Event(), []

    def report(_fraction: float | None, _message: str, values: dict[str, object]) -> None:
        pids.append(int(str(values["n"])))
        stopped.set()

    with pytest.raises(Cancelled):
        run_disposable(hang, b"", Task(report, stopped.is_set))
    assert gone(pids[0])
    assert not multiprocessing.active_children()


def test_what_goes_wrong_is_told_without_quoting_data() -> None:
    with pytest.raises(BadInput, match=r"a\.csv is empty"):
        run_disposable(refuse, b"", Task())
    with pytest.raises(Defect) as defect:
        run_disposable(fail, b"", Task())
    assert str(defect.value) == "ValueError"
    with pytest.raises(BadInput, match="ended unexpectedly"):
        run_disposable(vanish, b"", Task())
    assert not multiprocessing.active_children()


def test_the_child_dies_with_a_killed_engine(tmp_path: Path) -> None:
    script = tmp_path / "waiting.py"
    script.write_text(
        textwrap.dedent("""
            from engine.disposable import run_disposable
            from engine.tasks import Task
            from tests.engine.test_disposable import hang

            if __name__ == "__main__":
                run_disposable(hang, b"", Task(lambda _f, _m, values: print(values["n"], flush=True)))
        """),
        "utf-8",
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, env=environment, text=True) as engine:
        assert engine.stdout is not None
        pid = int(engine.stdout.readline())
        engine.kill()
    end = time.monotonic() + SECONDS
    while not gone(pid) and time.monotonic() < end:
        time.sleep(0.02)
    assert gone(pid)
