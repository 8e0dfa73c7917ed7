"""The audit log: every change of it is found."""

from __future__ import annotations

import random
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import BadInput
from engine.tasks import Task
from engine.vault import audit_log, project_folder
from tests.projects import lock_quickly, make, reopen


@pytest.fixture
def quick_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Identities locked with little work."""
    lock_quickly(monkeypatch)


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


SEED, N_TAMPERINGS = 20_261_121, 10_000
Lines = list[bytes]


def edited(lines: Lines, chance: random.Random) -> Lines:
    """One bit of one line is another; line ends stay, for they are no part of a record."""
    place = chance.randrange(len(lines))
    line = bytearray(lines[place])
    line[chance.randrange(len(line) - 1)] ^= 1 << chance.randrange(8)
    return [*lines[:place], bytes(line), *lines[place + 1 :]]


def retold(lines: Lines, chance: random.Random) -> Lines:
    """A record says something else, well-formed, with the MAC it had."""
    place = chance.randrange(len(lines))
    record = msgspec.json.decode(lines[place], type=audit_log.Record)
    other = msgspec.structs.replace(record, **chance.choice(({"event": "open"}, {"facts": {}}, {"at": "2028-01-01T00:00:00+00:00"})))
    return [*lines[:place], msgspec.json.encode(other) + b"\n", *lines[place + 1 :]]


def forged(lines: Lines, chance: random.Random) -> Lines:
    """From one record on, the chain is made anew with another key."""
    place = chance.randrange(len(lines))
    head = audit_log.Head()
    if place:
        head = audit_log.Head(msgspec.json.decode(lines[place - 1], type=audit_log.Record).mac, place)
    new = []
    for _ in range(len(lines) - place):
        line, head = audit_log.append(head, chance.randbytes(32), "export", {"k": 5}, "2027-01-01T00:00:00+00:00")
        new.append(line)
    return lines[:place] + new


def deleted(lines: Lines, chance: random.Random) -> Lines:
    place = chance.randrange(len(lines))
    return lines[:place] + lines[place + chance.randint(1, 3) :]


def swapped(lines: Lines, chance: random.Random) -> Lines:
    one, other = chance.sample(range(len(lines)), 2)
    changed = list(lines)
    changed[one], changed[other] = changed[other], changed[one]
    return changed


def cut(lines: Lines, chance: random.Random) -> Lines:
    return lines[: chance.randrange(len(lines))]


def repeated(lines: Lines, chance: random.Random) -> Lines:
    place = chance.randrange(len(lines))
    return [*lines[: place + 1], lines[place], *lines[place + 1 :]]


def test_ten_thousand_tamperings_are_found_one_and_all(capsys: pytest.CaptureFixture[str]) -> None:
    chance = random.Random(SEED)
    kinds = (edited, retold, forged, deleted, swapped, cut, repeated)
    logs = [audit_lines(n) for n in range(2, 42)]
    missed: list[str] = []
    for number in range(N_TAMPERINGS):
        (lines, head), tamper = chance.choice(logs), kinds[number % len(kinds)]
        changed = tamper(lines, chance)
        assert changed != lines
        try:
            audit_log.verify(changed, KEY, head)
        except BadInput:
            continue
        missed.append(tamper.__name__)
    with capsys.disabled():
        print(f"\naudit log: seed {SEED}, {N_TAMPERINGS} tamperings of {len(kinds)} kinds, {len(missed)} missed")
    assert missed == []


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
