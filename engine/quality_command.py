"""The command `quality`: what the checks of registration practice find in a log or project, and what its data can answer."""

from __future__ import annotations

import time
from pathlib import Path
from zoneinfo import available_timezones

from msgspec import Struct

from engine.errors import N_, BadInput
from engine.log.event_log import EventLog
from engine.quality.capability import judge, refusals
from engine.quality.report import check_up
from engine.quality.values import Verdict
from engine.quality.view import Checked
from engine.quality.words import OUT_OF, VERDICTS, distorted, finding_sentence, reason_sentence, share_of
from engine.tasks import Task
from engine.texts import Texts

NEEDS_TYPE = N_("{file} is an object-centric log. Choose the objects that are the cases with --object-type.")
NO_ZONE = N_("The time zone {timezone} is not known.")


class ToldFinding(Struct, frozen=True):
    """One finding in words. share: 0..1. wash: tag of the step that treats it."""

    check: str
    sentence: str
    count: int
    total: int
    of: str
    share: float
    distorts: tuple[str, ...]
    wash: str | None


class ToldAnswer(Struct, frozen=True):
    """One question, whether the data can answer it (yes, care, no), and why."""

    question: str
    verdict: str
    reasons: tuple[str, ...]


class QualityDescription(Struct, frozen=True):
    """What `quality` prints. It names no case and no employee. refusals: why no number of the log is to be used."""

    cases: int
    events: int
    checks: int
    findings: tuple[ToldFinding, ...]
    answers: tuple[ToldAnswer, ...]
    refusals: tuple[str, ...]


def describe_quality(log: object, file: str, timezone: str, texts: Texts, task: Task) -> tuple[QualityDescription, str]:
    """The report of a log as data, in the language of the texts, and as lines for people. BadInput for an object-centric log."""
    if not isinstance(log, EventLog):
        raise BadInput(NEEDS_TYPE, file=Path(file).name)
    if timezone not in available_timezones():
        raise BadInput(NO_ZONE, timezone=timezone)
    checked = Checked(log, timezone, time.time_ns() // 1000, task)
    report = check_up(checked).report
    answers = judge(checked, report)
    found = tuple(
        ToldFinding(
            one.check, finding_sentence(texts, one), one.count, one.total, one.of.value, round(one.share, 6),
            tuple(result.value for result in one.distorts), one.wash,
        )
        for one in report.findings
    )  # fmt: skip
    told = tuple(
        ToldAnswer(texts(one.question), one.verdict.value, tuple(reason_sentence(texts, reason) for reason in one.reasons))
        for one in answers
    )
    refused = tuple(texts(notice.message, **notice.values) for notice in refusals(log, checked.now))
    described = QualityDescription(log.n_cases, log.n_events, len(report.checks), found, told, refused)
    lines = [_head(described, file, texts), *(f"! {line}" for line in refused), ""]
    for one in report.findings:
        out_of = texts(OUT_OF[one.of], count=texts.number(one.count), total=texts.number(one.total))
        lines.append(f"{share_of(texts, one):>8}  {finding_sentence(texts, one)}")
        lines.append(f"{'':>8}  {out_of}. {texts('Can distort: {results}', results=distorted(texts, one))}")
    lines += ["", texts("What these data can and cannot answer"), ""]
    width = max(len(texts(word)) for word in VERDICTS.values())
    for answer in told:
        lines.append(f"{texts(VERDICTS[Verdict(answer.verdict)]):<{width}}  {answer.question}")
        lines += [f"{'':<{width}}  {reason}" for reason in answer.reasons]
    return described, "\n".join(lines).replace("\u00a0", " ")


def _head(described: QualityDescription, file: str, texts: Texts) -> str:
    cases = texts.plural("{n} case", "{n} cases", described.cases)
    events = texts.plural("{n} event", "{n} events", described.events)
    found = texts.plural("{n} finding", "{n} findings", len(described.findings))
    checks = texts("{found} from {n} checks", found=found, n=texts.number(described.checks))
    return f"{Path(file).name}: {cases}, {events}. {checks}"
