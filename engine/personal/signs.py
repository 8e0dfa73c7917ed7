"""What a column tells of persons, by its name and its different cells: one finding per kind, each with how sure it is."""

from __future__ import annotations

import re
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from msgspec import Struct
from numpy.typing import NDArray

from engine.personal.cpr import REPLACEMENTS, Numbers, holds_number, numbers_among
from engine.personal.names import holds_name, share_of_names

CPR, CPR_IN_TEXT, EMAIL, PHONE, ADDRESS = "cpr", "cpr_in_text", "email", "phone", "address"
NAME, NAME_IN_TEXT, BIRTH_DATE, FREE_TEXT = "name", "name_in_text", "birth_date", "free_text"
ENOUGH = 0.5
"""Least confidence (0..1) with which a finding is told."""

EMAIL_PATTERN = r"[^\s@,;:<>()]+@[^\s@,;:<>()]+\.\p{L}{2,}"
_PAIRS = r"\d\d[ .]\d\d[ .]\d\d[ .]\d\d"
_WORD = r"(?i:tlf|telefon|mobil|mob|ring|phone|sms)[. :]*(?i:nr|nummer|på|til)?[. :]*"
_PREFIX = r"(?:\+|00)45 ?"
PHONE_CORE = (
    rf"(?:(?:{_PREFIX})?(?:{_PAIRS}|\d{{4}} \d{{4}})|{_PREFIX}\d{{8}}|\+\d{{1,3}}(?: ?\d{{2,4}}){{3,5}}|{_WORD}\d{{8}})"
)
PHONE_SIDES = (r"[^0-9\p{L}.+]", r"[^0-9\p{L}]")
PHONE_PATTERN = rf"(?:^|{PHONE_SIDES[0]}){PHONE_CORE}(?:$|{PHONE_SIDES[1]})"
"""Danish numbers in pairs or fours, with +45 or 0045, or after a word such as "tlf"; eight digits alone may be any id."""
BARE_PHONE = r"^[2-9]\d{7}$"
_STREETS = (
    "vej|gade|gaden|vejen|allé|alle|alléen|stræde|strædet|vænge|vænget|vang|vangen|parken|park|plads|pladsen|torv|torvet|have|haven|toft|"
    "toften|eng|engen|bakke|bakken|boulevard|krog|krogen|sti|stien|ager|ageren|høj|højen|lund|lunden|kaj|brygge|bryggen|bro|gård|gården|mark|marken"
)
_HOUSE = rf"\p{{Lu}}[\p{{L}}. -]*(?:{_STREETS}) \d{{1,3}} ?[A-Za-z]?\b"
ADDRESS_PATTERN = rf"{_HOUSE}[^0-9]{{0,3}}(?:[^0-9]|\d{{1,2}}\.){{0,24}}\d{{4}} +\p{{Lu}}"
_ISO_DAY = r"^(?P<y>(?:18|19|20)\d\d)-\d{1,2}-\d{1,2}(?:[T ]00:00(?::00(?:\.0+)?)?)?$"
_DANISH_DAY = r"^\d{1,2}[-./]\d{1,2}[-./](?P<y>(?:18|19|20)\d\d)$"
BIRTH_NAME = re.compile(r"fødsel|født|foedsel|foedt|birth|\bdob\b|\bborn\b", re.IGNORECASE)
NAME_NAME = re.compile(
    r"fornavn|efternavn|\bnavn\b|first ?name|last ?name|full ?name|surname|family ?name|given ?name", re.IGNORECASE
)
PHONE_NAME = re.compile(r"tlf|telefon|mobil|phone", re.IGNORECASE)
LIFE, CHILDHOOD = 30, 15
"""Years: birth dates of many people lie in more than LIFE different years, and mostly more than CHILDHOOD years back."""
LONG, FREE_CELLS, FREE_WORDS = 40, 10, 4


class Finding(Struct, frozen=True):
    """One kind of personal data in a column. confidence: 0..1; cells: how many different cells show it, of n."""

    kind: str
    confidence: float
    cells: int
    n: int


def findings(
    name: str, texts: pa.Array | pa.ChunkedArray, today: date, replacements: tuple[str, ...] = REPLACEMENTS
) -> tuple[Finding, ...]:
    """What a column of this name and these cells (Arrow strings, one per row) tells of persons, surest first."""
    cells = filled(texts)
    n = len(cells)
    if not n:
        return ()
    found = [
        *_numbers(cells, replacements),
        _shared(EMAIL, matching(cells, EMAIL_PATTERN), n),
        _phones(name, cells),
        _addresses(cells),
        *_names(name, cells),
        _birth_dates(name, cells, today),
        _free_text(cells, len(texts)),
    ]
    told = [one for one in found if one is not None and one.confidence >= ENOUGH]
    return tuple(sorted(told, key=lambda one: -one.confidence))


def filled(texts: pa.Array | pa.ChunkedArray) -> pa.Array:
    """The different texts that are not blank, without blanks at their ends."""
    column = texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts
    values = column.dictionary if pa.types.is_dictionary(column.type) else column
    trimmed = pc.unique(pc.utf8_trim_whitespace(values.cast(pa.string()))).drop_null()
    return trimmed.filter(pc.not_equal(trimmed, ""))


def matching(texts: pa.Array, regex: str) -> NDArray[np.bool_]:
    """Which texts a regular expression (RE2) finds something in."""
    return np.asarray(pc.fill_null(pc.match_substring_regex(texts, regex), False).to_numpy(zero_copy_only=False), bool)


def _shared(kind: str, hits: NDArray[np.bool_], n: int) -> Finding | None:
    """A sign that nothing else looks like: the rarer, the less sure that the column is meant for it."""
    count = int(hits.sum())
    return Finding(kind, round(0.6 + 0.39 * count / n, 2), count, n) if count else None


def _numbers(cells: pa.Array, replacements: tuple[str, ...]) -> list[Finding]:
    found: Numbers = numbers_among(cells, replacements)
    if not found.valid or found.other_ids:
        return []
    if found.is_column:
        return [Finding(CPR, found.confidence, found.valid, found.n)]
    hits = int(holds_number(cells, replacements).sum())
    return [Finding(CPR_IN_TEXT, max(ENOUGH, found.confidence), hits, found.n)] if hits else []


def _phones(name: str, cells: pa.Array) -> Finding | None:
    n, formed, bare = len(cells), matching(cells, PHONE_PATTERN), matching(cells, BARE_PHONE)
    if PHONE_NAME.search(name) and (formed | bare).any():
        count = int((formed | bare).sum())
        return Finding(PHONE, round(0.5 + 0.49 * count / n, 2), count, n)
    return _shared(PHONE, formed, n)


def _addresses(cells: pa.Array) -> Finding | None:
    whole, house = matching(cells, ADDRESS_PATTERN), matching(cells, _HOUSE)
    n, count = len(cells), int((whole | house).sum())
    if not count:
        return None
    return Finding(ADDRESS, round((0.6 + 0.35 * count / n) if whole.any() else 0.7 * count / n, 2), count, n)


def _names(name: str, cells: pa.Array) -> list[Finding]:
    n, share, told = len(cells), share_of_names(cells), NAME_NAME.search(name) is not None
    sure = min(0.99, share * (1.1 if told else 0.9))
    if sure >= (0.3 if told else ENOUGH):
        return [Finding(NAME, round(max(ENOUGH, sure), 2), round(share * n), n)]
    inside = holds_name(cells)
    found = _shared(NAME_IN_TEXT, inside, n)
    return [found] if found else []


def _birth_dates(name: str, cells: pa.Array, today: date) -> Finding | None:
    years = np.concatenate([_years(cells, form) for form in (_ISO_DAY, _DANISH_DAY)])
    n = len(cells)
    if not len(years) or 2 * len(years) < n:
        return None
    told, spread = BIRTH_NAME.search(name) is not None, len(np.unique(years)) > LIFE
    old = float((years <= today.year - CHILDHOOD).mean()) > 0.5
    sure = 0.75 * told + (0.4 if spread else 0.0) + (0.2 if old else 0.0)
    return Finding(BIRTH_DATE, round(min(0.99, sure), 2), len(years), n)


def _years(cells: pa.Array, form: str) -> NDArray[np.int64]:
    found = pc.extract_regex(cells, form)
    return np.asarray(pc.struct_field(found.filter(found.is_valid()), "y").cast(pa.int64()).to_numpy(zero_copy_only=False))


def _free_text(cells: pa.Array, n_rows: int) -> Finding | None:
    """Cells of several words, most of which stand in one row only."""
    n = len(cells)
    length = float(pc.mean(pc.utf8_length(cells)).as_py())
    words = float(pc.mean(pc.count_substring(cells, " ")).as_py()) + 1
    if n < FREE_CELLS or 2 * n < n_rows or words < FREE_WORDS or length < LONG / 2:
        return None
    sure = 0.5 + 0.2 * (length > LONG) + 0.2 * (n > 10 * FREE_CELLS) + 0.05 * (words > 2 * FREE_WORDS)
    return Finding(FREE_TEXT, round(sure, 2), n, n)
