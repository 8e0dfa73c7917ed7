"""Sentences, numbers, durations and dates in the reader's language (gettext catalogue, Babel's formats)."""

from __future__ import annotations

import gettext
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from engine.errors import SagsflowError, Value

LANGUAGES = ("da", "en")
CATALOGUES = Path(__file__).resolve().parent.parent / "resources" / "translations"
MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0
NARROW_SPACE = "\u00a0"
SEPARATORS = {"da": str.maketrans(",.-", ".,−"), "en": str.maketrans("-", "−")}


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    return gettext.translation("sagsflow", CATALOGUES, [language], fallback=True)


class Texts:
    """Everything that is written for a person, in one language ("da" or "en")."""

    def __init__(self, language: str) -> None:
        self.language = language if language in LANGUAGES else "da"

    def __call__(self, message: str, **values: Value) -> str:
        """The catalogue's sentence for an English one, with its `str.format` fields filled in."""
        text = _catalogue(self.language).gettext(message) if message else ""
        return text.format(**{name: self._value(value) for name, value in values.items()}) if values else text

    def plural(self, one: str, many: str, n: int, **values: Value) -> str:
        """The right plural form; {n} is the formatted number."""
        text = _catalogue(self.language).ngettext(one, many, n)
        return text.format(n=self.number(n), **{name: self._value(value) for name, value in values.items()})

    def error(self, error: SagsflowError) -> str:
        """An error's sentence."""
        return self(error.message, **error.values)

    def _value(self, value: Value) -> str:
        return value if isinstance(value, str) else self.number(value)

    def number(self, value: float, decimals: int | None = None) -> str:
        """8412 → "8.412" (Danish) or "8,412" (English); minus is −. Babel's formatter would cost the first paint 100 ms."""
        if decimals is None:
            decimals = 0 if float(value).is_integer() else 1
        shown = round(value, decimals) or 0
        return f"{shown:,.{decimals}f}".translate(SEPARATORS[self.language])

    def percent(self, share: float, decimals: int = 0) -> str:
        """0.934 → "93 %" (Danish) or "93%" (English); a share above 0 never reads 0, one below 1 never 100 ("under 1 %", ">99 %")."""
        text = self.number(share * 100, decimals)
        space = NARROW_SPACE if self.language == "da" else ""
        if share > 0 and float(share * 100) < 0.5 * 10**-decimals:
            return f"<{self.number(10**-decimals, decimals)}{space}%"
        if share < 1 and round(share * 100, decimals) >= 100:
            return f">{self.number(100 - 10**-decimals, decimals)}{space}%"
        return f"{text}{space}%"

    def duration(self, seconds: float) -> str:
        """Short form for labels: "12 s", "14 min", "17 t", "2,9 d" (English "17 h")."""
        sign, size = ("−", -seconds) if seconds < 0 else ("", seconds)
        value, unit = _scaled(size)
        unit = {"h": "t"}.get(unit, unit) if self.language == "da" else unit
        return f"{sign}{self._short(value)}{NARROW_SPACE}{unit}"

    def long_duration(self, seconds: float) -> str:
        """Where there is room: "2,9 dage", "17 timer", "14 min", "12 sekunder"."""
        sign, size = ("−", -seconds) if seconds < 0 else ("", seconds)
        value, unit = _scaled(size)
        words = {"s": ("second", "seconds"), "h": ("hour", "hours"), "d": ("day", "days")}
        one, many = words.get(unit, (unit, unit))
        shown = self._short(value)
        word = _catalogue(self.language).ngettext(one, many, 1 if shown == "1" else 2) if unit in words else unit
        return f"{sign}{shown}{NARROW_SPACE}{word}"

    def _short(self, value: float) -> str:
        return self.number(round(value)) if value >= 9.95 or round(float(value), 1).is_integer() else self.number(value, 1)

    def date(self, microseconds: int, timezone: str = "Europe/Copenhagen") -> str:
        """ "1.5.2027" (Danish) or "1 May 2027" (English) in the given time zone."""
        from babel.dates import format_date

        moment = datetime.fromtimestamp(microseconds / 1e6, UTC).astimezone(ZoneInfo(timezone))
        return str(format_date(moment.date(), format="d.M.y" if self.language == "da" else "d MMM y", locale=self.language))

    def moment(self, microseconds: int, timezone: str = "Europe/Copenhagen") -> str:
        """Date and time of day: "1.5.2027 kl. 14.05" (Danish), "1 May 2027 14:05" (English)."""
        day, _, clock = self.stamp(microseconds, timezone).rpartition(" ")
        return f"{day} kl. {clock}" if self.language == "da" else f"{day} {clock}"

    def stamp(self, microseconds: int, timezone: str = "Europe/Copenhagen") -> str:
        """Date and time of day as columns and lists have them: "1.5.2027 14.05" (Danish), "1 May 2027 14:05" (English)."""
        moment = datetime.fromtimestamp(microseconds / 1e6, UTC).astimezone(ZoneInfo(timezone))
        clock = f"{moment:%H.%M}" if self.language == "da" else f"{moment:%H:%M}"
        return f"{self.date(microseconds, timezone)} {clock}"


def _scaled(seconds: float) -> tuple[float, str]:
    """A duration in the unit a person would use; rounding never shows "60 min" or "24 t"."""
    if seconds < 59.5:
        return round(seconds), "s"
    if seconds < 59.5 * MINUTE:
        return seconds / MINUTE, "min"
    if seconds < 23.5 * HOUR:
        return seconds / HOUR, "h"
    return seconds / DAY, "d"
