"""Summaries of durations, and service times, in seconds."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.log.event_log import NO_TIME, EventLog
from engine.log.statistics import SECOND, summarise
from engine.process_map.values import Times
from engine.tasks import Task

Mask = NDArray[np.bool_]
CHUNK = 1 << 20


def times_of_values(seconds: NDArray[np.float64]) -> Times | None:
    """The summary of durations that are not nan; None without any."""
    summary = summarise(seconds)
    if summary is None:
        return None
    return Times(summary.n, summary.median, summary.mean, summary.p90, summary.min, summary.max, summary.total)


def service_times(log: EventLog, step: int, mask: Mask | None, task: Task) -> NDArray[np.float64] | None:
    """Time from start stamp to timestamp of each event of a step that has both, seconds; None in a log without start stamps."""
    if log.start is None:
        return None
    parts = [np.empty(0)]
    for begin in range(0, log.n_events, CHUNK):
        task.check()
        rows = begin + np.flatnonzero(log.activity[begin : begin + CHUNK] == step)
        start, end = log.start[rows], log.timestamp[rows]
        known = (start != NO_TIME) & (end != NO_TIME)
        if mask is not None:
            known &= mask[np.searchsorted(log.offsets, rows, side="right") - 1]
        parts.append((end[known] - start[known]) / SECOND)
    return np.concatenate(parts)
