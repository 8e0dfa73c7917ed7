"""An analyst washes an extract: each step does what it says, tells what it did, and touches nothing else."""

from __future__ import annotations

import pyarrow as pa
import pytest

from engine.errors import BadInput
from engine.log.columns import ColumnRoles
from engine.tasks import Task
from engine.washing.moments import with_moments
from engine.washing.rows import Rows
from engine.washing.values import (
    AnyStep,
    ClipPeriod,
    DropCases,
    DropDuplicates,
    DropNearDuplicates,
    DropRows,
    JoinColumns,
    KeepRows,
    MapValues,
    MergeCases,
    Outcome,
    RepairSummerTime,
    SplitActivity,
    SplitCases,
    Trim,
    UnifySpelling,
)
from engine.washing.wash import wash

ROLES = ColumnRoles("sag", "trin", "tid")
HOUR = 3_600_000_000


def table(*rows: str, columns: str = "sag;trin;tid") -> Rows:
    """Rows written as "17;Ansøgt;2025-03-01 10:00"."""
    cells = [row.split(";") for row in rows]
    named = {name: [cell[place] for cell in cells] for place, name in enumerate(columns.split(";"))}
    return Rows.of(pa.table(named), ROLES, "u.csv", 2, "Europe/Copenhagen")


def washed(rows: Rows, *steps: AnyStep) -> tuple[list[str], list[Outcome]]:
    """The rows after the steps, written as they came in, and what each step told."""
    after, outcomes = wash(rows, steps, Task())
    cells = [after.column(name).texts().to_pylist() for name in after.table.column_names]
    return [";".join(row) for row in zip(*cells, strict=True)], list(outcomes)


def test_blanks_go_and_the_step_tells_which_cells_it_changed() -> None:
    rows, (outcome,) = washed(table(" 17;Ansøgt\u00a0 nu ;2025-03-01", "18;Ansøgt nu;2025-03-02"), Trim())
    assert rows == ["17;Ansøgt nu;2025-03-01", "18;Ansøgt nu;2025-03-02"]
    assert (outcome.rows_in, outcome.rows_out, outcome.changed) == (2, 2, 1)
    assert {(one.row, one.column, one.before, one.after) for one in outcome.sample} >= {(2, "trin", "Ansøgt\u00a0 nu ", "Ansøgt nu")}


def test_the_sample_never_shows_who_a_case_is_about() -> None:
    _, (outcome,) = washed(table(" 010190-1234;Ansøgt;2025-03-01"), Trim())
    assert all("1234" not in one.before + str(one.after) for one in outcome.sample)
    _, (gone,) = washed(table("17;Ring 22 33 44 55;2025-03-01"), DropRows(column="sag", values=("17",)))
    assert [one.before for one in gone.sample] == ["•••"]


def test_spellings_become_the_most_frequent_one() -> None:
    rows = table("1;Sag afgjort;", "2;SAG AFGJORT.;", "3;Sag afgjort;", "4;Ærinde;", "5;Aerinde;", "6;Aerinde;")
    texts, (outcome,) = washed(rows, UnifySpelling(column="trin"))
    assert [text.split(";")[1] for text in texts] == ["Sag afgjort"] * 3 + ["Aerinde"] * 3
    assert outcome.changed == 2


def test_codes_become_activities_and_unknown_codes_stay() -> None:
    texts, _ = washed(table("1;K04;", "1;K07;", "1;X;"), MapValues(column="trin", table={"K04": "Opfølgning", "K07": "Jobsamtale"}))
    assert [text.split(";")[1] for text in texts] == ["Opfølgning", "Jobsamtale", "X"]
    beside, _ = washed(table("1;K04;"), MapValues(column="trin", table={"K04": "Opfølgning"}, into="navn"))
    assert beside == ["1;K04;;Opfølgning"]


def test_an_activity_of_several_columns_and_one_told_apart() -> None:
    rows = table("1;Afgørelse;;Bevilget", "1;Samtale;;Holdt", "1;Afgørelse;;", columns="sag;trin;tid;udfald")
    joined, _ = washed(rows, JoinColumns(columns=("trin", "udfald"), into="trin"))
    assert [text.split(";")[1] for text in joined] == ["Afgørelse – Bevilget", "Samtale – Holdt", "Afgørelse"]
    split, _ = washed(rows, SplitActivity(activity="Afgørelse", by="udfald"))
    assert [text.split(";")[1] for text in split] == ["Afgørelse – Bevilget", "Samtale", "Afgørelse"]


def test_rows_and_cases_are_left_out_by_their_cells() -> None:
    rows = table("1;A;", "1;Annulleret;", "2;A;", "3;TEST;")
    assert washed(rows, DropRows(column="trin", values=("Annulleret",)))[0] == ["1;A;", "2;A;", "3;TEST;"]
    assert washed(rows, KeepRows(column="trin", values=("A",)))[0] == ["1;A;", "2;A;"]
    assert washed(rows, DropCases(column="trin", pattern="^(TEST|Annul)"))[0] == ["2;A;"]
    with pytest.raises(BadInput, match="regular expression"):
        washed(rows, DropCases(column="trin", pattern="(("))


def test_duplicates_go_and_of_corrections_the_last_stays() -> None:
    rows = table("1;A;2025-03-01 10:00", "1;A;2025-03-01 10:00", "1;A;2025-03-01 10:03", "1;A;2025-03-01 11:00", "2;A;2025-03-01 10:01")
    once, (outcome,) = washed(rows, DropDuplicates())
    assert len(once) == 4 and (outcome.rows_in, outcome.rows_out) == (5, 4)
    kept, _ = washed(rows, DropNearDuplicates(minutes=5))
    assert len(kept) == 3
    assert washed(rows, DropDuplicates(columns=("sag", "trin")))[0] == ["1;A;2025-03-01 10:00", "2;A;2025-03-01 10:01"]


def test_the_hour_that_comes_twice_is_told_by_the_order_of_the_rows() -> None:
    rows = table("1;A;2025-10-26 02:10", "1;B;2025-10-26 02:50", "1;C;2025-10-26 02:20", "1;D;2025-10-26 03:05", "2;A;2025-10-26 02:20")
    repaired, (outcome,) = wash(rows, (RepairSummerTime(),), Task())
    before, after = with_moments(rows)[1], with_moments(repaired)[1]
    assert (after - before).tolist() == [0, 0, HOUR, 0, 0]
    assert outcome.changed == 1


def test_a_period_is_clipped_in_the_zone_of_the_table() -> None:
    rows = table("1;A;2025-02-28 23:59", "1;B;2025-03-01 00:00", "1;C;2025-03-31 23:59", "1;D;2025-04-01 00:00", "1;E;")
    after, _ = wash(rows, (ClipPeriod(first="2025-03-01", end="2025-04-01"),), Task())
    assert after.column("trin").texts().to_pylist() == ["B", "C", "E"]
    with pytest.raises(BadInput, match="is no day"):
        wash(rows, (ClipPeriod(first="1. marts"),), Task())


def test_cases_are_split_at_long_gaps_and_merged_by_what_links_them() -> None:
    rows = table("1;A;2025-01-01", "1;B;2025-06-01", "2;A;2025-01-01", "1;C;2025-06-02", "1;D;")
    after, _ = wash(rows, (SplitCases(days=90),), Task())
    assert after.column("sag").texts().to_pylist() == ["1", "1 (2)", "2", "1 (2)", "1 (2)"]
    linked = table("1;A;;", "2;B;;1", "3;C;;2", "4;D;;99", "5;E;;6", "6;F;;5", columns="sag;trin;tid;tidligere")
    texts, (outcome,) = washed(linked, MergeCases(earlier="tidligere"))
    assert [text.split(";")[0] for text in texts] == ["1", "1", "1", "4", "5", "5"]
    assert outcome.changed == 3


def test_a_paused_step_does_nothing_and_a_missing_column_is_named() -> None:
    rows = table("1;A;")
    texts, (outcome,) = washed(rows, DropRows(column="trin", values=("A",), paused=True))
    assert texts == ["1;A;"] and outcome.paused
    with pytest.raises(BadInput, match="kanal"):
        washed(rows, UnifySpelling(column="kanal"))
