"""The course of one case of log A: from registration on Jobnet over talks in the unemployment fund and the municipality to its closing."""

from __future__ import annotations

from engine.demo.academic_plan import BOOKING_SHARES, DELIVERY_WEEKDAYS, STAFF, TEAMS, YOUNG, AcademicPattern, AcademicPlan
from engine.demo.clean_log import Actor, Event, half_hour, is_slack
from engine.demo.draws import Draws, Wait
from engine.demo.truth import TypicalGap
from engine.demo.working_time import DAY, HOUR, OPENS, WorkingTime

REGISTERED = "Tilmeldt på Jobnet"
CV_MADE, CV_APPROVED, CV_REFUSED = "CV registreret", "CV godkendt", "CV ej godkendt"
FUND_TALKS = ("1. jobsamtale i a-kasse afholdt", "2. jobsamtale i a-kasse afholdt", "3. jobsamtale i a-kasse afholdt")
PLAN_MADE, PLAN_UPDATED = "Min Plan oprettet", "Min Plan opdateret"
TRANSFERRED = "Overgang til kommunen"
TO_TEAM, TO_PROVIDER = "Visiteret til team", "Visiteret til anden aktør"
ASSIGNED, SHIFTED = "Sagsbehandler tildelt", "Sagsbehandlerskift"
INVITED = "Frist for selvbooking sendt"
BOOKED, MOVED, CANCELLED, NO_SHOW = "Samtale booket", "Samtale ombooket", "Samtale aflyst", "Udeblevet fra samtale"
TALK, JOINT_TALK = "Jobsamtale afholdt", "Fælles jobsamtale afholdt"
REFERRED = "Kandidat formidlet til jobordre"
ORDERED, COURSE_STARTED = "Bestilling hos anden aktør", "Forløb påbegyndt"
COURSE_TALK, COURSE_ENDED = "Samtale hos anden aktør", "Forløb afsluttet"
GRANTED = "Tilbud bevilget"
ABSENT, PRESENT = "Fravær registreret", "Fravær afsluttet"
NOTIFIED = "Underretning sendt til a-kasse"
LEFT = {
    AcademicPattern.LEFT_FOR_JOB: "Afmeldt – job",
    AcademicPattern.LEFT_BENEFIT_EXPIRED: "Afmeldt – udløb af dagpengeret",
    AcademicPattern.LEFT_OTHERWISE: "Afmeldt – andet",
}
CLOSED = "Sag lukket"

ACTIVITIES = (
    REGISTERED, CV_MADE, CV_APPROVED, CV_REFUSED, *FUND_TALKS, PLAN_MADE, PLAN_UPDATED, TRANSFERRED, TO_TEAM, TO_PROVIDER, ASSIGNED,
    SHIFTED, INVITED, BOOKED, MOVED, CANCELLED, NO_SHOW, TALK, JOINT_TALK, REFERRED, ORDERED, COURSE_STARTED, COURSE_TALK, COURSE_ENDED,
    GRANTED, ABSENT, PRESENT, NOTIFIED, *LEFT.values(), CLOSED,
)  # fmt: skip
CITIZEN, SYSTEM, INTAKE = "Borger", "System", "Visitation"

CV_WAIT, FIRST_TALK = Wait(5 * DAY, 11 * DAY), Wait(10 * DAY, 15 * DAY)
APPROVE, MEND = Wait(6 * HOUR, 20 * HOUR), Wait(4 * DAY, 9 * DAY)
VISIT, ASSIGN, INVITE, BOOK = Wait(4 * DAY, 8 * DAY), Wait(2 * DAY, 5 * DAY), Wait(3 * DAY, 6 * DAY), Wait(6 * DAY, 11 * DAY)
START_COURSE, CLOSE = Wait(12 * DAY, 19 * DAY), Wait(6 * DAY, 18 * DAY)
LATEST_CLOSING_DAYS = 30
TALKS_IN_A_ROW, ROW_DAYS, LATER_DAYS, YOUNG_DAYS = 3, (28, 40), (36, 56), (17, 26)
"""Three talks 28 to 40 days apart (four under the old law), then as agreed; the young have theirs more often."""

GAPS = tuple(
    TypicalGap(source, target, "calendar", wait.median, wait.p90)
    for source, target, wait in (
        (REGISTERED, CV_MADE, CV_WAIT),
        (TRANSFERRED, TO_TEAM, VISIT),
        (TO_TEAM, ASSIGNED, ASSIGN),
        (ASSIGNED, INVITED, INVITE),
        (INVITED, BOOKED, BOOK),
        (ORDERED, COURSE_STARTED, START_COURSE),
    )
)


def caseworker(team: str, member: int) -> str:
    """The employee number of a member of a team; no number occurs in two teams."""
    names = [name for name, _ in TEAMS]
    return f"K{(names.index(team) + 1) * 100 + member:04d}"


class AcademicTrace:
    """Builds the events of one case; `events` grows in the order in which things are thought of."""

    def __init__(self, plan: AcademicPlan, draws: Draws, calendar: WorkingTime) -> None:
        self.plan = plan
        self.events: list[Event] = []
        self._draws = draws
        self._calendar = calendar
        self._caseworkers = [(0, caseworker(plan.team, draws.between(1, STAFF)))]
        self._bookings = 0
        self._joint_held = self._has(AcademicPattern.MISSING_JOINT_TALK)

    def run(self) -> list[Event]:
        """All events of the case, also those behind the extract; none lies between deregistration and closing."""
        self._register()
        if self.plan.transferred:
            self._talk_with_the_fund()
        if self.plan.leaves > self.plan.municipal:
            self._municipality()
        left = self.plan.leaves * DAY
        self.events = [event for event in self.events if event.time < left]
        self._leave()
        return self.events

    def _has(self, pattern: AcademicPattern) -> bool:
        return pattern in self.plan.patterns

    # ---- who, and when ---------------------------------------------------------------------------------------------------

    def _citizen(self, activity: str, time: int, thing: str = "") -> int:
        self.events.append(Event(activity, time, CITIZEN, Actor.CITIZEN, thing=thing))
        return time

    def _fund(self, activity: str, time: int) -> int:
        self.events.append(Event(activity, time, self.plan.fund, Actor.FUND, f"AK{self.plan.fund[-1]}"))
        return time

    def _staff(self, activity: str, time: int, thing: str = "") -> int:
        number = next(number for since, number in reversed(self._caseworkers) if since <= time)
        self.events.append(Event(activity, time, self.plan.team, Actor.EMPLOYEE, number, thing=thing))
        return time

    def _office(self, moment: int) -> int:
        """The moment, or the next opening with some minutes of the day gone."""
        opened = self._calendar.on_or_after(moment)
        return opened if opened == moment else opened + self._draws.between(60, 3 * HOUR)

    def _later(self, moment: int, wait: Wait, most_days: int) -> int:
        return self._office(moment + min(self._draws.wait(wait), most_days * DAY))

    def _at_home(self, day: int) -> int:
        """When a citizen writes: any hour of the day but those of the night."""
        return day * DAY + self._draws.between(7 * HOUR, 22 * HOUR)

    def _within(self, low: int, high: int) -> int:
        """Office hours, low to high per cent of the way through the municipality's part of the case."""
        day = self.plan.municipal + self.plan.municipal_days * self._draws.between(low, high) // 100
        return self._calendar.on_or_before_day(day) * DAY + OPENS + self._draws.between(0, 6 * HOUR)

    def _half_hour(self, day: int) -> int:
        """A talk's hour on the first working day at or after a day."""
        while not self._calendar.is_working_day(day):
            day += 1
        return day * DAY + OPENS + self._draws.between(1, 11) * HOUR // 2

    # ---- before the municipality -----------------------------------------------------------------------------------------

    def _register(self) -> None:
        plan = self.plan
        moment = self._citizen(REGISTERED, plan.arrival)
        moment = self._citizen(CV_MADE, max(self._at_home((moment + self._draws.wait(CV_WAIT)) // DAY), moment + HOUR))
        moment = self._calendar.after(moment, self._draws.wait(APPROVE))
        if self._has(AcademicPattern.CV_REJECTED):
            self._fund(CV_REFUSED, moment)
            moment = self._citizen(CV_MADE, self._at_home((moment + DAY + min(self._draws.wait(MEND), 20 * DAY)) // DAY))
            moment = self._calendar.after(moment, self._draws.wait(APPROVE))
        self._fund(CV_APPROVED, moment)

    def _talk_with_the_fund(self) -> None:
        day = self.plan.day
        first = self._half_hour(day + self._draws.wait(FIRST_TALK) // DAY)
        self._fund(FUND_TALKS[0], first)
        self._fund(PLAN_MADE, first + self._draws.between(20 * 60, 90 * 60))
        self._fund(FUND_TALKS[1], max(self._half_hour(day + self._draws.between(38, 47)), first + 14 * DAY))
        if not self._has(AcademicPattern.MISSING_THIRD_TALK):
            self._fund(FUND_TALKS[2], self._half_hour(self._calendar.on_or_before_day(day + self._draws.between(70, 77))))

    # ---- in the municipality ---------------------------------------------------------------------------------------------

    def _municipality(self) -> None:
        plan, start = self.plan, self.plan.municipal * DAY
        if plan.transferred:
            hours = self._draws.between(41_050, 49_000)
            moment = start + self._draws.between(6 * HOUR, 8 * HOUR - 1)
            self.events.append(Event(TRANSFERRED, moment, SYSTEM, Actor.SYSTEM, "SYSTEM", hours=hours))
            start = moment + min(self._draws.wait(VISIT), 10 * DAY)
        start = self._office(start + HOUR)
        direct = self._draws.chance(300 if self._has(AcademicPattern.PROVIDER) else 40)
        self.events.append(Event(TO_PROVIDER if direct else TO_TEAM, start, INTAKE, Actor.EMPLOYEE, f"V{self._draws.between(1, 6):04d}"))
        assigned = self._staff(ASSIGNED, self._later(start + HOUR, ASSIGN, 7))
        if self._has(AcademicPattern.CASEWORKER_SHIFT):
            self._shift()
        invited = self._staff(INVITED, self._later(assigned, INVITE, 10))
        self._talks(invited)
        self._occasions(min((event.time for event in self.events if event.activity == TALK), default=0))

    def _shift(self) -> None:
        moment = self._within(55, 85)
        old = self._caseworkers[0][1]
        members = [number for member in range(1, STAFF + 1) if (number := caseworker(self.plan.team, member)) != old]
        self._caseworkers.append((moment, members[self._draws.below(len(members))]))
        self._staff(SHIFTED, moment)

    def _occasions(self, first_talk: int) -> None:
        """What comes of the talks, so not before the first of them (0: none) where there is time."""
        for pattern, activity in (
            (AcademicPattern.REFERRED, REFERRED),
            (AcademicPattern.OFFER, GRANTED),
            (AcademicPattern.NOTICE, NOTIFIED),
        ):
            if self._has(pattern):
                moment = self._within(40, 92)
                later = self._office(first_talk + self._draws.between(1, 4) * DAY) if first_talk else moment
                self._staff(activity, later if moment < later < (self.plan.last_day - 1) * DAY else moment)
        if self._has(AcademicPattern.PROVIDER):
            self._course()
        if self._has(AcademicPattern.ABSENCE):
            self._absence()

    def _course(self) -> None:
        ordered = self._staff(ORDERED, self._within(30, 45))
        start = self._delivery(ordered + min(self._draws.wait(START_COURSE), 22 * DAY))
        end = self._delivery(start + self._draws.between(8, 13) * 7 * DAY)
        self._provider(COURSE_STARTED, start, end)
        moment = start
        while (moment := self._delivery(moment + self._draws.between(5, 10) * DAY)) < end - DAY:
            self._provider(COURSE_TALK, moment)
        self._provider(COURSE_ENDED, end)

    def _delivery(self, moment: int) -> int:
        """The provider's next delivery: its weekday between 06:00 and 07:30; 1970-01-01 was a Thursday."""
        day = moment // DAY + 1
        day += (DELIVERY_WEEKDAYS[self.plan.provider] - day - 3) % 7
        return day * DAY + 6 * HOUR + self._draws.between(0, 5400)

    def _provider(self, activity: str, time: int, end: int | None = None) -> None:
        user = f"AA-{self.plan.provider.rsplit(' ', 1)[1].upper()}"
        self.events.append(Event(activity, time, self.plan.provider, Actor.PROVIDER, user, None if end is None else end // DAY * DAY))

    def _absence(self) -> None:
        first = self._within(20, 80) // DAY
        last = first + self._draws.between(3, 21)
        moment = self._draws.between(6 * HOUR, 7 * HOUR)
        self.events.append(Event(ABSENT, first * DAY + moment, CITIZEN, Actor.CITIZEN, end=last * DAY))
        self._citizen(PRESENT, last * DAY + moment)

    # ---- talks -----------------------------------------------------------------------------------------------------------

    def _talks(self, moment: int) -> None:
        """Talks one after another until the case leaves; each is booked, and may be moved, cancelled or missed."""
        held, last, talk = 0, self.plan.last_day + 1, 0
        in_a_row = TALKS_IN_A_ROW + self.plan.old_law
        while moment // DAY < last:
            self._bookings += 1
            thing = f"S{self.plan.number:05d}-{self._bookings:02d}"
            booked = self._book(moment, thing)
            low, high = YOUNG_DAYS if self.plan.group == YOUNG else ROW_DAYS if held < in_a_row else LATER_DAYS
            day = booked // DAY + self._draws.between(5, 12) if talk == 0 else talk // DAY + self._draws.between(low, high)
            moment, took_place = self._appointment(booked, max(day, booked // DAY + 2), thing)
            if took_place:
                talk = moment
                held += 1
                moment = self._after_talk(talk, held)
        if not self._joint_held:
            day = self._calendar.on_or_before_day(self.plan.day + self.plan.joint_due - 8)
            self._staff(JOINT_TALK, self._half_hour(day))

    def _book(self, moment: int, thing: str) -> int:
        if self._draws.chance(600):
            day = (moment + min(self._draws.wait(BOOK), 18 * DAY)) // DAY
            return self._citizen(BOOKED, max(self._at_home(day), moment + HOUR), thing)
        return self._staff(BOOKED, self._later(moment, BOOK, 18), thing)

    def _appointment(self, booked: int, day: int, thing: str) -> tuple[int, bool]:
        """The moment at which the talk was held, cancelled or missed, and whether it was held."""
        if is_slack(day) and self._draws.chance(850):
            day += self._draws.between(12, 26)
        talk = self._half_hour(day)
        if self._draws.chance(BOOKING_SHARES[AcademicPattern.TALK_MOVED]):
            moved = self._office(booked + (talk - booked) * self._draws.between(20, 90) // 100)
            if moved < talk - HOUR:
                self._staff(MOVED, moved, thing)
                talk = self._half_hour(talk // DAY + self._draws.between(2, 10))
        fate = self._draws.below(1000)
        cancelled = BOOKING_SHARES[AcademicPattern.TALK_CANCELLED]
        if fate < cancelled:
            moment = self._at_home(talk // DAY - self._draws.between(1, 2))
            return self._citizen(CANCELLED, max(moment, booked + HOUR), thing), False
        if fate < cancelled + BOOKING_SHARES[AcademicPattern.NO_SHOW]:
            return self._staff(NO_SHOW, talk + self._draws.between(900, 3000), thing), False
        return self._staff(TALK, talk, thing), True

    def _after_talk(self, talk: int, held: int) -> int:
        """The joint talk, and the plan as it is agreed anew; the moment from which the next talk can be booked."""
        since = talk // DAY - self.plan.day
        if not self._joint_held and (45 if self.plan.old_law else 330) <= since <= self.plan.joint_due - 8:
            self._joint_held = True
            self._staff(JOINT_TALK, half_hour(talk + HOUR // 2, 0))
        if held == 1 and not self.plan.transferred:
            self._staff(PLAN_MADE, talk + self._draws.between(3700, 7000))
        elif self._draws.chance(800):
            self._staff(PLAN_UPDATED, self._office(talk + self._draws.between(7200, 9 * DAY)))
        return talk + DAY

    # ---- the end ---------------------------------------------------------------------------------------------------------

    def _leave(self) -> None:
        left = self.plan.leaves * DAY + self._draws.between(6 * HOUR, 7 * HOUR - 1)
        self.events.append(Event(LEFT[self.plan.reason], left, SYSTEM, Actor.SYSTEM, "SYSTEM"))
        if self._draws.chance(200):
            self.events.append(Event(CLOSED, left + self._draws.between(40 * 60, 80 * 60), SYSTEM, Actor.SYSTEM, "SYSTEM"))
            return
        day = self.plan.leaves + 1 + min(self._draws.wait(CLOSE) // DAY, LATEST_CLOSING_DAYS - 6)
        moment = self._half_hour(day) + self._draws.between(0, 1500)
        if self.plan.leaves > self.plan.municipal:
            self._staff(CLOSED, moment)
        else:
            self._fund(CLOSED, moment)
