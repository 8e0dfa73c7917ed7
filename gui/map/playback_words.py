"""What a playback says: the moment in words, what a second stands for, what is played and what is not, and dates as people type them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from engine.errors import N_
from engine.service.messages import Playback
from engine.texts import Texts

BARS = {
    "hour": N_("Bars: events per hour"),
    "day": N_("Bars: events per day"),
    "week": N_("Bars: events per week"),
    "month": N_("Bars: events per month"),
    "year": N_("Bars: events per year"),
}
DAY_FIRST = re.compile(r"^\s*(\d{1,2})[-./ ](\d{1,2})[-./ ](\d{4})\s*$")
DIGITS = re.compile(r"^\s*(\d{2})(\d{2})([12]\d{3})\s*$")
YEAR_FIRST = re.compile(r"^\s*(\d{4})-(\d{1,2})-(\d{1,2})\s*$")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FULL = {"da": "EEEE 'den' d. MMMM y", "en": "EEEE d MMMM y"}
MONTH, DAY = "MMM y", {"da": "d. MMM", "en": "d MMM"}


def local(moment: int, timezone: str) -> datetime:
    """A moment (microseconds since 1970 UTC) on the clock of a time zone."""
    return (EPOCH + timedelta(microseconds=moment)).astimezone(ZoneInfo(timezone))


def moment_words(moment: int, timezone: str, texts: Texts, with_clock: bool = False) -> str:
    """ "tirsdag den 25. februar 2025", with the hour where hours matter."""
    from babel.dates import format_date

    here = local(moment, timezone)
    words = str(format_date(here.date(), format=FULL[texts.language], locale=texts.language))
    if not with_clock:
        return words
    return f"{words} kl. {here:%H.%M}" if texts.language == "da" else f"{words} {here:%H:%M}"


def tick_words(moment: int, unit: str, timezone: str, texts: Texts) -> str:
    """A label under the timeline: month and year, day, or hour."""
    from babel.dates import format_date

    here = local(moment, timezone)
    if unit == "hour":
        return f"{here:%H.%M}" if texts.language == "da" else f"{here:%H:%M}"
    if unit == "year":
        return str(here.year)
    wanted = DAY[texts.language] if unit == "day" else MONTH
    return str(format_date(here.date(), format=wanted, locale=texts.language)).replace(".", "" if unit != "day" else ".")


def read_date(words: str) -> date | None:
    """A date as people type it: 25-02-2025, 25.2.2025, 25/2/2025, 25022025 or 2025-02-25; None for anything else."""
    day_first, year_first = DAY_FIRST.match(words) or DIGITS.match(words), YEAR_FIRST.match(words)
    if day_first:
        day, month, year = (int(part) for part in day_first.groups())
    elif year_first:
        year, month, day = (int(part) for part in year_first.groups())
    else:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def start_of(day: date, timezone: str) -> int:
    """Local midnight in microseconds since 1970 UTC."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(timezone))
    return (midnight.astimezone(UTC) - EPOCH) // timedelta(microseconds=1)


def typed_date(moment: int, timezone: str) -> str:
    """A moment's date as it is typed."""
    return f"{local(moment, timezone):%d-%m-%Y}"


def rate_words(microseconds: float, texts: Texts) -> str:
    """What one second of playback stands for."""
    return texts("1 second = {time}", time=texts.long_duration(microseconds / 1e6))


def sample_words(played: Playback, texts: Texts) -> str:
    """Whether all cases travel, or a sample of them."""
    if played.n_cases_shown >= played.n_cases:
        return texts.plural("{n} case is played.", "All {n} cases are played.", played.n_cases)
    share = texts.percent(played.n_cases_shown / max(played.n_cases, 1))
    return texts(
        "A sample: {shown} of {all} cases ({share}). More would not run smoothly. All numbers are of the sample.",
        shown=played.n_cases_shown, all=played.n_cases, share=share,
    )  # fmt: skip


def group_words(played: Playback, texts: Texts) -> str:
    """That each dot stands for several cases; "" when it is one."""
    k = played.cases_per_token
    return texts("Each dot is {k} cases. What fewer than {k} do is not shown.", k=k) if k > 1 else ""


def left_out_words(played: Playback, texts: Texts) -> str:
    """What is not seen, in numbers: transitions without a length of time, and events outside the timeline; "" when nothing is left out."""
    if played.cases_per_token > 1:
        return ""
    parts = [
        played.instant and texts.plural("{n} transition that takes no time", "{n} transitions that take no time", played.instant),
        played.overlapping and texts.plural("{n} where two steps overlap", "{n} where two steps overlap", played.overlapping),
        played.untimed and texts.plural("{n} without a time", "{n} without a time", played.untimed),
        played.outside and texts.plural("{n} event far outside the period", "{n} events far outside the period", played.outside),
    ]
    found = [part for part in parts if part]
    return texts("Not seen: {what}.", what=", ".join(found)) if found else ""


def now_words(moving: int, waiting: int, working: int, hidden: int, texts: Texts) -> str:
    """What the cases are doing at this moment, in one line."""
    parts = [texts("On the way: {n}", n=moving), texts("In piles: {n}", n=waiting)]
    if working:
        parts.append(texts("At work: {n}", n=working))
    if hidden:
        parts.append(texts("Outside the map: {n}", n=hidden))
    return " · ".join(parts)
