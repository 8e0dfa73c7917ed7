"""`map` and `demo` from a shell, with a real engine process and Qt without a display."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from lxml import etree

from engine.errors import BadInput
from gui import commands
from gui.commands import BASE_PACKAGES, WINDOW_PACKAGES, check_libraries, has_display

ROOT = Path(__file__).resolve().parent.parent.parent


def run(*arguments: str, cwd: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    """The program in a process of its own, without a display."""
    import os

    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    values = {name: value for name, value in os.environ.items() if name not in hidden} | {"LANG": "en_GB.UTF-8", **environment}
    command = [sys.executable, str(ROOT / "main.py"), *arguments]
    return subprocess.run(command, cwd=cwd or ROOT, env=values, capture_output=True, text=True, check=False, timeout=120)


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """60 cases: all go A, B, C; 23 of them see D in between, two go back from C to A."""
    rows = ["case,activity,timestamp"]
    for case in range(60):
        steps = ["A", "B", *(["D"] if case < 23 else []), "C", *(["A", "C"] if case < 2 else [])]
        rows += [f"case {case},{step},2026-01-{1 + case % 20:02d} {8 + hour:02d}:{case % 60:02d}:00" for hour, step in enumerate(steps)]
    path = tmp_path_factory.mktemp("logs") / "sager æøå.csv"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def texts(path: Path) -> list[str]:
    """The texts of an SVG."""
    return ["".join(node.itertext()) for node in etree.parse(path).getroot().iter("{http://www.w3.org/2000/svg}text")]


def test_map_writes_a_guarded_svg_and_says_what_it_leaves_out(table: Path, tmp_path: Path) -> None:
    out = tmp_path / "kort.svg"
    done = run("map", str(table), "--out", str(out))
    assert (done.returncode, done.stderr) == (0, "")
    assert "Wrote kort.svg." in done.stdout
    assert "Counts are rounded to the nearest 5." in done.stdout
    assert "left out: fewer than 5 cases." in done.stdout
    seen = texts(out)
    assert {"A", "B", "C", "D", "sager æøå"} <= set(seen)
    assert "25" in seen
    assert not {"23", "37", "2"} & set(seen)
    assert str(table.parent) not in out.read_text(encoding="utf-8")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["kort.svg"]


def test_map_exact_is_the_analysts_own_and_says_so(table: Path, tmp_path: Path) -> None:
    out = tmp_path / "kort.svg"
    done = run("map", str(table), "--out", str(out), "--exact", "--lang", "en", "--paths", "100", "--metric", "occurrences")
    assert done.returncode == 0, done.stderr
    seen = texts(out)
    assert {"23", "37"} <= set(seen)
    assert any("Exact numbers" in text for text in seen)
    assert "Exact numbers" in done.stdout


def test_map_writes_pdf_and_png_in_danish_for_a_projector(
    table: Path, tmp_path: Path, qapp: object, capsys: pytest.CaptureFixture[str]
) -> None:
    for kind, head in (("pdf", b"%PDF"), ("png", b"\x89PNG")):
        out = tmp_path / f"kort.{kind}"
        chosen = ["--lang", "da", "--appearance", "projector", "--metric", "p90"]
        assert commands.main(["map", str(table), "--out", str(out), *chosen]) == 0
        assert out.read_bytes().startswith(head)
        assert "Antal er afrundet" in capsys.readouterr().out


def test_in_landscape_the_map_is_lower_and_wider(table: Path, tmp_path: Path, qapp: object) -> None:
    sizes = {}
    for option in ((), ("--landscape",)):
        out = tmp_path / "kort.svg"
        assert commands.main(["map", str(table), "--out", str(out), *option]) == 0
        root = etree.parse(out).getroot()
        sizes[option] = [float(value) for value in root.get("viewBox").split()[2:]]
    standing, lying = sizes[()], sizes[("--landscape",)]
    assert lying[0] >= standing[0] and lying[1] < standing[1] - 100


def test_per_cents_choose_how_many_steps_are_shown(table: Path, tmp_path: Path, qapp: object) -> None:
    out = tmp_path / "kort.svg"
    assert commands.main(["map", str(table), "--out", str(out), "--activities", "75", "--paths", "50"]) == 0
    seen = texts(out)
    assert "A" in seen
    assert "D" not in seen


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--out", "kort.jpg"), ".svg, .pdf or .png"),
        (("--out", "missing/kort.svg"), "kort.svg could not be written"),
        (("--out", "a.svg", "--activities", "120"), "a number from 0 to 100"),
        (("--out", "a.svg", "--metric", "mode"), "--metric"),
        (("--out", "a.svg", "--case", "nobody"), "nobody"),
        ((), "--out"),
    ],
)
def test_bad_input_is_one_line_and_status_two(
    table: Path,
    tmp_path: Path,
    arguments: tuple[str, ...],
    said: str,
    qapp: object,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LANGUAGE", "en")
    try:
        status = commands.main(["map", str(table), *arguments])
    except SystemExit as stopped:
        status = int(str(stopped.code))
    printed = capsys.readouterr()
    assert status == 2
    assert said in printed.err
    assert printed.err.count("\n") == 1
    assert printed.out == ""
    assert not list(tmp_path.iterdir())


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    done = run("map", "no-such-file.csv", "--out", "a.svg", cwd=tmp_path)
    assert done.returncode == 2
    assert "no-such-file.csv" in done.stderr
    assert done.stderr.count("\n") == 1


def test_demo_without_a_display_draws_pictures_and_says_why(tmp_path: Path) -> None:
    done = run("demo", "--out", str(tmp_path))
    assert (done.returncode, done.stderr) == (0, "")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["sagsflow-demo.png", "sagsflow-demo.svg"]
    lines = done.stdout.splitlines()
    assert "synthetic data" in lines[0]
    assert re.fullmatch(r"9,000 cases, [\d,]+ events, [\d,]+ variants\.", lines[1])
    assert re.search(r"\d+ of \d+ steps and \d+ paths", lines[2])
    assert re.search(r"\d+% of the transitions", lines[3])
    assert any(line.startswith("Most waiting: from “") for line in lines)
    assert "DISPLAY and WAYLAND_DISPLAY are not set" in lines[-1]
    seen = " ".join(texts(tmp_path / "sagsflow-demo.svg"))
    assert "Godkendt i VITAS" in seen
    assert "Synthetic data" in seen


def test_missing_system_libraries_are_named_with_the_install_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("DISPLAY", ":9")

    def load(name: str) -> None:
        if name in ("libEGL.so.1", "libxcb-cursor.so.0"):
            raise OSError(name)

    with pytest.raises(BadInput) as caught:
        check_libraries(window=True, load=load)
    assert str(caught.value).endswith("sudo apt-get install libegl1 libxcb-cursor0")
    with pytest.raises(BadInput) as caught:
        check_libraries(window=False, load=load)
    assert str(caught.value).endswith("sudo apt-get install libegl1")
    monkeypatch.setattr(sys, "platform", "win32")
    check_libraries(window=True, load=load)
    assert not set(BASE_PACKAGES) & set(WINDOW_PACKAGES)


def test_a_window_needs_a_display_on_linux(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    assert not has_display()
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    assert has_display()
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    assert not has_display()


def test_a_name_that_is_no_command_and_no_file_is_said(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "en")
    monkeypatch.delenv("LC_ALL", raising=False)
    assert commands.main(["drscribe"]) == 2
    assert "no command and no file named drscribe" in capsys.readouterr().err
