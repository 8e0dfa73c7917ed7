"""Real logs agree with truth that others computed: read plain, compressed and encrypted, from XES and from tables."""

from __future__ import annotations

import gzip
import re
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyrage
import pytest

from engine.description import Description, describe
from engine.importing.reading import read_log
from engine.importing.stretches import unordered_events
from engine.log.columns import ColumnRoles, ReadOptions
from engine.log.event_log import EventLog
from engine.log.variants import find_variants
from engine.service.messages import Secret
from engine.sources import read_source
from engine.tasks import Task
from engine.texts import Texts
from tests import real_logs
from tests.real_logs import RealLog, needs_real_logs

ENGLISH = Texts("en")
EVERYTHING = real_logs.logs() + real_logs.tables() + real_logs.running_examples()
EVERY_LOG = real_logs.over("real", EVERYTHING)
ROUNDED = 6e-4


@cache
def read(real: RealLog) -> tuple[EventLog, Description]:
    log = read_log(real.read_bytes(), real.path.name, ReadOptions(roles=ColumnRoles(**real.roles)), Task())
    return log, describe(log, ENGLISH, Task())


def near(value: float | None, truth: float) -> bool:
    return value is not None and abs(value - truth) <= max(ROUNDED, 1e-9 * abs(truth))


@needs_real_logs
def test_the_shared_data_is_all_here() -> None:
    assert len(real_logs.logs()) == 10
    assert len(real_logs.tables()) == 8
    assert len(real_logs.running_examples()) == 2
    assert len(real_logs.odd_xes()) == 35


@EVERY_LOG
def test_counts_and_period(real: RealLog) -> None:
    truth, (_, found) = real.truth, read(real)
    assert (found.cases, found.events, found.activities) == (truth["cases_with_events"], truth["events"], truth["activities"])
    assert found.variants == truth["timestamp_stable_order"]["variants"]
    assert datetime.fromisoformat(str(found.first_event)) == datetime.fromisoformat(truth["first_event_utc"])
    assert datetime.fromisoformat(str(found.last_event)) == datetime.fromisoformat(truth["last_event_utc"])


@EVERY_LOG
def test_case_durations(real: RealLog) -> None:
    truth, found = real.truth["case_duration_seconds"], read(real)[1].case_duration_seconds
    assert near(found.median, truth["median"])
    assert near(found.mean, truth["mean"])
    assert near(found.p90, truth["p90_linear"])
    assert near(found.min, truth["min"])
    assert near(found.max, truth["max"])


@EVERY_LOG
def test_directly_follows_graph(real: RealLog) -> None:
    truth, found = real.truth["timestamp_stable_order"], read(real)[1]
    arcs = {(arc.source, arc.target): arc for arc in found.directly_follows}
    assert len(found.directly_follows) == len(arcs) == truth["dfg_arcs"]
    assert sum(arc.count for arc in arcs.values()) == truth["dfg_arc_frequency_total"]
    assert all(arcs[source, target].count == count for source, target, count in truth["dfg_top10"])
    counts = [arc.count for arc in found.directly_follows]
    assert counts == sorted(counts, reverse=True)
    assert counts[: len(truth["dfg_top10"])] == [count for _, _, count in truth["dfg_top10"]]


@EVERY_LOG
def test_waiting_times_of_the_top_paths(real: RealLog) -> None:
    rows = real.truth.get("performance_top10_arcs_seconds", {}).get("rows [from,to,count,mean,median]", [])
    assert rows or real.path.suffix == ".csv" or "performance_top10_arcs_seconds" not in real.truth
    arcs = {(arc.source, arc.target): arc for arc in read(real)[1].directly_follows}
    for source, target, count, mean, median in rows:
        arc = arcs[source, target]
        assert arc.count == count
        assert near(arc.mean_seconds, mean)
        assert near(arc.median_seconds, median)
        assert arc.min_seconds is not None and arc.max_seconds is not None
        assert arc.min_seconds <= arc.median_seconds <= arc.max_seconds  # type: ignore[operator]


@EVERY_LOG
def test_start_and_end_activities(real: RealLog) -> None:
    truth, found = real.truth["timestamp_stable_order"], read(real)[1]
    for name, counts in (("start", found.start_activities), ("end", found.end_activities)):
        assert len(counts) == truth[f"{name}_activities_n"]
        assert all(counts[activity] == count for activity, count in truth[f"{name}_activities"])
        assert sum(counts.values()) == found.cases


@EVERY_LOG
def test_variants(real: RealLog) -> None:
    truth, (log, found) = real.truth["timestamp_stable_order"], read(real)
    index = find_variants(log)
    sequences = [tuple(log.activities[code] for code in index.sequence(place)) for place in range(index.n_variants)]
    all_counts = dict(zip(sequences, index.counts.tolist(), strict=True))
    assert all(all_counts[tuple(variant["activities"])] == variant["count"] for variant in truth["top5_variants"])
    assert sum(count == 1 for count in all_counts.values()) == truth["variants_with_one_case"]
    assert [one.count for one in found.top_variants] == sorted(all_counts.values(), reverse=True)[:10]


@EVERY_LOG
def test_a_sound_log_raises_no_warnings_but_that_dates_alone_do_not_order_a_day(real: RealLog) -> None:
    log, found = read(real)
    unordered = int(unordered_events(log, "UTC").sum())
    assert len(found.warnings) == (unordered > 0)
    assert unordered == {"BPI2016_Complaints.csv": 64}.get(real.path.name, 0)


@EVERY_LOG
def test_encrypted_to_a_key_it_says_the_same(real: RealLog, tmp_path: Path) -> None:
    identity = pyrage.x25519.Identity.generate()
    key, file = tmp_path / "nøgle.txt", tmp_path / "log.age"
    key.write_text(str(identity), "utf-8")
    file.write_bytes(pyrage.encrypt(real.read_bytes(), [identity.to_public()]))
    log = read_source(file, Secret(identity_path=str(key)), ReadOptions(roles=ColumnRoles(**real.roles)), Task())
    assert describe(log, ENGLISH, Task()) == read(real)[1]


@needs_real_logs
@pytest.mark.parametrize("name", ["receipt.xes.gz", "interval_event_log.csv", "Dreyers"])
def test_the_wrapping_does_not_matter(name: str) -> None:
    real = next(one for one in EVERYTHING if one.name.startswith(name))
    raw = real.read_bytes()
    plain = gzip.decompress(raw) if raw.startswith(b"\x1f\x8b") else raw
    options = ReadOptions(roles=ColumnRoles(**real.roles))
    for wrapped in (plain, gzip.compress(plain), pa.compress(plain, "zstd", asbytes=True)):
        assert describe(read_log(wrapped, "a file of any name", options, Task()), ENGLISH, Task()) == read(real)[1]


@needs_real_logs
def test_the_same_log_as_table_and_as_xes() -> None:
    table, xes = (read(real)[1] for real in real_logs.running_examples())
    same = ("cases", "events", "activities", "variants", "first_event", "last_event", "case_duration_seconds", "directly_follows")
    assert all(getattr(table, name) == getattr(xes, name) for name in same)
    assert table.start_activities == xes.start_activities
    assert table.end_activities == xes.end_activities


@needs_real_logs
def test_start_stamps_change_neither_order_nor_arc_times_unless_asked_for() -> None:
    real = next(one for one in EVERYTHING if one.name == "interval_event_log.csv")
    with_start = ReadOptions(roles=ColumnRoles(**real.roles, start="start_timestamp"))
    log = read_log(real.read_bytes(), real.path.name, with_start, Task())
    assert read(real)[0].start is None
    assert log.start is not None and (log.start <= log.timestamp).all()
    told = describe(log, ENGLISH, Task())
    assert told.columns["start"] == "start_timestamp"
    assert [(arc.source, arc.target, arc.count) for arc in told.directly_follows] == [
        (arc.source, arc.target, arc.count) for arc in read(real)[1].directly_follows
    ]


def agreed(verdict: dict[str, Any]) -> tuple[int, int] | None:
    """Cases and events where every reader says the same and none fails; a table of no rows (rustxes) has no cases."""
    said = set()
    for reader in ("pm4py_iterparse", "pm4py_chunk_regex", "pm4py_line_by_line"):
        if "error" in verdict[reader]:
            return None
        said.add((verdict[reader]["cases"], verdict[reader]["events"]))
    if "error" in verdict["rustxes"] or len(said) > 1:
        return None
    cases, events = said.pop()
    rows = verdict["rustxes"]["rows"]
    return (cases, events) if rows == events and (rows > 0 or cases == 0) else None


@real_logs.over("odd", real_logs.odd_xes())
def test_odd_files_give_agreed_numbers_or_honest_warnings(odd: tuple[Path, dict[str, Any]]) -> None:
    path, verdict = odd
    found = describe(read_log(path.read_bytes(), path.name, ReadOptions(), Task()), ENGLISH, Task())
    expected = agreed(verdict)
    if expected is not None:
        assert (found.cases, found.events) == expected
    assert found.warnings, "every one of these files lacks something that must be said"
    assert found.first_event is None and found.case_duration_seconds.median is None
    left_out = sum(int(number) for line in found.warnings if "left out" in line for number in re.findall(r"\d+", line))
    tags = verdict["raw_tags"]
    assert found.events + left_out >= tags["event"], "each event tag is counted or said to be left out"


@needs_real_logs
def test_most_odd_files_are_agreed_on() -> None:
    assert sum(agreed(verdict) is not None for _, verdict in real_logs.odd_xes()) >= 18
