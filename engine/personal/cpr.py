"""CPR numbers: found by RE2 in millions of texts a second, whatever their check digit; and whether a column holds them or other ids.

Calendar and century by "Personnummeret i CPR" (CPR-kontoret, 2008): the seventh digit and the year of two digits tell the century. Numbers
that fail the old modulus 11 are valid since October 2007 (cpr.dk, "Personnumre uden kontrolciffer"), so the check only raises confidence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

WEIGHTS = np.array((4, 3, 2, 7, 6, 5, 4, 3, 2, 1))
LEAST_SHARE = 0.2
"""From this share (0..1) of different cells with a valid date on, a column holds CPR numbers."""
SURE_SHARE, SURE_COUNT = 0.5, 3
"""So few cells pass by chance: a share of fewer than SURE_COUNT cells has to be as large as this."""

_31, _30 = r"(?:0[1-9]|[12]\d|3[01])(?:0[13578]|1[02])", r"(?:0[1-9]|[12]\d|30)(?:0[469]|11)"
_LEAP_YEAR = r"(?:0[48]|[2468][048]|[13579][26])"
_GAP = r" ?[-–]? ?"
_DATED = rf"(?:(?:{_31}|{_30}|(?:0[1-9]|1\d|2[0-8])02)\d\d|2902{_LEAP_YEAR})"
NUMBER = rf"(?:{_DATED}{_GAP}\d{{4}}|290200{_GAP}[4-9]\d{{3}})"
"""A number whose date is one of the calendar; of the years 00 only 2000 (seventh digit 4 to 9) has a 29 February."""
DAY_PLUS_60 = rf"(?:6[1-9]|[78]\d|9[01])(?:0[1-9]|1[0-2])\d\d{_GAP}\d{{4}}"
LETTERED = rf"{_DATED}{_GAP}(?:[A-ZÆØÅ]\d{{3}}|[A-ZÆØÅ]{{2}}\d{{2}}|[A-ZÆØÅ]{{3}}\d)"
REPLACEMENTS = (DAY_PLUS_60, LETTERED)
"""Forms of replacement numbers, which case systems make themselves; each municipality may have others."""
_CLOCKLIKE = r"^\D*\d{6}\D*(?:[01]\d|2[0-3])[0-5]\d\D*$"
_WHOLE = re.compile(rf"(\d\d)(\d\d)(\d\d){_GAP}(\d)\d{{3}}", re.ASCII)
_FEW = ((10, 2), (25, 6), (50, 12))
"""From so many numbers on, so few days of the month are not the birthdays of people, but parts of stamps, serial numbers and the like."""
_NEARLY_ALL = 0.9


@dataclass(frozen=True)
class Numbers:
    """What was found among n different cells: how many hold a number with a valid date, how many of these pass modulus 11 or are written
    with a sign between, and whether the numbers are spread like other ids than those of people."""

    n: int
    valid: int
    checked: int
    parted: int
    other_ids: bool

    @property
    def is_column(self) -> bool:
        """Whether a column of these cells holds CPR numbers."""
        enough = self.valid >= LEAST_SHARE * self.n and (self.valid >= SURE_COUNT or self.valid >= SURE_SHARE * self.n)
        return self.valid > 0 and enough and not self.other_ids

    @property
    def confidence(self) -> float:
        """How sure it is (0..1) that the numbers found are CPR numbers: more with modulus 11, with a sign between, with most cells."""
        if not self.valid or self.other_ids:
            return 0.0
        shares = (self.checked / self.valid, self.parted / self.valid, self.valid / self.n)
        return round(min(0.99, 0.5 + 0.25 * shares[0] + 0.15 * shares[1] + 0.25 * shares[2]), 2)


def pattern(replacements: tuple[str, ...] = REPLACEMENTS) -> str:
    """The regular expression (RE2) of a CPR number or replacement number that stands alone among digits; the number is its group n."""
    return rf"(?:^|[^0-9])(?P<n>{'|'.join((NUMBER, *replacements))})(?:$|[^0-9])"


def holds_number(texts: pa.Array, replacements: tuple[str, ...] = REPLACEMENTS) -> NDArray[np.bool_]:
    """Which texts (Arrow strings, shape (n,)) hold a number with a valid date, or a replacement number."""
    found = pc.match_substring_regex(texts, pattern(replacements))
    return np.asarray(pc.fill_null(found, False).to_numpy(zero_copy_only=False), bool)


def numbers_among(texts: pa.Array, replacements: tuple[str, ...] = REPLACEMENTS) -> Numbers:
    """What different cells (Arrow strings, without blank ones) hold; numbers that lost their leading zero as cells of a workbook count."""
    whole = _with_zero(texts)
    found = whole.filter(pa.array(holds_number(whole, replacements)))
    if not len(found):
        return Numbers(len(texts), 0, 0, 0, False)
    numbers = pc.struct_field(pc.extract_regex(found, pattern(replacements)), "n")
    parted = int(pc.sum(pc.match_substring_regex(numbers, r"\d[ –-]+[\dA-ZÆØÅ]")).as_py())
    digits = _digits(numbers)
    return Numbers(len(texts), len(found), int(passes_modulus_11(digits).sum()), parted, _are_other_ids(found, digits))


def _with_zero(texts: pa.Array) -> pa.Array:
    """Cells of nine digits with a zero before them, where more have ten: fewer than a third of all days of the month begin with one."""
    nine, ten = (pc.sum(pc.match_substring_regex(texts, rf"^\d{{{n}}}(?:\.0)?$")).as_py() or 0 for n in (9, 10))
    if not nine or nine > ten:
        return texts
    return pc.replace_substring_regex(texts, r"^(\d{9})(?:\.0)?$", r"0\1")


def _digits(numbers: pa.Array) -> NDArray[np.int64]:
    """The digits of numbers of ten digits, shape (n, 10); lettered replacement numbers are left out."""
    plain = pc.replace_substring_regex(numbers, r"[^0-9]+", "")
    plain = plain.filter(pc.equal(pc.binary_length(plain), 10))
    joined = "".join(plain.to_pylist()).encode()
    return (np.frombuffer(joined, np.uint8).astype(np.int64) - ord("0")).reshape(-1, 10)


def passes_modulus_11(digits: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which numbers (digits, shape (n, 10)) pass the check that all CPR numbers passed until 2007."""
    return np.asarray(digits @ WEIGHTS % 11 == 0)


def _are_other_ids(found: pa.Array, digits: NDArray[np.int64]) -> bool:
    """Whether numbers have the days of stamps or serial numbers, or end like clocks; 1 January, which is given to many, tells nothing."""
    if len(digits) < _FEW[0][0]:
        return False
    if pc.mean(pc.match_substring_regex(found, _CLOCKLIKE).cast(pa.int8())).as_py() >= _NEARLY_ALL and len(digits) >= _FEW[-1][0]:
        return True
    days, months = digits[:, 0] * 10 + digits[:, 1], digits[:, 2] * 10 + digits[:, 3]
    counts = np.sort(np.bincount(days[(days != 1) | (months != 1)]))[::-1]
    total = int(counts.sum())
    return any(total >= least and counts[:most].sum() >= _NEARLY_ALL * total for least, most in _FEW)


def birth_date(cell: str) -> date | None:
    """The birth date that a cell with nothing but a CPR number tells, days of replacement numbers less 60; None for any other cell."""
    parts = _WHOLE.fullmatch(cell.strip())
    if parts is None:
        return None
    day, month, year, seventh = (int(part) for part in parts.groups())
    try:
        return date(_century(year, seventh) + year, month, day - 60 if day > 60 else day)
    except ValueError:
        return None


def _century(year: int, seventh: int) -> int:
    if seventh <= 3:
        return 1900
    if seventh in (4, 9):
        return 2000 if year <= 36 else 1900
    return 2000 if year <= 57 else 1800
