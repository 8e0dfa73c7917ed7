"""Rows that an extract holds too many or too few of: trials, cancelled and deleted events, corrections, rows delivered twice."""

from __future__ import annotations

from engine.demo.clean_log import CaseFacts, calendar_date, share
from engine.demo.extract_plan import DESCRIPTIONS, ExtractDefect
from engine.demo.extract_rows import LATEST_ENTRY, SECOND, ExtractRow, Sheet, copy_of, moment_of
from engine.demo.people import trial_person
from engine.demo.working_time import DAY, HOUR

D = ExtractDefect
TRIAL_UNIT, TRIAL_USER = "Testenhed", "TEST01"
CORRECTED_AFTER = (40, 599)
"""Seconds between an event and its correction; the next event of the case comes later than that."""
A_MINUTE = 60
"""No correction comes exactly a minute later: that is the sign of another defect."""
MISTAKEN_AFTER = (16 * 60, 30 * 60)
FEWEST_TRIALS = 3


def number_rows(sheet: Sheet) -> None:
    """Give every row its running number in the order in which things happened, and take out the deleted ones."""
    order = sorted(range(len(sheet.rows)), key=lambda i: (moment_of(sheet.rows[i]), i))
    for number, i in enumerate(order, start=1):
        sheet.rows[i].number = number
    deleted = {row.number for row in sheet.touched.get(D.CANCELLED_DELETED, [])}
    sheet.rows = [row for row in sheet.rows if row.number not in deleted]


def add_trials(sheet: Sheet) -> None:
    """Cases of test citizens, gone through within the hour, in a unit of their own."""
    n = max(FEWEST_TRIALS, share(len(sheet.log.cases), DESCRIPTIONS[D.TEST_CITIZEN].per_mille))
    days = sorted({moment_of(row) // DAY for row in sheet.rows if calendar_date(moment_of(row) // DAY).weekday() < 4})
    for trial in range(n):
        journey = len(sheet.facts)
        facts = CaseFacts(f"{sheet.plan.case_prefix}-{journey + 1:05d}", sheet.facts[trial].group, sheet.facts[trial].benefit)
        sheet.facts.append(facts)
        sheet.trials.add(journey)
        moment = days[(trial + 1) * len(days) // (n + 2)] * DAY + sheet.draws.between(9 * HOUR, 13 * HOUR)
        for activity in sheet.plan.trial:
            moment += sheet.draws.between(125, 400)
            row = _trial_row(sheet, journey, facts, activity, moment)
            sheet.rows.append(row)
            sheet.mark(D.TEST_CITIZEN, row)


def _trial_row(sheet: Sheet, journey: int, facts: CaseFacts, activity: str, moment: int) -> ExtractRow:
    model = next(row for row in sheet.rows if row.activity == activity)
    return copy_of(
        model,
        journey=journey,
        case_id=facts.case_id,
        time=moment,
        end=None if model.end is None else moment // DAY * DAY + 28 * DAY,
        registered=moment + sheet.draws.between(0, LATEST_ENTRY),
        employee=TRIAL_USER,
        unit=TRIAL_UNIT,
        thing="",
        benefit=facts.benefit,
        person=-1 - journey,
        note="test",
    )


def trial_cpr(person: int) -> str:
    """The CPR number of a test citizen, whom rows know by a negative number."""
    return trial_person(-person % 1000).cpr


def add_cancelled(sheet: Sheet) -> None:
    """Events registered twice by mistake: one is marked as cancelled."""
    new = _repetitions(sheet, D.CANCELLED, MISTAKEN_AFTER)
    for row in new.values():
        row.cancelled = True
    sheet.insert(new)


def add_deleted(sheet: Sheet) -> None:
    """Events registered by mistake and deleted; the planner still knows them."""
    new = _repetitions(sheet, D.CANCELLED_DELETED, MISTAKEN_AFTER)
    for n, row in enumerate(new.values(), start=1):
        row.activity, row.thing = sheet.plan.deleted, f"{sheet.plan.letter}X{n:04d}"
    sheet.insert(new)


def add_corrections(sheet: Sheet) -> None:
    """Edits that repeat an event within ten minutes; the next event of the case comes later."""
    sheet.insert(_repetitions(sheet, D.NEAR_DUPLICATE, CORRECTED_AFTER))


def add_copies(sheet: Sheet) -> None:
    """Rows delivered twice."""
    places = list(sheet.plain())
    n = min(len(places), share(len(sheet.rows), DESCRIPTIONS[D.DUPLICATE].per_mille))
    copies = {i: copy_of(sheet.rows[i]) for i in sorted(sheet.draws.sample(places, n))}
    sheet.mark(D.DUPLICATE, *copies.values())
    sheet.insert(copies)


def _repetitions(sheet: Sheet, defect: ExtractDefect, after: tuple[int, int]) -> dict[int, ExtractRow]:
    """Events like others some seconds after them, by the places of those; no other defect comes near either."""
    new = {i: _repeated(sheet, sheet.rows[i], after) for i in _places_for_another(sheet, defect, sheet.plan.talk)}
    for i in new:
        sheet.guard(defect, sheet.rows[i])
    sheet.mark(defect, *new.values())
    return new


def _places_for_another(sheet: Sheet, defect: ExtractDefect, *besides: str) -> list[int]:
    """Places behind which another event fits, an hour before the case's next one."""
    plan = sheet.plan
    stamped = {*plan.spells, *plan.spells.values(), *plan.date_only, *plan.night, *plan.future, *plan.late, *besides}
    stamped |= {activity for rule in plan.batches for activity in rule.activities} | {activity for pair in plan.twice for activity in pair}
    latest = sheet.log.extracted_at - 3 * DAY
    places = []
    for i in sheet.plain(besides=stamped):
        time, high = moment_of(sheet.rows[i]), sheet.room(i)[1]
        if high - time > HOUR and time < latest:
            places.append(i)
    n = min(len(places), share(sheet.log.n_events, DESCRIPTIONS[defect].per_mille))
    return sorted(sheet.draws.sample(places, n))


def _repeated(sheet: Sheet, row: ExtractRow, after: tuple[int, int]) -> ExtractRow:
    seconds = sheet.draws.between(*after)
    moment = moment_of(row) + seconds + (seconds == A_MINUTE)
    return copy_of(row, time=moment, registered=moment + sheet.draws.between(0, 60), written=SECOND, note="")
