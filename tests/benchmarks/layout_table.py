"""The layout beside Graphviz dot on real logs: time, crossings, bends, size, hidden labels, overlaps, and movement under the sliders.

Run by hand: `python -m tests.benchmarks.layout_table [LOG …]`. Times are the CPU time of this process, so a busy machine will do. dot gets
cards of the same size and no labels; its crossings are those of its splines, cut into straight pieces.
"""

from __future__ import annotations

import sys
import time
from itertools import pairwise
from statistics import mean, median

import numpy as np

from engine.importing.reading import read_log
from engine.layout.crossings import count_crossings
from engine.layout.place import lay_out
from engine.layout.seed import seek_seed
from engine.layout.values import LIGHT, Graph, MapLayout, Seed
from engine.log.columns import ReadOptions
from engine.tasks import Task
from tests.layout_measures import (
    bends,
    cards_overlapping,
    disconnected,
    flow_upward,
    hidden_labels,
    labels_overlapping,
    lanes_through_cards,
    lanes_touching,
    movement,
    spine_deviation,
)
from tests.layout_views import Process
from tests.real_logs import log_path

VIEWS = (
    ("receipt", 12, (28,)),
    ("receipt", 27, (48, 61, 80)),
    ("SEPSIS", 16, (27, 37, 58)),
    ("BPI_2020_DomesticDeclarations", 17, (31, 36)),
    ("BPI_2020_RequestForPayment", 19, (33, 40)),
    ("Helpdesk", 14, (25, 35)),
    ("BPIC13_i", 4, (13,)),
    ("ConsultaDataMining201618", 18, (29, 57)),
    ("BPIC15_1", 12, (26, 40)),
    ("BPIC15_1", 28, (40, 111)),
    ("BPIC15_1", 58, (93, 152, 250, 331)),
    ("BPIC15_1", 118, (430, 830)),
)
MOST_FOR_DOT = 340
SEEKING = 60
CURVE = 8


def read_process(name: str) -> Process:
    """Steps and traces of a real log."""
    path = log_path(name)
    log = read_log(path.read_bytes(), path.name, ReadOptions(), Task())
    bounds, steps = log.offsets.tolist(), log.activity.tolist()
    return Process(log.activities, [tuple(steps[bounds[case] : bounds[case + 1]]) for case in range(log.n_cases)])


def milliseconds(graph: Graph, seed: Seed) -> float:
    """Median of three layouts."""
    times = []
    for _ in range(3):
        begin = time.process_time()
        lay_out(graph, LIGHT, seed)
        times.append(1000 * (time.process_time() - begin))
    return median(times)


def dot_crossings(graph: Graph, layout: MapLayout) -> tuple[float, int]:
    """Milliseconds and crossings of dot's drawing of the same graph."""
    import pygraphviz

    drawing = pygraphviz.AGraph(directed=True, strict=False, ranksep=28 / 72, nodesep=44 / 72)
    width = {card.step: card.width for card in layout.cards}
    for step in sorted({arc.source for arc in graph.arcs} | {arc.target for arc in graph.arcs} | set(width)):
        drawing.add_node(step, shape="box", fixedsize=True, label="", width=width.get(step, 24) / 72, height=(38 if step >= 0 else 24) / 72)
    for arc in sorted(graph.arcs, key=lambda arc: (arc.source, arc.target)):
        drawing.add_edge(arc.source, arc.target, weight=1 + 9 * arc.count // max(one.count for one in graph.arcs), arrowhead="none")
    begin = time.process_time()
    drawing.layout("dot")
    spent = 1000 * (time.process_time() - begin)
    curves = [(edge[0], edge[1], flattened(edge.attr["pos"])) for edge in drawing.edges()]
    return spent, sum(crossings_of(one, other) for place, one in enumerate(curves) for other in curves[:place])


def flattened(position: str) -> np.ndarray:
    """A spline's points as straight pieces, shape (n, 2)."""
    points = np.array([[float(part) for part in pair.split(",")[-2:]] for pair in position.replace("\\\n", "").split()])
    t = np.linspace(0, 1, CURVE + 1)[:, None]
    parts = [points[:1]]
    for at in range(0, len(points) - 3, 3):
        a, b, c, d = points[at : at + 4]
        parts.append(((1 - t) ** 3 * a + 3 * (1 - t) ** 2 * t * b + 3 * (1 - t) * t**2 * c + t**3 * d)[1:])
    return np.concatenate(parts)


def crossings_of(one: tuple[str, str, np.ndarray], other: tuple[str, str, np.ndarray]) -> int:
    """Proper crossings of two polylines."""
    a, b = one[2][:-1, None], one[2][1:, None]
    c, d = other[2][None, :-1], other[2][None, 1:]

    def side(p: np.ndarray, q: np.ndarray, r: np.ndarray) -> np.ndarray:
        return np.sign((q[..., 0] - p[..., 0]) * (r[..., 1] - p[..., 1]) - (q[..., 1] - p[..., 1]) * (r[..., 0] - p[..., 0]))

    return int(((side(a, b, c) * side(a, b, d) < 0) & (side(c, d, a) * side(c, d, b) < 0)).sum())


def print_view(name: str, process: Process, n_steps: int, n_paths: int) -> tuple[int, int]:
    """One line of the table; crossings of ours (seeded) and dot's."""
    graph = process.view(n_steps, n_paths)
    first = lay_out(graph, LIGHT)
    begin = time.process_time()
    seed = seek_seed(graph, LIGHT, Task()) if n_steps <= SEEKING else Seed()
    seeking = time.process_time() - begin
    layout = lay_out(graph, LIGHT, seed)
    dot_time, dot = dot_crossings(graph, layout) if len(graph.arcs) <= MOST_FOR_DOT else (float("nan"), None)
    overlaps = cards_overlapping(layout), lanes_through_cards(layout), labels_overlapping(layout), lanes_touching(layout)
    times = f"{milliseconds(graph, Seed()):4.0f} {milliseconds(graph, seed):4.0f} {dot_time:5.0f}"
    print(
        f"{name[:16]:16} {len(graph.steps):3}/{len(graph.arcs):3}  {times}"
        f"  {count_crossings(first):5} {count_crossings(layout):5} {'-' if dot is None else dot:>5}  {bends(layout):4}"
        f"  {layout.width:5.0f} x {layout.height:4.0f}  {hidden_labels(layout):3}  {'/'.join(map(str, overlaps)):>9}"
        f"  {spine_deviation(layout):.2f} {100 * flow_upward(layout, graph):4.0f} {len(disconnected(layout)):3}  {seeking:4.1f}",
        flush=True,
    )
    return (0, 0) if dot is None else (count_crossings(layout), dot)


def print_movement(name: str, process: Process, n_steps: int) -> None:
    """Movement per slider step: nine places of the paths slider to half of all paths (a fifth above 50 steps), nine of the steps slider."""
    every = len(process.view(n_steps, 10**6).arcs)
    share = 0.5 if n_steps <= 50 else 0.2
    seed = seek_seed(process.view(n_steps, round(2.2 * n_steps)), LIGHT, Task())
    along_paths = [lay_out(process.view(n_steps, round(every * share * at / 8)), LIGHT, seed) for at in range(9)]
    counts = sorted({max(2, round(n_steps * at / 10)) for at in range(2, 11)})
    along_steps = [lay_out(process.view(count, round(2.2 * count)), LIGHT, seed) for count in counts]
    for kind, layouts in (("paths", along_paths), ("steps", along_steps)):
        moves = [movement(before, after) for before, after in pairwise(layouts)]
        px, flips = mean(move.px for move in moves), 100 * mean(move.flips for move in moves)
        print(f"{name[:16]:16} {n_steps:3} steps, {kind} slider: {px:4.0f} px, {flips:.2f} % flips per place", flush=True)


def main(names: list[str]) -> None:
    """Print the table for the logs named, or for all."""
    wanted = [view for view in VIEWS if not names or any(view[0].startswith(name) for name in names)]
    processes = {name: read_process(name) for name, _, _ in wanted}
    print("log              steps/paths  ms seeded  dot  cross seeded  dot bends   width x height hidden overlaps spine  up% apart  seek s")
    print("(overlaps: card/card, lane through card, label, lanes touching; apart: lanes that miss their cards)")
    totals = [print_view(name, processes[name], n_steps, n) for name, n_steps, paths in wanted for n in paths]
    print(f"crossings in all views that dot drew: {sum(own for own, _ in totals)}, dot {sum(dot for _, dot in totals)}")
    for name, n_steps in dict.fromkeys((name, n_steps) for name, n_steps, _ in wanted if 12 < n_steps < 100):
        print_movement(name, processes[name], n_steps)


if __name__ == "__main__":
    main(sys.argv[1:])
