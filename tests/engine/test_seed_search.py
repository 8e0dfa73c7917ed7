"""The search for better places: one change at a time, with the best so far at hand, and it goes on from where it was stopped."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

from engine.errors import Cancelled
from engine.layout.crossings import count_crossings
from engine.layout.place import lay_out
from engine.layout.seed import seek_seed
from engine.layout.values import LIGHT, Search, Seed
from engine.tasks import Task
from tests.engine.test_layout_real_logs import seen
from tests.layout_measures import bends

Places = tuple[tuple[int, float, int], ...]
GRAPH = ("BPI_2020_DomesticDeclarations", 17)


class Patience:
    """Stops a task after so many looks whether it should go on."""

    def __init__(self, looks: int) -> None:
        self.looks = looks

    def is_over(self) -> bool:
        self.looks -= 1
        return self.looks < 0


def sought(begun: Search | None = None, looks: int = 10**9) -> tuple[Seed | None, list[Search], int]:
    """What is found, what was told on the way, and how often the task was looked at."""
    told: list[Search] = []
    patience = Patience(looks)
    try:
        seed = seek_seed(seen(*GRAPH), LIGHT, Task(is_cancelled=patience.is_over), None, begun, told.append)
    except Cancelled:
        seed = None
    return seed, told, looks - patience.looks


@cache
def undisturbed() -> tuple[Seed | None, list[Search], int]:
    return sought()


def test_the_best_so_far_is_told_after_every_few_changes() -> None:
    seed, told, _ = undisturbed()
    assert seed is not None and told[-1].places == seed.places
    assert len({search.places for search in told}) > 2
    for before, after in pairwise(told):
        assert (before.round, before.turn) < (after.round, after.turn) and before.work <= after.work
        assert set(before.tried) <= set(after.tried)


def test_a_search_that_was_stopped_goes_on_and_finds_what_it_would_have_found() -> None:
    whole, told, looks = undisturbed()
    for share in (0.1, 0.7):
        stopped, until, _ = sought(looks=round(share * looks))
        assert stopped is None and until == told[: len(until)]
        resumed, _, left = sought(until[-1] if until else None)
        assert resumed == whole
        assert left < looks * (1.15 - share / 2)


def test_a_search_at_its_end_changes_nothing() -> None:
    whole, told, looks = undisturbed()
    again, _, left = sought(told[-1])
    assert again == whole and left < looks / 2


def test_a_begun_search_whose_places_do_harm_is_begun_anew() -> None:
    whole, told, _ = undisturbed()
    harmful = Search(tuple((step, 5.0, 9) for step, _, _ in told[-1].places), 3, 7, True, 1, ())
    assert sought(harmful)[0] == whole


def test_wherever_it_is_stopped_the_best_so_far_is_no_worse_than_before() -> None:
    graph = seen(*GRAPH)

    def cost(places: Places) -> float:
        layout = lay_out(graph, LIGHT, Seed(places))
        return count_crossings(layout) + 0.12 * bends(layout) + 0.008 * (layout.width + layout.height)

    assert all(cost(search.places) <= cost(()) + 1 for search in undisturbed()[1][::4])
