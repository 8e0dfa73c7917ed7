"""Which files the window asks a passphrase for before it opens them."""

from __future__ import annotations

from pathlib import Path

import pytest

from gui.project_flow import is_encrypted
from tests.engine.test_zip_archives import PASSPHRASE, locked, plain
from tests.gui.window_world import OPENING_MS, World, shown_texts, world  # noqa: F401
from tests.workbooks import xlsx


@pytest.mark.parametrize(
    ("content", "asks"),
    [(locked(), True), (plain(), False), (plain(**{"mappe/": b""}), False), (xlsx([["a"]]), False), (b"PK\x03\x04", False)],
)
def test_a_locked_archive_is_known_by_its_first_bytes(tmp_path: Path, content: bytes, asks: bool) -> None:
    (tmp_path / "udtræk").write_bytes(content)
    assert is_encrypted(tmp_path / "udtræk") is asks


def test_the_passphrase_of_an_archive_is_asked_for_until_it_fits(world: World, tmp_path: Path) -> None:
    path = tmp_path / "udtræk.zip"
    path.write_bytes(locked())
    card = world.window.welcome.unlock_card
    world.window.flow.choose(str(path))
    world.type_passphrase(card, "forkert")
    world.wait(lambda: "åbner ikke arkivet" in shown_texts(world), OPENING_MS)
    wrong = world.in_dialog(lambda dialog: dialog.accept())
    world.type_passphrase(card, PASSPHRASE)
    world.wait(lambda: world.store.opened is not None, OPENING_MS)
    world.rest()
    assert not wrong
    assert world.store.opened is not None and world.store.opened.encrypted
    world.window.flow.lock()
    world.type_passphrase(world.window.lock_page.unlock_card, PASSPHRASE)
    world.wait(lambda: world.store.opened is not None, OPENING_MS)
    world.rest()
