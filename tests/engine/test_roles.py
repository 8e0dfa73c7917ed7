"""Which column plays which role: told from the names in use and from what the columns hold, and never by luck."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import BadInput
from engine.importing.detect import guess_roles
from engine.importing.personal import is_employee, plain_name
from engine.importing.reading import preview_table, read_log
from engine.log.columns import ColumnRoles, ReadOptions
from engine.tasks import Task

NO_ROLES = ColumnRoles()
CELLS = {"case": ["1", "1", "2"], "activity": ["a", "b", "a"], "timestamp": ["2024-02-01", "2024-02-02", "2024-02-03"]}


def guess(columns: dict[str, list[str]], given_roles: ColumnRoles = NO_ROLES) -> ColumnRoles:
    return guess_roles(given_roles, pa.table(columns)).roles


@pytest.mark.parametrize(
    "names",
    [
        ("case:concept:name", "concept:name", "time:timestamp"), ("Sagsnr.", "Aktivitet", "Tidspunkt"),
        ("sags_id", "hændelse", "tidsstempel"), ("SagsID", "HAENDELSE", "Dato"), ("sagsnummer", "trin", "registreringsdato"),
        ("ID", "Event", "Date"), ("Case ID", "Activity", "Timestamp"), ("caseId", "activityName", "eventTime"),
        ("Journal nr", "Handling", "Oprettet"), ("Forløb", "Opgave", "Dato/tid"),
        ("ticket-id", "Task Name", "Completion Time"), ("Case", "Operation", "End Date"),
        ("Forløbs-ID", "Aktivitetstype", "udført"), ("borger nr", "aktivitet", "ankomst"),
    ],
)
def test_names_in_use(names: tuple[str, str, str]) -> None:
    columns = dict(zip(names, CELLS.values(), strict=True))
    assert guess(columns) == ColumnRoles(*names)
    assert guess({**{"beløb": ["1", "2", "3"]}, **dict(reversed(columns.items()))}) == ColumnRoles(*names)


def test_start_and_unit_are_found_beside_them() -> None:
    times = {"Start": CELLS["timestamp"], "Slut": CELLS["timestamp"]}
    columns = {"Sag": CELLS["case"], "Aktivitet": CELLS["activity"], **times, "Afdeling": ["x"] * 3}
    assert guess(columns) == ColumnRoles("Sag", "Aktivitet", "Slut", "Start", "Afdeling")


def test_a_name_that_promises_times_must_hold_them() -> None:
    days = {"Dato": ["mandag", "tirsdag", "onsdag"]}
    columns = {"Sag": CELLS["case"], "Aktivitet": CELLS["activity"], **days, "Modtaget": CELLS["timestamp"]}
    assert guess(columns).timestamp == "Modtaget"


def test_two_candidates_of_the_same_kind_are_not_guessed_between() -> None:
    columns = {"Kunde ID": CELLS["case"], "Ordre ID": CELLS["case"], "Aktivitet": CELLS["activity"], "Dato": CELLS["timestamp"]}
    assert guess(columns).case is None
    assert guess({**columns, "Sagsnr": CELLS["case"]}).case == "Sagsnr"


def test_employees_are_never_guessed_as_units() -> None:
    columns = {"Sagsbehandler": ["Ane"] * 3, "org:resource": ["Bo"] * 3, "Resource": ["C"] * 3, "user": ["d"] * 3, "Medarbejder": ["e"] * 3}
    assert guess(columns).unit is None


@pytest.mark.parametrize("name", ["Bruger ID", "Medarbejder-id", "MedarbejderId", "Resource", "User", "Initialer id", "Oprettet af"])
def test_employees_are_never_guessed_as_anything(name: str) -> None:
    columns = {"Nøgle x": CELLS["case"], name: CELLS["case"], "Trin": CELLS["activity"], "Dato": CELLS["timestamp"]}
    assert guess(columns) == ColumnRoles(None, "Trin", "Dato")
    assert guess({"Sagsnr": CELLS["case"], name: CELLS["activity"], "Dato": CELLS["timestamp"]}).activity is None


@pytest.mark.parametrize("role", ["case", "activity", "unit"])
@pytest.mark.parametrize("content", [b"Sag;Trin;Dato;Sagsbehandler\n1;a;2024-02-01;Ane\n", b"<log/>"])
def test_employees_that_are_asked_for_are_refused(role: str, content: bytes) -> None:
    options = ReadOptions(roles=ColumnRoles(**{role: "Sagsbehandler"}))
    for attempt in (read_log, preview_table):
        if attempt is preview_table and content.startswith(b"<"):
            continue
        with pytest.raises(BadInput, match=r"Sagsbehandler of t\.csv says who did the work"):
            attempt(content, "t.csv", options, Task())


def test_names_that_only_resemble_employees() -> None:
    employees = ("sagsbehandler", "Sagsbeh.", "Medarbejder_init", "org:resource", "UserName", "Agent", "Created by", "tildelt af", "Ansat")
    others = ("enhed", "Center", "team", "department", "Sagsbehandlingstrin", "Resource type", "Forbruger", "By", "initial status")
    assert [name for name in employees if not is_employee(name)] == [name for name in others if is_employee(name)] == []


def test_a_lone_civil_registration_number_may_be_the_case_but_hardly_is() -> None:
    persons = ["010190-1234", "0101901234", "020290 1234"]
    columns = {"Borger": persons, "Trin": CELLS["activity"], "Dato": CELLS["timestamp"]}
    found = guess_roles(NO_ROLES, pa.table(columns))
    assert found.roles.case == "Borger" and found.confidence["case"] == 0.5
    assert guess({"Sagsnr": CELLS["case"], **columns}).case == "Sagsnr"
    columns = {"Sagsnr": CELLS["case"], "Aktivitet": persons, "Enhed": persons, "Dato": CELLS["timestamp"]}
    assert guess(columns) == ColumnRoles("Sagsnr", None, "Dato")


def test_what_is_given_stays_and_is_not_used_twice() -> None:
    columns = {"Sag": CELLS["case"], "Aktivitet": CELLS["activity"], "Trin": CELLS["activity"], "Dato": CELLS["timestamp"]}
    found = guess_roles(ColumnRoles(case="Aktivitet"), pa.table(columns))
    assert found.roles == ColumnRoles("Aktivitet", "Trin", "Dato")
    assert found.confidence["case"] == 1.0 > found.confidence["activity"] > 0


def test_times_written_in_the_format_that_is_said_are_found() -> None:
    columns = {"Sag": CELLS["case"], "Aktivitet": CELLS["activity"], "Dato": ["1|2|2024", "2|2|2024", "3|2|2024"]}
    assert guess(columns).timestamp is None
    assert guess_roles(NO_ROLES, pa.table(columns), "%d|%m|%Y").roles == ColumnRoles("Sag", "Aktivitet", "Dato")
    content = "\n".join(",".join(row) for row in (columns, *zip(*columns.values(), strict=True))).encode()
    assert read_log(content, "t.csv", ReadOptions(timestamp_format="%d|%m|%Y"), Task()).n_events == 3


def test_names_without_meaning_are_not_guessed() -> None:
    assert guess({"x": CELLS["case"], "y": CELLS["activity"], "z": ["1", "2", "3"]}) == NO_ROLES


@given(st.text(max_size=20))
def test_plain_names_are_plain(name: str) -> None:
    assert plain_name(plain_name(name)) == plain_name(name) or not name.isascii()
    assert plain_name(f"  {name}__ ") == plain_name(name)


@pytest.mark.parametrize("text_format", ["%Y-%m-%d %H:%M:%S", "%d-%m-%Y %H:%M:%S", "%d/%m/%y %H:%M:%S"])
def test_long_columns_of_ever_new_times(text_format: str) -> None:
    """Such columns are read cell by cell instead of value by value."""
    begin = datetime(2024, 1, 1, tzinfo=UTC)
    clock = [begin + timedelta(seconds=97 * n) for n in range(30_000)]
    lines = [f"S{n % 90};trin {n % 7};{'' if n % 1000 == 5 else one.strftime(text_format)}" for n, one in enumerate(clock)]
    log = read_log("\n".join(["Sagsnr;Aktivitet;Tidspunkt", *lines]).encode(), "t.csv", ReadOptions(), Task())
    timed = {round(one.timestamp() * 1e6) for n, one in enumerate(clock) if n % 1000 != 5}
    assert set(log.timestamp[log.timestamp > 0].tolist()) == timed
    assert (log.n_cases, log.n_events, len(log.activities)) == (90, 30_000, 7)
    assert [one.values["count"] for one in log.notices] == [30]
