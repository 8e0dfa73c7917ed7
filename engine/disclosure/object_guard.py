"""The guarded twin of an object-centric map: what passes here may leave the screen.

Every type is guarded as its own process map would be: counts of fewer than k of its objects vanish, and no hidden one can be computed from
the shown ones (`protection`). An object is not always a person, and one person may have many: so a number also vanishes where the events
behind it belong to fewer than k cases of the open log, and is protected like the others: another log, where another number of objects
has it, gives the same map. Types with fewer than k objects lose all their numbers, and what then is on no way from start to end leaves
the map.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec
import numpy as np

from engine.disclosure.behind import Behind
from engine.disclosure.guard import MOST_K, allowed_k, guard_selection
from engine.disclosure.leaving import TOO_FEW
from engine.disclosure.protection import Protection, Range, fine, protect
from engine.disclosure.tally import Kind, Tally, Thing
from engine.errors import BadInput
from engine.layout.values import sizes_for
from engine.object_map.drawing import draw_object_map, largest_of, write_object_labels
from engine.object_map.study import ObjectStudy, TypeStudy
from engine.object_map.values import ObjectMap, ObjectPath, ObjectStep, TypeCount, is_marked
from engine.process_map.abstraction import ways_from_start_to_end
from engine.process_map.metrics import round_to_base
from engine.process_map.values import END, START
from engine.service.object_messages import ObjectMapAnswer, ObjectMapQuery
from engine.tasks import Task
from engine.texts import Texts

Move = tuple[int, int]
"""So many fewer (0 or less) and more (0 or more)."""
STILL: Move = (0, 0)


def draw_guarded_objects(study: ObjectStudy, query: ObjectMapQuery, k: int, task: Task) -> ObjectMapAnswer:
    """The guarded twin: the exact map's places, fewer and rounder numbers. Raises Cancelled, and BadInput where nothing is left."""
    k = allowed_k(k)
    exact = draw_object_map(study, query, task)
    guard_selection(exact.map.n_cases, exact.map.n_cases_all, k)
    rules = {number: rule for number in exact.map.shown if (rule := rule_of(study, query, number, k, task)) is not None}
    drawn = guard_objects(exact.map, rules, k)
    if not drawn.steps:
        raise BadInput(TOO_FEW)
    sizes = sizes_for(projector=query.projector, landscape=exact.layout.landscape)
    return msgspec.structs.replace(
        exact,
        query=msgspec.structs.replace(query, guarded=True),
        map=drawn,
        layout=write_object_labels(exact.layout, drawn, Texts(query.language), sizes),
        steps_max=drawn.coverage.steps_all,
        paths_max=drawn.coverage.paths_all,
    )


@dataclass(frozen=True)
class Rule:
    """How the numbers of one type leave: k of its own, what is written more coarsely, and the cases behind its steps and arcs.

    local: codes of the type's own log. moves: by step, and () for all of them, the events less and more of the logs that could be this one.
    """

    objects: int
    k: int
    protection: Protection
    behind: Behind
    local: Mapping[int, int]
    moves: Mapping[Thing, Move]

    def is_enough(self, thing: Thing, objects: int) -> bool:
        """Whether enough objects and cases have a step or arc."""
        return not self.behind.hides(self._own(thing), objects, self.k)

    def shown(self, kind: Kind, thing: Thing, value: int) -> int:
        """What is written for a number of a step or arc."""
        return self.protection.shown((kind, self._own(thing)), value)

    def _own(self, thing: Thing) -> Thing:
        return tuple(self.local.get(end, end) for end in thing)


def rule_of(study: ObjectStudy, query: ObjectMapQuery, number: int, k: int, task: Task) -> Rule | None:
    """None where the type has too few objects to say anything of, or nothing that a hidden number would not follow from."""
    one = study.type_study(number, query.selection, task)
    if one is None or one.log.n_cases < k:
        return None
    local = {step: code for code, step in enumerate(one.code_of.tolist())}
    variants = one.study.variants(task)
    tally = Tally(one.frequencies(task), variants, variants.count_cases(None), {})
    behind = behind_of(study, one, task)
    for least in range(k, MOST_K + 1):
        found = protect(tally, least, task, behind)
        if not found.open:
            return Rule(one.log.n_cases, least, found, behind, local, _moves(found, tally, one.code_of.tolist()))
    return None


def behind_of(study: ObjectStudy, one: TypeStudy, task: Task) -> Behind:
    """The cases behind a type's steps and arcs, in its own codes."""
    found, variants = study.cases_behind(one, task), one.study.variants(task)
    local = {step: code for code, step in enumerate(one.code_of.tolist())}
    cases: dict[Thing, int] = {(local[step],): n for step, n in found.steps.items()}
    cases |= {tuple(local.get(end, end) for end in arc): n for arc, n in found.arcs.items()}
    fewest = np.full(variants.n_variants, np.iinfo(np.int64).max)
    np.minimum.at(fewest, variants.case_variant, found.touched)
    return Behind(cases, dict(enumerate(fewest.tolist())))


def _moves(protection: Protection, tally: Tally, code_of: Sequence[int]) -> dict[Thing, Move]:
    """By how much numbers of events differ at most: in the other log, an event may stay, with its other objects, or go with this one."""
    moves: dict[Thing, Move] = {}
    for one in protection.twins.values():
        new = Counter(one.inserted)
        changes = {thing[0]: after - before for thing, (before, after) in one.changes(tally).items() if len(thing) == 1}
        differ: dict[Thing, Move] = {(code_of[step],): (changes.get(step, 0), new[step]) for step in {*changes, *new}}
        for thing, (least, most) in (differ | {(): (one.events, len(one.inserted))}).items():
            low, high = moves.get(thing, STILL)
            moves[thing] = min(low, least), max(high, most)
    return moves


def written(value: int, thing: Thing, rules: Mapping[int, Rule]) -> Range:
    """The events of a step, or of all, or their sum over types: so coarse that all logs that could be this one write them alike."""
    moves = [rule.moves.get(thing, STILL) for rule in rules.values()]
    least = fine(value + min((low for low, _ in moves), default=0))
    most = fine(value + max((high for _, high in moves), default=0))
    return Range(least.least, most.most, round_to_base((least.shown + most.shown) // 2))


def guard_objects(exact: ObjectMap, rules: Mapping[int, Rule], k: int) -> ObjectMap:
    """The numbers of a guarded map; a step that is on no way from start to end any more is left out, and its paths with it."""
    steps = {one.step: _guarded(one.counts, (one.step,), rules) for one in exact.steps}
    known = {step for step, counts in steps.items() if counts} | {START, END}
    paths = {(one.source, one.target): _guarded(one.counts, (one.source, one.target), rules) for one in exact.paths}
    backed = [arc for arc, counts in paths.items() if counts and set(arc) <= known]
    kept = ways_from_start_to_end(backed)
    left = tuple(ObjectPath(*arc, paths[arc]) for arc in backed if set(arc) <= kept | {START, END})
    shown = tuple(
        ObjectStep(one.step, one.name, written(one.events, (one.step,), rules).shown, steps[one.step])
        for one in exact.steps
        if one.step in kept
    )
    loops = (ObjectPath(one.source, one.target, _guarded(one.counts, (one.source, one.target), rules)) for one in exact.self_loops)
    return msgspec.structs.replace(
        exact,
        types=tuple(
            msgspec.structs.replace(one, objects=round_to_base(rules[one.number].objects) if one.number in rules else None)
            for one in exact.types
        ),
        shown=tuple(number for number in exact.shown if number in rules),
        steps=shown,
        paths=left,
        self_loops=tuple(one for one in loops if one.counts and one.source in kept),
        n_events=written(exact.n_events, (), rules).shown,
        n_cases=round_to_base(exact.n_cases),
        n_cases_all=round_to_base(exact.n_cases_all),
        coverage=_coverage(exact, shown, left, rules, k),
        largest=largest_of(left),
        k=k,
    )


def _guarded(counts: tuple[TypeCount, ...], thing: Thing, rules: Mapping[int, Rule]) -> tuple[TypeCount, ...]:
    found = []
    for count in counts:
        rule = rules.get(count.type)
        if rule is None or not rule.is_enough(thing, count.objects):
            continue
        times = rule.shown(Kind.OCCURRENCES, thing, count.times)
        marked = len(thing) == 2 and (thing[0] == START or thing[1] == END)
        found.append(TypeCount(count.type, times if marked else rule.shown(Kind.CASES, thing, count.objects), times))
    return tuple(found)


def _coverage(
    exact: ObjectMap, steps: tuple[ObjectStep, ...], paths: tuple[ObjectPath, ...], rules: Mapping[int, Rule], k: int
) -> msgspec.Struct:
    """Sums of what is written on the map."""
    inner = [path for path in paths if not is_marked(path)]
    transitions = sum(path.all_times for path in inner)
    events = sum(count.times for step in steps for count in step.counts)
    whole = exact.coverage
    return msgspec.structs.replace(
        whole,
        steps_shown=len(steps),
        steps_all=max(len(steps), 0),
        paths_shown=len(inner),
        paths_all=len(inner),
        transitions_shown=transitions,
        transitions_all=max(written(whole.transitions_all, (), rules).shown, transitions),
        events_shown=events,
        events_all=max(written(whole.events_all, (), rules).shown, events),
        k=k,
    )
