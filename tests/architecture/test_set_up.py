"""The set-up command, the lock file and the translations' own tooling."""

from __future__ import annotations

import importlib
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import pytest

from tests.architecture.project_files import ROOT


@pytest.fixture
def dev(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """build_scripts/dev.py with its environment in a folder of its own."""
    module = importlib.import_module("build_scripts.dev")
    monkeypatch.setattr(module, "ENVIRONMENT", tmp_path / "prøve mappe" / ".venv")
    monkeypatch.setattr(module, "STAMP", tmp_path / "prøve mappe" / ".venv" / "installed-lock.txt")
    return module


def lock_lines() -> list[str]:
    return (ROOT / "requirements.lock").read_text("utf-8").splitlines()


def test_the_lock_pins_with_hashes_and_names_no_host() -> None:
    text = "\n".join(lock_lines())
    pins = [line for line in lock_lines() if re.match(r"\w", line)]
    assert len(pins) > 40
    assert all(re.match(r"[\w.\-\[\]]+==[\w.+!]+( ;.*)? \\$", line) for line in pins)
    assert text.count("--hash=sha256:") >= len(pins)
    assert "http" not in text
    assert "index-url" not in text.replace("--no-emit-index-url", "")


def test_every_dependency_is_pinned_to_the_version_in_the_lock() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    locked = {line.split()[0].lower() for line in lock_lines() if "==" in line}
    assert [pin for pin in wanted if "==" not in pin or pin.lower() not in locked] == []


def test_the_second_run_starts_at_once(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[list[str]] = []

    def install(command: list[str]) -> None:
        ran.append(command)
        dev.environment_python().parent.mkdir(parents=True, exist_ok=True)
        dev.environment_python().touch()

    monkeypatch.setattr(dev, "_run", install)
    dev.ensure_environment()
    assert ran
    assert dev.is_ready()
    ran.clear()
    dev.ensure_environment()
    assert ran == []


def test_an_interrupted_installation_is_done_again_from_the_start(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    dev.environment_python().parent.mkdir(parents=True)
    dev.environment_python().touch()
    ran: list[list[str]] = []

    def fail(command: list[str]) -> None:
        ran.append(command)
        raise dev.SetupError("the network went away")

    monkeypatch.setattr(dev, "_run", fail)
    for _ in range(2):
        with pytest.raises(dev.SetupError):
            dev.ensure_environment()
    assert not dev.is_ready()
    assert all("--clear" in command for command in ran)


def test_another_lock_file_asks_for_a_new_installation(dev: ModuleType) -> None:
    dev.environment_python().parent.mkdir(parents=True)
    dev.environment_python().touch()
    dev.STAMP.write_text("another lock", "utf-8")
    assert not dev.is_ready()


def test_plain_pip_gets_the_hashes(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[list[str]] = []

    def install(command: list[str]) -> None:
        ran.append(command)
        dev.ENVIRONMENT.mkdir(parents=True, exist_ok=True)

    monkeypatch.setattr(dev, "_run", install)
    monkeypatch.setattr(dev.shutil, "which", lambda name: None)
    dev.ensure_environment()
    assert ran[0][1:4] == ["-m", "venv", "--clear"]
    assert "--require-hashes" in ran[1]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only on Linux does Qt need the system's packages")
def test_missing_libraries_are_named_with_the_line_that_installs_them(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dev, "_loads", lambda library: library != "libEGL.so.1")
    with pytest.raises(dev.SetupError, match=r"libEGL\.so\.1[\s\S]*sudo apt-get install libegl1$"):
        dev.require_qt_libraries()


def test_the_closing_line_counts_all_runs(dev: ModuleType, tmp_path: Path) -> None:
    suite = '<testsuites><testsuite tests="{}" failures="{}" errors="{}" skipped="{}"/></testsuites>'
    one, other = tmp_path / "1.xml", tmp_path / "2.xml"
    one.write_text(suite.format(10, 1, 0, 2))
    other.write_text(suite.format(5, 0, 0, 0))
    assert dev.closing_line([one, other], 0, 1.75).strip("= ") == "1 failed, 12 passed, 2 skipped in 1.75s"
    assert "2 steps failed" in dev.closing_line([one, other], 2, 1.75)


def test_the_parts_of_the_suite_run_at_once_and_speak_one_after_the_other(
    dev: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(dev, "environment_python", lambda: Path(sys.executable))
    met = str(tmp_path / "met")
    meets = f"import pathlib, time\nend, met = time.monotonic() + 60, pathlib.Path({met!r})\n"
    meets += "while not met.exists() and time.monotonic() < end: time.sleep(0.01)\n"
    meets += "print('first, æøå', flush=True)\nraise SystemExit(0 if met.exists() else 4)"
    other = f"import pathlib, sys\npathlib.Path({met!r}).touch()\nprint('second', file=sys.stderr)\nraise SystemExit(3)"
    assert dev._side_by_side([("one", ["-c", meets]), ("other", ["-c", other])], tmp_path) == ["other"]
    said = capfd.readouterr().out.splitlines()
    assert [line.split(" after ")[0].strip() for line in said] == [
        "==> one",
        "first, æøå",
        "ok",
        "==> other",
        "second",
        "FAILED (exit status 3)",
    ]


def test_options_go_to_both_parts_and_at_the_keyboard_they_run_one_at_a_time(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: dict[str, list[list[str]]] = {"alone": [], "beside": []}
    monkeypatch.setattr(dev, "require_qt_libraries", lambda: None)
    monkeypatch.setattr(dev, "_step", lambda _name, command, *_fine: bool(ran["alone"].append(command)))
    monkeypatch.setattr(dev, "_side_by_side", lambda parts, _folder: [ran["beside"].append(command) for _, command in parts] and [])
    monkeypatch.setattr(dev, "cores", lambda: 2)
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    assert dev.run_tests(["-k", "demo"]) == 0
    assert [command[-2:] for command in ran["beside"]] == [["-k", "demo"], ["-k", "demo"]]
    assert len({word for command in ran["beside"] for word in command if word.startswith("cache_dir=")}) == 2
    for command in (["--pdb"], []):
        ran["alone"].clear()
        monkeypatch.setattr(dev, "cores", lambda command=command: 2 if command else 1)
        assert dev.run_tests(command) == 0
        assert sum("pytest" in asked for asked in ran["alone"]) == 2
    assert len(ran["beside"]) == 2


def test_the_command_needs_the_standard_library_only() -> None:
    command = [sys.executable, "-I", "-S", str(ROOT / "build_scripts" / "dev.py"), "--help"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert all(command in done.stdout for command in ("demo", "test", "run", "bench", "make-demo"))


# ---- translations ----------------------------------------------------------------------------------------------------------------

HEADER = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'


@pytest.fixture
def translations(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    module = importlib.import_module("build_scripts.translations")
    danish = tmp_path / "da"
    (danish / "LC_MESSAGES").mkdir(parents=True)
    (tmp_path / "engine").mkdir()
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "CATALOGUE", danish / "LC_MESSAGES" / "sagsflow.po")
    monkeypatch.setattr(module, "COMPILED", danish / "LC_MESSAGES" / "sagsflow.mo")
    monkeypatch.setattr(module, "UNIT_WORDS", ())
    return module


def test_sentences_are_found_in_the_code(translations: ModuleType) -> None:
    source = (
        'raise BadInput(N_("The file {file} is damaged."), file=name)\n'
        'self.store.texts("Open" if new else "Close")\n'
        'texts.plural("{n} case", "{n} cases", n)\n'
        'texts(other)\n'
    )
    assert set(translations.sentences(source)) == {"The file {file} is damaged.", "Open", "Close", ("{n} case", "{n} cases")}


def test_a_complete_catalogue_is_written_once_and_then_up_to_date(translations: ModuleType) -> None:
    (translations.ROOT / "engine" / "one.py").write_text('texts("Open")\n', "utf-8")
    translations.CATALOGUE.write_text(HEADER + 'msgid "Open"\nmsgstr "Åbn"\n', "utf-8")
    findings, po, mo = translations.examine()
    assert len(findings.stale) == 2
    translations.CATALOGUE.write_bytes(po)
    translations.COMPILED.write_bytes(mo)
    assert list(translations.examine()[0].lines()) == []


def test_missing_unused_and_wrong_translations_are_named(translations: ModuleType) -> None:
    (translations.ROOT / "engine" / "one.py").write_text('texts("Open")\ntexts("Read {n} of {all}")\ntexts("Close")\n', "utf-8")
    said = 'msgid "Close"\nmsgstr "Luk"\n\nmsgid "Gone"\nmsgstr "Væk"\n\nmsgid "Read {n} of {all}"\nmsgstr "Læst {n} af {alle}"\n'
    translations.CATALOGUE.write_text(HEADER + said, "utf-8")
    findings = translations.examine()[0]
    assert findings.missing == ["engine/one.py: 'Open'"]
    assert findings.unused == ["'Gone'"]
    assert len(findings.fields) == 1
