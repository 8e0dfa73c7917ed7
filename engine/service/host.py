"""The engine process: hardened at its start, it answers questions from one pipe and ends when the pipe closes.

Nothing heavy is imported before `run`, because the window's process imports this module to start the child.
"""

from __future__ import annotations

import gc
import os
import queue
import sys
import threading
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from importlib.abc import MetaPathFinder
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import msgspec

from engine.disposable import TOO_LITTLE_MEMORY
from engine.errors import N_, BadInput, Cancelled, SagsflowError, Value, WrongKey
from engine.hardening import harden
from engine.service import messages
from engine.service.messages import Answer, Ask, Failed, Progress, Stop, ToEngine, ToWindow
from engine.tasks import Task

GOODBYE = b"\xc0"
"""Sent instead of a message when the window closes the engine (an encoded nil)."""
FAREWELL = 1.0
"""Seconds that finishing what is being written, and the last words into the audit log, may take."""
SAVING_FOR = 0.5
"""Of these, seconds until a save that is still under way is stopped; it leaves the old project."""
PROGRESS_EVERY = 0.05

ROUNDS = (50_000, 20, 100)
"""How seldom the garbage collector looks through what is young once a log has been prepared: a map makes 100,000 values, no rings."""
UNINTELLIGIBLE = N_("The engine was asked something that it cannot read. Nothing was lost; please report it.")

PROJECT_LANE, BACKGROUND_LANE, MODEL_LANE, QUERY_LANE = "project", "background", "model", "query"
LANES: dict[type[Any], str] = {
    messages.Open: PROJECT_LANE,
    messages.PreviewTable: PROJECT_LANE,
    messages.UseRoles: PROJECT_LANE,
    messages.SaveProject: PROJECT_LANE,
    messages.SaveView: PROJECT_LANE,
    messages.RecordExport: PROJECT_LANE,
    messages.PlanImport: PROJECT_LANE,
    messages.PreviewFile: PROJECT_LANE,
    messages.TryWash: PROJECT_LANE,
    messages.SuggestSteps: PROJECT_LANE,
    messages.TakeIn: PROJECT_LANE,
    messages.CreateIdentity: PROJECT_LANE,
    messages.UnlockIdentity: PROJECT_LANE,
    messages.ChangeIdentityPassphrase: PROJECT_LANE,
    messages.BackUpIdentity: PROJECT_LANE,
    messages.ChangePassphrase: PROJECT_LANE,
    messages.SetRecovery: PROJECT_LANE,
    messages.SetAnalyst: PROJECT_LANE,
    messages.CheckRecovery: PROJECT_LANE,
    messages.ChangeDeadline: PROJECT_LANE,
    messages.KeepAudit: PROJECT_LANE,
    messages.ExportAudit: PROJECT_LANE,
    messages.DeleteProject: PROJECT_LANE,
    messages.ExportCitizen: PROJECT_LANE,
    messages.ForgetCitizen: PROJECT_LANE,
    messages.VerifyAudit: BACKGROUND_LANE,
    messages.DrawSample: PROJECT_LANE,
    messages.LookAt: PROJECT_LANE,
    messages.WriteComment: PROJECT_LANE,
    messages.RemoveComment: PROJECT_LANE,
    messages.DecideStep: PROJECT_LANE,
    messages.SignData: PROJECT_LANE,
    messages.WithdrawSignature: PROJECT_LANE,
    messages.Prepare: BACKGROUND_LANE,
    messages.ModelQuery: MODEL_LANE,
    messages.ModelFileQuery: MODEL_LANE,
}
WRITING = (
    messages.SaveProject,
    messages.SaveView,
    messages.RecordExport,
    messages.WriteComment,
    messages.RemoveComment,
    messages.DecideStep,
    messages.SignData,
    messages.WithdrawSignature,
    messages.CreateIdentity,
    messages.ChangeIdentityPassphrase,
    messages.ChangePassphrase,
    messages.SetRecovery,
    messages.SetAnalyst,
    messages.ChangeDeadline,
    messages.KeepAudit,
    messages.DeleteProject,
    messages.ForgetCitizen,
)
"""Questions that an ending engine finishes."""
"""Each lane is one thread, so that a long opening, saving or preparing never holds up the map."""

AnswerQuestion = Callable[[Any, Any, Task], Any]


# ---- starting -----------------------------------------------------------------------------------------------------------------


class _NoPandas(MetaPathFinder):
    """Says of pandas, and of nothing else, that it is not installed."""

    def find_spec(self, name: str, _path: object = None, _target: object = None) -> None:
        if name == "pandas":
            raise ModuleNotFoundError(name)


def spare_pandas() -> None:
    """Keep Arrow from importing pandas at its first conversion (0.4 s and 45 MB): nothing in the engine turns Arrow data into pandas.

    Whoever imports pandas by name later gets it.
    """
    if "pandas" in sys.modules:
        return
    import pyarrow as pa

    finder = _NoPandas()
    sys.meta_path.insert(0, finder)
    try:
        pa.array([0])
    finally:
        sys.meta_path.remove(finder)


# ---- answering ----------------------------------------------------------------------------------------------------------------


class _Door:
    """The engine's end of the pipe; lanes send through it one at a time."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._lock = threading.Lock()
        self._encoder = msgspec.msgpack.Encoder()

    def send(self, message: ToWindow) -> None:
        with self._lock, suppress(OSError):  # the window is gone: listening ends too, and with it the process
            self._connection.send_bytes(self._encoder.encode(message))

    def receive(self) -> bytes:
        return self._connection.recv_bytes()


class _Job:
    """One question on its way: its cancel flag, and the progress it reports (at most every 50 ms)."""

    def __init__(self, ask: Ask, door: _Door) -> None:
        self.ask = ask
        self.cancelled = threading.Event()
        self.done = threading.Event()
        self._door = door
        self._last = 0.0

    def task(self) -> Task:
        return Task(self._report, self.cancelled.is_set)

    def _report(self, fraction: float | None, message: str, values: dict[str, Value]) -> None:
        now = time.monotonic()
        if now - self._last >= PROGRESS_EVERY:
            self._last = now
            self._door.send(Progress(self.ask.number, fraction, message, values))


class _Lane:
    """One thread that answers one question after the other."""

    def __init__(self, answer: Callable[[_Job], None]) -> None:
        self._jobs: queue.SimpleQueue[_Job] = queue.SimpleQueue()
        self._answer = answer
        threading.Thread(target=self._run, daemon=True).start()

    def add(self, job: _Job) -> None:
        self._jobs.put(job)

    def _run(self) -> None:
        while True:
            self._answer(self._jobs.get())


class _Numbered(msgspec.Struct):
    """What can be made out of a question that is none."""

    number: int


class _Host:
    """Takes questions from the door, hands them to lanes and cancels those that newer ones replace."""

    def __init__(self, connection: Connection, workspace: Any, answer: AnswerQuestion) -> None:
        self._door = _Door(connection)
        self._workspace = workspace
        self._answer = answer
        self._jobs: dict[int, _Job] = {}
        self._lock = threading.Lock()
        self._lanes = {name: _Lane(self._work) for name in (PROJECT_LANE, BACKGROUND_LANE, MODEL_LANE, QUERY_LANE)}
        self._decoder = msgspec.msgpack.Decoder(ToEngine)

    def listen(self) -> None:
        """Receive until the window says goodbye or its end of the pipe is gone."""
        while True:
            try:
                message = self._door.receive()
            except (EOFError, OSError):
                return
            if message == GOODBYE:
                return
            try:
                self._take(self._decoder.decode(message))
            except msgspec.DecodeError:
                self._refuse(message)

    def finish(self) -> None:
        """Stop everything but what writes to disk, and after a while that too; returns when all writing has ended."""
        end, everything = time.monotonic() + SAVING_FOR, False
        while writing := self._cancel(everything):
            everything = time.monotonic() > end
            writing[0].done.wait(max(0.01, end - time.monotonic()))

    def _cancel(self, everything: bool) -> list[_Job]:
        """Cancel questions; the writing ones that are still under way."""
        with self._lock:
            writing = [job for job in self._jobs.values() if isinstance(job.ask.question, WRITING)]
            for job in self._jobs.values():
                if everything or job not in writing:
                    job.cancelled.set()
        return writing

    def _refuse(self, message: bytes) -> None:
        """A message that cannot be read ends nothing; whoever asked hears of it, where a number can be made out."""
        with suppress(msgspec.DecodeError):
            number = msgspec.msgpack.decode(message, type=_Numbered).number
            self._door.send(Failed(number, "Defect", UNINTELLIGIBLE))

    def _take(self, message: ToEngine) -> None:
        with self._lock:
            if isinstance(message, Stop):
                if message.number in self._jobs:
                    self._jobs[message.number].cancelled.set()
                return
            self._cancel_older(message)
            job = self._jobs[message.number] = _Job(message, self._door)
        self._lanes[LANES.get(type(message.question), QUERY_LANE)].add(job)

    def _cancel_older(self, ask: Ask) -> None:
        for job in self._jobs.values():
            if type(job.ask.question) is type(ask.question) and not job.ask.keep and not ask.keep:
                job.cancelled.set()

    def _work(self, job: _Job) -> None:
        reply = self._reply(job)
        with self._lock:
            self._jobs.pop(job.ask.number, None)
        job.done.set()
        self._door.send(reply)

    def _reply(self, job: _Job) -> Answer | Failed:
        number = job.ask.number
        try:
            task = job.task()
            task.check()
            answer = self._answer(self._workspace, job.ask.question, task)
            return Answer(number, msgspec.Raw(msgspec.msgpack.encode(answer)))
        except Cancelled:
            return Failed(number, "Cancelled", "")
        except SagsflowError as error:
            kind = WrongKey if isinstance(error, WrongKey) else BadInput
            return Failed(number, kind.__name__, error.message, error.values)
        except MemoryError:
            return Failed(number, BadInput.__name__, TOO_LITTLE_MEMORY)
        except Exception as error:  # a defect is said as such, and the engine goes on answering
            return _defect(number, error)


def _defect(number: int, error: Exception) -> Failed:
    """What went wrong by exception type and place in the code only: a message could quote data."""
    frames = traceback.extract_tb(error.__traceback__)
    here = [frame for frame in frames if "site-packages" not in frame.filename] or list(frames)
    place = f"{Path(here[-1].filename).name}:{here[-1].lineno}" if here else "?"
    message = N_("Sagsflow made a mistake that is not yours ({error} in {place}). Nothing was lost; please report it.")
    return Failed(number, "Defect", message, {"error": type(error).__name__, "place": place})


def serve(connection: Connection, workspace: Any, answer: AnswerQuestion, farewell: Callable[[], None] = lambda: None) -> None:
    """Answer questions until the window says goodbye or is gone; then end the process within a second, whatever its threads are doing."""
    host = _Host(connection, workspace, answer)
    host.listen()
    last = threading.Timer(FAREWELL, os._exit, (0,))
    last.daemon = True
    last.start()
    try:
        host.finish()
        farewell()
    finally:
        os._exit(0)


def run(connection: Connection) -> None:
    """The engine process, from start to end."""
    harden()
    spare_pandas()
    from engine import operations, sources
    from engine.workspace import Workspace

    workspace = Workspace()

    def farewell() -> None:
        with suppress(SagsflowError):
            sources.close(workspace.source)

    def answer(workspace: Workspace, question: messages.Question, task: Task) -> object:
        answered = operations.answer(workspace, question, task)
        if isinstance(question, messages.Prepare):
            gc.freeze()  # the log has come to stay: the collector's rounds no longer walk through it
            gc.set_threshold(*ROUNDS)
        return answered

    serve(connection, workspace, answer, farewell)
