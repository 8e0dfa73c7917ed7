"""Which column plays which role, guessed from the names that are in use and from what the columns hold; employees play none."""

from __future__ import annotations

import re
from dataclasses import dataclass

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from engine.files.table import as_text
from engine.importing.personal import is_cpr, is_employee, plain_name
from engine.importing.timestamps import is_time_type, share_of_serials, share_of_times
from engine.log.columns import ACTIVITY, ACTOR, CASE, OUTCOME, REGISTERED, START, TIMES, TIMESTAMP, UNIT, ColumnRoles, columns_of

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
    REGISTERED: (
        ("time registered",),
        ("registreret", "registered", "registreringstidspunkt", "registreringsdato", "registrerings tidspunkt", "registrerings dato",
         "registration time", "registration date", "registered at", "indtastet", "indtastningstidspunkt", "entry time", "entered at"),
        ("oprettet", "oprettelsesdato", "oprettelsestidspunkt", "created", "created at", "journaliseret", "opdateret", "updated at"),
    ),
    ACTOR: (
        ("actor type",),
        ("aktør type", "aktørtype", "aktoer type", "type aktør", "actortype", "initiator type", "udfører type", "afsendertype"),
        ("aktør", "aktoer", "actor", "initiator", "afsender"),
    ),
    OUTCOME: (
        ("case outcome",),
        ("udfald", "outcome", "resultat", "result", "afgørelse", "afgoerelse", "sagsudfald"),
        ("decision", "beslutning", "afslutningsårsag", "slutårsag", "closing reason"),
    ),
}
SCORES = (1.0, 0.9, 0.7)
SUFFIXES = {
    CASE: re.compile(r".*(?: id|id| nr| nummer|nummer| number)$"),
    TIMESTAMP: re.compile(r".*(?:dato|tidspunkt| date| time|timestamp)$"),
}
SUFFIX_SCORE = 0.6
FILLED_IN = (TIMESTAMP, START, CASE, ACTIVITY, UNIT, REGISTERED, ACTOR)
"""Roles that are filled in; all others are only suggested, for nothing is read that nobody chose."""
MOSTLY_EMPTY = 0.6
"""What is left of the score of a time column most cells of which are empty."""
ONLY_TIME = 0.55


@dataclass(frozen=True)
class Guess:
    """Roles as given or guessed, and how sure each is (1.0 for those given)."""

    roles: ColumnRoles
    confidence: dict[str, float]


def guess_roles(given: ColumnRoles, head: pa.Table, text_format: str | None = None) -> Guess:
    """Fill in those of the roles that are not given; a column plays one role.

    head: the first rows of the table with all columns. text_format: the strptime pattern in which times are said to be written.
    """
    chosen = {role: name for role in NAMES if (name := getattr(given, role))}
    confidence = dict.fromkeys(chosen, 1.0)
    times = {name: _time_share(name, head.column(name), text_format) for name in head.column_names}
    taken = set(columns_of(given))
    persons = {name for name in head.column_names if holds_cpr(head.column(name))}
    for role in FILLED_IN:
        if role in chosen:
            continue
        free = [name for name in head.column_names if name not in taken]
        scores = {name: _score(role, name, head, times, name in persons) for name in free}
        best = max(scores, key=lambda name: scores[name], default=None)
        if best is None or scores[best] < ENOUGH:
            continue
        rivals = [name for name in free if scores[name] == scores[best] != 1.0 and name != best]
        if rivals and scores[best] <= SUFFIX_SCORE:
            continue
        chosen[role] = best
        taken.add(best)
        confidence[role] = ENOUGH if rivals or best in persons else scores[best]
    return Guess(msgspec.structs.replace(given, **chosen), confidence)


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
    if role in TIMES:
        if not by_name and role == TIMESTAMP and is_time:
            by_name = SUFFIX_SCORE if SUFFIXES[TIMESTAMP].match(plain) and not plain.startswith("start") else 0.0
            by_name = max(by_name, ONLY_TIME if sum(share >= 0.5 for share in times.values()) == 1 else 0.0)
        if is_time:
            return by_name if _filled(head.column(name)) >= 0.5 else by_name * MOSTLY_EMPTY
        return by_name if _is_blank(head.column(name)) else 0.0
    if is_time or is_employee(name):
        return 0.0
    if is_person:
        return max(by_name, ENOUGH) if role == CASE else 0.0
    if not by_name and role == CASE and SUFFIXES[CASE].match(plain):
        by_name = SUFFIX_SCORE
    return by_name


def _is_blank(column: pa.ChunkedArray) -> bool:
    return not _filled(column)


def _filled(column: pa.ChunkedArray) -> float:
    """Share (0..1) of the cells that hold something; 0 without cells."""
    filled = pc.not_equal(pc.utf8_trim_whitespace(as_text(column).cast(pa.string())), "")
    return float(pc.mean(filled).as_py() or 0.0)


def _time_share(name: str, column: pa.ChunkedArray, text_format: str | None) -> float:
    """As time_share; under a name for times, serial numbers of a spreadsheet are times too."""
    share = time_share(column, text_format)
    is_named = share < ENOUGH and any(name_score(role, name) for role in TIMES if role in NAMES)
    return share_of_serials(as_text(column)) if is_named and not is_time_type(column.type) else share


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
