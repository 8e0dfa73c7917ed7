"""What holds for the layout of any graph whatever: nothing overlaps, every arc arrives, the spine is straight, order does not matter."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.layout.crossings import count_crossings
from engine.layout.labels import plate_size
from engine.layout.place import lay_out
from engine.layout.seed import seek_seed
from engine.layout.text_widths import cut_to_width, text_width
from engine.layout.values import LIGHT, LINE_BREAK, Graph, GraphArc, GraphStep, LaneKind, MapLayout, Seed, Sizes, Weight
from engine.process_map.values import END, START
from engine.tasks import Task
from tests.layout_measures import (
    EVERY_SIZES,
    cards_overlapping,
    crossings_one_by_one,
    disconnected,
    foreign_stripes,
    free_places,
    label_box,
    labels_overlapping,
    lanes_through_cards,
    movement,
    overlap,
    segments,
    spine_deviation,
    upright,
)

NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=0, max_size=60)


@st.composite
def graphs(draw: st.DrawFn, most_steps: int = 14, most_arcs: int = 40) -> Graph:
    """Any graph of steps with sparse codes, arcs with and without the marks, hidden arcs, and a main variant that may say nothing."""
    codes = sorted(draw(st.sets(st.integers(0, 60), max_size=most_steps)))
    names = draw(st.lists(NAMES, min_size=len(codes), max_size=len(codes)))
    pairs = st.tuples(st.sampled_from([START, *codes]), st.sampled_from([END, *codes])).filter(lambda pair: pair[0] != pair[1])
    weights = draw(st.dictionaries(pairs, st.integers(1, 5000), max_size=most_arcs)) if codes else {}
    shown = [pair for pair in weights if draw(st.booleans())]
    n_cases = draw(st.integers(1, 6000))
    return Graph(
        tuple(GraphStep(code, name, draw(st.integers(1, 5000)), "1.234   5 %") for code, name in zip(codes, names, strict=True)),
        tuple(GraphArc(*pair, weights[pair], draw(st.floats(1.5, 7.0)), str(weights[pair]), f"{weights[pair]} · 2,9 d") for pair in shown),
        tuple(Weight(*pair, count) for pair, count in weights.items()),
        tuple(draw(st.lists(st.integers(0, 60), max_size=8))),
        draw(st.integers(0, n_cases)),
        float(draw(st.integers(0, 10))),
        {code: draw(st.floats(0, 1)) for code in codes},
        n_cases,
    )


def assert_sound(layout: MapLayout, graph: Graph) -> None:
    layout = upright(layout)
    assert [(lane.source, lane.target) for lane in layout.lanes] == [
        (arc.source, arc.target) for arc in sorted(graph.arcs, key=lambda arc: (-arc.count, arc.source, arc.target))
    ]
    assert [card.step for card in layout.cards] == [step.step for step in graph.steps]
    assert cards_overlapping(layout) == 0
    assert lanes_through_cards(layout) == 0
    assert labels_overlapping(layout) == 0
    assert disconnected(layout) == []
    assert spine_deviation(layout) <= 1
    spine = [card for step in layout.spine for card in layout.cards if card.step == step]
    assert [card.y for card in spine] == sorted(card.y for card in spine)
    assert all(layout.start[1] + 12 < card.y and card.y + card.height < layout.end[1] - 12 for card in layout.cards)
    for lane in layout.lanes:
        assert lane.label is None or lane.label.text
        for left, top, right, bottom in segments(lane):
            assert 0 <= left <= right <= layout.width and 0 <= top <= bottom <= layout.height


@given(graphs(), st.sampled_from(list(EVERY_SIZES.values())))
@settings(max_examples=150)
def test_any_graph_is_laid_out_soundly(graph: Graph, sizes: Sizes) -> None:
    layout = lay_out(graph, sizes)
    assert_sound(layout, graph)
    assert count_crossings(layout) == crossings_one_by_one(layout)


@given(graphs(), st.sampled_from(list(EVERY_SIZES.values())))
@settings(max_examples=100)
def test_a_number_covers_a_foreign_lane_or_is_hidden_only_where_its_own_lane_has_no_free_place(graph: Graph, sizes: Sizes) -> None:
    layout = lay_out(graph, sizes)
    texts = {(arc.source, arc.target): arc.label for arc in graph.arcs}
    for lane in layout.lanes:
        if lane.trunk >= 0 or lane.kind == LaneKind.SPINE or lane.points[0] == lane.points[-2]:
            continue
        covers = lane.label is not None and any(overlap(label_box(lane.label), one, 0.03) for one in foreign_stripes(layout, lane))
        if covers or lane.label is None:
            assert free_places(layout, lane, plate_size(texts[lane.source, lane.target], sizes)) == []


@given(graphs(), st.sampled_from(list(EVERY_SIZES.values())))
@settings(max_examples=60)
def test_every_card_holds_the_name_it_shows(graph: Graph, sizes: Sizes) -> None:
    for card in lay_out(graph, sizes).cards:
        room = card.width - 20 * sizes.card_height / 38
        lines = card.name.split(LINE_BREAK)
        assert len(lines) <= sizes.name_lines
        assert max(text_width(line, sizes.name_px, bold=True) for line in lines) <= room + 0.06
        assert card.width <= 1.35 * sizes.spine_width + 0.01 or sizes.landscape


@given(NAMES, st.integers(0, 300), st.floats(0, 1))
def test_a_cut_name_fits_and_is_made_of_the_names_own_ends(name: str, room: int, head: float) -> None:
    shown = cut_to_width(name, 12, True, room, head)
    if shown != name:
        begin, _, end = shown.rpartition("…") if shown.count("…") == 1 else (shown, "", "")
        assert "…" in shown
        assert shown.count("…") > 1 or (name.startswith(begin) and name.endswith(end))
        assert shown == "…" or text_width(shown, 12, bold=True) <= room + 0.06


@given(graphs(), st.randoms(use_true_random=False))
@settings(max_examples=50)
def test_the_order_in_which_steps_and_arcs_come_does_not_matter(graph: Graph, chance: random.Random) -> None:
    def mixed(items: tuple[object, ...]) -> tuple[object, ...]:
        return tuple(chance.sample(items, len(items)))

    other = Graph(
        graph.steps,
        mixed(graph.arcs),  # type: ignore[arg-type]
        mixed(graph.weights),  # type: ignore[arg-type]
        graph.main_variant,
        graph.main_variant_cases,
        graph.median_distinct_steps,
        dict(reversed(graph.positions.items())),
        graph.n_cases,
    )
    assert lay_out(other, LIGHT) == lay_out(graph, LIGHT)


@given(graphs(), st.integers(0, 40))
@settings(max_examples=80)
def test_hiding_paths_moves_no_step_to_another_cell(graph: Graph, n: int) -> None:
    fewer = Graph(
        graph.steps,
        graph.arcs[:n],
        graph.weights,
        graph.main_variant,
        graph.main_variant_cases,
        graph.median_distinct_steps,
        graph.positions,
        graph.n_cases,
    )
    before, after = lay_out(graph, LIGHT), lay_out(fewer, LIGHT)
    assert [(card.row, card.column, card.width) for card in before.cards] == [(card.row, card.column, card.width) for card in after.cards]
    assert movement(before, after).flips == 0


@given(graphs(most_steps=9, most_arcs=20))
@settings(max_examples=12)
def test_a_sought_seed_keeps_every_law(graph: Graph) -> None:
    seed = seek_seed(graph, LIGHT, Task())
    layout = lay_out(graph, LIGHT, seed)
    assert_sound(layout, graph)
    placed = {card.step: (card.row, card.column) for card in layout.cards if not card.spine}
    assert placed.keys() == {step for step, _, _ in seed.places}


@given(graphs(), st.lists(st.tuples(st.integers(0, 60), st.integers(-5, 9).map(float), st.integers(-4, 4)), max_size=12))
@settings(max_examples=60)
def test_a_seed_of_another_set_of_steps_does_no_harm(graph: Graph, places: list[tuple[int, float, int]]) -> None:
    assert_sound(lay_out(graph, LIGHT, Seed(tuple(places))), graph)


@given(graphs())
@settings(max_examples=60)
def test_lanes_say_what_they_are(graph: Graph) -> None:
    layout = lay_out(graph, LIGHT)
    follows = set(zip(layout.spine, layout.spine[1:], strict=False))
    for lane in layout.lanes:
        assert (lane.kind == LaneKind.START) == (lane.source == START)
        assert (lane.kind == LaneKind.END) == (lane.target == END and lane.source != START)
        assert (lane.kind == LaneKind.SPINE) == ((lane.source, lane.target) in follows)
        if lane.kind == LaneKind.SPINE:
            assert len(lane.points) == 4 and lane.points[0] == lane.points[2]
