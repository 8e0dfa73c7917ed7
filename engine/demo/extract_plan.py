"""What a raw extract of each log looks like and which defects are planted in it: names, shares and forms as data."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from msgspec import Struct

from engine.demo import academic_trace as academic
from engine.demo import order_trace as order
from engine.demo import placement_trace as placement
from engine.demo.clean_placements import UNITS, employee_number
from engine.demo.placement_plan import TEAMS
from engine.demo.working_time import HOUR


class ExtractDefect(StrEnum):
    """What is wrong in a raw extract."""

    DUPLICATE = "duplicate"
    NEAR_DUPLICATE = "near_duplicate"
    CANCELLED = "cancelled_event"
    CANCELLED_DELETED = "cancelled_event_deleted"
    TEST_CITIZEN = "test_citizen"
    BROKEN_CASE_ID = "broken_case_id"
    CHANGED_CODE = "changed_code"
    SPELLING = "spelling_variant"
    MIXED_ENCODING = "mixed_encoding"
    MIXED_DATE_FORM = "mixed_date_form"
    CLOCK_FORM = "clock_form"
    DECIMAL_POINT = "decimal_point"
    SUMMER_TIME = "summer_time_hour"
    PERSONAL_TEXT = "personal_data_in_text"
    COMPANY_TEXT = "company_in_text"
    DATE_ONLY = "date_only"
    MIDNIGHT = "midnight"
    NIGHT_JOB = "night_job"
    BATCH = "batch"
    ONE_MINUTE = "one_minute_shift"
    LATE_REGISTRATION = "late_registration"
    RETRO_DATED = "retro_dated_start"
    FUTURE_DATED = "future_dated"
    MISSING_END = "missing_end"
    REUSED_EMPLOYEE = "reused_employee_id"
    SYSTEM_USER = "system_user"
    PLANNER_DISAGREES = "planner_disagrees"


D = ExtractDefect


class Description(Struct, frozen=True):
    """What a defect means, of what it is counted, its share (per mille of what it can touch), and whether a wash can undo it.

    What cannot be undone never changes which cases, events and arcs there are.
    """

    meaning: str
    counted: str
    per_mille: int
    repairable: bool


DESCRIPTIONS = {
    D.DUPLICATE: Description("The row was delivered twice, cell by cell the same.", "rows", 20, True),
    D.NEAR_DUPLICATE: Description("An edit repeated the event within ten minutes, under a number of its own.", "rows", 30, True),
    D.CANCELLED: Description("The event was registered by mistake and is marked as cancelled.", "rows", 10, True),
    D.CANCELLED_DELETED: Description("A cancelled event was deleted: its running number is missing.", "numbers", 5, False),
    D.TEST_CITIZEN: Description("Somebody tried the system out; no citizen is behind the case.", "rows", 2, True),
    D.BROKEN_CASE_ID: Description("A shift of benefit gave the case a new number; its old one is in tidligere_sag.", "rows", 30, True),
    D.CHANGED_CODE: Description("From the release on, another code and another text stand for the same activity.", "rows", 1000, True),
    D.SPELLING: Description("The activity is spelled in another way; its code is the usual one.", "rows", 20, True),
    D.MIXED_ENCODING: Description("The row is written in UTF-8, the file in cp1252.", "rows", 60, True),
    D.MIXED_DATE_FORM: Description("The time is written yyyy-mm-dd; the column's form is dd-mm-yyyy.", "rows", 40, True),
    D.CLOCK_FORM: Description("The time is written with “kl.” and to the minute only.", "rows", 20, True),
    D.DECIMAL_POINT: Description("The hours are written with a point; the column's sign is the comma.", "rows", 150, True),
    D.SUMMER_TIME: Description(
        "Two events in the hour that comes twice; the second lies in its second coming, so the clock runs backwards.", "rows", 1000, True
    ),
    D.PERSONAL_TEXT: Description("The remark names a citizen, a CPR or a telephone number.", "cells", 10, True),
    D.COMPANY_TEXT: Description("The remark names a company.", "cells", 150, True),
    D.DATE_ONLY: Description("The time is a date.", "rows", 1000, False),
    D.MIDNIGHT: Description("The time of day was not known and became 00:00:00.", "rows", 5, False),
    D.NIGHT_JOB: Description("Stamped by a night job between 00:01 and 00:10.", "rows", 1000, False),
    D.BATCH: Description("At least 20 events of one user in the same second.", "rows", 1000, False),
    D.ONE_MINUTE: Description("Moved by hand to one minute after the other talk of the day.", "rows", 300, False),
    D.LATE_REGISTRATION: Description("Registered at least one day, at most 14 days, after it happened.", "rows", 500, False),
    D.RETRO_DATED: Description("The start lies at least one day before its registration.", "rows", 140, False),
    D.FUTURE_DATED: Description("The time lies behind the extract, at most 30 days.", "rows", 1000, False),
    D.MISSING_END: Description(
        "The end was never filled in: slut is empty, and so is the time of the event that ends the spell.", "rows", 80, False
    ),
    D.REUSED_EMPLOYEE: Description("The employee number belonged to somebody in another unit before.", "rows", 30, False),
    D.SYSTEM_USER: Description("Somebody's work stands under the user SYSTEM.", "rows", 10, False),
    D.PLANNER_DISAGREES: Description("The planner gives the booked talk another time than the case system.", "bookings", 40, False),
}
"""Shares are SYN: made up, except those that domain descriptions of such extracts name. TEST_CITIZEN and BROKEN_CASE_ID are per mille of
cases; REUSED_EMPLOYEE per mille of employee numbers; texts per mille of the filled cells."""

LAG_DAYS = 14
FUTURE_DAYS = 30
BATCH_SIZE = 20
NIGHT, NIGHT_ENDS = (60, 658), 660
"""Seconds of the day at which night jobs stamp: 00:01:00 to 00:10:59."""
NOTED_PER_MILLE = 250
"""Share of the employees' rows with a remark."""


class BatchRule(Struct, frozen=True):
    """Events of these activities by one of these users, done on one day, get the same second (of the day)."""

    activities: tuple[str, ...]
    users: tuple[str, ...]
    second: int


class ExtractPlan(Struct, frozen=True):
    """How one log's extract is written, and where its defects can lie.

    spells: activity that begins a spell: the one that ends it (or ""). twice: pairs that a job may write in the hour that comes twice.
    renamed: activities with a new code and text from `release` on. talk: the activity that the planner knows as well.
    """

    letter: str
    stem: str
    case_prefix: str
    activities: tuple[str, ...]
    attributes: tuple[str, ...]
    spells: dict[str, str]
    date_only: tuple[str, ...]
    night: tuple[str, ...]
    batches: tuple[BatchRule, ...]
    late: tuple[str, ...]
    retro: tuple[str, ...]
    future: tuple[str, ...]
    twice: tuple[tuple[str, str], ...]
    talk: str
    deleted: str
    release: date
    renamed: dict[str, str]
    trial: tuple[str, ...]
    one_minute: tuple[str, str] | None = None
    breaks_cases: bool = True
    names_companies: bool = False

    def code(self, activity: str) -> str:
        """The activity's code."""
        return f"{self.letter}{self.activities.index(activity) + 1:02d}"

    def new_code(self, activity: str) -> str:
        """The code of a renamed activity from the release on."""
        return f"{self.letter}{self.activities.index(activity) + 61:02d}"


PEOPLE = ("målgruppe", "ydelse")
A = ExtractPlan(
    letter="A",
    stem="akademikere",
    case_prefix="KF",
    activities=academic.ACTIVITIES,
    attributes=PEOPLE,
    spells={academic.ABSENT: academic.PRESENT, academic.COURSE_STARTED: academic.COURSE_ENDED},
    date_only=(academic.ABSENT, academic.PRESENT),
    night=tuple(academic.LEFT.values()),
    batches=(
        BatchRule((academic.TRANSFERRED,), ("SYSTEM",), 187),
        BatchRule((academic.COURSE_STARTED, academic.COURSE_TALK, academic.COURSE_ENDED), ("AA-KOMPAS", "AA-BROEN"), 6 * HOUR + 900),
    ),
    late=(academic.TALK,),
    retro=(academic.ABSENT, academic.COURSE_STARTED),
    future=tuple(academic.LEFT.values()),
    twice=tuple((left, academic.CLOSED) for left in academic.LEFT.values()),
    talk=academic.TALK,
    deleted=academic.BOOKED,
    release=date(2024, 1, 1),
    renamed={academic.TALK: "Samtale – job", academic.PLAN_UPDATED: "Min Plan revideret"},
    trial=(academic.REGISTERED, academic.CV_MADE, academic.CV_APPROVED, academic.BOOKED, academic.TALK, academic.CLOSED),
    one_minute=(academic.TALK, academic.JOINT_TALK),
)
B = ExtractPlan(
    letter="B",
    stem="placeringer",
    case_prefix="PLAC",
    activities=placement.ACTIVITIES,
    attributes=PEOPLE,
    spells={placement.STARTED: placement.ENDED},
    date_only=(placement.STARTED, placement.ENDED),
    night=(placement.RECEIVED, placement.CANCELLED),
    batches=(
        BatchRule((placement.GRANTED,), ("ROBOT1",), 6 * HOUR),
        BatchRule((placement.CLOSED,), tuple(employee_number(unit, 0) for unit in UNITS[: len(TEAMS)]), 14 * HOUR),
    ),
    late=(placement.FOLLOWED_UP,),
    retro=(placement.STARTED,),
    future=(placement.ENDED,),
    twice=((placement.CONSENTED, placement.RECEIVED),),
    talk=placement.FOLLOWED_UP,
    deleted=placement.FOLLOWED_UP,
    release=date(2025, 6, 1),
    renamed={placement.PLANNED: "Min Plan ajourført", placement.DECIDED: "Afgørelsesbrev sendt"},
    trial=placement.MAIN_VARIANT[1:8],
)
C = ExtractPlan(
    letter="C",
    stem="rekrutteringer",
    case_prefix="RO",
    activities=order.ACTIVITIES,
    attributes=("center", "kanal", "virksomhed", "cvr", "stilling"),
    spells={order.ORDERED: ""},
    date_only=(order.HIRED,),
    night=(order.EXPIRED, order.INACTIVATED),
    batches=(
        BatchRule((order.SENT,), ("SYSTEM",), 8 * HOUR),
        BatchRule((order.EXPIRED, order.INACTIVATED), ("ROBOT7",), 16 * HOUR),
    ),
    late=(order.ANSWERED, order.INTERVIEW),
    retro=(order.HIRED,),
    future=(),
    twice=((order.ORDERED, order.SHARED),),
    talk=order.INTERVIEW,
    deleted=order.INTERVIEW,
    release=date(2025, 9, 1),
    renamed={order.SUGGESTED: "Kandidat indstillet", order.CONTACTED: "Kandidat opringet"},
    trial=(order.RECEIVED, order.CREATED, order.ASSIGNED, order.CLARIFIED, order.CANCELLED),
    breaks_cases=False,
    names_companies=True,
)
PLANS = {"A": A, "B": B, "C": C}
