"""Questions to the engine: asked from the window's thread, heard by the client's one background thread, answered in the window's."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import count
from typing import Any, Protocol

from msgspec import Struct
from PySide6.QtCore import QObject, Qt, QTimer, Signal

from engine.errors import N_, Cancelled, Value
from engine.service.messages import (
    Failed,
    Open,
    Opened,
    PlanImport,
    PreviewFile,
    PreviewTable,
    Progress,
    ReadCodes,
    SuggestSteps,
    TakeIn,
    TakenIn,
    TryWash,
    UseRoles,
    WriteRecipe,
)

OnAnswer = Callable[[Any], None]
OnFailed = Callable[[Exception], None]
SHOW_AFTER = 0.5
TICK_MS = 100
BEFORE_OPEN = PreviewTable | UseRoles | PlanImport | PreviewFile | TryWash | SuggestSteps | TakeIn | WriteRecipe | ReadCodes
"""Questions about what is being opened; all others are about the log that stands open."""


class Engine(Protocol):
    """The part of the engine client that the window uses; only `close` may take its time."""

    @property
    def alive(self) -> bool:
        """Whether the process runs."""

    def start(self, on_lost: Callable[[], None]) -> None:
        """Start the process; returns at once. on_lost is called, on the client's reader thread, when it ends without `close`."""

    def ask(
        self,
        question: Any,
        on_answer: OnAnswer,
        on_failed: Callable[[Failed], None],
        on_progress: Callable[[Progress], None] | None = None,
        keep: bool = False,
    ) -> int:
        """Ask; the callbacks run on the client's reader thread."""

    def stop(self, number: int) -> None:
        """Stop working on a question."""

    def close(self) -> None:
        """End the engine process."""


@dataclass(frozen=True)
class JobStatus:
    """A running job as the job strip shows it. fraction is 0..1 or None; started is time.monotonic()."""

    number: int
    title: str
    fraction: float | None
    message: str
    values: dict[str, Value]
    started: float


@dataclass
class _Job:
    status: JobStatus
    kind: type[Struct]
    on_answer: OnAnswer
    on_failed: OnFailed | None
    keep: bool


@dataclass(frozen=True)
class _News:
    """What the engine said about a job: exactly one of answer, error and progress."""

    job: int
    answer: Any = None
    failed: Failed | None = None
    progress: Progress | None = None


class Jobs(QObject):
    """All questions under way. An answer arrives once, in the window's thread, and never when a newer question took its place."""

    status_changed = Signal()
    failed = Signal(object)
    """A question without its own on_failed failed: the error."""
    opened = Signal(object, object)
    """A log is open and its engine is the current one: (question, Opened)."""
    engine_lost = Signal()
    """The current engine process ended by itself, at work or idle."""
    _news = Signal(object)
    _some_lost = Signal()

    def __init__(self, make_engine: Callable[[], Engine] | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._make_engine = make_engine or _make_engine
        self._jobs: dict[int, _Job] = {}
        self._numbers = count(1)
        self._closing: list[threading.Thread] = []
        self._current: _Seat | None = None
        self._candidate: _Seat | None = None
        self._aside: _Seat | None = None
        self._open_question: Open | TakeIn | None = None
        self._news.connect(self._on_news, Qt.ConnectionType.QueuedConnection)
        self._some_lost.connect(self._look_for_loss, Qt.ConnectionType.QueuedConnection)
        self._ticker = QTimer(self)
        self._ticker.setInterval(TICK_MS)
        self._ticker.timeout.connect(self.status_changed)

    # ---- asking --------------------------------------------------------------------------------------------------------------

    def ask(
        self, question: Any, on_answer: OnAnswer, on_failed: OnFailed | None = None, title: str = "", *, keep: bool = False
    ) -> int:
        """Ask the current engine; the number of the job. A newer question of the same type replaces an older one unless kept.

        on_failed gets a SagsflowError, or Cancelled when the user pressed Stop; a replaced question is silent.
        """
        seat = self._candidate if isinstance(question, BEFORE_OPEN) else self._current
        return self._ask(seat, question, on_answer, on_failed, title, keep=keep)

    def open(self, question: Open | TakeIn, on_opened: OnAnswer, on_failed: OnFailed | None = None, title: str = "") -> int:
        """Open a log in a new engine process, which takes the place of the current one only when it has succeeded.

        When the answer holds a table preview, the new engine waits for UseRoles (or `discard`); until then the old log stays open.
        """
        self.discard()
        seat = self._candidate = _Seat(self._make_engine(), self._some_lost.emit)
        self._open_question = question

        def on_answer(answer: Opened | TakenIn) -> None:
            opened = answer.opened if isinstance(answer, TakenIn) else answer
            if opened.summary is not None:
                self._promote(opened)
            on_opened(opened)

        def on_failure(error: Exception) -> None:
            if self._candidate is seat:
                self.discard()
            self._report(on_failed, error)

        return self._ask(seat, question, on_answer, on_failure, title)

    def use_roles(self, question: UseRoles, on_opened: OnAnswer, on_failed: OnFailed | None = None, title: str = "") -> int:
        """Build the log of a previewed table; on success its engine becomes the current one."""

        def on_answer(opened: Opened) -> None:
            self._promote(opened)
            on_opened(opened)

        return self._ask(self._candidate, question, on_answer, on_failed, title)

    def begin_import(self) -> None:
        """Let a new engine process wait for the files of an import; one that waits already goes on."""
        if self._candidate is None:
            self._candidate = _Seat(self._make_engine(), self._some_lost.emit)

    def adopt_import(self, question: TakeIn, opened: Opened) -> None:
        """The log that the waiting engine made of an import is taken: its engine becomes the current one."""
        self._open_question = question
        self._promote(opened)

    def ask_aside(self, question: Any, on_answer: OnAnswer, on_failed: OnFailed | None = None, title: str = "") -> int:
        """Ask an engine process beside the one of the open log, or without one: work on passphrases holds up nothing else."""
        if self._aside is None:
            self._aside = _Seat(self._make_engine(), self._some_lost.emit)
        return self._ask(self._aside, question, on_answer, on_failed, title)

    def end_aside(self) -> None:
        """What was asked beside the open log is over: its engine process ends."""
        seat, self._aside = self._aside, None
        if seat is not None:
            self._forget(seat)
            self._retire(seat)

    def discard(self) -> None:
        """Give up the opening under way, if there is one; the open log stays."""
        seat, self._candidate = self._candidate, None
        if seat is not None:
            self._forget(seat)
            self._retire(seat)

    def stop(self, number: int) -> None:
        """Stop a job, as the user asks: its on_failed gets Cancelled at once."""
        job = self._jobs.pop(number, None)
        if job is None:
            return
        self._silence(number)
        self._show()
        self._report(job.on_failed, Cancelled())

    def close_engine(self) -> None:
        """End every engine process (lock): no answer arrives after this."""
        self.discard()
        self.end_aside()
        seat, self._current = self._current, None
        if seat is not None:
            self._forget(seat)
            self._retire(seat)

    def closer(self) -> Callable[[], None]:
        """What ends the engine that stands open now, and none that takes its place; an opening under way is given up at once."""
        self.discard()
        seat = self._current

        def close() -> None:
            if seat is not None and seat is self._current:
                self._current = None
                self._forget(seat)
                self._retire(seat)

        return close

    def close(self) -> None:
        """End the engine processes; waits for them."""
        self.close_engine()
        self._ticker.stop()
        for thread in self._closing:
            thread.join()
        self._closing.clear()

    @property
    def is_open(self) -> bool:
        """Whether there is an engine with an open log."""
        return self._current is not None

    @property
    def shown(self) -> JobStatus | None:
        """The oldest job that has run for longer than half a second, for the job strip."""
        limit = time.monotonic() - SHOW_AFTER
        late = (job.status for job in self._jobs.values() if job.status.started <= limit and job.status.title)
        return min(late, key=lambda status: status.started, default=None)

    @property
    def busy(self) -> bool:
        """Whether any question is under way."""
        return bool(self._jobs)

    def status(self, number: int) -> JobStatus | None:
        """How far a job has come; None when it is over."""
        job = self._jobs.get(number)
        return job.status if job else None

    # ---- inside --------------------------------------------------------------------------------------------------------------

    def _ask(
        self, seat: _Seat | None, question: Any, on_answer: OnAnswer, on_failed: OnFailed | None, title: str, *, keep: bool = False
    ) -> int:
        number = next(self._numbers)
        if not keep:
            self._replace(type(question))
        status = JobStatus(number, title, None, "", {}, time.monotonic())
        self._jobs[number] = _Job(status, type(question), on_answer, on_failed, keep)
        if seat is None:
            self._news.emit(_News(number, failed=Failed(number, "BadInput", N_("No log is open. Open one first."))))
        else:
            seat.numbers[number] = seat.engine.ask(
                question,
                lambda answer: self._news.emit(_News(number, answer=answer)),
                lambda failed: self._news.emit(_News(number, failed=failed)),
                lambda progress: self._news.emit(_News(number, progress=progress)),
                keep=keep,
            )
        self._show()
        return number

    def _on_news(self, news: _News) -> None:
        job = self._jobs.get(news.job)
        if job is None:
            return
        if news.progress is not None:
            said = news.progress
            job.status = replace(job.status, fraction=said.fraction, message=said.message, values=said.values)
            return
        del self._jobs[news.job]
        self._show()
        if news.failed is None:
            job.on_answer(news.answer)
        else:
            self._look_for_loss()
            self._report(job.on_failed, _as_error(news.failed))

    def _look_for_loss(self) -> None:
        seat = self._current
        if seat is not None and not seat.engine.alive:
            self._current = None
            self._forget(seat)
            self._retire(seat)
            self.engine_lost.emit()

    def _report(self, on_failed: OnFailed | None, error: Exception) -> None:
        if on_failed is not None:
            on_failed(error)
        elif not isinstance(error, Cancelled):
            self.failed.emit(error)

    def _promote(self, opened: Opened) -> None:
        """The candidate has succeeded: it takes the current one's place."""
        old, self._current, self._candidate = self._current, self._candidate, None
        if old is not None:
            self._forget(old)
            self._retire(old)
        self.opened.emit(self._open_question, opened)

    def _replace(self, kind: type[Struct]) -> None:
        for number, job in list(self._jobs.items()):
            if job.kind is kind and not job.keep:
                del self._jobs[number]
                self._silence(number)

    def _silence(self, number: int) -> None:
        for seat in (self._current, self._candidate, self._aside):
            if seat is not None and number in seat.numbers:
                seat.engine.stop(seat.numbers.pop(number))

    def _forget(self, seat: _Seat) -> None:
        for number in seat.numbers:
            self._jobs.pop(number, None)
        self._show()

    def _retire(self, seat: _Seat) -> None:
        """End an engine without waiting for it."""
        self._closing = [thread for thread in self._closing if thread.is_alive()]
        thread = threading.Thread(target=seat.engine.close, name="engine closer")
        thread.start()
        self._closing.append(thread)

    def _show(self) -> None:
        if self._jobs and not self._ticker.isActive():
            self._ticker.start()
        elif not self._jobs:
            self._ticker.stop()
        self.status_changed.emit()


class _Seat:
    """A place for one engine process and the jobs that it was asked, by the engine's own numbers."""

    def __init__(self, engine: Engine, on_lost: Callable[[], None]) -> None:
        self.engine = engine
        self.numbers: dict[int, int] = {}
        engine.start(on_lost)


def _make_engine() -> Engine:
    from engine.service.client import EngineClient

    return EngineClient()


def _as_error(failed: Failed) -> Exception:
    from engine.service.client import as_error

    return as_error(failed)
