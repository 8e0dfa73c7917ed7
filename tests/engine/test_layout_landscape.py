"""The layout lying down: the flow runs from left to right, on the same grid as it runs downwards."""

from __future__ import annotations

import pytest

from engine.layout.place import lay_out
from engine.layout.values import LIGHT, LIGHT_LANDSCAPE, LINE_BREAK, PROJECTOR_LANDSCAPE, Graph, LaneKind, sizes_for
from engine.process_map.values import END
from tests.engine.test_layout import DECIDED, EXAMINED, MET, PROCESS, RECEIVED, SCREENED, assert_tidy, card, lane, plain
from tests.layout_measures import numbers_on_foreign_lanes


def test_the_main_variant_runs_straight_to_the_right() -> None:
    layout = lay_out(PROCESS.view(8, 40), LIGHT_LANDSCAPE)
    assert layout.landscape
    assert layout.spine == (RECEIVED, SCREENED, EXAMINED, MET, DECIDED)
    middles = {card(layout, step).y + card(layout, step).height / 2 for step in layout.spine} | {layout.start[1], layout.end[1]}
    assert max(middles) - min(middles) < 0.02
    places = [layout.start[0], *(card(layout, step).x for step in layout.spine), layout.end[0]]
    assert places == sorted(places)
    assert_tidy(layout)


def test_every_step_keeps_the_cell_that_it_has_when_the_flow_runs_downwards() -> None:
    standing, lying = lay_out(PROCESS.view(8, 40), LIGHT), lay_out(PROCESS.view(8, 40), LIGHT_LANDSCAPE)
    assert [(one.step, one.row, one.column) for one in standing.cards] == [(one.step, one.row, one.column) for one in lying.cards]


def test_cards_and_numbers_stay_upright() -> None:
    layout = lay_out(PROCESS.view(8, 40), LIGHT_LANDSCAPE)
    assert all(one.width > one.height for one in layout.cards)
    labels = [one.label for one in layout.lanes if one.label is not None]
    assert len(labels) == len(layout.lanes) and all(label.width > label.height or len(label.text) < 2 for label in labels)


def test_the_spines_numbers_stand_above_its_arcs_and_clear_of_the_cards() -> None:
    layout = lay_out(PROCESS.view(8, 40), LIGHT_LANDSCAPE)
    arc = lane(layout, RECEIVED, SCREENED)
    assert arc.kind is LaneKind.SPINE and arc.label is not None and arc.label.text == "97 · 2,9 d"
    assert arc.label.y + arc.label.height / 2 <= arc.points[1] - arc.width / 2
    assert arc.label.x - arc.label.width / 2 >= card(layout, RECEIVED).x + card(layout, RECEIVED).width
    assert arc.label.x + arc.label.width / 2 <= card(layout, SCREENED).x


def test_returns_run_above_the_spine_and_skips_below() -> None:
    along = [(-1, 0, 9), (0, 1, 9), (1, 2, 9), (2, 3, 9), (3, END, 9)]
    layout = lay_out(plain(4, *along, (0, 2, 3), (3, 1, 4), variant=(0, 1, 2, 3)), LIGHT_LANDSCAPE)
    spine = card(layout, 1)
    assert max(lane(layout, 0, 2).points[1::2]) > spine.y + spine.height
    assert min(lane(layout, 3, 1).points[1::2]) < spine.y


def test_a_long_name_takes_two_lines_before_it_is_cut() -> None:
    names = ["Indstilling af sagen til udvalget", "Kort", "Speciallægeerklæring", "Høring " * 12]
    layout = lay_out(plain(4, (0, 1, 5), (1, 2, 5), (2, 3, 5), variant=(0, 1, 2, 3), names=names), LIGHT_LANDSCAPE)
    shown = [card(layout, step).name for step in range(4)]
    assert shown[0].replace(LINE_BREAK, " ") == names[0] and shown[0].count(LINE_BREAK) == 1
    assert shown[1:3] == names[1:3]
    assert shown[3].count(LINE_BREAK) == 1 and "…" in shown[3]
    assert all(one.width <= LIGHT_LANDSCAPE.widest_card for one in layout.cards)


@pytest.mark.parametrize("sizes", [LIGHT_LANDSCAPE, PROJECTOR_LANDSCAPE], ids=["light", "projector"])
def test_a_busy_card_grows_both_ways_so_that_its_lanes_keep_apart(sizes: object) -> None:
    hub = [(0, step, 100 - step) for step in range(1, 14)] + [(step, 0, 50 - step) for step in range(1, 14)]
    graph: Graph = plain(14, (-1, 0, 300), *hub, (0, END, 300), variant=(0,))
    layout = lay_out(graph, sizes)  # type: ignore[arg-type]
    assert_tidy(layout)
    assert numbers_on_foreign_lanes(layout) <= 1


def test_an_appearance_has_its_sizes_in_both_orientations() -> None:
    for projector in (False, True):
        standing, lying = sizes_for(projector=projector, landscape=False), sizes_for(projector=projector, landscape=True)
        assert (standing.name_px, standing.number_px, standing.scale) == (lying.name_px, lying.number_px, lying.scale)
        assert lying.is_large == standing.is_large == projector and lying.landscape and not standing.landscape
