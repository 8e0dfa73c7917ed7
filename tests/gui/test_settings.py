"""What is remembered between two runs, whatever happens to the file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gui.settings import DEFAULT_IDLE, FILE_NAME, MAX_IDLE, MAX_RECENT, MIN_IDLE, Remembered, Settings, settings_folder


def test_settings_come_back_after_a_restart(tmp_path: Path) -> None:
    Settings(tmp_path).change(language="en", window=(10, 20, 1200, 800), idle_minutes=5)
    kept = Settings(tmp_path).values
    assert (kept.language, kept.window, kept.idle_minutes) == ("en", (10, 20, 1200, 800), 5)
    assert [path.name for path in tmp_path.iterdir()] == [FILE_NAME]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"language": 3}', b'{"window": [1]}', b"\xff\xfe\x00", b"null"])
def test_a_bad_file_gives_the_defaults_and_is_mended_by_the_next_change(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE_NAME).write_bytes(content)
    settings = Settings(tmp_path)
    assert settings.values == Remembered()
    settings.change(language="en")
    assert Settings(tmp_path).values.language == "en"


@given(st.binary(max_size=80))
def test_no_file_content_stops_the_window(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    folder = tmp_path_factory.mktemp("settings")
    (folder / FILE_NAME).write_bytes(content)
    assert Settings(folder).values.idle_minutes >= MIN_IDLE


def test_values_out_of_bounds_are_brought_back(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text(json.dumps({"language": "xx", "appearance": "neon", "idle_minutes": 999}))
    values = Settings(tmp_path).values
    assert (values.language, values.appearance, values.idle_minutes) == ("da", "light", MAX_IDLE)
    assert Remembered().idle_minutes == DEFAULT_IDLE


def test_recent_projects_stand_latest_first_and_can_be_switched_off(tmp_path: Path) -> None:
    settings = Settings(tmp_path)
    for i in range(MAX_RECENT + 3):
        settings.add_recent(f"/p{i}")
    settings.add_recent("/p5")
    assert settings.values.recent[0] == "/p5"
    assert len(settings.values.recent) == MAX_RECENT
    settings.change(remember_recent=False)
    assert settings.values.recent == ()
    settings.add_recent("/p1")
    assert settings.values.recent == ()
    assert "/p" not in (tmp_path / FILE_NAME).read_text()


def test_a_folder_that_cannot_be_written_keeps_settings_for_this_run(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    settings = Settings(blocked)
    settings.change(language="en")
    assert settings.values.language == "en"


def test_a_file_cut_off_while_writing_leaves_the_old_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(tmp_path)
    settings.change(language="en")

    def fail(_number: int) -> None:
        raise OSError

    monkeypatch.setattr("gui.settings.os.fsync", fail)
    settings.change(language="da", idle_minutes=3)
    assert Settings(tmp_path).values.language == "en"
    assert [path.name for path in tmp_path.iterdir()] == [FILE_NAME]


def test_the_environment_says_where(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAGSFLOW_SETTINGS_DIR", str(tmp_path))
    assert settings_folder() == tmp_path
    monkeypatch.delenv("SAGSFLOW_SETTINGS_DIR")
    assert settings_folder().name == "sagsflow"
