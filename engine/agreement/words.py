"""What several sources say of the same cases, as sentences."""

from __future__ import annotations

from engine.agreement.values import SourceReport
from engine.errors import N_
from engine.log.columns import Notice

DIFFER = N_(
    "{activity} in {source} and {other_activity} in {other_source} are dated differently in {differ} of {pairs} pairs; "
    "only the first source tells of {only_first}, only the second of {only_second}."
)
ALIKE = N_(
    "{activity} in {source} and {other_activity} in {other_source} are dated alike in all {pairs} pairs; "
    "only the first source tells of {only_first}, only the second of {only_second}."
)
GAPS = N_("Between the times of {first} and {second} no source says anything of {gaps} cases, in half of them for at least {days} days.")
OVERLAPS = N_("{first} and {second} both tell of the same time in {overlaps} cases, in half of them for at least {days} days.")


def source_notices(report: SourceReport) -> tuple[Notice, ...]:
    """What is to be said of the sources: disagreements first, then gaps and overlaps."""
    said = []
    for one in report.agreements:
        names = {
            "activity": one.fact.activity,
            "source": one.fact.source,
            "other_activity": one.fact.other_activity,
            "other_source": one.fact.other_source,
        }
        counts = {"pairs": one.pairs, "only_first": one.only_first, "only_second": one.only_second}
        said.append(Notice(DIFFER, {**names, **counts, "differ": one.differ}) if one.differ else Notice(ALIKE, {**names, **counts}))
    for meeting in report.meetings:
        ends = {"first": meeting.first, "second": meeting.second}
        if meeting.gaps:
            said.append(Notice(GAPS, {**ends, "gaps": meeting.gaps, "days": round(meeting.gap_days, 1)}))
        if meeting.overlaps:
            said.append(Notice(OVERLAPS, {**ends, "overlaps": meeting.overlaps, "days": round(meeting.overlap_days, 1)}))
    return tuple(said)
