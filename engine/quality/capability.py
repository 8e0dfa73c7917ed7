"""What the data can answer, what only with care, and what not: each question with its reasons and numbers."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engine.errors import N_
from engine.importing.zones import DAY
from engine.log.columns import Notice
from engine.log.event_log import NO_TIME, EventLog
from engine.log.kernels import CHUNK, Ints
from engine.log.statistics import period
from engine.quality.practice import OPEN_DAYS, stopped
from engine.quality.values import Capability, Finding, QualityReport, Reason, Values, Verdict
from engine.quality.view import Checked

LEAST_CASES, LEAST_CLOSED, LEAST_DAYS = 30, 5, 45
"""Below these the data are too few for any number of the kind: cases, closed cases, days from the first event to the last."""
GROUP = 30
"""Least cases of a group that is compared."""
SOME, MUCH = 0.02, 0.5
"""Shares (0..1) of events from which on a defect asks for care, and from which on it forbids the answer."""
SEASONS, ONE_YEAR, BEFORE_AND_AFTER = 730, 365, 182
"""Days that seasons need: two years to tell them from chance, one to see them at all; half a year to compare before and after."""

ORDER = N_("In which order are the steps taken?")
WAYS = N_("How many ways through the process are there, and how often is work done again?")
DAYS_QUESTION = N_("How many days does a case take?")
HOURS_QUESTION = N_("How many hours does something take within a day?")
WAITING = N_("Where do cases wait, and how long?")
DEADLINES = N_("Are deadlines in days kept?")
HANDOVERS = N_("How often does a case change hands?")
WORKLOAD = N_("How much work has each unit?")
SEASON = N_("Does the work follow the seasons?")
CHANGES = N_("What has changed since a certain day?")
GROUPS = N_("Do groups of cases fare differently?")
OUTCOMES = N_("How do the cases turn out?")
PREDICTION = N_("How will a single case end, and who is at risk?")
PERSONS = N_("Which employee works fastest?")

FEW_CASES = N_("There are {n} cases; fewer than {least} say little about a process.")
FEW_CLOSED = N_("Only {n} cases have come to an end; at least {least} are needed.")
SHORT = N_("The events span {days} days; at least {least} are needed.")
NO_TIMES = N_("No event has a time.")
UNTIMED = N_("{percent}% of the events have no time.")
UNORDERED = N_("{percent}% of the events share a day with another of their case, and one of the two has no time of day.")
TIED = N_("{percent}% of the events share their moment with another activity of the case.")
BY_DAYS = N_("{percent}% of the events have a day and no time of day.")
WRITTEN_LATER = N_("{percent}% of the events were stamped by a night job or many at once, not when they happened.")
ONLY_ENDS = N_("Only one time by event: how long the work itself took is not told, only the time between events.")
LEFT = N_("{n} cases have stood still for more than {days} days without ending as cases do. Say whether they count.")
CLOSED = N_("{n} cases have come to an end.")
TIMED = N_("The times are good enough: {percent}% of the events have one.")
NO_REGISTERED = N_("There is no time of registration: a date that was entered afterwards looks as if it had been kept.")
LATE = N_("{percent}% of the events were registered a day or more afterwards.")
NO_EMPLOYEE = N_("The log does not tell who did what, not even as a pseudonym.")
BY_UNIT_ONLY = N_("Only units are known: changes of caseworker within a unit are not seen.")
MIXED_USERS = N_("{n} events stand under numbers that are not one person's.")
NO_UNIT = N_("The log has no unit.")
UNITS = N_("{n} units have at least {least} cases.")
ONE_UNIT = N_("Fewer than two units have at least {least} cases.")
SPAN = N_("The events span {days} days.")
ONE_YEAR_ONLY = N_("The events span {days} days: a season is seen once and may be chance.")
NAMES_CHANGE = N_("{n} activities changed their name or code on the way; unite them first.")
NO_GROUPS = N_("The log has no attribute of cases and no unit by which cases could be told apart.")
ATTRIBUTES = N_("{n} attributes tell groups of at least {least} cases apart. A difference is no cause.")
NO_OUTCOME = N_("No column tells the outcome.")
OUTCOME = N_("The outcome is known for {percent}% of the cases. What goes together is no cause.")
COPIES = N_("{percent}% of the events stand twice or are corrections; leave them out first.")
COUNTED = N_("{n} cases and {events} events.")
NEVER = N_("Sagsflow never tells what will happen to a person: it describes processes, and profiles nobody.")
NEVER_PERSONS = N_("Sagsflow never compares employees. Compare units and ways of working.")


class Judge:
    """The numbers on which every answer rests."""

    def __init__(self, log: Checked, report: QualityReport) -> None:
        self.log = log
        self.found: dict[str, list[Finding]] = {}
        for finding in report.findings:
            self.found.setdefault(finding.check, []).append(finding)
        times = period(log.log)
        self.days = 0 if times is None else (times[1] - times[0]) // DAY
        log.task.check()
        still, _ = stopped(log)
        log.task.check()
        self.still = int(np.count_nonzero(still))
        self.closed = closed_cases(log.log, log.now, log.activity_counts)
        self.units = _large_units(log)
        self.n_events = max(1, log.log.n_events)

    def share(self, *checks: str) -> float:
        """Share of the events that checks have touched."""
        return sum(finding.count for check in checks for finding in self.found.get(check, ())) / self.n_events

    def gates(self, *, closed: bool = False, span: int = LEAST_DAYS) -> Iterator[Reason]:
        """What is too little of; nothing when there is enough."""
        yield from (Reason(notice.message, notice.values) for notice in _too_few(self.log.log, self.closed if closed else None, span))


def closed_cases(log: EventLog, now: int, counts: Ints) -> int:
    """Cases that have ended: their last step more often ends a case than it goes on, or nothing has happened since long.

    counts: events of each activity.
    """
    if not log.n_cases:
        return 0
    last = log.activity[log.offsets[1:] - 1]
    ends = np.bincount(last, minlength=len(log.activities))
    times = log.timestamp[log.offsets[1:] - 1]
    end = min(now, int(times.max())) if (times != NO_TIME).any() else now
    idle = (times != NO_TIME) & (times < end - OPEN_DAYS * DAY)
    return int(np.count_nonzero((2 * ends >= counts)[last] | idle))


def _too_few(log: EventLog, closed: int | None, span: int) -> Iterator[Notice]:
    times = period(log)
    if log.n_cases < LEAST_CASES:
        yield Notice(FEW_CASES, {"n": log.n_cases, "least": LEAST_CASES})
    if closed is not None and closed < LEAST_CLOSED:
        yield Notice(FEW_CLOSED, {"n": closed, "least": LEAST_CLOSED})
    if times is None:
        yield Notice(NO_TIMES)
    elif (times[1] - times[0]) // DAY < span:
        yield Notice(SHORT, {"days": (times[1] - times[0]) // DAY, "least": span})


def refusals(log: EventLog, now: int) -> tuple[Notice, ...]:
    """Why no number of this log is to be used, as notices; none where there is enough."""
    counts = np.zeros(len(log.activities), np.int64)
    for begin in range(0, log.n_events, CHUNK):
        counts += np.bincount(log.activity[begin : begin + CHUNK], minlength=len(counts))
    return tuple(_too_few(log, closed_cases(log, now, counts), LEAST_DAYS))


def judge(log: Checked, report: QualityReport) -> tuple[Capability, ...]:
    """Every question with its answer. Raises Cancelled."""
    judged = Judge(log, report)
    return tuple(
        answer(judged)
        for answer in (
            _order, _ways, _days, _hours, _waiting, _deadlines, _handovers, _workload, _season, _changes, _groups, _outcomes,
            lambda _: Capability(PREDICTION, Verdict.NO, (Reason(NEVER),)),
            lambda _: Capability(PERSONS, Verdict.NO, (Reason(NEVER_PERSONS),)),
        )
    )  # fmt: skip


def _percent(share: float) -> Values:
    return {"percent": 100 if share >= 1 else min(99, max(1, round(100 * share))) if share else 0}


def _weighed(question: str, no: list[Reason], care: list[Reason], good: Reason) -> Capability:
    """No where anything forbids it, with care where something asks for it, else yes."""
    if no:
        return Capability(question, Verdict.NO, tuple(no))
    return Capability(question, Verdict.CARE, tuple(care)) if care else Capability(question, Verdict.YES, (good,))


def _by_share(judged: Judge, reason: str, *checks: str) -> tuple[list[Reason], list[Reason]]:
    """A reason against an answer, and one for care, by how many events checks have touched."""
    share = judged.share(*checks)
    told = [Reason(reason, _percent(share))]
    return (told, []) if share >= MUCH else ([], told) if share >= SOME else ([], [])


def _order(judged: Judge) -> Capability:
    share = unordered_share(judged.log)
    told = [Reason(UNORDERED, _percent(share))]
    untimed, some_untimed = _by_share(judged, UNTIMED, "missing_time")
    tied, some_tied = _by_share(judged, TIED, "tie")
    no = [*(one for one in judged.gates(span=0)), *untimed, *tied, *(told if share >= MUCH else [])]
    care = [*some_untimed, *some_tied, *(told if SOME <= share < MUCH else [])]
    return _weighed(ORDER, no, care, Reason(TIMED, _percent(1 - judged.share("missing_time"))))


def unordered_share(log: Checked) -> float:
    """Share (0..1) of the events that share their day with the one before in the case, where one of the two has no time of day."""
    count = 0
    for rows in log.pieces():
        begin = max(rows.start - 1, 0)
        case, day, dated = log.case[begin : rows.stop], log.clock[begin : rows.stop] // DAY, log.dated[begin : rows.stop]
        count += int(np.count_nonzero((case[1:] == case[:-1]) & (day[1:] == day[:-1]) & (dated[1:] | dated[:-1])))
    return count / max(1, log.log.n_events)


def _ways(judged: Judge) -> Capability:
    no, care = _by_share(judged, COPIES, "duplicate", "near_duplicate")
    gates = list(judged.gates(span=0))
    return _weighed(WAYS, [*gates, *no], care, Reason(COUNTED, {"n": judged.log.log.n_cases, "events": judged.log.log.n_events}))


def _days(judged: Judge) -> Capability:
    no, care = _by_share(judged, UNTIMED, "missing_time")
    if judged.still:
        care.append(Reason(LEFT, {"n": judged.still, "days": OPEN_DAYS}))
    return _weighed(DAYS_QUESTION, [*judged.gates(closed=True), *no], care, Reason(CLOSED, {"n": judged.closed}))


def _hours(judged: Judge) -> Capability:
    rough, some_rough = _by_share(judged, BY_DAYS, "date_only", "midnight")
    later, some_later = _by_share(judged, WRITTEN_LATER, "night_job", "batch")
    care = [*some_rough, *some_later]
    if judged.log.log.start is None:
        care.append(Reason(ONLY_ENDS))
    no = [*judged.gates(span=0), *rough, *later]
    return _weighed(HOURS_QUESTION, no, care, Reason(TIMED, _percent(1 - judged.share("missing_time"))))


def _waiting(judged: Judge) -> Capability:
    untimed, some_untimed = _by_share(judged, UNTIMED, "missing_time")
    later, some_later = _by_share(judged, WRITTEN_LATER, "night_job", "batch")
    _, rough = _by_share(judged, BY_DAYS, "date_only", "midnight")
    care = [*some_untimed, *some_later, *later, *rough]
    return _weighed(WAITING, [*judged.gates(span=0), *untimed], care, Reason(TIMED, _percent(1 - judged.share("missing_time"))))


def _deadlines(judged: Judge) -> Capability:
    no, care = _by_share(judged, UNTIMED, "missing_time")
    if judged.log.log.registered is None:
        care.append(Reason(NO_REGISTERED))
    else:
        care += [reason for part in _by_share(judged, LATE, "late_registration", "retro_dated") for reason in part]
    return _weighed(DEADLINES, [*judged.gates(closed=True), *no], care, Reason(CLOSED, {"n": judged.closed}))


def _handovers(judged: Judge) -> Capability:
    employee, unit = judged.log.employee, judged.log.unit
    no, care = list(judged.gates(span=0)), list[Reason]()
    if employee is None or not employee.filled:
        (no if unit is None else care).append(Reason(NO_EMPLOYEE if unit is None else BY_UNIT_ONLY))
    mixed = sum(finding.count for check in ("reused_employee", "system_user") for finding in judged.found.get(check, ()))
    if mixed:
        care.append(Reason(MIXED_USERS, {"n": mixed}))
    return _weighed(HANDOVERS, no, care, Reason(COUNTED, {"n": judged.log.log.n_cases, "events": judged.log.log.n_events}))


def _large_units(log: Checked) -> int:
    if log.unit is None:
        return 0
    n = len(log.unit.names)
    cases = np.zeros(n, np.int64)
    for _, rows in log.blocks():
        known = log.unit.codes[rows] >= 0
        pairs = np.unique(log.case[rows][known].astype(np.int64) * n + log.unit.codes[rows][known])
        cases += np.bincount(pairs % n, minlength=n)
    return int(np.count_nonzero(cases >= GROUP))


def _workload(judged: Judge) -> Capability:
    no, care = list(judged.gates()), list[Reason]()
    units = judged.units
    if judged.log.unit is None:
        no.append(Reason(NO_UNIT))
    elif units < 2:
        no.append(Reason(ONE_UNIT, {"least": GROUP}))
    care += [reason for part in _by_share(judged, WRITTEN_LATER, "batch") for reason in part]
    care += [reason for part in _by_share(judged, COPIES, "duplicate", "near_duplicate") for reason in part]
    return _weighed(WORKLOAD, no, care, Reason(UNITS, {"n": units, "least": GROUP}))


def _season(judged: Judge) -> Capability:
    care = [Reason(ONE_YEAR_ONLY, {"days": judged.days})] if judged.days < SEASONS else []
    return _weighed(SEASON, list(judged.gates(span=ONE_YEAR)), care, Reason(SPAN, {"days": judged.days}))


def _changes(judged: Judge) -> Capability:
    renamed = len(judged.found.get("appears", ()))
    care = [Reason(NAMES_CHANGE, {"n": renamed})] if renamed else []
    return _weighed(CHANGES, list(judged.gates(span=BEFORE_AND_AFTER)), care, Reason(SPAN, {"days": judged.days}))


def _groups(judged: Judge) -> Capability:
    log = judged.log
    telling = 0
    for key in log.log.case_columns:
        column = log.named(key, of_cases=True)
        telling += column is not None and int(np.count_nonzero(column.counts >= GROUP)) > 1
    telling += judged.units > 1
    no = list(judged.gates())
    if not telling:
        no.append(Reason(NO_GROUPS))
    return _weighed(GROUPS, no, [Reason(ATTRIBUTES, {"n": telling, "least": GROUP})], Reason(SPAN, {"days": judged.days}))


def _outcomes(judged: Judge) -> Capability:
    outcome = judged.log.named("outcome", of_cases=True)
    if outcome is None:
        return Capability(OUTCOMES, Verdict.NO, (Reason(NO_OUTCOME),))
    share = outcome.filled / max(1, judged.log.log.n_cases)
    return _weighed(OUTCOMES, list(judged.gates(closed=True)), [Reason(OUTCOME, _percent(share))], Reason(CLOSED, {"n": judged.closed}))
