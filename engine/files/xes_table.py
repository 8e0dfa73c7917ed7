"""A XES log as a table: one row per event, one column per attribute of events, and of their traces under "case:"."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.ipc as pa_ipc
from lxml import etree

from engine.errors import N_, BadInput
from engine.files.xes import BROKEN, CASE_NAME, CASE_PREFIX, OBJECT_CENTRIC, OPTIONS, READING, check_root, forget, is_outermost
from engine.tasks import Task

MOST_COLUMNS = 1000
NO_EVENTS = N_("The log {file} holds no events.")
TOO_MANY = N_("The events of {file} have more than {count} different attributes. Leave some out and export it again.")


def read_rows_of_xes(buffer: pa.Buffer, file_name: str, task: Task) -> pa.Table:
    """The events of an unpacked XES file with the plain attributes of each and of its trace, as text in file order.

    BadInput when it is not well-formed, not XES, declares a document type, or has no events.
    """
    try:
        check_root(buffer, file_name)
        return _Rows(buffer, file_name, task).read()
    except etree.XMLSyntaxError as error:
        raise BadInput(BROKEN, file=file_name, line=error.lineno or 1) from error


def as_arrow(table: pa.Table) -> pa.Buffer:
    """A table as an Arrow file in memory."""
    sink = pa.BufferOutputStream()
    with pa_ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue()


class _Column:
    """Texts of one attribute by row; rows that lack it are -1."""

    def __init__(self) -> None:
        self.values: dict[str, int] = {}
        self.codes: list[int] = []

    def put(self, first: int, end: int, text: str) -> None:
        """The rows from `first` to `end` have this text; a row keeps the first that it is given."""
        if len(self.codes) >= end:
            return
        code = self.values.setdefault(text, len(self.values))
        self.codes += [-1] * (first - len(self.codes))
        self.codes += [code] * (end - len(self.codes))

    def filled(self, n_rows: int) -> pa.DictionaryArray:
        codes = np.full(n_rows, -1, np.int32)
        codes[: len(self.codes)] = self.codes
        return pa.DictionaryArray.from_arrays(pa.array(codes, mask=codes < 0), pa.array(list(self.values), pa.string()))


class _Rows:
    """Takes one event after the other off the stream and forgets it."""

    def __init__(self, buffer: pa.Buffer, file_name: str, task: Task) -> None:
        self.source = pa.BufferReader(buffer)
        self.size = max(buffer.size, 1)
        self.file_name = file_name
        self.task = task
        self.columns: dict[str, _Column] = {CASE_PREFIX + CASE_NAME: _Column()}
        self.n_rows = self.first = self.n_traces = 0

    def read(self) -> pa.Table:
        """All the rows."""
        tags = ("{*}trace", "{*}event", "{*}events", "{*}object-types")
        for count, (_, element) in enumerate(etree.iterparse(self.source, events=("end",), tag=tags, **OPTIONS)):
            kind = etree.QName(element).localname
            if kind == "event":
                self._take_event(element)
            elif kind == "trace":
                self._take_trace(element)
            elif is_outermost(element.getparent()):
                raise BadInput(OBJECT_CENTRIC, file=self.file_name)
            if not count & 0xFFF:
                self.task.report(min(1.0, self.source.tell() / self.size), READING)
        if not self.n_rows:
            raise BadInput(NO_EVENTS, file=self.file_name)
        return pa.table({name: column.filled(self.n_rows) for name, column in self.columns.items()})

    def _take_event(self, event: Any) -> None:
        trace = event.getparent()
        if trace is not None and etree.QName(trace).localname == "trace" and is_outermost(trace.getparent()):
            for key, value in _attributes(event):
                self._column(key).put(self.n_rows, self.n_rows + 1, value)
            self.n_rows += 1
        event.clear()

    def _take_trace(self, trace: Any) -> None:
        if not is_outermost(trace.getparent()):
            return
        self.n_traces += 1
        told = dict(_attributes(trace))
        if not told.get(CASE_NAME, "").strip():
            told[CASE_NAME] = f"trace {self.n_traces}"
        for key, value in told.items():
            self._column(CASE_PREFIX + key).put(self.first, self.n_rows, value)
        self.first = self.n_rows
        forget(trace)

    def _column(self, name: str) -> _Column:
        column = self.columns.get(name)
        if column is None:
            if len(self.columns) >= MOST_COLUMNS:
                raise BadInput(TOO_MANY, file=self.file_name, count=MOST_COLUMNS)
            column = self.columns[name] = _Column()
        return column


def _attributes(element: Any) -> list[tuple[str, str]]:
    """Keys and values of the plain attributes of an element; lists, and what stands within others, are none."""
    return [(key, value) for child in element if (key := child.get("key")) and (value := child.get("value")) is not None]
