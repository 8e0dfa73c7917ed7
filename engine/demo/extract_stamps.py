"""Times that an extract does not tell as they were. No stamp ever passes another event of its case, so cases, events and arcs stay."""

from __future__ import annotations

from collections import defaultdict

from engine.demo.clean_log import Actor, calendar_date
from engine.demo.danish_time import clock_goes_back
from engine.demo.draws import Wait
from engine.demo.extract_plan import BATCH_SIZE, DESCRIPTIONS, FUTURE_DAYS, LAG_DAYS, NIGHT, NIGHT_ENDS, BatchRule, ExtractDefect
from engine.demo.extract_rows import DATE, MINUTE, Sheet, moment_of
from engine.demo.working_time import DAY, HOUR

D = ExtractDefect
LAG = Wait(3 * DAY, 9 * DAY)
NEAREST_TO_CHANGE = 4 * DAY
"""How far an event may be moved to the night of the change of the clock."""
SAME_MEETING = 2 * HOUR


def blank_ends(sheet: Sheet) -> None:
    """Spells whose end nobody filled in: the end of the spell, and the time of the event that ends it."""
    plan, rows = sheet.plan, sheet.rows
    starts = [i for i in sheet.plain(plan.spells) if rows[i].end is not None]
    for i in sheet.chosen(starts, DESCRIPTIONS[D.MISSING_END].per_mille):
        rows[i].end = None
        sheet.mark(D.MISSING_END, rows[i])
        ending, j = plan.spells[rows[i].activity], i + 1
        while j < len(rows) and rows[j].journey == rows[i].journey:
            if rows[j].activity == ending and not rows[j].marks:
                rows[j].time = None
                rows[j].marks = [D.MISSING_END]
                break
            j += 1


def live_an_hour_twice(sheet: Sheet) -> None:
    """Pairs of events that a job wrote around the moment at which summer time ended: the first before it, the second after it."""
    rows = sheet.rows
    for i in range(len(rows) - 1):
        one, other = rows[i], rows[i + 1]
        if one.journey != other.journey or (one.activity, other.activity) not in sheet.plan.twice or one.marks or other.marks:
            continue
        moment = moment_of(one)
        change = clock_goes_back(calendar_date(moment // DAY).year) * DAY + 2 * HOUR
        if abs(moment - change) > NEAREST_TO_CHANGE or sheet.room(i)[0] >= change or sheet.room(i + 1)[1] <= change + 2 * HOUR:
            continue
        one.time, other.time = change + sheet.draws.between(1800, 3500), change + sheet.draws.between(60, 1700)
        one.registered = other.registered = change + HOUR + 600
        sheet.mark(D.SUMMER_TIME, one, other)


def stamp_batches(sheet: Sheet) -> None:
    """Events that a user did on one day all get the same second, where at least BATCH_SIZE of them can."""
    for rule in sheet.plan.batches:
        days: dict[tuple[str, int], list[int]] = defaultdict(list)
        for i in sheet.plain(rule.activities):
            row = sheet.rows[i]
            moment = moment_of(row) // DAY * DAY + rule.second
            if row.employee in rule.users and sheet.fits(i, moment):
                days[row.employee, moment].append(i)
        for (_, moment), places in days.items():
            if len({sheet.rows[i].journey for i in places}) >= BATCH_SIZE:
                _stamp_batch(sheet, rule, moment, places)


def _stamp_batch(sheet: Sheet, rule: BatchRule, moment: int, places: list[int]) -> None:
    for i in places:
        if sheet.fits(i, moment):
            sheet.rows[i].time = moment
            sheet.mark(D.BATCH, sheet.rows[i])
            if NIGHT[0] <= rule.second < NIGHT_ENDS:
                sheet.mark(D.NIGHT_JOB, sheet.rows[i])


def stamp_the_future(sheet: Sheet) -> None:
    """What ends a case and was entered shortly before the extract lies ahead of it."""
    day = sheet.log.extracted_at // DAY
    for i in sheet.plain(sheet.plan.future):
        row = sheet.rows[i]
        if moment_of(row) // DAY >= day - FUTURE_DAYS and sheet.room(i)[1] > 1 << 39:
            row.time = (day + sheet.draws.between(1, FUTURE_DAYS)) * DAY + 7 * HOUR
            sheet.mark(D.FUTURE_DATED, row)


def stamp_by_night(sheet: Sheet) -> None:
    """What the system does, done by the night job of the same day."""
    taken = {rule.second for rule in sheet.plan.batches}
    for i in sheet.plain(sheet.plan.night):
        row, second = sheet.rows[i], sheet.draws.between(*NIGHT)
        moment = moment_of(row) // DAY * DAY + second + (second in taken)
        if row.actor is Actor.SYSTEM and sheet.fits(i, moment):
            row.time = moment
            sheet.mark(D.NIGHT_JOB, row)


def shift_by_a_minute(sheet: Sheet) -> None:
    """The second talk of a day is put one minute after the first, because two at the same time are refused."""
    if sheet.plan.one_minute is None:
        return
    first, second = sheet.plan.one_minute
    rows = sheet.rows
    places = [
        i
        for i in sheet.plain({second})
        if (rows[i - 1].journey, rows[i - 1].activity) == (rows[i].journey, first)
        and not rows[i - 1].marks
        and moment_of(rows[i]) - moment_of(rows[i - 1]) <= SAME_MEETING
    ]
    for i in sheet.chosen(places, DESCRIPTIONS[D.ONE_MINUTE].per_mille):
        rows[i].time = moment_of(rows[i - 1]) + 60
        sheet.mark(D.ONE_MINUTE, rows[i])


def write_dates_only(sheet: Sheet) -> None:
    """Offers and absences have days, not hours; also those whose end is missing or lies ahead."""
    for i, row in enumerate(sheet.rows):
        if row.activity not in sheet.plan.date_only or row.time is None or {D.TEST_CITIZEN, D.SUMMER_TIME} & set(row.marks):
            continue
        moment = row.time // DAY * DAY
        if sheet.fits(i, moment):
            row.time, row.written = moment, DATE
            sheet.mark(D.DATE_ONLY, row)


def lose_the_hour(sheet: Sheet) -> None:
    """Times of day that were not known."""
    places = [
        i
        for i in sheet.plain(besides={sheet.plan.talk})
        if sheet.rows[i].actor is Actor.EMPLOYEE and sheet.fits(i, moment_of(sheet.rows[i]) // DAY * DAY)
    ]
    for i in sheet.chosen(places, DESCRIPTIONS[D.MIDNIGHT].per_mille):
        row = sheet.rows[i]
        row.time = moment_of(row) // DAY * DAY
        sheet.mark(D.MIDNIGHT, row)


def write_minutes(sheet: Sheet) -> None:
    """Times written with “kl.” and without seconds."""
    places = [i for i in sheet.plain() if sheet.fits(i, moment_of(sheet.rows[i]) // 60 * 60)]
    for i in sheet.chosen(places, DESCRIPTIONS[D.CLOCK_FORM].per_mille):
        row = sheet.rows[i]
        row.time, row.written, row.spoken = moment_of(row) // 60 * 60, MINUTE, True
        sheet.mark(D.CLOCK_FORM, row)


def register_late(sheet: Sheet) -> None:
    """Talks that were written down days later, before the extract."""
    latest = sheet.log.extracted_at - LAG_DAYS * DAY - HOUR
    places = [i for i in sheet.plain(sheet.plan.late) if moment_of(sheet.rows[i]) < latest]
    for i in sheet.chosen(places, DESCRIPTIONS[D.LATE_REGISTRATION].per_mille):
        row = sheet.rows[i]
        row.registered = moment_of(row) + min(max(sheet.draws.wait(LAG), DAY), LAG_DAYS * DAY)
        sheet.mark(D.LATE_REGISTRATION, row)


def date_back(sheet: Sheet) -> None:
    """Starts that were entered days after they had begun."""
    latest = sheet.log.extracted_at - 12 * DAY
    allowed = {D.DATE_ONLY, D.MISSING_END, D.BATCH}
    places = [
        i
        for i, row in enumerate(sheet.rows)
        if row.activity in sheet.plan.retro and row.time is not None and row.time < latest and set(row.marks) <= allowed
    ]
    for i in sheet.chosen(places, DESCRIPTIONS[D.RETRO_DATED].per_mille):
        row = sheet.rows[i]
        row.registered = (moment_of(row) // DAY + sheet.draws.between(1, 10)) * DAY + sheet.draws.between(8 * HOUR, 15 * HOUR)
        sheet.mark(D.RETRO_DATED, row)
