"""What the system sees: nothing is opened for writing but ciphertext and what was asked for, and no internet socket is ever made.

Python's own bytecode files are switched off for these runs (PYTHONDONTWRITEBYTECODE): they are made from the program, not from data.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import msgspec
import pyrage
import pytest

from engine.files.age import is_age
from engine.service.messages import Secret
from engine.tasks import Task
from engine.vault.manifest import MANIFEST
from engine.vault.unlocking import open_project
from tests.scenarios.session import PASSPHRASE

ROOT = Path(__file__).resolve().parents[2]
CALLS = "openat,open,openat2,creat,socket,connect,bind,rename,renameat,renameat2,link,linkat,symlink,symlinkat,mknod,memfd_create,truncate"
WRITING = re.compile(r"O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|O_APPEND")
OPENED = re.compile(r'open(?:at2?)?\((?:AT_FDCWD<(?P<cwd>[^>]*)>, |\d+<(?P<dir>[^>]*)>, )?"(?P<path>[^"]*)", (?P<flags>[^)=]*)')
MOVED = re.compile(r'(?:rename|link|symlink)\w*\(.*"(?P<path>[^"]*)"[^"]*$')
CANARIES = ("Kanariefugl", "010170", "Sagsbehandler Mille", PASSPHRASE)

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="traces Linux system calls")
needs_strace = pytest.mark.skipif(
    shutil.which("strace") is None, reason="NOT PROVED HERE: strace is missing, install it to trace the program's system calls"
)
needs_qt = pytest.mark.skipif(find_spec("PySide6") is None, reason="PySide6 is not installed")


def environment(home: Path) -> dict[str, str]:
    """The surroundings of a fresh user without a display."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LD_LIBRARY_PATH") if name in os.environ}
    return kept | {
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_DATA_HOME": str(home / "data"),
        "XDG_STATE_HOME": str(home / "state"),
        "XDG_CACHE_HOME": str(home / "cache"),
        "QT_QPA_PLATFORM": "offscreen",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def trace(folder: Path, *command: str) -> list[str]:
    """Run a command under strace; returns the lines of the trace of all its processes. What it says quotes no data."""
    home = folder / "home"
    home.mkdir()
    output = folder / "trace"
    strace = ["strace", "-f", "--seccomp-bpf", "-y", "-qq", "-s", "4096", "-e", f"trace={CALLS}", "-o", str(output)]
    done = subprocess.run(
        [*strace, sys.executable, *command], cwd=ROOT, env=environment(home), capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr + done.stdout
    assert not canaries((done.stderr + done.stdout).encode())
    return output.read_text("utf-8", "replace").splitlines()


def canaries(content: bytes) -> list[str]:
    """Planted names, ids and passphrases that are found in a content."""
    return [canary for canary in CANARIES if canary.encode() in content]


def written(lines: list[str]) -> set[Path]:
    """Every path that was opened for writing, made or moved to."""
    paths = set()
    for line in lines:
        found = OPENED.search(line)
        if found and WRITING.search(found["flags"]):
            paths.add(Path(found["cwd"] or found["dir"] or "/") / found["path"])
        moved = MOVED.search(line.split(" = ")[0])
        if moved:
            paths.add(Path(moved["path"]))
        assert "memfd_create(" not in line or "= -1" in line, line
    return {path for path in paths if not str(path).startswith(("/dev/", "/proc/"))}


def internet(lines: list[str]) -> list[str]:
    """Lines that make or use an internet socket."""
    return [line for line in lines if re.search(r"AF_INET6?\b|AF_PACKET", line)]


@needs_strace
def test_the_trace_would_notice(tmp_path: Path) -> None:
    code = f"""
import os, socket, tempfile
open({str(tmp_path / "plain.csv")!r}, "w").write("x"); os.rename({str(tmp_path / "plain.csv")!r}, {str(tmp_path / "moved.csv")!r})
os.chdir({str(tmp_path)!r}); open("relative.csv", "ab").close(); socket.socket(socket.AF_INET).close()
"""
    lines = trace(tmp_path, "-c", code)
    assert {tmp_path / name for name in ("plain.csv", "moved.csv", "relative.csv")} <= written(lines)
    assert internet(lines)


@needs_strace
@needs_qt
def test_the_demo_writes_its_pictures_only_and_opens_no_internet_socket(tmp_path: Path) -> None:
    out = tmp_path / "billeder"
    lines = trace(tmp_path, "main.py", "demo", "--offscreen", "--out", str(out))
    pictures = {out / name for name in ("sagsflow-demo.png", "sagsflow-demo.svg")}
    allowed = pictures | {path.with_name(path.name + ".part") for path in pictures}
    fonts = tmp_path / "home" / "cache" / "fontconfig"
    assert {path for path in written(lines) if fonts not in path.parents} <= allowed
    assert all(path.stat().st_size > 10_000 for path in pictures)
    assert internet(lines) == []


@needs_strace
@needs_qt
def test_a_window_that_shows_turns_and_locks_the_demo_writes_its_settings_only(tmp_path: Path) -> None:
    lines = trace(tmp_path, str(ROOT / "tests" / "scenarios" / "window_session.py"))
    settings = tmp_path / "home" / "config" / "sagsflow" / "settings.json"
    fonts = tmp_path / "home" / "cache" / "fontconfig"
    assert {path for path in written(lines) if fonts not in path.parents} <= {settings, settings.with_suffix(".part")}
    kept = json.loads(settings.read_text("utf-8"))
    assert (kept.pop("recent"), kept.pop("deadlines"), kept.pop("identity")) == ([], {}, "")
    assert all(isinstance(value, bool | int) or value in ("da", "en", "light") for value in kept.values() if value != kept["window"])
    assert internet(lines) == []


@needs_strace
def test_a_session_writes_ciphertext_only(tmp_path: Path) -> None:
    key = pyrage.x25519.Identity.generate()
    identity, log, project = tmp_path / "key.txt", tmp_path / "log.csv.age", tmp_path / "projekt"
    identity.write_text(f"{key}\n")
    rows = [
        f"0101{case:02d}-70,{activity},2027-0{1 + case % 9}-0{1 + place}T08:00:00,Sagsbehandler Mille,Nord"
        for case in range(60)
        for place, activity in enumerate(("Ansøgning", "Visitation", "Afgørelse")[: 2 + case % 2])
    ]
    content = "\n".join(["sag,aktivitet,tid,medarbejder,enhed", *rows]).encode()
    log.write_bytes(pyrage.encrypt(content, [key.to_public()]))
    script = str(ROOT / "tests" / "scenarios" / "session.py")
    lines = trace(tmp_path, script, str(log), str(identity), str(project))
    outside = {path for path in written(lines) if project not in path.parents and Path(f"{project}.part") not in path.parents}
    assert outside - {project} == set()
    assert internet(lines) == []
    files = [path for path in project.rglob("*") if path.is_file()]
    assert {path.name for path in files if not is_age(path.read_bytes()[:64])} == {MANIFEST}
    held = b"".join(path.read_bytes() for path in files)
    assert canaries(held) == []
    opened = open_project(project, Secret(PASSPHRASE), Task())
    contents = opened.read_contents(Task())
    assert set(contents.log.event_columns) == {"unit"}
    assert all(case.startswith("S-") for case in contents.log.case_ids.to_pylist())
    records = opened.read_audit(Task())
    assert [record.event for record in records] == ["import", "read", "create", "lock", "open", "export", "case", "lock"]
    assert canaries(msgspec.json.encode(records)) == []


@needs_qt
@pytest.mark.skipif(shutil.which("unshare") is None, reason="NOT PROVED HERE: unshare is missing")
def test_the_demo_runs_in_a_namespace_without_any_network(tmp_path: Path) -> None:
    if subprocess.run(["unshare", "-rn", "true"], capture_output=True, check=False).returncode:
        pytest.skip("NOT PROVED HERE: this system does not let its users make network namespaces")
    command = ["unshare", "-rn", sys.executable, "main.py", "demo", "--offscreen", "--out", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, env=environment(tmp_path), capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "sagsflow-demo.svg").exists()
