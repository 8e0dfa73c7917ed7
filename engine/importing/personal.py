"""Signs of personal data: columns about employees, civil registration numbers, addresses and free text; and how cells are masked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from engine.errors import N_, BadInput
from engine.importing.patterns import PATTERNS
from engine.log.columns import EMPLOYEE, TIMES, ColumnRoles, columns_by_role
from engine.personal import masking
from engine.personal.names import is_name_in

MASK = masking.MASK
LONGEST = 80
"""Most characters of a cell that is shown; a longer one is free text."""
FREE_TEXT_CELLS, FREE_TEXT_LENGTH, FREE_TEXT_SHARE = 10, 40, 0.8
"""From this many cells on, of this mean length, with this share (0..1) of different ones, a column holds free text."""
DIGITS = 3
ABOUT_EMPLOYEES = N_("The column {column} of {file} says who did the work. Employees are never shown; choose another column.")

ABOUT = re.compile(
    r"sags ?beh(?!andling)|medarbejder|\bansat(?:te|tes)?\b|(?<!for)bruger|initial(?:er|s)\b|initial$|employee"
    r"|user(?! (?:task|story|action))|resource(?! type)|\bagent"
    r"|\bresponsible(?! (?:unit|department|section|team|group|org))|\bansvarlige?$|\bcreator\b"
    r"|case ?worker|originator|handler|assignee|assigned to|rådgiver|\bexecutor|\bperformer"
    r"|(?:oprettet|udført|registreret|ændret|behandlet|afsluttet|modtaget|godkendt|indtastet|opdateret|rettet|tildelt) af$"
    r"|(?:created|performed|completed|done|handled|assigned|registered|changed|updated|approved|modified|executed|resolved|closed) by$",
)
"""Names of columns that say who did the work, as `plain_name` writes them."""

CPR = re.compile(r"(?<!\d)[0-36-9]\d(?:0[1-9]|1[0-2])\d{2} ?[-–]? ?\d{4}(?!\d)")
EMAIL = re.compile(r"\S@\S+\.\w")
PHONE = re.compile(r"(?<!\d)(?:\+\d{2} ?)?(?:\d{8}|\d{2} \d{2} \d{2} \d{2}|\d{4} \d{4})(?!\d)")
CLOCK = re.compile(r"(?:kl\.? *)?\d{1,2}[:.]\d{2}(?:[:.]\d{2}(?:[.,]\d+)?)?(?: ?[ap]\.?m\.?)?", re.IGNORECASE)
NUMBER = re.compile(r"[+-]?[\d., ]*\d[\d., ]*%?")
DATES = tuple(re.compile(pattern.regex) for pattern in PATTERNS)


def plain_name(name: str) -> str:
    """A column name without case, signs and runs of blanks: "Sags-ID" becomes "sags id"."""
    parted = re.sub(r"(?<=[a-zæøå])(?=[A-ZÆØÅ])", " ", name)
    return re.sub(r"[\W_]+", " ", parted).strip().lower()


def is_employee(column: str) -> bool:
    """Whether a column of this name says who did the work; such columns are neither shown nor read."""
    return ABOUT.search(plain_name(column)) is not None


def refuse_employees(roles: ColumnRoles, file_name: str) -> None:
    """BadInput when employees would become anything but employees and times."""
    told = {role: names for role, names in columns_by_role(roles).items() if role not in {EMPLOYEE, *TIMES}}
    for name in (name for names in told.values() for name in names):
        if is_employee(name):
            raise BadInput(ABOUT_EMPLOYEES, column=name, file=file_name)


def is_time_text(cell: str) -> bool:
    """Whether a cell is written like a date, a moment or a time of day."""
    text = cell.strip()
    return CLOCK.fullmatch(text) is not None or any(pattern.match(text) for pattern in DATES)


def is_cpr(cell: str) -> bool:
    """Whether a cell holds a number built like one of the civil registration, with or without its hyphen."""
    return CPR.search(cell) is not None


def is_personal(cell: str) -> bool:
    """Whether a cell holds a civil registration number, an e-mail address, a telephone number, the name of a person, or text too long for a
    name of anything."""
    return len(cell) > LONGEST or any(pattern.search(cell) for pattern in (CPR, EMAIL, PHONE)) or is_name_in(cell)


def is_value(cell: str) -> bool:
    """Whether a cell holds a time, a civil registration number or an e-mail address, which no column is named."""
    return is_time_text(cell) or is_cpr(cell) or EMAIL.search(cell) is not None


def is_numeric(cell: str) -> bool:
    """Whether a cell is a number or mostly digits, as keys are."""
    digits = sum(sign.isdigit() for sign in cell)
    return NUMBER.fullmatch(cell.strip()) is not None or (digits >= DIGITS and 2 * digits > sum(sign.isalnum() for sign in cell))


def is_free_text(cells: Sequence[str]) -> bool:
    """Whether cells of a column are long and nearly all different."""
    filled = [cell for cell in cells if cell.strip()]
    if len(filled) < FREE_TEXT_CELLS:
        return False
    mean = sum(map(len, filled)) / len(filled)
    return mean > FREE_TEXT_LENGTH and len(set(filled)) > FREE_TEXT_SHARE * len(filled)


def masked(cell: str) -> str:
    """The mask; an empty cell stays empty."""
    return MASK if cell.strip() else ""


def numbered(cells: Sequence[str]) -> list[str]:
    """Masks that tell different cells apart: •••1, •••2, … by first appearance; empty cells stay empty."""
    numbers: dict[str, int] = {}
    return [f"{MASK}{numbers.setdefault(cell, len(numbers) + 1)}" if cell.strip() else "" for cell in cells]


def listed(names: Iterable[str]) -> str:
    """Column names for a sentence, at most 40 of at most 60 characters; one that looks like the content of a cell is masked."""
    all_names = list(names)
    shown = [MASK if is_value(name) else name if len(name) <= 60 else name[:59] + "…" for name in all_names[:40]]
    return ", ".join(shown) + (", …" if len(all_names) > 40 else "")
