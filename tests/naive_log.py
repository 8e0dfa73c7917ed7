"""Logs made by hand or by chance, and the slow, obvious way to count what is in them."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pyarrow as pa
from hypothesis import strategies as st

from engine.log.event_log import NO_TIME, EventLog, build_event_log

N_CASES, N_ACTIVITIES = 7, 5


@dataclass(frozen=True)
class Event:
    """One row of a file; times in microseconds, None for an empty cell."""

    case: int
    activity: int
    time: int | None
    start: int | None = None


def make_log(events: list[Event], *, with_start: bool = False, n_activities: int | None = None) -> EventLog:
    n_cases = 1 + max((e.case for e in events), default=-1)
    n = n_activities or 1 + max((e.activity for e in events), default=-1)
    return build_event_log(
        case_codes=np.array([e.case for e in events], np.int64),
        case_ids=pa.array([f"case {i}" for i in range(n_cases)], pa.string()),
        activity_codes=np.array([e.activity for e in events], np.int64),
        activities=[f"a{i}" for i in range(n)],
        timestamp=_stamps([e.time for e in events]),
        start=_stamps([e.start for e in events]) if with_start else None,
    )


def log_of_traces(*traces: str, step: int = 1_000_000) -> EventLog:
    """A log whose cases are the given strings, one event a letter, `step` microseconds apart; a is code 0."""
    return make_log([Event(c, ord(x) - ord("a"), i * step) for c, trace in enumerate(traces) for i, x in enumerate(trace)])


def _stamps(times: list[int | None]) -> np.ndarray:
    return np.array([NO_TIME if t is None else t for t in times], np.int64)


times = st.none() | st.integers(-50, 50).map(lambda t: t * 500) | st.integers(0, 10**16)
few_events = st.lists(st.builds(Event, st.integers(0, N_CASES - 1), st.integers(0, N_ACTIVITIES - 1), times, times), max_size=20)


def _many_events(seed: int) -> list[Event]:
    chance = random.Random(seed)

    def moment() -> int | None:
        return None if chance.random() < 0.1 else chance.randrange(40) * 500

    return [Event(chance.randrange(N_CASES), chance.randrange(3), moment(), moment()) for _ in range(chance.randrange(20, 120))]


event_lists = few_events | st.integers(0, 10**6).map(_many_events)
masks = st.lists(st.booleans(), min_size=N_CASES, max_size=N_CASES)


def mask_for(log: EventLog, bits: list[bool]) -> np.ndarray:
    return np.array(bits[: log.n_cases], np.bool_)


def traces(log: EventLog, mask: np.ndarray | None = None) -> list[list[tuple[str, int | None, int | None]]]:
    """Each case of the mask as its (activity, time, start) rows."""
    starts = np.full(log.n_events, NO_TIME) if log.start is None else log.start
    rows = [(log.activities[a], _time(t), _time(s)) for a, t, s in zip(log.activity, log.timestamp, starts, strict=True)]
    return [rows[log.offsets[c] : log.offsets[c + 1]] for c in range(log.n_cases) if mask is None or mask[c]]


def _time(value: int) -> int | None:
    return None if value == NO_TIME else int(value)


def variants_of(log: EventLog, mask: np.ndarray | None = None) -> Counter[tuple[str, ...]]:
    return Counter(tuple(name for name, _, _ in trace) for trace in traces(log, mask))


def arcs_of(log: EventLog, mask: np.ndarray | None = None) -> dict[tuple[str, str], list[list[int | None]]]:
    """For each arc, case by case that has it, the waiting times in microseconds (None without a time)."""
    found: dict[tuple[str, str], list[list[int | None]]] = {}
    for trace in traces(log, mask):
        mine: dict[tuple[str, str], list[int | None]] = {}
        for (left, time, _), (right, later, start) in pairwise(trace):
            entered = start if start is not None and later is not None else later
            mine.setdefault((left, right), []).append(None if time is None or entered is None else entered - time)
        for arc, waits in mine.items():
            found.setdefault(arc, []).append(waits)
    return found
