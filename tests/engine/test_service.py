"""The engine process and the window's side of the door."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from pathlib import Path

import msgspec
import pytest

from engine.errors import N_, BadInput, Cancelled, WrongKey
from engine.log.columns import ReadOptions
from engine.service import host
from engine.service.client import Defect, EngineClient, _Pending
from engine.service.messages import (
    Ask,
    CaseQuery,
    Failed,
    MapQuery,
    Open,
    PassphraseSuggestion,
    Prepare,
    Prepared,
    PreviewTable,
    ProjectFacts,
    Saved,
    SaveProject,
    SaveView,
    Secret,
    StepQuery,
    SuggestPassphrase,
    VariantsQuery,
    ViewState,
)
from engine.tasks import Task

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 20.0
FACTS = ProjectFacts("Prøve", "Ventetid", "art. 6", "2028-01-31")


# ---- an engine whose answers the tests know ------------------------------------------------------------------------------------


def scripted_engine(connection: Connection) -> None:
    """An engine process with the real hardening, threads and messages, and answers made for these tests."""
    host.harden()
    host.serve(connection, None, _answer)


def _answer(_workspace: object, question: object, task: Task) -> object:
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


@pytest.fixture
def client() -> Iterator[EngineClient]:
    engine = EngineClient(scripted_engine)
    engine.start()
    yield engine
    engine.close()


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


# ---- stories -------------------------------------------------------------------------------------------------------------------


def test_a_question_asked_before_the_engine_stands_is_answered(client: EngineClient) -> None:
    assert client.call(SuggestPassphrase()) == PassphraseSuggestion("ok", 1.0)
    assert client.alive


def test_errors_arrive_with_their_kind_and_values(client: EngineClient) -> None:
    with pytest.raises(WrongKey, match=r"does not open .*x\.age"):
        client.call(Open("x.age", Secret("hemmelig")))
    with pytest.raises(BadInput, match="too little free memory"):
        client.call(StepQuery(1))


def test_a_relative_path_means_the_callers_folder(client: EngineClient) -> None:
    with pytest.raises(WrongKey) as caught:
        client.call(Open("x.age"))
    assert caught.value.values["file"] == str(Path("x.age").absolute())


def test_a_defect_names_type_and_place_but_never_quotes_data(client: EngineClient) -> None:
    with pytest.raises(Defect) as caught:
        client.call(CaseQuery("S-1"))
    text = str(caught.value)
    assert "ValueError" in text
    assert "test_service.py:" in text
    assert "010170" not in text
    assert client.call(SuggestPassphrase()).passphrase == "ok"


def test_a_newer_question_of_the_same_type_replaces_the_older(client: EngineClient) -> None:
    engine_pid(client)
    old, new = Caught(), Caught()
    old.ask(client, MapQuery(steps=1))
    number = new.ask(client, MapQuery(steps=2))
    assert old.done.wait(SECONDS)
    assert [failed.kind for failed in old.failures] == ["Cancelled"]
    client.stop(number)
    assert new.done.wait(SECONDS)
    assert [failed.kind for failed in new.failures] == ["Cancelled"]
    assert old.answers == []


def test_a_question_asked_with_keep_is_not_replaced(client: EngineClient) -> None:
    kept, newer = Caught(), Caught()
    number = kept.ask(client, Prepare(), keep=True)
    newer.ask(client, Prepare())
    assert not kept.done.wait(0.5)
    client.stop(number)
    assert kept.done.wait(SECONDS)


def test_long_work_reports_and_does_not_hold_up_queries(client: EngineClient) -> None:
    long = Caught()
    number = long.ask(client, Prepare())
    assert client.call(SuggestPassphrase()).passphrase == "ok"
    time.sleep(0.3)
    assert not long.done.is_set()
    assert 1 <= len(long.progress) < 60
    client.stop(number)
    started = time.monotonic()
    assert long.done.wait(SECONDS)
    assert time.monotonic() - started < 1.0


def test_closing_ends_the_process_and_fails_what_was_pending(client: EngineClient) -> None:
    pid = engine_pid(client)
    pending = Caught()
    pending.ask(client, MapQuery())
    client.close()
    assert not client.alive
    assert pending.done.wait(SECONDS)
    assert [failed.kind for failed in pending.failures] == ["Cancelled"]
    assert client.wait_closed(SECONDS)
    assert gone(pid, 0)
    with pytest.raises(Cancelled):
        client.call(SuggestPassphrase())


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
        time.sleep(0.3)
        (folder[0] / "lock").touch()

    host.serve(connection, None, answer, farewell)


def stuck_engine(connection: Connection) -> None:
    """An engine whose disk no longer answers."""
    host.harden()
    host.serve(connection, None, _answer, lambda: time.sleep(60))


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


def test_a_crash_fails_every_question_with_a_clear_sentence(client: EngineClient) -> None:
    engine_pid(client)
    first, second = Caught(), Caught()
    first.ask(client, Prepare())
    crashing = Caught()
    crashing.ask(client, VariantsQuery())
    second.ask(client, MapQuery())
    assert crashing.done.wait(SECONDS)
    assert "ended unexpectedly" in crashing.failures[0].message
    assert first.done.wait(SECONDS)
    assert second.done.wait(SECONDS)
    assert first.failures[0].kind == second.failures[0].kind == "Defect"
    assert not client.alive
    with pytest.raises(Defect, match="ended unexpectedly"):
        client.call(SuggestPassphrase())
    client.close()
    with pytest.raises(Defect, match="ended unexpectedly"):
        client.call(SuggestPassphrase())


def test_closing_from_a_callback_does_not_hang(client: EngineClient) -> None:
    pid = engine_pid(client)
    closed = threading.Event()

    def on_answer(_answer: object) -> None:
        client.close()
        closed.set()

    client.ask(SuggestPassphrase(), on_answer, lambda _failed: None)
    assert closed.wait(SECONDS)
    assert client.wait_closed(SECONDS)
    assert gone(pid, 0)


def test_closing_while_starting_and_without_starting() -> None:
    never = EngineClient(scripted_engine)
    waiting = Caught()
    waiting.ask(never, MapQuery())
    never.close()
    assert waiting.failures[0].kind == "Cancelled"
    starting = EngineClient(scripted_engine)
    starting.start()
    starting.close()
    starting.close()
    assert not starting.alive
    assert starting.wait_closed(SECONDS)


def test_no_threads_are_left() -> None:
    before = set(threading.enumerate())
    for _ in range(2):
        engine = EngineClient(scripted_engine)
        engine.start()
        engine.call(SuggestPassphrase())
        engine.close()
        assert engine.wait_closed(SECONDS)
    for thread in set(threading.enumerate()) - before:
        thread.join(SECONDS)
    assert set(threading.enumerate()) == before


ORPHAN = """
import sys, time
sys.path.insert(0, {root!r}); sys.path.insert(0, {tests!r})
from engine.service.client import EngineClient
from engine.service.messages import SuggestPassphrase, MapQuery
import test_service
if __name__ == "__main__":
    client = EngineClient(test_service.scripted_engine)
    client.start()
    client.call(SuggestPassphrase())
    client.ask(MapQuery(), print, print)
    print(client.pid, flush=True)
    time.sleep(60)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_the_engine_ends_when_the_window_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "window.py"
    script.write_text(ORPHAN.format(root=str(ROOT), tests=str(Path(__file__).parent)))
    with subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True) as window:
        assert window.stdout is not None
        pid = int(window.stdout.readline())
        window.kill()
        assert gone(pid, 2.0)


@pytest.mark.skipif(sys.platform != "linux", reason="Linux limits")
def test_the_engine_is_hardened(client: EngineClient) -> None:
    def said(what: str) -> str:
        return str(client.call(SuggestPassphrase(what)).passphrase)

    assert said("internet") == "3"
    assert said("temporary") == "refused"
    assert said("folder") == "/"
    assert said("limits").split()[0] == "0"
    assert said("dumpable") == "0"
    assert said("polars") == "0"
    assert 0 < int(said("memory")) <= os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def test_the_client_imports_no_data_library() -> None:
    code = "import sys, engine.service.client; print([m for m in ('numpy', 'pyarrow', 'pandas', 'pyrage', 'PySide6') if m in sys.modules])"
    shown = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert shown.strip() == "[]"


def test_an_answer_of_the_wrong_kind_is_a_defect_and_not_the_end(client: EngineClient) -> None:
    with pytest.raises(Defect, match="cannot be read"):
        client.call(PreviewTable(ReadOptions()))
    assert client.call(SuggestPassphrase()).passphrase == "ok"


def test_arrow_is_kept_from_importing_pandas_and_others_still_can() -> None:
    code = """
import sys
from engine.service.host import spare_pandas
spare_pandas()
import pyarrow
pyarrow.array(["a", None]).dictionary_encode().indices.to_numpy(zero_copy_only=False)
assert "pandas" not in sys.modules
import pandas
print(pandas.DataFrame({"a": [1, 2]}).a.sum())
"""
    shown = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert shown.strip() == "3"
