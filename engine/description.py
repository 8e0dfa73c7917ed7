"""A log in numbers, as `describe` prints it: one value, exact, with every arc of the directly-follows graph."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
from msgspec import UNSET, Struct, UnsetType, field
from numpy.typing import NDArray

from engine.discovery.dfg import Dfg, discover_dfg, measure_arcs
from engine.errors import N_
from engine.log.arc_index import index_arcs
from engine.log.columns import ONE_COLUMN, columns_by_role
from engine.log.event_log import EventLog
from engine.log.spells import SpellCounts, Spells, spell_counts
from engine.log.statistics import case_durations, period, summarise
from engine.log.variants import find_variants
from engine.tasks import Task
from engine.texts import Texts
from engine.validation.values import Signed

TOP_VARIANTS = 10
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DISCOVERING = N_("Discovering the process")


class Durations(Struct, frozen=True):
    """Seconds from first to last event over the cases that have times; p90 by linear interpolation. None without any."""

    median: float | None = None
    mean: float | None = None
    p90: float | None = None
    min: float | None = None
    max: float | None = None


class Arc(Struct, frozen=True):
    """How often one activity directly follows another, and the seconds in between (None without times)."""

    source: str = field(name="from")
    target: str = field(name="to")
    count: int
    median_seconds: float | None
    mean_seconds: float | None
    min_seconds: float | None
    max_seconds: float | None


class TopVariant(Struct, frozen=True):
    """One activity sequence and the number of its cases."""

    count: int
    activities: tuple[str, ...]


class Description(Struct, frozen=True):
    """The numbers of a log. first_event, last_event: ISO 8601, UTC. columns: column or columns by role. warnings: sentences.

    spells: of a log with states of its cases. signed: False, or the signature of the data; synthetic: instead of it, of data that are
    made up.
    """

    cases: int
    events: int
    activities: int
    variants: int
    first_event: str | None
    last_event: str | None
    start_activities: dict[str, int]
    end_activities: dict[str, int]
    case_duration_seconds: Durations
    directly_follows: tuple[Arc, ...]
    top_variants: tuple[TopVariant, ...]
    columns: dict[str, str | tuple[str, ...]]
    warnings: tuple[str, ...]
    signed: bool | Signed | UnsetType = UNSET
    synthetic: bool | UnsetType = UNSET
    spells: SpellCounts | UnsetType = UNSET


def describe(log: EventLog, texts: Texts, task: Task, spells: Spells | None = None) -> Description:
    """Measure a whole log, and count the states of its cases; the warnings are written in the language of the texts."""
    task.report(None, DISCOVERING)
    variants = find_variants(log, task)
    dfg = discover_dfg(log, variants)
    bounds = period(log)
    return Description(
        cases=log.n_cases,
        events=log.n_events,
        activities=len(log.activities),
        variants=variants.n_variants,
        first_event=None if bounds is None else _iso(bounds[0]),
        last_event=None if bounds is None else _iso(bounds[1]),
        start_activities=_by_count(log, dfg.start_cases),
        end_activities=_by_count(log, dfg.end_cases),
        case_duration_seconds=_durations(log),
        directly_follows=_arcs(log, dfg, task),
        top_variants=tuple(
            TopVariant(int(variants.counts[place]), tuple(log.activities[code] for code in variants.sequence(place)))
            for place in range(min(TOP_VARIANTS, variants.n_variants))
        ),
        columns={role: names[0] if role in ONE_COLUMN else names for role, names in columns_by_role(log.roles).items()},
        warnings=tuple(texts(notice.message, **notice.values) for notice in log.notices),
        spells=UNSET if spells is None else spell_counts(spells),
    )


def _iso(microseconds: int) -> str:
    return (EPOCH + timedelta(microseconds=int(microseconds))).isoformat()


def _by_count(log: EventLog, counts: NDArray[np.int64]) -> dict[str, int]:
    """Activities that occur, most frequent first, then by name."""
    found = [(int(counts[code]), log.activities[code]) for code in np.flatnonzero(counts)]
    return {name: count for count, name in sorted(found, key=lambda one: (-one[0], one[1]))}


def _durations(log: EventLog) -> Durations:
    seconds = case_durations(log)
    summary = summarise(seconds[~np.isnan(seconds)])
    if summary is None:
        return Durations()
    numbers = (summary.median, summary.mean, summary.p90, summary.min, summary.max)
    return Durations(*(_seconds(number) for number in numbers))


def _arcs(log: EventLog, dfg: Dfg, task: Task) -> tuple[Arc, ...]:
    """All arcs, most frequent first, then by names."""
    times = measure_arcs(index_arcs(log, task))
    timed = {(int(source), int(target)): place for place, (source, target) in enumerate(zip(times.source, times.target, strict=True))}
    arcs = []
    for source, target, count in zip(dfg.source.tolist(), dfg.target.tolist(), dfg.count.tolist(), strict=True):
        place = timed.get((source, target))
        seconds = (None if place is None else _seconds(column[place]) for column in (times.median, times.mean, times.min, times.max))
        arcs.append(Arc(log.activities[source], log.activities[target], count, *seconds))
    return tuple(sorted(arcs, key=lambda arc: (-arc.count, arc.source, arc.target)))


def _seconds(value: float) -> float | None:
    """Seconds to the microsecond that the stamps have; None for nan."""
    return None if np.isnan(value) else round(float(value), 6)


def readable(description: Description, name: str, texts: Texts) -> str:
    """The description as a short table for people."""
    durations = description.case_duration_seconds
    rows = [
        (texts("Cases"), texts.number(description.cases)),
        (texts("Events"), texts.number(description.events)),
        (texts("Activities"), texts.number(description.activities)),
        (texts("Variants"), texts.number(description.variants)),
        (texts("First event"), description.first_event or "–"),
        (texts("Last event"), description.last_event or "–"),
        (texts("Median case duration"), "–" if durations.median is None else texts.long_duration(durations.median)),
        (texts("Nine in ten cases take at most"), "–" if durations.p90 is None else texts.long_duration(durations.p90)),
    ]
    if description.spells is not UNSET:
        rows.append((texts("States of cases"), _states(description.spells, texts)))
    width = max(len(label) for label, _ in rows)
    lines = [name, *(f"  {label:<{width}}  {value}" for label, value in rows)]
    if description.directly_follows:
        lines += ["", texts("The most frequent transitions")]
        lines += [_arc_line(arc, texts) for arc in description.directly_follows[:10]]
    lines += ["", *(texts("Note: {text}", text=warning) for warning in description.warnings)] if description.warnings else []
    return "\n".join(lines)


def _states(spells: SpellCounts, texts: Texts) -> str:
    most = list(spells.states.items())[:TOP_VARIANTS]
    told = (texts("{state} ({count})", state=state, count=texts.number(count)) for state, count in most)
    return texts("{count}: {states}", count=texts.number(spells.rows), states=", ".join(told))


def _arc_line(arc: Arc, texts: Texts) -> str:
    time = "" if arc.median_seconds is None else f"  ({texts('median')} {texts.duration(arc.median_seconds)})"
    return f"  {texts.number(arc.count):>9}  {arc.source} → {arc.target}{time}"
