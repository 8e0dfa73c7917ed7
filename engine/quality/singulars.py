"""Sentences about a single event or case, where those of findings and answers speak of several."""

from __future__ import annotations

from engine.errors import N_

ONE = {
    "{count} events lie in the future; the last is {days} days ahead.": N_("{count} event lies in the future, {days} days ahead."),
    "{count} events lie after the day of the last registration; the last is {days} days ahead.": N_(
        "{count} event lies {days} days after the day of the last registration."
    ),
    "{count} events have no time.": N_("{count} event has no time."),
    "{count} events have no activity.": N_("{count} event has no activity."),
    "{count} events stand twice: same case, activity and time.": N_("{count} event stands twice: same case, activity and time."),
    "{count} events look like corrections: the same activity of the case again within {minutes} minutes.": N_(
        "{count} event looks like a correction: the same activity of the case again within {minutes} minutes."
    ),
    "{count} events end before they start.": N_("{count} event ends before it starts."),
    "{count} events begin before the one before them in the case has ended.": N_(
        "{count} event begins before the one before it in the case has ended."
    ),
    "{count} events share their moment with another activity of the case: their order is that of the file.": N_(
        "{count} event shares its moment with another activity of the case: its place is that of the file."
    ),
    "{count} events of activities that otherwise have a time of day stand at exactly midnight.": N_(
        "{count} event of an activity that otherwise has a time of day stands at exactly midnight."
    ),
    "{count} events stand beside another of their case in the hour that comes twice in autumn: their order is not known.": N_(
        "{count} event stands beside another of its case in the hour that comes twice in autumn: their order is not known."
    ),
    "{count} events were registered before they happened: planned, or moved afterwards.": N_(
        "{count} event was registered before it happened: planned, or moved afterwards."
    ),
    "{count} events are marked as cancelled (“{attribute}”).": N_("{count} event is marked as cancelled (“{attribute}”)."),
    "{count} events belong to somebody who tried the system out (“{name}”).": N_(
        "{count} event belongs to somebody who tried the system out (“{name}”)."
    ),
    "{count} cases stop where hardly any case ends, and stand still for {days} days and longer than any case that went on.": N_(
        "{count} case stops where hardly any case ends, and stands still for {days} days and longer than any case that went on."
    ),
    "{count} cases took longer than {limit} days, far outside what is usual (half of all: {low} to {high} days).": N_(
        "{count} case took longer than {limit} days, far outside what is usual (half of all: {low} to {high} days)."
    ),
    "{n} cases have stood still for more than {days} days without ending as cases do. Say whether they count.": N_(
        "{n} case has stood still for more than {days} days without ending as cases do. Say whether it counts."
    ),
    "Only {n} cases have come to an end; at least {least} are needed.": N_(
        "Only {n} case has come to an end; at least {least} are needed."
    ),
    "{n} cases have come to an end.": N_("{n} case has come to an end."),
    "There are {n} cases; fewer than {least} say little about a process.": N_(
        "There is {n} case; fewer than {least} say little about a process."
    ),
    "{n} events stand under numbers that are not one person's.": N_("{n} event stands under a number that is not one person's."),
    "{n} activities changed their name or code on the way; unite them first.": N_(
        "{n} activity changed its name or code on the way; unite the names first."
    ),
    "{n} attributes tell groups of at least {least} cases apart. A difference is no cause.": N_(
        "{n} attribute tells groups of at least {least} cases apart. A difference is no cause."
    ),
    "{n} cases and {events} events.": N_("{n} case and {events} events."),
}
"""By the sentence about several."""
