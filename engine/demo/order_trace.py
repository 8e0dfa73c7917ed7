"""The course of one recruitment request of log C: from the company's enquiry over its candidates to the closing of the order."""

from __future__ import annotations

from msgspec import Struct

from engine.demo.clean_log import Actor, Event
from engine.demo.draws import Draws, Wait
from engine.demo.order_plan import CENTRES, ORDERED_TO_APPLY_PER_MILLE, REGIONAL, OrderPattern, OrderPlan, quarter_end
from engine.demo.truth import TypicalGap
from engine.demo.working_time import DAY, HOUR, OPENS, WorkingTime

RECEIVED, CREATED, ASSIGNED = "Henvendelse modtaget", "Rekrutteringsanmodning oprettet", "Virksomhedskonsulent tildelt"
CLARIFIED, ORDERED, SHARED = "Behov afklaret med virksomhed", "Jobordre oprettet", "Jobordre delt"
TO_REGIONAL, BACK = "Overdraget til Erhvervshus", "Tilbagesendt til center"
SEARCHED, SENT = "Kandidatsøgning udført", "Sendt til centre/teams"
SUGGESTED, CONTACTED = "Kandidat foreslået", "Kandidat kontaktet"
FIT, UNFIT = "Screenet egnet", "Screenet ikke egnet"
REFERRED, TOLD_TO_APPLY = "Kandidat formidlet", "Pålagt at søge"
REMINDED, ANSWERED = "Rykker sendt til virksomhed", "Tilbagemelding fra virksomhed"
INTERVIEW, HIRED, TURNED_DOWN = "Samtale hos virksomhed", "Ansat", "Afvist"
INACTIVATED, FILLED, EXPIRED, CANCELLED = "Inaktiveret", "Lukket – besat", "Lukket – frist udløbet", "Annulleret"
FOLLOWED_UP = "Opfølgning på ansættelse"

ACTIVITIES = (
    RECEIVED, CREATED, ASSIGNED, CLARIFIED, ORDERED, SHARED, TO_REGIONAL, BACK, SEARCHED, SENT, SUGGESTED, CONTACTED, FIT, UNFIT, REFERRED,
    TOLD_TO_APPLY, REMINDED, ANSWERED, INTERVIEW, HIRED, TURNED_DOWN, INACTIVATED, FILLED, EXPIRED, CANCELLED, FOLLOWED_UP,
)  # fmt: skip
COMPANY, SYSTEM, SERVICE = "Virksomhed", "System", "Virksomhedsservice"
STAFF = 8

CREATE, ASSIGN = Wait(4 * HOUR, 10 * HOUR), Wait(8 * HOUR, 18 * HOUR)
CLARIFY, SEARCH = Wait(16 * HOUR, 32 * HOUR), Wait(8 * HOUR, 16 * HOUR)
CONTACT, SCREEN, REFER = Wait(6 * HOUR, 14 * HOUR), Wait(7 * HOUR, 15 * HOUR), Wait(3 * HOUR, 7 * HOUR)
ANSWER, MEET, HAND_OVER = Wait(6 * DAY, 11 * DAY), Wait(4 * DAY, 8 * DAY), Wait(8 * HOUR, 16 * HOUR)
FOLLOW_UP_DAYS = 28
FIT_PER_MILLE, REFERRED_PER_MILLE, MEETING_PER_MILLE, TURNED_DOWN_PER_MILLE, HANDED_OVER_PER_MILLE = 540, 900, 380, 650, 60

GAPS = tuple(
    TypicalGap(source, target, clock, wait.median, wait.p90)
    for source, target, clock, wait in (
        (RECEIVED, CREATED, "office", CREATE),
        (CREATED, ASSIGNED, "office", ASSIGN),
        (ASSIGNED, CLARIFIED, "office", CLARIFY),
        (SHARED, SEARCHED, "office", SEARCH),
        (SUGGESTED, CONTACTED, "office", CONTACT),
        (REFERRED, ANSWERED, "calendar", ANSWER),
    )
)


class Referral(Struct, frozen=True):
    """A candidate who was referred: the name of the candidate's number, and when."""

    candidate: str
    time: int


class OrderTrace:
    """Builds the events of one request; `events` grows in the order in which things are thought of."""

    def __init__(self, plan: OrderPlan, draws: Draws, calendar: WorkingTime) -> None:
        self.plan = plan
        self.events: list[Event] = []
        self._draws = draws
        self._calendar = calendar
        names = [name for name, _ in CENTRES]
        self._consultant = f"V{(names.index(plan.centre) + 1) * 100 + draws.between(1, STAFF):04d}"
        self._regional = f"E{draws.between(1, STAFF):04d}"

    def run(self) -> list[Event]:
        """All events of the request, also those behind the extract."""
        ordered = self._order(self._enquiry())
        self._company_event(SENT, ordered)
        referrals = self._candidates(ordered)
        essential = max([ordered, *self._late_or_reminded(referrals)])
        if self._has(OrderPattern.CANCELLED):
            self._cancel(ordered)
        elif self._has(OrderPattern.FILLED):
            self._fill(referrals)
        else:
            self._answers(referrals)
            if self.plan.settled:
                self._close(essential)
        return self.events

    def _has(self, pattern: OrderPattern) -> bool:
        return pattern in self.plan.patterns

    # ---- who, and when ---------------------------------------------------------------------------------------------------

    def _consult(self, activity: str, time: int, thing: str = "") -> int:
        self.events.append(Event(activity, time, self.plan.centre, Actor.EMPLOYEE, self._consultant, thing=thing))
        return time

    def _company_event(self, activity: str, time: int) -> int:
        if activity == SENT:
            self.events.append(Event(SENT, time, SERVICE, Actor.SYSTEM, "SYSTEM"))
        else:
            self.events.append(Event(activity, time, COMPANY, Actor.COMPANY))
        return time

    def _office(self, moment: int, wait: Wait, most_days: int = 5) -> int:
        return self._calendar.after(moment, min(self._draws.wait(wait), most_days * 8 * HOUR))

    def _on_a_working_day(self, moment: int, wait: Wait, most_days: int) -> int:
        """Some days later, in office hours."""
        day = (moment + min(self._draws.wait(wait), most_days * DAY)) // DAY
        while not self._calendar.is_working_day(day):
            day += 1
        return max(day * DAY + OPENS + self._draws.between(0, 6 * HOUR), moment + HOUR)

    # ---- the order -------------------------------------------------------------------------------------------------------

    def _enquiry(self) -> int:
        moment = self._calendar.on_or_after(self.plan.arrival)
        if self.plan.actor is Actor.COMPANY:
            self._company_event(RECEIVED, moment)
        else:
            self.events.append(Event(RECEIVED, moment, SERVICE, Actor.EMPLOYEE, f"V{self._draws.between(1, STAFF):04d}"))
        self._consult(CREATED, created := self._office(moment, CREATE))
        assigned = self._consult(ASSIGNED, self._office(created, ASSIGN))
        rounds = 0
        if self._has(OrderPattern.PING_PONG):
            rounds = self._draws.between(2, 3)
        elif self._draws.chance(HANDED_OVER_PER_MILLE):
            rounds = 1
        for _ in range(rounds):
            handed_over = self._consult(TO_REGIONAL, self._office(assigned, HAND_OVER, 2))
            assigned = self._office(handed_over, HAND_OVER, 2)
            self.events.append(Event(BACK, assigned, REGIONAL, Actor.EMPLOYEE, self._regional))
        return self._consult(CLARIFIED, self._office(assigned, CLARIFY))

    def _order(self, clarified: int) -> int:
        """Make the order, share it, look for candidates; the moment at which it is sent to the centres: the next Tuesday at eight."""
        moment = self._office(clarified, Wait(HOUR, 4 * HOUR))
        hours = self._draws.pick(((3700, 70), (3000, 10), (2500, 8), (1850, 7), (3250, 5)))
        plan = self.plan
        order = Event(ORDERED, moment, plan.centre, Actor.EMPLOYEE, self._consultant, plan.deadline * DAY, hours=hours)
        self.events.append(order)
        moment += self._draws.between(150, 1500)
        self.events.append(Event(SHARED, moment, SYSTEM, Actor.SYSTEM, "SYSTEM"))
        moment = self._consult(SEARCHED, self._office(moment, SEARCH, 3))
        day = moment // DAY + 1
        day += (5 - day) % 7
        return day * DAY + 8 * HOUR + self._draws.between(0, 3599)

    # ---- candidates ------------------------------------------------------------------------------------------------------

    def _candidates(self, sent: int) -> list[Referral]:
        """Suggest, contact and screen the candidates; the first one is always fit and referred in time."""
        referrals = []
        for n in range(1, self.plan.candidates + 1):
            candidate = f"KA{self.plan.number:05d}-{n}"
            wait = Wait(3 * HOUR, 8 * HOUR) if n == 1 else Wait(14 * HOUR, 40 * HOUR)
            moment = self._consult(SUGGESTED, self._office(sent, wait, 1 if n == 1 else 8), candidate)
            moment = self._consult(CONTACTED, self._office(moment, CONTACT, 2), candidate)
            moment = self._office(moment, SCREEN, 2)
            fit = n == 1 or self._draws.chance(FIT_PER_MILLE)
            self._consult(FIT if fit else UNFIT, moment, candidate)
            moment = self._office(moment, REFER, 1)
            if n == 1 or (fit and moment // DAY <= self.plan.deadline and self._draws.chance(REFERRED_PER_MILLE)):
                referrals.append(self._refer(candidate, moment))
        return referrals

    def _refer(self, candidate: str, moment: int) -> Referral:
        if self._has(OrderPattern.LATE_CANDIDATE) and candidate.endswith("-1"):
            moment = (self.plan.deadline + self._draws.between(1, 6)) * DAY + OPENS + self._draws.between(0, 6 * HOUR)
            moment = self._calendar.on_or_after(moment)
        self._consult(REFERRED, moment, candidate)
        if self._draws.chance(ORDERED_TO_APPLY_PER_MILLE):
            self._consult(TOLD_TO_APPLY, moment + self._draws.between(300, 3000), candidate)
        return Referral(candidate, moment)

    def _late_or_reminded(self, referrals: list[Referral]) -> list[int]:
        """Moments before which the order is not closed: the late referral, and the reminder to the company."""
        moments = [referral.time for referral in referrals if referral.time // DAY > self.plan.deadline]
        if self._has(OrderPattern.REMINDED) and referrals:
            first = min(referral.time for referral in referrals)
            moments.append(self._consult(REMINDED, self._on_a_working_day(first + 5 * DAY, Wait(DAY, 3 * DAY), 3)))
        return moments

    # ---- the company's answers and the end -------------------------------------------------------------------------------

    def _answers(self, referrals: list[Referral], hired: str = "") -> int:
        """What the company says to each candidate; the moment at which `hired` was met."""
        met = 0
        reminded = max([event.time for event in self.events if event.activity == REMINDED], default=0)
        for referral in referrals:
            if referral.candidate != hired and not self._draws.chance(TURNED_DOWN_PER_MILLE):
                continue
            asked = max(referral.time, reminded) if reminded else referral.time
            answered = self._on_a_working_day(asked, ANSWER if not reminded else Wait(2 * DAY, 5 * DAY), 12)
            self.events.append(Event(ANSWERED, answered, COMPANY, Actor.COMPANY, thing=referral.candidate))
            if referral.candidate == hired or self._draws.chance(MEETING_PER_MILLE):
                half_hours = self._draws.between(0, 12)
                day = self._on_a_working_day(answered, MEET, 8) // DAY
                day += day == answered // DAY
                meeting = (self._calendar.on_or_after(day * DAY)) // DAY * DAY + OPENS + half_hours * HOUR // 2
                self.events.append(Event(INTERVIEW, meeting, COMPANY, Actor.COMPANY, thing=referral.candidate))
                answered = meeting
            if referral.candidate == hired:
                met = answered
            else:
                self._consult(TURNED_DOWN, self._on_a_working_day(answered, Wait(DAY, 3 * DAY), 4), referral.candidate)
        return met

    def _fill(self, referrals: list[Referral]) -> None:
        hired = referrals[0].candidate
        met = self._answers(referrals, hired)
        start = met // DAY + self._draws.between(3, 14)
        while not self._calendar.is_working_day(start):
            start += 1
        moment = start * DAY + self._draws.between(7 * HOUR, 7 * HOUR + 3000)
        self.events.append(Event(HIRED, moment, COMPANY, Actor.COMPANY, thing=hired))
        self.events = [event for event in self.events if event.time <= moment]
        closed = self._on_a_working_day(moment, Wait(2 * DAY, 5 * DAY), 5)
        if self._draws.chance(300):
            self._consult(INACTIVATED, closed - self._draws.between(1200, 3000))
        self._consult(FILLED, closed)
        self._consult(FOLLOWED_UP, self._on_a_working_day(moment + (FOLLOW_UP_DAYS - 2) * DAY, Wait(2 * DAY, 6 * DAY), 12), hired)

    def _cancel(self, ordered: int) -> None:
        suggested = [event.time for event in self.events if event.activity == SUGGESTED]
        moment = self._on_a_working_day(min(suggested, default=ordered) + DAY, Wait(4 * DAY, 12 * DAY), 20)
        self.events = [event for event in self.events if event.time < moment]
        self._consult(CANCELLED, moment)

    def _close(self, essential: int) -> None:
        """Close an order that nobody got: at quarter end with many others, or a few days after its deadline."""
        expired = self._has(OrderPattern.EXPIRED)
        day = max(self.plan.deadline, essential // DAY) + 1
        if self._has(OrderPattern.QUARTER_END):
            moment = quarter_end(self._calendar, day) * DAY + 16 * HOUR + self._draws.between(1, 5400)
            closing = Event(EXPIRED if expired else INACTIVATED, moment, SERVICE, Actor.ROBOT, "ROBOT7")
        else:
            day += quarter_end(self._calendar, day) == day
            moment = day * DAY + self._draws.between(6 * HOUR, 7 * HOUR)
            closing = Event(EXPIRED if expired else INACTIVATED, moment, SYSTEM, Actor.SYSTEM, "SYSTEM")
        self.events = [event for event in self.events if event.time < moment]
        self.events.append(closing)
