"""Building a log: events in any order come out by case and time, exactly as a person would sort them by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import Cancelled
from engine.log import kernels
from engine.log.event_log import NO_TIME, EventLog, build_event_log
from engine.tasks import Task

Row = tuple[int, int, int | None]


def build(rows: list[Row], n_cases: int = 6, n_activities: int = 5, **more: Any) -> EventLog:
    return build_event_log(
        case_codes=np.array([r[0] for r in rows], np.int32),
        case_ids=pa.array([f"case {i}" for i in range(n_cases)]),
        activity_codes=np.array([r[1] for r in rows], np.int64),
        activities=[f"a{i}" for i in range(n_activities)],
        timestamp=np.array([NO_TIME if r[2] is None else r[2] for r in rows], np.int64),
        event_columns={"row": pa.array(range(len(rows)), pa.int32())},
        **more,
    )


def by_hand(rows: list[Row]) -> dict[str, list[int]]:
    """Row numbers by case, in order of first appearance; each case sorted by the time last seen in it, ties by row."""
    cases: dict[int, list[tuple[float, int]]] = {}
    for number, (case, _, time) in enumerate(rows):
        events = cases.setdefault(case, [])
        behind = events[-1][0] if events else float("-inf")
        events.append((behind if time is None else time, number))
    return {f"case {case}": [number for _, number in sorted(events)] for case, events in cases.items()}


def read_back(log: EventLog) -> dict[str, list[int]]:
    numbers = log.event_columns["row"].to_pylist()
    return {str(c): numbers[log.offsets[i] : log.offsets[i + 1]] for i, c in enumerate(log.case_ids.to_pylist())}


rows_strategy = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 4), st.none() | st.integers(-3, 6)), max_size=40)


@given(rows_strategy, st.sampled_from([1, 2, 7, 1 << 19]))
@settings(max_examples=300, deadline=None)
def test_any_rows_come_out_as_sorted_by_hand(rows: list[Row], chunk: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kernels, "CHUNK", chunk)
        log = build(rows)
    assert list(read_back(log).items()) == list(by_hand(rows).items())
    numbers = log.event_columns["row"].to_pylist()
    assert [log.activities[code] for code in log.activity] == [f"a{rows[i][1]}" for i in numbers]
    assert [None if t == NO_TIME else t for t in log.timestamp.tolist()] == [rows[i][2] for i in numbers]
    assert set(log.activities) == {f"a{r[1]}" for r in rows}


def test_a_log_that_is_in_order_is_not_copied() -> None:
    time = np.arange(6, dtype=np.int64)
    log = build_event_log(
        case_codes=np.array([0, 0, 0, 1, 1, 2]), case_ids=pa.array(["x", "y", "z"]), activity_codes=np.zeros(6, np.int64),
        activities=["only"], timestamp=time,
    )
    assert np.shares_memory(log.timestamp, time)
    assert log.offsets.tolist() == [0, 3, 5, 6]


def test_an_event_without_time_stays_behind_the_event_it_follows() -> None:
    log = build([(0, 0, 30), (0, 1, None), (0, 2, 10), (0, 3, None), (0, 4, None)])
    assert [log.activities[c] for c in log.activity] == ["a2", "a3", "a4", "a0", "a1"]


def test_an_event_without_time_at_the_head_of_a_case_stays_there() -> None:
    log = build([(0, 0, 5), (1, 1, None), (1, 2, 9), (1, 3, 2)])
    assert [log.activities[c] for c in log.activity] == ["a0", "a1", "a3", "a2"]


def test_a_log_without_times_keeps_the_order_of_the_file_within_each_case() -> None:
    log = build_event_log(
        case_codes=np.array([1, 0, 1, 0]), case_ids=pa.array(["x", "y"]), activity_codes=np.array([0, 1, 2, 3]), activities=list("abcd"),
        timestamp=None,
    )
    assert log.case_ids.to_pylist() == ["y", "x"]
    assert [log.activities[c] for c in log.activity] == ["a", "c", "b", "d"]
    assert (log.timestamp == NO_TIME).all()


def test_an_empty_log_has_nothing_in_it() -> None:
    log = build([])
    assert (log.n_events, log.n_cases, log.activities, len(log.case_ids)) == (0, 0, (), 0)
    assert log.offsets.tolist() == [0]


@pytest.mark.parametrize(("n", "width"), [(1, 1), (256, 1), (257, 2), (65_536, 2), (65_537, 4)])
def test_activity_codes_are_as_narrow_as_they_can_be(n: int, width: int) -> None:
    log = build([(0, i, i) for i in range(n)], n_activities=n)
    assert log.activity.dtype.itemsize == width
    assert log.activity.tolist() == list(range(n))


def test_a_log_cannot_be_written_to() -> None:
    log = build([(0, 0, 1), (0, 1, 2)])
    with pytest.raises(ValueError, match="read-only"):
        log.timestamp[0] = 7


def test_sorting_can_be_stopped() -> None:
    with pytest.raises(Cancelled):
        build([(1, 0, 1), (0, 1, 2), (1, 1, 2)], task=Task(is_cancelled=lambda: True))
