"""The engine process and the window's side of the door."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.errors import BadInput, Cancelled, WrongKey
from engine.log.columns import ReadOptions
from engine.service.client import Defect, EngineClient
from engine.service.messages import (
    CaseQuery,
    MapQuery,
    Open,
    PassphraseSuggestion,
    Prepare,
    PreviewTable,
    Secret,
    StepQuery,
    SuggestPassphrase,
    VariantsQuery,
)
from tests.scripted_engine import SECONDS, Caught, engine_pid, gone, scripted_engine

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def client() -> Iterator[EngineClient]:
    engine = EngineClient(scripted_engine)
    engine.start()
    yield engine
    engine.close()


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
    assert "scripted_engine.py:" in text
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
sys.path.insert(0, {root!r})
from engine.service.client import EngineClient
from engine.service.messages import SuggestPassphrase, MapQuery
from tests.scripted_engine import scripted_engine
if __name__ == "__main__":
    client = EngineClient(scripted_engine)
    client.start()
    client.call(SuggestPassphrase())
    client.ask(MapQuery(), print, print)
    print(client.pid, flush=True)
    time.sleep(60)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_the_engine_ends_when_the_window_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "window.py"
    script.write_text(ORPHAN.format(root=str(ROOT)))
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
