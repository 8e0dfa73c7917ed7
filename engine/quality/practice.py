"""Checks of what usually holds: once a case, one before the other, both or none, complete cases, usual durations."""

from __future__ import annotations

from collections.abc import Iterator

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


def rules(log: Checked) -> Iterator[Finding]:
    """Pairs of activities of which one nearly always comes first, or that nearly always come together; for the most frequent ones."""
    case, activity, time = _first_positions(log)
    counts = np.bincount(activity, minlength=len(log.log.activities))
    frequent = np.argsort(-counts, kind="stable")[:40]
    frequent = frequent[counts[frequent] >= ENOUGH]
    place = np.full(len(log.log.activities), -1)
    place[frequent] = np.arange(len(frequent))
    ended = _quiet(log)
    kept = (place[activity] >= 0) & ended[case]
    matrix = np.full((log.log.n_cases, len(frequent)), NO_TIME)
    there = np.zeros((log.log.n_cases, len(frequent)), bool)
    matrix[case[kept], place[activity[kept]]] = time[kept]
    there[case[kept], place[activity[kept]]] = True
    reversed_, without = [], []
    for one in range(len(frequent)):
        log.task.check()
        both = there[:, [one]] & there
        known = both & (matrix[:, [one]] != NO_TIME) & (matrix != NO_TIME)
        before = known & (matrix[:, [one]] < matrix)
        after = known & (matrix[:, [one]] > matrix)
        n_both, n_before, n_after = known.sum(axis=0), before.sum(axis=0), after.sum(axis=0)
        for other in np.flatnonzero((n_both >= ENOUGH) & (n_after > 0) & (n_before >= RULE * n_both)).tolist():
            reversed_.append((int(n_after[other]), int(n_both[other]), one, other, int(np.argmax(after[:, other]))))
        n_one = int(there[:, one].sum())
        lacking = n_one - both.sum(axis=0)
        for other in np.flatnonzero((lacking > 0) & (lacking <= (1 - RULE) * n_one)).tolist():
            if other != one and n_one >= ENOUGH:
                without.append((int(lacking[other]), n_one, one, other, int(np.argmax(there[:, one] & ~there[:, other]))))
    for check, message, found in (("order", REVERSED, reversed_), ("related", WITHOUT, without)):
        for count, total, one, other, case_number in sorted(found, key=lambda entry: (-entry[0], entry[2:4]))[:MOST_RULES]:
            values: Values = {"first": log.name(int(frequent[one])), "second": log.name(int(frequent[other]))}
            distorts = (Result.ORDER, Result.WAITING) if check == "order" else (Result.COUNTS,)
            yield Finding(check, message, values, count, total, Of.CASES, case_number, distorts)


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
