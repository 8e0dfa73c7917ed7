"""Runs all checks over a log."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from engine.errors import N_
from engine.log.event_log import EventLog
from engine.quality import labels, practice, repeats, stamps
from engine.quality.values import Finding, QualityReport
from engine.quality.view import Checked
from engine.tasks import Task

CHECKING = N_("Checking how the cases are registered")
CHECKS: tuple[Callable[[Checked], Iterator[Finding]], ...] = (
    stamps.missing_times,
    stamps.missing_activities,
    stamps.future_stamps,
    stamps.dates_only,
    stamps.midnights,
    stamps.night_jobs,
    stamps.batches,
    stamps.inactive_periods,
    repeats.duplicates,
    repeats.near_duplicates,
    repeats.ties,
    repeats.minute_shifts,
    repeats.overlaps,
    practice.once,
    practice.rules,
    practice.unfinished,
    practice.long_cases,
    labels.similar_names,
    labels.changed_codes,
)


def check_quality(log: EventLog, timezone: str, now: int, task: Task) -> QualityReport:
    """All findings about a log, those with the largest share of what they count first. now: UTC µs. Raises Cancelled."""
    checked = Checked(log, timezone, now, task)
    found: list[Finding] = []
    for number, check in enumerate(CHECKS):
        task.report(number / len(CHECKS), CHECKING)
        found += check(checked)
    grave = sorted(found, key=lambda finding: (-len(finding.distorts) * finding.share, finding.check))
    return QualityReport(tuple(grave), tuple(check.__name__ for check in CHECKS), log.n_cases, log.n_events)
