"""How soon the wash can be stopped: `python -m tests.benchmarks.stopping [--rows N] [--json]`.

Every kind of step runs on a million made-up rows, and the file is read and becomes a log; told is the longest stretch between two questions
whether to go on, in processor time of all threads, so that other work on the computer does not count. Each is the shortest of several runs.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import msgspec

from engine.intake import join_parts, open_extract, part_of, read_rows
from engine.log.columns import ColumnRoles
from engine.service.messages import Secret
from engine.tasks import Task
from engine.washing import values
from engine.washing.extract_findings import extract_findings
from engine.washing.rows import Rows
from engine.washing.wash import wash
from tests.benchmarks.import_table import ACTIVITIES, COLUMNS, extract_of

G = TypeVar("G")
GOAL_MS = 50.0
TIMES = 3
STEPS: tuple[values.AnyStep, ...] = (
    values.Trim(),
    values.UnifySpelling(column="aktivitet"),
    values.RepairEncoding(),
    values.UnifyDecimals(columns=("enhed",)),
    values.MapValues(column="kode", table={f"K{code:02d}": f"Skridt {code}" for code in range(ACTIVITIES)}, into="aktivitet"),
    values.JoinColumns(columns=("sag_id", "aktivitet"), into="begge"),
    values.SplitActivity(activity="Trin 1", by="enhed"),
    values.KeepRows(column="annulleret", values=("nej",)),
    values.DropRows(column="annulleret", values=("ja",)),
    values.DropCases(column="sag_id", pattern="9$"),
    values.DropDuplicates(),
    values.DropNearDuplicates(minutes=10.0),
    values.RepairSummerTime(),
    values.ClipPeriod(first="2023-06-01", end="2025-01-01"),
    values.SplitCases(days=90),
    values.SplitAtActivity(activities=("Trin 1",)),
    values.SplitAtChange(column="enhed"),
    values.MergeCases(earlier="enhed"),
    values.KeywordActivity(column="enhed", table={"1": "et", "2": "to"}, into="ord", otherwise="aktivitet"),
    values.CaseworkerOrder(column="enhed", into="hvem"),
)


class Watch:
    """A task that is never stopped and remembers its longest stretch without a question, in ms of processor time."""

    def __init__(self) -> None:
        self.longest = 0.0
        self._last = time.process_time()
        self.task = Task(is_cancelled=self._asked)

    def _asked(self) -> bool:
        now = time.process_time()
        self.longest = max(self.longest, 1000 * (now - self._last))
        self._last = now
        return False

    def end(self) -> float:
        """The longest stretch, up to now."""
        self._asked()
        return self.longest


def longest_stretch(work: Callable[[G, Task], object], given: Callable[[], G]) -> float:
    """The longest stretch of the best of several runs, each with what it is given made anew."""
    found = []
    for _ in range(TIMES):
        rows = given()
        watch = Watch()
        work(rows, watch.task)
        found.append(watch.end())
    return min(found)


def measure(rows: int) -> dict[str, float]:
    """Milliseconds by what was done."""
    roles = ColumnRoles("sag_id", "aktivitet", "tid", unit="enhed")
    table = values.TableRecipe(roles=roles, columns=COLUMNS, delimiter=";", timestamp_format="%d-%m-%Y %H:%M:%S")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "udtræk.csv"
        file.write_bytes(extract_of(rows))
        found = {"read file": longest_stretch(lambda path, task: open_extract(path, Secret(), task), lambda: file)}
        source = open_extract(file, Secret(), Task())
    everything = reading_all(table)
    found["read rows"] = longest_stretch(lambda given, task: read_rows(given, everything, task), lambda: source)
    read, columns = read_rows(source, everything, Task())
    for step in STEPS:
        name = str(type(step).__struct_config__.tag)
        found[name] = longest_stretch(lambda rows, task, step=step: wash(rows, (step,), task), lambda: again(read))  # type: ignore[misc]
    found["make log"] = longest_stretch(
        lambda rows, task: join_parts([part_of(source, table, columns, rows, (rows, ()), task)], task), lambda: again(read)
    )
    found["look through"] = longest_stretch(extract_findings, lambda: again(read))
    return found


def reading_all(table: values.TableRecipe) -> values.TableRecipe:
    """The table with a step that makes every column be read."""
    return msgspec.structs.replace(table, steps=(values.DropDuplicates(columns=COLUMNS),))


def again(rows: Rows) -> Rows:
    """The rows as they were read, with nothing of them remembered."""
    return Rows.of(rows.table, rows.roles, rows.file_name, rows.file_row, rows.timezone, rows.timestamp_format)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.stopping")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    found = measure(arguments.rows)
    if arguments.json:
        sys.stdout.write(json.dumps(found) + "\n")
        return
    for name, ms in found.items():
        sys.stdout.write(f"{name:24} {ms:7.1f} ms{'' if ms <= GOAL_MS else '  *'}\n")


if __name__ == "__main__":
    main()
