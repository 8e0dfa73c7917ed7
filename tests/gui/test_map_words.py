"""What the map says about itself in sentences: what it leaves out, why a line is straight, and what the guard has taken."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from engine.layout.values import SpineReason
from engine.log.selection import HasActivity, Selection
from engine.operations import answer
from engine.process_map.values import Coverage, Metric
from engine.service.messages import MapAnswer, MapQuery
from engine.tasks import Task
from engine.texts import Texts
from engine.workspace import Workspace
from gui.map.words import guard_changes, left_out_sentence, spine_sentence
from tests.gui.map_example import example_answer
from tests.naive_log import log_of_traces

EN = Texts("en")
ALL = MapQuery(steps=99, paths=99)


def draw(*traces: str, query: MapQuery = ALL) -> MapAnswer:
    workspace = Workspace()
    workspace.study_log(log_of_traces(*traces))
    drawn = answer(workspace, query, Task())
    assert isinstance(drawn, MapAnswer)
    return drawn


def changes(*traces: str, query: MapQuery = ALL) -> list[str]:
    exact, twin = draw(*traces, query=query), draw(*traces, query=replace(query, guarded=True))
    return guard_changes(exact.map, twin.map, EN)


# ---- what is left out


def coverage(steps: int, paths: int, transitions: int, k: int = 0) -> Coverage:
    """A map that leaves out so many steps, paths and transitions."""
    return Coverage(10, 10 + steps, 20, 20 + paths, 900, 900 + transitions, 1000, 1000, k)


def test_an_exact_map_says_how_many_paths_and_transitions_are_left_out() -> None:
    assert left_out_sentence(coverage(0, 56, 113), EN) == "56 paths with 113 transitions in all are not drawn."
    assert left_out_sentence(coverage(0, 1, 1), EN) == "1 path with 1 transition is not drawn."
    assert left_out_sentence(coverage(3, 2, 9), EN) == "2 paths with 9 transitions in all, and 3 steps are not drawn."
    assert left_out_sentence(coverage(3, 0, 0), EN) == "3 steps are not drawn."
    assert left_out_sentence(coverage(0, 0, 0), EN) == ""


def test_a_guarded_map_counts_no_transitions_that_are_left_out() -> None:
    """Its sums are those of rounded numbers: what is missing from them is no number of transitions."""
    assert left_out_sentence(coverage(0, 2, 135, k=5), EN) == "2 paths and all paths with fewer than 5 cases are not drawn."
    assert left_out_sentence(coverage(0, 0, 135, k=8), EN) == "All paths with fewer than 8 cases are not drawn."
    assert left_out_sentence(coverage(3, 2, 135, k=5), EN) == "2 paths, all paths with fewer than 5 cases, and 3 steps are not drawn."
    assert left_out_sentence(coverage(0, 2, 135, k=5), Texts("da")) == "2 veje og alle veje med færre end 5 sager er ikke tegnet."


@given(st.integers(0, 9), st.integers(0, 99), st.integers(0, 9999), st.sampled_from([0, 5, 20]))
def test_every_number_left_out_is_said_and_no_other(steps: int, paths: int, transitions: int, k: int) -> None:
    one = coverage(steps, paths, transitions, k)
    said = [int(number) for number in re.findall(r"\d+", left_out_sentence(one, EN).replace(",", ""))]
    rare = bool(k and transitions)
    expected = [paths] * bool(paths) + [k] * rare + [transitions] * bool(transitions and paths and not k) + [steps] * bool(steps)
    assert said == expected


# ---- the straight line


def test_the_straight_line_is_named_after_what_it_is() -> None:
    drawn = example_answer()
    assert spine_sentence(drawn, EN).startswith("The straight line is the most frequent variant.")
    chain = replace(drawn, layout=replace(drawn.layout, spine_reason=SpineReason.STRONGEST_CHAIN))
    assert spine_sentence(chain, EN).startswith("The straight line is the most travelled chain of steps; no single variant says enough.")


@pytest.mark.parametrize("reason", list(SpineReason))
def test_under_a_filter_the_straight_line_is_that_of_the_whole_log(reason: SpineReason) -> None:
    drawn = example_answer()
    filtered = replace(drawn.query, selection=Selection((HasActivity("x"),)))
    sentence = spine_sentence(replace(drawn, query=filtered, layout=replace(drawn.layout, spine_reason=reason)), EN)
    assert "the whole log" in sentence
    assert "the whole log" not in spine_sentence(replace(drawn, layout=replace(drawn.layout, spine_reason=reason)), EN)


def test_it_is_said_where_the_straight_line_has_gaps() -> None:
    whole = draw(*["abcd"] * 6)
    assert spine_sentence(whole, EN) == "The straight line is the most frequent variant."
    first, second = next(pairwise(whole.layout.spine))
    holed = replace(whole.map, paths=tuple(path for path in whole.map.paths if (path.source, path.target) != (first, second)))
    sentence = spine_sentence(replace(whole, map=holed), EN)
    assert sentence == "The straight line is the most frequent variant. Between some of its steps no path is drawn."


# ---- what the guard takes


def test_rare_steps_and_those_that_only_they_connect_are_counted_apart() -> None:
    """c has eight cases, four on each of two ways: it is not rare, its ways are."""
    said = changes(*["ab"] * 20, *["acb"] * 4, *["adcb"] * 4)
    assert "1 step is left out: fewer than 5 cases." in said
    assert "1 step is left out: only paths with fewer than 5 cases connect it with the start and the end." in said
    assert "3 paths are left out: fewer than 5 cases." in said
    assert "1 path is left out with its step." in said
    assert "Every step and path that is drawn stays." not in said


def test_hidden_repetitions_are_counted_where_the_map_shows_them() -> None:
    """Only one case goes from a to b three times; all go from b to a and on at most as often as many others."""
    traces = (*["ab"] * 8, "ababab")
    shown = replace(ALL, colour=Metric.MAX_REPETITIONS)
    assert "“Most repetitions in a case” is left out on 1 path: fewer than 5 cases reach it." in changes(*traces, query=shown)
    assert not any("repetitions" in one for one in changes(*traces))
    assert not any("repetitions" in one for one in changes(*["abab"] * 8, query=shown))


def test_a_map_of_many_loses_nothing() -> None:
    said = changes(*["abc"] * 9)
    assert said == [
        "Counts are rounded to the nearest 5.",
        "Shares are computed from the rounded counts.",
        "Every step and path that is drawn stays.",
        "Waiting times have at most three digits.",
    ]
