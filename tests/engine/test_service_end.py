"""How the engine process ends, and what neither side of the door lets harm it."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from pathlib import Path

import msgspec
import pytest

from engine.errors import BadInput
from engine.service import host
from engine.service.client import Defect, EngineClient, _Pending
from engine.service.messages import (
    Ask,
    Open,
    PassphraseSuggestion,
    ProjectFacts,
    Saved,
    SaveProject,
    SaveView,
    Secret,
    SuggestPassphrase,
    ViewState,
)
from engine.tasks import Task
from tests.scripted_engine import SECONDS, Caught, answer_by_script, engine_pid, gone, scripted_engine

FACTS = ProjectFacts("Prøve", "Ventetid", "art. 6", "2028-01-31")


@pytest.fixture
def client() -> Iterator[EngineClient]:
    engine = EngineClient(scripted_engine)
    engine.start()
    yield engine
    engine.close()


# ---- last words ----------------------------------------------------------------------------------------------------------------


def slow_engine(connection: Connection) -> None:
    """An engine on a slow disk: everything that it writes into the folder of its last question takes a while."""
    host.harden()
    folder = [Path()]

    def answer(_workspace: object, question: object, task: Task) -> object:
        if isinstance(question, SaveView):
            folder[0] = Path(question.view.page)
            time.sleep(0.3)
            (folder[0] / "view").touch()
        if isinstance(question, SaveProject):
            folder[0] = Path(question.folder)
            (folder[0] / "saving").touch()
            while True:
                time.sleep(0.01)
                task.check()
        return PassphraseSuggestion("ok", 1.0) if isinstance(question, SuggestPassphrase) else Saved("", "", FACTS)

    def farewell() -> None:
        time.sleep(0.1)
        (folder[0] / "lock").touch()

    host.serve(connection, None, answer, farewell)


def stuck_engine(connection: Connection) -> None:
    """An engine whose disk no longer answers."""
    host.harden()
    host.serve(connection, None, answer_by_script, lambda: time.sleep(60))


def started(entry: Callable[[Connection], None]) -> EngineClient:
    engine = EngineClient(entry)
    engine.start()
    engine.call(SuggestPassphrase())
    return engine


def test_an_ending_engine_finishes_what_it_writes(tmp_path: Path) -> None:
    engine = started(slow_engine)
    pending = Caught()
    pending.ask(engine, SaveView(ViewState(page=str(tmp_path))))
    engine.close()
    assert not (tmp_path / "view").exists(), "closing waited for the disk"
    assert pending.done.wait(SECONDS)
    assert engine.wait_closed(SECONDS)
    assert {path.name for path in tmp_path.iterdir()} == {"view", "lock"}


def test_an_ending_engine_stops_a_long_save_and_records_its_end(tmp_path: Path) -> None:
    engine = started(slow_engine)
    saving = Caught()
    saving.ask(engine, SaveProject(str(tmp_path), FACTS, "hemmelig"))
    end = time.monotonic() + SECONDS
    while not (tmp_path / "saving").exists() and time.monotonic() < end:
        time.sleep(0.01)
    engine.close()
    assert engine.wait_closed(SECONDS)
    assert {path.name for path in tmp_path.iterdir()} == {"saving", "lock"}
    assert [failed.kind for failed in saving.failures] == ["Cancelled"]


def test_an_engine_that_does_not_end_is_killed_while_the_window_goes_on() -> None:
    engine = started(stuck_engine)
    pid = engine.pid
    assert pid is not None
    engine.close()
    assert not gone(pid, 0), "closing waited for the engine"
    assert not engine.wait_closed(0.2)
    assert engine.wait_closed(host.FAREWELL + SECONDS)
    assert gone(pid, 0)


def test_the_window_is_told_of_an_engine_that_ends_by_itself_and_of_no_other() -> None:
    told, others = threading.Event(), threading.Event()
    engine = EngineClient(scripted_engine)
    engine.start(told.set)
    os.kill(engine_pid(engine), signal.SIGKILL)
    assert told.wait(SECONDS)
    closed = EngineClient(scripted_engine)
    closed.start(others.set)
    engine_pid(closed)
    closed.close()
    assert closed.wait_closed(SECONDS)
    assert not others.is_set()


# ---- what cannot be said -------------------------------------------------------------------------------------------------------


def test_a_name_that_is_no_text_is_bad_input_and_touches_no_other_question(client: EngineClient) -> None:
    engine_pid(client)
    older, named = Caught(), Caught()
    number = older.ask(client, Open("x.age"), keep=True)
    with pytest.raises(BadInput, match="not valid text"):
        client.call(Open("l\udcf8g.csv"))
    named.ask(client, Open("y.age", Secret(identity_path="n\udcf8gle.txt")))
    assert [failed.kind for failed in named.failures] == ["BadInput"]
    assert older.done.wait(SECONDS)
    assert [failed.kind for failed in older.failures] == ["WrongKey"]
    long = Caught()
    long.ask(client, SaveView(ViewState()))
    replaced = Caught()
    replaced.ask(client, SaveView(ViewState(page="\udcf8")))
    assert replaced.done.is_set()
    assert not [failed for failed in long.failures if failed.kind == "Cancelled"]
    client.stop(number)
    assert client.call(SuggestPassphrase()).passphrase == "ok"


def babbling_engine(connection: Connection) -> None:
    connection.recv_bytes()
    connection.send_bytes(b"\xc1 010170-1234")
    time.sleep(60)


def test_an_engine_that_babbles_is_ended_quietly(capfd: pytest.CaptureFixture[str]) -> None:
    engine = EngineClient(babbling_engine)
    engine.start()
    with pytest.raises(Defect, match="ended unexpectedly"):
        engine.call(SuggestPassphrase())
    assert engine.wait_closed(SECONDS)
    assert capfd.readouterr().err == ""


def test_a_message_that_cannot_be_read_does_not_end_the_engine(client: EngineClient, capfd: pytest.CaptureFixture[str]) -> None:
    pid = engine_pid(client)
    connection = client._connection
    assert connection is not None
    asked = Caught()
    for message in (b"\xc1 010170-1234", b"", b"\x93abc"):
        connection.send_bytes(message)
    client._pending[77] = _Pending(SuggestPassphrase(), asked.on_answer, asked.on_failed, None, True)
    connection.send_bytes(msgspec.msgpack.encode({"type": "ask", "number": 77, "question": {"type": "Unheard"}}))
    assert asked.done.wait(SECONDS)
    assert [failed.kind for failed in asked.failures] == ["Defect"]
    assert "cannot read" in asked.failures[0].message
    assert client.call(SuggestPassphrase()).passphrase == "ok"
    assert client.pid == pid
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(
    "message", [SaveProject("p", FACTS, "hemmelig"), PassphraseSuggestion("hemmelig", 77.0), Open("x", Secret("hemmelig"))]
)
def test_messages_do_not_show_passphrases(message: object) -> None:
    shown = (repr(message), str(message), repr([Ask(1, message)]), f"{message!r:>3}")  # type: ignore[arg-type]
    assert not [text for text in shown if "hemmelig" in text]
