"""The version of data: a fingerprint of a log without its case ids, and of the recipe that made it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from engine.errors import N_
from engine.importing.role_columns import coded
from engine.log.columns import is_keyed
from engine.log.event_log import EventLog
from engine.log.spells import Spells
from engine.tasks import Task
from engine.validation.values import DataVersion, WashedFile
from engine.vault.audit_log import timestamp

FINGERPRINT = N_("Finding the version of the data")
BLOCK = 1 << 22
"""Numbers that are hashed between two looks at whether to stop."""


def data_version(log: EventLog, task: Task | None = None, spells: Spells | None = None) -> str:
    """SHA-256 (hex) of the log without its case ids: names, codes and times in the log's order, then the states of its cases.

    Of columns with pseudonyms only who is the same as whom counts: their keys differ from project to project.
    """
    task = task or Task()
    task.report(None, FINGERPRINT)
    digest = _Digest(task)
    digest.text(log.activities)
    for codes, kind in ((log.activity, "<u4"), (log.timestamp, "<i8"), (log.offsets, "<i8")):
        digest.numbers(codes, kind)
    if log.start is not None:
        digest.numbers(log.start, "<i8")
    for name, told, kind in (("registered", log.registered, "<i8"), ("precision", log.precision, "<u1")):
        if told is not None:
            digest.name(name)
            digest.numbers(told, kind)
    for columns in (log.event_columns, log.case_columns):
        for name in sorted(columns):
            digest.column(name, columns[name])
    if spells is not None:
        digest.text(["spells", *spells.states])
        for numbers, kind in ((spells.case, "<i8"), (spells.state, "<u4"), (spells.begin, "<i8"), (spells.until, "<i8")):
            digest.numbers(numbers, kind)
    return digest.hexdigest()


def recipe_version(files: tuple[WashedFile, ...]) -> str:
    """SHA-256 (hex) of how the files were read and washed; "" without files."""
    return hashlib.sha256(msgspec.json.encode([file.table for file in files])).hexdigest() if files else ""


def made_by(files: Sequence[WashedFile], sha256: str, log: EventLog) -> DataVersion:
    """The version of a log that an import has just made of files."""
    return DataVersion(sha256, timestamp(), log.n_cases, log.n_events, recipe_version(tuple(files)), tuple(files))


class _Digest:
    """SHA-256 over the parts of a log, that can be stopped."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self._digest = hashlib.sha256()

    def name(self, name: str) -> None:
        self._digest.update(name.encode())

    def text(self, value: object) -> None:
        self._digest.update(msgspec.json.encode(value))

    def numbers(self, values: NDArray[np.generic], kind: str) -> None:
        for begin in range(0, len(values), BLOCK):
            self._task.check()
            self._digest.update(np.ascontiguousarray(values[begin : begin + BLOCK].astype(kind)).data)

    def column(self, name: str, values: pa.Array) -> None:
        """A column of texts: those that occur, in the order in which they do, and which of them each row has."""
        self._task.check()
        column = coded(values)
        order = pc.unique(pa.array(column.codes)).to_numpy()
        self._task.check()
        texts = [] if is_keyed(name) else column.values.take(pa.array(order)).to_pylist()
        self.text([name, *texts])
        number = np.zeros(len(column.values), "<u4")
        number[order] = np.arange(len(order))
        self.numbers(number[column.codes], "<u4")

    def hexdigest(self) -> str:
        return self._digest.hexdigest()
