"""The course of one placement case: its events in order, with the waiting times, loops and registration habits that its plan asks for."""

from __future__ import annotations

from datetime import date

from msgspec import Struct

from engine.demo.draws import Draws, Wait
from engine.demo.placement_plan import CasePlan
from engine.demo.truth import Pattern, TypicalGap
from engine.demo.working_time import DAY, HOUR, OPENS, WorkingTime

NEED = "Behov for virksomhedsrettet tilbud noteret"
FOUND_BY_CITIZEN = "Virksomhed fundet af borger"
FOUND_BY_CONSULTANT = "Virksomhed fundet af virksomhedskonsulent"
APPLIED = "VITAS-ansøgning oprettet"
CONSENTED = "Godkendt af medarbejderrepræsentant"
RECEIVED = "Ansøgning modtaget"
CHECKED = "Rimelighed/merbeskæftigelse kontrolleret"
RETURNED = "Returneret til virksomhed"
APPROVED = "Godkendt i VITAS"
REJECTED = "Afslag"
PLACED = "Placering oprettet i Fasit"
PLANNED = "Min Plan opdateret"
DECIDED = "Afgørelse sendt til borger"
GRANTED = "Bevilling sendt til virksomhed"
STARTED = "Tilbud påbegyndt"
FOLLOWED_UP = "Opfølgning afholdt"
EXTENDED = "Forlænget"
HOURS_CHANGED = "Timetal ændret"
CANCELLED = "Annulleret"
INTERRUPTED = "Afbrudt"
ENDED = "Tilbud afsluttet"
CLOSED = "Afslutning registreret"

ACTIVITIES = (
    NEED, FOUND_BY_CITIZEN, FOUND_BY_CONSULTANT, APPLIED, CONSENTED, RECEIVED, CHECKED, RETURNED, APPROVED, REJECTED, PLACED,
    PLANNED, DECIDED, GRANTED, STARTED, FOLLOWED_UP, EXTENDED, HOURS_CHANGED, CANCELLED, INTERRUPTED, ENDED, CLOSED,
)  # fmt: skip
MAIN_VARIANT = (
    FOUND_BY_CITIZEN, APPLIED, CHECKED, APPROVED, PLACED, PLANNED, DECIDED, GRANTED, STARTED, FOLLOWED_UP, ENDED, CLOSED,
)  # fmt: skip

COMPANY, SYSTEM, REVIEW, PRINT_ROOM = "Virksomhed", "System", "Virksomhedsservice", "Udskriftscentral"
WEEKLY_PRINTS = ("Center Nord", "Center Syd", "Center Vest, team 1")
"""Teams whose grants leave with the weekly print run."""

DATE, SECOND = "dag", "sekund"

FIND = Wait(4 * DAY, 15 * DAY)
APPLY = Wait(6 * DAY, 17 * DAY)
CONSENT = Wait(2 * DAY, 5 * DAY)
CHECK = Wait(8 * HOUR, 22 * HOUR)
SEND_BACK = Wait(4 * HOUR, 16 * HOUR)
COME_BACK = Wait(4 * DAY, 10 * DAY)
APPROVE = Wait(24 * HOUR, 56 * HOUR)
PLACE = Wait(14 * HOUR, 52 * HOUR)
PLAN = Wait(5 * HOUR, 24 * HOUR)
DECIDE = Wait(8 * HOUR, 20 * HOUR)
GRANT = Wait(4 * HOUR, 12 * HOUR)
START = Wait(5 * DAY, 13 * DAY)
FOLLOW_UP = Wait(13 * DAY, 20 * DAY)
CLOSE = Wait(6 * DAY, 14 * DAY)
LATE = Wait(3 * DAY, 9 * DAY)
LAG = Wait(2 * DAY, 9 * DAY)

SLOW_PER_MILLE = 1500
LATEST_CLOSING_DAYS = 21
LATEST_LAG_DAYS = 14

GAPS = tuple(
    TypicalGap(source, target, clock, wait.median, wait.p90)
    for source, target, clock, wait in (
        (NEED, FOUND_BY_CITIZEN, "calendar", FIND),
        (FOUND_BY_CITIZEN, APPLIED, "calendar", APPLY),
        (APPLIED, CONSENTED, "calendar", CONSENT),
        (APPLIED, CHECKED, "office", CHECK),
        (CHECKED, RETURNED, "office", SEND_BACK),
        (RETURNED, CHECKED, "calendar", COME_BACK),
        (CHECKED, APPROVED, "office", APPROVE),
        (APPROVED, PLACED, "office", PLACE),
        (PLACED, PLANNED, "office", PLAN),
        (PLANNED, DECIDED, "office", DECIDE),
        (DECIDED, GRANTED, "office", GRANT),
        (GRANTED, STARTED, "calendar", START),
        (STARTED, FOLLOWED_UP, "calendar", FOLLOW_UP),
        (ENDED, CLOSED, "calendar", CLOSE),
    )
)


class Step(Struct, frozen=True):
    """One event to be: local seconds since 1970, the moment it was registered, by whom, and the production unit it names."""

    activity: str
    time: int
    unit: str
    registered: int
    precision: str = SECOND
    production_unit: int | None = None


def _is_slow(moment: int) -> bool:
    day = date.fromordinal(moment // DAY + date(1970, 1, 1).toordinal())
    return day.month == 7 or (day.month == 12 and day.day >= 20) or (day.month == 1 and day.day <= 2)


class PlacementTrace:
    """Builds the events of one case; `steps` grows in the order in which things happen."""

    def __init__(self, plan: CasePlan, draws: Draws, calendar: WorkingTime) -> None:
        self.plan = plan
        self.steps: list[Step] = []
        self._draws = draws
        self._calendar = calendar

    def run(self) -> list[Step]:
        """All events of the case, sorted by time."""
        if self.plan.test_citizen:
            self._try_out()
        else:
            self._run()
        return sorted(self.steps, key=lambda step: step.time)

    def _run(self) -> None:
        approved = self._review(self._apply())
        if approved is None or self._has(Pattern.NEVER_PLACED):
            return
        start, placed = self._place(approved)
        if start is not None:
            self._carry_out(start, placed)

    def _has(self, pattern: Pattern) -> bool:
        return pattern in self.plan.patterns

    def _add(self, activity: str, time: int, unit: str | None = None, production_unit: int | None = None) -> int:
        self.steps.append(Step(activity, time, unit or self.plan.team.unit, time, SECOND, production_unit))
        return time

    def _add_date(self, activity: str, day: int, registered: int) -> None:
        self.steps.append(Step(activity, day * DAY, self.plan.team.unit, registered, DATE))

    def _office(self, moment: int, wait: Wait, per_mille: int = 1000) -> int:
        slow = SLOW_PER_MILLE if _is_slow(moment) else 1000
        return self._calendar.after(moment, self._draws.wait(wait, per_mille * slow // 1000))

    def _company(self, moment: int, wait: Wait) -> int:
        """A company writes by day and in the evening, seldom at the weekend."""
        day = (moment + self._draws.wait(wait)) // DAY
        if not self._calendar.is_working_day(day) and not self._draws.chance(150):
            while not self._calendar.is_working_day(day):
                day += 1
        return max(day * DAY + self._draws.between(7 * HOUR, 20 * HOUR), moment + self._draws.between(300, 5400))

    def _night(self, moment: int) -> int:
        """The night job after a moment: 00:01 to 00:10."""
        return (moment // DAY + 1) * DAY + self._draws.between(60, 599)

    # ---- before the approval ---------------------------------------------------------------------------------------------

    def _apply(self) -> int:
        moment = self._calendar.on_or_after(self.plan.arrival)
        if self.plan.notes_every_step:
            self._add(NEED, moment)
            moment = self._calendar.on_or_after(moment + self._draws.wait(FIND))
        self._add(FOUND_BY_CITIZEN if self.plan.found_by_citizen else FOUND_BY_CONSULTANT, moment)
        return self._send(moment, APPLY)

    def _send(self, moment: int, wait: Wait) -> int:
        moment = self._add(APPLIED, self._company(moment, wait), COMPANY, self.plan.production_unit)
        if self.plan.notes_every_step:
            moment = self._add(CONSENTED, self._company(moment, CONSENT), COMPANY)
            moment = self._add(RECEIVED, self._night(moment), SYSTEM)
        return moment

    def _review(self, moment: int) -> int | None:
        moment = self._add(CHECKED, self._office(moment, CHECK), REVIEW)
        rounds = 0
        if self._has(Pattern.RETURNED):
            rounds = 2 if self._draws.chance(150) else 1
        for _ in range(rounds):
            moment = self._add(RETURNED, self._office(moment, SEND_BACK), REVIEW)
            moment = self._send(moment, COME_BACK) if self._draws.chance(170) else moment + self._draws.wait(COME_BACK)
            moment = self._add(CHECKED, self._calendar.on_or_after(moment), REVIEW)
        decided = self._office(moment, APPROVE)
        if self._has(Pattern.REJECTED):
            self._add(REJECTED, decided, REVIEW)
            return None
        return self._add(APPROVED, decided, REVIEW)

    # ---- the placement ---------------------------------------------------------------------------------------------------

    def _place(self, approved: int) -> tuple[int | None, int]:
        """Make the placement and send the papers; the day the offer starts (None when cancelled) and the moment of the placement."""
        start = None
        if self._has(Pattern.LATE_PLACEMENT):
            start = approved // DAY + self._draws.between(1, 5)
            late = start * DAY + max(DAY, self._draws.wait(LATE))
            placed = self._calendar.on_or_after(late // DAY * DAY + OPENS + self._draws.between(0, 7 * HOUR))
        else:
            placed = self._office(approved, PLACE, self.plan.team.placement_per_mille)
        site = self.plan.production_unit + (self._draws.between(1, 900) if self._has(Pattern.WRONG_PRODUCTION_UNIT) else 0)
        self._add(PLACED, placed, None, site)
        if self._has(Pattern.DOUBLE_PLACEMENT):
            self._add(PLACED, self._calendar.after(placed, self._draws.between(9 * HOUR, 40 * HOUR)), REVIEW, site)
        if self._has(Pattern.CANCELLED):
            self._cancel(placed)
            return None, placed
        return self._send_papers(placed, start), placed

    def _send_papers(self, placed: int, start: int | None) -> int:
        plan_waits = self._has(Pattern.LATE_PLAN) or self._has(Pattern.SAME_DAY_PLAN)
        moment = placed if plan_waits else self._add(PLANNED, self._office(placed, PLAN))
        granted = self._grant(moment, not self._has(Pattern.NO_DECISION_LETTER))
        if start is None:
            start = self._start_day(granted)
        if self._has(Pattern.SAME_DAY_PLAN):
            while not self._calendar.is_working_day(start):
                start += 1
            self._add(PLANNED, start * DAY + OPENS + self._draws.between(0, 5 * HOUR))
        elif plan_waits:
            late = (start + self._draws.between(1, 10)) * DAY + OPENS + self._draws.between(0, 7 * HOUR)
            self._add(PLANNED, self._calendar.on_or_after(late))
        self._add_date(STARTED, start, placed)
        return start

    def _grant(self, moment: int, with_letter: bool) -> int:
        moment = self._office(moment, DECIDE)
        if with_letter:
            self._add(DECIDED, moment)
        if self.plan.team.unit.startswith(WEEKLY_PRINTS):
            return self._add(GRANTED, self._next_print_run(moment), PRINT_ROOM)
        return self._add(GRANTED, self._office(moment, GRANT))

    def _next_print_run(self, moment: int) -> int:
        """Wednesday 06:00:00; 1970-01-01 was a Thursday."""
        day = moment // DAY + 1
        return (day + (6 - day) % 7) * DAY + 6 * HOUR

    def _start_day(self, granted: int) -> int:
        day = granted // DAY + 1 + self._draws.wait(START) // DAY
        if self._draws.chance(600):
            day += (4 - day) % 7
        return day

    def _cancel(self, placed: int) -> None:
        moment = placed
        if self._draws.chance(650):
            moment = self._grant(self._add(PLANNED, self._office(placed, PLAN)), True)
        moment = self._office(moment, APPROVE)
        if self._draws.chance(400):
            self._add(CANCELLED, self._night(moment), SYSTEM)
        else:
            self._add(CANCELLED, moment)

    # ---- the offer -------------------------------------------------------------------------------------------------------

    def _length(self) -> tuple[int, int]:
        """Days as first granted, and in the end."""
        limit = self.plan.limit_days
        if self._has(Pattern.OVERLONG):
            over = limit + 7 * self._draws.between(1, 4)
            return (limit, over) if self._has(Pattern.EXTENDED) else (over, over)
        if self._has(Pattern.EXTENDED):
            return limit // 2, limit
        length = limit // 2 if self._draws.chance(150 if limit == 28 else 350) else limit
        return length, length

    def _carry_out(self, start: int, placed: int) -> None:
        granted_days, days = self._length()
        if self._has(Pattern.INTERRUPTED):
            self._interrupt(start, days)
            return
        if self._has(Pattern.EXTENDED):
            self._add(EXTENDED, self._in_the_offer(start, granted_days, 60, 95))
        self._follow_up(start, days)
        self._change_hours(start, days)
        end = start + days
        if self.plan.missing_end:
            if self._draws.chance(500):
                self._close(end)
            return
        self._add_date(ENDED, end, placed)
        self._close(end)

    def _in_the_offer(self, start: int, days: int, low: int, high: int) -> int:
        """A moment in office hours, low to high per cent of the way through the offer."""
        day = start + max(1, days * self._draws.between(low, high) // 100)
        day = max(self._calendar.on_or_before_day(day), start + 1)
        return self._calendar.on_or_after(day * DAY + OPENS + self._draws.between(0, 6 * HOUR))

    def _interrupt(self, start: int, days: int) -> None:
        moment = self._in_the_offer(start, days, 30, 80)
        self._follow_up(start, moment // DAY - start)
        self._change_hours(start, moment // DAY - start)
        self._add(INTERRUPTED, moment)
        self._close(moment // DAY)

    def _follow_up(self, start: int, days: int) -> None:
        moment = start * DAY
        wait = FOLLOW_UP if days >= 21 else Wait(6 * DAY, 10 * DAY)
        for per_mille in (840, 160):
            moment = self._calendar.on_or_after((moment + self._draws.wait(wait)) // DAY * DAY + self._draws.between(8 * HOUR, 14 * HOUR))
            if moment >= (start + days) * DAY or not self._draws.chance(per_mille):
                return
            lag = self._draws.wait(LAG) if self._draws.chance(500) else 0
            registered = moment + min(lag, LATEST_LAG_DAYS * DAY)
            self.steps.append(Step(FOLLOWED_UP, moment, self.plan.team.unit, registered))

    def _change_hours(self, start: int, days: int) -> None:
        if not self._has(Pattern.HOURS_CHANGED):
            return
        moment = self._add(HOURS_CHANGED, self._in_the_offer(start, days, 20, 60))
        if self.plan.team.new_grant_per_change:
            self._grant(moment, True)

    def _close(self, end: int) -> None:
        if self.plan.team.unit.startswith("Center City"):
            self._add(CLOSED, self._next_clean_up(end))
            return
        day = min(end + self._draws.wait(CLOSE) // DAY, end + LATEST_CLOSING_DAYS)
        moment = self._calendar.on_or_after(day * DAY + OPENS + self._draws.between(0, 7 * HOUR))
        if moment // DAY > end + LATEST_CLOSING_DAYS:
            moment = self._calendar.on_or_before_day(end + LATEST_CLOSING_DAYS) * DAY + OPENS + self._draws.between(0, 6 * HOUR)
        self._add(CLOSED, moment)

    def _next_clean_up(self, end: int) -> int:
        """Every third Friday (the working day before a holiday), 14:00:00."""
        day = end + (1 - end) % 21
        working = self._calendar.on_or_before_day(day)
        return (working if working >= end else day + 3) * DAY + 14 * HOUR

    # ---- somebody tries the system out -----------------------------------------------------------------------------------

    def _try_out(self) -> None:
        moment = self._calendar.on_or_after(self.plan.arrival)
        for activity in MAIN_VARIANT:
            if activity in (STARTED, ENDED):
                moment = (moment // DAY + 1) * DAY
                self._add_date(activity, moment // DAY, moment)
                moment += OPENS
            else:
                moment = self._add(activity, moment + self._draws.between(20, 240))
