"""A reader with a linear program before a guarded map of objects: no hidden number follows from it, whether hidden for want of objects or
of cases.

The reader knows what the reader of a process map does (`test_guard_attack`), of each type on its own; and further that every event has one
object of each type, so that a step's events are its occurrences for every type.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

import msgspec
import numpy as np

from engine.disclosure.alternatives import Alternative
from engine.disclosure.object_guard import STILL, Rule, behind_of, guard_objects, rule_of, written
from engine.disclosure.tally import Kind, Thing
from engine.object_map.study import ObjectStudy, TypeStudy
from engine.object_map.values import ObjectMap, TypeCount
from engine.ocel.object_log import Collector, ObjectLog
from engine.process_map.study import WHOLE
from engine.process_map.values import END, START
from engine.service.object_messages import ObjectMapQuery
from engine.tasks import Task
from tests.engine.test_guard_attack import Cell, Reader
from tests.properties.test_object_map_laws import flattened, whole_map

K = 5
CASE, OFFER = "Sag", "Tilbud"
SEEDS = range(0, 600, 2)
Course = list[tuple[str, tuple[str, ...]]]


def course_of(seed: int) -> Course:
    """Events in their order, each with an offer and its case; the offers of some courses belong to a few cases only."""
    chance = np.random.default_rng(seed)
    letters = "abcde"[: chance.integers(3, 6)]
    kinds = ["abc", *("".join(chance.choice(list(letters), chance.integers(1, 6))) for _ in range(6))]
    few = chance.random(len(kinds)) < 0.4
    few[0] = False
    drawn = [0] * 8 + chance.choice(len(kinds), chance.integers(30, 80), p=chance.dirichlet(np.full(len(kinds), 0.8))).tolist()
    found: Course = []
    for number, kind in enumerate(drawn):
        case = f"s{kind}-{chance.integers(1, 4)}" if few[kind] else f"s-{number}"
        found += [(letter, (f"t{number}", case)) for letter in kinds[kind]]
    return found


def log_of(course: Course, objects: tuple[str, ...]) -> ObjectLog:
    """The log of such events, a second apart."""
    collector = Collector("log", "2.0")
    for name in objects:
        collector.add_object(name, OFFER if name[0] == "t" else CASE)
    for number, (letter, names) in enumerate(course):
        minute, second = divmod(number, 60)
        event = collector.add_event(f"e{number}", letter, f"2025-01-01T{10 + minute // 60:02d}:{minute % 60:02d}:{second:02d}Z")
        for name in names:
            collector.relate(event, name, "")
    return collector.finish()


@dataclass(frozen=True)
class Leaf:
    """A guarded map of objects, the exact one, and how its numbers were rounded."""

    study: ObjectStudy
    exact: ObjectMap
    guarded: ObjectMap
    rules: Mapping[int, Rule]


def names_of(course: Course) -> tuple[str, ...]:
    """Its offers and cases."""
    return tuple(sorted({name for _, names in course for name in names}))


def type_of(study: ObjectStudy, number: int) -> TypeStudy:
    found = study.type_study(number, WHOLE, Task())
    assert found is not None
    return found


def study_of(course: Course, names: tuple[str, ...] = ()) -> ObjectStudy:
    """names: objects, in case the events no longer tell of all of them."""
    log = log_of(course, names or names_of(course))
    return ObjectStudy(log, "UTC", flattened(log, CASE), CASE)


def leave(course: Course) -> Leaf:
    study = study_of(course)
    exact = whole_map(study)
    rules = {number: rule for number in exact.shown if (rule := rule_of(study, ObjectMapQuery(), number, K, Task())) is not None}
    return Leaf(study, exact, guard_objects(exact, rules, K), rules)


def counts_of(drawn: ObjectMap, number: int) -> dict[Thing, TypeCount]:
    """What a map says of one type, by step and path."""
    found: dict[Thing, TypeCount] = {(step.step,): count for step in drawn.steps for count in step.counts if count.type == number}
    paths = (*drawn.paths, *drawn.self_loops)
    return found | {(path.source, path.target): count for path in paths for count in path.counts if count.type == number}


def read(leaf: Leaf, number: int) -> Reader:
    """All that the map says of a type."""
    rule, true = leaf.rules[number], counts_of(leaf.exact, number)
    reader = Reader(len(leaf.exact.steps), rule.k)
    reader.know_logs()
    n = 5 * round(rule.objects / 5)
    for mark in (START, END):
        reader.between({(Kind.OCCURRENCES, arc): 1.0 for arc in reader.marks if mark in arc}, n - 2, n + 2)
    total = written(leaf.exact.n_events, (), leaf.rules)
    reader.between({(Kind.OCCURRENCES, (step,)): 1.0 for step in range(reader.n)}, total.least, total.most)
    for thing in counts_of(leaf.guarded, number):
        own = tuple(rule.local.get(end, end) for end in thing)
        for kind, value in ((Kind.CASES, true[thing].objects), (Kind.OCCURRENCES, true[thing].times)):
            marked = START in thing or END in thing
            if kind is Kind.OCCURRENCES or not marked:
                reader.see((kind, thing), rule.protection.range_of((kind, own), value), rule.k)
    for step in leaf.guarded.steps:
        exact = leaf.exact.step_of(step.step)
        assert exact is not None
        said = written(exact.events, (step.step,), leaf.rules)
        assert said.shown == step.events
        reader.between({(Kind.OCCURRENCES, (step.step,)): 1.0}, said.least, said.most)
    if leaf.study.objects.object_types[number] == CASE:
        read_what_is_missing(reader, leaf, number)
    return reader


def read_what_is_missing(reader: Reader, leaf: Leaf, number: int) -> None:
    """Cases stand behind their own numbers: what is missing between steps of the map has fewer than k of them."""
    told, kept = counts_of(leaf.guarded, number), {step.step for step in leaf.guarded.steps}
    for arc in (*reader.arcs, *reader.marks):
        if arc not in told and kept.issuperset(one for one in arc if one >= 0):
            reader.most[reader.place[Kind.CASES, arc]] = reader.k - 1


def hidden_of(leaf: Leaf, number: int) -> dict[Cell, int]:
    """The true numbers of what too few objects or cases have."""
    rule = leaf.rules[number]
    hidden = {thing: count for thing, count in counts_of(leaf.exact, number).items() if not rule.is_enough(thing, count.objects)}
    found: dict[Cell, int] = {(Kind.CASES, thing): count.objects for thing, count in hidden.items()}
    return found | {(Kind.OCCURRENCES, thing): count.times for thing, count in hidden.items()}


def only_of_few_cases(leaf: Leaf, number: int) -> dict[Cell, int]:
    """Those of them that are hidden though enough objects have them."""
    return {cell: value for cell, value in hidden_of(leaf, number).items() if cell[0] is Kind.CASES and value >= leaf.rules[number].k}


def test_no_hidden_number_of_objects_follows_from_hundreds_of_guarded_maps() -> None:
    asked = of_few_cases = 0
    known: list[tuple[int, Cell]] = []
    for seed in SEEDS:
        leaf = leave(course_of(seed))
        for number in leaf.guarded.shown:
            hidden = hidden_of(leaf, number)
            asked, of_few_cases = asked + len(hidden), of_few_cases + len(only_of_few_cases(leaf, number))
            known += [(seed, cell) for cell in read(leaf, number).found_out(hidden)]
    assert asked > 3_000 and of_few_cases > 200 and not known


def test_numbers_of_few_cases_stay_as_open_as_those_of_few_objects() -> None:
    widths = []
    for seed in range(0, 80, 4):
        leaf = leave(course_of(seed))
        for number in leaf.guarded.shown:
            reader = read(leaf, number)
            for cell in only_of_few_cases(leaf, number):
                low, high = reader.range_of(cell)
                widths.append(high - low + 1)
    assert min(widths) >= 2 and float(np.mean(widths)) > 4


# ---- why: another log gives the same map


def twin_of(course: Course, leaf: Leaf, number: int, other: Alternative) -> Course:
    """The log in which one offer takes the other course: the events that it had stay with their case, the new ones have no case."""
    one = type_of(leaf.study, number)
    variants, touched = one.study.variants(Task()), leaf.study.cases_behind(one, Task()).touched
    same = np.flatnonzero(variants.case_variant == other.variant)
    name = one.log.case_ids[int(same[np.argmin(touched[same])])].as_py()
    places = [at for at, (_, names) in enumerate(course) if name in names]
    begin = other.at - 1
    gone = places[begin : begin + other.removed]
    after = places[begin + other.removed] if begin + other.removed < len(places) else places[-1] + 1
    inserted: Course = [(leaf.study.objects.activities[one.code_of[step]], (name,)) for step in other.inserted]
    kept = [(letter, tuple(who for who in names if who != name or at not in gone)) for at, (letter, names) in enumerate(course)]
    return kept[:after] + inserted + kept[after:]


def rule_there(study: ObjectStudy, leaf: Leaf, number: int, other: Alternative, of: int) -> Rule:
    """The same coarseness of every number as here, seen from the other log, with the cases behind the numbers there."""
    rule, own = leaf.rules[number], type_of(leaf.study, of)
    new = Counter((int(own.code_of[step]),) for step in other.inserted)
    by: dict[Thing, int] = {(step.step,): new[step.step,] for step in leaf.exact.steps} | {(): len(other.inserted)}
    moves = {thing: (low - n, high - n) for thing, n in by.items() for low, high in (rule.moves.get(thing, STILL),)}
    assert number != of or all(low <= 0 <= high for low, high in moves.values())
    return replace(rule, moves=moves, behind=behind_of(study, type_of(study, number), Task()))


def sums_of(drawn: ObjectMap) -> tuple[int, int]:
    """The sums over types that a guarded map rounds on its own; the rest of its coverage adds up what stands on it."""
    return drawn.coverage.transitions_all, drawn.coverage.events_all


def test_for_every_hidden_number_of_offers_there_is_another_log_with_the_same_map() -> None:
    checked = of_few_cases = 0
    for seed in range(0, 120, 4):
        course = course_of(seed)
        leaf = leave(course)
        number = leaf.study.objects.object_types.index(OFFER)
        for thing, other in leaf.rules[number].protection.twins.items():
            study = study_of(twin_of(course, leaf, number, other), names_of(course))
            if study.objects.activities != leaf.study.objects.activities:
                continue  # another step comes first, or none is left of one: the same map, with other codes
            exact = whole_map(study)
            found = {one: rule_there(study, leaf, one, other, number) for one in leaf.rules}
            same = guard_objects(exact, found, K)
            for value, real in zip(sums_of(exact), sums_of(leaf.exact), strict=True):
                said = written(real, (), leaf.rules)
                assert said.least <= value <= said.most
            assert msgspec.structs.replace(same, coverage=leaf.guarded.coverage) == leaf.guarded, (seed, thing)
            everywhere = tuple(type_of(leaf.study, number).code_of[end].item() if end >= 0 else end for end in thing)
            here, there = (counts_of(drawn, number).get(everywhere) for drawn in (leaf.exact, exact))
            assert here is not None and (there is None or here.objects != there.objects)
            checked, of_few_cases = checked + 1, of_few_cases + (here.objects >= K)
    assert checked > 200 and of_few_cases > 20
