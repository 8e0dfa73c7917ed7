"""The rows of an extract while defects are planted in them: what stands where, and which defect touched what."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import msgspec
from msgspec import Struct

from engine.demo.clean_log import Actor, CaseFacts, CleanLog, Event
from engine.demo.draws import Draws
from engine.demo.extract_plan import NOTED_PER_MILLE, PLANS, ExtractDefect, ExtractPlan

SECOND, MINUTE, DATE = "sekund", "minut", "dag"
LATEST_ENTRY = 600
"""Seconds after an event within which it is registered, when all is well."""
FIRST_CANDIDATE, MOST_CANDIDATES = 12_000, 9
"""Citizens that log C sends to companies: none of logs A and B."""
REMARKS = (
    "Aftalt pr. telefon", "Afventer svar", "Dokumentation modtaget", "Sendt i digital post", "Følges op ved næste samtale",
    "Ingen bemærkninger", "Ønsker samtale om formiddagen", "Oplysninger kontrolleret", "Se tidligere notat", "Mangler underskrift",
    "Ændret efter aftale",
)  # fmt: skip


class ExtractRow(Struct):
    """One row to be. journey: the case's number in the clean log, also where its id is broken; time None: not filled in.

    written: how precisely the time is written. marks: the defects planted in it.
    """

    journey: int
    case_id: str
    activity: str
    code: str
    text: str
    time: int | None
    end: int | None
    registered: int
    employee: str
    unit: str
    actor: Actor
    thing: str
    hours: int | None
    benefit: str
    person: int | None
    note: str = ""
    earlier: str = ""
    cancelled: bool = False
    number: int = 0
    written: str = SECOND
    iso: bool = False
    spoken: bool = False
    point: bool = False
    utf8: bool = False
    marks: list[ExtractDefect] = []


class Sheet:
    """All rows of one extract, by journey and time, and what was planted in which of them."""

    def __init__(self, log: CleanLog, draws: Draws) -> None:
        self.log = log
        self.plan: ExtractPlan = PLANS[log.letter]
        self.draws = draws
        self.rows = [_row(self, i, facts, event) for i, facts in enumerate(log.cases) for event in log.events[i]]
        self.facts: list[CaseFacts] = list(log.cases)
        self.trials: set[int] = set()
        self.touched: dict[ExtractDefect, list[ExtractRow]] = {}
        self.planner_shifts: dict[str, int] = {}
        self.personal: list[str] = []

    def mark(self, defect: ExtractDefect, *rows: ExtractRow) -> None:
        """Note that a defect was planted in rows."""
        self.guard(defect, *rows)
        self.touched.setdefault(defect, []).extend(rows)

    def guard(self, defect: ExtractDefect, *rows: ExtractRow) -> None:
        """Keep other defects away from rows that a defect needs beside it."""
        for row in rows:
            row.marks = [*row.marks, defect]

    def plain(self, activities: Collection[str] | None = None, besides: Collection[str] = ()) -> Iterator[int]:
        """Places of the rows without any mark, of some activities or of all but some."""
        for i, row in enumerate(self.rows):
            if not row.marks and (activities is None or row.activity in activities) and row.activity not in besides:
                yield i

    def room(self, i: int) -> tuple[int, int]:
        """Between which moments (exclusive) a row may move without passing another event of its case."""
        rows, journey = self.rows, self.rows[i].journey
        low, high = -(1 << 40), 1 << 40
        j = i - 1
        while j >= 0 and rows[j].journey == journey:
            if (time := rows[j].time) is not None:
                low = time
                break
            j -= 1
        j = i + 1
        while j < len(rows) and rows[j].journey == journey:
            if (time := rows[j].time) is not None:
                high = time
                break
            j += 1
        return low, high

    def fits(self, i: int, moment: int) -> bool:
        """Whether a row may be stamped at a moment and keeps its place in its case."""
        low, high = self.room(i)
        return low < moment < high

    def chosen(self, places: Sequence[int], per_mille: int) -> list[int]:
        """So many of a thousand of the places, at least one where there is any."""
        n = max(min(1, len(places)), (len(places) * per_mille + 500) // 1000)
        return sorted(self.draws.sample(places, n))

    def insert(self, new: dict[int, ExtractRow]) -> None:
        """Put rows directly behind the places of others."""
        result: list[ExtractRow] = []
        for i, row in enumerate(self.rows):
            result.append(row)
            if i in new:
                result.append(new[i])
        self.rows = result


def copy_of(row: ExtractRow, **changes: object) -> ExtractRow:
    """Another row with the same cells but for the changes, not yet marked."""
    return msgspec.structs.replace(row, marks=[], **changes)


def moment_of(row: ExtractRow) -> int:
    """The time of a row that has one."""
    if row.time is None:
        raise ValueError("the row has no time")
    return row.time


def citizen_of(facts: CaseFacts, thing: str) -> int | None:
    """The person whom an event is about: the case's citizen, or the candidate that it names."""
    if facts.citizen is not None or not thing.startswith("KA"):
        return facts.citizen
    case, _, candidate = thing.removeprefix("KA").partition("-")
    return FIRST_CANDIDATE + int(case) * MOST_CANDIDATES + int(candidate)


def _row(sheet: Sheet, journey: int, facts: CaseFacts, event: Event) -> ExtractRow:
    draws = sheet.draws
    noted = event.actor is Actor.EMPLOYEE and draws.chance(NOTED_PER_MILLE)
    return ExtractRow(
        journey=journey,
        case_id=facts.case_id,
        activity=event.activity,
        code=sheet.plan.code(event.activity),
        text=event.activity,
        time=event.time,
        end=event.end,
        registered=min(event.time + draws.between(0, LATEST_ENTRY), sheet.log.extracted_at),
        employee=event.employee,
        unit=event.unit,
        actor=event.actor,
        thing=event.thing,
        hours=event.hours,
        benefit=facts.benefit,
        person=citizen_of(facts, event.thing),
        note=REMARKS[draws.below(len(REMARKS))] if noted else "",
    )
