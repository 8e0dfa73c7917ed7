"""Start the finished bundle as a user without Python would, and compare what it does with what the source does.

    python3 build_scripts/dev.py smoke

The bundle gets an empty environment: no PATH with a Python, a home of its own. Where Linux allows it, it also runs without a network
and with this machine's Python, the set-up and the source hidden by empty folders. The first thing that is not as it must be ends the test.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from build_scripts.build import BUNDLE, BuildError, check, executable
from build_scripts.bundle_contents import ROOT
from build_scripts.processes import engines, processes
from build_scripts.smoke_logs import write_logs, write_objects
from engine.demo import DEMO_PROJECT, PASSPHRASE

PATIENCE = 120.0
"""Seconds that any one run may take on a slow machine."""
FAREWELL = 5.0
"""Seconds in which every process must be gone when the program has ended."""
SETTLED = 2.0
"""Seconds that an open window is watched for anything it complains about."""
PICTURES = ("sagsflow-demo.png", "sagsflow-demo.svg")
DATE = re.compile(rb"Made \d{1,2} \w{3} \d{4} with Sagsflow")


class SmokeFailure(Exception):
    """The bundle does not do what it must; the text says what."""


@dataclass(frozen=True)
class Scratch:
    """Folders of the test: a home, temporary files, a working folder, and pictures."""

    root: Path

    def folder(self, name: str) -> Path:
        """A folder of that name, made when it is not there."""
        path = self.root / name
        path.mkdir(exist_ok=True)
        return path

    def environment(self) -> dict[str, str]:
        """All that a started program learns of this machine: no Python, no display, no fonts, English."""
        own = {
            "HOME": "home",
            "USERPROFILE": "home",
            "APPDATA": "home",
            "LOCALAPPDATA": "home",
            "TMPDIR": "tmp",
            "TEMP": "tmp",
            "PATH": "bin",
        }
        found = {name: str(self.folder(folder)) for name, folder in own.items()}
        found |= {name: os.environ[name] for name in ("SYSTEMROOT", "WINDIR") if name in os.environ}
        return found | {"LANG": "C.UTF-8", "QT_QPA_PLATFORM": "offscreen", "FONTCONFIG_FILE": str(self._no_fonts())}

    def _no_fonts(self) -> Path:
        """A configuration without the machine's own fonts: the bundled one is all there is."""
        path = self.folder("fonts") / "fonts.conf"
        path.write_text("<fontconfig></fontconfig>\n", "utf-8")
        return path

    def strays(self) -> list[str]:
        """Files that nobody asked for."""
        found = [path for name in ("home", "tmp", "work", "bin") for path in self.folder(name).rglob("*")]
        return [path.relative_to(self.root).as_posix() for path in found]


@dataclass
class Outcome:
    """What a run printed, and the engine processes that were seen beside it."""

    status: int
    printed: str
    complaints: str
    engines: set[int] = field(default_factory=set)


# ---- processes ------------------------------------------------------------------------------------------------------------------


def expect_none_left(program: Path) -> None:
    """Raise when a process of the program outlives it."""
    until = time.monotonic() + FAREWELL
    while left := processes(program):
        if time.monotonic() > until:
            raise SmokeFailure(f"processes are left: {[' '.join(arguments) for arguments in left.values()]}")
        time.sleep(0.05)


def run(command: list[str], scratch: Scratch, secret: str = "", watched: Path | None = None, source: bool = False) -> Outcome:
    """Run a command to its end in the bare environment, and look meanwhile for engine processes of `watched`; `source`: Python code."""
    environment = scratch.environment()
    if source:
        environment |= {"PYTHONPATH": str(ROOT), "PYTHONPYCACHEPREFIX": str(scratch.folder("pycache"))}
    with (scratch.root / "printed").open("w+b") as printed, (scratch.root / "complaints").open("w+b") as complaints:
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=printed, stderr=complaints, cwd=scratch.folder("work"), env=environment
        )
        if process.stdin is not None:
            process.stdin.write(secret.encode() + b"\n")
            process.stdin.close()
        seen: set[int] = set()
        until = time.monotonic() + PATIENCE
        while process.poll() is None:
            if watched is not None:
                seen |= engines(watched)
            if time.monotonic() > until:
                process.kill()
                raise SmokeFailure(f"{command[-1]} did not end within {PATIENCE:.0f} s")
            time.sleep(0.01)
        texts = [(file.seek(0), file.read().decode("utf-8", "replace"))[1] for file in (printed, complaints)]
    return Outcome(process.returncode, texts[0], texts[1], seen)


def expect_quiet(name: str, outcome: Outcome) -> Outcome:
    """Raise unless the run ended well and complained of nothing."""
    if outcome.status or outcome.complaints.strip():
        raise SmokeFailure(f"{name} ended with status {outcome.status}: {outcome.complaints.strip() or 'nothing on standard error'}")
    return outcome


# ---- isolation ------------------------------------------------------------------------------------------------------------------


def isolation() -> list[str]:
    """A prefix under which a command has no network and sees neither this machine's Python nor the source; empty where that cannot be."""
    unshare, shell, mount = (shutil.which(name) for name in ("unshare", "sh", "mount"))
    if sys.platform != "linux" or not (unshare and shell and mount):
        return []
    hidden = dict.fromkeys([sysconfig.get_path("stdlib"), sys.prefix, str(ROOT / "engine"), str(ROOT / "gui"), str(ROOT / "resources")])
    hiding = " && ".join(f'"{mount}" -t tmpfs none "{folder}"' for folder in hidden)
    prefix = [unshare, "--map-root-user", "--net", "--mount", shell, "-c", f'{hiding} && exec "$@"', "isolated"]
    tried = subprocess.run([*prefix, shell, "-c", "exit 0"], capture_output=True, check=False)
    return prefix if tried.returncode == 0 else []


# ---- what is tried --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Trial:
    """The bundle, the source beside it, and where they may write."""

    program: Path
    scratch: Scratch
    prefix: list[str]
    python: str = sys.executable

    def bundle(self, *arguments: str, secret: str = "") -> Outcome:
        """Run the bundle's program."""
        return expect_quiet(
            f"sagsflow {arguments[0]}", run([*self.prefix, str(self.program), *arguments], self.scratch, secret, self.program)
        )

    def source(self, *arguments: str, secret: str = "") -> Outcome:
        """Run the source with the set-up's Python."""
        command = [self.python, str(ROOT / "main.py"), *arguments]
        return expect_quiet(f"main.py {arguments[0]}", run(command, self.scratch, secret, source=True))


def try_version(trial: Trial) -> str:
    """It starts, and says who it is."""
    said, expected = trial.bundle("--version").printed, trial.source("--version").printed
    if said != expected:
        raise SmokeFailure(f"it says {said!r} instead of {expected!r}")
    return said.strip()


def try_describe(trial: Trial) -> str:
    """It reads every kind of log, and the encrypted demo, with the numbers of the source."""
    demo = trial.scratch.folder("logs") / "demo"
    shutil.copytree(DEMO_PROJECT, demo)
    files = [*write_logs(trial.scratch.folder("logs")), write_objects(trial.scratch.folder("logs")), demo]
    for file in files:
        arguments = ("describe", str(file), "--json")
        found, expected = (json.loads(ask(*arguments, secret=PASSPHRASE).printed) for ask in (trial.bundle, trial.source))
        if found != expected:
            differing = [name for name in expected if found.get(name) != expected[name]]
            raise SmokeFailure(f"{file.name} is described otherwise than by the source: {', '.join(differing)}")
    return ", ".join(file.name for file in files)


def try_demo(trial: Trial) -> str:
    """It opens the demo with an engine process of its own and draws what the source draws."""
    folders = [trial.scratch.folder(name) for name in ("from bundle", "from source")]
    found, expected = (ask("demo", "--out", str(folder)) for ask, folder in zip((trial.bundle, trial.source), folders, strict=True))
    if Path("/proc").is_dir() and len(found.engines) != 1:
        raise SmokeFailure(f"{len(found.engines)} engine processes ran beside the program instead of one")
    summaries = [outcome.printed.replace(str(folder), "") for outcome, folder in zip((found, expected), folders, strict=True)]
    if summaries[0] != summaries[1]:
        raise SmokeFailure(f"the summary is not the source's:\n{summaries[0]}\ninstead of\n{summaries[1]}")
    compare_pictures(*folders)
    return found.printed.splitlines()[1]


def compare_pictures(found: Path, expected: Path) -> None:
    """Raise unless both folders hold the same pictures and nothing else, apart from the date in them."""
    names = sorted(path.name for path in found.iterdir())
    if names != sorted(PICTURES):
        raise SmokeFailure(f"the demo wrote {names}")
    png, svg = ([(folder / name).read_bytes() for folder in (found, expected)] for name in PICTURES)
    if DATE.sub(b"", svg[0]) != DATE.sub(b"", svg[1]):
        raise SmokeFailure("the SVG is not the source's")
    if DATE.findall(svg[0]) == DATE.findall(svg[1]) and png[0] != png[1]:
        raise SmokeFailure("the PNG is not the source's")


def try_models(trial: Trial) -> str:
    """Its engine finds models with pm4py in a process of their own, the same as from the source, using nothing of this machine's Python."""
    script = "from build_scripts.smoke_engine import main; main()"
    answers = []
    for arguments in ([str(trial.program)], []):
        outcome = expect_quiet("the engine", run([trial.python, "-c", script, *arguments], trial.scratch, source=True))
        answers.append(json.loads(outcome.printed))
    found, expected = answers
    if found["foreign"]:
        raise SmokeFailure(f"the bundle's engine uses this machine's Python: {', '.join(found['foreign'][:5])}")
    if Path("/proc").is_dir() and found["processes"] < 2:
        raise SmokeFailure("the bundle's engine found models without a process of their own")
    for what in ("models", "files"):
        if found[what] != expected[what]:
            raise SmokeFailure(f"the engine's {what} are not the source's")
    return ", ".join(f"{answer['model']['miner']} {len(answer['model']['nodes'])} nodes" for answer in found["models"])


def try_window(trial: Trial) -> str:
    """The window opens, on a screen the demo in it; nothing outlives it, whoever ends it."""
    with screen() as display:
        environment = trial.scratch.environment()
        if display:
            environment |= {"DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
        arguments = [str(trial.program), "demo"] if display else [str(trial.program)]
        with (trial.scratch.root / "complaints").open("w+b") as complaints:
            process = subprocess.Popen(arguments, stdout=complaints, stderr=complaints, cwd=trial.scratch.folder("work"), env=environment)
            try:
                _watch(process, lambda: not display or bool(engines(trial.program)))
            finally:
                process.terminate()
                process.wait(FAREWELL)
            complaints.seek(0)
            said = complaints.read().decode("utf-8", "replace").strip()
        expect_none_left(trial.program)
    if said:
        raise SmokeFailure(f"the window complained: {said}")
    return "on a screen, with the demo" if display else "offscreen, without a log; there is no Xvfb here"


def _watch(process: subprocess.Popen[bytes], ready: Callable[[], bool]) -> None:
    """Wait until it is ready, then a while longer; raise when the process ends before."""
    until = time.monotonic() + PATIENCE
    while not ready():
        if process.poll() is not None or time.monotonic() > until:
            raise SmokeFailure("the window opened no engine")
        time.sleep(0.02)
    time.sleep(SETTLED)
    if process.poll() is not None:
        raise SmokeFailure(f"the window ended by itself with status {process.returncode}")


@contextmanager
def screen() -> Iterator[str]:
    """The name of a virtual display; empty where there is no Xvfb."""
    server = shutil.which("Xvfb")
    if server is None:
        yield ""
        return
    read, write = os.pipe()
    command = [server, "-displayfd", str(write), "-screen", "0", "1440x900x24", "-nolisten", "tcp"]
    process = subprocess.Popen(command, pass_fds=[write], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(write)
    try:
        with os.fdopen(read) as number:
            yield f":{number.readline().strip()}"
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


TRIALS = (try_version, try_describe, try_demo, try_models, try_window)


def state_of(bundle: Path) -> dict[str, tuple[int, int]]:
    """Every file of the bundle with size and time of change."""
    found = {path: path.lstat() for path in bundle.rglob("*")}
    return {str(path): (status.st_size, status.st_mtime_ns) for path, status in found.items()}


def smoke(scratch: Scratch) -> None:
    """Try everything. Raises SmokeFailure or BuildError at the first thing that is not as it must be."""
    program = executable()
    if not program.is_file():
        raise SmokeFailure(f"there is no {program}; make it with:  python3 build_scripts/dev.py build")
    check(BUNDLE)
    before, prefix = state_of(BUNDLE), isolation()
    print(
        "smoke: "
        + ("without network, Python and source in sight" if prefix else "network and Python cannot be hidden here; bare environment only")
    )
    trial = Trial(program, scratch, prefix)
    for step in TRIALS:
        started = time.monotonic()
        said = step(trial)
        expect_none_left(program)
        if step is not try_window and scratch.strays():
            raise SmokeFailure(f"{step.__name__} left files behind: {', '.join(scratch.strays()[:10])}")
        print(f"smoke: ok  {step.__name__.removeprefix('try_'):10} {time.monotonic() - started:5.1f} s  {said}", flush=True)
    if state_of(BUNDLE) != before:
        raise SmokeFailure("the program changed its own folder")


def main() -> int:
    """Run the test; the exit status."""
    with tempfile.TemporaryDirectory(prefix="sagsflow smoke ") as folder:
        try:
            smoke(Scratch(Path(folder).resolve()))
        except (SmokeFailure, BuildError) as problem:
            print(f"smoke: FAILED: {problem}", file=sys.stderr)
            return 1
    print("smoke: the bundle works.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
