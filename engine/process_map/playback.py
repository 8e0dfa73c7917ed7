"""Playback of a map: which cases are shown, their journeys as bytes, and the timeline with what happens over time.

What it shows is exact: at any moment the tokens of a path are the cases between its two events. It is for the screen only. For a room that
looks on (`grouped`) every token stands for at least k cases. No case can be recognised: tokens have no name, only places and times.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.errors import N_, BadInput
from engine.log.event_log import NO_TIME, EventLog
from engine.log.kernels import rows_of_runs
from engine.performance.over_time import EARLIEST, LATEST, period_edges
from engine.process_map.journeys import Journeys, Ways, find_journeys, group_journeys, most_at_once, usual_times, ways_of
from engine.process_map.metrics import round_to_base
from engine.service.playback_messages import Playback, PlaybackQuery, Way, WayKind
from engine.tasks import Task

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
MOST_EVENTS = 300_000
"""Events of the cases that are played: their journeys are less than 8 MB."""
FEWER = 0.97
"""When too many tokens meet, the share of cases is lowered a little more than in proportion."""
CHUNK = 1 << 20
HOUR = 3_600_000_000
MOST_HOURS, MOST_BARS = 96, (180, 180)
"""Bars of the timeline: hours at most; days and weeks at most."""
FAR_OFF, STRETCH, AIR = 0.001, 2.0, 0.02
"""A thousandth of the events at either end may stand outside the timeline where they alone would make it twice as long."""


def play(log: EventLog, mask: Mask | None, query: PlaybackQuery, group: int, task: Task) -> Playback:
    """The playback of the cases in the mask (None: all); group: cases that each token stands for. Raises BadInput without any times."""
    selected = np.arange(log.n_cases) if mask is None else np.flatnonzero(mask)
    ways = ways_of(query.steps, query.paths, len(log.activities), log.start is not None)
    task.report(0.1, N_("Collecting journeys …"))
    cases, found, drawn, lone = _sample(log, selected, ways, query, group, task)
    first, last = _period(log, cases)
    task.check()
    task.report(0.7, N_("Counting events over time …"))
    unit, edges = _edges(first, last, query.timezone)
    events, outside = _count_events(log, mask, edges, task)
    usual = usual_times(found, len(ways.places)).tolist()
    task.check()
    order = np.argsort(drawn.depart, kind="stable")
    return Playback(
        query=query,
        ways=tuple(Way(kind, a, b, usual[at] if kind is WayKind.PATH else 0) for at, (kind, a, b) in enumerate(ways.places)),
        way=drawn.way[order].astype("<i4").tobytes(),
        depart=drawn.depart[order].astype("<i8").tobytes(),
        arrive=drawn.arrive[order].astype("<i8").tobytes(),
        first=first,
        last=last,
        unit=unit,
        edges=tuple(edges.tolist()),
        events=tuple(round_to_base(n) if group > 1 else n for n in events.tolist()),
        cases_per_token=group,
        n_cases=len(selected),
        n_cases_shown=len(cases),
        instant=found.instant,
        overlapping=found.overlapping,
        untimed=found.untimed,
        lone=lone,
        outside=outside,
    )


# ---- sampling ----------------------------------------------------------------------------------------------------------------


def _sample(
    log: EventLog, selected: Ints, ways: Ways, query: PlaybackQuery, group: int, task: Task
) -> tuple[Ints, Journeys, Journeys, int]:
    """The cases played, their journeys, the tokens' journeys, and how many journeys were too few for a token."""
    draw = _draws(selected)
    n_events = int((log.offsets[selected + 1] - log.offsets[selected]).sum())
    share = min(1.0, MOST_EVENTS / max(n_events, 1))
    while True:
        task.check()
        cases = selected if share >= 1 else selected[draw < share]
        found = find_journeys(log, cases, ways, task)
        task.check()
        drawn, lone = group_journeys(found, group, task) if group > 1 else (found, 0)
        task.check()
        peak = most_at_once(drawn.only(drawn.way != ways.hidden))
        if peak <= max(query.most, 1):
            return cases, found, drawn, lone
        share *= FEWER * max(query.most, 1) / peak


def _draws(cases: Ints) -> NDArray[np.float64]:
    """A number in [0, 1) for each case, the same in every run (splitmix64; Steele et al., OOPSLA 2014)."""
    z = (cases.astype(np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return ((z ^ (z >> np.uint64(31))) >> np.uint64(11)).astype(np.float64) / float(1 << 53)


# ---- the timeline ------------------------------------------------------------------------------------------------------------


def _period(log: EventLog, cases: Ints) -> tuple[int, int]:
    """First and last moment of the timeline. A few events far from all others do not stretch it."""
    rows, _ = rows_of_runs(cases, log.offsets) if len(cases) else (cases, cases)
    known = log.timestamp[rows]
    times = np.sort(np.clip(known[known != NO_TIME], EARLIEST, LATEST))
    if not len(times):
        raise BadInput(N_("These cases have no times, so there is nothing to play."))
    first, last = int(times[0]), int(times[-1])
    low, high = (int(times[round(q * (len(times) - 1))]) for q in (FAR_OFF, 1 - FAR_OFF))
    if last - first <= STRETCH * (high - low) or high == low:
        return first, last
    air = round(AIR * (high - low))
    return max(first, low - air), min(last, high + air)


def _edges(first: int, last: int, timezone: str) -> tuple[str, Ints]:
    """Unit and edges of the histogram: hours of a short log, else local days, weeks, months or years."""
    begin, end = first // HOUR, last // HOUR + 1
    if end - begin <= MOST_HOURS:
        return "hour", np.arange(begin, end + 1) * HOUR
    return period_edges(first, last, timezone, MOST_BARS)


def _count_events(log: EventLog, mask: Mask | None, edges: Ints, task: Task) -> tuple[Ints, int]:
    """Events of the selection per bin, and how many lie outside."""
    counts, outside = np.zeros(len(edges) - 1, np.int64), 0
    for begin in range(0, log.n_events, CHUNK):
        task.check()
        times = log.timestamp[begin : begin + CHUNK]
        known = times != NO_TIME
        if mask is not None:
            within = np.clip(log.offsets, begin, begin + len(times))
            known &= np.repeat(mask, np.diff(within))
        bins = np.searchsorted(edges, times[known], side="right") - 1
        inside = (bins >= 0) & (bins < len(counts))
        counts += np.bincount(bins[inside], minlength=len(counts))
        outside += int(np.count_nonzero(~inside))
    return counts, outside
