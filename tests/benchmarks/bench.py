"""Sagsflow's steps beside pm4py's and polars', in one run, with the lower bound that no program can pass.

Every figure is the fastest of several runs, the peers' as well as ours (pm4py at 10M: one run; the window: the median of seven).
Lower bounds: merely reading the columns; for open_project decrypting alone; for window_visible a bare QApplication with one window.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict, dataclass, field

from tests.benchmarks import processes
from tests.benchmarks.hot_path import BOUND, OURS, PM4PY, POLARS, coded_bytes, contestants, fastest, prepare
from tests.benchmarks.synthetic import SIZES, make_log


@dataclass(frozen=True)
class Measurement:
    """One step: milliseconds of ours, of each peer, and of the lower bound."""

    step: str
    events: int
    ours_ms: float
    lower_bound_ms: float
    peers: dict[str, float] = field(default_factory=dict)


def note(text: str) -> None:
    """Progress goes to standard error; standard output is for results."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def measure(size: str) -> tuple[list[Measurement], str]:
    """All steps, and what to say about the log and the memory of the engine."""
    note("Measuring window_visible …")
    window, bare = processes.measure_window()
    note(f"Making a log of {size} events …")
    log = make_log(SIZES[size])
    note("Measuring open_project …")
    opening = processes.measure_opening(log)
    note("Preparing the peers and comparing results …")
    steps = contestants(prepare(log))
    measured = []
    for step, works in steps.items():
        note(f"Measuring {step} …")
        best = fastest(works, slow_runs=1 if size == "10M" else 3)
        peers = {PM4PY: best[PM4PY], POLARS: best[POLARS]}
        measured.append(Measurement(step, log.n_events, best[OURS], best[BOUND], peers))
    measured.append(Measurement("open_project", log.n_events, opening["ours_ms"], opening["bound_ms"]))
    measured.append(Measurement("window_visible", log.n_events, window, bare))
    return measured, f"{log.n_events:,} events, {log.n_cases:,} cases. {_memory(opening, coded_bytes(log))}"


def _memory(opening: dict[str, float], coded: int) -> str:
    if "resident" not in opening:
        return "This system does not tell how much memory a process holds."
    held = opening["resident"]
    return f"The engine with its indexes holds {held / 1e6:.0f} MB, {held / coded:.2f}× the coded columns ({coded / 1e6:.0f} MB)."


def table(measured: list[Measurement]) -> str:
    """Milliseconds, and how many times as long the peers take, as text."""
    rows = [f"{'milliseconds':<26}{'ours':>10}{'pm4py':>20}{'polars':>18}{'lower bound':>20}"]
    for m in measured:
        peers = [f"{m.peers[name]:.1f} ({m.peers[name] / m.ours_ms:.1f}×)" if name in m.peers else "–" for name in (PM4PY, POLARS)]
        bound = f"{m.lower_bound_ms:.2f} (ours {m.ours_ms / m.lower_bound_ms:.1f}×)"
        rows.append(f"{m.step:<26}{m.ours_ms:>10.2f}{peers[0]:>20}{peers[1]:>18}{bound:>20}")
    return "\n".join(rows)


def main(arguments: list[str]) -> int:
    """Measure, and print a table, or with --json a list and nothing else."""
    parser = argparse.ArgumentParser(prog="dev.py bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", choices=SIZES, default="1M", help="size of the synthetic log (default: 1M)")
    parser.add_argument("--json", action="store_true", help="print a JSON list of the steps and nothing else")
    options = parser.parse_args(arguments)
    measured, about = measure(options.events)
    text = json.dumps([asdict(m) for m in measured], indent=1) if options.json else f"{about}\n\n{table(measured)}"
    sys.stdout.write(text + "\n")
    return 0
