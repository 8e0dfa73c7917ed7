"""Answers to questions about the sources of what stands open."""

from __future__ import annotations

from zoneinfo import available_timezones

import numpy as np

from engine.agreement.comparing import compare_sources, source_codes
from engine.errors import N_, BadInput
from engine.log.event_log import EventLog
from engine.log.filtering import cases_of
from engine.service import messages
from engine.tasks import Task
from engine.workspace import Workspace

NO_ZONE = N_("The time zone {timezone} is not known.")
ONE_SOURCE = N_("The log comes from one source only, so there is nothing to compare.")
COMPARING = N_("Comparing the sources …")


def compare(workspace: Workspace, query: messages.SourcesQuery, task: Task) -> messages.Sources:
    """What the sources say of the selected cases; BadInput where there is one source only."""
    if query.timezone not in available_timezones():
        raise BadInput(NO_ZONE, timezone=query.timezone)
    task.report(None, COMPARING)
    study = workspace.study
    log = cases_of(study.log, study.mask(query.selection, task))
    if len(source_codes(log)[0]) < 2:
        raise BadInput(ONE_SOURCE)
    report = compare_sources(log, query.facts, query.timezone, task)
    examples = tuple(str(log.case_ids[one.example].as_py()) if one.example >= 0 else "" for one in report.agreements)
    return messages.Sources(query, report, examples, _told(log))


def _told(log: EventLog) -> tuple[messages.ToldActivity, ...]:
    """The activities of each source, most events first."""
    names, codes = source_codes(log)
    found = []
    for code, name in enumerate(names):
        counts = np.bincount(log.activity[codes == code], minlength=len(log.activities))
        order = np.argsort(-counts, kind="stable")
        found += [messages.ToldActivity(name, log.activities[at], int(counts[at])) for at in order.tolist() if counts[at]]
    return tuple(found)
