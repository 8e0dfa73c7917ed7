"""What a log knows beyond case, activity and time: who, from where, written down when, with what outcome; only what was chosen."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import cli
from engine.description import describe
from engine.errors import BadInput
from engine.importing.reading import read_log
from engine.intake import take_in
from engine.log.columns import ColumnRoles, ReadOptions, attribute_key, object_key
from engine.log.event_log import NO_TIME, EventLog, build_event_log
from engine.log.filtering import cases_of
from engine.personal_scan import log_places, scanned
from engine.service.messages import SaveProject, Secret
from engine.sources import Source, open_source, read_source, save_project
from engine.tasks import Task
from engine.texts import Texts
from engine.vault.log_parts import case_chunks, event_chunks, read_parts
from engine.washing.fitting import needed
from engine.washing.recipe_file import read_recipe, write_recipe
from engine.washing.values import JoinColumns, Recipe, TableRecipe, Trim
from tests.projects import FACTS, PASSPHRASE

HEADER = "sag;trin;tid;registreret;medarbejder;enhed;aktør;kanal;køn;udfald;ordre;note"
ROWS = (
    "17;Ansøgt;01-03-2025 10:00;01-03-2025 10:05;KLM;Nord;borger;web;k;;O1;ringede",
    "18;Ansøgt;02-03-2025 09:00;04-03-2025 08:00;KLM;Nord;borger;brev;m;afslag;O2;",
    "17;Bevilget;13-03-2025 09:00;;XYZ;Syd;medarbejder;;k;bevilget;O1;",
)
ROLES = ColumnRoles(
    case="sag",
    activity="trin",
    timestamp="tid",
    unit="enhed",
    registered="registreret",
    employee="medarbejder",
    actor="aktør",
    outcome="udfald",
    attributes=("kanal",),
    case_attributes=("køn",),
    objects=("ordre",),
)


def csv(*rows: str, header: str = HEADER) -> bytes:
    return "\r\n".join([header, *rows, ""]).encode()


def written(folder: Path, name: str, content: bytes) -> Path:
    (folder / name).write_bytes(content)
    return folder / name


def log_of(*rows: str, roles: ColumnRoles = ROLES) -> EventLog:
    return read_log(csv(*rows), "sager.csv", ReadOptions(roles), Task())


def opened(path: Path, roles: ColumnRoles = ROLES) -> Source:
    return open_source(path, Secret(), ReadOptions(roles), Task())


def kept(source: Source) -> EventLog:
    assert source.log is not None
    return source.log


def said(log: EventLog) -> list[str]:
    return [Texts("en")(notice.message, **notice.values) for notice in log.notices]


def same_logs(one: EventLog, other: EventLog) -> bool:
    arrays = ("activity", "timestamp", "offsets", "start", "registered", "precision")
    for name in arrays:
        mine, theirs = getattr(one, name), getattr(other, name)
        if (mine is None) != (theirs is None) or (mine is not None and not np.array_equal(mine, theirs)):
            return False
    columns = [{**log.event_columns, **{f"case {key}": column for key, column in log.case_columns.items()}} for log in (one, other)]
    texts = [{key: column.to_pylist() for key, column in found.items()} for found in columns]
    return one.activities == other.activities and one.case_ids.equals(other.case_ids) and texts[0] == texts[1] and one.roles == other.roles


def test_only_what_was_chosen_is_in_the_log() -> None:
    log = log_of(*ROWS)
    assert set(log.event_columns) == {"unit", "actor", "employee", attribute_key("kanal"), object_key("ordre")}
    assert set(log.case_columns) == {"outcome", attribute_key("køn")}
    assert log.event_columns["actor"].to_pylist() == ["borger", "medarbejder", "borger"]
    assert log.event_columns[attribute_key("kanal")].to_pylist() == ["web", None, "brev"]
    assert log.case_columns["outcome"].to_pylist() == ["bevilget", "afslag"]
    bare = log_of(*ROWS, roles=ColumnRoles("sag", "trin", "tid"))
    assert not bare.event_columns
    assert not bare.case_columns
    assert bare.registered is None


def test_when_it_was_written_down_is_a_time_of_its_own() -> None:
    log = log_of(*ROWS)
    assert log.registered is not None
    assert ((log.registered - log.timestamp)[[0, 2]] / 60e6).tolist() == [5, 2820]
    assert log.registered[1] == NO_TIME


def test_the_order_of_day_and_month_is_told_by_any_of_the_time_columns() -> None:
    log = log_of("17;A;01-03-2025;25-03-2025;;;;;;;;", "17;B;02-03-2025;26-03-2025;;;;;;;;")
    assert np.datetime_as_string(log.timestamp.astype("datetime64[us]"), "D").tolist() == ["2025-03-01", "2025-03-02"]


def test_who_did_the_work_is_a_pseudonym_of_its_own_kind_wherever_the_log_is_read(tmp_path: Path) -> None:
    path = written(tmp_path, "sager.csv", csv(*ROWS))
    logs = [kept(opened(path)), read_source(path, Secret(), ReadOptions(ROLES), Task())]
    employees = [log.event_columns["employee"].to_pylist() for log in logs]
    for found in employees:
        assert found[0] == found[2] != found[1]
        assert all(name.startswith("S-") for name in found)
    assert employees[0] != employees[1]
    assert logs[1].case_ids.to_pylist() == ["17", "18"]


def test_one_id_as_an_employee_and_as_a_case_is_two_pseudonyms(tmp_path: Path) -> None:
    log = kept(opened(written(tmp_path, "sager.csv", csv("17;A;21-03-2025 10:00;;17;;;;;;17;"))))
    case, employee, order = (column[0].as_py() for column in (log.case_ids, *map(log.event_columns.get, ("employee", object_key("ordre")))))
    assert case == order != employee


def test_a_further_identifier_is_the_same_pseudonym_where_it_is_the_case_of_another_file(tmp_path: Path) -> None:
    orders = csv("O1;Bestilt;25-03-2025", header="ordre;trin;tid")
    files = [(written(tmp_path, "a.csv", csv(*ROWS)), Secret()), (written(tmp_path, "b.csv", orders), Secret())]
    recipe = Recipe((TableRecipe(ROLES), TableRecipe(ColumnRoles("ordre", "trin", "tid"))))
    log = kept(take_in(files, recipe, Task())[1])
    assert log.case_ids[2].as_py() == log.event_columns[object_key("ordre")][0].as_py()


def test_files_with_different_roles_join_into_one_log(tmp_path: Path) -> None:
    payments = csv("17;Udbetalt;14-03-2025;KLM;7500", header="Sagsnummer;Hændelse;Dato;Udført af;Beløb")
    files = [(written(tmp_path, "a.csv", csv(*ROWS)), Secret()), (written(tmp_path, "b.csv", payments), Secret())]
    paid = ColumnRoles("Sagsnummer", "Hændelse", "Dato", employee="Udført af", attributes=("Beløb",))
    recipe = Recipe((TableRecipe(ROLES, steps=(Trim(),)), TableRecipe(paid)))
    intake, source = take_in(files, recipe, Task())
    log = kept(source)
    assert log.event_columns["employee"][0].as_py() == log.event_columns["employee"][2].as_py()
    assert log.event_columns[attribute_key("Beløb")].to_pylist() == [None, None, "7500", None]
    assert log.event_columns[attribute_key("kanal")].to_pylist() == ["web", None, None, "brev"]
    assert log.case_columns[attribute_key("køn")].to_pylist() == ["k", "m"]
    assert (log.roles.case, log.roles.attributes[:2], log.roles.objects) == ("case", ("kanal", "Beløb"), ("ordre",))
    assert take_in(files, recipe, Task())[0].sha256 == intake.sha256


@pytest.mark.parametrize("column", ["registreret", "medarbejder", "aktør", "kanal", "køn", "udfald", "ordre"])
def test_another_value_in_any_chosen_column_is_another_hash(tmp_path: Path, column: str) -> None:
    place = HEADER.split(";").index(column)
    cells = ROWS[1].split(";")
    cells[place] = {"registreret": "05-03-2025 08:00", "ordre": "O1"}.get(column, "andet")
    recipe = Recipe((TableRecipe(ROLES),))
    hashes = []
    for rows in (ROWS, (ROWS[0], ";".join(cells), ROWS[2])):
        hashes.append(take_in([(written(tmp_path, "a.csv", csv(*rows)), Secret())], recipe, Task())[0].sha256)
    assert hashes[0] != hashes[1]


def test_a_project_opens_with_everything_that_was_saved_and_holds_no_names(tmp_path: Path) -> None:
    source = opened(written(tmp_path, "sager.csv", csv(*ROWS)))
    save_project(source, SaveProject(str(tmp_path / "projekt"), FACTS, PASSPHRASE), Task())
    again = kept(open_source(tmp_path / "projekt", Secret(PASSPHRASE), ReadOptions(), Task()))
    assert same_logs(kept(source), again)
    assert scanned("projekt", log_places(again), Task()).clean
    held = str([column.to_pylist() for column in (*again.event_columns.values(), *again.case_columns.values())])
    assert not any(name in held for name in ("KLM", "XYZ", "O1", "ringede"))


def test_contradictory_values_of_a_case_are_counted_and_the_first_in_time_stays() -> None:
    log = log_of("17;B;13-03-2025;;;;;;m;ja;;", "17;A;01-03-2025;;;;;;k;;;", "18;A;02-03-2025;;;;;;k;nej;;", "18;B;03-03-2025;;;;;;;ja;;")
    assert log.case_columns[attribute_key("køn")].to_pylist() == ["k", "k"]
    assert log.case_columns["outcome"].to_pylist() == ["ja", "nej"]
    assert [line for line in said(log) if "several" in line] == [
        "Cases with several values in udfald: 1. The first is kept.",
        "Cases with several values in køn: 1. The first is kept.",
    ]


def test_some_of_the_cases_keep_their_columns() -> None:
    some = cases_of(log_of(*ROWS), np.array([False, True]))
    assert some.event_columns["actor"].to_pylist() == ["borger"]
    assert some.case_columns["outcome"].to_pylist() == ["afslag"]
    assert some.registered is not None
    assert len(some.registered) == 1


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        ([f"{day:02}0{month}8{month}-412{day % 10}" for day in range(1, 25) for month in range(1, 5)], "civil registration numbers"),
        ([f"{day:02}-03-19{40 + day * 2}" for day in range(1, 29)], "Make age bands of them in the wash"),
        ([f"Mette {name}" for name in ("Jensen", "Hansen", "Nielsen", "Larsen", "Sørensen", "Pedersen")], "names of persons"),
        ([f"borger{n}@eksempel.dk" for n in range(9)], "e-mail addresses"),
        ([f"tlf. 20 30 40 {n:02}" for n in range(9)], "telephone numbers"),
        ([f"Borgeren ringede og sagde at det haster meget nu, nummer {n} i rækken af opkald" for n in range(30)], "keywords in the wash"),
    ],
)
@pytest.mark.parametrize("role", ["attributes", "case_attributes", "outcome", "actor"])
def test_what_tells_of_persons_is_refused_with_the_way_out(cells: list[str], why: str, role: str) -> None:
    rows = [f"{n};A;01-03-2025;{cell}" for n, cell in enumerate(cells)]
    chosen = {role: "født" if role in {"outcome", "actor"} else ("født",)}
    roles = ColumnRoles("sag", "trin", "tid", **chosen)  # type: ignore[arg-type]
    with pytest.raises(BadInput) as refused:
        read_log(csv(*rows, header="sag;trin;tid;født"), "sager.csv", ReadOptions(roles), Task())
    told = Texts("en")(refused.value.message, **refused.value.values)
    assert why in told
    assert not any(cell in told for cell in cells)


def test_the_wash_refuses_them_too_and_takes_the_band_that_it_makes(tmp_path: Path) -> None:
    people = csv(*(f"{n};A;21-03-2025;{n + 1:02}-05-{1950 + n}" for n in range(28)), header="sag;trin;tid;født")
    files = [(written(tmp_path, "a.csv", people), Secret())]
    with pytest.raises(BadInput, match="birth dates"):
        take_in(files, Recipe((TableRecipe(ColumnRoles("sag", "trin", "tid", case_attributes=("født",))),)), Task())
    text = """
    [[tables]]
    roles = { case = "sag", activity = "trin", timestamp = "tid", case_attributes = ["alder"] }
    [[tables.steps]]
    step = "age_band"
    column = "født"
    into = "alder"
    """
    recipe = read_recipe(text.encode(), "r.toml")
    log = kept(take_in(files, recipe, Task())[1])
    assert set(log.case_columns[attribute_key("alder")].to_pylist()) == {"40–49", "50–59", "60+"}


@pytest.mark.parametrize("role", ["attributes", "case_attributes", "objects"])
def test_who_did_the_work_is_no_attribute(role: str) -> None:
    with pytest.raises(BadInput, match="says who did the work"):
        log_of(*ROWS, roles=ColumnRoles("sag", "trin", "tid", **{role: ("medarbejder",)}))  # type: ignore[arg-type]
    with pytest.raises(BadInput, match="cannot be an attribute too"):
        log_of(*ROWS, roles=ColumnRoles("sag", "trin", "tid", attributes=("sag",)))


def test_a_name_among_many_other_values_of_an_attribute_is_masked() -> None:
    log = log_of(*(f"{n};A;21-03-2025;;;;;kanal {n};;;;" for n in range(20)), "90;A;21-03-2025;;;;;Mette Jensen;;;;")
    assert log.event_columns[attribute_key("kanal")][20].as_py() == "•••"


def test_a_recipe_carries_the_roles_and_needs_their_columns() -> None:
    recipe = Recipe((TableRecipe(ROLES, steps=(JoinColumns(columns=("kanal", "note"), into="udfald"),)),))
    assert read_recipe(write_recipe(recipe), "r.toml") == recipe
    assert needed(recipe.tables[0]) == {name for name in HEADER.split(";") if name != "udfald"}


def test_describe_tells_which_column_plays_which_role() -> None:
    columns = describe(log_of(*ROWS), Texts("en"), Task()).columns
    assert columns["employee"] == "medarbejder"
    assert columns["attributes"] == ("kanal",)


VALUES = st.sampled_from(["a", "b", "æ", None])


EVENTS = st.tuples(st.integers(0, 3), st.integers(0, 2), st.integers(0, 9), VALUES, VALUES, st.integers(0, 4))


@given(st.lists(EVENTS, min_size=1, max_size=30))
def test_a_log_with_everything_comes_back_as_it_was(rows: list[tuple[int, int, int, str | None, str | None, int]]) -> None:
    times = np.array([row[2] for row in rows], np.int64)
    texts = {key: pa.array([row[place] for row in rows], pa.string()).dictionary_encode() for key, place in (("employee", 3), ("actor", 4))}
    log = build_event_log(
        case_codes=np.array([row[0] for row in rows]),
        case_ids=pa.array(["1", "2", "3", "4"]),
        activity_codes=np.array([row[1] for row in rows]),
        activities=["A", "B", "C"],
        timestamp=times,
        start=np.where(times > 4, times - 1, NO_TIME),
        registered=np.where(times > 2, times + 7, NO_TIME),
        precision=np.array([row[5] for row in rows], np.uint8),
        event_columns=texts,
        roles=ROLES,
    )
    outcomes = pa.array([None, "bevilget", "æ", "afslag"][: log.n_cases], pa.string()).dictionary_encode()
    log = replace(log, case_columns={"outcome": outcomes, attribute_key("køn"): outcomes})
    parts = [pa.py_buffer(b"".join(chunks(log, Task()))) for chunks in (event_chunks, case_chunks)]
    assert same_logs(log, read_parts(parts[0], parts[1], log.roles, log.notices, Task()))


def test_a_pattern_chosen_for_the_time_does_not_bind_a_column_that_is_written_in_another_way(tmp_path: Path) -> None:
    content = csv("17;A;03-04-2025;2025-05-03T10:05", "17;B;04-05-2025;2025-05-04T10:05", header="sag;trin;tid;registreret")
    roles = ColumnRoles("sag", "trin", "tid", registered="registreret")
    log = read_log(content, "t.csv", ReadOptions(roles, timestamp_format="%d-%m-%Y"), Task())
    table = TableRecipe(roles, timestamp_format="%d-%m-%Y", timezone="UTC")
    washed = take_in([(written(tmp_path, "a.csv", content), Secret())], Recipe((table,)), Task())[0].log
    for one in (log, washed):
        assert one.registered is not None
        assert np.datetime_as_string(one.registered.astype("datetime64[us]"), "m").tolist() == ["2025-05-03T10:05", "2025-05-04T10:05"]
        assert np.datetime_as_string(one.timestamp.astype("datetime64[us]"), "D").tolist() == ["2025-04-03", "2025-05-04"]


def test_the_shell_names_further_roles_of_a_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(written(tmp_path, "sager.csv", csv(*ROWS)))
    named = ["--case", "sag", "--activity", "trin", "--timestamp", "tid"]
    further = ["--role", "employee=medarbejder", "--role", "attributes=kanal", "--role", "attributes=enhed"]
    assert cli.main(["describe", path, *named, *further, "--json"]) == 0
    told = capsys.readouterr().out
    assert json.loads(told)["columns"]["attributes"] == ["kanal", "enhed"]
    assert "KLM" not in told
    assert cli.main(["describe", path, "--role", "chef=medarbejder"]) == 2
    assert "unit, registered, employee" in capsys.readouterr().err


def test_xes_says_which_further_roles_it_does_not_know() -> None:
    content = '<log><trace><string key="concept:name" value="1"/><event><string key="concept:name" value="A"/></event></trace></log>'
    log = read_log(content.encode(), "t.xes", ReadOptions(ColumnRoles(employee="org:resource")), Task())
    assert any("--role employee" in line for line in said(log))
