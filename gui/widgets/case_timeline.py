"""The events of one case below each other, each with what its stamp tells of when it happened."""

from __future__ import annotations

from engine.service.messages import CaseDetails, CaseEvent
from gui.store import Store
from gui.widgets.timeline import Entry, Timeline

SHOWN_EVENTS = 200


def told_time(store: Store, event: CaseEvent) -> str:
    """The day of an event, and the time of day where its stamp tells it."""
    if event.time is None:
        return "–"
    written = store.texts.date if event.day_only else store.texts.stamp
    return written(event.time, store.timezone)


class CaseTimeline(Timeline):
    """The first events of a case, and how many more there are."""

    def show_case(self, details: CaseDetails | None) -> None:
        """The events of a case; None: of no case."""
        events = details.events if details is not None else ()
        entries = [Entry(told_time(self._store, event), event.activity) for event in events[:SHOWN_EVENTS]]
        if len(events) > SHOWN_EVENTS:
            entries.append(Entry("", self._store.texts("and {n} more events", n=len(events) - SHOWN_EVENTS)))
        self.set_entries(entries)
