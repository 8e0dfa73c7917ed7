"""Which processes of a program run (Linux; elsewhere nothing is known)."""

from __future__ import annotations

import threading
from pathlib import Path

ENGINE_MARK = "--multiprocessing-fork"
LOOK_EVERY = 0.01


def processes(program: Path) -> dict[int, list[str]]:
    """Arguments of the running processes of a program, by process id."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            arguments = (folder / "cmdline").read_bytes().decode("utf-8", "replace").split("\0")
        except OSError:
            continue
        if arguments[0] == str(program):
            found[int(folder.name)] = arguments
    return found


def engines(program: Path) -> set[int]:
    """Ids of the child processes of a program: its engine, and what the engine starts."""
    return {pid for pid, arguments in processes(program).items() if ENGINE_MARK in arguments}


def mapped(pid: int, folders: tuple[str, ...]) -> set[str]:
    """Files under the folders that a process has mapped into its memory; empty where this may not be known."""
    try:
        lines = Path(f"/proc/{pid}/maps").read_text("utf-8", "replace").splitlines()
    except OSError:
        return set()
    paths = {line.split(maxsplit=5)[5] for line in lines if line.count(" ") >= 5 and "/" in line}
    return {path for path in paths if any(path.startswith(f"{folder}/") for folder in folders)}


class Sightings:
    """Child processes of a program, looked for on a thread of their own, and what they use of folders that are not the program's."""

    def __init__(self, program: Path | None, folders: tuple[str, ...]) -> None:
        self._program = program
        self._folders = tuple(folder for folder in folders if folder != "/usr")
        self._ended = threading.Event()
        self.seen: set[int] = set()
        self.foreign: set[str] = set()

    def watch(self) -> None:
        """Look until `end`."""
        while self._program is not None and not self._ended.wait(LOOK_EVERY):
            for pid in engines(self._program):
                self.seen.add(pid)
                self.foreign |= mapped(pid, self._folders)

    def end(self) -> None:
        """Stop looking."""
        self._ended.set()
