"""An engine process whose answers the tests know, and what becomes of the questions that it is asked."""

from __future__ import annotations

import os
import signal
import socket
import tempfile
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

from engine.errors import N_, WrongKey
from engine.service import host
from engine.service.client import EngineClient
from engine.service.messages import (
    CaseQuery,
    Failed,
    Open,
    PassphraseSuggestion,
    Prepared,
    PreviewTable,
    StepQuery,
    SuggestPassphrase,
    VariantsQuery,
)
from engine.tasks import Task

SECONDS = 20.0


def scripted_engine(connection: Connection) -> None:
    """An engine process with the real hardening, threads and messages, and answers made for these tests."""
    host.harden()
    host.serve(connection, None, answer_by_script)


def answer_by_script(_workspace: object, question: object, task: Task) -> object:
    if isinstance(question, SuggestPassphrase):
        return PassphraseSuggestion(SCRIPT[question.language](), 1.0)
    if isinstance(question, CaseQuery):
        raise ValueError("case 010170-1234 quoted in a message")
    if isinstance(question, VariantsQuery):
        os.kill(os.getpid(), signal.SIGKILL)
    if isinstance(question, Open):
        raise WrongKey(N_("The passphrase does not open {file}."), file=question.path)
    if isinstance(question, PreviewTable):
        return Prepared()
    if isinstance(question, StepQuery):
        raise MemoryError
    for step in range(1000):  # MapQuery, Prepare: long work that can be stopped
        task.report(step / 1000, "Working")
        time.sleep(0.01)
    return Prepared()


def _internet() -> str:
    attempts = 0
    ways: tuple[Callable[[], object], ...] = (
        lambda: socket.socket(socket.AF_INET),
        lambda: socket.create_connection(("127.0.0.1", 9)),
        lambda: socket.getaddrinfo("a.dk", 80),
    )
    for attempt in ways:
        try:
            attempt()
        except PermissionError:
            attempts += 1
    return str(attempts)


def _temporary_file() -> str:
    try:
        with tempfile.TemporaryFile():
            return "written"
    except OSError:
        return "refused"


def _relative_file() -> str:
    return str(Path.cwd())


def _limits() -> str:
    import resource

    return f"{resource.getrlimit(resource.RLIMIT_CORE)[0]} {Path('/proc/self/coredump_filter').stat().st_uid}"


def _dumpable() -> str:
    import ctypes

    return str(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))


def _memory() -> str:
    import resource

    return str(resource.getrlimit(resource.RLIMIT_AS)[0])


SCRIPT: dict[str, Callable[[], str]] = {
    "da": lambda: "ok",
    "internet": _internet,
    "temporary": _temporary_file,
    "folder": _relative_file,
    "limits": _limits,
    "dumpable": _dumpable,
    "memory": _memory,
    "polars": lambda: os.environ["POLARS_OOC_DISK_BUDGET_MB"],
}


class Caught:
    """Collects what a question ends with."""

    def __init__(self) -> None:
        self.answers: list[object] = []
        self.failures: list[Failed] = []
        self.progress: list[object] = []
        self.done = threading.Event()

    def on_answer(self, answer: object) -> None:
        self.answers.append(answer)
        self.done.set()

    def on_failed(self, failed: Failed) -> None:
        self.failures.append(failed)
        self.done.set()

    def ask(self, client: EngineClient, question: object, keep: bool = False) -> int:
        return client.ask(question, self.on_answer, self.on_failed, self.progress.append, keep)  # type: ignore[arg-type]


def gone(pid: int, within: float) -> bool:
    """Whether a process ends within so many seconds."""
    end = time.monotonic() + within
    while True:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        if time.monotonic() >= end:
            return False
        time.sleep(0.01)


def engine_pid(client: EngineClient) -> int:
    client.call(SuggestPassphrase())
    assert client.pid is not None
    return client.pid
