"""What leaves the screen: the same picture, without numbers about a handful of people."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.disclosure.backing import count_backing
from engine.disclosure.guard import LEAST_K, MOST_K, Backing, allowed_k, guard_map, guard_selection
from engine.errors import BadInput
from engine.layout.values import Lane, LaneKind, MapLayout
from engine.log.event_log import EventLog
from engine.log.selection import HasActivity, Selection, StartedBetween
from engine.operations import answer
from engine.process_map.drawing import draw_map
from engine.process_map.metrics import largest_count, line_width
from engine.process_map.study import Study
from engine.process_map.values import END, START, Metric, Path, Times
from engine.service.messages import MapAnswer, MapQuery
from engine.tasks import Task
from engine.texts import HOUR, Texts
from engine.workspace import Workspace
from tests.naive_log import Event, arcs_of, log_of_traces, make_log, traces

ALL = MapQuery(steps=99, paths=999)
STEP = int(HOUR * 1e6)


def exact(log: EventLog, query: MapQuery = ALL) -> MapAnswer:
    return draw_map(Study(log), query, Task())


def backing_of(log: EventLog, drawn: MapAnswer, k: int = LEAST_K) -> Backing:
    study, task = Study(log), Task()
    selection = drawn.query.selection
    arcs = [(path.source, path.target) for path in drawn.map.paths]
    return count_backing(
        study.frequencies(selection, task), study.variants(task), study.index(task), study.mask(selection, task), arcs, k, task
    )


def guarded(log: EventLog, k: int = LEAST_K, query: MapQuery = ALL) -> MapAnswer:
    drawn = exact(log, query)
    return guard_map(drawn, backing_of(log, drawn, k), Texts("da"), k)


def office() -> EventLog:
    """23 cases: 12 straight, 7 that skip b, 4 with the rare step d, and one of the straight ones repeats b three times."""
    return log_of_traces(*["abc"] * 11, "abbbc", *["ac"] * 7, *["adc"] * 4, step=STEP)


# ---- as a person would check it


def test_a_step_of_four_cases_is_gone_and_so_are_its_paths() -> None:
    twin = guarded(office())
    assert {step.name for step in twin.map.steps} == {"a0", "a1", "a2"}
    assert {(p.source, p.target) for p in twin.map.paths} == {(START, 0), (0, 1), (1, 2), (0, 2), (2, END)}
    assert {card.step for card in twin.layout.cards} == {0, 1, 2}
    assert {(lane.source, lane.target) for lane in twin.layout.lanes} == {(p.source, p.target) for p in twin.map.paths}
    assert 3 not in twin.layout.spine


def test_what_is_left_is_rounded_to_fives() -> None:
    """The seven cases that skip b are ten here: with a case of d among them they were eight, so nobody can count those with d."""
    twin = guarded(office())
    counts = {(p.source, p.target): (p.cases, p.occurrences) for p in twin.map.paths}
    assert counts == {(START, 0): (25, 25), (0, 1): (10, 10), (1, 2): (10, 10), (0, 2): (10, 10), (2, END): (25, 25)}
    assert (twin.map.n_cases, twin.map.n_cases_all, twin.map.n_events, twin.map.k) == (25, 25, 65, 5)


def test_one_persons_repeats_are_not_told() -> None:
    step = next(step for step in exact(office()).map.steps if step.name == "a1")
    twin = next(step for step in guarded(office()).map.steps if step.name == "a1")
    assert (step.self_loops, step.max_repetitions) == (2, 3)
    assert (twin.self_loops, twin.max_repetitions) == (0, 0)


def test_repeats_of_many_are_told() -> None:
    twin = guarded(log_of_traces(*["abbc"] * 8))
    step = next(step for step in twin.map.steps if step.name == "a1")
    assert (step.occurrences, step.self_loops, step.max_repetitions) == (15, 10, 2)


def test_events_do_not_stand_in_for_cases() -> None:
    twin = guarded(log_of_traces(*["ab"] * 9, "acacacacacacab"))
    assert {(p.source, p.target) for p in twin.map.paths} == {(START, 0), (0, 1), (1, END)}


def test_a_step_whose_paths_are_all_gone_does_not_hang_in_the_air() -> None:
    one_way, no_way = log_of_traces(*["ab"] * 9, *["acb"] * 3, *["adcb"] * 3), log_of_traces(*["ab"] * 9, *["acb"] * 3, *["adceb"] * 3)
    assert {step.name for step in guarded(one_way).map.steps} == {"a0", "a1"}
    assert {step.name for step in guarded(no_way).map.steps} == {"a0", "a1"}
    assert {(p.source, p.target) for p in guarded(one_way).map.paths} == {(START, 0), (0, 1), (1, END)}


def test_everything_keeps_its_place() -> None:
    log = office()
    before, after = exact(log).layout, guarded(log).layout
    places = {card.step: (card.x, card.y, card.width, card.height) for card in before.cards}
    assert all(places[card.step] == (card.x, card.y, card.width, card.height) for card in after.cards)
    points = {(lane.source, lane.target): lane.points for lane in before.lanes}
    assert all(points[lane.source, lane.target] == lane.points for lane in after.lanes)
    assert (before.width, before.height, before.start, before.end) == (after.width, after.height, after.start, after.end)


def test_lines_and_labels_say_the_rounded_number() -> None:
    twin = guarded(office())
    paths = {(p.source, p.target): p for p in twin.map.paths}
    largest = largest_count(twin.map.paths)
    for lane in twin.layout.lanes:
        path = paths[lane.source, lane.target]
        assert lane.width == line_width(path.occurrences, largest)
        assert lane.label is not None and lane.label.text.partition(" · ")[0] == str(path.occurrences)
    spine = next(lane for lane in twin.layout.lanes if lane.kind is LaneKind.SPINE)
    assert spine.label is not None and spine.label.text == "10 · 1\u00a0t"


def test_the_guarded_map_counts_no_step_of_few_cases() -> None:
    twin = guarded(office())
    assert (twin.steps_max, twin.map.coverage.steps_all, twin.map.coverage.steps_shown) == (3, 3, 3)
    assert (twin.paths_max, twin.map.coverage.paths_all, twin.map.coverage.paths_shown) == (3, 3, 3)


def test_where_things_stand_says_no_more_than_the_rounded_numbers() -> None:
    """Exact maps of 98, 101 and 102 cases differ in their labels and in nothing else, down to the last hundredth of a pixel."""

    def places(n: int) -> tuple[object, ...]:
        layout = exact(log_of_traces(*["abc"] * n, *["ac"] * 44, step=STEP)).layout
        lanes = [(lane.points, lane.width, lane.label and anchor(lane)) for lane in layout.lanes]
        return layout.cards, lanes, layout.width, layout.height

    def anchor(lane: Lane) -> tuple[float, float]:
        assert lane.label is not None
        half = lane.label.width / 2 if lane.kind is LaneKind.SPINE else 0.0
        return round(lane.label.x - half, 6), lane.label.y

    assert places(98) == places(101) == places(102)
    assert places(98) != places(15)


def test_extremes_give_way_to_the_outer_twentieths() -> None:
    times = path_times(range(101))
    assert (times.min, times.p90, times.max, times.hidden) == (5 * HOUR, 90 * HOUR, 95 * HOUR, ())
    assert (times.n, times.median, times.mean, times.total) == (100, 50 * HOUR, 50 * HOUR, 5000 * HOUR)


def path_times(hours: Iterable[int]) -> Times:
    """The guarded times of a path that takes each case so many hours."""
    rows = [row for case, n in enumerate(hours) for row in (Event(case, 0, 0), Event(case, 1, n * STEP))]
    path = next(p for p in guarded(make_log(rows)).map.paths if (p.source, p.target) == (0, 1))
    assert path.times is not None
    return path.times


def test_points_beyond_which_few_cases_lie_are_not_told() -> None:
    """Of 61 cases four lie at or beyond either outer twentieth, and seven beyond the last tenth; of twenty cases two."""
    sixty, twenty = path_times(range(61)), path_times(range(20))
    assert (sixty.min, sixty.p90, sixty.max) == (0, 194_000, 0) and sixty.hidden == (Metric.MIN, Metric.MAX)
    assert twenty.hidden == (Metric.MIN, Metric.P90, Metric.MAX) and (twenty.p90, twenty.median) == (0, 9.5 * HOUR)


def test_a_point_that_many_cases_share_is_told() -> None:
    times = path_times([1] * 8 + [5] * 8)
    assert (times.min, times.p90, times.max, times.hidden) == (HOUR, 5 * HOUR, 5 * HOUR, ())


def test_one_persons_many_transitions_make_no_tail() -> None:
    """Ten waits of 99 hours are one person's, whatever the others took."""
    rows = [row for case in range(40) for row in (Event(case, 0, 0), Event(case, 1, (1 + case % 3) * STEP))]
    rows += [Event(40, n % 2, n * 99 * STEP) for n in range(20)]
    path = next(p for p in guarded(make_log(rows)).map.paths if (p.source, p.target) == (0, 1))
    assert path.times is not None and path.times.hidden == (Metric.P90, Metric.MAX)


def test_what_is_not_told_stands_nowhere_on_the_map() -> None:
    rows = [row for case in range(20) for row in (Event(case, 0, 0), Event(case, 1, case * STEP))]
    query = msgspec.structs.replace(ALL, label=Metric.MAX, second=None)
    labels = {(lane.source, lane.target): lane.label for lane in guarded(make_log(rows), query=query).layout.lanes}
    assert labels[0, 1] is None


def test_times_need_cases_with_a_time_behind_them() -> None:
    rows = [row for case in range(9) for row in (Event(case, 0, 0), Event(case, 1, STEP if case < 4 else None))]
    path = next(p for p in guarded(make_log(rows)).map.paths if (p.source, p.target) == (0, 1))
    assert path.cases == 10 and path.times is None


def test_a_duration_cannot_be_looked_up_to_the_second() -> None:
    rows = [row for case in range(9) for row in (Event(case, 0, 0), Event(case, 1, 123_456_789_000))]
    path = next(p for p in guarded(make_log(rows)).map.paths if (p.source, p.target) == (0, 1))
    assert path.times is not None and path.times.median == 123_000.0


# ---- selections


def ask(log: EventLog, selection: Selection) -> MapAnswer:
    workspace = Workspace()
    workspace.study_log(log)
    reply = answer(workspace, MapQuery(selection=selection, guarded=True), Task())
    assert isinstance(reply, MapAnswer)
    return reply


def test_a_selection_of_few_cases_does_not_leave() -> None:
    with pytest.raises(BadInput, match="fewer than 5 cases"):
        ask(office(), Selection((HasActivity("a3"),)))


def test_nor_does_one_that_leaves_few_out() -> None:
    with pytest.raises(BadInput, match="subtraction"):
        ask(office(), Selection((HasActivity("a3", keep=False),)))


def test_an_empty_selection_does_not_leave() -> None:
    with pytest.raises(BadInput, match="fewer than 5 cases"):
        ask(office(), Selection((StartedBetween(-5, -4),)))


def test_a_selection_large_enough_on_both_sides_leaves_guarded() -> None:
    twin = ask(office(), Selection((HasActivity("a1"),)))
    assert twin.query.guarded and twin.map.k == 5 and twin.map.n_cases == 10 and twin.map.n_cases_all == 25


@given(st.integers(-5, 40), st.integers(0, 300), st.integers(0, 300))
def test_what_passes_is_large_enough_on_both_sides(k: int, n: int, rest: int) -> None:
    least = max(LEAST_K, min(k, MOST_K))
    if n >= least and (rest == 0 or rest >= least):
        guard_selection(n, n + rest, k)
    else:
        with pytest.raises(BadInput):
            guard_selection(n, n + rest, k)


# ---- nothing hangs in the air


def test_a_frequent_step_stays_where_its_strongest_path_in_is_one_persons() -> None:
    """One case goes thirty times from a to c; six others go there once from b, and that path is drawn although it is the rarer one."""
    log = log_of_traces(*["adb"] * 20, *["adbc"] * 6, "ac" * 30 + "b")
    few = msgspec.structs.replace(ALL, paths=0)
    arcs = {(p.source, p.target) for p in exact(log, few).map.paths}
    assert {(0, 2), (1, 2)} <= arcs
    twin = guarded(log, query=few)
    assert {step.name for step in twin.map.steps} == {"a0", "a1", "a2", "a3"}
    assert (1, 2) in {(p.source, p.target) for p in twin.map.paths}


def test_steps_that_many_cases_connect_appear_before_those_that_hang_by_a_few() -> None:
    log = log_of_traces(*["abcd"] * 6, *[f"axb{end}" for end in "pqrstuv"], *["axd"] * 3)
    for n in range(1, 12):
        twin, drawn = guarded(log, query=MapQuery(steps=n, paths=0)), exact(log, MapQuery(steps=n, paths=0))
        assert {step.name for step in twin.map.steps} == {step.name for step in drawn.map.steps} & {"a0", "a1", "a2", "a3", "a23"}


# ---- laws

some_traces = st.lists(st.text("abcd", min_size=1, max_size=6), min_size=1, max_size=6)


@st.composite
def crowds(draw: st.DrawFn) -> EventLog:
    """A log of 5 to 80 cases of few kinds, each event some minutes after the other."""
    kinds = draw(some_traces)
    sizes = [draw(st.integers(1, 13)) for _ in kinds]
    waits = draw(st.lists(st.integers(0, 10**5), min_size=7, max_size=7))
    names = [kind for kind, n in zip(kinds, sizes, strict=True) for _ in range(n)] + ["ab"] * 5
    rows = [
        Event(case, ord(letter) - ord("a"), (at * 60 + (waits[at] * (case % 9)) % 4000) * 1_000_000 if (case + at) % 6 else None)
        for case, trace in enumerate(names)
        for at, letter in enumerate(trace)
    ]
    return make_log(rows)


def counts_in(twin: MapAnswer) -> list[int]:
    """Every count of cases, events or transitions in an answer."""
    drawn = twin.map
    found = [drawn.n_cases, drawn.n_events, drawn.n_cases_all]
    for step in drawn.steps:
        found += [step.cases, step.occurrences, step.self_loops, step.start_cases, step.end_cases]
    for path in drawn.paths:
        found += [path.cases, path.occurrences] + ([] if path.times is None else [path.times.n])
    cover = drawn.coverage
    return [*found, cover.transitions_shown, cover.transitions_all, cover.events_shown, cover.events_all]


@given(crowds(), st.integers(0, 30))
def test_every_count_is_a_multiple_of_five(log: EventLog, k: int) -> None:
    if log.n_cases >= allowed_k(k):
        assert all(n % 5 == 0 for n in counts_in(guarded(log, k)))


@given(crowds(), st.integers(0, 30))
def test_no_number_is_about_fewer_than_k_cases(log: EventLog, k: int) -> None:
    least = allowed_k(k)
    if log.n_cases < least:
        return
    twin, cases = guarded(log, k), [[name for name, _, _ in trace] for trace in traces(log)]
    waits = arcs_of(log)
    for step in twin.map.steps:
        assert sum(step.name in case for case in cases) >= least
        if step.max_repetitions:
            assert sum(case.count(step.name) == step.max_repetitions for case in cases) >= least
        if step.self_loops:
            assert len(waits[step.name, step.name]) >= least
        assert not step.start_cases or sum(case[0] == step.name for case in cases) >= least
        assert not step.end_cases or sum(case[-1] == step.name for case in cases) >= least
    for path in twin.map.paths:
        check_path(path, log, cases, waits, least)


def check_path(path: Path, log: EventLog, cases: list[list[str]], waits: dict[tuple[str, str], list[list[int | None]]], least: int) -> None:
    if path.source == START:
        assert sum(case[0] == log.activities[path.target] for case in cases) >= least
    elif path.target == END:
        assert sum(case[-1] == log.activities[path.source] for case in cases) >= least
    else:
        behind = waits[log.activities[path.source], log.activities[path.target]]
        assert len(behind) >= least
        if path.max_repetitions:
            assert sum(len(one) == path.max_repetitions for one in behind) >= least
        if path.times is not None:
            assert sum(any(wait is not None for wait in one) for one in behind) >= least


@given(crowds(), st.integers(0, 30), st.sampled_from(list(Metric)), st.sampled_from([None, *Metric]))
def test_labels_and_widths_follow_from_the_guarded_numbers_alone(log: EventLog, k: int, label: Metric, second: Metric | None) -> None:
    """Two logs with the same guarded numbers give the same texts and widths: nothing exact is left in the picture."""
    if log.n_cases < allowed_k(k):
        return
    query = msgspec.structs.replace(ALL, label=label, second=second)
    drawn = exact(log, query)
    twin = guard_map(drawn, backing_of(log, drawn, k), Texts("da"), k)
    blind = msgspec.structs.replace(drawn, layout=_blinded(drawn))
    assert guard_map(blind, backing_of(log, drawn, k), Texts("da"), k).layout == twin.layout


def _blinded(drawn: MapAnswer) -> MapLayout:
    """The layout with other exact widths and texts in the same places."""

    def blind(lane: Lane) -> Lane:
        label = lane.label and msgspec.structs.replace(lane.label, text="7 · 7")
        return msgspec.structs.replace(lane, width=99.0, label=label)

    return msgspec.structs.replace(drawn.layout, lanes=tuple(blind(lane) for lane in drawn.layout.lanes))


@given(crowds(), st.integers(0, 30))
def test_guarding_twice_changes_nothing(log: EventLog, k: int) -> None:
    if log.n_cases < allowed_k(k):
        return
    drawn = exact(log)
    backing = backing_of(log, drawn, k)
    once = guard_map(drawn, backing, Texts("da"), k)
    assert guard_map(once, backing, Texts("da"), k) == once


def ways(paths: Iterable[Path]) -> set[int]:
    """Steps on a way from start to end, START and END with them."""
    graph = nx.DiGraph([(path.source, path.target) for path in paths])
    graph.add_nodes_from((START, END))
    return (nx.descendants(graph, START) | {START}) & (nx.ancestors(graph, END) | {END}) | {START, END}


@given(crowds(), st.integers(0, 30), st.integers(1, 5), st.integers(0, 12))
def test_every_step_of_a_guarded_map_lies_on_a_drawn_way_and_none_is_lost_that_could(log: EventLog, k: int, steps: int, paths: int) -> None:
    """However few paths are drawn: what paths of at least k cases can connect among the shown steps stays on the guarded map."""
    least = allowed_k(k)
    if log.n_cases < least:
        return
    query = MapQuery(steps=steps, paths=paths)
    drawn, everything = exact(log, query), exact(log, msgspec.structs.replace(query, paths=999))
    twin = guarded(log, k, query)
    assert ways(twin.map.paths) == {step.step for step in twin.map.steps} | {START, END}
    assert ways(path for path in everything.map.paths if path.cases >= least) == ways(twin.map.paths)
    assert {step.step for step in twin.map.steps} <= {step.step for step in drawn.map.steps}


@given(crowds(), st.integers(1, 5))
def test_a_step_that_many_cases_connect_is_never_shown_hanging_by_a_few(log: EventLog, steps: int) -> None:
    """At k = 5, whatever the steps slider says."""
    able = ways(path for path in exact(log).map.paths if path.cases >= LEAST_K)
    drawn = exact(log, MapQuery(steps=steps, paths=0)).map
    backed = ways(path for path in drawn.paths if path.cases >= LEAST_K)
    assert {step.step for step in drawn.steps} & able <= backed


@given(crowds(), st.integers(0, 30))
def test_what_is_not_drawn_is_counted_over_one_set(log: EventLog, k: int) -> None:
    """Paths and steps of at least k cases; the transitions are those of all paths, and the coverage says so by its k."""
    if log.n_cases < allowed_k(k):
        return
    cover = guarded(log, k, MapQuery(steps=3, paths=2)).map.coverage
    assert cover.k == allowed_k(k)
    assert cover.steps_shown <= cover.steps_all and cover.paths_shown <= cover.paths_all
    assert exact(log).map.coverage.k == 0


@given(st.integers())
def test_k_can_be_raised_to_twenty_and_never_lowered_below_five(k: int) -> None:
    assert LEAST_K == 5 and MOST_K == 20
    assert 5 <= allowed_k(k) <= 20
    assert allowed_k(k) == k or not 5 <= k <= 20


@given(crowds(), st.integers(-100, 4))
def test_a_lower_k_changes_nothing(log: EventLog, k: int) -> None:
    assert guarded(log, k) == guarded(log, 5)


def test_a_twin_is_not_guarded_further() -> None:
    log = office()
    with pytest.raises(ValueError, match="exact answer"):
        guard_map(guarded(log), backing_of(log, exact(log)), Texts("da"), 8)


@given(crowds())
def test_a_higher_k_shows_less(log: EventLog) -> None:
    if log.n_cases < 20:
        return
    few, many = guarded(log, 20).map, guarded(log, 5).map
    assert {step.step for step in few.steps} <= {step.step for step in many.steps}
    assert {(p.source, p.target) for p in few.paths} <= {(p.source, p.target) for p in many.paths}


def test_what_is_hidden_does_not_follow_by_subtraction() -> None:
    """Three or four cases with the hidden step: nobody can tell from what is shown."""
    rest = [*["abc"] * 12, *["ac"] * 9]
    three, four = guarded(log_of_traces(*rest, *["adc"] * 3)), guarded(log_of_traces(*rest, *["adc"] * 4))
    assert three.map == four.map
    assert [lane.label for lane in three.layout.lanes] == [lane.label for lane in four.layout.lanes]
