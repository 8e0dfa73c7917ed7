"""Keys, passphrases and pseudonyms."""

from __future__ import annotations

import pyarrow as pa
import pyrage
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import BadInput
from engine.files.age import read_header
from engine.tasks import Task
from engine.vault.keys import derive_key, hkdf_sha256, lock_identity, new_identity, suggest_passphrase, word_list
from engine.vault.pseudonyms import new_key, pseudonymise
from tests.age_writer import seal_with_passphrase

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


@pytest.mark.parametrize(("offered", "taken"), [([18], 18), ([12, 19], 19), ([25, 20], 20), ([3, 5, 4] * 5, 5)])
def test_the_passphrase_is_guarded_by_enough_work_but_not_by_too_much(
    monkeypatch: pytest.MonkeyPatch, offered: list[int], taken: int
) -> None:
    factors = iter(offered)

    def lock(content: bytes, passphrase: str) -> bytes:
        return seal_with_passphrase(content, passphrase, 2, shown_factor=next(factors))

    monkeypatch.setattr(pyrage.passphrase, "encrypt", lock)
    assert read_header(lock_identity(new_identity(), "x"), "x").work_factor == taken


def test_a_computer_that_guards_with_too_much_work_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pyrage.passphrase, "encrypt", lambda content, _: seal_with_passphrase(content, "x", 2, shown_factor=22))
    with pytest.raises(BadInput, match="could not be locked"):
        lock_identity(new_identity(), "x")
