"""How long one picture of a playback takes: `python -m tests.benchmarks.playback [--json] [--tokens N]`.

A map of 100 steps and 500 paths with 5,000 tokens under way is drawn offscreen at 1920 × 1080 and 3840 × 2160. Beside it, in the same
run, the map's picture alone is drawn (the reference); the ratio is what tokens cost.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass

import numpy as np
from PySide6.QtCore import QPoint
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication

from engine.layout.values import Card, Label, Lane, LaneKind, MapLayout, SpineReason
from engine.process_map.values import Coverage, Metric, Path, ProcessMap, Step
from engine.service.messages import MapAnswer, MapQuery, Playback, PlaybackQuery, Way, WayKind
from engine.texts import Texts
from gui.map.canvas import MapCanvas
from gui.map.playback_layer import TokenLayer, make_frame
from gui.map.playback_piles import piles_of
from gui.map.playback_tokens import Journeys, Tracks
from gui.map.scene import build_scene
from gui.map.stage import stage_style
from gui.theme import Appearance, load_fonts

SIZES = ((1920, 1080), (3840, 2160))
GOALS = {1080: 8.0, 2160: 16.0}
SIDE, N_PATHS = 10, 500
DAY = 86_400_000_000
FRAMES, WARM = 60, 5


@dataclass(frozen=True)
class FrameCost:
    """A picture's processor time (median), the clock's (median, 95th percentile), the processor time of the map's picture alone, all in ms.

    ratio: the first to the last. On a machine that does other things the clock says more than the picture costs.
    """

    width: int
    height: int
    tokens: int
    moving: int
    waiting: int
    cpu_ms: float
    wall_ms: float
    wall_p95_ms: float
    reference_ms: float
    ratio: float
    goal_ms: float


def large_map() -> MapAnswer:
    """100 cards in a grid and 500 paths with a corner each."""
    chance = np.random.default_rng(7)
    pairs = [(a, a + 1) for a in range(SIDE * SIDE - 1)]
    while len(pairs) < N_PATHS:
        a, b = chance.integers(0, SIDE * SIDE, 2).tolist()
        if a != b and (a, b) not in pairs:
            pairs.append((a, b))
    spots = [(200.0 * (at % SIDE), 100.0 * (at // SIDE)) for at in range(SIDE * SIDE)]
    cards = [Card(at, x, y, 150.0, 38.0, f"Step {at}", at % SIDE == 0, float(at // SIDE), at % SIDE) for at, (x, y) in enumerate(spots)]
    lanes = []
    for a, b in pairs:
        (x0, y0), (x1, y1) = spots[a], spots[b]
        points = (x0 + 75, y0 + 38, x0 + 75, y0 + 70, x1 + 60, y0 + 70, x1 + 60, y1)
        label = Label("1.234", x0 + 75, y0 + 60, 30.0, 12.5)
        lanes.append(Lane(a, b, points, 3.0, LaneKind.SIDE, -1, label))
    layout = MapLayout(
        cards=tuple(cards), lanes=tuple(lanes), start=(75.0, -40.0), end=(75.0, 1050.0), width=2000.0, height=1100.0,
        spine=tuple(range(0, SIDE * SIDE, SIDE)), spine_reason=SpineReason.MAIN_VARIANT,
    )  # fmt: skip
    steps = tuple(Step(at, f"Step {at}", 900, 1000, 1, 0, 0, 0) for at in range(SIDE * SIDE))
    paths = tuple(Path(a, b, 90, 100, 1, None) for a, b in pairs)
    shown = ProcessMap(
        steps, paths, 1000, 10000, 1000, Metric.MEDIAN, Metric.OCCURRENCES, None, (), Coverage(100, 100, 500, 500, 1, 1, 1, 1)
    )
    return MapAnswer(MapQuery(), shown, layout, 100, 500)


def crowd(answer: MapAnswer, n: int) -> Playback:
    """n journeys that are all under way during a day: seven of ten on the move, the others waiting."""
    chance = np.random.default_rng(11)
    ways = tuple(Way(WayKind.PATH, path.source, path.target, 2 * DAY) for path in answer.map.paths)
    way = chance.integers(0, len(ways), n)
    depart = np.sort(np.where(chance.random(n) < 0.7, chance.integers(-DAY, 0, n), -3 * DAY))
    steps = tuple(step.step for step in answer.map.steps)
    query = PlaybackQuery(steps=steps, paths=tuple((path.source, path.target) for path in answer.map.paths))
    return Playback(
        query=query, ways=ways, way=way.astype("<i4").tobytes(), depart=depart.astype("<i8").tobytes(),
        arrive=np.full(n, 5 * DAY, "<i8").tobytes(), first=0, last=DAY, unit="day", edges=(0, DAY), events=(n,), cases_per_token=1,
        n_cases=n, n_cases_shown=n, instant=0, overlapping=0, untimed=0, lone=0, outside=0,
    )  # fmt: skip


def measure(size: tuple[int, int], n_tokens: int) -> FrameCost:
    """Draw pictures of one size."""
    texts, style = Texts("en"), stage_style(Appearance.LIGHT)
    answer = large_map()
    canvas = MapCanvas(style)
    canvas.reduce_motion = True
    canvas.resize(*size)
    canvas.show()
    scene = build_scene(answer, texts, style)
    canvas.show_scene(scene)
    canvas.settle()
    while not canvas.layer.has_current_backdrop:
        QApplication.processEvents()
        time.sleep(0.005)
    picture = QImage(*size, QImage.Format.Format_RGB32)
    journeys = Journeys(crowd(answer, n_tokens))
    tracks, piles = Tracks(journeys.played, scene), piles_of(journeys.steps, scene, 1.0)

    def paint() -> None:
        painter = QPainter(picture)
        canvas.viewport().render(painter, QPoint())
        painter.end()

    reference = timed(lambda _at: paint())
    layer = TokenLayer(style)
    canvas.scene().addItem(layer)

    def frame(at: int) -> None:
        layer.show_frame(make_frame(journeys.at(at * DAY // 100), tracks, piles, with_tails=True, write=texts.number))
        paint()

    costs = timed(frame)
    canvas.stop()
    canvas.close()
    moment = journeys.at(DAY // 2)
    cpu, alone = (statistics.median(one for one, _ in taken) for taken in (costs, reference))
    wall = sorted(one for _, one in costs)
    p95, waiting = wall[int(0.95 * len(wall))], int(moment.waiting.sum())
    return FrameCost(*size, n_tokens, moment.n_moving, waiting, cpu, statistics.median(wall), p95, alone, cpu / alone, GOALS[size[1]])


def timed(work: Callable[[int], object]) -> list[tuple[float, float]]:
    """Milliseconds of the processor and of the clock for each of some pictures, after a few that warm up."""
    taken = []
    for at in range(FRAMES + WARM):
        began, began_cpu = time.perf_counter(), time.thread_time()
        work(at)
        taken.append(((time.thread_time() - began_cpu) * 1e3, (time.perf_counter() - began) * 1e3))
    return taken[WARM:]


def main(arguments: list[str] | None = None) -> int:
    """Print the table, or JSON; 0."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--tokens", type=int, default=5000)
    chosen = parser.parse_args(arguments)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QApplication.instance() or QApplication([])
    load_fonts()
    found = [measure(size, chosen.tokens) for size in SIZES]
    application.processEvents()
    if chosen.json:
        print(json.dumps([asdict(one) for one in found]))
    else:
        print(f"{'size':>11} {'tokens':>8} {'moving':>7} {'waiting':>8} {'cpu ms':>7} {'clock':>6} {'p95':>6} {'map only':>9}  ratio goal")
        for one in found:
            counts = f"{one.width:>6}×{one.height:<5} {one.tokens:>7} {one.moving:>7} {one.waiting:>8}"
            times = f"{one.cpu_ms:>7.2f} {one.wall_ms:>6.2f} {one.wall_p95_ms:>6.2f} {one.reference_ms:>9.2f}"
            print(f"{counts} {times} {one.ratio:>6.2f} {one.goal_ms:>4.0f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
