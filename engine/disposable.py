"""Work that cannot be asked to stop runs in a child process of its own: whoever stops waiting for it ends it.

The child is hardened like the engine, gets its input and gives its result as bytes through one pipe, and ends when the other end of the
pipe is gone, also when the engine is killed.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection

import msgspec
from msgspec import Struct

from engine.errors import N_, BadInput, SagsflowError, Value
from engine.hardening import harden
from engine.tasks import Task

PATIENCE = 0.02
"""Seconds between two questions whether to go on waiting."""
TOO_LITTLE_MEMORY = N_("The computer has too little free memory for this. Close other programs and try again.")
ENDED = N_("The calculation ended unexpectedly. Nothing was lost; try a smaller selection.")

Work = Callable[[bytes, Task], bytes]
"""A function of a module: its input, and a task that it may report to; it is never asked to stop."""


class Defect(Exception):
    """The work failed by a mistake of the program: kind of the exception only, its words could quote data."""


class _Said(Struct, frozen=True, tag="said"):
    fraction: float | None
    message: str
    values: dict[str, Value]


class _Done(Struct, frozen=True, tag="done"):
    result: bytes


class _Refused(Struct, frozen=True, tag="refused"):
    message: str
    values: dict[str, Value]


class _Broken(Struct, frozen=True, tag="broken"):
    kind: str


_Message = _Said | _Done | _Refused | _Broken


def run_disposable(work: Work, given: bytes, task: Task) -> bytes:
    """The result of `work` in a new process, which is gone when this returns or raises.

    Raises Cancelled, what `work` raises of BadInput, BadInput when the process was killed from outside, and Defect.
    """
    multiprocessing.current_process().daemon = False  # the window ends the engine; the engine itself must be allowed a child
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=True)
    process = context.Process(target=_live, args=(theirs, work), name="sagsflow-calculation")
    process.start()
    theirs.close()
    try:
        ours.send_bytes(given)
        return _wait(ours, task)
    except OSError:
        raise BadInput(ENDED) from None
    finally:
        process.kill()
        process.join()
        with suppress(ValueError):  # the start of another process, in another thread, may be reaping this one at this very moment
            process.close()
        ours.close()


def _wait(connection: Connection, task: Task) -> bytes:
    decoder = msgspec.msgpack.Decoder(_Message)
    while True:
        task.check()
        if not connection.poll(PATIENCE):
            continue
        try:
            message = decoder.decode(connection.recv_bytes())
        except EOFError:
            raise BadInput(ENDED) from None
        if isinstance(message, _Said):
            task.report(message.fraction, message.message, **message.values)
        elif isinstance(message, _Done):
            return message.result
        elif isinstance(message, _Refused):
            raise BadInput(message.message, **message.values)
        else:
            raise Defect(message.kind)


def _live(connection: Connection, work: Work) -> None:
    """The child, from start to end."""
    harden()
    try:
        given = connection.recv_bytes()
    except (EOFError, OSError):
        os._exit(0)
    threading.Thread(target=_end_with, args=(connection,), daemon=True).start()
    encoder = msgspec.msgpack.Encoder()

    def report(fraction: float | None, message: str, values: dict[str, Value]) -> None:
        with suppress(OSError):
            connection.send_bytes(encoder.encode(_Said(fraction, message, values)))

    with suppress(OSError):
        connection.send_bytes(encoder.encode(_outcome(work, given, Task(report))))
    os._exit(0)


def _outcome(work: Work, given: bytes, task: Task) -> _Done | _Refused | _Broken:
    try:
        return _Done(work(given, task))
    except SagsflowError as error:
        return _Refused(error.message, error.values)
    except MemoryError:
        return _Refused(TOO_LITTLE_MEMORY, {})
    except Exception as error:  # its words could quote data
        return _Broken(type(error).__name__)


def _end_with(connection: Connection) -> None:
    """Nothing more is ever sent to the child: when its pipe can be read, the other side is gone."""
    with suppress(EOFError, OSError):
        connection.poll(None)
    os._exit(0)
