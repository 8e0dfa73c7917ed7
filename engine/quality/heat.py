"""Where a finding is, by unit and month, so told that nothing is said, or can be computed, about fewer than k cases. No employees."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.importing.zones import DAY
from engine.log.event_log import NO_TIME
from engine.log.kernels import Ints
from engine.quality.registration import lags
from engine.quality.values import HeatSquare, HeatTable, Square
from engine.quality.view import Checked, Flags

MOST_UNITS, MOST_PERIODS, MOST_HIDDEN = 14, 60, 0.35
MONTHS = (1, 3, 6, 12, 60)
"""How many months a period may hold; the least that leaves at most MOST_PERIODS of them, and at most a share of the squares hidden."""
OF_REGISTRATION = frozenset({"late_registration", "retro_dated", "registered_before"})


@dataclass(frozen=True)
class Tally:
    """By unit and period, shape (units, periods): all events (or cases), the touched ones, and the cases behind both."""

    base: Ints
    touched: Ints
    cases: Ints
    touched_cases: Ints

    def merged(self, into: Ints, n: int, axis: int) -> Tally:
        """The tally with units (axis 0) or periods (axis 1) put together."""
        return Tally(*(_merged(part, into, n, axis) for part in (self.base, self.touched, self.cases, self.touched_cases)))


def _merged(part: Ints, into: Ints, n: int, axis: int) -> Ints:
    lines = part if axis == 0 else part.T
    total = np.zeros((n, lines.shape[1]), np.int64)
    np.add.at(total, into, lines)
    return total if axis == 0 else total.T


def map_heat(log: Checked, check: str, events: Flags | None, cases: Flags | None, k: int) -> HeatTable | None:
    """The heat table of a finding; None where it touches neither events nor cases, or no event has a time. Raises Cancelled."""
    touched, base = (events, None) if events is not None else (cases, _first_rows(log))
    if touched is None or not log.timed.any():
        return None
    places = _places(log)
    if base is not None:
        touched = _at_first_events(log, touched, base)
    tally = _tally(log, places, touched, base)
    unit_of, names = _merge_units(log, tally, k)
    tally = tally.merged(unit_of, len(names), 0)
    for months in MONTHS:
        period_of = (np.arange(places.n_months) + places.phase(months)) // months
        merged = tally.merged(period_of, int(period_of[-1]) + 1, 1)
        states = protect(merged, k)
        told = np.count_nonzero(states != NONE)
        if merged.base.shape[1] <= MOST_PERIODS and np.count_nonzero(states == HIDDEN) <= MOST_HIDDEN * told:
            break
    lag = _Lags(log, places, unit_of, period_of) if check in OF_REGISTRATION else None
    n = merged.base.shape[1]
    squares = tuple(tuple(_square(merged, states, lag, unit, period) for period in range(n)) for unit in range(len(names)))
    periods = tuple(str(np.datetime64(places.first - places.phase(months) + months * number, "M")) for number in range(n))
    return HeatTable(names, periods, months, squares, int(np.count_nonzero(states == HIDDEN)))


# ---- where each event belongs ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Places:
    """Unit and month of each event, -1 where it has none. first: months from 1970 to the first month."""

    unit: NDArray[np.int32]
    month: NDArray[np.int32]
    first: int
    n_units: int
    n_months: int

    def phase(self, months: int) -> int:
        """Months from the beginning of the first period to the first month; periods begin where years do."""
        return self.first % months if months <= 12 else (self.first - 360) % months


def _places(log: Checked) -> _Places:
    month = log.build(np.int32, lambda rows: _months(log, rows))
    known = [int(month[rows].min(initial=1 << 30, where=month[rows] >= -(1 << 20))) for rows in log.pieces()]
    first, last = min(known), max(int(month[rows].max()) for rows in log.pieces())
    month = log.build(np.int32, lambda rows: np.where(month[rows] < -(1 << 20), -1, month[rows] - first))
    unit, n_units = (log.unit.codes, len(log.unit.names)) if log.unit is not None else (np.zeros(log.log.n_events, np.int32), 1)
    return _Places(unit, month, first, n_units, last - first + 1)


def _months(log: Checked, rows: slice) -> NDArray[np.int32]:
    days, places = np.unique(log.clock[rows] // DAY, return_inverse=True)
    months = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int32)
    return np.where(log.timed[rows], months[places], np.iinfo(np.int32).min).astype(np.int32)


def _first_rows(log: Checked) -> Flags:
    first = np.zeros(log.log.n_events, bool)
    first[log.log.offsets[:-1]] = True
    return first


def _at_first_events(log: Checked, cases: Flags, first: Flags) -> Flags:
    return log.where(lambda rows: cases[log.case[rows]] & first[rows])


def _tally(log: Checked, places: _Places, touched: Flags, base: Flags | None) -> Tally:
    shape = places.n_units * places.n_months
    parts = [np.zeros(shape, np.int64) for _ in range(4)]
    for _, rows in log.blocks():
        known = (places.unit[rows] >= 0) & (places.month[rows] >= 0)
        if base is not None:
            known &= base[rows]
        key = (places.unit[rows].astype(np.int64) * places.n_months + places.month[rows])[known]
        mine = touched[rows][known]
        parts[0] += np.bincount(key, minlength=shape)
        parts[1] += np.bincount(key[mine], minlength=shape)
        pairs, at = np.unique(log.case[rows][known].astype(np.int64) * shape + key, return_inverse=True)
        has = np.zeros(len(pairs), bool)
        has[at[mine]] = True
        parts[2] += np.bincount(pairs % shape, minlength=shape)
        parts[3] += np.bincount(pairs[has] % shape, minlength=shape)
    return Tally(*(part.reshape(places.n_units, places.n_months) for part in parts))


def _merge_units(log: Checked, tally: Tally, k: int) -> tuple[Ints, tuple[str, ...]]:
    """Which row each unit goes to, and the rows' names: small units together, and those beyond the largest ones."""
    if log.unit is None:
        return np.zeros(1, np.int64), ("",)
    sizes = tally.cases.max(axis=1)
    order = np.argsort(-tally.base.sum(axis=1), kind="stable")
    alone = [unit for unit in order.tolist() if sizes[unit] >= k][:MOST_UNITS]
    rest = [unit for unit in order.tolist() if unit not in alone and tally.base[unit].any()]
    while rest and alone and tally.cases[rest].sum() < k:
        rest.append(alone.pop())
    into = np.full(tally.base.shape[0], len(alone))
    into[alone] = np.arange(len(alone))
    return into, (*(log.unit.names[unit] for unit in alone), *([""] if rest or not alone else []))


# ---- what may be told ----------------------------------------------------------------------------------------------------------------

SHOWN, NONE, HIDDEN = range(3)
STATES = (Square.SHOWN, Square.NONE, Square.HIDDEN)


def protect(tally: Tally, k: int) -> NDArray[np.int64]:
    """Which squares are told. Hidden are those with fewer than k cases, and with fewer than k touched cases (but none), and then others,
    until in every row and column the hidden ones are none or two and more, with k cases together: no square is left over by subtraction.
    """
    few = (tally.cases > 0) & (tally.cases < k)
    few |= (tally.touched_cases > 0) & (tally.touched_cases < k)
    states = np.where(tally.base == 0, NONE, np.where(few, HIDDEN, SHOWN))
    changed = True
    while changed:
        changed = sum(_hide_another(states, tally, line, k) for line in _lines(states.shape)) > 0
    return states


def _lines(shape: tuple[int, ...]) -> Iterator[tuple[slice | int, slice | int]]:
    for row in range(shape[0]):
        yield row, slice(None)
    for column in range(shape[1]):
        yield slice(None), column


def _hide_another(states: NDArray[np.int64], tally: Tally, line: tuple[slice | int, slice | int], k: int) -> bool:
    """Hide the smallest told square of a line that needs one more hidden; whether one was."""
    mine, cases = states[line], tally.cases[line]
    hidden = mine == HIDDEN
    if not hidden.any() or (np.count_nonzero(hidden) > 1 and cases[hidden].sum() >= k):
        return False
    told = np.flatnonzero(mine == SHOWN)
    if not len(told):
        return False
    mine[told[np.argmin(cases[told])]] = HIDDEN
    return True


def _square(tally: Tally, states: NDArray[np.int64], lag: _Lags | None, unit: int, period: int) -> HeatSquare:
    state = STATES[int(states[unit, period])]
    if state is not Square.SHOWN:
        return HeatSquare(state)
    share = round(100 * int(tally.touched[unit, period]) / int(tally.base[unit, period]))
    return HeatSquare(state, share, *(lag.of(unit, period) if lag is not None else (None, None)))


class _Lags:
    """Days from event to registration by square, on a fixed scale, so that medians are found without sorting all events."""

    EDGES = np.concatenate(
        [[-np.inf], np.linspace(-10, 0, 11), np.linspace(0.05, 2, 40), np.linspace(2.1, 14, 120), np.linspace(15, 400, 386)]
    )

    def __init__(self, log: Checked, places: _Places, unit_of: Ints, period_of: Ints) -> None:
        self._n_periods = int(period_of[-1]) + 1
        n = (int(unit_of.max()) + 1) * self._n_periods
        self._counts = np.zeros((n, len(self.EDGES)), np.int64)
        registered = log.log.registered
        lag = lags(log, registered) if registered is not None else np.full(log.log.n_events, NO_TIME)
        for rows in log.pieces():
            known = np.flatnonzero((places.unit[rows] >= 0) & (places.month[rows] >= 0) & (lag[rows] != NO_TIME)) + rows.start
            square = unit_of[places.unit[known]] * self._n_periods + period_of[places.month[known]]
            place = np.searchsorted(self.EDGES, lag[known] / DAY, side="right") - 1
            np.add.at(self._counts, (square, place), 1)

    def of(self, unit: int, period: int) -> tuple[float | None, float | None]:
        """Median and 90th percentile of a square, rounded down to the scale."""
        reached = np.cumsum(self._counts[unit * self._n_periods + period])
        if not reached[-1]:
            return None, None
        median, p90 = (float(self.EDGES[np.searchsorted(reached, share * reached[-1])]) for share in (0.5, 0.9))
        return round(max(median, -10.0), 2), round(max(p90, -10.0), 2)
