"""Keys, passphrases and pseudonyms."""

from __future__ import annotations

import threading

import pyarrow as pa
import pyrage
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import BadInput, Cancelled
from engine.files import age_locking
from engine.files.age import CHUNK, open_with_passphrase, read_header
from engine.files.age_locking import lock_with_passphrase, work_factor
from engine.tasks import Task
from engine.vault import keys
from engine.vault.keys import Locking, derive_key, hkdf_sha256, lock_identity, new_identity, suggest_passphrase, word_list
from engine.vault.pseudonyms import new_key, pseudonymise

NAMES = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)


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


# ---- locking with a passphrase ---------------------------------------------------------------------------------------------------


@settings(max_examples=30)
@given(st.binary(max_size=40), st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40), st.integers(1, 8))
def test_what_is_locked_with_a_passphrase_opens_as_any_age_file_does(content: bytes, passphrase: str, factor: int) -> None:
    locked = lock_with_passphrase(content, passphrase, factor)
    assert pyrage.passphrase.decrypt(locked, passphrase) == content
    assert read_header(locked, "x").work_factor == factor
    with pytest.raises(pyrage.DecryptError):
        pyrage.passphrase.decrypt(locked, passphrase + "x")
    assert lock_with_passphrase(content, passphrase, factor) != locked


@pytest.mark.parametrize("size", [CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_long_content_is_locked_in_pieces(size: int) -> None:
    content = bytes(range(256)) * (size // 256) + bytes(size % 256)
    assert pyrage.passphrase.decrypt(lock_with_passphrase(content, "blåbær", 2), "blåbær") == content


@pytest.mark.parametrize(("seconds", "factor"), [(0.01, 20), (0.02, 19), (0.06, 18), (3.0, 18)])
def test_a_passphrase_is_guarded_by_as_much_work_as_about_a_second_allows(
    monkeypatch: pytest.MonkeyPatch, seconds: float, factor: int
) -> None:
    monkeypatch.setattr(age_locking, "_seconds", lambda: seconds)
    assert work_factor() == factor


def test_an_identity_is_locked_with_at_least_the_work_that_age_asks_for() -> None:
    identity = new_identity()
    locked = lock_identity(identity, "seks ord")
    assert read_header(locked, "x").work_factor in {18, 19, 20}
    assert identity.secret in open_with_passphrase(locked, "seks ord", "x", Task()).decode()


def test_a_computer_without_room_for_the_work_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(age_locking, "BLOCK_SIZE", 1 << 30)
    with pytest.raises(BadInput, match="could not be locked"):
        lock_identity(new_identity(), "x")
    with pytest.raises(BadInput, match="could not be locked"):
        Locking("x").locked(Task())


def test_waiting_for_a_key_can_be_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    go_on = threading.Event()
    monkeypatch.setattr(keys, "work_factor", lambda: 2 if go_on.wait(10) else 3)
    locking = Locking("x")
    with pytest.raises(Cancelled):
        locking.locked(Task(is_cancelled=lambda: True))
    go_on.set()
    identity = locking.identity
    assert identity.secret in open_with_passphrase(locking.locked(Task()), "x", "x", Task()).decode()
