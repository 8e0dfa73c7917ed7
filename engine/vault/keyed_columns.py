"""Columns that tell of persons or things behind their cases: who did the work and further identifiers become keyed pseudonyms."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa

from engine.log.columns import EMPLOYEE, is_keyed
from engine.log.event_log import EventLog
from engine.tasks import Task
from engine.vault.pseudonyms import CASE, pseudonymise

EMPLOYEE_LABEL = b"employee"


def with_keyed_columns(log: EventLog, key: bytes, task: Task) -> EventLog:
    """The log with employees and further identifiers as pseudonyms under the key.

    Employees have a domain of their own; a further identifier has that of cases, so that it is equal where it is the case of another log.
    """
    keyed = {name: _keyed(name, column, key, task) for name, column in log.event_columns.items() if is_keyed(name)}
    return replace(log, event_columns={**log.event_columns, **keyed}) if keyed else log


def _keyed(name: str, column: pa.DictionaryArray, key: bytes, task: Task) -> pa.Array:
    label = EMPLOYEE_LABEL if name == EMPLOYEE else CASE
    return pa.DictionaryArray.from_arrays(column.indices, pseudonymise(column.dictionary.cast(pa.string()), key, task, label))
