"""Every step of the hot path beside pm4py and polars in one run, with the lower bound that no program can pass.

Each figure is the fastest of several runs, for the peers as for us (pm4py: one run at 10M). The results are compared before they are timed.
"""

from __future__ import annotations

import argparse
import gc
import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from engine.discovery.dfg import ArcTimes, Dfg, discover_dfg, measure_arcs
from engine.log.arc_index import ArcIndex, index_arcs
from engine.log.event_log import EventLog
from engine.log.filtering import case_mask
from engine.log.selection import HasActivity, Selection, StartedBetween
from engine.log.statistics import case_starts, events_per_case
from engine.log.variants import VariantIndex, find_variants
from tests.benchmarks.synthetic import SIZES, make_log

BUDGET_SECONDS, MOST_RUNS = 2.0, 30


@dataclass
class Measurement:
    """One step: milliseconds of ours, of each peer, and of the lower bound."""

    step: str
    events: int
    ours_ms: float
    peers: dict[str, float] = field(default_factory=dict)
    lower_bound_ms: float = 0.0


@dataclass(frozen=True)
class Prepared:
    """The log with its indexes, and the filter of the filtered steps."""

    log: EventLog
    variants: VariantIndex
    arcs: ArcIndex
    selection: Selection
    mask: np.ndarray


def fastest_ms(work: Callable[[], Any], runs: int = MOST_RUNS) -> float:
    """The fastest of several runs within the time budget (at least one), milliseconds."""
    gc.collect()
    best, begun = float("inf"), time.perf_counter()
    for _ in range(runs):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
        if time.perf_counter() - begun > BUDGET_SECONDS:
            break
    return best * 1000


def note(text: str) -> None:
    """Progress goes to standard error; standard output is for results."""
    print(text, file=sys.stderr, flush=True)


def prepare(size: str) -> Prepared:
    """The synthetic log, indexed; the filter keeps the middle half of the cases' starts, and those with an activity most have."""
    log = make_log(size)
    variants = find_variants(log)
    first, last = np.percentile(case_starts(log), [25, 75]).astype(np.int64).tolist()
    share = discover_dfg(log, variants).activity_cases / log.n_cases
    activity = log.activities[int(np.argmin(abs(share - 0.7)))]
    selection = Selection((StartedBetween(first, last), HasActivity(activity)))
    mask = case_mask(log, variants, selection)
    assert mask is not None
    return Prepared(log, variants, index_arcs(log), selection, mask)


def answer_filter(p: Prepared) -> tuple[np.ndarray, Dfg, ArcTimes]:
    """From a filter to the new numbers of the map."""
    mask = case_mask(p.log, p.variants, p.selection)
    assert mask is not None
    return mask, discover_dfg(p.log, p.variants, mask), measure_arcs(p.arcs, mask)


def measure_hot_path(p: Prepared, pm4py_runs: int) -> list[Measurement]:
    """The four steps of the hot path."""
    note("Preparing the peers …")
    from tests.benchmarks.peers import Pm4py, Polars

    polars, pm4py = Polars(p.log), Pm4py(p.log)
    period, has = p.selection.filters
    assert isinstance(period, StartedBetween)
    assert isinstance(has, HasActivity)
    code = p.log.activities.index(has.activity)
    kept_events, kept_cases = polars.keep_events(p.mask), p.log.case_ids.to_pandas()[p.mask]
    require_agreement(p, polars, pm4py, kept_events)
    steps: dict[str, tuple[Callable[[], Any], Callable[[], Any], Callable[[], Any], Callable[[], Any]]] = {
        "dfg_frequency": (
            lambda: discover_dfg(p.log, p.variants), polars.dfg_frequency, pm4py.dfg_frequency, lambda: read_columns(p.log, False)
        ),
        "dfg_statistics_filtered": (
            lambda: measure_arcs(p.arcs, p.mask),
            lambda: polars.dfg_statistics_filtered(kept_events),
            lambda: pm4py.dfg_statistics_filtered(kept_cases),
            lambda: read_columns(p.log, True),
        ),
        "variants": (lambda: find_variants(p.log), polars.variants, pm4py.variants, lambda: read_columns(p.log, False)),
        "case_filter_all": (
            lambda: answer_filter(p),
            lambda: polars.case_filter_all(period.first, period.last, code),
            lambda: pm4py.case_filter_all(period.first, period.last, has.activity),
            lambda: read_columns(p.log, True),
        ),
    }
    measured = []
    for step, (ours, theirs_polars, theirs_pm4py, bound) in steps.items():
        note(f"Measuring {step} …")
        peers = {"pm4py": fastest_ms(theirs_pm4py, pm4py_runs), "polars": fastest_ms(theirs_polars)}
        measured.append(Measurement(step, p.log.n_events, fastest_ms(ours), peers, fastest_ms(bound)))
    return measured


def read_columns(log: EventLog, with_times: bool) -> int:
    """Merely read the columns once."""
    total = int(np.bitwise_or.reduce(log.activity)) + int(np.bitwise_or.reduce(log.offsets))
    return total + int(np.bitwise_or.reduce(log.timestamp)) if with_times else total


def require_agreement(p: Prepared, polars: Any, pm4py: Any, kept_events: Any) -> None:
    """Ours and polars must have the same numbers; pm4py's agreement is a test of its own, on smaller logs, and its counts are checked here."""
    dfg = discover_dfg(p.log, p.variants)
    _, kept, times = answer_filter(p)
    theirs = polars.dfg_statistics_filtered(kept_events)
    ours = np.flatnonzero(times.n)
    checks = [
        dfg.count.tolist() == polars.dfg_frequency(),
        dfg.count.tolist() == pm4py.dfg_frequency(),
        p.variants.counts.tolist() == polars.variants(),
        kept.count.tolist() == times.n[ours].tolist() == theirs["n"].to_list(),
        np.allclose(times.median[ours], theirs["median"].to_numpy() / 1e6) and np.allclose(times.mean[ours], theirs["mean"].to_numpy() / 1e6),
    ]
    if not all(checks):
        raise SystemExit(f"The programs do not agree: {checks}")


def coded_bytes(log: EventLog) -> int:
    """Bytes of the log as coded columns: a case code (int32), activity, timestamp and attribute codes for every event."""
    attributes = sum(column.indices.nbytes for column in log.event_columns.values())
    return 4 * log.n_events + log.activity.nbytes + log.timestamp.nbytes + attributes


def index_bytes(p: Prepared) -> int:
    """Bytes of what the engine keeps for the log: columns, offsets, variants and arc index."""
    log = p.log
    columns = log.activity.nbytes + log.timestamp.nbytes + log.offsets.nbytes + log.case_ids.nbytes
    attributes = sum(column.nbytes for column in log.event_columns.values())
    return columns + attributes + p.variants.case_variant.nbytes + p.variants.sequences.nbytes + p.arcs.duration.nbytes + p.arcs.case.nbytes


def print_table(measured: list[Measurement], p: Prepared) -> None:
    """The figures and ratios as text."""
    print(f"{p.log.n_events:,} events, {p.log.n_cases:,} cases, {p.variants.n_variants:,} variants; milliseconds, fastest run\n")
    print(f"{'step':<26}{'ours':>10}{'pm4py':>12}{'polars':>10}{'bound':>9}   ratios")
    for m in measured:
        shown = {name: f"{m.peers[name]:.1f}" if name in m.peers else "–" for name in ("pm4py", "polars")}
        ratios = ", ".join(f"{ms / m.ours_ms:.1f}× {name}" for name, ms in m.peers.items()) or f"{m.ours_ms / m.lower_bound_ms:.1f}× the bound"
        print(f"{m.step:<26}{m.ours_ms:>10.2f}{shown['pm4py']:>12}{shown['polars']:>10}{m.lower_bound_ms:>9.2f}   {ratios}")
    coded, kept = coded_bytes(p.log), index_bytes(p)
    print(f"\nmemory: columns and indexes {kept / 1e6:.0f} MB, {kept / coded:.2f}× the coded columns ({coded / 1e6:.0f} MB)")
    print(f"events per case: {events_per_case(p.log).mean():.1f}")


def main(arguments: list[str]) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="dev.py bench", description=__doc__)
    parser.add_argument("--events", choices=SIZES, default="1M")
    parser.add_argument("--json", action="store_true", help="print a JSON list and nothing else")
    options = parser.parse_args(arguments)
    note(f"Making a log of {options.events} events …")
    p = prepare(options.events)
    measured = measure_hot_path(p, pm4py_runs=1 if options.events == "10M" else 3)
    if options.json:
        print(json.dumps([vars(m) for m in measured], indent=1))
    else:
        print_table(measured, p)
    return 0
