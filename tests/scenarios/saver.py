"""Saves a project again and again in a child process, and kills it when told: python saver.py PROJECT IDENTITY.

Each line "save SHARE" or "create FOLDER SHARE" on standard input starts a child that saves once to see how long that takes now, begins to
save again, and is killed after that share of the time.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
import pyarrow as pa

from engine.log.event_log import EventLog
from engine.service.messages import ProjectFacts, Secret
from engine.tasks import Task
from engine.vault import keys
from engine.vault.project_folder import Contents, State
from engine.vault.project_making import create_project
from engine.vault.unlocking import open_project

PASSPHRASE = "gul-havn-krone"


def contents(generation: int) -> Contents:
    """A log whose every array tells which generation it belongs to, as does the project's name."""
    n = 3000 + generation % 7
    log = EventLog(
        activities=tuple(f"{generation} {step}" for step in range(5)),
        activity=(np.arange(n) % 5).astype(np.uint8),
        timestamp=np.arange(n) * 1000 + generation,
        offsets=np.arange(n + 1),
        case_ids=pa.array([f"S-{generation}-{case}" for case in range(n)]),
    )
    return Contents(log, State(ProjectFacts(str(generation), "", "", "2030-01-01")), generation.to_bytes(32, "big"))


def save(folder: Path, identity: str, ready: Callable[[], None]) -> None:
    project = open_project(folder, Secret(identity_path=identity), Task())
    generation = int(project.state.facts.name)
    while True:
        generation += 1
        project.save(contents(generation), [("save", {"generation": generation})], Task(), PASSPHRASE)
        ready()


def create(folder: Path, ready: Callable[[], None]) -> None:
    for place in (folder.with_name(f"{folder.name} first {os.getpid()}"), folder):
        create_project(place, contents(1), PASSPHRASE, None, Task(), [("create", {"generation": 1})])
        ready()
    time.sleep(60)


def fork_and_kill(work: Callable[[Callable[[], None]], None], share: float) -> None:
    read, write = os.pipe()
    started = time.monotonic()
    child = os.fork()
    if child == 0:
        try:
            work(lambda: os.write(write, b"r") and None)
        finally:
            os._exit(3)
    os.close(write)
    ready = os.read(read, 1)
    time.sleep(share * (time.monotonic() - started))
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    os.close(read)
    print("killed" if ready and os.WIFSIGNALED(status) else f"ended by itself: {status}", flush=True)


def main() -> None:
    keys.work_factor = lambda: 2
    contents(0)  # Arrow imports pandas for the first list: before the children, not in each of them
    project, identity = Path(sys.argv[1]), sys.argv[2]
    for line in sys.stdin:
        match line.split("\t"):
            case ["save", share]:
                fork_and_kill(lambda ready: save(project, identity, ready), float(share))
            case ["create", folder, share]:
                fork_and_kill(lambda ready, folder=folder: create(Path(folder), ready), float(share))


if __name__ == "__main__":
    main()
