"""Cells that an extract tells in another way than the log: codes, spellings, forms, users, case numbers, remarks."""

from __future__ import annotations

from collections.abc import Callable

from engine.demo.clean_log import Actor, share
from engine.demo.extract_plan import DESCRIPTIONS, ExtractDefect
from engine.demo.extract_rows import Sheet, moment_of
from engine.demo.people import company_name, person
from engine.demo.working_time import DAY, HOUR, day_number

D = ExtractDefect
FEWEST_EVENTS = 6
"""A case whose number breaks has at least so many events."""
NEVER_PARTED = {D.NEAR_DUPLICATE, D.CANCELLED, D.SUMMER_TIME, D.ONE_MINUTE}
"""Defects that lie between two rows; a case does not break there."""
OTHER_BENEFIT = {"dagpenge": "kontanthjælp", "kontanthjælp": "ressourceforløbsydelse"}

SPELLINGS: tuple[Callable[[str], str], ...] = (
    lambda text: text + " ",
    lambda text: text.replace(" ", "  ", 1),
    str.upper,
    str.lower,
    lambda text: text.replace("æ", "ae").replace("ø", "oe").replace("å", "aa"),
    lambda text: " " + text,
)
PERSONAL_REMARKS = (
    "Ringede til {name}, tlf. {phone}",
    "{name} oplyste cpr-nr. {cpr} i telefonen",
    "Aftalt med {name}",
    "Se også sagen på {cpr}",
    "Kan træffes på {phone} efter kl. 12",
    "Mail sendt til {mail}",
)
COMPANY_REMARKS = ("Aftalt med {company}", "{company} vil ringes op", "Som sidst hos {company}", "Lønnen aftales hos {company}")
DISAGREEMENTS = (-2 * DAY, -DAY, -HOUR, -HOUR // 2, -HOUR // 4, HOUR // 4, HOUR // 2, HOUR, DAY, 3 * DAY)


def change_codes(sheet: Sheet) -> None:
    """From the release on, some activities have another code and another text."""
    plan, since = sheet.plan, day_number(sheet.plan.release) * DAY
    for row in sheet.rows:
        if row.activity in plan.renamed and row.time is not None and row.time >= since:
            row.code, row.text = plan.new_code(row.activity), plan.renamed[row.activity]
            sheet.mark(D.CHANGED_CODE, row)


def misspell(sheet: Sheet) -> None:
    """Other spellings of an activity: blanks, capitals, æ ø å taken apart."""
    for i in sheet.chosen(list(sheet.plain()), DESCRIPTIONS[D.SPELLING].per_mille):
        row, first = sheet.rows[i], sheet.draws.below(len(SPELLINGS))
        variants = [SPELLINGS[(first + n) % len(SPELLINGS)](row.text) for n in range(len(SPELLINGS))]
        row.text = next(variant for variant in variants if variant != row.text)
        sheet.mark(D.SPELLING, row)


def mix_encodings(sheet: Sheet) -> None:
    """Rows from another system are written in UTF-8."""
    places = [i for i in sheet.plain() if not sheet.rows[i].text.isascii()]
    for i in sheet.chosen(places, DESCRIPTIONS[D.MIXED_ENCODING].per_mille):
        sheet.rows[i].utf8 = True
        sheet.mark(D.MIXED_ENCODING, sheet.rows[i])


def mix_date_forms(sheet: Sheet) -> None:
    """Rows from another system write the year first."""
    for i in sheet.chosen(list(sheet.plain()), DESCRIPTIONS[D.MIXED_DATE_FORM].per_mille):
        sheet.rows[i].iso = True
        sheet.mark(D.MIXED_DATE_FORM, sheet.rows[i])


def point_decimals(sheet: Sheet) -> None:
    """Hours with a point instead of a comma, also in what jobs wrote."""
    places = [i for i, row in enumerate(sheet.rows) if row.hours is not None and set(row.marks) <= {D.BATCH, D.NIGHT_JOB}]
    for i in sheet.chosen(places, DESCRIPTIONS[D.DECIMAL_POINT].per_mille):
        sheet.rows[i].point = True
        sheet.mark(D.DECIMAL_POINT, sheet.rows[i])


def name_people(sheet: Sheet) -> None:
    """Remarks that name somebody: the case's citizen, or another one."""
    places = [i for i in sheet.plain() if sheet.rows[i].note]
    n = share(sum(bool(row.note) for row in sheet.rows), DESCRIPTIONS[D.PERSONAL_TEXT].per_mille)
    known = sorted({row.person for row in sheet.rows if row.person is not None and row.person >= 0})
    for i in sorted(sheet.draws.sample(places, min(n, len(places)))):
        row = sheet.rows[i]
        who = person(row.person if row.person is not None else known[sheet.draws.below(len(known))])
        remark = PERSONAL_REMARKS[sheet.draws.below(len(PERSONAL_REMARKS))]
        told = {"name": who.name, "phone": who.phone, "cpr": who.cpr, "mail": who.mail}
        row.note = remark.format(**told)
        sheet.personal += [value for key, value in told.items() if f"{{{key}}}" in remark]
        sheet.mark(D.PERSONAL_TEXT, row)


def name_companies(sheet: Sheet) -> None:
    """Remarks that name the employer."""
    if not sheet.plan.names_companies:
        return
    for i in sheet.chosen([i for i in sheet.plain() if sheet.rows[i].note], DESCRIPTIONS[D.COMPANY_TEXT].per_mille):
        row = sheet.rows[i]
        company = company_name(sheet.facts[row.journey].company or 0)
        row.note = COMPANY_REMARKS[sheet.draws.below(len(COMPANY_REMARKS))].format(company=company)
        sheet.personal.append(company)
        sheet.mark(D.COMPANY_TEXT, row)


def reuse_numbers(sheet: Sheet) -> None:
    """Numbers of employees who have left are given to others, in another unit; who had one before keeps it on record."""
    first: dict[str, tuple[int, str]] = {}
    last: dict[str, int] = {}
    for row in sheet.rows:
        if row.actor is Actor.EMPLOYEE and row.time is not None and D.TEST_CITIZEN not in row.marks:
            if row.employee not in first or row.time < first[row.employee][0]:
                first[row.employee] = (row.time, row.unit)
            last[row.employee] = max(last.get(row.employee, 0), row.time)
    numbers = sorted(first)
    n = max(2, share(len(numbers), DESCRIPTIONS[D.REUSED_EMPLOYEE].per_mille))
    chosen = sorted(sheet.draws.sample(range(len(numbers)), min(2 * n, len(numbers) // 2 * 2)))
    for one, other in zip(chosen[::2], reversed(chosen[1::2]), strict=True):
        old, new = numbers[one], numbers[other]
        if first[old][1] == first[new][1]:
            continue
        since = (first[old][0] + max(last[old], last[new])) // 2
        for row in sheet.rows:
            if row.employee == new and row.time is not None and row.time >= since:
                row.employee = old
                sheet.mark(D.REUSED_EMPLOYEE, row)


def work_as_system(sheet: Sheet) -> None:
    """What somebody did stands under SYSTEM."""
    places = [i for i in sheet.plain() if sheet.rows[i].actor is Actor.EMPLOYEE]
    for i in sheet.chosen(places, DESCRIPTIONS[D.SYSTEM_USER].per_mille):
        sheet.rows[i].employee = "SYSTEM"
        sheet.mark(D.SYSTEM_USER, sheet.rows[i])


def break_case_numbers(sheet: Sheet) -> None:
    """Cases whose benefit shifts go on under a new number, with another benefit."""
    if not sheet.plan.breaks_cases:
        return
    places: dict[int, list[int]] = {}
    for i, row in enumerate(sheet.rows):
        if row.journey not in sheet.trials:
            places.setdefault(row.journey, []).append(i)
    able = [journey for journey, found in places.items() if len(found) >= FEWEST_EVENTS]
    number = len(sheet.facts)
    for n, journey in enumerate(sheet.chosen(able, DESCRIPTIONS[D.BROKEN_CASE_ID].per_mille), start=1):
        found = places[journey]
        cut = sheet.draws.between(2, len(found) - 2)
        while cut > 0 and (sheet.rows[found[cut]].time is None or NEVER_PARTED & set(sheet.rows[found[cut]].marks)):
            cut -= 1
        if cut == 0:
            continue
        for i in found[cut:]:
            row = sheet.rows[i]
            row.earlier, row.case_id = row.case_id, f"{sheet.plan.case_prefix}-{number + n:05d}"
            row.benefit = OTHER_BENEFIT.get(row.benefit, row.benefit)
            sheet.mark(D.BROKEN_CASE_ID, row)


def disagree(sheet: Sheet) -> None:
    """Talks that the planner has at another time."""
    for i in sheet.chosen(list(sheet.plain({sheet.plan.talk})), DESCRIPTIONS[D.PLANNER_DISAGREES].per_mille):
        row = sheet.rows[i]
        sheet.planner_shifts[row.thing] = DISAGREEMENTS[sheet.draws.below(len(DISAGREEMENTS))]
        sheet.mark(D.PLANNER_DISAGREES, row)


def planned_times(sheet: Sheet) -> list[tuple[str, str, int]]:
    """What the planner knows of every talk that was held: its number, its case, its time."""
    cases = sheet.log.cases
    return [
        (row.thing, cases[row.journey].case_id, moment_of(row) // 60 * 60 + sheet.planner_shifts.get(row.thing, 0))
        for row in sheet.rows
        if row.activity == sheet.plan.talk and row.journey not in sheet.trials and D.DUPLICATE not in row.marks and row.time is not None
    ]
