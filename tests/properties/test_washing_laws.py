"""Laws of the wash: rows keep their order and their number adds up, steps that clean are idempotent, recipes survive their file."""

from __future__ import annotations

import random
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.intake import take_in
from engine.log.columns import ColumnRoles
from engine.service.messages import Secret
from engine.tasks import Task
from engine.washing import values
from engine.washing.recipe_file import read_recipe, write_recipe
from engine.washing.rows import Rows
from engine.washing.wash import FUNCTIONS, wash

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), max_size=6)
CELLS = st.sampled_from(["A", "a", " A", "B ", "b", "", "Ø", "oe", "Ã˜", "7.5", "7,5", "1.250", "010190", "1"])
TIMES = st.sampled_from(["2025-10-26 02:15", "2025-10-26 02:45", "2025-10-26 01:30", "2025-03-01 10:00", "2025-03-01 10:02", ""])
TABLES = st.lists(st.tuples(st.sampled_from(["1", "2", "3"]), CELLS, TIMES, CELLS), max_size=25)
ALL: list[values.AnyStep] = [
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
    values.DropNearDuplicates(minutes=5, keep="first"),
    values.DropCases(column="b", pattern="^a"),
    values.RepairEncoding(),
    values.UnifyDecimals(columns=("d",)),
    values.SplitAtActivity(activities=("A", "b")),
    values.SplitAtChange(column="d"),
    values.AgeBand(column="p", into="alder"),
    values.KeywordActivity(column="q", table={"a": "Aa"}, into="ord", otherwise="b"),
    values.CaseworkerOrder(column="r", into="hvem"),
    values.UnifyIds(columns=("a",)),
    values.ClipPeriod(end="2025-03-02", paused=True),
]
STEPS = st.sampled_from(ALL)
LEAVING = (values.KeepRows, values.DropRows, values.DropDuplicates, values.ClipPeriod)
IDEMPOTENT = (values.Trim, values.UnifySpelling, values.RepairEncoding, values.UnifyDecimals, values.RepairSummerTime, *LEAVING)


def rows_of(cells: list[tuple[str, str, str, str]]) -> Rows:
    places = {"a": 0, "b": 1, "t": 2, "d": 3, "p": 3, "q": 3, "r": 3}
    named = {name: pa.array([row[place] for row in cells], pa.string()) for name, place in places.items()}
    return Rows.of(pa.table(named), ColumnRoles("a", "b", "t"), "x.csv", 2, "Europe/Copenhagen")


def texts(rows: Rows) -> list[list[str]]:
    return [rows.column(name).texts().to_pylist() for name in rows.table.column_names]


@given(TABLES, st.lists(STEPS, max_size=5, unique_by=type))
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


@given(TABLES, st.lists(STEPS, max_size=4, unique_by=type))
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


@given(TABLES, st.lists(STEPS, max_size=4, unique_by=type))
def test_what_a_step_tells_is_what_it_did(cells: list[tuple[str, str, str, str]], steps: list[values.AnyStep]) -> None:
    """Rows in are rows out and those that left; a step that tells of no change has changed no text."""
    rows = rows_of(cells)
    for step in steps:
        after, (outcome,) = wash(rows, (step,), Task())
        left = len(set(rows.places.tolist()) - set(after.places.tolist()))
        assert outcome.rows_in == outcome.rows_out + left == len(rows)
        assert outcome.changed <= outcome.rows_out and len(outcome.sample) <= 10
        if not outcome.changed and not left:
            same = [name for name in after.table.column_names if name in rows.table.column_names and name != "t"]
            assert [after.column(name).texts().to_pylist() for name in same] == [rows.column(name).texts().to_pylist() for name in same]
        assert not step.paused or (outcome.changed, left) == (0, 0)
        rows = after


@given(TABLES)
def test_duplicates_are_those_that_a_reader_would_strike_out(cells: list[tuple[str, str, str, str]]) -> None:
    seen: set[tuple[str, str, str, str]] = set()
    first = [place for place, row in enumerate(cells) if row not in seen and not seen.add(row)]  # type: ignore[func-returns-value]
    assert wash(rows_of(cells), (values.DropDuplicates(),), Task())[0].places.tolist() == first
    of_two = {(row[0], row[1]): place for place, row in reversed(list(enumerate(cells)))}
    kept = wash(rows_of(cells), (values.DropDuplicates(columns=("a", "b")),), Task())[0]
    assert kept.places.tolist() == sorted(of_two.values())


MINUTES = st.sampled_from([0, 1, 4, 5, 6, 9, 10, 60])
EVENTS = st.tuples(st.sampled_from("12"), st.sampled_from("AB"), MINUTES | st.none())


@given(st.lists(EVENTS, max_size=14), st.sampled_from(["first", "last"]))
def test_corrections_are_those_that_follow_within_the_minutes(cells: list[tuple[str, str, int | None]], keep: str) -> None:
    rows = rows_of([(case, step, "" if at is None else f"2025-03-15 10:{at % 60:02d}:{at // 60:02d}", "") for case, step, at in cells])
    if not any(at is not None for _, _, at in cells):
        return
    times = [None if at is None else 60 * (at % 60) + at // 60 for _, _, at in cells]
    gone = set()
    for case, step in {(case, step) for case, step, _ in cells}:
        of_group = sorted((at, place) for place, at in enumerate(times) if at is not None and cells[place][:2] == (case, step))
        for (before, one), (after, other) in pairwise(of_group):
            if after - before <= 300:
                gone.add(one if keep == "last" else other)
    washed, _ = wash(rows, (values.DropNearDuplicates(minutes=5, keep=keep),), Task())  # type: ignore[arg-type]
    assert washed.places.tolist() == [place for place in range(len(cells)) if place not in gone]


@settings(max_examples=30)
@given(st.randoms(use_true_random=False), st.lists(st.sampled_from([values.Trim(), values.DropDuplicates()]), max_size=2, unique=True))
def test_the_order_of_the_rows_in_a_file_makes_no_other_log(shuffle: random.Random, steps: list[values.AnyStep]) -> None:
    """Where no two events of a case share a time, and cases and activities are first met in one order, the log is the same."""
    lines = [f"S{case};{step};{case + 10}-03-2025 {8 + n}:00:00" for case in range(8) for n, step in enumerate("ABC")]
    heads, rest = [line for line in lines if ";A;" in line], [line for line in lines if ";A;" not in line]
    middle = [line for line in rest if line.startswith("S0")]
    others = [line for line in rest if not line.startswith("S0")]
    shuffle.shuffle(others)
    recipe = values.Recipe((values.TableRecipe(ColumnRoles("sag", "trin", "tid"), steps=tuple(steps), timezone="Europe/Copenhagen"),))
    with TemporaryDirectory() as folder:
        hashes = set()
        for number, told in enumerate((lines, [*heads, *middle, *others])):
            file = Path(folder) / f"u{number}.csv"
            file.write_text("sag;trin;tid\n" + "\n".join(told) + "\n", "utf-8")
            hashes.add(take_in([(file, Secret())], recipe, Task())[0].sha256)
    assert len(hashes) == 1


def test_every_kind_of_step_is_among_those_that_the_laws_are_tried_on() -> None:
    assert {type(step) for step in ALL} == set(FUNCTIONS)
