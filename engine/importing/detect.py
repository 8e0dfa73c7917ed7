"""Which column plays which role, guessed from the names that are in use and from what the columns hold; employees play none."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from engine.files.table import as_text
from engine.importing.personal import is_cpr, is_employee, plain_name
from engine.importing.timestamps import is_time_type, share_of_times
from engine.log.columns import ACTIVITY, CASE, START, TIMESTAMP, UNIT, ColumnRoles

ENOUGH = 0.5
"""Least confidence (0..1) with which a role is filled in."""

NAMES: dict[str, tuple[tuple[str, ...], ...]] = {
    CASE: (
        ("case concept name",),
        ("case id", "caseid", "case", "sagsnr", "sags nr", "sagsnummer", "sags id", "sagsid", "sag id", "sag", "sagsnøgle", "case number",
         "case no", "case nr", "case key", "journalnr", "journalnummer", "journal nr", "forløbs id", "forløbsid", "forløb id", "trace id"),
        ("id", "trace", "forløb", "ticket", "ticket id", "process instance", "process instance id", "order id", "incident id"),
    ),
    ACTIVITY: (
        ("concept name",),
        ("activity", "aktivitet", "activity name", "aktivitetsnavn", "aktivitets navn", "hændelse", "haendelse", "hændelsestype",
         "haendelsestype", "event", "event name", "eventname"),
        ("trin", "step", "task", "task name", "operation", "action", "handling", "opgave", "aktivitetstype", "event type", "activity type"),
    ),
    TIMESTAMP: (
        ("time timestamp",),
        ("timestamp", "tidspunkt", "tidsstempel", "hændelsestidspunkt", "haendelsestidspunkt", "hændelsesdato", "event time", "eventtime",
         "completion time", "complete timestamp", "completed", "end timestamp", "end time", "end date", "sluttidspunkt",
         "slutdato", "slut"),
        ("dato", "date", "datetime", "date time", "dato tid", "dato og tid", "tid", "time", "registreringstidspunkt", "registreringsdato",
         "oprettet", "oprettelsesdato", "created", "created at", "udført", "afsluttet"),
    ),
    START: (
        ("start timestamp",),
        ("start time", "start date", "starttime", "startdate", "starttidspunkt", "startdato", "start tidspunkt", "start"),
        ("begin", "begyndt", "påbegyndt", "started", "started at"),
    ),
    UNIT: (
        ("org group",),
        ("enhed", "unit", "organisatorisk enhed", "organisationsenhed", "org unit", "organizational unit", "afdeling", "department",
         "forvaltning"),
        ("team", "center", "group", "gruppe", "kontor", "afsnit"),
    ),
}
SCORES = (1.0, 0.9, 0.7)
SUFFIXES = {
    CASE: re.compile(r".*(?: id|id| nr| nummer|nummer| number)$"),
    TIMESTAMP: re.compile(r".*(?:dato|tidspunkt| date| time|timestamp)$"),
}
SUFFIX_SCORE = 0.6
ONLY_TIME = 0.55


@dataclass(frozen=True)
class Guess:
    """Roles as given or guessed, and how sure each is (1.0 for those given)."""

    roles: ColumnRoles
    confidence: dict[str, float]


def guess_roles(given: ColumnRoles, head: pa.Table, text_format: str | None = None) -> Guess:
    """Fill in the roles that are not given; a column plays one role.

    head: the first rows of the table with all columns. text_format: the strptime pattern in which times are said to be written.
    """
    chosen = {role: name for role in NAMES if (name := getattr(given, role))}
    confidence = dict.fromkeys(chosen, 1.0)
    times = {name: time_share(head.column(name), text_format) for name in head.column_names}
    persons = {name for name in head.column_names if holds_cpr(head.column(name))}
    for role in (TIMESTAMP, START, CASE, ACTIVITY, UNIT):
        if role in chosen:
            continue
        free = [name for name in head.column_names if name not in chosen.values()]
        scores = {name: _score(role, name, head, times, name in persons) for name in free}
        best = max(scores, key=lambda name: scores[name], default=None)
        if best is None or scores[best] < ENOUGH:
            continue
        rivals = [name for name in free if scores[name] == scores[best] != 1.0 and name != best]
        if rivals and scores[best] <= SUFFIX_SCORE:
            continue
        chosen[role] = best
        confidence[role] = ENOUGH if rivals or best in persons else scores[best]
    return Guess(ColumnRoles(**chosen), confidence)


def spellings(name: str) -> set[str]:
    """The plain name with and without its blanks."""
    plain = plain_name(name)
    return {plain, plain.replace(" ", "")}


def name_score(role: str, name: str) -> float:
    """How well a column name suits a role (0..1), as names in use go."""
    return max((score for names, score in zip(NAMES[role], SCORES, strict=True) if spellings(name) & set(names)), default=0.0)


def may_be_case(name: str) -> bool:
    """Whether a column name is one of case ids, or of some ids."""
    return bool(name_score(CASE, name)) or SUFFIXES[CASE].match(plain_name(name)) is not None


def _score(role: str, name: str, head: pa.Table, times: dict[str, float], is_person: bool) -> float:
    plain = plain_name(name)
    by_name = name_score(role, name)
    is_time = times[name] >= 0.5
    if role in {TIMESTAMP, START}:
        if not by_name and role == TIMESTAMP and is_time:
            by_name = SUFFIX_SCORE if SUFFIXES[TIMESTAMP].match(plain) and not plain.startswith("start") else 0.0
            by_name = max(by_name, ONLY_TIME if sum(share >= 0.5 for share in times.values()) == 1 else 0.0)
        return by_name if is_time or _is_blank(head.column(name)) else 0.0
    if is_time or is_employee(name):
        return 0.0
    if is_person:
        return max(by_name, ENOUGH) if role == CASE else 0.0
    if not by_name and role == CASE and SUFFIXES[CASE].match(plain):
        by_name = SUFFIX_SCORE
    return by_name


def _is_blank(column: pa.ChunkedArray) -> bool:
    return not pc.any(pc.not_equal(pc.utf8_trim_whitespace(as_text(column).cast(pa.string())), "")).as_py()


def holds_cpr(column: pa.ChunkedArray) -> bool:
    """Whether most cells look like numbers of the civil registration: such a column may be the case, but hardly ever is meant to be."""
    if is_time_type(column.type):
        return False
    cells = [text for text in as_text(column).to_pylist() if text.strip()]
    return 2 * sum(map(is_cpr, cells)) > len(cells)


def time_share(column: pa.ChunkedArray, text_format: str | None = None) -> float:
    """Share (0..1) of the cells that are times, written in any usual way or in the given one."""
    if is_time_type(column.type):
        return 1.0
    return share_of_times(as_text(column), text_format)
