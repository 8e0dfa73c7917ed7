"""The selection in words: as chips, and as one plain sentence."""

from __future__ import annotations

from collections.abc import Sequence

from engine.errors import N_
from engine.log.selection import Filter, HasActivity, Selection, StartedBetween
from engine.texts import Texts


def chip_words(filtered: Filter, texts: Texts, timezone: str) -> tuple[str, str]:
    """Field name and value of a filter's chip."""
    if isinstance(filtered, StartedBetween):
        return texts("Started"), period_words(filtered, texts, timezone)
    return (texts("With") if filtered.keep else texts("Without")), filtered.activity


def period_words(period: StartedBetween, texts: Texts, timezone: str) -> str:
    """First and last day of a period, the last one included."""
    first, last = texts.date(period.first, timezone), texts.date(period.last - 1, timezone)
    return first if first == last else f"{first} – {last}"


def selection_sentence(selection: Selection, texts: Texts, timezone: str) -> str:
    """The selection as one plain sentence."""
    parts = [_clause(one, texts, timezone) for one in sorted(selection.filters, key=_order)]
    if not parts:
        return texts("Showing all cases.")
    return texts("Showing cases {conditions}.", conditions=joined(parts, texts))


def joined(parts: Sequence[str], texts: Texts) -> str:
    """Parts joined by commas and an "and"."""
    if len(parts) < 2:
        return "".join(parts)
    return texts("{first} and {last}", first=", ".join(parts[:-1]), last=parts[-1])


def _order(one: Filter) -> int:
    return 0 if isinstance(one, StartedBetween) else 1 if one.keep else 2


def _clause(one: Filter, texts: Texts, timezone: str) -> str:
    if isinstance(one, HasActivity):
        message = N_("with the step “{step}”") if one.keep else N_("without the step “{step}”")
        return texts(message, step=one.activity)
    first, last = texts.date(one.first, timezone), texts.date(one.last - 1, timezone)
    if first == last:
        return texts("started on {day}", day=first)
    return texts("started from {first} to {last}", first=first, last=last)
