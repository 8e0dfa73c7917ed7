"""Lanes of one channel: packing keeps them apart and in order, and ordering never makes more crossings than it found."""

from __future__ import annotations

from itertools import combinations, permutations

from hypothesis import given
from hypothesis import strategies as st

from engine.layout.lanes import APART, Span, crossing_matrix, order_lanes, pack_lanes
from engine.layout.router import pair_crossings

ENDS = st.lists(st.tuples(st.integers(0, 30).map(float), st.sampled_from([-1, 1])), min_size=2, max_size=4)
SPANS = ENDS.map(lambda ends: Span(min(at for at, _ in ends), max(at for at, _ in ends), ends))


def crossings(spans: list[Span], order: list[int]) -> int:
    matrix = crossing_matrix(spans)
    return sum(int(matrix[inner, outer]) for inner, outer in combinations(order, 2))


@given(st.lists(SPANS, max_size=12))
def test_lanes_that_meet_never_share_a_line(spans: list[Span]) -> None:
    order = order_lanes(spans)
    lines = pack_lanes(spans, order)
    for inner, outer in combinations(order, 2):
        one, other = spans[inner], spans[outer]
        if one.low - APART < other.high and other.low < one.high + APART:
            assert lines[inner] < lines[outer]
    assert not spans or min(lines) == 0


@given(st.lists(SPANS, min_size=1, max_size=5))
def test_few_lanes_stand_in_an_order_that_no_single_move_improves(spans: list[Span]) -> None:
    order = order_lanes(spans)
    assert sorted(order) == list(range(len(spans)))
    found = crossings(spans, order)
    shortest = sorted(range(len(spans)), key=lambda lane: (spans[lane].high - spans[lane].low, spans[lane].low, lane))
    assert found <= crossings(spans, shortest)
    if len(spans) <= 3:
        assert found == min(crossings(spans, list(other)) for other in permutations(order))


@given(st.tuples(SPANS, SPANS))
def test_the_router_expects_no_more_crossings_than_the_lanes_will_have(pair: tuple[Span, Span]) -> None:
    """It counts strictly, because ends on one level are put right at the ports."""
    lanes = []
    for span in pair:
        sides = dict(span.ends)
        lanes.append((int(span.low), int(span.high), sides[span.low], sides[span.high]))
    spans = [Span(lane[0], lane[1], [(lane[0], lane[2]), (lane[1], lane[3])]) for lane in lanes]
    if all(lane[0] < lane[1] for lane in lanes):
        matrix = crossing_matrix(spans)
        assert pair_crossings(lanes[0], lanes[1]) <= min(int(matrix[0, 1]), int(matrix[1, 0]))
        assert pair_crossings(lanes[0], lanes[1]) == pair_crossings(lanes[1], lanes[0])
