"""How long an import takes: `python -m tests.benchmarks.import_table [--rows N] [--json]`.

A plain CSV of one million rows becomes, by a recipe of six steps, a finished encrypted project, as `main.py import` makes it: the key is
being locked with the passphrase from the beginning. Beside it pyarrow merely reads the same file, all columns of it:

cold: in a new process, from the disk, nothing of the file in the system's memory, the libraries imported but never used;
warm: again in the same process, from bytes in memory, with all threads (what can be done again and again) and with one.

Every figure is the quickest of several runs; memory is the peak of a process that does nothing else.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv

from engine.intake import take_in
from engine.log.columns import ColumnRoles
from engine.service.messages import ProjectFacts, SaveProject, Secret
from engine.sources import save_project
from engine.tasks import Task
from engine.vault.keys import Locking, lock_identity, new_identity
from engine.vault.log_parts import case_chunks, event_chunks
from engine.vault.pseudonyms import pseudonymise
from engine.vault.safe_write import write_encrypted
from engine.washing.values import DropDuplicates, DropNearDuplicates, DropRows, MapValues, Recipe, TableRecipe, Trim, UnifySpelling

T = TypeVar("T")
GOAL = 6.0
PASSPHRASE = "seks ord som ingen kan gætte nu"
TIMES = 3
CASES, ACTIVITIES, UNITS = 50_000, 30, 9
COLUMNS = ("sag_id", "kode", "aktivitet", "tid", "enhed", "annulleret")
STEPS = (
    Trim(columns=("aktivitet", "enhed")),
    UnifySpelling(column="aktivitet"),
    MapValues(column="kode", table={f"K{code:02d}": f"Skridt {code}" for code in range(ACTIVITIES)}, into="aktivitet"),
    DropRows(column="annulleret", values=("ja",)),
    DropDuplicates(),
    DropNearDuplicates(minutes=10.0),
)
RECIPE = Recipe(
    tables=(
        TableRecipe(
            roles=ColumnRoles("sag_id", "aktivitet", "tid", unit="enhed"), columns=COLUMNS, delimiter=";", steps=STEPS,
            timestamp_format="%d-%m-%Y %H:%M:%S",
        ),
    )
)


@dataclass(frozen=True)
class Run:
    """Seconds of one import: until the rows are washed, until the project is finished, and processor time of both; peak of memory in MB."""

    wash_s: float
    save_s: float
    cpu_s: float
    memory_mb: int
    sha256: str

    @property
    def total_s(self) -> float:
        """From the choice of the file to the finished project."""
        return self.wash_s + self.save_s


@dataclass(frozen=True)
class Parts:
    """Seconds of what no import can do without, each alone: locking the key, encrypting and reading back, pseudonyms, hash of the file.

    lock_key_cpu_s, pyarrow_cpu_s: processor time, which other work on the computer does not lengthen as much.
    """

    lock_key_s: float
    lock_key_cpu_s: float
    pyarrow_cpu_s: float
    encrypt_s: float
    pseudonyms_s: float
    hash_file_s: float


@dataclass(frozen=True)
class ImportCost:
    """Seconds of pyarrow's reading and of the whole import, cold and warm, the ratios, and what the import is made of."""

    rows: int
    megabytes: float
    pyarrow_cold_s: float
    pyarrow_warm_s: float
    pyarrow_warm_one_thread_s: float
    cold: Run
    warm: Run
    ratio_cold: float
    ratio_warm: float
    ratio_one_thread: float
    goal: float
    parts: Parts


def extract_of(rows: int) -> bytes:
    """A made-up extract as CSV: as many rows, one of a hundred marked as cancelled."""
    random = np.random.default_rng(20260101)
    moments = np.datetime64("2023-01-01T00:00:00") + random.integers(0, 3 * 365 * 86_400, rows).astype("timedelta64[s]")
    texts = np.datetime_as_string(moments).tolist()
    cases, codes = random.integers(0, CASES, rows).tolist(), random.integers(0, ACTIVITIES, rows).tolist()
    lines = [
        f"KF-{case:06d};K{code:02d};Trin {code};{text[8:10]}-{text[5:7]}-{text[:4]} {text[11:]};Enhed {code % UNITS};"
        + ("nej" if row % 100 else "ja")
        for row, (case, code, text) in enumerate(zip(cases, codes, texts, strict=True))
    ]
    return ("\n".join([";".join(COLUMNS), *lines]) + "\n").encode()


def write_extract(file: Path, rows: int) -> None:
    """Make the extract."""
    file.write_bytes(extract_of(rows))


def measure(rows: int) -> ImportCost:
    """Everything measured in one run."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "udtræk.csv"
        _elsewhere(write_extract, file, rows)
        size = file.stat().st_size / 1e6
        runs = [_elsewhere(import_runs, file, Path(folder) / f"projekt {number}") for number in range(TIMES)]
        reading = [_elsewhere(pyarrow_runs, file) for _ in range(TIMES)]
        parts = _elsewhere(parts_alone, file, Path(folder) / "alene")
    cold = min((run[0] for run in runs), key=lambda run: run.total_s)
    warm = min((run[1] for run in runs), key=lambda run: run.total_s)
    cold_s, warm_s, single_s = (min(found) for found in zip(*reading, strict=True))
    ratios = cold.total_s / cold_s, warm.total_s / warm_s, warm.total_s / single_s
    return ImportCost(rows, size, cold_s, warm_s, single_s, cold, warm, *ratios, GOAL, parts)


def _elsewhere(work: Callable[..., T], *given: object) -> T:
    """The result of a function in a new process, whose memory counts for nothing else."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(work, *given).result()


def forget(file: Path) -> None:
    """Take a file out of the system's memory, where the system can be asked to."""
    if not hasattr(os, "posix_fadvise"):
        return
    handle = os.open(file, os.O_RDONLY)
    os.fsync(handle)
    os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
    os.close(handle)


def import_runs(file: Path, project: Path) -> tuple[Run, Run]:
    """One import of a file that nobody has read yet, and the quickest of several more in the same process."""
    forget(file)
    cold = import_once(file, project)
    warm = [import_once(file, project.with_name(f"{project.name} {number}")) for number in range(TIMES)]
    return cold, min(warm, key=lambda run: run.total_s)


def import_once(file: Path, project: Path) -> Run:
    """One import, from the choice of the file to the finished project."""
    begin, processor = time.perf_counter(), time.process_time()
    locking = Locking(PASSPHRASE)
    intake, source = take_in([(file, Secret())], RECIPE, Task())
    washed = time.perf_counter()
    facts = ProjectFacts("Måling", "måling", "ingen personer", "2030-12-31")
    save_project(source, SaveProject(str(project), facts, PASSPHRASE, None), Task(), locking=locking)
    end = time.perf_counter()
    return Run(washed - begin, end - washed, time.process_time() - processor, peak_mb(), intake.sha256)


def pyarrow_runs(file: Path) -> tuple[float, float, float]:
    """Seconds in which pyarrow reads all columns: cold, then warm with all threads and with one."""
    forget(file)
    options = arrow_csv.ParseOptions(delimiter=";")
    begin = time.perf_counter()
    arrow_csv.read_csv(str(file), parse_options=options)
    cold = time.perf_counter() - begin
    content = pa.py_buffer(file.read_bytes())

    def read(threads: bool) -> pa.Table:
        ways = arrow_csv.ReadOptions(use_threads=threads)
        return arrow_csv.read_csv(pa.BufferReader(content), read_options=ways, parse_options=options)

    return cold, quickest(lambda: read(True)), quickest(lambda: read(False))


def parts_alone(file: Path, project: Path) -> Parts:
    """What an import is made of that is slow on purpose, or cannot be left out, each done alone."""
    content = file.read_bytes()
    source = take_in([(file, Secret())], RECIPE, Task())[1]
    log = source.log
    if log is None:
        raise SystemExit("the import made no log")
    identity, ids = new_identity(), pa.array([f"KF-{case:06d}" for case in range(CASES)])
    chunks = [*event_chunks(log, Task()), *case_chunks(log, Task())]

    def encrypt() -> None:
        write_encrypted(project, (identity.recipient,), chunks, identity.key, Task())

    options = arrow_csv.ParseOptions(delimiter=";")
    return Parts(
        quickest(lambda: lock_identity(identity, PASSPHRASE)),
        quickest(lambda: lock_identity(identity, PASSPHRASE), time.process_time),
        quickest(lambda: arrow_csv.read_csv(pa.BufferReader(content), parse_options=options), time.process_time),
        quickest(encrypt),
        quickest(lambda: pseudonymise(ids, bytes(32), Task())),
        quickest(lambda: hashlib.sha256(content).digest()),
    )


def quickest(work: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    """Seconds of the quickest of several runs."""
    seconds = []
    for _ in range(TIMES):
        begin = clock()
        work()
        seconds.append(clock() - begin)
    return min(seconds)


def peak_mb() -> int:
    """The most memory that this process has taken so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.import_table")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    cost = measure(arguments.rows)
    if arguments.json:
        sys.stdout.write(json.dumps(asdict(cost)) + "\n")
        return
    for line in told(cost):
        sys.stdout.write(line + "\n")


def told(cost: ImportCost) -> list[str]:
    """What was measured, in lines."""
    parts, goal = cost.parts, f"(goal {cost.goal:.0f})"
    return [
        f"{cost.rows:,} rows, {cost.megabytes:.0f} MB, result {cost.warm.sha256[:16]}…",
        f"pyarrow merely reads them in {cost.pyarrow_cold_s:.2f} s cold,"
        f" {cost.pyarrow_warm_s:.2f} s warm, {cost.pyarrow_warm_one_thread_s:.2f} s warm with one thread",
        _told_run("cold", cost.cold) + f": {cost.ratio_cold:.1f} × pyarrow cold {goal}",
        _told_run("warm", cost.warm)
        + f": {cost.ratio_warm:.1f} × pyarrow warm {goal}, {cost.ratio_one_thread:.1f} × pyarrow warm with one thread",
        f"alone: locking the key {parts.lock_key_s:.2f} s, encrypting and reading back {parts.encrypt_s:.2f} s,"
        f" pseudonyms {parts.pseudonyms_s:.2f} s, hash of the file {parts.hash_file_s:.2f} s",
        f"processor time: import {cost.warm.cpu_s:.2f} s, of which {parts.lock_key_cpu_s:.2f} s lock the key;"
        f" pyarrow {parts.pyarrow_cpu_s:.2f} s: {cost.warm.cpu_s / parts.pyarrow_cpu_s:.1f} × pyarrow,"
        f" {(cost.warm.cpu_s - parts.lock_key_cpu_s) / parts.pyarrow_cpu_s:.1f} × without the key",
    ]


def _told_run(name: str, run: Run) -> str:
    return (
        f"import {name} {run.total_s:.2f} s ({run.wash_s:.2f} s read and washed, {run.save_s:.2f} s until saved;"
        f" processor {run.cpu_s:.2f} s; at most {run.memory_mb} MB)"
    )


if __name__ == "__main__":
    main()
