"""The layout of small processes, told as stories: what a reader of the map sees."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from engine.errors import Cancelled
from engine.layout.crossings import count_crossings
from engine.layout.labels import Labels, plate_size
from engine.layout.obstacles import Obstacles
from engine.layout.place import lay_out
from engine.layout.router import pair_crossings
from engine.layout.seed import seek_seed
from engine.layout.text_widths import text_width
from engine.layout.values import (
    LIGHT,
    PROJECTOR,
    Card,
    Graph,
    GraphArc,
    GraphStep,
    Lane,
    LaneKind,
    MapLayout,
    Seed,
    Sizes,
    SpineReason,
    Weight,
)
from engine.process_map.values import END, START
from engine.tasks import Task
from tests.layout_measures import (
    EVERY_SIZES,
    cards_overlapping,
    disconnected,
    labels_overlapping,
    lanes_crowded,
    lanes_through_cards,
    spine_deviation,
    upright,
)
from tests.layout_views import Process, Trace

NAMES = ["Modtaget", "Screening", "Undersøgelse", "Møde afholdt", "Afgørelse", "Partshøring", "Afvist", "Klage"]
RECEIVED, SCREENED, EXAMINED, MET, DECIDED, HEARD, REFUSED, APPEALED = range(8)
TRACES: list[Trace] = (
    [(RECEIVED, SCREENED, EXAMINED, MET, DECIDED)] * 60
    + [(RECEIVED, SCREENED, EXAMINED, HEARD, EXAMINED, MET, DECIDED)] * 20
    + [(RECEIVED, SCREENED, REFUSED)] * 12
    + [(RECEIVED, SCREENED, MET, DECIDED, APPEALED, DECIDED)] * 5
    + [(SCREENED, EXAMINED, DECIDED)] * 3
)
PROCESS = Process(NAMES, TRACES)


def card(layout: MapLayout, step: int) -> Card:
    return next(card for card in layout.cards if card.step == step)


def lane(layout: MapLayout, source: int, target: int) -> Lane:
    return next(lane for lane in layout.lanes if (lane.source, lane.target) == (source, target))


def assert_tidy(layout: MapLayout) -> None:
    assert cards_overlapping(layout) == 0
    assert lanes_through_cards(layout) == 0
    assert labels_overlapping(layout) == 0
    assert disconnected(layout) == []
    assert spine_deviation(layout) <= 1


def plain(steps: int, *arcs: tuple[int, int, int], variant: tuple[int, ...] = (), names: list[str] | None = None) -> Graph:
    """A graph of so many steps with (source, target, count) arcs."""
    return Graph(
        tuple(GraphStep(step, names[step] if names else f"Trin {step}", 10, "10   100 %") for step in range(steps)),
        tuple(GraphArc(source, target, count, 2.0, str(count), f"{count} · 2,9 d") for source, target, count in arcs),
        tuple(Weight(*arc) for arc in arcs),
        variant,
        10 if variant else 0,
        1.0,
        {step: step / max(1, steps) for step in range(steps)},
        10,
    )


def test_the_main_variant_stands_straight_from_start_to_end() -> None:
    layout = lay_out(PROCESS.view(8, 40), LIGHT)
    assert layout.spine == (RECEIVED, SCREENED, EXAMINED, MET, DECIDED)
    assert layout.spine_reason is SpineReason.MAIN_VARIANT
    centres = {card(layout, step).x + card(layout, step).width / 2 for step in layout.spine} | {layout.start[0], layout.end[0]}
    assert max(centres) - min(centres) < 0.02
    heights = [layout.start[1], *(card(layout, step).y for step in layout.spine), layout.end[1]]
    assert heights == sorted(heights)
    assert all(card(layout, step).width == LIGHT.spine_width for step in layout.spine)
    assert_tidy(layout)


def test_skips_run_on_the_right_and_returns_on_the_left_of_the_spine() -> None:
    along = [(START, 0, 9), (0, 1, 9), (1, 2, 9), (2, 3, 9), (3, END, 9)]
    layout = lay_out(plain(4, *along, (0, 2, 3), (3, 1, 4), variant=(0, 1, 2, 3)), LIGHT)
    skip, back = lane(layout, 0, 2), lane(layout, 3, 1)
    assert skip.kind is LaneKind.FORWARD and back.kind is LaneKind.RETURN
    spine = card(layout, 1)
    assert max(skip.points[::2]) > spine.x + spine.width
    assert min(back.points[::2]) < spine.x
    assert lane(layout, 0, 1).kind is LaneKind.SPINE and lane(layout, 3, END).kind is LaneKind.END


def test_a_return_runs_outside_of_a_card_beside_the_line_rather_than_across_its_lanes() -> None:
    along = [(START, 0, 90), (0, 1, 90), (1, 2, 90), (2, 3, 90), (3, 4, 90), (4, END, 90)]
    beside = [(2, 5, 8), (5, 2, 8), (3, 6, 7), (6, 3, 7)]
    graph = plain(7, *along, *beside, (4, 0, 5), variant=(0, 1, 2, 3, 4))
    layout = lay_out(graph, LIGHT, Seed(((5, 0.0, -1), (6, 0.0, -1))))
    assert (card(layout, 5).row, card(layout, 6).row) == (card(layout, 2).row, card(layout, 3).row)
    assert count_crossings(layout) == 0
    assert lane(layout, 4, 0).kind is LaneKind.RETURN
    assert min(lane(layout, 4, 0).points[::2]) < min(card(layout, 5).x, card(layout, 6).x)
    assert_tidy(layout)


def test_two_ways_that_leave_facing_cards_and_turn_the_same_way_are_kept_apart() -> None:
    """The one from the left card runs nearer to it than the one from the right card, so that they need not cross."""
    left, right = (4, 8, -1, -1), (4, 8, 1, 1)
    assert pair_crossings(left, right) == 0
    assert pair_crossings((4, 8, -1, 1), (4, 8, 1, -1)) == 1


def test_every_arrow_stops_a_little_before_its_card() -> None:
    layout = lay_out(PROCESS.view(8, 40), LIGHT)
    arrow = lane(layout, SCREENED, EXAMINED)
    assert arrow.points[-1] == pytest.approx(card(layout, EXAMINED).y - 1.2, abs=0.02)


def test_a_spine_arc_says_the_time_and_another_lane_only_the_count() -> None:
    layout = lay_out(PROCESS.view(8, 40), LIGHT)
    spine, side = lane(layout, RECEIVED, SCREENED), lane(layout, SCREENED, REFUSED)
    assert spine.label is not None and spine.label.text == "97 · 2,9 d"
    assert spine.label.x - spine.label.width / 2 > spine.points[0]
    assert side.label is not None and side.label.text == "12"


def test_arcs_to_the_end_mark_share_a_trunk() -> None:
    traces: list[Trace] = [(0, 1, 2)] * 50 + [(0, 3)] * 9 + [(0, 1, 4)] * 8 + [(0, 1, 5)] * 7
    layout = lay_out(Process(NAMES, traces).view(6, 40), LIGHT)
    by_trunk: dict[int, list[Lane]] = {}
    for one in layout.lanes:
        if one.target == END and one.trunk >= 0:
            by_trunk.setdefault(one.trunk, []).append(one)
    assert by_trunk
    for lanes in by_trunk.values():
        assert len(lanes) > 1 and len({one.points[-2:] for one in lanes}) == 1


def test_without_a_telling_main_variant_the_strongest_chain_is_the_spine() -> None:
    traces: list[Trace] = [(0, 1, 2, 3, k % 4 + 4) for k in range(40)] + [(6,)] * 1
    process = Process([f"Trin {step}" for step in range(8)], traces)
    graph = msgspec.structs.replace(process.view(8, 40), main_variant=(6,), main_variant_cases=1)
    layout = lay_out(graph, LIGHT)
    assert layout.spine_reason is SpineReason.STRONGEST_CHAIN
    assert layout.spine[:4] == (0, 1, 2, 3)
    assert_tidy(layout)


def test_steps_taken_in_either_order_stand_side_by_side() -> None:
    """Blood tests are taken in any order: none of them is drawn as coming before the other, and their lanes run straight across."""
    first, one, other, last = range(4)
    traces: list[Trace] = [(first, one, other, last)] * 20 + [(first, other, one, other, last)] * 18 + [(first, other, one, last)] * 9
    names = ["Modtaget", "Høring", "Lægeattest", "Afgørelse"]
    layout = lay_out(msgspec.structs.replace(Process(names, traces).view(4, 12), main_variant_cases=1), LIGHT)
    assert card(layout, one).row == card(layout, other).row
    assert sorted((abs(card(layout, one).column), abs(card(layout, other).column))) == [0, 1]
    for ends in ((one, other), (other, one)):
        assert len(lane(layout, *ends).points) == 4
        assert lane(layout, *ends).points[1] == lane(layout, *ends).points[3]
    assert card(layout, first).row < card(layout, one).row < card(layout, last).row
    assert_tidy(layout)


def test_a_main_variant_keeps_its_steps_below_one_another_even_where_others_turn_them_round() -> None:
    traces: list[Trace] = [(0, 1, 2, 3)] * 30 + [(0, 2, 1, 3)] * 28
    layout = lay_out(Process(NAMES[:4], traces).view(4, 12), LIGHT)
    assert layout.spine == (0, 1, 2, 3)
    assert [card(layout, step).row for step in range(4)] == [0, 1, 2, 3]


def test_a_most_frequent_variant_of_one_step_gives_way_to_the_strongest_chain() -> None:
    """Most calls are one call; the line shows how the longer ones go on."""
    traces: list[Trace] = [(0,)] * 60 + [(0, 1, 2)] * 12 + [(0, 2, 1)] * 5 + [(0, 1)] * 8
    layout = lay_out(msgspec.structs.replace(Process(NAMES[:3], traces).view(3, 9), main_variant=(0,), main_variant_cases=60), LIGHT)
    assert (layout.spine, layout.spine_reason) == ((0, 1, 2), SpineReason.STRONGEST_CHAIN)
    alone = msgspec.structs.replace(Process(NAMES[:1], [(0,)] * 60).view(1, 1), main_variant=(0,), main_variant_cases=60)
    assert (lay_out(alone, LIGHT).spine, lay_out(alone, LIGHT).spine_reason) == ((0,), SpineReason.MAIN_VARIANT)


def test_a_hub_grows_so_that_its_lanes_keep_apart() -> None:
    hub = [(START, 0, 90), (0, END, 90)] + [(0, k, 20 - k) for k in range(1, 13)] + [(k, 0, 20 - k) for k in range(1, 13)]
    layout = lay_out(plain(13, *hub, variant=(0,)), LIGHT)
    assert card(layout, 0).height > LIGHT.card_height
    assert_tidy(layout)


def test_names_lose_a_beginning_that_most_of_them_share() -> None:
    names = ["Declaration SUBMITTED", "Declaration APPROVED", "Declaration REJECTED", "Declaration SAVED", "Payment Handled"]
    layout = lay_out(plain(5, *((k, k + 1, 5) for k in range(4)), variant=(0, 1, 2, 3, 4), names=names), LIGHT)
    assert layout.dropped_prefix == "Declaration "
    assert [one.name for one in layout.cards] == ["SUBMITTED", "APPROVED", "REJECTED", "SAVED", "Payment Handled"]


def test_a_name_of_300_characters_is_cut_to_its_card() -> None:
    layout = lay_out(plain(2, (0, 1, 5), variant=(0,), names=["M" * 300, "Æ" * 300]), LIGHT)
    assert all("…" in one.name and len(one.name) < 40 for one in layout.cards)
    assert card(layout, 1).width <= 1.35 * LIGHT.spine_width
    assert_tidy(layout)


def test_a_long_name_is_whole_where_there_is_room() -> None:
    names = ["Rimelighed/merbeskæftigelse kontrolleret", "Virksomhed fundet af virksomhedskonsulent", "Afslag"]
    layout = lay_out(plain(3, (0, 1, 5), (0, 2, 4), variant=(0,), names=names), LIGHT)
    assert [one.name for one in layout.cards] == names
    assert card(layout, 2).width == 108 < LIGHT.spine_width < card(layout, 0).width


def test_a_cut_name_keeps_its_end_and_whole_words() -> None:
    names = [f"T09-{k} Process or receive external advice from party {k}" for k in range(12)]
    layout = lay_out(plain(12, *((0, k, 5) for k in range(1, 12)), variant=(0,), names=names), LIGHT)
    assert card(layout, 3).name.startswith("T09-3 Process") and card(layout, 3).name.endswith("party 3")
    assert "…" in card(layout, 3).name and len({one.name for one in layout.cards}) == 12


def test_names_that_differ_only_where_they_are_cut_stay_apart() -> None:
    begin, end = "Meget langt navn på et trin som ", " og som slutter på samme måde hver gang"
    names = [begin + "a" + end, begin + "b" + end, "aa " + begin + end, "bb " + begin + end]
    for text in names:
        assert text_width(text, LIGHT.name_px, bold=True) > 1.35 * LIGHT.spine_width
    layout = lay_out(plain(4, (0, 1, 5), (1, 2, 5), variant=(0,), names=names), LIGHT)
    assert len({one.name for one in layout.cards}) == 4


@pytest.mark.parametrize(
    ("graph", "n_lanes"),
    [
        (plain(0), 0),
        (plain(0, (START, END, 4)), 1),
        (plain(1), 0),
        (plain(1, (START, 0, 9), (0, END, 9), variant=(0,)), 2),
        (plain(1, (0, 0, 9), (START, 0, 9), variant=(0,)), 1),
        (plain(2, (0, 1, 5), (1, 0, 5), variant=(0,)), 2),
        (plain(3, (0, 1, 5), (1, 2, 5), variant=(0, 1, 2)), 2),
        (plain(6, (0, 1, 5), (2, 3, 4), (4, 5, 3), variant=(0, 1)), 3),
        (plain(3, (0, 1, 5), (7, 1, 3), (1, 9, 3), (END, 0, 2), (1, START, 2), variant=(9, 8)), 1),
        (plain(2, (0, 1, 5), (0, 1, 5), variant=(0,)), 2),
    ],
    ids=["nothing", "empty cases", "one step", "one step with marks", "self-loop", "loop", "no marks", "apart", "unknown steps", "twice"],
)
@pytest.mark.parametrize("sizes", EVERY_SIZES.values(), ids=EVERY_SIZES)
def test_odd_graphs_are_laid_out_too(graph: Graph, n_lanes: int, sizes: Sizes) -> None:
    layout = upright(lay_out(graph, sizes))
    assert len(layout.cards) == len(graph.steps) and len(layout.lanes) == n_lanes
    assert layout.start[1] < layout.end[1]
    assert_tidy(layout)


def test_two_steps_of_the_same_name_stay_two_cards() -> None:
    layout = lay_out(plain(2, (0, 1, 5), variant=(0, 1), names=["Møde", "Møde"]), LIGHT)
    assert [one.step for one in layout.cards] == [0, 1]


def test_four_hundred_steps_are_laid_out() -> None:
    arcs = [(k, (k * 7 + 3) % 400, 400 - k % 40) for k in range(400)] + [(k, k + 1, 50) for k in range(0, 398, 3)]
    layout = lay_out(plain(400, *((s, t, n) for s, t, n in arcs if s != t), variant=tuple(range(12))), LIGHT)
    assert len(layout.cards) == 400
    assert cards_overlapping(layout) == 0 and spine_deviation(layout) <= 1


def test_thick_lanes_beside_each_other_keep_two_px_between_them() -> None:
    graph = plain(3, (0, 1, 900), (0, 2, 900), (2, 0, 30), (0, END, 20), (1, 2, 30), variant=(0, 1))
    wide = tuple(msgspec.structs.replace(arc, width=7.0 if arc.count == 900 else 1.5) for arc in graph.arcs)
    assert lanes_crowded(lay_out(msgspec.structs.replace(graph, arcs=wide), LIGHT)) == 0


def test_projector_cards_are_larger_and_just_as_tidy() -> None:
    layout = lay_out(PROCESS.view(8, 40), PROJECTOR)
    assert {one.height for one in layout.cards if one.spine} >= {PROJECTOR.card_height}
    assert_tidy(layout)


def test_a_seed_never_costs_crossings_in_the_view_it_was_sought_for() -> None:
    graph = PROCESS.view(8, 20)
    seed = seek_seed(graph, LIGHT, Task())
    assert {step for step, _, _ in seed.places} == {HEARD, REFUSED, APPEALED}
    assert count_crossings(lay_out(graph, LIGHT, seed)) <= count_crossings(lay_out(graph, LIGHT))
    assert seek_seed(graph, LIGHT, Task()) == seed


def test_cards_stand_where_the_seed_wants_them() -> None:
    graph = PROCESS.view(8, 20)
    unseeded = card(lay_out(graph, LIGHT), REFUSED)
    side = -2 if unseeded.column > 0 else 2
    placed = card(lay_out(graph, LIGHT, Seed(((REFUSED, 1.0, side),))), REFUSED)
    assert placed.column == side


def test_seeking_a_seed_stops_when_asked() -> None:
    asked = 0

    def stop() -> bool:
        nonlocal asked
        asked += 1
        return asked > 3

    with pytest.raises(Cancelled):
        seek_seed(PROCESS.view(8, 30), LIGHT, Task(is_cancelled=stop))
    assert asked == 4


def number_on_a_piece(length: float) -> tuple[float, float]:
    """How far a number stands beside the middle of the level piece that it belongs to, and how high it is."""
    labels = Labels(Obstacles([]), LIGHT)
    labels.put_on_lane(0, "35", [(0.0, 0.0, length, 0.0, False)], 2.0, (0, {}))
    return abs(labels.finish(1, Task())[0].y), plate_size("35", LIGHT)[1]


def test_a_number_that_would_hide_its_short_line_stands_beside_it() -> None:
    beside, high = number_on_a_piece(24.0)
    assert beside >= high / 2 + 1
    assert number_on_a_piece(60.0)[0] == 0


PROGRAM = """
import json, sys
import msgspec
from engine.layout.place import lay_out
from engine.layout.seed import seek_seed
from engine.layout.values import LIGHT, Graph
from engine.tasks import Task

graph = msgspec.json.decode(sys.stdin.buffer.read(), type=Graph)
seed = seek_seed(graph, LIGHT, Task())
sys.stdout.buffer.write(msgspec.json.encode([lay_out(graph, LIGHT), lay_out(graph, LIGHT, seed), seed]))
"""


def test_the_same_bytes_under_every_hash_seed() -> None:
    graph = msgspec.json.encode(PROCESS.view(8, 30))
    root = Path(__file__).resolve().parents[2]
    results = set()
    for hash_seed in ("0", "1", "4711"):
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(root)}
        command = [sys.executable, "-c", PROGRAM]
        results.add(subprocess.run(command, input=graph, capture_output=True, check=True, env=environment, cwd=root).stdout)
    assert len(results) == 1
    assert json.loads(results.pop())[0]["cards"]
