"""Sentences, numbers, durations and dates in Danish and English."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import BadInput
from engine.texts import Texts

DA, EN = Texts("da"), Texts("en")
SPACE = "\u00a0"


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1_000_000)


def test_numbers_follow_the_language() -> None:
    assert (DA.number(8412), EN.number(8412)) == ("8.412", "8,412")
    assert (DA.number(2.94), EN.number(2.94)) == ("2,9", "2.9")
    assert DA.number(-3) == "−3"
    assert DA.number(1234567.5, 2) == "1.234.567,50"


def test_percentages_never_lie_at_the_ends() -> None:
    assert (DA.percent(0.934), EN.percent(0.934)) == (f"93{SPACE}%", "93%")
    assert DA.percent(0.0001) == f"<1{SPACE}%"
    assert DA.percent(0.9999) == f">99{SPACE}%"
    assert (DA.percent(0), DA.percent(1)) == (f"0{SPACE}%", f"100{SPACE}%")


@pytest.mark.parametrize(
    ("seconds", "danish", "english"),
    [
        (0, "0 s", "0 s"),
        (12, "12 s", "12 s"),
        (840, "14 min", "14 min"),
        (61_200, "17 t", "17 h"),
        (250_560, "2,9 d", "2.9 d"),
        (3_596, "1 t", "1 h"),
        (86_000, "1 d", "1 d"),
        (-7_200, "−2 t", "−2 h"),
        (34_560_000, "400 d", "400 d"),
    ],
)
def test_durations_take_the_unit_a_person_would_use(seconds: float, danish: str, english: str) -> None:
    assert (DA.duration(seconds), EN.duration(seconds)) == (danish.replace(" ", SPACE), english.replace(" ", SPACE))


def test_long_durations_are_written_as_people_say_them() -> None:
    assert [DA.long_duration(seconds).replace(SPACE, " ") for seconds in (1, 840, 7_200, 86_400, 250_560)] == [
        "1 sekund",
        "14 min",
        "2 timer",
        "1 dag",
        "2,9 dage",
    ]
    assert EN.long_duration(250_560) == f"2.9{SPACE}days"
    assert EN.long_duration(3_600) == f"1{SPACE}hour"


@given(st.floats(0, 1e9))
def test_rounding_never_fills_a_unit(seconds: float) -> None:
    value, unit = re.fullmatch(r"([\d.]+)\s(s|min|h|d)", EN.duration(seconds).replace(",", "")).groups()  # type: ignore[union-attr]
    assert float(value) < {"s": 60, "min": 60, "h": 24, "d": 1e9}[unit]


def test_dates_are_local() -> None:
    moment = at("2027-05-01T12:05")
    assert (DA.date(moment), EN.date(moment)) == ("1.5.2027", "1 May 2027")
    assert (DA.moment(moment), EN.moment(moment)) == ("1.5.2027 kl. 14.05", "1 May 2027 14:05")
    assert (DA.stamp(moment), EN.stamp(moment)) == ("1.5.2027 14.05", "1 May 2027 14:05")
    assert DA.date(at("2027-04-30T22:30")) == "1.5.2027"
    assert DA.date(at("2027-04-30T22:30"), "UTC") == "30.4.2027"


def test_sentences_take_their_values_in_the_readers_way() -> None:
    assert EN("Read {n} of {all}", n=1234, all="many") == "Read 1,234 of many"
    assert EN.plural("{n} case of {all}", "{n} cases of {all}", 1, all=9000) == "1 case of 9,000"
    assert EN.plural("{n} case of {all}", "{n} cases of {all}", 2000, all=9000) == "2,000 cases of 9,000"
    assert EN.error(BadInput("The file {file} is empty.", file="{a}.csv")) == "The file {a}.csv is empty."
    assert EN("") == ""


def test_an_unknown_language_is_danish() -> None:
    assert Texts("sv").language == "da"
