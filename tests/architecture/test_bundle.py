"""What goes into the bundle, decided before anything is built; `dev.py smoke` tries the finished one."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from build_scripts import build, bundle_contents, processes, smoke_logs, smoke_test
from build_scripts.collect_licenses import product_requirements
from engine.demo import PASSPHRASE
from engine.log.columns import ReadOptions
from engine.service.messages import Secret
from engine.sources import read_source
from engine.tasks import Task
from tests.architecture.project_files import PRODUCT, imports, modules, name_of

STARTING = 20.0
"""Seconds that a process may take to become the program it was asked to be."""


def test_every_module_of_the_product_is_asked_for_by_name() -> None:
    named = set(bundle_contents.product_modules())
    expected = {name_of(path).removesuffix(".py").replace("/", ".").removesuffix(".__init__") for path in modules(*PRODUCT)}
    assert named == expected - {"main"}
    assert {"gui.pages.map_page", "engine.service.host", "engine", "gui"} <= named


def test_what_only_development_needs_stays_out_and_what_ships_stays_in() -> None:
    excluded = set(bundle_contents.excluded_modules())
    assert {"pytest", "hypothesis", "mypy", "polars", "pygraphviz", "PyInstaller", "pip", "setuptools"} <= excluded
    needed = {"numpy", "pandas", "pyarrow", "pm4py", "lxml", "pyrage", "msgspec", "babel", "tzdata", "PySide6", "shiboken6", "matplotlib"}
    assert not needed & excluded
    assert not {name for name in excluded if name in sys.stdlib_module_names} & {"ssl", "_socket", "sqlite3", "unittest"}


def imported_names() -> Iterator[str]:
    for path in modules(*PRODUCT):
        yield from imports(path)


def test_the_product_imports_nothing_that_the_bundle_lacks() -> None:
    excluded = bundle_contents.excluded_modules()
    lacking = {name for name in imported_names() for out in excluded if name == out or name.startswith(f"{out}.")}
    assert lacking == set()


@pytest.mark.parametrize(
    "path",
    [
        "PySide6/Qt/lib/libQt6Network.so.6",
        "PySide6/Qt/plugins/tls/libqopensslbackend.so",
        "PySide6/Qt/plugins/platforms/libqvnc.so",
        "PySide6/Qt/translations/qtbase_fr.qm",
        "PySide6/Qt6Qml.dll",
        "PySide6/opengl32sw.dll",
        "pyarrow/libarrow_flight.so.2600",
        "pyarrow/arrow_flight.dll",
        "pyarrow/libarrow_s3.so.2600",
        "pyarrow/libarrow_python.so",
        "pyarrow/include/arrow/api.h",
        "pyarrow/_dataset.pyx",
        "babel/locale-data/fr.dat",
        "babel/locale-data/dav.dat",
        "numpy/tests/data/file.csv",
        "libgtk-3.so.0",
    ],
)
def test_networks_other_languages_and_sources_stay_out(path: str) -> None:
    assert not bundle_contents.is_wanted(path)


@pytest.mark.parametrize(
    "path",
    [
        "PySide6/Qt/lib/libQt6Gui.so.6",
        "PySide6/Qt6Widgets.dll",
        "PySide6/Qt/plugins/platforms/libqoffscreen.so",
        "PySide6/plugins/platforms/qwindows.dll",
        "PySide6/Qt/plugins/imageformats/libqsvg.so",
        "PySide6/Qt/translations/qtbase_da.qm",
        "pyarrow/libarrow.so.2600",
        "pyarrow/libarrow_python.so.2600",
        "pyarrow/libarrow_substrait.so.2600",
        "pyarrow/arrow_python.dll",
        "babel/locale-data/da.dat",
        "babel/locale-data/en_001.dat",
        "babel/locale-data/root.dat",
        "tzdata/zoneinfo/Europe/Copenhagen",
        "matplotlib/mpl-data/matplotlibrc",
    ],
)
def test_what_the_product_uses_goes_along(path: str) -> None:
    assert bundle_contents.is_wanted(path)


def test_resources_and_every_licence_text_go_along() -> None:
    folders = {(Path(path).name, folder) for path, folder in bundle_contents.data_files()}
    assert {("window.qss", "resources"), ("sagsflow.mo", "resources/translations/da/LC_MESSAGES")} <= folders
    assert {("LICENSE", "licences/sagsflow"), ("Inter-Regular.ttf", "resources/fonts")} <= folders
    assert not [name for name, folder in folders if folder == "resources/pictures"]
    with_text = {name for name, _ in bundle_contents.licence_texts()}
    direct = {Requirement(text).name.lower() for text in product_requirements()}
    without = {name for name in direct - with_text if any("licen" in str(file).lower() for file in distribution(name).files or ())}
    assert without == set()


def test_a_bundle_with_a_network_or_too_much_in_it_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inner = tmp_path / "sagsflow" / "_internal" / "PySide6"
    inner.mkdir(parents=True)
    (inner / "QtCore.abi3.so").write_bytes(bytes(1000))
    build.check(tmp_path / "sagsflow")
    assert build.sizes(tmp_path / "sagsflow") == {"PySide6": 1000}
    monkeypatch.setattr(build, "MOST_UNPACKED", 999)
    with pytest.raises(build.BuildError, match="it may have"):
        build.check(tmp_path / "sagsflow")
    monkeypatch.undo()
    (inner / "libQt6Network.so.6").touch()
    with pytest.raises(build.BuildError, match="libQt6Network"):
        build.check(tmp_path / "sagsflow")


def drawn(folder: Path, date: str, colour: str) -> Path:
    folder.mkdir()
    (folder / "sagsflow-demo.svg").write_text(f"<svg><text>Made {date} with Sagsflow</text><path fill='{colour}'/></svg>")
    (folder / "sagsflow-demo.png").write_bytes(f"{date} {colour}".encode())
    return folder


def test_pictures_may_differ_in_their_date_only(tmp_path: Path) -> None:
    source = drawn(tmp_path / "source", "31 Dec 2026", "#123")
    smoke_test.compare_pictures(drawn(tmp_path / "same", "31 Dec 2026", "#123"), source)
    smoke_test.compare_pictures(drawn(tmp_path / "next day", "1 Jan 2027", "#123"), source)
    with pytest.raises(smoke_test.SmokeFailure, match="SVG"):
        smoke_test.compare_pictures(drawn(tmp_path / "other", "31 Dec 2026", "#456"), source)
    (source / "crash.txt").touch()
    with pytest.raises(smoke_test.SmokeFailure, match=r"crash\.txt"):
        smoke_test.compare_pictures(source, source)


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="processes are looked up in /proc")
def test_a_process_that_outlives_the_program_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smoke_test, "FAREWELL", 0.1)
    program = tmp_path / "sagsflow"
    program.symlink_to(sys.executable)
    smoke_test.expect_none_left(program)
    command = [str(program), "-c", "input()", processes.ENGINE_MARK]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
        try:
            end = time.monotonic() + STARTING
            while not processes.engines(program) and time.monotonic() < end:
                time.sleep(0.01)
            assert processes.engines(program) == {process.pid}
            with pytest.raises(smoke_test.SmokeFailure, match="processes are left"):
                smoke_test.expect_none_left(program)
        finally:
            process.kill()
    smoke_test.expect_none_left(program)


def test_the_small_logs_are_the_same_in_every_format(tmp_path: Path) -> None:
    secret, by_case = Secret(passphrase=PASSPHRASE), ReadOptions(object_type="Sag")
    logs = [read_source(path, secret, ReadOptions(), Task()) for path in smoke_logs.write_logs(tmp_path)]
    logs.append(read_source(smoke_logs.write_objects(tmp_path), secret, by_case, Task()))
    steps = logs[0].activities
    assert {(log.n_cases, log.n_events, log.activities) for log in logs} == {(smoke_logs.N_CASES, len(smoke_logs.events()), steps)}
