"""OCEL as XML, version 1.0 (xmlocel) and 2.0, as a stream from memory; document types, entities and the network are refused."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
from lxml import etree

from engine.errors import BadInput
from engine.files.compression import NO_MEMORY
from engine.files.xes import BROKEN, DOCTYPE, OPTIONS, READING
from engine.ocel.object_log import Collector, ObjectLog
from engine.tasks import Task

STEP = 0x3FF


def read_xml(buffer: pa.Buffer, file_name: str, task: Task) -> ObjectLog:
    """The log in an XML text; BadInput when it is not well-formed, declares a document type, or holds no events."""
    try:
        return _read(buffer, file_name, task)
    except etree.XMLSyntaxError as error:
        raise BadInput(BROKEN, file=file_name, line=error.lineno or 1) from error
    except MemoryError as error:
        raise BadInput(NO_MEMORY, file=file_name) from error


def _read(buffer: pa.Buffer, file_name: str, task: Task) -> ObjectLog:
    source, size = pa.BufferReader(buffer), max(buffer.size, 1)
    collector: Collector | None = None
    for count, (_, element) in enumerate(etree.iterparse(source, events=("end",), tag=("{*}event", "{*}object"), **OPTIONS)):
        if not count and element.getroottree().docinfo.doctype:
            raise BadInput(DOCTYPE, file=file_name)
        part = element.getparent()
        if part is None or part.getparent() is None or part.getparent().getparent() is not None:
            continue
        if collector is None:
            collector = Collector(file_name, "1.0" if element.get("id") is None and len(element) else "2.0")
        is_event = _name(element) == "event"
        if collector.version == "1.0":
            (_first_event if is_event else _first_object)(collector, element)
        else:
            (_second_event if is_event else _second_object)(collector, element)
        _forget(element)
        if not count & STEP:
            task.report(min(1.0, source.tell() / size), READING)
    return (collector or Collector(file_name, "2.0")).finish()


def _name(element: Any) -> str:
    return str(etree.QName(element).localname)


def _forget(element: Any) -> None:
    element.clear()
    parent = element.getparent()
    while element.getprevious() is not None:
        del parent[0]


# ---- 2.0 -----------------------------------------------------------------------------------------------------------------------


def _second_event(collector: Collector, event: Any) -> None:
    index = collector.add_event(event.get("id"), event.get("type"), event.get("time"))
    for relation in _relations(event):
        collector.relate(index, relation.get("object-id"), relation.get("qualifier"))
    for attribute in event.iterfind("{*}attributes/{*}attribute"):
        collector.event_attributes.add(index, attribute.get("name") or "", attribute.text)


def _second_object(collector: Collector, one: Any) -> None:
    index = collector.add_object(one.get("id"), one.get("type"))
    if index is None:
        return
    for relation in _relations(one):
        collector.link(index, relation.get("object-id"), relation.get("qualifier"))
    for attribute in one.iterfind("{*}attributes/{*}attribute"):
        collector.object_attributes.add(index, attribute.get("name") or "", attribute.text, attribute.get("time"))


def _relations(element: Any) -> list[Any]:
    return [child for part in element.iterfind("{*}objects") for child in part if child.get("object-id") is not None]


# ---- 1.0 -----------------------------------------------------------------------------------------------------------------------


def _first_event(collector: Collector, event: Any) -> None:
    plain = {child.get("key"): child.get("value") for child in event}
    index = collector.add_event(plain.get("id"), plain.get("activity"), plain.get("timestamp"))
    for child in event:
        if child.get("key") == "omap":
            for target in child:
                collector.relate(index, target.get("value"), None)
        elif child.get("key") == "vmap":
            for value in child:
                collector.event_attributes.add(index, value.get("key") or "", value.get("value"))


def _first_object(collector: Collector, one: Any) -> None:
    plain = {child.get("key"): child.get("value") for child in one}
    index = collector.add_object(plain.get("id"), plain.get("type"))
    for child in one:
        if index is not None and child.get("key") == "ovmap":
            for value in child:
                collector.object_attributes.add(index, value.get("key") or "", value.get("value"))
