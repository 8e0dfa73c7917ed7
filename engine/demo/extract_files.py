"""The files of an extract, as a case system and its neighbours write them: rows, planner, codes, master data, spells."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

from msgspec import Struct

from engine.demo.clean_log import CaseFacts, calendar_date
from engine.demo.extract_cells import planned_times
from engine.demo.extract_insertions import trial_cpr
from engine.demo.extract_plan import ExtractDefect, ExtractPlan
from engine.demo.extract_rows import DATE, MINUTE, ExtractRow, Sheet
from engine.demo.extract_truth import FileForm
from engine.demo.people import Person, age_band, company_name, company_number, person, trial_person
from engine.demo.placement_plan import EXTRACTED_AT
from engine.demo.working_time import DAY, EPOCH, day_number

D = ExtractDefect
DAY_FIRST, YEAR_FIRST = "%d-%m-%Y %H:%M:%S", "%Y-%m-%dT%H:%M"
ROLES = {
    "case": "sag_id",
    "activity": "aktivitet",
    "timestamp": "tid",
    "end": "slut",
    "registered": "registreret",
    "employee": "sagsbehandler",
    "unit": "enhed",
    "actor": "aktør_type",
    "citizen": "cpr",
    "number": "hændelse_nr",
    "code": "kode",
    "earlier_case": "tidligere_sag",
    "cancelled": "annulleret",
    "text": "bemærkning",
}


class WrittenFile(Struct, frozen=True):
    """A file of the extract with its form."""

    form: FileForm
    content: bytes


def write_files(sheet: Sheet, clean: bool) -> tuple[WrittenFile, ...]:
    """All files of an extract, the rows first. Clean ones are UTF-8 throughout, others as each system has it."""
    stem = sheet.plan.stem
    old = "utf-8" if clean else "cp1252"
    rows = _lines(sheet)
    files = [_rows_file(f"{stem}.csv", rows, sheet, old)]
    planner = [("booking_nr", "sag_id", "starttid", "status"), *_planner_rows(sheet, clean)]
    if clean:
        files.append(_file(f"{stem}-planner.csv", "planner", planner, "utf-8", ";", "%d-%m-%Y %H:%M"))
    else:
        files.append(_file(f"{stem}-planner.csv", "planner", planner, "utf-8-sig", ",", YEAR_FIRST))
    codes = [("kode", "aktivitet", "gyldig_fra", "gyldig_til"), *_code_rows(sheet.plan, clean)]
    files.append(_file(f"{stem}-koder.csv", "codes", codes, old, ";", "%d-%m-%Y"))
    people = [("cpr", "navn", "fødselsdato", "adresse", "telefon", "e-mail"), *_people_rows(sheet)]
    files.append(_file(f"{stem}-personer.csv", "people", people, old, ";", "%d-%m-%Y"))
    if sheet.log.spells:
        spells = [("sag_id", "tilstand", "fra", "til"), *_spell_rows(sheet)]
        files.append(_file(f"{stem}-tilstande.csv", "spells", spells, "utf-8", ";", "%d-%m-%Y"))
    return tuple(files)


def _file(name: str, holds: str, rows: Sequence[tuple[str, ...]], encoding: str, delimiter: str, date_form: str) -> WrittenFile:
    content = "".join(delimiter.join(row) + "\r\n" for row in rows).encode(encoding)
    return WrittenFile(FileForm(name, holds, len(rows) - 1, encoding, delimiter, date_form), content)


# ---- the rows of the case system ----------------------------------------------------------------------------------------------


def _rows_file(name: str, lines: list[tuple[str, bool]], sheet: Sheet, encoding: str) -> WrittenFile:
    """Lines in the file's encoding, but for those that another system wrote in UTF-8."""
    content = b"".join(line.encode("utf-8" if utf8 else encoding) for line, utf8 in lines)
    return WrittenFile(FileForm(name, "events", len(sheet.rows), encoding, ";", DAY_FIRST), content)


def header_of(plan: ExtractPlan) -> tuple[str, ...]:
    """The columns of a log's rows."""
    return (
        "hændelse_nr", "sag_id", "tidligere_sag", "cpr", "aldersgruppe", "kode", "aktivitet", "tid", "slut", "registreret", "sagsbehandler",
        "enhed", "aktør_type", *plan.attributes, "timer", "objekt_ref", "annulleret", "bemærkning",
    )  # fmt: skip


def _lines(sheet: Sheet) -> list[tuple[str, bool]]:
    """The header and every row as text, and whether it is to be UTF-8."""
    attributes = [_attributes(sheet.plan, facts) for facts in sheet.facts]
    lines = [(";".join(header_of(sheet.plan)) + "\r\n", False)]
    for row in sheet.rows:
        cells = (
            str(row.number), row.case_id, row.earlier, *_citizen(row.person), row.code, row.text, _time_text(row), _end_text(row),
            _moment_text(row.registered), row.employee, row.unit, row.actor.value, *_told(attributes[row.journey], row),
            _hours_text(row), row.thing, "ja" if row.cancelled else "nej", row.note,
        )  # fmt: skip
        lines.append((";".join(cells) + "\r\n", row.utf8))
    return lines


def _attributes(plan: ExtractPlan, facts: CaseFacts) -> tuple[str, ...]:
    if plan.names_companies:
        company = facts.company or 0
        return facts.group, facts.benefit, company_name(company), company_number(company), facts.title
    return (facts.group,)


def _told(attributes: tuple[str, ...], row: ExtractRow) -> tuple[str, ...]:
    """What a row says of its case; the benefit is that of the day."""
    return attributes if len(attributes) > 1 else (*attributes, row.benefit)


@cache
def _citizen(number: int | None) -> tuple[str, str]:
    """CPR number and age band of a person; of a test citizen (negative number) without a band."""
    if number is None:
        return "", ""
    if number < 0:
        return trial_cpr(number), ""
    found = person(number)
    return found.cpr, age_band(found.born, EXTRACTED_AT)


@cache
def _day_text(day: int, iso: bool) -> str:
    found = calendar_date(day)
    return found.isoformat() if iso else f"{found.day:02d}-{found.month:02d}-{found.year}"


@cache
def _clock_text(second: int) -> str:
    return f"{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}"


def _moment_text(moment: int, iso: bool = False) -> str:
    return f"{_day_text(moment // DAY, iso)} {_clock_text(moment % DAY)}"


def _time_text(row: ExtractRow) -> str:
    if row.time is None:
        return ""
    day, clock = _day_text(row.time // DAY, row.iso), _clock_text(row.time % DAY)
    if row.written == DATE:
        return day
    if row.written == MINUTE:
        return f"{day} kl. {clock[:5].replace(':', '.')}" if row.spoken else f"{day} {clock[:5]}"
    return f"{day} {clock}"


def _end_text(row: ExtractRow) -> str:
    return "" if row.end is None else _day_text(row.end // DAY, row.iso)


def _hours_text(row: ExtractRow) -> str:
    if row.hours is None:
        return ""
    return f"{row.hours // 100}{'.' if row.point else ','}{row.hours % 100:02d}"


# ---- the other files ----------------------------------------------------------------------------------------------------------


def _planner_rows(sheet: Sheet, clean: bool) -> Iterable[tuple[str, ...]]:
    """Talks that were held, and those whose booking the case system has deleted, by time."""
    known = [(moment, thing, case, "afholdt") for thing, case, moment in planned_times(sheet)]
    for row in sheet.touched.get(D.CANCELLED_DELETED, []):
        if row.time is not None:
            known.append((row.time // 60 * 60, row.thing, sheet.log.cases[row.journey].case_id, "aflyst"))
    for moment, thing, case, status in sorted(known):
        clock = _clock_text(moment % DAY)[:5]
        yield thing, case, f"{_day_text(moment // DAY, not clean)}{' ' if clean else 'T'}{clock}", status


def _code_rows(plan: ExtractPlan, clean: bool) -> Iterable[tuple[str, ...]]:
    """Codes with their activities, and from when to when they are used."""
    release = day_number(plan.release)
    for activity in plan.activities:
        changed = activity in plan.renamed and not clean
        yield plan.code(activity), activity, "", _day_text(release - 1, False) if changed else ""
        if changed:
            yield plan.new_code(activity), activity, _day_text(release, False), ""


def _people_rows(sheet: Sheet) -> Iterable[tuple[str, ...]]:
    for number in sorted({row.person for row in sheet.rows if row.person is not None}):
        found: Person = person(number) if number >= 0 else trial_person(-number % 1000)
        yield found.cpr, found.name, _day_text((found.born - EPOCH).days, False), found.address, found.phone, found.mail


def _spell_rows(sheet: Sheet) -> Iterable[tuple[str, ...]]:
    for spell in sheet.log.spells:
        yield spell.case_id, spell.state, _day_text(spell.first, False), "" if spell.last is None else _day_text(spell.last, False)
