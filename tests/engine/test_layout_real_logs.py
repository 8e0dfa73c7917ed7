"""The layout on real logs: what the design asks of it at every place of the two sliders."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from statistics import mean, median

import pytest

from engine.errors import Cancelled
from engine.importing.reading import read_log
from engine.layout.crossings import count_crossings
from engine.layout.place import lay_out
from engine.layout.plan import Plans
from engine.layout.seed import seek_seed
from engine.layout.values import LIGHT, Graph, MapLayout, Orientation, Seed, Sizes
from engine.log.columns import ReadOptions
from engine.process_map.drawing import draw_map
from engine.service.messages import MapQuery
from engine.tasks import Task
from tests import product_views
from tests.layout_measures import (
    EVERY_SIZES,
    bends,
    cards_overlapping,
    disconnected,
    hidden_labels,
    labels_overlapping,
    lanes_crowded,
    lanes_through_cards,
    lanes_touching,
    movement,
    numbers_on_foreign_lanes,
    spine_deviation,
)
from tests.layout_peers import draw_with_dot
from tests.layout_views import Process
from tests.real_logs import log_path

LOGS = [("receipt", 27), ("SEPSIS", 16), ("BPI_2020_DomesticDeclarations", 17), ("BPIC15_1", 22)]
SHARES = (1.5, 2.6)
EVERY_LOG = [
    "BPIC13_i",
    "BPIC14_f",
    "BPIC15_1",
    "BPI_2020_DomesticDeclarations",
    "BPI_2020_RequestForPayment",
    "ConsultaDataMining201618",
    "Helpdesk",
    "SEPSIS",
    "interval_event_log",
    "receipt",
]
DENSE = 35
"""Arcs from which crossings are compared as a share of dot's."""


@cache
def process(name: str) -> Process:
    path = log_path(name)
    log = read_log(path.read_bytes(), path.name, ReadOptions(), Task())
    bounds, steps = log.offsets.tolist(), log.activity.tolist()
    return Process(log.activities, [tuple(steps[bounds[case] : bounds[case + 1]]) for case in range(log.n_cases)])


def seen(name: str, n_steps: int) -> Graph:
    """The view that seeds are sought for."""
    return process(name).view(n_steps, round(2.2 * n_steps))


@cache
def sought(name: str, n_steps: int) -> Seed:
    return seek_seed(seen(name, n_steps), LIGHT, Task())


@pytest.mark.parametrize(("name", "n_steps"), LOGS)
@pytest.mark.parametrize("sizes", EVERY_SIZES.values(), ids=EVERY_SIZES)
def test_nothing_overlaps_and_every_path_has_its_number(name: str, n_steps: int, sizes: Sizes) -> None:
    for count in (12, n_steps):
        for share in SHARES:
            layout = lay_out(process(name).view(count, round(share * count)), sizes)
            assert cards_overlapping(layout) == lanes_through_cards(layout) == labels_overlapping(layout) == lanes_touching(layout) == 0
            assert disconnected(layout) == []
            assert spine_deviation(layout) <= 1
            assert hidden_labels(layout) <= 0.03 * len(layout.lanes)


@pytest.mark.parametrize(
    "name",
    [
        "receipt",
        "SEPSIS",
        "BPIC15_1",
        "BPIC13_i",
        "Helpdesk",
        "BPI_2020_DomesticDeclarations",
        "BPI_2020_RequestForPayment",
        "ConsultaDataMining201618",
    ],
)
def test_on_the_first_view_no_number_stands_on_a_foreign_lane_and_names_are_told_apart(name: str) -> None:
    for arranged in (False, True):
        layout = draw_map(product_views.study(name), MapQuery(arranged=arranged), Task()).layout
        assert numbers_on_foreign_lanes(layout) == 0
        assert labels_overlapping(layout) == lanes_crowded(layout) == 0
        assert hidden_labels(layout) <= 0.03 * len(layout.lanes)
        assert len({card.name for card in layout.cards}) == len(layout.cards)


@pytest.mark.parametrize(("name", "n_steps"), LOGS)
def test_few_numbers_stand_on_foreign_lanes_wherever_the_sliders_are(name: str, n_steps: int) -> None:
    views = [process(name).view(count, round(share * count)) for count in (6, 12, n_steps) for share in (1.2, 1.8, 2.6)]
    layouts = [lay_out(view, LIGHT) for view in views]
    assert sum(map(numbers_on_foreign_lanes, layouts)) <= 0.015 * sum(len(layout.lanes) for layout in layouts)


@pytest.mark.parametrize(("name", "n_steps"), LOGS)
def test_the_paths_slider_moves_little_and_flips_nothing(name: str, n_steps: int) -> None:
    every = len(process(name).view(n_steps, 10**6).arcs)
    layouts = [lay_out(process(name).view(n_steps, round(every * step / 16)), LIGHT) for step in range(9)]
    moves = [movement(before, after) for before, after in pairwise(layouts)]
    assert mean(move.px for move in moves) <= 40
    assert all(move.flips == 0 for move in moves)
    assert len({tuple((card.row, card.column) for card in layout.cards) for layout in layouts}) == 1


@pytest.mark.parametrize(("name", "n_steps"), LOGS)
def test_the_steps_slider_keeps_the_order_of_steps(name: str, n_steps: int) -> None:
    seed = sought(name, n_steps)
    sizes = sorted({max(2, round(n_steps * share / 10)) for share in range(2, 11)})
    layouts = [lay_out(process(name).view(count, round(2.2 * count)), LIGHT, seed) for count in sizes]
    moves = [movement(before, after) for before, after in pairwise(layouts)]
    assert mean(move.flips for move in moves) <= 0.015


@pytest.mark.parametrize("name", [name for name, _ in LOGS])
def test_the_flow_runs_downwards(name: str) -> None:
    """In SEPSIS the laboratory values follow one another in both directions nearly equally often: they stand side by side."""
    for steps in (None, 8, 12, 16, 24, 32):
        view = draw_map(product_views.study(name), MapQuery(steps=steps, orientation=Orientation.PORTRAIT), Task())
        height = {card.step: card.y for card in view.layout.cards}
        among = [path for path in view.map.paths if path.source in height and path.target in height]
        upward = sum(path.occurrences for path in among if height[path.target] < height[path.source] - 30)
        assert upward <= 0.1 * sum(path.occurrences for path in view.map.paths)


@pytest.mark.parametrize(("name", "n_steps"), LOGS)
def test_a_seed_makes_no_view_it_was_sought_for_worse(name: str, n_steps: int) -> None:
    graph, seed = seen(name, n_steps), sought(name, n_steps)
    before, after = lay_out(graph, LIGHT, Seed()), lay_out(graph, LIGHT, seed)

    def cost(layout: object) -> float:
        return count_crossings(layout) + 0.12 * bends(layout) + 0.008 * (layout.width + layout.height)  # type: ignore[arg-type, attr-defined]

    assert cost(after) <= cost(before) + 1
    assert hidden_labels(after) <= 0.03 * len(after.lanes)


@cache
def beside_dot(name: str) -> tuple[tuple[int, int, int], ...]:
    """Arcs, our crossings and dot's crossings of a log's five views."""
    layouts = [view.layout for view in product_views.five_views(name)]
    return tuple((len(layout.lanes), count_crossings(layout), draw_with_dot(layout).crossings()) for layout in layouts)


@pytest.mark.parametrize("name", EVERY_LOG)
def test_lanes_cross_hardly_more_often_than_where_nothing_need_be_straight_or_stay(name: str) -> None:
    """Graphviz dot draws the same cards and arcs without a straight line, and anew for every place of a slider."""
    for arcs, crossings, dot in beside_dot(name):
        assert crossings <= (2.5 * dot if arcs >= DENSE else dot + 15), (arcs, crossings, dot)


def test_half_of_the_dense_views_have_at_most_a_third_more_crossings_than_dot() -> None:
    views = [view for name in EVERY_LOG for view in beside_dot(name)]
    assert median(crossings / max(dot, 1) for arcs, crossings, dot in views if arcs >= DENSE) <= 1.3


@pytest.mark.parametrize("name", EVERY_LOG)
def test_nothing_overlaps_at_any_of_five_places_of_the_sliders(name: str) -> None:
    for view in product_views.five_views(name):
        layout = view.layout
        assert cards_overlapping(layout) == lanes_through_cards(layout) == labels_overlapping(layout) == lanes_touching(layout) == 0
        assert disconnected(layout) == []
        assert spine_deviation(layout) <= 1
        assert hidden_labels(layout) <= max(1, 0.03 * len(layout.lanes))


@pytest.mark.parametrize("name", EVERY_LOG)
def test_steps_stay_where_they_are_while_a_slider_moves(name: str) -> None:
    most = draw_map(product_views.study(name), MapQuery(), Task())
    top = min(58, most.steps_max)
    along_steps = [product_views.view(name, count).layout for count in sorted({max(2, round(top * place / 10)) for place in range(2, 11)})]
    along_paths = [product_views.view(name, None, round(most.paths_max * place / 16)).layout for place in range(9)]
    moves = [movement(before, after) for before, after in pairwise(along_paths)]
    assert mean(move.px for move in moves) <= 40
    assert all(move.flips == 0 for move in moves)
    assert mean([0.0, *(movement(before, after).flips for before, after in pairwise(along_steps))]) <= 0.015
    for fewer, more in pairwise(along_steps):
        shown = {card.step for card in fewer.cards}
        assert [step for step in more.spine if step in shown] == list(fewer.spine)


def whole_of_bpic15() -> MapLayout:
    return product_views.view("BPIC15_1", 398).layout


def test_all_398_steps_of_a_log_are_laid_out_soundly() -> None:
    layout = whole_of_bpic15()
    assert len(layout.cards) == 398
    assert cards_overlapping(layout) == lanes_through_cards(layout) == 0
    assert disconnected(layout) == []
    assert spine_deviation(layout) <= 1
    assert hidden_labels(layout) <= 0.03 * len(layout.lanes)


def test_a_layout_of_398_steps_asks_often_whether_to_go_on_and_stops_when_told() -> None:
    """There is no long stretch of work between two questions: every step and every path is one of its own."""
    study, asked = product_views.study("BPIC15_1"), 0

    def stop_at(last: int) -> Task:
        nonlocal asked
        asked = 0

        def ask() -> bool:
            nonlocal asked
            asked += 1
            return asked >= last

        return Task(is_cancelled=ask)

    query = MapQuery(steps=398, paths=700, orientation=Orientation.PORTRAIT)
    for last in (1, 500, 1500, 2500):
        with pytest.raises(Cancelled):
            draw_map(study, query, stop_at(last))
        assert asked == last
    assert len(draw_map(study, query, stop_at(10**9)).layout.cards) == 398
    assert asked > 3000


@pytest.mark.parametrize("name", [name for name, _ in LOGS])
def test_the_plan_of_the_view_before_makes_no_other_map(name: str) -> None:
    plans = Plans()
    for n_steps, n_paths in ((12, 20), (12, 34), (20, 34), (20, 60), (20, 40)):
        graph = process(name).view(n_steps, n_paths)
        assert lay_out(graph, LIGHT, plans=plans) == lay_out(graph, LIGHT)


def test_a_plan_that_was_left_halfway_is_not_used_again() -> None:
    plans, graph = Plans(), process("receipt").view(20, 60)
    lay_out(graph, LIGHT, plans=plans)
    asked = iter(range(10_000))
    with pytest.raises(Cancelled):
        lay_out(graph, LIGHT, Seed(), Task(is_cancelled=lambda: next(asked) > 40), plans)
    assert plans.take(graph, LIGHT, Seed()) is None
    assert lay_out(graph, LIGHT, plans=plans) == lay_out(graph, LIGHT)
