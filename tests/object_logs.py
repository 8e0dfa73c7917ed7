"""A small object-centric log in every format of OCEL, for the tests."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing

SECRET = "Ane Hemmelig"
EVENTS = (
    ("e1", "Opret sag", "2024-03-01T08:00:00Z", (("s1", "sag"), ("b1", "part"))),
    ("e2", "Send brev", "2024-03-02T09:30:00Z", (("s1", "sag"), ("s2", "sag"), ("d1", "brev"))),
    ("e3", "Opret sag", "2024-03-03T10:00:00Z", (("s2", "sag"), ("b1", "part"))),
    ("e4", "Afgør sag", "2024-03-05T12:00:00Z", (("s1", "sag"),)),
)
OBJECTS = (("s1", "Sag"), ("s2", "Sag"), ("b1", "Borger"), ("d1", "Brev"))
LINKS = (("d1", "s1", "vedrører"),)
ATTRIBUTE = ("b1", "navn", SECRET)
TYPES = {"Sag": 2, "Borger": 1, "Brev": 1}


def json_second() -> bytes:
    """OCEL 2.0 as JSON."""
    objects = [{"id": name, "type": kind, "attributes": [], "relationships": []} for name, kind in OBJECTS]
    objects[2]["attributes"] = [{"name": ATTRIBUTE[1], "time": "1970-01-01T00:00:00Z", "value": ATTRIBUTE[2]}]
    objects[3]["relationships"] = [{"objectId": target, "qualifier": qualifier} for _, target, qualifier in LINKS]
    events = [
        {"id": name, "type": kind, "time": time, "relationships": [{"objectId": one, "qualifier": role} for one, role in related]}
        for name, kind, time, related in EVENTS
    ]
    return json.dumps({"objectTypes": [], "eventTypes": [], "objects": objects, "events": events}, ensure_ascii=False).encode()


def json_first() -> bytes:
    """OCEL 1.0 as JSON."""
    return json.dumps(
        {
            "ocel:global-log": {"ocel:version": "1.0"},
            "ocel:events": {
                name: {"ocel:activity": kind, "ocel:timestamp": time, "ocel:omap": [one for one, _ in related], "ocel:vmap": {}}
                for name, kind, time, related in EVENTS
            },
            "ocel:objects": {
                name: {"ocel:type": kind, "ocel:ovmap": {ATTRIBUTE[1]: SECRET} if name == ATTRIBUTE[0] else {}} for name, kind in OBJECTS
            },
        },
        ensure_ascii=False,
    ).encode()


def xml_second() -> bytes:
    """OCEL 2.0 as XML."""
    related = {name: "" for name, _ in OBJECTS}
    for source, target, qualifier in LINKS:
        related[source] += f'<relationship object-id="{target}" qualifier="{qualifier}"/>'
    told = {ATTRIBUTE[0]: f'<attribute name="{ATTRIBUTE[1]}" time="1970-01-01T00:00:00Z">{SECRET}</attribute>'}
    objects = "".join(
        f'<object id="{name}" type="{kind}"><attributes>{told.get(name, "")}</attributes><objects>{related[name]}</objects></object>'
        for name, kind in OBJECTS
    )
    events = "".join(
        f'<event id="{name}" type="{kind}" time="{time}"><objects>'
        + "".join(f'<relationship object-id="{one}" qualifier="{role}"/>' for one, role in relations)
        + "</objects></event>"
        for name, kind, time, relations in EVENTS
    )
    return f"<?xml version='1.0' encoding='UTF-8'?><log><object-types/><objects>{objects}</objects><events>{events}</events></log>".encode()


def xml_first() -> bytes:
    """OCEL 1.0 as XML."""
    events = "".join(
        f'<event><string key="id" value="{name}"/><string key="activity" value="{kind}"/><date key="timestamp" value="{time}"/>'
        + '<list key="omap">'
        + "".join(f'<string key="object-id" value="{one}"/>' for one, _ in related)
        + "</list></event>"
        for name, kind, time, related in EVENTS
    )
    objects = "".join(
        f'<object><string key="id" value="{name}"/><string key="type" value="{kind}"/><list key="ovmap">'
        + (f'<string key="{ATTRIBUTE[1]}" value="{SECRET}"/>' if name == ATTRIBUTE[0] else "")
        + "</list></object>"
        for name, kind in OBJECTS
    )
    head = '<global scope="event"><string key="ocel:activity" value="__INVALID__"/></global>'
    return f"<?xml version='1.0' encoding='UTF-8'?><log>{head}<events>{events}</events><objects>{objects}</objects></log>".encode()


def table() -> bytes:
    """OCEL 1.0 as one table."""
    kinds = dict(OBJECTS)
    lines = ["ocel:eid,ocel:timestamp,ocel:activity," + ",".join(f"ocel:type:{kind}" for kind in TYPES)]
    for name, kind, time, related in EVENTS:
        cells = [repr([one for one, _ in related if kinds[one] == wanted]) for wanted in TYPES]
        lines.append(f"{name},{time},{kind}," + ",".join(f'"{cell}"' if cell != "[]" else "" for cell in cells))
    return "\n".join(lines).encode() + b"\n"


def database(*changes: str) -> bytes:
    """OCEL 2.0 as an SQLite database; changes: further statements."""
    with closing(sqlite3.connect(":memory:")) as made:
        made.executescript(
            "CREATE TABLE event (ocel_id TEXT, ocel_type TEXT); CREATE TABLE object (ocel_id TEXT, ocel_type TEXT);"
            "CREATE TABLE event_object (ocel_event_id TEXT, ocel_object_id TEXT, ocel_qualifier TEXT);"
            "CREATE TABLE object_object (ocel_source_id TEXT, ocel_target_id TEXT, ocel_qualifier TEXT);"
            "CREATE TABLE event_map_type (ocel_type TEXT, ocel_type_map TEXT);"
            "CREATE TABLE object_map_type (ocel_type TEXT, ocel_type_map TEXT);"
            "CREATE TABLE object_Borger (ocel_id TEXT, ocel_time TEXT, ocel_changed_field TEXT, navn TEXT);"
        )
        made.executemany("INSERT INTO object VALUES (?, ?)", OBJECTS)
        made.executemany("INSERT INTO object_map_type VALUES (?, ?)", [(kind, kind) for kind in TYPES])
        made.executemany("INSERT INTO object_object VALUES (?, ?, ?)", LINKS)
        made.execute("INSERT INTO object_Borger VALUES (?, '1970-01-01 00:00:00', NULL, ?)", (ATTRIBUTE[0], SECRET))
        for kind in dict.fromkeys(kind for _, kind, _, _ in EVENTS):
            mapped = kind.title().replace(" ", "").replace("ø", "oe")
            made.execute(f'CREATE TABLE "event_{mapped}" (ocel_id TEXT, ocel_time TIMESTAMP)')
            made.execute("INSERT INTO event_map_type VALUES (?, ?)", (kind, mapped))
            rows = [(name, time.replace("T", " ").removesuffix("Z")) for name, other, time, _ in EVENTS if other == kind]
            made.executemany(f'INSERT INTO "event_{mapped}" VALUES (?, ?)', rows)
        for name, kind, _, related in EVENTS:
            made.execute("INSERT INTO event VALUES (?, ?)", (name, kind))
            made.executemany("INSERT INTO event_object VALUES (?, ?, ?)", [(name, one, role) for one, role in related])
        for change in changes:
            made.execute(change)
        made.commit()
        return made.serialize()


FORMATS = {
    "json 2.0": json_second, "json 1.0": json_first, "xml 2.0": xml_second, "xml 1.0": xml_first, "sqlite": database, "csv": table,
}  # fmt: skip
