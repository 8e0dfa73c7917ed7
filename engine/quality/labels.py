"""Checks of the names of activities: two ways of writing one, broken letters, no name at all, and codes that take the place of others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

import numpy as np
from numpy.typing import NDArray

from engine.errors import N_
from engine.importing.xes_log import NO_ACTIVITY
from engine.importing.zones import DAY
from engine.log.kernels import Ints
from engine.quality.names import is_broken, mended
from engine.quality.values import Result, Values
from engine.quality.view import FEW, Checked, Flags, Found
from engine.washing.texts import skeleton

ALIKE = 0.9
RARELY = 0.05
"""Part of the other's events that a name written wrongly has at most, where the two are not the same but for capitals and signs."""
LONG_ENOUGH = 8
MOST_COMPARED = 400
"""Names up to which each is compared with each."""
EDGE_DAYS = 60
EDGES = (0.01, 0.99)
"""Shares of the events before which the log is taken to begin, and to end: a few stray stamps make no edge."""
HANDOVER_DAYS = 14
ALIKE_OFTEN = 2.0
"""A code that takes the place of another is used at most so many times more or less often."""
WINDOW_DAYS = 120
NO_NAME = re.compile(r"[\W\d_]*|(x+|n/?a|null|none|nan|ukendt|unknown|diverse|andet\?*|tbd|\?+)", re.IGNORECASE)

SIMILAR = N_("“{first}” and “{second}” may be the same activity written in two ways ({count} events of the rarer one).")
SIMILAR_MANY = N_("{count} events have one of {names} names that are another one written in another way, such as “{first}” for “{second}”.")
BROKEN = N_("{count} events have names with broken letters, such as “{first}” for “{second}”: read in another encoding than written.")
NAMELESS = N_("{count} events have an activity that says nothing, such as “{first}”.")
APPEARS = N_("“{activity}” appears on {date} and takes the place of “{other}”: another code or name for the same thing ({count} events).")
VANISHES = N_("“{activity}” is not used after {date}, though the log goes on for {days} days: “{other}” takes its place.")


def similar_names(log: Checked) -> Iterator[Found]:
    """Names that are the same but for capitals, blanks and signs, or hardly differ; digits must be equal."""
    names, counts = log.log.activities, log.activity_counts
    group, best = log.folded
    meant: dict[int, int] = {
        code: int(best[group[code]])
        for code in range(len(names))
        if code != best[group[code]] and not is_broken(names[code]) and counts[code]
    }
    meant |= _nearly_alike(log)
    if meant:
        wrong = np.zeros(len(names), bool)
        wrong[list(meant)] = True
        touched = log.marked(log.log.activity, wrong)
        shown = max(meant, key=lambda code: (int(counts[code]), -code))
        values: Values = {"first": names[shown], "second": names[meant[shown]], "names": len(meant)}
        message = SIMILAR if len(meant) == 1 else SIMILAR_MANY
        yield from log.events("similar", message, values, touched, (Result.COUNTS,), "unify_spelling")


def _nearly_alike(log: Checked) -> dict[int, int]:
    """Rare names that differ from a frequent one in a letter or two, by activity."""
    best, steps = log.folded[1], log.step_counts
    names = [log.log.activities[int(code)] for code in best]
    plain = [skeleton(mended(name)) for name in names]
    found: dict[int, int] = {}
    for one in range(len(names) if len(names) <= MOST_COMPARED else 0):
        log.task.check()
        for other in range(one + 1, len(names)):
            rare, frequent = sorted((one, other), key=lambda step: (steps[step], step))
            if steps[rare] <= RARELY * steps[frequent] and _alike(plain[one], plain[other]):
                found[int(best[rare])] = int(best[frequent])
    return found


def _alike(one: str, other: str) -> bool:
    if min(len(one), len(other)) < LONG_ENOUGH or [sign for sign in one if sign.isdigit()] != [sign for sign in other if sign.isdigit()]:
        return False
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.real_quick_ratio() >= ALIKE and matcher.quick_ratio() >= ALIKE and matcher.ratio() >= ALIKE


def broken_letters(log: Checked) -> Iterator[Found]:
    """Names of activities and units that were read in another encoding than they were written in."""
    wrong = np.array([is_broken(name) for name in log.log.activities], bool)
    units = log.coded("unit")
    at_units = np.array([*(is_broken(name) for name in units.names), False], bool) if units is not None else None
    touched = log.where(
        lambda rows: wrong[log.log.activity[rows]] | (False if units is None or at_units is None else at_units[units.codes[rows]])
    )
    if touched.any():
        names = [*log.log.activities, *(units.names if units is not None else ())]
        first = next(name for name in names if is_broken(name))
        values: Values = {"first": first, "second": mended(first)}
        yield from log.events("encoding", BROKEN, values, touched, (Result.COUNTS, Result.GROUPS), "repair_encoding")


def nameless(log: Checked) -> Iterator[Found]:
    """Activities whose name is no word, among others that have words."""
    wrong = np.array([name != NO_ACTIVITY and NO_NAME.fullmatch(name.strip()) is not None for name in log.log.activities], bool)
    if wrong.any() and log.activity_counts[wrong].sum() <= RARELY * log.log.n_events:
        touched = log.marked(log.log.activity, wrong)
        shown: Values = {"first": log.log.activities[int(np.argmax(wrong))]}
        yield from log.events("nameless", NAMELESS, shown, touched, (Result.COUNTS,), "map_values")


def changed_codes(log: Checked) -> Iterator[Found]:
    """Activities that appear when another vanishes that was used as often: a new code for the same thing, not a new practice."""
    found = Calendar(log)
    for new, old in found.replaced():
        appears: Values = {"activity": log.name(new), "other": log.name(old), "date": _date(found.first[new])}
        vanishes: Values = {"activity": log.name(old), "other": log.name(new), "date": _date(found.last[old])}
        vanishes["days"] = found.end - int(found.last[old])
        for check, message, values, step in (("appears", APPEARS, appears, new), ("vanishes", VANISHES, vanishes, old)):
            touched = log.marked(log.step, np.arange(log.n_steps) == step)
            yield from log.events(check, message, values, touched, (Result.COUNTS, Result.ORDER), "map_values")


def _date(day: int) -> str:
    return str(np.datetime64(int(day), "D"))


class Calendar:
    """On which days each step is used. first, last: day since 1970 by step; begin, end: between which days the log runs."""

    def __init__(self, log: Checked) -> None:
        self.log = log
        usable = log.where(lambda rows: log.timed[rows] & (log.log.timestamp[rows] <= log.now))
        self.first = np.full(log.n_steps, np.iinfo(np.int64).max)
        self.last = np.full(log.n_steps, np.iinfo(np.int64).min)
        days: dict[int, int] = {}
        for rows in log.pieces():
            step, day = log.step[rows][usable[rows]], log.clock[rows][usable[rows]] // DAY
            np.minimum.at(self.first, step, day)
            np.maximum.at(self.last, step, day)
            for one, times in zip(*(part.tolist() for part in np.unique(day, return_counts=True)), strict=True):
                days[one] = days.get(one, 0) + times
        self.counts = log.count_by(log.step, log.n_steps, usable)
        self.usable = usable
        sorted_days = np.array(sorted(days), np.int64)
        reached = np.cumsum([days[day] for day in sorted_days.tolist()]) if days else np.zeros(0)
        self.begin, self.end = (
            (int(sorted_days[np.searchsorted(reached, share * reached[-1])]) for share in EDGES) if days else (0, 0)
        )

    def far(self, days_off: Ints) -> Flags:
        """Steps whose edge lies so many days from the log's that it is none of their usual pauses."""
        used = (self.counts >= FEW) & (self.first <= self.last)
        gap = np.maximum(1, np.where(used, self.last - self.first, 1)) / np.maximum(self.counts, 1)
        return used & (days_off >= np.maximum(EDGE_DAYS, FEW * gap))

    def replaced(self) -> Iterator[tuple[int, int]]:
        """Pairs of a step that appears and the one that it replaces, those that are used most alike first."""
        new = np.flatnonzero(self.far(self.first - self.begin)).tolist()
        old = np.flatnonzero(self.far(self.end - self.last)).tolist()
        pairs = [(one, other) for one in new for other in old if one != other and self._hands_over(other, one)]
        if not pairs:
            return
        beside = self._neighbours(sorted({step for pair in pairs for step in pair}))
        ranked = []
        for one, other in pairs:
            ratio = self._ratio(one, other)
            if 1 / ALIKE_OFTEN <= ratio <= ALIKE_OFTEN:
                ranked.append((abs(float(np.log(ratio))) - float(beside[one] @ beside[other]), one, other))
        taken: set[tuple[str, int]] = set()
        for _, one, other in sorted(ranked):
            if ("new", one) not in taken and ("old", other) not in taken:
                taken |= {("new", one), ("old", other)}
                yield one, other

    def _hands_over(self, old: int, new: int) -> bool:
        """Whether one step begins where the other ends."""
        usual = max(1, int(self.last[old] - self.first[old])) / max(1, int(self.counts[old]))
        return bool(-HANDOVER_DAYS <= self.first[new] - self.last[old] <= max(HANDOVER_DAYS, FEW * usual))

    def _neighbours(self, steps: list[int]) -> dict[int, NDArray[np.float64]]:
        """By step, what stands before and after it in a case, as a vector of length 1; the steps themselves are left out of it."""
        log, n = self.log, self.log.n_steps
        found = {step: np.zeros(2 * n) for step in steps}
        for rows in log.pieces():
            begin = max(rows.start - 1, 0)
            case, at = log.case[begin : rows.stop], log.step[begin : rows.stop]
            beside = np.flatnonzero(case[1:] == case[:-1])
            one, other = at[beside], at[beside + 1]
            for step, vector in found.items():
                vector[:n] += np.bincount(one[other == step], minlength=n)
                vector[n:] += np.bincount(other[one == step], minlength=n)
        for vector in found.values():
            vector[[*steps, *(step + n for step in steps)]] = 0
        return {step: vector / max(1.0, float(np.linalg.norm(vector))) for step, vector in found.items()}

    def _ratio(self, new: int, old: int) -> float:
        """How many times more often the new step is used after the day than the old one before it."""
        after = min(WINDOW_DAYS, self.end - int(self.first[new]))
        before = min(WINDOW_DAYS, int(self.last[old]) - self.begin)
        times = [0, 0]
        for rows in self.log.pieces():
            day, step, usable = self.log.clock[rows] // DAY, self.log.step[rows], self.usable[rows]
            times[0] += int(np.count_nonzero(usable & (step == new) & (day < self.first[new] + after)))
            times[1] += int(np.count_nonzero(usable & (step == old) & (day > self.last[old] - before)))
        return (times[0] + 1) / max(1, after) / ((times[1] + 1) / max(1, before))
