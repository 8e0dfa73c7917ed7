"""A model as a BPMN 2.0 file with its drawing (OMG formal/13-12-09, with BPMN DI): what Camunda Modeler and bpmn.io open.

The numbers stand in the documentation of tasks and flows.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from math import copysign

from lxml import etree

from engine.layout.values import Card, Lane, MapLayout
from engine.models.values import Model, ModelNode, NodeKind
from engine.process_map.values import END, START, Path

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"
DI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
DD = "http://www.omg.org/spec/DD/20100524/DI"
NAMESPACES = {"bpmn": MODEL, "bpmndi": DI, "dc": DC, "di": DD}
TARGET = "https://sagsflow.invalid/bpmn"
"""A name of its own for the elements of the file; nothing is to be found there (RFC 2606)."""
TAGS = {NodeKind.TASK: "task", NodeKind.EXCLUSIVE: "exclusiveGateway", NodeKind.PARALLEL: "parallelGateway"}
MARK = 36.0
"""Size of an event in BPMN drawings, px."""

LABEL = 60.0, 14.0
"""Room for the word at a gateway, px: above its left corner, where no flow ends."""

Describe = Callable[[ModelNode | Path], str]


@dataclass(frozen=True)
class Wording:
    """What the file says besides the steps' names: words at the events and at gateways that choose (modellers ask for them), and what the
    numbers are of; `describe` writes the documentation of a node or flow ("" for none)."""

    start: str
    end: str
    choice: str
    about: str
    describe: Describe


def write_bpmn(model: Model, layout: MapLayout, title: str, words: Wording) -> bytes:
    """The file's content."""
    root = etree.Element(f"{{{MODEL}}}definitions", nsmap=NAMESPACES)
    root.set("id", "Definitions_1")
    root.set("targetNamespace", TARGET)
    root.set("exporter", "Sagsflow")
    process = _add(root, MODEL, "process", id="Process_1", name=printable(title), isExecutable="false")
    _document(process, words.about)
    lanes = {(lane.source, lane.target): lane for lane in layout.lanes}
    flows = [flow for flow in model.flows if (flow.source, flow.target) in lanes]
    names = {START: words.start, END: words.end} | {node.node: _name(node, flows, words) for node in model.nodes}
    _write_process(process, model, flows, names, words.describe)
    diagram = _add(root, DI, "BPMNDiagram", id="Diagram_1")
    plane = _add(diagram, DI, "BPMNPlane", id="Plane_1", bpmnElement="Process_1")
    _draw(plane, model, layout, names)
    _draw_flows(plane, [lanes[flow.source, flow.target] for flow in flows], layout)
    content: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)
    return content


def node_id(node: int) -> str:
    """The id of a node: a name as XML asks for it."""
    return {START: "StartEvent_1", END: "EndEvent_1"}.get(node, f"Node_{node}")


def flow_id(flow: Path | Lane) -> str:
    """The id of a flow."""
    return f"Flow_{node_id(flow.source)}_{node_id(flow.target)}"


def printable(text: str) -> str:
    """Text without the signs that XML cannot hold."""
    return "".join(sign if sign.isprintable() else " " for sign in text)


def _add(parent: etree._Element, space: str, tag: str, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{space}}}{tag}", attributes)


def _name(node: ModelNode, flows: list[Path], words: Wording) -> str:
    chooses = node.kind is NodeKind.EXCLUSIVE and sum(flow.source == node.node for flow in flows) > 1
    return words.choice if chooses else node.name


def _write_process(process: etree._Element, model: Model, flows: list[Path], names: Mapping[int, str], describe: Describe) -> None:
    elements = [(START, "startEvent", None), *((node.node, TAGS[node.kind], node) for node in model.nodes), (END, "endEvent", None)]
    for number, tag, node in elements:
        element = _add(process, MODEL, tag, id=node_id(number))
        if names[number]:
            element.set("name", printable(names[number]))
        if node is not None and node.kind is not NodeKind.TASK:
            into = sum(flow.target == number for flow in flows)
            element.set("gatewayDirection", "Converging" if into > 1 else "Diverging")
        _document(element, describe(node) if node is not None else "")
        for flow in flows:
            if flow.target == number:
                _add(element, MODEL, "incoming").text = flow_id(flow)
        for flow in flows:
            if flow.source == number:
                _add(element, MODEL, "outgoing").text = flow_id(flow)
    for flow in flows:
        ends = {"sourceRef": node_id(flow.source), "targetRef": node_id(flow.target)}
        _document(_add(process, MODEL, "sequenceFlow", id=flow_id(flow), **ends), describe(flow))


def _document(element: etree._Element, words: str) -> None:
    if words:
        _add(element, MODEL, "documentation").text = printable(words)


def _draw(plane: etree._Element, model: Model, layout: MapLayout, names: Mapping[int, str]) -> None:
    cards = {card.step: card for card in layout.cards}
    for mark, (x, y) in ((START, layout.start), (END, layout.end)):
        shape = _add(plane, DI, "BPMNShape", id=f"Shape_{node_id(mark)}", bpmnElement=node_id(mark))
        _bounds(shape, x - MARK / 2, y - MARK / 2, MARK, MARK)
    for node in model.nodes:
        card: Card = cards[node.node]
        shape = _add(plane, DI, "BPMNShape", id=f"Shape_{node_id(node.node)}", bpmnElement=node_id(node.node))
        if node.kind is NodeKind.EXCLUSIVE:
            shape.set("isMarkerVisible", "true")
        _bounds(shape, card.x, card.y, card.width, card.height)
        if names[node.node] and node.kind is not NodeKind.TASK:
            width, height = LABEL
            _bounds(_add(shape, DI, "BPMNLabel"), card.x + card.width / 4 - width, card.y - height / 2, width, height)


def _draw_flows(plane: etree._Element, lanes: Collection[Lane], layout: MapLayout) -> None:
    for lane in lanes:
        edge = _add(plane, DI, "BPMNEdge", id=f"Edge_{flow_id(lane)}", bpmnElement=flow_id(lane))
        points = list(zip(lane.points[::2], lane.points[1::2], strict=True))
        if lane.source == START:
            points[0] = _on_event(points[0], points[1], layout.start)
        if lane.target == END:
            points[-1] = _on_event(points[-1], points[-2], layout.end)
        for x, y in points:
            _add(edge, DD, "waypoint", x=f"{x:g}", y=f"{y:g}")


def _on_event(end: tuple[float, float], before: tuple[float, float], centre: tuple[float, float]) -> tuple[float, float]:
    """The end of a line on the outline of an event, which is larger here than the map's mark."""
    if abs(end[0] - before[0]) >= abs(end[1] - before[1]):
        return centre[0] + copysign(MARK / 2, before[0] - centre[0]), end[1]
    return end[0], centre[1] + copysign(MARK / 2, before[1] - centre[1])


def _bounds(shape: etree._Element, x: float, y: float, width: float, height: float) -> None:
    _add(shape, DC, "Bounds", x=f"{x:g}", y=f"{y:g}", width=f"{width:g}", height=f"{height:g}")
