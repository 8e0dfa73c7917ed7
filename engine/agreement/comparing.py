"""Compares what several sources say of the same cases.

Two events of the same fact are paired within their case: first those that are dated alike, as far as the coarser of the two stamps tells;
then the others in the order of time, so that together they lie as near each other as can be. Events more than 30 days apart are no pair
but two facts, each of which only one source tells.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import combinations
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from engine.agreement.values import SOURCE, Agreement, Meeting, SameFact, SourceCount, SourceReport, Spread
from engine.importing.zones import from_utc
from engine.log.columns import attribute_key
from engine.log.event_log import DAY as BY_DAY
from engine.log.event_log import MINUTE as BY_MINUTE
from engine.log.event_log import NO_TIME, EventLog
from engine.tasks import Task

SECOND, MINUTE, HOUR, DAY = 1_000_000, 60_000_000, 3_600_000_000, 86_400_000_000
ALONE = 15 * DAY
"""What it costs to leave an event without a partner: a pair further apart than twice this is none."""
Pair = tuple[int, int]


def source_codes(log: EventLog) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """The sources of a log, and the code of each event's (-1: not told); () where the log comes from one."""
    column = log.event_columns.get(attribute_key(SOURCE))
    if column is None:
        return (), np.empty(0, np.int64)
    codes = column.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    return tuple(column.dictionary.cast(pa.string()).to_pylist()), codes


def compare_sources(log: EventLog, facts: Sequence[SameFact], timezone: str, task: Task) -> SourceReport:
    """What the sources of a log say of the same cases; facts name what is the same in two of them. Raises Cancelled."""
    names, codes = source_codes(log)
    case = np.repeat(np.arange(log.n_cases), np.diff(log.offsets))
    counts = tuple(
        SourceCount(name, int((codes == code).sum()), len(np.unique(case[codes == code]))) for code, name in enumerate(names)
    )
    task.check()
    meetings = _meetings(log, names, codes, case, task)
    agreements = tuple(_agreement(log, one, names, codes, case, timezone, task) for one in facts)
    return SourceReport(counts, meetings, agreements)


# ---- the same fact ------------------------------------------------------------------------------------------------------------


def _agreement(
    log: EventLog, fact: SameFact, names: Sequence[str], codes: NDArray[np.int64], case: NDArray[np.int64], timezone: str, task: Task
) -> Agreement:
    sides = []
    untimed = 0
    for source, activity in ((fact.source, fact.activity), (fact.other_source, fact.other_activity)):
        found = _events_of(log, source, activity, names, codes)
        timed = found[log.timestamp[found] != NO_TIME]
        untimed += len(found) - len(timed)
        sides.append(timed)
    first, second = (_by_case(case[side], side) for side in sides)
    keys = Keys(log, np.concatenate(sides), timezone)
    pairs: list[Pair] = []
    alike = 0
    for number in sorted(first.keys() & second.keys()):
        task.check()
        same, rest = pair_events(first[number], second[number], keys)
        alike += len(same)
        pairs += rest
    apart = np.array([int(log.timestamp[b] - log.timestamp[a]) for a, b in pairs], np.int64)
    n = alike + len(pairs)
    touched = [int(case[a]) for a, _b in pairs]
    return Agreement(
        fact=fact,
        pairs=n,
        agree=alike,
        only_first=len(sides[0]) - n,
        only_second=len(sides[1]) - n,
        untimed=untimed,
        cases=len(set(touched)),
        earlier=int((apart < 0).sum()),
        example=min(touched, default=-1),
        spread=_spread(np.abs(apart)) if len(apart) else None,
    )


def _events_of(log: EventLog, source: str, activity: str, names: Sequence[str], codes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Events of an activity that one source tells."""
    if source not in names or activity not in log.activities:
        return np.empty(0, np.int64)
    return np.flatnonzero((codes == names.index(source)) & (log.activity == log.activities.index(activity)))


def _by_case(case: NDArray[np.int64], events: NDArray[np.int64]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for number, event in zip(case.tolist(), events.tolist(), strict=True):
        found[number].append(event)
    return found


class Keys:
    """The times of events as coarsely as they are told: to the minute, and to the day of a time zone."""

    def __init__(self, log: EventLog, events: NDArray[np.int64], timezone: str) -> None:
        times = log.timestamp[events]
        precision = np.full(len(events), BY_MINUTE, np.uint8) if log.precision is None else log.precision[events]
        rows = events.tolist()
        self.time = dict(zip(rows, times.tolist(), strict=True))
        self.day = dict(zip(rows, (from_utc(times, ZoneInfo(timezone)) // DAY).tolist(), strict=True))
        self.by_day = {row for row, told in zip(rows, precision.tolist(), strict=True) if told <= BY_DAY}

    def are_alike(self, one: int, other: int) -> bool:
        """Whether two events are dated alike, as far as the coarser stamp tells."""
        if one in self.by_day or other in self.by_day:
            return bool(self.day[one] == self.day[other])
        return bool(self.time[one] // MINUTE == self.time[other] // MINUTE)


def pair_events(first: Sequence[int], second: Sequence[int], keys: Keys) -> tuple[list[Pair], list[Pair]]:
    """The pairs of a case that are dated alike, and those that are not; both sides are in the order of time."""
    alike: list[Pair] = []
    left, others = list(first), list(second)
    for exactly in (True, False):
        for one in tuple(left):
            found = next((other for other in others if _may_pair(one, other, keys, exactly) and keys.are_alike(one, other)), None)
            if found is not None:
                alike.append((one, found))
                left.remove(one)
                others.remove(found)
    return alike, _nearest(left, others, keys)


def _may_pair(one: int, other: int, keys: Keys, exactly: bool) -> bool:
    """First come those that are told to the minute, then those of which one is told to the day."""
    return (one in keys.by_day or other in keys.by_day) is not exactly


def _nearest(first: Sequence[int], second: Sequence[int], keys: Keys) -> list[Pair]:
    """Pairs in the order of time with the least distance in all, where an event without a partner costs half the greatest distance."""
    if not first or not second:
        return []
    n, m = len(first), len(second)
    cost = [[0] * (m + 1) for _ in range(n + 1)]
    for i in range(n + 1):
        for j in range(m + 1):
            if i and j:
                apart = abs(keys.time[first[i - 1]] - keys.time[second[j - 1]])
                cost[i][j] = min(cost[i - 1][j - 1] + apart, cost[i - 1][j] + ALONE, cost[i][j - 1] + ALONE)
            else:
                cost[i][j] = (i + j) * ALONE
    pairs, i, j = [], n, m
    while i and j:
        apart = abs(keys.time[first[i - 1]] - keys.time[second[j - 1]])
        if cost[i][j] == cost[i - 1][j - 1] + apart:
            pairs.append((first[i - 1], second[j - 1]))
            i, j = i - 1, j - 1
        elif cost[i][j] == cost[i - 1][j] + ALONE:
            i -= 1
        else:
            j -= 1
    return pairs[::-1]


def _spread(apart: NDArray[np.int64]) -> Spread:
    under = [int((apart < limit).sum()) for limit in (HOUR, DAY, 7 * DAY)]
    seconds = apart / SECOND
    return Spread(
        median=float(np.median(seconds)),
        p90=float(np.quantile(seconds, 0.9)),
        most=float(seconds.max()),
        under_hour=under[0],
        under_day=under[1] - under[0],
        under_week=under[2] - under[1],
        more=len(apart) - under[2],
    )


# ---- overlaps and gaps --------------------------------------------------------------------------------------------------------


def _meetings(
    log: EventLog, names: Sequence[str], codes: NDArray[np.int64], case: NDArray[np.int64], task: Task
) -> tuple[Meeting, ...]:
    """For every two sources the cases of both; a source's spell in a case runs from its first event to its last."""
    timed = (log.timestamp != NO_TIME) & (codes >= 0) if len(names) else np.zeros(0, np.bool_)
    at = [timed & (codes == code) for code in range(len(names))]
    spells = {code: _spells(log.timestamp[here], case[here], log.n_cases) for code, here in enumerate(at)}
    found = []
    for one, other in combinations(range(len(names)), 2):
        task.check()
        (begin, end), (begins, ends) = spells[one], spells[other]
        both = (end >= begin) & (ends >= begins)
        if not both.any():
            continue
        length = np.minimum(end, ends)[both] - np.maximum(begin, begins)[both]
        apart = _silent(-length, both, np.minimum(end, ends), np.maximum(begin, begins), spells, (one, other))
        overlaps, gaps = length[length > 0], apart[apart > 0]
        found.append(
            Meeting(names[one], names[other], int(both.sum()), len(overlaps), _days(overlaps), len(gaps), _days(gaps))
        )
    return tuple(found)


def _spells(times: NDArray[np.int64], case: NDArray[np.int64], n_cases: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """First and last time of each case, shapes (n_cases,); the last lies before the first where there is none."""
    first = np.full(n_cases, np.iinfo(np.int64).max // 4)
    last = np.full(n_cases, -(np.iinfo(np.int64).max // 4))
    np.minimum.at(first, case, times)
    np.maximum.at(last, case, times)
    return first, last


def _silent(
    apart: NDArray[np.int64],
    both: NDArray[np.bool_],
    ends: NDArray[np.int64],
    begins: NDArray[np.int64],
    spells: dict[int, tuple[NDArray[np.int64], NDArray[np.int64]]],
    pair: tuple[int, int],
) -> NDArray[np.int64]:
    """How long nothing is said between two spells; 0 where a third source tells of the case meanwhile."""
    silent = apart.copy()
    for code, (begin, end) in spells.items():
        if code not in pair:
            silent[(begin[both] < begins[both]) & (end[both] > ends[both])] = 0
    return silent


def _days(lengths: NDArray[np.int64]) -> float:
    return float(np.median(lengths) / DAY) if len(lengths) else 0.0
