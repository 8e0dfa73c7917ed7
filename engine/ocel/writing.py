"""OCEL 2.0 out: the log as JSON, XML or an SQLite database, in memory; what writes it to disk encrypts it."""

from __future__ import annotations

import io
import math
import re
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import numpy as np
from lxml import etree

from engine.errors import N_, BadInput
from engine.log.event_log import NO_TIME
from engine.ocel.object_log import Attributes, ObjectLog
from engine.ocel.reading import times_of
from engine.tasks import Task

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ALWAYS = "1970-01-01T00:00:00Z"
"""When a value of an object begins that has no time of its own."""
STEP = 0x3FF
ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold."""
MOST_COLUMNS = 1900
TOO_MANY = N_("The objects or events of one type have too many attributes for a database: {count}. Write the log as JSON.")

Value = str | int | float | bool | None
Values = dict[int, list[tuple[str, Value, str | None]]]


def write_log(log: ObjectLog, form: str, timezone: str, task: Task) -> bytes:
    """The log in a form of OCEL 2.0 ("json", "xml" or "sqlite"); stamps without a zone are clock times of `timezone`."""
    return WRITERS[form](_Parts(log, timezone), task)


class _Parts:
    """A log taken apart by event and object."""

    def __init__(self, log: ObjectLog, timezone: str) -> None:
        self.log = log
        self.times = [_iso(int(moment)) for moment in times_of(log, timezone).times]
        self.relations = _grouped(log.relations)
        self.links = _grouped(log.links)
        self.of_events = _values(log.event_attributes)
        self.of_objects = _values(log.object_attributes)

    def related(self, pairs: dict[int, list[tuple[int, int]]], owner: int) -> list[tuple[str, str]]:
        """Ids of objects and qualifiers that belong to an event or object."""
        return [(self.log.object_ids[target], self.log.qualifiers[qualifier]) for target, qualifier in pairs.get(owner, ())]

    def kinds(self, of_objects: bool) -> dict[str, dict[str, str]]:
        """Attribute names and their kinds by object type, or by activity."""
        log = self.log
        codes, names = (log.object_type, log.object_types) if of_objects else (log.activity, log.activities)
        found: dict[str, dict[str, str]] = {name: {} for name in names}
        for owner, values in (self.of_objects if of_objects else self.of_events).items():
            kinds = found[names[codes[owner]]]
            for name, value, _ in values:
                kinds[name] = _joined(kinds.get(name), _kind(value))
        return found


def _grouped(rows: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> dict[int, list[tuple[int, int]]]:
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for owner, target, qualifier in rows.tolist():
        found[owner].append((target, qualifier))
    return found


def _values(attributes: Attributes) -> Values:
    found: Values = defaultdict(list)
    columns = (attributes.owner, attributes.name, attributes.value, attributes.time)
    for owner, name, value, time in zip(*columns, strict=True):
        if value is not None:
            found[owner].append((name, _plain(value), time))
    return found


def _plain(value: Value) -> Value:
    """A value that every form can hold: numbers beyond 64 bits, and those that are none, become text."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if abs(value) < 1 << 63 else str(value)
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def _kind(value: Value) -> str:
    kinds: tuple[tuple[type, str], ...] = ((bool, "boolean"), (int, "integer"), (float, "float"))
    return next((name for kind, name in kinds if isinstance(value, kind)), "string")


def _joined(one: str | None, other: str) -> str:
    if one in (None, other):
        return other
    return "float" if {one, other} == {"integer", "float"} else "string"


def _iso(microseconds: int) -> str:
    """A moment in UTC; "" where there is none."""
    if microseconds == NO_TIME:
        return ""
    return (EPOCH + timedelta(microseconds=microseconds)).isoformat().replace("+00:00", "Z")


# ---- JSON ----------------------------------------------------------------------------------------------------------------------


def _as_json(parts: _Parts, task: Task) -> bytes:
    log = parts.log
    return msgspec.json.encode(
        {
            "objectTypes": _declared(parts.kinds(of_objects=True)),
            "eventTypes": _declared(parts.kinds(of_objects=False)),
            "objects": [
                {
                    "id": name,
                    "type": log.object_types[log.object_type[place]],
                    "attributes": [
                        {"name": key, "time": time or ALWAYS, "value": value} for key, value, time in parts.of_objects.get(place, ())
                    ],
                    "relationships": _relationships(parts.related(parts.links, place)),
                }
                for place, name in _each(log.object_ids, task)
            ],
            "events": [
                {
                    "id": name,
                    "type": log.activities[log.activity[place]],
                    "time": parts.times[place],
                    "attributes": [{"name": key, "value": value} for key, value, _ in parts.of_events.get(place, ())],
                    "relationships": _relationships(parts.related(parts.relations, place)),
                }
                for place, name in _each(log.event_ids, task)
            ],
        }
    )


def _declared(kinds: dict[str, dict[str, str]]) -> list[dict[str, Any]]:
    return [{"name": name, "attributes": [{"name": key, "type": kind} for key, kind in told.items()]} for name, told in kinds.items()]


def _relationships(related: list[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"objectId": target, "qualifier": qualifier} for target, qualifier in related]


def _each(names: Iterable[str], task: Task) -> Iterable[tuple[int, str]]:
    for place, name in enumerate(names):
        if not place & STEP:
            task.check()
        yield place, name


# ---- XML -----------------------------------------------------------------------------------------------------------------------


def _as_xml(parts: _Parts, task: Task) -> bytes:
    target, log = io.BytesIO(), parts.log
    with etree.xmlfile(target, encoding="UTF-8") as xml:
        xml.write_declaration()
        with xml.element("log"):
            for group, of_objects in (("object", True), ("event", False)):
                with xml.element(f"{group}-types"):
                    for name, attributes in parts.kinds(of_objects).items():
                        xml.write(_declaration(f"{group}-type", name, attributes))
            with xml.element("objects"):
                for place, name in _each(log.object_ids, task):
                    one = _element("object", id=name, type=log.object_types[log.object_type[place]])
                    timed = [(key, value, time or ALWAYS) for key, value, time in parts.of_objects.get(place, ())]
                    xml.write(_filled(one, timed, parts.related(parts.links, place)))
            with xml.element("events"):
                for place, name in _each(log.event_ids, task):
                    one = _element("event", id=name, type=log.activities[log.activity[place]], time=parts.times[place])
                    untimed = [(key, value, None) for key, value, _ in parts.of_events.get(place, ())]
                    xml.write(_filled(one, untimed, parts.related(parts.relations, place)))
    return target.getvalue()


def _element(tag: str, **attributes: str) -> Any:
    return etree.Element(tag, {name: _legal(text) for name, text in attributes.items()})


def _declaration(tag: str, name: str, attributes: dict[str, str]) -> Any:
    declared = _element(tag, name=name)
    inner = etree.SubElement(declared, "attributes")
    inner.extend(_element("attribute", name=key, type=kind) for key, kind in attributes.items())
    return declared


def _filled(element: Any, values: Iterable[tuple[str, Value, str | None]], related: list[tuple[str, str]]) -> Any:
    attributes = etree.SubElement(element, "attributes")
    for key, value, time in values:
        one = _element("attribute", name=key, **({} if time is None else {"time": time}))
        one.text = _legal(as_text(value))
        attributes.append(one)
    objects = etree.SubElement(element, "objects")
    objects.extend(_element("relationship", **{"object-id": target, "qualifier": qualifier}) for target, qualifier in related)
    return element


def as_text(value: Value) -> str:
    """A value as the forms without types of their own write it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _legal(text: str) -> str:
    return ILLEGAL.sub("\N{REPLACEMENT CHARACTER}", text)


# ---- SQLite --------------------------------------------------------------------------------------------------------------------

SCHEMA = """
CREATE TABLE event (ocel_id TEXT, ocel_type TEXT); CREATE TABLE object (ocel_id TEXT, ocel_type TEXT);
CREATE TABLE event_object (ocel_event_id TEXT, ocel_object_id TEXT, ocel_qualifier TEXT);
CREATE TABLE object_object (ocel_source_id TEXT, ocel_target_id TEXT, ocel_qualifier TEXT);
CREATE TABLE event_map_type (ocel_type TEXT, ocel_type_map TEXT); CREATE TABLE object_map_type (ocel_type TEXT, ocel_type_map TEXT);
"""
OWN_COLUMNS = ("ocel_id", "ocel_time", "ocel_changed_field")


def _as_sqlite(parts: _Parts, task: Task) -> bytes:
    log = parts.log
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute("PRAGMA temp_store = MEMORY")
        database.executescript(SCHEMA)
        objects = zip(log.object_ids, _named(log.object_type, log.object_types), strict=True)
        database.executemany("INSERT INTO object VALUES (?, ?)", objects)
        events = zip(log.event_ids, _named(log.activity, log.activities), strict=True)
        database.executemany("INSERT INTO event VALUES (?, ?)", events)
        for table, rows, names in (("event_object", log.relations, log.event_ids), ("object_object", log.links, log.object_ids)):
            task.check()
            told = ((names[owner], log.object_ids[target], log.qualifiers[kind]) for owner, target, kind in rows.tolist())
            database.executemany(f"INSERT INTO {table} VALUES (?, ?, ?)", told)  # noqa: S608 (one of two names)
        _put_events(database, parts, task)
        _put_objects(database, parts, task)
        database.commit()
        return database.serialize()


def _named(codes: Any, names: tuple[str, ...]) -> list[str]:
    return [names[code] for code in codes.tolist()]


def _put_events(database: sqlite3.Connection, parts: _Parts, task: Task) -> None:
    log = parts.log
    columns = _make_tables(database, "event", parts.kinds(of_objects=False), OWN_COLUMNS[:2])
    for place, name in _each(log.event_ids, task):
        table, names = columns[log.activities[log.activity[place]]]
        row: dict[str, Value] = {"ocel_id": name, "ocel_time": parts.times[place]}
        _insert(database, table, row | {names[key]: _stored(value) for key, value, _ in parts.of_events.get(place, ())})


def _put_objects(database: sqlite3.Connection, parts: _Parts, task: Task) -> None:
    """The values that always held stand in one row, each later one in a row of its own."""
    log = parts.log
    columns = _make_tables(database, "object", parts.kinds(of_objects=True), OWN_COLUMNS)
    for place, name in _each(log.object_ids, task):
        table, names = columns[log.object_types[log.object_type[place]]]
        first: dict[str, Value] = {"ocel_id": name, "ocel_time": ALWAYS}
        later: list[dict[str, Value]] = []
        for key, value, time in parts.of_objects.get(place, ()):
            if time in (None, ALWAYS) and names[key] not in first:
                first[names[key]] = _stored(value)
            else:
                later.append({"ocel_id": name, "ocel_time": time or ALWAYS, "ocel_changed_field": key, names[key]: _stored(value)})
        for row in (first, *later):
            _insert(database, table, row)


def _make_tables(
    database: sqlite3.Connection, family: str, kinds: dict[str, dict[str, str]], own: tuple[str, ...]
) -> dict[str, tuple[str, dict[str, str]]]:
    """A table for each type; its name and the column of each attribute by type. SQLite takes capital and small letters for the same."""
    made: dict[str, tuple[str, dict[str, str]]] = {}
    taken = {f"{family}_object", f"{family}_map_type"}
    for kind, attributes in kinds.items():
        if len(attributes) > MOST_COLUMNS:
            raise BadInput(TOO_MANY, count=len(attributes))
        mapped = _unique(re.sub(r"\W+", "", kind.title()), {name.removeprefix(f"{family}_") for name in taken})
        taken.add(f"{family}_{mapped}".lower())
        used = set(own)
        names: dict[str, str] = {}
        for name in attributes:
            names[name] = _unique(name.replace("\0", ""), used)
            used.add(names[name].lower())
        columns = ", ".join(_quoted(column) for column in (*own, *names.values()))
        database.execute(f"CREATE TABLE {_quoted(f'{family}_{mapped}')} ({columns})")
        database.execute(f"INSERT INTO {family}_map_type VALUES (?, ?)", (kind, mapped))  # noqa: S608 (one of two names)
        made[kind] = (f"{family}_{mapped}", names)
    return made


def _unique(name: str, taken: set[str]) -> str:
    found, count = name or "x", 1
    while found.lower() in taken:
        count += 1
        found = f"{name or 'x'}_{count}"
    return found


def _insert(database: sqlite3.Connection, table: str, row: dict[str, Value]) -> None:
    columns, marks = ", ".join(_quoted(name) for name in row), ", ".join("?" * len(row))
    database.execute(f"INSERT INTO {_quoted(table)} ({columns}) VALUES ({marks})", tuple(row.values()))  # noqa: S608 (names quoted)


def _stored(value: Value) -> Value:
    return as_text(value) if isinstance(value, bool) else value


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


WRITERS: dict[str, Callable[[_Parts, Task], bytes]] = {"json": _as_json, "xml": _as_xml, "sqlite": _as_sqlite}
