"""Laws of the wash: rows keep their order and their number adds up, steps that clean are idempotent, recipes survive their file."""

from __future__ import annotations

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from engine.log.columns import ColumnRoles
from engine.tasks import Task
from engine.washing import values
from engine.washing.recipe_file import read_recipe, write_recipe
from engine.washing.rows import Rows
from engine.washing.wash import wash

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), max_size=6)
CELLS = st.sampled_from(["A", "a", " A", "B ", "b", "", "Ø", "oe"])
TIMES = st.sampled_from(["2025-10-26 02:15", "2025-10-26 02:45", "2025-10-26 01:30", "2025-03-01 10:00", "2025-03-01 10:02", ""])
TABLES = st.lists(st.tuples(st.sampled_from(["1", "2", "3"]), CELLS, TIMES, CELLS), max_size=25)
STEPS = st.sampled_from(
    [
        values.Trim(),
        values.UnifySpelling(column="b"),
        values.MapValues(column="b", table={"A": "Å", "b": "A"}),
        values.JoinColumns(columns=("b", "d"), into="e"),
        values.SplitActivity(activity="A", by="d"),
        values.KeepRows(column="d", values=("A", "b")),
        values.DropRows(column="d", values=("a",)),
        values.DropCases(column="b", values=("Ø",)),
        values.DropDuplicates(),
        values.DropNearDuplicates(minutes=5),
        values.RepairSummerTime(),
        values.ClipPeriod(first="2025-03-01", end="2025-10-27"),
        values.SplitCases(days=30),
        values.MergeCases(earlier="d"),
    ]
)
LEAVING = (values.KeepRows, values.DropRows, values.DropDuplicates, values.ClipPeriod)
IDEMPOTENT = (values.Trim, values.UnifySpelling, values.RepairSummerTime, *LEAVING)


def rows_of(cells: list[tuple[str, str, str, str]]) -> Rows:
    named = {name: pa.array([row[place] for row in cells], pa.string()) for place, name in enumerate("abtd")}
    return Rows.of(pa.table(named), ColumnRoles("a", "b", "t"), "x.csv", 2, "Europe/Copenhagen")


def texts(rows: Rows) -> list[list[str]]:
    return [rows.column(name).texts().to_pylist() for name in rows.table.column_names]


@given(TABLES, st.lists(STEPS, max_size=5))
def test_rows_keep_their_order_and_their_number_adds_up(cells: list[tuple[str, str, str, str]], steps: list[values.AnyStep]) -> None:
    rows = rows_of(cells)
    after, outcomes = wash(rows, tuple(steps), Task())
    counts = [len(rows), *(outcome.rows_out for outcome in outcomes)]
    assert [outcome.rows_in for outcome in outcomes] == counts[:-1]
    assert counts[-1] == len(after) and counts == sorted(counts, reverse=True)
    assert after.places.tolist() == sorted(set(after.places.tolist()))
    assert all(outcome.changed <= outcome.rows_out for outcome in outcomes)


@given(TABLES, STEPS)
def test_a_step_that_cleans_finds_nothing_the_second_time(cells: list[tuple[str, str, str, str]], step: values.AnyStep) -> None:
    if not isinstance(step, IDEMPOTENT):
        return
    once, _ = wash(rows_of(cells), (step,), Task())
    twice, (outcome,) = wash(once, (step,), Task())
    assert texts(twice) == texts(once)
    assert (outcome.changed, outcome.rows_out) == (0, len(once))


@given(TABLES, st.lists(STEPS, max_size=4))
def test_a_wash_in_two_goes_is_the_wash_in_one(cells: list[tuple[str, str, str, str]], steps: list[values.AnyStep]) -> None:
    whole, _ = wash(rows_of(cells), tuple(steps), Task())
    half, _ = wash(rows_of(cells), tuple(steps[:2]), Task())
    rest, _ = wash(half, tuple(steps[2:]), Task())
    assert texts(rest) == texts(whole)


@given(
    st.lists(STEPS, max_size=6),
    st.builds(ColumnRoles, TEXT, TEXT, TEXT, st.none() | TEXT, st.none() | TEXT),
    st.lists(TEXT, max_size=4),
    TEXT,
)
def test_a_recipe_comes_back_from_its_file_as_it_was(
    steps: list[values.AnyStep], roles: ColumnRoles, columns: list[str], name: str
) -> None:
    recipe = values.Recipe((values.TableRecipe(roles, tuple(columns), steps=tuple(steps)),), name)
    assert read_recipe(write_recipe(recipe), "r.toml") == recipe
