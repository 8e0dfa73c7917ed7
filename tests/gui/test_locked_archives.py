"""Which files the window asks a passphrase for before it opens them."""

from __future__ import annotations

from pathlib import Path

import pytest

from gui.project_flow import is_encrypted
from tests.engine.test_zip_archives import locked, plain
from tests.workbooks import xlsx


@pytest.mark.parametrize(
    ("content", "asks"),
    [(locked(), True), (plain(), False), (plain(**{"mappe/": b""}), False), (xlsx([["a"]]), False), (b"PK\x03\x04", False)],
)
def test_a_locked_archive_is_known_by_its_first_bytes(tmp_path: Path, content: bytes, asks: bool) -> None:
    (tmp_path / "udtræk").write_bytes(content)
    assert is_encrypted(tmp_path / "udtræk") is asks
