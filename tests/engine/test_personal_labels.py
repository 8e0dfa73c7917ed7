"""What a caseworker has typed about persons into the names of activities and units does not come in."""

from __future__ import annotations

import random

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from engine.demo.people import person
from engine.importing.reading import preview_table, read_log
from engine.log.columns import ColumnRoles, ReadOptions
from engine.personal.masking import MASK, holds_person, without_persons
from engine.personal.names import family_names, given_names, holds_name, is_name_in
from engine.tasks import Task

ROLES = ReadOptions(ColumnRoles("sag", "trin", "tid", unit="enhed"))


def csv(*rows: str, columns: str = "sag;trin;tid;enhed") -> bytes:
    return "\n".join((columns, *rows)).encode()


def test_a_person_in_the_name_of_an_activity_is_masked_and_what_becomes_equal_is_one() -> None:
    people = [person(place) for place in range(30)]
    rows = [f"{n};Ring til {one.name} på {one.phone};2025-01-02;Team Nord" for n, one in enumerate(people)]
    rows += [f"{n};Ring til {one.name} på {one.phone};2025-01-03;{one.mail}" for n, one in enumerate(people)]
    log = read_log(csv(*rows, "1;Afgørelse;2025-02-01;Team Larsen"), "u.csv", ROLES, Task())
    assert set(log.activities) == {f"Ring til {MASK} på {MASK}", "Afgørelse"}
    assert log.n_events == 61
    assert sorted(set(log.event_columns["unit"].to_pylist())) == ["Team Larsen", "Team Nord", MASK]
    (said,) = [notice for notice in log.notices if notice.values.get("mask") == MASK]
    assert said.values["count"] == 60


def test_names_of_work_stay_as_they_are() -> None:
    names = ("Ansøgt", "Mark Plan", "Opgave 12345678", "Bo Vest")
    rows = [f"{n};{names[n % 4]};2025-01-02;{1003000000 + 17 * n}" for n in range(12)]
    log = read_log(csv(*rows), "u.csv", ROLES, Task())
    assert set(log.activities) == set(names)
    assert not any("mask" in notice.values for notice in log.notices)


@given(st.randoms(use_true_random=False), st.sampled_from(["{0}", "Om {0}.", "{0}, {0}", "{0} {0}", "({0}/{0})", "a{0}", "{0}b"]))
def test_nothing_is_left_to_find_where_it_was_masked(chance: random.Random, frame: str) -> None:
    one = person(chance.randrange(30_000))
    texts = pa.array([frame.format(chance.choice((one.name, one.cpr, one.mail, one.phone, f"{one.name} {one.cpr}")))])
    assert not holds_person(without_persons(texts)).any()


WORDS = [*sorted(given_names())[::40], *sorted(family_names())[::40], "K.", "og", "Plan", "JENS", "HANSEN", "Jens", "Hansen"]


@given(st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from([" ", "-", ", ", ",", "  ", "/"])), min_size=1, max_size=6))
def test_one_text_is_looked_at_as_many_are(parts: list[tuple[str, str]]) -> None:
    text = "".join(word + sign for word, sign in parts)
    assert is_name_in(text) == bool(holds_name(pa.array([text]))[0])


def test_the_preview_masks_columns_of_persons_whole() -> None:
    people = [person(place) for place in range(40)]
    rows = [f"{n};Ansøgt;2025-01-02;{one.born};{one.name};{one.address}" for n, one in enumerate(people)]
    options = ReadOptions(ColumnRoles("sag", "trin", "tid"))
    shown = preview_table(csv(*rows, columns="sag;trin;tid;født;team;enhed"), "u.csv", options, Task())
    assert shown is not None
    assert {row[3:] for row in shown.rows} == {(MASK, MASK, MASK)}
    assert {row[1:3] for row in shown.rows} == {("Ansøgt", "2025-01-02")}
