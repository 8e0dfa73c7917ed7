"""OCEL as JSON, version 1.0 (jsonocel) and 2.0, from memory; read by the types that the standard gives, whatever else stands there."""

from __future__ import annotations

import codecs
import re
from typing import Any, TypeVar

import msgspec
import pyarrow as pa
from msgspec import UNSET, Raw, Struct, UnsetType, field

from engine.errors import N_, BadInput
from engine.files.compression import NO_MEMORY
from engine.ocel.object_log import Collector, ObjectLog
from engine.tasks import Task

STEP = 0x3FF
READING = N_("Reading events")
NOT_OCEL = N_(
    "The file {file} is JSON, but no object-centric event log (OCEL). Export the log as CSV, XES or Parquet and open that."
)
BROKEN = N_("The file {file} is not well-formed JSON: it breaks at byte {place}. Export it again.")
CUT_OFF = N_("The file {file} is JSON that is cut off. Fetch it again.")
MISPLACED = N_("The object-centric log {file} holds something else than the standard allows at {place}. Export it again.")
TOO_DEEP = N_("The file {file} is nested too deeply for a log. It was not read.")

Identifier = str | int | float | None
Kept = TypeVar("Kept")


class _Attribute(Struct):
    name: str
    value: Any = None
    time: str | int | float | None = None


class _Relation(Struct):
    object_id: Identifier = field(name="objectId")
    qualifier: str | int | float | None = None


class _Event(Struct):
    id: Identifier = None
    type: Identifier = None
    time: str | int | float | None = None
    attributes: list[_Attribute] | None = None
    relationships: list[_Relation] | None = None


class _Object(Struct):
    id: Identifier = None
    type: Identifier = None
    attributes: list[_Attribute] | None = None
    relationships: list[_Relation] | None = None


class _Second(Struct):
    events: list[_Event]
    objects: list[_Object] = []


class _Typed(Struct):
    object_id: Identifier = field(name="ocel:oid")
    qualifier: str | int | float | None = field(name="ocel:qualifier", default=None)


class _FirstEvent(Struct):
    activity: Identifier = field(name="ocel:activity", default=None)
    timestamp: str | int | float | None = field(name="ocel:timestamp", default=None)
    objects: list[Identifier] | None = field(name="ocel:omap", default=None)
    typed: list[_Typed] | None = field(name="ocel:typedOmap", default=None)
    values: dict[str, Any] | None = field(name="ocel:vmap", default=None)


class _FirstObject(Struct):
    type: Identifier = field(name="ocel:type", default=None)
    values: dict[str, Any] | None = field(name="ocel:ovmap", default=None)


class _First(Struct):
    events: dict[str, _FirstEvent] = field(name="ocel:events")
    objects: dict[str, _FirstObject] = field(name="ocel:objects", default_factory=dict)


class _Either(Struct):
    first: Raw | UnsetType = field(name="ocel:events", default=UNSET)
    second: Raw | UnsetType = field(name="events", default=UNSET)
    types: Raw | UnsetType = field(name="objectTypes", default=UNSET)
    objects: Raw | UnsetType = field(name="objects", default=UNSET)


def read_json(buffer: pa.Buffer, file_name: str, task: Task) -> ObjectLog:
    """The log in a JSON text; BadInput when it is not well-formed, no OCEL, or holds something else than the standard allows."""
    start = len(codecs.BOM_UTF8) if buffer.slice(0, min(3, buffer.size)).to_pybytes() == codecs.BOM_UTF8 else 0
    text = buffer.slice(start)
    task.report(None, READING)
    try:
        kind = _kind(text, file_name)
        if kind is _First:
            return _first(_decoded(text, _First, file_name), file_name, task)
        return _second(_decoded(text, _Second, file_name), file_name, task)
    except MemoryError as error:
        raise BadInput(NO_MEMORY, file=file_name) from error
    except RecursionError as error:
        raise BadInput(TOO_DEEP, file=file_name) from error


def _kind(text: pa.Buffer, file_name: str) -> type:
    try:
        either = msgspec.json.decode(memoryview(text), type=_Either)
    except msgspec.ValidationError as error:
        raise BadInput(NOT_OCEL, file=file_name) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _broken(error, file_name) from error
    if either.first is not UNSET:
        return _First
    if either.second is UNSET or (either.types is UNSET and either.objects is UNSET):
        raise BadInput(NOT_OCEL, file=file_name)
    return _Second


def _decoded(text: pa.Buffer, kind: type[Kept], file_name: str) -> Kept:
    try:
        return msgspec.json.decode(memoryview(text), type=kind)
    except msgspec.ValidationError as error:
        found = re.search(r"`(\$[^`]*)`$", str(error))
        raise BadInput(MISPLACED, file=file_name, place=found[1] if found else "$") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _broken(error, file_name) from error


def _broken(error: Exception, file_name: str) -> BadInput:
    found = re.search(r"byte (\d+)|position (\d+)", str(error))
    if found is None:
        return BadInput(CUT_OFF, file=file_name)
    return BadInput(BROKEN, file=file_name, place=int(found[1] or found[2]))


def _first(log: _First, file_name: str, task: Task) -> ObjectLog:
    collector = Collector(file_name, "1.0")
    for place, (name, one) in enumerate(log.objects.items()):
        _pause(task, place)
        index = collector.add_object(name, one.type)
        for key, value in (one.values or {}).items():
            if index is not None:
                collector.object_attributes.add(index, key, value)
    for place, (name, event) in enumerate(log.events.items()):
        _pause(task, place)
        index = collector.add_event(name, event.activity, event.timestamp)
        roles = {one.object_id: one.qualifier for one in event.typed or ()}
        for target in event.objects if event.objects is not None else roles:
            collector.relate(index, target, roles.get(target))
        for key, value in (event.values or {}).items():
            collector.event_attributes.add(index, key, value)
    return collector.finish()


def _second(log: _Second, file_name: str, task: Task) -> ObjectLog:
    collector = Collector(file_name, "2.0")
    for place, one in enumerate(log.objects):
        _pause(task, place)
        index = collector.add_object(one.id, one.type)
        if index is None:
            continue
        for attribute in one.attributes or ():
            collector.object_attributes.add(index, attribute.name, attribute.value, attribute.time)
        for relation in one.relationships or ():
            collector.link(index, relation.object_id, relation.qualifier)
    for place, event in enumerate(log.events):
        _pause(task, place)
        index = collector.add_event(event.id, event.type, event.time)
        for relation in event.relationships or ():
            collector.relate(index, relation.object_id, relation.qualifier)
        for attribute in event.attributes or ():
            collector.event_attributes.add(index, attribute.name, attribute.value)
    return collector.finish()


def _pause(task: Task, place: int) -> None:
    if not place & STEP:
        task.check()
