"""Patterns of dates and times: regular expressions that take a cell apart, and the strptime format that describes them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from engine.errors import N_, BadInput

ISO_NAMES = frozenset({"iso8601", "iso 8601", "iso-8601", "iso"})
MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january januar", "feb february februar", "mar march marts", "apr april", "may maj", "jun june juni",
            "jul july juli", "aug august", "sep september sept", "oct october okt oktober", "nov november", "dec december",
        ),
        start=1,
    )
    for name in names.split()
}

YEAR = r"(?P<Y>\d{4}|\d{2})"
CLOCK = (
    r"(?:(?:T|,? +(?:kl\.? *)?|, *)(?P<H>\d{1,2})[:.](?P<M>\d{2})(?:[:.](?P<S>\d{2})(?:[.,](?P<f>\d{1,9}))?)?"
    r"(?: ?(?P<p>[AaPp]\.?[Mm]\.?))?(?: ?(?P<z>Z|z|UTC|GMT|[+-]\d{2}(?::?\d{2})?))?)?"
)
COMPACT_CLOCK = r"(?:[T ]?(?P<H>\d{2}):?(?P<M>\d{2})(?::?(?P<S>\d{2})(?:[.,](?P<f>\d{1,9}))?)?(?P<z>Z|[+-]\d{2}(?::?\d{2})?)?)?"
MONTH_NAME = r"(?P<b>[A-Za-z]{3,9})"

UNKNOWN_DIRECTIVE = N_("The timestamp format uses {directive}, which is not known. Use the directives of strptime, such as %d-%m-%Y %H:%M.")
NO_DATE = N_("The timestamp format {format} names no complete date. It needs year, month and day, such as %d-%m-%Y %H:%M.")


@dataclass(frozen=True)
class Pattern:
    """One way to take cells apart. Groups of `regex`: Y m d H M S f p z b; with `swapped` the groups d and m change places.

    Weeks have the groups w and u (day of the week, Monday where it is absent) instead of m and d; serial numbers n and q (days since the
    end of 1899 and the digits of their fraction).

    date: the strptime format of the date alone. exact: `format` is the user's own and no more is read than it says.
    """

    regex: str
    date: str
    swapped: bool = False
    exact: bool = False


def _numeric(first: str, second: str, third: str, separator: str) -> str:
    mark = re.escape(separator)
    return f"^{first}{mark}{second}{mark}{third}{CLOCK}$"


DAY, MONTH, FULL_YEAR = r"(?P<d>\d{1,2})", r"(?P<m>\d{1,2})", r"(?P<Y>\d{4})"
SEPARATORS = ("-", ".", "/", " ")


def _year_first(separator: str) -> Pattern:
    return Pattern(_numeric(FULL_YEAR, MONTH, DAY, separator), separator.join(("%Y", "%m", "%d")))


def _day_first(separator: str) -> Pattern:
    return Pattern(_numeric(DAY, MONTH, YEAR, separator), separator.join(("%d", "%m", "%Y")))


WEEK, OF_WEEK = r"(?P<w>\d{1,2})", r"(?P<u>[1-7])"
WEEKS: tuple[Pattern, ...] = (
    Pattern(rf"^{FULL_YEAR}-?[Ww]{WEEK}(?:-?{OF_WEEK})?$", "%G-W%V"),
    Pattern(rf"^(?i:uge)\.? *{WEEK}[ ,/-]+{FULL_YEAR}$", "uge %V %G"),
    Pattern(rf"^{FULL_YEAR}[ ,/-]+(?i:uge)\.? *{WEEK}$", "%G uge %V"),
)
"""Weeks by ISO 8601, in English and in Danish writing."""
SERIAL_NAME = "excel"
SERIAL = Pattern(r"^(?P<n>[1-7]\d{4})(?:[.,](?P<q>\d{1,15}))?$", SERIAL_NAME, exact=True)
"""Days since the end of 1899, as spreadsheets count them: from 1927 to 2118."""

PATTERNS: tuple[Pattern, ...] = (
    *(_year_first(separator) for separator in SEPARATORS[:3]),
    *(_day_first(separator) for separator in SEPARATORS),
    Pattern(rf"^(?P<Y>(?:19|20)\d{{2}})(?P<m>\d{{2}})(?P<d>\d{{2}}){COMPACT_CLOCK}$", "%Y%m%d"),
    *WEEKS,
    Pattern(rf"^{DAY}\.?[- ]?{MONTH_NAME}\.?[- ,]+{YEAR}{CLOCK}$", "%d %b %Y"),
    Pattern(rf"^{MONTH_NAME}\.? {DAY},? {FULL_YEAR}{CLOCK}$", "%b %d %Y"),
)
"""Tried in this order; the one that takes most cells of the column apart wins. Two-digit years stand last."""

ISO = PATTERNS[0]
YEAR_FIRST = PATTERNS[: len(SEPARATORS[:3])]
DAY_FIRST = PATTERNS[len(YEAR_FIRST) : len(YEAR_FIRST) + len(SEPARATORS)]


def can_swap(pattern: Pattern) -> bool:
    """Whether day and month may change places. With dots nobody writes the month first."""
    return pattern.date in {"%d-%m-%Y", "%d/%m/%Y", "%d %m %Y"} and not pattern.exact


def swap(pattern: Pattern) -> Pattern:
    """The same pattern with the month before the day."""
    return replace(pattern, swapped=True, date=pattern.date.replace("%d", "\0").replace("%m", "%d").replace("\0", "%m"))


DIRECTIVES = {
    "Y": FULL_YEAR, "y": r"(?P<Y>\d{2})", "m": MONTH, "d": DAY, "e": r" ?(?P<d>\d{1,2})", "H": r"(?P<H>\d{1,2})", "I": r"(?P<H>\d{1,2})",
    "M": r"(?P<M>\d{1,2})", "S": r"(?P<S>\d{1,2})", "f": r"(?P<f>\d{1,9})", "p": r"(?P<p>[AaPp]\.?[Mm]\.?)",
    "z": r" ?(?P<z>Z|z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)", "b": MONTH_NAME, "B": MONTH_NAME,
    "G": FULL_YEAR, "V": WEEK, "u": OF_WEEK, "a": r"[^\W\d]+\.?", "A": r"[^\W\d]+\.?", "%": "%",
}
SHORTHANDS = {"%T": "%H:%M:%S", "%R": "%H:%M", "%F": "%Y-%m-%d", "%D": "%m/%d/%y"}


def from_format(text: str) -> Pattern:
    """The pattern of a strptime format (or "ISO8601" or "excel"); BadInput for directives that are not known or an incomplete date.

    A format that begins with a plain numeric date stands for all cells with that order of day, month and year, whatever their clock.
    """
    if text.strip().lower() in ISO_NAMES:
        return ISO
    if text.strip().lower() == SERIAL_NAME:
        return SERIAL
    week = next((pattern for pattern in WEEKS if text.removesuffix("-%u") == pattern.date), None)
    if week is not None:
        return week
    for short, long in SHORTHANDS.items():
        text = text.replace(short, long)
    _check_directives(text)
    return _numeric_pattern(text) or Pattern("^" + _as_regex(text) + "$", text, exact=True)


def _numeric_pattern(text: str) -> Pattern | None:
    """The pattern with a free clock when the format is a numeric date with an ordinary clock behind it."""
    clock = r"(?:(?:T|,? +(?:kl\.? *)?|, *)%[HI][:.]%M(?:[:.]%S(?:[.,]%f)?)?(?: ?%p)?(?: ?%z|Z)?)?"
    for separator in SEPARATORS:
        mark = re.escape(separator)
        if re.fullmatch(f"%Y{mark}%m{mark}%d{clock}", text):
            return _year_first(separator)
        if re.fullmatch(f"%d{mark}%m{mark}%[Yy]{clock}", text):
            return _day_first(separator)
        if re.fullmatch(f"%m{mark}%d{mark}%[Yy]{clock}", text):
            return swap(_day_first(separator))
    return None


def _check_directives(text: str) -> None:
    names = re.findall(r"%(.?)", text)
    for name in names:
        if name not in DIRECTIVES:
            raise BadInput(UNKNOWN_DIRECTIVE, directive=f"%{name}")
    groups = re.findall(r"\(\?P<(\w)>", _as_regex(text))
    found = {"m" if group == "b" else group for group in groups}
    if not ({"Y", "m", "d"} <= found or {"Y", "w"} <= found) or len(groups) != len(set(groups)) or {"m", "b"} <= set(groups):
        raise BadInput(NO_DATE, format=text)


def _as_regex(text: str) -> str:
    parts = re.split(r"(%.)", text)
    return "".join(DIRECTIVES[part[1]] if part.startswith("%") and len(part) == 2 else re.escape(part) for part in parts)
