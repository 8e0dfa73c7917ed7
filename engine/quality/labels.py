"""Checks of the names of activities: nearly the same twice, and names that appear or vanish while the log goes on."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher

import numpy as np

from engine.errors import N_
from engine.quality.values import Finding, Of, Result, Values
from engine.quality.view import DAY, Checked
from engine.washing.texts import skeleton

ALIKE = 0.9
RARELY = 0.05
"""Part of the other's events that a name written wrongly has at most, where the two are not the same but for capitals and signs."""
LONG_ENOUGH = 8
MOST_COMPARED = 400
"""Names up to which each is compared with each."""
EDGE_DAYS = 60
FEW = 20
EDGES = (1, 99)
"""Per cent of the events before which the log is taken to begin, and to end: a few stray stamps make no edge."""

SIMILAR = N_("“{first}” and “{second}” may be the same activity written in two ways ({count} events of the rarer one).")
APPEARS = N_("“{activity}” appears on {date}, when the log has run for {days} days: a new code or a new practice.")
VANISHES = N_("“{activity}” is not used after {date}, though the log goes on for {days} days.")


def similar_names(log: Checked) -> Iterator[Finding]:
    """Pairs of names that differ by capitals, blanks and signs, or hardly at all; digits must be equal."""
    names = log.log.activities
    counts = np.bincount(log.log.activity, minlength=len(names))
    plain = [skeleton(name) for name in names]
    if len(names) > MOST_COMPARED:
        return
    for one in range(len(names)):
        log.task.check()
        for other in range(one + 1, len(names)):
            rare, frequent = sorted((one, other), key=lambda code: (counts[code], code))
            same = plain[one] == plain[other]
            if same or (counts[rare] <= RARELY * counts[frequent] and _alike(plain[one], plain[other])):
                touched = log.log.activity == rare
                values: Values = {"first": names[rare], "second": names[frequent]}
                yield Finding(
                    "similar", SIMILAR, values, int(counts[rare]), log.log.n_events, Of.EVENTS, log.example(touched),
                    (Result.COUNTS,), "map_values",
                )  # fmt: skip


def _alike(one: str, other: str) -> bool:
    if min(len(one), len(other)) < LONG_ENOUGH or [sign for sign in one if sign.isdigit()] != [sign for sign in other if sign.isdigit()]:
        return False
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.real_quick_ratio() >= ALIKE and matcher.quick_ratio() >= ALIKE and matcher.ratio() >= ALIKE


def changed_codes(log: Checked) -> Iterator[Finding]:
    """Activities that appear long after the log has begun, or vanish long before it ends, though they are used often in between."""
    rows = np.flatnonzero(log.timed & (log.log.timestamp <= log.now))
    if not len(rows):
        return
    codes, days = log.log.activity[rows], log.clock[rows] // DAY
    begin, end = (int(day) for day in np.percentile(days, EDGES))
    first, last = np.full(len(log.log.activities), int(days.max())), np.full(len(log.log.activities), int(days.min()))
    np.minimum.at(first, codes, days)
    np.maximum.at(last, codes, days)
    counts = np.bincount(codes, minlength=len(first))
    for activity in np.flatnonzero(counts >= FEW).tolist():
        span = max(1, int(last[activity] - first[activity]))
        usual_gap = span / int(counts[activity])
        touched = log.log.activity == activity
        for message, check, days_off, day in (
            (APPEARS, "appears", int(first[activity]) - begin, int(first[activity])),
            (VANISHES, "vanishes", end - int(last[activity]), int(last[activity])),
        ):
            if days_off >= max(EDGE_DAYS, FEW * usual_gap):
                values: Values = {"activity": log.name(activity), "date": str(np.datetime64(day, "D")), "days": days_off}
                yield Finding(
                    check, message, values, int(counts[activity]), log.log.n_events, Of.EVENTS, log.example(touched),
                    (Result.COUNTS, Result.ORDER), "map_values",
                )  # fmt: skip
