"""A running task: it reports how far it has come, and asks whether it should go on."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

from engine.errors import Cancelled, Value

T = TypeVar("T")
PATIENCE = 0.01
"""Seconds between two questions whether to go on waiting."""
Report = Callable[[float | None, str, dict[str, Value]], None]


def _silent(_fraction: float | None, _message: str, _values: dict[str, Value]) -> None:
    return


def _never() -> bool:
    return False


class Task:
    """Progress and cancelling in one value; `Task()` reports nowhere and is never cancelled."""

    def __init__(self, report: Report = _silent, is_cancelled: Callable[[], bool] = _never) -> None:
        self._report = report
        self._is_cancelled = is_cancelled

    def report(self, fraction: float | None, message: str, **values: Value) -> None:
        """Say how far (0 to 1, None when unknown) and what, as a catalogue sentence; raises Cancelled."""
        self.check()
        self._report(fraction, message, values)

    def check(self) -> None:
        """Raise Cancelled if the task was stopped; long work calls this at least every 50 ms."""
        if self._is_cancelled():
            raise Cancelled

    def part(self, start: float, end: float) -> Task:
        """A task whose 0..1 is start..end of this one."""

        def report(fraction: float | None, message: str, values: dict[str, Value]) -> None:
            whole = None if fraction is None else start + (end - start) * fraction
            self._report(whole, message, values)

        return Task(report, self._is_cancelled)


def run_beside(task: Task, work: Callable[[], T]) -> T:
    """The result of calculations that cannot ask whether to stop, or what they raise: they run in a thread of their own, and whoever is
    stopped meanwhile waits for them no longer (Cancelled)."""
    results: list[T] = []
    failures: list[BaseException] = []
    done = threading.Event()

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:
            failures.append(error)
        finally:
            done.set()

    task.check()
    threading.Thread(target=run, name="sagsflow-calculation", daemon=True).start()
    while not done.wait(PATIENCE):
        task.check()
    if failures:
        raise failures[0]
    return results[0]
