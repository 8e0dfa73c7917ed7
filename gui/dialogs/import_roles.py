"""The roles of columns in words, which of them a column may play, and what becomes of it."""

from __future__ import annotations

from engine.errors import N_
from engine.log.columns import (
    ACTIVITY,
    ACTOR,
    ATTRIBUTES,
    BEGIN,
    CASE,
    CASE_ATTRIBUTES,
    EMPLOYEE,
    OBJECTS,
    OUTCOME,
    REGISTERED,
    START,
    STATE,
    TIMES,
    TIMESTAMP,
    UNIT,
    UNTIL,
)
from engine.service.messages import PersonalSign, PlannedFile
from engine.texts import Texts
from gui.dialogs.roles_dialog import readable_format

EVENTS, SPELLS = "events", "spells"
KINDS = {
    EVENTS: (N_("Events"), N_("Each row is something that happened.")),
    SPELLS: (N_("States"), N_("Each row is something that a case was in, from one day to another.")),
}
"""What the rows of a file are, and what that means."""
NEEDED = {EVENTS: (CASE, ACTIVITY, TIMESTAMP), SPELLS: (CASE, STATE, BEGIN)}
Groups = tuple[tuple[str | None, ...], ...]
GROUPS: dict[str, Groups] = {
    EVENTS: (
        (CASE, ACTIVITY, TIMESTAMP),
        (START, REGISTERED),
        (UNIT, ACTOR, EMPLOYEE),
        (ATTRIBUTES, CASE_ATTRIBUTES, OUTCOME, OBJECTS),
        (None,),
    ),
    SPELLS: ((CASE, STATE, BEGIN, UNTIL), (None,)),
}
"""The roles as the menu shows them; None leaves a column out."""
NAMES: dict[str | None, str] = {
    CASE: N_("Case id"),
    ACTIVITY: N_("Activity (step)"),
    TIMESTAMP: N_("Time of the event"),
    START: N_("Start of the event"),
    REGISTERED: N_("Time of registration"),
    UNIT: N_("Unit"),
    ACTOR: N_("Kind of actor"),
    EMPLOYEE: N_("Employee"),
    ATTRIBUTES: N_("Attribute of the event"),
    CASE_ATTRIBUTES: N_("Attribute of the case"),
    OUTCOME: N_("Outcome of the case"),
    OBJECTS: N_("Another id"),
    STATE: N_("State"),
    BEGIN: N_("From"),
    UNTIL: N_("To"),
    None: N_("Leave out"),
}
MEANINGS: dict[str | None, str] = {
    CASE: N_("What one journey is about, such as a case number. It becomes codes."),
    ACTIVITY: N_("What happened."),
    TIMESTAMP: N_("When it happened; with a start too, when it was finished."),
    START: N_("When it was begun."),
    REGISTERED: N_("When it was written down in the system."),
    UNIT: N_("The team, department or centre."),
    ACTOR: N_("Citizen, employee, robot, system or company."),
    EMPLOYEE: N_("Who did it. It becomes codes that are never shown; they tell how often a case changes hands."),
    ATTRIBUTES: N_("Something that may differ from event to event, such as a channel."),
    CASE_ATTRIBUTES: N_("Something that the whole case has, such as a target group."),
    OUTCOME: N_("How the case ended."),
    OBJECTS: N_("By which the same events can be seen as other journeys, such as the citizen or the order. It becomes codes."),
    STATE: N_("What the case was in, such as a benefit, a status or a phase."),
    BEGIN: N_("When the state began."),
    UNTIL: N_("When it ended; empty while it lasts."),
    None: N_("The column is not read."),
}
SIGNS: dict[str, str] = {
    "cpr": N_("CPR"),
    "cpr_in_text": N_("CPR in texts"),
    "email": N_("e-mail"),
    "phone": N_("telephone"),
    "address": N_("addresses"),
    "name": N_("names"),
    "name_in_text": N_("names in texts"),
    "birth_date": N_("birth dates"),
    "free_text": N_("free text"),
}
KEYED = frozenset({CASE, OBJECTS, EMPLOYEE})
"""Roles whose cells become codes."""
IDENTIFIERS = frozenset({"cpr", "email", "phone", "name"})
"""Signs of whole cells that may become codes."""
FEW_NAMES = 0.68
"""Up to this confidence (0..1) so few cells of a column hold a name that they are masked instead."""
PRECISIONS = ("", N_("to the day"), N_("to the minute"), N_("to the second"), N_("to parts of a second"))
ONLY_EMPLOYEE = N_("It says who did the work: it can only be the employee, who becomes codes.")
ONLY_CODES = N_("It holds {sign}: it can only be an id, which becomes codes.")
BIRTH = N_("It holds birth dates: make age bands of them in the wash, and give the bands a role.")
FREE = N_("It holds free text: leave it out, or make activities of its keywords in the wash.")
PERSONAL = N_("It holds {sign}: it can only be left out.")


def sign_of(signs: tuple[PersonalSign, ...]) -> PersonalSign | None:
    """The surest sign that counts; names in a few cells are masked and bar nothing."""
    return next((sign for sign in signs if sign.kind != "name_in_text" or sign.confidence > FEW_NAMES), None)


def sign_words(file: PlannedFile, column: str, texts: Texts) -> str:
    """What a column tells of persons, with how sure it is; "" when nothing."""
    sign = sign_of(file.signs.get(column, ()))
    if sign is not None:
        return f"{texts(SIGNS[sign.kind])} {texts.percent(sign.confidence)}"
    return texts("employees") if is_about_employees(file, column) else ""


def is_about_employees(file: PlannedFile, column: str) -> bool:
    """Whether a column says who did the work."""
    return file.preview is not None and column in file.preview.employees


def barred(file: PlannedFile, column: str, role: str | None, texts: Texts) -> str:
    """Why a column cannot play a role; "" when it can."""
    is_birth = any(sign.kind == "birth_date" for sign in file.signs.get(column, ()))
    if role is None or (role in TIMES and not is_birth):
        return ""
    if is_about_employees(file, column):
        return "" if role == EMPLOYEE else texts(ONLY_EMPLOYEE)
    sign = sign_of(file.signs.get(column, ()))
    if sign is None or (role == ACTIVITY and sign.kind in ("free_text", "name_in_text")):
        return ""
    if sign.kind in IDENTIFIERS:
        return "" if role in KEYED else texts(ONLY_CODES, sign=texts(SIGNS[sign.kind]))
    said = {"birth_date": BIRTH, "free_text": FREE}.get(sign.kind)
    return texts(said) if said is not None else texts(PERSONAL, sign=texts(SIGNS[sign.kind]))


def becomes(file: PlannedFile, column: str, role: str | None, is_washed: bool, texts: Texts) -> str:
    """What is done with a column, in a few words."""
    if role is None:
        return texts("only read for the wash") if is_washed else texts("is not read")
    if role == EMPLOYEE:
        return texts("becomes codes, never shown")
    if role in KEYED:
        return texts("becomes codes")
    return (stamp_words(file, column, role, texts) if role in TIMES else "") or texts("is read")


def stamp_words(file: PlannedFile, column: str, role: str, texts: Texts) -> str:
    """How the times of a column are written and read: pattern, precision, and the share that can be read; "" while that is open."""
    stamps = file.stamps.get(column)
    ways = file.preview.readings.get(role, ()) if file.preview is not None else ()
    if stamps is None:
        return texts("holds no times that can be read")
    if len(ways) != 1:
        return texts("day or month first?") if ways else ""
    written = readable_format(ways[0].format).replace(".…", "").replace("ddT", "dd ")
    written = written.replace("yyyy", texts("yyyy")).replace("hh", texts("hh"))
    said = [texts(PRECISIONS[stamps.precision]), written if written != "ISO8601" else texts("date and time")]
    said += [texts.percent(stamps.share)] if stamps.share < 1 else []
    return " · ".join(part for part in said if part)
