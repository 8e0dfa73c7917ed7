"""`demo-extract` from a shell: it writes files that can be opened, says that they are made up, and overwrites nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import main
from engine.demo.extract_truth import read_extract_truth
from tests.architecture.project_files import ROOT

BESIDES = {"rekrutteringer.truth.json", "rekrutteringer.opskrift.toml"}
WITHOUT_QT = """
import sys
for name in ("PySide6", "shiboken6", "gui"):
    sys.modules[name] = None
import main
sys.exit(main.main(sys.argv[1:]))
"""


def test_it_writes_an_extract_without_the_window_s_libraries(tmp_path: Path) -> None:
    environment = {**os.environ, "LANGUAGE": "da", "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-W", "error", "-c", WITHOUT_QT, "demo-extract", "C", "--out", str(tmp_path / "udtræk")]
    done = subprocess.run(command, capture_output=True, env=environment, check=False, timeout=120)
    assert (done.returncode, done.stderr) == (0, b"")
    told = done.stdout.decode().splitlines()
    assert told[-1].startswith("Sager, personer og virksomheder i disse filer er opdigtede, så de er ikke krypteret.")
    truth = read_extract_truth((tmp_path / "udtræk" / "rekrutteringer.truth.json").read_bytes())
    assert {path.name for path in (tmp_path / "udtræk").iterdir()} == {form.name for form in truth.files} | BESIDES
    assert [line.split(":")[0] for line in told[:-1]] == [form.name for form in truth.files]
    rows = (tmp_path / "udtræk" / "rekrutteringer.csv").read_bytes().count(b"\r\n") - 1
    assert rows == truth.files[0].rows
    assert truth.variant == "defective"


def test_a_clean_extract_from_another_seed(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main.main(["demo-extract", "C", "--clean", "--seed", "17", "--out", str(tmp_path)]) == 0
    truth = read_extract_truth((tmp_path / "rekrutteringer.truth.json").read_bytes())
    assert (truth.variant, truth.seed, truth.defects) == ("clean", 17, ())
    assert main.main(["demo-extract", "C", "--out", str(tmp_path)]) == 2
    assert "already holds rekrutteringer" in capfd.readouterr().err


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "en")


@pytest.mark.parametrize("wrong", [["D"], ["A", "--seed", "-1"], ["A", "--seed", "x"], []])
def test_wrong_arguments_end_with_status_2(wrong: list[str], tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as ended:
        main.main(["demo-extract", *wrong, "--out", str(tmp_path)])
    assert ended.value.code == 2
    assert not list(tmp_path.iterdir())


def test_a_file_in_the_folder_s_place_is_refused_before_anything_is_made(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "fil").write_text("")
    assert main.main(["demo-extract", "A", "--out", str(tmp_path / "fil")]) == 2
    assert "fil cannot be written to" in capfd.readouterr().err
