"""A found model in one notation with its numbers, and where everything on it stands: by the layout of the process map."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping

import msgspec
import numpy as np

from engine.errors import N_
from engine.layout.place import lay_out
from engine.layout.values import LIGHT, Card, GraphStep, Lane, MapLayout, Sizes, Weight, sizes_for
from engine.models.discovery import Count, FlowTimes, FoundModel, count_passes, find_model, time_flows
from engine.models.values import Miner, Model, ModelNode, NodeKind, Notation, map_of_model
from engine.process_map.default_view import Sheet
from engine.process_map.drawing import default_steps
from engine.process_map.picture import Landscape, build_graph, write_labels
from engine.process_map.study import Study
from engine.process_map.values import END, START, Metric, Path
from engine.service.model_messages import ModelAnswer, ModelQuery
from engine.tasks import Task
from engine.texts import Texts

SHAPES: Mapping[NodeKind, tuple[float, float]] = {
    NodeKind.EXCLUSIVE: (36.0, 36.0),
    NodeKind.PARALLEL: (36.0, 36.0),
    NodeKind.PLACE: (26.0, 26.0),
    NodeKind.SILENT: (40.0, 12.0),
}
"""Width and height of what is no task, px in the light appearance; in landscape it is turned."""
DIAMONDS, DISCS = (NodeKind.EXCLUSIVE, NodeKind.PARALLEL), (NodeKind.PLACE,)
ABOUT = 0.75
"""What counts as about as strong."""
FINDING_SHARE, DRAWING_FROM = 0.85, 0.95
NOTHING = Count(0, 0, 0, 0)


class Reading(msgspec.Struct, frozen=True):
    """How a model is read: its notation, and the metrics of colours and labels with the colours' class limits."""

    notation: Notation
    miner: Miner
    noise: float
    colour: Metric
    label: Metric
    second: Metric | None
    breaks: tuple[float, ...] = ()


def read_query(study: Study, query: ModelQuery, task: Task) -> Reading:
    """How a question wants its model to be read: colours have the classes of the process map."""
    breaks = study.colour_breaks(query.colour, task)
    return Reading(query.notation, query.miner, query.noise, query.colour, query.label, query.second, breaks)


def draw_model(study: Study, query: ModelQuery, task: Task) -> ModelAnswer:
    """The exact model of a selection and its layout. Raises Cancelled and BadInput."""
    found = find_asked(study, query, task.part(0.0, FINDING_SHARE))
    measuring = task.part(FINDING_SHARE, DRAWING_FROM)

    def draw() -> ModelAnswer:
        model = number_model(study, found, read_query(study, query, measuring), measuring)
        task.report(DRAWING_FROM, N_("Drawing the model …"))
        return ModelAnswer(query, model, place_model(model, sizes_of(query), Texts(query.language), task))

    return study.recent.find(("drawn model", msgspec.structs.replace(query, guarded=False)), draw, task)


def find_asked(study: Study, query: ModelQuery, task: Task) -> FoundModel:
    """The model that a question asks for, not yet in its notation. Raises Cancelled and BadInput."""
    steps = steps_of(study, query, task)
    return find_model(study, query.selection, query.miner, query.noise, task, steps=steps)


def steps_of(study: Study, query: ModelQuery, task: Task) -> tuple[int, ...] | None:
    """Codes of the steps that the model is of, in the map's order: as many as asked for, else as on the map; None: all of the selection."""
    order = study.order(query.selection, task)
    if not order.n_steps:
        return None
    n = default_steps(study, Sheet(LIGHT), task) if query.steps is None else max(query.steps, 1)
    steps = order.shown(n)
    return None if len(steps) == order.n_steps else tuple(sorted(steps))


def sizes_of(query: ModelQuery) -> Sizes:
    """The dimensions of a question's appearance."""
    return sizes_for(projector=query.projector, landscape=query.landscape)


def number_model(study: Study, found: FoundModel, reading: Reading, task: Task) -> Model:
    """The exact model of a selection: every node and flow, with the numbers of the cases that have a way through it."""
    chart, kept = found.charts[reading.notation], found.counted
    flows = count_passes(chart.flows, np.where(kept, found.weights, 0))
    nodes = count_passes(chart.nodes, np.where(kept, found.weights, 0))
    times = time_flows(study, chart, found.selection, kept, task)
    frequencies = study.frequencies(found.selection, task)
    order, present = study.order(found.selection, task), np.flatnonzero(frequencies.step_cases).tolist()
    of = set(present if found.steps is None else found.steps)
    return Model(
        notation=reading.notation,
        miner=reading.miner,
        noise=reading.noise,
        nodes=tuple(
            ModelNode(
                node=figure.node,
                kind=figure.kind,
                name="" if figure.label is None else study.log.activities[figure.label],
                cases=nodes.get(figure.node, NOTHING).cases,
                occurrences=nodes.get(figure.node, NOTHING).passes,
                cases_all=0 if figure.label is None else int(frequencies.step_cases[figure.label]),
            )
            for figure in chart.chart.figures
        ),
        flows=tuple(_flow(ends, flows.get(at, NOTHING), times.get(at)) for at, ends in enumerate(chart.chart.flows)),
        n_cases=frequencies.n_cases,
        n_cases_all=study.log.n_cases,
        n_events=frequencies.n_events,
        counted=found.cases(kept),
        replayed=found.cases(found.replayed),
        undecided=found.undecided,
        without=found.without,
        n_steps=len(of),
        n_steps_all=len(present),
        n_steps_least=len(order.shown(1)),
        left_out=tuple(study.log.activities[code] for code in present if code in of - found.used),
        colour=reading.colour,
        label=reading.label,
        second=reading.second,
        colour_breaks=reading.breaks,
    )


def _flow(ends: tuple[int, int], count: Count, times: FlowTimes | None) -> Path:
    return Path(*ends, count.cases, count.passes, count.most, None if times is None else times.times)


# ---- places ------------------------------------------------------------------------------------------------------------------


def place_model(model: Model, sizes: Sizes, texts: Texts, task: Task) -> MapLayout:
    """Where everything on an exact model stands. Lines end on the outline of what they touch."""
    as_map = map_of_model(model)
    graph = build_graph(as_map, _landscape(model), texts)
    kinds = {node.node: node.kind for node in model.nodes}

    def sized(step: GraphStep) -> GraphStep:
        width, height = SHAPES.get(kinds[step.step], (0.0, 0.0))
        if sizes.landscape:
            width, height = height, width
        line = step.second_line if kinds[step.step] is NodeKind.TASK else ""
        return msgspec.structs.replace(step, second_line=line, width=width * sizes.scale, height=height * sizes.scale)

    layout = lay_out(msgspec.structs.replace(graph, steps=tuple(map(sized, graph.steps))), sizes, task=task)
    cards = {card.step: _round(card) if kinds[card.step] in DISCS else card for card in layout.cards}
    lanes = tuple(_touching(lane, cards, kinds) for lane in layout.lanes)
    return write_labels(msgspec.structs.replace(layout, cards=tuple(cards.values()), lanes=lanes), as_map, texts, sizes)


def _round(card: Card) -> Card:
    """A place is a circle also where many lines needed a wider side of it."""
    side = max(card.width, card.height)
    x, y = card.x - (side - card.width) / 2, card.y - (side - card.height) / 2
    return msgspec.structs.replace(card, x=x, y=y, width=side, height=side)


def _landscape(model: Model) -> Landscape:
    """What the places depend on: the flows alone, with the strongest way through the model as the straight line."""
    depth = _depths(model.flows)
    deepest = max(depth.values(), default=1)
    return Landscape(
        weights=tuple(Weight(flow.source, flow.target, max(flow.occurrences, 1)) for flow in model.flows),
        main_variant=strongest_way(model.flows),
        main_variant_cases=max(model.counted, 1),
        median_distinct_steps=0.0,
        positions={node.node: depth.get(node.node, deepest) / max(deepest, 1) for node in model.nodes},
        n_cases=max(model.counted, 1),
    )


def _following(flows: Collection[Path]) -> dict[int, list[Path]]:
    out_of: dict[int, list[Path]] = defaultdict(list)
    for flow in flows:
        out_of[flow.source].append(flow)
    return out_of


def _forward(flows: Collection[Path]) -> tuple[list[int], dict[int, list[int]]]:
    """Nodes in an order in which all flows but those of loops run forward, and the nodes behind each along them (depth first search)."""
    out_of = _following(flows)
    ahead = {node: [flow.target for flow in sorted(out_of[node], key=lambda one: (one.occurrences, one.target))] for node in list(out_of)}
    order: list[int] = []
    open_nodes, done = {START}, set[int]()
    kept: dict[int, list[int]] = defaultdict(list)
    stack = [(START, iter(ahead.get(START, ())))]
    while stack:
        node, targets = stack[-1]
        target = next(targets, None)
        if target is None:
            stack.pop()
            open_nodes.discard(node)
            done.add(node)
            order.append(node)
        elif target not in open_nodes:
            kept[node].append(target)
            if target not in done:
                open_nodes.add(target)
                stack.append((target, iter(ahead.get(target, ()))))
    return order[::-1], kept


def _depths(flows: Collection[Path]) -> dict[int, int]:
    """Most flows from the start without loops, by node."""
    order, ahead = _forward(flows)
    depth = dict.fromkeys(order, 0)
    for node in order:
        for target in ahead[node]:
            depth[target] = max(depth[target], depth[node] + 1)
    return depth


def strongest_way(flows: Collection[Path]) -> tuple[int, ...]:
    """The nodes of the longest way from start to end without loops, among those whose weakest flow is about as strong as can be."""
    for least in sorted({flow.occurrences for flow in flows}, reverse=True):
        if END not in _forward([flow for flow in flows if flow.occurrences >= least])[0]:
            continue
        order, ahead = _forward([flow for flow in flows if flow.occurrences >= ABOUT * least])
        longest: dict[int, tuple[int, int]] = {END: (0, END)}
        for node in reversed(order):
            reaching = [(longest[target][0] + 1, -target) for target in ahead[node] if target in longest]
            if reaching:
                length, target = max(reaching)
                longest[node] = length, -target
        way, node = [], longest[START][1]
        while node != END:
            way.append(node)
            node = longest[node][1]
        return tuple(way)
    return ()


# ---- lines that end on outlines ----------------------------------------------------------------------------------------------


def _touching(lane: Lane, cards: Mapping[int, Card], kinds: Mapping[int, NodeKind]) -> Lane:
    points = list(lane.points)
    for place, (node, inner) in enumerate(((lane.source, 2), (lane.target, len(points) - 4))):
        end = 0 if place == 0 else len(points) - 2
        if node in cards and kinds[node] in (*DIAMONDS, *DISCS):
            points[end : end + 2] = _onto_outline(
                cards[node], kinds[node], (points[end], points[end + 1]), (points[inner], points[inner + 1])
            )
    return msgspec.structs.replace(lane, points=tuple(points))


def _onto_outline(card: Card, kind: NodeKind, end: tuple[float, float], before: tuple[float, float]) -> list[float]:
    """The end of a line that comes straight from `before`, drawn on to the outline inside the box."""
    middle = card.x + card.width / 2, card.y + card.height / 2
    half = card.width / 2, card.height / 2
    upright = abs(end[0] - before[0]) < abs(end[1] - before[1])
    across, along = (0, 1) if upright else (1, 0)
    off = min(abs(end[across] - middle[across]) / half[across], 1.0)
    reach = half[along] * ((1 - off) if kind in DIAMONDS else (1 - off * off) ** 0.5)
    gap = abs(end[along] - middle[along]) - half[along]
    sign = 1 if end[along] > middle[along] else -1
    moved = list(end)
    moved[along] = round(middle[along] + sign * (reach + max(gap, 0.0)), 2)
    return moved
