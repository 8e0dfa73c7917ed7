"""The layout on real logs: what the design asks of it at every place of the two sliders."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from statistics import mean

import pytest

from engine.importing.reading import read_log
from engine.layout.crossings import count_crossings
from engine.layout.place import lay_out
from engine.layout.seed import seek_seed
from engine.layout.values import LIGHT, Graph, Seed, Sizes
from engine.log.columns import ReadOptions
from engine.process_map.drawing import draw_map, find_seed
from engine.process_map.study import Study
from engine.service.messages import MapQuery
from engine.tasks import Task
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
from tests.layout_views import Process
from tests.real_logs import log_path

LOGS = [("receipt", 27), ("SEPSIS", 16), ("BPI_2020_DomesticDeclarations", 17), ("BPIC15_1", 22)]
SHARES = (1.5, 2.6)


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
    path = log_path(name)
    study = Study(read_log(path.read_bytes(), path.name, ReadOptions(), Task()))
    first = draw_map(study, MapQuery(), Task()).layout
    find_seed(study, Task())
    for layout in (first, draw_map(study, MapQuery(), Task()).layout):
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
    path = log_path(name)
    study = Study(read_log(path.read_bytes(), path.name, ReadOptions(), Task()))
    find_seed(study, Task())
    for steps in (None, 8, 12, 16, 24, 32):
        view = draw_map(study, MapQuery(steps=steps), Task())
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
