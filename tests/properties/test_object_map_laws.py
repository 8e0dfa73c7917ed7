"""Laws of the map of objects: its numbers for a type are those of the type's own log, and what leaves the screen is about enough."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.disclosure.object_guard import draw_guarded_objects, guard_objects, rule_of
from engine.errors import BadInput
from engine.importing.reading import log_of
from engine.log.columns import ReadOptions
from engine.log.event_log import EventLog
from engine.object_map.drawing import number_objects, shown_types
from engine.object_map.letters import letters_for
from engine.object_map.study import ObjectStudy
from engine.object_map.values import ObjectMap
from engine.ocel.keeping import decode, encode, kept_objects, without_object
from engine.ocel.object_log import Collector, ObjectLog
from engine.ocel.reading import FlattenedTable, case_types, times_of
from engine.process_map.metrics import round_to_base
from engine.process_map.study import WHOLE, Study
from engine.process_map.values import END, START
from engine.service.messages import ObjectMapQuery
from engine.tasks import Task
from tests.properties.test_ocel_laws import canonical

KINDS = ("Borger", "Forløb", "Tilbud")


@st.composite
def object_logs(draw: st.DrawFn, events: tuple[int, int] = (1, 9), objects: tuple[int, int] = (1, 4), steps: str = "abcd") -> ObjectLog:
    """Events of a few steps with objects of three types; times may be equal, missing, or out of order."""
    collector = Collector("log", "2.0")
    names = [f"{kind[0]}{number}" for kind in KINDS for number in range(draw(st.integers(*objects)))]
    for name in names:
        collector.add_object(name, next(kind for kind in KINDS if kind[0] == name[0]))
    for number in range(draw(st.integers(*events))):
        minute = draw(st.none() | st.integers(0, 9))
        time = None if minute is None else f"2025-01-01T10:{minute:02d}:00Z"
        event = collector.add_event(f"e{number}", draw(st.sampled_from(steps)), time)
        for target in draw(st.lists(st.sampled_from(names), max_size=4)):
            collector.relate(event, target, "")
    return collector.finish()


def flattened(log: ObjectLog, kind: str) -> EventLog:
    table = FlattenedTable(log, kind, "UTC")
    return log_of(table, ReadOptions(table.roles, object_type=kind), Task())


def study_of(log: ObjectLog) -> ObjectStudy:
    notion = case_types(log)[0]
    return ObjectStudy(log, "UTC", flattened(log, notion), notion)


def whole_map(study: ObjectStudy, hidden: tuple[str, ...] = ()) -> ObjectMap:
    """Every step and path; where they stand is no matter here."""
    query = ObjectMapQuery(hidden=hidden)
    shown = shown_types(study, query)
    merged = study.merged(shown, WHOLE, Task())
    arcs = zip(merged.source.tolist(), merged.target.tolist(), strict=True)
    steps = np.flatnonzero(merged.step_cases).tolist()
    return number_objects(study, query, shown, steps, [arc for arc in arcs if arc[0] != arc[1]], Task())


@given(object_logs())
def test_a_types_numbers_are_those_of_its_own_log(log: ObjectLog) -> None:
    if not case_types(log):
        return
    study = study_of(log)
    shown = whole_map(study)
    for one in shown.types:
        own = flattened(log, one.name)
        found = Study(own).frequencies(WHOLE, Task())
        names = {START: "start", END: "end"} | dict(enumerate(own.activities))
        arcs = zip(found.source.tolist(), found.target.tolist(), strict=True)
        wanted = {
            (names[source], names[target]): (int(cases), int(count))
            for (source, target), cases, count in zip(arcs, found.cases, found.count, strict=True)
        }
        steps = {step.step: step.name for step in shown.steps} | {START: "start", END: "end"}
        seen = {
            (steps[path.source], steps[path.target]): (count.objects, count.times)
            for path in (*shown.paths, *shown.self_loops)
            for count in path.counts
            if count.type == one.number
        }
        assert seen == wanted
        assert one.objects == own.n_cases
        at = {step.name: (count.objects, count.times) for step in shown.steps for count in step.counts if count.type == one.number}
        assert at == {
            own.activities[code]: (int(found.step_cases[code]), int(found.step_occurrences[code])) for code in range(len(own.activities))
        }


@given(object_logs())
def test_switching_types_off_changes_no_number_of_the_others(log: ObjectLog) -> None:
    if len(case_types(log)) < 2:
        return
    study = study_of(log)
    every, hidden = whole_map(study), case_types(log)[0]
    fewer = whole_map(study, hidden=(hidden,))
    gone = next(one.number for one in every.types if one.name == hidden)
    before = {(path.source, path.target): [count for count in path.counts if count.type != gone] for path in every.paths}
    assert {(path.source, path.target): list(path.counts) for path in fewer.paths} == {arc: kept for arc, kept in before.items() if kept}
    assert all(step.counts for step in fewer.steps)


@settings(max_examples=25)
@given(object_logs((60, 90), (9, 14), "ab"))
def test_what_leaves_the_screen_is_rounded_and_about_five_objects_and_cases(log: ObjectLog) -> None:
    if len(case_types(log)) < 2:
        return
    study = study_of(log)
    query = ObjectMapQuery(steps=99, paths=999, guarded=True)
    exact = whole_map(study)
    try:
        guarded = draw_guarded_objects(study, query, 5, Task()).map
    except BadInput:
        rules = {one: rule for one in exact.shown if (rule := rule_of(study, query, one, 5, Task())) is not None}
        assert exact.n_cases < 5 or not guard_objects(exact, rules, 5).steps
        return
    assert guarded.steps and any(path.counts for path in guarded.paths)
    full = {(path.source, path.target): {count.type: count for count in path.counts} for path in exact.paths}
    for path in guarded.paths:
        for count in path.counts:
            told = full[path.source, path.target][count.type]
            assert told.objects >= 5 and count.objects % 5 == count.times % 5 == 0
    behind = {number: study.cases_behind(one, Task()) for number in exact.shown if (one := study.type_study(number, WHOLE, Task()))}
    assert all(behind[count.type].arcs.get((path.source, path.target), 5) >= 5 for path in guarded.paths for count in path.counts)
    for one in guarded.types:
        assert one.objects is None or one.objects == round_to_base(one.objects)


@settings(max_examples=12)
@given(object_logs())
def test_what_a_project_keeps_reads_as_it_was(log: ObjectLog) -> None:
    kept = kept_objects(log, times_of(log, "UTC").times, bytes(32), Task())
    again = decode(encode(kept))
    assert canonical(again) == canonical(kept)
    assert kept.objects_by_type() == log.objects_by_type()
    for kind in case_types(log):
        one, other = flattened(log, kind), flattened(kept, kind)
        assert one.activity.tolist() == other.activity.tolist() and one.offsets.tolist() == other.offsets.tolist()
        assert one.timestamp.tolist() == other.timestamp.tolist()


@settings(max_examples=12)
@given(object_logs(), st.data())
def test_who_is_taken_out_is_nowhere(log: ObjectLog, data: st.DataObject) -> None:
    kept = kept_objects(log, times_of(log, "UTC").times, bytes(32), Task())
    gone = data.draw(st.sampled_from(kept.object_ids))
    left = without_object(kept, gone)
    touched = {int(event) for event, target, _role in kept.relations if kept.object_ids[target] == gone}
    assert gone not in left.object_ids and left.n_events == kept.n_events - len(touched)
    relations = {(row[0], row[1]) for row in left.relations.tolist()}
    assert all(event < left.n_events and target < left.n_objects for event, target in relations)


@given(st.lists(st.text(max_size=6), min_size=1, max_size=60))
def test_every_type_has_a_letter_of_its_own(names: list[str]) -> None:
    letters = letters_for(names)
    assert len(set(letters)) == len(names) and all(letters)
