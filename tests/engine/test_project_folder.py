"""Projects on disk: what goes in comes out, and nothing that was changed, lost or half written is ever taken for the project."""

from __future__ import annotations

import errno
import io
import json
import os
import random
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import IO

import msgspec
import numpy as np
import pyarrow as pa
import pyrage
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import BadInput, SagsflowError, WrongKey
from engine.log.columns import ColumnRoles, Notice
from engine.log.event_log import NO_TIME, EventLog
from engine.log.selection import HasActivity, Selection
from engine.service.messages import ProjectFacts, Secret, ViewState
from engine.tasks import Task
from engine.vault import audit_log, manifest, project_folder
from engine.vault.keys import derive_key, hkdf_sha256, new_identity, strength_bits, suggest_passphrase, word_list
from engine.vault.log_parts import case_chunks, event_chunks, read_parts
from engine.vault.project_folder import Contents, Project, State, remove_leftovers
from engine.vault.project_making import create_project
from engine.vault.pseudonyms import new_key, pseudonymise
from engine.vault.safe_write import open_new, write_bytes, write_encrypted
from engine.vault.unlocking import open_project
from tests.age_writer import seal_with_passphrase

PASSPHRASE = "gul-havn-krone"
FACTS = ProjectFacts("Sygedagpenge 2027", "Ventetid", "Databeskyttelsesforordningen art. 6", "2028-01-31")


@pytest.fixture
def quick_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lock identities with a small work factor: the format and the way to open it are the real ones."""
    monkeypatch.setattr(pyrage.passphrase, "encrypt", lambda content, passphrase: seal_with_passphrase(content, passphrase, 2))


def small_log(n_cases: int = 20, seed: int = 1) -> EventLog:
    chance = np.random.default_rng(seed)
    lengths = chance.integers(1, 6, n_cases)
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    n = int(offsets[-1])
    return EventLog(
        activities=("Ansøgning", "Visitation", "Afgørelse"),
        activity=chance.integers(0, 3, n).astype(np.uint8),
        timestamp=np.sort(chance.integers(0, 10**15, n)),
        offsets=offsets,
        case_ids=pseudonymise(pa.array([f"010170-{case:04d}" for case in range(n_cases)]), bytes(32), Task()),
        event_columns={"unit": pa.array(["Nord", None] * n).slice(0, n).dictionary_encode()},
        roles=ColumnRoles("sag", "aktivitet", "tid", unit="enhed"),
        notices=(Notice("Rows without a case id were left out: {count}, the first is row {row}.", {"count": 3, "row": 7}),),
    )


def contents_of(log: EventLog, name: str = FACTS.name) -> Contents:
    facts = msgspec.structs.replace(FACTS, name=name)
    return Contents(log, State(facts, ViewState(), "Europe/Copenhagen", log.roles, log.notices), bytes(range(32)))


def make(folder: Path, recovery: str | None = None, read_only: bool = False) -> Project:
    events = [("import", {"bytes": 3})]
    return create_project(folder, contents_of(small_log()), PASSPHRASE, recovery, Task(), events, read_only)  # type: ignore[arg-type]


def reopen(folder: Path) -> Project:
    return open_project(folder, Secret(PASSPHRASE), Task())


def same(one: EventLog, other: EventLog) -> bool:
    arrays = [(one.activity, other.activity), (one.timestamp, other.timestamp), (one.offsets, other.offsets)]
    if (one.start is None) != (other.start is None):
        return False
    if one.start is not None and other.start is not None:
        arrays.append((one.start, other.start))
    columns = [(one.event_columns, other.event_columns), (one.case_columns, other.case_columns)]
    return (
        all(a.dtype == b.dtype and np.array_equal(a, b) for a, b in arrays)
        and all(dict(a) == dict(b) for a, b in columns)
        and one.case_ids.equals(other.case_ids)
        and (one.activities, one.roles, one.notices) == (other.activities, other.roles, other.notices)
    )


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


def files_in(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file()}


def snapshot(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {path.as_posix(): (path.read_bytes(), path.stat().st_mtime_ns) for path in files_in(folder)}


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


def test_derived_keys_follow_the_standard_and_differ() -> None:
    secret, salt, info = bytes([0x0B] * 22), bytes(range(13)), bytes(range(0xF0, 0xFA))
    expected = "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"
    assert hkdf_sha256(secret, salt, info, 42).hex() == expected  # RFC 5869, test case 1
    identity = new_identity()
    keys = {derive_key(identity, purpose, salt) for purpose in ("audit", "manifest") for salt in (b"a", b"b")}
    assert len(keys) == 4
    assert identity.secret not in repr(identity)


@pytest.mark.parametrize("language", ["da", "en"])
def test_suggested_passphrases_are_six_words_of_a_clean_list(language: str) -> None:
    words = word_list(language)
    assert 1296 <= len(words) == len(set(words))
    assert all(word.isascii() and word.isalpha() and word.islower() and 3 <= len(word) <= 8 for word in words)
    suggestions = {suggest_passphrase(language) for _ in range(50)}
    assert len(suggestions) == 50
    for passphrase, bits in suggestions:
        assert len(passphrase.split("-")) == 6
        assert 62 < bits < 70


def test_strength_rises_with_what_an_attacker_must_guess() -> None:
    assert strength_bits("") == 0
    assert strength_bits("aaaaaaaaaaaaaaaa") < 5
    assert strength_bits("sommer27") < 25
    assert strength_bits("havn-havn-havn") < strength_bits("havn-krone-gulv")
    assert strength_bits(suggest_passphrase("da")[0]) > 50


# ---- pseudonyms ------------------------------------------------------------------------------------------------------------------


@settings(max_examples=30)
@given(st.lists(NAMES, max_size=30, unique=True), st.binary(min_size=32, max_size=32))
def test_pseudonyms_are_keyed_stable_and_distinct(ids: list[str], key: bytes) -> None:
    import base64
    import hmac

    found = pseudonymise(pa.array(ids, pa.string()), key, Task()).to_pylist()
    bound = hmac.digest(key, b"case", "sha256")
    for text, pseudonym in zip(ids, found, strict=True):
        letters = base64.b32encode(hmac.digest(bound, text.encode(), "sha256"))[:12].decode()
        assert pseudonym == f"S-{letters[:4]}-{letters[4:8]}-{letters[8:]}"
    assert len(set(found)) == len(ids)
    if ids:
        assert pseudonymise(pa.array(ids, pa.string()), new_key(), Task()).to_pylist() != found


# ---- the audit log ---------------------------------------------------------------------------------------------------------------

KEY = bytes(range(32))


def audit_lines(n: int) -> tuple[list[bytes], audit_log.Head]:
    lines, head = [], audit_log.Head()
    for number in range(n):
        line, head = audit_log.append(head, KEY, "export", {"k": number}, "2027-01-01T00:00:00+00:00")
        lines.append(line)
    return lines, head


@settings(max_examples=300)
@given(st.integers(2, 12), st.integers(0, 5), st.randoms(use_true_random=False))
def test_every_change_of_the_audit_log_is_found(n: int, kind: int, chance: random.Random) -> None:
    lines, head = audit_lines(n)
    assert [record.facts["k"] for record in audit_log.verify(lines, KEY, head)] == list(range(n))
    changed, place = list(lines), chance.randrange(n)
    if kind == 0:
        del changed[place]
    elif kind == 1:
        other = (place + 1) % n
        changed[place], changed[other] = changed[other], changed[place]
    elif kind == 2:
        del changed[place:]
    elif kind == 3:
        record = msgspec.json.decode(changed[place], type=audit_log.Record)
        changed[place] = msgspec.json.encode(msgspec.structs.replace(record, facts={"k": 99})) + b"\n"
    elif kind == 4:
        line = bytearray(changed[place])
        line[chance.randrange(len(line) - 1)] ^= 1 << chance.randrange(7)
        changed[place] = bytes(line)
    else:
        changed.insert(place, changed[place])
    with pytest.raises(BadInput, match="audit log"):
        audit_log.verify(changed, KEY, head)


def test_another_key_does_not_verify() -> None:
    lines, head = audit_lines(3)
    with pytest.raises(BadInput):
        audit_log.verify(lines, bytes(32), head)


@pytest.mark.usefixtures("quick_lock")
def test_a_long_audit_log_is_kept_in_pieces_and_stays_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(project_folder, "SEGMENT", 1500)
    project = make(tmp_path / "p")
    project.note("case", {"case": "S-AAAA-BBBB-CCCC"})
    for number in range(12):
        project.record("export", {"k": number, "sha256": "0" * 64}, Task())
    again = reopen(tmp_path / "p")
    assert len(again.manifest.parts.audit) > 1
    events = [record.event for record in again.read_audit(Task())]
    assert events == ["import", "case", *["export"] * 12]
    assert again.manifest.audit.count == 14


# ---- tampering -------------------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("quick_lock")
def test_every_changed_missing_or_swapped_file_is_named(tmp_path: Path) -> None:
    project = make(tmp_path / "original")
    parts = project.manifest.parts

    def broken(change: Callable[[Path], None]) -> str:
        folder = tmp_path / "copy"
        shutil.copytree(tmp_path / "original", folder)
        change(folder)
        with pytest.raises(SagsflowError) as caught:
            everything(reopen(folder))
        shutil.rmtree(folder)
        return str(caught.value)

    chance = random.Random(3)
    for part in parts.all():
        assert part.file in broken(lambda folder, part=part: (folder / part.file).unlink())
        assert part.file in broken(lambda folder, part=part: flip(folder / part.file, chance))
        assert part.file in broken(lambda folder, part=part: cut(folder / part.file))
        replaced = pyrage.encrypt(b"x" * 100, [pyrage.x25519.Recipient.from_str(project.identity.recipient)])
        assert part.file in broken(lambda folder, part=part, new=replaced: (folder / part.file).write_bytes(new))

    def swap(folder: Path) -> None:
        (folder / parts.events.file).rename(folder / "x")
        (folder / parts.cases.file).rename(folder / parts.events.file)
        (folder / "x").rename(folder / parts.cases.file)

    assert parts.events.file in broken(swap)


def everything(project: Project) -> None:
    project.read_contents(Task())
    project.read_audit(Task())


def flip(path: Path, chance: random.Random) -> None:
    content = bytearray(path.read_bytes())
    content[chance.randrange(len(content))] ^= 1
    path.write_bytes(content)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


@pytest.mark.usefixtures("quick_lock")
def test_every_change_of_the_manifest_is_found(tmp_path: Path) -> None:
    make(tmp_path / "p")
    path = tmp_path / "p" / "manifest.json"
    whole = path.read_text()
    document = json.loads(whole)
    others: dict[type, Callable[[object], object]] = {bool: lambda value: not value, int: lambda value: int(str(value)) + 1}
    for key in document.keys() - {"keys", "recovery"}:
        value = document[key]
        path.write_text(json.dumps(document | {key: others.get(type(value), lambda _value: None)(value)}))
        with pytest.raises(BadInput):
            reopen(tmp_path / "p")
    changes = ({"more": 1}, {"keys": ["../x"]}, {"keys": []}, {"recovery": "/etc/passwd"}, {"mac": "æ"}, {"project": "zz"}, {"project": ""})
    wrong = [json.dumps(document | change) for change in changes]
    for content in ("", "{}", "[]", "null", whole[:-20], "\xff", *wrong):
        path.write_text(content, "utf-8")
        with pytest.raises((BadInput, WrongKey)):
            reopen(tmp_path / "p")
    path.write_text(json.dumps(document | {"version": 2}))
    with pytest.raises(BadInput, match="newer Sagsflow"):
        reopen(tmp_path / "p")
    path.unlink()
    with pytest.raises(BadInput, match="not a Sagsflow project"):
        reopen(tmp_path / "p")


@pytest.mark.usefixtures("quick_lock")
def test_an_older_part_put_back_is_found(tmp_path: Path) -> None:
    project = make(tmp_path / "p")
    old = (tmp_path / "p" / project.manifest.parts.state.file).read_bytes()
    project.save_state(msgspec.structs.replace(project.state, view=ViewState(page="numbers")), Task())
    (tmp_path / "p" / project.manifest.parts.state.file).write_bytes(old)
    with pytest.raises(BadInput, match=r"state-.*changed outside"):
        reopen(tmp_path / "p")


@pytest.mark.usefixtures("quick_lock")
def test_a_project_made_by_somebody_with_the_public_key_alone_is_not_taken_for_ours(tmp_path: Path) -> None:
    mine, theirs = make(tmp_path / "mine"), make(tmp_path / "theirs")
    shutil.rmtree(tmp_path / "theirs" / "keys")
    shutil.copytree(tmp_path / "mine" / "keys", tmp_path / "theirs" / "keys")
    forged = msgspec.structs.replace(theirs.manifest, keys=mine.manifest.keys, recipients=mine.manifest.recipients)
    manifest.write_manifest(tmp_path / "theirs", forged)
    with pytest.raises(BadInput, match=r"manifest\.json was damaged or changed"):
        reopen(tmp_path / "theirs")


# ---- faults while writing --------------------------------------------------------------------------------------------------------


class Flaky(io.BufferedWriter):
    """A file on a disk that is full after so many bytes."""

    def __init__(self, path: Path, room: int) -> None:
        super().__init__(io.FileIO(path, "w"))
        self._room = room

    def write(self, piece: object) -> int:
        content = bytes(piece)  # type: ignore[call-overload]
        if self._room < len(content):
            super().write(content[: self._room])
            self._room = 0
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self._room -= len(content)
        return super().write(content)


class Silent(Flaky):
    """A disk that loses what no longer fits without a word."""

    def write(self, piece: object) -> int:
        try:
            return super().write(piece)
        except OSError:
            return len(piece)  # type: ignore[arg-type]


@pytest.mark.parametrize("disk", [Flaky, Silent])
def test_a_full_disk_is_never_taken_for_success(tmp_path: Path, disk: type[Flaky]) -> None:
    identity = new_identity()
    content = random.Random(1).randbytes(300 << 10)
    path = tmp_path / "part.age"
    whole = write_encrypted(path, [identity.recipient], [content], identity.key, Task())
    before = path.read_bytes()
    for missing in range(1, 256 << 10, 1 << 10):

        def opener(part: Path, room: int = whole.size - missing - 200) -> IO[bytes]:
            return disk(part, room)

        with pytest.raises(BadInput) as caught:
            write_encrypted(path, [identity.recipient], [content], identity.key, Task(), opener)
        assert disk is Silent or "disk is full" in str(caught.value)
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["part.age"]


@pytest.mark.usefixtures("quick_lock")
def test_a_disk_that_fills_while_saving_leaves_the_old_project(tmp_path: Path) -> None:
    project = make(tmp_path / "p")
    wanted = project.state
    sizes = [path.stat().st_size for path in files_in(tmp_path / "p")]
    for room in range(0, sum(sizes) + 400, 211):
        left = [room]

        def opener(part: Path, left: list[int] = left) -> IO[bytes]:
            file = Flaky(part, left[0])
            left[0] = max(0, left[0] - 700)
            return file

        clumsy = Project(project.folder, reopen(tmp_path / "p").manifest, project.identity, wanted, opener)
        try:
            clumsy.save(contents_of(small_log()), [("save", {})], Task())
        except BadInput as error:
            assert "disk is full" in str(error)
        assert same(reopen(tmp_path / "p").read_contents(Task()).log, small_log())
    assert room > 2000


def test_a_file_that_reads_back_differently_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "manifest.json"
    write_bytes(path, b"old")
    monkeypatch.setattr(Path, "read_bytes", lambda _self: b"something else")
    with pytest.raises(BadInput, match="could not be saved"):
        write_bytes(path, b"new")
    monkeypatch.undo()
    assert path.read_bytes() == b"old"


@pytest.mark.usefixtures("quick_lock")
def test_a_taken_folder_is_never_overwritten(tmp_path: Path) -> None:
    make(tmp_path / "p")
    before = snapshot(tmp_path / "p")
    with pytest.raises(BadInput, match="not empty"):
        make(tmp_path / "p")
    assert snapshot(tmp_path / "p") == before
    (tmp_path / "file").write_text("mine")
    with pytest.raises(BadInput, match="not empty"):
        make(tmp_path / "file")
    (tmp_path / "empty").mkdir()
    make(tmp_path / "empty")
    (tmp_path / "q.part").mkdir()
    (tmp_path / "q.part" / "diary.txt").write_text("mine")
    with pytest.raises(BadInput, match="in the way"):
        make(tmp_path / "q")
    assert (tmp_path / "q.part" / "diary.txt").read_text() == "mine"


@pytest.mark.usefixtures("quick_lock")
def test_a_folder_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(BadInput):
        make(tmp_path / "file" / "p")


@pytest.mark.usefixtures("quick_lock")
def test_leftovers_of_a_crash_are_removed_and_nothing_else(tmp_path: Path) -> None:
    project = make(tmp_path / "p")
    folder = tmp_path / "p"
    strays = [folder / "state-0.age", folder / "manifest.json.part", folder / "data" / "events-0.arrow.age.part", folder / "keys" / "k.age"]
    for stray in strays:
        stray.write_bytes(b"x")
    (folder / "noter.txt").write_text("mine")
    remove_leftovers(folder, project.manifest, older_than=600)
    assert all(stray.exists() for stray in strays)
    remove_leftovers(folder, project.manifest, older_than=-1)
    assert not any(stray.exists() for stray in strays)
    assert (folder / "noter.txt").exists()
    everything(reopen(folder))


def test_a_new_file_is_for_its_owner_only(tmp_path: Path) -> None:
    with open_new(tmp_path / "x") as file:
        file.write(b"y")
    assert (tmp_path / "x").stat().st_mode & 0o777 == 0o600
