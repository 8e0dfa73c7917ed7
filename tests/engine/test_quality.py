"""Registration practice: each defect that was planted in a clean log is found, counted right, and shown by a case that has it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import numpy as np
import pyarrow as pa
import pytest

from engine.errors import Cancelled
from engine.log.event_log import NO_TIME, EventLog, build_event_log
from engine.quality.report import CHECKS, check_quality
from engine.quality.values import Finding
from engine.tasks import Task

Row = tuple[str, str, datetime | None]
FIRST = datetime(2025, 3, 3, 9, 17, 41, tzinfo=UTC)
NOW = datetime(2025, 12, 1, tzinfo=UTC)
STEPS = ("Ansøgning modtaget", "Oplyst", "Afgjort", "Udbetalt")
N = 200


def clean() -> list[Row]:
    """Two hundred cases in which nothing is wrong: a new one every working hour or so, four steps each."""
    rows: list[Row] = []
    for case in range(N):
        begin = FIRST + timedelta(days=case * 0.7, minutes=7 * (case % 13), seconds=11 * (case % 7))
        for number, step in enumerate(STEPS):
            rows.append((f"s{case}", step, begin + timedelta(days=3 * number, hours=case % 5 * number, minutes=(13 * number + case) % 47)))
    return rows


def log_of(rows: list[Row], starts: list[datetime | None] | None = None) -> EventLog:
    cases, names = sorted({row[0] for row in rows}), sorted({row[1] for row in rows})
    moment = [NO_TIME if time is None else int(time.timestamp() * 1e6) for _, _, time in rows]
    start = None if starts is None else np.array([NO_TIME if one is None else int(one.timestamp() * 1e6) for one in starts], np.int64)
    return build_event_log(
        case_codes=np.array([cases.index(row[0]) for row in rows], np.int64),
        case_ids=pa.array(cases),
        activity_codes=np.array([names.index(row[1]) for row in rows], np.int64),
        activities=names,
        timestamp=np.array(moment, np.int64),
        start=start,
    )


def found(rows: list[Row], starts: list[datetime | None] | None = None) -> dict[str, list[Finding]]:
    report = check_quality(log_of(rows, starts), "Europe/Copenhagen", int(NOW.timestamp() * 1e6), Task())
    by_check: dict[str, list[Finding]] = {}
    for finding in report.findings:
        by_check.setdefault(finding.check, []).append(finding)
    return by_check


def only(rows: list[Row], check: str, starts: list[datetime | None] | None = None) -> Finding:
    """The one finding of a check; its example is among the cases of the log."""
    (finding,) = found(rows, starts)[check]
    assert finding.total >= finding.count > 0
    return finding


def test_a_clean_log_has_no_finding() -> None:
    assert found(clean()) == {}


def test_missing_times_and_activities() -> None:
    rows = [(case, step, None if place % 50 == 3 else time) for place, (case, step, time) in enumerate(clean())]
    assert only(rows, "missing_time").count == 16
    rows = [(case, "(no activity)" if place % 80 == 2 else step, time) for place, (case, step, time) in enumerate(clean())]
    assert only(rows, "missing_activity").count == 10


def test_stamps_that_are_to_come() -> None:
    rows = clean()
    rows[-1] = (rows[-1][0], rows[-1][1], NOW + timedelta(days=11, hours=1))
    finding = only(rows, "future")
    assert (finding.count, finding.values["days"]) == (1, 12)


def at_midnight(time: datetime) -> datetime:
    """Local midnight of the day."""
    return time.astimezone(ZoneInfo("Europe/Copenhagen")).replace(hour=0, minute=0, second=0)


def test_dates_without_a_time_and_midnights_among_times() -> None:
    rows = [(case, step, at_midnight(time) if step == "Udbetalt" and time else time) for case, step, time in clean()]
    finding = only(rows, "date_only")
    assert (finding.count, finding.values["activity"]) == (N, "Udbetalt")
    assert "midnight" not in found(rows)
    some = [(case, step, at_midnight(time) if step == "Oplyst" and time and case in {"s5", "s9"} else time) for case, step, time in clean()]
    assert only(some, "midnight").count == 2


def test_night_jobs_and_batches() -> None:
    night = [
        (case, step, at_midnight(time) + timedelta(minutes=1 + int(case[1:]) % 10, seconds=7) if step == "Udbetalt" and time else time)
        for case, step, time in clean()
    ]
    assert only(night, "night_job").count == N
    moment = datetime(2025, 8, 1, 6, 0, 3, tzinfo=UTC)
    batch = [(case, step, moment if step == "Udbetalt" and int(case[1:]) < 25 else time) for case, step, time in clean()]
    finding = only(batch, "batch")
    assert (finding.count, finding.values["batches"]) == (25, 1)


def test_a_hole_in_the_log() -> None:
    hole = datetime(2025, 5, 20, tzinfo=UTC)
    rows = [(case, step, time + timedelta(days=30) if time and time > hole else time) for case, step, time in clean()]
    finding = only(rows, "inactive")
    assert finding.count == 30 and finding.values["date"] == "2025-05-20"


def test_duplicates_corrections_ties_and_shifts() -> None:
    rows = clean()
    assert only([*rows, *rows[40:47]], "duplicate").count == 7
    corrected = [(case, step, time + timedelta(minutes=3)) for case, step, time in rows[40:45] if time]
    assert only([*rows, *corrected], "near_duplicate").count == 5
    tied = [*rows]
    tied[5] = (tied[5][0], tied[5][1], tied[4][2])
    assert only(tied, "tie").count == 2
    shifted = [*rows]
    for place in range(0, 160, 4):
        before = shifted[place][2]
        shifted[place + 1] = (shifted[place + 1][0], shifted[place + 1][1], before + timedelta(minutes=1) if before else None)
    assert only(shifted, "minute_shift").count == 40


def test_ends_before_starts_and_overlaps() -> None:
    rows = clean()
    starts = [time - timedelta(hours=1) if time else None for _, _, time in rows]
    starts[6] = rows[6][2] + timedelta(hours=2) if rows[6][2] else None
    assert only(rows, "negative", starts).count == 1
    starts = [time - timedelta(hours=1) if time else None for _, _, time in rows]
    starts[9] = rows[8][2] - timedelta(minutes=5) if rows[8][2] else None
    assert only(rows, "overlap", starts).count == 1


def test_steps_twice_in_the_wrong_order_or_missing() -> None:
    rows = clean()
    again = [(case, step, time + timedelta(hours=20)) for case, step, time in rows[8:21:4] if time]
    finding = only([*rows, *again], "frequency")
    assert (finding.count, finding.total) == (4, N)
    swapped = [*rows]
    for place in (41, 81, 121):
        swapped[place], swapped[place + 1] = (
            (swapped[place][0], swapped[place][1], swapped[place + 1][2]),
            (swapped[place + 1][0], swapped[place + 1][1], swapped[place][2]),
        )
    finding = only(swapped, "order")
    assert (finding.count, finding.values) == (3, {"first": "Oplyst", "second": "Afgjort"})
    lacking = [row for place, row in enumerate(rows) if place not in {2, 42}]
    assert {(one.values["second"], one.count) for one in found(lacking)["related"]} == {("Afgjort", 2)}


def test_cases_that_stop_midway_and_cases_that_never_end() -> None:
    rows = [row for row in clean() if not (row[0] in {"s3", "s8"} and row[1] in STEPS[2:])]
    assert only(rows, "unfinished").count == 2
    late = clean()
    late[31] = ("s7", STEPS[-1], FIRST + timedelta(days=120))
    assert only(late, "duration").count == 1


def test_names_written_in_two_ways_and_codes_that_come_and_go() -> None:
    rows = [(case, "ansøgning  modtaget." if step == STEPS[0] and case in {"s1", "s2"} else step, time) for case, step, time in clean()]
    finding = only(rows, "similar")
    assert (finding.count, finding.values["second"]) == (2, STEPS[0])
    wrong = [(case, "Ansøgnign modtaget" if step == STEPS[0] and case == "s1" else step, time) for case, step, time in clean()]
    assert only(wrong, "similar").count == 1
    alike = [(case, {"Oplyst": "Samtale booket", "Afgjort": "Samtale ombooket"}.get(step, step), time) for case, step, time in clean()]
    assert "similar" not in found(alike)
    change = datetime(2025, 5, 10, tzinfo=UTC)
    coded = [(case, "Bevilget" if step == "Afgjort" and time and time >= change else step, time) for case, step, time in clean()]
    assert only(coded, "appears").values["activity"] == "Bevilget"
    assert only(coded, "vanishes").values["activity"] == "Afgjort"


def test_the_example_is_a_case_that_shows_it() -> None:
    rows = clean()
    log = log_of([*rows, rows[40]])
    report = check_quality(log, "UTC", int(NOW.timestamp() * 1e6), Task())
    (finding,) = [one for one in report.findings if one.check == "duplicate"]
    assert log.case_ids[finding.case].as_py() == rows[40][0]


def test_empty_and_timeless_logs_are_checked_too() -> None:
    assert found([]) == {}
    assert set(found([(case, step, None) for case, step, _ in clean()])) == {"missing_time"}


def test_checking_can_be_stopped() -> None:
    with pytest.raises(Cancelled):
        check_quality(log_of(clean()), "UTC", 0, Task(is_cancelled=lambda: True))


def test_a_report_crosses_the_door() -> None:
    report = check_quality(log_of([*clean(), clean()[0]]), "UTC", int(NOW.timestamp() * 1e6), Task())
    assert msgspec.json.decode(msgspec.json.encode(report), type=type(report)) == report
    assert len(report.checks) == len(CHECKS)
