"""What a project keeps of objects: an object-centric log without what tells of persons, or one made of a log's further identifiers."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import msgspec
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from engine.errors import N_, BadInput
from engine.importing.personal import is_employee
from engine.log.columns import CASE, object_key
from engine.log.event_log import NO_TIME, EventLog
from engine.ocel.object_log import Attributes, Codes, ObjectLog
from engine.personal.masking import holds_person, without_persons
from engine.tasks import Task
from engine.vault.pseudonyms import pseudonymise

OBJECT = object_key("")
STAMP = pa.timestamp("us", "UTC")


def kept_objects(log: ObjectLog, times: NDArray[np.int64], key: bytes, task: Task) -> ObjectLog:
    """The log as a project may keep it: ids are pseudonyms, events are numbered; attributes, which nobody chose, and employees are gone.

    times: of the events, microseconds since 1970 UTC. What looks like a person in names of activities and roles is masked.
    """
    kept = np.array([not is_employee(name) for name in log.object_types], np.bool_)[log.object_type]
    place = np.cumsum(kept) - 1
    ids = pa.array([name for name, is_kept in zip(log.object_ids, kept.tolist(), strict=True) if is_kept], pa.string())
    types, type_codes = _used(log.object_types, log.object_type[kept])
    activities, activity = _unmasked(log)
    task.check()
    relations, links = (_among(rows, kept, place, both) for rows, both in ((log.relations, False), (log.links, True)))
    return replace(
        log,
        event_ids=_numbered(log.n_events),
        activity=activity,
        activities=activities,
        times=_stamps(times),
        object_ids=tuple(pseudonymise(ids, key, task).to_pylist()),
        object_type=type_codes,
        object_types=types,
        relations=relations,
        links=links,
        qualifiers=_masked(log.qualifiers),
        event_attributes=Attributes(),
        object_attributes=Attributes(),
        notices=(),
        unknown_objects=0,
    )


def _numbered(n: int) -> tuple[str, ...]:
    return tuple(f"e{number}" for number in range(1, n + 1))


def _stamps(times: NDArray[np.int64]) -> pa.Array:
    return pa.array(times, pa.int64(), mask=times == NO_TIME).cast(STAMP)


def _used(names: tuple[str, ...], codes: NDArray[np.int64]) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """Only the names that occur, and the codes among them."""
    used, found = np.unique(codes, return_inverse=True)
    return tuple(names[code] for code in used.tolist()), found.astype(np.int64)


def _among(rows: NDArray[np.int64], kept: NDArray[np.bool_], place: NDArray[np.int64], both: bool) -> NDArray[np.int64]:
    """Relations to objects that are kept, by their new places."""
    there = kept[rows[:, 1]] & (kept[rows[:, 0]] if both else True)
    found = rows[there].copy()
    found[:, 1] = place[found[:, 1]]
    if both:
        found[:, 0] = place[found[:, 0]]
    return found


def _unmasked(log: ObjectLog) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """Names of activities without what looks like a person, and the codes among them."""
    encoded = pa.array(_masked(log.activities), pa.string()).dictionary_encode()
    return tuple(encoded.dictionary.to_pylist()), encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)[log.activity]


def _masked(names: tuple[str, ...]) -> tuple[str, ...]:
    texts = pa.array(names, pa.string())
    changed = zip(names, without_persons(texts).to_pylist(), holds_person(texts).tolist(), strict=True)
    return tuple(new if hit else old for old, new, hit in changed)


def identifiers_of(log: EventLog) -> tuple[str, ...]:
    """The further identifiers by which the cases of a log may be cut another way."""
    return tuple(name.removeprefix(OBJECT) for name in log.event_columns if name.startswith(OBJECT) and not is_employee(name))


def case_name(log: EventLog) -> str:
    """What a case of a log is called."""
    return log.roles.case or CASE


def objects_in(log: EventLog, name: str) -> ObjectLog | None:
    """The log as an object-centric one: its cases and every further identifier are objects; None where it has no such identifiers."""
    names = identifiers_of(log)
    if not names:
        return None
    n = log.n_events
    types, ids = Codes(), [log.case_ids.to_pylist()]
    rows = [np.stack([np.arange(n), np.repeat(np.arange(log.n_cases), np.diff(log.offsets))])]
    kinds = [np.full(log.n_cases, types.of(case_name(log)))]
    at = log.n_cases
    for identifier in names:
        column = log.event_columns[object_key(identifier)]
        codes = column.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
        used, place = np.unique(codes[codes >= 0], return_inverse=True)
        rows.append(np.stack([np.flatnonzero(codes >= 0), place + at]))
        ids.append(column.dictionary.take(pa.array(used)).cast(pa.string()).to_pylist())
        kinds.append(np.full(len(used), types.of(identifier)))
        at += len(used)
    pairs = np.concatenate(rows, axis=1).T
    pairs = pairs[np.argsort(pairs[:, 0], kind="stable")]
    return ObjectLog(
        file_name=name,
        version="2.0",
        event_ids=_numbered(n),
        activity=log.activity.astype(np.int64),
        activities=log.activities,
        times=_stamps(np.asarray(log.timestamp)),
        object_ids=tuple(one for each in ids for one in each),
        object_type=np.concatenate(kinds).astype(np.int64),
        object_types=types.texts(),
        relations=np.column_stack([pairs, np.zeros(len(pairs), np.int64)]),
        links=np.empty((0, 3), np.int64),
        qualifiers=("",),
        event_attributes=Attributes(),
        object_attributes=Attributes(),
    )


def with_unique_ids(log: ObjectLog) -> ObjectLog:
    """The log with ids that no two objects share: objects of different types may have been numbered alike."""
    if len(set(log.object_ids)) == log.n_objects:
        return log
    seen: dict[str, int] = {}
    for one in log.object_ids:
        seen[one] = seen.get(one, 0) + 1
    kinds = log.object_type.tolist()
    ids = (f"{one}-{kind}" if seen[one] > 1 else one for one, kind in zip(log.object_ids, kinds, strict=True))
    return replace(log, object_ids=tuple(ids))


# ---- kept in a project --------------------------------------------------------------------------------------------------------


def encode(log: ObjectLog) -> bytes:
    """The log as the content of a project's part: one Arrow stream (LZ4) for each of events, objects, relations and links."""
    tables = (
        {"activity": _coded(log.activity, log.activities), "time": log.times},
        {"id": pa.array(log.object_ids, pa.string()), "type": _coded(log.object_type, log.object_types)},
        _relation_columns(log.relations, log.qualifiers),
        _relation_columns(log.links, log.qualifiers),
    )
    streams = [_stream(table) for table in tables]
    head = msgspec.json.encode([log.file_name, [len(stream) for stream in streams]])
    return b"".join([len(head).to_bytes(4, "big"), head, *streams])


def _coded(codes: NDArray[np.int64], names: tuple[str, ...]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32)), pa.array(names, pa.string()))


def _relation_columns(rows: NDArray[np.int64], qualifiers: tuple[str, ...]) -> dict[str, pa.Array]:
    return {"owner": pa.array(rows[:, 0]), "object": pa.array(rows[:, 1]), "qualifier": _coded(rows[:, 2], qualifiers)}


def _stream(columns: dict[str, pa.Array]) -> bytes:
    table, sink = pa.table(columns), pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema, options=pa.ipc.IpcWriteOptions(compression="lz4")) as writer:
        for batch in table.to_batches() or [pa.RecordBatch.from_pydict(columns)]:
            writer.write_batch(batch)
    content: bytes = sink.getvalue().to_pybytes()
    return content


def decode(content: bytes) -> ObjectLog:
    """The log in the content of a project's part; BadInput when it does not fit together."""
    try:
        size = int.from_bytes(content[:4], "big")
        name, sizes = msgspec.json.decode(content[4 : 4 + size], type=tuple[str, tuple[int, int, int, int]])
        bounds = np.cumsum([4 + size, *sizes]).tolist()
        tables = [_table(content[begin:end]) for begin, end in pairwise(bounds)]
        return _assembled(name, *tables)
    except (pa.ArrowException, msgspec.DecodeError, KeyError, TypeError, ValueError, IndexError) as error:
        raise BadInput(N_("The project's data do not fit together. Restore the project folder from a backup.")) from error


def _table(content: bytes) -> dict[str, pa.Array]:
    table = pa.ipc.open_stream(content).read_all().combine_chunks()
    columns = {name: table[name].combine_chunks() for name in table.column_names}
    return {name: column.chunk(0) if isinstance(column, pa.ChunkedArray) else column for name, column in columns.items()}


def _codes(column: pa.DictionaryArray) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    return tuple(column.dictionary.to_pylist()), column.indices.to_numpy(zero_copy_only=False).astype(np.int64)


def _assembled(
    name: str, events: dict[str, pa.Array], objects: dict[str, pa.Array], relations: dict[str, pa.Array], links: dict[str, pa.Array]
) -> ObjectLog:
    activities, activity = _codes(events["activity"])
    types, kinds = _codes(objects["type"])
    rows, between = (_rows(one, len(owners), len(kinds)) for one, owners in ((relations, activity), (links, kinds)))
    return ObjectLog(
        file_name=name,
        version="2.0",
        event_ids=_numbered(len(activity)),
        activity=activity,
        activities=activities,
        times=events["time"],
        object_ids=tuple(objects["id"].to_pylist()),
        object_type=kinds,
        object_types=types,
        relations=rows,
        links=between,
        qualifiers=_codes(relations["qualifier"])[0],
        event_attributes=Attributes(),
        object_attributes=Attributes(),
    )


def _rows(columns: dict[str, pa.Array], n_owners: int, n_objects: int) -> NDArray[np.int64]:
    numbers = [columns[name].to_numpy(zero_copy_only=False) for name in ("owner", "object")]
    rows = np.column_stack([*numbers, _codes(columns["qualifier"])[1]]).astype(np.int64)
    if len(rows) and (rows.min() < 0 or rows[:, 0].max() >= n_owners or rows[:, 1].max() >= n_objects):
        raise ValueError
    return rows


def without_object(log: ObjectLog, pseudonym: str) -> ObjectLog:
    """The log without the objects of a pseudonym and the events that they have part in, and without what then has no event any more."""
    gone = np.array([one == pseudonym for one in log.object_ids], np.bool_)
    events = np.ones(log.n_events, np.bool_)
    events[log.relations[gone[log.relations[:, 1]], 0]] = False
    relations = log.relations[events[log.relations[:, 0]]]
    objects = np.zeros(log.n_objects, np.bool_)
    objects[relations[:, 1]] = True
    objects |= ~gone & ~log.takes_part()
    new_event, new_object = np.cumsum(events) - 1, np.cumsum(objects) - 1
    links = log.links[objects[log.links[:, 0]] & objects[log.links[:, 1]]]
    types, kinds = _used(log.object_types, log.object_type[objects])
    return replace(
        log,
        event_ids=_numbered(int(events.sum())),
        activity=log.activity[events],
        times=log.times.filter(pa.array(events)),
        object_ids=tuple(one for one, kept in zip(log.object_ids, objects.tolist(), strict=True) if kept),
        object_type=kinds,
        object_types=types,
        relations=np.column_stack([new_event[relations[:, 0]], new_object[relations[:, 1]], relations[:, 2]]),
        links=np.column_stack([new_object[links[:, 0]], new_object[links[:, 1]], links[:, 2]]),
    )
