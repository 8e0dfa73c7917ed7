"""Steps that a person moved: they stand where they were put in every view, and everything else gives way."""

from __future__ import annotations

import msgspec
import pytest

from engine.layout.place import lay_out
from engine.layout.values import LIGHT, LIGHT_LANDSCAPE, MovedStep, Seed, Sizes
from engine.process_map.drawing import with_moved
from tests.engine.test_layout import APPEALED, DECIDED, HEARD, PROCESS, REFUSED, assert_tidy, card

NAMES = ("Modtaget", "Screening", "Undersøgelse", "Møde afholdt", "Afgørelse", "Partshøring", "Afvist", "Klage")


@pytest.mark.parametrize("sizes", [LIGHT, LIGHT_LANDSCAPE], ids=["downwards", "to the right"])
def test_a_moved_step_stands_where_it_was_put_however_much_is_shown(sizes: Sizes) -> None:
    for n_paths in (12, 20, 40):
        graph = PROCESS.view(8, n_paths)
        usual = card(lay_out(graph, LIGHT), REFUSED)
        moved = lay_out(graph, sizes, Seed((), ((REFUSED, 2.0, -3),)))
        assert (card(moved, REFUSED).row, card(moved, REFUSED).column) == (usual.rank + 2, -3)
        assert_tidy(moved)


def test_what_stood_there_gives_way_to_the_next_cell() -> None:
    graph = PROCESS.view(8, 20)
    seed = Seed(((HEARD, 0.0, 1), (REFUSED, 0.0, 1), (APPEALED, 0.0, -1)))
    there = card(lay_out(graph, LIGHT, seed), HEARD)
    refused = card(lay_out(graph, LIGHT, seed), REFUSED)
    put = ((REFUSED, there.row - refused.rank, there.column),)
    layout = lay_out(graph, LIGHT, msgspec.structs.replace(seed, by_hand=put))
    cells = {one.step: (one.row, one.column) for one in layout.cards}
    assert cells[REFUSED] == (there.row, there.column) != cells[HEARD]
    assert cells[APPEALED] == (card(lay_out(graph, LIGHT, seed), APPEALED).row, -1)


def test_the_straight_line_takes_no_place_by_hand() -> None:
    graph = PROCESS.view(8, 20)
    assert lay_out(graph, LIGHT, Seed((), ((DECIDED, 1.0, 2),))) == lay_out(graph, LIGHT)


def test_moved_steps_are_known_by_name_and_names_that_are_gone_are_passed_over() -> None:
    seed = with_moved(Seed(((REFUSED, 0.0, 1), (HEARD, 0.0, 2))), (MovedStep("Afvist", 1.0, -1), MovedStep("Findes ikke", 0.0, 1)), NAMES)
    assert seed == Seed(((HEARD, 0.0, 2),), ((REFUSED, 1.0, -1),))
