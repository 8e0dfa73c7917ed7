"""The events of a clean demo log as a table, in local time, as an independent reader has them."""

from __future__ import annotations

import msgspec
import pandas as pd

from engine.demo.clean_log import CleanLog


def events_of(log: CleanLog) -> pd.DataFrame:
    """One row per event, by case and time."""
    rows = [
        (facts.case_id, facts.group, event.activity, event.time, event.unit, str(event.actor), *msgspec.structs.astuple(event)[4:])
        for facts, events in zip(log.cases, log.events, strict=True)
        for event in events
    ]
    columns = ["sag_id", "målgruppe", "aktivitet", "tid", "enhed", "aktør", "medarbejder", "slut", "objekt", "timer"]
    frame = pd.DataFrame(rows, columns=columns)
    frame["tid"] = pd.to_datetime(frame["tid"], unit="s")
    frame["slut"] = pd.to_datetime(frame["slut"], unit="s")
    frame["timer"] = frame["timer"] / 100
    return frame
