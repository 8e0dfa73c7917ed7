"""pm4py's directly-follows graphs and variants as our own values: the second opinion on every number of the map."""

from __future__ import annotations

import contextlib
import importlib.util
import io
import os
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.log.event_log import EventLog

if TYPE_CHECKING:
    import pandas as pd

CASE, ACTIVITY, TIMESTAMP = "case:concept:name", "concept:name", "time:timestamp"
Arc = tuple[str, str]


@dataclass(frozen=True)
class FrequencyDfg:
    """Transitions by arc; cases by first and by last activity."""

    count: dict[Arc, int]
    start_cases: dict[str, int]
    end_cases: dict[str, int]


@dataclass(frozen=True)
class ArcSeconds:
    """Times between the timestamps of an arc's events, seconds."""

    mean: float
    median: float
    min: float
    max: float
    total: float


@contextlib.contextmanager
def quiet() -> Iterator[Any]:
    """pm4py itself, without its banner, its warnings about pandas, and the folder that matplotlib would make in the user's home."""
    _settle_matplotlib()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with contextlib.redirect_stderr(io.StringIO()):
            import pm4py
        yield pm4py


def _settle_matplotlib() -> None:
    """Say where matplotlib's settings are; pm4py imports it, and it would look for them in a folder that it makes when it is not there."""
    found = importlib.util.find_spec("matplotlib")
    if found is not None and found.origin is not None:
        os.environ.setdefault("MATPLOTLIBRC", str(Path(found.origin).parent / "mpl-data" / "matplotlibrc"))


def convert_log(log: EventLog) -> pd.DataFrame:
    """The log under XES column names, in log order; every event must have a time, since pm4py puts the others elsewhere."""
    import pandas as pd

    case = np.repeat(np.arange(log.n_cases), np.diff(log.offsets))
    return pd.DataFrame(
        {
            CASE: pd.Series(log.case_ids.to_numpy(zero_copy_only=False), dtype="str").take(case).reset_index(drop=True),
            ACTIVITY: pd.Series(list(log.activities), dtype="str").take(log.activity.astype(np.int64)).reset_index(drop=True),
            TIMESTAMP: pd.to_datetime(log.timestamp, unit="us", utc=True),
        }
    )


def discover_dfg(frame: pd.DataFrame) -> FrequencyDfg:
    """pm4py's frequency DFG of a converted log."""
    with quiet() as pm4py:
        count, start, end = pm4py.discover_dfg(frame)
    return FrequencyDfg({(str(s), str(t)): int(n) for (s, t), n in count.items()}, _counts(start), _counts(end))


def discover_performance_dfg(frame: pd.DataFrame) -> dict[Arc, ArcSeconds]:
    """pm4py's performance DFG of a converted log."""
    with quiet() as pm4py:
        measured, _, _ = pm4py.discover_performance_dfg(frame)
    return {(str(s), str(t)): ArcSeconds(m["mean"], m["median"], m["min"], m["max"], m["sum"]) for (s, t), m in measured.items()}


def filter_cases(frame: pd.DataFrame, first: int, last: int, activity: str) -> pd.DataFrame:
    """Cases of a converted log that began in [first, last) microseconds and have the activity, by pm4py's own filters."""
    import pandas as pd

    with quiet() as pm4py:
        from pm4py.algo.filtering.pandas.timestamp import timestamp_filter

        period = (pd.Timestamp(moment, unit="us", tz="UTC") for moment in (first, last - 1))
        begun = timestamp_filter.filter_traces_starting_in_timeframe(frame, *period)
        kept: pd.DataFrame = pm4py.filter_event_attribute_values(begun, ACTIVITY, [activity], level="case", retain=True)
    return kept


def find_variants(frame: pd.DataFrame) -> dict[tuple[str, ...], int]:
    """pm4py's variants of a converted log with their cases."""
    with quiet() as pm4py:
        return {tuple(map(str, sequence)): int(n) for sequence, n in pm4py.get_variants(frame).items()}


def _counts(found: dict[Any, Any]) -> dict[str, int]:
    return {str(name): int(n) for name, n in found.items()}
