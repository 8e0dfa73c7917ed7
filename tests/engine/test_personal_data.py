"""Personal data in an extract are found, whatever form they have; ids, codes and stamps that only look like them are not."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.demo.people import passes_modulus_11, person
from engine.personal import signs
from engine.personal.cpr import birth_date, holds_number, numbers_among
from engine.personal.names import LISTS, family_names, given_names, holds_name
from engine.personal.signs import Finding, findings

SEED = 20_261_121
TODAY = date(2026, 11, 21)
N_NUMBERS = 100_000
N_COLUMNS = 2_000
KINDS = 10


def kinds(name: str, cells: list[str]) -> set[str]:
    return {one.kind for one in findings(name, pa.array(cells, pa.string()), TODAY)}


def century_of(seventh: int, year: int) -> int:
    """The table of "Personnummeret i CPR", written out."""
    if seventh <= 3:
        return 1900
    if seventh in (4, 9):
        return 2000 if year < 37 else 1900
    return 2000 if year < 58 else 1800


# ---- CPR numbers -----------------------------------------------------------------------------------------------------------------


def test_numbers_are_found_in_every_form_with_or_without_modulus_11(capsys: pytest.CaptureFixture[str]) -> None:
    chance = random.Random(SEED)
    numbers, born = [], []
    while len(numbers) < N_NUMBERS:
        day = date(1900, 1, 1) + timedelta(chance.randrange(47_000))
        digits = f"{day:%d%m%y}{chance.randrange(10_000):04d}"
        if century_of(int(digits[6]), int(digits[4:6])) + int(digits[4:6]) == day.year:
            numbers.append(digits)
            born.append(day)
    passing = sum(map(passes_modulus_11, numbers))
    gaps = ("", "-", " ", " - ", "–")
    written = [digits[:6] + gaps[place % len(gaps)] + digits[6:] for place, digits in enumerate(numbers)]
    around = [f"{'Borger ' * (place % 3 == 1)}{text}{', se sag' * (place % 3 == 2)}" for place, text in enumerate(written)]
    recall = holds_number(pa.array(around)).mean()
    with capsys.disabled():
        print(f"\nCPR: seed {SEED}, {N_NUMBERS} numbers, {passing} with modulus 11, recall {recall:.4%}")
    assert passing < 0.15 * N_NUMBERS
    assert recall == 1.0
    assert [birth_date(text) for text in written[:5_000]] == born[:5_000]


@given(st.from_regex(r"[0-3]\d[01]\d{3}\d{4}", fullmatch=True).filter(str.isascii))
def test_a_number_is_found_exactly_when_its_date_is_one_of_the_calendar(digits: str) -> None:
    year = int(digits[4:6])
    try:
        born = date(century_of(int(digits[6]), year) + year, int(digits[2:4]), int(digits[:2]))
    except ValueError:
        born = None
    assert holds_number(pa.array([digits]), ())[0] == (born is not None)
    assert birth_date(digits) == born


@given(st.text(alphabet="0123456789", min_size=1, max_size=3))
def test_a_number_stands_alone_among_digits(beside: str) -> None:
    assert not holds_number(pa.array([f"{beside}0101901234", f"010190-1234{beside}"])).any()


def test_replacement_numbers_are_found_in_the_forms_that_are_named() -> None:
    cells = pa.array(["610190-1234", "9112851234", "010190-AB12"])
    assert holds_number(cells).tolist() == [True] * 3
    assert holds_number(cells, ()).tolist() == [False] * 3
    assert holds_number(pa.array(["X-4711-0101"]), (r"X-\d{4}-\d{4}",)).tolist() == [True]
    assert birth_date("610190-1234") == date(1990, 1, 1)


def test_numbers_that_a_workbook_has_made_shorter_are_found_in_their_column() -> None:
    cells = [person(place).cpr.replace("-", "").lstrip("0") for place in range(300)]
    assert kinds("nr", cells) == {signs.CPR}


def random_columns(chance: random.Random) -> dict[str, Callable[[int], list[str]]]:
    """Columns of ids that are no CPR numbers, by kind; each call makes another one of n cells."""

    def digits(n: int) -> list[str]:
        return [f"{chance.randrange(10**10):010d}" for _ in range(n)]

    def serial(n: int) -> list[str]:
        first, step = chance.randrange(10**9, 10**10 - 10**6), chance.choice((1, 3, 10, 97))
        return [str(first + step * place) for place in range(n)]

    def stamps(form: str) -> Callable[[int], list[str]]:
        def column(n: int) -> list[str]:
            first, days = datetime(chance.randrange(2001, 2030), 1, 1, tzinfo=UTC), chance.choice((90, 365, 3_000))
            return [(first + timedelta(minutes=chance.randrange(days * 1440))).strftime(form) for _ in range(n)]

        return column

    def epochs(n: int) -> list[str]:
        first = chance.randrange(1_600_000_000, 1_760_000_000)
        return [str(first + chance.randrange(20_000_000)) for _ in range(n)]

    def journal(n: int) -> list[str]:
        year = chance.randrange(2000, 2027)
        return [chance.choice((f"{year}-{place:06d}", f"{year % 100}/{chance.randrange(100_000):05d}")) for place in range(n)]

    def counter(n: int) -> list[str]:
        first, year = chance.randrange(100_000, 900_000), chance.randrange(2000, 2027)
        return [f"{first + place:06d}-{year}" for place in range(n)]

    return {
        "ten digits": digits,
        "eight digits": lambda n: [f"{chance.randrange(10**8):08d}" for _ in range(n)],
        "nine digits": lambda n: [f"{chance.randrange(10**8, 10**9)}" for _ in range(n)],
        "serial": serial,
        "journal": journal,
        "counter and year": counter,
        "year first": stamps("%Y%m%d%H"),
        "short year first": stamps("%y%m%d%H%M"),
        "day first": stamps("%d%m%y%H%M"),
        "seconds": epochs,
    }


def test_columns_of_other_ids_are_left_in_peace(capsys: pytest.CaptureFixture[str]) -> None:
    chance = random.Random(SEED)
    makers = random_columns(chance)
    flagged = dict.fromkeys(makers, 0)
    for kind, make in makers.items():
        for _ in range(N_COLUMNS // KINDS):
            cells = signs.filled(pa.array(make(chance.choice((60, 200, 1_000)))))
            flagged[kind] += numbers_among(cells).is_column
    with capsys.disabled():
        print(f"\nother ids: seed {SEED}, {N_COLUMNS} columns of {KINDS} kinds, {sum(flagged.values())} flagged: {flagged}")
    assert len(makers) == KINDS
    assert sum(flagged.values()) <= 0.01 * N_COLUMNS
    assert max(flagged.values()) <= 0.01 * N_COLUMNS / KINDS


@pytest.mark.parametrize("share", [0.2, 0.5, 1.0])
def test_a_column_with_numbers_of_people_among_other_ids_is_one_of_people(share: float) -> None:
    cells = [person(place).cpr if place < 500 * share else f"X{place:09d}" for place in range(500)]
    assert kinds("nøgle", cells) == {signs.CPR}


def test_people_born_on_new_years_day_are_people() -> None:
    cells = [f"0101{60 + place % 30:02d}{1_000 + place * 7:04d}" for place in range(200)]
    assert kinds("borger", cells) == {signs.CPR}


def test_one_number_in_a_text_is_told_and_modulus_11_only_makes_surer() -> None:
    texts = [f"Ringede om sagen, uge {place}" for place in range(40)] + ["Borger 010190-1234 ringede igen"]
    (found,) = [one for one in findings("note", pa.array(texts), TODAY) if one.kind == signs.CPR_IN_TEXT]
    assert (found.cells, found.n) == (1, 41)
    numbers = [person(place).cpr for place in range(2_000)]
    passing = [one for one in numbers if passes_modulus_11(one.replace("-", ""))]
    sure, unsure = numbers_among(pa.array(passing)), numbers_among(pa.array(sorted(set(numbers) - set(passing))))
    assert sure.is_column and unsure.is_column
    assert unsure.confidence < sure.confidence


# ---- other kinds -----------------------------------------------------------------------------------------------------------------


PEOPLE = [person(place) for place in range(300)]


@pytest.mark.parametrize(
    ("name", "cells", "kind"),
    [
        ("k1", [one.name for one in PEOPLE], signs.NAME),
        ("k1", [", ".join(reversed(one.name.upper().split(" ", 1))) for one in PEOPLE], signs.NAME),
        ("Fornavn", [one.name.split()[0] for one in PEOPLE], signs.NAME),
        ("k2", [one.mail for one in PEOPLE], signs.EMAIL),
        ("k3", [one.phone for one in PEOPLE], signs.PHONE),
        ("k3", [f"+45{one.phone.replace(' ', '')}" for one in PEOPLE], signs.PHONE),
        ("Telefonnr.", [f"2{one.phone.replace(' ', '')[1:]}" for one in PEOPLE], signs.PHONE),
        ("k4", [one.address for one in PEOPLE], signs.ADDRESS),
        ("k5", [one.born.isoformat() for one in PEOPLE], signs.BIRTH_DATE),
        ("Fødselsdato", [f"{one.born:%d-%m-%Y}" for one in PEOPLE[:20]], signs.BIRTH_DATE),
        ("k6", [f"Talte med {one.name} om et muligt tilbud i uge {n}" for n, one in enumerate(PEOPLE)], signs.FREE_TEXT),
        ("k6", [f"Talte med {one.name} om et muligt tilbud i uge {n}" for n, one in enumerate(PEOPLE)], signs.NAME_IN_TEXT),
    ],
)
def test_a_column_of_persons_is_told_by_its_cells(name: str, cells: list[str], kind: str) -> None:
    found = {one.kind: one for one in findings(name, pa.array(cells), TODAY)}
    assert kind in found
    assert found[kind].cells >= 0.9 * found[kind].n


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("Aktivitet", ["Ansøgning modtaget", "Partshøring sendt", "Jobparat – Maj", "Mark Plan", "Bo Samarbejde", "Afgørelse truffet"]),
        ("Enhed", ["Jobcenter Nord", "Team Larsen", "Nørregade 12", "Ydelse 2", "Kontor 33 44"]),
        ("Dato", [f"2025-{1 + n % 12:02d}-{1 + n % 28:02d}" for n in range(200)]),
        ("CVR", [str(21_000_000 + 977 * n) for n in range(200)]),
        ("Beløb", [f"{n * 31 % 997}.{n % 100:02d}" for n in range(200)]),
        ("Sagsnr", [f"S-{n:04d}-{n * 7 % 10_000:04d}" for n in range(200)]),
        ("Trin", ["Et trin i flere ord som gentages"] * 30 + [f"Et andet trin i flere ord, nummer {n}" for n in range(12)]),
        ("tom", ["", " "]),
    ],
)
def test_what_work_is_called_is_not_taken_for_persons(name: str, cells: list[str]) -> None:
    assert kinds(name, cells) == set()


def test_names_stand_beside_other_words_and_in_capitals() -> None:
    texts = ["Ringe til Jens Hansen i dag", "HANSEN, JENS", "Anne-Marie K. Østergaard", "jens hansen", "Jensens Hansenvej", "Hans plan"]
    assert holds_name(pa.array(texts)).tolist() == [True, True, True, False, False, False]


def test_the_lists_say_where_they_come_from_and_name_nobody_twice() -> None:
    for file, least in (("given_names_da.txt", 600), ("family_names_da.txt", 450)):
        first, *names = (LISTS / file).read_text("utf-8").splitlines()
        assert first.startswith("#") and "general knowledge" in first
        assert names == sorted(set(names)) and len(names) >= least
        assert all(name == name.strip() and name[0].isupper() and name.replace("-", "").isalpha() for name in names)
    assert {"Jens", "Mohammad", "Åse"} <= given_names() and {"Nielsen", "Nguyen", "Ågaard"} <= family_names()


def test_findings_tell_counts_only() -> None:
    assert set(Finding.__struct_fields__) == {"kind", "confidence", "cells", "n"}
    assert all(0 < one.confidence < 1 for one in findings("k", pa.array([one.name for one in PEOPLE]), TODAY))
    assert np.isfinite(numbers_among(pa.array([], pa.string())).confidence)
