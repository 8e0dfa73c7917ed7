"""ZIP archives: one log inside, plain or locked with AES; everything else is refused with what to do instead."""

from __future__ import annotations

import io
import random
import struct
import zipfile
from pathlib import Path

import pyarrow as pa
import pyrage
import pytest
import pyzipper

from engine import cli, hardening
from engine.errors import BadInput, Cancelled, SagsflowError, WrongKey
from engine.files.compression import unpack
from engine.files.content import Content
from engine.files.zip_archive import is_locked, open_archive
from engine.log.columns import ColumnRoles, ReadOptions
from engine.service.messages import FileKind, Secret
from engine.sources import open_source, read_source
from engine.tasks import Task
from tests.workbooks import xlsx

PASSPHRASE = "gul-havn-krone-ærø"
SECRET = "Ane Hemmelig"
LOG = f"Sagsnr;Aktivitet;Tidspunkt\nS1;Modtaget;2024-02-01 08:00\nS2;{SECRET};2024-02-02 09:15\n".encode()
ROLES = ReadOptions(ColumnRoles("Sagsnr", "Aktivitet", "Tidspunkt"))


def plain(content: bytes = LOG, name: str = "log.csv", method: int = zipfile.ZIP_DEFLATED, **others: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        archive.writestr(name, content)
        for other, inside in others.items():
            archive.writestr(other, inside)
    return target.getvalue()


def locked(content: bytes = LOG, passphrase: bytes = PASSPHRASE.encode(), bits: int = 256, version: int = 2) -> bytes:
    """As WinZip and 7-Zip write it: AE-1 keeps the check sum of the content, AE-2 leaves it out."""
    target = io.BytesIO()
    with pyzipper.AESZipFile(target, "w", compression=pyzipper.ZIP_DEFLATED, encryption=pyzipper.WZ_AES) as archive:
        archive.setpassword(passphrase)
        archive.encryption_kwargs = {"nbits": bits, "force_wz_aes_version": version}
        archive.writestr("log.csv", content)
    return target.getvalue()


def opened(archive: bytes, passphrase: str | None = None) -> bytes:
    return bytes(open_archive(pa.py_buffer(archive), "log.zip", passphrase, Task()).to_pybytes())


def refusal(archive: bytes, passphrase: str | None = None, **limits: int) -> str:
    with pytest.raises(BadInput) as refused:
        open_archive(pa.py_buffer(archive), "log.zip", passphrase, Task(), **limits)
    assert "log.zip" in str(refused.value)
    return str(refused.value)


# ---- what opens ----------------------------------------------------------------------------------------------------------------


def test_a_plain_archive_with_one_log_opens() -> None:
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        assert opened(plain(method=method)) == LOG
    with_clutter = plain(**{"mappe/": b"", "__MACOSX/._log.csv": b"x", ".DS_Store": b"x"})
    assert opened(with_clutter) == LOG
    assert unpack(plain(xlsx([["a"]])), "log.zip", Task())[0] is Content.WORKBOOK


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("bits", [128, 192, 256])
def test_an_archive_locked_with_aes_opens_with_its_passphrase(bits: int, version: int) -> None:
    assert opened(locked(bits=bits, version=version), PASSPHRASE) == LOG


@pytest.mark.parametrize("encoding", ["utf-8", "cp850", "cp1252"])
def test_danish_letters_of_a_passphrase_open_whatever_program_packed(encoding: str) -> None:
    assert opened(locked(passphrase=PASSPHRASE.encode(encoding)), PASSPHRASE) == LOG


def test_a_large_log_comes_out_whole_and_opening_it_can_be_stopped() -> None:
    content = random.Random(7).randbytes(9 << 20)
    assert opened(locked(content), PASSPHRASE) == content
    with pytest.raises(Cancelled):
        open_archive(pa.py_buffer(locked(content)), "log.zip", PASSPHRASE, Task(is_cancelled=lambda: True))


def test_the_window_and_the_shell_ask_for_the_passphrase_of_an_archive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    path = tmp_path / "log.zip"
    path.write_bytes(locked())
    assert is_locked(path)
    source = open_source(path, Secret(passphrase=PASSPHRASE), ROLES, Task())
    assert (source.kind, source.encrypted, source.log.n_events if source.log else 0) == (FileKind.TABLE, True, 2)
    assert source.noted[0][1]["encrypted"] == 1
    monkeypatch.setattr(hardening, "limit_process", lambda: None)
    for line, status in ((PASSPHRASE.encode() + b"\n", 0), (b"forkert\n", 3), (b"", 3)):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(line)))
        assert cli.main(["describe", str(path), "--json"]) == status
        assert SECRET.encode() not in capfdbinary.readouterr().err
    assert sorted(one.name for one in tmp_path.iterdir()) == ["log.zip"]


def test_a_plain_archive_is_no_encrypted_source(tmp_path: Path) -> None:
    path = tmp_path / "log.zip"
    path.write_bytes(plain())
    assert not is_locked(path)
    assert not open_source(path, Secret(), ROLES, Task()).encrypted


def test_a_plain_archive_in_an_age_file_opens_and_a_locked_one_is_locked_twice(tmp_path: Path) -> None:
    key = pyrage.x25519.Identity.generate()
    (tmp_path / "key.txt").write_text(f"{key}\n")
    secret = Secret(identity_path=str(tmp_path / "key.txt"))
    (tmp_path / "log.age").write_bytes(pyrage.encrypt(plain(), [key.to_public()]))
    assert read_source(tmp_path / "log.age", secret, ROLES, Task()).n_events == 2
    (tmp_path / "twice.age").write_bytes(pyrage.encrypt(locked(), [key.to_public()]))
    with pytest.raises(BadInput, match="encrypted twice"):
        read_source(tmp_path / "twice.age", secret, ROLES, Task())


# ---- what is refused -----------------------------------------------------------------------------------------------------------


def test_a_wrong_or_missing_passphrase_is_told() -> None:
    for passphrase in (None, "", "forkert"):
        with pytest.raises(WrongKey):
            opened(locked(), passphrase)


def test_zip_crypto_is_refused_with_how_to_pack_again() -> None:
    archive = bytearray(plain())
    directory = archive.index(b"PK\x01\x02")
    for place in (6, directory + 8):
        archive[place] |= 1
    said = refusal(bytes(archive), PASSPHRASE)
    assert "ZipCrypto" in said and "-mem=AES256" in said


def test_archives_of_none_or_several_files_are_refused() -> None:
    assert "no file" in refusal(plain(name="mappe/", content=b""))
    assert "2 files" in refusal(plain(**{"andet.csv": LOG}))


def test_archives_in_archives_are_refused() -> None:
    for inner in (plain(), locked(), b"\x1f\x8b\x08" + bytes(20), b"\x28\xb5\x2f\xfd" + bytes(20)):
        with pytest.raises(BadInput, match="more than once"):
            unpack(plain(inner), "log.zip", Task())


def test_other_methods_are_refused() -> None:
    for method in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        assert "Deflate" in refusal(plain(method=method))


def test_bombs_are_refused_by_what_they_claim_and_by_what_comes_out() -> None:
    bomb = plain(b"0" * (70 << 20))
    assert "more than 200 times" in refusal(bomb)
    assert "more than 1 MB" in refusal(plain(random.Random(1).randbytes(2 << 20)), max_bytes=1 << 20)
    lying = bytearray(bomb)
    place = lying.index(b"PK\x01\x02")
    lying[place + 24 : place + 28] = struct.pack("<I", len(LOG))
    assert "damaged" in refusal(bytes(lying))


def test_a_locked_log_cannot_be_cut_off_by_claiming_that_it_is_shorter() -> None:
    """WinZip's AE-2 seals the content alone: neither its size nor a check sum."""
    for change in (-1, 1):
        archive = bytearray(locked())
        place = archive.index(b"PK\x01\x02") + 24
        archive[place : place + 4] = struct.pack("<I", len(LOG) + change)
        assert "damaged" in refusal(bytes(archive), PASSPHRASE)


def test_every_changed_byte_of_the_content_is_found() -> None:
    archive = locked(LOG * 40)
    start, end = 30 + len("log.csv") + 11, archive.index(b"PK\x01\x02")
    for place in range(start, end):
        changed = bytearray(archive)
        changed[place] ^= 0x10
        with pytest.raises(SagsflowError) as refused:
            opened(bytes(changed), PASSPHRASE)
        assert SECRET not in str(refused.value)
    for cut in range(0, len(archive), 7):
        assert "damaged" in refusal(archive[:cut] or b"PK", PASSPHRASE)


@pytest.mark.parametrize("archive", [plain(), locked()], ids=["plain", "locked"])
def test_damaged_archives_give_the_log_or_a_sentence(archive: bytes) -> None:
    refused = 0
    for seed in range(600):
        chance = random.Random(seed)
        changed = bytearray(archive)
        for _ in range(chance.choice((1, 2, 8))):
            changed[chance.randrange(len(changed))] = chance.randrange(256)
        try:
            assert opened(bytes(changed), PASSPHRASE) == LOG
        except SagsflowError as error:
            refused += 1
            assert SECRET not in str(error)
    assert refused > 100
