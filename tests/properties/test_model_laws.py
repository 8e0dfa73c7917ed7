"""Laws of models: noise 0 replays every variant, the diagram and the net speak the same language, numbers add up, the guard hides."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.disclosure.guard import LEAST_K
from engine.disclosure.model_guard import guard_model
from engine.errors import BadInput
from engine.layout.values import LIGHT
from engine.log.event_log import EventLog
from engine.log.selection import Selection
from engine.models.bpmn import Diagram, Element, to_diagram, to_net
from engine.models.contraction import contract
from engine.models.discovery import FoundModel, find_model
from engine.models.drawing import Reading, number_model, place_model
from engine.models.mining import mine
from engine.models.nets import Net, Transition, reduce_net
from engine.models.remainder import join_lanes
from engine.models.replay import Replayer
from engine.models.values import Miner, Model, NodeKind, Notation
from engine.process_map.metrics import round_to_base
from engine.process_map.study import Study
from engine.process_map.values import END, START, Metric
from engine.tasks import Task
from engine.texts import Texts
from tests.naive_log import log_of_traces

traces = st.lists(st.text("abcde", min_size=1, max_size=6), min_size=1, max_size=12)
few = settings(max_examples=40, deadline=None)


def find(log: EventLog, miner: Miner, noise: float) -> tuple[Study, FoundModel]:
    study = Study(log)
    return study, find_model(study, Selection(), miner, noise, Task(), mine)


def model_of(study: Study, found: FoundModel, notation: Notation) -> Model:
    reading = Reading(notation, Miner.INDUCTIVE, 0.0, Metric.MEDIAN, Metric.OCCURRENCES, Metric.MEDIAN)
    return number_model(study, found, reading, Task())


@given(traces)
@few
def test_without_noise_the_inductive_miner_replays_every_case(words: list[str]) -> None:
    log = log_of_traces(*words)
    study, found = find(log, Miner.INDUCTIVE, 0.0)
    assert found.cases(found.replayed) == log.n_cases
    assert found.used == set(range(len(log.activities)))
    assert model_of(study, found, Notation.BPMN).left_out == ()


@given(traces, st.sets(st.integers(0, 4), min_size=1), st.sampled_from(Notation))
@few
def test_a_model_of_some_steps_is_that_of_a_log_without_the_others(words: list[str], kept: set[int], notation: Notation) -> None:
    log = log_of_traces(*words)
    steps = tuple(code for code in range(len(log.activities)) if int(log.activities[code][1:]) in kept)
    rest = ["".join(sign for sign in word if ord(sign) - ord("a") in kept) for word in words]
    if not steps:
        return
    study = Study(log)
    found = find_model(study, Selection(), Miner.INDUCTIVE, 0.2, Task(), mine, steps=steps)
    part = model_of(study, found, notation)
    alone = model_of(*find(log_of_traces(*(word for word in rest if word)), Miner.INDUCTIVE, 0.2), notation)
    assert part.without == rest.count("")
    assert (part.counted, part.replayed, part.n_cases_met) == (alone.counted, alone.replayed, alone.n_cases)
    names = [{node.node: node.name or node.node for node in model.nodes} for model in (part, alone)]
    assert Counter(node.name for node in part.nodes) == Counter(node.name for node in alone.nodes)
    tasks = [sorted((node.name, node.cases, node.occurrences) for node in model.nodes if node.name) for model in (part, alone)]
    assert tasks[0] == tasks[1]
    into = [
        sorted((str(ends[flow.target]), flow.cases, flow.occurrences) for flow in model.flows if str(ends.get(flow.target)).startswith("a"))
        for model, ends in ((part, names[0]), (alone, names[1]))
    ]
    assert into[0] == into[1]


@given(traces, st.sampled_from(Miner), st.sampled_from((0.0, 0.2, 0.5)))
@few
def test_what_flows_in_flows_out(words: list[str], miner: Miner, noise: float) -> None:
    log = log_of_traces(*words)
    try:
        study, found = find(log, miner, noise)
    except BadInput:
        return
    for notation in Notation:
        model = model_of(study, found, notation)
        into, out_of = defaultdict(int), defaultdict(int)
        for flow in model.flows:
            into[flow.target] += flow.occurrences
            out_of[flow.source] += flow.occurrences
        assert into[END] == out_of[START] == model.counted
        assert model.replayed <= model.counted <= log.n_cases
        for node in model.nodes:
            if node.kind in (NodeKind.EXCLUSIVE, NodeKind.PLACE):
                assert into[node.node] == out_of[node.node] == node.occurrences, node
            if node.kind is NodeKind.TASK and notation is Notation.BPMN:
                assert into[node.node] == out_of[node.node] >= node.occurrences, node


@given(traces, st.sampled_from(Miner), st.sampled_from((0.0, 0.5)))
@few
def test_no_event_is_counted_twice_and_a_replayed_case_is_counted_whole(words: list[str], miner: Miner, noise: float) -> None:
    log = log_of_traces(*words)
    try:
        study, found = find(log, miner, noise)
    except BadInput:
        return
    sizes = {variant: len(study.variants(Task()).sequence(variant)) for variant in range(len(found.weights))}
    for chart in found.charts.values():
        tasks = {figure.node for figure in chart.chart.figures if figure.kind is NodeKind.TASK}
        events: dict[int, int] = defaultdict(int)
        for variant, node, times in chart.nodes.tolist():
            events[variant] += times if node in tasks else 0
        for variant, size in sizes.items():
            assert events[variant] == size if found.replayed[variant] else events[variant] <= size


@given(traces, st.sampled_from((0.0, 0.3)))
@few
def test_everything_has_a_place_and_every_line_connects_what_it_should(words: list[str], noise: float) -> None:
    log = log_of_traces(*words)
    study, found = find(log, Miner.INDUCTIVE, noise)
    for notation in Notation:
        model = model_of(study, found, notation)
        layout = place_model(model, LIGHT, Texts("en"), Task())
        cards = {card.step: card for card in layout.cards}
        assert cards.keys() == {node.node for node in model.nodes}
        assert all(cards[node.node].width == cards[node.node].height for node in model.nodes if node.kind is NodeKind.PLACE)
        for one, other in itertools.combinations(layout.cards, 2):
            apart = one.x + one.width <= other.x or other.x + other.width <= one.x
            assert apart or one.y + one.height <= other.y or other.y + other.height <= one.y
        assert {(lane.source, lane.target) for lane in layout.lanes} == {(flow.source, flow.target) for flow in model.flows}
        for lane in layout.lanes:
            for node, (x, y) in ((lane.source, lane.points[:2]), (lane.target, lane.points[-2:])):
                if node in cards:
                    card = cards[node]
                    assert card.x - 2 <= x <= card.x + card.width + 2
                    assert card.y - 2 <= y <= card.y + card.height + 2


@given(st.lists(st.text("abcd", min_size=1, max_size=4), min_size=5, max_size=60))
@few
def test_a_guarded_model_tells_of_at_least_five_cases_and_adds_up_by_itself(words: list[str]) -> None:
    study, found = find(log_of_traces(*words), Miner.INDUCTIVE, 0.0)
    exact = model_of(study, found, Notation.BPMN)
    try:
        twin = guard_model(study, found, exact, LEAST_K, Task())
    except BadInput:
        return
    guarded, twin = twin, twin.model
    assert twin.k == LEAST_K
    chart = found.charts[Notation.BPMN]
    assert {(flow.source, flow.target) for flow in twin.flows} == guarded.ways.keys()
    kept, shown = what_is_left(found)
    assert all(leg in shown for way in guarded.ways.values() for leg in way.along)
    for flow in twin.flows:
        counted = guarded.ways[flow.source, flow.target].counted
        cases = {variant for variant, at, _ in chart.flows.tolist() if chart.chart.flows[at] in counted and variant in kept}
        assert round_to_base(sum(int(found.weights[variant]) for variant in cases)) == flow.cases
        assert sum(int(found.weights[variant]) for variant in cases) >= LEAST_K
        assert flow.cases % 5 == flow.occurrences % 5 == 0
    reached = {START}
    for _ in twin.flows:
        reached |= {flow.target for flow in twin.flows if flow.source in reached}
    assert reached >= {END} | {node.node for node in twin.nodes}


def what_is_left(found: FoundModel) -> tuple[set[int], set[tuple[int, int]]]:
    """Variants, and the flows that they use, once everything with fewer than five cases is gone, again and again."""
    chart = found.charts[Notation.BPMN]
    steps = {figure.node for figure in chart.chart.figures if figure.kind is NodeKind.TASK}
    kept = {variant for variant in range(len(found.weights)) if found.counted[variant]}

    def cases_of(rows: np.ndarray) -> dict[int, int]:
        cases: dict[int, int] = defaultdict(int)
        for variant, what, _times in rows.tolist():
            cases[what] += int(found.weights[variant]) if variant in kept else 0
        return cases

    while True:
        flows, nodes = cases_of(chart.flows), cases_of(chart.nodes)
        rare = {flow for flow, cases in flows.items() if cases < LEAST_K}
        rare |= {flow for flow in flows if any(node in steps and nodes[node] < LEAST_K for node in chart.chart.flows[flow])}
        left = kept - {variant for variant, flow, _times in chart.flows.tolist() if flow in rare}
        if left == kept:
            return kept, {chart.chart.flows[flow] for flow, cases in flows.items() if cases}
        kept = left


@given(st.lists(st.text("abcd", min_size=1, max_size=5), min_size=5, max_size=60), st.sampled_from((0.0, 0.2)))
@few
def test_a_guarded_model_has_no_idle_gateway_and_replays_what_is_left_of_the_exact_one(words: list[str], noise: float) -> None:
    study, found = find(log_of_traces(*words), Miner.INDUCTIVE, noise)
    exact = model_of(study, found, Notation.BPMN)
    try:
        twin = guard_model(study, found, exact, LEAST_K, Task())
    except BadInput:
        return
    kinds = {node.node: node.kind for node in twin.model.nodes}
    ends = set(twin.ways)
    for node, kind in kinds.items():
        into, out_of = sum(target == node for _, target in ends), sum(source == node for source, _ in ends)
        assert (into, out_of) == (1, 1) if kind is NodeKind.TASK else into + out_of > 2
    labels = {figure.node: figure.label for figure in found.charts[Notation.BPMN].chart.figures}
    before = what_is_left(found)[1]
    kept_kinds = {node.node: node.kind for node in exact.nodes if any(node.node in leg for leg in before)}
    whole, short = (replayer_of(flows, of, labels) for flows, of in ((before, kept_kinds), (ends, kinds)))
    for word in {*words, *("".join(signs) for n in range(4) for signs in itertools.product("abcd", repeat=n))}:
        codes = [code for sign in word if (code := code_of(study, sign)) is not None]
        assert (whole.run(codes) is None) == (short.run(codes) is None)
    layout = join_lanes(place_model(exact, LIGHT, Texts("en"), Task()), twin.ways)
    places = {card.step: card for card in layout.cards}
    for lane in layout.lanes:
        xs, ys = lane.points[::2], lane.points[1::2]
        assert len(xs) >= 2
        assert all(x == to_x or y == to_y for (x, y), (to_x, to_y) in itertools.pairwise(zip(xs, ys, strict=True)))
        for node, x, y in ((lane.source, xs[0], ys[0]), (lane.target, xs[-1], ys[-1])):
            if node in places:
                card = places[node]
                assert card.x - 2 <= x <= card.x + card.width + 2
                assert card.y - 2 <= y <= card.y + card.height + 2


def code_of(study: Study, sign: str) -> int | None:
    name = f"a{ord(sign) - ord('a')}"
    return study.log.activities.index(name) if name in study.log.activities else None


def replayer_of(flows: set[tuple[int, int]], kinds: dict[int, NodeKind], labels: dict[int, int | None]) -> Replayer:
    number = {node: at for at, node in enumerate(sorted(kinds))} | {START: START, END: END}
    elements = tuple(Element(kinds[node], labels[node]) for node in sorted(kinds))
    return Replayer(to_net(Diagram(elements, tuple(sorted((number[one], number[other]) for one, other in flows)))))


@st.composite
def pruned_diagram(draw: st.DrawFn) -> Diagram:
    """A diagram from which some ways out of choices are gone, and with them what is then beside every way from start to end."""
    diagram = to_diagram(reduce_net(draw(st.composite(random_net)())))
    flows = set(diagram.flows)
    for one in diagram.flows:
        choice = one[0] not in (START, END) and diagram.elements[one[0]].kind is NodeKind.EXCLUSIVE
        if choice and draw(st.booleans()) and draw(st.booleans()):
            flows.discard(one)
    while True:
        fed, drained = {target for _, target in flows} | {START}, {source for source, _ in flows} | {END}
        left = {one for one in flows if one[0] in fed and one[1] in drained}
        if left == flows:
            break
        flows = left
    return Diagram(diagram.elements, tuple(sorted(flows)))


@given(pruned_diagram(), st.lists(st.lists(st.integers(0, 3), max_size=4), min_size=1, max_size=6))
@settings(max_examples=200, deadline=None)
def test_taking_out_idle_gateways_keeps_every_run(diagram: Diagram, words: list[list[int]]) -> None:
    if not any(source == START for source, _ in diagram.flows):
        return
    kinds = {node: element.kind for node, element in enumerate(diagram.elements) if any(node in one for one in diagram.flows)}
    labels = {node: element.label for node, element in enumerate(diagram.elements)}
    ways = contract(kinds, diagram.flows)
    touched = {node: kind for node, kind in kinds.items() if any(node in one for one in ways)}
    assert all(leg in diagram.flows for way in ways.values() for leg in way.along)
    assert all(way.along[0][0] == source and way.along[-1][1] == target for (source, target), way in ways.items())
    before, after = replayer_of(set(diagram.flows), kinds, labels), replayer_of(set(ways), touched, labels)
    for word in words:
        assert (before.run(word) is None) == (after.run(word) is None)


def random_net(draw: st.DrawFn) -> Net:
    n_places = draw(st.integers(3, 7))
    places = st.integers(1, n_places - 2)
    some = st.lists(places, min_size=1, max_size=2, unique=True).map(lambda one: tuple(sorted(one)))
    transition = st.builds(Transition, st.none() | st.integers(0, 3), some | st.just((0,)), some | st.just((n_places - 1,)))
    return Net(n_places, tuple(draw(st.lists(transition, min_size=2, max_size=9))), 0, n_places - 1)


@given(st.composite(random_net)(), st.lists(st.lists(st.integers(0, 3), max_size=4), min_size=1, max_size=6))
@settings(max_examples=150, deadline=None)
def test_reducing_a_net_and_drawing_it_as_a_diagram_keep_its_language(net: Net, words: list[list[int]]) -> None:
    reduced = reduce_net(net)
    if not reduced.transitions:
        return
    back = to_net(to_diagram(reduced))
    for word in words:
        spoken = naive_replay(net, word)
        assert (Replayer(reduced).run(word) is not None) == spoken
        assert (Replayer(back).run(word) is not None) == spoken
        run = Replayer(net).run(word)
        assert (run is not None) == spoken
        assert run is None or [net.transitions[at].label for at in run if net.transitions[at].label is not None] == word


MOST_TOKENS = 6


def naive_replay(net: Net, word: list[int]) -> bool:
    """Breadth first over all markings of at most a few tokens."""
    states, waiting = set(), [((net.source,), 0)]
    while waiting:
        marking, at = waiting.pop()
        if (marking, at) in states or len(marking) > MOST_TOKENS:
            continue
        states.add((marking, at))
        if at == len(word) and marking == (net.sink,):
            return True
        for one in net.transitions:
            left = list(marking)
            if one.label is not None and (at == len(word) or one.label != word[at]):
                continue
            if all(left.count(place) >= one.before.count(place) for place in one.before):
                for place in one.before:
                    left.remove(place)
                waiting.append((tuple(sorted([*left, *one.after])), at + (one.label is not None)))
    return False
