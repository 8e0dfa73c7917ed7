"""One open log and everything that is found once about it: whole-log indexes, and what each recent selection needs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.discovery.dfg import ArcTimes, discover_dfg, measure_arcs
from engine.errors import N_, BadInput
from engine.layout.plan import Plans
from engine.layout.values import Search
from engine.log.arc_index import ArcIndex, index_arcs
from engine.log.event_log import EventLog
from engine.log.filtering import case_mask
from engine.log.selection import HasActivity, Selection
from engine.log.variants import VariantIndex, find_variants
from engine.process_map.abstraction import StepOrder, order_steps
from engine.process_map.cache import Cache
from engine.process_map.frequencies import Frequencies, frequencies_of
from engine.process_map.numbers import breaks_of, times_of
from engine.process_map.picture import Landscape, survey
from engine.process_map.values import Metric
from engine.tasks import Task

Mask = NDArray[np.bool_]
WHOLE = Selection()
CHAIN_STEPS = (8, 12, 18, 26, 35, 60)
"""Numbers of steps at which the line of strongest arcs grows: it keeps its steps while the slider rises."""
AT_ONCE = 1_000_000
"""Events up to which the arc index is built before the first map is drawn; it then takes less than a quarter of a second."""


class Study:
    """A log and its cached derivations; every method returns the same value for the same arguments."""

    def __init__(self, log: EventLog, variants: VariantIndex | None = None) -> None:
        self.log = log
        self._given = variants
        self.whole = Cache(limit=64)
        self.recent = Cache(limit=48)
        self.views = Cache(limit=256)
        self.pages = Cache(limit=8)
        self.plans = Plans()
        self.search: Search | None = None
        """How far the search for better places on the map has come; None before it and after its end."""

    def variants(self, task: Task) -> VariantIndex:
        """The variants of the whole log."""
        if self._given is not None:
            return self._given
        return self.whole.find("variants", lambda: find_variants(self.log, task), task)

    def index(self, task: Task) -> ArcIndex:
        """The index of all transitions."""
        return self.whole.find("index", lambda: index_arcs(self.log, task), task)

    @property
    def times_at_hand(self) -> bool:
        """Whether waiting times can be read without making anybody wait."""
        return self.log.n_events <= AT_ONCE or self.whole.peek("index") is not None

    def mask(self, selection: Selection, task: Task) -> Mask | None:
        """Which cases are selected, None for all; raises BadInput for a step that the log does not have."""
        for one in selection.filters:
            if isinstance(one, HasActivity) and one.activity not in self.log.activities:
                raise BadInput(N_("A filter names a step that this log does not have. Remove the filter."))
        return self.recent.find(("mask", selection), lambda: case_mask(self.log, self.variants(task), selection), task)

    def frequencies(self, selection: Selection, task: Task) -> Frequencies:
        """Counts of steps and arcs of a selection."""

        def discover() -> Frequencies:
            task.check()
            return frequencies_of(discover_dfg(self.log, self.variants(task), self.mask(selection, task)))

        return self._cache(selection).find(("frequencies", selection), discover, task)

    def times(self, selection: Selection, task: Task) -> ArcTimes:
        """Waiting times of all arcs of a selection."""

        def measure() -> ArcTimes:
            return measure_arcs(self.index(task), self.mask(selection, task), task)

        return self._cache(selection).find(("times", selection), measure, task)

    def order(self, selection: Selection, task: Task) -> StepOrder:
        """The order in which the steps of a selection appear."""
        frequencies = self.frequencies(selection, task)
        return self._cache(selection).find(("order", selection), lambda: order_steps(frequencies), task)

    def landscape(self, task: Task) -> Landscape:
        """What positions depend on."""
        frequencies, order = self.frequencies(WHOLE, task), self.order(WHOLE, task)
        steps = [order.shown(n) for n in CHAIN_STEPS]
        return self.whole.find("landscape", lambda: survey(frequencies, self.variants(task), steps), task)

    def colour_breaks(self, colour: Metric, task: Task) -> tuple[float, ...]:
        """Class limits of a colour metric over the whole log; () for a time while times are not at hand."""
        if colour.is_time and not self.times_at_hand:
            return ()

        def choose() -> tuple[float, ...]:
            times = times_of(self.times(WHOLE, task)) if colour.is_time else {}
            return breaks_of(colour, self.frequencies(WHOLE, task), times)

        return self.whole.find(("breaks", colour), choose, task)

    def _cache(self, selection: Selection) -> Cache:
        return self.recent if selection.filters else self.whole
