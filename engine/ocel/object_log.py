"""An object-centric log as columns, and the collector that the readers of its formats fill."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from engine.errors import N_, BadInput
from engine.log.columns import Notice

MAX_FIELD = 1 << 20
"""Most characters of an id, a name or a value."""
NO_TYPE = "(no type)"
NO_ACTIVITY = "(no activity)"

LONG_FIELD = N_("The file {file} holds a value longer than {size} characters. It was not read.")
NO_EVENTS = N_("The object-centric log {file} holds no events.")
UNKNOWN_OBJECTS = N_("Relations to objects that the file does not describe were left out: {count}.")
UNQUALIFIED = N_("Relations of events to objects that do not say in which role: {count}.")
REPEATED_OBJECTS = N_("Objects that are described more than once were read as the first says: {count}.")
REPEATED_EVENTS = N_("Events with the id of an earlier one: {count}. Each was read as an event of its own.")
UNNAMED_EVENTS = N_("Events without an activity: {count}. They are shown as {name}.")
UNTYPED_OBJECTS = N_("Objects without a type: {count}. They are shown as {name}.")
NAMELESS_OBJECTS = N_("Objects without an id were left out: {count}.")
TIMELESS = N_("Rows of events that the table of events does not name were left out: {count}.")


@dataclass(frozen=True)
class Attributes:
    """Values of events or objects in file order. owner: index of event or object, shape (n,). time: as written, None for always."""

    owner: list[int] = field(default_factory=list)
    name: list[str] = field(default_factory=list)
    value: list[str | int | float | bool | None] = field(default_factory=list)
    time: list[str | None] = field(default_factory=list)

    def add(self, owner: int, name: str, value: object, time: object = None) -> None:
        """Keep one value; what is no plain value is kept as text."""
        plain = value if value is None or isinstance(value, str | int | float | bool) else str(value)
        self.owner.append(owner)
        self.name.append(name)
        self.value.append(plain)
        self.time.append(None if time is None else str(time))


@dataclass(frozen=True)
class ObjectLog:
    """Events, objects and how they belong together, all in file order.

    activity, object_type: codes into `activities` and `object_types`, shapes (n_events,) and (n_objects,). times: as the file writes them.
    relations: indices of event and object and the code of the qualifier, shape (n_relations, 3); links: object, object, qualifier.
    version: "1.0" or "2.0". unknown_objects: relations to objects that are not there.
    """

    file_name: str
    version: str
    event_ids: tuple[str, ...]
    activity: NDArray[np.int64]
    activities: tuple[str, ...]
    times: pa.Array
    object_ids: tuple[str, ...]
    object_type: NDArray[np.int64]
    object_types: tuple[str, ...]
    relations: NDArray[np.int64]
    links: NDArray[np.int64]
    qualifiers: tuple[str, ...]
    event_attributes: Attributes
    object_attributes: Attributes
    unknown_objects: int = 0
    notices: tuple[Notice, ...] = ()

    @property
    def n_events(self) -> int:
        """Number of events."""
        return len(self.event_ids)

    @property
    def n_objects(self) -> int:
        """Number of objects."""
        return len(self.object_ids)

    def takes_part(self) -> NDArray[np.bool_]:
        """Which objects belong to an event, shape (n_objects,)."""
        found = np.zeros(self.n_objects, np.bool_)
        found[self.relations[:, 1]] = True
        return found

    def objects_by_type(self) -> dict[str, int]:
        """Number of objects with events of each type, most first, then by name; types without any are left out."""
        counts = np.bincount(self.object_type[self.takes_part()], minlength=len(self.object_types)).tolist()
        return dict(sorted(((name, count) for name, count in zip(self.object_types, counts, strict=True) if count), key=_by_count))


def _by_count(one: tuple[str, int]) -> tuple[int, str]:
    return -one[1], one[0]


class Codes:
    """Texts numbered by first appearance."""

    def __init__(self) -> None:
        self._codes: dict[str, int] = {}

    def of(self, text: str) -> int:
        """The code of a text."""
        return self._codes.setdefault(text, len(self._codes))

    def texts(self) -> tuple[str, ...]:
        """The texts by code."""
        return tuple(self._codes)


class Collector:
    """Takes events and objects in the order of the file; objects may be named before they are described."""

    def __init__(self, file_name: str, version: str) -> None:
        self.file_name = file_name
        self.version = version
        self.event_ids: list[str] = []
        self.event_attributes, self.object_attributes = Attributes(), Attributes()
        self._activity: list[int] = []
        self._times: list[str | None] = []
        self._objects: dict[str, int] = {}
        self._types: list[int] = []
        self._relations: list[tuple[int, str, int]] = []
        self._links: list[tuple[int, str, int]] = []
        self._activities, self._object_types, self._qualifiers = Codes(), Codes(), Codes()
        self._counts: dict[str, int] = {}

    def count(self, notice: str, n: int = 1) -> None:
        """Count what has to be said (one of the sentences above)."""
        self._counts[notice] = self._counts.get(notice, 0) + n

    def add_event(self, identifier: object, activity: object, time: object) -> int:
        """Take an event; its index."""
        name = _text(activity)
        if not name.strip():
            self.count(UNNAMED_EVENTS)
            name = NO_ACTIVITY
        self._activity.append(self._activities.of(name))
        self._times.append(None if time is None else str(time))
        self.event_ids.append(_text(identifier))
        return len(self.event_ids) - 1

    def relate(self, event: int, target: object, qualifier: object) -> None:
        """Let an event belong to an object; qualifier: None where the file does not say in which role."""
        if qualifier is None and self.version != "1.0":
            self.count(UNQUALIFIED)
        self._relations.append((event, _text(target), self._qualifiers.of(_text(qualifier))))

    def add_object(self, identifier: object, kind: object) -> int | None:
        """Take an object; its index, None when it has no id or was described before."""
        name, kind_name = _text(identifier), _text(kind)
        if not name:
            self.count(NAMELESS_OBJECTS)
            return None
        if name in self._objects:
            self.count(REPEATED_OBJECTS)
            return None
        if not kind_name.strip():
            self.count(UNTYPED_OBJECTS)
            kind_name = NO_TYPE
        self._objects[name] = len(self._objects)
        self._types.append(self._object_types.of(kind_name))
        return len(self._objects) - 1

    def knows(self, identifier: str) -> bool:
        """Whether an object was described."""
        return identifier in self._objects

    def index_of(self, identifier: object) -> int | None:
        """The index of an object that was described."""
        return self._objects.get(_text(identifier))

    def link(self, source: int, target: object, qualifier: object) -> None:
        """Let an object belong to another."""
        self._links.append((source, _text(target), self._qualifiers.of(_text(qualifier))))

    def finish(self) -> ObjectLog:
        """The log; BadInput when it holds no events, or a value that is too long."""
        if not self.event_ids:
            raise BadInput(NO_EVENTS, file=self.file_name)
        self._check_lengths()
        relations, links = self._resolved(self._relations), self._resolved(self._links)
        unknown = len(self._relations) - len(relations)
        lost = unknown + len(self._links) - len(links)
        if lost:
            self.count(UNKNOWN_OBJECTS, lost)
        if repeated := len(self.event_ids) - len(set(self.event_ids)):
            self.count(REPEATED_EVENTS, repeated)
        return ObjectLog(
            file_name=self.file_name,
            version=self.version,
            event_ids=tuple(self.event_ids),
            activity=np.array(self._activity, np.int64),
            activities=self._activities.texts(),
            times=pa.array(self._times, pa.string()),
            object_ids=tuple(self._objects),
            object_type=np.array(self._types, np.int64),
            object_types=self._object_types.texts(),
            relations=relations,
            links=links,
            qualifiers=self._qualifiers.texts(),
            event_attributes=self.event_attributes,
            object_attributes=self.object_attributes,
            unknown_objects=unknown,
            notices=tuple(Notice(sentence, _values(sentence, count)) for sentence, count in self._counts.items()),
        )

    def _resolved(self, pairs: list[tuple[int, str, int]]) -> NDArray[np.int64]:
        known = [(owner, self._objects[target], qualifier) for owner, target, qualifier in pairs if target in self._objects]
        return np.array(known, np.int64).reshape(-1, 3)

    def _check_lengths(self) -> None:
        texts: tuple[Iterable[str | None], ...] = (
            self.event_ids,
            self._activities.texts(),
            self._times,
            self._objects,
            self._object_types.texts(),
            self._qualifiers.texts(),
            *(kept.name for kept in (self.event_attributes, self.object_attributes)),
            *((value for value in kept.value if isinstance(value, str)) for kept in (self.event_attributes, self.object_attributes)),
        )
        for found in texts:
            if max(map(len, filter(None, found)), default=0) > MAX_FIELD:
                raise BadInput(LONG_FIELD, file=self.file_name, size=MAX_FIELD)


def _text(value: object) -> str:
    """An id or a name as text; numbers are ids in some files."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)


def _values(sentence: str, count: int) -> dict[str, str | int | float]:
    names = {UNNAMED_EVENTS: NO_ACTIVITY, UNTYPED_OBJECTS: NO_TYPE}
    return {"count": count, "name": names[sentence]} if sentence in names else {"count": count}
