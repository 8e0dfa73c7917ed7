"""The same questions put to polars (coded columns, streaming engine, exact list variants) and to pm4py (a frame with XES names)."""

from __future__ import annotations

import os

os.environ["POLARS_OOC_DISK_BUDGET_MB"] = "0"

import numpy as np
import pandas as pd
import polars as pl

from engine.log.event_log import EventLog
from engine.pm4py_adapter import discovery as pm4py

c = pl.col


class Polars:
    """polars over case, activity and timestamp; the case column is declared sorted, which spares polars its hashing."""

    name = "polars"

    def __init__(self, log: EventLog) -> None:
        case = np.repeat(np.arange(log.n_cases, dtype=np.uint32), np.diff(log.offsets))
        self.frame = pl.DataFrame({"case": case, "a": log.activity, "t": log.timestamp}).with_columns(c("case").set_sorted())
        self.n_activities = len(log.activities)

    def _transitions(self, events: pl.LazyFrame) -> pl.LazyFrame:
        arc = c("a").cast(pl.UInt16) * self.n_activities + c("a").shift(-1)
        wait = c("t").shift(-1) - c("t")
        return events.select(arc.alias("arc"), wait.alias("wait"), (c("case") == c("case").shift(-1)).alias("inside")).filter("inside")

    def _statistics(self, events: pl.LazyFrame) -> pl.DataFrame:
        wait = c("wait")
        numbers = [pl.len().alias("n"), *(getattr(wait, f)().alias(f) for f in ("mean", "median", "min", "max"))]
        return self._transitions(events).group_by("arc").agg(numbers).sort("arc").collect(engine="streaming")

    def dfg_frequency(self) -> list[int]:
        """Transitions of each arc, arcs rising."""
        found = self._transitions(self.frame.lazy()).group_by("arc").len().sort("arc").collect(engine="streaming")
        return found["len"].to_list()

    def dfg_statistics_filtered(self, kept_events: pl.Series) -> pl.DataFrame:
        """n and four statistics of each arc in the kept cases; which events are kept is given."""
        return self._statistics(self.frame.lazy().filter(kept_events))

    def keep_events(self, mask: np.ndarray) -> pl.Series:
        """Which events belong to the cases of the mask."""
        return pl.Series(mask)[self.frame["case"]]

    def variants(self) -> list[int]:
        """Cases of each variant, most first."""
        found = self.frame.lazy().group_by("case").agg("a").group_by("a").len().collect(engine="streaming")
        return found["len"].sort(descending=True).to_list()

    def case_filter_all(self, first: int, last: int, activity: int) -> pl.DataFrame:
        """Cases that began in [first, last) and have the activity; then what follows from them."""
        cases = self.frame.lazy().group_by("case").agg(c("t").first().alias("begun"), (c("a") == activity).any().alias("has"))
        kept = cases.filter((c("begun") >= first) & (c("begun") < last) & c("has")).select("case").collect(engine="streaming")["case"]
        mask = np.zeros(int(self.frame["case"][-1]) + 1, np.bool_)
        mask[kept.to_numpy()] = True
        return self.dfg_statistics_filtered(self.keep_events(mask))


class Pm4py:
    """pm4py over a data frame."""

    name = "pm4py"

    def __init__(self, log: EventLog) -> None:
        self.frame = pm4py.convert_log(log)

    def dfg_frequency(self) -> list[int]:
        """Transitions of each arc, arcs by name."""
        found = pm4py.discover_dfg(self.frame.copy(deep=False)).count
        return [n for _, n in sorted(found.items())]

    def dfg_statistics_filtered(self, cases: pd.Index) -> dict[pm4py.Arc, pm4py.ArcSeconds]:
        """Statistics of each arc in the given cases."""
        kept = self.frame[self.frame[pm4py.CASE].isin(cases)]
        return pm4py.discover_performance_dfg(kept)

    def variants(self) -> list[int]:
        """Cases of each variant, most first."""
        return sorted(pm4py.find_variants(self.frame.copy(deep=False)).values(), reverse=True)

    def case_filter_all(self, first: int, last: int, activity: str) -> dict[pm4py.Arc, pm4py.ArcSeconds]:
        """Cases that began in [first, last) and have the activity; then what follows from them."""
        return pm4py.discover_performance_dfg(pm4py.filter_cases(self.frame, first, last, activity))
