"""Made-up people and companies, none of which can be real.

CPR numbers: the seventh digit and the year put every birth into 2037 to 2057, so no such number has been given to anybody; half of them
pass the old modulus 11. A test citizen's has 60 added to its day, as replacement numbers have. The birth date stands for itself and does
not fit the number, on purpose. CVR numbers fail their own check digit. Telephone numbers begin with 10, which no subscriber's does, e-mail
addresses end in a reserved domain.
"""

from __future__ import annotations

from datetime import date, timedelta

from msgspec import Struct

from engine.demo.working_time import DAY as SECONDS_A_DAY
from engine.demo.working_time import day_number

FIRST_BIRTH = date(2037, 1, 1)
BIRTHDAYS = 7_670
"""Days from FIRST_BIRTH that birthdays are taken from: the last lies in 2057."""
WEIGHTS = (4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
COMPANY_WEIGHTS = (2, 7, 6, 5, 4, 3, 2, 1)
MAIL_DOMAIN = "eksempel.example"

FIRST_NAMES = (
    "Agnete", "Anders", "Asta", "Birk", "Bodil", "Carla", "Christian", "Dagny", "Ebbe", "Ellen", "Emil", "Esther", "Frederik", "Gerda",
    "Gustav", "Hanne", "Henrik", "Ida", "Inger", "Jakob", "Jens", "Johanne", "Karen", "Kasper", "Kirsten", "Lars", "Laura", "Line", "Mads",
    "Malthe", "Marie", "Mette", "Mikkel", "Nanna", "Niels", "Oskar", "Otto", "Palle", "Pernille", "Rasmus", "Rikke", "Rosa", "Signe",
    "Sigurd", "Simon", "Sofie", "Svend", "Søren", "Thea", "Tove", "Ulla", "Viggo", "Vilhelm", "Yrsa", "Åge", "Åse",
)  # fmt: skip
LAST_NAMES = (
    "Andersen", "Bæk", "Bech", "Bjerregaard", "Brandt", "Christensen", "Dahl", "Eriksen", "Frandsen", "Frederiksen", "Gade",
    "Hald", "Hansen", "Holm", "Iversen", "Jensen", "Jespersen", "Johansen", "Juhl", "Kjær", "Klausen", "Knudsen", "Kristensen",
    "Krogh", "Larsen", "Lund", "Madsen", "Mikkelsen", "Mortensen", "Møller", "Nielsen", "Nørgaard", "Olsen", "Overgaard",
    "Pedersen", "Poulsen", "Rasmussen", "Ravn", "Schmidt", "Simonsen", "Skov", "Søndergaard", "Sørensen", "Thomsen", "Toft",
    "Vestergaard", "Winther", "Østergaard", "Ågaard",
)  # fmt: skip
STREETS = ("Eksempelvej", "Prøvegade", "Mønsterallé", "Skabelonstræde", "Attrapvej", "Øvelsesvej", "Modelgade")
COMPANY_NAMES = (
    "Nordlys", "Havblik", "Fjordby", "Bakkegård", "Solside", "Klitten", "Rosenlund", "Vindmølle", "Kystens", "Ådalens", "Skovbryn",
    "Stensø", "Bøgehøj", "Engmark", "Lyngbakke", "Mosevang", "Sandager", "Tangkær", "Ulvedal", "Ørnekær",
)  # fmt: skip
COMPANY_TRADES = (
    "Bageri", "Byg", "Design", "Data", "Ejendomme", "Engros", "Gartneri", "Handel", "Hotel", "Industri", "Kantine", "Konsulenter",
    "Laboratorium", "Logistik", "Maskiner", "Medier", "Renovering", "Revision", "Service", "Skole", "Software", "Teknik", "Transport",
    "Tømrer", "Værksted",
)  # fmt: skip


class Person(Struct, frozen=True):
    """A made-up citizen, as the case system's master data have one."""

    cpr: str
    name: str
    born: date
    address: str
    phone: str
    mail: str


def person(number: int) -> Person:
    """The citizen of a number (0 and up): the same one in every log."""
    first = FIRST_NAMES[number * 37 % len(FIRST_NAMES)]
    last = LAST_NAMES[(number * 11 + number // len(FIRST_NAMES)) % len(LAST_NAMES)]
    street = STREETS[number * 5 % len(STREETS)]
    return Person(
        cpr=cpr_number(number),
        name=f"{first} {last}",
        born=date(1958, 1, 1) + timedelta(number * 7919 % 15_000),
        address=f"{street} {number * 13 % 180 + 1}, {2000 + number * 17 % 7900} Eksempelby",
        phone=f"10 {number // 10_000 % 100:02d} {number // 100 % 100:02d} {number % 100:02d}",
        mail=f"{_plain(first)}.{_plain(last)}{number}@{MAIL_DOMAIN}",
    )


def trial_person(number: int) -> Person:
    """A citizen with whom somebody tries the system out."""
    number = 40_000 + number
    made = person(number)
    return Person(
        f"{int(made.cpr[:2]) + 60}{made.cpr[2:]}", f"Test Testesen {number % 100 + 1}", made.born, made.address, made.phone, made.mail
    )


def cpr_number(number: int) -> str:
    """Ten digits with a hyphen after six; even numbers pass modulus 11, odd ones do not."""
    born = FIRST_BIRTH + timedelta(number * 2_311 % BIRTHDAYS)
    digits = born.strftime("%d%m%y")
    serial = number * 677 % 3_900
    while passes_modulus_11(f"{digits}{5_000 + serial}") == bool(number % 2):
        serial += 1
    return f"{digits}-{5_000 + serial}"


def passes_modulus_11(digits: str) -> bool:
    """Whether ten digits pass the check that all CPR numbers passed until 2007."""
    return sum(weight * int(digit) for weight, digit in zip(WEIGHTS, digits, strict=True)) % 11 == 0


def birth_year_of(cpr: str) -> int:
    """The year of birth that a CPR number tells by its seventh digit and its year (CPR-kontoret, "Personnummeret i CPR", 2008)."""
    year, seventh = int(cpr[4:6]), int(cpr.replace("-", "")[6])
    if seventh <= 3:
        return 1900 + year
    if seventh in (4, 9):
        return 2000 + year if year <= 36 else 1900 + year
    return 2000 + year if year <= 57 else 1800 + year


def age_band(born: date, moment: int) -> str:
    """The band of ten years of age on the day of a moment (local seconds since 1970)."""
    years = (moment // SECONDS_A_DAY - day_number(born)) * 100 // 36_525
    return "under 30" if years < 30 else "60 og derover" if years >= 60 else f"{years // 10 * 10}-{years // 10 * 10 + 9}"


def company_name(number: int) -> str:
    """The name of a made-up company (0 to 899), different for each."""
    names, trades = len(COMPANY_NAMES), len(COMPANY_TRADES)
    form = "A/S" if number >= names * trades else "ApS"
    return f"{COMPANY_NAMES[number % names]} {COMPANY_TRADES[number // names % trades]} {form}"


def company_number(number: int) -> str:
    """Eight digits that look like a CVR number and fail its check."""
    digits = 10_000_000 + number * 98_317 % 89_999_999
    while sum(weight * int(digit) for weight, digit in zip(COMPANY_WEIGHTS, str(digits), strict=True)) % 11 == 0:
        digits += 1
    return str(digits)


def _plain(name: str) -> str:
    for letter, pair in (("æ", "ae"), ("ø", "oe"), ("å", "aa")):
        name = name.lower().replace(letter, pair)
    return name
