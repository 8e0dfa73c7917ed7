"""Whoever stops an import waits for no calculation: what cannot be asked runs beside, and is waited for no longer."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from engine.errors import BadInput, Cancelled
from engine.tasks import Task, run_beside
from engine.washing import wash as washing
from engine.washing.rows import Rows
from engine.washing.values import Trim
from engine.washing.wash import wash
from tests.engine.test_washing import table


def test_the_result_or_the_failure_of_a_calculation_comes_back() -> None:
    assert run_beside(Task(), lambda: 6 * 7) == 42
    refused = BadInput("no")

    def refuse() -> None:
        raise refused

    with pytest.raises(BadInput) as told:
        run_beside(Task(), refuse)
    assert told.value is refused


def test_nothing_is_begun_for_a_task_that_is_stopped_already() -> None:
    begun: list[bool] = []
    with pytest.raises(Cancelled):
        run_beside(Task(is_cancelled=lambda: True), lambda: begun.append(True))
    assert not begun


def stopped_while(work: Callable[[Task, Callable[[], None]], Any]) -> None:
    """Stops what work begins, while the calculation that it hands over still runs."""
    begun, go_on = threading.Event(), threading.Event()

    def calculate() -> None:
        begun.set()
        go_on.wait(10)

    try:
        with pytest.raises(Cancelled):
            work(Task(is_cancelled=begun.is_set), calculate)
        assert not go_on.is_set(), "the calculation was not waited for"
    finally:
        go_on.set()


def test_a_calculation_is_not_waited_for_by_whoever_is_stopped() -> None:
    stopped_while(run_beside)


def test_a_step_of_the_wash_is_stopped_in_the_middle(monkeypatch: pytest.MonkeyPatch) -> None:
    def work(task: Task, calculate: Callable[[], None]) -> None:
        def slowly(rows: Rows, _step: Trim) -> Rows:
            calculate()
            return rows

        monkeypatch.setitem(washing.FUNCTIONS, Trim, slowly)
        wash(table("1;A;2025-03-01"), (Trim(),), task)

    stopped_while(work)
