"""The checks of registration practice on a million or ten million events: beside merely reading the columns, the longest wait of a Stop,
and the room they need.

    python -m tests.benchmarks.quality [--events 1M|10M] [--json]
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from dataclasses import asdict, dataclass, replace

import numpy as np
import pyarrow as pa

from engine.log.columns import attribute_key
from engine.log.event_log import SECOND, EventLog
from engine.quality.capability import judge
from engine.quality.effects import measure_effects
from engine.quality.heat import map_heat
from engine.quality.report import CHECKS, check_up
from engine.quality.view import Checked
from engine.tasks import Task
from tests.benchmarks.synthetic import SIZES, make_log

NOW, ZONE, K = 1_900_000_000_000_000, "Europe/Copenhagen", 5
UNITS, EMPLOYEES = 40, 2_000


@dataclass(frozen=True)
class Measured:
    """Seconds of work (one thread), and MiB above what the log itself takes. longest_wait: between two questions whether to go on."""

    events: int
    reading: float
    checks: float
    ratio: float
    slowest_check: str
    slowest: float
    answers: float
    one_finding: float
    longest_wait: float
    longest_wait_in: str
    more_mib: float


class Watch:
    """A task that notes how long it is not asked."""

    def __init__(self) -> None:
        self.last, self.longest, self.where, self.now = time.thread_time(), 0.0, "", ""

    def task(self) -> Task:
        """The task."""
        return Task(is_cancelled=self._asked)

    def _asked(self) -> bool:
        now = time.thread_time()
        if now - self.last > self.longest:
            self.longest, self.where = now - self.last, self.now
        self.last = time.thread_time()
        return False


def full_log(n_cases: int) -> EventLog:
    """The benchmark's log with every role that a check looks at."""
    log, rng = make_log(n_cases), np.random.default_rng(11)
    n = log.n_events

    def coded(names: int, stem: str) -> pa.DictionaryArray:
        codes = pa.array(rng.integers(0, names, n, dtype=np.int32))
        return pa.DictionaryArray.from_arrays(codes, pa.array([f"{stem} {number}" for number in range(names)]))

    columns = {attribute_key(name): column for name, column in log.event_columns.items()}
    numbers = pa.DictionaryArray.from_arrays(pa.array(np.arange(n, dtype=np.int32)), pa.array(np.arange(n)).cast(pa.string()))
    columns |= {"unit": coded(UNITS, "Unit"), "employee": coded(EMPLOYEES, "E"), "actor": coded(4, "actor")}
    columns[attribute_key("number")] = numbers
    registered = log.timestamp + rng.integers(0, 5 * 86_400_000_000, n)
    return replace(log, registered=registered, precision=np.full(n, SECOND, np.uint8), event_columns=columns)


def read_columns(log: EventLog) -> float:
    """Seconds to look at every value of the columns once."""
    begin = time.thread_time()
    for array in (log.activity, log.timestamp, log.registered, log.precision, log.offsets):
        if array is not None:
            array.sum()
    for column in log.event_columns.values():
        column.indices.to_numpy().sum()
    return time.thread_time() - begin


def measure(size: str) -> Measured:
    """One run."""
    log = full_log(SIZES[size])
    reading = min(read_columns(log) for _ in range(3))
    before, watch = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, Watch()
    checked = Checked(log, ZONE, NOW, watch.task())
    times: dict[str, float] = {}
    watch.last = time.thread_time()
    for check in CHECKS:
        begin, watch.now = time.thread_time(), check.__name__
        list(check(checked))
        times[check.__name__] = time.thread_time() - begin
        checked.task.check()
    watch.now = "check_up"
    found = check_up(checked)
    begin, watch.now = time.thread_time(), "judge"
    judge(checked, found.report)
    answers = time.thread_time() - begin
    begin, watch.now = time.thread_time(), "one finding"
    touched = found.touched[0].flags(log)
    measure_effects(log, *touched, found.report.findings[0].distorts, checked.task)
    map_heat(checked, "late_registration", *touched, K)
    one = time.thread_time() - begin
    more = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    slowest = max(times, key=lambda name: times[name])
    total = sum(times.values())
    return Measured(
        log.n_events, reading, total, total / reading, slowest, times[slowest], answers, one, watch.longest, watch.where, more
    )  # fmt: skip


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", choices=tuple(SIZES), default="1M")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    found = measure(arguments.events)
    if arguments.json:
        sys.stdout.write(json.dumps(asdict(found), indent=1) + "\n")
        return
    for name, value in asdict(found).items():
        sys.stdout.write(f"{name:>16}  {value if isinstance(value, str | int) else round(value, 3)}\n")


if __name__ == "__main__":
    main()
