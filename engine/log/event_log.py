"""The event log: immutable, case-major columns. Events stand by case, then time, then original order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from engine.log.columns import ColumnRoles, Notice

NO_TIME = np.iinfo(np.int64).min
"""Stands in `timestamp` and `start` for an event without a time."""


@dataclass(frozen=True, eq=False)
class EventLog:
    """One log of n_events events in n_cases cases.

    activities: names by code. activity: codes, uint8/16/32, shape (n_events,).
    timestamp, start: int64 microseconds since 1970 UTC or NO_TIME, shape (n_events,).
    offsets: int64, shape (n_cases + 1,); events of case c are offsets[c]:offsets[c + 1]. No case is empty.
    case_ids: Arrow strings, shape (n_cases,), in the order of first appearance in the file.
    event_columns, case_columns: Arrow arrays by role ("unit") or, later, by attribute name.
    """

    activities: tuple[str, ...]
    activity: NDArray[np.unsignedinteger]
    timestamp: NDArray[np.int64]
    offsets: NDArray[np.int64]
    case_ids: pa.Array
    start: NDArray[np.int64] | None = None
    event_columns: Mapping[str, pa.Array] = field(default_factory=dict)
    case_columns: Mapping[str, pa.Array] = field(default_factory=dict)
    roles: ColumnRoles = ColumnRoles()
    notices: tuple[Notice, ...] = ()

    @property
    def n_events(self) -> int:
        """Number of events."""
        return len(self.activity)

    @property
    def n_cases(self) -> int:
        """Number of cases."""
        return len(self.offsets) - 1
