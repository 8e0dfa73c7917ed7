"""The same graph with cards of the same size drawn by others: Graphviz dot (in this process) and ELK layered (elkjs under Node)."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.layout.values import MapLayout
from tests.layout_measures import Box, boxes, overlap

CURVE = 8
ROW_GAP, COLUMN_GAP = 28.0, 44.0
CHUNK = 512
ELK = """
const ELK = require(process.env.SAGSFLOW_ELKJS + '/node_modules/elkjs/lib/elk.bundled.js');
const elk = new ELK();
const lines = require('readline').createInterface({ input: process.stdin });
(async () => {
  for await (const line of lines) {
    const begin = process.hrtime.bigint();
    const graph = await elk.layout(JSON.parse(line));
    const spent = Number(process.hrtime.bigint() - begin) / 1e6;
    console.log(JSON.stringify({ spent, children: graph.children, edges: graph.edges }));
  }
})();
"""


@dataclass(frozen=True)
class Drawing:
    """Cards and marks as boxes by step, and the arcs' curves cut into straight pieces, each of shape (n, 2), px, y downwards."""

    boxes: dict[int, Box]
    ends: list[tuple[int, int]]
    curves: list[NDArray[np.float64]]
    milliseconds: float

    @property
    def size(self) -> tuple[float, float]:
        """Width and height of all that is drawn."""
        corners = [np.array(box).reshape(2, 2) for box in self.boxes.values()]
        points = np.concatenate([*corners, *self.curves])
        width, height = (points.max(axis=0) - points.min(axis=0)).tolist()
        return width, height

    def length(self) -> float:
        """Length of all curves."""
        return float(sum(np.hypot(*np.diff(curve, axis=0).T).sum() for curve in self.curves))

    def bends(self) -> float:
        """Turning of all curves, in right angles."""
        return sum(_turning(curve) for curve in self.curves) / (np.pi / 2)

    def crossings(self) -> int:
        """Proper crossings of different curves."""
        pieces = [np.concatenate((curve[:-1], curve[1:]), axis=1) for curve in self.curves]
        owner = np.repeat(np.arange(len(pieces)), [len(piece) for piece in pieces])
        every = np.concatenate(pieces)
        return sum(_crossings(every[at : at + CHUNK], owner[at : at + CHUNK], every, owner) for at in range(0, len(every), CHUNK)) // 2

    def cards_overlapping(self) -> int:
        """Pairs of cards or marks that overlap."""
        return sum(overlap(one, other) for one, other in combinations(self.boxes.values(), 2))

    def lanes_through_cards(self) -> int:
        """Curves that run through a foreign card or mark, by pairs."""
        found = 0
        for (source, target), curve in zip(self.ends, self.curves, strict=True):
            for step, (left, top, right, bottom) in self.boxes.items():
                inside = (curve[:, 0] > left + 1) & (curve[:, 0] < right - 1) & (curve[:, 1] > top + 1) & (curve[:, 1] < bottom - 1)
                found += step not in (source, target) and bool(inside.any())
        return found


def ours(layout: MapLayout, milliseconds: float) -> Drawing:
    """Our layout in the same form."""
    curves = [np.array(lane.points).reshape(-1, 2) for lane in layout.lanes]
    return Drawing(boxes(layout), [(lane.source, lane.target) for lane in layout.lanes], curves, milliseconds)


def draw_with_dot(layout: MapLayout) -> Drawing:
    """Graphviz dot's drawing of a layout's cards and lanes; frequent arcs weigh more. Its time does not count reading and writing."""
    import pygraphviz

    drawing = pygraphviz.AGraph(directed=True, strict=False, ranksep=ROW_GAP / 72, nodesep=COLUMN_GAP / 72)
    for step, (left, top, right, bottom) in sorted(boxes(layout).items()):
        drawing.add_node(step, shape="box", fixedsize=True, label="", width=(right - left) / 72, height=(bottom - top) / 72)
    widest = max((lane.width for lane in layout.lanes), default=1.0)
    for lane in sorted(layout.lanes, key=lambda lane: (lane.source, lane.target)):
        weight = 1 + round(9 * ((lane.width - 1.5) / max(widest - 1.5, 1.0)) ** 2)
        drawing.add_edge(lane.source, lane.target, weight=weight, arrowhead="none")
    begin = time.process_time()
    drawing.layout("dot")
    spent = 1000 * (time.process_time() - begin)
    cards = {}
    for node in drawing.nodes():
        x, y = (float(part) for part in node.attr["pos"].split(","))
        half, tall = 36 * float(node.attr["width"]), 36 * float(node.attr["height"])
        cards[int(node)] = (x - half, -y - tall, x + half, -y + tall)
    edges = drawing.edges()
    curves = [_flattened(edge.attr["pos"]) * (1, -1) for edge in edges]
    return Drawing(cards, [(int(edge[0]), int(edge[1])) for edge in edges], curves, spent)


def _flattened(position: str) -> NDArray[np.float64]:
    """A spline's points as straight pieces, shape (n, 2)."""
    points = np.array([[float(part) for part in pair.split(",")[-2:]] for pair in position.replace("\\\n", "").split()])
    t = np.linspace(0, 1, CURVE + 1)[:, None]
    parts = [points[:1]]
    for at in range(0, len(points) - 3, 3):
        a, b, c, d = points[at : at + 4]
        parts.append(((1 - t) ** 3 * a + 3 * (1 - t) ** 2 * t * b + 3 * (1 - t) * t**2 * c + t**3 * d)[1:])
    return np.concatenate(parts)


def elk_is_here() -> bool:
    """Whether SAGSFLOW_ELKJS names a folder into which elkjs was installed, and there is Node."""
    folder = os.environ.get("SAGSFLOW_ELKJS")
    return bool(folder) and (Path(folder or "") / "node_modules" / "elkjs").is_dir() and shutil.which("node") is not None


class Elk:
    """A running ELK."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def draw(self, layout: MapLayout) -> Drawing:
        """ELK layered's drawing of a layout's cards and lanes with right-angled lanes."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps(_elk_graph(layout)) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        cards = {int(one["id"]): (one["x"], one["y"], one["x"] + one["width"], one["y"] + one["height"]) for one in answer["children"]}
        ends, curves = [], []
        for edge in answer["edges"]:
            section = edge["sections"][0]
            points = [section["startPoint"], *section.get("bendPoints", []), section["endPoint"]]
            ends.append((int(edge["sources"][0]), int(edge["targets"][0])))
            curves.append(np.array([(point["x"], point["y"]) for point in points], dtype=float))
        return Drawing(cards, ends, curves, answer["spent"])


@contextmanager
def running_elk() -> Iterator[Elk]:
    """ELK under Node for as long as needed."""
    with subprocess.Popen(["node", "-e", ELK], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Elk(process)
        process.communicate()


def _elk_graph(layout: MapLayout) -> dict[str, object]:
    options = {
        "elk.algorithm": "layered",
        "elk.direction": "DOWN",
        "elk.edgeRouting": "ORTHOGONAL",
        "elk.spacing.nodeNode": str(COLUMN_GAP),
        "elk.layered.spacing.nodeNodeBetweenLayers": str(ROW_GAP),
    }
    cards = [
        {"id": str(step), "width": right - left, "height": bottom - top}
        for step, (left, top, right, bottom) in sorted(boxes(layout).items())
    ]
    lanes = sorted((lane.source, lane.target) for lane in layout.lanes)
    edges = [{"id": f"arc{place}", "sources": [str(source)], "targets": [str(target)]} for place, (source, target) in enumerate(lanes)]
    return {"id": "map", "layoutOptions": options, "children": cards, "edges": edges}


def _turning(curve: NDArray[np.float64]) -> float:
    steps = np.diff(curve, axis=0)
    steps = steps[np.hypot(steps[:, 0], steps[:, 1]) > 0.01]
    angle = np.arctan2(steps[:, 1], steps[:, 0])
    turn = np.abs(np.diff(angle))
    return float(np.minimum(turn, 2 * np.pi - turn).sum())


def _crossings(some: NDArray[np.float64], owner: NDArray[np.int64], every: NDArray[np.float64], owners: NDArray[np.int64]) -> int:
    a, b = some[:, None, :2], some[:, None, 2:]
    c, d = every[None, :, :2], every[None, :, 2:]

    def side(p: NDArray[np.float64], q: NDArray[np.float64], r: NDArray[np.float64]) -> NDArray[np.float64]:
        value = (q[..., 0] - p[..., 0]) * (r[..., 1] - p[..., 1]) - (q[..., 1] - p[..., 1]) * (r[..., 0] - p[..., 0])
        return np.where(np.abs(value) < 1e-6, 0.0, np.sign(value))

    cross = (side(a, b, c) * side(a, b, d) < 0) & (side(c, d, a) * side(c, d, b) < 0)
    return int((cross & (owner[:, None] != owners[None, :])).sum())
