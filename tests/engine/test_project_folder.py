"""Projects on disk: what goes in comes out, as it was and for whoever holds a key."""

from __future__ import annotations

import shutil
import subprocess
from contextlib import suppress
from pathlib import Path

import msgspec
import numpy as np
import pyarrow as pa
import pyrage
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import BadInput, WrongKey
from engine.log.event_log import NO_TIME, EventLog
from engine.log.selection import HasActivity, Selection
from engine.service.messages import Secret, ViewState
from engine.tasks import Task
from engine.vault.log_parts import case_chunks, event_chunks, read_parts
from engine.vault.project_making import create_project
from engine.vault.unlocking import open_project
from tests.projects import FACTS, PASSPHRASE, contents_of, files_in, lock_quickly, make, reopen, same, small_log, snapshot


@pytest.fixture
def quick_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Identities locked with little work."""
    lock_quickly(monkeypatch)


# ---- round trip ------------------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("quick_lock")
def test_a_project_gives_back_what_was_saved(tmp_path: Path) -> None:
    make(tmp_path / "projekt æøå")
    project = reopen(tmp_path / "projekt æøå")
    contents = project.read_contents(Task())
    assert same(contents.log, small_log())
    assert contents.state.facts == FACTS
    assert contents.pseudonym_key == bytes(range(32))
    assert not (tmp_path / "projekt æøå.part").exists()


def test_a_project_locked_by_the_real_key_derivation_opens(tmp_path: Path) -> None:
    make(tmp_path / "p")
    assert same(reopen(tmp_path / "p").read_contents(Task()).log, small_log())
    with pytest.raises(WrongKey, match="does not open the project p"):
        open_project(tmp_path / "p", Secret(PASSPHRASE.upper()), Task())


TIMES = st.one_of(st.integers(-(2**62), 2**62), st.just(int(NO_TIME)))
NAMES = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)


@st.composite
def event_logs(draw: st.DrawFn) -> EventLog:
    lengths = draw(st.lists(st.integers(1, 5), max_size=8))
    n = sum(lengths)
    names = draw(st.lists(NAMES, min_size=1, max_size=6, unique=True))
    kind = draw(st.sampled_from([np.uint8, np.uint16, np.uint32]))

    def times() -> np.ndarray:
        return np.array(draw(st.lists(TIMES, min_size=n, max_size=n)), dtype=np.int64)

    unit = pa.array(draw(st.lists(st.one_of(st.none(), NAMES), min_size=n, max_size=n)), pa.string())
    return EventLog(
        activities=tuple(names),
        activity=np.array(draw(st.lists(st.integers(0, len(names) - 1), min_size=n, max_size=n)), dtype=kind),
        timestamp=times(),
        offsets=np.concatenate([[0], np.cumsum(np.array(lengths, dtype=np.int64))]).astype(np.int64),
        case_ids=pa.array(draw(st.lists(NAMES, min_size=len(lengths), max_size=len(lengths))), pa.string()),
        start=times() if draw(st.booleans()) else None,
        event_columns={"unit": unit if draw(st.booleans()) else unit.dictionary_encode()} if draw(st.booleans()) else {},
        case_columns={"kommune": pa.array(range(len(lengths)), pa.int32())} if draw(st.booleans()) else {},
    )


@settings(max_examples=60)
@given(event_logs())
def test_every_log_survives_its_parts(log: EventLog) -> None:
    events, cases = (pa.py_buffer(b"".join(chunks)) for chunks in (event_chunks(log, Task()), case_chunks(log, Task())))
    assert same(read_parts(events, cases, log.roles, log.notices, Task()), log)


@settings(max_examples=8)
@given(event_logs())
@pytest.mark.usefixtures("quick_lock")
def test_every_log_survives_a_project(tmp_path_factory: pytest.TempPathFactory, log: EventLog) -> None:
    folder = tmp_path_factory.mktemp("p") / "p"
    create_project(folder, contents_of(log), PASSPHRASE, None, Task())
    assert same(reopen(folder).read_contents(Task()).log, log)


def test_parts_of_different_logs_do_not_fit_together() -> None:
    one, other = small_log(), small_log(21, 2)
    events, cases = (pa.py_buffer(b"".join(chunks)) for chunks in (event_chunks(one, Task()), case_chunks(other, Task())))
    with pytest.raises(BadInput, match="do not fit together"):
        read_parts(events, cases, one.roles, (), Task())
    with pytest.raises(BadInput, match="do not fit together"):
        read_parts(pa.py_buffer(b"nothing"), cases, one.roles, (), Task())


# ---- saving again ------------------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("quick_lock")
def test_the_view_is_kept_and_old_files_go(tmp_path: Path) -> None:
    project = make(tmp_path / "p")
    before = files_in(tmp_path / "p")
    view = ViewState(Selection((HasActivity("Visitation"),)), 7, 9, page="variants")
    project.save_state(msgspec.structs.replace(project.state, view=view), Task())
    assert reopen(tmp_path / "p").state.view == view
    assert len(files_in(tmp_path / "p")) == len(before)
    assert files_in(tmp_path / "p") == {tmp_path / "p" / name for name in project.manifest.files()}


@pytest.mark.usefixtures("quick_lock")
def test_saving_everything_again_may_change_the_passphrase(tmp_path: Path) -> None:
    project = make(tmp_path / "p")
    project.save(contents_of(small_log(30, 5), "Andet navn"), [("save", {})], Task(), "nyt-kodeord")
    with pytest.raises(WrongKey):
        reopen(tmp_path / "p")
    again = open_project(tmp_path / "p", Secret("nyt-kodeord"), Task())
    assert same(again.read_contents(Task()).log, small_log(30, 5))
    assert again.state.facts.name == "Andet navn"
    assert files_in(tmp_path / "p") == {tmp_path / "p" / name for name in again.manifest.files()}


@pytest.mark.usefixtures("quick_lock")
def test_two_windows_on_one_project_do_not_lose_each_others_records(tmp_path: Path) -> None:
    one = make(tmp_path / "p")
    two = reopen(tmp_path / "p")
    one.record("export", {"kind": "svg"}, Task())
    two.record("export", {"kind": "pdf"}, Task())
    one.save_state(one.state, Task())
    events = [(record.event, record.facts) for record in reopen(tmp_path / "p").read_audit(Task())]
    assert events == [("import", {"bytes": 3}), ("export", {"kind": "svg"}), ("export", {"kind": "pdf"})]
    two.save(contents_of(small_log(3)), (), Task())
    with pytest.raises(BadInput, match="changed by another window"):
        one.record("lock", {}, Task())


@pytest.mark.usefixtures("quick_lock")
def test_a_read_only_project_opens_and_is_never_written(tmp_path: Path) -> None:
    make(tmp_path / "p", read_only=True)
    before = snapshot(tmp_path / "p")
    project = reopen(tmp_path / "p")
    project.read_contents(Task())
    for change in (
        lambda: project.save_state(project.state, Task()),
        lambda: project.record("open", {}, Task()),
        lambda: project.save(contents_of(small_log()), (), Task()),
    ):
        with pytest.raises(BadInput, match="can only be read"):
            change()
    assert snapshot(tmp_path / "p") == before


# ---- keys ------------------------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("quick_lock")
def test_the_recovery_key_opens_everything(tmp_path: Path) -> None:
    recovery = pyrage.x25519.Identity.generate()
    make(tmp_path / "p", str(recovery.to_public()))
    key = tmp_path / "recovery.txt"
    key.write_text(f"{recovery}\n")
    project = open_project(tmp_path / "p", Secret(identity_path=str(key)), Task())
    assert same(project.read_contents(Task()).log, small_log())
    project.record("recovered", {}, Task())
    assert reopen(tmp_path / "p").read_audit(Task())[-1].event == "recovered"


@pytest.mark.usefixtures("quick_lock")
def test_saving_again_may_change_the_recovery_key(tmp_path: Path) -> None:
    first, second = pyrage.x25519.Identity.generate(), pyrage.x25519.Identity.generate()
    project = make(tmp_path / "p", str(first.to_public()))

    def opens(key: object) -> list[str]:
        """Names of the files that a recovery key opens, without their random part."""
        names = []
        for path in sorted((tmp_path / "p").rglob("*.age")):
            with suppress(pyrage.DecryptError):
                pyrage.decrypt(path.read_bytes(), [key])
                names.append(path.name.split("-")[0])
        return names

    every = ["cases", "events", "recovery", "audit", "pseudonyms", "state"]
    assert sorted(opens(first)) == sorted(every)
    project.save(contents_of(small_log()), [("save", {})], Task(), PASSPHRASE)
    assert sorted(opens(first)) == sorted(every)
    project.save(contents_of(small_log()), [("save", {})], Task(), PASSPHRASE, str(second.to_public()))
    assert opens(first) == []
    assert sorted(opens(second)) == sorted(every)
    key = tmp_path / "recovery.txt"
    key.write_text(f"{second}\n")
    again = open_project(tmp_path / "p", Secret(identity_path=str(key)), Task())
    assert same(again.read_contents(Task()).log, small_log())
    assert [record.event for record in again.read_audit(Task())] == ["import", "save", "save"]
    with pytest.raises(BadInput, match="recovery key is not"):
        project.save(contents_of(small_log()), [("save", {})], Task(), PASSPHRASE, "age1nonsense")
    assert files_in(tmp_path / "p") == {tmp_path / "p" / name for name in again.manifest.files()}


@pytest.mark.usefixtures("quick_lock")
def test_the_analysts_own_identity_file_opens_it_and_others_do_not(tmp_path: Path) -> None:
    make(tmp_path / "p")
    own = next((tmp_path / "p" / "keys").glob("analyst-*.age"))
    assert open_project(tmp_path / "p", Secret(PASSPHRASE, str(own)), Task()).state.facts == FACTS
    stranger = tmp_path / "stranger.txt"
    stranger.write_text(f"{pyrage.x25519.Identity.generate()}\n")
    with pytest.raises(WrongKey, match="identity file does not open"):
        open_project(tmp_path / "p", Secret(identity_path=str(stranger)), Task())
    with pytest.raises(WrongKey, match="Give its passphrase"):
        open_project(tmp_path / "p", Secret(), Task())


@pytest.mark.parametrize("recipient", ["age1", "ssh-ed25519 AAAA", "AGE-SECRET-KEY-1QQ", "x"])
def test_a_recovery_key_that_is_none_is_refused_before_anything_is_written(tmp_path: Path, recipient: str) -> None:
    with pytest.raises(BadInput, match="recovery key"):
        make(tmp_path / "p", recipient)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(shutil.which("age") is None, reason="the age program is not installed")
@pytest.mark.usefixtures("quick_lock")
def test_the_age_program_opens_each_part_with_the_recovery_key(tmp_path: Path) -> None:
    recovery = pyrage.x25519.Identity.generate()
    project = make(tmp_path / "p", str(recovery.to_public()))
    key = tmp_path / "recovery.txt"
    key.write_text(f"{recovery}\n")

    def decrypt(name: str) -> bytes:
        command = ["age", "-d", "-i", key, tmp_path / "p" / name]
        return subprocess.run(command, capture_output=True, check=True).stdout

    parts = project.manifest.parts
    assert pa.ipc.open_stream(decrypt(parts.events.file)).read_all().column_names == ["activity", "timestamp", "column:unit"]
    assert decrypt(parts.pseudonyms.file) == bytes(range(32))
    assert b"Sygedagpenge 2027" in decrypt(parts.state.file)
    assert decrypt(str(project.manifest.recovery)).startswith(b"AGE-SECRET-KEY-1")


@pytest.mark.usefixtures("quick_lock")
def test_nothing_readable_lies_in_the_folder(tmp_path: Path) -> None:
    make(tmp_path / "p")
    content = b"".join(path.read_bytes() for path in files_in(tmp_path / "p"))
    for canary in ("010170", "Sygedagpenge", "Ventetid", "2028-01-31", "Visitation", "Nord", PASSPHRASE, "AGE-SECRET"):
        assert canary.encode() not in content
    assert all(path.stat().st_mode & 0o077 == 0 for path in files_in(tmp_path / "p"))
