"""How long an import takes: `python -m tests.benchmarks.import_table [--rows N] [--json]`.

A CSV of one million rows becomes, by a recipe of six steps, a finished encrypted project; in the same run pyarrow merely reads the same
bytes (the reference), and the file is merely loaded. Each is done several times and the quickest counts; memory is the peak of the process.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv

from engine.intake import take_in
from engine.log.columns import ColumnRoles
from engine.service.messages import ProjectFacts, SaveProject, Secret
from engine.sources import save_project
from engine.tasks import Task
from engine.vault.keys import lock_identity, new_identity
from engine.washing.values import DropDuplicates, DropNearDuplicates, DropRows, MapValues, Recipe, TableRecipe, Trim, UnifySpelling

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
class ImportCost:
    """Seconds of the quickest run of each part, their ratio to pyarrow's reading, and the peak of memory in MB before and after.

    key_s: what locking the project's key with the passphrase alone takes, a part of saving that is slow on purpose and equal for all sizes.
    """

    rows: int
    megabytes: float
    load_s: float
    pyarrow_s: float
    wash_s: float
    save_s: float
    key_s: float
    import_s: float
    cpu_s: float
    ratio: float
    ratio_to_load: float
    goal: float
    memory_before_mb: int
    memory_mb: int


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
    """Make the extract; in a process of its own, so that its memory does not count."""
    file.write_bytes(extract_of(rows))


def measure(rows: int) -> ImportCost:
    """Everything measured in one run."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "udtræk.csv"
        maker = get_context("spawn").Process(target=write_extract, args=(file, rows))
        maker.start()
        maker.join()
        load_s = quickest(file.read_bytes)
        pyarrow_s = pyarrow_alone(file.read_bytes())
        before = peak_mb()
        key_s = quickest(lambda: lock_identity(new_identity(), PASSPHRASE))
        runs = [import_once(file, Path(folder) / f"projekt {number}") for number in range(TIMES)]
        wash_s, save_s, cpu_s = min(runs, key=lambda run: run[0] + run[1])
        total = wash_s + save_s
        size = file.stat().st_size / 1e6
    return ImportCost(
        rows, size, load_s, pyarrow_s, wash_s, save_s, key_s, total, cpu_s, total / pyarrow_s, total / load_s, GOAL, before, peak_mb()
    )


def import_once(file: Path, project: Path) -> tuple[float, float, float]:
    """Seconds until the log is washed, seconds until its project is finished, and processor time of both."""
    begin, processor = time.perf_counter(), time.process_time()
    _, source = take_in([(file, Secret())], RECIPE, Task())
    washed = time.perf_counter()
    facts = ProjectFacts("Måling", "måling", "ingen personer", "2030-12-31")
    save_project(source, SaveProject(str(project), facts, PASSPHRASE, None), Task())
    return washed - begin, time.perf_counter() - washed, time.process_time() - processor


def pyarrow_alone(content: bytes) -> float:
    """Seconds that pyarrow takes for the bytes, with all its threads."""
    options = arrow_csv.ParseOptions(delimiter=";")
    return quickest(lambda: arrow_csv.read_csv(pa.BufferReader(content), parse_options=options))


def quickest(work: Callable[[], object]) -> float:
    """Seconds of the quickest of several runs."""
    seconds = []
    for _ in range(TIMES):
        begin = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - begin)
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
    sys.stdout.write(
        f"{cost.rows:,} rows, {cost.megabytes:.0f} MB: loading {cost.load_s:.2f} s, pyarrow {cost.pyarrow_s:.2f} s\n"
        f"import {cost.import_s:.2f} s ({cost.wash_s:.2f} s read and washed,"
        f" {cost.save_s:.2f} s saved, of which {cost.key_s:.2f} s lock the key; processor {cost.cpu_s:.2f} s): "
        f"{cost.ratio:.1f} × pyarrow (goal {cost.goal:.0f}), {cost.ratio_to_load:.0f} × loading\n"
        f"memory {cost.memory_before_mb} MB before, {cost.memory_mb} MB at most\n"
    )


if __name__ == "__main__":
    main()
