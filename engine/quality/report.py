"""Runs all checks over a log."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.errors import N_
from engine.log.event_log import EventLog
from engine.quality import attributes, employees, labels, practice, registration, repeats, stamps
from engine.quality.values import Finding, QualityReport
from engine.quality.view import Checked, Flags, Found
from engine.tasks import Task

CHECKING = N_("Checking how the cases are registered")
CHECKS: tuple[Callable[[Checked], Iterator[Found]], ...] = (
    stamps.missing_times,
    stamps.missing_activities,
    stamps.future_stamps,
    stamps.dates_only,
    stamps.midnights,
    stamps.coarse_stamps,
    stamps.night_jobs,
    stamps.batches,
    stamps.double_hours,
    stamps.inactive_periods,
    registration.registration_lag,
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
    labels.broken_letters,
    labels.nameless,
    labels.changed_codes,
    attributes.missing_values,
    attributes.conditional_presence,
    attributes.value_ranges,
    attributes.decimal_signs,
    attributes.number_gaps,
    attributes.dependencies,
    attributes.cancelled_events,
    attributes.trials,
    attributes.earlier_cases,
    employees.reused_numbers,
    employees.system_users,
)


@dataclass(frozen=True)
class Packed:
    """What one finding touches, eight flags a byte: events, or cases; both None where it is about neither."""

    events: NDArray[np.uint8] | None
    cases: NDArray[np.uint8] | None

    @classmethod
    def of(cls, found: Found) -> Packed:
        """The flags of a finding."""
        return cls(*(None if flags is None else np.packbits(flags) for flags in (found.events, found.cases)))

    def flags(self, log: EventLog) -> tuple[Flags | None, Flags | None]:
        """The touched events and cases again."""
        events = None if self.events is None else np.unpackbits(self.events, count=log.n_events).view(bool)
        return events, None if self.cases is None else np.unpackbits(self.cases, count=log.n_cases).view(bool)


@dataclass(frozen=True)
class Checkup:
    """A report, and what each of its findings touches."""

    report: QualityReport
    touched: tuple[Packed, ...]


def check_up(checked: Checked) -> Checkup:
    """All findings about a log, those that distort most with the largest share first, and what they touch. Raises Cancelled."""
    found: list[tuple[Finding, Packed]] = []
    for number, check in enumerate(CHECKS):
        checked.task.report(number / len(CHECKS), CHECKING)
        found += [(one.finding, Packed.of(one)) for one in check(checked)]
    found.sort(key=lambda pair: (-len(pair[0].distorts) * pair[0].share, pair[0].check))
    findings = tuple(finding for finding, _ in found)
    report = QualityReport(findings, tuple(check.__name__ for check in CHECKS), checked.log.n_cases, checked.log.n_events)
    return Checkup(report, tuple(packed for _, packed in found))


def check_quality(log: EventLog, timezone: str, now: int, task: Task) -> QualityReport:
    """The report of a whole log. now: UTC µs."""
    return check_up(Checked(log, timezone, now, task)).report
