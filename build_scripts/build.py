"""Make the bundle: a folder that starts without any Python on the machine (PyInstaller), in dist/sagsflow.

    python3 build_scripts/dev.py build [--archive]
"""

from __future__ import annotations

import argparse
import ctypes
import os
import shutil
import subprocess
import sys
import tarfile
import time
from collections import Counter
from pathlib import Path

from build_scripts.bundle_contents import FORBIDDEN_FILES, ROOT

DIST, WORK = ROOT / "dist", ROOT / "build"
BUNDLE = DIST / "sagsflow"
SPECIFICATION = ROOT / "build_scripts" / "app.spec"
MEGABYTE = 1_000_000
MOST_UNPACKED, MOST_PACKED = 450 * MEGABYTE, 140 * MEGABYTE
LISTED = 14
STRIPPED_AT_ONCE = 50
REPAIRED = ".libs"
"""Folders of libraries that their wheels have rewritten; strip would break them."""


class BuildError(Exception):
    """The bundle cannot be made or is not as it must be; the text says why."""


def executable(bundle: Path = BUNDLE) -> Path:
    """The program inside a bundle."""
    return bundle / ("sagsflow.exe" if sys.platform == "win32" else "sagsflow")


def build() -> None:
    """Make the bundle anew. Raises BuildError with the end of what PyInstaller said."""
    if sys.platform == "linux" and not (shutil.which("objdump") and shutil.which("objcopy")):
        raise BuildError("PyInstaller needs objdump and objcopy. On Debian and Ubuntu:  sudo apt-get install binutils")
    shutil.rmtree(BUNDLE, ignore_errors=True)
    WORK.mkdir(exist_ok=True)
    environment = dict(os.environ, PYTHONHASHSEED="0", PYINSTALLER_CONFIG_DIR=str(WORK / "cache"), PYTHONPATH=str(ROOT))
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--clean", "--log-level", "WARN"]
    command += ["--distpath", str(DIST), "--workpath", str(WORK), str(SPECIFICATION)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, encoding="utf-8", errors="replace", check=False)
    (WORK / "pyinstaller.log").write_text(done.stdout + done.stderr, "utf-8")
    if done.returncode:
        raise BuildError("PyInstaller failed:\n" + "\n".join((done.stdout + done.stderr).splitlines()[-20:]))


def strip(bundle: Path) -> None:
    """Take the names that only debuggers read out of the libraries, on Linux. Raises BuildError when one of them no longer loads."""
    if sys.platform != "linux":
        return
    libraries = [path for path in files_of(bundle) if ".so" in path.suffixes and not path.parent.name.endswith(REPAIRED)]
    for start in range(0, len(libraries), STRIPPED_AT_ONCE):
        subprocess.run(["strip", "--strip-unneeded", *libraries[start : start + STRIPPED_AT_ONCE]], check=True, capture_output=True)
    broken = [path.name for path in libraries if not _loads(path)]
    if broken:
        raise BuildError(f"Libraries of the bundle that do not load: {', '.join(broken)}.")


def _loads(library: Path) -> bool:
    """Whether a library can be loaded, asked in a process of its own."""
    child = os.fork()
    if child == 0:
        try:
            ctypes.CDLL(str(library))
        except OSError as error:
            os.write(sys.stderr.fileno(), f"build: {error}\n".encode())
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def files_of(bundle: Path) -> list[Path]:
    """Every file of a bundle, links not counted."""
    return sorted(path for path in bundle.rglob("*") if path.is_file() and not path.is_symlink())


def sizes(bundle: Path) -> dict[str, int]:
    """Bytes by part: each library's folder, loose files together."""
    found: Counter[str] = Counter()
    for path in files_of(bundle):
        parts = path.relative_to(bundle).parts
        inner = parts[1:] if len(parts) > 1 else parts
        found[inner[0] if len(inner) > 1 else ("system libraries" if len(parts) > 1 else parts[0])] += path.stat().st_size
    return dict(found.most_common())


def check(bundle: Path) -> None:
    """Raise BuildError when the bundle holds what it must not, or is larger than it may be."""
    names = [path.relative_to(bundle).as_posix() for path in files_of(bundle)]
    forbidden = [name for name in names if FORBIDDEN_FILES.search(name)]
    if forbidden:
        raise BuildError(f"The bundle holds {len(forbidden)} files that it must not, among them:\n" + "\n".join(forbidden[:10]))
    size = sum(sizes(bundle).values())
    if size > MOST_UNPACKED:
        raise BuildError(f"The bundle has {size / MEGABYTE:.0f} MB; it may have {MOST_UNPACKED / MEGABYTE:.0f}.")


def pack(bundle: Path) -> Path:
    """The bundle as one compressed file beside it. Raises BuildError when it is larger than it may be."""
    target = bundle.with_suffix(".tar.xz")
    with tarfile.open(target, "w:xz", preset=6) as archive:
        archive.add(bundle, bundle.name)
    size = target.stat().st_size
    if size > MOST_PACKED:
        raise BuildError(f"{target.name} has {size / MEGABYTE:.0f} MB; it may have {MOST_PACKED / MEGABYTE:.0f}.")
    return target


def report(bundle: Path) -> None:
    """What the bundle weighs, part by part."""
    found = sizes(bundle)
    largest = list(found.items())[:LISTED]
    rest = sum(found.values()) - sum(size for _, size in largest)
    for name, size in [*largest, ("everything else", rest)]:
        print(f"{size / MEGABYTE:8.1f} MB  {name}")
    print(f"{sum(found.values()) / MEGABYTE:8.1f} MB  in all, {len(files_of(bundle))} files")


def main(arguments: list[str]) -> int:
    """Build, check and report; the exit status."""
    parser = argparse.ArgumentParser(prog="dev.py build", description="Make the bundle in dist/sagsflow.")
    parser.add_argument("--archive", action="store_true", help="also make dist/sagsflow.tar.xz (takes minutes)")
    options = parser.parse_args(arguments)
    started = time.monotonic()
    try:
        build()
        strip(BUNDLE)
        report(BUNDLE)
        check(BUNDLE)
        print(f"Made {BUNDLE.relative_to(ROOT)} in {time.monotonic() - started:.0f} s.", flush=True)
        if options.archive:
            target = pack(BUNDLE)
            print(f"Made {target.relative_to(ROOT)}: {target.stat().st_size / MEGABYTE:.1f} MB.")
    except BuildError as problem:
        print(f"build: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
