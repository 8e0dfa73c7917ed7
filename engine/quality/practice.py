"""Checks of what usually holds: once a case, one before the other, none left out, complete cases, usual durations.

A process has exceptions of its own. What is told is only what the process itself never does otherwise: each check says how it knows.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from engine.errors import N_
from engine.importing.zones import DAY
from engine.log.event_log import NO_TIME
from engine.log.kernels import Ints
from engine.log.statistics import case_durations, case_ends
from engine.quality.values import Result, Values
from engine.quality.view import Checked, Flags, Found

ENOUGH = 50
"""Cases behind a rule of practice."""
RULE, ONCE = 0.95, 0.97
"""Share (0..1) of cases from which on something is the rule."""
DIRECTLY = 0.8
"""Share (0..1) of cases in which two steps follow each other with nothing between, from which on they are a pair."""
SKIPPED = 0.02
"""Share (0..1) of a step's cases up to which leaving it out is an exception, not a way of the process."""
FIRM = 0.9
FEWEST_REVERSED = 3
APART = 2
"""So many times more reversed pairs must lie about their usual distance than near none: they stand apart, they do not cross over."""
MOST_RULES = 6
"""Findings of one kind that are told, those with most cases first."""
WHISKER = 3.0
OPEN_DAYS = 60
WAY_OUT = 0.01
"""Share (0..1) of cases from which on stopping midway is something that the process does."""
MOST_STEPS = 60
"""Steps that are compared with each other."""
SAMPLE = 1 << 20
"""Cases of which quartiles are taken; of more, every so many."""
ENDING = 0.02
DAY_S = 86_400.0

TWICE = N_("“{activity}” happens once in nearly every case, but twice in a row in {count}.")
REVERSED = N_("“{second}” follows “{first}” in nearly every case that has both, but stands before it in {count}.")
WITHOUT = N_("“{second}” stands between “{first}” and “{third}” in nearly every case, but is missing there in {count}.")
UNFINISHED = N_("{count} cases stop where hardly any case ends, and stand still for {days} days and longer than any case that went on.")
LONG = N_("{count} cases took longer than {limit} days, far outside what is usual (half of all: {low} to {high} days).")


class Practice:
    """What the process does: how often each step directly follows each other one, among the most frequent steps."""

    def __init__(self, log: Checked) -> None:
        self.log = log
        self.steps = np.argsort(-log.step_counts, kind="stable")[:MOST_STEPS]
        self.place = np.full(log.n_steps + 1, -1)
        self.place[self.steps] = np.arange(len(self.steps))

    @cached_property
    def follows(self) -> Ints:
        """Times that the second of two steps directly follows the first, shape (k, k)."""
        k, log = len(self.steps), self.log
        table = np.zeros(k * k, np.int64)
        for rows in log.pieces():
            begin = max(rows.start - 1, 0)
            case, at = log.case[begin : rows.stop], self.place[log.step[begin : rows.stop]]
            beside = (case[1:] == case[:-1]) & (at[1:] >= 0) & (at[:-1] >= 0)
            table += np.bincount((at[:-1] * k + at[1:])[beside], minlength=k * k)
        return table.reshape(k, k)

    def having(self, place: int) -> Flags:
        """Which cases have a step."""
        case, step, _, _ = self.log.presence
        found = np.zeros(self.log.log.n_cases, bool)
        for rows in self.log.pieces(len(case)):
            found[case[rows][step[rows] == self.steps[place]]] = True
        return found

    def first_events(self, place: int) -> Ints:
        """The first event of a step in each case, -1 without one."""
        case, step, _, first = self.log.presence
        found = np.full(self.log.log.n_cases, -1)
        for rows in self.log.pieces(len(case)):
            mine = step[rows] == self.steps[place]
            found[case[rows][mine]] = first[rows][mine]
        return found

    def pairs_in(self, one: int, other: int) -> Ints:
        """The second events of all places where one step directly follows another."""
        log, parts = self.log, [np.empty(0, np.int64)]
        for rows in log.pieces():
            begin = max(rows.start - 1, 0)
            case, step = log.case[begin : rows.stop], log.step[begin : rows.stop]
            hit = (case[1:] == case[:-1]) & (step[:-1] == self.steps[one]) & (step[1:] == self.steps[other])
            parts.append(np.flatnonzero(hit) + begin + 1)
        return np.concatenate(parts)


def once(log: Checked) -> Iterator[Found]:
    """Steps that a case has once, and here twice in a row: what truly is done again comes back after other steps."""
    case, step, times, _ = log.presence
    n = log.n_steps
    cases = log.count_by(step, n)
    again = log.build(bool, lambda rows: times[rows] > 1, len(case))
    more = log.count_by(step, n, again)
    steps = np.flatnonzero((cases >= ENOUGH) & (more > 0) & (more <= (1 - ONCE) * cases))
    if not len(steps):
        return
    repeated = log.where(lambda rows: _repeats(log, rows))
    found = []
    for one in steps.tolist():
        touched = np.zeros(log.log.n_cases, bool)
        for rows in log.pieces():
            touched[log.case[rows][repeated[rows] & (log.step[rows] == one)]] = True
        if log.count(touched) >= DIRECTLY * more[one]:
            found.append((one, touched))
    for one, touched in sorted(found, key=lambda pair: -int(np.count_nonzero(pair[1])))[:MOST_RULES]:
        values: Values = {"activity": log.name(one)}
        yield from log.cases("frequency", TWICE, values, touched, (Result.COUNTS,), "drop_near_duplicates", total=int(cases[one]))


def _repeats(log: Checked, rows: slice) -> Flags:
    """Which events directly follow one of their own step; what stands twice or was corrected at once is told elsewhere."""
    begin = max(rows.start - 1, 0)
    case, step = log.case[begin : rows.stop], log.step[begin : rows.stop]
    found = np.zeros(rows.stop - begin, bool)
    found[1:] = (case[1:] == case[:-1]) & (step[1:] == step[:-1])
    near = (log.since_same[rows] != NO_TIME) & (log.since_same[rows] <= 10 * 60_000_000)
    return np.asarray(found[rows.start - begin :] & ~near)


def rules(log: Checked) -> Iterator[Found]:
    """Pairs of steps that stand the other way round, and steps that are left out between two that they nearly always join."""
    practice = Practice(log)
    if len(practice.steps) < 2:
        return
    found = [*_reversed(log, practice), *_skipped(log, practice)]
    for check in ("order", "related"):
        of_kind = [one for one in found if one.finding.check == check]
        yield from sorted(of_kind, key=lambda one: -one.finding.count)[:MOST_RULES]


def _reversed(log: Checked, practice: Practice) -> Iterator[Found]:
    """Pairs that nearly always follow directly, where the reversed ones stand apart from the rest instead of crossing over to it."""
    follows = practice.follows
    counts = log.step_counts[practice.steps]
    close = (follows >= DIRECTLY * np.minimum(counts[:, None], counts[None, :])) & (follows >= RULE * ENOUGH)
    for one, other in np.argwhere(close & ~np.eye(len(counts), dtype=bool)).tolist():
        log.task.check()
        first, second = practice.first_events(one), practice.first_events(other)
        both = np.flatnonzero((first >= 0) & (second >= 0))
        gap = _known_gaps(log, first[both], second[both])
        after = (gap != NO_TIME) & (gap < 0)
        n, turned = int(np.count_nonzero(gap != NO_TIME)), int(np.count_nonzero(after))
        if n < ENOUGH or turned < FEWEST_REVERSED or turned > (1 - RULE) * n or follows[one, other] < DIRECTLY * n:
            continue
        usual = float(np.median(-gap[after]))
        near = np.count_nonzero((gap != NO_TIME) & (np.abs(gap) <= usual / 2))
        far = np.count_nonzero(after & (gap < -usual / 2) & (gap >= -1.5 * usual))
        if far >= FEWEST_REVERSED and far >= APART * near:
            touched = np.zeros(log.log.n_cases, bool)
            touched[both[after]] = True
            values: Values = {"first": log.name(int(practice.steps[one])), "second": log.name(int(practice.steps[other]))}
            yield from log.cases("order", REVERSED, values, touched, (Result.ORDER, Result.WAITING), total=n)


def _known_gaps(log: Checked, first: Ints, second: Ints) -> Ints:
    """µs from one event to another; NO_TIME where one has none, on a day of which one has no time, and in the hour that comes twice."""
    known = log.timed[first] & log.timed[second]
    same_day = (log.clock[first] // DAY == log.clock[second] // DAY) & (log.dated[first] | log.dated[second])
    known &= ~same_day & ~(log.doubled[first] & log.doubled[second])
    return np.where(known, np.where(known, log.log.timestamp[second], 0) - np.where(known, log.log.timestamp[first], 0), NO_TIME)


def _skipped(log: Checked, practice: Practice) -> Iterator[Found]:
    """Steps that firmly join two others, in cases where those stand side by side."""
    follows = practice.follows
    counts = np.maximum(log.step_counts[practice.steps], 1)
    for step in np.flatnonzero(counts >= ENOUGH).tolist():
        log.task.check()
        before, after = int(np.argmax(follows[:, step])), int(np.argmax(follows[step]))
        firm = min(follows[before, step], follows[step, after]) >= FIRM * counts[step]
        if not firm or len({before, step, after}) < 3 or not 0 < follows[before, after] <= SKIPPED * counts[step]:
            continue
        touched = np.zeros(log.log.n_cases, bool)
        touched[log.case[practice.pairs_in(before, after)]] = True
        touched &= ~practice.having(step)
        names = [log.name(int(practice.steps[place])) for place in (before, step, after)]
        values: Values = dict(zip(("first", "second", "third"), names, strict=True))
        yield from log.cases("related", WITHOUT, values, touched, (Result.COUNTS,), total=int(counts[step]))


def stopped(log: Checked) -> tuple[Flags, Flags]:
    """Which cases have stood still for long at a step after which most go on; and which of them where hardly any case ends, for longer
    than any case that then went on."""
    still = np.zeros(log.log.n_cases, bool)
    if not log.log.n_cases:
        return still, still
    last = log.step[log.log.offsets[1:] - 1]
    ends = np.bincount(last, minlength=log.n_steps)
    occurrences = log.count_by(log.presence[1], log.n_steps)
    midway = 2 * ends < occurrences
    rarely = midway & (ends <= ENDING * log.log.n_cases)
    log.task.check()
    times = case_ends(log.log)
    known = times != NO_TIME
    log.task.check()
    end = min(log.now, int(times[known].max())) if known.any() else log.now
    idle = np.where(known, end - np.where(known, times, 0), np.iinfo(np.int64).max)
    still = midway[last] & (idle > OPEN_DAYS * DAY)
    return still, still & rarely[last] & (idle > _longest_pauses(log)[last])


def _longest_pauses(log: Checked) -> Ints:
    """The longest time (µs) after each step until the case went on."""
    longest = np.zeros(log.n_steps, np.int64)
    for rows in log.pieces():
        found = np.flatnonzero(log.gap[rows] != NO_TIME) + rows.start
        np.maximum.at(longest, log.step[found - 1], log.gap[found])
    return longest


def unfinished(log: Checked) -> Iterator[Found]:
    """Cases that stop midway for good; where so many do that it is a way of the process, they are no mistake of registration."""
    still, for_good = stopped(log)
    if np.count_nonzero(still) <= WAY_OUT * log.log.n_cases:
        yield from log.cases("unfinished", UNFINISHED, {"days": OPEN_DAYS}, for_good, (Result.DURATION, Result.COUNTS))


def long_cases(log: Checked) -> Iterator[Found]:
    """Durations far out (Tukey) on the scale of logarithms, as durations are skewed: a few years among days, not slow cases."""
    durations = case_durations(log.log)
    known: NDArray[np.float64] = durations[~np.isnan(durations) & (durations >= 1.0)]
    if len(known) < ENOUGH:
        return
    sample = known[:: max(1, len(known) // SAMPLE)]
    low, high = np.percentile(sample, [25, 75]).tolist()
    limit = high * (high / low) ** WHISKER
    if high > low:
        values: Values = {"limit": round(limit / DAY_S), "low": round(low / DAY_S), "high": round(high / DAY_S)}
        yield from log.cases("duration", LONG, values, durations > limit, (Result.DURATION,), total=len(known))
