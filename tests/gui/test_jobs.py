"""Jobs: answers come once, in the window's thread, and never when something newer took their place."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

import pytest
from pytestqt.qtbot import QtBot

from engine.errors import Cancelled, SagsflowError, WrongKey
from engine.log.columns import ReadOptions
from engine.service.messages import CasesQuery, Failed, NumbersQuery, Open, Opened, PreviewTable, Progress, SaveView, UseRoles, ViewState
from gui.jobs import Jobs
from tests.gui.window_world import opened


class FakeEngine:
    """An engine that answers when told to, on a thread of its own as the real client does."""

    made: ClassVar[list[FakeEngine]] = []

    def __init__(self) -> None:
        self.alive = False
        self.asked: list[tuple[int, Any, Any, Any, Any]] = []
        self.stopped: list[int] = []
        self.closed = threading.Event()
        FakeEngine.made.append(self)

    def start(self, on_lost: Callable[[], None]) -> None:
        self.alive = True
        self.on_lost = on_lost

    def end_by_itself(self) -> None:
        self.alive = False
        on_thread(self.on_lost)

    def ask(self, question: Any, on_answer: Any, on_failed: Any, on_progress: Any = None, keep: bool = False) -> int:
        self.asked.append((len(self.asked) + 1, question, on_answer, on_failed, on_progress))
        return len(self.asked)

    def stop(self, number: int) -> None:
        self.stopped.append(number)

    def close(self) -> None:
        self.alive = False
        self.closed.set()

    def answer(self, i: int, answer: Any) -> None:
        on_thread(lambda: self.asked[i][2](answer))

    def fail(self, i: int, kind: str, message: str = "no") -> None:
        on_thread(lambda: self.asked[i][3](Failed(i, kind, message)))


def on_thread(run: Callable[[], None]) -> None:
    thread = threading.Thread(target=run)
    thread.start()
    thread.join()


class Heard:
    """What came back, and on which thread."""

    def __init__(self) -> None:
        self.answers: list[Any] = []
        self.errors: list[Exception] = []
        self.threads: set[int] = set()

    def on_answer(self, answer: Any) -> None:
        self.answers.append(answer)
        self.threads.add(threading.get_ident())

    def on_failed(self, error: Exception) -> None:
        self.errors.append(error)
        self.threads.add(threading.get_ident())


@pytest.fixture
def jobs(qtbot: QtBot) -> Iterator[Jobs]:
    FakeEngine.made = []
    made = Jobs(FakeEngine)
    yield made
    made.close()


@pytest.fixture
def heard() -> Heard:
    return Heard()


def open_log(jobs: Jobs, qtbot: QtBot, path: str = "a") -> FakeEngine:
    jobs.open(Open(path), lambda _opened: None)
    engine = FakeEngine.made[-1]
    engine.answer(0, opened())
    qtbot.waitUntil(lambda: jobs.is_open)
    return engine


def test_an_answer_arrives_once_in_the_windows_thread(jobs: Jobs, qtbot: QtBot, heard: Heard) -> None:
    engine = open_log(jobs, qtbot)
    jobs.ask(NumbersQuery(), heard.on_answer, heard.on_failed)
    engine.answer(1, "numbers")
    assert heard.answers == []
    qtbot.waitUntil(lambda: heard.answers == ["numbers"])
    assert heard.threads == {threading.get_ident()}
    assert not jobs.busy


def test_a_newer_question_of_the_same_type_silences_the_older_one(jobs: Jobs, qtbot: QtBot, heard: Heard) -> None:
    engine = open_log(jobs, qtbot)
    jobs.ask(NumbersQuery(timezone="UTC"), heard.on_answer, heard.on_failed)
    engine.answer(1, "old, already on its way")
    jobs.ask(NumbersQuery(), heard.on_answer, heard.on_failed)
    engine.answer(1, "old, late")
    engine.fail(1, "Cancelled")
    engine.answer(2, "new")
    qtbot.waitUntil(lambda: bool(heard.answers))
    qtbot.wait(20)
    assert heard.answers == ["new"]
    assert heard.errors == []
    assert engine.stopped == [2]


def test_kept_questions_and_other_types_stand_beside_each_other(jobs: Jobs, qtbot: QtBot, heard: Heard) -> None:
    engine = open_log(jobs, qtbot)
    for offset in (0, 200, 400):
        jobs.ask(CasesQuery(offset=offset), heard.on_answer, keep=True)
    jobs.ask(NumbersQuery(), heard.on_answer)
    for i in (4, 3, 2, 1):
        engine.answer(i, i)
    qtbot.waitUntil(lambda: sorted(heard.answers) == [1, 2, 3, 4])


def test_stop_tells_the_asker_at_once_and_the_answer_never_comes(jobs: Jobs, qtbot: QtBot, heard: Heard) -> None:
    engine = open_log(jobs, qtbot)
    number = jobs.ask(NumbersQuery(), heard.on_answer, heard.on_failed, "Counting")
    jobs.stop(number)
    assert isinstance(heard.errors[0], Cancelled)
    engine.answer(1, "late")
    qtbot.wait(20)
    assert heard.answers == []
    assert engine.stopped == [2]


def test_a_failure_is_the_engines_error_and_without_a_listener_everybodys(jobs: Jobs, qtbot: QtBot, heard: Heard) -> None:
    engine = open_log(jobs, qtbot)
    jobs.ask(NumbersQuery(), heard.on_answer, heard.on_failed)
    engine.fail(1, "WrongKey")
    qtbot.waitUntil(lambda: bool(heard.errors))
    assert isinstance(heard.errors[0], WrongKey)
    jobs.failed.connect(heard.on_failed)
    jobs.ask(NumbersQuery(), heard.on_answer)
    engine.fail(2, "BadInput")
    qtbot.waitUntil(lambda: len(heard.errors) == 2)


def test_another_log_takes_the_place_only_when_it_is_open(jobs: Jobs, qtbot: QtBot, heard: Heard) -> None:
    first = open_log(jobs, qtbot)
    jobs.open(Open("b"), heard.on_answer, heard.on_failed)
    second = FakeEngine.made[-1]
    second.fail(0, "BadInput")
    qtbot.waitUntil(lambda: bool(heard.errors))
    qtbot.waitUntil(second.closed.is_set)
    assert first.alive
    jobs.ask(NumbersQuery(), heard.on_answer)
    assert isinstance(first.asked[-1][1], NumbersQuery)

    jobs.open(Open("c"), heard.on_answer)
    third = FakeEngine.made[-1]
    third.answer(0, opened(name="c"))
    qtbot.waitUntil(first.closed.is_set)
    jobs.ask(NumbersQuery(), heard.on_answer)
    assert isinstance(third.asked[-1][1], NumbersQuery)


def test_stopping_an_opening_ends_its_engine_and_not_the_open_one(jobs: Jobs, qtbot: QtBot, heard: Heard) -> None:
    first = open_log(jobs, qtbot)
    number = jobs.open(Open("b"), heard.on_answer, heard.on_failed, "Opening")
    second = FakeEngine.made[-1]
    jobs.stop(number)
    qtbot.waitUntil(second.closed.is_set)
    assert isinstance(heard.errors[0], Cancelled)
    assert first.alive
    assert jobs.is_open


def test_a_table_waits_for_its_roles_beside_the_open_log(jobs: Jobs, qtbot: QtBot, heard: Heard) -> None:
    first = open_log(jobs, qtbot)
    jobs.open(Open("t.csv"), heard.on_answer)
    table = FakeEngine.made[-1]
    table.answer(0, opened(summary=None))
    qtbot.waitUntil(lambda: bool(heard.answers))
    assert first.alive
    jobs.ask(PreviewTable(ReadOptions()), heard.on_answer)
    assert isinstance(table.asked[-1][1], PreviewTable)
    jobs.use_roles(UseRoles(ReadOptions()), heard.on_answer)
    table.answer(2, opened())
    qtbot.waitUntil(first.closed.is_set)
    jobs.ask(SaveView(ViewState()), heard.on_answer)
    assert isinstance(table.asked[-1][1], SaveView)


def test_after_the_lock_nothing_arrives(jobs: Jobs, qtbot: QtBot, heard: Heard) -> None:
    engine = open_log(jobs, qtbot)
    jobs.ask(NumbersQuery(), heard.on_answer, heard.on_failed)
    engine.answer(1, "numbers")
    jobs.close_engine()
    qtbot.waitUntil(engine.closed.is_set)
    qtbot.wait(20)
    assert heard.answers == []
    assert heard.errors == []
    jobs.ask(NumbersQuery(), heard.on_answer, heard.on_failed)
    qtbot.waitUntil(lambda: bool(heard.errors))
    assert isinstance(heard.errors[0], SagsflowError)


def test_an_engine_that_ends_by_itself_is_noticed(jobs: Jobs, qtbot: QtBot, heard: Heard) -> None:
    engine = open_log(jobs, qtbot)
    jobs.ask(NumbersQuery(), heard.on_answer, heard.on_failed)
    engine.alive = False
    with qtbot.waitSignal(jobs.engine_lost):
        engine.fail(1, "Defect", "The engine ended unexpectedly.")
    assert not jobs.is_open
    assert len(heard.errors) == 1


def test_an_engine_that_ends_while_nothing_is_asked_is_noticed_once(jobs: Jobs, qtbot: QtBot, heard: Heard) -> None:
    engine = open_log(jobs, qtbot)
    lost: list[bool] = []
    jobs.engine_lost.connect(lambda: lost.append(jobs.is_open))
    jobs.ask(NumbersQuery(), heard.on_answer, heard.on_failed)
    engine.alive = False
    engine.fail(1, "Defect", "The engine ended unexpectedly.")
    engine.end_by_itself()
    qtbot.waitUntil(lambda: bool(lost))
    qtbot.wait(20)
    assert lost == [False]
    engine = open_log(jobs, qtbot)
    engine.end_by_itself()
    qtbot.waitUntil(lambda: len(lost) == 2)


def test_the_end_of_an_engine_that_only_prepares_leaves_the_open_log(jobs: Jobs, qtbot: QtBot) -> None:
    engine = open_log(jobs, qtbot)
    lost: list[bool] = []
    jobs.engine_lost.connect(lambda: lost.append(True))
    jobs.begin_import()
    FakeEngine.made[-1].end_by_itself()
    qtbot.wait(20)
    assert not lost
    assert jobs.is_open
    assert engine.alive


def test_a_job_shows_itself_after_half_a_second_with_its_progress(jobs: Jobs, qtbot: QtBot, heard: Heard) -> None:
    engine = open_log(jobs, qtbot)
    number = jobs.ask(NumbersQuery(), heard.on_answer, title="Counting")
    assert jobs.shown is None
    on_thread(lambda: engine.asked[1][4](Progress(1, 0.25, "Half way of {n}", {"n": 2})))
    qtbot.waitUntil(lambda: jobs.shown is not None)
    assert jobs.shown is not None
    assert (jobs.shown.number, jobs.shown.fraction, jobs.shown.message) == (number, 0.25, "Half way of {n}")
    engine.answer(1, "done")
    qtbot.waitUntil(lambda: jobs.shown is None)


def test_opened_is_announced_with_its_question(jobs: Jobs, qtbot: QtBot) -> None:
    seen: list[tuple[Open, Opened]] = []
    jobs.opened.connect(lambda question, answer: seen.append((question, answer)))
    open_log(jobs, qtbot, "here")
    assert [question.path for question, _ in seen] == ["here"]
