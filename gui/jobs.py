"""Questions to the engine: asked from the window's thread, spoken by one background thread, answered in the window's thread."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import count
from typing import Any, Protocol

from msgspec import Struct
from PySide6.QtCore import QObject, Qt, QTimer, Signal

from engine.errors import N_, Cancelled, SagsflowError, Value
from engine.service.messages import Open, Opened, PreviewTable, UseRoles

OnAnswer = Callable[[Any], None]
OnFailed = Callable[[Exception], None]
OnProgress = Callable[[float | None, str, dict[str, Value]], None]
SHOW_AFTER = 0.5
TICK_MS = 100


class Engine(Protocol):
    """The part of the engine client that the window uses."""

    def ask(
        self, question: Any, on_answer: OnAnswer, on_failed: OnFailed, on_progress: OnProgress | None = None, keep: bool = False
    ) -> int:
        """Ask; the callbacks run on the client's reader thread."""

    def stop(self, number: int) -> None:
        """Stop working on a question."""

    def close(self) -> None:
        """End the engine process."""


class EngineLostError(SagsflowError):
    """The engine process ended by itself."""


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
    engine_number: int | None = None
    stopped: bool = False


@dataclass(frozen=True)
class _News:
    """What the engine said about a job: exactly one of answer, error and progress."""

    job: int
    answer: Any = None
    error: Exception | None = None
    progress: tuple[float | None, str, dict[str, Value]] | None = None


class Jobs(QObject):
    """All questions under way. An answer arrives once, in the window's thread, and never when a newer question took its place."""

    status_changed = Signal()
    failed = Signal(object)
    """A question without its own on_failed failed: the error."""
    opened = Signal(object, object)
    """A log is open and its engine is the current one: (question, Opened)."""
    engine_lost = Signal()
    """The current engine process ended by itself."""
    _news = Signal(object)

    def __init__(self, start: Callable[[], Engine] | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._start = start or _start_engine
        self._jobs: dict[int, _Job] = {}
        self._numbers = count(1)
        self._speaker = _Speaker()
        self._current: _Seat | None = None
        self._candidate: _Seat | None = None
        self._open_question: Open | None = None
        self._news.connect(self._on_news, Qt.ConnectionType.QueuedConnection)
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
        seat = self._candidate if isinstance(question, PreviewTable | UseRoles) else self._current
        return self._ask(seat, question, on_answer, on_failed, title, keep=keep)

    def open(self, question: Open, on_opened: OnAnswer, on_failed: OnFailed | None = None, title: str = "") -> int:
        """Open a log in a new engine process, which takes the place of the current one only when it has succeeded.

        When the answer holds a table preview, the new engine waits for UseRoles (or `discard`); until then the old log stays open.
        """
        self.discard()
        seat = self._candidate = _Seat(self._start)
        self._open_question = question

        def on_answer(opened: Opened) -> None:
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

    def discard(self) -> None:
        """Give up the opening under way, if there is one; the open log stays."""
        seat, self._candidate = self._candidate, None
        if seat is not None:
            self._forget(seat)
            self._speaker.say(seat.close)

    def stop(self, number: int) -> None:
        """Stop a job, as the user asks: its on_failed gets Cancelled at once."""
        job = self._jobs.pop(number, None)
        if job is None:
            return
        self._silence(number, job)
        self._show()
        self._report(job.on_failed, Cancelled())

    def close_engine(self) -> None:
        """End every engine process (lock): no answer arrives after this."""
        self.discard()
        seat, self._current = self._current, None
        if seat is not None:
            self._forget(seat)
            self._speaker.say(seat.close)

    def close(self) -> None:
        """End the engine processes and the background thread; waits for both."""
        self.close_engine()
        self._ticker.stop()
        self._speaker.end()

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
            self._news.emit(_News(number, error=EngineLostError(N_("No log is open. Open one first."))))
        else:
            seat.jobs.add(number)
            self._speaker.say(lambda: self._speak(seat, number, question, keep))
        self._show()
        return number

    def _speak(self, seat: _Seat, number: int, question: Any, keep: bool) -> None:
        """Runs on the speaker thread: start the engine when needed, and ask."""
        job = self._jobs.get(number)
        if job is None or job.stopped or seat.closed:
            return
        try:
            engine = seat.engine()
            job.engine_number = engine.ask(
                question,
                lambda answer: self._news.emit(_News(number, answer=answer)),
                lambda error: self._news.emit(_News(number, error=error)),
                lambda fraction, message, values: self._news.emit(_News(number, progress=(fraction, message, values))),
                keep=keep,
            )
        except Exception as error:
            self._news.emit(_News(number, error=error))

    def _on_news(self, news: _News) -> None:
        job = self._jobs.get(news.job)
        if job is None:
            return
        if news.progress is not None:
            fraction, message, values = news.progress
            job.status = replace(job.status, fraction=fraction, message=message, values=values)
            return
        del self._jobs[news.job]
        self._show()
        if news.error is None:
            job.on_answer(news.answer)
        else:
            self._on_error(news, job)

    def _on_error(self, news: _News, job: _Job) -> None:
        if news.error is None:
            return
        if self._current is not None and news.job in self._current.jobs and self._current.lost():
            self._forget(self._current)
            self._current = None
            self.engine_lost.emit()
        self._report(job.on_failed, news.error)

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
            self._speaker.say(old.close)
        self.opened.emit(self._open_question, opened)

    def _replace(self, kind: type[Struct]) -> None:
        for number, job in list(self._jobs.items()):
            if job.kind is kind and not job.keep:
                del self._jobs[number]
                self._silence(number, job)

    def _silence(self, number: int, job: _Job) -> None:
        job.stopped = True
        for seat in (self._current, self._candidate):
            if seat is not None and number in seat.jobs:
                self._speaker.say(lambda seat=seat: seat.stop(job.engine_number))  # type: ignore[misc]

    def _forget(self, seat: _Seat) -> None:
        for number in seat.jobs:
            job = self._jobs.pop(number, None)
            if job is not None:
                job.stopped = True
        self._show()

    def _show(self) -> None:
        if self._jobs and not self._ticker.isActive():
            self._ticker.start()
        elif not self._jobs:
            self._ticker.stop()
        self.status_changed.emit()


class _Seat:
    """A place for one engine process, which is started by the speaker thread when the first question comes."""

    def __init__(self, start: Callable[[], Engine]) -> None:
        self._start = start
        self._engine: Engine | None = None
        self.jobs: set[int] = set()
        self.closed = False

    def engine(self) -> Engine:
        """The running engine; started on first use."""
        if self._engine is None:
            self._engine = self._start()
        return self._engine

    def stop(self, engine_number: int | None) -> None:
        """Stop a question that was asked."""
        if self._engine is not None and engine_number is not None and not self.closed:
            self._engine.stop(engine_number)

    def lost(self) -> bool:
        """Whether the process has ended though nobody closed it."""
        return not self.closed and self._engine is not None and not getattr(self._engine, "alive", True)

    def close(self) -> None:
        """End the process."""
        self.closed = True
        if self._engine is not None:
            self._engine.close()
            self._engine = None


class _Speaker:
    """The one background thread that starts, asks, stops and ends engines, in order."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    def say(self, what: Callable[[], None]) -> None:
        """Do this next on the thread."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="engine speaker", daemon=True)
            self._thread.start()
        self._queue.put(what)

    def end(self) -> None:
        """Finish what was said and end the thread."""
        if self._thread is not None:
            self._queue.put(None)
            self._thread.join()
            self._thread = None

    def _run(self) -> None:
        while (what := self._queue.get()) is not None:
            what()


def _start_engine() -> Engine:
    from engine.service.client import EngineClient

    return EngineClient.start()
