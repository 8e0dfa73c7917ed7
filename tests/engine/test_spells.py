"""Which states a case was in is a table of its own: taken in beside the events, joined by case, kept in the project, told in numbers."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import cli
from engine.demo.extracts import make_extract
from engine.errors import BadInput
from engine.import_session import ImportSession
from engine.importing.reading import preview_table
from engine.importing.spell_tables import guessed_spells
from engine.intake import Intake, take_in
from engine.log.columns import ColumnRoles, ReadOptions
from engine.log.event_log import NO_TIME
from engine.log.spells import Spells, spell_counts, spells_beside, spells_in_order
from engine.personal_scan import scan
from engine.service.import_messages import ImportFile, PlanImport, TakeIn
from engine.service.messages import SaveProject, Secret
from engine.sources import Source, open_source, save_project
from engine.tasks import Task
from engine.texts import Texts
from engine.vault.spell_part import read_spells, spell_chunks
from engine.washing.recipe_file import read_recipe, write_recipe
from engine.washing.values import Recipe
from tests.engine.test_import import imported
from tests.projects import FACTS, PASSPHRASE, lock_quickly

EVENTS = "sag;trin;tid\n17;Ansøgt;13-03-2025 10:00\n18;Ansøgt;14-03-2025 09:00\n17;Bevilget;20-03-2025\n"
STATES = (
    "sag;tilstand;fra;til\n18;Afventer;14-03-2025;\n17;Afventer;13-03-2025;20-03-2025\n"
    "17;aktiv ;20-03-2025;31-03-2025\n99;Aktiv;13-03-2025;\n"
)
RECIPE = """
[[tables]]
roles = { case = "sag", activity = "trin", timestamp = "tid" }

[[tables]]
kind = "spells"
roles = { case = "sag", state = "tilstand", from = "fra", to = "til" }

[[tables.steps]]
step = "map_values"
column = "tilstand"
table = { "aktiv " = "Aktiv" }
"""


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    lock_quickly(monkeypatch)


def written(folder: Path, name: str, text: str) -> Path:
    (folder / name).write_text(text, "utf-8")
    return folder / name


def taken(folder: Path, states: str = STATES, recipe: str = RECIPE) -> tuple[Intake, Source]:
    files = [(written(folder, "hændelser.csv", EVENTS), Secret()), (written(folder, "tilstande.csv", states), Secret())]
    return take_in(files, read_recipe(recipe.encode(), "r.toml"), Task())


def spells_in(source: Source) -> Spells:
    assert source.spells is not None
    return source.spells


def told(spells: Spells, ids: pa.Array) -> list[tuple[str, str, str, str]]:
    """Case, state, first and last day (Danish clock) of each."""

    def day(time: int) -> str:
        return "" if time == NO_TIME else str(np.datetime64(int(time) + 2 * 3_600_000_000, "us"))[:10]

    names = [spells.states[code] for code in spells.state]
    times = zip(spells.begin.tolist(), spells.until.tolist(), strict=True)
    cases = ids.take(pa.array(spells.case)).to_pylist()
    return [(case, state, day(begin), day(until)) for case, state, (begin, until) in zip(cases, names, times, strict=True)]


def same(one: Spells, other: Spells) -> bool:
    columns = ("case", "state", "begin", "until")
    return one.states == other.states and all(np.array_equal(getattr(one, name), getattr(other, name)) for name in columns)


def said(log_notices: object) -> list[str]:
    return [Texts("en")(notice.message, **notice.values) for notice in log_notices]  # type: ignore[attr-defined]


def test_states_are_washed_and_joined_with_the_cases_that_have_events(tmp_path: Path) -> None:
    intake, source = taken(tmp_path)
    assert told(spells_in(source), intake.log.case_ids) == [
        ("17", "Afventer", "2025-03-13", "2025-03-20"),
        ("17", "Aktiv", "2025-03-20", "2025-03-31"),
        ("18", "Afventer", "2025-03-14", ""),
    ]
    assert spell_counts(spells_in(source)).states == {"Afventer": 2, "Aktiv": 1}
    assert "Rows of states in tilstande.csv that belong to cases without events were left out: 1." in said(intake.log.notices)
    assert [(file.events, file.spells) for file in intake.files] == [(3, 0), (0, 4)]


def test_what_cannot_be_is_kept_and_said(tmp_path: Path) -> None:
    states = "sag;tilstand;fra;til\n17;Aktiv;20-03-2025;13-03-2025\n17;Lukket;;30-03-2025\n17; ;13-03-2025;\n"
    intake, source = taken(tmp_path, states)
    assert len(spells_in(source)) == 2
    lines = [line for line in said(intake.log.notices) if "tilstande.csv" in line]
    assert lines == [
        "Rows in tilstande.csv without a state were left out: 1.",
        "States in tilstande.csv without a time from which they began: 1. They are kept.",
        "States in tilstande.csv that end before they begin: 1. They are kept as they are.",
    ]


def test_a_project_keeps_them_encrypted_beside_its_cases(tmp_path: Path) -> None:
    source = taken(tmp_path)[1]
    saved = save_project(source, SaveProject(str(tmp_path / "projekt"), FACTS, PASSPHRASE), Task())
    assert same(spells_in(saved), spells_in(source))
    parts = list((tmp_path / "projekt" / "data").glob("spells-*.arrow.age"))
    assert len(parts) == 1
    assert parts[0].read_bytes().startswith(b"age-encryption.org/v1")
    again = open_source(tmp_path / "projekt", Secret(PASSPHRASE), ReadOptions(), Task())
    assert same(spells_in(again), spells_in(source))
    assert scan(tmp_path / "projekt", Secret(PASSPHRASE), Task()).clean
    once_more = save_project(again, SaveProject(str(tmp_path / "kopi"), FACTS, PASSPHRASE), Task())
    assert same(spells_in(once_more), spells_in(source))


def test_a_project_without_them_has_none(tmp_path: Path) -> None:
    source = take_in([(written(tmp_path, "a.csv", EVENTS), Secret())], read_recipe(RECIPE.encode(), "r.toml"), Task())[1]
    save_project(source, SaveProject(str(tmp_path / "projekt"), FACTS, PASSPHRASE), Task())
    assert open_source(tmp_path / "projekt", Secret(PASSPHRASE), ReadOptions(), Task()).spells is None
    assert not list((tmp_path / "projekt" / "data").glob("spells-*"))


def test_the_shell_imports_and_describes_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    files = (written(tmp_path, "a.csv", EVENTS), written(tmp_path, "b.csv", STATES))
    report = imported(tmp_path, monkeypatch, capsys, *files, recipe=RECIPE)
    assert report["spells"] == {"rows": 3, "states": {"Afventer": 2, "Aktiv": 1}}
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"korrekt hest batteri klips\n")))
    assert cli.main(["describe", str(tmp_path / "projekt0"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["spells"] == {"rows": 3, "states": {"Afventer": 2, "Aktiv": 1}}


def test_states_alone_make_no_log(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="Choose a file with events too"):
        take_in([(written(tmp_path, "b.csv", STATES), Secret())], read_recipe(RECIPE.encode(), "r.toml"), Task())


def test_a_recipe_says_which_columns_hold_them(tmp_path: Path) -> None:
    recipe = read_recipe(RECIPE.encode(), "r.toml")
    assert read_recipe(write_recipe(recipe), "r.toml") == recipe
    assert b'from = "fra"' in write_recipe(recipe)
    assert write_recipe(recipe).count(b"kind") == 1
    with pytest.raises(BadInput, match=r"names no column for the from|begin"):
        taken(tmp_path, recipe=RECIPE.replace(', from = "fra"', ""))


@pytest.mark.parametrize("cells", [[f"{n + 1:02}0380-{4000 + n}" for n in range(20)], [f"borger{n}@eksempel.dk" for n in range(20)]])
def test_states_that_tell_of_persons_are_refused(tmp_path: Path, cells: list[str]) -> None:
    rows = [f"17;{cell};13-03-2025;" for cell in cells]
    with pytest.raises(BadInput, match="holds"):
        taken(tmp_path, "\n".join(["sag;tilstand;fra;til", *rows, ""]))


def test_a_table_of_states_is_told_from_one_of_events() -> None:
    def head(text: str) -> pa.Table:
        lines = [line.split(";") for line in text.splitlines()]
        return pa.table({name: [line[place] for line in lines[1:]] for place, name in enumerate(lines[0])})

    assert guessed_spells(head(STATES)) == ColumnRoles(case="sag", state="tilstand", begin="fra", until="til")
    assert guessed_spells(head(EVENTS)) is None
    assert guessed_spells(head("sag;aktivitet;status;fra;til\n1;A;åben;13-03-2025;14-03-2025")) is None


def test_the_import_knows_one_when_it_sees_it(tmp_path: Path) -> None:
    paths = (str(written(tmp_path, "a.csv", EVENTS)), str(written(tmp_path, "b.csv", STATES)))
    session = ImportSession()
    plan = session.plan(PlanImport(paths), Task())
    tables = [file.table for file in plan.files]
    assert [table.kind for table in tables if table is not None] == ["events", "spells"]
    preview = plan.files[1].preview
    assert preview is not None
    assert preview.missing == ()
    assert preview.preview_cases[0] == ("•••1", "Afventer", "2025-03-14T00:00:00+01:00")
    assert set(preview.readings) == {"begin", "until"}
    files = tuple(ImportFile(path, table) for path, table in zip(paths, tables, strict=True) if table is not None)
    assert len(spells_in(session.take_in(TakeIn(files), Task())[1])) == 3


def test_the_states_of_the_demo_come_with_its_events(tmp_path: Path) -> None:
    extract = make_extract("A", clean=True, n_cases=200)
    files = {file.form.holds: file for file in extract.files}
    paths = []
    for holds in ("events", "spells"):
        (tmp_path / files[holds].form.name).write_bytes(files[holds].content)
        paths.append(tmp_path / files[holds].form.name)
    shown = preview_table(files["spells"].content, "t.csv", ReadOptions(), Task())
    assert shown is not None
    tables = [file.table for file in ImportSession().plan(PlanImport(tuple(map(str, paths))), Task()).files if file.table is not None]
    intake, source = take_in([(path, Secret()) for path in paths], Recipe(tuple(tables)), Task())
    assert len(spells_in(source)) == files["spells"].form.rows
    assert intake.log.n_events == extract.truth.clean.events


SPELLS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 2), st.integers(0, 9), st.one_of(st.none(), st.integers(0, 9))), max_size=20)


@given(SPELLS)
def test_they_come_back_as_they_were_and_follow_their_cases(rows: list[tuple[int, int, int, int | None]]) -> None:
    case, state, begin = (np.array([row[place] for row in rows], np.int64) for place in range(3))  # type: ignore[misc]
    until = np.array([NO_TIME if row[3] is None else row[3] for row in rows], np.int64)
    spells = spells_in_order(("A", "B", "C"), case, state, begin, until)
    again = read_spells(pa.py_buffer(b"".join(spell_chunks(spells, Task()))), 5)
    assert same(spells, again)
    ids = pa.array(["v", "w", "x", "y", "z"])
    assert same(spells_beside(spells, ids, ids), spells)
    fewer = spells_beside(spells, ids, pa.array(["z", "x"]))
    assert len(fewer) == sum(row[0] in {2, 4} for row in rows)


def test_a_part_that_does_not_fit_its_log_is_refused() -> None:
    spells = spells_in_order(("A",), *(np.array([value], np.int64) for value in (3, 0, 1, 2)))
    content = pa.py_buffer(b"".join(spell_chunks(spells, Task())))
    for damaged, n_cases in ((content, 3), (content.slice(0, 40), 5)):
        with pytest.raises(BadInput, match="do not fit together"):
            read_spells(damaged, n_cases)


@pytest.mark.parametrize("states", ["sag;tilstand;fra;til\n", "sag;tilstand;fra;til\n99;Aktiv;13-03-2025;\n"])
def test_a_file_without_states_of_these_cases_leaves_none(tmp_path: Path, states: str) -> None:
    source = taken(tmp_path, states)[1]
    assert spell_counts(spells_in(source)).states == {}
    save_project(source, SaveProject(str(tmp_path / "projekt"), FACTS, PASSPHRASE), Task())
    again = open_source(tmp_path / "projekt", Secret(PASSPHRASE), ReadOptions(), Task())
    assert same(spells_in(again), spells_in(source))


def test_the_end_of_a_state_need_not_be_told(tmp_path: Path) -> None:
    recipe = RECIPE.replace(', to = "til"', "")
    spells = spells_in(taken(tmp_path, recipe=recipe)[1])
    assert set(spells.until.tolist()) == {NO_TIME}
