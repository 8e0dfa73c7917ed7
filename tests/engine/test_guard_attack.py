"""A reader with a linear program: whatever enters a step leaves it, and still no hidden number follows from a thousand guarded maps.

The reader knows the names of all steps, k, how each single number was rounded (even which are rounded more coarsely, which no map says),
that counts are whole and not negative, and every number on the map: cases, transitions, starts, ends, direct repeats, most repetitions,
timed transitions, totals. Widths of lines and coverage are functions of these, so they say nothing more.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import pytest
from msgspec.structs import replace
from scipy.optimize import linprog
from scipy.sparse import csr_array

from engine.disclosure.alternatives import Alternative
from engine.disclosure.backing import count_backing
from engine.disclosure.guard import guard_map, guard_numbers
from engine.disclosure.leaving import safe_backing
from engine.disclosure.protection import Protection, Range
from engine.disclosure.tally import ALL_CASES, EVENTS, TRANSITIONS, Kind, Number
from engine.log.columns import ReadOptions
from engine.log.event_log import EventLog
from engine.log.variants import VariantIndex, find_variants
from engine.process_map.drawing import draw_map
from engine.process_map.study import WHOLE, Study
from engine.process_map.values import END, START, ProcessMap, Step, Times
from engine.process_map.values import Path as MapPath
from engine.service.messages import MapQuery, Secret
from engine.sources import read_source
from engine.tasks import Task
from engine.texts import Texts
from tests.naive_log import Event, log_of_traces, make_log
from tests.real_logs import log_path, needs_real_logs

Arc = tuple[int, int]
Thing = tuple[int, ...]
Cell = tuple[Kind, Thing]
"""An unknown of the reader: how many cases have a step or arc, or how often it occurs."""
K = 5
LEAKY = (790,)
"""Logs of which two hidden numbers follow where everything is rounded to the nearest 5 and nothing more coarsely."""
ALL = MapQuery(steps=99, paths=99)


@dataclass(frozen=True)
class Leaf:
    """One guarded map, the exact one behind it, and what was rounded how."""

    exact: ProcessMap
    twin: ProcessMap
    protection: Protection
    n: int

    def said(self, number: Number, value: int) -> Range:
        """What the reader knows of a shown number (whose true value the rounding, not the reader, is asked about)."""
        return self.protection.range_of(number, value)


def leave(log: EventLog, query: MapQuery = ALL, k: int = K) -> Leaf:
    """A log's map as it leaves the screen."""
    study = Study(log)
    drawn = draw_map(study, query, Task())
    least, backing = safe_backing(study, drawn, k, Task())
    twin = guard_map(drawn, backing, Texts("da"), least).map
    return Leaf(drawn.map, twin, backing.protection, len(log.activities))


def unrounded(leaf: Leaf) -> Leaf:
    """The same map with its numbers as they are: small ones are left out, and nothing else is done."""
    exactly = {number: Range(value, value, value) for number, value in true_numbers(leaf.exact).items()}
    return Leaf(leaf.exact, leaf.twin, Protection(exactly), leaf.n)


def only_rounded(leaf: Leaf) -> Leaf:
    """The same map with every number rounded to the nearest 5."""
    return Leaf(leaf.exact, leaf.twin, Protection(), leaf.n)


def true_numbers(exact: ProcessMap) -> dict[Number, int]:
    """Every count of an exact map that a guarded one may round."""
    found: dict[Number, int] = {ALL_CASES: exact.n_cases, EVENTS: exact.n_events, TRANSITIONS: exact.coverage.transitions_all}
    for step in exact.steps:
        found[Kind.CASES, (step.step,)], found[Kind.OCCURRENCES, (step.step,)] = step.cases, step.occurrences
        found[Kind.OCCURRENCES, (step.step, step.step)] = step.self_loops
    for path in exact.paths:
        arc = (path.source, path.target)
        found[Kind.CASES, arc], found[Kind.OCCURRENCES, arc] = path.cases, path.occurrences
        found[Kind.TIMED, arc] = path.times.n if path.times else 0
    return found


@dataclass
class Reader:
    """Inequalities over the counts of all steps and arcs of a log with n steps."""

    n: int
    k: int = K
    coefficients: list[tuple[int, int, float]] = field(default_factory=list)
    limits: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        steps = range(self.n)
        self.arcs: list[Thing] = [(source, target) for source in steps for target in steps]
        self.marks: list[Thing] = [(START, step) for step in steps] + [(step, END) for step in steps]
        things = [*self.arcs, *self.marks, *((step,) for step in steps)]
        self.cells: list[Cell] = [(kind, thing) for thing in things for kind in (Kind.CASES, Kind.OCCURRENCES)]
        self.place = {cell: at for at, cell in enumerate(self.cells)}
        self.least, self.most = np.zeros(len(self.cells)), np.full(len(self.cells), np.inf)

    def at_most(self, terms: Mapping[Cell, float], limit: float) -> None:
        """A weighted sum of unknowns is at most the limit."""
        self.coefficients += [(len(self.limits), self.place[cell], weight) for cell, weight in terms.items() if weight]
        self.limits.append(limit)

    def equal(self, terms: Mapping[Cell, float], value: float = 0) -> None:
        self.between(terms, value, value)

    def between(self, terms: Mapping[Cell, float], least: float, most: float) -> None:
        self.at_most(terms, most)
        self.at_most({cell: -weight for cell, weight in terms.items()}, -least)

    def see(self, cell: Cell, said: Range, least: int) -> None:
        """A shown count."""
        at = self.place[cell]
        self.least[at], self.most[at] = max(said.least, least), said.most

    def know_logs(self) -> None:
        """What is true of every log."""
        for thing in (*self.arcs, *self.marks):
            cases, times = (Kind.CASES, thing), (Kind.OCCURRENCES, thing)
            if thing in self.arcs:
                self.at_most({cases: 1, times: -1}, 0)
            else:
                self.equal({cases: 1, times: -1})
            for step in {one for one in thing if one >= 0}:
                self.at_most({cases: 1, (Kind.CASES, (step,)): -1}, 0)
        for step in range(self.n):
            cases, times = (Kind.CASES, (step,)), (Kind.OCCURRENCES, (step,))
            before = [arc for arc in (*self.arcs, *self.marks) if arc[1] == step]
            after = [arc for arc in (*self.arcs, *self.marks) if arc[0] == step]
            for arcs in (before, after):
                self.equal({times: -1} | {(Kind.OCCURRENCES, arc): 1 for arc in arcs})
                self.at_most({cases: 1} | {(Kind.CASES, arc): -1 for arc in arcs}, 0)
            self.at_most({cases: 1, times: -1, (Kind.OCCURRENCES, (step, step)): 1}, 0)

    def read(self, leaf: Leaf) -> None:
        """Everything that the map says."""
        self.know_logs()
        true, twin = true_numbers(leaf.exact), leaf.twin
        cases = leaf.said(ALL_CASES, leaf.exact.n_cases)
        for mark in (START, END):
            self.between({(Kind.OCCURRENCES, arc): 1.0 for arc in self.marks if mark in arc}, cases.least, cases.most)
        events, moves = leaf.said(EVENTS, true[EVENTS]), leaf.said(TRANSITIONS, true[TRANSITIONS])
        self.between({(Kind.OCCURRENCES, (step,)): 1.0 for step in range(self.n)}, events.least, events.most)
        self.between({(Kind.OCCURRENCES, arc): 1.0 for arc in self.arcs}, moves.least, moves.most)
        for step in twin.steps:
            self.read_step(leaf, true, step)
        for path in twin.paths:
            self.read_path(leaf, true, path)
        self.read_what_is_missing(twin)

    def read_step(self, leaf: Leaf, true: Mapping[Number, int], step: Step) -> None:
        cases, times = (Kind.CASES, (step.step,)), (Kind.OCCURRENCES, (step.step,))
        self.see(cases, leaf.said(cases, true[cases]), self.k)
        self.see(times, leaf.said(times, true[times]), self.k)
        self.read_repetitions(cases, times, step.max_repetitions)
        loop: Number = (Kind.OCCURRENCES, (step.step, step.step))
        if step.self_loops:
            self.see(loop, leaf.said(loop, true[loop]), self.k)

    def read_path(self, leaf: Leaf, true: Mapping[Number, int], path: MapPath) -> None:
        arc = (path.source, path.target)
        cases, times, timed = (Kind.CASES, arc), (Kind.OCCURRENCES, arc), (Kind.TIMED, arc)
        said = leaf.said(times, true[times])
        self.see(times, said, self.k)
        if START in arc or END in arc:
            return
        self.see(cases, leaf.said(cases, true[cases]), self.k)
        self.read_repetitions(cases, times, path.max_repetitions)
        if path.times is not None:
            self.least[self.place[times]] = max(self.least[self.place[times]], leaf.said(timed, true[timed]).least)

    def read_repetitions(self, cases: Cell, times: Cell, most: int) -> None:
        """At least k cases have it `most` times, the others less often; hidden: somebody has it twice."""
        if most:
            self.at_most({times: 1, cases: -most}, 0)
            self.at_most({times: -1, cases: 1}, -(most - 1) * self.k)
        else:
            self.at_most({times: -1, cases: 1}, -1)

    def read_what_is_missing(self, twin: ProcessMap) -> None:
        """Where every path of at least k cases is drawn, the others have fewer; so have hidden repeats, starts and ends of drawn steps."""
        kept = {step.step for step in twin.steps}
        drawn = {(path.source, path.target) for path in twin.paths}
        for step in twin.steps:
            if not step.self_loops:
                self.most[self.place[Kind.CASES, (step.step, step.step)]] = self.k - 1
        complete = twin.coverage.paths_shown == twin.coverage.paths_all
        for arc in (*self.arcs, *self.marks):
            mark = START in arc or END in arc
            if arc not in drawn and arc[0] != arc[1] and (complete or (mark and kept.issuperset(one for one in arc if one >= 0))):
                self.most[self.place[Kind.CASES, arc]] = self.k - 1
        if twin.coverage.steps_shown == twin.coverage.steps_all:
            for step in set(range(self.n)) - kept:
                self.most[self.place[Kind.CASES, (step,)]] = self.k - 1

    def extreme(self, wanted: Mapping[Cell, float]) -> np.ndarray:
        """A log's counts, as far as the reader knows, where the weighted sum is least."""
        cost = np.zeros(len(self.cells))
        for cell, weight in wanted.items():
            cost[self.place[cell]] = weight
        rows, columns, weights = zip(*self.coefficients, strict=True)
        matrix = csr_array((weights, (rows, columns)), shape=(len(self.limits), len(self.cells)))
        most = np.where(np.isinf(self.most), 1_000_000, self.most)
        found = linprog(cost, matrix, self.limits, bounds=np.column_stack([self.least, most]), method="highs")
        assert found.status == 0, found.message
        return np.asarray(found.x)

    def found_out(self, hidden: Mapping[Cell, int]) -> list[Cell]:
        """The hidden counts for which there is only one whole number."""
        left = dict(hidden)
        for sign in (1.0, -1.0):
            if left:
                left = self.still_possible(left, self.extreme(dict.fromkeys(left, sign)))
        return [cell for cell, value in left.items() if self.range_of(cell) == (value, value)]

    def still_possible(self, hidden: Mapping[Cell, int], counts: np.ndarray) -> dict[Cell, int]:
        """What these counts, which the reader cannot rule out, leave open: another whole number lies between them and the true one."""
        return {cell: value for cell, value in hidden.items() if abs(counts[self.place[cell]] - value) < 1 - 1e-6}

    def range_of(self, cell: Cell) -> tuple[int, int]:
        """The least and the most whole number that a count can be."""
        low, high = (self.extreme({cell: sign})[self.place[cell]] for sign in (1.0, -1.0))
        return math.ceil(low - 1e-6), math.floor(high + 1e-6)


def hidden_counts(leaf: Leaf) -> dict[Cell, int]:
    """The true counts of what fewer than k cases have: steps, paths, starts, ends and direct repeats."""
    shown = {(path.source, path.target) for path in leaf.twin.paths} | {(step.step,) for step in leaf.twin.steps}
    shown |= {(step.step, step.step) for step in leaf.twin.steps if step.self_loops}
    few = [(step.step,) for step in leaf.exact.steps if step.cases < leaf.twin.k]
    few += [(path.source, path.target) for path in leaf.exact.paths if path.cases < leaf.twin.k]
    loops = [(step.step, step.step) for step in leaf.exact.steps if step.self_loops]
    true = true_numbers(leaf.exact)
    found = {(Kind.CASES, thing): true[Kind.CASES, thing] for thing in few if thing not in shown}
    found |= {(Kind.OCCURRENCES, thing): true[Kind.OCCURRENCES, thing] for thing in [*few, *loops] if thing not in shown}
    return found


def random_log(seed: int) -> EventLog:
    """20 to 60 cases of up to seven kinds over three to five steps."""
    chance = np.random.default_rng(seed)
    letters = "abcde"[: chance.integers(3, 6)]
    kinds = ["abc", *("".join(chance.choice(list(letters), chance.integers(1, 6))) for _ in range(6))]
    shares = chance.dirichlet(np.full(len(kinds), 0.7))
    return log_of_traces(*("abc",) * 6, *chance.choice(kinds, chance.integers(14, 55), p=shares).tolist())


# ---- the attack


def asked_of(leaf: Leaf) -> tuple[int, int]:
    """How many hidden counts the reader was asked for, and how many were found out."""
    hidden = hidden_counts(leaf)
    reader = Reader(leaf.n, leaf.twin.k)
    reader.read(leaf)
    return len(hidden), len(reader.found_out(hidden))


def sum_of(answers: Iterator[tuple[int, int]]) -> tuple[int, int]:
    pairs = list(answers)
    return sum(asked for asked, _ in pairs), sum(known for _, known in pairs)


def test_no_hidden_count_follows_from_a_thousand_guarded_maps() -> None:
    asked, known = sum_of(asked_of(leave(random_log(seed))) for seed in range(1000))
    assert asked > 6_000 and known == 0


@needs_real_logs
@pytest.mark.parametrize("name", ["receipt", "SEPSIS", "BPI_2020_DomesticDeclarations", "BPI_2020_RequestForPayment"])
def test_nor_does_one_from_the_guarded_map_of_a_real_log(name: str) -> None:
    leaf = leave(read_source(log_path(f"{name}.xes.gz"), Secret(), ReadOptions(), Task()), MapQuery(steps=999, paths=9999))
    asked, known = asked_of(leaf)
    assert asked > 30 and known == 0 and leaf.twin.k == K


def test_the_reader_is_a_good_one() -> None:
    """Where small numbers are only left out, it finds many; where the others are rounded to the nearest 5 and no further, still some."""
    leaves = [leave(random_log(seed)) for seed in (*range(20), *LEAKY)]
    assert sum_of(asked_of(unrounded(leaf)) for leaf in leaves)[1] > 20
    assert sum_of(asked_of(only_rounded(leaf)) for leaf in leaves)[1] >= len(LEAKY)


def test_hidden_counts_stay_wide_open() -> None:
    """On average a hidden number of cases, which the reader knows to be 0 to 4, is still one of four."""
    widths = []
    for seed in range(0, 60, 3):
        leaf = leave(random_log(seed))
        reader = Reader(leaf.n, leaf.twin.k)
        reader.read(leaf)
        for cell in hidden_counts(leaf):
            if cell[0] is Kind.CASES:
                low, high = reader.range_of(cell)
                widths.append(high - low + 1)
    assert min(widths) >= 2 and float(np.mean(widths)) > 4


# ---- why: another log gives the same map


def told(drawn: ProcessMap) -> ProcessMap:
    """A map without names, and without durations, which a log of other courses may have or not."""

    def counted(path: MapPath) -> MapPath:
        return replace(path, times=None if path.times is None else Times(path.times.n, 0, 0, 0, 0, 0, 0))

    paths = sorted((counted(path) for path in drawn.paths), key=lambda one: (one.source, one.target))
    steps = sorted((replace(step, name="") for step in drawn.steps), key=lambda one: one.step)
    return replace(drawn, paths=tuple(paths), steps=tuple(steps))


def traces_of(log: EventLog) -> list[str]:
    codes = log.activity.tolist()
    return ["".join(chr(97 + code) for code in codes[begin:end]) for begin, end in pairwise(log.offsets.tolist())]


def twin_log(log: EventLog, variants: VariantIndex, course: Alternative) -> EventLog:
    """The log in which one case takes the other course; all names stay known."""
    traces = traces_of(log)
    case = int(np.flatnonzero(variants.case_variant == course.variant)[0])
    begin = course.at - 1
    traces[case] = traces[case][:begin] + "".join(chr(97 + step) for step in course.inserted) + traces[case][begin + course.removed :]
    events = [Event(at, ord(letter) - 97, place * 1_000_000) for at, trace in enumerate(traces) for place, letter in enumerate(trace)]
    return make_log(events, n_activities=len(log.activities))


def test_for_every_hidden_number_there_is_another_log_with_the_same_map() -> None:
    """Nobody can tell them apart, by whatever reasoning, as long as the hidden number differs between them."""
    checked = 0
    for seed in range(0, 400, 4):
        log = random_log(seed)
        leaf = leave(log)
        variants = find_variants(log)
        for thing, course in leaf.protection.twins.items():
            other = twin_log(log, variants, course)
            if other.activities != log.activities:
                continue  # the only event of a step went: the same map, with other codes
            exact = draw_map(Study(other), ALL, Task()).map
            assert told(guard_as(other, exact, leaf)) == told(leaf.twin), (seed, thing)
            assert count_of(exact, thing) != count_of(leaf.exact, thing)
            checked += 1
    assert checked > 300


def guard_as(log: EventLog, exact: ProcessMap, leaf: Leaf) -> ProcessMap:
    """An exact map guarded like another log's, with the same numbers rounded more coarsely."""
    study, task = Study(log), Task()
    arcs = [(path.source, path.target) for path in exact.paths]
    backing = count_backing(study.frequencies(WHOLE, task), study.variants(task), study.index(task), None, arcs, leaf.twin.k, task)
    return guard_numbers(exact, replace(backing, protection=leaf.protection), leaf.twin.k)


def count_of(exact: ProcessMap, thing: Thing) -> int:
    return true_numbers(exact).get((Kind.OCCURRENCES, thing), 0)


def test_maps_of_one_selection_are_parts_of_one_table() -> None:
    """Two sliders, one selection: no number differs, and the sums are those of what stands on the map."""
    for seed in range(0, 100, 5):
        log = random_log(seed)
        whole = leave(log).twin
        steps, paths = {step.step: step for step in whole.steps}, {(path.source, path.target): path for path in whole.paths}
        for n_steps, n_paths in ((99, 0), (99, 3), (2, 99), (3, 1)):
            part = leave(log, MapQuery(steps=n_steps, paths=n_paths)).twin
            assert all(step == steps[step.step] for step in part.steps)
            assert all(path == paths[path.source, path.target] for path in part.paths)
            assert (part.n_events, part.n_cases, part.k) == (whole.n_events, whole.n_cases, whole.k)
            inner = [path.occurrences for path in part.paths if path.source != START and path.target != END]
            seen = sum(inner) + sum(step.self_loops for step in part.steps)
            assert part.coverage.transitions_shown == min(seen, part.coverage.transitions_all)
            assert part.coverage.events_shown == min(sum(step.occurrences for step in part.steps), part.coverage.events_all)
