"""XES event logs (IEEE 1849) from memory: a stream of traces; document types, entities and the network are refused."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
from lxml import etree
from numpy.typing import NDArray

from engine.errors import N_, BadInput
from engine.tasks import Task

MAX_FIELD = 1 << 20
"""Most characters of one attribute value."""

CASE_NAME, ACTIVITY_NAME, TIME, GROUP = "concept:name", "concept:name", "time:timestamp", "org:group"
CASE_PREFIX = "case:"

LONG_TRACE = 1000
"""Events of a trace that are kept in memory until its end; of a longer one each is forgotten at once."""

LOOKED_AT = 1000
"""Events and traces in which attributes are looked for when one that was asked for is missing."""

READING = N_("Reading events")
NOT_XES = N_("The file {file} is XML but not an event log in XES (its outermost element is not log).")
OBJECT_CENTRIC = N_("The file {file} is an object-centric log (OCEL), but does not begin like one. Export it again.")
OBJECT_PARTS = frozenset({"object-types", "event-types", "events", "objects"})
CASE_PARTS = frozenset({"trace", "event", "extension", "classifier"})
FIRST_PARTS = 4000
"""Elements among which is looked for the parts of an object-centric log."""
DOCTYPE = N_("The file {file} declares a document type, which an event log never needs. For safety it was not read.")
BROKEN = N_("The file {file} is not well-formed XML: it breaks at line {line}. Export it again.")
LONG_FIELD = N_("The file {file} holds a value longer than {size} characters. It was not read.")

OPTIONS: dict[str, Any] = {
    "huge_tree": False,
    "resolve_entities": False,
    "load_dtd": False,
    "no_network": True,
    "remove_blank_text": True,
    "remove_comments": True,
    "remove_pis": True,
}


@dataclass(frozen=True)
class XesKeys:
    """Attribute keys to read; `case` is a trace attribute, the rest belong to events."""

    case: str = CASE_NAME
    activity: str = ACTIVITY_NAME
    timestamp: str = TIME
    start: str | None = None
    unit: str | None = GROUP


@dataclass
class XesLog:
    """Columns in file order. Codes index `cases` and `activities`; -1 stands for a missing activity name.

    timestamp, start and unit hold the attribute values as text, shape (n_events,). case_of_trace: the case code of each trace.
    """

    case: list[int] = field(default_factory=list)
    activity: list[int] = field(default_factory=list)
    timestamp: list[str | None] = field(default_factory=list)
    start: list[str | None] = field(default_factory=list)
    unit: list[str | None] = field(default_factory=list)
    cases: dict[str, int] = field(default_factory=dict)
    activities: dict[str, int] = field(default_factory=dict)
    n_traces: int = 0
    empty_traces: int = 0
    unnamed_traces: int = 0
    repeated_names: int = 0
    misplaced: int = 0

    def case_codes(self) -> NDArray[np.int64]:
        """Case of each event, shape (n_events,)."""
        return np.array(self.case, np.int64)

    def activity_codes(self) -> NDArray[np.int64]:
        """Activity of each event, shape (n_events,); -1 where it has no name."""
        return np.array(self.activity, np.int64)


def read_xes(buffer: pa.Buffer, file_name: str, keys: XesKeys, task: Task) -> XesLog:
    """Read the events of a XES file that lies in memory; BadInput when it is not well-formed, not XES, or declares a document type."""
    try:
        check_root(buffer, file_name)
        return _Reader(buffer, file_name, keys, task).read()
    except etree.XMLSyntaxError as error:
        raise BadInput(BROKEN, file=file_name, line=error.lineno or 1) from error


def is_object_centric(buffer: pa.Buffer) -> bool:
    """Whether an XML text is an object-centric log (OCEL) by the first of its parts that tells; damage is left to the readers."""
    depth = 0
    try:
        steps = etree.iterparse(pa.BufferReader(buffer), events=("start", "end"), **OPTIONS)
        for count, (step, element) in enumerate(steps):
            if step == "end":
                depth -= 1
                continue
            depth += 1
            name = etree.QName(element).localname if depth == 2 else ""
            if name in OBJECT_PARTS or (depth <= 3 and str(element.get("key")).startswith("ocel:")):
                return True
            if name in CASE_PARTS or count > FIRST_PARTS:
                return False
    except etree.XMLSyntaxError:
        pass
    return False


def attribute_names(buffer: pa.Buffer) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Keys of the attributes that the first traces, and their events, have; for a file that `read_xes` has read."""
    of_traces: dict[str, None] = {}
    of_events: dict[str, None] = {}
    parts = etree.iterparse(pa.BufferReader(buffer), events=("end",), tag=("{*}trace", "{*}event"), **OPTIONS)
    for count, (_, element) in enumerate(parts):
        is_event = element.tag.rpartition("}")[2] == "event"
        (of_events if is_event else of_traces).update(dict.fromkeys(key for child in element if (key := child.get("key"))))
        if not is_event:
            forget(element)
        if count >= LOOKED_AT:
            break
    return tuple(of_traces), tuple(of_events)


def attribute_values(buffer: pa.Buffer, file_name: str, task: Task) -> dict[str, set[str]]:
    """The different values of every attribute of a log, its traces and events, by key; BadInput as for `read_xes`."""
    found: dict[str, set[str]] = {}
    try:
        check_root(buffer, file_name)
        for count, (_, element) in enumerate(etree.iterparse(pa.BufferReader(buffer), events=("end",), **OPTIONS)):
            key, value = element.get("key"), element.get("value")
            if key is not None and value is not None:
                found.setdefault(key, set()).add(value)
            if element.tag.rpartition("}")[2] in {"event", "trace"}:
                forget(element)
            if count % LOOKED_AT == 0:
                task.check()
    except etree.XMLSyntaxError as error:
        raise BadInput(BROKEN, file=file_name, line=error.lineno or 1) from error
    return found


def check_root(buffer: pa.Buffer, file_name: str) -> None:
    """Look at the prolog and the outermost element before anything else is parsed; BadInput when it is no event log."""
    for _, root in etree.iterparse(pa.BufferReader(buffer), events=("start",), **OPTIONS):
        if root.getroottree().docinfo.doctype:
            raise BadInput(DOCTYPE, file=file_name)
        if etree.QName(root).localname != "log":
            raise BadInput(NOT_XES, file=file_name)
        return


class _Reader:
    """Takes one event after the other off the stream and forgets it."""

    def __init__(self, buffer: pa.Buffer, file_name: str, keys: XesKeys, task: Task) -> None:
        self.source = pa.BufferReader(buffer)
        self.size = max(buffer.size, 1)
        self.file_name = file_name
        self.keys = keys
        self.task = task
        self.log = XesLog()
        self.open_trace: Any = None

    def read(self) -> XesLog:
        tags = ("{*}trace", "{*}event", "{*}events", "{*}object-types")
        kinds: dict[str, str] = {}
        for count, (_, element) in enumerate(etree.iterparse(self.source, events=("end",), tag=tags, **OPTIONS)):
            kind = kinds.get(element.tag) or kinds.setdefault(element.tag, etree.QName(element).localname)
            if kind == "event":
                self._take_event(element)
            elif kind == "trace":
                self._take_trace(element)
            elif is_outermost(element.getparent()):
                raise BadInput(OBJECT_CENTRIC, file=self.file_name)
            if not count & 0xFFF:
                self.task.report(min(1.0, self.source.tell() / self.size), READING)
        self._check_lengths()
        return self.log

    def _check_lengths(self) -> None:
        log = self.log
        for values in (log.cases, log.activities, log.timestamp, log.start, log.unit):
            if max(map(len, filter(None, values)), default=0) > MAX_FIELD:
                raise BadInput(LONG_FIELD, file=self.file_name, size=MAX_FIELD)

    def _take_event(self, event: Any) -> None:
        trace = event.getparent()
        if trace is self.open_trace or self._opens(trace):
            self._add_event(event)
            if len(self.log.activity) - len(self.log.case) > LONG_TRACE:
                event.clear()
            return
        self.log.misplaced += 1
        event.clear()
        if is_outermost(trace):
            forget(event)

    def _opens(self, trace: Any) -> bool:
        """Whether events may stand in this element: a trace directly below the outermost one."""
        if trace is None or trace.tag.rpartition("}")[2] != "trace" or not is_outermost(trace.getparent()):
            return False
        self.open_trace = trace
        return True

    def _add_event(self, event: Any) -> None:
        keys, log = self.keys, self.log
        activity = timestamp = start = unit = None
        for attribute in event:
            key = attribute.get("key")
            if key == keys.activity:
                activity = attribute.get("value")
            elif key == keys.timestamp:
                timestamp = attribute.get("value")
            elif key == keys.unit:
                unit = attribute.get("value")
            elif key is not None and key == keys.start:
                start = attribute.get("value")
        log.activity.append(log.activities.setdefault(activity, len(log.activities)) if activity and activity.strip() else -1)
        log.timestamp.append(timestamp)
        if keys.start is not None:
            log.start.append(start)
        if keys.unit is not None:
            log.unit.append(unit)

    def _take_trace(self, trace: Any) -> None:
        log = self.log
        if not is_outermost(trace.getparent()):
            log.misplaced += 1
            return
        log.n_traces += 1
        n_events = len(log.activity) - len(log.case)
        if n_events:
            log.case += [self._case_of(trace)] * n_events
        else:
            log.empty_traces += 1
        forget(trace)

    def _case_of(self, trace: Any) -> int:
        log = self.log
        name = next((child.get("value") for child in trace if child.get("key") == self.keys.case), None)
        if not name or not name.strip():
            log.unnamed_traces += 1
            name = f"trace {log.n_traces}"
        if name in log.cases:
            log.repeated_names += 1
        return log.cases.setdefault(name, len(log.cases))


def is_outermost(element: Any) -> bool:
    """Whether nothing stands around an element."""
    return element is not None and element.getparent() is None


def forget(element: Any) -> None:
    """Free an element of the outermost one and everything before it."""
    element.clear()
    parent = element.getparent()
    while element.getprevious() is not None:
        del parent[0]
