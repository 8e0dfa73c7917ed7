"""Models as files: BPMN and PNML hold what their standards ask for and are read by another program as the same model; so is the table."""

from __future__ import annotations

import csv
import io
import re
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from engine.log.columns import ReadOptions
from engine.log.event_log import EventLog
from engine.models.bpmn_file import DC, DD, DI, MODEL
from engine.models.discovery import find_model
from engine.models.mining import mine
from engine.models.nets import Net, Transition
from engine.models.replay import Replayer
from engine.models.values import Miner, NodeKind, Notation
from engine.operations import answer
from engine.pm4py_adapter.discovery import quiet
from engine.process_map.values import END, START
from engine.service.messages import ModelFile, ModelFileQuery, ModelFormat, ModelQuery, Secret
from engine.sources import read_source
from engine.tasks import Task
from engine.workspace import Workspace
from tests import real_logs
from tests.naive_log import log_of_traces

NCNAME = re.compile(r"[A-Za-z_][\w.-]*\Z", re.ASCII)
KINDS = {NodeKind.TASK: "task", NodeKind.EXCLUSIVE: "exclusiveGateway", NodeKind.PARALLEL: "parallelGateway"}


@pytest.fixture(scope="module", autouse=True)
def plain_pm4py() -> Iterator[None]:
    """pm4py warns of things that are not ours."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def office() -> EventLog:
    return log_of_traces(*["abcd"] * 6, *["acbd"] * 7, *["abce"] * 8, *["abcerabcd"] * 5, step=3_600_000_000)


def made(form: ModelFormat, query: ModelQuery | None = None, title: str = "Placeringer & <mere>") -> ModelFile:
    workspace, asked = Workspace(), query or ModelQuery(noise=0.0)
    workspace.study_log(office())
    find_model(workspace.study, asked.selection, asked.miner, asked.noise, Task(), mine)
    found = answer(workspace, ModelFileQuery(asked, form, title), Task())
    assert isinstance(found, ModelFile)
    return found


def under(root: Any, space: str, tag: str) -> list[Any]:
    return list(root.iter(f"{{{space}}}{tag}"))


# ---- BPMN ----------------------------------------------------------------------------------------------------------------------


def test_a_bpmn_file_has_what_modelers_ask_for() -> None:
    file = made(ModelFormat.BPMN)
    root, model = etree.fromstring(file.content), file.answer.model
    assert root.tag == f"{{{MODEL}}}definitions"
    assert root.get("targetNamespace")
    assert len(under(root, MODEL, "process")) == len(under(root, DI, "BPMNPlane")) == len(under(root, DI, "BPMNDiagram")) == 1
    plane, process = under(root, DI, "BPMNPlane")[0], under(root, MODEL, "process")[0]
    assert plane.get("bpmnElement") == process.get("id")
    assert process.get("name") == "Placeringer & <mere>"
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    assert all(NCNAME.match(one) for one in ids)
    assert Counter(etree.QName(one).localname for one in process if one.tag != f"{{{MODEL}}}documentation") == Counter(
        ["startEvent", "endEvent", *(KINDS[node.kind] for node in model.nodes), *(["sequenceFlow"] * len(model.flows))]
    )


def test_every_flow_connects_what_its_ends_say_and_the_other_way_round() -> None:
    root = etree.fromstring(made(ModelFormat.BPMN).content)
    flows = {one.get("id"): (one.get("sourceRef"), one.get("targetRef")) for one in under(root, MODEL, "sequenceFlow")}
    for element in under(root, MODEL, "process")[0]:
        name = element.get("id")
        for tag, end in (("incoming", 1), ("outgoing", 0)):
            assert [one.text for one in element.findall(f"{{{MODEL}}}{tag}")] == [flow for flow, ends in flows.items() if ends[end] == name]
    order = ["documentation", "incoming", "outgoing"]
    for element in under(root, MODEL, "task"):
        tags = [order.index(etree.QName(child).localname) for child in element]
        assert tags == sorted(tags), "the schema fixes the order"


def test_everything_is_drawn_and_lines_end_at_what_they_connect() -> None:
    root = etree.fromstring(made(ModelFormat.BPMN).content)
    process = under(root, MODEL, "process")[0]
    drawn = {one.get("bpmnElement"): one for one in (*under(root, DI, "BPMNShape"), *under(root, DI, "BPMNEdge"))}
    assert drawn.keys() == {one.get("id") for one in process if one.get("id")}
    boxes = {}
    for shape in under(root, DI, "BPMNShape"):
        (bounds,) = shape.findall(f"{{{DC}}}Bounds")
        x, y, width, height = (float(bounds.get(name)) for name in ("x", "y", "width", "height"))
        assert width > 0
        assert height > 0
        boxes[shape.get("bpmnElement")] = (x - 8, y - 8, x + width + 8, y + height + 8)
    for flow in under(root, MODEL, "sequenceFlow"):
        points = [(float(one.get("x")), float(one.get("y"))) for one in drawn[flow.get("id")].findall(f"{{{DD}}}waypoint")]
        assert len(points) >= 2
        for (x, y), end in ((points[0], flow.get("sourceRef")), (points[-1], flow.get("targetRef"))):
            left, top, right, bottom = boxes[end]
            assert left <= x <= right
            assert top <= y <= bottom


@pytest.mark.parametrize(("language", "names"), [("da", ("Start", "Slut", "Valg")), ("en", ("Start", "End", "Choice"))])
def test_events_and_gateways_that_choose_have_names_as_modellers_ask_for_them(language: str, names: tuple[str, str, str]) -> None:
    root = etree.fromstring(made(ModelFormat.BPMN, ModelQuery(noise=0.0, language=language)).content)
    (start,), (end,) = under(root, MODEL, "startEvent"), under(root, MODEL, "endEvent")
    assert (start.get("name"), end.get("name")) == names[:2]
    labelled = {one.get("bpmnElement") for one in under(root, DI, "BPMNShape") if one.find(f"{{{DI}}}BPMNLabel") is not None}
    choices = 0
    for gateway in (*under(root, MODEL, "exclusiveGateway"), *under(root, MODEL, "parallelGateway")):
        chooses = gateway.tag.endswith("exclusiveGateway") and len(gateway.findall(f"{{{MODEL}}}outgoing")) > 1
        assert gateway.get("name") == (names[2] if chooses else None)
        assert (gateway.get("id") in labelled) == chooses
        choices += chooses
    assert choices > 0


def test_flows_end_on_the_outline_of_the_events() -> None:
    root = etree.fromstring(made(ModelFormat.BPMN).content)
    for shape in under(root, DI, "BPMNShape"):
        if not shape.get("bpmnElement").endswith("Event_1"):
            continue
        (bounds,) = shape.findall(f"{{{DC}}}Bounds")
        left, width = float(bounds.get("x")), float(bounds.get("width"))
        (edge,) = (one for one in under(root, DI, "BPMNEdge") if shape.get("bpmnElement") in one.get("bpmnElement"))
        points = [float(one.get("x")) for one in edge.findall(f"{{{DD}}}waypoint")]
        assert points[0] == left + width if "Start" in shape.get("bpmnElement") else points[-1] == left


def test_another_reader_finds_the_same_bpmn_model() -> None:
    file = made(ModelFormat.BPMN)
    with quiet():
        from pm4py.objects.bpmn.importer.variants import lxml as importer

        graph = importer.import_from_string(file.content.decode())
    model = file.answer.model
    kinds = Counter(type(node).__name__ for node in graph.get_nodes())
    assert kinds["Task"] == sum(node.kind is NodeKind.TASK for node in model.nodes)
    assert kinds["ExclusiveGateway"] == sum(node.kind is NodeKind.EXCLUSIVE for node in model.nodes)
    assert kinds["ParallelGateway"] == sum(node.kind is NodeKind.PARALLEL for node in model.nodes)
    ids = {START: "StartEvent_1", END: "EndEvent_1"}
    ours = {(ids.get(one.source, f"Node_{one.source}"), ids.get(one.target, f"Node_{one.target}")) for one in model.flows}
    assert {(one.get_source().get_id(), one.get_target().get_id()) for one in graph.get_flows()} == ours
    tasks = [node for node in graph.get_nodes() if type(node).__name__ == "Task"]
    assert {node.get_name() for node in tasks} == {node.name for node in model.nodes if node.name}


# ---- PNML ----------------------------------------------------------------------------------------------------------------------


def test_another_reader_finds_the_same_petri_net_and_replays_every_case(tmp_path: Path) -> None:
    file = made(ModelFormat.PNML)
    path = tmp_path / "m.pnml"
    path.write_bytes(file.content)
    model = file.answer.model
    assert model.notation is Notation.PETRI
    with quiet() as pm4py:
        net, initial, final = pm4py.read_pnml(str(path))
        from pm4py.objects.petri_net.utils.check_soundness import check_wfnet

        assert check_wfnet(net)
        assert [(place.name, n) for place, n in initial.items()] == [("source", 1)]
        assert [(place.name, n) for place, n in final.items()] == [("sink", 1)]
    assert len(net.places) == 2 + sum(node.kind is NodeKind.PLACE for node in model.nodes)
    assert len(net.transitions) == sum(node.kind is not NodeKind.PLACE for node in model.nodes)
    assert {one.label for one in net.transitions if one.label} == {node.name for node in model.nodes if node.name}
    assert sum(one.label is None for one in net.transitions) == sum(node.kind is NodeKind.SILENT for node in model.nodes)
    assert len(net.arcs) == len(model.flows)


# ---- the table -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "delimiter", "first"), [("da", ";", "Slags"), ("en", ",", "Kind")])
def test_the_table_has_a_row_for_every_part(language: str, delimiter: str, first: str) -> None:
    file = made(ModelFormat.CSV, ModelQuery(noise=0.0, language=language))
    text = file.content.decode("utf-8-sig")
    head, *rows = csv.reader(io.StringIO(text), delimiter=delimiter)
    model = file.answer.model
    assert head[0] == first
    assert len(rows) == len(model.nodes) + len(model.flows)
    assert all(len(row) == len(head) for row in rows)
    timed = [row for row in rows if row[6]]
    assert len(timed) == sum(flow.times is not None for flow in model.flows)
    assert {row[6] for row in timed} <= ({"1,00", "2,00"} if language == "da" else {"1.00", "2.00"})


def test_a_name_that_looks_like_a_formula_stays_text() -> None:
    from engine.models.tables import _cell

    assert _cell("=1+1", danish=True) == "'=1+1"
    assert _cell("Afslag", danish=True) == "Afslag"
    assert _cell(-2.5, danish=True) == "-2,50"


# ---- what leaves the screen ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ModelFormat)
def test_a_guarded_file_holds_no_count_that_is_no_multiple_of_five(form: ModelFormat) -> None:
    file = made(form, ModelQuery(noise=0.0, guarded=True, language="en"))
    assert file.answer.model.k == 5
    assert all(one.cases % 5 == 0 and one.occurrences % 5 == 0 for one in (*file.answer.model.nodes, *file.answer.model.flows))
    if form is ModelFormat.BPMN:
        words = " ".join(etree.fromstring(file.content).xpath("//*[local-name()='documentation']/text()"))
        said = [int(n) for n in re.findall(r"\b(\d+) of (?:the )?\d+ cases|\b(\d+) times", words) for n in n if n]
        assert said
        assert all(n % 5 == 0 for n in said)


def test_files_are_the_same_on_every_run() -> None:
    for form in ModelFormat:
        assert made(form).content == made(form).content


# ---- public logs -----------------------------------------------------------------------------------------------------------------


@real_logs.needs_real_logs
@pytest.mark.parametrize("miner", Miner)
def test_what_another_reader_makes_of_a_public_logs_petri_net_replays_the_same_variants(miner: Miner, tmp_path: Path) -> None:
    log = read_source(str(real_logs.log_path("BPI_2020_DomesticDeclarations")), Secret(), ReadOptions(), Task())
    workspace, query = Workspace(), ModelQuery(miner=miner)
    workspace.study_log(log)
    found = find_model(workspace.study, query.selection, miner, query.noise, Task(), mine)
    path = tmp_path / "m.pnml"
    path.write_bytes(answer(workspace, ModelFileQuery(query, ModelFormat.PNML, "m"), Task()).content)
    with quiet() as pm4py:
        net, initial, final = pm4py.read_pnml(str(path))
    number, code = {place: at for at, place in enumerate(net.places)}, {name: at for at, name in enumerate(log.activities)}
    transitions = [
        Transition(
            None if one.label is None else code[one.label],
            tuple(sorted(number[arc.source] for arc in one.in_arcs)),
            tuple(sorted(number[arc.target] for arc in one.out_arcs)),
        )
        for one in net.transitions
    ]
    ((source, n_first),), ((sink, n_last),) = initial.items(), final.items()
    assert n_first == n_last == 1
    replayer, variants = Replayer(Net(len(number), tuple(transitions), number[source], number[sink])), workspace.study.variants(Task())
    for variant in range(variants.n_variants):
        assert (replayer.run(variants.sequence(variant)) is not None) == bool(found.replayed[variant])
