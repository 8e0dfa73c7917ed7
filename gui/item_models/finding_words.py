"""What a finding means for the reader: what it counts, what it distorts, and what can be done about it."""

from __future__ import annotations

from engine.errors import N_
from engine.quality.values import Of, Result

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
ADVICE = {
    "missing_time": N_("The events count, but no time to or from them does. Ask for an extract with the time of registration."),
    "missing_activity": N_("Leave the rows out in the wash, or find out what the empty code stands for."),
    "future": N_("Planned dates are no events. Clip the period in the wash, or use another column as the time."),
    "date_only": N_("Do not read order or hours within a day from these steps. If the system has a registration time, import it."),
    "midnight": N_("A clock that shows midnight is often a date. Look at the example, and ask those who register."),
    "coarse": N_("Another system or another hand wrote these. Do not read seconds from them, nor the order within a minute."),
    "night_job": N_("A program wrote these at night. The step has happened before; the waiting time in front of it is too long."),
    "batch": N_("Many were registered at once. The times say when somebody registered, not when something happened."),
    "double_hour": N_("The clock went back in between. The wash step that repairs summer time puts them in order where the file shows it."),
    "inactive": N_("A holiday, a system that stood still, or a hole in the extract? Ask before numbers of that time are used."),
    "late_registration": N_("Read waiting times from the time of the event, and compare units only where they register as fast."),
    "retro_dated": N_("The date tells from when it holds, not when it was decided. Deadlines need the time of registration."),
    "registered_before": N_("A plan is no event. Find out whether the time is when it was meant to happen."),
    "duplicate": N_("The wash step “drop duplicates” leaves one of each."),
    "near_duplicate": N_("The wash step “drop near-duplicates” keeps the last. First make sure that they are corrections and not work."),
    "tie": N_("The order of these steps is that of the file. Do not draw conclusions from it."),
    "minute_shift": N_("Somebody moved the time by a minute so that the system would take it. The order is made by hand."),
    "negative": N_("Start and end have changed places, or one of them is wrong. Their durations are negative in every mean."),
    "overlap": N_("Work overlaps, or ends are registered late. Waiting times can be negative."),
    "frequency": N_("Either the step is truly done again, or it is registered twice. Look at the example."),
    "order": N_("Either the cases were handled in another order, or they were registered so. The example tells which question to ask."),
    "related": N_("A step is missing, or it is registered elsewhere. Ask before it is called a deviation."),
    "unfinished": N_("They may be forgotten, or closed without being registered. Their durations are not those of finished cases."),
    "duration": N_("Look at a few before means are used; the median bears them better."),
    "similar": N_("The wash can give both the same name."),
    "encoding": N_("Two systems wrote the file. Ask for one encoding, or map the broken names to the right ones in the wash."),
    "nameless": N_("Find out what it stands for and give it a name in the wash, or leave it out."),
    "appears": N_("The wash can give both codes one name. Otherwise every comparison across that day compares names, not work."),
    "vanishes": N_("The wash can give both codes one name. Otherwise every comparison across that day compares names, not work."),
    "missing_value": N_("Where groups are compared, these belong to none. Find out whether the cell is empty by chance."),
    "missing_end": N_("What has not ended and what was not filled in look alike. Do not count these as still going on."),
    "conditional": N_("The cell belongs to the step. Find out whether it was forgotten, or does not apply to these."),
    "value_range": N_("A typing error, another unit, or a truly unusual case? Look at the example before sums and means are used."),
    "decimal": N_("Make sure that both forms were read as the same number before they are added."),
    "number_gap": N_("Rows were deleted in the system or left out of the extract. Ask which, and whether they were all of one kind."),
    "dependency": N_("One of the two is wrong, or the rule has an exception. The wash can map the wrong value."),
    "cancelled": N_("What was cancelled has not happened. Leave these rows out in the wash."),
    "trial": N_("Nobody is behind these cases. Leave them out in the wash."),
    "earlier_case": N_("The wash can make one case of both numbers. Otherwise cases are counted twice, and both are too short."),
    "reused_employee": N_("Do not count changes of caseworker or workload by these numbers before it is known whose they are."),
    "system_user": N_("Automation looks greater than it is, and changes of caseworker are too many. Ask how users are set up."),
}  # fmt: skip
