"""The answers about registration practice: the report of a selection, one finding in full, and what the data can answer."""

from __future__ import annotations

import time
from dataclasses import dataclass
from zoneinfo import available_timezones

from engine.errors import N_, BadInput
from engine.log.filtering import cases_of
from engine.log.selection import Selection
from engine.quality.capability import judge
from engine.quality.effects import measure_effects
from engine.quality.heat import map_heat
from engine.quality.report import Checkup, check_up
from engine.quality.values import Capability
from engine.quality.view import Checked
from engine.service import messages
from engine.tasks import Task
from engine.workspace import Workspace

NO_ZONE = N_("The time zone {timezone} is not known.")
NO_FINDING = N_("The report has no finding number {number}.")


@dataclass(frozen=True)
class Examination:
    """A check-up of a selection and what its data can answer."""

    checkup: Checkup
    answers: tuple[Capability, ...]


def check_registration(workspace: Workspace, query: messages.QualityQuery, task: Task) -> messages.Quality:
    """What the checks of registration practice find among the cases of the selection, and what its data can answer."""
    found = _examined(workspace, query, task)
    log = cases_of(workspace.study.log, workspace.study.mask(query.selection, task))
    report = found.checkup.report
    examples = tuple(str(log.case_ids[finding.case].as_py()) if finding.case >= 0 else "" for finding in report.findings)
    return messages.Quality(query, report, examples, found.answers)


def describe_finding(workspace: Workspace, question: messages.FindingQuery, task: Task) -> messages.FindingDetails:
    """What one finding changes in results, and where it is; raises BadInput for one that the report does not have."""
    query = question.query
    checkup = _examined(workspace, query, task.part(0.0, 0.5)).checkup
    if not 0 <= question.finding < len(checkup.report.findings):
        raise BadInput(NO_FINDING, number=question.finding)
    finding = checkup.report.findings[question.finding]
    checked = _checked(workspace, query, task.part(0.5, 1.0))
    events, cases = checkup.touched[question.finding].flags(checked.log)
    effects = measure_effects(checked.log, events, cases, finding.distorts, task.part(0.5, 0.8))
    return messages.FindingDetails(question, effects, map_heat(checked, finding.check, events, cases, workspace.k))


def _checked(workspace: Workspace, query: messages.QualityQuery, task: Task) -> Checked:
    log = cases_of(workspace.study.log, workspace.study.mask(query.selection, task))
    return Checked(log, query.timezone, time.time_ns() // 1000, task, query.selection == Selection())


def _examined(workspace: Workspace, query: messages.QualityQuery, task: Task) -> Examination:
    """The examination of a selection, made once."""
    if query.timezone not in available_timezones():
        raise BadInput(NO_ZONE, timezone=query.timezone)

    def examine() -> Examination:
        checked = _checked(workspace, query, task)
        checkup = check_up(checked)
        return Examination(checkup, judge(checked, checkup.report))

    return workspace.study.recent.find(("registration", query), examine, task)
