"""The window's side of the door: starts the engine process, asks it, and hands answers to callbacks on a thread of its own.

Imports no data library, so that the window can stand before any of them is loaded.
"""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from engine.errors import N_, BadInput, Cancelled, SagsflowError, WrongKey
from engine.service import host, messages
from engine.service.messages import (
    ANSWERS,
    Answer,
    Ask,
    Failed,
    Open,
    PlanImport,
    PreviewFile,
    Progress,
    Question,
    SaveProject,
    Secret,
    Stop,
    SuggestSteps,
    TakeIn,
    ToWindow,
    TryWash,
)
from engine.tasks import Report

OnAnswer = Callable[[Any], None]
OnFailed = Callable[[Failed], None]
OnProgress = Callable[[Progress], None]
GRACE = host.FAREWELL + 0.2
"""Seconds that the engine gets to end by itself, after its last words into the audit log, before it is killed."""

CRASHED = N_("The engine ended unexpectedly. Nothing on disk was changed; open the log again.")

PLACES: dict[type[Any], tuple[str, ...]] = {
    messages.IdentityQuery: ("path",),
    messages.CreateIdentity: ("path",),
    messages.UnlockIdentity: ("path",),
    messages.ChangeIdentityPassphrase: ("path",),
    messages.BackUpIdentity: ("path", "target"),
    messages.CheckRecovery: ("identity_path",),
    messages.ExportAudit: ("path",),
    messages.ExportCitizen: ("path",),
    messages.DeleteProject: ("folder",),
}
"""Which fields of questions about keys and projects are paths; an empty one stays empty."""

UNSPEAKABLE = N_("A file or folder has a name that is not valid text (UTF-8). Rename it, or move what is in it, and try again.")

UNREADABLE = N_("The engine gave an answer that cannot be read. Nothing was lost; please report it.")


class Defect(SagsflowError):
    """A mistake of the program, not of its user."""

    exit_status = 1


ERRORS: dict[str, type[SagsflowError]] = {"BadInput": BadInput, "WrongKey": WrongKey, "Defect": Defect}


def as_error(failed: Failed) -> Exception:
    """The exception that a failed answer stands for."""
    if failed.kind == "Cancelled":
        return Cancelled()
    return ERRORS.get(failed.kind, Defect)(failed.message, **failed.values)


@dataclass(frozen=True)
class _Pending:
    question: Question
    on_answer: OnAnswer
    on_failed: OnFailed
    on_progress: OnProgress | None
    keep: bool


class EngineClient:
    """One engine process and its questions. Each question ends with exactly one call: on_answer, or on_failed (also when cancelled).

    Callbacks run on a thread of the client. A newer question of the same type replaces an older one unless one of them was asked with
    `keep`; the older one then fails with kind "Cancelled" and its answer is never shown.
    """

    def __init__(self, entry: Callable[[Connection], None] = host.run) -> None:
        self._entry = entry
        self._lock = threading.Lock()
        self._pending: dict[int, _Pending] = {}
        self._last = 0
        self._unsent: list[bytes] = []
        self._connection: Connection | None = None
        self._process: SpawnProcess | None = None
        self._closed = False
        self._crashed = False
        self._ended = threading.Event()
        self._on_lost: Callable[[], None] | None = None
        self._reader = threading.Thread(target=self._live, name="engine-reader", daemon=True)

    # ---- life ------------------------------------------------------------------------------------------------------------

    def start(self, on_lost: Callable[[], None] | None = None) -> None:
        """Start the engine process; returns at once, questions wait until it listens.

        on_lost is called once, on the client's thread and after what was pending has failed, when the engine ends without `close`.
        """
        self._on_lost = on_lost
        self._reader.start()

    @property
    def alive(self) -> bool:
        """Whether the engine process runs."""
        return not self._closed and self._connection is not None

    @property
    def pid(self) -> int | None:
        """The engine's process id while it runs."""
        process = self._process
        return process.pid if process is not None else None

    def close(self) -> None:
        """End the engine process; pending questions fail as cancelled. Returns at once, safe to call twice and from a callback.

        A thread of its own lets the engine finish what it is writing and kills it after 1.2 s; the program does not end before that thread.
        """
        with self._lock:
            already, self._closed = self._closed, True
            begun = self._reader.ident is not None
        if already:
            return
        if not begun:
            self._finish()
            return
        threading.Thread(target=self._end, name="engine closer").start()

    def wait_closed(self, seconds: float | None = None) -> bool:
        """Wait until a closed engine's process is gone; whether it is. Not for the window's own thread, nor for callbacks."""
        return self._ended.wait(seconds)

    def _end(self) -> None:
        with self._lock:
            if self._connection is not None:
                with suppress(OSError):
                    self._connection.send_bytes(host.GOODBYE)
        self._fail_pending()
        if not self._ended.wait(GRACE):
            with self._lock:
                if self._process is not None:
                    self._process.kill()
        self._reader.join()

    # ---- asking ----------------------------------------------------------------------------------------------------------

    def ask(
        self, question: Question, on_answer: OnAnswer, on_failed: OnFailed, on_progress: OnProgress | None = None, keep: bool = False
    ) -> int:
        """Ask a question and return its number at once."""
        with self._lock:
            self._last += 1
            number = self._last
        try:
            question = _absolute(question)
            message = msgspec.msgpack.encode(Ask(number, question, keep))
        except UnicodeEncodeError:
            on_failed(Failed(number, "BadInput", UNSPEAKABLE))
            return number
        with self._lock:
            dead = self._closed
            replaced = [] if dead else self._replaced_by(question, keep)
            if not dead:
                self._pending[number] = _Pending(question, on_answer, on_failed, on_progress, keep)
                self._send(message)
        for old, pending in replaced:
            pending.on_failed(Failed(old, "Cancelled", ""))
        if dead:
            on_failed(self._last_word(number))
        return number

    def _last_word(self, number: int) -> Failed:
        return Failed(number, "Defect", CRASHED) if self._crashed else Failed(number, "Cancelled", "")

    def _replaced_by(self, question: Question, keep: bool) -> list[tuple[int, _Pending]]:
        old = [
            (number, pending)
            for number, pending in self._pending.items()
            if type(pending.question) is type(question) and not pending.keep and not keep
        ]
        for number, _ in old:
            del self._pending[number]
        return old

    def stop(self, number: int) -> None:
        """Stop a question; it fails with kind "Cancelled" as soon as the engine has let go of it."""
        with self._lock:
            if number in self._pending:
                self._send(msgspec.msgpack.encode(Stop(number)))

    def call(self, question: Question, on_progress: Report | None = None) -> Any:
        """Ask and wait; raises what `as_error` makes of a failure. Never on the reader thread."""
        done = threading.Event()
        outcome: list[Struct] = []

        def finish(message: Struct) -> None:
            outcome.append(message)
            done.set()

        def progress(message: Progress) -> None:
            if on_progress is not None:
                on_progress(message.fraction, message.message, message.values)

        self.ask(question, finish, finish, progress, keep=True)
        done.wait()
        if isinstance(outcome[0], Failed):
            raise as_error(outcome[0])
        return outcome[0]

    def _send(self, message: bytes) -> None:
        """Send, or keep until the engine is there; when it is gone the reader thread notices and ends what is pending. The lock is held."""
        if self._connection is None:
            self._unsent.append(message)
            return
        with suppress(OSError):
            self._connection.send_bytes(message)

    # ---- the reader thread -----------------------------------------------------------------------------------------------

    def _live(self) -> None:
        try:
            self._launch()
            self._read()
        finally:
            self._finish()

    def _launch(self) -> None:
        if self._closed:
            return
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe(duplex=True)
        process = context.Process(target=self._entry, args=(theirs,), name="sagsflow-engine", daemon=True)
        process.start()
        theirs.close()
        with self._lock:
            self._process, self._connection = process, ours
            unsent, self._unsent = self._unsent, []
            with suppress(OSError):
                for message in [host.GOODBYE] if self._closed else unsent:
                    ours.send_bytes(message)

    def _read(self) -> None:
        decoder = msgspec.msgpack.Decoder(ToWindow)
        connection = self._connection
        while connection is not None:
            try:
                message = decoder.decode(connection.recv_bytes())
            except (EOFError, OSError, msgspec.DecodeError):  # what cannot be read comes from no engine that could be trusted further
                return
            self._deliver(message)

    def _deliver(self, message: ToWindow) -> None:
        with self._lock:
            pending = self._pending.get(message.number)
            if not isinstance(message, Progress):
                self._pending.pop(message.number, None)
        if pending is None:
            return
        if isinstance(message, Progress):
            if pending.on_progress is not None and not self._closed:
                pending.on_progress(message)
        elif self._closed:
            pending.on_failed(self._last_word(message.number))
        elif isinstance(message, Answer):
            try:
                answer = msgspec.msgpack.decode(message.body, type=ANSWERS[type(pending.question)])
            except msgspec.DecodeError:
                pending.on_failed(Failed(message.number, "Defect", UNREADABLE))
                return
            pending.on_answer(answer)
        else:
            pending.on_failed(message)

    def _finish(self) -> None:
        """The engine is gone: leave no process, no open pipe, and nobody waiting."""
        with self._lock:
            connection, self._connection = self._connection, None
            process, self._process = self._process, None
            lost = not self._closed
            self._crashed = self._crashed or lost
            self._closed = True
        if process is not None:
            process.kill()
            process.join()
            with suppress(ValueError):  # the start of another engine, in another thread, may be reaping it at this very moment
                process.close()
        if connection is not None:
            connection.close()
        self._fail_pending()
        self._ended.set()
        if lost and self._on_lost is not None:
            self._on_lost()

    def _fail_pending(self) -> None:
        with self._lock:
            pending, self._pending = self._pending, {}
        for number, question in pending.items():
            question.on_failed(self._last_word(number))


def _absolute(question: Question) -> Question:
    """The same question with absolute paths: the engine works in another folder."""
    if isinstance(question, Open):
        return replace(question, path=_whole(question.path), secret=_absolute_secret(question.secret))
    if isinstance(question, PlanImport):
        recipe = None if question.recipe is None else _whole(question.recipe)
        paths = tuple(_whole(path) for path in question.paths)
        return replace(question, paths=paths, recipe=recipe, secret=_absolute_secret(question.secret))
    if isinstance(question, TakeIn):
        files = tuple(replace(file, path=_whole(file.path)) for file in question.files)
        return replace(question, files=files, secret=_absolute_secret(question.secret))
    if isinstance(question, PreviewFile | TryWash | SuggestSteps):
        return replace(question, path=_whole(question.path))
    if isinstance(question, SaveProject):
        return replace(question, folder=_whole(question.folder))
    places = {name: _whole(path) for name in PLACES.get(type(question), ()) if (path := getattr(question, name))}
    return replace(question, **places) if places else question


def _absolute_secret(secret: Secret) -> Secret:
    identity, own = (None if path is None else _whole(path) for path in (secret.identity_path, secret.own))
    return replace(secret, identity_path=identity, own=own)


def _whole(path: str) -> str:
    return str(Path(path).absolute())
