"""The layout beside Graphviz dot and ELK layered over all shared logs: crossings, bends, edge length, size, overlaps, time, and movement.

Run by hand: `python -m tests.benchmarks.layout_table [LOG …]`. Every log is shown at five places of the sliders as the product shows it;
the others draw the same graph with cards of the same size and no numbers. SAGSFLOW_ELKJS names a folder outside of the repository into
which `npm install elkjs` was run; without it ELK's columns stay empty. Times are CPU time of this process, for ELK the clock of Node.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from itertools import pairwise
from statistics import mean, median

from engine.layout.crossings import count_crossings
from engine.layout.place import lay_out
from engine.layout.plan import Plans
from engine.layout.values import LIGHT, Card, Graph, MapLayout, Orientation, Seed
from engine.process_map import drawing
from engine.process_map.drawing import draw_map
from engine.service.messages import MapQuery
from engine.tasks import Task
from tests.layout_measures import cards_overlapping, hidden_labels, labels_overlapping, lanes_through_cards, lanes_touching, movement
from tests.layout_peers import Drawing, Elk, draw_with_dot, elk_is_here, ours, running_elk
from tests.product_views import MOST_STEPS, View, five_views, names, study, view

DENSE = 35
"""Arcs from which a view's crossings are compared as a share of dot's; in sparser ones as a difference."""
MOST_ARCS = 130
"""Arcs up to which ELK and dot draw the places along a slider."""
ARRANGED = " first", " fewest paths", " more paths", " half the steps", " more steps or paths"

Column = tuple[str, Callable[[Drawing], float]]
COLUMNS: tuple[Column, ...] = (
    ("bends", lambda drawn: drawn.bends()),
    ("length", lambda drawn: drawn.length() / 1000),
    ("area", lambda drawn: drawn.size[0] * drawn.size[1] / 1e6),
    ("overlaps", lambda drawn: drawn.cards_overlapping() + drawn.lanes_through_cards()),
    ("ms", lambda drawn: drawn.milliseconds),
)


def drawn_by_us(layout: MapLayout, graph: Graph, seed: Seed) -> Drawing:
    """Our drawing with the median time of three layouts."""
    times = []
    for _ in range(3):
        begin = time.process_time()
        lay_out(graph, LIGHT, seed)
        times.append(1000 * (time.process_time() - begin))
    return ours(layout, median(times))


def graph_of(name: str, one: View) -> tuple[Graph, Seed]:
    """What the product laid out at a place of the sliders."""
    laid_out: list[tuple[Graph, Seed]] = []
    original = drawing.lay_out

    def watched(graph: Graph, sizes: object, seed: Seed, task: Task, plans: Plans) -> MapLayout:
        laid_out.append((graph, seed))
        return original(graph, sizes, seed, task, plans)  # type: ignore[arg-type]

    drawing.lay_out = watched  # type: ignore[attr-defined]
    try:
        draw_map(study(name), MapQuery(steps=one.steps, paths=one.paths, language="en", orientation=Orientation.PORTRAIT), Task())
    finally:
        drawing.lay_out = original  # type: ignore[attr-defined]
    return laid_out[-1]


class Table:
    """All rows, and their sums by column and drawer."""

    def __init__(self) -> None:
        self.crossings: list[tuple[int, list[int]]] = []
        self.values: dict[str, list[list[float]]] = {name: [] for name, _ in COLUMNS}

    def add(self, name: str, place: str, layout: MapLayout, drawn: Sequence[Drawing]) -> None:
        """Print one view, drawn by us and the others."""
        crossings = [count_crossings(layout), *(one.crossings() for one in drawn[1:])]
        self.crossings.append((len(layout.lanes), crossings))
        cells = ["/".join(f"{one:4}" for one in crossings)]
        for column, measure in COLUMNS:
            values = [measure(one) for one in drawn]
            self.values[column].append(values)
            cells.append("/".join(f"{value:5.0f}" if value >= 10 else f"{value:5.1f}" for value in values))
        own = f"{cards_overlapping(layout)} {lanes_through_cards(layout)} {labels_overlapping(layout)} {lanes_touching(layout)}"
        print(
            f"{name[:16]:16}{place:21}{len(layout.cards):3}/{len(layout.lanes):3}  {'  '.join(cells)}  {own}  {hidden_labels(layout)}",
            flush=True,
        )

    def sums(self) -> None:
        """Print the sums of every column, and how crossings compare with dot's."""
        drawers = range(len(self.crossings[0][1]))
        print(f"{'all views':47}{'/'.join(f'{sum(row[place] for _, row in self.crossings):4}' for place in drawers)}", end="")
        for column, _ in COLUMNS:
            print("  " + "/".join(f"{sum(row[place] for row in self.values[column]):5.0f}" for place in drawers), end="")
        dense = [row[0] / max(row[1], 1) for arcs, row in self.crossings if arcs >= DENSE]
        sparse = [row[0] - row[1] for arcs, row in self.crossings if arcs < DENSE]
        times = f"median {median(dense or [0]):.2f} times, worst {max(dense or [0]):.2f} times"
        print(f"\nours against dot: from {DENSE} arcs {times}; sparser views at most {max(sparse or [0])} more")


def arranged(layout: MapLayout, drawn: Drawing) -> MapLayout:
    """A layout whose cards stand as others have drawn them."""
    cards = [
        Card(step, left, top, right - left, bottom - top, "", False, 0.0, 0)
        for step, (left, top, right, bottom) in sorted(drawn.boxes.items())
        if step >= 0
    ]
    return MapLayout(tuple(cards), (), (0, 0), (0, 0), 0, 0, (), layout.spine_reason)


def print_movement(name: str, elk: Elk | None) -> None:
    """Mean movement and order flips per place of nine along each slider: the paths slider to half of all paths, the steps slider to 58."""
    most = draw_map(study(name), MapQuery(), Task())
    top = min(MOST_STEPS, most.steps_max)
    steps = [view(name, count).layout for count in sorted({max(2, round(top * place / 10)) for place in range(2, 11)})]
    paths = [view(name, None, round(most.paths_max * place / 16)).layout for place in range(9)]
    for slider, layouts in (("steps", steps), ("paths", paths)):
        small = [layout for layout in layouts if len(layout.lanes) <= MOST_ARCS]
        every = [layouts, [arranged(layout, draw_with_dot(layout)) for layout in small]]
        if elk is not None:
            every.append([arranged(layout, elk.draw(layout)) for layout in small])
        cells = []
        for drawn in every:
            moves = [movement(before, after) for before, after in pairwise(drawn)] or [movement(drawn[0], drawn[0])]
            cells.append(f"{mean(move.px for move in moves):5.0f} px {100 * mean(move.flips for move in moves):5.2f} %")
        print(f"{name[:16]:16} {slider} slider, per place: {'  /  '.join(cells)}", flush=True)


def main(wanted: list[str]) -> None:
    """Print the table for the logs named, or for all."""
    chosen = [name for name in names() if not wanted or any(name.startswith(one) for one in wanted)]
    elk_or_not = running_elk() if elk_is_here() else nullcontext(None)
    if not elk_is_here():
        print("ELK is left out: SAGSFLOW_ELKJS names no folder with elkjs, or there is no Node.")
    table = Table()
    print("ours/dot/ELK: crossings  bends  edge length (1000 px)  width × height (Mpx)  overlaps  ms")
    print("then, ours alone: overlaps of cards, lanes, numbers, lanes that touch; numbers hidden")
    with elk_or_not as elk:
        for name in chosen:
            for place, one in zip(ARRANGED, five_views(name), strict=True):
                drawn = [drawn_by_us(one.layout, *graph_of(name, one)), draw_with_dot(one.layout)]
                table.add(name, place, one.layout, drawn if elk is None else [*drawn, elk.draw(one.layout)])
        table.sums()
        for name in chosen:
            print_movement(name, elk)


if __name__ == "__main__":
    main(sys.argv[1:])
