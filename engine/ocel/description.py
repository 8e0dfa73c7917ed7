"""An object-centric log in numbers, as `describe` prints it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
from msgspec import Struct

from engine.errors import N_
from engine.log.columns import Notice
from engine.log.event_log import NO_TIME
from engine.ocel.object_log import ObjectLog
from engine.ocel.reading import case_types, times_of
from engine.tasks import Task
from engine.texts import Texts

WITHOUT_EVENTS = N_("Objects without events are not counted: {count}.")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TOP = 10


class ObjectDescription(Struct, frozen=True):
    """The numbers of an object-centric log.

    Objects without events are not counted, like cases without events, and a warning names how many they are; nor are relations to them.
    object_types: objects by type. event_types: events by activity. e2o_qualifiers_top10: relations of events to objects by the role that
    they name. case_notions: the object types that may be the case. first_event, last_event: ISO 8601, UTC. warnings: sentences.
    """

    version: str
    events: int
    objects: int
    activities: int
    object_types: dict[str, int]
    event_object_relations: int
    object_object_relations: int
    event_types: dict[str, int]
    distinct_event_ids: int
    event_attribute_values: int
    object_attribute_values: int
    first_event: str | None
    last_event: str | None
    events_missing_or_bad_time: int
    e2o_to_undeclared_objects: int
    events_without_objects: int
    events_with_multiple_objects: int
    objects_without_events: int
    e2o_qualifiers_top10: dict[str, int]
    case_notions: tuple[str, ...]
    warnings: tuple[str, ...]


def describe_objects(log: ObjectLog, timezone: str, texts: Texts, task: Task) -> ObjectDescription:
    """Measure a whole object-centric log; the warnings are written in the language of the texts."""
    task.check()
    time = times_of(log, timezone)
    known = time.times[time.times != NO_TIME]
    of_events = np.bincount(np.unique(log.relations[:, :2], axis=0)[:, 0], minlength=log.n_events)
    takes_part = log.takes_part()
    idle = [] if takes_part.all() else [Notice(WITHOUT_EVENTS, {"count": int((~takes_part).sum())})]
    task.check()
    return ObjectDescription(
        version=log.version,
        events=log.n_events,
        objects=int(takes_part.sum()),
        activities=len(log.activities),
        object_types=log.objects_by_type(),
        event_object_relations=len(log.relations) + log.unknown_objects,
        object_object_relations=int((takes_part[log.links[:, 0]] & takes_part[log.links[:, 1]]).sum()),
        event_types=_counted(log.activity, log.activities),
        distinct_event_ids=len(set(log.event_ids)),
        event_attribute_values=len(log.event_attributes.owner),
        object_attribute_values=len(log.object_attributes.owner),
        first_event=_iso(int(known.min())) if len(known) else None,
        last_event=_iso(int(known.max())) if len(known) else None,
        events_missing_or_bad_time=log.n_events - len(known),
        e2o_to_undeclared_objects=log.unknown_objects,
        events_without_objects=int((of_events == 0).sum()),
        events_with_multiple_objects=int((of_events > 1).sum()),
        objects_without_events=int((~takes_part).sum()),
        e2o_qualifiers_top10=dict(list(_counted(log.relations[:, 2], log.qualifiers).items())[:TOP]),
        case_notions=case_types(log),
        warnings=tuple(texts(notice.message, **notice.values) for notice in (*log.notices, *idle, *time.notices)),
    )


def _counted(codes: np.ndarray[tuple[int, ...], np.dtype[np.int64]], names: tuple[str, ...]) -> dict[str, int]:
    """How often each name occurs, most first, then by name."""
    counts = np.bincount(codes, minlength=len(names)).tolist()
    return dict(sorted(((name, count) for name, count in zip(names, counts, strict=True) if count), key=lambda one: (-one[1], one[0])))


def _iso(microseconds: int) -> str:
    return (EPOCH + timedelta(microseconds=microseconds)).isoformat()


def readable_objects(description: ObjectDescription, name: str, texts: Texts) -> str:
    """The description as a short table for people."""
    rows = [
        (texts("Events"), texts.number(description.events)),
        (texts("Activities"), texts.number(description.activities)),
        (texts("Objects"), texts.number(description.objects)),
        (texts("Relations of events to objects"), texts.number(description.event_object_relations)),
        (texts("Relations of objects to objects"), texts.number(description.object_object_relations)),
        (texts("First event"), description.first_event or "–"),
        (texts("Last event"), description.last_event or "–"),
    ]
    width = max(len(label) for label, _ in rows)
    lines = [name, *(f"  {label:<{width}}  {value}" for label, value in rows), "", texts("Objects by type")]
    lines += [f"  {texts.number(count):>9}  {kind}" for kind, count in description.object_types.items()]
    if description.case_notions:
        lines += ["", texts("Choose with --object-type what is the case: {types}.", types=", ".join(description.case_notions))]
    lines += ["", *(texts("Note: {text}", text=warning) for warning in description.warnings)] if description.warnings else []
    return "\n".join(lines)
