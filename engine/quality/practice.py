"""Checks of what usually holds: once a case, one before the other, both or none, complete cases, usual durations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.errors import N_
from engine.log.event_log import NO_TIME
from engine.log.kernels import Ints
from engine.log.statistics import case_durations, case_ends
from engine.quality.values import Finding, Of, Result, Values
from engine.quality.view import DAY, Checked

ENOUGH = 50
"""Cases behind a rule of practice."""
RULE, ONCE = 0.95, 0.97
"""Share (0..1) of cases from which on something is the rule."""
MOST_RULES = 6
"""Findings of one kind that are told, those with most cases first."""
WHISKER = 3.0
OPEN_DAYS = 60
MOST_STEPS, BLOCK = 40, 20_000
"""Activities that are compared with each other, and cases that are looked at in one go."""
ENDING = 0.02
DAY_S = 86_400.0

TWICE = N_("“{activity}” happens once in nearly every case, but more than once in {count}.")
REVERSED = N_("“{second}” comes after “{first}” in nearly every case that has both, but before it in {count}.")
WITHOUT = N_("Nearly every case with “{first}” also has “{second}”, but {count} have not.")
UNFINISHED = N_("{count} cases have not ended as cases end, and nothing has happened in them for {days} days.")
LONG = N_("{count} cases took longer than {limit} days, far outside what is usual (half of all: {low} to {high} days).")


def once(log: Checked) -> Iterator[Finding]:
    """Activities that nearly always happen once in a case and here more often."""
    pairs = log.presence
    n = len(log.log.activities)
    cases = np.bincount(pairs[:, 1], minlength=n)
    more = np.bincount(pairs[pairs[:, 2] > 1, 1], minlength=n)
    found = np.flatnonzero((cases >= ENOUGH) & (more > 0) & (more <= (1 - ONCE) * cases))
    for activity in found[np.argsort(-more[found], kind="stable")][:MOST_RULES].tolist():
        first = int(pairs[(pairs[:, 1] == activity) & (pairs[:, 2] > 1), 0][0])
        yield Finding(
            "frequency", TWICE, {"activity": log.name(activity)}, int(more[activity]), int(cases[activity]), Of.CASES, first,
            (Result.COUNTS,), "drop_near_duplicates",
        )  # fmt: skip


def _first_positions(log: Checked) -> tuple[Ints, Ints, NDArray[np.int64]]:
    """Case and activity of each pair that occurs, and the time of its first event."""
    n = len(log.log.activities)
    keys, first = np.unique(log.case * n + log.log.activity, return_index=True)
    return keys // n, keys % n, log.log.timestamp[first]


@dataclass(frozen=True)
class Pairs:
    """Cases by pair of the most frequent activities, shape (k, k): with both, the first before, the first after, without the second; and
    the first case of the last two, -1 without one. steps, cases: the activities and how many cases have each, shape (k,)."""

    steps: Ints
    cases: Ints
    both: Ints
    before: Ints
    after: Ints
    lacking: Ints
    reversed_case: Ints
    lacking_case: Ints


def _count_pairs(log: Checked) -> Pairs:
    """Counted over the ended cases, a block at a time."""
    case, activity, time = _first_positions(log)
    counts = np.bincount(activity, minlength=len(log.log.activities))
    steps = np.argsort(-counts, kind="stable")[:MOST_STEPS]
    steps = steps[counts[steps] >= ENOUGH]
    place = np.full(len(log.log.activities), -1)
    place[steps] = np.arange(len(steps))
    kept = (place[activity] >= 0) & _quiet(log)[case]
    case, at, time = case[kept], place[activity[kept]], time[kept]
    k = len(steps)
    counted, shown = [np.zeros((k, k), np.int64) for _ in range(4)], [np.full((k, k), -1) for _ in range(2)]
    pairs = Pairs(steps, np.bincount(at, minlength=k), *counted, *shown)
    for begin in range(0, log.log.n_cases, BLOCK):
        rows = slice(*np.searchsorted(case, (begin, begin + BLOCK)).tolist())
        times = np.full((min(BLOCK, log.log.n_cases - begin), k), NO_TIME)
        there = np.zeros(times.shape, bool)
        times[case[rows] - begin, at[rows]] = time[rows]
        there[case[rows] - begin, at[rows]] = True
        for one in range(k):
            log.task.check()
            _add_pairs(pairs, one, begin, times, there)
    return pairs


def _add_pairs(pairs: Pairs, one: int, begin: int, times: NDArray[np.int64], there: NDArray[np.bool_]) -> None:
    """Add the cases of a block, whose first is `begin`, for one first activity."""
    mine = times[:, [one]]
    known = (mine != NO_TIME) & (times != NO_TIME)
    after = known & (mine > times)
    lacking = there[:, [one]] & ~there
    pairs.both[one] += known.sum(axis=0)
    pairs.before[one] += (known & (mine < times)).sum(axis=0)
    pairs.after[one] += after.sum(axis=0)
    pairs.lacking[one] += lacking.sum(axis=0)
    for cases, found in ((pairs.reversed_case[one], after), (pairs.lacking_case[one], lacking)):
        new = (cases < 0) & found.any(axis=0)
        cases[new] = begin + np.argmax(found[:, new], axis=0)


def rules(log: Checked) -> Iterator[Finding]:
    """Pairs of activities of which one nearly always comes first, or that nearly always come together; for the most frequent ones."""
    pairs = _count_pairs(log)
    turned = (pairs.both >= ENOUGH) & (pairs.after > 0) & (pairs.before >= RULE * pairs.both)
    cases = np.broadcast_to(pairs.cases[:, None], pairs.lacking.shape)
    missing = (cases >= ENOUGH) & (pairs.lacking > 0) & (pairs.lacking <= (1 - RULE) * cases)
    for check, message, found, counts, totals, shown, distorts in (
        ("order", REVERSED, turned, pairs.after, pairs.both, pairs.reversed_case, (Result.ORDER, Result.WAITING)),
        ("related", WITHOUT, missing, pairs.lacking, cases, pairs.lacking_case, (Result.COUNTS,)),
    ):
        for one, other in sorted(np.argwhere(found).tolist(), key=lambda pair: (-int(counts[*pair]), pair))[:MOST_RULES]:
            values: Values = {"first": log.name(int(pairs.steps[one])), "second": log.name(int(pairs.steps[other]))}
            count, total, case = int(counts[one, other]), int(totals[one, other]), int(shown[one, other])
            yield Finding(check, message, values, count, total, Of.CASES, case, distorts)


def _quiet(log: Checked) -> NDArray[np.bool_]:
    """Cases in which nothing has happened for long before the log ends; those without times are taken for such."""
    times = case_ends(log.log)
    known = times != NO_TIME
    last = min(log.now, int(times[known].max())) if known.any() else log.now
    return np.asarray(~known | (times < last - OPEN_DAYS * DAY))


def unfinished(log: Checked) -> Iterator[Finding]:
    """Cases whose last activity hardly ever is one, and in which nothing has happened for long."""
    last = log.log.activity[log.log.offsets[1:] - 1]
    ends = np.bincount(last, minlength=len(log.log.activities))
    occurrences = np.bincount(log.presence[:, 1], minlength=len(log.log.activities))
    rarely = (ends <= ENDING * log.log.n_cases) & (2 * ends < occurrences)
    found = rarely[last] & _quiet(log)
    if found.any():
        yield Finding(
            "unfinished", UNFINISHED, {"days": OPEN_DAYS}, int(found.sum()), log.log.n_cases, Of.CASES, int(np.argmax(found)),
            (Result.DURATION, Result.COUNTS),
        )  # fmt: skip


def long_cases(log: Checked) -> Iterator[Finding]:
    """Durations beyond three times the middle half's width above it (Tukey's far outliers)."""
    durations = case_durations(log.log)
    known = durations[~np.isnan(durations)]
    if len(known) < ENOUGH:
        return
    low, high = np.percentile(known, [25, 75]).tolist()
    limit = high + WHISKER * (high - low)
    found = durations > limit
    if found.any() and high > low:
        values: Values = {"limit": round(limit / DAY_S), "low": round(low / DAY_S), "high": round(high / DAY_S)}
        yield Finding("duration", LONG, values, int(found.sum()), len(known), Of.CASES, int(np.argmax(found)), (Result.DURATION,))
