"""Of persons an import keeps what an analysis needs: an age band, what a text was about, that the caseworker changed; never who it was."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.demo.people import person
from engine.errors import BadInput
from engine.tasks import Task
from engine.washing.fitting import needed
from engine.washing.recipe_file import read_recipe, write_recipe
from engine.washing.values import (
    AgeBand,
    CaseworkerOrder,
    JoinColumns,
    KeywordActivity,
    MapValues,
    Recipe,
    SplitActivity,
    TableRecipe,
)
from engine.washing.wash import wash
from tests.engine.test_washing import ROLES, table, washed

BORN = "sag;trin;tid;født"


def bands(*born: str, **given: object) -> list[str]:
    rows = table(*(f"{n};A;2025-03-01 10:00;{text}" for n, text in enumerate(born)), columns=BORN)
    return [text.split(";")[3] for text in washed(rows, AgeBand(column="født", into="alder", **given))[0]]  # type: ignore[arg-type]


def test_birth_dates_become_bands_on_the_day_of_the_event_and_are_gone() -> None:
    rows = table("1;A;2025-02-28 23:59;01-03-1995", "1;B;2025-03-01 00:00;01-03-1995", "2;A;;13-03-1990", columns=BORN)
    texts, (outcome,) = washed(rows, AgeBand(column="født", into="alder"))
    assert [text.split(";")[3] for text in texts] == ["25–29", "30–39", ""]
    after, _ = wash(rows, (AgeBand(column="født", into="alder"),), Task())
    assert after.table.column_names == ["sag", "trin", "tid", "alder"]
    assert (outcome.unread, outcome.rows_out) == (1, 3)
    assert all("1995" not in one.before + str(one.after) for one in outcome.sample)


def test_cells_that_are_no_dates_are_counted_and_numbers_of_people_tell_their_birth_date() -> None:
    rows = table("1;A;2025-03-01;ukendt", "1;B;2025-03-01;", "2;A;2025-03-01;130790-1234", "3;A;2025-03-01;1990-07-13", columns=BORN)
    texts, (outcome,) = washed(rows, AgeBand(column="født", into="alder"))
    assert [text.split(";")[3] for text in texts] == ["", "", "30–39", "30–39"]
    assert outcome.unread == 1


def test_a_fixed_day_own_bands_and_years_of_two_digits() -> None:
    assert bands("13-03-07", "13-03-57", on="2025-03-12", bands=(18, 65)) == ["<18", "65+"]
    assert bands("13-03-2007", "13-03-1957", on="2025-03-13", bands=(18, 65)) == ["18–64", "65+"]
    with pytest.raises(BadInput, match="no day"):
        bands("13-03-2007", on="i dag")
    with pytest.raises(BadInput, match="bands"):
        bands("13-03-2007", on="2025-03-13", bands=(40, 30))
    with pytest.raises(BadInput, match="needs another"):
        washed(table("1;A;;", columns=BORN), AgeBand(column="født", into="født"))


@given(st.dates(date(1910, 1, 1), date(2024, 12, 31)), st.integers(0, 36_000))
def test_an_age_is_that_of_the_calendar(born: date, days: int) -> None:
    on = min(born + timedelta(days), date(2025, 12, 31))
    years = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
    edges = tuple(range(1, 120))
    expected = "<1" if years == 0 else f"{years}–{years}" if years < 119 else "119+"
    assert bands(born.isoformat(), on=on.isoformat(), bands=edges) == [expected]


def test_keywords_make_activities_of_free_text_and_the_text_is_dropped() -> None:
    columns = "sag;trin;tid;notat"
    rows = table("1;Notat;;Borger RINGEDE om CV", "1;Brev;;intet", "2;Notat;;cv er sendt", "2;Notat;;", columns=columns)
    step = KeywordActivity(column="notat", table={"cv": "CV drøftet", "ringede": "Opkald"}, into="trin", otherwise="trin")
    texts, (outcome,) = washed(rows, step)
    assert texts == ["1;CV drøftet;", "1;Brev;", "2;CV drøftet;", "2;Notat;"]
    assert outcome.changed == 2
    assert all("Borger" not in one.before + str(one.after) for one in outcome.sample)
    assert washed(rows, KeywordActivity(column="notat", table={"RING": "Opkald"}, into="hvad"))[0][0] == "1;Notat;;Opkald"


def test_caseworkers_become_numbers_within_their_case() -> None:
    columns = "sag;trin;tid;sagsbehandler"
    rows = table(
        "1;C;2025-01-03;hj", "1;A;2025-01-01;ab", "1;B;2025-01-02;hj", "1;D;2025-01-04;ab", "2;A;2025-01-01;hj", "2;B;2025-01-02;",
        columns=columns,
    )  # fmt: skip
    step = CaseworkerOrder(column="sagsbehandler", into="led")
    texts, (outcome,) = washed(rows, step)
    assert [text.split(";")[3].removeprefix("Sagsbehandler ") for text in texts] == ["2", "1", "2", "1", "1", ""]
    assert "hj" not in "".join(texts) and all("hj" not in one.before for one in outcome.sample)


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 5)), min_size=1, max_size=40), st.permutations(range(6)))
def test_who_the_caseworkers_are_makes_no_difference(events: list[tuple[int, int]], other: list[int]) -> None:
    def numbers(names: list[int]) -> list[str]:
        rows = [f"{case};A;2025-01-01 {place // 60:02d}:{place % 60:02d};w{names[worker]}" for place, (case, worker) in enumerate(events)]
        return washed(table(*rows, columns="sag;trin;tid;medarbejder"), CaseworkerOrder(column="medarbejder", into="led"))[0]

    mine = numbers(list(range(6)))
    assert mine == numbers(other)
    changes = [one.split(";")[3] for one in mine]
    seen: dict[int, list[int]] = {}
    for (case, worker), told in zip(events, changes, strict=True):
        known = seen.setdefault(case, [])
        if worker not in known:
            known.append(worker)
        assert told == f"Sagsbehandler {known.index(worker) + 1}"


def test_employees_reach_no_other_column() -> None:
    rows = table("1;A;;hj", "1;B;;ab", columns="sag;trin;tid;sagsbehandler")
    mapped, (outcome,) = washed(rows, MapValues(column="sagsbehandler", table={"ab": "Team Nord"}, into="enhed"))
    assert [text.split(";")[4] for text in mapped] == ["•••", "Team Nord"] and outcome.unknown == 1
    with pytest.raises(BadInput, match="who did the work"):
        washed(rows, JoinColumns(columns=("trin", "sagsbehandler"), into="x"))
    with pytest.raises(BadInput, match="who did the work"):
        washed(rows, SplitActivity(activity="A", by="sagsbehandler"))


def test_the_steps_are_kept_in_a_recipe_that_names_what_it_needs() -> None:
    steps = (
        AgeBand(column="født", into="alder", on="2025-01-01"),
        KeywordActivity(column="notat", table={"cv": "CV drøftet"}, into="hvad", otherwise="trin"),
        CaseworkerOrder(column="sagsbehandler", into="led"),
    )
    recipe = Recipe((TableRecipe(ROLES, steps=steps),))
    assert read_recipe(write_recipe(recipe), "r.toml") == recipe
    assert needed(recipe.tables[0]) == {"sag", "trin", "tid", "født", "notat", "sagsbehandler"}


def test_many_people_have_the_band_of_their_birth_date() -> None:
    people = [person(place) for place in range(500)]
    on = date(2025, 6, 1)
    ages = [on.year - one.born.year - ((on.month, on.day) < (one.born.month, one.born.day)) for one in people]
    expected = ["60+" if age >= 60 else f"{age // 10 * 10}–{age // 10 * 10 + 9}" if age >= 30 else "25–29" for age in ages]
    assert min(ages) >= 25
    assert bands(*(f"{one.born:%d.%m.%Y}" for one in people), on=on.isoformat()) == expected
