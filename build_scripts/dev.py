"""Set up Sagsflow from its lock file and run it: demo, test, run, build, smoke, bench, make-demo, lock. Needs Python 3.11 and nothing else.

    python3 build_scripts/dev.py demo        open the demo project (Windows: py build_scripts\\dev.py demo)
    python3 build_scripts/dev.py test        the whole test suite, lint, types, import rules and translations
"""

from __future__ import annotations

import argparse
import ctypes
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import IO
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / ".venv"
LOCK = ROOT / "requirements.lock"
STAMP = ENVIRONMENT / "installed-lock.txt"
BASE_PYTHON: str = getattr(sys, "_base_executable", None) or sys.executable
OLDEST_PYTHON = (3, 11)
PYTHONS = ("python3.14", "python3.13", "python3.12", "python3.11")

QT_LIBRARIES = {
    "libglib-2.0.so.0": "libglib2.0-0",
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libfontconfig.so.1": "libfontconfig1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libdbus-1.so.3": "libdbus-1-3",
}
X11_LIBRARIES = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}

NO_TESTS_COLLECTED = 5
WITHOUT_QT = ("tests/engine", "tests/properties")
AT_THE_KEYBOARD = {"--pdb", "--trace", "-s", "--capture=no"}
"""pytest's options with which a person speaks with the tests: nothing else may speak meanwhile."""
LOOK_SECONDS = 0.2


class SetupError(Exception):
    """The environment cannot be made; the text says what to do."""


def say(text: str) -> None:
    """A message about the set-up; standard output belongs to the command that runs."""
    print(text, file=sys.stderr, flush=True)


# ---- the environment -----------------------------------------------------------------------------------------------------------


def environment_python() -> Path:
    """The interpreter inside the environment."""
    return ENVIRONMENT / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def wanted_stamp() -> str:
    """What the stamp says when the environment holds exactly the lock file's packages."""
    version = ".".join(str(part) for part in sys.version_info[:2])
    return f"{hashlib.sha256(LOCK.read_bytes()).hexdigest()} python {version}\n"


def is_ready() -> bool:
    """Whether the environment was finished with this lock file."""
    return environment_python().exists() and STAMP.is_file() and STAMP.read_text("utf-8") == wanted_stamp()


def ensure_environment() -> None:
    """Make or renew the environment; an interrupted installation leaves no stamp and is made again from the start."""
    if is_ready():
        return
    started = time.monotonic()
    uv = shutil.which("uv")
    say(f"Sagsflow: setting up {ENVIRONMENT} from {LOCK.name} with {'uv' if uv else 'pip'}; this is done once and takes some minutes.")
    STAMP.unlink(missing_ok=True)
    if uv:
        _run([uv, "venv", "--quiet", "--clear", "--python", BASE_PYTHON, str(ENVIRONMENT)])
        _run([uv, "pip", "install", "--quiet", "--python", str(environment_python()), "--require-hashes", "-r", str(LOCK)])
    else:
        _make_plain_environment()
        pip = [str(environment_python()), "-m", "pip", "--disable-pip-version-check"]
        _run([*pip, "install", "--quiet", "--require-hashes", "--no-deps", "-r", str(LOCK)])
    STAMP.write_text(wanted_stamp(), "utf-8")
    say(f"Sagsflow: ready after {time.monotonic() - started:.0f} s.")


def _make_plain_environment() -> None:
    try:
        import ensurepip  # noqa: F401
    except ImportError:
        version = f"{sys.version_info[0]}.{sys.version_info[1]}"
        raise SetupError(
            f"This Python has no 'venv' with pip. On Debian and Ubuntu install it with:\n    sudo apt-get install python{version}-venv"
        ) from None
    _run([BASE_PYTHON, "-m", "venv", "--clear", str(ENVIRONMENT)])


def _run(command: list[str]) -> None:
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV")}
    status = subprocess.run(command, cwd=ROOT, env=environment, stdout=sys.stderr, check=False).returncode
    if status:
        raise SetupError(
            f"Setting up stopped (exit status {status}) in: {' '.join(command)}\n"
            "The message above says why. Check the connection to the package index and the free disk space, then run the command again."
        )


def missing_libraries(display: bool) -> list[str]:
    """Names of the system libraries that Qt needs on Linux and that cannot be loaded."""
    if not sys.platform.startswith("linux"):
        return []
    wanted = QT_LIBRARIES | (X11_LIBRARIES if display else {})
    return [name for name in wanted if not _loads(name)]


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def require_qt_libraries() -> None:
    """Stop with the exact install line when Qt could not start."""
    missing = missing_libraries(display=bool(os.environ.get("DISPLAY")) and not os.environ.get("QT_QPA_PLATFORM"))
    if missing:
        packages = " ".join({**QT_LIBRARIES, **X11_LIBRARIES}[name] for name in missing)
        raise SetupError(
            f"Qt needs system libraries that are missing here: {', '.join(missing)}.\n"
            f"On Debian and Ubuntu install them with:\n    sudo apt-get install {packages}"
        )


# ---- the commands --------------------------------------------------------------------------------------------------------------


def child_environment() -> dict[str, str]:
    """The environment of everything that runs inside the set-up."""
    environment = dict(os.environ, PYTHONUTF8="1", PYTHONNOUSERSITE="1")
    environment.pop("PYTHONHOME", None)
    if not sys.stdout.isatty():
        environment["NO_COLOR"] = "1"
        environment.pop("FORCE_COLOR", None)
    return environment


def python(*arguments: str, in_root: bool = True, output: IO[bytes] | None = None) -> int:
    """Run the environment's Python and return its exit status."""
    command = [str(environment_python()), *arguments]
    process = subprocess.Popen(command, cwd=ROOT if in_root else None, env=child_environment(), stdout=output, stderr=output)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue


def run_demo(arguments: list[str]) -> int:
    """Open the demo project in the window; without a display the same offscreen."""
    require_qt_libraries()
    return python(str(ROOT / "main.py"), "demo", *arguments, in_root=False)


def run_main(arguments: list[str]) -> int:
    """main.py with the arguments, in the caller's own folder."""
    if not arguments or arguments[0] not in ("describe", "--version", "--help", "-h"):
        require_qt_libraries()
    return python(str(ROOT / "main.py"), *arguments, in_root=False)


def run_build(arguments: list[str]) -> int:
    """Make the bundle, which starts without Python, in dist/sagsflow."""
    return python("-m", "build_scripts.build", *arguments)


def run_smoke(arguments: list[str]) -> int:
    """Start the bundle as a user without Python would, and compare it with the source."""
    require_qt_libraries()
    return python("-m", "build_scripts.smoke_test", *arguments)


def run_bench(arguments: list[str]) -> int:
    """Sagsflow's steps beside pm4py's and polars', in one run."""
    return python("-m", "tests.benchmarks", *arguments)


def run_make_demo(arguments: list[str]) -> int:
    """Make the bundled demo project and its ground truth again."""
    return python("-m", "build_scripts.make_demo", *arguments)


def run_lock(arguments: list[str]) -> int:
    """Write requirements.lock from pyproject.toml (needs uv)."""
    uv = shutil.which("uv")
    if uv is None:
        raise SetupError("Writing the lock file needs uv: https://docs.astral.sh/uv/")
    command = [uv, "pip", "compile", "--universal", "--generate-hashes", "--no-emit-index-url", "--no-annotate", "--extra", "dev"]
    return subprocess.run([*command, "pyproject.toml", "-o", "requirements.lock", *arguments], cwd=ROOT, check=False).returncode


# ---- test ----------------------------------------------------------------------------------------------------------------------


def run_tests(arguments: list[str]) -> int:
    """Lint, types, import rules, translations, then every test; the engine's tests run with Qt out of reach."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    require_qt_libraries()
    checks = [
        ("lint (ruff)", ["-m", "ruff", "check", "."]),
        ("types (mypy)", ["-m", "mypy"]),
        ("import rules (import-linter)", ["-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]),
        ("translations", ["-m", "build_scripts.translations", "--check"]),
    ]
    failed = [name for name, command in checks if _step(name, command)]
    with tempfile.TemporaryDirectory() as folder:
        reports = [Path(folder) / "engine.xml", Path(folder) / "window.xml"]
        parts = [
            ("engine tests, Qt out of reach", ["-p", "no:pytest-qt", "-p", "tests.without_qt", *WITHOUT_QT]),
            ("all other tests", [f"--ignore={path}" for path in WITHOUT_QT]),
        ]
        look = ["--color=yes"] if sys.stdout.isatty() else []
        remembers = not any("no:cacheprovider" in argument for argument in arguments)
        commands = [
            (name, ["-m", "pytest", f"--junit-xml={report}", *_memory(report.stem, remembers), *look, *options, *arguments])
            for (name, options), report in zip(parts, reports, strict=True)
        ]
        started = time.monotonic()
        if cores() > 1 and not AT_THE_KEYBOARD.intersection(arguments):
            failed += _side_by_side(commands, Path(folder))
        else:
            failed += [name for name, command in commands if _step(name, command, NO_TESTS_COLLECTED)]
        for name in failed:
            print(f"FAILED: {name}")
        made = [report for report in reports if report.is_file()]
        print(closing_line(made, len(failed), time.monotonic() - started), flush=True)
    return 1 if failed else 0


def _memory(part: str, remembers: bool) -> list[str]:
    """Each part remembers its failed tests by itself, so that neither forgets the other's."""
    return ["-o", f"cache_dir=.pytest_cache/{part}"] if remembers else []


def cores() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _step(name: str, command: list[str], *also_fine: int) -> bool:
    """Run one step; whether it failed."""
    print(f"==> {name}", flush=True)
    started = time.monotonic()
    status = python(*command)
    return _is_bad(status, time.monotonic() - started, also_fine)


def _is_bad(status: int, seconds: float, also_fine: tuple[int, ...]) -> bool:
    good = status == 0 or status in also_fine
    print(f"    {'ok' if good else f'FAILED (exit status {status})'} after {seconds:.0f} s", flush=True)
    return not good


def _side_by_side(parts: list[tuple[str, list[str]]], folder: Path) -> list[str]:
    """Run the parts of the test suite at once; names of those that failed.

    What they say is shown as if they had run one after the other: the first one's as it comes, then the next one's.
    """
    files = [folder / f"{number}.txt" for number in range(len(parts))]
    failed = []
    with ThreadPoolExecutor(len(parts)) as threads:
        running = [threads.submit(_timed, command, file) for (_, command), file in zip(parts, files, strict=True)]
        for (name, _), file, part in zip(parts, files, running, strict=True):
            print(f"==> {name}", flush=True)
            _show(file, part)
            if _is_bad(*part.result(), (NO_TESTS_COLLECTED,)):
                failed.append(name)
    return failed


def _timed(command: list[str], file: Path) -> tuple[int, float]:
    """Exit status and seconds of a command that speaks into a file."""
    started = time.monotonic()
    with file.open("wb") as output:
        status = python(*command, output=output)
    return status, time.monotonic() - started


def _show(file: Path, part: Future[tuple[int, float]]) -> None:
    """Print what a part has said so far and goes on to say, until it is done."""
    shown = 0
    while True:
        done = part.done()
        if file.exists():
            with file.open("rb") as output:
                output.seek(shown)
                text = output.read()
            shown += len(text)
            sys.stdout.buffer.write(text)
            sys.stdout.buffer.flush()
        if done:
            return
        time.sleep(LOOK_SECONDS)


def closing_line(reports: list[Path], failed_steps: int, seconds: float) -> str:
    """pytest's closing line over all test runs: "==== 2 failed, 812 passed, 3 skipped in 201.50s ===="."""
    counts = {"failed": 0, "errors": 0, "passed": 0, "skipped": 0}
    for report in reports:
        for suite in ElementTree.parse(report).getroot().iter("testsuite"):
            failures, errors, skipped = (int(suite.get(name, "0")) for name in ("failures", "errors", "skipped"))
            counts["failed"] += failures
            counts["errors"] += errors
            counts["skipped"] += skipped
            counts["passed"] += int(suite.get("tests", "0")) - failures - errors - skipped
    parts = [f"{n} {name}" for name, n in counts.items() if n or name == "passed"]
    text = f" {', '.join(parts)} in {seconds:.2f}s "
    if failed_steps:
        text += f"({failed_steps} step{'s' if failed_steps > 1 else ''} failed) "
    return text.center(100, "=")


# ---- the command line ----------------------------------------------------------------------------------------------------------

COMMANDS = {
    "demo": (run_demo, "open the demo project (options go to the program: --out DIR, …)"),
    "test": (run_tests, "lint, types, import rules, translations and all tests (options go to pytest)"),
    "run": (run_main, "main.py with the arguments that follow"),
    "build": (run_build, "make the bundle that starts without Python, dist/sagsflow [--archive]"),
    "smoke": (run_smoke, "try the bundle without Python, and compare it with the source"),
    "bench": (run_bench, "measure against pm4py and polars [--events 1M|10M] [--json]"),
    "make-demo": (run_make_demo, "make the bundled demo project again"),
    "lock": (run_lock, "write requirements.lock from pyproject.toml (needs uv)"),
}
WITHOUT_ENVIRONMENT = ("lock",)


def use_new_enough_python() -> None:
    """Continue under a Python that is new enough, or say what is needed."""
    if sys.version_info >= OLDEST_PYTHON:
        return
    found = next((path for path in map(shutil.which, PYTHONS) if path), None)
    if found is None:
        raise SetupError(f"Sagsflow needs Python {OLDEST_PYTHON[0]}.{OLDEST_PYTHON[1]} or newer; this is {sys.version.split()[0]}.")
    raise SystemExit(subprocess.call([found, str(Path(__file__).resolve()), *sys.argv[1:]]))


def main() -> int:
    """Set up and run one command; returns its exit status."""
    parser = argparse.ArgumentParser(prog="dev.py", description="Set up Sagsflow and run it.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, (_, text) in COMMANDS.items():
        commands.add_parser(name, help=text, add_help=False)
    chosen, arguments = parser.parse_known_args(sys.argv[1:2])[0].command, sys.argv[2:]
    try:
        use_new_enough_python()
        if chosen not in WITHOUT_ENVIRONMENT:
            ensure_environment()
        return COMMANDS[chosen][0](arguments)
    except SetupError as problem:
        say(f"Sagsflow: {problem}")
        return 1
    except KeyboardInterrupt:
        say("Sagsflow: stopped. Run the same command again to go on.")
        return 130


if __name__ == "__main__":
    sys.exit(main())
