"""age files: opened into RAM, or refused with a sentence that says why."""

from __future__ import annotations

import errno
import io
import os
import random
import shutil
import subprocess
from pathlib import Path

import pyrage
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.errors import BadInput, Cancelled, SagsflowError, WrongKey
from engine.files import age
from engine.files.age import decrypt_file, decrypt_with, is_age, plain_size, read_header
from engine.files.age_writing import encrypt_to, encrypted_size
from engine.files.memory import available_memory
from engine.tasks import Task
from tests.age_writer import armor, seal_with_passphrase

CONTENT = b"case,activity,time\n1,Start,2027-01-01\n" * 8000
PASSPHRASE = "seks-små-ord"
KEY = pyrage.x25519.Identity.generate()
OTHER = pyrage.x25519.Identity.generate()
RECIPIENT = str(KEY.to_public())


def identity_file(folder: Path, key: object = KEY) -> Path:
    path = folder / "key.txt"
    path.write_text(f"# created: 2027-01-01\n# public key: age1…\n{key}\n", "utf-8")
    return path


def encrypted(folder: Path, content: bytes = CONTENT, recipient: str = RECIPIENT) -> Path:
    path = folder / "log.csv.age"
    with path.open("wb") as file:
        written = encrypt_to([recipient], [content], file)
    assert path.stat().st_size == written.size
    return path


# ---- what opens ----------------------------------------------------------------------------------------------------------------


def test_a_file_for_a_key_opens_with_its_identity_file(tmp_path: Path) -> None:
    assert decrypt_file(encrypted(tmp_path), None, identity_file(tmp_path), Task()).to_pybytes() == CONTENT


@pytest.mark.parametrize("form", [bytes, armor], ids=["binary", "armored"])
def test_a_file_with_a_passphrase_opens(tmp_path: Path, form: object) -> None:
    path = tmp_path / "log.age"
    path.write_bytes(form(seal_with_passphrase(CONTENT, PASSPHRASE)))  # type: ignore[operator]
    assert decrypt_file(path, PASSPHRASE, None, Task()).to_pybytes() == CONTENT


@pytest.mark.parametrize("form", [bytes, armor], ids=["binary", "armored"])
def test_an_identity_file_may_itself_be_locked(tmp_path: Path, form: object) -> None:
    locked = tmp_path / "key.age"
    locked.write_bytes(form(seal_with_passphrase(f"# mine\n{KEY}\n".encode(), PASSPHRASE)))  # type: ignore[operator]
    path = encrypted(tmp_path)
    assert decrypt_file(path, PASSPHRASE, locked, Task()).to_pybytes() == CONTENT
    with pytest.raises(WrongKey, match=r"identity file key\.age is locked"):
        decrypt_file(path, None, locked, Task())
    with pytest.raises(WrongKey, match="passphrase does not open"):
        decrypt_file(path, "wrong", locked, Task())


def test_an_armored_file_for_a_key_opens(tmp_path: Path) -> None:
    path = tmp_path / "log.age"
    path.write_bytes(b"\n\n" + pyrage.encrypt(CONTENT, [KEY.to_public()], armored=True))
    assert decrypt_file(path, None, identity_file(tmp_path), Task()).to_pybytes() == CONTENT


def test_one_of_several_identities_and_recipients_is_enough(tmp_path: Path) -> None:
    path, keys = tmp_path / "log.age", tmp_path / "keys.txt"
    path.write_bytes(pyrage.encrypt(CONTENT, [OTHER.to_public(), KEY.to_public()]))
    keys.write_text(f"{pyrage.x25519.Identity.generate()}\n\n{KEY}\n")
    assert decrypt_file(path, None, keys, Task()).to_pybytes() == CONTENT


@pytest.mark.skipif(shutil.which("age") is None, reason="the age program is not installed")
@pytest.mark.parametrize("options", [[], ["-a"]], ids=["binary", "armored"])
def test_files_of_the_age_program_open_and_it_opens_ours(tmp_path: Path, options: list[str]) -> None:
    path, key = tmp_path / "log.age", identity_file(tmp_path)
    subprocess.run(["age", "-r", RECIPIENT, *options, "-o", path], input=CONTENT, check=True)
    assert decrypt_file(path, None, key, Task()).to_pybytes() == CONTENT
    ours = encrypted(tmp_path)
    assert subprocess.run(["age", "-d", "-i", key, ours], capture_output=True, check=True).stdout == CONTENT


@settings(max_examples=30)
@example(0)
@example(65536)
@example(65535)
@example(131072)
@given(st.integers(0, 300_000))
def test_the_size_formulas_hold(n: int) -> None:
    file = io.BytesIO()
    written = encrypt_to([RECIPIENT], [bytes(n // 2), bytes(n - n // 2)], file)
    size, header = len(file.getvalue()), read_header(file.getvalue(), "x").size
    assert written.n == n
    assert size == written.size == encrypted_size(header, n)
    assert plain_size(size, header) == n


@settings(max_examples=60)
@given(st.integers(0, 200), st.sampled_from([b"\n", b"\r\n"]))
def test_the_header_of_armored_files_of_any_size_is_read(n: int, line_end: bytes) -> None:
    binary = seal_with_passphrase(bytes(n), PASSPHRASE, 1)
    plain, armored = read_header(binary, "x"), read_header(armor(binary).replace(b"\n", line_end), "x")
    assert (armored.kinds, armored.work_factor, armored.size) == (plain.kinds, plain.work_factor, plain.size)
    assert (plain.kinds, plain.work_factor) == (("scrypt",), 1)


def test_it_is_told_by_its_first_bytes() -> None:
    binary = pyrage.encrypt(b"x", [KEY.to_public()])
    assert is_age(binary[:64])
    assert is_age(armor(binary)[:64])
    assert not is_age(b"PK\x03\x04")
    assert not is_age(b"")


# ---- what does not ---------------------------------------------------------------------------------------------------------------


def test_a_missing_or_wrong_secret_says_what_is_needed(tmp_path: Path) -> None:
    for_key, with_passphrase = encrypted(tmp_path), tmp_path / "p.age"
    with_passphrase.write_bytes(seal_with_passphrase(CONTENT, PASSPHRASE))
    with pytest.raises(WrongKey, match="Choose the identity file"):
        decrypt_file(for_key, PASSPHRASE, None, Task())
    with pytest.raises(WrongKey, match="not encrypted to this key"):
        decrypt_file(for_key, None, identity_file(tmp_path, OTHER), Task())
    with pytest.raises(WrongKey, match="Give the passphrase"):
        decrypt_file(with_passphrase, None, identity_file(tmp_path), Task())
    with pytest.raises(WrongKey, match="does not open"):
        decrypt_file(with_passphrase, PASSPHRASE + "!", None, Task())


@pytest.mark.parametrize("content", [b"", b"hello", b"AGE-SECRET-KEY-1FOO\n", b"# only a comment\n", b"\xff\xfe", b"age1abc\n"])
def test_what_is_no_identity_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "key.txt"
    path.write_bytes(content)
    with pytest.raises(BadInput, match=r"key\.txt"):
        decrypt_file(encrypted(tmp_path), None, path, Task())


def test_a_work_factor_above_20_is_refused_before_it_is_tried(tmp_path: Path) -> None:
    path = tmp_path / "p.age"
    for factor in (21, 30, 64, 255):
        path.write_bytes(seal_with_passphrase(b"x", PASSPHRASE, shown_factor=factor))
        with pytest.raises(BadInput, match=f"2\\^{factor}"):
            decrypt_file(path, PASSPHRASE, None, Task())


def passphrases_on_a_busy_computer(monkeypatch: pytest.MonkeyPatch, refusals: int) -> list[str]:
    """pyrage takes the work of a file for too much the first times that it measures the computer; returns the passphrases tried."""
    decrypt, tried = pyrage.passphrase.decrypt, []

    def busy(content: bytes, passphrase: str) -> bytes:
        tried.append(passphrase)
        unfit = seal_with_passphrase(b"x", PASSPHRASE, shown_factor=30)
        return decrypt(unfit if len(tried) <= refusals else content, passphrase)

    monkeypatch.setattr(pyrage.passphrase, "decrypt", busy)
    return tried


def test_a_busy_computer_does_not_take_a_passphrase_file_for_damaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tried = passphrases_on_a_busy_computer(monkeypatch, refusals=3)
    path = tmp_path / "log.age"
    path.write_bytes(seal_with_passphrase(CONTENT, PASSPHRASE))
    assert decrypt_file(path, PASSPHRASE, None, Task()).to_pybytes() == CONTENT
    assert len(tried) == 4
    tried.clear()
    with pytest.raises(WrongKey):
        decrypt_file(path, "forkert", None, Task())


def test_a_computer_too_slow_for_the_passphrase_is_told_so_and_can_be_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tried = passphrases_on_a_busy_computer(monkeypatch, refusals=10**6)
    path = tmp_path / "log.age"
    path.write_bytes(seal_with_passphrase(CONTENT, PASSPHRASE))
    with pytest.raises(BadInput, match="too busy or too slow"):
        decrypt_file(path, PASSPHRASE, None, Task())
    tried.clear()
    with pytest.raises(Cancelled):
        decrypt_file(path, PASSPHRASE, None, Task(is_cancelled=lambda: len(tried) == 2))
    assert len(tried) == 2


def test_a_passphrase_file_above_1_gb_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "p.age"
    path.write_bytes(seal_with_passphrase(CONTENT, PASSPHRASE))
    monkeypatch.setattr(age, "PASSPHRASE_LIMIT", 1000)
    with pytest.raises(BadInput, match="Encrypt it to a key instead"):
        decrypt_file(path, PASSPHRASE, None, Task())


def test_what_does_not_fit_into_memory_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = encrypted(tmp_path)
    with path.open("r+b") as file:
        file.truncate(available_memory())  # sparse: no such disk is needed
    with pytest.raises(BadInput, match="too large for the free memory"):
        decrypt_file(path, None, identity_file(tmp_path), Task())


def test_files_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = identity_file(tmp_path)
    with pytest.raises(BadInput, match="does not exist"):
        decrypt_file(tmp_path / "none.age", None, key, Task())
    with pytest.raises(BadInput, match="is a folder"):
        decrypt_file(tmp_path, None, key, Task())
    with pytest.raises(BadInput, match="is not an age file"):
        decrypt_file(key, None, key, Task())
    path = encrypted(tmp_path)
    with pytest.raises(BadInput, match="does not exist"):
        decrypt_file(path, None, tmp_path / "none.txt", Task())

    real = Path.open

    class BadDisk(io.FileIO):
        def read(self, _size: int | None = -1) -> bytes:
            raise OSError(errno.EIO, "I/O")

    def open_badly(self: Path, mode: str = "r", buffering: int = -1, **others: object) -> object:
        return BadDisk(self) if buffering == 0 else real(self, mode, buffering, **others)  # type: ignore[arg-type]

    monkeypatch.setattr(Path, "open", open_badly)
    with pytest.raises(BadInput, match="could not be read"):
        decrypt_file(path, None, key, Task())


def test_nothing_is_handed_out_of_a_truncated_file(tmp_path: Path) -> None:
    path, key = encrypted(tmp_path), identity_file(tmp_path)
    whole = path.read_bytes()
    for size in (*range(0, 400, 13), 65_800, 131_400, 200_000, len(whole) - 17, len(whole) - 1):
        path.write_bytes(whole[:size])
        with pytest.raises(BadInput):
            decrypt_file(path, None, key, Task())


def test_no_changed_file_is_ever_accepted(tmp_path: Path) -> None:
    path, key = encrypted(tmp_path, CONTENT[:150_000]), identity_file(tmp_path)
    whole, chance = path.read_bytes(), random.Random(7)
    for _ in range(500):
        changed = _mutate(bytearray(whole), chance)
        path.write_bytes(changed)
        with pytest.raises(SagsflowError) as caught:
            decrypt_file(path, None, key, Task())
        assert str(caught.value)


def test_no_changed_passphrase_file_is_ever_accepted(tmp_path: Path) -> None:
    path = tmp_path / "p.age"
    whole, chance = seal_with_passphrase(CONTENT[:500], PASSPHRASE, 2), random.Random(8)
    for _ in range(200):
        changed = bytes(_mutate(bytearray(whole), chance))
        path.write_bytes(changed)
        with pytest.raises(SagsflowError):
            decrypt_file(path, PASSPHRASE, None, Task())


def _mutate(content: bytearray, chance: random.Random) -> bytearray:
    """One change: a flipped bit (half of them in the header), a lost, doubled or swapped stretch, or something appended."""
    kind, place = chance.randrange(6), chance.randrange(len(content))
    if kind <= 1:
        place = chance.randrange(300) if kind == 0 else place
        content[place] ^= 1 << chance.randrange(8)
    elif kind == 2:
        del content[place : place + chance.randrange(1, 100)]
    elif kind == 3:
        content[place:place] = content[place : place + chance.randrange(1, 100)]
    elif kind == 4:
        content += chance.randbytes(chance.randrange(1, 40))
    else:
        half = len(content) // 2
        content = content[half:] + content[:half]
    return content


def test_a_stopped_decryption_ends_at_once_and_progress_rises(tmp_path: Path) -> None:
    path = encrypted(tmp_path, bytes(12 << 20))
    shown: list[float] = []

    def report(fraction: float | None, _message: str, _values: dict[str, object]) -> None:
        if fraction is not None:
            shown.append(fraction)

    decrypt_with(path, [KEY], Task(report))
    assert len(shown) > 5
    assert shown == sorted(shown)
    assert 0 <= shown[0] <= shown[-1] <= 1
    count = len(shown)
    with pytest.raises(Cancelled):
        decrypt_with(path, [KEY], Task(report, lambda: len(shown) >= count + 3))
    assert len(shown) <= count + 3
    with pytest.raises(Cancelled):
        decrypt_with(path, [KEY], Task(is_cancelled=lambda: True))


def test_a_full_disk_is_an_error_of_the_writer(tmp_path: Path) -> None:
    class Full(io.RawIOBase):
        def write(self, _piece: object) -> int:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(OSError, match="space"):
        encrypt_to([RECIPIENT], [CONTENT], Full())  # type: ignore[arg-type]
