"""What a defect changes, where it is without telling of few cases, what the data can answer, and the command that prints it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from itertools import product
from pathlib import Path

import msgspec
import numpy as np
import pyarrow as pa
import pytest

from engine.errors import BadInput, Cancelled
from engine.log.event_log import EventLog
from engine.quality import attributes, capability, practice, registration, repeats, stamps
from engine.quality.capability import LEAST_CASES, judge, refusals
from engine.quality.effects import measure_effects
from engine.quality.heat import HIDDEN, NONE, SHOWN, Tally, map_heat, protect
from engine.quality.report import check_up
from engine.quality.singulars import ONE
from engine.quality.values import Capability, Finding, HeatTable, Measure, Of, Reason, Result, Square, Verdict
from engine.quality.view import Checked, Flags
from engine.quality.words import finding_sentence, reason_sentence
from engine.service import messages
from engine.tasks import Task
from engine.texts import Texts
from engine.workspace import Workspace
from tests.architecture.project_files import ROOT
from tests.engine.test_quality import NOW, Row, clean, log_of

ZONE, K = "Europe/Copenhagen", 5
MOMENT = int(NOW.timestamp() * 1e6)
UNITS = ("Center Nord", "Center Syd", "Center Vest")


@cache
def with_units() -> EventLog:
    """The clean cases in three units, and the first four of them in a fourth."""
    log = log_of(clean())
    case = np.repeat(np.arange(log.n_cases), np.diff(log.offsets))
    names = np.where(case < 4, "Lille enhed", np.array(UNITS)[case % 3])
    return replace(log, event_columns={"unit": pa.array(names.tolist()).dictionary_encode()})


def checked(log: EventLog, task: Task | None = None) -> Checked:
    return Checked(log, ZONE, MOMENT, task or Task())


def of_cases(log: EventLog, cases: range) -> Flags:
    flags = np.zeros(log.n_cases, bool)
    flags[list(cases)] = True
    return np.repeat(flags, np.diff(log.offsets))


def test_results_with_and_without_what_a_finding_touches() -> None:
    rows = clean()
    slow = {f"s{case}" for case in range(150)}
    late = [(case, step, time + timedelta(days=100) if time and step == "Udbetalt" and case in slow else time) for case, step, time in rows]
    log = log_of(late)
    touched = np.array([log.activities[code] == "Udbetalt" for code in log.activity]) & of_cases(log, range(150))
    (duration, events) = measure_effects(log, touched, None, (Result.DURATION, Result.COUNTS), Task())
    assert duration.measure is Measure.CASE_DURATION and events.measure is Measure.EVENTS
    assert (events.now, events.without_events, events.without_cases) == (800, 650, 200)
    assert duration.now is not None and duration.without_events is not None and duration.without_cases is not None
    assert duration.now > 100 * 86_400 > 10 * 86_400 > duration.without_events
    assert 9 * 86_400 < duration.without_cases < 10 * 86_400
    (variants,) = measure_effects(log, None, np.arange(log.n_cases) < 200, (Result.ORDER,), Task())
    assert (variants.now, variants.without_events, variants.without_cases) == (1, None, 0)
    assert measure_effects(log, None, None, (Result.ORDER,), Task()) == ()


def test_a_finding_is_told_by_unit_and_month_and_small_units_are_put_together() -> None:
    log = with_units()
    table = map_heat(checked(log), "duplicate", of_cases(log, range(0, log.n_cases, 2)), None, K)
    assert table is not None
    assert "Lille enhed" not in table.units and set(UNITS) >= {name for name in table.units if name}
    assert table.periods[0].startswith("2025-")
    shares = [square.share for row in table.squares for square in row if square.state is Square.SHOWN]
    assert shares and all(share is not None and 0 <= share <= 100 for share in shares)
    assert any(share is not None and 30 <= share <= 70 for share in shares)


def test_without_units_a_finding_is_told_by_month() -> None:
    log = log_of(clean())
    table = map_heat(checked(log), "duplicate", of_cases(log, range(100)), None, K)
    assert table is not None and table.units == ("",)
    timeless = log_of([(case, step, None) for case, step, _ in clean()])
    assert map_heat(checked(timeless), "duplicate", of_cases(timeless, range(9)), None, K) is None


def test_no_square_tells_of_few_cases_and_none_is_left_over_by_subtraction() -> None:
    rng = np.random.default_rng(3)
    for rows, columns in product((1, 2, 5, 9), (1, 3, 12)):
        for _ in range(40):
            cases = rng.poisson(rng.choice([2, 8, 60]), (rows, columns))
            touched = rng.binomial(cases, rng.choice([0.0, 0.1, 0.6]))
            states = protect(Tally(cases * 3, touched * 2, cases, touched), K)
            shown, hidden = states == SHOWN, states == HIDDEN
            assert (cases[shown] >= K).all() and ((touched[shown] == 0) | (touched[shown] >= K)).all()
            assert ((states == NONE) == (cases == 0)).all()
            for line in range(rows):
                check_line(hidden[line], shown[line], cases[line])
            for column in range(columns):
                check_line(hidden[:, column], shown[:, column], cases[:, column])


def check_line(hidden: Flags, shown: Flags, cases: np.ndarray) -> None:
    """Where a line has a hidden square there are two of them, with enough cases together, or nothing of it is told at all."""
    if hidden.any() and shown.any():
        assert hidden.sum() >= 2 and cases[hidden].sum() >= K


def test_the_lag_of_registration_is_told_by_square() -> None:
    log = with_units()
    log = replace(log, registered=log.timestamp + 3 * 86_400_000_000)
    one = checked(log)
    report = check_up(one)
    number = next(i for i, finding in enumerate(report.report.findings) if finding.check == "late_registration")
    finding = report.report.findings[number]
    assert (finding.count, finding.values["median"], finding.values["p90"]) == (log.n_events, 3, 3)
    table = map_heat(one, finding.check, *report.touched[number].flags(log), K)
    assert table is not None
    told = [square for row in table.squares for square in row if square.state is Square.SHOWN]
    assert told and all(square.share == 100 and 2.9 <= (square.lag or 0) <= 3 and 2.9 <= (square.lag_p90 or 0) <= 3 for square in told)


# ---- what the data can answer -------------------------------------------------------------------------------------------------------


def answers(log: EventLog) -> dict[str, Capability]:
    one = checked(log)
    return {answer.question: answer for answer in judge(one, check_up(one).report)}


def test_a_good_log_answers_what_it_can_and_never_what_nobody_should_ask() -> None:
    found = answers(with_units())
    assert found["In which order are the steps taken?"].verdict is Verdict.YES
    assert found["How many days does a case take?"].verdict is Verdict.YES
    assert found["How much work has each unit?"].verdict is Verdict.YES
    assert found["Does the work follow the seasons?"].verdict is Verdict.NO
    assert found["How do the cases turn out?"].verdict is Verdict.NO
    assert found["How will a single case end, and who is at risk?"].verdict is Verdict.NO
    assert found["Which employee works fastest?"].verdict is Verdict.NO
    assert all(answer.reasons for answer in found.values()) and len(found) == 14


def test_dates_without_times_forbid_hours_and_the_order_within_a_day_asks_for_care() -> None:
    days: list[Row] = [(case, step, time.replace(hour=0, minute=0, second=0) if time else None) for case, step, time in clean()]
    log = Checked(log_of(days), "UTC", MOMENT, Task())
    found = {answer.question: answer for answer in judge(log, check_up(log).report)}
    assert found["How many hours does something take within a day?"].verdict is Verdict.NO
    assert found["How many days does a case take?"].verdict is Verdict.YES


def test_events_at_one_moment_leave_their_order_open() -> None:
    first: dict[str, datetime | None] = {}
    rows: list[Row] = []
    for case, step, time in clean():
        tied = first.setdefault(case, time) if int(case[1:]) % 4 == 0 else time
        rows.append((case, step, tied))
    found = answers(log_of(rows))["In which order are the steps taken?"]
    assert found.verdict is Verdict.CARE
    assert any("share their moment" in reason.message for reason in found.reasons)


def test_too_few_data_are_refused() -> None:
    few = log_of([row for row in clean() if int(row[0][1:]) < LEAST_CASES - 1])
    told = refusals(few, MOMENT)
    assert next(notice.values for notice in told) == {"n": LEAST_CASES - 1, "least": LEAST_CASES}
    for question in ("In which order are the steps taken?", "Where do cases wait, and how long?", "How many days does a case take?"):
        assert answers(few)[question].verdict is Verdict.NO
    assert refusals(log_of(clean()), MOMENT) == ()
    timeless = log_of([(case, step, None) for case, step, _ in clean()])
    assert any("No event has a time" in notice.message for notice in refusals(timeless, MOMENT))
    assert refusals(log_of([]), MOMENT)


# ---- through the door -------------------------------------------------------------------------------------------------------------


def test_the_window_asks_for_the_report_and_for_one_finding() -> None:
    from engine.operations import answer

    room, rows = Workspace(), clean()
    room.study_log(log_of([*rows, *rows[40:60]]))
    quality = answer(room, messages.QualityQuery(timezone=ZONE), Task())
    assert isinstance(quality, messages.Quality)
    number = next(i for i, finding in enumerate(quality.report.findings) if finding.check == "duplicate")
    details = answer(room, messages.FindingQuery(quality.query, number), Task())
    assert isinstance(details, messages.FindingDetails)
    assert [(effect.now, effect.without_events) for effect in details.effects] == [(820, 800)]
    assert isinstance(details.heat, HeatTable)
    assert msgspec.json.decode(msgspec.json.encode(details), type=messages.FindingDetails) == details
    with pytest.raises(BadInput):
        answer(room, messages.FindingQuery(quality.query, 99), Task())
    with pytest.raises(Cancelled):
        room.study_log(log_of(rows))
        answer(room, messages.QualityQuery(timezone=ZONE), Task(is_cancelled=lambda: True))


def test_the_command_prints_findings_and_answers(tmp_path: Path) -> None:
    lines = ["sag;trin;tid"]
    for case, step, time in [*clean(), *clean()[:9]]:
        lines.append(f"{case};{step};{time:%Y-%m-%d %H:%M:%S}")
    file = tmp_path / "log.csv"
    file.write_text("\n".join(lines), "utf-8")
    command = [sys.executable, str(ROOT / "main.py"), "quality", str(file), "--case", "sag", "--activity", "trin", "--timestamp", "tid"]
    done = subprocess.run([*command, "--json"], capture_output=True, check=True, env={**os.environ, "LANG": "da_DK.UTF-8"})
    told = json.loads(done.stdout)
    assert (told["cases"], told["refusals"]) == (200, [])
    (duplicate,) = [finding for finding in told["findings"] if finding["check"] == "duplicate"]
    assert (duplicate["count"], duplicate["wash"], duplicate["of"]) == (9, "drop_duplicates", "events")
    assert duplicate["sentence"] == "9 events stand twice: same case, activity and time."
    assert {answer["verdict"] for answer in told["answers"]} <= {"yes", "care", "no"}
    assert "s1" not in done.stdout.decode().split()
    spoken = subprocess.run(command, capture_output=True, check=True, env={**os.environ, "LANG": "da_DK.UTF-8", "LANGUAGE": "da"})
    assert "9 hændelser står dobbelt" in spoken.stdout.decode() and "Hvad disse data kan" in spoken.stdout.decode()


def test_one_event_is_not_told_of_as_several() -> None:
    modules = (attributes, capability, practice, registration, repeats, stamps)
    messages_told = {value for module in modules for value in vars(module).values() if isinstance(value, str)}
    assert set(ONE) <= messages_told, "each sentence about one stands for one about several that is said"
    finding = Finding("future", stamps.FUTURE, {"days": 7}, 1, 900, Of.EVENTS)
    several = msgspec.structs.replace(finding, count=2)
    assert finding_sentence(Texts("da"), finding) == "1 hændelse ligger i fremtiden, 7 dage fremme."
    assert finding_sentence(Texts("da"), several).startswith("2 hændelser ligger i fremtiden;")
    assert reason_sentence(Texts("en"), Reason(capability.CLOSED, {"n": 1})) == "1 case has come to an end."
    assert reason_sentence(Texts("en"), Reason(capability.CLOSED, {"n": 2})) == "2 cases have come to an end."
