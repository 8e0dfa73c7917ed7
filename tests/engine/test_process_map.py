"""What the map shows: the most frequent steps and paths, nothing that hangs in the air, and numbers that are those of the log."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.discovery.dfg import discover_dfg
from engine.log.event_log import EventLog
from engine.log.variants import find_variants
from engine.process_map.abstraction import READABLE_STEPS, Arc, order_steps, rank_paths, rank_steps
from engine.process_map.coverage import measure_coverage
from engine.process_map.frequencies import Frequencies, frequencies_of
from engine.process_map.metrics import card_line, colour_breaks, line_width, path_texts
from engine.process_map.numbers import Reading, Shown, map_numbers, step_numbers
from engine.process_map.picture import survey
from engine.process_map.values import END, START, Metric, Path, Step, Times
from engine.texts import DAY, HOUR, Texts
from tests.naive_log import Event, event_lists, log_of_traces, make_log, variants_of

NO_BREAK = "\u00a0"


def count(log: EventLog) -> Frequencies:
    return frequencies_of(discover_dfg(log, find_variants(log)))


def is_on_a_way(steps: tuple[int, ...], arcs: tuple[Arc, ...]) -> bool:
    graph = nx.DiGraph(arcs)
    graph.add_nodes_from([START, END])
    after_start, before_end = nx.descendants(graph, START), nx.ancestors(graph, END)
    return all(step in after_start and step in before_end for step in steps)


# ---- steps


def test_steps_are_ranked_by_cases_then_occurrences() -> None:
    frequencies = count(log_of_traces("abbb", "ac", "ac", "b"))
    assert rank_steps(frequencies) == [0, 1, 2]


def test_a_step_waits_until_the_step_that_connects_it_is_shown() -> None:
    order = order_steps(count(log_of_traces("ab", "ab", "ab", "ab", "acdb", "acdb", "acdb")))
    assert order.shown(2) == (0, 1)
    assert order.shown(3) == (0, 1)
    assert order.shown(4) == (0, 1, 2, 3)


def test_a_frequent_step_that_only_rare_steps_lead_to_stays_hidden() -> None:
    log = log_of_traces("ab", "ab", "ab", "acb", "adcb", "ecb", "ecb")
    order = order_steps(count(log))
    for n in range(1, 6):
        steps = order.shown(n)
        assert is_on_a_way(steps, rank_paths(count(log), steps).ranked)


def test_the_first_view_of_a_chain_has_every_link() -> None:
    assert order_steps(count(log_of_traces("abcdef", "abcdef"))).shown(2) == (0, 1, 2, 3, 4, 5)


def test_a_long_first_group_is_thinned_by_the_steps_that_carry_least_while_all_others_hang_together() -> None:
    order = order_steps(count(log_of_traces(*["sabcdefg"] * 20, *["sabcefg"] * 6, *["abcdefg"] * 4, *["bcdefg"] * 4)))
    without_d = order.shown(1)
    assert len(without_d) == len(order.shown(7)) == 7
    assert len(order.shown(8)) == 8 and order.shown(8)[:7] == without_d
    left_out = set(order.shown(8)) - set(without_d)
    assert left_out == {"abcdefgs".index("d")}


def test_a_chain_too_long_to_read_is_shown_from_its_start() -> None:
    order = order_steps(count(make_log([Event(0, step, step) for step in range(80)])))
    assert order.shown(READABLE_STEPS) == tuple(range(35))
    assert order.shown(1) == (0,)
    assert order.shown(80) == tuple(range(80))


@given(event_lists)
def test_every_shown_step_lies_on_a_drawn_way_from_start_to_end(events: list[Event]) -> None:
    log = make_log(events)
    frequencies = count(log)
    order = order_steps(frequencies)
    before: set[int] = set()
    for n in range(1, order.n_steps + 1):
        steps = order.shown(n)
        assert before <= set(steps)
        before = set(steps)
        paths = rank_paths(frequencies, steps)
        shown_before: set[Arc] = set()
        for n_paths in range(paths.n_paths + 2):
            arcs = paths.shown(n_paths)
            assert is_on_a_way(steps, arcs)
            assert shown_before <= set(arcs)
            shown_before = set(arcs)
            inner = [arc for arc in arcs if arc[0] != START and arc[1] != END]
            assert len(inner) == min(max(n_paths, paths.n_needed), paths.n_paths)
        assert set(paths.shown(paths.n_paths)) == set(paths.ranked)
    assert before == set(rank_steps(frequencies))


@given(event_lists)
def test_every_shown_step_keeps_its_strongest_way_in_and_out(events: list[Event]) -> None:
    frequencies = count(make_log(events))
    order = order_steps(frequencies)
    for n in range(1, order.n_steps + 1):
        paths = rank_paths(frequencies, order.shown(n))
        weight = dict(zip(paths.ranked, paths.counts, strict=True))
        arcs = paths.shown(0)
        for step in order.shown(n):
            for end in (0, 1):
                best = max(count for arc, count in weight.items() if arc[end] == step)
                assert best == max(weight[arc] for arc in arcs if arc[end] == step)


def test_start_and_end_arcs_are_thinned_like_paths() -> None:
    log = log_of_traces(*["abc"] * 20, *["ab"] * 2, *["bc"] * 3, *["acb"] * 5)
    paths = rank_paths(count(log), (0, 1, 2))
    marks = [{arc for arc in paths.shown(n) if START in arc or END in arc} for n in range(5)]
    assert marks[2] == {(START, 0), (2, END)}
    assert marks[3] == {(START, 0), (2, END), (1, END)}
    assert marks[4] == {(START, 0), (2, END), (1, END), (START, 1)}


# ---- numbers


@given(event_lists)
def test_coverage_adds_up_at_every_place_of_the_sliders(events: list[Event]) -> None:
    log = make_log(events)
    frequencies = count(log)
    transitions = sum(len(trace) - 1 for trace in variants_of(log).elements())
    order = order_steps(frequencies)
    for n in range(1, order.n_steps + 1):
        steps = order.shown(n)
        paths = rank_paths(frequencies, steps)
        for n_paths in (0, paths.n_paths // 2, paths.n_paths):
            arcs = paths.shown(n_paths)
            coverage = measure_coverage(frequencies, steps, arcs)
            drawn = Counter({arc: c for arc, c in zip(paths.ranked, paths.counts, strict=True) if arc in set(arcs) and min(arc) >= 0})
            loops = sum(step_numbers(frequencies, step, "").self_loops for step in steps)
            assert coverage.transitions_shown == drawn.total() + loops
            assert coverage.transitions_all == transitions
            assert coverage.events_all == log.n_events
            assert coverage.events_shown == sum(int(frequencies.step_occurrences[step]) for step in steps)
            assert (coverage.steps_shown, coverage.paths_shown) == (len(steps), len(drawn))
            assert coverage.paths_shown <= coverage.paths_all and coverage.steps_shown <= coverage.steps_all
    whole = measure_coverage(frequencies, order.shown(order.n_steps), rank_paths(frequencies, order.shown(order.n_steps)).ranked)
    assert whole.transitions_shown == whole.transitions_all and whole.events_shown == whole.events_all
    assert whole.steps_shown == whole.steps_all and whole.paths_shown == whole.paths_all


@given(event_lists)
def test_numbers_on_the_map_are_those_of_the_log(events: list[Event]) -> None:
    log = make_log(events)
    frequencies = count(log)
    steps = order_steps(frequencies).shown(3)
    shown = Shown(steps, rank_paths(frequencies, steps).shown(4))
    drawn = map_numbers(shown, frequencies, None, log.activities, log.n_cases, Reading(Metric.CASES, Metric.CASES, None))
    cases = [[log.activities.index(name) for name in trace] for trace in variants_of(log).elements()]
    for step in drawn.steps:
        own = [Counter(case)[step.step] for case in cases]
        assert (step.cases, step.occurrences, step.max_repetitions) == (sum(n > 0 for n in own), sum(own), max(own))
        assert step.start_cases == sum(case[0] == step.step for case in cases)
        assert step.end_cases == sum(case[-1] == step.step for case in cases)
        assert step.self_loops == sum(Counter(pairwise(case))[step.step, step.step] for case in cases)
    for path in drawn.paths:
        own = [Counter(pairwise([START, *case, END]))[path.source, path.target] for case in cases]
        assert (path.cases, path.occurrences, path.max_repetitions) == (sum(n > 0 for n in own), sum(own), max(own))
    assert drawn.n_cases == len(cases) and drawn.n_events == log.n_events


def test_positions_and_the_main_variant_come_from_the_whole_log() -> None:
    log = log_of_traces("abc", "abc", "ac")
    landscape = survey(count(log), find_variants(log))
    assert landscape.positions == pytest.approx({0: 0.0, 1: 0.5, 2: 1.0})
    assert landscape.main_variant == (0, 1, 2)
    assert (landscape.main_variant_cases, landscape.n_cases, landscape.median_distinct_steps) == (2, 3, 3.0)
    assert {(w.source, w.target): w.count for w in landscape.weights}[START, 0] == 3


@given(event_lists)
def test_the_median_number_of_different_steps_is_that_of_the_cases(events: list[Event]) -> None:
    log = make_log(events)
    expected = [len(set(trace)) for trace in variants_of(log).elements()]
    landscape = survey(count(log), find_variants(log))
    assert landscape.median_distinct_steps == (float(np.median(expected)) if expected else 0.0)


# ---- texts, widths, colours


def path(occurrences: int, median: float | None = None, source: int = 0, target: int = 1) -> Path:
    times = None if median is None else Times(occurrences, median, median, median, median, median, median)
    return Path(source, target, occurrences, occurrences, 1, times)


def test_the_spine_says_the_second_metric_behind_the_first() -> None:
    texts = path_texts(path(6383, 2.9 * DAY), Metric.OCCURRENCES, Metric.MEDIAN, Texts("da"))
    assert texts == ("6.383", f"6.383 · 2,9{NO_BREAK}d")


def test_labels_follow_the_chosen_metric_and_language() -> None:
    assert path_texts(path(6383, 17 * HOUR), Metric.MEAN, Metric.CASES, Texts("en")) == (f"17{NO_BREAK}h", f"17{NO_BREAK}h · 6,383")
    assert path_texts(path(6383, 17 * HOUR), Metric.CASES, Metric.CASES, Texts("da")) == ("6.383", "6.383")


def test_what_has_no_time_says_none() -> None:
    assert path_texts(path(12), Metric.OCCURRENCES, Metric.MEDIAN, Texts("da")) == ("12", "12")
    assert path_texts(path(12), Metric.MEDIAN, None, Texts("da")) == ("", "")
    assert path_texts(path(12, source=START), Metric.MAX_REPETITIONS, Metric.CASES, Texts("da")) == ("", "12")


def test_a_card_says_cases_repeats_and_share() -> None:
    step = Step(0, "Opfølgning", 6576, 9000, 5, 2082, 0, 0)
    assert card_line(step, 2082, 8412, 300, Texts("da")) == f"6.576  ↻ 2.082  78{NO_BREAK}%"
    assert card_line(step, 2082, 8412, 3000, Texts("da")) == f"6.576  78{NO_BREAK}%"


def test_a_line_is_as_wide_as_its_share_of_the_largest() -> None:
    assert line_width(8000, 8000) == 7.0
    assert line_width(2000, 8000) == pytest.approx(1.5 + 5.5 / 2)
    assert line_width(0, 0) == 1.5


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_line_shows_no_more_than_the_rounded_count(n: int, largest: int) -> None:
    assert line_width(n, largest) == line_width(5 * round(n / 5), 5 * round(largest / 5))


@given(st.lists(st.tuples(st.floats(-1e4, 1e10), st.integers(1, 10**6)), min_size=1, max_size=60), st.booleans())
def test_colour_classes_have_four_rising_round_limits(values: list[tuple[float, int]], is_time: bool) -> None:
    breaks = colour_breaks([value for value, _ in values], [n for _, n in values], is_time)
    assert len(breaks) == 4 and all(low < high for low, high in pairwise(breaks)) and breaks[0] > 0
    for one in breaks:
        unit = next(size for size in (DAY, HOUR, 60.0, 1.0) if one >= size) if is_time else 1.0
        assert (one / unit).is_integer()


def test_days_of_waiting_are_split_at_days() -> None:
    days = [0.5, 1, 1.4, 2.9, 3.1, 5.5, 6.1, 11, 12, 13, 20]
    breaks = colour_breaks([day * DAY for day in days], [1000] * len(days), is_time=True)
    assert [one / DAY for one in breaks] == [1, 3, 6, 12]


def test_waits_of_nothing_do_not_draw_the_limits_down() -> None:
    breaks = colour_breaks([0.0] * 50 + [day * DAY for day in (1, 2, 4, 8)], [10] * 54, is_time=True)
    assert breaks[0] >= DAY
    assert colour_breaks([0.0], [3], is_time=True) == (1.0, 2.0, 3.0, 5.0)
    assert colour_breaks([], [], is_time=True) == ()
