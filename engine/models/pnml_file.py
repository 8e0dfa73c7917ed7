"""A model as a PNML file (ISO/IEC 15909-2, place/transition nets) with its places in the drawing."""

from __future__ import annotations

from lxml import etree

from engine.layout.values import MapLayout
from engine.models.bpmn_file import printable
from engine.models.values import Model, NodeKind
from engine.process_map.values import END, START

PNML = "http://www.pnml.org/version-2009/grammar/pnml"
NET_TYPE = "http://www.pnml.org/version-2009/grammar/ptnet"
MARK = 24.0


def write_pnml(model: Model, layout: MapLayout, title: str) -> bytes:
    """The file's content. Silent transitions are marked as ProM and pm4py read it; the end is in a final marking as they write it."""
    root = etree.fromstring(f'<pnml xmlns="{PNML}"/>')
    net = _add(root, "net", id="net1", type=NET_TYPE)
    _name(net, title)
    page = _add(net, "page", id="page1")
    cards = {card.step: card for card in layout.cards}
    for mark, (x, y), words in ((START, layout.start, "source"), (END, layout.end, "sink")):
        place = _add(page, "place", id=node_id(mark))
        _name(place, words)
        _place(place, x, y, MARK, MARK)
        if mark == START:
            _add(_add(place, "initialMarking"), "text").text = "1"
    for node in model.nodes:
        card = cards[node.node]
        element = _add(page, "place" if node.kind is NodeKind.PLACE else "transition", id=node_id(node.node))
        _name(element, node.name or node_id(node.node))
        _place(element, card.x + card.width / 2, card.y + card.height / 2, card.width, card.height)
        if node.kind is NodeKind.SILENT:
            _add(element, "toolspecific", tool="ProM", version="6.4", activity="$invisible$", localNodeID=node_id(node.node))
    lanes = {(lane.source, lane.target): lane for lane in layout.lanes}
    for number, flow in enumerate(model.flows):
        arc = _add(page, "arc", id=f"arc{number}", source=node_id(flow.source), target=node_id(flow.target))
        graphics = _add(arc, "graphics")
        points = lanes[flow.source, flow.target].points if (flow.source, flow.target) in lanes else ()
        for x, y in zip(points[2:-2:2], points[3:-2:2], strict=True):
            _add(graphics, "position", x=f"{x:g}", y=f"{y:g}")
    final = _add(_add(net, "finalmarkings"), "marking")
    _add(_add(final, "place", idref=node_id(END)), "text").text = "1"
    content: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)
    return content


def node_id(node: int) -> str:
    """The id of a node."""
    return {START: "source", END: "sink"}.get(node, f"n{node}")


def _add(parent: etree._Element, tag: str, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{PNML}}}{tag}", attributes)


def _name(element: etree._Element, words: str) -> None:
    _add(_add(element, "name"), "text").text = printable(words)


def _place(element: etree._Element, x: float, y: float, width: float, height: float) -> None:
    graphics = _add(element, "graphics")
    _add(graphics, "position", x=f"{x:g}", y=f"{y:g}")
    _add(graphics, "dimension", x=f"{width:g}", y=f"{height:g}")
