"""Findings and answers as sentences, for the window and the shell."""

from __future__ import annotations

from datetime import UTC, datetime

from engine.errors import N_, Value
from engine.quality.singulars import ONE
from engine.quality.values import Finding, Of, Reason, Result, Verdict
from engine.texts import Texts

OUT_OF = {
    Of.EVENTS: N_("{count} of {total} events"),
    Of.CASES: N_("{count} of {total} cases"),
    Of.ACTIVITIES: N_("{count} of {total} activities"),
    Of.DAYS: N_("{count} of {total} days"),
    Of.NUMBERS: N_("{count} of {total} numbers"),
}
RESULTS = {
    Result.COUNTS: N_("counts"),
    Result.ORDER: N_("order"),
    Result.WAITING: N_("waiting times"),
    Result.DURATION: N_("durations"),
    Result.GROUPS: N_("groups"),
}
VERDICTS = {Verdict.YES: N_("Yes"), Verdict.CARE: N_("With care"), Verdict.NO: N_("No")}
LEAST_SHARE = 0.001


def finding_sentence(texts: Texts, finding: Finding) -> str:
    """What was found, in words and with its numbers as people write them."""
    message = ONE.get(finding.message, finding.message) if finding.count == 1 else finding.message
    return texts(message, **{**_written(texts, finding.values), "count": texts.number(finding.count)})


def reason_sentence(texts: Texts, reason: Reason) -> str:
    """Why a question can be answered or not."""
    message = ONE.get(reason.message, reason.message) if reason.values.get("n") == 1 else reason.message
    return texts(message, **_written(texts, reason.values))


def share_of(texts: Texts, finding: Finding) -> str:
    """The share, and that it is small where it would be written as nothing."""
    return texts.percent(finding.share, 1) if finding.share >= LEAST_SHARE else f"< {texts.percent(LEAST_SHARE, 1)}"


def distorted(texts: Texts, finding: Finding) -> str:
    """The results that are no longer right."""
    return ", ".join(texts(RESULTS[result]) for result in finding.distorts)


def _written(texts: Texts, values: dict[str, str | int | float]) -> dict[str, Value]:
    """Values as people write them; those named `date` are days (year-month-day) of the log's own clock."""
    written: dict[str, Value] = {}
    for name, value in values.items():
        if name == "date" and isinstance(value, str):
            noon = datetime.fromisoformat(value).replace(hour=12, tzinfo=UTC)
            written[name] = texts.date(round(noon.timestamp() * 1e6), "UTC")
        else:
            written[name] = value if isinstance(value, str) else texts.number(value)
    return written
