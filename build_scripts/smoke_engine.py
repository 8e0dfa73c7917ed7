"""Ask the bundle's own engine process for models, which takes pm4py and a second, disposable process; print the answers as JSON.

Run as `python -c "from build_scripts.smoke_engine import main; main()" [PROGRAM]`: multiprocessing then starts PROGRAM as its child, in the
way that PROGRAM itself would; without one the engine runs from the source.
"""

from __future__ import annotations

import multiprocessing
import multiprocessing.spawn
import sys
import threading
from multiprocessing import resource_tracker
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from build_scripts.processes import Sightings
from engine.demo import DEMO_PROJECT, PASSPHRASE
from engine.models.values import Miner, Notation
from engine.service.client import EngineClient
from engine.service.messages import ModelAnswer, ModelFileQuery, ModelFormat, ModelQuery, Open, Prepare, Secret

QUERIES = (ModelQuery(), ModelQuery(miner=Miner.HEURISTICS, notation=Notation.PETRI))
FILES = (ModelFormat.BPMN, ModelFormat.PNML, ModelFormat.CSV)


class Answered(Struct, frozen=True):
    """The answers, and what was seen of the processes that gave them."""

    models: list[ModelAnswer]
    files: list[bytes]
    processes: int
    foreign: list[str]


def become(program: Path) -> None:
    """Let multiprocessing start a frozen program instead of this Python, with nothing of this Python's search path."""
    resource_tracker.ensure_running()
    frozen: Any = sys
    frozen.frozen, frozen.executable = True, str(program)
    multiprocessing.set_executable(str(program))
    spawning: Any = multiprocessing.spawn
    prepare = spawning.get_preparation_data

    def prepared(name: str) -> dict[str, Any]:
        return {key: value for key, value in prepare(name).items() if key != "sys_path"}

    spawning.get_preparation_data = prepared


def ask(program: Path | None) -> Answered:
    """Open the demo in a new engine process and ask it for models and their files."""
    sightings = Sightings(program, (sys.prefix, sys.base_prefix))
    if program is not None:
        become(program)
    client = EngineClient()
    client.start()
    watching = threading.Thread(target=sightings.watch)
    watching.start()
    try:
        client.call(Open(str(DEMO_PROJECT), Secret(passphrase=PASSPHRASE)))
        client.call(Prepare())
        models = [client.call(query) for query in QUERIES]
        files = [client.call(ModelFileQuery(ModelQuery(guarded=True), format, "demo")).content for format in FILES]
    finally:
        sightings.end()
        watching.join()
        client.close()
        client.wait_closed()
    return Answered(models, files, len(sightings.seen), sorted(sightings.foreign))


def main() -> None:
    """Print the answers of the engine that the arguments name."""
    answered = ask(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
    sys.stdout.buffer.write(msgspec.json.encode(answered))
