"""The guarded twin of an object-centric map: what passes here may leave the screen.

Every type is guarded as its own process map would be: counts of fewer than k of its objects vanish, and no hidden one can be computed from
the shown ones (`protection`). An object is not always a person, and one person may have many: so a number also vanishes where the events
behind it belong to fewer than k cases of the open log. Types with fewer than k objects lose all their numbers, and what then is on no way
from start to end leaves the map.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import msgspec

from engine.disclosure.backing import count_backing
from engine.disclosure.guard import MOST_K, allowed_k, guard_selection
from engine.disclosure.protection import Protection
from engine.disclosure.tally import Kind
from engine.layout.values import sizes_for
from engine.object_map.drawing import draw_object_map, largest_of, write_object_labels
from engine.object_map.study import CasesBehind, ObjectStudy, TypeStudy
from engine.object_map.values import ObjectMap, ObjectPath, ObjectStep, TypeCount, is_marked
from engine.process_map.abstraction import ways_from_start_to_end
from engine.process_map.metrics import round_to_base
from engine.process_map.values import END, START
from engine.service.object_messages import ObjectMapAnswer, ObjectMapQuery
from engine.tasks import Task
from engine.texts import Texts

Thing = tuple[int, ...]


def draw_guarded_objects(study: ObjectStudy, query: ObjectMapQuery, k: int, task: Task) -> ObjectMapAnswer:
    """The guarded twin: the exact map's places, with fewer parts and rounder numbers. Raises Cancelled and BadInput."""
    k = allowed_k(k)
    exact = draw_object_map(study, query, task)
    guard_selection(exact.map.n_cases, exact.map.n_cases_all, k)
    rules = {number: rule for number in exact.map.shown if (rule := _rule_of(study, query, number, k, task)) is not None}
    drawn = guard_objects(exact.map, rules, k)
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

    local: by what has a number, in the codes of the type's own log. steps, arcs: those with enough objects and cases.
    """

    objects: int
    protection: Protection
    local: Mapping[int, int]
    is_enough: Callable[[Thing, int], bool]

    def shown(self, kind: Kind, thing: Thing, value: int) -> int:
        """What is written for a number of a step or arc."""
        return self.protection.shown((kind, tuple(self.local.get(end, end) for end in thing)), value)


def _rule_of(study: ObjectStudy, query: ObjectMapQuery, number: int, k: int, task: Task) -> Rule | None:
    """None where the type has too few objects to say anything of."""
    one = study.type_study(number, query.selection, task)
    if one is None or one.log.n_cases < k:
        return None
    behind = study.cases_behind(one, task)
    for least in range(k, MOST_K + 1):
        found = _protection(one, least, task)
        if not found.open:
            return Rule(one.log.n_cases, found, {step: code for code, step in enumerate(one.code_of.tolist())}, _enough(behind, least))
    return None


def _protection(one: TypeStudy, k: int, task: Task) -> Protection:
    found, variants, index = one.frequencies(task), one.study.variants(task), one.study.index(task)
    return count_backing(found, variants, index, None, (), k, task).protection


def _enough(behind: CasesBehind, k: int) -> Callable[[Thing, int], bool]:
    def is_enough(thing: Thing, objects: int) -> bool:
        known = behind.steps.get(thing[0]) if len(thing) == 1 else behind.arcs.get((thing[0], thing[1]))
        return objects >= k and (known is None or known >= k)

    return is_enough


def guard_objects(exact: ObjectMap, rules: Mapping[int, Rule], k: int) -> ObjectMap:
    """The numbers of a guarded map; a step that is on no way from start to end any more is left out, and its paths with it."""
    steps = {one.step: _guarded(one.counts, (one.step,), rules) for one in exact.steps}
    known = {step for step, counts in steps.items() if counts} | {START, END}
    paths = {(one.source, one.target): _guarded(one.counts, (one.source, one.target), rules) for one in exact.paths}
    backed = [arc for arc, counts in paths.items() if counts and set(arc) <= known]
    kept = ways_from_start_to_end(backed)
    left = tuple(ObjectPath(*arc, paths[arc]) for arc in backed if set(arc) <= kept | {START, END})
    shown = tuple(
        ObjectStep(one.step, one.name, round_to_base(one.events), steps[one.step]) for one in exact.steps if one.step in kept
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
        n_events=round_to_base(exact.n_events),
        n_cases=round_to_base(exact.n_cases),
        n_cases_all=round_to_base(exact.n_cases_all),
        coverage=_coverage(exact, shown, left, k),
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


def _coverage(exact: ObjectMap, steps: tuple[ObjectStep, ...], paths: tuple[ObjectPath, ...], k: int) -> msgspec.Struct:
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
        transitions_all=max(round_to_base(whole.transitions_all), transitions),
        events_shown=events,
        events_all=max(round_to_base(whole.events_all), events),
        k=k,
    )
