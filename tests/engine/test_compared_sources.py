"""Several systems tell of the same cases: who says what is kept, and where they date the same fact differently is counted."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import product
from pathlib import Path

import msgspec
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.agreement.comparing import ALONE, DAY, Keys, compare_sources, pair_events
from engine.agreement.values import SameFact
from engine.agreement.words import ALIKE, DIFFER, GAPS, OVERLAPS
from engine.demo.extract_plan import ExtractDefect
from engine.demo.extract_recipe import CASE_SYSTEM, PLANNED, PLANNER
from engine.demo.extracts import LETTERS, make_extract, write_extract
from engine.intake import report_of, take_in
from engine.log.columns import ColumnRoles, attribute_key
from engine.log.event_log import EventLog, build_event_log
from engine.operations import map_of
from engine.service.messages import MapQuery, Secret
from engine.sources import Source
from engine.tasks import Task
from engine.texts import Texts
from engine.washing.recipe_file import open_recipe, read_recipe, write_recipe
from engine.washing.values import Recipe, TableRecipe, UnifyIds
from engine.workspace import Workspace

FEWER = {"A": 500, "B": 800, "C": 400}


def workspace_of(source: Source) -> Workspace:
    made = Workspace()
    made.hold(source)
    return made


@pytest.mark.parametrize(("letter", "clean"), list(product(LETTERS, (False, True))))
def test_the_planner_disagrees_with_the_case_system_as_often_as_was_planted(letter: str, clean: bool, tmp_path: Path) -> None:
    extract = make_extract(letter, clean=clean, n_cases=FEWER[letter])
    paths = write_extract(extract, tmp_path)
    recipe = open_recipe(next(path for path in paths if path.suffix == ".toml"))
    assert read_recipe(write_recipe(recipe), "igen") == recipe, "which activities are the same fact stands in the recipe"
    files = [next(path for path in paths if path.name.endswith(end)) for end in (".csv", "-planner.csv")]
    intake, source = take_in([(path, Secret()) for path in files], recipe, Task())
    assert intake.sources is not None
    (talks,) = intake.sources.agreements
    planted = sum(one.count for one in extract.truth.defects if one.defect is ExtractDefect.PLANNER_DISAGREES)
    assert (talks.differ, talks.only_first, talks.only_second) == (planted, 0, 0)
    assert talks.pairs == sum(one.events for one in intake.sources.sources if one.name == PLANNER) > 0
    assert (planted > 0) is not clean
    messages = [notice.message for notice in intake.log.notices]
    assert (DIFFER in messages, ALIKE in messages) == (not clean, clean)
    assert intake.log.event_columns[attribute_key("source")].unique().to_pylist() == [CASE_SYSTEM, PLANNER]
    assert source.view.same_facts == (talks.fact,) and talks.fact.activity == PLANNED


def test_what_an_import_prints_tells_of_the_sources(tmp_path: Path) -> None:
    paths = write_extract(make_extract("C", n_cases=200), tmp_path)
    recipe = open_recipe(next(path for path in paths if path.suffix == ".toml"))
    planner = next(path for path in paths if path.name.endswith("-planner.csv"))
    intake, _ = take_in([(paths[0], Secret()), (planner, Secret())], recipe, Task())
    printed = msgspec.json.decode(msgspec.json.encode(report_of(intake, tmp_path, Texts("en"))))
    assert [one["name"] for one in printed["sources"]["sources"]] == [CASE_SYSTEM, PLANNER]
    assert any("dated differently" in warning for warning in printed["warnings"])
    alone, _ = take_in([(paths[0], Secret())], recipe, Task())
    assert "sources" not in msgspec.json.decode(msgspec.json.encode(report_of(alone, tmp_path, Texts("en"))))
    assert attribute_key("source") not in alone.log.event_columns, "one file has nobody to be told from"


# ---- one citizen, three systems -----------------------------------------------------------------------------------------------

JOBCENTRE = """borger;hændelse;tid
010190-1234;Henvendelse;01-03-2025 09:00
010190-1234;Samtale;05-03-2025 10:00
020285-0456;Henvendelse;02-03-2025 11:00
"""
BENEFITS = """cpr;hændelse;tid
0101901234;Ansøgning om ydelse;03-03-2025 08:30
0101901234;Ydelse bevilget;20-03-2025 12:00
202850456;Ansøgning om ydelse;04-03-2025 08:00
"""
CALENDAR = """Borger ID,hvad,start
10190 1234,Mødt til samtale,05-03-2025 10:15
0202850456,Mødt til samtale,10-04-2025 14:00
"""


def three_systems(folder: Path, *, alike: bool = True) -> tuple[list[Path], Recipe]:
    """The files of three systems that write a citizen's number in their own ways, and a recipe that writes it in one."""
    files = {"jobcenter.csv": JOBCENTRE, "ydelse.csv": BENEFITS, "kalender.csv": CALENDAR}
    paths = []
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
        paths.append(folder / name)

    def table(case: str, activity: str, time: str, same: tuple[SameFact, ...] = ()) -> TableRecipe:
        steps = (UnifyIds(columns=(case,)),) if alike else ()
        return TableRecipe(ColumnRoles(case, activity, time), (case, activity, time), "%d-%m-%Y %H:%M", steps=steps, same=same)

    met = SameFact("Mødt til samtale", "Samtale", "jobcenter")
    return paths, Recipe(
        (table("borger", "hændelse", "tid"), table("cpr", "hændelse", "tid"), table("Borger ID", "hvad", "start", (met,)))
    )


def test_three_systems_tell_of_one_journey(tmp_path: Path) -> None:
    paths, recipe = three_systems(tmp_path)
    intake, source = take_in([(path, Secret()) for path in paths], recipe, Task())
    log = source.log
    assert log is not None and log.n_cases == 2, "however its number is written, a citizen is one case"
    journey = [log.activities[code] for code in log.activity[log.offsets[0] : log.offsets[1]]]
    assert journey == ["Henvendelse", "Ansøgning om ydelse", "Samtale", "Mødt til samtale", "Ydelse bevilget"]
    told = log.event_columns[attribute_key("source")].to_pylist()
    assert told[:5] == ["jobcenter", "ydelse", "jobcenter", "kalender", "ydelse"]
    answer = map_of(workspace_of(source), MapQuery(), Task())
    assert {step.name for step in answer.map.steps} == set(log.activities) and answer.map.n_cases == 2, "one map of all three"
    assert all(one.startswith("S-") for one in log.case_ids.to_pylist()), "and nobody's number is in it"
    assert intake.sources is not None
    (met,) = intake.sources.agreements
    assert (met.pairs, met.agree, met.differ, met.only_first, met.only_second) == (1, 0, 1, 1, 0)
    assert met.spread is not None and met.spread.median == 15 * 60


def test_without_the_step_a_citizen_falls_apart(tmp_path: Path) -> None:
    paths, recipe = three_systems(tmp_path, alike=False)
    intake, _ = take_in([(path, Secret()) for path in paths], recipe, Task())
    assert intake.log.n_cases == 6


def test_gaps_and_overlaps_of_two_systems(tmp_path: Path) -> None:
    paths, recipe = three_systems(tmp_path)
    intake, _ = take_in([(path, Secret()) for path in paths], recipe, Task())
    assert intake.sources is not None
    meetings = {(one.first, one.second): one for one in intake.sources.meetings}
    first = meetings["jobcenter", "ydelse"]
    assert (first.cases, first.overlaps, first.gaps) == (2, 1, 1)
    assert first.overlap_days == pytest.approx(2 + 1.5 / 24), "from the application to the talk both systems have the citizen"
    assert first.gap_days == pytest.approx(1 + 21 / 24)
    later = meetings["ydelse", "kalender"]
    assert (later.gaps, later.overlaps) == (1, 0) and later.gap_days == pytest.approx(37.25 - 1 / 24), "summer time begins"
    said = [notice.message for notice in intake.log.notices]
    assert GAPS in said and OVERLAPS in said


def test_a_third_system_fills_the_gap_between_two() -> None:
    day = DAY
    log = log_of_sources([[("a", "x", 0), ("b", "y", 10 * day), ("c", "z", -day), ("c", "z", 20 * day)]])
    gaps = {(one.first, one.second): one.gaps for one in compare_sources(log, (), "UTC", Task()).meetings}
    assert gaps["a", "b"] == 0, "while two are silent the third tells of the case"


# ---- pairs --------------------------------------------------------------------------------------------------------------------


def log_of_sources(cases: list[list[tuple[str, str, int]]]) -> EventLog:
    """A log of events (source, activity, time)."""
    rows = [(case, *event) for case, events in enumerate(cases) for event in events]
    sources, activities = (sorted({row[at] for row in rows}) for at in (1, 2))
    codes = pa.array([sources.index(row[1]) for row in rows], pa.int32())
    return build_event_log(
        case_codes=np.array([row[0] for row in rows]),
        case_ids=pa.array([f"c{case}" for case in range(len(cases))]),
        activity_codes=np.array([activities.index(row[2]) for row in rows]),
        activities=activities,
        timestamp=np.array([row[3] for row in rows], np.int64),
        event_columns={attribute_key("source"): pa.DictionaryArray.from_arrays(codes, pa.array(sources))},
    )


minutes = st.lists(st.integers(0, 60 * 24 * 90), max_size=6)


@given(minutes, minutes)
def test_pairs_use_every_event_once_and_lie_as_near_as_can_be(first: list[int], second: list[int]) -> None:
    events = [("a", "x", at * 60_000_000) for at in sorted(first)] + [("b", "y", at * 60_000_000) for at in sorted(second)]
    if not events:
        return
    log = log_of_sources([events])
    rows = np.arange(log.n_events)
    of_source = np.array(log.event_columns[attribute_key("source")].to_pylist())
    left, right = (rows[of_source == name].tolist() for name in "ab")
    alike, apart = pair_events(left, right, Keys(log, rows, "UTC"))
    used = [event for pair in (*alike, *apart) for event in pair]
    assert len(used) == len(set(used))
    assert all(log.timestamp[a] == log.timestamp[b] for a, b in alike)
    assert all(0 < abs(log.timestamp[a] - log.timestamp[b]) <= 2 * ALONE for a, b in apart)
    assert len(alike) == sum((Counter(first) & Counter(second)).values())
    assert [a for a, _ in apart] == sorted(a for a, _ in apart) and [b for _, b in apart] == sorted(b for _, b in apart)
    report = compare_sources(log, (SameFact("x", "y", "b", "a"),), "UTC", Task()).agreements[0]
    assert (report.pairs, report.agree) == (len(alike) + len(apart), len(alike))
    assert (report.only_first, report.only_second) == (len(first) - report.pairs, len(second) - report.pairs)


def test_a_stamp_of_the_day_agrees_with_any_time_of_that_day() -> None:
    day = 24 * 3600 * 1_000_000
    log = log_of_sources([[("a", "x", 10 * day), ("b", "y", 10 * day + day // 2), ("a", "x", 30 * day), ("b", "y", 31 * day + 1)]])
    by_day = np.where(log.timestamp % day == 0, 1, 3).astype(np.uint8)
    report = compare_sources(replace(log, precision=by_day), (SameFact("x", "y", "b", "a"),), "UTC", Task()).agreements[0]
    assert (report.pairs, report.agree, report.differ) == (2, 1, 1)
