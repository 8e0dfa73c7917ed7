"""Every question the window can ask, asked of small logs whose answers can be counted on the fingers."""

from __future__ import annotations

import threading
import time
from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import BadInput, Cancelled
from engine.log.event_log import EventLog
from engine.log.selection import HasActivity, Selection, StartedBetween
from engine.log.variants import find_variants
from engine.operations import OPERATIONS, PAGE, answer
from engine.process_map.cache import Cache
from engine.process_map.study import Study
from engine.process_map.values import END, START, Metric
from engine.service.messages import (
    ANSWERS,
    CaseColumn,
    CaseDetails,
    CaseQuery,
    Cases,
    CasesQuery,
    MapAnswer,
    MapQuery,
    Numbers,
    NumbersQuery,
    PathDetails,
    PathQuery,
    Prepare,
    Question,
    StepDetails,
    StepQuery,
    SuggestPassphrase,
    Variants,
    VariantsQuery,
)
from engine.tasks import Task
from engine.texts import HOUR
from engine.workspace import Workspace
from tests.naive_log import Event, event_lists, log_of_traces, make_log

TICK = int(HOUR * 1e6)


def holding(log: EventLog) -> Workspace:
    workspace = Workspace()
    workspace.study_log(log)
    return workspace


def office() -> EventLog:
    return log_of_traces("abc", "abc", "abbc", "ac", "abc", step=TICK)


def ask(workspace: Workspace, question: Any) -> Any:
    reply = answer(workspace, question, Task())
    assert isinstance(reply, ANSWERS[type(question)])
    return reply


def test_every_question_has_its_operation() -> None:
    assert set(OPERATIONS) == set(get_args(Question)) == set(ANSWERS)
    assert len({operation.name for operation in OPERATIONS.values()}) == len(OPERATIONS)


@pytest.mark.parametrize(
    "question", [MapQuery(), StepQuery(0), PathQuery(0, 1), VariantsQuery(), CasesQuery(), CaseQuery("x"), NumbersQuery(), Prepare()]
)
def test_without_a_log_the_answer_is_a_sentence(question: Any) -> None:
    with pytest.raises(BadInput, match="No log is open"):
        answer(Workspace(), question, Task())


@pytest.mark.parametrize(
    "question", [MapQuery(), StepQuery(0), PathQuery(0, 1), VariantsQuery(), CasesQuery(), CaseQuery("case 0"), NumbersQuery(), Prepare()]
)
def test_a_stopped_question_is_not_answered(question: Any) -> None:
    with pytest.raises(Cancelled):
        answer(holding(office()), question, Task(is_cancelled=lambda: True))


def test_a_passphrase_is_suggested() -> None:
    suggestion = ask(Workspace(), SuggestPassphrase("en"))
    assert suggestion.passphrase.count("-") == 5 and suggestion.bits > 50


# ---- the map


def test_the_map_shows_everything_when_everything_is_readable() -> None:
    drawn: MapAnswer = ask(holding(office()), MapQuery())
    assert [step.name for step in drawn.map.steps] == ["a0", "a2", "a1"]
    assert {(p.source, p.target): p.occurrences for p in drawn.map.paths} == {(START, 0): 5, (0, 1): 4, (1, 2): 4, (0, 2): 1, (2, END): 5}
    assert (drawn.steps_max, drawn.paths_max) == (3, 3)
    assert len(drawn.layout.cards) == 3 and len(drawn.layout.lanes) == 5


def test_sliders_are_obeyed_and_never_empty_the_map() -> None:
    workspace = holding(office())
    assert len(ask(workspace, MapQuery(steps=0)).map.steps) == 2
    assert len(ask(workspace, MapQuery(steps=3, paths=0)).map.paths) == 4
    assert len(ask(workspace, MapQuery(steps=999, paths=999)).map.paths) == 5


def test_a_filter_changes_the_numbers_and_not_the_amount() -> None:
    workspace = holding(office())
    drawn = ask(workspace, MapQuery(Selection((HasActivity("a1", keep=False),))))
    assert (drawn.map.n_cases, drawn.map.n_cases_all) == (1, 5)
    assert [step.name for step in drawn.map.steps] == ["a0", "a2"]


def test_a_selection_without_cases_gives_an_empty_map() -> None:
    workspace = holding(office())
    nobody = Selection((StartedBetween(-2, -1),))
    drawn = ask(workspace, MapQuery(nobody))
    assert (drawn.map.steps, drawn.map.paths, drawn.map.n_cases, drawn.layout.lanes) == ((), (), 0, ())
    assert ask(workspace, CasesQuery(nobody)).rows == ()
    assert ask(workspace, VariantsQuery(nobody)).variants == ()
    numbers = ask(workspace, NumbersQuery(nobody))
    assert numbers.durations is None and numbers.over_time is None and numbers.activities == ()


def test_an_empty_log_is_no_defect() -> None:
    workspace = holding(make_log([]))
    assert ask(workspace, MapQuery()).map.n_cases == 0
    assert ask(workspace, VariantsQuery()).n_variants == 0
    assert ask(workspace, CasesQuery()).n_cases == 0
    assert ask(workspace, NumbersQuery()).n_events == 0
    ask(workspace, Prepare())


def test_a_filter_for_a_step_that_is_not_there_is_refused() -> None:
    with pytest.raises(BadInput, match="names a step"):
        ask(holding(office()), MapQuery(Selection((HasActivity("nothing"),))))


def test_preparing_makes_the_map_final() -> None:
    workspace = holding(office())
    assert not ask(workspace, MapQuery()).refined
    ask(workspace, Prepare())
    assert ask(workspace, MapQuery()).refined


def test_a_large_log_is_drawn_before_its_times_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.process_map.study.AT_ONCE", 10)
    workspace = holding(office())
    first = ask(workspace, MapQuery())
    assert all(path.times is None for path in first.map.paths) and not first.refined and first.map.colour_breaks == ()
    ask(workspace, Prepare())
    second = ask(workspace, MapQuery())
    assert second.refined and len(second.map.colour_breaks) == 4
    assert next(path for path in second.map.paths if path.target == 1).times is not None


def test_what_leaves_has_times_even_before_preparing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.process_map.study.AT_ONCE", 10)
    twin = ask(holding(log_of_traces(*["ab"] * 9, step=TICK)), MapQuery(guarded=True))
    assert next(path for path in twin.map.paths if path.target == 1).times is not None


def test_the_twin_stands_where_the_exact_map_stands() -> None:
    workspace = holding(log_of_traces(*["abc"] * 9, *["abbc"] * 8, "acb", step=TICK))
    exact, twin = ask(workspace, MapQuery()), ask(workspace, MapQuery(guarded=True))
    places = {card.step: card for card in exact.layout.cards}
    assert all(places[card.step] == card for card in twin.layout.cards)


@given(event_lists, st.integers(0, 6) | st.none(), st.integers(0, 20) | st.none(), st.sampled_from(list(Metric)))
def test_any_log_can_be_drawn(events: list[Event], steps: int | None, paths: int | None, metric: Metric) -> None:
    drawn = ask(holding(make_log(events)), MapQuery(steps=steps, paths=paths, colour=metric, label=metric))
    assert {card.step for card in drawn.layout.cards} == {step.step for step in drawn.map.steps}
    assert {(lane.source, lane.target) for lane in drawn.layout.lanes} == {(p.source, p.target) for p in drawn.map.paths}


# ---- steps and paths


def test_a_path_says_its_waiting_times() -> None:
    details: PathDetails = ask(holding(office()), PathQuery(0, 1))
    assert (details.source_name, details.target_name) == ("a0", "a1")
    assert (details.cases, details.occurrences, details.cases_without, details.untimed) == (4, 4, 1, 0)
    assert details.times is not None and details.times.median == HOUR
    assert details.histogram is not None and sum(details.histogram.counts) == 4


def test_start_and_end_arcs_have_cases_and_no_times() -> None:
    details: PathDetails = ask(holding(office()), PathQuery(START, 0))
    assert (details.cases, details.source_name, details.times, details.histogram, details.untimed) == (5, "", None, None, 0)
    assert ask(holding(office()), PathQuery(2, END)).cases == 5


def test_a_path_that_the_selection_does_not_have_is_all_zeros() -> None:
    details: PathDetails = ask(holding(office()), PathQuery(2, 0))
    assert (details.cases, details.occurrences, details.times, details.cases_without) == (0, 0, None, 5)


def test_a_step_says_who_comes_before_and_after() -> None:
    details: StepDetails = ask(holding(office()), StepQuery(2))
    assert [(one.name, one.occurrences) for one in details.before] == [("a1", 4), ("a0", 1)]
    assert details.after == () and details.end_cases == 5 and details.n_cases == 5
    assert details.waiting_before is not None and details.waiting_before.n == 5 and details.service is None
    assert ask(holding(office()), StepQuery(1)).self_loops == 1


def test_a_log_with_start_stamps_has_service_times() -> None:
    log = make_log([Event(0, 0, 3 * TICK, TICK), Event(0, 1, 9 * TICK, 5 * TICK)], with_start=True)
    first, second = ask(holding(log), StepQuery(0)), ask(holding(log), StepQuery(1))
    assert first.service.median == 2 * HOUR and first.waiting_before is None and sum(first.histogram.counts) == 1
    assert second.service.median == 4 * HOUR and second.waiting_before.median == 2 * HOUR


@pytest.mark.parametrize("question", [StepQuery(3), StepQuery(-1), PathQuery(0, 9), PathQuery(-7, 0), PathQuery(END, 0)])
def test_an_unknown_step_is_refused(question: Any) -> None:
    with pytest.raises(BadInput, match="no step number"):
        ask(holding(office()), question)


# ---- variants and cases


def test_variants_come_most_frequent_first() -> None:
    page: Variants = ask(holding(office()), VariantsQuery())
    assert [(one.rank, one.cases, one.activities, one.median_seconds) for one in page.variants] == [
        (1, 3, (0, 1, 2), 2 * HOUR), (2, 1, (0, 1, 1, 2), 3 * HOUR), (3, 1, (0, 2), HOUR),
    ]  # fmt: skip
    assert (page.n_variants, page.n_cases, page.half, page.most) == (3, 5, 1, 2)
    assert page.coverage[0] == (1, 0.6) and page.coverage[-1] == (3, 1.0)


def test_variants_come_in_pages() -> None:
    page: Variants = ask(holding(office()), VariantsQuery(offset=2, limit=2))
    assert [one.rank for one in page.variants] == [3]
    assert ask(holding(office()), VariantsQuery(offset=99)).variants == ()
    assert ask(holding(office()), VariantsQuery(offset=-5, limit=-5)).variants == ()


def test_a_selection_keeps_the_variants_names_and_counts_its_own_cases() -> None:
    page: Variants = ask(holding(office()), VariantsQuery(Selection((HasActivity("a1", keep=False),))))
    assert [(one.rank, one.cases) for one in page.variants] == [(3, 1)] and page.n_cases == 1


@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 2), st.none() | st.integers(0, 9)), min_size=1, max_size=30),
    st.sampled_from(list(CaseColumn)), st.booleans(), st.integers(0, 8), st.integers(0, 8),
)  # fmt: skip
def test_pages_of_cases_are_cut_from_the_sorted_table(
    rows: list[tuple[int, int, int | None]], column: CaseColumn, falls: bool, at: int, n: int
) -> None:
    log = make_log([Event(*row) for row in rows])
    workspace = holding(log)
    whole = ask(workspace, CasesQuery(sort=column, descending=falls)).rows
    assert ask(workspace, CasesQuery(sort=column, descending=falls, offset=at, limit=n)).rows == whole[at : at + n]
    assert sorted(row.case for row in whole) == sorted(log.case_ids.to_pylist())
    field = {CaseColumn.DURATION: "duration_seconds"}.get(column, column.value)
    values = [getattr(row, field) for row in whole]
    known = [value for value in values if value is not None]
    assert known == sorted(known, reverse=falls) and values[: len(known)] == known


def test_a_case_row_says_what_the_log_says() -> None:
    rows = ask(holding(office()), CasesQuery(sort=CaseColumn.EVENTS, descending=True, limit=1)).rows
    assert [(row.case, row.start, row.end, row.duration_seconds, row.events, row.variant) for row in rows] == [
        ("case 2", 0, 3 * TICK, 3 * HOUR, 4, 2)
    ]


def test_a_page_is_never_the_whole_of_a_large_table() -> None:
    workspace = holding(make_log([Event(case, 0, case) for case in range(PAGE + 7)]))
    page: Cases = ask(workspace, CasesQuery(limit=10**9))
    assert (len(page.rows), page.n_cases) == (PAGE, PAGE + 7)


def test_the_events_of_a_case() -> None:
    log = make_log([Event(0, 0, 5), Event(1, 1, None), Event(1, 0, 9, 7)], with_start=True)
    details: CaseDetails = ask(holding(log), CaseQuery("case 1"))
    assert [(event.activity, event.time, event.start, event.unit) for event in details.events] == [
        ("a1", None, None, None),
        ("a0", 9, 7, None),
    ]


def test_an_unknown_case_is_refused_without_repeating_its_id() -> None:
    with pytest.raises(BadInput) as refused:
        ask(holding(office()), CaseQuery("010190-1234"))
    assert "010190" not in str(refused.value)


# ---- numbers


def test_numbers_of_a_selection() -> None:
    numbers: Numbers = ask(holding(office()), NumbersQuery(Selection((HasActivity("a1"),)), "UTC"))
    assert (numbers.n_cases, numbers.n_events, numbers.n_variants) == (4, 13, 2)
    assert numbers.durations is not None and numbers.durations.median == 2 * HOUR and numbers.durations.max == 3 * HOUR
    assert numbers.events_per_case.edges == (3.0, 4.0, 5.0) and numbers.events_per_case.counts == (3, 1)
    assert numbers.over_time is not None and numbers.over_time.started == (4,) and numbers.over_time.events == (13,)
    assert [(one.name, one.occurrences, one.cases) for one in numbers.activities] == [("a1", 5, 4), ("a0", 4, 4), ("a2", 4, 4)]


def test_an_unknown_time_zone_is_refused() -> None:
    with pytest.raises(BadInput, match="Europe/Atlantis"):
        ask(holding(office()), NumbersQuery(timezone="Europe/Atlantis"))


def test_a_log_without_times_still_has_counts() -> None:
    workspace = holding(make_log([Event(0, 0, None), Event(0, 1, None)]))
    numbers = ask(workspace, NumbersQuery())
    assert numbers.durations is None and numbers.over_time is None and numbers.n_events == 2
    drawn = ask(workspace, MapQuery())
    assert drawn.map.colour_breaks == () and all(path.times is None for path in drawn.map.paths)
    assert [label.text for lane in drawn.layout.lanes if (label := lane.label)] == ["1"] * 3


# ---- what is kept


def test_a_study_finds_everything_once() -> None:
    study, task = Study(office()), Task()
    selection = Selection((HasActivity("a1"),))
    assert study.index(task) is study.index(task)
    assert study.frequencies(selection, task) is study.frequencies(Selection((HasActivity("a1"),)), task)


def test_a_study_may_be_given_its_variants() -> None:
    log = office()
    variants = find_variants(log)
    assert Study(log, variants).variants(Task()) is variants


def test_the_cache_forgets_the_oldest_and_keeps_no_failure() -> None:
    cache, made = Cache(2), []

    def find(key: int) -> int:
        return cache.find(key, lambda: made.append(key) or key, Task())

    for key in (1, 2, 1, 3, 1, 2):
        find(key)
    assert made == [1, 2, 3, 2]
    with pytest.raises(ZeroDivisionError):
        cache.find(9, lambda: 1 // 0, Task())
    assert cache.find(9, lambda: 5, Task()) == 5 and cache.peek(9) == 5 and cache.peek(8) is None


def test_who_waits_for_another_thread_can_be_stopped() -> None:
    cache, begun, go_on = Cache(2), threading.Event(), threading.Event()

    def make() -> int:
        begun.set()
        go_on.wait(10)
        return 1

    other = threading.Thread(target=lambda: cache.find("slow", make, Task()))
    other.start()
    begun.wait(10)
    with pytest.raises(Cancelled):
        cache.find("slow", lambda: 2, Task(is_cancelled=lambda: True))
    go_on.set()
    other.join(10)
    assert cache.find("slow", lambda: 2, Task()) == 1


def test_two_threads_make_a_value_once() -> None:
    cache, made = Cache(4), []

    def make() -> int:
        time.sleep(0.05)
        made.append(1)
        return len(made)

    threads = [threading.Thread(target=lambda: cache.find("one", make, Task())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert made == [1]


def test_masks_are_kept_per_selection() -> None:
    study = Study(office())
    assert study.mask(Selection(), Task()) is None
    mask = study.mask(Selection((HasActivity("a1"),)), Task())
    assert np.array_equal(mask, [True, True, True, False, True])
