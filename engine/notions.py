"""What is the case of what stands open: the notions that there are, and the log cut anew by another one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from engine.errors import N_, BadInput
from engine.importing.personal import listed
from engine.log.event_log import EventLog
from engine.ocel.keeping import case_name, identifiers_of, objects_in, with_unique_ids, without_object
from engine.ocel.notions import log_of_notion
from engine.ocel.object_log import ObjectLog
from engine.ocel.reading import case_types
from engine.service.opening_messages import ObjectCount
from engine.sources import Source
from engine.tasks import Task, run_beside

NO_NOTION = N_("The log has no objects of the type {type}. It has: {types}.")
ONE_NOTION = N_("{name} tells of one kind of case only. Import it with further identifiers, such as citizens, courses or decisions.")
CUTTING = N_("Cutting the cases anew …")


def base_of(source: Source) -> EventLog | None:
    """The log as it was imported, whatever its cases are now."""
    return source.base or source.log


def objects_of(source: Source) -> ObjectLog | None:
    """The objects of what stands open; None where there is one notion of the case only."""
    base = base_of(source)
    if base is None:
        return None
    return source.objects or objects_in(base, source.name)


def objects_to_export(source: Source) -> ObjectLog:
    """The objects of what stands open, each under an id of its own; BadInput where there is one notion of the case only."""
    objects = objects_of(source)
    if objects is None:
        raise BadInput(ONE_NOTION, name=source.name)
    return with_unique_ids(objects)


def counts_of(source: Source) -> tuple[ObjectCount, ...]:
    """What may be the case, most objects first; () where there is no choice."""
    base, shown = base_of(source), source.log
    if base is None or shown is None:
        return ()
    counts = _counts(source, base)
    now = case_name(shown)
    return tuple(ObjectCount(name, count, name == now) for name, count in counts.items()) if len(counts) > 1 else ()


def _counts(source: Source, base: EventLog) -> dict[str, int]:
    if source.objects is not None:
        found = source.objects.objects_by_type()
        return {name: found[name] for name in case_types(source.objects)}
    names = identifiers_of(base)
    counts = {case_name(base): base.n_cases}
    for name in names:
        column = base.event_columns[f"object:{name}"]
        counts[name] = len(column.indices.drop_null().unique())
    return dict(sorted(counts.items(), key=lambda one: (-one[1], one[0])))


def choose_notion(source: Source, notion: str, task: Task) -> Source:
    """What stands open with the objects of a type as its cases; "" brings the log of the import back. BadInput where there are none."""
    base = base_of(source)
    if base is None:
        raise BadInput(N_("No log is open."))
    if notion in ("", case_name(base)):
        return replace(source, log=base, base=None)
    counts = _counts(source, base)
    if notion not in counts:
        raise BadInput(NO_NOTION, type=listed((notion,)), types=listed(counts))
    if source.log is not None and notion == case_name(source.log):
        return source
    task.report(None, CUTTING)
    log = run_beside(task, lambda: log_of_notion(base, source.objects, notion, source.options.timezone, task))
    return replace(source, log=log, base=base)


def restored(source: Source, task: Task) -> Source:
    """What was opened with the notion that its view was kept with; that of the import where there is no such any more."""
    notion = source.view.notion
    if source.log is None or not notion:
        return source
    return choose_notion(source, notion, task) if notion in {one.name for one in counts_of(source)} else source


def logs_of(source: Source, task: Task) -> Iterator[EventLog]:
    """The log of the import, then those of an object-centric one that other types make."""
    base = base_of(source)
    if base is None:
        raise BadInput(N_("No log is open."))
    yield base
    for name in () if source.objects is None else case_types(source.objects):
        if name != case_name(base):
            yield log_of_notion(base, source.objects, name, source.options.timezone, task)


def without_pseudonym(source: Source, objects: ObjectLog, pseudonym: str, task: Task) -> tuple[EventLog, ObjectLog]:
    """The log of the import and its objects without those of a pseudonym and their events; BadInput when nothing else would be left."""
    base = base_of(source)
    left = without_object(objects, pseudonym)
    if base is None or case_name(base) not in case_types(left):
        raise BadInput(N_("The log holds nothing else. Delete the project instead."))
    return log_of_notion(base, left, case_name(base), source.options.timezone, task), left
