"""A clean synthetic log: what really happened in every case, without any defect of registration, and what was planted in it."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from enum import StrEnum
from itertools import accumulate, pairwise

import msgspec
import numpy as np
import pyarrow as pa
from msgspec import Struct

from engine.demo.danish_time import utc_microseconds
from engine.demo.draws import Draws
from engine.demo.truth import TypicalGap
from engine.demo.working_time import DAY, EPOCH, HOUR, day_number
from engine.log.columns import ColumnRoles
from engine.log.event_log import EventLog, build_event_log
from engine.tasks import Task

ROLES = ColumnRoles(case="sag_id", activity="aktivitet", timestamp="tid", unit="enhed")
LEAST_GAP = 121
"""Seconds between two events of a case: their order is never in doubt, and no two lie exactly a minute apart."""
LEAST_REPEAT = 16 * 60
"""Seconds between two events of the same activity in a case: none looks like the correction of the other."""


class Actor(StrEnum):
    """Who acts."""

    CITIZEN = "borger"
    EMPLOYEE = "medarbejder"
    SYSTEM = "system"
    ROBOT = "robot"
    COMPANY = "virksomhed"
    FUND = "a-kasse"
    PROVIDER = "anden aktør"


class Event(Struct, frozen=True):
    """One event: local seconds since 1970, by whom; end: of a spell that begins with it; thing: the object that it is about.

    hours: weekly or paid hours in hundredths.
    """

    activity: str
    time: int
    unit: str
    actor: Actor
    employee: str = ""
    end: int | None = None
    thing: str = ""
    hours: int | None = None


class CaseFacts(Struct, frozen=True):
    """What is known of a whole case. citizen: number of a made-up person (people.py), None for a company's case."""

    case_id: str
    group: str
    benefit: str = ""
    citizen: int | None = None
    company: int | None = None
    title: str = ""


class Spell(Struct, frozen=True):
    """A state of a case from one day to another (days since 1970; None: still so at the extract)."""

    case_id: str
    state: str
    first: int
    last: int | None


class Planted(Struct, frozen=True):
    """A planted pattern: the share (per mille) of what it can occur in, how much that is (`eligible`, of what `counted` says), and where.

    count: how often it occurs. cases: those that hold it, sorted. parameters: what a reader needs to find it again.
    """

    pattern: str
    meaning: str
    counted: str
    per_mille: int
    eligible: int
    count: int
    cases: tuple[str, ...]
    parameters: dict[str, int | str] = {}


class CleanLog(Struct, frozen=True):
    """One clean log; `events` stand by case as `cases` do, and by time within each."""

    letter: str
    name: str
    seed: int
    extracted_at: int
    cases: tuple[CaseFacts, ...]
    events: tuple[tuple[Event, ...], ...]
    planted: tuple[Planted, ...]
    gaps: tuple[TypicalGap, ...]
    spells: tuple[Spell, ...] = ()

    @property
    def n_events(self) -> int:
        """Number of events."""
        return sum(map(len, self.events))

    def pattern(self, name: str) -> Planted:
        """One planted pattern."""
        return next(planted for planted in self.planted if planted.pattern == name)

    def arcs(self) -> Counter[tuple[str, str]]:
        """How often one activity follows another directly."""
        return Counter((one.activity, other.activity) for events in self.events for one, other in pairwise(events))

    def event_log(self, task: Task | None = None) -> EventLog:
        """The log with the roles case, activity, timestamp and unit."""
        flat = [event for events in self.events for event in events]
        codes = {name: code for code, name in enumerate(dict.fromkeys(event.activity for event in flat))}
        return build_event_log(
            case_codes=np.repeat(np.arange(len(self.cases), dtype=np.int32), [len(events) for events in self.events]),
            case_ids=pa.array([facts.case_id for facts in self.cases]),
            activity_codes=np.array([codes[event.activity] for event in flat], np.uint8),
            activities=tuple(codes),
            timestamp=utc_microseconds([event.time for event in flat]),
            event_columns={"unit": pa.array([event.unit for event in flat]).dictionary_encode()},
            roles=ROLES,
            task=task or Task(),
        )


def in_order(events: Iterable[Event], extracted_at: int) -> tuple[Event, ...]:
    """Events of a case by time, up to the extract, LEAST_GAP apart, two of the same kind LEAST_REPEAT; whole minutes stay whole."""
    result: list[Event] = []
    last, latest_of_kind = -DAY, dict[str, int]()
    for event in sorted(events, key=lambda event: event.time):
        earliest = max(last + LEAST_GAP, latest_of_kind.get(event.activity, -DAY) + LEAST_REPEAT)
        if event.time % 60 == 0:
            earliest = -(-earliest // 60) * 60
        last = max(event.time, earliest)
        latest_of_kind[event.activity] = last
        result.append(event if last == event.time else msgspec.structs.replace(event, time=last))
    return tuple(event for event in result if event.time <= extracted_at)


def arrival_days(
    draws: Draws, n: int, period: tuple[date, date], month_weights: Sequence[int], weekday_weights: Sequence[int]
) -> list[int]:
    """n sorted days (since 1970) of a period (first and last day) by month and weekday."""
    first, last = period
    days = [first + timedelta(i) for i in range((last - first).days + 1)]
    edges = list(accumulate(month_weights[day.month - 1] * weekday_weights[day.weekday()] for day in days))
    return sorted(day_number(days[bisect_right(edges, draws.below(edges[-1]))]) for _ in range(n))


def calendar_date(day: int) -> date:
    """The date of a day since 1970."""
    return EPOCH + timedelta(day)


def is_slack(day: int) -> bool:
    """Whether little is done on a day: July, and from 20 December to 2 January."""
    found = calendar_date(day)
    return found.month == 7 or (found.month == 12 and found.day >= 20) or (found.month == 1 and found.day <= 2)


def share(part: int, per_mille: int) -> int:
    """So many of a thousand, rounded to the nearest whole number."""
    return (part * per_mille + 500) // 1000


def half_hour(moment: int, earliest: int) -> int:
    """The first half hour on the clock at or after a moment that is not before `earliest`."""
    return -(-max(moment, earliest) // (HOUR // 2)) * (HOUR // 2)
