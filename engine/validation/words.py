"""What is written about the validation of data: the sentence that every output carries, and the names of what people choose."""

from __future__ import annotations

from datetime import UTC, datetime

from engine.errors import N_
from engine.texts import Texts
from engine.validation.values import CommentKind, Method, Standing, Stratum, short

UNSIGNED = N_("The data are not validated.")
SIGNED = N_("Data validated {date} by {by}, version {version}…")
SYNTHETIC = N_("Synthetic data: the cases are made up.")

KINDS = {
    CommentKind.AGREES: N_("Agrees"),
    CommentKind.MISSING: N_("Something is missing"),
    CommentKind.ORDER: N_("Wrong order"),
    CommentKind.TIME: N_("Wrong time"),
    CommentKind.OTHER: N_("Something else"),
}
METHODS = {Method.BY_VARIANT: N_("Common, rare and longest courses"), Method.RANDOM: N_("Any cases at random")}
STRATA = {
    Stratum.ALL: "",
    Stratum.COMMON: N_("common course"),
    Stratum.OTHER: N_("less common course"),
    Stratum.RARE: N_("rare course"),
    Stratum.LONGEST: N_("among the longest"),
}


def standing_sentence(standing: Standing, texts: Texts, timezone: str) -> str:
    """Whether the data are validated, in a sentence."""
    if standing.synthetic:
        return texts(SYNTHETIC)
    if not standing.signed:
        return texts(UNSIGNED)
    return texts(SIGNED, date=day_of(standing.at, texts, timezone), by=standing.by, version=short(standing.version))


def day_of(at: str, texts: Texts, timezone: str) -> str:
    """A moment (ISO 8601) as the day that people write; "" for none."""
    return texts.date(_microseconds(at), timezone) if at else ""


def moment_of(at: str, texts: Texts, timezone: str) -> str:
    """A moment (ISO 8601) as people write it; "" for none."""
    return texts.moment(_microseconds(at), timezone) if at else ""


def _microseconds(at: str) -> int:
    moment = datetime.fromisoformat(at)
    return round((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1e6)
